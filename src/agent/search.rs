//! The search for agent runs: from workflows through jobs, steps, local actions and called workflows.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use crate::shell::Dialect;
use crate::source::{Location, Node, SourceFile, Span, Traced};
use crate::workflow::permissions::Token;
use crate::workflow::reference::Reference;
use crate::workflow::{Action, Job, Runs, Secrets, Step, StepKind, With, Workflow};

use super::action_run;
use super::bound::Bounds;
use super::card::{AgentKind, Hop};
use super::command_file;
use super::carrier::{self, Carries};
use super::compose::{self, Composer};
use super::context::Context;
use super::exposure::Gate;
use super::library::{self, Library, Loaded};
use super::power::{Power, is_model_credential, secrets_of};
use super::program::Language;
use super::run::{AgentRun, JobPlace};
use super::scope::Scope;
use super::walk::{Found, Frame, Walk};

/// How deep called workflows and local actions may nest. GitHub stops at ten workflows and ten actions.
const MAX_NESTING: usize = 10;

/// Everything that the search found.
#[derive(Debug, Default)]
pub struct Discovery {
    /// The runs, in the order of workflows, jobs and places.
    pub runs: Vec<AgentRun>,
    /// Files that some workflow reaches: scripts, task files.
    pub reached: HashSet<String>,
}

/// Finds the agent runs of all workflows. `paths` are the workflow files, sorted.
pub fn search(library: &dyn Library, paths: &[String]) -> Discovery {
    let mut discovery = Discovery::default();
    let called = called_workflows(library, paths);
    for path in paths {
        let Loaded::Ready(workflow) = library.workflow(path) else { continue };
        let events: Vec<String> = workflow.triggers().map(|trigger| trigger.name().to_owned()).collect();
        // A workflow that only others call is judged where they call it.
        let only_called = events.iter().all(|event| event == "workflow_call");
        if only_called && called.contains(path) {
            continue;
        }
        let mut search = Search {
            library,
            walk: Walk::new(library),
            runs: Vec::new(),
            root: path,
        };
        let call = Call {
            events,
            gate: Gate::Open,
            ..Call::default()
        };
        search.workflow(&workflow, &call, 0);
        discovery.runs.append(&mut search.runs);
        discovery.reached.extend(search.walk.visited);
    }
    discovery
}

fn called_workflows(library: &dyn Library, paths: &[String]) -> HashSet<String> {
    let mut called = HashSet::new();
    for path in paths {
        let Loaded::Ready(workflow) = library.workflow(path) else { continue };
        for job in workflow.jobs() {
            called.extend(job.reference().and_then(|reference| reference.own_path()).and_then(|path| library::join("", path)));
        }
    }
    called
}

/// How a workflow is reached.
#[derive(Clone)]
struct Call<'c> {
    trail: Vec<Hop>,
    events: Vec<String>,
    gate: Gate,
    /// The caller's token, which limits the callee's.
    token: Option<Token>,
    /// What the caller passes.
    with: With<'c>,
    caller: Option<&'c Context<'c>>,
    secrets: Option<Secrets<'c>>,
}

impl Default for Call<'_> {
    fn default() -> Self {
        Self {
            trail: Vec::new(),
            events: Vec::new(),
            gate: Gate::Open,
            token: None,
            with: With::none(),
            caller: None,
            secrets: None,
        }
    }
}

/// The search through one workflow and what it calls.
struct Search<'a> {
    library: &'a dyn Library,
    walk: Walk<'a>,
    runs: Vec<AgentRun>,
    root: &'a str,
}

/// What the steps of one job share.
struct JobState<'t> {
    job: Job<'t>,
    place: JobPlace,
    token: Token,
    power: Power,
    bounds: Bounds,
    gate: Gate,
    events: Vec<String>,
    /// Files that steps wrote.
    files: HashMap<String, Traced>,
    /// Folders that hold the repository itself, where it is not checked out at the root.
    own_folders: Vec<String>,
    /// Repositories that steps checked out into folders of their own.
    checkouts: Vec<(String, String)>,
    /// Whether the repository itself is checked out.
    has_checkout: bool,
}

impl<'a> Search<'a> {
    fn workflow(&mut self, workflow: &Arc<Workflow>, call: &Call<'_>, depth: usize) {
        if depth > MAX_NESTING {
            return;
        }
        let mut base = Context::default();
        for name in ["workflow_call", "workflow_dispatch"] {
            for input in workflow.trigger(name).into_iter().flat_map(|trigger| trigger.inputs()) {
                base.set_input(input, call.with, call.caller);
            }
        }
        base.add_environment(workflow.environment());
        for job in workflow.jobs() {
            let mut context = base.clone();
            context.enter_job(job);
            let gate = if job.condition().is_some() { Gate::Closed } else { call.gate };
            let own = job.token();
            let token = call.token.as_ref().map_or_else(|| own.clone(), |caller| own.within(caller));
            if job.uses().is_some() {
                self.called(job, &context, call, gate, &token, depth);
                continue;
            }
            context.add_environment(job.environment());
            if let Some(container) = job.container() {
                context.add_environment(container.environment());
            }
            let mut power = Power::default();
            power.add_environment(workflow.environment());
            power.add_environment(job.environment());
            if let Some(secrets) = call.secrets {
                power.add_inherited(secrets);
            }
            let mut bounds = Bounds::default();
            bounds.add(job.timeout(), "timeout-minutes of the job", |node| number(node, &context));
            let mut state = JobState {
                job,
                place: job_place(job),
                token,
                power,
                bounds,
                gate,
                events: call.events.clone(),
                files: HashMap::new(),
                own_folders: Vec::new(),
                checkouts: Vec::new(),
                has_checkout: false,
            };
            let steps = Steps {
                trail: call.trail.clone(),
                anchor: format!("jobs.{}", job.id()),
                depth,
                outer: None,
            };
            self.steps(job.steps(), &mut state, &mut context, &steps);
            for output in job.outputs() {
                if let (Some(name), Some(value)) = (output.key.text(), context.text(output.value)) {
                    base.add_output(&format!("needs.{}.outputs.{name}", job.id()), value);
                }
            }
        }
    }

    /// A job that calls a workflow.
    fn called(&mut self, job: Job<'_>, context: &Context<'_>, call: &Call<'_>, gate: Gate, token: &Token, depth: usize) {
        let (Some(uses), Some(reference)) = (job.uses(), job.reference()) else { return };
        let mut trail = call.trail.clone();
        if let Some(path) = reference.own_path().and_then(|path| library::join("", path)) {
            let Loaded::Ready(callee) = self.library.workflow(&path) else { return };
            trail.push(Hop {
                location: uses.location(),
                what: path,
            });
            let inner = Call {
                trail,
                events: call.events.clone(),
                gate,
                token: Some(token.clone()),
                with: job.with(),
                caller: Some(context),
                secrets: Some(job.secrets()),
            };
            self.workflow(&callee, &inner, depth + 1);
            return;
        }
        let Secrets::Map(passed) = job.secrets() else { return };
        let holds = passed.entries().any(|entry| is_credential(entry.key.text(), entry.value));
        if holds && matches!(reference, Reference::Repository(_)) {
            let mut power = Power::default();
            power.add_token(token, job);
            for entry in passed.entries() {
                power.add_value(entry.key.text().unwrap_or_default(), entry.value);
            }
            let composer = Composer {
                library: self.library,
                root: self.root,
                events: &call.events,
                gate,
                trail: &trail,
                anchor: format!("jobs.{}", job.id()),
                step: job.id().to_owned(),
                job: job_place(job),
                power,
                bounds: Bounds::default(),
            };
            self.runs.push(composer.unresolved(uses.location(), reference));
        }
    }

    fn steps<'t>(
        &mut self,
        steps: impl Iterator<Item = Step<'t>>,
        state: &mut JobState<'_>,
        context: &mut Context<'_>,
        at: &Steps<'_>,
    ) {
        for step in steps {
            let mut own = context.clone();
            own.add_environment(step.environment());
            let place = StepPlace::new(step, at);
            let here = Here {
                step,
                place: &place,
                context: &own,
                at,
            };
            match step.kind() {
                StepKind::Run => self.run_step(&here, state),
                StepKind::Uses => self.uses_step(&here, state),
                _ => {}
            }
            let id = step.id().and_then(Node::text).unwrap_or_default();
            for (name, value) in command_file::assignments(&std::mem::take(&mut self.walk.exports)) {
                context.environment.push((name, value));
            }
            for (name, value) in command_file::assignments(&std::mem::take(&mut self.walk.outputs)) {
                context.add_output(&format!("steps.{id}.outputs.{name}"), value);
            }
            state.power.add_earlier_step(step);
        }
    }

    fn run_step(&mut self, here: &Here<'_>, state: &mut JobState<'_>) {
        let Here { step, context, at, .. } = *here;
        let Some(text) = step.run().and_then(|node| context.text(node)) else { return };
        let mut scope = self.scope(here, state);
        let frame = Frame::at(at.trail.clone());
        match shell_of(step, state.job, context) {
            Interpreter::Shell(dialect) => self.walk.shell(&text, dialect, &mut scope, &frame),
            Interpreter::Code(language) => self.walk.code(&text, language, &scope, &frame),
        }
        state.files.extend(std::mem::take(&mut scope.files));
        let unread = std::mem::take(&mut self.walk.unread);
        let found = std::mem::take(&mut self.walk.found);
        if found.is_empty()
            && let Some(location) = unread.into_iter().next()
        {
            if holds_credential(step) {
                let run = self.composer(here, state).unresolved(location, Reference::Unclear);
                self.runs.push(run);
            }
        }
        self.compose(found, here, state);
    }

    fn uses_step(&mut self, here: &Here<'_>, state: &mut JobState<'_>) {
        let Here { step, context, .. } = *here;
        let (Some(uses), Some(reference)) = (step.uses(), step.reference()) else { return };
        match reference {
            Reference::Repository(repository) => {
                if repository.is("actions", "checkout") {
                    state.checked_out(step, context);
                }
                if let Some(kind) = action_run::kind_of(repository) {
                    self.action(kind, repository.version, uses, here, state);
                } else if let Some((input, carries)) = carrier::input_of(repository.owner, repository.name) {
                    self.carried(here, state, input, carries);
                } else if holds_credential(step) {
                    let run = self.composer(here, state).unresolved(uses.location(), reference);
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
    fn local(
        &mut self,
        path: &str,
        uses: Node<'_>,
        here: &Here<'_>,
        state: &mut JobState<'_>,
    ) {
        let Here { step, place, context, at, .. } = *here;
        let foreign = state.checkouts.iter().find_map(|(folder, repository)| {
            let inside = path == folder || path.starts_with(&format!("{folder}/"));
            inside.then(|| (repository.clone(), path.get(folder.len()..).unwrap_or_default().to_owned()))
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
        let Some(folder) = library::join("", path) else { return };
        let Some((file, action)) = self.action_file(&folder) else { return };
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
        let outer = Outer {
            step,
            place,
        };
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
                let main = program.main.and_then(|main| Some((main.text()?, main.location())));
                let Some((main, location)) = main else { return };
                let script = library::join(&folder, main);
                let read = script.and_then(|path| self.library.text(&path).ready());
                match read {
                    Some(file) => self.program(&file, &trail, &here.with(&inner), state),
                    None if holds_credential(step) => {
                        let composer = self.composer(here, state);
                        self.runs.push(composer.unresolved(location, Reference::Unclear));
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
                if let Some(file) = docker.image().and_then(Node::text).filter(|name| !name.starts_with("docker://")) {
                    let frame = Frame::at(trail.clone());
                    if let Some(path) = library::join(&folder, file) {
                        let scope = self.scope(&here.with(&inner), state);
                        self.walk.dockerfile(&path, docker.image().map(Node::location), &scope, &frame);
                    }
                }
                let arguments: Vec<Traced> = docker.arguments().iter().filter_map(|node| inner.text(node)).collect();
                for path in scripts {
                    let Loaded::Ready(file) = self.library.text(&path) else { continue };
                    let mut scope = self.scope(&here.with(&inner), state);
                    scope.arguments.clone_from(&arguments);
                    scope.script = Some(path);
                    for input in action.inputs() {
                        let Some(name) = input.name.text() else { continue };
                        let given = step.with().get(name).or_else(|| input.default());
                        if let Some(value) = given.and_then(|node| context.text(node)) {
                            scope.set_text(&format!("INPUT_{}", name.to_uppercase().replace(' ', "_")), value);
                        }
                    }
                    let text = Traced::of_file(&file, Span::of(0..file.text().len()));
                    let frame = Frame::at(trail.clone());
                    self.walk.shell(&text, Dialect::Bash, &mut scope, &frame);
                }
                let found = std::mem::take(&mut self.walk.found);
                self.compose(found, here, state);
            }
            Runs::Unclear => {}
        }
    }

    fn action_file(&self, folder: &str) -> Option<(String, Arc<Action>)> {
        ["action.yml", "action.yaml"].into_iter().find_map(|name| {
            let path = library::join(folder, name)?;
            let action = self.library.action(&path).ready()?;
            Some((path, action))
        })
    }

    /// Scripts that an image of the repository starts: its Dockerfile's entry point, found beside it by name.
    fn entry_points(&self, image: Option<Node<'_>>, folder: &str) -> Vec<String> {
        let Some(name) = image.and_then(Node::text).filter(|name| !name.starts_with("docker://")) else {
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
            let words = line.split(['"', '\'', ' ', '[', ']', ',']).filter(|word| word.contains('.'));
            found.extend(words.filter_map(|word| {
                let name = word.rsplit('/').next()?;
                library::join(folder, name).filter(|path| self.library.exists(path))
            }));
        }
        found
    }

    fn program(
        &mut self,
        file: &Arc<SourceFile>,
        trail: &[Hop],
        here: &Here<'_>,
        state: &mut JobState<'_>,
    ) {
        let Here { at, .. } = *here;
        let text = Traced::of_file(file, Span::of(0..file.text().len()));
        let scope = self.scope(here, state);
        let frame = Frame::at(trail.to_vec());
        self.walk.code(&text, Language::JavaScript, &scope, &frame);
        let found = std::mem::take(&mut self.walk.found);
        self.compose(found, here, state);
    }

    /// A command in an input of somebody else's action.
    fn carried(
        &mut self,
        here: &Here<'_>,
        state: &mut JobState<'_>,
        input: &str,
        carries: Carries,
    ) {
        let Here { step, context, at, .. } = *here;
        let Some(text) = step.with().get(input).and_then(|node| context.text(node)) else { return };
        let mut scope = self.scope(here, state);
        let frame = Frame::at(at.trail.clone());
        match carries {
            Carries::Shell => self.walk.shell(&text, Dialect::Bash, &mut scope, &frame),
            Carries::JavaScript => self.walk.code(&text, Language::JavaScript, &scope, &frame),
        }
        let found = std::mem::take(&mut self.walk.found);
        self.compose(found, here, state);
    }

    /// `uses: docker://image` with Claude as its program.
    fn image(
        &mut self,
        image: &str,
        uses: Node<'_>,
        here: &Here<'_>,
        state: &mut JobState<'_>,
    ) {
        let Here { step, context, at, .. } = *here;
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
        self.walk.shell(&text, Dialect::Bash, &mut scope, &frame);
        let found = std::mem::take(&mut self.walk.found);
        self.compose(found, here, state);
    }

    fn action(
        &mut self,
        kind: AgentKind,
        version: &str,
        uses: Node<'_>,
        here: &Here<'_>,
        state: &mut JobState<'_>,
    ) {
        let Here { step, context, .. } = *here;
        let comment = step.version_comment().map(|span| span.slice(uses.tree().file().text()));
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
    fn executable(&mut self, here: &Here<'_>, state: &JobState<'_>) -> Option<Found> {
        let node = here.step.with().get("path_to_claude_code_executable")?;
        let path = here.context.text(node)?;
        let mut scope = self.scope(here, state);
        let frame = Frame::at(here.at.trail.clone());
        self.walk.script(&path, &mut scope, &frame);
        std::mem::take(&mut self.walk.found).into_iter().next()
    }

    fn scope(&self, here: &Here<'_>, state: &JobState<'_>) -> Scope {
        let Here { step, place, context, at, .. } = *here;
        let mut scope = Scope::default();
        scope.files.clone_from(&state.files);
        scope.own_folders.clone_from(&state.own_folders);
        let defaults = [state.job.defaults().working_directory, state.job.workflow().defaults().working_directory];
        let folder = step
            .working_directory()
            .or_else(|| defaults.into_iter().flatten().next().filter(|_| at.outer.is_none()));
        if let Some(folder) = folder.and_then(|node| context.text(node)) {
            scope.folder = scope.resolve(&folder, &|_| true).unwrap_or_default();
        }
        if let Some(path) = &context.action_path {
            let place = step.node().location();
            let path = format!("{}/{path}", super::context::WORKSPACE);
            scope.set_text("GITHUB_ACTION_PATH", Traced::synthetic(path, &place));
        }
        for (name, value) in &context.environment {
            scope.set_text(name, value.clone());
        }
        scope
    }

    fn composer<'s>(&self, here: &Here<'s>, state: &'s JobState<'_>) -> Composer<'s>
    where
        'a: 's,
    {
        let Here { step, place, at, .. } = *here;
        let mut power = state.power.clone();
        power.add_environment(step.environment());
        let mut bounds = state.bounds.clone();
        for step in at.outer_steps(step) {
            bounds.add(step.timeout(), "timeout-minutes of the step", |_| None);
        }
        let mut gate = state.gate;
        for outer in at.outer_steps(step) {
            if outer.node().id() != step.node().id() {
                power.add_environment(outer.environment());
                for entry in outer.with().entries() {
                    power.add_value(entry.key.text().unwrap_or_default(), entry.value);
                }
            }
            if outer.condition().is_some() {
                gate = Gate::Closed;
            }
        }
        Composer {
            library: self.library,
            root: self.root,
            events: &state.events,
            gate,
            trail: &at.trail,
            anchor: place.anchor.clone(),
            step: place.name.clone(),
            job: state.place.clone(),
            power,
            bounds,
        }
    }

    fn compose(
        &mut self,
        found: Vec<Found>,
        here: &Here<'_>,
        state: &JobState<'_>,
    ) {
        let Here { context, .. } = *here;
        for found in once_each(found) {
            let facts = compose::CommandFacts {
                token: &state.token,
                job: state.job,
                has_checkout: state.has_checkout,
                files: &state.files,
                environment: &context.environment,
            };
            let run = self.composer(here, state).command(found, &facts);
            self.runs.push(run);
        }
    }
}

/// One start for each place: a loop or a function may pass it several times. Of several, the one with bypass counts.
fn once_each(found: Vec<Found>) -> Vec<Found> {
    use crate::claude::catalog::flags::Meaning;
    let mut kept: Vec<Found> = Vec::new();
    for next in found {
        match kept.iter_mut().find(|known| known.location == next.location) {
            Some(known) => {
                let bypasses = |found: &Found| found.line.has(Meaning::SkipPermissions);
                if bypasses(&next) && !bypasses(known) {
                    *known = next;
                }
            }
            None => kept.push(next),
        }
    }
    kept
}

/// One step with everything around it.
#[derive(Clone, Copy)]
struct Here<'s> {
    step: Step<'s>,
    place: &'s StepPlace<'s>,
    context: &'s Context<'s>,
    at: &'s Steps<'s>,
}

impl<'s> Here<'s> {
    /// The same step with the contexts inside the action that it uses.
    fn with<'o>(&'o self, context: &'o Context<'o>) -> Here<'o> {
        Here { context, ..*self }
    }
}

/// Where a list of steps is.
struct Steps<'s> {
    trail: Vec<Hop>,
    anchor: String,
    depth: usize,
    outer: Option<&'s Outer<'s>>,
}

/// The step that uses the action whose steps are walked.
struct Outer<'s> {
    step: Step<'s>,
    place: &'s StepPlace<'s>,
}

struct StepPlace<'s> {
    name: String,
    anchor: String,
    up: Option<&'s Outer<'s>>,
}

impl<'s> StepPlace<'s> {
    fn new(step: Step<'_>, at: &Steps<'s>) -> Self {
        let name = [step.name(), step.id()].into_iter().flatten().find_map(Node::non_null_text);
        let segment = step.id().and_then(Node::text).map_or_else(|| step.ordinal.to_string(), str::to_owned);
        Self {
            name: name.map_or_else(|| format!("step {}", step.ordinal + 1), str::to_owned),
            anchor: format!("{}.steps.{segment}", at.anchor),
            up: at.outer,
        }
    }
}

impl<'s> Steps<'s> {
    /// The step itself, then the steps of the workflow that use the actions around it.
    fn outer_steps<'o>(&self, step: Step<'o>) -> Vec<Step<'o>>
    where
        's: 'o,
    {
        let mut steps = vec![step];
        let mut outer = self.outer;
        while let Some(up) = outer {
            steps.push(up.step);
            outer = up.place.up;
        }
        steps
    }
}

impl JobState<'_> {
    fn checked_out(&mut self, step: Step<'_>, context: &Context<'_>) {
        let text = |name: &str| step.with().get(name).and_then(|node| context.text(node));
        let folder = text("path").map(|path| path.text().trim_start_matches("./").trim_end_matches('/').to_owned());
        match (text("repository"), folder) {
            (Some(repository), Some(folder)) => {
                let version = text("ref").map(|version| version.text().to_owned()).unwrap_or_default();
                self.checkouts.push((folder, format!("{}@{version}", repository.text())));
            }
            (None, folder) => {
                self.has_checkout = true;
                self.own_folders.extend(folder.filter(|folder| !folder.is_empty()));
            }
            (Some(_), None) => {}
        }
    }
}

fn holds_credential(step: Step<'_>) -> bool {
    let inputs = step.with();
    let environment = step.environment();
    inputs.entries().chain(environment.entries()).any(|entry| is_credential(entry.key.text(), entry.value))
}

/// Whether a value hands over a credential of Claude: by the name that takes it, or by the secret's own name.
fn is_credential(name: Option<&str>, value: Node<'_>) -> bool {
    let secrets = secrets_of(value);
    let by_name = name.is_some_and(is_model_credential) && !secrets.is_empty();
    by_name || secrets.iter().any(|secret| is_model_credential(secret))
}

fn number(node: Node<'_>, context: &Context<'_>) -> Option<f64> {
    context.text(node).filter(Traced::is_known)?.text().trim().parse().ok()
}

fn job_place(job: Job<'_>) -> JobPlace {
    let file = job.workflow().file();
    let key = Location::new(file, job.key().written_span());
    let first = job.node().entries().next().map(|entry| entry.key.written_span());
    let insertion = first.and_then(|first| {
        let start = file.lines().span(file.text(), file.lines().line(first.start)).start;
        let indent = Span::new(start, first.start).slice(file.text());
        let is_block = !indent.is_empty() && indent.chars().all(|c| c == ' ');
        is_block.then(|| (Location::new(file, Span::at(first.start)), indent.to_owned()))
    });
    JobPlace {
        id: job.id().to_owned(),
        key,
        insertion,
    }
}

enum Interpreter {
    Shell(Dialect),
    Code(Language),
}

/// What runs a `run:` text: the step's shell, the job's, the workflow's, else that of the runner.
fn shell_of(step: Step<'_>, job: Job<'_>, context: &Context<'_>) -> Interpreter {
    let named = step.shell().or(job.defaults().shell).or(job.workflow().defaults().shell);
    if let Some(shell) = named.and_then(|node| context.text(node)) {
        let program = shell.text().split_whitespace().next().unwrap_or_default();
        if program.contains("python") {
            return Interpreter::Code(Language::Python);
        }
        if matches!(program, "node" | "bun" | "deno") {
            return Interpreter::Code(Language::JavaScript);
        }
        return Interpreter::Shell(Dialect::of_shell(shell.text()).unwrap_or(Dialect::Bash));
    }
    let windows = job.runs_on().any(|node| {
        context.text(node).is_some_and(|label| label.text().to_ascii_lowercase().contains("windows"))
    });
    Interpreter::Shell(if windows { Dialect::PowerShell } else { Dialect::Bash })
}
