//! Steps that use an action: Claude's own, one of the repository, one that carries a command, an image.

use std::sync::Arc;

use crate::agent::action_run;
use crate::agent::card::{AgentKind, Hop};
use crate::agent::carrier::{self, Carries};
use crate::agent::compose;
use crate::agent::context::Context;
use crate::agent::library::{self, Loaded};
use crate::agent::program::Language;
use crate::agent::walk::{Found, Frame};
use crate::shell::Dialect;
use crate::source::{Node, SourceFile, Span, Traced};
use crate::workflow::reference::Reference;
use crate::workflow::{Action, Runs};

use super::place::{Here, JobState, Outer, Steps};
use super::{MAX_NESTING, Search, holds_credential};

impl Search<'_> {
    pub(super) fn uses_step(&mut self, here: &Here<'_>, state: &mut JobState<'_>) {
        let Here { step, context, .. } = *here;
        let (Some(uses), Some(reference)) = (step.uses(), step.reference()) else {
            return;
        };
        match reference {
            Reference::Repository(repository) => {
                if repository.is("actions", "checkout") {
                    state.checked_out(step, context);
                }
                if let Some(kind) = action_run::kind_of(repository) {
                    self.action(kind, repository.version, uses, here, state);
                } else if let Some((input, carries)) =
                    carrier::input_of(repository.owner, repository.name)
                {
                    self.carried(here, state, input, carries);
                } else if holds_credential(step) {
                    let run = self
                        .composer(here, state)
                        .unresolved(uses.location(), reference);
                    self.runs.push(run);
                }
            }
            Reference::Local(path) | Reference::SameCommit(path) => {
                self.local(path, uses, here, state);
            }
            Reference::Docker(image) => self.image(image, uses, here, state),
            Reference::Dynamic | Reference::Unclear => {}
        }
    }

    /// An action of the same repository, or one that an earlier step checked out.
    pub(super) fn local(
        &mut self,
        path: &str,
        uses: Node<'_>,
        here: &Here<'_>,
        state: &mut JobState<'_>,
    ) {
        let Here {
            step,
            place,
            context,
            at,
            ..
        } = *here;
        let foreign = state.checkouts.iter().find_map(|(folder, repository)| {
            let inside = path == folder || path.starts_with(&format!("{folder}/"));
            inside.then(|| {
                (
                    repository.clone(),
                    path.get(folder.len()..).unwrap_or_default().to_owned(),
                )
            })
        });
        if let Some((repository, inner)) = foreign {
            let (name, version) = repository.split_once('@').unwrap_or((&repository, ""));
            let full = format!("{name}{inner}@{version}");
            if let Reference::Repository(repository) = Reference::parse(&full)
                && let Some(kind) = action_run::kind_of(repository)
            {
                self.action(kind, repository.version, uses, here, state);
                return;
            }
        }
        let inside = |folder: &String| path.strip_prefix(folder.as_str())?.strip_prefix('/');
        let path = state.own_folders.iter().find_map(inside).unwrap_or(path);
        let Some(folder) = library::join("", path) else {
            return;
        };
        // GitHub stops at ten actions inside each other; one inside itself never ends.
        let is_cycle = at.trail.iter().any(|hop| hop.what == folder);
        if is_cycle || !self.may_call(&at.trail, uses) {
            return;
        }
        let Some((file, action)) = self.action_file(&folder) else {
            return;
        };
        if at.depth > MAX_NESTING {
            return;
        }
        let mut trail = at.trail.clone();
        trail.push(Hop {
            location: uses.location(),
            what: folder.clone(),
        });
        self.walk.visited.insert(file);
        let mut inner = Context::of_action(context, &folder);
        for input in action.inputs() {
            inner.set_input(input, step.with(), Some(context));
        }
        let outer = Outer { step, place };
        match action.runs() {
            Runs::Composite => {
                let steps = Steps {
                    trail,
                    anchor: place.anchor.clone(),
                    depth: at.depth + 1,
                    outer: Some(&outer),
                };
                self.steps(action.steps(), state, &mut inner, &steps);
            }
            Runs::Node(program) => {
                let main = program
                    .main
                    .and_then(|main| Some((main.text()?, main.location())));
                let Some((main, location)) = main else { return };
                let script = library::join(&folder, main);
                let read = script.and_then(|path| self.library.text(&path).ready());
                match read {
                    Some(file) => self.program(&file, &trail, &here.with(&inner), state),
                    None if holds_credential(step) => {
                        let composer = self.composer(here, state);
                        self.runs
                            .push(composer.unresolved(location, Reference::Unclear));
                    }
                    None => {}
                }
            }
            Runs::Docker(docker) => {
                let scripts: Vec<String> = docker
                    .entrypoints()
                    .filter_map(|entry| library::join(&folder, entry.value.text()?))
                    .chain(self.entry_points(docker.image(), &folder))
                    .collect();
                if let Some(file) = docker
                    .image()
                    .and_then(Node::text)
                    .filter(|name| !name.starts_with("docker://"))
                {
                    let frame = Frame::at(trail.clone());
                    if let Some(path) = library::join(&folder, file) {
                        let scope = self.scope(&here.with(&inner), state);
                        self.walk.dockerfile(
                            &path,
                            docker.image().map(Node::location),
                            &scope,
                            &frame,
                        );
                    }
                }
                let arguments: Vec<Traced> = docker
                    .arguments()
                    .iter()
                    .filter_map(|node| inner.text(node))
                    .collect();
                for path in scripts {
                    let Loaded::Ready(file) = self.library.text(&path) else {
                        continue;
                    };
                    let mut scope = self.scope(&here.with(&inner), state);
                    scope.arguments.clone_from(&arguments);
                    scope.script = Some(path);
                    for input in action.inputs() {
                        let Some(name) = input.name.text() else {
                            continue;
                        };
                        let given = step.with().get(name).or_else(|| input.default());
                        if let Some(value) = given.and_then(|node| context.text(node)) {
                            scope.set_text(
                                &format!("INPUT_{}", name.to_uppercase().replace(' ', "_")),
                                value,
                            );
                        }
                    }
                    let text = Traced::of_file(&file, Span::of(0..file.text().len()));
                    let frame = Frame::at(trail.clone());
                    self.walk.shell(text, Dialect::Bash, &mut scope, &frame);
                }
                let found = std::mem::take(&mut self.walk.found);
                self.compose(found, here, state);
            }
            Runs::Unclear => {}
        }
    }

    pub(super) fn action_file(&self, folder: &str) -> Option<(String, Arc<Action>)> {
        ["action.yml", "action.yaml"].into_iter().find_map(|name| {
            let path = library::join(folder, name)?;
            let action = self.library.action(&path).ready()?;
            Some((path, action))
        })
    }

    /// Scripts that an image of the repository starts: its Dockerfile's entry point, found beside it by name.
    pub(super) fn entry_points(&self, image: Option<Node<'_>>, folder: &str) -> Vec<String> {
        let Some(name) = image
            .and_then(Node::text)
            .filter(|name| !name.starts_with("docker://"))
        else {
            return Vec::new();
        };
        let file = library::join(folder, name).and_then(|path| self.library.text(&path).ready());
        let Some(file) = file else { return Vec::new() };
        let mut found = Vec::new();
        for line in file.text().lines() {
            let line = line.trim_start();
            if !line.starts_with("ENTRYPOINT") && !line.starts_with("CMD") {
                continue;
            }
            let words = line
                .split(['"', '\'', ' ', '[', ']', ','])
                .filter(|word| word.contains('.'));
            found.extend(words.filter_map(|word| {
                let name = word.rsplit('/').next()?;
                library::join(folder, name).filter(|path| self.library.exists(path))
            }));
        }
        found
    }

    pub(super) fn program(
        &mut self,
        file: &Arc<SourceFile>,
        trail: &[Hop],
        here: &Here<'_>,
        state: &mut JobState<'_>,
    ) {
        let text = Traced::of_file(file, Span::of(0..file.text().len()));
        let scope = self.scope(here, state);
        let frame = Frame::at(trail.to_vec());
        self.walk.code(&text, Language::JavaScript, &scope, &frame);
        let found = std::mem::take(&mut self.walk.found);
        self.compose(found, here, state);
    }

    /// A command in an input of somebody else's action.
    pub(super) fn carried(
        &mut self,
        here: &Here<'_>,
        state: &mut JobState<'_>,
        input: &str,
        carries: Carries,
    ) {
        let Here {
            step, context, at, ..
        } = *here;
        let Some(text) = step.with().get(input).and_then(|node| context.text(node)) else {
            return;
        };
        let mut scope = self.scope(here, state);
        let frame = Frame::at(at.trail.clone());
        match carries {
            Carries::Shell => self.walk.shell(text, Dialect::Bash, &mut scope, &frame),
            Carries::JavaScript => self.walk.code(&text, Language::JavaScript, &scope, &frame),
        }
        let found = std::mem::take(&mut self.walk.found);
        self.compose(found, here, state);
    }

    /// `uses: docker://image` with Claude as its program.
    pub(super) fn image(
        &mut self,
        image: &str,
        uses: Node<'_>,
        here: &Here<'_>,
        state: &mut JobState<'_>,
    ) {
        let Here {
            step, context, at, ..
        } = *here;
        let input = |name: &str| step.with().get(name).and_then(|node| context.text(node));
        let arguments = input("args");
        let mut text = match input("entrypoint") {
            Some(entry) => entry,
            None => Traced::synthetic(format!("docker run {image}"), &uses.location()),
        };
        if let Some(arguments) = arguments {
            text.push(&Traced::synthetic(" ", &uses.location()));
            text.push(&arguments);
        }
        let mut scope = self.scope(here, state);
        let frame = Frame::at(at.trail.clone());
        self.walk.shell(text, Dialect::Bash, &mut scope, &frame);
        let found = std::mem::take(&mut self.walk.found);
        self.compose(found, here, state);
    }

    pub(super) fn action(
        &mut self,
        kind: AgentKind,
        version: &str,
        uses: Node<'_>,
        here: &Here<'_>,
        state: &mut JobState<'_>,
    ) {
        let Here { step, context, .. } = *here;
        let comment = step
            .version_comment()
            .map(|span| span.slice(uses.tree().file().text()));
        let generation = action_run::generation(version, comment);
        let inputs = action_run::read(kind, generation, step.with(), context);
        let wrapped = self.executable(here, state);
        let composer = self.composer(here, state);
        let facts = compose::ActionFacts {
            kind,
            version,
            uses: uses.location(),
            with: step.with(),
            token: &state.token,
            job: state.job,
            has_checkout: state.has_checkout,
            project: state.project,
            github_token: here
                .step
                .with()
                .get("github_token")
                .and_then(|node| here.context.text(node)),
            files: &state.files,
            environment: &context.environment,
        };
        let mut run = composer.action(inputs, &facts);
        if let Some(wrapper) = wrapped {
            run = run.through(wrapper);
        }
        self.runs.push(run);
    }

    /// The start in a script of the repository that stands in for Claude's program.
    pub(super) fn executable(&mut self, here: &Here<'_>, state: &JobState<'_>) -> Option<Found> {
        let node = here.step.with().get("path_to_claude_code_executable")?;
        let path = here.context.text(node)?;
        let mut scope = self.scope(here, state);
        let frame = Frame::at(here.at.trail.clone());
        self.walk.script(&path, &mut scope, &frame);
        std::mem::take(&mut self.walk.found).into_iter().next()
    }
}
