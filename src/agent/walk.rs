//! The walk through scripts: from a text that a shell runs to every start of Claude in it, across functions,
//! quoted commands, scripts, package scripts and task files.
//!
//! It follows what may run, not what does: both branches of an `if`, every case. It ends: a trail never visits the
//! same text twice, and one workflow has a budget.

use std::collections::HashSet;
use std::ops::Range;
use std::rc::Rc;

use crate::claude::command_line::{CommandLine, Unknown};
use crate::shell::{
    AssignedValue, Binding, Command, Dialect, Effect, Expansion, Input, Nesting, Part, Quoting,
    Word, expand, parse,
};
use crate::source::{Location, Traced};

use super::card::{AgentKind, Hop};
use super::hop::code::{self, CodeStart};
use super::hop::{Recipe, justfile, makefile, package_json, taskfile};
use super::library::{self, Library, Loaded};
use super::program::{
    self, Arg, Certainty, ClaudeStart, Language, Program, Sharing, Start, TaskTool,
};
use super::scope::{Parsed, Scope};

/// How many hops a trail may have.
const MAX_HOPS: usize = 12;

/// How many texts one walk may visit.
const MAX_TEXTS: u32 = 600;

/// Texts longer than this are programs in disguise (bundles); they are not read.
const MAX_TEXT: usize = 1 << 20;

/// One start of Claude, before it is joined with the job it runs in.
#[derive(Clone, Debug)]
pub struct Found {
    /// The program word, or the call.
    pub location: Location,
    /// How it is started.
    pub kind: AgentKind,
    /// Version, where it is written.
    pub version: Option<String>,
    /// How sure the reading is.
    pub certainty: Certainty,
    /// Its words.
    pub line: CommandLine,
    /// How the walk got there.
    pub trail: Vec<Hop>,
    /// Seconds after which a `timeout` ends it.
    pub seconds: Option<f64>,
    /// Variables set in front of it or exported before it.
    pub environment: Vec<(String, Traced)>,
    /// The folder it runs in.
    pub folder: String,
}

/// Where the walk is.
#[derive(Clone, Default)]
pub(super) struct Frame {
    pub(super) trail: Vec<Hop>,
    pub(super) seconds: Option<f64>,
    /// Variables that wrappers around this text set.
    pub(super) environment: Vec<(String, Traced)>,
    /// Texts that are being walked, by file and offset, to end cycles.
    active: Vec<(String, u32)>,
}

impl Frame {
    /// The frame of a text that is reached by a trail.
    pub(super) fn at(trail: Vec<Hop>) -> Self {
        Self {
            trail,
            ..Self::default()
        }
    }
}

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
    budget: u32,
}

impl<'a> Walk<'a> {
    pub(super) fn new(library: &'a dyn Library) -> Self {
        Self {
            library,
            found: Vec::new(),
            exports: Traced::default(),
            outputs: Traced::default(),
            unread: Vec::new(),
            visited: HashSet::new(),
            budget: MAX_TEXTS,
        }
    }

    /// Walks a text that a shell runs.
    pub(super) fn shell(
        &mut self,
        text: &Traced,
        dialect: Dialect,
        scope: &mut Scope,
        frame: &Frame,
    ) {
        let Some(frame) = self.enter(text, frame) else {
            return;
        };
        let script = parse(text.text(), dialect);
        let parsed = Rc::new(Parsed {
            text: text.clone(),
            script,
        });
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
                    self.shell(&text, Dialect::Bash, &mut scope.clone(), &frame)
                }
            }
        }
    }

    /// Spends budget, and ends cycles: nothing where the text is being walked already.
    fn enter(&mut self, text: &Traced, frame: &Frame) -> Option<Frame> {
        self.budget = self.budget.checked_sub(1)?;
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
            for bound in parsed
                .script
                .loops
                .iter()
                .filter(|bound| bound.commands.start == index)
            {
                bind_loop(&bound.variable, &bound.items, parsed, scope);
            }
            match (command.nesting == Nesting::TopLevel, nested) {
                (true, true) => scope.folder.clone_from(&top_folder),
                (false, false) => top_folder.clone_from(&scope.folder),
                _ => {}
            }
            nested = command.nesting != Nesting::TopLevel;
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
        let mut local = frame.clone();
        for assignment in &command.assignments {
            let value = match &assignment.value {
                AssignedValue::Scalar(word) => Binding::Scalar(joined(word, &parsed.text, scope)),
                AssignedValue::Array(words) => Binding::List(fields(words, &parsed.text, scope)),
            };
            let value = match assignment.effect {
                Effect::Set => value,
                Effect::Append => append(scope.variable(&assignment.name), value),
                Effect::Element => continue,
            };
            if command.words.is_empty() || is_declaration(command) {
                let place = parsed.text.location().map(|place| (place.path().to_owned(), place.span.start));
                let end = assignment.span.end;
                let straight = match (&place, scope.assigned.get(&*assignment.name)) {
                    (Some((path, start)), Some((old_path, old_start, old_end))) => {
                        path == old_path && start == old_start && is_straight(parsed.text.text(), *old_end, assignment.span.start)
                    }
                    _ => false,
                };
                if straight {
                    scope.set(&assignment.name, value);
                } else {
                    scope.set_on_branch(&assignment.name, value);
                }
                if let Some((path, start)) = place {
                    scope.assigned.insert(assignment.name.to_string(), (path, start, end));
                }
            } else if let Binding::Scalar(text) = value {
                local.environment.push((assignment.name.to_string(), text));
            }
        }
        let arguments = arguments(&command.words, &parsed.text, scope);
        if arguments.is_empty() {
            return;
        }
        self.bookkeeping(parsed, command, &arguments, scope, &local);
        self.argv(&arguments, Some((parsed, command)), scope, &local);
    }

    /// Commands that change what later commands see.
    fn bookkeeping(
        &mut self,
        parsed: &Rc<Parsed>,
        command: &Command,
        arguments: &[Arg],
        scope: &mut Scope,
        frame: &Frame,
    ) {
        let Some((program, rest)) = arguments.split_first() else {
            return;
        };
        match program.as_str() {
            "cd" | "pushd" => {
                let target = rest.iter().find(|arg| !arg.as_str().starts_with('-'));
                if let Some(folder) = target.and_then(|arg| scope.resolve(&arg.text, &|_| true)) {
                    scope.folder = folder;
                }
            }
            "set" => {
                if let Some(at) = rest.iter().position(|arg| arg.as_str() == "--") {
                    let words = rest.get(at + 1..).unwrap_or_default();
                    scope.arguments = words.iter().map(|arg| arg.text.clone()).collect();
                }
            }
            "shift" if !scope.arguments.is_empty() => {
                scope.arguments.remove(0);
            }
            "alias" => {
                for arg in rest {
                    if let Some((name, value)) = split_assignment(&arg.text) {
                        scope.aliases.insert(name, value);
                    }
                }
            }
            "docker" | "podman" => self.image(rest, scope, frame),
            "echo" | "printf" | "cat" | "tee" => {
                let Some(text) = written_text(parsed, command, arguments, scope) else {
                    return;
                };
                let by_tee = rest
                    .iter()
                    .filter(|_| program.as_str() == "tee")
                    .map(|arg| arg.text.clone());
                let targets: Vec<Traced> = command
                    .outputs
                    .iter()
                    .map(|word| joined(word, &parsed.text, scope))
                    .chain(by_tee)
                    .collect();
                for target in targets {
                    self.written(&target, &text, scope);
                }
            }
            _ => {}
        }
    }

    /// `docker build -f F -t NAME` names an image of the repository, `docker run NAME` starts it.
    fn image(&mut self, arguments: &[Arg], scope: &mut Scope, frame: &Frame) {
        let value = |names: &[&str]| {
            let at = arguments.iter().position(|arg| names.contains(&arg.as_str()))?;
            arguments.get(at + 1).map(|arg| arg.text.clone())
        };
        let has = |verb: &str| arguments.iter().take(2).any(|arg| arg.as_str() == verb);
        if has("build") {
            let file = match value(&["-f", "--file"]) {
                Some(file) => scope.resolve(&file, &|_| true),
                None => {
                    let context = arguments.last().map(|arg| arg.as_str()).unwrap_or(".");
                    library::join(&scope.folder, context).and_then(|folder| library::join(&folder, "Dockerfile"))
                }
            };
            if let (Some(name), Some(file)) = (value(&["-t", "--tag"]), file) {
                scope.images.push((name.text().to_owned(), file));
            }
        } else if has("run") {
            let built = scope.images.iter().find(|(name, _)| arguments.iter().any(|arg| arg.as_str() == name)).cloned();
            let Some((_, path)) = built else { return };
            let here = arguments.first().and_then(|arg| arg.text.location());
            self.dockerfile(&path, here, scope, frame);
        }
    }

    /// What an image of the repository starts.
    pub(super) fn dockerfile(&mut self, path: &str, here: Option<Location>, scope: &Scope, frame: &Frame) {
        let Loaded::Ready(file) = self.library.text(path) else { return };
        let Some(frame) = self.hop(frame, here, path) else { return };
        for text in super::outside::entry_points(&file) {
            self.shell(&text, Dialect::Bash, &mut scope.clone(), &frame);
        }
    }

    fn written(&mut self, target: &Traced, text: &Traced, scope: &mut Scope) {
        let source = target
            .holes()
            .first()
            .map(|hole| &*hole.source)
            .unwrap_or_default();
        let into = |name: &str| source.contains(name);
        if into("GITHUB_ENV") {
            add_line(&mut self.exports, text);
        } else if into("GITHUB_OUTPUT") {
            add_line(&mut self.outputs, text);
        } else if let Some(rest) = home_path(target) {
            scope.files.insert(rest, text.clone());
        } else if let Some(path) = scope.resolve(target, &|_| true) {
            scope.files.insert(path, text.clone());
        }
    }

    fn argv(
        &mut self,
        arguments: &[Arg],
        command: Option<(&Rc<Parsed>, &Command)>,
        scope: &mut Scope,
        frame: &Frame,
    ) {
        for start in program::starts(arguments) {
            let mut inner = frame.clone();
            inner.seconds = match (frame.seconds, start.seconds) {
                (Some(outer), Some(own)) => Some(outer.min(own)),
                (outer, own) => own.or(outer),
            };
            inner.environment.extend(start.environment.iter().cloned());
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
                self.shell(&text, dialect, &mut inner, frame);
            }
            Program::ShellInput(dialect) => {
                for text in input_texts(command, scope) {
                    self.shell(&text, dialect, &mut scope.clone(), frame);
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
            Program::Named { name, arguments } => self.named(&name, &arguments, scope, frame),
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
            self.shell(&text, Dialect::Bash, &mut scope.clone(), frame);
            return;
        }
        if !is_harmless(name.text()) {
            self.unread.extend(name.location());
        }
    }

    /// A script by its path: a file that the walk saw being written, else a file of the tree.
    fn file(
        &mut self,
        path: &Traced,
        arguments: &[Arg],
        sharing: Sharing,
        scope: &mut Scope,
        frame: &Frame,
        here: Option<&Location>,
    ) {
        let exists = |path: &str| self.library.exists(path);
        let Some(resolved) =
            scope.resolve(path, &|path| exists(path) || scope.files.contains_key(path))
        else {
            return;
        };
        let own = arguments.iter().map(|arg| arg.text.clone()).collect();
        if let Some(text) = scope.files.get(&resolved).cloned() {
            let mut inner = scope.clone();
            inner.arguments = own;
            self.shell(&text, Dialect::Bash, &mut inner, frame);
            return;
        }
        let Loaded::Ready(file) = self.library.text(&resolved) else {
            self.unread.extend(path.location());
            return;
        };
        let Some(frame) = self.hop(frame, here.cloned().or_else(|| path.location()), &resolved)
        else {
            return;
        };
        let text = Traced::of_file(&file, crate::source::Span::of(0..file.text().len()));
        match language_of(&resolved, file.text()) {
            FileLanguage::Code(language) => self.code(&text, language, scope, &frame),
            FileLanguage::Shell(dialect) if sharing == Sharing::Shared => {
                let script = scope.script.replace(resolved);
                self.shell(&text, dialect, scope, &frame);
                scope.script = script;
            }
            FileLanguage::Shell(dialect) => {
                let mut inner = scope.clone();
                inner.arguments = own;
                inner.script = Some(resolved);
                self.shell(&text, dialect, &mut inner, &frame);
            }
        }
    }

    /// A script by its path, started by something else than a command.
    pub(super) fn script(&mut self, path: &Traced, scope: &mut Scope, frame: &Frame) {
        self.file(path, &[], Sharing::Own, scope, frame, path.location().as_ref());
    }

    fn code_file(&mut self, path: &Traced, language: Language, scope: &Scope, frame: &Frame) {
        let exists = |path: &str| self.library.exists(path) || scope.files.contains_key(path);
        let Some(mut resolved) = scope.resolve(path, &exists) else {
            return;
        };
        // `python -m package` runs the package's main module.
        let main = resolved.strip_suffix(".py").map(|stem| format!("{stem}/__main__.py"));
        if let Some(main) = main.filter(|main| !exists(&resolved) && exists(main)) {
            resolved = main;
        }
        if let Some(text) = scope.files.get(&resolved) {
            self.code(text, language, scope, frame);
            return;
        }
        let Loaded::Ready(file) = self.library.text(&resolved) else {
            self.unread.extend(path.location());
            return;
        };
        let Some(frame) = self.hop(frame, path.location(), &resolved) else {
            return;
        };
        let text = Traced::of_file(&file, crate::source::Span::of(0..file.text().len()));
        self.code(&text, language, scope, &frame);
    }

    fn package_script(
        &mut self,
        name: &Traced,
        directory: Option<&Traced>,
        arguments: &[Arg],
        words: &[Arg],
        scope: &mut Scope,
        frame: &Frame,
    ) {
        let Some(files) = self.package_files(directory, words, scope) else {
            return;
        };
        for path in files {
            let Loaded::Ready(file) = self.library.text(&path) else {
                continue;
            };
            // What cannot be read as JSON is reported by the engine, which judges every `package.json` it loads.
            let Ok(texts) = package_json::script(&file, name.text()) else {
                continue;
            };
            let place = words.first().and_then(|word| word.text.location());
            let what = words
                .iter()
                .take(3)
                .map(Arg::as_str)
                .collect::<Vec<_>>()
                .join(" ");
            let Some(frame) = self.hop(frame, place, &what) else {
                return;
            };
            self.visited.insert(path.clone());
            let mut inner = scope.clone();
            inner.folder = library::folder(&path).to_owned();
            let last = texts.len().saturating_sub(1);
            for (index, mut text) in texts.into_iter().enumerate() {
                for arg in arguments
                    .iter()
                    .filter(|_| index == last.min(1) || last == 0)
                {
                    if let Some(place) = arg.text.location() {
                        text.push(&Traced::synthetic(" ", &place));
                        text.push(&arg.text);
                    }
                }
                self.shell(&text, Dialect::Bash, &mut inner, &frame);
            }
        }
    }

    /// The `package.json` files that a command of a package manager means: the one of its folder, or for
    /// `--filter` and `--workspace` the packages of that name.
    fn package_files(
        &self,
        directory: Option<&Traced>,
        words: &[Arg],
        scope: &Scope,
    ) -> Option<Vec<String>> {
        const MAX_PACKAGES: usize = 64;
        let filter = words
            .iter()
            .enumerate()
            .find_map(|(index, word)| match word.as_str() {
                "--filter" | "-F" | "--workspace" | "-w" => words.get(index + 1).map(Arg::as_str),
                text => text
                    .strip_prefix("--filter=")
                    .or_else(|| text.strip_prefix("--workspace=")),
            });
        if let Some(filter) = filter {
            let all = self.library.named("package.json");
            let named = all.into_iter().take(MAX_PACKAGES).filter(|path| {
                let by_folder = library::folder(path).ends_with(filter.trim_start_matches("./"));
                by_folder
                    || self
                        .library
                        .text(path)
                        .ready()
                        .is_some_and(|file| package_json::is_named(&file, filter))
            });
            return Some(named.collect());
        }
        let folder = match directory {
            Some(directory) => scope.resolve(directory, &|_| true)?,
            None => scope.folder.clone(),
        };
        // npm looks upwards for the package.
        let mut folder = folder.as_str();
        loop {
            let path = library::join(folder, "package.json")?;
            if self.library.exists(&path) {
                return Some(vec![path]);
            }
            if folder.is_empty() {
                return None;
            }
            folder = library::folder(folder);
        }
    }

    fn task(
        &mut self,
        task: &TaskCall<'_>,
        targets: &[&str],
        here: Option<&Location>,
        scope: &Scope,
        frame: &Frame,
    ) {
        let folder = match task.directory {
            Some(directory) => match scope.resolve(directory, &|_| true) {
                Some(folder) => folder,
                None => return,
            },
            None => scope.folder.clone(),
        };
        let names: Vec<String> = match task.file {
            Some(file) => vec![file.text().to_owned()],
            None => task
                .tool
                .files()
                .iter()
                .map(|name| (*name).to_owned())
                .collect(),
        };
        let path = names
            .iter()
            .filter_map(|name| library::join(&folder, name))
            .find(|path| self.library.exists(path));
        let Some(path) = path else { return };
        let Loaded::Ready(file) = self.library.text(&path) else {
            return;
        };
        let mut queue: Vec<String> = targets.iter().map(|name| (*name).to_owned()).collect();
        if queue.is_empty() {
            queue.push(String::new());
        }
        let make = (task.tool == TaskTool::Make).then(|| self.makefile(&file, &folder));
        let what = format!("{} {}", task.tool.program(), targets.join(" "))
            .trim_end()
            .to_owned();
        let Some(frame) = self.hop(frame, here.cloned(), &what) else {
            return;
        };
        self.visited.insert(path.clone());
        let mut done: HashSet<String> = HashSet::new();
        while let Some(target) = queue.pop() {
            if !done.insert(target.clone()) {
                continue;
            }
            let recipe = match &make {
                Some(make) => make_recipe(make, &target, task.variables),
                None => task.tool.recipe(&file, &target, task.variables),
            };
            let Some(recipe) = recipe else { continue };
            queue.extend(recipe.before.iter().cloned());
            let mut inner = scope.clone();
            inner.folder.clone_from(&folder);
            for (name, value) in &recipe.variables {
                inner.set_text(name, value.clone());
            }
            for command in &recipe.commands {
                self.shell(command, Dialect::Bash, &mut inner, &frame);
            }
        }
    }

    /// A Makefile with the files that it includes.
    fn makefile(&self, file: &std::sync::Arc<crate::source::SourceFile>, folder: &str) -> makefile::Makefile {
        const MAX_INCLUDES: usize = 16;
        let mut make = makefile::parse(file);
        let mut next = 0;
        while let Some(include) = make.includes.get(next).cloned().filter(|_| next < MAX_INCLUDES) {
            next += 1;
            let included = library::join(folder, &include).and_then(|path| self.library.text(&path).ready());
            if let Some(included) = included {
                make.include(makefile::parse(&included));
            }
        }
        make
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

struct TaskCall<'a> {
    tool: TaskTool,
    directory: Option<&'a Traced>,
    file: Option<&'a Traced>,
    variables: &'a [(String, Traced)],
}

impl TaskTool {
    /// Files that the tool looks for, in its order.
    pub(super) fn files(self) -> &'static [&'static str] {
        match self {
            Self::Make => &["GNUmakefile", "makefile", "Makefile"],
            Self::Just => &["justfile", "Justfile", ".justfile", "JUSTFILE"],
            Self::Taskfile => &[
                "Taskfile.yml",
                "taskfile.yml",
                "Taskfile.yaml",
                "taskfile.yaml",
                "Taskfile.dist.yml",
                "Taskfile.dist.yaml",
            ],
        }
    }

    fn program(self) -> &'static str {
        match self {
            Self::Make => "make",
            Self::Just => "just",
            Self::Taskfile => "task",
        }
    }

    fn recipe(
        self,
        file: &std::sync::Arc<crate::source::SourceFile>,
        target: &str,
        variables: &[(String, Traced)],
    ) -> Option<Recipe> {
        match self {
            Self::Make => make_recipe(&makefile::parse(file), target, variables),
            Self::Just => justfile::recipe(file, target, variables),
            // A Taskfile that is no YAML is reported where it is judged; here it runs nothing.
            Self::Taskfile => taskfile::recipe(file, target, variables).ok().flatten(),
        }
    }
}

fn make_recipe(make: &makefile::Makefile, target: &str, variables: &[(String, Traced)]) -> Option<Recipe> {
    let target = if target.is_empty() { make.default_target()? } else { target };
    make.recipe(target, variables)
}

/// Programs that everybody knows and that start no agent. Anything else in a step that holds a credential of Claude
/// may be one.
fn is_harmless(name: &str) -> bool {
    static HARMLESS: &[&str] = &[
        ":", "[", "alias", "apk", "apt", "apt-get", "awk", "aws", "base64", "basename", "break", "brew", "cargo", "cat", "cd",
        "chmod", "chown", "continue", "corepack", "cp", "curl", "cut", "date", "declare", "diff", "dirname", "docker", "echo",
        "eval", "exit", "export", "expr", "false", "gcloud", "gh", "git", "go", "grep", "gunzip", "gzip", "head", "hash",
        "jq", "kill", "ln", "local", "ls", "mapfile", "md5sum", "mkdir", "mktemp", "mv", "npm", "pip", "pip3", "pipx", "pnpm",
        "popd", "printenv", "printf", "ps", "pushd", "pwd", "read", "readarray", "readonly", "return", "rg", "rm", "rsync",
        "sed", "set", "shift", "sha256sum", "shopt", "sleep", "sort", "source", "tail", "tar", "tee", "test", "touch", "tr",
        "trap", "true", "type", "umask", "uname", "uniq", "unset", "unzip", "uv", "wait", "wc", "wget", "which", "whoami",
        "xargs", "yarn", "yq", "zip", "command", "exec", "bun", "sudo", "find",
    ];
    let base = name.rsplit('/').next().unwrap_or(name);
    HARMLESS.contains(&base) || base == "claude" || name.is_empty()
}

enum FileLanguage {
    Shell(Dialect),
    Code(Language),
}

fn language_of(path: &str, text: &str) -> FileLanguage {
    let first = text
        .lines()
        .next()
        .filter(|line| line.starts_with("#!"))
        .unwrap_or_default();
    let ends = |endings: &[&str]| endings.iter().any(|ending| path.ends_with(ending));
    if ends(&[".py"]) || first.contains("python") || first.contains("uv run") {
        FileLanguage::Code(Language::Python)
    } else if ends(&[".js", ".mjs", ".cjs", ".ts", ".mts", ".tsx"])
        || ["node", "deno", "bun", "tsx", "zx"]
            .iter()
            .any(|name| first.contains(name))
    {
        FileLanguage::Code(Language::JavaScript)
    } else if ends(&[".ps1"]) || first.contains("pwsh") {
        FileLanguage::Shell(Dialect::PowerShell)
    } else if ends(&[".cmd", ".bat"]) {
        FileLanguage::Shell(Dialect::Cmd)
    } else {
        FileLanguage::Shell(Dialect::Bash)
    }
}

fn is_declaration(command: &Command) -> bool {
    let program = command.words.first().and_then(Word::literal);
    matches!(
        program.as_deref(),
        Some("export" | "declare" | "local" | "readonly" | "typeset")
    )
}

/// The words of a command after expansion, each with what it may become where it is not known.
fn arguments(words: &[Word], text: &Traced, scope: &Scope) -> Vec<Arg> {
    let mut all = Vec::new();
    for word in words {
        let unknown = if is_bare(word) {
            Unknown::Words
        } else {
            Unknown::Text
        };
        all.extend(
            expand(word, text, scope)
                .into_iter()
                .map(|text| Arg { text, unknown }),
        );
    }
    all
}

/// Whether a word begins with something unquoted that is not its own text.
fn is_bare(word: &Word) -> bool {
    match word.parts.first() {
        Some(Part::Literal { quoting, .. }) => *quoting == Quoting::Unquoted,
        Some(Part::Variable { quoting, item, .. }) => {
            *quoting == Quoting::Unquoted || *item == crate::shell::Item::Each
        }
        Some(Part::Substitution { quoting, .. } | Part::Opaque { quoting, .. }) => {
            *quoting == Quoting::Unquoted
        }
        None => false,
    }
}

fn fields(words: &[Word], text: &Traced, scope: &Scope) -> Vec<Traced> {
    crate::shell::expand_all(words, text, scope)
}

/// A word as one text, as an assignment takes it.
fn joined(word: &Word, text: &Traced, scope: &Scope) -> Traced {
    let mut fields = expand(word, text, scope).into_iter();
    let mut whole = fields.next().unwrap_or_default();
    for field in fields {
        if let Some(place) = field.location() {
            whole.push(&Traced::synthetic(" ", &place));
        }
        whole.push(&field);
    }
    whole
}

fn append(old: Option<&Binding>, new: Binding) -> Binding {
    match (old, new) {
        (Some(Binding::List(items)), Binding::List(more)) => {
            Binding::List(items.iter().cloned().chain(more).collect())
        }
        (Some(Binding::Scalar(text)), Binding::Scalar(more)) => {
            let mut text = text.clone();
            text.push(&more);
            Binding::Scalar(text)
        }
        (_, new) => new,
    }
}

fn bind_loop(variable: &str, items: &[Word], parsed: &Parsed, scope: &mut Scope) {
    let values = fields(items, &parsed.text, scope);
    let heaviest = values.into_iter().reduce(|best, value| {
        if super::context::weight(&value) > super::context::weight(&best) {
            value
        } else {
            best
        }
    });
    // The loop runs with each item in turn; the item that gives the agent most stands for all.
    if let Some(value) = heaviest {
        scope.set_text(variable, value);
    }
}

fn split_assignment(text: &Traced) -> Option<(String, Traced)> {
    let at = text.text().find('=')?;
    let name = text.text().get(..at)?.trim().to_owned();
    (!name.is_empty()).then(|| (name, text.slice(at + 1..text.len())))
}

/// Whether no branch begins or ends between two places of a script, so that the later assignment surely replaces the
/// earlier one.
fn is_straight(script: &str, from: u32, to: u32) -> bool {
    let between = script.get(from as usize..to as usize).unwrap_or_default();
    let words = between.split(|c: char| !(c.is_alphanumeric() || c == '_'));
    let keyword = words.into_iter().any(|word| {
        matches!(word, "if" | "then" | "else" | "elif" | "fi" | "case" | "esac" | "while" | "until" | "for" | "do" | "done")
    });
    !keyword && !["&&", "||", ";;", "{", "("].iter().any(|mark| between.contains(mark))
}

fn add_line(text: &mut Traced, line: &Traced) {
    if let Some(place) = line.location().filter(|_| !text.is_empty()) {
        text.push(&Traced::synthetic("\n", &place));
    }
    text.push(line);
}

/// `~/x` and `$HOME/x` as `~/x`.
fn home_path(target: &Traced) -> Option<String> {
    let text = target.text();
    if text.starts_with("~/") {
        return Some(text.to_owned());
    }
    let hole = target.holes().first().filter(|hole| hole.span.start == 0)?;
    let is_home = hole.source.trim_matches(['$', '{', '}', '"']) == "HOME";
    is_home.then(|| format!("~{}", text.get(hole.span.end as usize..).unwrap_or_default()))
}

/// What `echo`, `printf` or `cat <<EOF` writes.
fn written_text(
    parsed: &Parsed,
    command: &Command,
    arguments: &[Arg],
    scope: &Scope,
) -> Option<Traced> {
    if let Some(Input::HereDoc { body, expansion }) = command.input.as_deref() {
        return Some(body_text(body, *expansion, &parsed.text, scope));
    }
    let (program, rest) = arguments.split_first()?;
    match program.as_str() {
        "echo" => {
            let mut text = Traced::default();
            for arg in rest
                .iter()
                .filter(|arg| !matches!(arg.as_str(), "-n" | "-e" | "-E" | "-ne"))
            {
                if let Some(place) = arg.text.location().filter(|_| !text.is_empty()) {
                    text.push(&Traced::synthetic(" ", &place));
                }
                text.push(&arg.text);
            }
            Some(text)
        }
        // The format of `printf` is taken for the text where it has no conversion, else its first argument.
        "printf" => {
            let format = rest.first()?;
            if format.as_str().contains('%') {
                Some(rest.get(1)?.text.clone())
            } else {
                Some(format.text.clone())
            }
        }
        _ => None,
    }
}

fn body_text(body: &Word, expansion: Expansion, text: &Traced, scope: &Scope) -> Traced {
    match expansion {
        Expansion::Literal => text.slice(body.span.range()),
        Expansion::Expands => joined(body, text, scope),
    }
}

/// Texts that a command reads from standard input, as far as the script shows them.
fn input_texts(command: Option<(&Rc<Parsed>, &Command)>, scope: &Scope) -> Vec<Traced> {
    let Some((parsed, command)) = command else {
        return Vec::new();
    };
    match command.input.as_deref() {
        Some(Input::HereDoc { body, expansion }) => {
            return vec![body_text(body, *expansion, &parsed.text, scope)];
        }
        Some(Input::HereString(word)) => return vec![joined(word, &parsed.text, scope)],
        _ => {}
    }
    let from = command
        .pipe_from
        .and_then(|index| parsed.script.commands.get(index));
    let Some(from) = from else { return Vec::new() };
    let arguments = arguments(&from.words, &parsed.text, scope);
    written_text(parsed, from, &arguments, scope)
        .into_iter()
        .collect()
}

/// A file that a command reads as its standard input: `bash < x.sh`, `cat x.sh | bash`.
fn input_file(command: Option<(&Rc<Parsed>, &Command)>, scope: &Scope) -> Option<Traced> {
    let (parsed, command) = command?;
    if let Some(Input::File(word)) = command.input.as_deref() {
        return Some(joined(word, &parsed.text, scope));
    }
    let from = parsed.script.commands.get(command.pipe_from?)?;
    let arguments = arguments(&from.words, &parsed.text, scope);
    let (program, rest) = arguments.split_first()?;
    let is_cat = program.as_str() == "cat" && from.input.is_none();
    rest.first().filter(|_| is_cat).map(|arg| arg.text.clone())
}
