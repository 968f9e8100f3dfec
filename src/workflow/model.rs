//! A workflow file as GitHub understands it: triggers, permissions, jobs and steps.
//!
//! Everything is a cheap handle on the tree, made when it is asked for: nothing is copied, aliases are followed by
//! the tree itself, and walks end. It reads what it can of files that GitHub would refuse; what is wrong with them
//! stands in [`Workflow::problems`].

use std::sync::{Arc, OnceLock};

use crate::source::{Entry, Node, SourceFile, Tree};

use super::field::{Container, Defaults, Environment, Input, List, Timeout, With};
use super::matrix::Matrix;
use super::permissions::{Permissions, Token, effective};
use super::problem::Problem;
use super::reference::Reference;
use super::schema;
use super::step::{Extent, Step};
use super::trigger::Trigger;

/// More jobs than these are not walked; the workflow reports it.
pub const MAX_JOBS: usize = 1_000;

/// A workflow file.
#[derive(Debug)]
pub struct Workflow {
    tree: Arc<Tree>,
    /// Found when somebody asks: the schema costs as much as everything else that is read of a workflow.
    problems: OnceLock<Box<[Problem]>>,
    /// How many jobs are walked.
    walked: usize,
}

/// Jobs, steps and their keys that a walk of one workflow may cost. Large real workflows cost a tenth.
const MAX_COST: usize = 200_000;

/// One job.
#[derive(Clone, Copy, Debug)]
pub struct Job<'t> {
    key: Node<'t>,
    node: Node<'t>,
    workflow: &'t Workflow,
}

/// What a caller passes to a called workflow under `secrets:`.
#[derive(Clone, Copy, Debug)]
pub enum Secrets<'t> {
    /// Nothing.
    Absent,
    /// `inherit`: all of them.
    Inherit(Node<'t>),
    /// These.
    Map(Node<'t>),
}

/// Where a variable is set.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Layer {
    /// In the workflow.
    Workflow,
    /// In the job.
    Job,
    /// In the step, which wins.
    Step,
}

impl Workflow {
    /// A workflow from its tree.
    pub fn new(tree: Arc<Tree>) -> Self {
        let mut workflow = Self {
            tree,
            problems: OnceLock::new(),
            walked: MAX_JOBS,
        };
        workflow.walked = workflow.affordable();
        workflow
    }

    /// The tree.
    pub fn tree(&self) -> &Arc<Tree> {
        &self.tree
    }

    /// The file.
    pub fn file(&self) -> &Arc<SourceFile> {
        self.tree.file()
    }

    /// The mapping of the whole file.
    pub fn root(&self) -> Option<Node<'_>> {
        self.tree.root().filter(|root| root.is_mapping())
    }

    /// What GitHub would refuse, in file order.
    pub fn problems(&self) -> &[Problem] {
        self.problems
            .get_or_init(|| schema::workflow_problems(self).into())
    }

    /// `name`
    pub fn name(&self) -> Option<Node<'_>> {
        self.field("name")
    }

    /// `run-name`
    pub fn run_name(&self) -> Option<Node<'_>> {
        self.field("run-name")
    }

    /// What starts it.
    pub fn triggers(&self) -> impl Iterator<Item = Trigger<'_>> {
        Trigger::all(self.field("on"))
    }

    /// The trigger of an event.
    pub fn trigger(&self, event: &str) -> Option<Trigger<'_>> {
        self.triggers().find(|trigger| trigger.name() == event)
    }

    /// Inputs that both `workflow_call` and `workflow_dispatch` declare under a name, in any case.
    pub fn inputs<'a>(&'a self, name: &'a str) -> impl Iterator<Item = (Trigger<'a>, Input<'a>)> {
        self.triggers()
            .filter(|trigger| matches!(trigger.name(), "workflow_call" | "workflow_dispatch"))
            .filter_map(move |trigger| Some((trigger, trigger.input(name)?)))
    }

    /// `permissions`
    pub fn permissions(&self) -> Permissions<'_> {
        Permissions::of(self.root())
    }

    /// `env`
    pub fn environment(&self) -> Environment<'_> {
        Environment::of(self.root())
    }

    /// `defaults.run`
    pub fn defaults(&self) -> Defaults<'_> {
        Defaults::of(self.root())
    }

    /// `concurrency`
    pub fn concurrency(&self) -> Option<Node<'_>> {
        self.field("concurrency")
    }

    /// The jobs, in file order.
    pub fn jobs(&self) -> impl Iterator<Item = Job<'_>> {
        self.field("jobs")
            .into_iter()
            .flat_map(Node::entries)
            .take(self.walked)
            .map(|Entry { key, value }| Job {
                key,
                node: value,
                workflow: self,
            })
    }

    /// Whether every job and step is walked.
    pub fn extent(&self) -> Extent {
        let jobs = self.field("jobs").map_or(0, |jobs| jobs.entries().len());
        let whole = jobs <= self.walked && self.jobs().all(|job| job.extent() == Extent::Whole);
        if whole { Extent::Whole } else { Extent::Cut }
    }

    /// How many jobs can be walked within the bounds.
    fn affordable(&self) -> usize {
        let mut left = MAX_COST;
        for (count, job) in self.jobs().enumerate() {
            let (steps, _) = Step::walk(job.node.get("steps")).measure();
            let services = job
                .services()
                .map(|(_, container)| 1 + container.node().entries().len());
            let lists = job.node.get("needs").map_or(0, |needs| needs.items().len());
            let mut cost = 1 + job.node.entries().len() + lists + steps;
            for service in services {
                cost += service;
                if cost > left {
                    break;
                }
            }
            match left.checked_sub(cost) {
                Some(rest) => left = rest,
                None => return count,
            }
        }
        MAX_JOBS
    }

    /// A job by its id. GitHub does not distinguish case here.
    pub fn job(&self, id: &str) -> Option<Job<'_>> {
        self.jobs().find(|job| job.id().eq_ignore_ascii_case(id))
    }

    fn field(&self, key: &str) -> Option<Node<'_>> {
        self.root()?.get(key)
    }
}

impl<'t> Job<'t> {
    /// The id.
    pub fn id(self) -> &'t str {
        self.key.text().unwrap_or_default()
    }

    /// The id as it stands in the file.
    pub fn key(self) -> Node<'t> {
        self.key
    }

    /// The whole job.
    pub fn node(self) -> Node<'t> {
        self.node
    }

    /// The workflow.
    pub fn workflow(self) -> &'t Workflow {
        self.workflow
    }

    /// `name`
    pub fn name(self) -> Option<Node<'t>> {
        self.node.get("name")
    }

    /// `if`
    pub fn condition(self) -> Option<Node<'t>> {
        self.node.get("if")
    }

    /// `needs`
    pub fn needs(self) -> List<'t> {
        List::of(Some(self.node), "needs")
    }

    /// Labels of `runs-on`, the group's included.
    pub fn runs_on(self) -> impl Iterator<Item = Node<'t>> {
        let node = self.node.get("runs-on");
        let inner = node.filter(|node| node.is_mapping());
        List::of(Some(self.node), "runs-on")
            .iter()
            .chain(List::of(inner, "labels").iter())
    }

    /// The runner group of `runs-on`.
    pub fn runner_group(self) -> Option<Node<'t>> {
        self.node.at(&["runs-on", "group"])
    }

    /// `permissions`, the job's own
    pub fn permissions(self) -> Permissions<'t> {
        Permissions::of(Some(self.node))
    }

    /// What its token may do.
    pub fn token(self) -> Token {
        effective(self.permissions(), self.workflow.permissions())
    }

    /// `env`, the job's own
    pub fn environment(self) -> Environment<'t> {
        Environment::of(Some(self.node))
    }

    /// `defaults.run`: the job's own, else the workflow's, each by itself.
    pub fn defaults(self) -> Defaults<'t> {
        let own = Defaults::of(Some(self.node));
        let outer = self.workflow.defaults();
        Defaults {
            shell: own.shell.or(outer.shell),
            working_directory: own.working_directory.or(outer.working_directory),
        }
    }

    /// `timeout-minutes`
    pub fn timeout(self) -> Timeout<'t> {
        Timeout::of(self.node)
    }

    /// `continue-on-error`
    pub fn continue_on_error(self) -> Option<Node<'t>> {
        self.node.get("continue-on-error")
    }

    /// `strategy.matrix`
    pub fn matrix(self) -> Option<Matrix<'t>> {
        Matrix::of(self.node)
    }

    /// `container`
    pub fn container(self) -> Option<Container<'t>> {
        self.node.get("container").map(Container::new)
    }

    /// `services`, by name
    pub fn services(self) -> impl Iterator<Item = (Node<'t>, Container<'t>)> {
        self.node
            .get("services")
            .into_iter()
            .flat_map(Node::entries)
            .map(|entry| (entry.key, Container::new(entry.value)))
    }

    /// The deployment environment: its name.
    pub fn deployment(self) -> Option<Node<'t>> {
        let node = self.node.get("environment")?;
        if node.is_mapping() {
            node.get("name")
        } else {
            Some(node)
        }
    }

    /// `concurrency`
    pub fn concurrency(self) -> Option<Node<'t>> {
        self.node.get("concurrency")
    }

    /// `outputs`
    pub fn outputs(self) -> impl Iterator<Item = Entry<'t>> {
        self.node.get("outputs").into_iter().flat_map(Node::entries)
    }

    /// The called workflow.
    pub fn uses(self) -> Option<Node<'t>> {
        self.node.get("uses")
    }

    /// What `uses` names.
    pub fn reference(self) -> Option<Reference<'t>> {
        self.uses()?.text().map(Reference::parse)
    }

    /// What the caller passes.
    pub fn with(self) -> With<'t> {
        With::of(self.node)
    }

    /// The secrets that the caller passes.
    pub fn secrets(self) -> Secrets<'t> {
        match self.node.get("secrets") {
            None => Secrets::Absent,
            Some(node) if node.text() == Some("inherit") => Secrets::Inherit(node),
            Some(node) => Secrets::Map(node),
        }
    }

    /// All steps, those of parallel groups behind their group.
    pub fn steps(self) -> impl Iterator<Item = Step<'t>> {
        Step::walk(self.node.get("steps"))
    }

    /// Whether all steps are walked.
    pub fn extent(self) -> Extent {
        Step::walk(self.node.get("steps")).measure().1
    }

    /// A variable as a step sees it: its own, else the job's, else the workflow's.
    pub fn variable(self, step: Option<Step<'t>>, name: &str) -> Option<(Layer, Entry<'t>)> {
        let own = step.and_then(|step| step.environment().get(name));
        own.map(|entry| (Layer::Step, entry))
            .or_else(|| Some((Layer::Job, self.environment().get(name)?)))
            .or_else(|| Some((Layer::Workflow, self.workflow.environment().get(name)?)))
    }
}
