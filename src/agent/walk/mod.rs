//! The walk through scripts: from a text that a shell runs to every start of Claude in it, across functions,
//! quoted commands, scripts, package scripts and task files.
//!
//! It follows what may run, not what does: both branches of an `if`, every case. It ends: a trail never visits the
//! same text twice, and one workflow has a budget.

mod budget;
mod effects;
mod files;
mod frame;
mod manifests;
mod words;

use std::borrow::Cow;
use std::collections::HashSet;
use std::ops::Range;
use std::rc::Rc;

use crate::agent::card::{AgentKind, Hop};
use crate::agent::hop::code::{self, CodeStart};
use crate::agent::library::Library;
use crate::agent::program::harmless::is_harmless;
use crate::agent::program::{self, Arg, Certainty, ClaudeStart, Language, Program, Sharing, Start};
use crate::agent::scope::{Parsed, Scope};
use crate::claude::command_line::{CommandLine, Unknown};
use crate::shell::{AssignedValue, Binding, Command, Dialect, Effect, Nesting, parse};
use crate::source::{Location, Traced};

pub(super) use frame::{Found, Frame};
pub(super) use manifests::Manifests;

use budget::Budget;
use effects::{bounded, is_straight};
use files::TaskCall;
use words::{
    append, arguments, bind_loop, fields, input_file, input_texts, is_declaration, joined,
};

/// How many hops a trail may have.
const MAX_HOPS: usize = 12;

/// Texts longer than this are programs in disguise (bundles); they are not read.
const MAX_TEXT: usize = 1 << 20;

/// The walk through one workflow.
pub(super) struct Walk<'a> {
    pub(super) library: &'a dyn Library,
    pub(super) found: Vec<Found>,
    /// What the step that was walked last wrote to `$GITHUB_ENV`.
    pub(super) exports: Traced,
    /// Likewise to `$GITHUB_OUTPUT`.
    pub(super) outputs: Traced,
    /// Places that start a program which cannot be read: a file that is not there, a bundle.
    pub(super) unread: Vec<Location>,
    /// Paths of files that were read on the way.
    pub(super) visited: HashSet<String>,
    manifests: Rc<Manifests>,
    budget: Budget,
}

impl<'a> Walk<'a> {
    /// A walk through a workflow, or through a file that holds `own_texts` texts itself. What one walk reads of
    /// manifests serves the others of the same tree.
    pub(super) fn new(
        library: &'a dyn Library,
        manifests: &Rc<Manifests>,
        own_texts: usize,
    ) -> Self {
        Self {
            library,
            found: Vec::new(),
            exports: Traced::default(),
            outputs: Traced::default(),
            unread: Vec::new(),
            visited: HashSet::new(),
            manifests: Rc::clone(manifests),
            budget: Budget::new(own_texts),
        }
    }

    /// Whether the walk reads nothing more.
    pub(super) fn is_spent(&self) -> bool {
        self.budget.is_spent()
    }

    /// Records a place that is not read.
    pub(super) fn cut(&mut self, place: Option<Location>) {
        self.budget.cut(place);
    }

    /// The first place that was not read because the budget was spent.
    pub(super) fn first_cut(&self) -> Option<&Location> {
        self.budget.place()
    }

    /// Walks a text that a shell runs.
    pub(super) fn shell(
        &mut self,
        text: Traced,
        dialect: Dialect,
        scope: &mut Scope,
        frame: &Frame,
    ) {
        let Some(frame) = self.enter(&text, frame) else {
            return;
        };
        let script = parse(text.text(), dialect);
        let parsed = Rc::new(Parsed { text, script });
        for (index, function) in parsed.script.functions.iter().enumerate() {
            scope
                .functions
                .insert(function.name.to_string(), (Rc::clone(&parsed), index));
        }
        self.commands(
            &parsed,
            0..parsed.script.commands.len(),
            None,
            scope,
            &frame,
        );
    }

    /// Walks a program in another language.
    pub(super) fn code(&mut self, text: &Traced, language: Language, scope: &Scope, frame: &Frame) {
        let Some(frame) = self.enter(text, frame) else {
            return;
        };
        for start in code::starts(text, language) {
            match start {
                CodeStart::Sdk { call, options } => {
                    let Some(location) = call.location() else {
                        continue;
                    };
                    self.budget.start();
                    self.found.push(Found {
                        location,
                        kind: AgentKind::Sdk,
                        version: None,
                        certainty: Certainty::Written,
                        line: options,
                        trail: frame.trail.clone(),
                        seconds: frame.seconds,
                        environment: frame.environment.clone(),
                        folder: scope.folder.clone(),
                    });
                }
                CodeStart::Argv(words) => {
                    let words: Vec<Arg> = words.into_iter().map(Arg::word).collect();
                    self.argv(&words, None, &mut scope.clone(), &frame);
                }
                CodeStart::Shell(text) => {
                    self.shell(text, Dialect::Bash, &mut scope.clone(), &frame)
                }
            }
        }
    }

    /// Spends budget, and ends cycles: nothing where the text is being walked already.
    fn enter(&mut self, text: &Traced, frame: &Frame) -> Option<Frame> {
        if self.budget.text().is_none() {
            self.cut(frame.here(text));
            return None;
        }
        if text.len() > MAX_TEXT || frame.active.len() > 4 * MAX_HOPS {
            return None;
        }
        let place = text.location()?;
        let key = (place.path().to_owned(), place.span.start);
        let again = frame.active.iter().filter(|active| **active == key).count();
        // A text may contain itself at its first byte once (`bash -c "…"` as the whole script).
        if again > 1 {
            return None;
        }
        let mut inner = frame.clone();
        inner.active.push(key);
        Some(inner)
    }

    fn commands(
        &mut self,
        parsed: &Rc<Parsed>,
        range: Range<usize>,
        function: Option<usize>,
        scope: &mut Scope,
        frame: &Frame,
    ) {
        let outer_folder = scope.folder.clone();
        let mut top_folder = outer_folder;
        let mut nested = false;
        for index in range {
            let Some(command) = parsed.script.commands.get(index) else {
                break;
            };
            // Bodies of functions are walked where they are called.
            if command.function != function {
                continue;
            }
            // Loops stand in the order of their first commands.
            let loops = &parsed.script.loops;
            let first = loops.partition_point(|bound| bound.commands.start < index);
            for bound in loops
                .iter()
                .skip(first)
                .take_while(|bound| bound.commands.start == index)
            {
                bind_loop(&bound.variable, &bound.items, parsed, scope);
            }
            match (command.nesting == Nesting::TopLevel, nested) {
                (true, true) => scope.folder.clone_from(&top_folder),
                (false, false) => top_folder.clone_from(&scope.folder),
                _ => {}
            }
            nested = command.nesting != Nesting::TopLevel;
            if self.budget.command().is_none() {
                self.cut(frame.here(&parsed.text.slice(command.span.range())));
                return;
            }
            self.command(parsed, command, scope, frame);
        }
    }

    fn command(
        &mut self,
        parsed: &Rc<Parsed>,
        command: &Command,
        scope: &mut Scope,
        frame: &Frame,
    ) {
        let mut local = Cow::Borrowed(frame);
        for assignment in &command.assignments {
            let value = match &assignment.value {
                AssignedValue::Scalar(word) => {
                    let value = joined(word, &parsed.text, scope);
                    Binding::Scalar(bounded(value, assignment, &parsed.text))
                }
                AssignedValue::Array(words) => Binding::List(fields(words, &parsed.text, scope)),
            };
            let value = match assignment.effect {
                Effect::Set => value,
                Effect::Append => match append(scope.variable(&assignment.name).as_ref(), value) {
                    Binding::Scalar(value) => {
                        Binding::Scalar(bounded(value, assignment, &parsed.text))
                    }
                    list => list,
                },
                Effect::Element => continue,
            };
            if command.words.is_empty() || is_declaration(command) {
                let place = parsed
                    .text
                    .location()
                    .map(|place| (place.path().to_owned(), place.span.start));
                let end = assignment.span.end;
                let straight = match (&place, scope.assigned.get(&*assignment.name)) {
                    (Some((path, start)), Some((old_path, old_start, old_end))) => {
                        path == old_path
                            && start == old_start
                            && is_straight(parsed.text.text(), *old_end, assignment.span.start)
                    }
                    _ => false,
                };
                if straight {
                    scope.set(&assignment.name, value);
                } else {
                    scope.set_on_branch(&assignment.name, value);
                }
                if let Some((path, start)) = place {
                    scope
                        .assigned
                        .insert(assignment.name.to_string(), (path, start, end));
                }
            } else if let Binding::Scalar(text) = value {
                let name = assignment.name.to_string();
                local.to_mut().environment.push((name, text));
            }
        }
        let arguments = arguments(&command.words, &parsed.text, scope);
        if arguments.is_empty() {
            return;
        }
        self.bookkeeping(parsed, command, &arguments, scope, &local);
        self.argv(&arguments, Some((parsed, command)), scope, &local);
    }

    fn argv(
        &mut self,
        arguments: &[Arg],
        command: Option<(&Rc<Parsed>, &Command)>,
        scope: &mut Scope,
        frame: &Frame,
    ) {
        for start in program::starts(arguments) {
            let mut inner = Cow::Borrowed(frame);
            if let Some(own) = start.seconds {
                inner.to_mut().seconds = Some(frame.seconds.map_or(own, |outer| outer.min(own)));
            }
            if !start.environment.is_empty() {
                let more = start.environment.iter().cloned();
                inner.to_mut().environment.extend(more);
            }
            self.start(start, arguments, command, scope, &inner);
        }
    }

    fn start(
        &mut self,
        start: Start,
        words: &[Arg],
        command: Option<(&Rc<Parsed>, &Command)>,
        scope: &mut Scope,
        frame: &Frame,
    ) {
        let here = words.first().and_then(|word| word.text.location());
        match start.program {
            Program::Claude(claude) => self.claude(claude, scope, frame),
            Program::Shell {
                text,
                dialect,
                arguments,
            } => {
                let mut inner = scope.clone();
                if !arguments.is_empty() {
                    inner.arguments = arguments.into_iter().map(|arg| arg.text).collect();
                }
                self.shell(text, dialect, &mut inner, frame);
            }
            Program::ShellInput(dialect) => {
                for text in input_texts(command, scope) {
                    self.shell(text, dialect, &mut scope.clone(), frame);
                }
                if let Some(path) = input_file(command, scope) {
                    self.file(&path, &[], Sharing::Own, scope, frame, here.as_ref());
                }
            }
            Program::CodeInput(language) => {
                for text in input_texts(command, scope) {
                    self.code(&text, language, scope, frame);
                }
            }
            Program::Code(language, text) => self.code(&text, language, scope, frame),
            Program::CodeFile { language, path } => self.code_file(&path, language, scope, frame),
            Program::ShellFile {
                path,
                arguments,
                variables,
            } => self.file(&path, &arguments, variables, scope, frame, here.as_ref()),
            Program::File { path, arguments } => {
                self.file(&path, &arguments, Sharing::Own, scope, frame, here.as_ref());
            }
            Program::PackageScript {
                name,
                directory,
                arguments,
            } => self.package_script(&name, directory.as_ref(), &arguments, words, scope, frame),
            Program::Task {
                tool,
                targets,
                directory,
                file,
                variables,
            } => {
                let task = TaskCall {
                    tool,
                    directory: directory.as_ref(),
                    file: file.as_ref(),
                    variables: &variables,
                };
                let names: Vec<&str> = targets.iter().map(Traced::text).collect();
                self.task(&task, &names, here.as_ref(), scope, frame);
            }
            Program::Named { words: count } => {
                let named = words.get(words.len().saturating_sub(count)..);
                if let Some((name, arguments)) = named.and_then(<[Arg]>::split_first) {
                    self.named(&name.text, arguments, scope, frame);
                }
            }
        }
    }

    fn claude(&mut self, claude: ClaudeStart, scope: &Scope, frame: &Frame) {
        let words: Vec<Traced> = claude
            .arguments
            .iter()
            .map(|arg| arg.text.clone())
            .collect();
        let line = CommandLine::parse(&words, |index| {
            claude
                .arguments
                .get(index)
                .map_or(Unknown::Text, |arg| arg.unknown)
        });
        if line.starts_nothing() {
            return;
        }
        let Some(location) = claude.program.location() else {
            return;
        };
        self.budget.start();
        self.found.push(Found {
            location,
            kind: AgentKind::Cli,
            version: claude.version,
            certainty: claude.certainty,
            line,
            trail: frame.trail.clone(),
            seconds: frame.seconds,
            environment: frame.environment.clone(),
            folder: scope.folder.clone(),
        });
    }

    fn named(&mut self, name: &Traced, arguments: &[Arg], scope: &mut Scope, frame: &Frame) {
        if let Some((parsed, index)) = scope.functions.get(name.text()).cloned() {
            let Some(function) = parsed.script.functions.get(index) else {
                return;
            };
            let body = parsed.text.slice(function.span.range());
            let Some(frame) = self.enter(&body, frame) else {
                return;
            };
            let outer = std::mem::replace(
                &mut scope.arguments,
                arguments.iter().map(|arg| arg.text.clone()).collect(),
            );
            self.commands(
                &parsed,
                function.commands.clone(),
                Some(index),
                scope,
                &frame,
            );
            scope.arguments = outer;
            return;
        }
        if let Some(alias) = scope.aliases.get(name.text()).cloned() {
            let mut text = alias;
            for arg in arguments {
                if let Some(place) = arg.text.location() {
                    text.push(&Traced::synthetic(" ", &place));
                    text.push(&arg.text);
                }
            }
            self.shell(text, Dialect::Bash, &mut scope.clone(), frame);
            return;
        }
        if !is_harmless(name.text()) {
            self.unread.extend(name.location());
        }
    }

    /// Adds a hop to the trail; nothing where the trail is too long.
    fn hop(&mut self, frame: &Frame, location: Option<Location>, what: &str) -> Option<Frame> {
        if frame.trail.len() >= MAX_HOPS {
            return None;
        }
        self.visited.insert(what.to_owned());
        let mut frame = frame.clone();
        if let Some(location) = location {
            frame.trail.push(Hop {
                location,
                what: what.to_owned(),
            });
        }
        Some(frame)
    }
}
