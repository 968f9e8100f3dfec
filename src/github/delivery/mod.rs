//! Sends what was planned: one review, comments on files, edits, the summary, in this order.
//!
//! The verdict is fixed before anything here runs, and nothing here changes it. No write is sent again before GitHub
//! was asked what became of it: the state is read anew and planned against, so that whatever arrived is not planned
//! again. A head that has moved, a closed or a locked pull request end the delivery. What GitHub refuses on a line goes
//! to the file, then to the summary. See `facts/github-delivery.md`, sections 6.3 to 6.5.

mod courier;
mod question;
mod search;

use super::client::{Client, Error, Signal};
use super::repository::Repository;
use super::review::{Halt, RunId, Section, Target};
use crate::check::Report;

pub use super::review::State;
use courier::{Courier, End};

pub use question::{Commits, Seeds, Subject, state, state_with_files};

/// What is delivered, and where.
pub struct Job<'a> {
    /// The report. Its verdict is fixed.
    pub report: &'a Report,
    /// The repository of the pull request.
    pub repository: &'a Repository,
    /// The pull request.
    pub target: &'a Target,
    /// The run that writes.
    pub run: &'a RunId,
    /// Parts of the summary that others make.
    pub sections: &'a [Section],
}

/// What became of a delivery.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Delivery {
    /// Everything stands on the pull request as it should.
    Complete(Done),
    /// Nothing is to be written there.
    Halted(Halt),
    /// Some or all of it did not arrive; the reason is a sentence for people.
    Failed {
        /// What did arrive.
        done: Done,
        /// Why the rest did not.
        reason: Error,
    },
    /// A signal ended it.
    Stopped(Signal),
}

/// What was written.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Done {
    /// Comments on lines and files.
    pub comments: usize,
    /// Comments that got a new text, or went.
    pub changes: usize,
    /// Comments that GitHub refused; the summary has their findings.
    pub refused: usize,
}

impl std::fmt::Display for Done {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self {
            comments,
            changes,
            refused,
        } = self;
        if *comments + *changes == 0 {
            return f.write_str("nothing to change");
        }
        write!(f, "{comments} new, {changes} changed")?;
        if *refused > 0 {
            write!(f, ", {refused} refused (the summary has them)")?;
        }
        Ok(())
    }
}

/// Delivers a report. `state` is what stood on the pull request a moment ago.
pub async fn deliver(client: &Client, job: &Job<'_>, state: State) -> Delivery {
    let mut courier = Courier::new(client, job, state);
    match courier.run().await {
        Ok(()) => Delivery::Complete(courier.done),
        Err(End::Halt(halt)) => Delivery::Halted(halt),
        Err(End::Failed(Error::Stopped { signal })) => Delivery::Stopped(signal),
        Err(End::Failed(Error::Locked { .. })) => Delivery::Halted(Halt::Locked),
        Err(End::Failed(reason)) => Delivery::Failed {
            done: courier.done,
            reason,
        },
    }
}
