//! PowerShell at word level: commands, assignments and blocks, in linear time.
//!
//! Expressions are not evaluated. A string or variable that is piped into a command counts as its input, as
//! a here-string does in bash. What is in a word is read by [`super::powershell_word`].

use std::sync::Arc;

use super::builder::{Builder, Context, span};
use super::parts::{byte, line_break, line_end, starts_with};
use super::powershell_word::Stop;
use super::{
    AssignedValue, Assignment, Command, Effect, Input, Part, Quoting, Role, Script,
    SubstitutionKind, Word,
};

/// How deep `$( … )` and `( … )` may nest. What lies deeper is read as if it were not nested.
pub(super) const MAX_DEPTH: u32 = 40;

/// Reads one PowerShell text.
pub(super) struct Lexer<'t> {
    pub text: &'t str,
    pub out: Builder,
    pub depth: u32,
}

/// What ends a list of statements besides the end of the text.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Until {
    End,
    /// A closing parenthesis.
    Parenthesis,
    /// The end of one statement.
    Statement,
}

/// An open `{ … }`.
struct Block {
    outer: Context,
    start: usize,
    function: Option<usize>,
    over: Option<usize>,
}

#[derive(Default)]
struct List {
    blocks: Vec<Block>,
    last: Option<usize>,
    pipe: Option<usize>,
    /// A string or variable that is piped into the next command.
    fed: Option<Word>,
    function: Option<usize>,
    over: Option<usize>,
}

/// Reads a text.
pub(super) fn parse(text: &str) -> Script {
    let mut lexer = Lexer {
        text,
        out: Builder::default(),
        depth: 0,
    };
    let start = if text.starts_with('\u{feff}') { 3 } else { 0 };
    lexer.list(start, Until::End);
    lexer.out.finish()
}

impl<'t> Lexer<'t> {
    /// Reads statements from `at` on; returns the offset of what ended them.
    pub fn list(&mut self, mut at: usize, until: Until) -> usize {
        let mut list = List::default();
        let outer = self.out.context;
        let end = self.text.len();
        let stop = loop {
            at = self.skip_blanks(at);
            if at >= end {
                break end;
            }
            let is_done = until == Until::Statement && list.blocks.is_empty();
            at = match byte(self.text, at).unwrap_or_default() {
                b'\n' | b';' if is_done && list.pipe.is_none() && list.fed.is_none() => break at,
                b'\n' => at + 1,
                b';' => {
                    list.fed = None;
                    at + 1
                }
                b'#' => line_end(self.text, at, end),
                b'|' if starts_with(self.text, at, end, "||") => at + 2,
                b'|' => {
                    list.pipe = list.last;
                    at + 1
                }
                // The call operator, or the end of a background job.
                b'&' => at + 1 + usize::from(starts_with(self.text, at, end, "&&")),
                b')' if until != Until::End => break at,
                b'}' if is_done => break at,
                b'{' => {
                    self.open(&mut list);
                    at + 1
                }
                b'}' => {
                    self.close(&mut list);
                    at + 1
                }
                b'(' if self.depth < MAX_DEPTH => {
                    self.depth += 1;
                    let stop = self.list(at + 1, Until::Parenthesis);
                    self.depth -= 1;
                    list.last = self.out.next().checked_sub(1);
                    stop + 1
                }
                b'(' | b')' | b',' | b'=' => at + 1,
                _ => self.statement(&mut list, at),
            };
        };
        while !list.blocks.is_empty() {
            self.close(&mut list);
        }
        self.out.context = outer;
        stop.min(end)
    }

    /// The offset of the next byte that is no blank; block comments and continued lines count as blanks.
    pub fn skip_blanks(&self, mut at: usize) -> usize {
        let end = self.text.len();
        while at < end {
            at = match byte(self.text, at) {
                Some(b' ' | b'\t') => at + 1,
                Some(b'\r') if line_break(self.text, at) > 0 => at + 1,
                Some(b'`') if line_break(self.text, at + 1) > 0 => {
                    at + 1 + line_break(self.text, at + 1)
                }
                Some(b'<') if starts_with(self.text, at, end, "<#") => {
                    let rest = self.text.as_bytes().get(at..).unwrap_or_default();
                    memchr::memmem::find(rest, b"#>").map_or(end, |found| at + found + 2)
                }
                _ => return at,
            };
        }
        end
    }

    fn skip_lines(&self, mut at: usize) -> usize {
        loop {
            at = self.skip_blanks(at);
            at = match byte(self.text, at) {
                Some(b'\n') => at + 1,
                Some(b'#') => line_end(self.text, at, self.text.len()),
                _ => return at,
            };
        }
    }

    fn open(&mut self, list: &mut List) {
        let function = list.function.take();
        let over = list.over.take();
        list.blocks.push(Block {
            outer: self.out.context,
            start: self.out.next(),
            function,
            over,
        });
        if function.is_some() {
            self.out.context.function = function;
        }
        list.last = None;
        list.pipe = None;
    }

    fn close(&mut self, list: &mut List) {
        let Some(block) = list.blocks.pop() else {
            return;
        };
        self.out.context = block.outer;
        if let Some(function) = block.function {
            self.out.close_function(function, block.start);
        }
        if let Some(over) = block.over {
            self.out.close_loop(over);
        }
        list.last = self.out.last_since(block.start);
    }

    fn statement(&mut self, list: &mut List, at: usize) -> usize {
        let keyword: String = self
            .text
            .get(at..)
            .unwrap_or_default()
            .chars()
            .take(10)
            .take_while(char::is_ascii_alphabetic)
            .collect();
        let behind = at + keyword.len();
        let is_word = matches!(
            byte(self.text, behind),
            None | Some(b' ' | b'\t' | b'\r' | b'\n' | b'(' | b'{' | b';' | b'}' | b')')
        );
        if !is_word || list.pipe.is_some() {
            return self.plain_statement(list, at);
        }
        match keyword.to_ascii_lowercase().as_str() {
            "if" | "elseif" | "while" | "until" => self.condition(behind),
            "else" | "try" | "catch" | "finally" | "do" | "return" | "throw" | "trap" | "begin"
            | "process" | "end" | "in" | "for" | "switch" | "param" => behind,
            "foreach" if byte(self.text, self.skip_blanks(behind)) == Some(b'(') => {
                self.foreach(list, self.skip_blanks(behind) + 1)
            }
            "function" | "filter" => {
                let start = self.skip_blanks(behind);
                let (name, stop) = self.word(start, Stop::Blank);
                list.function = Some(
                    self.out
                        .open_function(name.span.slice(self.text), name.span),
                );
                stop.max(behind)
            }
            _ => self.plain_statement(list, at),
        }
    }

    fn condition(&mut self, at: usize) -> usize {
        let open = self.skip_blanks(at);
        if byte(self.text, open) != Some(b'(') || self.depth >= MAX_DEPTH {
            return at;
        }
        let outer = std::mem::replace(&mut self.out.context.role, Role::Condition);
        self.depth += 1;
        let stop = self.list(open + 1, Until::Parenthesis);
        self.depth -= 1;
        self.out.context.role = outer;
        stop + 1
    }

    /// `foreach ($x in items)`, from behind the parenthesis.
    fn foreach(&mut self, list: &mut List, at: usize) -> usize {
        let (variable, stop) = self.word(self.skip_blanks(at), Stop::Blank);
        let mut here = self.skip_blanks(stop);
        if !starts_with(self.text, here, self.text.len(), "in") {
            return here;
        }
        here += 2;
        let mut items = Vec::new();
        loop {
            here = self.skip_blanks(here);
            match byte(self.text, here) {
                Some(b',') => here += 1,
                Some(b')') => {
                    here += 1;
                    break;
                }
                _ => {
                    let (word, stop) = self.word(here, Stop::Comma);
                    if stop == here {
                        break;
                    }
                    items.push(word);
                    here = stop;
                }
            }
        }
        let name = variable.span.slice(self.text).trim_start_matches('$');
        list.over = Some(self.out.open_loop(name, items));
        here
    }

    fn plain_statement(&mut self, list: &mut List, at: usize) -> usize {
        if let Some(stop) = self.assignment(at) {
            list.last = None;
            return stop;
        }
        let is_called = self
            .text
            .get(..at)
            .is_some_and(|before| before.trim_end().ends_with('&'));
        let first = byte(self.text, at);
        let is_text = matches!(first, Some(b'$' | b'"' | b'\'' | b'@' | b'[' | b'0'..=b'9'));
        if is_text && !is_called {
            return self.expression(list, at);
        }
        self.command(list, at)
    }

    /// A statement that is a value: kept only where it is piped into a command.
    fn expression(&mut self, list: &mut List, at: usize) -> usize {
        let (word, mut here) = self.word(at, Stop::Blank);
        loop {
            here = self.skip_blanks(here);
            match byte(self.text, here) {
                None | Some(b'\n' | b';' | b'{' | b'}' | b')') => return here,
                Some(b'|') if !starts_with(self.text, here, self.text.len(), "||") => {
                    list.fed = Some(word);
                    list.last = None;
                    return here;
                }
                _ => {
                    let (_, stop) = self.word(here, Stop::Blank);
                    here = stop.max(here + usize::from(stop == here));
                }
            }
        }
    }

    fn command(&mut self, list: &mut List, at: usize) -> usize {
        let mut command = Command {
            pipe_from: list.pipe.take(),
            ..Command::default()
        };
        if let Some(word) = list.fed.take() {
            command.input = Some(Arc::new(Input::HereString(word)));
        }
        let mut here = at;
        loop {
            here = self.skip_blanks(here);
            if let Some(stop) = self.redirection(here, &mut command) {
                here = stop;
                continue;
            }
            if matches!(
                byte(self.text, here),
                None | Some(b'\n' | b';' | b'|' | b'&' | b'{' | b'}' | b')' | b'#')
            ) {
                break;
            }
            let (word, stop) = self.word(here, Stop::Blank);
            if stop == here {
                here += 1;
                continue;
            }
            command.cover(word.span);
            command.words.push(word);
            here = stop;
        }
        if !command.words.is_empty() {
            list.last = self.out.push(command);
        }
        here.max(at + usize::from(here == at))
    }

    fn redirection(&mut self, at: usize, command: &mut Command) -> Option<usize> {
        let stream = usize::from(matches!(byte(self.text, at), Some(b'0'..=b'9' | b'*')));
        if byte(self.text, at + stream) != Some(b'>') {
            return None;
        }
        let is_output = stream == 0 || matches!(byte(self.text, at), Some(b'1' | b'*'));
        let mut here = at + stream + 1;
        here += usize::from(byte(self.text, here) == Some(b'>'));
        if byte(self.text, here) == Some(b'&') {
            return Some(here + 2)
                .filter(|stop| self.text.is_char_boundary(*stop))
                .or(Some(here + 1));
        }
        let (word, stop) = self.word(self.skip_blanks(here), Stop::Blank);
        if word.span.is_empty() {
            return Some(here);
        }
        command.cover(word.span);
        if is_output {
            command.outputs.push(word);
        }
        Some(stop)
    }

    /// `$x = …`, `$env:X = …`, `[type]$x += …` as a statement; returns the offset behind it.
    fn assignment(&mut self, at: usize) -> Option<usize> {
        let mut here = at;
        if byte(self.text, here) == Some(b'[') {
            let rest = self
                .text
                .as_bytes()
                .get(here..self.text.len().min(here + 64))?;
            here += rest.iter().position(|&b| b == b']')? + 1;
            here = self.skip_blanks(here);
        }
        if byte(self.text, here) != Some(b'$') {
            return None;
        }
        let (name, behind) = self.variable_name(here + 1)?;
        let operator = self.skip_blanks(behind);
        let is_append = starts_with(self.text, operator, self.text.len(), "+=");
        let operator = operator + usize::from(is_append);
        if byte(self.text, operator) != Some(b'=') || byte(self.text, operator + 1) == Some(b'=') {
            return None;
        }
        let start = self.skip_lines(operator + 1);
        let (value, stop) = self.assigned(start);
        let assignment = Assignment {
            name: name.into(),
            span: span(at, stop),
            value,
            effect: if is_append {
                Effect::Append
            } else {
                Effect::Set
            },
        };
        self.out.push(Command {
            span: assignment.span,
            assignments: vec![assignment],
            ..Command::default()
        });
        Some(stop)
    }

    fn assigned(&mut self, start: usize) -> (AssignedValue, usize) {
        if starts_with(self.text, start, self.text.len(), "@(") {
            let (items, stop) = self.items(start + 2);
            return (AssignedValue::Array(items), self.rest(stop, None));
        }
        let is_value = matches!(
            byte(self.text, start),
            None | Some(b'$' | b'"' | b'\'' | b'@' | b'[' | b'-' | b'0'..=b'9' | b'\n' | b';')
        );
        if !is_value && self.depth < MAX_DEPTH {
            let first = self.out.next();
            let outer = self.out.enter_substitution();
            self.depth += 1;
            let stop = self.list(start, Until::Statement);
            self.depth -= 1;
            self.out.context = outer;
            let part = Part::Substitution {
                span: span(start, stop),
                quoting: Quoting::Double,
                kind: SubstitutionKind::Output,
                commands: first..self.out.next(),
            };
            let word = Word {
                span: span(start, stop),
                parts: vec![part],
            };
            return (AssignedValue::Scalar(word), stop);
        }
        let (mut word, mut stop) = self.word(start, Stop::Comma);
        let mut items = Vec::new();
        loop {
            let here = self.skip_blanks(stop);
            if byte(self.text, here) != Some(b',') {
                break;
            }
            let (next, behind) = self.word(self.skip_lines(here + 1), Stop::Comma);
            items.push(std::mem::replace(&mut word, next));
            stop = behind;
        }
        if items.is_empty() {
            let stop = self.rest(stop, Some(&mut word));
            return (AssignedValue::Scalar(word), stop);
        }
        items.push(word);
        (AssignedValue::Array(items), self.rest(stop, None))
    }

    /// The items of `@( … )`, from behind the parenthesis.
    fn items(&mut self, mut at: usize) -> (Vec<Word>, usize) {
        let mut items = Vec::new();
        loop {
            at = self.skip_lines(at);
            match byte(self.text, at) {
                None => return (items, at),
                Some(b')') => return (items, at + 1),
                Some(b',' | b';') => at += 1,
                _ => {
                    let (word, stop) = self.word(at, Stop::Comma);
                    if stop > at {
                        items.push(word);
                    }
                    at = stop.max(at + usize::from(stop == at));
                }
            }
        }
    }

    /// The rest of a statement behind a value. Operators make the value unknown.
    fn rest(&mut self, at: usize, value: Option<&mut Word>) -> usize {
        let mut here = at;
        let mut behind = at;
        loop {
            here = self.skip_blanks(here);
            if matches!(
                byte(self.text, here),
                None | Some(b'\n' | b';' | b'}' | b')' | b'#' | b'|' | b'{')
            ) {
                break;
            }
            let (_, stop) = self.word(here, Stop::Blank);
            here = stop.max(here + usize::from(stop == here));
            while !self.text.is_char_boundary(here) {
                here += 1;
            }
            behind = here;
        }
        if behind > at
            && let Some(word) = value
        {
            word.span.end = span(behind, behind).end;
            word.parts = vec![Part::Opaque {
                span: word.span,
                quoting: Quoting::Double,
            }];
        }
        behind
    }
}
