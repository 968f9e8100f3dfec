//! The walk through the texts of one hook: each command, what feeds it, and the scripts behind it.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::argv::Known;
use super::argv::{self, Scope};
use super::behaviour::{
    self, Behaviour, Download, Exit, Fetched, Phantom, ScriptState, ScriptUse, Send, Starved,
};
use super::code::Facts;
use super::follow::{Frame, MAX_DEPTH, Opened, Scripts, Spoken, Started, Stdin, language, whole};
use super::path::Target;
use super::token::Language;
use super::{javascript, network, program, python, swallow};
use crate::claude::catalog::events;
use crate::shell::{self, AssignedValue, Dialect, Input, Operation, Part, Script, Word};
use crate::snapshot;
use crate::source::{SourceFile, Traced};

/// Scripts that one hook may lead to.
const MAX_FILES: usize = 24;

/// Commands that are looked at in the texts of one hook.
const MAX_COMMANDS: usize = 50_000;

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
    pub(super) fn new(scripts: &'s dyn Scripts) -> Self {
        Self {
            scripts,
            out: Behaviour::default(),
            assigned: BTreeSet::new(),
            visited: BTreeSet::new(),
            commands: 0,
        }
    }

    pub(super) fn finish(mut self) -> Behaviour {
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
        network::downloads(self, script, index, text, &words);
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
                .extend(place(range).map(|location| Download {
                    location,
                    what: what.clone(),
                    fetched: Fetched::Code,
                }));
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
                    folders.push(snapshot::folder(&here).to_owned());
                    folders
                        .iter()
                        .filter_map(|folder| snapshot::join(folder, &path))
                        .flat_map(|path| [format!("{path}.py"), format!("{path}/__init__.py")])
                        .collect()
                }
                Language::JavaScript => snapshot::join(&here, name)
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
                    inner.folders.here = Some(snapshot::folder(&path).to_owned());
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
        inner.folders.here = Some(snapshot::folder(&path).to_owned());
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
