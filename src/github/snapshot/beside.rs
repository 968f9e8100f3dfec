//! The tree of the base from the tree of the head: folders with the same object id hold the same files.

use super::list::{Listed, join, kind};
use super::{ApiSnapshot, Seed};
use crate::snapshot::{Snapshot, printable};

/// What is known of the base's tree. None where a folder differs from the head's and the seed does not list it.
pub(super) fn compose(head: &ApiSnapshot, seed: &Seed) -> Option<Listed> {
    // What the head does not know whole cannot be copied whole.
    if !head.gaps.is_empty() {
        return None;
    }
    let mut listed = Listed::default();
    let mut waiting = vec![String::new()];
    while let Some(folder) = waiting.pop() {
        for named in seed.entries(&folder)? {
            let path = join(&folder, &named.name);
            match kind(named.mode)? {
                Some(kind) => listed.add(&path, kind, Some(named.id), None),
                None => {
                    let printed = printable(path.as_bytes());
                    if head.folders.get(&*printed) != Some(&named.id) {
                        waiting.push(path);
                        continue;
                    }
                    listed.entries.extend_from_slice(head.under(&printed));
                    listed.folders.insert(printed.into(), named.id);
                }
            }
        }
    }
    Some(listed)
}

/// The files that a seed names in the folders where a policy may stand. None where it does not list the root.
pub(super) fn files(seed: &Seed) -> Option<Listed> {
    let mut listed = Listed::default();
    for folder in ["", ".github"] {
        let entries = match (folder, seed.entries(folder)) {
            ("", None) => return None,
            (_, entries) => entries.unwrap_or_default(),
        };
        for named in entries {
            if let Some(Some(kind)) = kind(named.mode) {
                listed.add(&join(folder, &named.name), kind, Some(named.id), None);
            }
        }
    }
    Some(listed)
}
