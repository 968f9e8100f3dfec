//! Small parts that workflows, jobs, steps and actions share: lists, environments, inputs, time limits.
//!
//! Everything here is a cheap handle on the tree; no text is copied.

use crate::source::{Entry, Node, ScalarType};

use super::expression::holds_expression;

/// A key that takes one text or a list of texts.
#[derive(Clone, Copy, Debug)]
pub struct List<'t>(Option<Node<'t>>);

impl<'t> List<'t> {
    /// The list under a key, empty where the key is absent.
    pub fn of(owner: Option<Node<'t>>, key: &str) -> Self {
        Self(owner.and_then(|owner| owner.get(key)))
    }

    /// The node, where the key is there.
    pub fn node(self) -> Option<Node<'t>> {
        self.0
    }

    /// The items: the one text itself, or those of the list.
    pub fn iter(self) -> impl Iterator<Item = Node<'t>> {
        let single = self.0.filter(|node| node.non_null_text().is_some());
        single
            .into_iter()
            .chain(self.0.into_iter().flat_map(Node::items))
    }

    /// The texts of the items.
    pub fn texts(self) -> impl Iterator<Item = &'t str> {
        self.iter().filter_map(Node::text)
    }
}

/// An `env:` block.
#[derive(Clone, Copy, Debug)]
pub struct Environment<'t>(Option<Node<'t>>);

impl<'t> Environment<'t> {
    /// The block of a workflow, job, step or container.
    pub fn of(owner: Option<Node<'t>>) -> Self {
        Self(owner.and_then(|owner| owner.get("env")))
    }

    /// The variables, in file order.
    pub fn entries(self) -> impl DoubleEndedIterator<Item = Entry<'t>> {
        self.0.into_iter().flat_map(Node::entries)
    }

    /// A variable by its exact name.
    pub fn get(self, name: &str) -> Option<Entry<'t>> {
        self.0?.entry(name)
    }

    /// The block, where it is one expression: its variables are not known.
    pub fn expression(self) -> Option<Node<'t>> {
        self.0
            .filter(|node| node.text().is_some_and(holds_expression))
    }

    /// The block, where there is one.
    pub fn node(self) -> Option<Node<'t>> {
        self.0
    }
}

/// A `with:` block. Names are found whatever their case.
#[derive(Clone, Copy, Debug)]
pub struct With<'t>(Option<Node<'t>>);

impl<'t> With<'t> {
    /// The block of a step or of a job that calls a workflow.
    pub fn of(owner: Node<'t>) -> Self {
        Self(owner.get("with"))
    }

    /// No inputs at all.
    pub const fn none() -> Self {
        Self(None)
    }

    /// The inputs, in file order.
    pub fn entries(self) -> impl DoubleEndedIterator<Item = Entry<'t>> {
        self.0.into_iter().flat_map(Node::entries)
    }

    /// An input by name, in any case.
    pub fn entry(self, name: &str) -> Option<Entry<'t>> {
        self.0?.entry_ignoring_case(name)
    }

    /// The value of an input.
    pub fn get(self, name: &str) -> Option<Node<'t>> {
        self.entry(name).map(|entry| entry.value)
    }

    /// The block, where there is one.
    pub fn node(self) -> Option<Node<'t>> {
        self.0
    }
}

/// A `timeout-minutes:`.
#[derive(Clone, Copy, Debug)]
pub enum Timeout<'t> {
    /// There is none: GitHub stops a job after 360 minutes.
    Absent,
    /// A number, whatever its sign.
    Minutes(f64, Node<'t>),
    /// Holds an expression.
    Expression(Node<'t>),
    /// Neither: GitHub refuses the file.
    Invalid(Node<'t>),
}

impl<'t> Timeout<'t> {
    /// The limit of a job or a step.
    pub fn of(owner: Node<'t>) -> Self {
        let Some(node) = owner.get("timeout-minutes") else {
            return Self::Absent;
        };
        match node.scalar_type() {
            Some(ScalarType::Number(minutes)) => Self::Minutes(minutes, node),
            Some(ScalarType::String) if node.text().is_some_and(holds_expression) => {
                Self::Expression(node)
            }
            _ => Self::Invalid(node),
        }
    }

    /// The value, where there is one.
    pub fn node(self) -> Option<Node<'t>> {
        match self {
            Self::Absent => None,
            Self::Minutes(_, node) | Self::Expression(node) | Self::Invalid(node) => Some(node),
        }
    }
}

/// `defaults.run` of a workflow or a job.
#[derive(Clone, Copy, Debug)]
pub struct Defaults<'t> {
    /// The shell of steps that name none.
    pub shell: Option<Node<'t>>,
    /// The directory of steps that name none.
    pub working_directory: Option<Node<'t>>,
}

impl<'t> Defaults<'t> {
    /// The defaults of a workflow or a job.
    pub fn of(owner: Option<Node<'t>>) -> Self {
        let run = owner.and_then(|owner| owner.at(&["defaults", "run"]));
        let field = |key| run.and_then(|run| run.get(key));
        Self {
            shell: field("shell"),
            working_directory: field("working-directory"),
        }
    }
}

/// An image with the environment of its container.
#[derive(Clone, Copy, Debug)]
pub struct Container<'t> {
    node: Node<'t>,
}

impl<'t> Container<'t> {
    /// A `container:`, or one of `services:`.
    pub fn new(node: Node<'t>) -> Self {
        Self { node }
    }

    /// The image.
    pub fn image(self) -> Option<Node<'t>> {
        if self.node.text().is_some() {
            return Some(self.node);
        }
        self.node.get("image")
    }

    /// Its variables.
    pub fn environment(self) -> Environment<'t> {
        Environment::of(Some(self.node))
    }

    /// Arguments for the start of the container.
    pub fn options(self) -> Option<Node<'t>> {
        self.node.get("options")
    }

    /// Mounted directories.
    pub fn volumes(self) -> List<'t> {
        List::of(Some(self.node), "volumes")
    }

    /// Login of the registry.
    pub fn credentials(self) -> Option<Node<'t>> {
        self.node.get("credentials")
    }

    /// The whole value.
    pub fn node(self) -> Node<'t> {
        self.node
    }
}

/// A declared input, of an action, a called workflow or a manual run.
#[derive(Clone, Copy, Debug)]
pub struct Input<'t> {
    /// The name.
    pub name: Node<'t>,
    node: Node<'t>,
}

impl<'t> Input<'t> {
    /// The inputs under `inputs:`.
    pub fn all(owner: Option<Node<'t>>) -> impl Iterator<Item = Self> {
        Self::named(owner, "inputs")
    }

    /// An input by name, in any case.
    pub fn find(owner: Option<Node<'t>>, name: &str) -> Option<Self> {
        let entry = owner?.get("inputs")?.entry_ignoring_case(name)?;
        Some(Self {
            name: entry.key,
            node: entry.value,
        })
    }

    pub(super) fn named(owner: Option<Node<'t>>, key: &str) -> impl Iterator<Item = Self> {
        owner
            .and_then(|owner| owner.get(key))
            .into_iter()
            .flat_map(Node::entries)
            .map(|entry| Self {
                name: entry.key,
                node: entry.value,
            })
    }

    /// `string`, `boolean`, `number`, `choice` or `environment`; actions have none.
    pub fn kind(self) -> Option<&'t str> {
        self.node.get("type")?.text()
    }

    /// Whether a caller has to give it.
    pub fn is_required(self) -> bool {
        self.node.get("required").is_some_and(|node| {
            node.text()
                .is_some_and(|text| text.eq_ignore_ascii_case("true"))
        })
    }

    /// What it is without a caller's value.
    pub fn default(self) -> Option<Node<'t>> {
        self.node.get("default").filter(|node| !node.is_null())
    }

    /// The values of a `choice`.
    pub fn options(self) -> List<'t> {
        List::of(Some(self.node), "options")
    }

    /// What an output stands for.
    pub fn value(self) -> Option<Node<'t>> {
        self.node.get("value")
    }

    /// Text for people.
    pub fn description(self) -> Option<Node<'t>> {
        self.node.get("description")
    }
}
