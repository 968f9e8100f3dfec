//! The search for agent runs: from workflows through jobs, steps, local actions and called workflows.

mod action;
mod call;
mod place;

use std::cell::Cell;
use std::collections::{HashMap, HashSet};
use std::rc::Rc;
use std::sync::Arc;

use crate::agent::bound::Bounds;
use crate::agent::command_file;
use crate::agent::compose::{self, Composer};
use crate::agent::context::Context;
use crate::agent::effective::Ownership;
use crate::agent::exposure::Gate;
use crate::agent::library::{self, Library, Loaded};
use crate::agent::power::{Power, is_model_credential, secrets_of};
use crate::agent::program::Language;
use crate::agent::run::AgentRun;
use crate::agent::scope::Scope;
use crate::agent::walk::{Found, Frame, Manifests, Walk};
use crate::shell::Dialect;
use crate::source::{Location, Node, Span, Traced};
use crate::workflow::reference::Reference;
use crate::workflow::{Job, Step, StepKind, Workflow};

use call::Call;
use place::{Here, JobState, StepPlace, Steps, job_place};

/// How deep called workflows and local actions may nest. GitHub stops at ten workflows and ten actions.
const MAX_NESTING: usize = 10;

/// How many calls of workflows and local actions one check follows, and how many more for each workflow. Ten levels
/// of ten calls each are ten thousand million.
const MAX_CALLS: usize = 1_000;
const MORE_CALLS: usize = 4;

/// Everything that the search found.
#[derive(Debug, Default)]
pub struct Discovery {
    /// The runs, in the order of workflows, jobs and places.
    pub runs: Vec<AgentRun>,
    /// Files that some workflow reaches: scripts, task files.
    pub reached: HashSet<String>,
    /// Where workflows were left because they make a check read too much.
    pub cut: Vec<Location>,
}

/// Finds the agent runs of all workflows. `paths` are the workflow files, sorted.
pub fn search(library: &dyn Library, paths: &[String]) -> Discovery {
    let mut discovery = Discovery::default();
    let called = called_workflows(library, paths);
    let manifests = Rc::new(Manifests::default());
    let calls = Cell::new(MAX_CALLS.saturating_add(MORE_CALLS.saturating_mul(paths.len())));
    for path in paths {
        let Loaded::Ready(workflow) = library.workflow(path) else {
            continue;
        };
        let events: Vec<String> = workflow
            .triggers()
            .map(|trigger| trigger.name().to_owned())
            .collect();
        // A workflow that only others call is judged where they call it.
        let only_called = events.iter().all(|event| event == "workflow_call");
        if only_called && called.contains(path) {
            continue;
        }
        let mut search = Search {
            library,
            walk: Walk::new(library, &manifests, 0),
            runs: Vec::new(),
            root: path,
            calls: &calls,
        };
        let call = Call {
            events,
            gate: Gate::Open,
            ..Call::default()
        };
        search.workflow(&workflow, &call, 0);
        discovery.cut.extend(search.walk.first_cut().cloned());
        discovery.runs.append(&mut search.runs);
        discovery.reached.extend(search.walk.visited);
    }
    discovery
}

fn called_workflows(library: &dyn Library, paths: &[String]) -> HashSet<String> {
    let mut called = HashSet::new();
    for path in paths {
        let Loaded::Ready(workflow) = library.workflow(path) else {
            continue;
        };
        for job in workflow.jobs() {
            called.extend(
                job.reference()
                    .and_then(|reference| reference.own_path())
                    .and_then(|path| library::join("", path)),
            );
        }
    }
    called
}

/// The search through one workflow and what it calls.
struct Search<'a> {
    library: &'a dyn Library,
    walk: Walk<'a>,
    runs: Vec<AgentRun>,
    root: &'a str,
    /// Calls that the whole check may still follow.
    calls: &'a Cell<usize>,
}

impl<'a> Search<'a> {
    fn workflow(&mut self, workflow: &Arc<Workflow>, call: &Call<'_>, depth: usize) {
        if depth > MAX_NESTING {
            return;
        }
        let mut base = Context::default();
        for name in ["workflow_call", "workflow_dispatch"] {
            for input in workflow
                .trigger(name)
                .into_iter()
                .flat_map(|trigger| trigger.inputs())
            {
                base.set_input(input, call.with, call.caller);
            }
        }
        base.add_environment(workflow.environment());
        for job in workflow.jobs() {
            let mut context = base.clone();
            context.enter_job(job);
            let gate = if is_gated(workflow, job) {
                Gate::Closed
            } else {
                call.gate
            };
            let own = job.token();
            let token = call
                .token
                .as_ref()
                .map_or_else(|| own.clone(), |caller| own.within(caller));
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
            if let Some(container) = job.container() {
                power.add_environment(container.environment());
            }
            if let Some(secrets) = call.secrets {
                power.add_inherited(secrets);
            }
            let mut bounds = Bounds::default();
            bounds.add(job.timeout(), "timeout-minutes of the job", |node| {
                number(node, &context)
            });
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
                project: if call.events.iter().any(|event| event == "pull_request") {
                    Ownership::PullRequest
                } else {
                    Ownership::Repository
                },
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
            // What the step's own copy shares may be changed again.
            drop(own);
            let id = step.id().and_then(Node::text).unwrap_or_default();
            for (name, value) in command_file::assignments(&std::mem::take(&mut self.walk.exports))
            {
                context.environment.push(name, value);
            }
            for (name, value) in command_file::assignments(&std::mem::take(&mut self.walk.outputs))
            {
                context.add_output(&format!("steps.{id}.outputs.{name}"), value);
            }
            state.power.add_earlier_step(step);
        }
    }

    fn run_step(&mut self, here: &Here<'_>, state: &mut JobState<'_>) {
        let Here {
            step, context, at, ..
        } = *here;
        let Some(node) = step.run() else {
            return;
        };
        // A text may be an alias of a large one: it is not even put together in vain.
        if self.walk.is_spent() {
            let first = at.trail.first().map(|hop| hop.location.clone());
            self.walk.cut(first.or_else(|| Some(node.location())));
            return;
        }
        let Some(text) = context.text(node) else {
            return;
        };
        let mut scope = self.scope(here, state);
        let frame = Frame::at(at.trail.clone());
        let fetches = fetches_repository(text.text());
        match shell_of(step, state.job, context) {
            Interpreter::Shell(dialect) => self.walk.shell(text, dialect, &mut scope, &frame),
            Interpreter::Code(language) => self.walk.code(&text, language, &scope, &frame),
        }
        if fetches {
            state.has_checkout = true;
        }
        state.files.extend(std::mem::take(&mut scope.files));
        let unread = std::mem::take(&mut self.walk.unread);
        let found = std::mem::take(&mut self.walk.found);
        if found.is_empty()
            && holds_credential(step)
            && let Some(location) = unread.into_iter().next()
        {
            let composer = self.composer(here, state);
            let run = composer.unresolved(location, Reference::Unclear);
            self.runs.push(run);
        }
        self.compose(found, here, state);
    }

    fn scope(&self, here: &Here<'_>, state: &JobState<'_>) -> Scope {
        let Here {
            step, context, at, ..
        } = *here;
        let mut scope = Scope::default();
        scope.files.clone_from(&state.files);
        scope.own_folders.clone_from(&state.own_folders);
        let defaults = [
            state.job.defaults().working_directory,
            state.job.workflow().defaults().working_directory,
        ];
        let folder = step.working_directory().or_else(|| {
            defaults
                .into_iter()
                .flatten()
                .next()
                .filter(|_| at.outer.is_none())
        });
        if let Some(folder) = folder.and_then(|node| context.text(node)) {
            scope.folder = scope.resolve(&folder, &|_| true).unwrap_or_default();
        }
        scope.environment = context.environment.clone();
        if let Some(path) = &context.action_path
            && scope.environment.get("GITHUB_ACTION_PATH").is_none()
        {
            let place = step.node().location();
            let path = format!("{}/{path}", super::context::WORKSPACE);
            scope.set_text("GITHUB_ACTION_PATH", Traced::synthetic(path, &place));
        }
        scope
    }

    fn composer<'s>(&self, here: &Here<'s>, state: &'s JobState<'_>) -> Composer<'s>
    where
        'a: 's,
    {
        let Here {
            step, place, at, ..
        } = *here;
        let mut power = state.power.clone();
        power.add_environment(step.environment());
        if let Some(run) = step.run() {
            power.add_value("the script", run);
        }
        let mut bounds = state.bounds.clone();
        for step in at.outer_steps(step) {
            bounds.add(step.timeout(), "timeout-minutes of the step", |node| {
                number(node, here.context)
            });
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

    fn compose(&mut self, found: Vec<Found>, here: &Here<'_>, state: &JobState<'_>) {
        let Here { context, .. } = *here;
        for found in once_each(found) {
            let facts = compose::CommandFacts {
                token: &state.token,
                job: state.job,
                has_checkout: state.has_checkout,
                project: state.project,
                files: &state.files,
                environment: &context.environment,
            };
            let run = self.composer(here, state).command(found, &facts);
            self.runs.push(run);
        }
    }
}

/// Whether a script brings the repository into the workspace by itself.
fn fetches_repository(script: &str) -> bool {
    ["git clone", "gh repo clone", "gh pr checkout", "git fetch"]
        .iter()
        .any(|command| memchr::memmem::find(script.as_bytes(), command.as_bytes()).is_some())
}

/// Whether a condition stands in front of a job: its own, or that of a job it needs, which skips it as well.
fn is_gated(workflow: &Workflow, job: Job<'_>) -> bool {
    let mut queue = vec![job.id()];
    let mut seen = HashSet::new();
    while let Some(id) = queue.pop() {
        if !seen.insert(id) {
            continue;
        }
        let Some(job) = workflow.job(id) else {
            continue;
        };
        if job.condition().is_some() {
            return true;
        }
        queue.extend(job.needs().texts());
    }
    false
}

/// One start for each place: a loop or a function may pass it several times. Of several, one that spells bypass counts.
fn once_each(found: Vec<Found>) -> Vec<Found> {
    use crate::agent::context::{Weight, weight};
    let bypasses = |found: &Found| {
        let mut words = found
            .line
            .flags
            .iter()
            .flat_map(|given| given.values.iter().chain([&given.name]));
        words.any(|word| weight(word) == Weight::Bypasses)
    };
    let mut places: HashMap<(String, Span), usize> = HashMap::new();
    let mut kept: Vec<Found> = Vec::new();
    for next in found {
        let place = (next.location.path().to_owned(), next.location.span);
        match places.get(&place).and_then(|&index| kept.get_mut(index)) {
            Some(known) => {
                if bypasses(&next) && !bypasses(known) {
                    *known = next;
                }
            }
            None => {
                places.insert(place, kept.len());
                kept.push(next);
            }
        }
    }
    kept
}

fn holds_credential(step: Step<'_>) -> bool {
    let inputs = step.with();
    let environment = step.environment();
    inputs
        .entries()
        .chain(environment.entries())
        .any(|entry| is_credential(entry.key.text(), entry.value))
}

/// Whether a value hands over a credential of Claude: by the name that takes it, or by the secret's own name.
fn is_credential(name: Option<&str>, value: Node<'_>) -> bool {
    let secrets = secrets_of(value);
    let by_name = name.is_some_and(is_model_credential) && !secrets.is_empty();
    by_name || secrets.iter().any(|secret| is_model_credential(secret))
}

fn number(node: Node<'_>, context: &Context<'_>) -> Option<f64> {
    context
        .text(node)
        .filter(Traced::is_known)?
        .text()
        .trim()
        .parse()
        .ok()
}

enum Interpreter {
    Shell(Dialect),
    Code(Language),
}

/// What runs a `run:` text: the step's shell, the job's, the workflow's, else that of the runner.
fn shell_of(step: Step<'_>, job: Job<'_>, context: &Context<'_>) -> Interpreter {
    let named = step
        .shell()
        .or(job.defaults().shell)
        .or(job.workflow().defaults().shell);
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
        context
            .text(node)
            .is_some_and(|label| label.text().to_ascii_lowercase().contains("windows"))
    });
    Interpreter::Shell(if windows {
        Dialect::PowerShell
    } else {
        Dialect::Bash
    })
}
