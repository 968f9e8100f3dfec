//! What ends a run in time.

use crate::source::{Location, Node};
use crate::workflow::Timeout;

/// A limit on the time of a run.
#[derive(Clone, Debug)]
pub struct Bound {
    /// The limit.
    pub limit: Limit,
    /// Where it stands; nothing for a default of an action.
    pub location: Option<Location>,
    /// What sets it: `timeout-minutes` of the step, `timeout`.
    pub what: &'static str,
}

/// How long a run may take.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Limit {
    /// Minutes.
    Minutes(f64),
    /// Something that is known only when the workflow runs.
    Unknown,
}

/// All limits of one run.
#[derive(Clone, Debug, Default)]
pub struct Bounds(pub Vec<Bound>);

impl Bounds {
    /// Adds a `timeout-minutes`. `resolve` gives the number of an expression, where it has exactly one.
    pub(super) fn add(
        &mut self,
        timeout: Timeout<'_>,
        what: &'static str,
        resolve: impl Fn(Node<'_>) -> Option<f64>,
    ) {
        let (limit, node) = match timeout {
            // What GitHub refuses bounds nothing.
            Timeout::Absent | Timeout::Invalid(_) => return,
            Timeout::Minutes(minutes, node) => (Limit::Minutes(minutes), node),
            Timeout::Expression(node) => {
                (resolve(node).map_or(Limit::Unknown, Limit::Minutes), node)
            }
        };
        self.0.push(Bound {
            limit,
            location: Some(node.location()),
            what,
        });
    }

    /// Adds a limit of another kind.
    pub(super) fn push(&mut self, minutes: f64, location: Option<Location>, what: &'static str) {
        self.0.push(Bound {
            limit: Limit::Minutes(minutes),
            location,
            what,
        });
    }

    /// The tightest limit that is known.
    pub fn tightest(&self) -> Option<&Bound> {
        let minutes = |bound: &Bound| match bound.limit {
            Limit::Minutes(minutes) => Some(minutes),
            Limit::Unknown => None,
        };
        // Zero or less limits nothing, so that it counts only where nothing else does.
        let limits = |bound: &&Bound| minutes(bound).is_some_and(|minutes| minutes > 0.0);
        let any = self.0.iter().any(|bound| limits(&bound));
        self.0
            .iter()
            .filter(|bound| {
                if any {
                    limits(bound)
                } else {
                    minutes(bound).is_some()
                }
            })
            .min_by(|a, b| {
                minutes(a)
                    .partial_cmp(&minutes(b))
                    .unwrap_or(std::cmp::Ordering::Equal)
            })
    }

    /// The tightest limit in minutes.
    pub fn minutes(&self) -> Option<f64> {
        match self.tightest()?.limit {
            Limit::Minutes(minutes) => Some(minutes),
            Limit::Unknown => None,
        }
    }

    /// A limit that nobody can know, where no other is known.
    pub fn unknown(&self) -> Option<&Bound> {
        if self.tightest().is_some() {
            return None;
        }
        self.0.first()
    }

    /// Whether nothing at all bounds the run.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}
