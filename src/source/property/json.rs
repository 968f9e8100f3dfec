//! JSON: what our writer wrote comes back, strictly or with what a strict reader refuses, and `serde_json` agrees.

use std::rc::Rc;

use proptest::prelude::*;

use super::super::{Node, ScalarType, SourceFile, Style, json};
use super::dice::Dice;
use super::expected::{Expected, Piece, Scalar, compare};
use super::sketch::{self, FileSketch, Sketch};

/// Whether the writer keeps to the grammar.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Grammar {
    Strict,
    /// With comments, and with commas before closing brackets.
    Loose,
}

struct Writer {
    text: String,
    grammar: Grammar,
    dice: Dice,
    /// Where the first comment or spare comma is.
    first_deviation: Option<usize>,
}

fn write(file: &FileSketch, grammar: Grammar) -> (Writer, Rc<Expected>) {
    let mut writer = Writer {
        text: String::new(),
        grammar,
        dice: Dice::new(file.seed),
        first_deviation: None,
    };
    if writer.dice.unusual(6) {
        writer.text.push('\u{feff}');
    }
    writer.gap();
    let root = writer.node(&file.root);
    writer.gap();
    (writer, root)
}

impl Writer {
    fn node(&mut self, sketch: &Sketch) -> Rc<Expected> {
        let start = self.text.len();
        Rc::new(match sketch {
            Sketch::Null(_) => {
                self.text.push_str("null");
                Expected::Null {
                    written: start..self.text.len(),
                }
            }
            Sketch::Alias(index) => {
                let words = [
                    "true",
                    "false",
                    "0",
                    "-0",
                    "12",
                    "-1.5",
                    "2e3",
                    "0.1E-7",
                    "123456789012345678901234567890",
                ];
                let word = words[index % words.len()];
                self.text.push_str(word);
                let written = start..self.text.len();
                let pieces = vec![Piece {
                    value: 0..word.len(),
                    raw: written.clone(),
                }];
                Expected::Scalar(Scalar {
                    value: word.into(),
                    style: Some(Style::Plain),
                    written,
                    pieces,
                })
            }
            Sketch::Scalar(text) => self.string(&text.value),
            Sketch::Sequence(_, _, items) => {
                self.text.push('[');
                self.gap();
                let mut found = Vec::new();
                for (index, item) in items.iter().enumerate() {
                    found.push(self.node(item));
                    self.comma(index + 1 == items.len());
                }
                self.text.push(']');
                Expected::Sequence {
                    brackets: Some(start..self.text.len()),
                    items: found,
                }
            }
            Sketch::Mapping(_, _, entries) => {
                self.text.push('{');
                self.gap();
                let mut found = Vec::new();
                for (index, (key, value)) in entries.iter().enumerate() {
                    let key = Rc::new(self.string(&key.value));
                    self.gap();
                    self.text.push(':');
                    self.gap();
                    found.push((key, self.node(value)));
                    self.comma(index + 1 == entries.len());
                }
                self.text.push('}');
                Expected::Mapping {
                    brackets: Some(start..self.text.len()),
                    entries: found,
                }
            }
        })
    }

    fn string(&mut self, value: &str) -> Expected {
        let start = self.text.len();
        let mut pieces = Vec::new();
        self.text.push('"');
        for (at, c) in value.char_indices() {
            let from = self.text.len();
            let needed = c < ' ' || matches!(c, '"' | '\\');
            if needed || self.dice.unusual(12) {
                let short = match c {
                    '\n' => Some("\\n"),
                    '\r' => Some("\\r"),
                    '\t' => Some("\\t"),
                    '\u{8}' => Some("\\b"),
                    '\u{c}' => Some("\\f"),
                    '"' => Some("\\\""),
                    '\\' => Some("\\\\"),
                    '/' => Some("\\/"),
                    _ => None,
                };
                match short.filter(|_| !self.dice.unusual(3)) {
                    Some(escape) => self.text.push_str(escape),
                    None => self.text.extend(
                        c.encode_utf16(&mut [0; 2])
                            .iter()
                            .map(|unit| format!("\\u{unit:04X}")),
                    ),
                }
            } else {
                self.text.push(c);
            }
            pieces.push(Piece {
                value: at..at + c.len_utf8(),
                raw: from..self.text.len(),
            });
        }
        self.text.push('"');
        Expected::Scalar(Scalar {
            value: value.into(),
            style: Some(Style::Json),
            written: start..self.text.len(),
            pieces,
        })
    }

    fn comma(&mut self, is_last: bool) {
        self.gap();
        if !is_last {
            self.text.push(',');
        } else if self.grammar == Grammar::Loose && self.dice.unusual(4) {
            // A strict reader stops at what follows the comma: at a comment, or at the bracket for the comma's sake.
            let comma = self.text.len();
            self.text.push(',');
            self.gap();
            self.first_deviation.get_or_insert(comma);
            return;
        }
        self.gap();
    }

    fn gap(&mut self) {
        let space = self.dice.pick(&["", "", " ", "\n", "\r\n", "\t", "  \n "]);
        self.text.push_str(space);
        if self.grammar == Grammar::Loose && self.dice.unusual(6) {
            let comment = self
                .dice
                .pick(&["// why é\n", "/* a, \"b\" */", "/**/", "//\n"]);
            self.first_deviation.get_or_insert(self.text.len());
            self.text.push_str(comment);
        }
    }
}

/// Whether `serde_json` read the same.
fn agrees(node: Node<'_>, value: &serde_json::Value) -> bool {
    use serde_json::Value;
    match value {
        Value::Null => node.is_null(),
        Value::Bool(value) => node.boolean() == Some(*value),
        Value::Number(number) => node.scalar_type() == number.as_f64().map(ScalarType::Number),
        Value::String(text) => node.string() == Some(text.as_str()),
        Value::Array(items) => {
            node.is_sequence()
                && node.items().len() == items.len()
                && node
                    .items()
                    .zip(items)
                    .all(|(node, value)| agrees(node, value))
        }
        Value::Object(entries) => {
            let keys_agree = node.entries().all(|entry| {
                entry
                    .key
                    .text()
                    .is_some_and(|key| entries.contains_key(key))
            });
            node.is_mapping()
                && keys_agree
                && entries
                    .iter()
                    .all(|(key, value)| node.get(key).is_some_and(|node| agrees(node, value)))
        }
    }
}

fn fail(what: impl std::fmt::Display, text: &str) -> TestCaseError {
    TestCaseError::fail(format!("{what}, in {text:?}"))
}

/// Pieces of JSON, and of what is almost JSON.
const TOKENS: &[&str] = &[
    "{",
    "}",
    "[",
    "]",
    ",",
    ":",
    "\"a\"",
    "\"\"",
    "\"\\u00e9\"",
    "\"\\uD834\\uDD1E\"",
    "\"\\u+041\"",
    "\"\\x\"",
    "\"\t\"",
    "\"é\"",
    "'a'",
    "a",
    "1",
    "-1",
    "01",
    "1.",
    ".5",
    "1e5",
    "1E+",
    "-",
    "true",
    "null",
    "True",
    "nul",
    " ",
    "\n",
    "\u{c}",
    "\u{a0}",
    "//\n",
    "/**/",
    "\"a\":1",
    "1,",
];

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn strict_json_deviates_nowhere_and_reads_as_serde_json_reads_it(sketch in sketch::file()) {
        let (written, root) = write(&sketch, Grammar::Strict);
        let text = written.text.as_str();
        let read = json::parse(&SourceFile::new("t.json", text)).map_err(|error| fail(error, text))?;
        prop_assert_eq!(&read.deviation, &None, "in {:?}", text);
        compare(&read.tree, &root).map_err(|difference| fail(difference, text))?;
        let other = serde_json::from_str(text.trim_start_matches('\u{feff}')).map_err(|error| fail(error, text))?;
        prop_assert!(read.tree.root().is_some_and(|root| agrees(root, &other)), "serde_json differs about {:?}", text);
    }

    #[test]
    fn loose_json_is_the_same_tree_and_deviates_where_it_first_does(sketch in sketch::file()) {
        let (written, root) = write(&sketch, Grammar::Loose);
        let text = written.text.as_str();
        let read = json::parse(&SourceFile::new("t.json", text)).map_err(|error| fail(error, text))?;
        let deviation = read.deviation.map(|deviation| deviation.span.start as usize);
        prop_assert_eq!(deviation, written.first_deviation, "in {:?}", text);
        compare(&read.tree, &root).map_err(|difference| fail(difference, text))?;
    }

    #[test]
    fn what_is_almost_json_is_strict_only_where_serde_json_reads_it(tokens in prop::collection::vec(prop::sample::select(TOKENS), 0..9)) {
        let text = tokens.concat();
        let file = SourceFile::new("t.json", text.as_str());
        let strict = json::parse(&file).ok().filter(|read| read.deviation.is_none());
        let other = serde_json::from_str::<serde_json::Value>(&text);
        // `1e999` is JSON, but no number that it can hold.
        prop_assume!(!other.as_ref().is_err_and(|error| error.to_string().starts_with("number out of range")));
        let other = other.ok();
        prop_assert_eq!(strict.is_some(), other.is_some(), "in {:?}", text);
        if let (Some(read), Some(other)) = (strict, other) {
            prop_assert!(read.tree.root().is_some_and(|root| agrees(root, &other)), "serde_json differs about {:?}", text);
        }
    }
}
