//! Bash at word level: commands, blocks and redirections without a grammar, in linear time.
//!
//! Reserved words open and close blocks on an explicit stack; nothing is ever rejected. A stray closing word
//! is skipped, an open block ends with the text.

use super::assignment::is_declaration;
use super::builder::{Context, span};
use super::here_document::Owner;
use super::word::{Reader, Tabs, identifier};
use super::{Command, Expansion, Role, Script};

/// Redirections and pipes of blocks nested deeper than this are not handed to the commands in them.
const MAX_BLOCKS: usize = 64;

/// What ends a list of commands besides the end of the range.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Until {
    /// Nothing.
    End,
    /// A closing parenthesis that opens nowhere in the list.
    Parenthesis,
}

/// An open compound command.
struct Block {
    kind: Kind,
    /// Index of its first command.
    start: usize,
    outer: Context,
    pipe: Option<usize>,
    function: Option<usize>,
    /// The loop over words that it is.
    over: Option<usize>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Subshell,
    Group,
    Branch,
    Loop,
    Case,
}

/// State of one list.
#[derive(Default)]
struct List {
    blocks: Vec<Block>,
    subshells: usize,
    /// The last finished command of this list, to which a following `|` belongs.
    last: Option<usize>,
    /// The command whose output the next command reads.
    pipe: Option<usize>,
    /// A function whose body is the next block.
    function: Option<usize>,
}

/// Reads a text at word level.
pub(super) fn parse(text: &str) -> Script {
    let mut reader = Reader::new(text);
    let start = if text.starts_with('\u{feff}') { 3 } else { 0 };
    reader.list(start, text.len(), Until::End);
    reader.out.finish()
}

impl Reader<'_> {
    /// Reads commands from `at` on; returns the offset of the closing parenthesis, or the end.
    pub fn list(&mut self, mut at: usize, end: usize, until: Until) -> usize {
        let mut list = List::default();
        let outer = self.out.context;
        let stop = loop {
            at = self.skip_blanks(at, end);
            if at >= end {
                break end;
            }
            at = match self.byte(at).unwrap_or_default() {
                b'\n' => self.here_document_bodies(at + 1, end),
                b'#' => self.skip_line(at, end),
                b';' => self.semicolon(&list, at, end),
                b'&' if self.starts_with(at, end, "&>") => self.simple(&mut list, at, end),
                b'&' => {
                    list.last = None;
                    at + 1 + usize::from(self.starts_with(at, end, "&&"))
                }
                b'|' if self.starts_with(at, end, "||") => at + 2,
                b'|' => {
                    list.pipe = list.last;
                    at + 1 + usize::from(self.starts_with(at, end, "|&"))
                }
                b'(' => self.open_parenthesis(&mut list, at, end),
                b')' if list.subshells == 0 && until == Until::Parenthesis => break at,
                b')' => self.close_parenthesis(&mut list, at, end),
                _ => self.reserved_or_simple(&mut list, at, end),
            };
        };
        while let Some(block) = list.blocks.pop() {
            self.end_block(&block);
        }
        self.out.context = outer;
        stop
    }

    /// The offset of the next byte that is no blank; a continued line counts as a blank.
    pub fn skip_blanks(&self, mut at: usize, end: usize) -> usize {
        while at < end {
            at += match self.byte(at) {
                Some(b' ' | b'\t') => 1,
                Some(b'\r') if self.line_break(at) > 0 => 1,
                Some(b'\\') if self.line_break(at + 1) > 0 => 1 + self.line_break(at + 1),
                _ => break,
            };
        }
        at.min(end)
    }

    /// The offset of the next line break.
    pub fn skip_line(&self, at: usize, end: usize) -> usize {
        super::parts::line_end(self.text, at, end)
    }

    fn skip_lines(&mut self, mut at: usize, end: usize) -> usize {
        loop {
            at = self.skip_blanks(at, end);
            at = match self.byte(at) {
                Some(b'\n') if at < end => self.here_document_bodies(at + 1, end),
                Some(b'#') if at < end => self.skip_line(at, end),
                _ => return at,
            };
        }
    }

    /// The plain characters at an offset: a candidate for a reserved word.
    fn plain(&self, at: usize, end: usize) -> &str {
        let near = self
            .text
            .as_bytes()
            .get(at..end.min(at + 12))
            .unwrap_or_default();
        let length = near
            .iter()
            .position(|&b| b" \t\r\n;&|()<>".contains(&b))
            .unwrap_or(near.len());
        self.text.get(at..at + length).unwrap_or_default()
    }

    fn semicolon(&mut self, list: &List, at: usize, end: usize) -> usize {
        let ends_item = [";;&", ";;", ";&"]
            .into_iter()
            .find(|operator| self.starts_with(at, end, operator));
        let in_case = list
            .blocks
            .last()
            .is_some_and(|block| block.kind == Kind::Case);
        match ends_item {
            Some(operator) if in_case => self.case_patterns(at + operator.len(), end),
            Some(operator) => at + operator.len(),
            None => at + 1,
        }
    }

    fn reserved_or_simple(&mut self, list: &mut List, at: usize, end: usize) -> usize {
        let word = self.plain(at, end);
        let behind = at + word.len();
        let role = list
            .blocks
            .last()
            .map_or(Role::Statement, |block| block.outer.role);
        match word {
            "if" => self.open_condition(list, Kind::Branch, behind),
            "while" | "until" => self.open_condition(list, Kind::Loop, behind),
            "elif" => {
                self.out.context.role = Role::Condition;
                behind
            }
            "then" | "do" | "else" => {
                self.out.context.role = role;
                behind
            }
            "{" => {
                self.open(list, Kind::Group);
                behind
            }
            "}" | "fi" | "done" | "esac" => match list.blocks.last().map(|block| block.kind) {
                None | Some(Kind::Subshell) => behind,
                Some(_) => self.close(list, behind, end),
            },
            "!" => behind,
            "time" => self.skip_option(behind, end),
            "coproc" => self.coprocess(behind, end),
            "case" => self.open_case(list, behind, end),
            "for" | "select" => self.open_for(list, behind, end),
            "function" => self.function_keyword(list, behind, end),
            "[[" => self.test(list, behind, end),
            _ => match self.function_head(at, end) {
                Some((close, body)) => {
                    let name = self.text.get(at..close).unwrap_or_default();
                    list.function = Some(self.out.open_function(name, span(at, close)));
                    body
                }
                None => self.simple(list, at, end),
            },
        }
    }

    fn open(&mut self, list: &mut List, kind: Kind) {
        let function = list.function.take();
        list.blocks.push(Block {
            kind,
            start: self.out.next(),
            outer: self.out.context,
            pipe: list.pipe.take(),
            function,
            over: None,
        });
        list.last = None;
        if function.is_some() {
            self.out.context.function = function;
            self.out.context.role = Role::Statement;
        }
        if kind == Kind::Subshell {
            list.subshells += 1;
            self.out.enter_subshell();
        }
    }

    fn open_condition(&mut self, list: &mut List, kind: Kind, at: usize) -> usize {
        self.open(list, kind);
        self.out.context.role = Role::Condition;
        at
    }

    fn end_block(&mut self, block: &Block) {
        self.out.context = block.outer;
        if let Some(function) = block.function {
            self.out.close_function(function, block.start);
        }
        if let Some(over) = block.over {
            self.out.close_loop(over);
        }
    }

    /// Closes the innermost block, and reads the redirections behind it.
    fn close(&mut self, list: &mut List, mut at: usize, end: usize) -> usize {
        let Some(block) = list.blocks.pop() else {
            return at;
        };
        self.end_block(&block);
        if block.kind == Kind::Subshell {
            list.subshells -= 1;
        }
        let range = block.start..self.out.next();
        let mut around = Command::default();
        let pending = self.pending.len();
        loop {
            let here = self.skip_blanks(at, end);
            let Some(next) = self.redirection(here, end, &mut around) else {
                break;
            };
            at = next;
        }
        // Commands in the targets of the redirections come behind the block's own.
        if list.blocks.len() < MAX_BLOCKS && block.function.is_none() {
            self.out
                .redirect(range.clone(), around.input.as_ref(), &around.outputs);
            if let Some(from) = block.pipe {
                self.out.pipe(range.clone(), from);
            }
            self.own_pending(pending, Some(Owner::Block(range)));
        }
        list.last = self.out.last_since(block.start);
        at
    }

    fn open_parenthesis(&mut self, list: &mut List, at: usize, end: usize) -> usize {
        if self.starts_with(at, end, "((")
            && let Some(close) = self.arithmetic_end(at + 2, end)
        {
            self.here_document_body(at + 2, close - 2, Expansion::Expands, Tabs::Kept);
            list.last = None;
            return close;
        }
        self.open(list, Kind::Subshell);
        at + 1
    }

    fn close_parenthesis(&mut self, list: &mut List, at: usize, end: usize) -> usize {
        if list.subshells == 0 {
            return at + 1;
        }
        while let Some(block) = list.blocks.pop_if(|block| block.kind != Kind::Subshell) {
            self.end_block(&block);
        }
        self.close(list, at + 1, end)
    }

    fn skip_option(&self, at: usize, end: usize) -> usize {
        let here = self.skip_blanks(at, end);
        if self.plain(here, end) == "-p" {
            here + 2
        } else {
            at
        }
    }

    /// Behind `coproc`: skips the name, which is there only before a compound command.
    fn coprocess(&self, at: usize, end: usize) -> usize {
        let here = self.skip_blanks(at, end);
        let name = self.plain(here, end);
        let next = self.skip_blanks(here + name.len(), end);
        let is_named = identifier(name) == name
            && !name.is_empty()
            && (self.plain(next, end) == "{" || (next < end && self.byte(next) == Some(b'(')));
        if is_named { next } else { at }
    }

    fn open_case(&mut self, list: &mut List, at: usize, end: usize) -> usize {
        let here = self.skip_blanks(at, end);
        let (_, stop) = self.word(here, end);
        let here = self.skip_lines(stop, end);
        if self.plain(here, end) != "in" {
            return stop;
        }
        self.open(list, Kind::Case);
        self.case_patterns(here + 2, end)
    }

    /// Skips the patterns of a `case` item; stops at `esac` or behind the closing parenthesis.
    fn case_patterns(&mut self, at: usize, end: usize) -> usize {
        let mut at = self.skip_lines(at, end);
        if self.plain(at, end) == "esac" {
            return at;
        }
        at += usize::from(at < end && self.byte(at) == Some(b'('));
        loop {
            at = self.skip_blanks(at, end);
            match self.byte(at).filter(|_| at < end) {
                None | Some(b'\n') => return at,
                Some(b')') => return at + 1,
                _ => {
                    let (_, stop) = self.word(at, end);
                    at = stop.max(at + usize::from(stop == at));
                }
            }
        }
    }

    fn open_for(&mut self, list: &mut List, at: usize, end: usize) -> usize {
        let here = self.skip_blanks(at, end);
        if self.starts_with(here, end, "((") {
            let behind = self.open_parenthesis(list, here, end);
            if list
                .blocks
                .last()
                .is_none_or(|block| block.kind != Kind::Subshell)
            {
                self.open(list, Kind::Loop);
            }
            return behind;
        }
        let (name, stop) = self.word(here, end);
        let mut here = self.skip_lines(stop, end);
        let mut items = Vec::new();
        if self.plain(here, end) == "in" {
            here += 2;
            loop {
                here = self.skip_blanks(here, end);
                let (word, stop) = self.word(here, end);
                if stop == here {
                    break;
                }
                items.push(word);
                here = stop;
            }
        }
        self.open(list, Kind::Loop);
        let over = self.out.open_loop(name.span.slice(self.text), items);
        if let Some(block) = list.blocks.last_mut() {
            block.over = Some(over);
        }
        here.max(at)
    }

    fn function_keyword(&mut self, list: &mut List, at: usize, end: usize) -> usize {
        let here = self.skip_blanks(at, end);
        let (word, stop) = self.word(here, end);
        if stop == here {
            return at;
        }
        list.function = Some(
            self.out
                .open_function(word.span.slice(self.text), word.span),
        );
        self.empty_parentheses(stop, end).unwrap_or(stop)
    }

    /// `name ( )` at an offset: the end of the name, and the offset behind the parentheses.
    fn function_head(&self, at: usize, end: usize) -> Option<(usize, usize)> {
        let near = self.text.as_bytes().get(at..end.min(at + 256))?;
        let length = near
            .iter()
            .position(|&b| b" \t\r\n;&|()<>'\"$`\\=".contains(&b))?;
        if length == 0 {
            return None;
        }
        let behind = self.empty_parentheses(at + length, end)?;
        self.text
            .is_char_boundary(at + length)
            .then_some((at + length, behind))
    }

    fn empty_parentheses(&self, at: usize, end: usize) -> Option<usize> {
        let open = self.skip_blanks(at, end);
        if open >= end || self.byte(open) != Some(b'(') {
            return None;
        }
        let close = self.skip_blanks(open + 1, end);
        (close < end && self.byte(close) == Some(b')')).then_some(close + 1)
    }

    /// Skips `[[ … ]]`; substitutions in it are read.
    fn test(&mut self, list: &mut List, mut at: usize, end: usize) -> usize {
        list.last = None;
        loop {
            at = self.skip_blanks(at, end);
            if at >= end {
                return end;
            }
            if self.plain(at, end) == "]]" {
                return at + 2;
            }
            let (_, stop) = self.word(at, end);
            at = stop.max(at + usize::from(stop == at));
        }
    }

    /// Reads one simple command.
    fn simple(&mut self, list: &mut List, start: usize, end: usize) -> usize {
        let mut command = Command {
            pipe_from: list.pipe.take(),
            ..Command::default()
        };
        list.function = None;
        let pending = self.pending.len();
        let mut declares = false;
        let mut at = start;
        loop {
            at = self.skip_blanks(at, end);
            if at >= end {
                break;
            }
            if let Some(next) = self.redirection(at, end, &mut command) {
                at = next;
                continue;
            }
            if matches!(
                self.byte(at),
                Some(b'\n' | b';' | b'&' | b'|' | b'(' | b')' | b'#')
            ) {
                break;
            }
            if (command.words.is_empty() || declares)
                && let Some(next) = self.assignment(at, end, &mut command)
            {
                at = next;
                continue;
            }
            let (word, stop) = self.word(at, end);
            if stop == at {
                // A lone `<` or `>` that no redirection took.
                at += 1;
                continue;
            }
            if command.words.is_empty() {
                declares = is_declaration(word.span.slice(self.text));
            }
            command.cover(word.span);
            command.words.push(word);
            at = stop;
        }
        if command.input.is_some() {
            command.pipe_from = None;
        }
        let holds_nothing_else = command
            == Command {
                pipe_from: command.pipe_from,
                ..Command::default()
            };
        if holds_nothing_else {
            self.own_pending(pending, None);
            list.last = None;
        } else {
            list.last = self.out.push(command);
            self.own_pending(pending, list.last.map(Owner::Command));
        }
        at.max(start + usize::from(at == start))
    }
}
