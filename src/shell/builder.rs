//! Collects commands with the context in which they stand.

use std::ops::Range;
use std::sync::Arc;

use super::{Command, Function, Input, Loop, Nesting, Role, Script, Word};
use crate::source::{Span, saturate};

/// Files that one command is said to write to, its own and those of the blocks around it. More than a few
/// carry no news, and the cap keeps deep nests of redirected blocks linear.
const MAX_OUTPUTS: usize = 6;

/// What holds for the commands that are read now.
#[derive(Clone, Copy, Default)]
pub(super) struct Context {
    pub function: Option<usize>,
    pub nesting: Nesting,
    pub role: Role,
    /// How many substitutions are open.
    level: u32,
}

#[derive(Default)]
pub(super) struct Builder {
    commands: Vec<Command>,
    /// For each command, how many substitutions it stands in: a redirection or a pipe of a block reaches the
    /// block's own commands, not those of the substitutions in it.
    levels: Vec<u32>,
    pub functions: Vec<Function>,
    pub loops: Vec<Loop>,
    pub context: Context,
}

impl Builder {
    /// Index that the next command will get.
    pub fn next(&self) -> usize {
        self.commands.len()
    }

    /// Adds a command; empty ones (nothing but blanks) are dropped.
    pub fn push(&mut self, mut command: Command) -> Option<usize> {
        if command.words.is_empty()
            && command.assignments.is_empty()
            && command.outputs.is_empty()
            && command.input.is_none()
        {
            return None;
        }
        command.function = self.context.function;
        command.nesting = self.context.nesting;
        command.role = self.context.role;
        self.commands.push(command);
        self.levels.push(self.context.level);
        Some(self.commands.len() - 1)
    }

    /// Enters a substitution; the returned context is to be put back at its end.
    pub fn enter_substitution(&mut self) -> Context {
        let outer = self.context;
        self.context.level += 1;
        self.context.nesting = Nesting::Substitution;
        self.context.role = Role::Statement;
        outer
    }

    /// Enters `( … )`.
    pub fn enter_subshell(&mut self) {
        if self.context.nesting == Nesting::TopLevel {
            self.context.nesting = Nesting::Subshell;
        }
    }

    /// Opens a function whose body starts with the next command.
    pub fn open_function(&mut self, name: &str, span: Span) -> usize {
        let next = self.next();
        self.functions.push(Function {
            name: name.into(),
            span,
            commands: next..next,
        });
        self.functions.len() - 1
    }

    /// Ends a function's body.
    pub fn close_function(&mut self, index: usize, start: usize) {
        let next = self.next();
        if let Some(function) = self.functions.get_mut(index) {
            function.commands = start..next;
        }
    }

    /// Opens a loop whose body starts with the next command.
    pub fn open_loop(&mut self, variable: &str, items: Vec<Word>) -> usize {
        let next = self.next();
        self.loops.push(Loop {
            variable: variable.into(),
            items,
            commands: next..next,
        });
        self.loops.len() - 1
    }

    /// Ends a loop's body.
    pub fn close_loop(&mut self, index: usize) {
        let next = self.next();
        if let Some(one) = self.loops.get_mut(index) {
            one.commands.end = next;
        }
    }

    /// The last command since `start` that the present shell itself runs.
    pub fn last_since(&self, start: usize) -> Option<usize> {
        let level = self.context.level;
        let levels = self.levels.get(start..)?;
        let back = levels.iter().rposition(|&one| one <= level)?;
        Some(start + back)
    }

    /// Gives a command the input that only became known after it was added. It beats a pipe.
    pub fn own_input(&mut self, index: usize, input: Arc<Input>) {
        if let Some(command) = self.commands.get_mut(index) {
            command.input = Some(input);
            command.pipe_from = None;
        }
    }

    /// Says that the output of `from` is the input of the commands in `range`.
    pub fn pipe(&mut self, range: Range<usize>, from: usize) {
        self.each_own(range, |command| {
            if command.pipe_from.is_none() && command.input.is_none() {
                command.pipe_from = Some(from);
            }
        });
    }

    /// Gives the redirections of a block to the commands in it.
    pub fn redirect(&mut self, range: Range<usize>, input: Option<&Arc<Input>>, outputs: &[Word]) {
        if input.is_none() && outputs.is_empty() {
            return;
        }
        self.each_own(range, |command| {
            if command.input.is_none() && command.pipe_from.is_none() {
                command.input = input.cloned();
            }
            for output in outputs {
                if command.outputs.len() < MAX_OUTPUTS {
                    command.outputs.push(output.clone());
                }
            }
        });
    }

    /// The finished script.
    pub fn finish(self) -> Script {
        Script {
            commands: self.commands,
            functions: self.functions,
            loops: self.loops,
        }
    }

    fn each_own(&mut self, range: Range<usize>, mut change: impl FnMut(&mut Command)) {
        let level = self.context.level;
        let commands = self.commands.get_mut(range.clone()).unwrap_or_default();
        let levels = self.levels.get(range).unwrap_or_default();
        for (command, _) in commands
            .iter_mut()
            .zip(levels)
            .filter(|(_, one)| **one == level)
        {
            change(command);
        }
    }
}

impl Command {
    /// Widens the span so that it covers another piece of the command.
    pub(super) fn cover(&mut self, piece: Span) {
        self.span = if self.span == Span::default() {
            piece
        } else {
            Span::new(
                self.span.start.min(piece.start),
                self.span.end.max(piece.end),
            )
        };
    }
}

/// A span of `usize` offsets.
pub(super) fn span(start: usize, end: usize) -> Span {
    Span::new(saturate(start), saturate(end))
}
