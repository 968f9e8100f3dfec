//! Any text as YAML: a tree whose every place is right, or an error inside the file.
#![no_main]

use libfuzzer_sys::fuzz_target;
use portcullis::source::{SourceFile, yaml};
use portcullis_fuzz::{check_error, check_tree};

fuzz_target!(|text: &str| {
    let file = SourceFile::new("t.yml", text);
    match yaml::parse(&file) {
        Ok(tree) => check_tree(&tree),
        Err(error) => check_error(&error, text),
    }
});
