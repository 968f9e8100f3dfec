//! Shell text as commands: program, arguments, assignments and redirections, each with its exact bytes.
//!
//! The room reads the text of a `run:` block or of a script file and says which commands stand in it. It
//! never runs anything, never does I/O and knows nothing of workflows or of Claude: whether a command starts
//! an agent is for `agent` to say.
//!
//! All dialects are read by readers of our own that take linear time, never fail and never recurse without a limit.
//! Section 8 of the design names a parser for bash; measured on 2,389 real scripts our reader gave the same commands,
//! words and spans in every one at a fifth of the time, and that parser panics on some non-ASCII texts and runs
//! out of stack on others, which nothing can catch in a program that aborts on panic.

mod ansi;
mod assignment;
mod bash;
mod builder;
mod cmd;
mod dialect;
mod expand;
mod here_document;
mod parts;
mod powershell;
mod powershell_word;
#[cfg(test)]
mod properties;
mod redirection;
#[cfg(test)]
mod tests;
mod variable;
#[cfg(test)]
mod windows_tests;
mod word;

use std::ops::Range;
use std::sync::Arc;

use crate::source::Span;

pub use dialect::Dialect;
pub use expand::{Binding, Variables, expand, expand_all, expand_into};

/// What one text says.
#[derive(Clone, Default, PartialEq, Eq, Debug)]
pub struct Script {
    /// All commands in source order. Commands of a substitution stand before the command that holds it;
    /// only those in the body of a here-document may stand after it.
    pub commands: Vec<Command>,
    /// Functions that the text defines.
    pub functions: Vec<Function>,
    /// `for`, `select` and `foreach` loops over a list of words.
    pub loops: Vec<Loop>,
}

/// One simple command.
#[derive(Clone, Default, PartialEq, Eq, Debug)]
pub struct Command {
    /// From the first assignment, word or redirection target to the last one, without here-document bodies.
    pub span: Span,
    /// Assignments before the program, or alone, or as operands of `export`, `declare`, `local`, `readonly`
    /// and `typeset` (which keep their words as well).
    pub assignments: Vec<Assignment>,
    /// The program, then its arguments.
    pub words: Vec<Word>,
    /// What standard input is redirected from, on the command itself or on the block around it (shared by
    /// the commands of the block).
    pub input: Option<Arc<Input>>,
    /// Files that standard output is written to, by the command itself or by the blocks around it.
    pub outputs: Vec<Word>,
    /// The function in whose body it stands, as an index into [`Script::functions`].
    pub function: Option<usize>,
    /// The command whose output is piped into this one, as an index into [`Script::commands`].
    pub pipe_from: Option<usize>,
    /// Whether a subshell or a substitution runs it.
    pub nesting: Nesting,
    /// Whether it stands in a test position.
    pub role: Role,
}

/// Where standard input comes from.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Input {
    /// `<<EOF … EOF`.
    HereDoc {
        /// The lines without the delimiter.
        body: Word,
        /// Whether variables and substitutions in it are expanded.
        expansion: Expansion,
    },
    /// `<<< word`.
    HereString(Word),
    /// `< file`.
    File(Word),
}

/// Whether the body of a here-document is expanded.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Expansion {
    /// The delimiter is bare: `$x` and `$(…)` are expanded.
    Expands,
    /// The delimiter is quoted: the body is taken as it stands.
    Literal,
}

/// Which kind of nesting runs a command. The strongest one wins: substitution, then subshell.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub enum Nesting {
    /// The shell itself.
    #[default]
    TopLevel,
    /// `( … )`.
    Subshell,
    /// `$( … )`, backticks, `<( … )`, `>( … )`.
    Substitution,
}

/// What the exit status of a command is for.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub enum Role {
    /// An ordinary command.
    #[default]
    Statement,
    /// The test of `if`, `elif`, `while` or `until`.
    Condition,
}

/// `NAME=value`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Assignment {
    /// The variable: without `$`, and for PowerShell without `env:`.
    pub name: Box<str>,
    /// Name, operator and value.
    pub span: Span,
    /// What is assigned.
    pub value: AssignedValue,
    /// What happens to the old value.
    pub effect: Effect,
}

/// The right side of an assignment.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum AssignedValue {
    /// One word.
    Scalar(Word),
    /// `( … )`.
    Array(Vec<Word>),
}

/// What an assignment does to the old value.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Effect {
    /// `=`: replaces it.
    Set,
    /// `+=`: appends to it.
    Append,
    /// `NAME[…]=`: changes one element of it.
    Element,
}

/// One word as it is written.
#[derive(Clone, Default, PartialEq, Eq, Debug)]
pub struct Word {
    /// All of its bytes, quotes included.
    pub span: Span,
    /// What it is made of, in order.
    pub parts: Vec<Part>,
}

/// A piece of a word.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Part {
    /// Text that is known.
    Literal {
        /// The text after quotes and escapes are removed.
        text: Box<str>,
        /// The bytes it came from, without quotes. Equal to the text byte by byte, or an escape such as `\n`
        /// in `$'…'` that stands for all of the text.
        span: Span,
        /// How it is quoted.
        quoting: Quoting,
    },
    /// The value of a variable.
    Variable {
        /// Its name: without `$`; `@`, `*`, `1` and so on for parameters.
        name: Box<str>,
        /// From `$` to the end of the expansion.
        span: Span,
        /// How it is quoted.
        quoting: Quoting,
        /// Which part of the variable.
        item: Item,
        /// What is done to the value.
        operation: Operation,
    },
    /// The output of commands.
    Substitution {
        /// With its delimiters.
        span: Span,
        /// How it is quoted.
        quoting: Quoting,
        /// Output, or the name of a pipe.
        kind: SubstitutionKind,
        /// The commands, as indices into [`Script::commands`].
        commands: Range<usize>,
    },
    /// Something whose value nobody here computes: arithmetic, lengths, template expressions.
    Opaque {
        /// All of it.
        span: Span,
        /// How it is quoted.
        quoting: Quoting,
    },
}

/// How a piece of a word is quoted.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Quoting {
    /// Not at all: expansions are split at blanks.
    Unquoted,
    /// By one escape character before it.
    Escaped,
    /// `'…'`.
    Single,
    /// `"…"`, or the body of a here-document.
    Double,
    /// `$'…'`.
    Ansi,
}

/// Which part of a variable an expansion takes.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Item {
    /// `$X`.
    Whole,
    /// `$@`, `${X[@]}`: every item as a field of its own.
    Each,
    /// `$*`, `${X[*]}`: all items in one text.
    Joined,
    /// `${X[i]}`, with the subscript as written.
    At(Box<str>),
}

/// What an expansion does to the value.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Operation {
    /// Nothing (also `${X:?message}`).
    Plain,
    /// `${X:-word}`, `${X-word}`, `${X:=word}`, `${X=word}`: the word stands in for a missing value.
    Default(Box<Word>),
    /// `${X:+word}`, `${X+word}`: the word stands in for a value that is there.
    Alternative(Box<Word>),
    /// Any other operator: the result depends on the value in a way that is not followed.
    Changed,
}

/// What a substitution leaves in the word.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum SubstitutionKind {
    /// `$(…)` and backticks: the output.
    Output,
    /// `<(…)`, `>(…)`: the name of a file that is connected to the commands.
    Pipe,
}

/// A function and the commands of its body.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Function {
    /// Its name.
    pub name: Box<str>,
    /// The name where it is defined.
    pub span: Span,
    /// The body, as indices into [`Script::commands`].
    pub commands: Range<usize>,
}

/// A loop over words.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Loop {
    /// The loop variable.
    pub variable: Box<str>,
    /// The words that it takes in turn; nothing where the loop runs over the script's own arguments.
    pub items: Vec<Word>,
    /// The body, as indices into [`Script::commands`].
    pub commands: Range<usize>,
}

/// Reads a text. Never fails: what is not understood is left out or opaque, and the rest is still read.
pub fn parse(text: &str, dialect: Dialect) -> Script {
    match dialect {
        Dialect::Bash => bash::parse(text),
        Dialect::PowerShell => powershell::parse(text),
        Dialect::Cmd => cmd::parse(text),
    }
}

impl Part {
    /// Its bytes.
    pub fn span(&self) -> Span {
        match self {
            Self::Literal { span, .. }
            | Self::Variable { span, .. }
            | Self::Substitution { span, .. }
            | Self::Opaque { span, .. } => *span,
        }
    }
}

impl Word {
    /// The text, where every part of the word is literal.
    pub fn literal(&self) -> Option<String> {
        let mut whole = String::new();
        for part in &self.parts {
            let Part::Literal { text, .. } = part else {
                return None;
            };
            whole.push_str(text);
        }
        Some(whole)
    }
}
