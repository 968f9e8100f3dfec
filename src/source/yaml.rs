//! YAML into a [`Tree`], by `granit-parser` events.

use std::sync::Arc;

use granit_parser::{Event, Options, Parser, ScalarStyle};

use super::file::SourceFile;
use super::span::{Span, saturate};
use super::tree::{Builder, Collection, NodeId, Style, SyntaxError, Tree};

/// How deep collections may nest. GitHub stops at 100 for workflows; nobody writes half of it.
pub const MAX_DEPTH: usize = 100;

/// How many nodes one file may hold. A configuration file at the size limit stays far below.
pub const MAX_NODES: usize = 400_000;

/// Parses a whole file.
///
/// # Errors
/// The first syntax error, or the budget that is exceeded.
pub fn parse(file: &Arc<SourceFile>) -> Result<Tree, SyntaxError> {
    parse_span(file, Span::of(0..file.text().len()))
}

/// Parses a part of a file as YAML of its own (front matter). Spans are spans of the whole file.
///
/// # Errors
/// As [`parse`].
pub fn parse_span(file: &Arc<SourceFile>, part: Span) -> Result<Tree, SyntaxError> {
    let text = part.slice(file.text());
    let base = part.start;
    let mut builder = Builder::new(file, part, text.len() / 24);
    // Anchor ids of the parser to nodes; ids only grow, so that the list stays sorted.
    let mut anchors: Vec<(usize, NodeId)> = Vec::new();
    let anchor = |anchors: &mut Vec<(usize, NodeId)>, id: usize, node: NodeId| {
        if id != 0 {
            anchors.push((id, node));
        }
    };
    for event in Parser::new_from_str_with_options(text, options()) {
        let (event, span) = event.map_err(|error| syntax_error(&error, text, base))?;
        let tag = event.tag().map(|tag| (tag.original(), span.tag_start()));
        let span = Span::of(span.byte_range().unwrap_or_default()).shifted(base);
        let node = match event {
            Event::Scalar(value, style, id, _) => {
                // Nothing at all comes as `~` with an empty span; so may a block scalar of nothing but blank lines.
                let is_nothing = span.is_empty() && style == ScalarStyle::Plain;
                let value = if is_nothing { "" } else { value.as_ref() };
                if let Some(comment) = comment_inside(text, span, base, style) {
                    return Err(SyntaxError {
                        span: comment,
                        message: "a comment cannot stand inside a value that goes on below it"
                            .into(),
                    });
                }
                let node = builder.scalar(span, style_of(style), value);
                anchor(&mut anchors, id, node);
                node
            }
            Event::SequenceStart(_, id, _) => {
                let node = builder.start(span, Collection::Sequence);
                anchor(&mut anchors, id, node);
                node
            }
            Event::MappingStart(_, id, _) => {
                let node = builder.start(span, Collection::Mapping);
                anchor(&mut anchors, id, node);
                node
            }
            Event::SequenceEnd | Event::MappingEnd => {
                builder.end(span.end);
                continue;
            }
            Event::Alias(id) => {
                let found = anchors.binary_search_by_key(&id, |(id, _)| *id);
                let Some((_, target)) = found.ok().and_then(|index| anchors.get(index)) else {
                    return Err(SyntaxError {
                        span,
                        message: "this alias has no anchor before it".into(),
                    });
                };
                builder.alias(span, *target)
            }
            _ => continue,
        };
        if let Some((tag, start)) = tag {
            let at = start
                .and_then(|mark| mark.byte_offset())
                .map_or(span.start, |offset| base + saturate(offset));
            builder.tag(node, tag, Span::new(at, span.start.max(at)));
        }
        if builder.node_count() > MAX_NODES {
            return Err(SyntaxError {
                span,
                message: format!("more than {MAX_NODES} nodes in one file"),
            });
        }
    }
    Ok(builder.finish())
}

fn options() -> Options {
    let mut options = Options::default();
    options.flow_nesting_limit = MAX_DEPTH;
    options.block_nesting_limit = MAX_DEPTH;
    options.emit_comments = false;
    options
}

/// The comments of a part of a file that has been parsed.
pub(super) fn comments(file: &SourceFile, part: Span) -> Vec<Span> {
    let text = part.slice(file.text());
    let mut options = options();
    options.emit_comments = true;
    // Generated workflows open with comment blocks of hundreds of lines; the file size bounds them.
    options.max_buffered_comment_events = text.len();
    Parser::new_from_str_with_options(text, options)
        .map_while(Result::ok)
        .filter(|(event, _)| matches!(event, Event::Comment(..)))
        .map(|(_, span)| Span::of(span.byte_range().unwrap_or_default()).shifted(part.start))
        .collect()
}

/// A comment between the lines of a plain scalar. The parser lets one pass that a tab indents; libyaml refuses
/// the file.
fn comment_inside(text: &str, span: Span, base: u32, style: ScalarStyle) -> Option<Span> {
    if style != ScalarStyle::Plain {
        return None;
    }
    let raw = text.get((span.start - base) as usize..(span.end - base) as usize)?;
    memchr::memchr2(b'\n', b'\r', raw.as_bytes())?;
    let mut at = 0;
    raw.split_inclusive(['\n', '\r']).find_map(|line| {
        let start = at + line.len() - line.trim_start_matches([' ', '\t']).len();
        let comment = start..at + line.trim_end().len();
        at += line.len();
        // Only further lines can begin so: `#` begins no plain scalar.
        let found = raw.get(comment.clone())?.starts_with('#');
        found.then(|| Span::of(comment).shifted(span.start))
    })
}

fn style_of(style: ScalarStyle) -> Style {
    match style {
        ScalarStyle::SingleQuoted => Style::SingleQuoted,
        ScalarStyle::DoubleQuoted => Style::DoubleQuoted,
        ScalarStyle::Literal => Style::Literal,
        ScalarStyle::Folded => Style::Folded,
        _ => Style::Plain,
    }
}

fn syntax_error(error: &granit_parser::ScanError, text: &str, base: u32) -> SyntaxError {
    let at = error
        .marker()
        .byte_offset()
        .unwrap_or_default()
        .min(text.len());
    let width = text
        .get(at..)
        .and_then(|rest| rest.chars().next())
        .filter(|&c| c != '\n' && c != '\r')
        .map_or(0, char::len_utf8);
    SyntaxError {
        span: Span::of(at..at + width).shifted(base),
        message: error.info(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::tree::{OddityKind, ScalarType};
    use super::*;

    fn tree(text: &str) -> Tree {
        parse(&SourceFile::new("t.yml", text)).unwrap()
    }

    #[test]
    fn keys_and_values_carry_their_own_spans() {
        let text = "jobs:\n  build: # why\n    timeout-minutes: 5\n";
        let tree = tree(text);
        let entry = tree
            .root()
            .unwrap()
            .at(&["jobs", "build"])
            .unwrap()
            .entry("timeout-minutes");
        let entry = entry.unwrap();
        assert_eq!(entry.key.span().slice(text), "timeout-minutes");
        assert_eq!(entry.value.span().slice(text), "5");
        assert_eq!(entry.value.scalar_type(), Some(ScalarType::Number(5.0)));
        assert_eq!(tree.comments()[0].slice(text), "# why");
    }

    #[test]
    fn an_implicit_null_has_an_empty_span() {
        let tree = tree("a:\nb: ~\nc: ''\n");
        let root = tree.root().unwrap();
        assert!(root.get("a").unwrap().span().is_empty());
        assert!(root.get("a").unwrap().is_null());
        assert!(root.get("b").unwrap().is_null());
        assert!(!root.get("c").unwrap().is_null());
    }

    #[test]
    fn a_block_scalar_of_blank_lines_is_no_null() {
        let tree = tree("- a: |+\n\n  b: |+\n\n\n");
        let entry = tree.root().unwrap().items().next().unwrap();
        assert_eq!(entry.get("a").unwrap().string(), Some("\n"));
        assert_eq!(entry.get("b").unwrap().string(), Some("\n\n"));
    }

    #[test]
    fn an_alias_reads_as_its_target_and_keeps_its_own_place() {
        let text = "a: &x [1, 2]\nb: *x\n";
        let tree = tree(text);
        let alias = tree.root().unwrap().get("b").unwrap();
        assert_eq!(alias.items().len(), 2);
        assert_eq!(alias.written_span().slice(text), "*x");
        assert_eq!(alias.span(), tree.root().unwrap().get("a").unwrap().span());
    }

    #[test]
    fn an_alias_means_the_last_anchor_of_its_name() {
        let tree = tree("a: &x 1\nb: &x 2\nc: *x\n");
        assert_eq!(tree.root().unwrap().get("c").unwrap().text(), Some("2"));
    }

    #[test]
    fn what_readers_disagree_about_is_recorded() {
        let text = "a: 1\nb: !t x\na: 2\n<<: {}\n---\nsecond\n";
        let tree = tree(text);
        let kinds: Vec<_> = tree
            .oddities()
            .iter()
            .map(|o| (o.kind, o.span.slice(text)))
            .collect();
        assert_eq!(
            kinds,
            [
                (OddityKind::Tag, "!t "),
                (OddityKind::DuplicateKey, "a"),
                (OddityKind::MergeKey, "<<"),
                (OddityKind::SecondDocument, "second"),
            ]
        );
        assert_eq!(tree.root().unwrap().get("a").unwrap().text(), Some("2"));
    }

    #[test]
    fn a_duplicate_in_a_large_mapping_is_found() {
        let mut text: String = (0..200).map(|n| format!("k{n}: 1\n")).collect();
        text.push_str("k7: 2\n");
        let tree = tree(&text);
        assert_eq!(tree.oddities().len(), 1);
        assert_eq!(
            tree.oddities()[0].first.map(|span| span.slice(&text)),
            Some("k7")
        );
    }

    #[test]
    fn an_error_names_its_place() {
        let text = "a: b\n\tc: d\n";
        let error = parse(&SourceFile::new("t.yml", text)).unwrap_err();
        assert!(error.message.contains("tab"), "{}", error.message);
        let deep = "[".repeat(100_000);
        assert!(parse(&SourceFile::new("t.yml", deep)).is_err());
    }

    #[test]
    fn a_comment_inside_a_plain_scalar_is_refused_however_it_is_indented() {
        for blank in [" ", "\t", " \t"] {
            let text = format!("run: claude\n\n{blank}# why\n  --flag\n");
            let error = parse(&SourceFile::new("t.yml", text.as_str())).unwrap_err();
            assert!(!error.message.is_empty());
        }
        let text = "run: claude\n\t# why\n  --flag\n";
        let error = parse(&SourceFile::new("t.yml", text)).unwrap_err();
        assert_eq!(error.span.slice(text), "# why");
        let fine = tree("run: claude\n  x#1 \n  --flag\n# why\n");
        let run = fine.root().unwrap().get("run").unwrap();
        assert_eq!(run.text(), Some("claude x#1 --flag"));
    }

    #[test]
    fn a_part_of_a_file_keeps_the_offsets_of_the_file() {
        let text = "---\nname: x\n---\nbody";
        let file = SourceFile::new("a.md", text);
        let tree = parse_span(&file, Span::new(4, 12)).unwrap();
        let name = tree.root().unwrap().get("name").unwrap();
        assert_eq!(name.span().slice(text), "x");
    }

    #[test]
    fn a_long_comment_block_is_no_error() {
        let text = format!("{}a: 1\n", "# c\n".repeat(5_000));
        assert_eq!(tree(&text).comments().len(), 5_000);
    }
}
