//! What GitHub accepts as a workflow, as data and a reader of it.
//!
//! The tables say the same as GitHub's published workflow schema (November 2026, with the background steps and the
//! `case` function of 2026); the reader follows GitHub's own template reader, so that both agree file by file.

mod events;
mod keys;
mod reader;
mod semantics;
mod shape;
mod table;

use super::model::Workflow;
use super::problem::{Problem, ProblemKind};
use crate::source::{OddityKind, Span};

/// Everything that GitHub would refuse, in file order.
pub(super) fn workflow_problems(workflow: &Workflow) -> Vec<Problem> {
    let tree = workflow.tree();
    let mut problems: Vec<Problem> = tree
        .oddities()
        .iter()
        .filter_map(|oddity| {
            let kind = match oddity.kind {
                OddityKind::MergeKey => ProblemKind::MergeKey,
                OddityKind::SecondDocument => ProblemKind::SecondDocument,
                _ => return None,
            };
            Some(Problem {
                kind,
                span: oddity.span,
            })
        })
        .collect();
    match workflow.root() {
        Some(root) => {
            problems.extend(reader::read(root, &table::WORKFLOW));
            problems.extend(semantics::check(workflow));
        }
        None => problems.push(Problem {
            kind: ProblemKind::NotAWorkflow,
            span: tree.root().map_or(Span::at(0), |root| root.written_span()),
        }),
    }
    problems.sort_by_key(|problem| problem.span);
    // The same node can be read through several aliases.
    problems.dedup();
    problems
}
