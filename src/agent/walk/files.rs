//! From a command to the files it hands over to: scripts, package scripts, task files.

use std::collections::HashSet;
use std::sync::Arc;

use crate::shell::Dialect;
use crate::snapshot;
use crate::source::{Location, SourceFile, Span, Traced};

use super::{Frame, Walk};
use crate::agent::hop::{Recipe, justfile, makefile, taskfile};
use crate::agent::library::{self, Loaded};
use crate::agent::program::{Arg, Certainty, ClaudeStart, Language, Sharing, TaskTool};
use crate::agent::scope::Scope;

/// How many targets one call of a task tool may run.
const MAX_TARGETS: usize = 2_000;

impl Walk<'_> {
    /// A script by its path: a file that the walk saw being written, else a file of the tree.
    pub(super) fn file(
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
            self.shell(text, Dialect::Bash, &mut inner, frame);
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
        let text = Traced::of_file(&file, Span::of(0..file.text().len()));
        match language_of(&resolved, file.text()) {
            FileLanguage::Code(language) => self.code(&text, language, scope, &frame),
            FileLanguage::Shell(dialect) if sharing == Sharing::Shared => {
                let script = scope.script.replace(resolved);
                self.shell(text, dialect, scope, &frame);
                scope.script = script;
            }
            FileLanguage::Shell(dialect) => {
                let mut inner = scope.clone();
                inner.arguments = own;
                inner.script = Some(resolved);
                self.shell(text, dialect, &mut inner, &frame);
            }
        }
    }

    /// A script by its path, started by something else than a command.
    pub(in crate::agent) fn script(&mut self, path: &Traced, scope: &mut Scope, frame: &Frame) {
        self.file(
            path,
            &[],
            Sharing::Own,
            scope,
            frame,
            path.location().as_ref(),
        );
    }

    pub(super) fn code_file(
        &mut self,
        path: &Traced,
        language: Language,
        scope: &Scope,
        frame: &Frame,
    ) {
        let exists = |path: &str| self.library.exists(path) || scope.files.contains_key(path);
        let Some(mut resolved) = scope.resolve(path, &exists) else {
            return;
        };
        // `python -m package` runs the package's main module.
        let main = resolved
            .strip_suffix(".py")
            .map(|stem| format!("{stem}/__main__.py"));
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
        let text = Traced::of_file(&file, Span::of(0..file.text().len()));
        self.code(&text, language, scope, &frame);
    }

    pub(super) fn package_script(
        &mut self,
        name: &Traced,
        directory: Option<&Traced>,
        arguments: &[Arg],
        words: &[Arg],
        scope: &mut Scope,
        frame: &Frame,
    ) {
        let files = self
            .package_files(directory, words, scope)
            .unwrap_or_default();
        let mut has_script = false;
        for path in files {
            let Some(package) = self.manifests.package(self.library, &path) else {
                continue;
            };
            let texts = package.script(name.text());
            has_script |= !texts.is_empty();
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
            inner.folder = snapshot::folder(&path).to_owned();
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
                self.shell(text, Dialect::Bash, &mut inner, &frame);
            }
        }
        // Without a script of that name pnpm, yarn and bun run the program of an installed package.
        let starts_program = words.first().is_some_and(|word| word.as_str() != "npm");
        if !has_script && starts_program && name.text() == "claude" {
            let start = ClaudeStart {
                program: name.clone(),
                arguments: arguments.to_vec(),
                version: None,
                certainty: Certainty::Written,
            };
            self.claude(start, scope, frame);
        }
    }

    /// The `package.json` files that a command of a package manager means: the one of its folder, or for
    /// `--filter` and `--workspace` the packages of that name.
    pub(super) fn package_files(
        &self,
        directory: Option<&Traced>,
        words: &[Arg],
        scope: &Scope,
    ) -> Option<Vec<String>> {
        const MAX_PACKAGES: usize = 64;
        let next = |index: usize| words.get(index + 1).map(Arg::as_str);
        let filter = words
            .iter()
            .enumerate()
            .find_map(|(index, word)| match word.as_str() {
                "--filter" | "-F" | "--workspace" | "-w" | "workspace" => next(index),
                text => ["--filter=", "--workspace="]
                    .iter()
                    .find_map(|option| text.strip_prefix(option)),
            });
        // Every package of the repository runs a script of that name.
        let is_everywhere = words.iter().take(4).any(|word| {
            matches!(
                word.as_str(),
                "-r" | "--recursive" | "--workspaces" | "-ws" | "turbo" | "lerna" | "nx"
            )
        });
        if is_everywhere && filter.is_none() {
            let all = self.manifests.package_files(self.library);
            return Some(all.iter().take(MAX_PACKAGES).cloned().collect());
        }
        if let Some(filter) = filter {
            let all = self.manifests.package_files(self.library);
            let named = all.iter().take(MAX_PACKAGES).filter(|path| {
                let by_folder = snapshot::folder(path).ends_with(filter.trim_start_matches("./"));
                let package = || self.manifests.package(self.library, path);
                by_folder || package().is_some_and(|package| package.is_named(filter))
            });
            return Some(named.cloned().collect());
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
            folder = snapshot::folder(folder);
        }
    }

    pub(super) fn task(
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
        let make = match task.tool {
            TaskTool::Make => self.manifests.makefile(self.library, &path),
            _ => None,
        };
        let mut queue: Vec<String> = targets.iter().map(|name| (*name).to_owned()).collect();
        if queue.is_empty() {
            queue.push(String::new());
        }
        let what = format!("{} {}", task.tool.program(), targets.join(" "))
            .trim_end()
            .to_owned();
        let Some(frame) = self.hop(frame, here.cloned(), &what) else {
            return;
        };
        self.visited.insert(path.clone());
        let mut outer = scope.clone();
        outer.folder.clone_from(&folder);
        for (name, value) in make.iter().flat_map(|make| make.exports()) {
            outer.set_text(name, value.clone());
        }
        let mut done: HashSet<String> = HashSet::new();
        while let Some(target) = queue.pop() {
            if self.is_spent() || done.len() > MAX_TARGETS {
                self.cut(here.cloned());
                return;
            }
            if !done.insert(target.clone()) {
                continue;
            }
            let recipe = match &make {
                Some(make) => make_recipe(make, &target, task.variables),
                None => task.tool.recipe(&file, &target, task.variables),
            };
            let Some(recipe) = recipe else { continue };
            queue.extend(recipe.before.iter().cloned());
            let mut inner = outer.clone();
            for (name, value) in &recipe.variables {
                inner.set_text(name, value.clone());
            }
            for command in recipe.commands {
                self.shell(command, Dialect::Bash, &mut inner, &frame);
            }
        }
    }
}

pub(super) struct TaskCall<'a> {
    pub(super) tool: TaskTool,
    pub(super) directory: Option<&'a Traced>,
    pub(super) file: Option<&'a Traced>,
    pub(super) variables: &'a [(String, Traced)],
}

impl TaskTool {
    /// Files that the tool looks for, in its order.
    pub(in crate::agent) fn files(self) -> &'static [&'static str] {
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
        file: &Arc<SourceFile>,
        target: &str,
        variables: &[(String, Traced)],
    ) -> Option<Recipe> {
        match self {
            // Read with the files that it includes, by the walk.
            Self::Make => None,
            Self::Just => justfile::recipe(file, target, variables),
            // A Taskfile that is no YAML is reported where it is judged; here it runs nothing.
            Self::Taskfile => taskfile::recipe(file, target, variables).ok().flatten(),
        }
    }
}

fn make_recipe(
    make: &makefile::Makefile,
    target: &str,
    variables: &[(String, Traced)],
) -> Option<Recipe> {
    let target = if target.is_empty() {
        make.default_target()?
    } else {
        target
    };
    make.recipe(target, variables)
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
