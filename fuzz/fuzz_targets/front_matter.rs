//! Any text as Markdown: block and body are disjoint parts of the file, and the block is a tree as of any YAML.
#![no_main]

use libfuzzer_sys::fuzz_target;
use portcullis::source::{SourceFile, front_matter};
use portcullis_fuzz::{check_error, check_tree};

fuzz_target!(|text: &str| {
    let file = SourceFile::new("t.md", text);
    let parsed = front_matter::parse(&file);
    assert!(text.get(parsed.body.range()).is_some());
    assert_eq!(parsed.body.end as usize, text.len());
    match parsed.front_matter {
        Some(Ok(tree)) => {
            check_tree(&tree);
            for node in tree.nodes() {
                assert!(node.written_span().end <= parsed.body.start);
            }
        }
        Some(Err(error)) => {
            check_error(&error, text);
            assert!(error.span.end <= parsed.body.start);
        }
        None => assert_eq!(parsed.body.start, 0),
    }
});
