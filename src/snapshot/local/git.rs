//! The tree of a revision, read from git objects. There is no checkout: nothing is written and nothing is run.

use std::collections::{HashMap, HashSet};
use std::path::Path;
use std::rc::Rc;

use super::objects::{Object, Objects, TreeLine, tree_lines};
use super::repository::Repository;
use super::walk::Folded;
use super::{MAX_BYTES, MAX_ENTRIES, MAX_PATH, revision};
use crate::snapshot::{
    Content, Entry, EntryKind, Gap, ObjectId, SUBMODULE, Snapshot, SnapshotError, Tracking, find,
    in_order, printable,
};

/// The tree of one commit of a local repository.
pub struct GitSnapshot {
    entries: Vec<Entry>,
    gaps: Vec<Gap>,
    objects: Objects,
    commit: Option<ObjectId>,
}

/// The entries below a tree, and what could not be listed.
#[derive(Default)]
pub(super) struct Listing {
    pub(super) entries: Vec<Entry>,
    pub(super) gaps: Vec<Gap>,
    /// Names looked at, in trees and directories.
    names: usize,
    /// Bytes of trees unpacked and of paths put together.
    bytes: usize,
}

/// Small trees that were met lately, so that one that is met a million times is unpacked once.
#[derive(Default)]
struct RecentTrees {
    small: HashMap<ObjectId, Rc<[u8]>>,
}

/// Most trees that are remembered.
const MAX_RECENT_TREES: usize = 1024;
/// Largest tree that is remembered, in bytes.
const MAX_RECENT_TREE: usize = 16 << 10;

impl GitSnapshot {
    /// The tree of a revision: a branch, a tag, `origin/main`, an id or the start of one, with `^`, `^2`, `~3` behind
    /// it. `root` is any directory of the repository; a bare one will do.
    pub fn open(root: &Path, rev: &str) -> Result<Self, SnapshotError> {
        let start = super::canonical(root)?;
        let repository =
            Repository::discover(&start)?.ok_or(SnapshotError::NotARepository { path: start })?;
        let objects = Objects::open(&repository)?;
        let (tree, commit) = revision::resolve(&repository, &objects, rev)?;
        // The root must be there; what is missing below it is a gap.
        objects.object(tree)?;
        let mut listing = Listing::default();
        listing.add_tree(&objects, tree, Vec::new())?;
        let (entries, gaps) = listing.finish();
        Ok(Self {
            entries,
            gaps,
            objects,
            commit,
        })
    }

    /// The commit that a revision names, without its tree. None where it names a tree.
    pub fn commit_at(root: &Path, rev: &str) -> Result<Option<ObjectId>, SnapshotError> {
        let start = super::canonical(root)?;
        let repository =
            Repository::discover(&start)?.ok_or(SnapshotError::NotARepository { path: start })?;
        let objects = Objects::open(&repository)?;
        let (_, commit) = revision::resolve(&repository, &objects, rev)?;
        Ok(commit)
    }

    /// The commit; none where the revision named a tree.
    pub fn commit(&self) -> Option<ObjectId> {
        self.commit
    }
}

impl Snapshot for GitSnapshot {
    fn entries(&self) -> &[Entry] {
        &self.entries
    }

    fn read(&self, path: &str, limit: u64) -> Content {
        match find(&self.entries, path) {
            None => Content::Missing,
            Some(entry) if entry.kind == EntryKind::Submodule => {
                Content::Unreadable(SUBMODULE.into())
            }
            Some(Entry { id: Some(id), .. }) => self.objects.blob(*id, limit),
            Some(_) => Content::Missing,
        }
    }

    fn gaps(&self) -> &[Gap] {
        &self.gaps
    }
}

impl Listing {
    /// Adds everything below a tree. `prefix` is the tree's path, with a slash at its end unless it is empty.
    ///
    /// Trees may hold each other many times over, so that a few objects stand for millions of paths: every name and
    /// every byte counts towards the limits, wherever it was met before.
    pub(super) fn add_tree(
        &mut self,
        objects: &Objects,
        tree: ObjectId,
        prefix: Vec<u8>,
    ) -> Result<(), SnapshotError> {
        let mut recent = RecentTrees::default();
        let mut pending = vec![(tree, prefix)];
        while let Some((tree, prefix)) = pending.pop() {
            let data = match recent.load(objects, tree) {
                Ok(data) => data,
                Err(reason) => {
                    self.gap(&prefix, reason);
                    continue;
                }
            };
            self.count(data.len())?;
            for line in tree_lines(&data) {
                let Some(line) = line else {
                    self.gap(&prefix, format!("the git tree {tree} is damaged"));
                    break;
                };
                let path = [&*prefix, line.name].concat();
                self.count(path.len())?;
                if let Some(reason) = refused(&line, path.len()) {
                    self.gap(&path, reason.to_owned());
                } else if let Some(kind) = kind_of(line.mode) {
                    self.entries.push(Entry {
                        path: printable(&path).into(),
                        kind,
                        id: Some(line.id),
                        tracked: Tracking::Tracked,
                    });
                } else {
                    pending.push((line.id, [&*path, b"/"].concat()));
                }
            }
        }
        Ok(())
    }

    /// Counts one more name and the bytes that it costs.
    pub(super) fn count(&mut self, bytes: usize) -> Result<(), SnapshotError> {
        self.names += 1;
        self.bytes = self.bytes.saturating_add(bytes);
        match self.names > MAX_ENTRIES || self.bytes > MAX_BYTES {
            true => Err(SnapshotError::TooManyEntries { limit: MAX_ENTRIES }),
            false => Ok(()),
        }
    }

    /// Adds what lies below each of these trees and is not listed yet.
    pub(super) fn add_folded(
        &mut self,
        objects: &Objects,
        folded: Vec<Folded>,
    ) -> Result<(), SnapshotError> {
        let mut below = Self::default();
        for Folded { prefix, tree } in folded {
            below.add_tree(objects, tree, prefix)?;
        }
        let known: HashSet<_> = self.entries.iter().map(|entry| &entry.path).collect();
        below.entries.retain(|entry| !known.contains(&entry.path));
        self.entries.append(&mut below.entries);
        self.gaps.append(&mut below.gaps);
        Ok(())
    }

    pub(super) fn gap(&mut self, path: &[u8], reason: String) {
        let path = path.strip_suffix(b"/").unwrap_or(path);
        self.gaps.push(Gap {
            path: printable(path).into(),
            reason: reason.into(),
        });
    }

    /// Entries and gaps in order. A path that stands in a tree twice is listed once, and is a gap as well.
    pub(super) fn finish(mut self) -> (Vec<Entry>, Vec<Gap>) {
        let given = self.entries.len();
        self.entries.sort_by(|a, b| a.path.cmp(&b.path));
        let twice: Vec<_> = self
            .entries
            .array_windows()
            .filter(|[a, b]| a.path == b.path)
            .map(|[a, _]| a.path.clone())
            .collect();
        let entries = in_order(self.entries);
        if entries.len() < given {
            self.gaps.extend(twice.into_iter().map(|path| Gap {
                path,
                reason: "the path stands in its tree more than once".into(),
            }));
        }
        self.gaps.sort();
        self.gaps.dedup();
        (entries, self.gaps)
    }
}

impl RecentTrees {
    fn load(&mut self, objects: &Objects, tree: ObjectId) -> Result<Rc<[u8]>, String> {
        if let Some(data) = self.small.get(&tree) {
            return Ok(Rc::clone(data));
        }
        let data: Rc<[u8]> = match objects.object(tree) {
            Ok(Object::Tree(data)) => data.into(),
            Ok(_) => return Err(format!("the git object {tree} is not a tree")),
            Err(error) => return Err(error.to_string()),
        };
        if data.len() <= MAX_RECENT_TREE {
            if self.small.len() >= MAX_RECENT_TREES {
                self.small.clear();
            }
            self.small.insert(tree, Rc::clone(&data));
        }
        Ok(data)
    }
}

/// The kind behind a git mode; none for a directory.
pub(super) fn kind_of(mode: u32) -> Option<EntryKind> {
    match mode & 0o170_000 {
        0o040_000 => None,
        0o120_000 => Some(EntryKind::Symlink),
        0o160_000 => Some(EntryKind::Submodule),
        _ if mode & 0o100 != 0 => Some(EntryKind::Executable),
        _ => Some(EntryKind::File),
    }
}

/// Why a line of a tree is not taken: git would not check it out, and it could pass for another path.
fn refused(line: &TreeLine<'_>, length: usize) -> Option<&'static str> {
    if length > MAX_PATH {
        return Some("the path is too long");
    }
    if !matches!(
        line.mode & 0o170_000,
        0o040_000 | 0o100_000 | 0o120_000 | 0o160_000
    ) {
        return Some("the entry has a mode that git does not know");
    }
    let name = line.name;
    let reserved =
        name.is_empty() || name == b"." || name == b".." || name.eq_ignore_ascii_case(b".git");
    (reserved || name.contains(&b'/')).then_some("the entry has a name that git does not allow")
}
