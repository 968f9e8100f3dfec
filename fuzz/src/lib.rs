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
            assert!(
                node.span().contains(item.written_span()),
                "an item outside its sequence"
            );
        }
        for entry in node.entries() {
            assert!(
                node.span().contains(entry.key.written_span()),
                "a key outside its mapping"
            );
            assert!(
                node.span().contains(entry.value.written_span()),
                "a value outside its mapping"
            );
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
        let place = traced
            .locate(at..at + c.len_utf8())
            .expect("every character has a place");
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
    let mut before = node.span().start;
    for (at, c) in value.char_indices() {
        let place = traced
            .locate(at..at + c.len_utf8())
            .expect("every character has a place");
        assert!(
            node.span().contains(place.span),
            "a character outside its scalar"
        );
        assert!(
            place.span.start >= before,
            "the order of the characters is that of the file"
        );
        before = place.span.start;
        assert!(
            stands_for(place.text(), c, style),
            "{c:?} is traced to {:?}",
            place.text()
        );
    }
}

/// Whether bytes of a file may stand for a character of a value.
fn stands_for(raw: &str, c: char, style: Style) -> bool {
    let is_space = |c: char| matches!(c, ' ' | '\t' | '\n' | '\r');
    if raw == &*c.encode_utf8(&mut [0; 4]) {
        return true;
    }
    // Line breaks, blank lines, indentation. The header of an empty block scalar stands for its blank lines.
    // A tab may stand among the blank lines of a block scalar.
    let in_block = matches!(style, Style::Literal | Style::Folded);
    let folded = matches!(c, ' ' | '\n') && style != Style::Json || c == '\t' && in_block;
    if folded && (raw.trim_start_matches('\\').chars().all(is_space) || raw.starts_with(['|', '>']))
    {
        return true;
    }
    let Some(escape) = raw.strip_prefix('\\') else {
        return style == Style::SingleQuoted && raw == "''" && c == '\'';
    };
    let hex = |digits: &str| u32::from_str_radix(digits, 16).ok();
    let mut rest = escape.chars();
    match (style, rest.next(), rest.as_str()) {
        (Style::DoubleQuoted | Style::Json, Some('u'), digits) if digits.len() > 4 => {
            // A pair of surrogates.
            u32::from(c) > 0xFFFF && digits.len() == 10
        }
        (Style::DoubleQuoted | Style::Json, Some('u'), digits) => {
            hex(digits) == Some(u32::from(c)) || c == char::REPLACEMENT_CHARACTER
        }
        (Style::DoubleQuoted, Some('x' | 'U'), digits) => hex(digits) == Some(u32::from(c)),
        (Style::DoubleQuoted | Style::Json, Some(letter), "") => match letter {
            '0' => c == '\0',
            'a' => c == '\u{7}',
            'b' => c == '\u{8}',
            't' | '\t' => c == '\t',
            'n' => c == '\n',
            'v' => c == '\u{b}',
            'f' => c == '\u{c}',
            'r' => c == '\r',
            'e' => c == '\u{1b}',
            'N' => c == '\u{85}',
            '_' => c == '\u{a0}',
            'L' => c == '\u{2028}',
            'P' => c == '\u{2029}',
            other => c == other,
        },
        _ => false,
    }
}

fn fits(text: &str, span: Span) -> bool {
    text.get(span.range()).is_some()
}
