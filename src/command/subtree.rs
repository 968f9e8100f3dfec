//! A folder of a snapshot as a tree of its own, for `portcullis check examples/demo`: a folder that has workflows
//! of its own is meant as a repository, not as a part of the one around it.

use crate::snapshot::{Content, Entry, Gap, Snapshot};

/// The folder.
pub(super) struct Subtree<'s> {
    whole: &'s dyn Snapshot,
    prefix: String,
    entries: Vec<Entry>,
    gaps: Vec<Gap>,
}

impl<'s> Subtree<'s> {
    /// The folder `folder` of a snapshot.
    pub(super) fn new(whole: &'s dyn Snapshot, folder: &str) -> Self {
        let prefix = format!("{folder}/");
        let inside = |path: &str| path.strip_prefix(&prefix).map(Box::from);
        let entries = whole.under(folder).iter();
        Self {
            entries: entries
                .filter_map(|entry| {
                    Some(Entry {
                        path: inside(&entry.path)?,
                        ..entry.clone()
                    })
                })
                .collect(),
            gaps: whole
                .gaps()
                .iter()
                .filter_map(|gap| {
                    Some(Gap {
                        path: inside(&gap.path)?,
                        reason: gap.reason.clone(),
                    })
                })
                .collect(),
            whole,
            prefix,
        }
    }
}

impl Snapshot for Subtree<'_> {
    fn entries(&self) -> &[Entry] {
        &self.entries
    }

    fn read(&self, path: &str, limit: u64) -> Content {
        self.whole.read(&format!("{}{path}", self.prefix), limit)
    }

    fn gaps(&self) -> &[Gap] {
        &self.gaps
    }
}
