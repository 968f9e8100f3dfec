//! JSON into a [`Tree`]: strictly (RFC 8259) and tolerantly in one pass.
//!
//! The tolerant reading shows what the author meant: it accepts comments, spare and missing commas, loose
//! strings. The strict reading decides whether a program that wants JSON reads the file at all: the first
//! place where it stops is [`Json::deviation`].

use std::sync::Arc;

use super::file::SourceFile;
use super::span::{Span, saturate};
use super::tree::{Builder, Collection, OddityKind, Style, SyntaxError, Tree};
use super::yaml::{MAX_DEPTH, MAX_NODES};

/// A file read as JSON.
#[derive(Debug)]
pub struct Json {
    /// The tolerant reading.
    pub tree: Tree,
    /// The first place where a strict reader stops. Nothing where the file is valid JSON.
    pub deviation: Option<SyntaxError>,
}

/// Parses a whole file. A byte-order mark at its start is passed over.
///
/// # Errors
/// The first place that even the tolerant reading cannot make sense of.
pub fn parse(file: &Arc<SourceFile>) -> Result<Json, SyntaxError> {
    let text = file.text();
    let mut parser = Parser {
        text,
        at: if text.starts_with('\u{feff}') { 3 } else { 0 },
        builder: Builder::new(file, Span::of(0..text.len()), text.len() / 16),
        open: Vec::new(),
        deviation: None,
        decoded: String::new(),
    };
    parser.document()?;
    Ok(Json {
        deviation: parser.deviation,
        tree: parser.builder.finish(),
    })
}

struct Parser<'a> {
    text: &'a str,
    at: usize,
    builder: Builder,
    open: Vec<Collection>,
    deviation: Option<SyntaxError>,
    /// Reused for the values of strings.
    decoded: String,
}

/// What the grammar wants next inside the innermost open collection.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Want {
    /// A value (of a sequence, of a key, or the document).
    Value,
    /// A key, or the end right after `{`.
    FirstKeyOrEnd,
    /// A value, or the end right after `[`.
    FirstItemOrEnd,
    /// A comma or the end.
    CommaOrEnd,
}

impl Parser<'_> {
    fn document(&mut self) -> Result<(), SyntaxError> {
        let mut want = Want::Value;
        loop {
            self.skip()?;
            if self.open.is_empty() && want == Want::CommaOrEnd {
                break;
            }
            want = self.step(want)?;
            if self.builder.node_count() > MAX_NODES {
                return Err(self.error(format!("more than {MAX_NODES} nodes in one file")));
            }
        }
        if self.at < self.text.len() {
            let rest = Span::of(self.at..self.text.len());
            self.deviate(
                OddityKind::TextAfterEnd,
                rest,
                "text after the end of the JSON value",
            );
        }
        Ok(())
    }

    fn step(&mut self, want: Want) -> Result<Want, SyntaxError> {
        let Some(next) = self.peek() else {
            return Err(self.error("the file ends inside a JSON value".into()));
        };
        let inside = self.open.last().copied();
        match (want, next) {
            (Want::FirstKeyOrEnd | Want::FirstItemOrEnd | Want::CommaOrEnd, b'}' | b']') => {
                self.close(next)
            }
            (Want::CommaOrEnd, b',') => self.comma(),
            (Want::CommaOrEnd, _) => {
                self.deviate(
                    OddityKind::MissingComma,
                    Span::of(self.at..self.at),
                    "a comma is missing here",
                );
                Ok(self.after_comma(inside))
            }
            (Want::FirstKeyOrEnd, _) => {
                self.key()?;
                Ok(Want::Value)
            }
            (Want::Value | Want::FirstItemOrEnd, b'{' | b'[') => self.open(next),
            (Want::Value | Want::FirstItemOrEnd, _) => {
                self.scalar()?;
                Ok(Want::CommaOrEnd)
            }
        }
    }

    fn after_comma(&self, inside: Option<Collection>) -> Want {
        match inside {
            Some(Collection::Mapping) => Want::FirstKeyOrEnd,
            _ => Want::Value,
        }
    }

    fn open(&mut self, bracket: u8) -> Result<Want, SyntaxError> {
        if self.builder.depth() >= MAX_DEPTH {
            return Err(self.error(format!("nested deeper than {MAX_DEPTH} levels")));
        }
        let (collection, want) = if bracket == b'{' {
            (Collection::Mapping, Want::FirstKeyOrEnd)
        } else {
            (Collection::Sequence, Want::FirstItemOrEnd)
        };
        self.builder
            .start(Span::of(self.at..self.at + 1), collection);
        self.open.push(collection);
        self.at += 1;
        Ok(want)
    }

    fn close(&mut self, bracket: u8) -> Result<Want, SyntaxError> {
        let closes = if bracket == b'}' {
            Collection::Mapping
        } else {
            Collection::Sequence
        };
        if self.open.last() != Some(&closes) {
            return Err(self.error(format!("`{}` closes nothing here", char::from(bracket))));
        }
        self.open.pop();
        self.at += 1;
        self.builder.end(saturate(self.at));
        Ok(Want::CommaOrEnd)
    }

    fn comma(&mut self) -> Result<Want, SyntaxError> {
        let comma = self.at;
        self.at += 1;
        self.skip()?;
        if matches!(self.peek(), Some(b'}' | b']')) {
            let span = Span::of(comma..comma + 1);
            self.deviate(
                OddityKind::TrailingComma,
                span,
                "a comma before the closing bracket",
            );
            return Ok(Want::CommaOrEnd);
        }
        Ok(self.after_comma(self.open.last().copied()))
    }

    fn key(&mut self) -> Result<(), SyntaxError> {
        match self.peek() {
            Some(b'"' | b'\'') => self.string()?,
            Some(byte) if byte.is_ascii_alphabetic() || byte == b'_' || byte == b'$' => {
                let span = self.word();
                self.deviate(
                    OddityKind::LooseString,
                    span,
                    "this key is not in double quotes",
                );
                self.builder
                    .scalar(span, Style::Plain, span.slice(self.text));
            }
            _ => return Err(self.error("a key in double quotes is expected here".into())),
        }
        self.skip()?;
        if self.peek() != Some(b':') {
            return Err(self.error("a colon is expected after the key".into()));
        }
        self.at += 1;
        Ok(())
    }

    fn scalar(&mut self) -> Result<(), SyntaxError> {
        match self.peek() {
            Some(b'"' | b'\'') => self.string(),
            Some(byte) if byte.is_ascii_alphanumeric() || byte == b'-' => {
                let span = self.word();
                let word = span.slice(self.text);
                let known = matches!(word, "true" | "false" | "null") || is_number(word);
                if !known {
                    return Err(SyntaxError {
                        span,
                        message: "this is neither a string in double quotes, a number, true, false nor null".into(),
                    });
                }
                self.builder.scalar(span, Style::Plain, word);
                Ok(())
            }
            _ => Err(self.error("a value is expected here".into())),
        }
    }

    fn word(&mut self) -> Span {
        let start = self.at;
        while self.peek().is_some_and(|byte| {
            byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'+' | b'.' | b'_' | b'$')
        }) {
            self.at += 1;
        }
        Span::of(start..self.at)
    }

    fn string(&mut self) -> Result<(), SyntaxError> {
        let start = self.at;
        let quote = self.peek().unwrap_or(b'"');
        self.at += 1;
        let mut decoded = std::mem::take(&mut self.decoded);
        decoded.clear();
        let mut copied = self.at;
        loop {
            match self.peek() {
                None => {
                    self.at = start;
                    return Err(self.error("this string has no end".into()));
                }
                Some(byte) if byte == quote => break,
                Some(b'\\') => {
                    decoded.push_str(self.text.get(copied..self.at).unwrap_or_default());
                    self.escape(&mut decoded)?;
                    copied = self.at;
                }
                Some(byte) => {
                    if byte < 0x20 {
                        let span = Span::of(self.at..self.at + 1);
                        self.deviate(
                            OddityKind::LooseString,
                            span,
                            "a control character inside a string",
                        );
                    }
                    self.at += 1;
                }
            }
        }
        decoded.push_str(self.text.get(copied..self.at).unwrap_or_default());
        self.at += 1;
        let span = Span::of(start..self.at);
        if quote == b'\'' {
            self.deviate(OddityKind::LooseString, span, "a string in single quotes");
        }
        self.builder.scalar(span, Style::Json, &decoded);
        self.decoded = decoded;
        Ok(())
    }

    fn escape(&mut self, into: &mut String) -> Result<(), SyntaxError> {
        let rest = self.text.get(self.at + 1..).unwrap_or_default();
        let Some(kind) = rest.chars().next() else {
            return Err(self.error("this string has no end".into()));
        };
        let plain = match kind {
            '"' | '\\' | '/' | '\'' => Some(kind),
            'b' => Some('\u{8}'),
            'f' => Some('\u{c}'),
            'n' => Some('\n'),
            'r' => Some('\r'),
            't' => Some('\t'),
            'u' => None,
            _ => return Err(self.error(format!("`\\{kind}` is no escape of JSON"))),
        };
        if let Some(c) = plain {
            if c == '\'' {
                let span = Span::of(self.at..self.at + 2);
                self.deviate(OddityKind::LooseString, span, "`\\'` is no escape of JSON");
            }
            into.push(c);
            self.at += 2;
            return Ok(());
        }
        let unit = |at: usize| {
            let digits = rest.get(at..at + 4)?;
            // Rust also reads a sign.
            let is_hex = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
            is_hex.then(|| u32::from_str_radix(digits, 16).ok())?
        };
        let Some(first) = unit(1) else {
            return Err(self.error("`\\u` needs four hexadecimal digits".into()));
        };
        let second = (rest.get(5..7) == Some("\\u")).then(|| unit(7)).flatten();
        let (c, length) = match (first, second) {
            (0xD800..0xDC00, Some(low @ 0xDC00..0xE000)) => (
                char::from_u32(0x10000 + ((first - 0xD800) << 10) + (low - 0xDC00)),
                12,
            ),
            _ => (char::from_u32(first), 6),
        };
        // A lone surrogate stands for nothing; JSON.parse keeps it, UTF-8 cannot.
        into.push(c.unwrap_or(char::REPLACEMENT_CHARACTER));
        self.at += length;
        Ok(())
    }

    /// White space and comments.
    fn skip(&mut self) -> Result<(), SyntaxError> {
        loop {
            while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
                self.at += 1;
            }
            let rest = self.text.get(self.at..).unwrap_or_default();
            let length = if rest.starts_with("//") {
                rest.find('\n').unwrap_or(rest.len())
            } else if rest.starts_with("/*") {
                match rest.find("*/") {
                    Some(end) => end + 2,
                    None => return Err(self.error("this comment has no end".into())),
                }
            } else {
                return Ok(());
            };
            let span = Span::of(self.at..self.at + length);
            self.deviate(OddityKind::Comment, span, "a comment; JSON has none");
            self.at += length;
        }
    }

    fn deviate(&mut self, kind: OddityKind, span: Span, message: &str) {
        self.builder.oddity(kind, span);
        if self.deviation.is_none() {
            self.deviation = Some(SyntaxError {
                span,
                message: message.into(),
            });
        }
    }

    fn error(&self, message: String) -> SyntaxError {
        let width = self
            .text
            .get(self.at..)
            .and_then(|rest| rest.chars().next());
        SyntaxError {
            span: Span::of(self.at..self.at + width.map_or(0, char::len_utf8)),
            message,
        }
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }
}

fn is_number(word: &str) -> bool {
    let digits = word.strip_prefix('-').unwrap_or(word);
    let (whole, rest) = split_digits(digits);
    if whole.is_empty() || (whole.len() > 1 && whole.starts_with('0')) {
        return false;
    }
    let rest = match rest.strip_prefix('.') {
        Some(fraction) => match split_digits(fraction) {
            ("", _) => return false,
            (_, rest) => rest,
        },
        None => rest,
    };
    let Some(exponent) = rest.strip_prefix(['e', 'E']) else {
        return rest.is_empty();
    };
    let exponent = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
    let (digits, rest) = split_digits(exponent);
    !digits.is_empty() && rest.is_empty()
}

fn split_digits(text: &str) -> (&str, &str) {
    let end = text
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(text.len());
    text.split_at(end)
}

#[cfg(test)]
mod tests {
    use super::super::tree::Style;
    use super::*;

    fn read(text: &str) -> Result<Json, SyntaxError> {
        parse(&SourceFile::new("t.json", text))
    }

    #[test]
    fn valid_json_deviates_nowhere() {
        let text =
            "\u{feff}{\"a\": [1, -2.5e+3, true, null, \"x\\n\\u00e9\\uD834\\uDD1E\"], \"b\": {}}\n";
        let json = read(text).unwrap();
        assert_eq!(json.deviation, None);
        let list = json.tree.root().unwrap().get("a").unwrap();
        let last = list.items().last().unwrap();
        assert_eq!(last.text(), Some("x\né𝄞"));
        assert_eq!(last.style(), Some(Style::Json));
        let traced = last.traced().unwrap();
        assert_eq!(traced.locate(2..4).unwrap().text(), "\\u00e9");
    }

    #[test]
    fn an_escape_has_four_digits_and_no_sign() {
        for text in [r#"["\u+041"]"#, r#"["\u004"]"#, r#"["\u"]"#] {
            assert!(read(text).is_err(), "{text}");
        }
    }

    #[test]
    fn the_first_deviation_is_where_a_strict_reader_stops() {
        for (text, at) in [
            ("// c\n{}", "// c"),
            ("{\"a\": 1,}", ","),
            ("[1 2]", ""),
            ("{a: 1}", "a"),
            ("{'a': 1}", "'a'"),
            ("{} x", "x"),
            ("[\"a\tb\"]", "\t"),
        ] {
            let json = read(text).unwrap();
            let deviation = json
                .deviation
                .unwrap_or_else(|| panic!("{text} is not strict"));
            assert_eq!(deviation.span.slice(text), at, "{text}");
        }
    }

    #[test]
    fn a_tolerant_reading_keeps_what_a_comment_would_lose() {
        let json = read("// why\n{\"permissions\": {\"deny\": [\"Bash(rm:*)\",]}}").unwrap();
        let deny = json
            .tree
            .root()
            .unwrap()
            .at(&["permissions", "deny"])
            .unwrap();
        assert_eq!(deny.items().next().unwrap().text(), Some("Bash(rm:*)"));
    }

    #[test]
    fn what_cannot_be_read_is_an_error_at_its_place() {
        for text in [
            "",
            "{",
            "{\"a\"}",
            "[1}",
            "\"open",
            "nul",
            "01",
            "1.",
            "/* open",
            "[\"\\x\"]",
            "{]",
            "[,]",
        ] {
            let error = read(text).expect_err(text);
            assert!(error.span.end as usize <= text.len(), "{text}");
        }
        assert!(read(&"[".repeat(100_000)).is_err());
    }

    #[test]
    fn the_last_of_duplicate_keys_wins() {
        let json = read("{\"a\": 1, \"a\": 2}").unwrap();
        assert_eq!(
            json.tree.root().unwrap().get("a").unwrap().text(),
            Some("2")
        );
        assert_eq!(json.tree.oddities().len(), 1);
    }
}
