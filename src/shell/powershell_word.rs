//! The inside of PowerShell words: quotes, backtick escapes, variables and substitutions.

use super::builder::span;
use super::parts::{Parts, byte, line_break, starts_with};
use super::powershell::{Lexer, MAX_DEPTH, Until};
use super::word::identifier;
use super::{Item, Operation, Part, Quoting, SubstitutionKind, Word};

/// What ends an unquoted word.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Stop {
    /// Blanks and operators.
    Blank,
    /// Commas as well: an item of a list.
    Comma,
}

impl<'t> Lexer<'t> {
    /// The word at an offset.
    pub fn word(&mut self, start: usize, stop: Stop) -> (Word, usize) {
        let text = self.text;
        let end = text.len();
        let mut parts = Parts::new(text, start, Quoting::Unquoted);
        let mut at = start;
        while let Some(next) = byte(text, at) {
            at = match next {
                b' ' | b'\t' | b'\n' | b';' | b'|' | b'&' | b'{' | b'}' | b')' => break,
                b'\r' if line_break(text, at) > 0 => break,
                b',' if stop == Stop::Comma => break,
                b'>' if at > start => break,
                b'`' if line_break(text, at + 1) > 0 => break,
                b'`' => self.escape(at, Quoting::Unquoted, &mut parts),
                b'\'' => self.single(at, &mut parts),
                b'"' => self.double(at, end, &mut parts),
                b'@' if at == start => self.at_sign(at, &mut parts),
                b'$' => self.dollar(at, Quoting::Unquoted, &mut parts),
                b'(' => {
                    parts.flush(at, at);
                    match self.parentheses(at, at + 1, Quoting::Unquoted, &mut parts) {
                        Some(behind) => behind,
                        None => break,
                    }
                }
                _ => at + 1,
            };
        }
        let at = at.min(end);
        parts.flush(at, at);
        let word = Word {
            span: span(start, at),
            parts: parts.list,
        };
        (word, at)
    }

    /// The name of a variable behind its `$`, without a scope, and the offset behind it.
    pub fn variable_name(&self, at: usize) -> Option<(&'t str, usize)> {
        let rest = self.text.get(at..)?;
        if let Some(inner) = rest.strip_prefix('{') {
            let near = inner.as_bytes().get(..inner.len().min(256))?;
            let close = near.iter().position(|&b| matches!(b, b'}' | b'\n'))?;
            near.get(close).filter(|&&b| b == b'}')?;
            let name = inner.get(..close)?;
            return Some((without_scope(name), at + close + 2));
        }
        let mut length = identifier(rest).len();
        if let Some(b"_" | b"?" | b"^" | b"$") = rest.as_bytes().get(..1)
            && length == 0
        {
            return Some((rest.get(..1)?, at + 1));
        }
        if length == 0 {
            return None;
        }
        if byte(self.text, at + length) == Some(b':') {
            let inner = identifier(self.text.get(at + length + 1..)?).len();
            if inner > 0 {
                length += 1 + inner;
            }
        }
        Some((without_scope(rest.get(..length)?), at + length))
    }

    fn single(&mut self, at: usize, parts: &mut Parts<'t>) -> usize {
        parts.flush(at, at);
        let before = parts.list.len();
        let bytes = self.text.as_bytes();
        let mut run = at + 1;
        let mut from = run;
        let close = loop {
            let rest = bytes.get(from..).unwrap_or_default();
            let Some(found) = memchr::memchr(b'\'', rest) else {
                break self.text.len();
            };
            let quote = from + found;
            if byte(self.text, quote + 1) != Some(b'\'') {
                break quote;
            }
            // A doubled quote: the first one is text, the second one is not.
            parts.push_literal(run, quote + 1, Quoting::Single);
            run = quote + 2;
            from = run;
        };
        parts.push_literal(run, close, Quoting::Single);
        if parts.list.len() == before {
            parts.push_text("", close, close, Quoting::Single);
        }
        parts.start = (close + 1).min(self.text.len());
        parts.start
    }

    fn double(&mut self, at: usize, end: usize, parts: &mut Parts<'t>) -> usize {
        parts.flush(at, at);
        let mut inner = Parts::new(self.text, at + 1, Quoting::Double);
        let mut here = at + 1;
        while let Some(next) = byte(self.text, here).filter(|_| here < end) {
            here = match next {
                b'"' if byte(self.text, here + 1) == Some(b'"') => {
                    inner.flush(here + 1, here + 2);
                    here + 2
                }
                b'"' => break,
                b'`' => self.escape(here, Quoting::Double, &mut inner),
                b'$' => self.dollar(here, Quoting::Double, &mut inner),
                _ => here + 1,
            };
        }
        let close = here.min(end);
        inner.flush(close, close);
        if inner.list.is_empty() {
            inner.push_text("", close, close, Quoting::Double);
        }
        parts.list.append(&mut inner.list);
        parts.start = (close + 1).min(self.text.len());
        parts.start
    }

    /// `@"…"@`, `@'…'@`, `@name`, `@( … )`, `@{ … }`.
    fn at_sign(&mut self, at: usize, parts: &mut Parts<'t>) -> usize {
        match byte(self.text, at + 1) {
            Some(quote @ (b'"' | b'\'')) => self.here_string(at, quote, parts),
            Some(b'(') => {
                parts.flush(at, at);
                self.parentheses(at, at + 2, Quoting::Unquoted, parts)
                    .unwrap_or(at + 1)
            }
            Some(b'{') => {
                parts.flush(at, at);
                parts.opaque(at, self.braces_end(at + 2), Quoting::Unquoted)
            }
            _ => {
                let name = identifier(self.text.get(at + 1..).unwrap_or_default());
                if name.is_empty() {
                    return at + 1;
                }
                parts.flush(at, at);
                let close = at + 1 + name.len();
                let part = Part::Variable {
                    name: name.into(),
                    span: span(at, close),
                    quoting: Quoting::Double,
                    item: Item::Each,
                    operation: Operation::Plain,
                };
                // `@scope/package` is a name, not a splat.
                if matches!(byte(self.text, close), Some(b'/' | b'-' | b'.')) {
                    return close;
                }
                parts.push(part, close)
            }
        }
    }

    fn here_string(&mut self, at: usize, quote: u8, parts: &mut Parts<'t>) -> usize {
        let text = self.text;
        let mut first = at + 2;
        while matches!(byte(text, first), Some(b' ' | b'\t' | b'\r')) {
            first += 1;
        }
        if byte(text, first) != Some(b'\n') {
            return at + 1;
        }
        parts.flush(at, at);
        let closing: &[u8] = if quote == b'"' { b"\n\"@" } else { b"\n'@" };
        let rest = text.as_bytes().get(first..).unwrap_or_default();
        let close = memchr::memmem::find(rest, closing).map(|found| first + found);
        let start = first + 1;
        let mut end = close.unwrap_or(text.len()).max(start);
        if close.is_some() && end > start && byte(text, end - 1) == Some(b'\r') {
            end -= 1;
        }
        let mut inner = Parts::new(text, start, Quoting::Double);
        let mut here = start;
        while quote == b'"' && here < end {
            here = match byte(text, here) {
                Some(b'`') => self.escape(here, Quoting::Double, &mut inner),
                Some(b'$') => self.dollar(here, Quoting::Double, &mut inner),
                _ => here + 1,
            };
        }
        // A substitution without an end may have run over the end of the string.
        let behind = close.map_or(text.len(), |close| close + 3).max(inner.start);
        inner.flush(end, end);
        if inner.list.is_empty() {
            inner.push_text("", start, start, Quoting::Double);
        }
        parts.list.append(&mut inner.list);
        parts.start = behind;
        behind
    }

    fn escape(&mut self, at: usize, quoting: Quoting, parts: &mut Parts<'t>) -> usize {
        let Some(next) = self.text.get(at + 1..).and_then(|rest| rest.chars().next()) else {
            return at + 1;
        };
        let after = at + 1 + next.len_utf8();
        let broken = line_break(self.text, at + 1);
        if broken > 0 {
            parts.flush(at, at + 1 + broken);
            return at + 1 + broken;
        }
        let control = match next {
            'n' => "\n",
            't' => "\t",
            'r' => "\r",
            '0' => "\0",
            'e' => "\u{1b}",
            _ => "",
        };
        if control.is_empty() {
            let kind = if quoting == Quoting::Double {
                quoting
            } else {
                Quoting::Escaped
            };
            parts.flush(at, after);
            parts.push_literal(at + 1, after, kind);
        } else {
            parts.flush(at, after);
            parts.push_text(control, at, after, quoting);
        }
        after
    }

    fn dollar(&mut self, at: usize, quoting: Quoting, parts: &mut Parts<'t>) -> usize {
        let text = self.text;
        if starts_with(text, at, text.len(), "${{") {
            parts.flush(at, at);
            let rest = text
                .as_bytes()
                .get(at..text.len().min(at + 4096))
                .unwrap_or_default();
            let close = memchr::memmem::find(rest, b"}}").map_or(at + 3, |found| at + found + 2);
            return parts.opaque(at, close, quoting);
        }
        if byte(text, at + 1) == Some(b'(') {
            parts.flush(at, at);
            return self
                .parentheses(at, at + 2, quoting, parts)
                .unwrap_or(at + 2);
        }
        let Some((name, behind)) = self.variable_name(at + 1) else {
            return at + 1;
        };
        // Members and indices of a bare variable; in a string they are plain text.
        let close = match quoting {
            Quoting::Unquoted => self.members_end(behind),
            _ => behind,
        };
        let operation = if close == behind {
            Operation::Plain
        } else {
            Operation::Changed
        };
        parts.flush(at, at);
        let part = Part::Variable {
            name: name.into(),
            span: span(at, close),
            // A bare variable is one argument however many blanks it holds.
            quoting: Quoting::Double,
            item: if quoting == Quoting::Unquoted {
                Item::Each
            } else {
                Item::Joined
            },
            operation,
        };
        parts.push(part, close)
    }

    /// The offset behind `.Name` and `[0]` that follow a variable.
    fn members_end(&self, mut at: usize) -> usize {
        loop {
            let length = match byte(self.text, at) {
                Some(b'.') => identifier(self.text.get(at + 1..).unwrap_or_default()).len(),
                Some(b'[') => {
                    let end = self.text.len().min(at + 64);
                    let near = self.text.as_bytes().get(at..end).unwrap_or_default();
                    let close = near.iter().position(|&b| matches!(b, b']' | b'\n'));
                    close
                        .filter(|&at| near.get(at) == Some(&b']'))
                        .unwrap_or_default()
                }
                _ => 0,
            };
            if length == 0 {
                return at;
            }
            at += 1 + length;
        }
    }

    /// A nested list that opens before `inside`; nothing at the depth limit.
    fn parentheses(
        &mut self,
        at: usize,
        inside: usize,
        quoting: Quoting,
        parts: &mut Parts<'t>,
    ) -> Option<usize> {
        if self.depth >= MAX_DEPTH {
            return None;
        }
        let first = self.out.next();
        let outer = self.out.enter_substitution();
        self.depth += 1;
        let stop = self.list(inside, Until::Parenthesis);
        self.depth -= 1;
        self.out.context = outer;
        let close = (stop + 1).min(self.text.len());
        let part = Part::Substitution {
            span: span(at, close),
            quoting,
            kind: SubstitutionKind::Output,
            commands: first..self.out.next(),
        };
        Some(parts.push(part, close))
    }

    fn braces_end(&self, mut at: usize) -> usize {
        let mut open = 1usize;
        while let Some(next) = byte(self.text, at) {
            match next {
                b'{' => open += 1,
                b'}' if open == 1 => return at + 1,
                b'}' => open -= 1,
                _ => {}
            }
            at += 1;
        }
        self.text.len()
    }
}

/// `env:X` and `script:x` without what stands before the colon.
fn without_scope(name: &str) -> &str {
    name.split_once(':').map_or(name, |(_, inner)| inner)
}
