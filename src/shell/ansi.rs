//! `$'…'` and its escapes.

use super::Quoting;
use super::parts::Parts;
use super::word::Reader;

impl<'t> Reader<'t> {
    /// `$'…'`.
    pub fn ansi_quoted(&mut self, at: usize, end: usize, parts: &mut Parts<'t>) -> usize {
        parts.flush(at, at);
        let mut run = at + 2;
        let mut here = run;
        let before = parts.list.len();
        while here < end && self.byte(here) != Some(b'\'') {
            if self.byte(here) != Some(b'\\') {
                here += 1;
                continue;
            }
            let Some((text, length)) = self.text.get(here..end).and_then(ansi_escape) else {
                here += 1;
                continue;
            };
            parts.push_literal(run, here, Quoting::Ansi);
            parts.push_text(&text, here, here + length, Quoting::Ansi);
            here += length;
            run = here;
        }
        let close = here.min(end);
        parts.push_literal(run, close, Quoting::Ansi);
        if parts.list.len() == before {
            parts.push_text("", close, close, Quoting::Ansi);
        }
        parts.start = (close + 1).min(end);
        parts.start
    }
}

/// An escape of `$'…'` at the start of a text: what it stands for, and its length.
fn ansi_escape(text: &str) -> Option<(String, usize)> {
    let mut chars = text.chars();
    chars.next().filter(|&c| c == '\\')?;
    let kind = chars.next()?;
    let simple = match kind {
        'n' => '\n',
        't' => '\t',
        'r' => '\r',
        'a' => '\u{7}',
        'b' => '\u{8}',
        'f' => '\u{c}',
        'v' => '\u{b}',
        'e' | 'E' => '\u{1b}',
        '\\' | '\'' | '"' | '?' => kind,
        'x' => return numeric(text, 2, 2, 16),
        'u' => return numeric(text, 2, 4, 16),
        'U' => return numeric(text, 2, 8, 16),
        '0'..='7' => return numeric(text, 1, 3, 8),
        _ => return None,
    };
    Some((simple.to_string(), 1 + kind.len_utf8()))
}

fn numeric(text: &str, skip: usize, most: usize, radix: u32) -> Option<(String, usize)> {
    let digits: String = text
        .chars()
        .skip(skip)
        .take(most)
        .take_while(|c| c.is_digit(radix))
        .collect();
    let value = u32::from_str_radix(&digits, radix).ok()?;
    let found = char::from_u32(value).unwrap_or(char::REPLACEMENT_CHARACTER);
    Some((found.to_string(), skip + digits.len()))
}
