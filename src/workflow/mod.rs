//! GitHub Actions itself: expressions, workflows, actions, permissions and triggers.
//!
//! This room says what a workflow file means to GitHub. It knows nothing of Claude, judges nothing and never
//! does I/O. It follows `incidents.md` section 1 (the platform's timeline) and, where that is silent, GitHub's
//! published workflow schema.

mod action;
pub mod expression;
mod field;
pub mod lock;
mod matrix;
mod model;
pub mod permissions;
mod problem;
pub mod reference;
mod schema;
mod step;
mod trigger;

pub use action::{Action, Docker, Program, Runs};
pub use field::{Container, Defaults, Environment, Input, List, Timeout, With};
pub use matrix::{Matrix, MatrixValues, value_of};
pub use model::{Job, Layer, MAX_JOBS, Secrets, Workflow};
pub use problem::{Problem, ProblemKind};
pub use step::{Extent, MAX_STEPS, Step, StepKind, version_comment};
pub use trigger::{Filter, Trigger};

#[cfg(test)]
mod tests;
