//! Scripts of the tree for the reading of hooks.

use std::cell::RefCell;
use std::collections::BTreeSet;

use super::super::documents::Documents;
use crate::agent::{Library, Loaded};
use crate::claude::hook::{Opened, Scripts};
use crate::snapshot::EntryKind;

/// The scripts of the tree, with a list of those that were read.
pub(super) struct Opener<'d, 's> {
    pub(super) documents: &'d Documents<'s>,
    pub(super) read: RefCell<BTreeSet<String>>,
}

impl Scripts for Opener<'_, '_> {
    fn open(&self, path: &str) -> Opened {
        let Some(kind) = self.documents.kind(path) else {
            // A part of the path may be a link or another repository: then nobody here knows what it holds.
            let hidden = path.match_indices('/').any(|(at, _)| {
                path.get(..at).is_some_and(|folder| {
                    matches!(
                        self.documents.kind(folder),
                        Some(EntryKind::Symlink | EntryKind::Submodule)
                    )
                })
            });
            return if hidden {
                Opened::Unreadable
            } else {
                Opened::Missing
            };
        };
        if kind == EntryKind::Submodule {
            return Opened::Unreadable;
        }
        match self.documents.text(path) {
            Loaded::Ready(file) => {
                self.read.borrow_mut().insert(path.to_owned());
                // A link says nothing of the file behind it.
                let executable = kind != EntryKind::File;
                Opened::File { file, executable }
            }
            Loaded::Missing => Opened::Missing,
            Loaded::Pending | Loaded::Broken => Opened::Unreadable,
        }
    }
}
