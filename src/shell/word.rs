//! The inside of bash words: quotes, escapes, variables and substitutions, with exact spans.
//!
//! Whoever finds the commands, here it is decided what their words mean.

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
    /// Here-documents whose bodies start after the next line break.
    pub pending: Vec<Pending>,
    pub depth: u32,
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
            Self::Word => Quoting::Unquoted,
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
            pending: Vec::new(),
            depth: 0,
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
            return parts.opaque(at, self.skip_quoted(at + 1, end, b'"'), Quoting::Double);
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

    /// `$(…)`, `<(…)`, `>(…)`; `at` is the first byte.
    pub fn substitution(
        &mut self,
        at: usize,
        end: usize,
        quoting: Quoting,
        kind: SubstitutionKind,
        parts: &mut Parts<'t>,
    ) -> usize {
        if self.depth >= MAX_DEPTH {
            return parts.opaque(at, self.skip_parentheses(at + 2, end), quoting);
        }
        let first = self.out.next();
        let outer = self.out.enter_substitution();
        self.depth += 1;
        let pending = std::mem::take(&mut self.pending);
        let stop = self.list(at + 2, end, super::bash::Until::Parenthesis);
        self.pending = pending;
        let close = (stop + 1).min(end);
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
