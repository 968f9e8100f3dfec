//! A command line as Claude Code compares it: split into its parts, each with the texts that a rule may match
//! (`facts/claude-code.md` §2.3). The text is compared as written: quotes are not removed, paths are not resolved.

use crate::shell::{self, Dialect, Input};

use super::path::FilePath;
use super::wrapper::{Sight, behind, passes};

/// Longer commands are asked about.
const LONGEST: usize = 10_000;

/// Wrappers inside wrappers that are looked through.
const MOST_WRAPPERS: usize = 16;

/// A command line.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Line {
    /// Its simple commands.
    pub(super) parts: Vec<Part>,
    /// Whether it can be read; what cannot is asked about.
    pub(super) readable: bool,
}

/// A simple command.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Part {
    /// Assignments and words, as written, without redirections.
    words: Vec<String>,
    /// Words without their quotes, where they are known.
    plain: Vec<Option<String>>,
    /// Number of assignments at the head of `words`.
    assignments: usize,
    /// Files that its output goes to.
    pub(super) writes: Vec<Option<FilePath>>,
    /// Files that it reads by a redirection.
    pub(super) input: Vec<FilePath>,
}

/// What a command does by itself.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Nature {
    /// Only looks, inside the folder that Claude is started in.
    ReadOnly,
    /// Changes files in a way that `acceptEdits` accepts.
    FileEdit,
    /// Removes something that nothing may remove unasked.
    Critical,
    /// Anything else.
    Other,
}

const READERS: &[&str] = &[
    "ls", "cat", "echo", "pwd", "head", "tail", "grep", "find", "wc", "which", "diff", "stat",
    "du", "cd",
];

const READING_GIT: &[&str] = &[
    "status",
    "log",
    "diff",
    "show",
    "blame",
    "rev-parse",
    "ls-files",
    "describe",
    "shortlog",
];

const EDITORS: &[&str] = &["mkdir", "touch", "rm", "rmdir", "mv", "cp", "sed"];

/// Programs whose operands are files that they read.
const FILE_READERS: &[&str] = &[
    "cat", "head", "tail", "less", "more", "sed", "awk", "grep", "wc", "diff", "stat", "nl", "tac",
    "cut", "sort", "uniq", "strings", "xxd", "od", "cp", "mv", "base64",
];

/// Programs that no prefix rule approves.
const NEVER_BY_PREFIX: &[&str] = &["watch", "setsid", "ionice", "flock"];

impl Line {
    pub(super) fn new(text: &str) -> Self {
        if text.len() > LONGEST {
            return Self {
                parts: vec![Part::whole(text)],
                readable: false,
            };
        }
        let script = shell::parse(text, Dialect::Bash);
        let parts: Vec<Part> = script
            .commands
            .iter()
            .map(|command| Part::new(command, text))
            .filter(|part| !part.words.is_empty() || !part.writes.is_empty())
            .collect();
        let readable = !parts.is_empty() && is_closed(text);
        Self {
            parts: if parts.is_empty() {
                vec![Part::whole(text)]
            } else {
                parts
            },
            readable,
        }
    }
}

impl Part {
    fn whole(text: &str) -> Self {
        Self {
            words: vec![text.to_owned()],
            plain: vec![None],
            assignments: 0,
            writes: Vec::new(),
            input: Vec::new(),
        }
    }

    fn new(command: &shell::Command, text: &str) -> Self {
        let first = command
            .words
            .first()
            .map_or(u32::MAX, |word| word.span.start);
        let heads = command
            .assignments
            .iter()
            .filter(|assignment| assignment.span.start < first);
        let mut words: Vec<String> = heads
            .map(|assignment| assignment.span.slice(text).to_owned())
            .collect();
        let assignments = words.len();
        let mut plain: Vec<Option<String>> = vec![None; assignments];
        for word in &command.words {
            words.push(word.span.slice(text).to_owned());
            plain.push(word.literal());
        }
        let target = |word: &shell::Word| word.literal().map(|path| FilePath::new(&path));
        let writes = command
            .outputs
            .iter()
            .filter(|word| word.literal().as_deref() != Some("/dev/null"))
            .map(target)
            .collect();
        let input = match command.input.as_deref() {
            Some(Input::File(word)) => target(word).into_iter().collect(),
            _ => Vec::new(),
        };
        Self {
            words,
            plain,
            assignments,
            writes,
            input,
        }
    }

    /// Every text that a rule of this list may match: as written, and behind each wrapper.
    pub(super) fn texts(&self, sight: Sight) -> Vec<String> {
        let words: Vec<&str> = self.words.iter().map(String::as_str).collect();
        let mut texts = vec![words.join(" ")];
        let mut left = words.as_slice();
        for _ in 0..MOST_WRAPPERS + self.assignments {
            match behind(left, sight) {
                Some(rest) => {
                    texts.push(rest.join(" "));
                    left = rest;
                }
                None => break,
            }
        }
        texts
    }

    /// Whether there is nothing to run, and nothing that matters is assigned.
    pub(super) fn is_harmless_assignment(&self) -> bool {
        self.words.len() == self.assignments
            && self.words.iter().all(|word| passes(word, Sight::Allow))
    }

    fn program(&self) -> Option<&str> {
        self.plain.get(self.assignments)?.as_deref()
    }

    fn operands(&self) -> impl Iterator<Item = Option<&str>> {
        self.plain
            .iter()
            .skip(self.assignments + 1)
            .map(Option::as_deref)
    }

    /// Whether a prefix or wildcard rule may approve it (`find -delete` and its kin are always asked about).
    pub(super) fn may_be_approved_by_pattern(&self) -> bool {
        let Some(program) = self.program() else {
            return true;
        };
        let acts = program == "find" && self.acts_with_find();
        !acts && !NEVER_BY_PREFIX.contains(&program)
    }

    fn acts_with_find(&self) -> bool {
        self.operands().any(|word| {
            word.is_none_or(|word| {
                matches!(word, "-delete" | "-exec" | "-execdir" | "-ok" | "-okdir")
                    || word.starts_with("-fprint")
                    || word == "-fls"
            })
        })
    }

    /// Files that a well-known program reads.
    pub(super) fn reads(&self) -> Vec<FilePath> {
        let known = self
            .program()
            .is_some_and(|program| FILE_READERS.contains(&program));
        let operands = self
            .operands()
            .flatten()
            .filter(|word| !word.starts_with('-'));
        let mut files: Vec<FilePath> = operands.filter(|_| known).map(FilePath::new).collect();
        files.extend(self.input.iter().cloned());
        files
    }

    pub(super) fn nature(&self) -> Nature {
        let Some(program) = self.program() else {
            return Nature::Other;
        };
        if self.assignments > 0
            && !self
                .words
                .iter()
                .take(self.assignments)
                .all(|word| passes(word, Sight::Allow))
        {
            return Nature::Other;
        }
        if matches!(program, "rm" | "rmdir") && self.operands().flatten().any(is_critical) {
            return Nature::Critical;
        }
        let inside = self.operands().all(|word| {
            word.is_some_and(|word| word.starts_with('-') || FilePath::new(word).is_inside())
        });
        if EDITORS.contains(&program) && inside {
            return Nature::FileEdit;
        }
        let reads = match program {
            "echo" => true,
            "find" => inside && !self.acts_with_find(),
            "git" => {
                let words: Vec<Option<&str>> = self.operands().collect();
                let verb = words.first().copied().flatten();
                let writes = |word: &Option<&str>| {
                    word.is_none_or(|word| word.starts_with("--output") || word == "--ext-diff")
                };
                verb.is_some_and(|verb| READING_GIT.contains(&verb)) && !words.iter().any(writes)
            }
            other => READERS.contains(&other) && inside,
        };
        if reads && self.writes.is_empty() {
            Nature::ReadOnly
        } else {
            Nature::Other
        }
    }
}

/// Paths whose removal is asked about in every mode.
fn is_critical(path: &str) -> bool {
    let trimmed = path.trim_end_matches(['/', '*']);
    let top = trimmed.starts_with('/') && !trimmed.trim_start_matches('/').contains('/');
    (path.starts_with('/') && (trimmed.is_empty() || top)) || matches!(trimmed, "~" | "$HOME")
}

/// Whether every quote of a text is closed.
fn is_closed(text: &str) -> bool {
    let mut quote = None;
    let mut ends_escaped = false;
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        match (quote, byte) {
            (None | Some(b'"'), b'\\') => ends_escaped = bytes.next().is_none(),
            (None, b'\'' | b'"') => quote = Some(byte),
            (Some(open), byte) if open == byte => quote = None,
            _ => {}
        }
    }
    quote.is_none() && !ends_escaped
}
