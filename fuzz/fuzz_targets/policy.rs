//! Any text as a policy: reading it ends, and every mistake lies inside the file.
#![no_main]

use libfuzzer_sys::fuzz_target;
use portcullis::policy::{Policy, PolicySource};
use portcullis::source::SourceFile;

fuzz_target!(|text: &str| {
    let file = SourceFile::new("portcullis.yml", text);
    if let Err(mistakes) = Policy::parse(&file, PolicySource::BuiltIn) {
        assert!(!mistakes.is_empty());
        for mistake in mistakes {
            assert!(text.get(mistake.location.span.range()).is_some());
            assert!(!mistake.to_string().is_empty());
        }
    }
});
