//! The YAML block at the head of a Markdown file.

use std::sync::Arc;

use super::file::SourceFile;
use super::span::Span;
use super::tree::{SyntaxError, Tree};
use super::yaml;

/// A Markdown file cut at its front matter.
#[derive(Debug)]
pub struct Markdown {
    /// The front matter, parsed; nothing where the file has none.
    pub front_matter: Option<Result<Tree, SyntaxError>>,
    /// The text below it.
    pub body: Span,
}

/// Cuts a Markdown file and parses its front matter: a first line `---`, up to the next line that is `---`.
/// Without a closing line the file has no front matter.
pub fn parse(file: &Arc<SourceFile>) -> Markdown {
    let text = file.text();
    let Some((block, body)) = cut(text) else {
        return Markdown {
            front_matter: None,
            body: Span::of(0..text.len()),
        };
    };
    Markdown {
        front_matter: Some(yaml::parse_span(file, block)),
        body,
    }
}

fn cut(text: &str) -> Option<(Span, Span)> {
    let start = if text.starts_with('\u{feff}') { 3 } else { 0 };
    let mut lines = text.get(start..)?.split_inclusive('\n');
    let first = lines.next()?;
    if first.trim_end() != "---" || !first.ends_with('\n') {
        return None;
    }
    let block_start = start + first.len();
    let mut at = block_start;
    for line in lines {
        let next = at + line.len();
        if line.trim_end() == "---" {
            return Some((Span::of(block_start..at), Span::of(next..text.len())));
        }
        at = next;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_block_and_the_body_are_cut_at_the_fences() {
        let text = "---\r\nname: x\r\n---\r\nbody\r\n";
        let file = SourceFile::new("a.md", text);
        let parsed = parse(&file);
        let tree = parsed.front_matter.unwrap().unwrap();
        assert_eq!(tree.root().unwrap().get("name").unwrap().text(), Some("x"));
        assert_eq!(parsed.body.slice(text), "body\r\n");
    }

    #[test]
    fn a_rule_in_the_text_is_no_front_matter() {
        for text in ["text\n---\nmore\n---\n", "---\nopen end\n", "", "---"] {
            assert!(
                parse(&SourceFile::new("a.md", text)).front_matter.is_none(),
                "{text:?}"
            );
        }
    }

    #[test]
    fn broken_front_matter_is_an_error_at_its_place() {
        let text = "---\na: [1\n---\n";
        let parsed = parse(&SourceFile::new("a.md", text));
        let error = parsed.front_matter.unwrap().unwrap_err();
        assert!(error.span.start >= 4 && error.span.end as usize <= text.len());
    }
}
