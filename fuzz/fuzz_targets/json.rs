//! Any text as JSON: a tree whose every place is right, or an error inside the file.
#![no_main]

use libfuzzer_sys::fuzz_target;
use portcullis::source::{SourceFile, json};
use portcullis_fuzz::{check_error, check_tree};

fuzz_target!(|text: &str| {
    let file = SourceFile::new("t.json", text);
    match json::parse(&file) {
        Ok(json) => {
            check_tree(&json.tree);
            if let Some(deviation) = &json.deviation {
                check_error(deviation, text);
            }
        }
        Err(error) => check_error(&error, text),
    }
});
