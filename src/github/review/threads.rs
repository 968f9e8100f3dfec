//! The threads that earlier runs began, by finding.

use std::collections::{BTreeMap, BTreeSet};

use super::marker::{Marker, Standing};
use super::state::{Replies, Resolution, State, Thread};

/// A thread whose mark is trusted.
pub(super) struct Known<'s> {
    pub(super) thread: &'s Thread,
    pub(super) marker: Marker,
}

/// Trusted threads by fingerprint, oldest first.
#[derive(Default)]
pub(super) struct Threads<'s> {
    by_finding: BTreeMap<String, Vec<Known<'s>>>,
    /// Marks of comments of which nobody knows whose they are.
    unowned: BTreeSet<String>,
}

impl<'s> Threads<'s> {
    /// Reads the marks. One is trusted only where the viewer wrote the comment.
    pub(super) fn new(state: &'s State) -> Self {
        let mut by_finding: BTreeMap<String, Vec<Known<'s>>> = BTreeMap::new();
        let mut unowned = BTreeSet::new();
        for thread in &state.threads {
            let Some(marker) = Marker::find(&thread.body) else {
                continue;
            };
            if marker.fp.is_empty() {
                continue;
            }
            match (&state.viewer, thread.own) {
                (_, true) => {
                    let known = Known { thread, marker };
                    by_finding
                        .entry(known.marker.fp.clone())
                        .or_default()
                        .push(known);
                }
                (None, false) => {
                    unowned.insert(marker.fp);
                }
                (Some(_), false) => {}
            }
        }
        for threads in by_finding.values_mut() {
            threads.sort_by_key(|known| known.thread.comment);
        }
        Self {
            by_finding,
            unowned,
        }
    }

    /// Takes out the threads of a finding, known under any of these fingerprints.
    pub(super) fn take<'f>(
        &mut self,
        fingerprints: impl Iterator<Item = &'f str>,
    ) -> Vec<Known<'s>> {
        let mut found: Vec<Known<'s>> = fingerprints
            .filter_map(|fingerprint| self.by_finding.remove(fingerprint))
            .flatten()
            .collect();
        found.sort_by_key(|known| known.thread.comment);
        found
    }

    /// Everything that was not taken out.
    pub(super) fn rest(self) -> impl Iterator<Item = Known<'s>> {
        self.by_finding.into_values().flatten()
    }

    /// Whether a comment that may be our own is about the finding already.
    pub(super) fn may_know(&self, fingerprint: &str) -> bool {
        self.unowned.contains(fingerprint)
    }
}

impl Known<'_> {
    /// Whether it says that the finding is there.
    pub(super) fn is_open(&self) -> bool {
        self.marker.standing == Standing::Open
    }

    /// Whether it says that the finding is gone.
    pub(super) fn is_fixed(&self) -> bool {
        self.marker.standing == Standing::Fixed
    }

    /// Whether it can say again that the finding is there. In a thread that a person resolved once it was fixed,
    /// nobody would see that.
    pub(super) fn may_reopen(&self) -> bool {
        self.is_fixed() && self.thread.resolution != Resolution::ByOther
    }

    /// Whether a person resolved it.
    pub(super) fn is_settled_by_people(&self) -> bool {
        self.is_open() && self.thread.resolution == Resolution::ByOther
    }

    /// Whether nobody loses anything if it goes.
    pub(super) fn may_go(&self) -> bool {
        self.thread.replies != Replies::Others
    }
}
