//! Everything in a bash word that starts with `$`.

use super::builder::span;
use super::parts::Parts;
use super::word::{MAX_DEPTH, Mode, Reader, Tabs, identifier};
use super::{Item, Operation, Part, Quoting, SubstitutionKind, Word};

impl<'t> Reader<'t> {
    /// Whatever starts with `$`.
    pub fn dollar(&mut self, at: usize, end: usize, mode: Mode, parts: &mut Parts<'t>) -> usize {
        let quoting = if mode.is_quoted() {
            Quoting::Double
        } else {
            Quoting::Unquoted
        };
        if at + 1 >= end {
            return at + 1;
        }
        match self.byte(at + 1) {
            Some(b'(') if self.starts_with(at, end, "$((") => {
                parts.flush(at, at);
                if let Some(close) = self.arithmetic_end(at + 3, end) {
                    if self.depth < MAX_DEPTH {
                        self.depth += 1;
                        self.parts(at + 3, close - 2, Mode::Body(Tabs::Kept));
                        self.depth -= 1;
                    }
                    return parts.opaque(at, close, quoting);
                }
                self.substitution(at, end, quoting, SubstitutionKind::Output, parts)
            }
            Some(b'(') => {
                parts.flush(at, at);
                self.substitution(at, end, quoting, SubstitutionKind::Output, parts)
            }
            Some(b'{') => self.braced(at, end, quoting, parts),
            Some(b'\'') if !mode.is_quoted() => self.ansi_quoted(at, end, parts),
            Some(b'"') if !mode.is_quoted() => {
                parts.flush(at, at + 1);
                self.double_quoted(at + 1, end, parts)
            }
            Some(_) => {
                let (name, close) = self.plain_name(at + 1, end);
                if name.is_empty() {
                    return at + 1;
                }
                parts.flush(at, close);
                let item = match name {
                    "@" => Item::Each,
                    "*" => Item::Joined,
                    _ => Item::Whole,
                };
                parts.list.push(Part::Variable {
                    name: name.into(),
                    span: span(at, close),
                    quoting,
                    item,
                    operation: Operation::Plain,
                });
                close
            }
            None => at + 1,
        }
    }

    /// The name of a variable: letters, or one digit or special parameter.
    fn plain_name(&self, at: usize, end: usize) -> (&'t str, usize) {
        let name = identifier(self.text.get(at..end).unwrap_or_default());
        if !name.is_empty() {
            return (name, at + name.len());
        }
        match self.byte(at) {
            Some(b'0'..=b'9' | b'@' | b'*' | b'#' | b'?' | b'-' | b'$' | b'!') => {
                (self.text.get(at..at + 1).unwrap_or_default(), at + 1)
            }
            _ => ("", at),
        }
    }

    /// `${…}`, and `${{ … }}` that nobody masked.
    fn braced(&mut self, at: usize, end: usize, quoting: Quoting, parts: &mut Parts<'t>) -> usize {
        parts.flush(at, at);
        let rest = self.text.get(at..end).unwrap_or_default();
        if rest.starts_with("${{") {
            let close = match self.template_is_open {
                true => None,
                false => memchr::memmem::find(rest.as_bytes(), b"}}"),
            };
            self.template_is_open |= close.is_none();
            return parts.opaque(at, at + close.map_or(3, |close| close + 2), quoting);
        }
        if self.depth >= MAX_DEPTH {
            return parts.opaque(at, self.skip_quoted(at + 2, end, b'}'), quoting);
        }
        self.depth += 1;
        let close = self.expansion(at, end, quoting, parts);
        self.depth -= 1;
        close
    }

    fn expansion(
        &mut self,
        at: usize,
        end: usize,
        quoting: Quoting,
        parts: &mut Parts<'t>,
    ) -> usize {
        let mut here = at + 2;
        let prefix = self.byte(here).filter(|b| matches!(b, b'#' | b'!'));
        let is_prefixed = prefix.is_some() && self.byte(here + 1).is_some_and(|b| b != b'}');
        if is_prefixed {
            here += 1;
        }
        let (name, behind) = self.braced_name(here, end);
        here = behind;
        let mut item = match name {
            "@" => Item::Each,
            "*" => Item::Joined,
            _ => Item::Whole,
        };
        if let Some((subscript, behind)) = self.subscript(here, end) {
            item = match subscript {
                "@" => Item::Each,
                "*" => Item::Joined,
                other => Item::At(other.into()),
            };
            here = behind;
        }
        let colon = usize::from(self.byte(here) == Some(b':'));
        let operator = self.byte(here + colon);
        let is_word =
            matches!(operator, Some(b'-' | b'=' | b'+' | b'?')) && !name.is_empty() && !is_prefixed;
        let inner = if is_word {
            here += colon + 1;
            Mode::Braces(quoting)
        } else {
            Mode::Braces(Quoting::Unquoted)
        };
        let (operand, stop) = self.parts(here, end, inner);
        let close = (stop + 1).min(end);
        let word = || {
            Box::new(Word {
                span: span(here, stop),
                parts: operand,
            })
        };
        let operation = match operator {
            _ if is_prefixed => Operation::Changed,
            Some(b'?') if is_word => Operation::Plain,
            Some(b'+') if is_word => Operation::Alternative(word()),
            Some(_) if is_word => Operation::Default(word()),
            _ if here == stop => Operation::Plain,
            _ => Operation::Changed,
        };
        if name.is_empty() || (is_prefixed && prefix == Some(b'#')) {
            return parts.opaque(at, close, quoting);
        }
        let part = Part::Variable {
            name: name.into(),
            span: span(at, close),
            quoting,
            item,
            operation,
        };
        parts.push(part, close)
    }

    fn braced_name(&self, at: usize, end: usize) -> (&'t str, usize) {
        let rest = self.text.get(at..end).unwrap_or_default();
        let digits = rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        if digits > 0 {
            return (rest.get(..digits).unwrap_or_default(), at + digits);
        }
        self.plain_name(at, end)
    }

    fn subscript(&self, at: usize, end: usize) -> Option<(&'t str, usize)> {
        if self.byte(at) != Some(b'[') {
            return None;
        }
        let rest = self.text.as_bytes().get(at + 1..end.min(at + 257))?;
        let close = rest
            .iter()
            .position(|&b| matches!(b, b']' | b'}' | b'\n'))?;
        let inner = self.text.get(at + 1..at + 1 + close)?;
        (rest.get(close) == Some(&b']')).then_some((inner, at + close + 2))
    }

    /// The offset behind the `))` that closes an arithmetic expansion whose inside starts at `at`.
    pub fn arithmetic_end(&mut self, at: usize, end: usize) -> Option<usize> {
        if self.arithmetic_is_open {
            return None;
        }
        let mut open = 0usize;
        let mut here = at;
        while here < end {
            match self.byte(here) {
                Some(b'\\') => here += 1,
                Some(b'(') => open += 1,
                Some(b')') if open > 0 => open -= 1,
                Some(b')') => {
                    return (here + 1 < end && self.byte(here + 1) == Some(b')'))
                        .then_some(here + 2);
                }
                _ => {}
            }
            here += 1;
        }
        self.arithmetic_is_open = true;
        None
    }
}
