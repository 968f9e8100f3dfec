//! Where files come from.
//!
//! A snapshot is one tree: all of its paths are known from the start, and content is read by path. Rules see a
//! snapshot, never a file system, so that a work tree, a commit and the answer of an API are judged alike.
//!
//! What this room never does: it runs nothing of the repository (no hook, filter or file system monitor), takes
//! no direction from `.git/config` or from the user's git configuration, follows no symbolic link, and writes
//! nothing. Only `local` touches the disk. See the threat model in `facts/incidents.md`, section 6, rows 6, 11,
//! 12 and 18.
//!
//! What cannot be listed or read is said ([`Snapshot::gaps`], [`Content::Unreadable`]), never left out silently.

mod error;
mod local;
mod memory;
mod object_id;
mod path;

use std::sync::Arc;

pub use error::{History, SnapshotError};
pub use local::{GitSnapshot, LocalSnapshot};
pub use memory::MemorySnapshot;
pub use object_id::{NotAnObjectId, ObjectId};
pub use path::{folder, join, printable, raw};

/// What an entry of a tree is, after the mode that git gives it.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum EntryKind {
    /// A file (mode 100644).
    File,
    /// A file that may be executed (mode 100755).
    Executable,
    /// A symbolic link (mode 120000). Its content is the text of its target.
    Symlink,
    /// Another repository (mode 160000), or a nested repository in a work tree. It has no content here.
    Submodule,
}

/// Whether git knows the entry.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Tracking {
    /// It is part of the commit or of the index.
    Tracked,
    /// It lies in the work tree, is not ignored, and was not added yet. Without git, everything is untracked.
    Untracked,
}

/// One path of a tree.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Entry {
    /// Path from the root, parts separated by `/`, in the form of [`printable`].
    pub path: Box<str>,
    /// What it is.
    pub kind: EntryKind,
    /// The object id of exactly what [`Snapshot::read`] answers, where it is known without reading: of the blob,
    /// or of a submodule's commit. A file of a work tree has none, since the index says what was added, not what
    /// lies there now; [`ObjectId::of_blob`] computes it once the bytes are there.
    pub id: Option<ObjectId>,
    /// Whether git knows it.
    pub tracked: Tracking,
}

/// Answer to reading one path.
#[derive(Clone, PartialEq, Eq)]
pub enum Content {
    /// The whole content, byte for byte. For a symbolic link, the text of its target.
    Bytes(Arc<[u8]>),
    /// There is no entry with this path.
    Missing,
    /// The entry exists, and its content was not fetched yet.
    NotLoaded,
    /// The entry exists and cannot be read; the reason is a clause for people.
    Unreadable(String),
    /// The entry is larger than the limit: its size in bytes.
    TooLarge(u64),
}

impl std::fmt::Debug for Content {
    /// Never prints the bytes: they may hold keys.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Bytes(bytes) => write!(f, "Bytes({} bytes)", bytes.len()),
            Self::Missing => f.write_str("Missing"),
            Self::NotLoaded => f.write_str("NotLoaded"),
            Self::Unreadable(reason) => write!(f, "Unreadable({reason:?})"),
            Self::TooLarge(size) => write!(f, "TooLarge({size})"),
        }
    }
}

/// A part of the tree whose entries could not be listed. Whoever reports coverage must count it as a hole.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Gap {
    /// Path of the part, in the form of [`printable`]; empty for the root.
    pub path: Box<str>,
    /// Why, as a clause for people.
    pub reason: Box<str>,
}

/// The tree of one commit, of one work tree, or of a few files held in memory.
pub trait Snapshot {
    /// All entries, sorted by path, each path once.
    fn entries(&self) -> &[Entry];

    /// Content of one entry, unless it is larger than `limit` bytes.
    fn read(&self, path: &str, limit: u64) -> Content;

    /// Parts of the tree that could not be listed, sorted by path.
    fn gaps(&self) -> &[Gap] {
        &[]
    }

    /// The entry with this path.
    fn entry(&self, path: &str) -> Option<&Entry> {
        find(self.entries(), path)
    }

    /// All entries below a directory, at any depth; all of the snapshot for the empty path.
    fn under(&self, directory: &str) -> &[Entry] {
        let entries = self.entries();
        if directory.is_empty() {
            return entries;
        }
        let below = |entry: &Entry| {
            let rest = entry.path.strip_prefix(directory);
            rest.is_some_and(|rest| rest.starts_with('/'))
        };
        // "a-b" sorts before "a/b": the entries below a directory start where its path with the slash would stand.
        let prefix = [directory, "/"].concat();
        let start = entries.partition_point(|entry| *entry.path < *prefix);
        let from = entries.get(start..).unwrap_or_default();
        let count = from.partition_point(below);
        from.get(..count).unwrap_or_default()
    }

    /// All entries whose path is this one on a file system that ignores case, the exact one included.
    fn find_ignoring_case(&self, path: &str) -> Vec<&Entry> {
        self.entries()
            .iter()
            .filter(|entry| path::equal_ignoring_case(&entry.path, path))
            .collect()
    }
}

/// Why a submodule has no content.
const SUBMODULE: &str = "it is a submodule: its files are in another repository";

/// Binary search in sorted entries.
fn find<'a>(entries: &'a [Entry], path: &str) -> Option<&'a Entry> {
    let index = entries
        .binary_search_by(|entry| (*entry.path).cmp(path))
        .ok()?;
    entries.get(index)
}

/// Sorts entries by path and keeps the first of each.
fn in_order(mut entries: Vec<Entry>) -> Vec<Entry> {
    entries.sort_by(|a, b| a.path.cmp(&b.path));
    entries.dedup_by(|later, first| later.path == first.path);
    entries
}

#[cfg(test)]
mod tests {
    use super::*;

    fn snapshot() -> MemorySnapshot {
        MemorySnapshot::new([
            ("a-b", "1"),
            ("a/c", "2"),
            ("a/d/e", "3"),
            ("a", "4"),
            ("a0", "5"),
            (".Claude/settings.json", "6"),
            (".claude/settings.json", "7"),
        ])
    }

    fn paths<'a>(entries: impl IntoIterator<Item = &'a Entry>) -> Vec<&'a str> {
        entries.into_iter().map(|entry| &*entry.path).collect()
    }

    #[test]
    fn entries_below_a_directory_leave_out_names_that_only_start_like_it() {
        let snapshot = snapshot();
        assert_eq!(paths(snapshot.under("a")), ["a/c", "a/d/e"]);
        assert_eq!(paths(snapshot.under("a/d")), ["a/d/e"]);
        assert!(snapshot.under("b").is_empty());
        assert_eq!(snapshot.under("").len(), 7);
    }

    #[test]
    fn a_path_is_found_exactly_and_ignoring_case() {
        let snapshot = snapshot();
        assert_eq!(snapshot.entry("a0").map(|entry| &*entry.path), Some("a0"));
        assert!(snapshot.entry("A0").is_none());
        assert_eq!(
            paths(snapshot.find_ignoring_case(".CLAUDE/settings.json")),
            [".Claude/settings.json", ".claude/settings.json"]
        );
    }

    #[test]
    fn content_is_never_printed() {
        let content = Content::Bytes(Arc::from(&b"sk-ant-key"[..]));
        assert_eq!(format!("{content:?}"), "Bytes(10 bytes)");
    }
}
