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
    match style {
        Style::Literal | Style::Folded => walk.block(),
        _ => walk.flow(style),
    }
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

impl<'a> Walk<'a> {
    /// Walks a plain or quoted scalar until one side ends or the sides disagree. What stands for what is known
    /// at each place: an escape, a line break, or the same bytes.
    fn flow(&mut self, style: Style) {
        while self.at_value < self.value.len() {
            let before = self.at_raw;
            let same = self.until_special(style);
            if !self.exact(same) {
                return;
            }
            let rest = self.rest();
            if rest.starts_with('\\') {
                self.escape(style);
            } else if rest.starts_with("''") && style == Style::SingleQuoted {
                self.decoded(2, "'");
            } else if style != Style::Json && rest.starts_with(is_space) {
                self.line_break();
            }
            if before == self.at_raw {
                return;
            }
        }
    }

    /// Length of the text before the next escape or line break; blanks before a line break belong to it.
    fn until_special(&self, style: Style) -> usize {
        let rest = self.rest();
        let stop = |byte: u8| match byte {
            b'\\' => matches!(style, Style::DoubleQuoted | Style::Json),
            b'\'' => style == Style::SingleQuoted,
            b'\n' | b'\r' => style != Style::Json,
            _ => false,
        };
        let Some(end) = rest.bytes().position(stop) else {
            return rest.len();
        };
        let text = rest.get(..end).unwrap_or_default();
        if rest
            .get(end..)
            .is_some_and(|rest| rest.starts_with(['\n', '\r']))
        {
            text.trim_end_matches(is_blank).len()
        } else {
            end
        }
    }

    /// Folding: one line break is a space, and each further one is a line break.
    fn line_break(&mut self) {
        let raw = run_of_space(self.rest());
        match count_breaks(raw) {
            1 => self.decoded(raw.len(), " "),
            breaks => self.breaks(raw.len(), breaks),
        }
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
            Some('\n' | '\r') => {
                let space = run_of_space(rest.get(1..).unwrap_or_default());
                self.breaks(1 + space.len(), count_breaks(space));
                return;
            }
            Some(other) => 1 + other.len_utf8(),
            None => return,
        };
        let width = self.value_rest().chars().next().map_or(0, char::len_utf8);
        let text = self.value_rest().get(..width).unwrap_or_default();
        self.decoded(length.min(rest.len()), text);
    }

    /// A run of raw white space that stands for one line break less than it holds.
    fn breaks(&mut self, raw_len: usize, breaks: usize) {
        let rest = self.value_rest();
        let found = rest.bytes().take_while(|&byte| byte == b'\n').count();
        match rest.get(..breaks.saturating_sub(1)) {
            Some(text) if text.len() <= found => self.decoded(raw_len, text),
            _ => {}
        }
    }

    /// Walks a block scalar until one side ends or the sides disagree. Its text is the same on both sides, and white
    /// space stands between the same words, however much of it.
    fn block(&mut self) {
        // The span of a block scalar starts at its first text; blank lines before it stand in the value only.
        if self.value.starts_with(is_space) {
            self.white_space();
        }
        while self.at_value < self.value.len() {
            let before = self.at_raw;
            // A line that is the same on both sides is taken at once, else one word.
            let line = self.line();
            if self.value_rest().starts_with(line) {
                self.exact(line.len());
            } else {
                let text = self.rest().find(is_space).unwrap_or(self.rest().len());
                if !self.exact(text) {
                    return;
                }
            }
            self.white_space();
            if before == self.at_raw {
                return;
            }
        }
    }

    /// The rest of the line, without the blanks at its end.
    fn line(&self) -> &'a str {
        let rest = self.rest();
        let end = memchr::memchr2(b'\n', b'\r', rest.as_bytes()).unwrap_or(rest.len());
        rest.get(..end)
            .unwrap_or_default()
            .trim_end_matches(is_blank)
    }

    /// White space: equal runs byte for byte. Else the blanks at the end of the first line and those at the start of
    /// the last one (a deeper line) stand on both sides, and what is between them maps as a whole.
    fn white_space(&mut self) {
        let raw = run_of_space(self.rest());
        let value = run_of_space(self.value_rest());
        if raw == value {
            self.exact(raw.len());
            return;
        }
        let same = raw.bytes().zip(value.bytes());
        let same = same.take_while(|(raw, value)| raw == value && matches!(raw, b' ' | b'\t'));
        let ahead = same.count();
        self.exact(ahead);
        let (raw_len, value) = (raw.len() - ahead, value.get(ahead..).unwrap_or_default());
        let deeper = match value.rfind('\n') {
            Some(last) => (value.len() - last - 1).min(raw_len),
            None => 0,
        };
        let folded = value.get(..value.len() - deeper).unwrap_or_default();
        self.decoded(raw_len - deeper, folded);
        self.exact(deeper);
    }

    fn rest(&self) -> &'a str {
        self.raw.get(self.at_raw..).unwrap_or_default()
    }

    fn value_rest(&self) -> &'a str {
        self.value.get(self.at_value..).unwrap_or_default()
    }

    /// Takes `length` bytes that must stand on both sides; answers whether they do. Of bytes that do not, it
    /// takes those before the difference.
    fn exact(&mut self, length: usize) -> bool {
        let (raw, value) = (self.rest(), self.value_rest());
        let raw = raw.get(..length).unwrap_or(raw);
        if raw.len() == length && value.starts_with(raw) {
            let start = self.base + saturate(self.at_raw);
            self.traced.push_exact(raw, self.file, start);
            self.at_raw += length;
            self.at_value += length;
            return true;
        }
        let same = raw
            .bytes()
            .zip(value.bytes())
            .take_while(|(raw, value)| raw == value)
            .count();
        // A difference inside a character begins where the character does.
        let same = (0..=same).rev().find(|&end| raw.is_char_boundary(end));
        let text = raw.get(..same.unwrap_or_default()).unwrap_or_default();
        let start = self.base + saturate(self.at_raw);
        self.traced.push_exact(text, self.file, start);
        self.at_raw += text.len();
        self.at_value += text.len();
        text.len() == length
    }

    /// Takes `raw_len` bytes that stand for `text`, which must be next in the value.
    fn decoded(&mut self, raw_len: usize, text: &str) {
        if !self.value_rest().starts_with(text) {
            return;
        }
        let start = self.base + saturate(self.at_raw);
        let span = Span::new(start, start + saturate(raw_len));
        self.traced.push_decoded(text, self.file, span);
        self.at_raw += raw_len;
        self.at_value += text.len();
    }
}

fn is_blank(c: char) -> bool {
    matches!(c, ' ' | '\t')
}

fn is_space(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\n' | '\r')
}

fn run_of_space(text: &str) -> &str {
    let is_space = |byte: &u8| matches!(byte, b' ' | b'\t' | b'\n' | b'\r');
    let end = text.bytes().take_while(is_space).count();
    text.get(..end).unwrap_or_default()
}

/// Line breaks of YAML: CR LF, LF, or CR.
fn count_breaks(space: &str) -> usize {
    let (feeds, returns) = (space.matches('\n').count(), space.matches('\r').count());
    feeds + returns - space.matches("\r\n").count()
}

/// Whether two escapes `\uXXXX` stand for one character.
fn is_surrogate_pair(rest: &str) -> bool {
    let unit = |at: usize| u32::from_str_radix(rest.get(at..at + 4)?, 16).ok();
    let is_high = unit(2).is_some_and(|unit| (0xD800..0xDC00).contains(&unit));
    let is_low = || unit(8).is_some_and(|unit| (0xDC00..0xE000).contains(&unit));
    is_high && rest.get(6..8) == Some("\\u") && is_low()
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
        check(
            "run: |1\n \t\n x  \n  y\n",
            "run",
            &[("\t", "\t"), ("x  ", "x  "), (" y", " y")],
        );
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
    fn an_escaped_space_beside_a_written_one_is_told_apart() {
        check(
            r#"run: "a \n b \x20\tc""#,
            "run",
            &[
                ("a", "a"),
                ("\n", "\\n"),
                ("b", "b"),
                ("\t", "\\t"),
                ("c", "c"),
            ],
        );
        check(r#"run: "\x20a""#, "run", &[(" ", "\\x20"), ("a", "a")]);
        check(
            "run: \"a\\\n\n  b\"",
            "run",
            &[("\n", "\\\n\n  "), ("b", "b")],
        );
    }

    #[test]
    fn two_escapes_are_one_character_only_if_they_are_a_pair() {
        let file = SourceFile::new("t.json", r#"["\uD834\u0041b"]"#);
        let json = super::super::json::parse(&file).unwrap();
        let traced = json
            .tree
            .root()
            .unwrap()
            .items()
            .next()
            .unwrap()
            .traced()
            .unwrap();
        assert_eq!(traced.text(), "\u{fffd}Ab");
        assert_eq!(traced.locate(3..4).unwrap().text(), r"\u0041");
        assert_eq!(traced.locate(4..5).unwrap().text(), "b");
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
