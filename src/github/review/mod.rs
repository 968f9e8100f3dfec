//! From a frozen report to the comments of a pull request: what to write, edit and delete.
//!
//! Everything here is planning. It sends nothing, reads no file, clock or environment, and cannot change the
//! verdict. [`State`] says what stands on the pull request, [`plan`] compares it with the [report](crate::check)
//! and answers with a [`Plan`] whose parts are the bodies of requests. The rules are those of
//! `facts/github-delivery.md` §6.3 and §6.4: a second run writes nothing, nothing is said twice, people's replies
//! and decisions stay, and no finding is lost because GitHub refuses a line.

mod budget;
mod diff;
mod input;
mod link;
mod marker;
mod message;
mod notice;
mod placement;
mod plan;
mod request;
mod state;
mod suggestion;
mod summary;
#[cfg(test)]
mod tests;
mod threads;

pub use diff::{ChangedFile, FileStatus, Hunk, Patch};
pub use input::{Input, Progress, RunId};
pub use link::Target;
pub use marker::{Marker, Standing};
pub use placement::{Aim, Place, Places};
pub use plan::{Change, Counts, Halt, Plan, plan};
pub use request::{
    Delete, Edit, FileComment, InlineComment, Object, Review, Side, SummaryBody, SummaryWrite,
};
pub use state::{
    Cursors, IssueComment, MORE_QUERY, PendingReview, PullRequest, PullStatus, QUERY, Replies,
    Resolution, RestAnswers, State, StateError, Subject, Thread, Viewer,
};
pub use summary::{Section, Slot};
