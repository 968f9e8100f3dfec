//! Bash in full: turns the syntax tree of the parser we depend on into our own types.
//!
//! The tree decides where commands, words and blocks begin and end; what is inside a word is read by
//! [`super::word`]. Every offset of the tree is checked, and a tree with an offset that does not fit is
//! given up as a whole. Nothing of the parser's types leaves this file and [`super::word`].

use std::sync::Arc;

use shuck_ast::{
    ArrayElem, Assignment as TreeAssignment, AssignmentValue, BinaryOp, BuiltinCommand,
    Command as TreeCommand, CompoundCommand, DeclClause, DeclOperand, ForCommand, FunctionDef,
    Heredoc, HeredocBodyPart, Redirect, RedirectKind, RedirectTarget, Span as TreeSpan, Stmt,
    StmtSeq, Word as TreeWord, WordPart, WordPartNode,
};
use shuck_parser::parser::{ParseStatus, Parser};

use super::assignment::operand;
use super::builder::span;
use super::word::{Reader, Tabs};
use super::{
    AssignedValue, Assignment, Command, Effect, Expansion, Input, Parsed, Part, Quoting, Role,
    Script, Word,
};

/// Longer texts are read at word level: the parser is quadratic on large here-documents.
const MAX_BYTES: usize = 64 * 1024;

/// Opening characters of one kind that a text may hold: the parser is quadratic in the braces, substitutions
/// and subscripts of one word (13 s for 64 KiB of `{`), and this many take it a few milliseconds.
const MAX_OPENINGS: usize = 1024;

/// Occurrences of `time` and `coproc`: the parser recurses on chains of them without a limit.
const MAX_PREFIXES: usize = 100;

/// Parses a text, unless it is too large, has CRLF line ends (which the parser takes as part of words) or
/// does not parse.
pub(super) fn parse(text: &str) -> Option<Script> {
    if text.len() > MAX_BYTES || text.starts_with('\u{feff}') || text.contains('\r') || !is_tame(text) {
        return None;
    }
    let masked = masked(text);
    let result = Parser::new(&masked).parse();
    if result.status != ParseStatus::Clean {
        return None;
    }
    let mut reader = Reader::new(text);
    reader.sequence(&result.file.body);
    reader.tree_fits.then(|| reader.out.finish(Parsed::Full))
}

/// Whether the parser can take the text without running long or deep.
fn is_tame(text: &str) -> bool {
    let bytes = text.as_bytes();
    let openings = |kind: u8| memchr::memchr_iter(kind, bytes).count();
    let prefixes = |word: &str| memchr::memmem::find_iter(bytes, word).count();
    [b'{', b'(', b'[', b'`'].into_iter().all(|kind| openings(kind) <= MAX_OPENINGS)
        && prefixes("time") + prefixes("coproc") <= MAX_PREFIXES
}

/// The text with a letter for each byte beyond ASCII. The parser panics on some texts that mix continued
/// lines and characters of several bytes; the tree of the masked text has the same offsets, and words are
/// read from the text itself.
fn masked(text: &str) -> std::borrow::Cow<'_, str> {
    if text.is_ascii() {
        return text.into();
    }
    let letters = |c: char| std::iter::repeat_n(if c.is_ascii() { c } else { 'x' }, c.len_utf8());
    text.chars().flat_map(letters).collect()
}

impl<'t> Reader<'t> {
    /// Reads the commands of a sequence.
    pub fn sequence(&mut self, sequence: &'t StmtSeq) {
        for statement in &sequence.stmts {
            self.statement(statement);
        }
    }

    fn sequence_as(&mut self, sequence: &'t StmtSeq, role: Role) {
        let outer = std::mem::replace(&mut self.out.context.role, role);
        self.sequence(sequence);
        self.out.context.role = outer;
    }

    /// Reads a statement. Chains (`a | b && c`) nest to the left, one level a link, so they are unrolled.
    fn statement(&mut self, statement: &'t Stmt) -> Option<usize> {
        let mut links = Vec::new();
        let mut first = statement;
        while let TreeCommand::Binary(binary) = &first.command {
            links.push((binary.op, &*binary.right));
            first = &binary.left;
        }
        let mut last = self.single(first);
        for (operator, right) in links.into_iter().rev() {
            let start = self.out.next();
            let from = last;
            last = self.statement(right);
            if matches!(operator, BinaryOp::Pipe | BinaryOp::PipeAll)
                && let Some(from) = from
            {
                self.out.pipe(start..self.out.next(), from);
            }
        }
        last
    }

    /// Reads a statement that is no chain; returns the last command that the present shell runs in it.
    fn single(&mut self, statement: &'t Stmt) -> Option<usize> {
        let start = self.out.next();
        match &statement.command {
            TreeCommand::Simple(simple) => {
                let mut command = self.assignments(&simple.assignments);
                let has_program = simple.name.span.start.offset() < simple.name.span.end.offset();
                for word in has_program.then_some(&simple.name).into_iter().chain(&simple.args) {
                    self.push_word(word, &mut command);
                }
                return self.push(command, &statement.redirects);
            }
            TreeCommand::Builtin(builtin) => {
                let command = self.builtin(builtin);
                return self.push(command, &statement.redirects);
            }
            TreeCommand::Decl(declaration) => {
                let command = self.declaration(declaration);
                return self.push(command, &statement.redirects);
            }
            TreeCommand::Function(function) => {
                self.function(function);
                return None;
            }
            TreeCommand::AnonymousFunction(function) => {
                self.statement(&function.body);
            }
            TreeCommand::Compound(compound) => self.compound(compound),
            TreeCommand::Binary(_) => {
                self.statement(statement);
            }
        }
        let end = self.out.next();
        let mut around = Command::default();
        self.redirects(&statement.redirects, &mut around);
        self.out.redirect(start..end, around.input.as_ref(), &around.outputs);
        self.out.last_since(start)
    }

    fn push(&mut self, mut command: Command, redirects: &'t [Redirect]) -> Option<usize> {
        self.redirects(redirects, &mut command);
        self.out.push(command)
    }

    fn compound(&mut self, compound: &'t CompoundCommand) {
        match compound {
            CompoundCommand::If(one) => {
                self.sequence_as(&one.condition, Role::Condition);
                self.sequence(&one.then_branch);
                for (condition, branch) in &one.elif_branches {
                    self.sequence_as(condition, Role::Condition);
                    self.sequence(branch);
                }
                if let Some(branch) = &one.else_branch {
                    self.sequence(branch);
                }
            }
            CompoundCommand::While(one) => {
                self.sequence_as(&one.condition, Role::Condition);
                self.sequence(&one.body);
            }
            CompoundCommand::Until(one) => {
                self.sequence_as(&one.condition, Role::Condition);
                self.sequence(&one.body);
            }
            CompoundCommand::For(one) => self.for_loop(one),
            CompoundCommand::Select(one) => {
                self.word_loop(one.variable.as_str(), &one.words, &one.body);
            }
            CompoundCommand::Foreach(one) => {
                self.word_loop(one.variable.as_str(), &one.words, &one.body);
            }
            CompoundCommand::Repeat(one) => self.sequence(&one.body),
            CompoundCommand::ArithmeticFor(one) => self.sequence(&one.body),
            CompoundCommand::Case(one) => {
                self.tree_word(&one.word);
                for item in &one.cases {
                    for pattern in &item.patterns {
                        self.read_only_substitutions(pattern.span);
                    }
                    self.sequence(&item.body);
                }
            }
            CompoundCommand::Subshell(body) => {
                let outer = self.out.context;
                self.out.enter_subshell();
                self.sequence(body);
                self.out.context = outer;
            }
            CompoundCommand::BraceGroup(body) => self.sequence(body),
            CompoundCommand::Arithmetic(one) => {
                if let Some(expression) = one.expr_span {
                    self.read_only_substitutions(expression);
                }
            }
            CompoundCommand::Conditional(one) => self.read_only_substitutions(one.expression.span()),
            CompoundCommand::Time(one) => {
                if let Some(command) = &one.command {
                    self.statement(command);
                }
            }
            CompoundCommand::Coproc(one) => {
                self.statement(&one.body);
            }
            CompoundCommand::Always(one) => {
                self.sequence(&one.body);
                self.sequence(&one.always_body);
            }
        }
    }

    fn for_loop(&mut self, one: &'t ForCommand) {
        let variable = one.targets.first().and_then(|target| target.name.as_ref());
        let variable = variable.map_or("", |name| name.as_str());
        self.word_loop(variable, one.words.as_deref().unwrap_or_default(), &one.body);
    }

    fn word_loop(&mut self, variable: &str, words: &'t [TreeWord], body: &'t StmtSeq) {
        let items = words.iter().map(|word| self.tree_word(word)).collect();
        let index = self.out.open_loop(variable, items);
        self.sequence(body);
        self.out.close_loop(index);
    }

    fn function(&mut self, function: &'t FunctionDef) {
        let (name, place) = match function.header.entries.first() {
            Some(entry) => (self.checked(entry.word.span), entry.word.span),
            None => (0..0, function.span),
        };
        let place = self.checked(place);
        let name = self.text.get(name).unwrap_or_default();
        let index = self.out.open_function(name, span(place.start, place.end));
        let outer = self.out.context;
        self.out.context.function = Some(index);
        self.out.context.role = Role::Statement;
        let start = self.out.next();
        self.statement(&function.body);
        self.out.context = outer;
        self.out.close_function(index, start);
    }

    fn assignments(&mut self, assignments: &'t [TreeAssignment]) -> Command {
        let mut command = Command::default();
        for assignment in assignments {
            let (assignment, _) = self.tree_assignment(assignment);
            command.cover(assignment.span);
            command.assignments.push(assignment);
        }
        command
    }

    /// An assignment, and the offset at which its value starts.
    fn tree_assignment(&mut self, assignment: &'t TreeAssignment) -> (Assignment, usize) {
        let whole = self.checked(assignment.span);
        let (value, start) = match &assignment.value {
            AssignmentValue::Scalar(word) => {
                let range = self.checked(word.span);
                // An empty value may come without a place of its own.
                if range.is_empty() || range.start < whole.start || range.end > whole.end {
                    (AssignedValue::Scalar(self.bounded_word(whole.end, whole.end)), whole.end)
                } else {
                    (AssignedValue::Scalar(self.tree_word(word)), range.start)
                }
            }
            AssignmentValue::Compound(array) => {
                let items = array.elements.iter().map(|element| match element {
                    ArrayElem::Sequential(value)
                    | ArrayElem::Keyed { value, .. }
                    | ArrayElem::KeyedAppend { value, .. } => self.tree_word(&value.word),
                });
                let items = items.collect();
                // The tree's array starts behind its parenthesis.
                let start = self.value_start(whole.start, whole.end);
                let start = start.unwrap_or_else(|| self.checked(array.span).start);
                (AssignedValue::Array(items), start)
            }
        };
        let effect = match (&assignment.target.subscript, assignment.append) {
            (Some(_), _) => Effect::Element,
            (None, true) => Effect::Append,
            (None, false) => Effect::Set,
        };
        let assignment = Assignment {
            name: assignment.target.name.as_str().into(),
            span: span(whole.start, whole.end),
            value,
            effect,
        };
        (assignment, start)
    }

    fn declaration(&mut self, declaration: &'t DeclClause) -> Command {
        let mut command = self.assignments(&declaration.assignments);
        self.push_plain(declaration.variant_span, &mut command);
        for one in &declaration.operands {
            match one {
                DeclOperand::Flag(word) | DeclOperand::Dynamic(word) => {
                    self.push_word(word, &mut command);
                }
                DeclOperand::Name(name) => self.push_plain(name.span, &mut command),
                DeclOperand::Assignment(assignment) => {
                    let (assignment, value) = self.tree_assignment(assignment);
                    command.words.push(operand(self.text, &assignment, value));
                    command.cover(assignment.span);
                    command.assignments.push(assignment);
                }
            }
        }
        command
    }

    /// `exit 1` and its like: the tree has no word for the program.
    fn builtin(&mut self, builtin: &'t BuiltinCommand) -> Command {
        let (program, whole, assignments, first, rest) = match builtin {
            BuiltinCommand::Break(one) => ("break", one.span, &one.assignments, &one.depth, &one.extra_args),
            BuiltinCommand::Continue(one) => {
                ("continue", one.span, &one.assignments, &one.depth, &one.extra_args)
            }
            BuiltinCommand::Return(one) => ("return", one.span, &one.assignments, &one.code, &one.extra_args),
            BuiltinCommand::Exit(one) => ("exit", one.span, &one.assignments, &one.code, &one.extra_args),
        };
        let mut command = self.assignments(assignments);
        let whole = self.checked(whole);
        let from = assignments.last().map_or(whole.start, |one| self.checked(one.span).end);
        let found = self.text.get(from..whole.end).and_then(|text| text.find(program));
        if let Some(at) = found {
            let (start, end) = (from + at, from + at + program.len());
            command.cover(span(start, end));
            let word = self.bounded_word(start, end);
            command.words.push(word);
        }
        for word in first.iter().chain(rest) {
            self.push_word(word, &mut command);
        }
        command
    }

    fn push_word(&mut self, word: &'t TreeWord, command: &mut Command) {
        let word = self.tree_word(word);
        command.cover(word.span);
        command.words.push(word);
    }

    fn push_plain(&mut self, place: TreeSpan, command: &mut Command) {
        let range = self.checked(place);
        let word = Word {
            span: span(range.start, range.end),
            parts: vec![Part::Literal {
                text: self.text.get(range.clone()).unwrap_or_default().into(),
                span: span(range.start, range.end),
                quoting: Quoting::Unquoted,
            }],
        };
        command.cover(word.span);
        command.words.push(word);
    }

    fn redirects(&mut self, redirects: &'t [Redirect], command: &mut Command) {
        for redirect in redirects {
            match &redirect.target {
                // The tree has no place for the target of `2>&1` and its like.
                RedirectTarget::Word(word) if self.checked(word.span).is_empty() => {}
                RedirectTarget::Word(word) => {
                    let word = self.tree_word(word);
                    if !self.is_descriptor(&word) {
                        command.cover(word.span);
                    }
                    self.redirect_to(redirect, word, command);
                }
                RedirectTarget::Heredoc(document) => {
                    let delimiter = self.checked(document.delimiter.span);
                    command.cover(span(delimiter.start, delimiter.end));
                    command.input = Some(Arc::new(self.heredoc(document)));
                }
            }
        }
    }

    fn redirect_to(&self, redirect: &Redirect, word: Word, command: &mut Command) {
        let is_input = redirect.fd.is_none_or(|fd| fd == 0) && redirect.fd_var.is_none();
        let is_output = redirect.fd.is_none_or(|fd| fd == 1) && redirect.fd_var.is_none();
        match redirect.kind {
            RedirectKind::HereString if is_input => {
                command.input = Some(Arc::new(Input::HereString(word)));
            }
            RedirectKind::Input | RedirectKind::ReadWrite if is_input => {
                command.input = Some(Arc::new(Input::File(word)));
            }
            RedirectKind::Output | RedirectKind::Clobber | RedirectKind::Append if is_output => {
                command.outputs.push(word);
            }
            RedirectKind::OutputBoth => command.outputs.push(word),
            RedirectKind::DupOutput if is_output && !self.is_descriptor(&word) => command.outputs.push(word),
            _ => {}
        }
    }

    fn heredoc(&mut self, document: &'t Heredoc) -> Input {
        for part in &document.body.parts {
            if let HeredocBodyPart::CommandSubstitution { body, .. } = &part.kind {
                self.note_body(part.span, body);
            }
        }
        let expansion = match document.delimiter.expands_body {
            true => Expansion::Expands,
            false => Expansion::Literal,
        };
        let tabs = match document.delimiter.strip_tabs {
            true => Tabs::Stripped,
            false => Tabs::Kept,
        };
        let range = self.checked(document.body.span);
        let body = self.here_document_body(range.start, range.end, expansion, tabs);
        Input::HereDoc { body, expansion }
    }

    fn tree_word(&mut self, word: &'t TreeWord) -> Word {
        let range = self.checked(word.span);
        self.note_bodies(&word.parts);
        self.bounded_word(range.start, range.end)
    }

    /// Reads the substitutions of text that is no command.
    fn read_only_substitutions(&mut self, place: TreeSpan) {
        let range = self.checked(place);
        self.bounded_word(range.start, range.end);
    }

    fn note_bodies(&mut self, parts: &'t [WordPartNode]) {
        for part in parts {
            match &part.kind {
                WordPart::CommandSubstitution { body, .. } | WordPart::ProcessSubstitution { body, .. } => {
                    self.note_body(part.span, body);
                }
                WordPart::DoubleQuoted { parts, .. } => self.note_bodies(parts),
                _ => {}
            }
        }
    }

    /// Remembers where a substitution is, if its place is what it should be; else it is read at word level.
    fn note_body(&mut self, place: TreeSpan, body: &'t StmtSeq) {
        let range = self.checked(place);
        let raw = self.text.get(range.clone()).unwrap_or_default();
        let opens = raw.starts_with("$(") || raw.starts_with("<(") || raw.starts_with(">(");
        if opens && raw.len() > 2 && raw.ends_with(')') {
            self.bodies.insert(range.start, (range.end, body));
        }
    }

    /// A span of the tree as a range of the text; notes when it does not fit.
    fn checked(&mut self, place: TreeSpan) -> std::ops::Range<usize> {
        let range = place.start.offset()..place.end.offset();
        if self.text.get(range.clone()).is_none() {
            self.tree_fits = false;
            return 0..0;
        }
        range
    }
}
