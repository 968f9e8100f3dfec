//! Following a hook: its command, the programs that it runs, and the scripts behind them.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::argv::{self, Known, Scope};
use super::behaviour::{self, Behaviour, Exit, Phantom, ScriptState, ScriptUse, Send, Starved};
use super::code::Facts;
use super::model::{Handler, HandlerKind, Place};
use super::path::{self, Folders, Target};
use super::program;
use super::swallow;
use super::token::Language;
use super::{javascript, python};
use crate::claude::catalog::events;
use crate::shell::{self, AssignedValue, Dialect, Input, Operation, Part, Script, Word};
use crate::source::{Location, SourceFile, Span, Traced};

/// Scripts that one hook may lead to.
const MAX_FILES: usize = 24;

/// How deep a command may stand in another one.
pub(super) const MAX_DEPTH: usize = 6;

/// Commands that are looked at in the texts of one hook.
const MAX_COMMANDS: usize = 50_000;

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

/// Whether a command that is started without a shell runs a file of the checkout, and which.
pub fn is_command_of_checkout(
    words: &[Traced],
    place: &Place,
    scripts: &dyn Scripts,
) -> Option<(Location, String)> {
    let mut walker = Walker::new(scripts);
    let mut folders = folders(place);
    folders.chosen = true;
    let words: Vec<Traced> = words.iter().map(placeholders).collect();
    program::run(
        &mut walker,
        &words,
        &mut Frame::new(folders, Stdin::Hook, 0),
    );
    let behaviour = walker.finish();
    behaviour
        .scripts
        .into_iter()
        .find(|script| script.state != ScriptState::Missing)
        .map(|script| (script.location, format!("the file `{}`", script.path)))
        .or_else(|| behaviour.repository.into_iter().next())
}

/// Places in a shell text where code from the network is run.
pub fn remote_execution(text: &Traced) -> Vec<(Location, String)> {
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

/// Reads the texts of one hook.
pub(super) struct Walker<'s> {
    scripts: &'s dyn Scripts,
    pub(super) out: Behaviour,
    /// Variables that the texts set by themselves.
    assigned: BTreeSet<String>,
    visited: BTreeSet<String>,
    commands: usize,
}

impl<'s> Walker<'s> {
    fn new(scripts: &'s dyn Scripts) -> Self {
        Self {
            scripts,
            out: Behaviour::default(),
            assigned: BTreeSet::new(),
            visited: BTreeSet::new(),
            commands: 0,
        }
    }

    fn finish(mut self) -> Behaviour {
        let assigned = self.assigned;
        self.out
            .phantoms
            .retain(|phantom| !assigned.contains(&phantom.name));
        if self.out.phantoms.is_empty() {
            self.out.starved.clear();
        }
        self.out
    }

    /// Reads a shell text.
    pub(super) fn shell(&mut self, text: &Traced, dialect: Dialect, frame: &mut Frame) {
        if frame.depth > MAX_DEPTH {
            self.unresolved(text);
            return;
        }
        let script = shell::parse(text.text(), dialect);
        for run in &script.loops {
            self.assigned.insert(run.variable.to_string());
        }
        for index in 0..script.commands.len() {
            self.commands += 1;
            if self.commands > MAX_COMMANDS {
                self.unresolved(text);
                return;
            }
            self.command(&script, index, text, frame);
        }
    }

    fn command(&mut self, script: &Script, index: usize, text: &Traced, frame: &mut Frame) {
        let Some(command) = script.commands.get(index) else {
            return;
        };
        for assignment in &command.assignments {
            self.assigned.insert(assignment.name.to_string());
            match &assignment.value {
                AssignedValue::Scalar(word) => {
                    self.variables(word, text, 0);
                    let scope = Scope {
                        known: &frame.known,
                        text,
                    };
                    let mut fields = argv::expand(word, &scope);
                    let value = if fields.len() == 1 {
                        fields.pop()
                    } else {
                        None
                    };
                    frame
                        .known
                        .set(&assignment.name, value.filter(Traced::is_known));
                }
                AssignedValue::Array(words) => {
                    for word in words {
                        self.variables(word, text, 0);
                    }
                }
            }
        }
        for word in command.words.iter().chain(&command.outputs) {
            self.variables(word, text, 0);
        }
        let input = command.input.as_deref();
        if let Some(Input::HereDoc { body: word, .. } | Input::HereString(word)) = input {
            self.variables(word, text, 0);
        }
        let scope = Scope {
            known: &frame.known,
            text,
        };
        let words: Vec<Traced> = command
            .words
            .iter()
            .flat_map(|word| argv::expand(word, &scope))
            .collect();
        let outer = frame.stdin;
        frame.stdin = self.stdin_of(script, index, text, outer);
        let before = (self.out.exits.len(), self.out.scripts.len());
        program::network(self, script, index, text, &words);
        if !program::here_document(self, input, text, &words, frame) {
            program::run(self, &words, frame);
        }
        for output in &command.outputs {
            let target = output.literal().unwrap_or_default();
            if !target.starts_with("/dev/") && !target.starts_with('&') {
                let place = text.locate(output.span.range());
                self.out.log = self.out.log.take().or(place);
            }
        }
        frame.stdin = outer;
        let blocks = self
            .out
            .exits
            .get(before.0..)
            .unwrap_or_default()
            .iter()
            .any(|exit| exit.code != Some(0));
        let is_builtin = words
            .first()
            .is_some_and(|word| matches!(word.text(), "exit" | "return"));
        if frame.depth == 0
            && !is_builtin
            && self.out.swallowed.is_none()
            && (blocks || self.out.scripts.len() > before.1)
        {
            let place = text.locate(command.span.range());
            self.out.swallowed =
                swallow::how(script, index, text.text()).and_then(|how| Some((place?, how)));
        }
    }

    /// What a command reads when it reads its standard input.
    fn stdin_of(&self, script: &Script, index: usize, text: &Traced, outer: Stdin) -> Stdin {
        let Some(command) = script.commands.get(index) else {
            return outer;
        };
        match command.input.as_deref() {
            Some(Input::File(word)) => {
                return match word.literal().as_deref() {
                    Some("/dev/stdin") => outer,
                    _ => Stdin::Fed,
                };
            }
            Some(Input::HereString(word) | Input::HereDoc { body: word, .. }) => {
                return if self.is_hollow(word) {
                    Stdin::Starved
                } else {
                    Stdin::Fed
                };
            }
            None => {}
        }
        // Up to the head of the pipeline.
        let mut at = index;
        let mut steps = 0;
        while let Some(from) = script
            .commands
            .get(at)
            .and_then(|command| command.pipe_from)
        {
            at = from;
            steps += 1;
            if steps > 64 {
                return Stdin::Fed;
            }
        }
        if at == index {
            return outer;
        }
        let Some(head) = script.commands.get(at) else {
            return Stdin::Fed;
        };
        let prints = head
            .words
            .first()
            .and_then(Word::literal)
            .is_some_and(|name| matches!(name.as_str(), "echo" | "printf"));
        let span = head.span.slice(text.text());
        let hollow = head.words.iter().skip(1).any(|word| self.is_hollow(word));
        if prints && hollow && !span.contains("$(cat") {
            Stdin::Starved
        } else {
            Stdin::Fed
        }
    }

    /// Whether a word holds a variable that nothing sets.
    fn is_hollow(&self, word: &Word) -> bool {
        word.parts.iter().any(|part| match part {
            Part::Variable { name, .. } => {
                events::is_never_set(name) && !self.assigned.contains(&**name)
            }
            _ => false,
        })
    }

    /// Variables of a word that Claude Code never sets.
    fn variables(&mut self, word: &Word, text: &Traced, depth: usize) {
        for part in &word.parts {
            let Part::Variable {
                name,
                span,
                operation,
                ..
            } = part
            else {
                continue;
            };
            if events::is_never_set(name)
                && !self.assigned.contains(&**name)
                && let Some(location) = text.locate(span.range())
            {
                self.out.phantoms.push(Phantom {
                    name: name.to_string(),
                    location,
                });
            }
            if let Operation::Default(word) | Operation::Alternative(word) = operation
                && depth < MAX_DEPTH
            {
                self.variables(word, text, depth + 1);
            }
        }
    }

    /// Reads Python or JavaScript. `program` is how it is called in messages.
    pub(super) fn code(&mut self, text: &Traced, language: Language, program: &str, frame: &Frame) {
        if frame.depth > MAX_DEPTH {
            self.unresolved(text);
            return;
        }
        let facts = match language {
            Language::Python => python::read(text.text()),
            Language::JavaScript => javascript::read(text.text()),
        };
        let place = |range: &std::ops::Range<usize>| text.locate(range.clone());
        self.assigned.extend(facts.sets.iter().cloned());
        for (name, range) in &facts.variables {
            if events::is_never_set(name)
                && let Some(location) = place(range)
            {
                self.out.phantoms.push(Phantom {
                    name: name.clone(),
                    location,
                });
            }
        }
        if let Some(location) = facts.stdin.first().and_then(place) {
            match frame.stdin {
                Stdin::Hook => self.out.input.push(location),
                Stdin::Fed => {}
                Stdin::Starved => self.out.starved.push(Starved {
                    program: program.to_owned(),
                    location,
                    crashes: facts.parses_json && !facts.catches,
                }),
            }
        }
        for (code, range) in &facts.exits {
            if let Some(location) = place(range) {
                self.out.exits.push(Exit {
                    code: *code,
                    location,
                });
            }
        }
        for (decision, range) in &facts.decisions {
            self.out
                .decisions
                .extend(place(range).map(|location| (*decision, location)));
        }
        let found = facts.refusal.as_ref().and_then(place);
        self.out.refusal = self.out.refusal.take().or(found);
        let found = facts.log.as_ref().and_then(place);
        self.out.log = self.out.log.take().or(found);
        for (host, range, carries) in &facts.sends {
            if let Some(location) = place(range) {
                self.out.sends.push(Send {
                    host: host.clone(),
                    location,
                    carries: *carries,
                });
            }
        }
        for range in &facts.downloads {
            let what = "text from the network is run as a program".to_owned();
            self.out
                .downloads
                .extend(place(range).map(|location| (location, what.clone())));
        }
        self.modules(&facts, language, frame);
    }

    /// Modules that stand beside a script.
    fn modules(&mut self, facts: &Facts, language: Language, frame: &Frame) {
        let Some(here) = frame.folders.here.clone() else {
            return;
        };
        for (name, _) in &facts.modules {
            let candidates: Vec<String> = match language {
                Language::Python => {
                    let path = name.trim_start_matches('.').replace('.', "/");
                    if path.is_empty() {
                        continue;
                    }
                    let mut folders = vec![here.clone()];
                    // Helpers of hooks often stand beside or one folder up, put in the search path by hand.
                    folders.push(path::folder(&here).to_owned());
                    folders
                        .iter()
                        .filter_map(|folder| path::join(folder, &path))
                        .flat_map(|path| [format!("{path}.py"), format!("{path}/__init__.py")])
                        .collect()
                }
                Language::JavaScript => path::join(&here, name)
                    .map(|path| {
                        ["", ".js", ".mjs", ".cjs", ".ts", "/index.js", "/index.ts"]
                            .map(|ending| format!("{path}{ending}"))
                            .to_vec()
                    })
                    .unwrap_or_default(),
            };
            for path in candidates {
                if let Some(file) = self.visit(&path) {
                    let mut inner = frame.clone();
                    inner.depth += 1;
                    inner.folders.here = Some(path::folder(&path).to_owned());
                    let text = whole(&file);
                    self.code(&text, language, "the module", &inner);
                    break;
                }
            }
        }
    }

    /// A file that is read for the first time, within the budget.
    fn visit(&mut self, path: &str) -> Option<Arc<SourceFile>> {
        if self.visited.len() >= MAX_FILES || self.visited.contains(path) {
            return None;
        }
        match self.scripts.open(path) {
            Opened::File { file, .. } => {
                self.visited.insert(path.to_owned());
                Some(file)
            }
            Opened::Missing | Opened::Unreadable => None,
        }
    }

    /// Runs a file of the tree. `started` says that it is a program itself and not handed to one. Answers whether the
    /// word names a file of the tree.
    pub(super) fn file(&mut self, word: &Traced, started: Started, frame: &Frame) -> bool {
        let (path, anchored) = match frame.folders.resolve(word) {
            Target::Inside { path, anchored } => (path, anchored),
            Target::Outside | Target::Unknown => {
                self.unresolved(word);
                return false;
            }
        };
        let Some(location) = word.location() else {
            return false;
        };
        let opened = self.scripts.open(&path);
        let state = match (&opened, started) {
            (Opened::Missing, _) => ScriptState::Missing,
            (
                Opened::File {
                    executable: false, ..
                },
                Started::Directly,
            ) => ScriptState::NotExecutable,
            _ => ScriptState::Present,
        };
        let in_plugin = frame
            .folders
            .plugin
            .as_ref()
            .is_some_and(|folder| folder.is_empty() || path.starts_with(&format!("{folder}/")));
        let in_claude = path.starts_with(".claude/") || path.contains("/.claude/");
        if state != ScriptState::Missing && !in_claude && !in_plugin && frame.depth == 0 {
            self.out
                .repository
                .push((location.clone(), format!("the file `{path}`")));
        }
        if frame.depth == 0 {
            self.out.scripts.push(ScriptUse {
                path: path.clone(),
                location,
                state,
                anchored,
            });
        }
        if matches!(opened, Opened::Unreadable) {
            self.unresolved(word);
        }
        let Some(file) = self.visit(&path) else {
            return true;
        };
        let mut inner = frame.clone();
        inner.depth += 1;
        inner.known = Known::default();
        inner.folders.here = Some(path::folder(&path).to_owned());
        let text = whole(&file);
        match language(&path, file.text(), started) {
            Spoken::Shell(dialect) => self.shell(&text, dialect, &mut inner),
            Spoken::Code(language) => {
                let name = format!("`{path}`");
                self.code(&text, language, &name, &inner);
            }
            Spoken::Other => self.unresolved(word),
        }
        true
    }

    /// Records a program that cannot be read.
    pub(super) fn unresolved(&mut self, word: &Traced) {
        if self.out.unresolved.len() < 16 {
            self.out.unresolved.extend(word.location());
        }
    }

    /// Records that a program reads its standard input.
    pub(super) fn reads_input(
        &mut self,
        word: &Traced,
        program: &str,
        crashes: bool,
        frame: &Frame,
    ) {
        let Some(location) = word.location() else {
            return;
        };
        match frame.stdin {
            Stdin::Hook => self.out.input.push(location),
            Stdin::Fed => {}
            Stdin::Starved => self.out.starved.push(Starved {
                program: program.to_owned(),
                location,
                crashes,
            }),
        }
    }

    /// Records a variable that the text sets.
    pub(super) fn assign(&mut self, name: &str) {
        self.assigned.insert(name.to_owned());
    }

    /// Records a message.
    pub(super) fn says(&mut self, text: &Traced) {
        if let Some(decision) = behaviour::decision(text.text()) {
            self.out
                .decisions
                .extend(text.location().map(|location| (decision, location)));
        }
        if self.out.refusal.is_none() && behaviour::refuses(text.text()) {
            self.out.refusal = text.location();
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

enum Spoken {
    Shell(Dialect),
    Code(Language),
    Other,
}

fn language(path: &str, text: &str, started: Started) -> Spoken {
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

fn whole(file: &Arc<SourceFile>) -> Traced {
    Traced::of_file(file, Span::of(0..file.text().len()))
}
