//! Following a hook: its command, the programs that it runs, and the scripts behind them.

use std::sync::Arc;

use super::argv::Known;
use super::behaviour::{Behaviour, Download};
use super::model::{Handler, HandlerKind, Place};
use super::path::{self, Folders};
use super::program;
use super::token::Language;
use super::walk::Walker;
use crate::shell::Dialect;
use crate::source::{Location, SourceFile, Span, Traced};

/// How deep a command may stand in another one.
pub(super) const MAX_DEPTH: usize = 6;

/// What a script file turned out to be.
pub enum Opened {
    /// Here it is.
    File {
        /// Its text.
        file: Arc<SourceFile>,
        /// Whether it may be started as a program.
        executable: bool,
    },
    /// There is nothing under the path.
    Missing,
    /// It is there and cannot be read, or not yet.
    Unreadable,
}

/// The scripts of the tree.
pub trait Scripts {
    /// A script by its path.
    fn open(&self, path: &str) -> Opened;
}

/// What standard input is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Stdin {
    /// What Claude Code writes.
    Hook,
    /// What another command or a file gives.
    Fed,
    /// What a command prints that only prints a variable that is never set.
    Starved,
}

/// What a hook would do.
pub fn analyse(handler: &Handler, place: &Place, scripts: &dyn Scripts) -> Behaviour {
    let HandlerKind::Command {
        command,
        arguments,
        shell,
    } = &handler.kind
    else {
        return Behaviour::default();
    };
    let folders = folders(place);
    let mut walker = Walker::new(scripts);
    match arguments {
        Some(arguments) => {
            let words: Vec<Traced> = std::iter::once(command)
                .chain(arguments)
                .map(placeholders)
                .collect();
            let mut frame = Frame::new(folders, Stdin::Hook, 0);
            program::run(&mut walker, &words, &mut frame);
        }
        None => {
            let dialect = match shell.as_deref() {
                Some("powershell") => Dialect::PowerShell,
                _ => Dialect::Bash,
            };
            let mut frame = Frame::new(folders, Stdin::Hook, 0);
            walker.shell(command, dialect, &mut frame);
        }
    }
    walker.finish()
}

/// What the command of a server, which is started without a shell, fetches and runs, and what it runs of the checkout.
pub fn server_command(
    words: &[Traced],
    place: &Place,
    scripts: &dyn Scripts,
) -> (Vec<Download>, Option<(Location, String)>) {
    let mut walker = Walker::new(scripts);
    let mut folders = folders(place);
    folders.chosen = true;
    let words: Vec<Traced> = words.iter().map(placeholders).collect();
    let mut frame = Frame::new(folders, Stdin::Fed, 0);
    program::run(&mut walker, &words, &mut frame);
    let behaviour = walker.finish();
    let checkout = behaviour
        .scripts
        .into_iter()
        .map(|script| (script.location, format!("the file `{}`", script.path)))
        .next()
        .or_else(|| behaviour.repository.into_iter().next());
    (behaviour.downloads, checkout)
}

/// Places in a shell text where code from the network is run.
pub fn remote_execution(text: &Traced) -> Vec<Download> {
    struct Nothing;
    impl Scripts for Nothing {
        fn open(&self, _: &str) -> Opened {
            Opened::Unreadable
        }
    }
    let mut walker = Walker::new(&Nothing);
    let place = Place::Project {
        folder: String::new(),
    };
    let mut frame = Frame::new(folders(&place), Stdin::Hook, 0);
    walker.shell(text, Dialect::Bash, &mut frame);
    walker.out.downloads
}

/// `${CLAUDE_PROJECT_DIR}` and `${CLAUDE_PLUGIN_ROOT}` where no shell expands them.
fn placeholders(word: &Traced) -> Traced {
    for (variable, marker) in [
        ("${CLAUDE_PROJECT_DIR}", path::PROJECT),
        ("${CLAUDE_PLUGIN_ROOT}", path::PLUGIN),
        ("$CLAUDE_PROJECT_DIR", path::PROJECT),
        ("$CLAUDE_PLUGIN_ROOT", path::PLUGIN),
    ] {
        if let Some(at) = word.text().find(variable)
            && let Some(origin) = word.locate(at..at + variable.len())
        {
            let mut whole = word.slice(0..at);
            whole.push(&Traced::synthetic(marker, &origin));
            whole.push_range(word, at + variable.len()..word.len());
            return whole;
        }
    }
    word.clone()
}

fn folders(place: &Place) -> Folders {
    match place {
        Place::Project { folder } => Folders {
            project: Some(folder.clone()),
            plugin: None,
            here: None,
            working: Some(folder.clone()),
            chosen: false,
        },
        Place::Plugin { folder } => Folders {
            project: None,
            plugin: Some(folder.clone()),
            here: None,
            working: None,
            chosen: false,
        },
    }
}

/// What holds while one text is read.
#[derive(Clone)]
pub(super) struct Frame {
    pub(super) folders: Folders,
    pub(super) stdin: Stdin,
    pub(super) depth: usize,
    pub(super) known: Known,
}

impl Frame {
    pub(super) fn new(folders: Folders, stdin: Stdin, depth: usize) -> Self {
        Self {
            folders,
            stdin,
            depth,
            known: Known::default(),
        }
    }
}

/// How a file is started.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Started {
    /// As a program.
    Directly,
    /// By a shell.
    Shell,
    /// By an interpreter of this language.
    By(Language),
}

/// What a file is written in.
pub(super) enum Spoken {
    Shell(Dialect),
    Code(Language),
    Other,
}

/// What a file is written in, after how it is started, its first line and its ending.
pub(super) fn language(path: &str, text: &str, started: Started) -> Spoken {
    let by_ending = || match path::ending(path) {
        "sh" | "bash" | "zsh" => Spoken::Shell(Dialect::Bash),
        "ps1" => Spoken::Shell(Dialect::PowerShell),
        "cmd" | "bat" => Spoken::Shell(Dialect::Cmd),
        "py" => Spoken::Code(Language::Python),
        "js" | "mjs" | "cjs" | "ts" | "mts" | "cts" => Spoken::Code(Language::JavaScript),
        _ => Spoken::Other,
    };
    match started {
        Started::By(language) => Spoken::Code(language),
        Started::Shell => match path::ending(path) {
            "ps1" => Spoken::Shell(Dialect::PowerShell),
            _ => Spoken::Shell(Dialect::Bash),
        },
        Started::Directly => {
            let first = text.lines().next().unwrap_or_default();
            let Some(line) = first.strip_prefix("#!") else {
                return by_ending();
            };
            if let Some(dialect) = Dialect::of_shell(line) {
                Spoken::Shell(dialect)
            } else if line.contains("python") || line.contains("uv run") {
                Spoken::Code(Language::Python)
            } else if ["node", "bun", "deno", "tsx", "ts-node"]
                .iter()
                .any(|name| line.contains(name))
            {
                Spoken::Code(Language::JavaScript)
            } else {
                by_ending()
            }
        }
    }
}

/// All of a file.
pub(super) fn whole(file: &Arc<SourceFile>) -> Traced {
    Traced::of_file(file, Span::of(0..file.text().len()))
}
