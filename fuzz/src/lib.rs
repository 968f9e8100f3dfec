//! What must hold of every tree and of every traced text, whatever was parsed.

use portcullis::source::{Node, Span, Style, SyntaxError, Traced, Tree};

/// Walks a tree: every span lies in the file, every scalar traces to its own bytes.
pub fn check_tree(tree: &Tree) {
    let text = tree.file().text();
    for span in tree.comments() {
        assert!(fits(text, *span), "a comment outside the file");
    }
    for oddity in tree.oddities() {
        assert!(fits(text, oddity.span), "an oddity outside the file");
        assert!(oddity.first.is_none_or(|span| fits(text, span)));
    }
    for node in tree.nodes() {
        assert!(fits(text, node.span()) && fits(text, node.written_span()));
        assert_eq!(node.location().text(), node.span().slice(text));
        for item in node.items() {
            assert!(node.span().contains(item.written_span()), "an item outside its sequence");
        }
        for entry in node.entries() {
            assert!(node.span().contains(entry.key.written_span()), "a key outside its mapping");
            assert!(node.span().contains(entry.value.written_span()), "a value outside its mapping");
            assert!(entry.key.text().is_none_or(|key| node.get(key).is_some()));
        }
        node.scalar_type();
        node.tag();
        if !node.is_alias() {
            check_scalar(node);
        }
    }
    assert!(tree.root().is_some() || tree.nodes().next().is_none());
}

/// An error points into its file and says something.
pub fn check_error(error: &SyntaxError, text: &str) {
    assert!(fits(text, error.span), "an error outside the file");
    assert!(!error.message.is_empty());
}

/// Every byte of a traced text has a place on character boundaries.
pub fn check_traced(traced: &Traced) {
    let whole = traced.location();
    assert_eq!(whole.is_none(), traced.is_empty());
    if let Some(whole) = whole {
        assert!(fits(whole.file.text(), whole.span));
    }
    for (at, c) in traced.text().char_indices() {
        let place = traced.locate(at..at + c.len_utf8()).expect("every character has a place");
        assert!(fits(place.file.text(), place.span));
    }
    for hole in traced.holes() {
        assert!(fits(traced.text(), hole.span));
    }
}

fn check_scalar(node: Node<'_>) {
    let Some(value) = node.text() else {
        assert!(node.traced().is_none());
        return;
    };
    let traced = node.traced().expect("a scalar is traced");
    assert_eq!(traced.text(), value, "the trace holds the value");
    check_traced(&traced);
    let style = node.style().expect("a scalar has a style");
    let escapes = matches!(style, Style::DoubleQuoted | Style::Json);
    let mut before = node.span().start;
    for (at, c) in value.char_indices() {
        let place = traced.locate(at..at + c.len_utf8()).expect("every character has a place");
        assert!(node.span().contains(place.span), "a character outside its scalar");
        if place.span == node.span() {
            // The rest that the trace does not know maps to the whole scalar.
            continue;
        }
        assert!(place.span.start >= before, "the order of the characters is that of the file");
        before = place.span.start;
        let raw = place.text();
        let mut utf8 = [0; 4];
        let same = raw == &*c.encode_utf8(&mut utf8);
        let escape = escapes && raw.starts_with('\\');
        let quote = style == Style::SingleQuoted && raw == "''" && c == '\'';
        let space = c.is_whitespace() && raw.chars().all(char::is_whitespace);
        assert!(same || escape || quote || space, "{c:?} is traced to {raw:?}");
    }
}

fn fits(text: &str, span: Span) -> bool {
    text.get(span.range()).is_some()
}
