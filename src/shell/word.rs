//! The inside of bash words: quotes, escapes, variables and substitutions, with exact spans.
//!
//! Both readers of bash use it, so that a word means the same however the commands around it were found.

use std::collections::HashMap;

use shuck_ast::StmtSeq;

use super::builder::{Builder, span};
use super::here_document::Pending;
use super::parts::{self, Parts};
use super::{Part, Quoting, SubstitutionKind, Word};

/// How deep substitutions, expansions and their fallback words may nest. What lies deeper is opaque.
pub(super) const MAX_DEPTH: u32 = 40;

/// Reads one bash text.
pub(super) struct Reader<'t> {
    pub text: &'t str,
    pub out: Builder,
    /// Substitutions that the full parser found, by the offset of their first byte: end and body.
    pub bodies: HashMap<usize, (usize, &'t StmtSeq)>,
    /// Here-documents whose bodies start after the next line break.
    pub pending: Vec<Pending>,
    pub depth: u32,
    /// Whether every offset of the syntax tree fitted the text.
    pub tree_fits: bool,
    /// An arithmetic expansion without an end was seen: later ones are not searched for their ends again.
    pub arithmetic_is_open: bool,
    /// The same for `${{`.
    pub template_is_open: bool,
}

/// Where a run of word parts ends, and what is special in it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Mode {
    /// An unquoted word: ends at an unquoted blank, line break or operator.
    Word,
    /// Unquoted text whose end is known.
    Bounded,
    /// Inside `"…"`: ends at the quote.
    Double,
    /// The body of a here-document whose end is known.
    Body(Tabs),
    /// Inside `${X:-…}`: ends at `}`.
    Braces(Quoting),
}

/// What happens to tabs at the start of the lines of a here-document.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Tabs {
    /// `<<`.
    Kept,
    /// `<<-`.
    Stripped,
}

impl Mode {
    fn quoting(self) -> Quoting {
        match self {
            Self::Word | Self::Bounded => Quoting::Unquoted,
            Self::Double | Self::Body(_) => Quoting::Double,
            Self::Braces(quoting) => quoting,
        }
    }

    pub fn is_quoted(self) -> bool {
        self.quoting() == Quoting::Double
    }
}

impl<'t> Reader<'t> {
    pub fn new(text: &'t str) -> Self {
        Self {
            text,
            out: Builder::default(),
            bodies: HashMap::new(),
            pending: Vec::new(),
            depth: 0,
            tree_fits: true,
            arithmetic_is_open: false,
            template_is_open: false,
        }
    }

    pub fn byte(&self, at: usize) -> Option<u8> {
        parts::byte(self.text, at)
    }

    pub fn starts_with(&self, at: usize, end: usize, what: &str) -> bool {
        parts::starts_with(self.text, at, end, what)
    }

    /// Length of a line break at an offset: 0, 1 or 2.
    pub fn line_break(&self, at: usize) -> usize {
        parts::line_break(self.text, at)
    }

    /// A word whose end is known.
    pub fn bounded_word(&mut self, start: usize, end: usize) -> Word {
        let (parts, _) = self.parts(start, end, Mode::Bounded);
        Word {
            span: span(start, end),
            parts,
        }
    }

    /// The word that starts at an offset.
    pub fn word(&mut self, start: usize, end: usize) -> (Word, usize) {
        let (parts, stop) = self.parts(start, end, Mode::Word);
        let word = Word {
            span: span(start, stop),
            parts,
        };
        (word, stop)
    }

    /// Reads parts until the mode's end, which is not consumed.
    pub fn parts(&mut self, start: usize, end: usize, mode: Mode) -> (Vec<Part>, usize) {
        let mut parts = Parts::new(self.text, start, mode.quoting());
        let mut at = start;
        if mode == Mode::Body(Tabs::Stripped) {
            at = self.skip_tabs(at, end);
            parts.start = at;
        }
        while at < end {
            let Some(byte) = self.byte(at) else { break };
            at = match byte {
                b'\\' => self.escape(at, end, mode, &mut parts),
                b'$' => self.dollar(at, end, mode, &mut parts),
                b'`' => self.backticks(at, end, mode.quoting(), &mut parts),
                b'\n' if mode == Mode::Body(Tabs::Stripped) => {
                    let next = self.skip_tabs(at + 1, end);
                    if next > at + 1 {
                        parts.flush(at + 1, next);
                    }
                    next
                }
                b'"' if mode == Mode::Double => break,
                b'"' if !matches!(mode, Mode::Body(_)) => self.double_quoted(at, end, &mut parts),
                b'}' if matches!(mode, Mode::Braces(_)) => break,
                _ if mode.is_quoted() => at + 1,
                b'\'' => self.single_quoted(at, end, &mut parts),
                b'<' | b'>' if self.byte(at + 1) == Some(b'(') && at + 1 < end => {
                    parts.flush(at, at);
                    let kind = SubstitutionKind::Pipe;
                    self.substitution(at, end, Quoting::Unquoted, kind, &mut parts)
                }
                b'(' if mode == Mode::Word && at > start => match self.extended_glob(at, end) {
                    Some(close) => close,
                    None => break,
                },
                _ if mode == Mode::Word && self.ends_word(at, byte) => break,
                _ => at + 1,
            };
        }
        let stop = at.min(end);
        parts.flush(stop, stop);
        (parts.list, stop)
    }

    fn ends_word(&self, at: usize, byte: u8) -> bool {
        matches!(
            byte,
            b' ' | b'\t' | b'\n' | b';' | b'&' | b'|' | b'(' | b')' | b'<' | b'>'
        ) || (byte == b'\r' && self.line_break(at) > 0)
    }

    fn skip_tabs(&self, mut at: usize, end: usize) -> usize {
        while at < end && self.byte(at) == Some(b'\t') {
            at += 1;
        }
        at
    }

    /// `@(a|b)` and its like: the offset behind it. Looks only a little ahead.
    fn extended_glob(&self, at: usize, end: usize) -> Option<usize> {
        if !matches!(
            self.byte(at.checked_sub(1)?),
            Some(b'@' | b'!' | b'?' | b'*' | b'+')
        ) {
            return None;
        }
        let near = self.text.as_bytes().get(at..end.min(at + 256))?;
        let close = near
            .iter()
            .position(|&b| matches!(b, b')' | b'\n' | b'\'' | b'"' | b'$'))?;
        (near.get(close) == Some(&b')')).then_some(at + close + 1)
    }

    fn escape(&mut self, at: usize, end: usize, mode: Mode, parts: &mut Parts<'t>) -> usize {
        let broken = self.line_break(at + 1);
        if broken > 0 && at + broken < end {
            parts.flush(at, at + 1 + broken);
            return at + 1 + broken;
        }
        let next = self
            .text
            .get(at + 1..end)
            .and_then(|rest| rest.chars().next());
        let Some(next) = next else { return at + 1 };
        let after = at + 1 + next.len_utf8();
        if mode.is_quoted() {
            let escapes = match next {
                '$' | '`' | '\\' => true,
                '"' => !matches!(mode, Mode::Body(_)),
                '}' => matches!(mode, Mode::Braces(_)),
                _ => false,
            };
            if !escapes {
                return at + 1;
            }
            // The escaped character opens the next run: bytes and text stay in step behind the backslash.
            parts.flush(at, at + 1);
            return after;
        }
        parts.flush(at, after);
        parts.push_literal(at + 1, after, Quoting::Escaped);
        after
    }

    fn single_quoted(&mut self, at: usize, end: usize, parts: &mut Parts<'t>) -> usize {
        let close = self
            .text
            .as_bytes()
            .get(at + 1..end)
            .and_then(|rest| memchr::memchr(b'\'', rest))
            .map_or(end, |found| at + 1 + found);
        let next = (close + 1).min(end);
        parts.flush(at, next);
        let text = self.text.get(at + 1..close).unwrap_or_default();
        parts.push_text(text, (at + 1).min(close), close, Quoting::Single);
        next
    }

    pub fn double_quoted(&mut self, at: usize, end: usize, parts: &mut Parts<'t>) -> usize {
        parts.flush(at, at + 1);
        if self.depth >= MAX_DEPTH {
                Quoting::Double,
                at,
                parts,
                self.skip_quoted(at + 1, end, b'"'),
            );
            return parts.opaque(at, self.skip_quoted(at + 1, end, b'"'), Quoting::Double);
            return self.opaque(
        }
        self.depth += 1;
        let (inner, close) = self.parts(at + 1, end, Mode::Double);
        self.depth -= 1;
        if inner.is_empty() {
            parts.push_text("", close, close, Quoting::Double);
        }
        parts.list.extend(inner);
        parts.start = (close + 1).min(end);
        parts.start
    }









                        .then_some(here + 2);
                        self.depth += 1;
                        self.depth -= 1;
                        self.parts(at + 3, close - 2, Mode::Body(Tabs::Kept));
                    "*" => Item::Joined,
                    "@" => Item::Each,
                    _ => Item::Whole,
                    if self.depth < MAX_DEPTH {
                    item,
                    name: name.into(),
                    operation: Operation::Plain,
                    quoting,
                    return (here + 1 < end && self.byte(here + 1) == Some(b')'))
                    return at + 1;
                    return self.opaque(at, close, quoting, parts);
                    span: span(at, close),
                    }
                "*" => Item::Joined,
                "@" => Item::Each,
                (self.text.get(at..at + 1).unwrap_or_default(), at + 1)
                Some(b'(') => open += 1,
                Some(b')') => {
                Some(b')') if open > 0 => open -= 1,
                Some(b'\\') => here += 1,
                _ => {}
                close
                continue;
                continue;
                false => memchr::memmem::find(rest.as_bytes(), b"}}"),
                here += 1;
                here += 1;
                if let Some(close) = self.arithmetic_end(at + 3, end) {
                if name.is_empty() {
                let (name, close) = self.plain_name(at + 1, end);
                let item = match name {
                other => Item::At(other.into()),
                parts.flush(at, at + 1);
                parts.flush(at, at);
                parts.flush(at, at);
                parts.flush(at, close);
                parts.list.push(Part::Variable {
                parts: operand,
                self.double_quoted(at + 1, end, parts)
                self.substitution(at, end, quoting, SubstitutionKind::Output, parts)
                self.substitution(at, end, quoting, SubstitutionKind::Output, parts)
                span: span(here, stop),
                true => None,
                }
                }
                }
                });
                };
            "*" => Item::Joined,
            "@" => Item::Each,
            .iter()
            .position(|&b| matches!(b, b']' | b'}' | b'\n'))?;
            Box::new(Word {
            Mode::Braces(Quoting::Unquoted)
            Mode::Braces(mode.quoting_inside())
            None => at + 1,
            Quoting::Double
            Quoting::Unquoted
            Some(_) => {
            Some(_) if is_word => Operation::Default(word()),
            Some(b'"') if !mode.is_quoted() => {
            Some(b'(') => {
            Some(b'(') if self.starts_with(at, end, "$((") && !self.bodies.contains_key(&at) => {
            Some(b'+') if is_word => Operation::Alternative(word()),
            Some(b'0'..=b'9' | b'@' | b'*' | b'#' | b'?' | b'-' | b'$' | b'!') => {
            Some(b'?') if is_word => Operation::Plain,
            Some(b'\'') if !mode.is_quoted() => self.ansi_quoted(at, end, parts),
            Some(b'{') => self.braced(at, end, mode, quoting, parts),
            _ => ("", at),
            _ => Item::Whole,
            _ => Operation::Changed,
            _ if here == stop => Operation::Plain,
            _ if is_prefixed => Operation::Changed,
            here += 1;
            here += 1;
            here += colon + 1;
            here += length;
            here = behind;
            if self.byte(here) != Some(b'\\') {
            item = match subscript {
            item,
            let Some((text, length)) = self.text.get(here..end).and_then(ansi_escape) else {
            let close = match self.template_is_open {
            match self.byte(here) {
            matches!(operator, Some(b'-' | b'=' | b'+' | b'?')) && !name.is_empty() && !is_prefixed;
            name: name.into(),
            operation,
            parts.push_literal(run, here, Quoting::Ansi);
            parts.push_text("", close, close, Quoting::Ansi);
            parts.push_text(&text, here, here + length, Quoting::Ansi);
            quoting,
            return (name, at + name.len());
            return (rest.get(..digits).unwrap_or_default(), at + digits);
            return None;
            return None;
            return at + 1;
            return self.opaque(at, at + close.map_or(3, |close| close + 2), quoting, parts);
            return self.opaque(at, close, quoting, parts);
            return self.opaque(at, self.skip_quoted(at + 2, end, b'}'), quoting, parts);
            run = here;
            self.template_is_open |= close.is_none();
            span: span(at, close),
            }
            }
            }
            }
            }
            }
            }
            })
            };
            };
            };
        &mut self,
        &mut self,
        (rest.get(close) == Some(&b']')).then_some((inner, at + close + 2))
        None
        at: usize,
        at: usize,
        close
        close
        end: usize,
        end: usize,
        here = behind;
        if !name.is_empty() {
        if at + 1 >= end {
        if digits > 0 {
        if is_prefixed {
        if let Some((subscript, behind)) = self.subscript(here, end) {
        if name.is_empty() || (is_prefixed && prefix == Some(b'#')) {
        if parts.list.len() == before {
        if rest.starts_with("${{") {
        if self.arithmetic_is_open {
        if self.byte(at) != Some(b'[') {
        if self.depth >= MAX_DEPTH {
        let (name, behind) = self.braced_name(here, end);
        let (operand, stop) = self.parts(here, end, inner);
        let before = parts.list.len();
        let close = (stop + 1).min(end);
        let close = here.min(end);
        let close = rest
        let close = self.expansion(at, end, mode, quoting, parts);
        let colon = usize::from(self.byte(here) == Some(b':'));
        let digits = rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        let inner = if is_word {
        let inner = self.text.get(at + 1..at + 1 + close)?;
        let is_prefixed = prefix.is_some() && self.byte(here + 1).is_some_and(|b| b != b'}');
        let is_word =
        let mut here = at + 2;
        let mut here = at;
        let mut here = run;
        let mut item = match name {
        let mut open = 0usize;
        let mut run = at + 2;
        let name = identifier(self.text.get(at..end).unwrap_or_default());
        let operation = match operator {
        let operator = self.byte(here + colon);
        let prefix = self.byte(here).filter(|b| matches!(b, b'#' | b'!'));
        let quoting = if mode.is_quoted() {
        let rest = self.text.as_bytes().get(at + 1..end.min(at + 257))?;
        let rest = self.text.get(at..end).unwrap_or_default();
        let rest = self.text.get(at..end).unwrap_or_default();
        let word = || {
        match self.byte(at + 1) {
        match self.byte(at) {
        mode: Mode,
        mode: Mode,
        parts.flush(at, at);
        parts.flush(at, at);
        parts.list.push(Part::Variable {
        parts.push_literal(run, close, Quoting::Ansi);
        parts.start
        parts.start = (close + 1).min(end);
        parts.start = close;
        parts: &mut Parts<'t>,
        parts: &mut Parts<'t>,
        quoting: Quoting,
        quoting: Quoting,
        self.arithmetic_is_open = true;
        self.depth += 1;
        self.depth -= 1;
        self.plain_name(at, end)
        while here < end && self.byte(here) != Some(b'\'') {
        while here < end {
        }
        }
        }
        }
        }
        }
        }
        }
        }
        }
        }
        }
        }
        }
        }
        } else {
        } else {
        });
        };
        };
        };
        };
        };
    ) -> usize {
    ) -> usize {
    /// The name of a variable: letters, or one digit or special parameter.
    /// The offset behind the `))` that closes an arithmetic expansion whose inside starts at `at`.
    /// `$'…'`.
    /// `${…}`, and `${{ … }}` that nobody masked.
    fn ansi_quoted(&mut self, at: usize, end: usize, parts: &mut Parts<'t>) -> usize {
    fn braced(
    fn braced_name(&self, at: usize, end: usize) -> (&'t str, usize) {
    fn dollar(&mut self, at: usize, end: usize, mode: Mode, parts: &mut Parts<'t>) -> usize {
    fn expansion(
    fn plain_name(&self, at: usize, end: usize) -> (&'t str, usize) {
    fn subscript(&self, at: usize, end: usize) -> Option<(&'t str, usize)> {
    pub fn arithmetic_end(&mut self, at: usize, end: usize) -> Option<usize> {
    }
    }
    }
    }
    }
    }
    }
    }
    /// `$(…)`, `<(…)`, `>(…)`; `at` is the first byte.
    pub fn substitution(
        &mut self,
        at: usize,
        end: usize,
        quoting: Quoting,
        kind: SubstitutionKind,
        parts: &mut Parts<'t>,
    ) -> usize {
        let known = self.bodies.remove(&at).filter(|(close, _)| *close <= end);
        if known.is_none() && self.depth >= MAX_DEPTH {
            return parts.opaque(at, self.skip_parentheses(at + 2, end), quoting);
        }
        let first = self.out.next();
        let outer = self.out.enter_substitution();
        self.depth += 1;
        let close = match known {
            Some((close, body)) => {
                self.sequence(body);
                close
            }
            None => {
                let pending = std::mem::take(&mut self.pending);
                let stop = self.list(at + 2, end, super::bash::Until::Parenthesis);
                self.pending = pending;
                (stop + 1).min(end)
            }
        };
        self.depth -= 1;
        self.out.context = outer;
        self.push_substitution(at, close, quoting, kind, first, parts)
    }

    fn backticks(
        &mut self,
        at: usize,
        end: usize,
        quoting: Quoting,
        parts: &mut Parts<'t>,
    ) -> usize {
        if self.depth >= MAX_DEPTH {
            return at + 1;
        }
        let close = self.skip_quoted(at + 1, end, b'`');
        if close <= at + 1 || self.byte(close - 1) != Some(b'`') {
            return at + 1;
        }
        parts.flush(at, at);
        let first = self.out.next();
        let outer = self.out.enter_substitution();
        self.depth += 1;
        let pending = std::mem::take(&mut self.pending);
        self.list(at + 1, close - 1, super::bash::Until::End);
        self.pending = pending;
        self.depth -= 1;
        self.out.context = outer;
        let quoting = if quoting == Quoting::Double {
            quoting
        } else {
            Quoting::Unquoted
        };
        self.push_substitution(at, close, quoting, SubstitutionKind::Output, first, parts)
    }

    fn push_substitution(
        &mut self,
        at: usize,
        close: usize,
        quoting: Quoting,
        kind: SubstitutionKind,
        first: usize,
        parts: &mut Parts<'t>,
    ) -> usize {
        let part = Part::Substitution {
            span: span(at, close),
            quoting,
            kind,
            commands: first..self.out.next(),
        };
        parts.push(part, close)
    }

    /// The offset behind the next unescaped `close` byte, or the end.
    pub fn skip_quoted(&self, mut at: usize, end: usize, close: u8) -> usize {
        while at < end {
            match self.byte(at) {
                Some(b'\\') => at += 2,
                Some(byte) if byte == close => return at + 1,
                _ => at += 1,
            }
        }
        end
    }

    /// The offset behind the parenthesis that closes one that is open at `at`, or the end.
    fn skip_parentheses(&self, mut at: usize, end: usize) -> usize {
        let mut open = 1usize;
        while at < end {
            match self.byte(at) {
                Some(b'\\') => at += 1,
                Some(b'(') => open += 1,
                Some(b')') if open == 1 => return at + 1,
                Some(b')') => open -= 1,
                Some(quote @ (b'\'' | b'"')) => at = self.skip_quoted(at + 1, end, quote) - 1,
                _ => {}
            }
            at += 1;
        }
        end
    }
}


            Quoting::Double
            Quoting::Unquoted
        if self.is_quoted() {
        }
        } else {
    /// Quoting of a fallback word inside this mode.
    fn quoting_inside(self) -> Quoting {
    }
impl Mode {
}
/// The identifier at the start of a text.
pub(super) fn identifier(text: &str) -> &str {
    if text.starts_with(|c: char| c.is_ascii_digit()) {
        return "";
    }
    let length = text
        .bytes()
        .position(|b| !(b.is_ascii_alphanumeric() || b == b'_'))
        .unwrap_or(text.len());
    text.get(..length).unwrap_or_default()
}
