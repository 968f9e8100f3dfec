//! Steps of jobs and of composite actions, parallel groups included.

use crate::source::{Node, Span};

use super::field::{Environment, List, Timeout, With};
use super::reference::Reference;

/// More steps than these in one list are not walked; the workflow reports it.
pub const MAX_STEPS: usize = 2_000;

/// Steps and their keys that one walk may cost: aliases make a small file walk far.
const MAX_COST: usize = 100_000;

/// GitHub allows one level of `parallel`; a few more are walked, so that nothing hides below.
const MAX_NESTING: u8 = 8;

/// One step.
#[derive(Clone, Copy, Debug)]
pub struct Step<'t> {
    node: Node<'t>,
    /// Position in the walk of the whole job, the first is 0.
    pub ordinal: u32,
    /// How many `parallel:` groups are around it.
    pub nesting: u8,
    /// The innermost `parallel:` group around it.
    pub group: Option<Node<'t>>,
}

/// What a step does.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum StepKind {
    /// Runs a script.
    Run,
    /// Runs an action.
    Uses,
    /// Waits for background steps.
    Wait,
    /// Waits for all background steps.
    WaitAll,
    /// Cancels a background step.
    Cancel,
    /// Holds steps that run at the same time.
    Parallel,
    /// None of these, or several: GitHub refuses the file.
    Unclear,
}

impl<'t> Step<'t> {
    /// The steps of a list, each parallel group before its steps.
    pub(super) fn walk(list: Option<Node<'t>>) -> Walk<'t> {
        Walk {
            cost: 0,
            open: list
                .into_iter()
                .map(|list| (children(list), None))
                .collect(),
            next: 0,
        }
    }

    /// What it does.
    pub fn kind(self) -> StepKind {
        let mut kind = None;
        for (key, this) in [
            ("run", StepKind::Run),
            ("uses", StepKind::Uses),
            ("wait", StepKind::Wait),
            ("wait-all", StepKind::WaitAll),
            ("cancel", StepKind::Cancel),
            ("parallel", StepKind::Parallel),
        ] {
            if self.node.get(key).is_some() && kind.replace(this).is_some() {
                return StepKind::Unclear;
            }
        }
        kind.unwrap_or(StepKind::Unclear)
    }

    /// The whole step.
    pub fn node(self) -> Node<'t> {
        self.node
    }

    /// `id`
    pub fn id(self) -> Option<Node<'t>> {
        self.node.get("id")
    }

    /// `name`
    pub fn name(self) -> Option<Node<'t>> {
        self.node.get("name")
    }

    /// `if`
    pub fn condition(self) -> Option<Node<'t>> {
        self.node.get("if")
    }

    /// `run`
    pub fn run(self) -> Option<Node<'t>> {
        self.node.get("run")
    }

    /// `uses`
    pub fn uses(self) -> Option<Node<'t>> {
        self.node.get("uses")
    }

    /// What `uses` names.
    pub fn reference(self) -> Option<Reference<'t>> {
        self.uses()?.text().map(Reference::parse)
    }

    /// `with`
    pub fn with(self) -> With<'t> {
        With::of(self.node)
    }

    /// `env`
    pub fn environment(self) -> Environment<'t> {
        Environment::of(Some(self.node))
    }

    /// `shell`, the step's own
    pub fn shell(self) -> Option<Node<'t>> {
        self.node.get("shell")
    }

    /// `working-directory`, the step's own
    pub fn working_directory(self) -> Option<Node<'t>> {
        self.node.get("working-directory")
    }

    /// `timeout-minutes`
    pub fn timeout(self) -> Timeout<'t> {
        Timeout::of(self.node)
    }

    /// `continue-on-error`
    pub fn continue_on_error(self) -> Option<Node<'t>> {
        self.node.get("continue-on-error")
    }

    /// `background`
    pub fn background(self) -> Option<Node<'t>> {
        self.node.get("background")
    }

    /// Ids of the background steps that a `wait` names.
    pub fn wait(self) -> List<'t> {
        List::of(Some(self.node), "wait")
    }

    /// Id of the background step that a `cancel` names.
    pub fn cancel(self) -> Option<Node<'t>> {
        self.node.get("cancel")
    }

    /// The comment behind `uses:` on the same line, where people note the version of a commit id.
    pub fn version_comment(self) -> Option<Span> {
        version_comment(self.uses()?)
    }
}

/// The comment behind a value on the same line.
pub fn version_comment(uses: Node<'_>) -> Option<Span> {
    let text = uses.tree().file().text();
    let end = uses.written_span().end;
    let behind = Span::of(end as usize..text.len()).slice(text);
    let line = behind.split('\n').next().unwrap_or_default();
    // Only a line that may have a comment, and is not just that, is worth finding those of the whole file.
    let hash = line.find('#')?;
    let blank = line.get(..hash).unwrap_or_default();
    if !blank.is_empty() && blank.bytes().all(|byte| matches!(byte, b' ' | b'\t')) {
        let length = line.trim_end_matches('\r').len();
        return Some(Span::of(hash..length).shifted(end));
    }
    let comments = uses.tree().comments();
    let comment = comments.get(comments.partition_point(|comment| comment.start < end))?;
    let between = Span::new(end, comment.start).slice(text);
    (!between.contains('\n')).then_some(*comment)
}

fn children<'t>(list: Node<'t>) -> Box<dyn Iterator<Item = Node<'t>> + 't> {
    Box::new(list.items())
}

/// The steps of a list and of the groups in it.
pub(super) struct Walk<'t> {
    cost: usize,
    /// The lists that are open, outermost first, with the group that each belongs to.
    open: Vec<Open<'t>>,
    next: u32,
}

type Open<'t> = (Box<dyn Iterator<Item = Node<'t>> + 't>, Option<Node<'t>>);

impl Walk<'_> {
    /// Walks to the end: what it cost, and whether that was all.
    pub(super) fn measure(mut self) -> (usize, Extent) {
        while self.next().is_some() {}
        let extent = if self.open.is_empty() {
            Extent::Whole
        } else {
            Extent::Cut
        };
        (self.cost, extent)
    }
}

/// Whether a walk saw everything.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Extent {
    /// It did.
    Whole,
    /// It stopped at a bound: what lies behind was not looked at.
    Cut,
}

impl<'t> Iterator for Walk<'t> {
    type Item = Step<'t>;

    fn next(&mut self) -> Option<Step<'t>> {
        if self.next as usize >= MAX_STEPS || self.cost >= MAX_COST {
            return None;
        }
        loop {
            let nesting = u8::try_from(self.open.len().checked_sub(1)?).unwrap_or(u8::MAX);
            let (list, group) = self.open.last_mut()?;
            let Some(node) = list.next() else {
                self.open.pop();
                continue;
            };
            let step = Step {
                node,
                ordinal: self.next,
                nesting,
                group: *group,
            };
            self.next += 1;
            self.cost += 1 + node.entries().len();
            if let Some(inner) = node.get("parallel") {
                // Only an alias to its own list nests without end.
                self.cost += if nesting < MAX_NESTING { 0 } else { MAX_COST };
                self.open.push((children(inner), Some(node)));
            }
            return Some(step);
        }
    }
}
