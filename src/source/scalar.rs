//! From a scalar's value back to its bytes.
//!
//! The parser has decoded the value already. Here the value is laid beside the raw bytes once more, only
//! for those scalars that somebody asks about: runs that stand in both are mapped byte for byte, escapes,
//! folds and indentation as a whole. Where the two do not fit (a rule of YAML that this walk does not
//! know), the rest of the value maps to the scalar's whole span instead of to a wrong place.

use std::sync::Arc;

use super::file::{Location, SourceFile};
use super::span::{Span, saturate};
use super::traced::Traced;
use super::tree::Style;

/// The value of a scalar at `span`, traced to the bytes of the file.
pub(super) fn trace(file: &Arc<SourceFile>, span: Span, style: Style, value: &str) -> Traced {
    let raw = span.slice(file.text());
    if raw == value {
        return Traced::of_file(file, span);
    }
    let (raw, base) = match style {
        Style::SingleQuoted | Style::DoubleQuoted | Style::Json => (
            raw.get(1..raw.len().saturating_sub(1)).unwrap_or_default(),
            span.start + 1,
        ),
        _ => (raw, span.start),
    };
    let mut walk = Walk {
        file,
        base,
        raw,
        value,
        at_raw: 0,
        at_value: 0,
        traced: Traced::default(),
    };
    walk.run(style);
    let (at_value, mut traced) = (walk.at_value, walk.traced);
    if let Some(rest) = value.get(at_value..) {
        traced.push(&Traced::synthetic(rest, &Location::new(file, span)));
    }
    traced
}

struct Walk<'a> {
    file: &'a Arc<SourceFile>,
    base: u32,
    raw: &'a str,
    value: &'a str,
    at_raw: usize,
    at_value: usize,
    traced: Traced,
}

impl Walk<'_> {
    /// Walks until one side ends or the sides disagree.
    fn run(&mut self, style: Style) {
        while self.at_value < self.value.len() {
            let before = (self.at_raw, self.at_value);
            self.same_text(style);
            let rest = self.rest();
            // The span of a block scalar starts at its first text; blank lines before it stand in the value only.
            let blank_start = self.at_raw == 0 && self.value_rest().starts_with(is_space);
            if rest.starts_with(is_space) || blank_start {
                self.white_space();
            } else if rest.starts_with("''") && style == Style::SingleQuoted {
                self.decoded(2, 1);
            } else if rest.starts_with('\\') && matches!(style, Style::DoubleQuoted | Style::Json) {
                self.escape(style);
            }
            if before == (self.at_raw, self.at_value) {
                return;
            }
        }
    }

    fn rest(&self) -> &str {
        self.raw.get(self.at_raw..).unwrap_or_default()
    }

    fn value_rest(&self) -> &str {
        self.value.get(self.at_value..).unwrap_or_default()
    }

    /// Takes the bytes that stand on both sides, up to white space or something escaped.
    fn same_text(&mut self, style: Style) {
        let stop = |byte: u8| match style {
            Style::SingleQuoted => byte == b'\'',
            Style::DoubleQuoted | Style::Json => byte == b'\\',
            _ => false,
        };
        let same = self
            .rest()
            .bytes()
            .zip(self.value_rest().bytes())
            .take_while(|&(raw, value)| raw == value && !is_space(char::from(raw)) && !stop(raw))
            .count();
        // A mismatch inside a character is no boundary.
        let same = (0..=same).rev().find(|&n| self.rest().is_char_boundary(n));
        let same = same.unwrap_or_default();
        let start = self.base + saturate(self.at_raw);
        let text = self.rest().get(..same).unwrap_or_default().to_owned();
        self.traced.push_exact(&text, self.file, start);
        self.at_raw += same;
        self.at_value += same;
    }

    /// White space: equal runs byte for byte. Where the raw run holds a line break, what it became maps to the
    /// whole run, except for the spaces after the last break on both sides (deeper lines of a block scalar).
    fn white_space(&mut self) {
        let raw = run_of_space(self.rest());
        let value = run_of_space(self.value_rest());
        let (raw_len, value_len) = (raw.len(), value.len());
        if raw == value {
            let text = raw.to_owned();
            let start = self.base + saturate(self.at_raw);
            self.traced.push_exact(&text, self.file, start);
        } else {
            let deeper = value.len() - value.rfind('\n').map_or(0, |at| at + 1);
            let deeper = if value.contains('\n') {
                deeper.min(raw.len())
            } else {
                0
            };
            let exact = value
                .get(value.len() - deeper..)
                .unwrap_or_default()
                .to_owned();
            let folded = value
                .get(..value.len() - deeper)
                .unwrap_or_default()
                .to_owned();
            let end = self.base + saturate(self.at_raw + raw_len);
            let start = self.base + saturate(self.at_raw);
            let middle = end - saturate(deeper);
            self.traced
                .push_decoded(&folded, self.file, Span::new(start, middle));
            self.traced.push_exact(&exact, self.file, middle);
        }
        self.at_raw += raw_len;
        self.at_value += value_len;
    }

    fn escape(&mut self, style: Style) {
        let rest = self.rest();
        let mut chars = rest.chars();
        chars.next();
        let length = match chars.next() {
            Some('x') if style == Style::DoubleQuoted => 4,
            Some('U') if style == Style::DoubleQuoted => 10,
            Some('u') if is_surrogate_pair(rest) => 12,
            Some('u') => 6,
            // An escaped line break joins two lines; the spaces of the next line go with it.
            Some('\n' | '\r') => 1 + run_of_space(rest.get(1..).unwrap_or_default()).len(),
            Some(other) => 1 + other.len_utf8(),
            None => return,
        };
        if matches!(rest.as_bytes().get(1), Some(b'\n' | b'\r')) {
            self.at_raw += length;
            return;
        }
        let width = self.value_rest().chars().next().map_or(0, char::len_utf8);
        self.decoded(length, width);
    }

    fn decoded(&mut self, raw_len: usize, value_len: usize) {
        let text = self
            .value_rest()
            .get(..value_len)
            .unwrap_or_default()
            .to_owned();
        let start = self.base + saturate(self.at_raw);
        let end = self.base + saturate((self.at_raw + raw_len).min(self.raw.len()));
        self.traced
            .push_decoded(&text, self.file, Span::new(start, end));
        self.at_raw += raw_len;
        self.at_value += value_len;
    }
}

fn is_space(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\n' | '\r')
}

fn run_of_space(text: &str) -> &str {
    let end = text.find(|c| !is_space(c)).unwrap_or(text.len());
    text.get(..end).unwrap_or_default()
}

fn is_surrogate_pair(rest: &str) -> bool {
    let unit = |text: Option<&str>| u32::from_str_radix(text?, 16).ok();
    let high = unit(rest.get(2..6));
    high.is_some_and(|unit| (0xD800..0xDC00).contains(&unit)) && rest.get(6..8) == Some("\\u")
}

#[cfg(test)]
mod tests {
    use super::super::yaml;
    use super::*;

    /// Each marked word of the value must be located at the same word of the file.
    fn check(text: &str, key: &str, words: &[(&str, &str)]) {
        let file = SourceFile::new("t.yml", text);
        let tree = yaml::parse(&file).unwrap();
        let node = tree.root().unwrap().get(key).unwrap();
        let traced = node.traced().unwrap();
        assert_eq!(
            Some(traced.text()),
            node.text(),
            "the trace holds the value"
        );
        for (word, raw) in words {
            let at = traced
                .text()
                .find(word)
                .unwrap_or_else(|| panic!("{word} in {:?}", traced.text()));
            let place = traced.locate(at..at + word.len()).unwrap();
            assert_eq!(place.text(), *raw, "place of {word}");
        }
    }

    #[test]
    fn a_literal_block_maps_line_by_line() {
        let text = "run: |\n  claude -p \\\n    --skip é\n\n  echo done\nx: 1\n";
        check(
            text,
            "run",
            &[("claude", "claude"), ("--skip", "--skip"), ("done", "done")],
        );
        check(
            "run: |2\n    deep\n  flat\n",
            "run",
            &[("deep", "deep"), ("  deep", "  deep"), ("flat", "flat")],
        );
        check(
            "run: |\r\n  one\r\n  two\r\n",
            "run",
            &[("one", "one"), ("two", "two")],
        );
        check("run: |\n\n\n  late\n", "run", &[("late", "late")]);
    }

    #[test]
    fn a_folded_block_maps_across_its_folds() {
        let text = "run: >-\n  claude\n  --skip\n\n  more\n    deep\n  end\n";
        check(
            text,
            "run",
            &[
                ("--skip", "--skip"),
                ("deep", "deep"),
                ("end", "end"),
                ("claude --skip", "claude\n  --skip"),
            ],
        );
    }

    #[test]
    fn plain_and_quoted_scalars_over_several_lines_map() {
        check(
            "run: claude\n  --skip\n\n  last\n",
            "run",
            &[("--skip", "--skip"), ("last", "last")],
        );
        check(
            "run: 'it''s\n  --skip'\n",
            "run",
            &[("it's", "it''s"), ("--skip", "--skip")],
        );
        let double = "run: \"a\\tb \\\n   --skip \\u00e9 \\uD834\\uDD1E end\\x41\"\n";
        check(
            double,
            "run",
            &[
                ("--skip", "--skip"),
                ("\t", "\\t"),
                ("é", "\\u00e9"),
                ("𝄞", "\\uD834\\uDD1E"),
                ("end", "end"),
                ("A", "\\x41"),
            ],
        );
    }
}
