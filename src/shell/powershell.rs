
                        break;
                        items.push(word);
                    at + 1
                    at + 1 + line_break(self.text, at + 1)
                    at = stop.max(at + usize::from(stop == at));
                    break;
                    here += 1;
                    here = stop.max(here + usize::from(stop == here));
                    here = stop;
                    if stop == here {
                    if stop > at {
                    items.push(word);
                    let (_, stop) = self.word(here, Stop::Blank);
                    let (word, stop) = self.word(at, Stop::Comma);
                    let (word, stop) = self.word(here, Stop::Comma);
                    let rest = self.text.as_bytes().get(at..).unwrap_or_default();
                    let stop = self.list(at + 1, Until::Parenthesis);
                    list.fed = None;
                    list.fed = Some(word);
                    list.last = None;
                    list.last = self.out.next().checked_sub(1);
                    list.pipe = list.last;
                    memchr::memmem::find(rest, b"#>").map_or(end, |found| at + found + 2)
                    return here;
                    self.close(&mut list);
                    self.depth += 1;
                    self.depth -= 1;
                    self.open(&mut list);
                    stop + 1
                    }
                // The call operator, or the end of a background job.
                None => return (items, at),
                None | Some(b'\n' | b';' | b'{' | b'}' | b')') => return here,
                None | Some(b'\n' | b';' | b'|' | b'&' | b'{' | b'}' | b')' | b'#')
                Some(b' ' | b'\t') => at + 1,
                Some(b'#') => line_end(self.text, at, self.text.len()),
                Some(b')') => return (items, at + 1),
                Some(b')') => {
                Some(b',' | b';') => at += 1,
                Some(b',') => here += 1,
                Some(b'<') if starts_with(self.text, at, end, "<#") => {
                Some(b'\n') => at + 1,
                Some(b'\r') if line_break(self.text, at) > 0 => at + 1,
                Some(b'`') if line_break(self.text, at + 1) > 0 => {
                Some(b'|') if !starts_with(self.text, here, self.text.len(), "||") => {
                _ => return at,
                _ => self.statement(&mut list, at),
                _ => {
                b'#' => line_end(self.text, at, end),
                b'&' => at + 1 + usize::from(starts_with(self.text, at, end, "&&")),
                b'(' if self.depth < MAX_DEPTH => {
                b'(' | b')' | b',' | b'=' => at + 1,
                b')' if until != Until::End => break at,
                b';' => {
                b'\n' => at + 1,
                b'\n' | b';' if is_done && list.pipe.is_none() && list.fed.is_none() => break at,
                b'{' => {
                b'|' => {
                b'|' if starts_with(self.text, at, end, "||") => at + 2,
                b'}' => {
                b'}' if is_done => break at,
                break end;
                break;
                byte(self.text, here),
                commands: first..self.out.next(),
                continue;
                here += 1;
                here = stop;
                kind: SubstitutionKind::Output,
                let (name, stop) = self.word(start, Stop::Blank);
                let start = self.skip_blanks(behind);
                list.function = Some(self.out.open_function(name.span.slice(self.text), name.span));
                parts: vec![part],
                quoting: Quoting::Double,
                self.foreach(list, self.skip_blanks(behind) + 1)
                span: span(start, stop),
                span: word.span,
                stop.max(behind)
                }
            "else" | "try" | "catch" | "finally" | "do" | "return" | "throw" | "trap" | "begin"
            "foreach" if byte(self.text, self.skip_blanks(behind)) == Some(b'(') => {
            "function" | "filter" => {
            "if" | "elseif" | "while" | "until" => self.condition(behind),
            && let Some(word) = value
            ) {
            ..Command::default()
            .chars()
            .collect();
            .get(at..)
            .take(10)
            .take_while(char::is_ascii_alphabetic)
            .text
            .unwrap_or_default()
            None | Some(b' ' | b'\t' | b'\r' | b'\n' | b'(' | b'{' | b';' | b'}' | b')')
            None | Some(b'$' | b'"' | b'\'' | b'@' | b'[' | b'-' | b'0'..=b'9' | b'\n' | b';')
            _ => self.plain_statement(list, at),
            assignments: vec![assignment],
            at = match byte(self.text, at) {
            at = match byte(self.text, at).unwrap_or_default() {
            at = self.skip_blanks(at);
            at = self.skip_lines(at);
            behind = here;
            byte(self.text, behind),
            byte(self.text, start),
            command.cover(word.span);
            command.input = Some(Arc::new(Input::HereString(word)));
            command.outputs.push(word);
            command.words.push(word);
            effect: if is_append { Effect::Append } else { Effect::Set },
            function,
            here += rest.iter().position(|&b| b == b']')? + 1;
            here = self.skip_blanks(here);
            here = stop.max(here + usize::from(stop == here));
            here = stop;
            if at >= end {
            if byte(self.text, here) != Some(b',') {
            if let Some(stop) = self.redirection(here, &mut command) {
            if matches!(
            if matches!(byte(self.text, here), None | Some(b'\n' | b';' | b'}' | b')' | b'#' | b'|' | b'{')) {
            if stop == here {
            items.push(std::mem::replace(&mut word, next));
            let (_, stop) = self.word(here, Stop::Blank);
            let (items, stop) = self.items(start + 2);
            let (next, behind) = self.word(self.skip_lines(here + 1), Stop::Comma);
            let (word, stop) = self.word(here, Stop::Blank);
            let first = self.out.next();
            let here = self.skip_blanks(stop);
            let is_done = until == Until::Statement && list.blocks.is_empty();
            let outer = self.out.enter_substitution();
            let part = Part::Substitution {
            let rest = self.text.as_bytes().get(here..self.text.len().min(here + 64))?;
            let stop = self.list(start, Until::Statement);
            let stop = self.rest(stop, Some(&mut word));
            let word = Word {
            list.last = None;
            list.last = self.out.push(command);
            match byte(self.text, at) {
            match byte(self.text, here) {
            name: name.into(),
            outer: self.out.context,
            over,
            pipe_from: list.pipe.take(),
            return (AssignedValue::Array(items), self.rest(stop, None));
            return (AssignedValue::Scalar(word), stop);
            return None;
            return Some(here + 2).filter(|stop| self.text.is_char_boundary(*stop)).or(Some(here + 1));
            return Some(here);
            return at;
            return here;
            return self.expression(list, at);
            return self.plain_statement(list, at);
            return stop;
            self.close(&mut list);
            self.depth += 1;
            self.depth -= 1;
            self.out.close_function(function, block.start);
            self.out.close_loop(over);
            self.out.context = outer;
            self.out.context.function = function;
            span: assignment.span,
            span: span(at, stop),
            start: self.out.next(),
            stop = behind;
            value,
            while !self.text.is_char_boundary(here) {
            word.parts = vec![Part::Opaque {
            word.span.end = span(behind, behind).end;
            | "process" | "end" | "in" | "for" | "switch" | "param" => behind,
            }
            };
            }];
        (AssignedValue::Array(items), self.rest(stop, None))
        );
        ..Script::default()
        Some(stop)
        behind
        command.cover(word.span);
        depth: 0,
        end
        here
        here += 2;
        here += usize::from(byte(self.text, here) == Some(b'>'));
        here.max(at + usize::from(here == at))
        if !command.words.is_empty() {
        if !is_value && self.depth < MAX_DEPTH {
        if !is_word || list.pipe.is_some() {
        if !starts_with(self.text, here, self.text.len(), "in") {
        if behind > at
        if byte(self.text, at + stream) != Some(b'>') {
        if byte(self.text, here) != Some(b'$') {
        if byte(self.text, here) == Some(b'&') {
        if byte(self.text, here) == Some(b'[') {
        if byte(self.text, open) != Some(b'(') || self.depth >= MAX_DEPTH {
        if byte(self.text, operator) != Some(b'=') || byte(self.text, operator + 1) == Some(b'=') {
        if function.is_some() {
        if is_output {
        if is_text && !is_called {
        if items.is_empty() {
        if let Some(function) = block.function {
        if let Some(over) = block.over {
        if let Some(stop) = self.assignment(at) {
        if let Some(word) = list.fed.take() {
        if starts_with(self.text, start, self.text.len(), "@(") {
        if word.span.is_empty() {
        items.push(word);
        let (mut word, mut stop) = self.word(start, Stop::Comma);
        let (name, behind) = self.variable_name(here + 1)?;
        let (value, stop) = self.assigned(start);
        let (variable, stop) = self.word(self.skip_blanks(at), Stop::Blank);
        let (word, mut here) = self.word(at, Stop::Blank);
        let (word, stop) = self.word(self.skip_blanks(here), Stop::Blank);
        let Some(block) = list.blocks.pop() else { return };
        let assignment = Assignment {
        let behind = at + keyword.len();
        let end = self.text.len();
        let first = byte(self.text, at);
        let function = list.function.take();
        let is_append = starts_with(self.text, operator, self.text.len(), "+=");
        let is_called = self.text.get(..at).is_some_and(|before| before.trim_end().ends_with('&'));
        let is_output = stream == 0 || matches!(byte(self.text, at), Some(b'1' | b'*'));
        let is_text = matches!(first, Some(b'$' | b'"' | b'\'' | b'@' | b'[' | b'0'..=b'9'));
        let is_value = matches!(
        let is_word = matches!(
        let keyword: String = self
        let mut behind = at;
        let mut command = Command {
        let mut here = at + stream + 1;
        let mut here = at;
        let mut here = self.skip_blanks(stop);
        let mut items = Vec::new();
        let mut list = List::default();
        let name = variable.span.slice(self.text).trim_start_matches('$');
        let open = self.skip_blanks(at);
        let operator = operator + usize::from(is_append);
        let operator = self.skip_blanks(behind);
        let outer = self.out.context;
        let outer = std::mem::replace(&mut self.out.context.role, Role::Condition);
        let over = list.over.take();
        let start = self.skip_lines(operator + 1);
        let stop = loop {
        let stop = self.list(open + 1, Until::Parenthesis);
        let stream = usize::from(matches!(byte(self.text, at), Some(b'0'..=b'9' | b'*')));
        list.blocks.push(Block {
        list.last = None;
        list.last = self.out.last_since(block.start);
        list.over = Some(self.out.open_loop(name, items));
        list.pipe = None;
        loop {
        match keyword.to_ascii_lowercase().as_str() {
        out: Builder::default(),
        parsed: Parsed::Words,
        self.command(list, at)
        self.depth += 1;
        self.depth -= 1;
        self.out.context = block.outer;
        self.out.context = outer;
        self.out.context.role = outer;
        self.out.push(Command {
        stop + 1
        stop.min(end)
        text,
        while !list.blocks.is_empty() {
        while at < end {
        {
        }
        });
        };
    /// A closing parenthesis.
    /// A statement that is a value: kept only where it is piped into a command.
    /// A string or variable that is piped into the next command.
    /// Reads statements from `at` on; returns the offset of what ended them.
    /// The end of one statement.
    /// The items of `@( … )`, from behind the parenthesis.
    /// The offset of the next byte that is no blank; block comments and continued lines count as blanks.
    /// The rest of a statement behind a value. Operators make the value unknown.
    /// `$x = …`, `$env:X = …`, `[type]$x += …` as a statement; returns the offset behind it.
    /// `foreach ($x in items)`, from behind the parenthesis.
    AssignedValue, Assignment, Command, Effect, Input, Parsed, Part, Quoting, Role, Script,
    End,
    Parenthesis,
    Script {
    Statement,
    SubstitutionKind, Word,
    blocks: Vec<Block>,
    fed: Option<Word>,
    fn assigned(&mut self, start: usize) -> (AssignedValue, usize) {
    fn assignment(&mut self, at: usize) -> Option<usize> {
    fn close(&mut self, list: &mut List) {
    fn command(&mut self, list: &mut List, at: usize) -> usize {
    fn condition(&mut self, at: usize) -> usize {
    fn expression(&mut self, list: &mut List, at: usize) -> usize {
    fn foreach(&mut self, list: &mut List, at: usize) -> usize {
    fn items(&mut self, mut at: usize) -> (Vec<Word>, usize) {
    fn open(&mut self, list: &mut List) {
    fn plain_statement(&mut self, list: &mut List, at: usize) -> usize {
    fn redirection(&mut self, at: usize, command: &mut Command) -> Option<usize> {
    fn rest(&mut self, at: usize, value: Option<&mut Word>) -> usize {
    fn skip_lines(&self, mut at: usize) -> usize {
    fn statement(&mut self, list: &mut List, at: usize) -> usize {
    function: Option<usize>,
    last: Option<usize>,
    let mut lexer = Lexer {
    let start = if text.starts_with('\u{feff}') { 3 } else { 0 };
    lexer.list(start, Until::End);
    lexer.out.finish(Parsed::Words)
    outer: Context,
    over: Option<usize>,
    pipe: Option<usize>,
    pub depth: u32,
    pub fn list(&mut self, mut at: usize, until: Until) -> usize {
    pub fn skip_blanks(&self, mut at: usize) -> usize {
    pub out: Builder,
    pub text: &'t str,
    start: usize,
    }
    };
#[derive(Clone, Copy, PartialEq, Eq)]
#[derive(Default)]
//!
//! Expressions are not evaluated. A string or variable that is piped into a command counts as its input, as
//! PowerShell at word level: commands, assignments and blocks, in linear time.
//! a here-string does in bash. What is in a word is read by [`super::powershell_word`].
//! stub
/// An open `{ … }`.
/// How deep `$( … )` and `( … )` may nest. What lies deeper is read as if it were not nested.
/// Reads a text.
/// Reads one PowerShell text.
/// What ends a list of statements besides the end of the text.
impl<'t> Lexer<'t> {
pub(super) const MAX_DEPTH: u32 = 40;
pub(super) enum Until {
pub(super) fn parse(_text: &str) -> Script {
pub(super) fn parse(text: &str) -> Script {
pub(super) struct Lexer<'t> {
struct Block {
struct List {
use std::sync::Arc;
use super::builder::{Builder, Context, span};
use super::parts::{byte, line_break, line_end, starts_with};
use super::powershell_word::Stop;
use super::{
use super::{Parsed, Script};
}
};
    }
}
