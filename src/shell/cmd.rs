
                        Some(b'1') => Output::Standard,
                        _ => Output::Other,
                        at += 1;
                        continue;
                        parts.push_text("", at, at, Quoting::Double);
                    at + 1
                    at + skip + escaped.filter(|_| skip == 1).map_or(0, char::len_utf8)
                    at = self.redirection(at + 1, output, &mut command);
                    at = stop;
                    command.cover(word.span);
                    command.words.push(word);
                    if quoted && parts.list.is_empty() {
                    if stop == at {
                    let (word, stop) = self.word(at, Ends::Blank);
                    let escaped = self.text.get(at + skip..).and_then(|rest| rest.chars().next());
                    let output = match byte(self.text, at) {
                    let skip = 1 + line_break(self.text, at + 1);
                    parts.flush(at, at + 1);
                    parts.flush(at, at + skip);
                    parts.quoting = if quoted { Quoting::Double } else { Quoting::Unquoted };
                    quoted = !quoted;
                    }
                    };
                None => return at + 1,
                None | Some(b' ' | b'\t' | b'\r' | b'\n' | b'(')
                None | Some(b'\n' | b'&' | b'|' | b')') => break,
                Some(_) => {
                Some(b'(') if command.words.is_empty() || self.opens_block(&command) => break,
                Some(b'0'..=b'9') if byte(self.text, at + 1) == Some(b'>') => {
                Some(b'>' | b'<') => at = self.redirection(at, Output::Standard, &mut command),
                Some(end) => (length, at + end + 2, Operation::Changed),
                _ => at + 1,
                _ => break,
                at + 1
                b' ' | b'\t' if !quoted && ends == Ends::Blank => break,
                b' ' | b'\t' | b'\r' => 1,
                b'"' => {
                b'"' if ends == Ends::Quote => break,
                b'%' | b'!' => self.variable(at, next, quoted, &mut parts),
                b')' if !quoted && ends == Ends::Blank => break,
                b'<' | b'>' | b'&' | b'|' if !quoted => break,
                b'\n' => break,
                b'\r' if line_break(self.text, at) > 0 => break,
                b'^' if !quoted => {
                b'^' if line_break(self.text, at + 1) > 0 => 1 + line_break(self.text, at + 1),
                byte(self.text, at + name.len()),
                self.pipe = self.last;
                }
            && matches!(
            )
            ..Command::default()
            .iter()
            .position(|&b| !(b.is_ascii_alphanumeric() || b"_.()-".contains(&b)))
            .unwrap_or_default();
            // A label or a comment.
            None => self.text.len(),
            Some(&b) if b == sign && length > 0 => (length, at + length + 2, Operation::Plain),
            Some(_) => self.command(at),
            Some(_) if self.is_program(at, "else") => at + 4,
            Some(_) if self.is_program(at, "rem") => line_end(self.text, at, self.text.len()),
            Some(_) if self.is_program(at, "set") => self.set(at + 3),
            Some(b':') => line_end(self.text, at, self.text.len()),
            Some(b':') if length > 0 => match near.iter().position(|&b| b == sign) {
            Some(b'\n' | b'&' | b'(' | b')' | b'@') => at + 1,
            Some(b'|') => {
            Some(b'|') if next == Some(b'|') => at + 2,
            _ => return at + 1,
            _ if sign == b'%' && near.first() == Some(&b'*') => (1, at + 2, Operation::Plain),
            _ if sign == b'%' && near.first().is_some_and(u8::is_ascii_digit) => (1, at + 2, Operation::Plain),
            assignments: vec![assignment],
            at += match next {
            at = match next {
            at = self.skip_blanks(at);
            command.input = Some(std::sync::Arc::new(super::Input::File(word)));
            command.outputs.push(word);
            effect: Effect::Set,
            here += 1;
            item: if name == "*" { Item::Joined } else { Item::Whole },
            match byte(self.text, at) {
            name: name.into(),
            operation,
            parts: parts.list,
            pipe_from: self.pipe.take(),
            quoting,
            return at + 1;
            return here + usize::from(matches!(byte(self.text, here), Some(b'0'..=b'9')));
            return here;
            return self.command(start);
            span: assignment.span,
            span: span(at, close),
            span: span(name_start, word.span.end as usize),
            span: span(start, at),
            value: AssignedValue::Scalar(word),
            word.is_some_and(|word| word.span.slice(self.text).eq_ignore_ascii_case(name))
            }
            },
            };
        (word, at)
        ..Script::default()
        at
        at = lexer.step(at);
        at.max(start + usize::from(at == start))
        command.cover(word.span);
        here += usize::from(byte(self.text, here) == Some(b'>'));
        if !self.text.is_char_boundary(close) {
        if byte(self.text, here) == Some(b'&') {
        if is_input {
        if word.span.is_empty() {
        is(command.words.first(), "if") || is(command.words.last(), "do")
        last: None,
        let (name_length, close, operation) = match near.get(length) {
        let (word, stop) = self.word(self.skip_blanks(here), Ends::Blank);
        let (word, stop) = self.word(value, ends);
        let Some(equals) = found.filter(|&at| rest.as_bytes().get(at) == Some(&b'=')) else {
        let Some(name) = self.text.get(at + 1..at + 1 + name_length) else {
        let assignment = Assignment {
        let at = at.min(self.text.len());
        let at = self.skip_blanks(at);
        let ends = if is_quoted { Ends::Quote } else { Ends::Line };
        let found = rest.find(['=', '&', '|']);
        let is = |word: Option<&Word>, name: &str| {
        let is_input = byte(self.text, at) == Some(b'<');
        let is_quoted = byte(self.text, start) == Some(b'"');
        let length = near
        let line = line_end(self.text, start, self.text.len());
        let mut at = start;
        let mut command = Command {
        let mut here = at + 1;
        let mut parts = Parts::new(self.text, start, Quoting::Unquoted);
        let mut quoted = ends == Ends::Quote;
        let name = rest.get(..equals).unwrap_or_default().trim();
        let name_start = start + usize::from(is_quoted);
        let near = self.text.as_bytes().get(at + 1..self.text.len().min(at + 129)).unwrap_or_default();
        let next = byte(self.text, at + 1);
        let part = Part::Variable {
        let quoting = if quoted { Quoting::Double } else { Quoting::Unquoted };
        let rest = self.text.get(name_start..line).unwrap_or_default();
        let start = self.skip_blanks(at);
        let stop = (stop + usize::from(is_quoted)).min(line.max(stop));
        let value = name_start + equals + 1;
        let word = Word {
        let word = self.text.as_bytes().get(at..at + name.len());
        loop {
        match byte(self.text, at) {
        out: Builder::default(),
        parsed: Parsed::Words,
        parts.flush(at, at);
        parts.push(part, close)
        pipe: None,
        self.last = None;
        self.last = self.out.push(command);
        self.out.push(Command {
        stop
        text,
        while let Some(next) = byte(self.text, at) {
        word.is_some_and(|word| word.eq_ignore_ascii_case(name.as_bytes()))
        }
        } else if output == Output::Standard {
        });
        };
    /// A blank or an operator.
    /// A double quote or the end of the line.
    /// An operator or the end of the line.
    /// `%X%`, `!X!`, `%1`, `%~f1`, `%%a`.
    /// `if … (`, `for … do (`: a parenthesis that starts a block, and not an argument.
    /// `set X=value` and `set "X=value"`, from behind the program.
    AssignedValue, Assignment, Command, Effect, Item, Operation, Parsed, Part, Quoting, Script, Word,
    Blank,
    Line,
    Other,
    Quote,
    Script {
    Standard,
    fn command(&mut self, start: usize) -> usize {
    fn is_program(&self, at: usize, name: &str) -> bool {
    fn opens_block(&self, command: &Command) -> bool {
    fn redirection(&mut self, at: usize, output: Output, command: &mut Command) -> usize {
    fn set(&mut self, at: usize) -> usize {
    fn skip_blanks(&self, mut at: usize) -> usize {
    fn step(&mut self, at: usize) -> usize {
    fn variable(&self, at: usize, sign: u8, quoted: bool, parts: &mut Parts<'t>) -> usize {
    fn word(&self, start: usize, ends: Ends) -> (Word, usize) {
    last: Option<usize>,
    let mut at = if text.starts_with('\u{feff}') { 3 } else { 0 };
    let mut lexer = Lexer {
    lexer.out.finish(Parsed::Words)
    out: Builder,
    pipe: Option<usize>,
    text: &'t str,
    while at < text.len() {
    }
    };
#[derive(Clone, Copy, PartialEq, Eq)]
//!
//! A caret escapes the next character and continues a line, double quotes protect operators and are taken
//! The language of `cmd.exe` at word level, in linear time.
//! off as C programs take them off, `%X%` and `!X!` are variables.
//! stub
/// Reads a text.
/// What ends a word.
/// Which stream a redirection is for.
enum Ends {
enum Output {
impl<'t> Lexer<'t> {
pub(super) fn parse(_text: &str) -> Script {
pub(super) fn parse(text: &str) -> Script {
struct Lexer<'t> {
use super::builder::{Builder, span};
use super::parts::{Parts, byte, line_break, line_end};
use super::{
use super::{Parsed, Script};
}
};
