//! The inside of bash words: quotes, escapes, variables and substitutions, with exact spans.
//!
//! Both readers of bash use it, so that a word means the same however the commands around it were found.

use std::collections::HashMap;

use shuck_ast::StmtSeq;

use super::builder::{Builder, span};
use super::here_document::Pending;
use super::{Item, Operation, Part, Quoting, SubstitutionKind, Word};

/// How deep substitutions, expansions and their fallback words may nest. What lies deeper is opaque.
const MAX_DEPTH: u32 = 40;

/// Reads one bash text.
pub(super) struct Reader<'t> {
    pub text: &'t str,
    pub out: Builder,
    /// Substitutions that the full parser found, by the offset of their first byte: end and body.
    pub bodies: HashMap<usize, (usize, &'t StmtSeq)>,
    /// Here-documents whose bodies start after the next line break.
    pub pending: Vec<Pending>,
    depth: u32,
    /// Whether every offset of the syntax tree fitted the text.
    pub tree_fits: bool,
    /// An arithmetic expansion without an end was seen: later ones are not searched for their ends again.
    arithmetic_is_open: bool,
    /// The same for `${{`.
    template_is_open: bool,
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

/// Parts so far, and where the current literal run starts.
struct Parts<'t> {
    text: &'t str,
    list: Vec<Part>,
    start: usize,
    quoting: Quoting,
}

impl Mode {
    fn quoting(self) -> Quoting {
        match self {
            Self::Word | Self::Bounded => Quoting::Unquoted,
            Self::Double | Self::Body(_) => Quoting::Double,
            Self::Braces(quoting) => quoting,
        }
    }

    fn is_quoted(self) -> bool {
        self.quoting() == Quoting::Double
    }
}

impl Parts<'_> {
    /// Ends the literal run at `end`; the next one starts at `next`.
    fn flush(&mut self, end: usize, next: usize) {
        self.push_literal(self.start, end, self.quoting);
        self.start = next;
    }

    fn push_literal(&mut self, start: usize, end: usize, quoting: Quoting) {
        if let Some(text) = self.text.get(start..end)
            && !text.is_empty()
        {
            self.push_text(text, start, end, quoting);
        }
    }

    fn push_text(&mut self, text: &str, start: usize, end: usize, quoting: Quoting) {
        self.list.push(Part::Literal {
            text: text.into(),
            span: span(start, end),
            quoting,
        });
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
        self.text.as_bytes().get(at).copied()
    }

    pub fn starts_with(&self, at: usize, end: usize, what: &str) -> bool {
        at + what.len() <= end
            && self
                .text
                .as_bytes()
                .get(at..)
                .is_some_and(|rest| rest.starts_with(what.as_bytes()))
    }

    /// Length of a line break at an offset: 0, 1 or 2.
    pub fn line_break(&self, at: usize) -> usize {
        match self.byte(at) {
            Some(b'\n') => 1,
            Some(b'\r') if self.byte(at + 1) == Some(b'\n') => 2,
            _ => 0,
        }
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
        let mut parts = Parts {
            text: self.text,
            list: Vec::new(),
            start,
            quoting: mode.quoting(),
        };
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

    fn double_quoted(&mut self, at: usize, end: usize, parts: &mut Parts<'t>) -> usize {
        parts.flush(at, at + 1);
        if self.depth >= MAX_DEPTH {
            return self.opaque(
                at,
                self.skip_quoted(at + 1, end, b'"'),
                Quoting::Double,
                parts,
            );
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

    /// `$'…'`.
    fn ansi_quoted(&mut self, at: usize, end: usize, parts: &mut Parts<'t>) -> usize {
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

    fn dollar(&mut self, at: usize, end: usize, mode: Mode, parts: &mut Parts<'t>) -> usize {
        let quoting = if mode.is_quoted() {
            Quoting::Double
        } else {
            Quoting::Unquoted
        };
        if at + 1 >= end {
            return at + 1;
        }
        match self.byte(at + 1) {
            Some(b'(') if self.starts_with(at, end, "$((") && !self.bodies.contains_key(&at) => {
                parts.flush(at, at);
                if let Some(close) = self.arithmetic_end(at + 3, end) {
                    if self.depth < MAX_DEPTH {
                        self.depth += 1;
                        self.parts(at + 3, close - 2, Mode::Body(Tabs::Kept));
                        self.depth -= 1;
                    }
                    return self.opaque(at, close, quoting, parts);
                }
                self.substitution(at, end, quoting, SubstitutionKind::Output, parts)
            }
            Some(b'(') => {
                parts.flush(at, at);
                self.substitution(at, end, quoting, SubstitutionKind::Output, parts)
            }
            Some(b'{') => self.braced(at, end, mode, quoting, parts),
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
    fn braced(
        &mut self,
        at: usize,
        end: usize,
        mode: Mode,
        quoting: Quoting,
        parts: &mut Parts<'t>,
    ) -> usize {
        parts.flush(at, at);
        let rest = self.text.get(at..end).unwrap_or_default();
        if rest.starts_with("${{") {
            let close = match self.template_is_open {
                true => None,
                false => memchr::memmem::find(rest.as_bytes(), b"}}"),
            };
            self.template_is_open |= close.is_none();
            return self.opaque(at, at + close.map_or(3, |close| close + 2), quoting, parts);
        }
        if self.depth >= MAX_DEPTH {
            return self.opaque(at, self.skip_quoted(at + 2, end, b'}'), quoting, parts);
        }
        self.depth += 1;
        let close = self.expansion(at, end, mode, quoting, parts);
        self.depth -= 1;
        close
    }

    fn expansion(
        &mut self,
        at: usize,
        end: usize,
        mode: Mode,
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
            Mode::Braces(mode.quoting_inside())
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
            return self.opaque(at, close, quoting, parts);
        }
        parts.list.push(Part::Variable {
            name: name.into(),
            span: span(at, close),
            quoting,
            item,
            operation,
        });
        parts.start = close;
        close
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

    /// `$(…)`, `<(…)`, `>(…)`; `at` is the first byte.
    fn substitution(
        &mut self,
        at: usize,
        end: usize,
        quoting: Quoting,
        kind: SubstitutionKind,
        parts: &mut Parts<'t>,
    ) -> usize {
        let known = self.bodies.remove(&at).filter(|(close, _)| *close <= end);
        if known.is_none() && self.depth >= MAX_DEPTH {
            return self.opaque(at, self.skip_parentheses(at + 2, end), quoting, parts);
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
        parts.list.push(Part::Substitution {
            span: span(at, close),
            quoting,
            kind,
            commands: first..self.out.next(),
        });
        parts.start = close;
        close
    }

    fn opaque(&self, at: usize, close: usize, quoting: Quoting, parts: &mut Parts<'t>) -> usize {
        parts.list.push(Part::Opaque {
            span: span(at, close),
            quoting,
        });
        parts.start = close;
        close
    }

    /// The offset behind the next unescaped `close` byte, or the end.
    fn skip_quoted(&self, mut at: usize, end: usize, close: u8) -> usize {
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

impl Mode {
    /// Quoting of a fallback word inside this mode.
    fn quoting_inside(self) -> Quoting {
        if self.is_quoted() {
            Quoting::Double
        } else {
            Quoting::Unquoted
        }
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
