//! `fromJSON` and `toJSON`, on texts that keep their origins.

use super::value::{Value, number_text};
use crate::source::{Location, Traced};

/// Deeper documents are not read.
const MAX_DEPTH: usize = 32;

/// Reads strict JSON; nothing where it is none.
pub(super) fn read(text: &Traced) -> Option<Value> {
    let mut reader = Reader { text, at: 0 };
    let value = reader.value(0)?;
    reader.blanks();
    (reader.at == text.len()).then_some(value)
}

/// Writes JSON with two spaces a level, as GitHub does.
pub(super) fn write(value: &Value, origin: &Location) -> Traced {
    let mut out = Traced::default();
    put(&mut out, value, origin, 0);
    out
}

struct Reader<'a> {
    text: &'a Traced,
    at: usize,
}

impl Reader<'_> {
    fn rest(&self) -> &str {
        self.text.text().get(self.at..).unwrap_or_default()
    }

    fn blanks(&mut self) {
        let rest = self.rest();
        self.at += rest.len() - rest.trim_start_matches([' ', '\t', '\r', '\n']).len();
    }

    fn take(&mut self, token: &str) -> Option<()> {
        self.blanks();
        self.rest()
            .starts_with(token)
            .then(|| self.at += token.len())
    }

    fn value(&mut self, depth: usize) -> Option<Value> {
        if depth > MAX_DEPTH {
            return None;
        }
        self.blanks();
        match self.rest().as_bytes().first()? {
            b'"' => self.string().map(Value::String),
            b'[' => self.array(depth),
            b'{' => self.object(depth),
            b't' => self.take("true").map(|()| Value::Bool(true)),
            b'f' => self.take("false").map(|()| Value::Bool(false)),
            b'n' => self.take("null").map(|()| Value::Null),
            _ => self.number(),
        }
    }

    fn number(&mut self) -> Option<Value> {
        let rest = self.rest();
        let length = rest
            .find(|c: char| !matches!(c, '0'..='9' | '-' | '+' | '.' | 'e' | 'E'))
            .unwrap_or(rest.len());
        let digits = rest.get(..length)?;
        let number = digits.parse().ok()?;
        if digits.starts_with('+') || digits.starts_with('.') || digits.ends_with('.') {
            return None;
        }
        self.at += length;
        Some(Value::Number(number))
    }

    fn array(&mut self, depth: usize) -> Option<Value> {
        self.take("[")?;
        let mut items = Vec::new();
        if self.take("]").is_some() {
            return Some(Value::Array(items));
        }
        loop {
            items.push(self.value(depth + 1)?);
            if self.take("]").is_some() {
                return Some(Value::Array(items));
            }
            self.take(",")?;
        }
    }

    fn object(&mut self, depth: usize) -> Option<Value> {
        self.take("{")?;
        let mut entries = Vec::new();
        if self.take("}").is_some() {
            return Some(Value::Object(entries));
        }
        loop {
            self.blanks();
            let name = self.string()?.text().into();
            self.take(":")?;
            entries.push((name, self.value(depth + 1)?));
            if self.take("}").is_some() {
                return Some(Value::Object(entries));
            }
            self.take(",")?;
        }
    }

    fn string(&mut self) -> Option<Traced> {
        self.rest().starts_with('"').then_some(())?;
        self.at += 1;
        let mut out = Traced::default();
        loop {
            let rest = self.rest();
            let length = memchr::memchr2(b'"', b'\\', rest.as_bytes())?;
            out.push_range(self.text, self.at..self.at + length);
            let quote = rest.as_bytes().get(length) == Some(&b'"');
            let escape = self.at + length;
            self.at = escape + 1;
            if quote {
                return Some(out);
            }
            let decoded = self.escape()?;
            let place = self.text.locate(escape..self.at)?;
            out.push_decoded(decoded.encode_utf8(&mut [0; 4]), &place.file, place.span);
        }
    }

    /// The character behind a backslash.
    fn escape(&mut self) -> Option<char> {
        let kind = self.rest().chars().next()?;
        self.at += kind.len_utf8();
        Some(match kind {
            '"' | '\\' | '/' => kind,
            'b' => '\u{8}',
            'f' => '\u{c}',
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            'u' => {
                let first = self.unit()?;
                if (0xD800..0xDC00).contains(&first) && self.rest().starts_with("\\u") {
                    self.at += 2;
                    let second = self.unit()?;
                    char::decode_utf16([first, second])
                        .next()?
                        .unwrap_or('\u{fffd}')
                } else {
                    char::from_u32(u32::from(first)).unwrap_or('\u{fffd}')
                }
            }
            _ => return None,
        })
    }

    fn unit(&mut self) -> Option<u16> {
        let unit = u16::from_str_radix(self.rest().get(..4)?, 16).ok()?;
        self.at += 4;
        Some(unit)
    }
}

fn put(out: &mut Traced, value: &Value, origin: &Location, depth: usize) {
    let plain = |out: &mut Traced, text: &str| out.push_decoded(text, &origin.file, origin.span);
    let line = |out: &mut Traced, depth: usize| plain(out, &format!("\n{}", "  ".repeat(depth)));
    match value {
        Value::Null => plain(out, "null"),
        Value::Bool(truth) => plain(out, if *truth { "true" } else { "false" }),
        Value::Number(number) => plain(out, &number_text(*number)),
        Value::String(text) => put_string(out, text, origin),
        Value::Array(items) if items.is_empty() => plain(out, "[]"),
        Value::Object(entries) if entries.is_empty() => plain(out, "{}"),
        Value::Array(items) => {
            for (position, item) in items.iter().enumerate() {
                plain(out, if position == 0 { "[" } else { "," });
                line(out, depth + 1);
                put(out, item, origin, depth + 1);
            }
            line(out, depth);
            plain(out, "]");
        }
        Value::Object(entries) => {
            for (position, (name, item)) in entries.iter().enumerate() {
                plain(out, if position == 0 { "{" } else { "," });
                line(out, depth + 1);
                put_string(out, &Traced::synthetic(&**name, origin), origin);
                plain(out, ": ");
                put(out, item, origin, depth + 1);
            }
            line(out, depth);
            plain(out, "}");
        }
    }
}

fn put_string(out: &mut Traced, text: &Traced, origin: &Location) {
    out.push_decoded("\"", &origin.file, origin.span);
    let mut from = 0;
    for (at, c) in text.text().char_indices() {
        let escaped = match c {
            '"' => "\\\"".to_owned(),
            '\\' => "\\\\".to_owned(),
            '\n' => "\\n".to_owned(),
            '\r' => "\\r".to_owned(),
            '\t' => "\\t".to_owned(),
            c if u32::from(c) < 0x20 => format!("\\u{:04x}", u32::from(c)),
            _ => continue,
        };
        out.push_range(text, from..at);
        let place = text.locate(at..at + 1).unwrap_or_else(|| origin.clone());
        out.push_decoded(&escaped, &place.file, place.span);
        from = at + c.len_utf8();
    }
    out.push_range(text, from..text.len());
    out.push_decoded("\"", &origin.file, origin.span);
}
