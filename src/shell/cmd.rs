//! The language of `cmd.exe` at word level, in linear time.
//!
//! A caret escapes the next character and continues a line, double quotes protect operators and are taken
//! off as C programs take them off, `%X%` and `!X!` are variables.

use super::builder::{Builder, span};
use super::parts::{Parts, byte, line_break, line_end};
use super::{
    AssignedValue, Assignment, Command, Effect, Item, Operation, Part, Quoting, Script, Word,
};

struct Lexer<'t> {
    text: &'t str,
    out: Builder,
    last: Option<usize>,
    pipe: Option<usize>,
}

/// Reads a text.
pub(super) fn parse(text: &str) -> Script {
    let mut lexer = Lexer {
        text,
        out: Builder::default(),
        last: None,
        pipe: None,
    };
    let mut at = if text.starts_with('\u{feff}') { 3 } else { 0 };
    while at < text.len() {
        at = lexer.step(at);
    }
    lexer.out.finish()
}

impl<'t> Lexer<'t> {
    fn step(&mut self, at: usize) -> usize {
        let at = self.skip_blanks(at);
        let next = byte(self.text, at + 1);
        match byte(self.text, at) {
            None => self.text.len(),
            Some(b'|') if next == Some(b'|') => at + 2,
            Some(b'|') => {
                self.pipe = self.last;
                at + 1
            }
            Some(b'\n' | b'&' | b'(' | b')' | b'@') => at + 1,
            // A label or a comment.
            Some(b':') => line_end(self.text, at, self.text.len()),
            Some(_) if self.is_program(at, "rem") => line_end(self.text, at, self.text.len()),
            Some(_) if self.is_program(at, "else") => at + 4,
            Some(_) if self.is_program(at, "set") => self.set(at + 3),
            Some(_) => self.command(at),
        }
    }

    fn skip_blanks(&self, mut at: usize) -> usize {
        while let Some(next) = byte(self.text, at) {
            at += match next {
                b' ' | b'\t' | b'\r' => 1,
                b'^' if line_break(self.text, at + 1) > 0 => 1 + line_break(self.text, at + 1),
                _ => break,
            };
        }
        at
    }

    fn is_program(&self, at: usize, name: &str) -> bool {
        let word = self.text.as_bytes().get(at..at + name.len());
        word.is_some_and(|word| word.eq_ignore_ascii_case(name.as_bytes()))
            && matches!(
                byte(self.text, at + name.len()),
                None | Some(b' ' | b'\t' | b'\r' | b'\n' | b'(')
            )
    }

    fn command(&mut self, start: usize) -> usize {
        let mut command = Command {
            pipe_from: self.pipe.take(),
            ..Command::default()
        };
        let mut at = start;
        loop {
            at = self.skip_blanks(at);
            match byte(self.text, at) {
                None | Some(b'\n' | b'&' | b'|' | b')') => break,
                Some(b'(') if command.words.is_empty() || self.opens_block(&command) => break,
                Some(b'>' | b'<') => at = self.redirection(at, Output::Standard, &mut command),
                Some(b'0'..=b'9') if byte(self.text, at + 1) == Some(b'>') => {
                    let output = match byte(self.text, at) {
                        Some(b'1') => Output::Standard,
                        _ => Output::Other,
                    };
                    at = self.redirection(at + 1, output, &mut command);
                }
                Some(_) => {
                    let (word, stop) = self.word(at, Ends::Blank);
                    if stop == at {
                        at += 1;
                        continue;
                    }
                    command.cover(word.span);
                    command.words.push(word);
                    at = stop;
                }
            }
        }
        self.last = self.out.push(command);
        at.max(start + usize::from(at == start))
    }

    /// `if … (`, `for … do (`: a parenthesis that starts a block, and not an argument.
    fn opens_block(&self, command: &Command) -> bool {
        let is = |word: Option<&Word>, name: &str| {
            word.is_some_and(|word| word.span.slice(self.text).eq_ignore_ascii_case(name))
        };
        is(command.words.first(), "if") || is(command.words.last(), "do")
    }

    fn redirection(&mut self, at: usize, output: Output, command: &mut Command) -> usize {
        let is_input = byte(self.text, at) == Some(b'<');
        let mut here = at + 1;
        here += usize::from(byte(self.text, here) == Some(b'>'));
        if byte(self.text, here) == Some(b'&') {
            here += 1;
            return here + usize::from(matches!(byte(self.text, here), Some(b'0'..=b'9')));
        }
        let (word, stop) = self.word(self.skip_blanks(here), Ends::Blank);
        if word.span.is_empty() {
            return here;
        }
        command.cover(word.span);
        if is_input {
            command.input = Some(std::sync::Arc::new(super::Input::File(word)));
        } else if output == Output::Standard {
            command.outputs.push(word);
        }
        stop
    }

    /// `set X=value` and `set "X=value"`, from behind the program.
    fn set(&mut self, at: usize) -> usize {
        let start = self.skip_blanks(at);
        let is_quoted = byte(self.text, start) == Some(b'"');
        let name_start = start + usize::from(is_quoted);
        let line = line_end(self.text, start, self.text.len());
        let rest = self.text.get(name_start..line).unwrap_or_default();
        let found = rest.find(['=', '&', '|']);
        let Some(equals) = found.filter(|&at| rest.as_bytes().get(at) == Some(&b'=')) else {
            return self.command(start);
        };
        let name = rest.get(..equals).unwrap_or_default().trim();
        let value = name_start + equals + 1;
        let ends = if is_quoted { Ends::Quote } else { Ends::Line };
        let (word, stop) = self.word(value, ends);
        let stop = (stop + usize::from(is_quoted)).min(line.max(stop));
        let assignment = Assignment {
            name: name.into(),
            span: span(name_start, word.span.end as usize),
            value: AssignedValue::Scalar(word),
            effect: Effect::Set,
        };
        self.out.push(Command {
            span: assignment.span,
            assignments: vec![assignment],
            ..Command::default()
        });
        self.last = None;
        stop
    }

    fn word(&self, start: usize, ends: Ends) -> (Word, usize) {
        let mut parts = Parts::new(self.text, start, Quoting::Unquoted);
        let mut at = start;
        let mut quoted = ends == Ends::Quote;
        while let Some(next) = byte(self.text, at) {
            at = match next {
                b'\n' => break,
                b'\r' if line_break(self.text, at) > 0 => break,
                b'"' if ends == Ends::Quote => break,
                b'"' => {
                    parts.flush(at, at + 1);
                    if quoted && parts.list.is_empty() {
                        parts.push_text("", at, at, Quoting::Double);
                    }
                    quoted = !quoted;
                    parts.quoting = if quoted {
                        Quoting::Double
                    } else {
                        Quoting::Unquoted
                    };
                    at + 1
                }
                b'%' | b'!' => self.variable(at, next, quoted, &mut parts),
                b' ' | b'\t' if !quoted && ends == Ends::Blank => break,
                b'<' | b'>' | b'&' | b'|' if !quoted => break,
                b')' if !quoted && ends == Ends::Blank => break,
                b'^' if !quoted => {
                    let skip = 1 + line_break(self.text, at + 1);
                    parts.flush(at, at + skip);
                    let escaped = self
                        .text
                        .get(at + skip..)
                        .and_then(|rest| rest.chars().next());
                    at + skip + escaped.filter(|_| skip == 1).map_or(0, char::len_utf8)
                }
                _ => at + 1,
            };
        }
        let at = at.min(self.text.len());
        parts.flush(at, at);
        let word = Word {
            span: span(start, at),
            parts: parts.list,
        };
        (word, at)
    }

    /// `%X%`, `!X!`, `%1`, `%~f1`, `%%a`.
    fn variable(&self, at: usize, sign: u8, quoted: bool, parts: &mut Parts<'t>) -> usize {
        let near = self
            .text
            .as_bytes()
            .get(at + 1..self.text.len().min(at + 129))
            .unwrap_or_default();
        let quoting = if quoted {
            Quoting::Double
        } else {
            Quoting::Unquoted
        };
        let length = near
            .iter()
            .position(|&b| !(b.is_ascii_alphanumeric() || b"_.()-".contains(&b)))
            .unwrap_or_default();
        let (name_length, close, operation) = match near.get(length) {
            _ if sign == b'%' && near.first().is_some_and(u8::is_ascii_digit) => {
                (1, at + 2, Operation::Plain)
            }
            Some(&b) if b == sign && length > 0 => (length, at + length + 2, Operation::Plain),
            Some(b':') if length > 0 => match near.iter().position(|&b| b == sign) {
                Some(end) => (length, at + end + 2, Operation::Changed),
                None => return at + 1,
            },
            _ if sign == b'%' && near.first() == Some(&b'*') => (1, at + 2, Operation::Plain),
            _ => return at + 1,
        };
        let Some(name) = self.text.get(at + 1..at + 1 + name_length) else {
            return at + 1;
        };
        if !self.text.is_char_boundary(close) {
            return at + 1;
        }
        parts.flush(at, at);
        let part = Part::Variable {
            name: name.into(),
            span: span(at, close),
            quoting,
            item: if name == "*" {
                Item::Joined
            } else {
                Item::Whole
            },
            operation,
        };
        parts.push(part, close)
    }
}

/// What ends a word.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Ends {
    /// A blank or an operator.
    Blank,
    /// An operator or the end of the line.
    Line,
    /// A double quote or the end of the line.
    Quote,
}

/// Which stream a redirection is for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Output {
    Standard,
    Other,
}
