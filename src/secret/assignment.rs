//! A name and a value in any text: `NAME=value`, `name: "value"`, `--name value`, `?name=value`, `ENV NAME value`.
//!
//! Reads bytes around a keyword, within fixed bounds on both sides, and says where the value stands.

use std::ops::Range;

use super::name::{self, Announces};

/// How far a value is read.
const LONGEST_VALUE: usize = 256;
/// Blanks and quotes between name and value.
const LONGEST_GAP: usize = 24;

/// A name with its value.
pub(super) struct Assignment {
    /// Where the value stands.
    pub(super) value: Range<usize>,
    /// What the name announces.
    pub(super) announces: Announces,
    /// How it is written.
    pub(super) form: Form,
}

/// How a name and a value are written.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Form {
    /// With a sign between them.
    Sign,
    /// As an option of a command.
    Option,
}

/// Reads the assignment whose name holds the keyword at `hit`.
pub(super) fn read(text: &[u8], hit: Range<usize>) -> Option<Assignment> {
    let is_name = |byte: &&u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.');
    let before = text.get(hit.start.saturating_sub(name::LONGEST)..hit.start)?;
    let start = hit.start - before.iter().rev().take_while(is_name).count();
    let after = text.get(hit.end..text.len().min(hit.end + name::LONGEST))?;
    let end = hit.end + after.iter().take_while(is_name).count();
    let written = text.get(start..end)?;
    let name = written.trim_ascii_start();
    let is_option = name.starts_with(b"--") && name.len() > 3;
    // `-p` and other short options, and an arrow or a dash of prose, are no names.
    if name.starts_with(b"-") && !is_option {
        return None;
    }
    // Most names have no literal behind them, and taking a name apart costs the most.
    let gap = Gap::read(text, start, end, is_option)?;
    let value = value(text, gap.end, gap.quote)?;
    let announces = name::announces(name)?;
    Some(Assignment {
        value,
        announces,
        form: if is_option { Form::Option } else { Form::Sign },
    })
}

/// What stands between name and value.
struct Gap {
    end: usize,
    /// The quote that the value begins with, and so ends with.
    quote: Option<u8>,
}

impl Gap {
    fn read(text: &[u8], start: usize, end: usize, is_option: bool) -> Option<Self> {
        let area = text.get(end..text.len().min(end + LONGEST_GAP))?;
        let mut at = 0;
        let byte = |at: usize| area.get(at).copied();
        // The end of a quoted name, maybe escaped.
        let closed = skip(area, &mut at, |byte| {
            matches!(byte, b'\\' | b'"' | b'\'' | b']')
        });
        let blanks = skip(area, &mut at, |byte| matches!(byte, b' ' | b'\t'));
        let sign = match (byte(at)?, byte(at + 1)) {
            (b'=' | b'!', Some(b'=' | b'~')) => return None,
            (b'=', Some(b'>')) | (b':' | b'?' | b'+', Some(b'=')) => 2,
            (b':', Some(b':')) => return None,
            (b'=' | b':', _) => 1,
            // `"--token", "value"` in a list of arguments.
            (b',', _) if is_option && closed > 0 => 1,
            _ if blanks > 0 && (is_option || is_declared(text, start)) => 0,
            _ => return None,
        };
        at += sign;
        skip(area, &mut at, |byte| matches!(byte, b' ' | b'\t'));
        let escapes = skip(area, &mut at, |byte| byte == b'\\');
        let quote = byte(at).filter(|byte| matches!(byte, b'"' | b'\'' | b'`'));
        if quote.is_some() {
            at += 1;
        } else if escapes > 0 {
            return None;
        }
        Some(Self {
            end: end + at,
            quote,
        })
    }
}

fn skip(area: &[u8], at: &mut usize, is: impl Fn(u8) -> bool) -> usize {
    let rest = area.get(*at..).unwrap_or_default();
    let count = rest.iter().take_while(|byte| is(**byte)).count();
    *at += count;
    count
}

/// `ENV NAME value` of a Dockerfile.
fn is_declared(text: &[u8], name: usize) -> bool {
    let before = text.get(name.saturating_sub(8)..name).unwrap_or_default();
    let line = before
        .rsplit(|byte| *byte == b'\n')
        .next()
        .unwrap_or_default();
    matches!(line.trim_ascii(), b"ENV" | b"ARG")
}

/// Where a value ends. A default inside an expression or an expansion is the value.
fn value(text: &[u8], start: usize, quote: Option<u8>) -> Option<Range<usize>> {
    let area = text.get(start..text.len().min(start + LONGEST_VALUE))?;
    if area.starts_with(b"${{") {
        let end = memchr::memmem::find(area, b"}}")?;
        let inner = area.get(..end)?;
        let or = memchr::memmem::rfind(inner, b"||")?;
        let open = or + memchr::memchr(b'\'', inner.get(or..)?)? + 1;
        let length = memchr::memchr(b'\'', inner.get(open..)?)?;
        return Some(start + open..start + open + length);
    }
    if area.starts_with(b"${") {
        let end = memchr::memchr(b'}', area)?;
        let default = memchr::memmem::find(area.get(..end)?, b":-")? + 2;
        return Some(start + default..start + end);
    }
    let length = match quote {
        Some(quote) => {
            let end = area
                .iter()
                .position(|byte| *byte == quote || *byte == b'\n')?;
            let value = area.get(..end)?;
            // The backslash of an escaped quote.
            let slashes = value
                .iter()
                .rev()
                .take_while(|byte| **byte == b'\\')
                .count();
            end - slashes
        }
        None => area
            .iter()
            .position(|byte| ends_bare(*byte))
            .unwrap_or(area.len()),
    };
    let value = area.get(..length)?;
    // Prose ends a sentence behind it.
    let dots = value
        .iter()
        .rev()
        .take_while(|byte| matches!(byte, b'.' | b',' | b')'))
        .count();
    let length = if quote.is_none() {
        length - dots
    } else {
        length
    };
    let is_cut =
        start + length == text.len().min(start + LONGEST_VALUE) && start + length < text.len();
    (length > 0 && !is_cut).then_some(start..start + length)
}

const fn ends_bare(byte: u8) -> bool {
    byte.is_ascii_whitespace()
        || matches!(
            byte,
            b'"' | b'\'' | b'`' | b',' | b';' | b'&' | b'|' | b'>' | b')' | b'\\' | b'#'
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Option<String> {
        let at = text.to_ascii_lowercase().find("token").unwrap();
        let found = read(text.as_bytes(), at..at + 5)?;
        Some(text[found.value].to_owned())
    }

    #[test]
    fn values_are_read_in_every_dress() {
        for text in [
            "TOKEN=abc",
            "my_token: abc\n",
            "\"token\": \"abc\",",
            "{\\\"token\\\": \\\"abc\\\"}",
            "token := 'abc'",
            "--token abc",
            "--token=abc",
            "\"--token\", \"abc\"",
            "?token=abc&x=1",
            "ENV MY_TOKEN abc\n",
            "token => 'abc'",
            "TOKEN ?= abc\n",
            "x: ${{ TOKEN }}; token=${{ a || 'abc' }}",
            "TOKEN=${TOKEN:-abc}",
            "(token: abc).",
        ] {
            let at = text.to_ascii_lowercase().rfind("token").unwrap();
            let first = text.to_ascii_lowercase().find("token").unwrap();
            let all: Vec<String> = [first, at]
                .iter()
                .filter_map(|at| {
                    let found = read(text.as_bytes(), *at..at + 5)?;
                    Some(text[found.value].to_owned())
                })
                .collect();
            assert!(all.contains(&"abc".to_owned()), "{text}: {all:?}");
        }
    }

    #[test]
    fn prose_comparisons_and_other_names_are_none() {
        for text in [
            "the token is abc",
            "token == abc",
            "token_url: abc",
            "token::new",
            "-token abc",
            "token != abc",
        ] {
            assert_eq!(found(text), None, "{text}");
        }
    }
}
