//! Listing a work tree.
//!
//! One pass over the directories answers which tracked paths still exist and which untracked ones there are. Ignore
//! rules are asked for directories and for untracked names only: a clean work tree costs little more than one listing
//! per directory. Rules come from the `.gitignore` files of the tree and from `info/exclude`; the user's own excludes
//! file, `.ignore` files and `core.*` settings have no say.

use std::cell::OnceCell;
use std::path::{Path, PathBuf};

use ignore::Match;
use ignore::gitignore::{Gitignore, GitignoreBuilder};

use super::MAX_PATH;
use super::disk;
use super::git::{Listing, kind_of};
use super::index::{Index, IndexEntry, Presence};
use crate::snapshot::{Entry, EntryKind, ObjectId, SnapshotError, Tracking, printable};

/// Largest file of ignore rules. A larger one ignores nothing, so that more is judged, not less.
const MAX_RULES: u64 = 1 << 20;

/// What ignored files mean.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Ignoring {
    /// Git leaves them out, and so do we.
    AsGit,
    /// There is no git here: every file counts.
    Nothing,
}

/// One walk over one tree.
pub struct Walk<'a> {
    root: &'a Path,
    index: &'a Index,
    ignoring: Ignoring,
    exclude: Gitignore,
    directories: Vec<Directory>,
    listing: Listing,
}

/// A tracked directory that a sparse index holds as one entry.
pub struct Folded {
    /// Its path with a slash at its end.
    pub prefix: Vec<u8>,
    /// Its tree.
    pub tree: ObjectId,
}

/// A directory on the way, kept for the rules that it gives to what lies below.
struct Directory {
    parent: Option<usize>,
    /// Its path with a slash at its end; empty for the root.
    prefix: Vec<u8>,
    /// The range of index entries below it.
    tracked: std::ops::Range<usize>,
    /// It is ignored itself, and visited for tracked files only.
    is_ignored: bool,
    rules: OnceCell<Gitignore>,
}

/// What a directory listing says of a name.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Found {
    Directory,
    File,
    Symlink,
    /// A pipe, a socket or a device.
    Special,
}

impl<'a> Walk<'a> {
    /// A walk of `root` against its index. `exclude` is the repository's own file of ignore rules.
    pub fn new(
        root: &'a Path,
        index: &'a Index,
        ignoring: Ignoring,
        exclude: Option<&Path>,
    ) -> Self {
        Self {
            root,
            index,
            ignoring,
            exclude: exclude.map_or_else(Gitignore::empty, read_rules),
            directories: Vec::new(),
            listing: Listing::default(),
        }
    }

    /// Lists the tree. Directories that a sparse index folded are left to the caller.
    pub fn run(mut self) -> Result<(Listing, Vec<Folded>), SnapshotError> {
        let index = self.index;
        self.directories.push(Directory {
            parent: None,
            prefix: Vec::new(),
            tracked: 0..index.entries().len(),
            is_ignored: false,
            rules: OnceCell::new(),
        });
        let mut pending = vec![0];
        let mut seen = vec![false; index.entries().len()];
        while let Some(directory) = pending.pop() {
            self.visit(directory, &mut pending, &mut seen)?;
        }
        let mut folded = Vec::new();
        for (entry, seen) in index.entries().iter().zip(seen) {
            let path = index.path(entry);
            match kind_of(entry.mode) {
                None => folded.push(Folded {
                    prefix: path.to_vec(),
                    tree: entry.id,
                }),
                // A submodule that was never fetched may lack its directory; it is part of the tree all the same.
                Some(kind)
                    if !seen
                        && (entry.presence == Presence::LeftOut
                            || kind == EntryKind::Submodule) =>
                {
                    self.listing.entries.push(Entry {
                        path: printable(path).into(),
                        kind,
                        id: Some(entry.id),
                        tracked: Tracking::Tracked,
                    });
                }
                Some(_) => {}
            }
        }
        Ok((self.listing, folded))
    }

    fn visit(
        &mut self,
        directory: usize,
        pending: &mut Vec<usize>,
        seen: &mut [bool],
    ) -> Result<(), SnapshotError> {
        let Some(prefix) = self
            .directories
            .get(directory)
            .map(|found| found.prefix.clone())
        else {
            return Ok(());
        };
        let Some(absolute) = self.absolute(&prefix) else {
            self.listing.gap(&prefix, "its name is no text".to_owned());
            return Ok(());
        };
        let names = match std::fs::read_dir(&absolute) {
            Ok(names) => names,
            Err(error) => {
                self.listing.gap(&prefix, error.to_string());
                return Ok(());
            }
        };
        for name in names {
            let (name, kind) = match name.and_then(|name| Ok((name.file_name(), name.file_type()?)))
            {
                Ok(found) => found,
                Err(error) => {
                    self.listing.gap(&prefix, error.to_string());
                    continue;
                }
            };
            let name = disk::to_bytes(&name);
            if *name == *b".git" {
                continue;
            }
            let path = [&*prefix, &*name].concat();
            self.listing.count(path.len())?;
            if path.len() > MAX_PATH {
                self.listing.gap(&path, "the path is too long".to_owned());
                continue;
            }
            let found = match kind {
                kind if kind.is_dir() => Found::Directory,
                kind if kind.is_symlink() => Found::Symlink,
                kind if kind.is_file() => Found::File,
                _ => Found::Special,
            };
            let tracked = self.tracked_at(directory, &path);
            let is_submodule =
                |entry: IndexEntry| kind_of(entry.mode) == Some(EntryKind::Submodule);
            if let Some((at, entry)) = tracked
                // A directory in the place of a tracked file does not stand for it.
                && (found != Found::Directory || is_submodule(entry))
                && let Some(seen) = seen.get_mut(at)
            {
                *seen = true;
            }
            let tracked = tracked.map(|(_, entry)| entry);
            match found {
                Found::Directory => self.enter(directory, path, tracked, pending),
                _ => self.take(directory, &path, found, tracked),
            }
        }
        Ok(())
    }

    /// Decides over a directory: go in, list it as a repository of its own, or leave it out.
    fn enter(
        &mut self,
        parent: usize,
        path: Vec<u8>,
        tracked: Option<IndexEntry>,
        pending: &mut Vec<usize>,
    ) {
        if let Some(entry) = tracked
            && kind_of(entry.mode) == Some(EntryKind::Submodule)
        {
            self.push(
                &path,
                EntryKind::Submodule,
                Some(entry.id),
                Tracking::Tracked,
            );
            return;
        }
        let prefix = [&*path, b"/"].concat();
        let tracked = self.tracked_below(parent, &prefix);
        let mut is_ignored = self
            .directories
            .get(parent)
            .is_some_and(|parent| parent.is_ignored);
        is_ignored = is_ignored || self.is_ignored(parent, &path, Found::Directory);
        if tracked.is_empty() {
            if is_ignored {
                return;
            }
            // Git lists a repository within the work tree as one entry, as it would add it.
            if self.ignoring == Ignoring::AsGit && self.is_repository(&prefix) {
                self.push(&path, EntryKind::Submodule, None, Tracking::Untracked);
                return;
            }
        }
        pending.push(self.directories.len());
        self.directories.push(Directory {
            parent: Some(parent),
            prefix,
            tracked,
            is_ignored,
            rules: OnceCell::new(),
        });
    }

    /// Decides over everything that is no directory.
    fn take(&mut self, parent: usize, path: &[u8], found: Found, tracked: Option<IndexEntry>) {
        if let Some(entry) = tracked {
            let kind = match (kind_of(entry.mode), found) {
                // Without links in the file system, git writes a link's target into a file.
                (Some(EntryKind::Symlink), Found::File) if cfg!(windows) => EntryKind::Symlink,
                (_, Found::Symlink) => EntryKind::Symlink,
                (Some(kind @ (EntryKind::File | EntryKind::Executable)), _) => kind,
                _ => self.kind_on_disk(path),
            };
            self.push(path, kind, None, Tracking::Tracked);
            return;
        }
        // Git lists no pipes, sockets and devices.
        if found == Found::Special
            || self
                .directories
                .get(parent)
                .is_some_and(|parent| parent.is_ignored)
        {
            return;
        }
        if self.is_ignored(parent, path, found) {
            return;
        }
        let kind = match found {
            Found::Symlink => EntryKind::Symlink,
            _ => self.kind_on_disk(path),
        };
        self.push(path, kind, None, Tracking::Untracked);
    }

    fn push(&mut self, path: &[u8], kind: EntryKind, id: Option<ObjectId>, tracked: Tracking) {
        self.listing.entries.push(Entry {
            path: printable(path).into(),
            kind,
            id,
            tracked,
        });
    }

    fn kind_on_disk(&self, path: &[u8]) -> EntryKind {
        let metadata = self
            .absolute(path)
            .and_then(|path| std::fs::symlink_metadata(path).ok());
        match metadata {
            Some(found) if disk::is_executable(&found) => EntryKind::Executable,
            _ => EntryKind::File,
        }
    }

    fn is_repository(&self, prefix: &[u8]) -> bool {
        let dot_git = self.absolute(prefix).map(|path| path.join(".git"));
        dot_git.is_some_and(|path| std::fs::symlink_metadata(path).is_ok())
    }

    fn absolute(&self, path: &[u8]) -> Option<PathBuf> {
        Some(self.root.join(disk::to_path(path)?))
    }

    /// The index entry with exactly this path, looked up among those below the directory that holds it.
    fn tracked_at(&self, directory: usize, path: &[u8]) -> Option<(usize, IndexEntry)> {
        let range = self.directories.get(directory)?.tracked.clone();
        let entries = self.index.entries().get(range.clone())?;
        let at = entries
            .binary_search_by(|entry| self.index.path(entry).cmp(path))
            .ok()?;
        Some((range.start + at, *entries.get(at)?))
    }

    /// The index entries below a directory whose path, with a slash, is `prefix`.
    fn tracked_below(&self, parent: usize, prefix: &[u8]) -> std::ops::Range<usize> {
        let range = self
            .directories
            .get(parent)
            .map_or(0..0, |parent| parent.tracked.clone());
        let entries = self.index.entries().get(range.clone()).unwrap_or_default();
        let start = entries.partition_point(|entry| self.index.path(entry) < prefix);
        let from = entries.get(start..).unwrap_or_default();
        let count = from.partition_point(|entry| self.index.path(entry).starts_with(prefix));
        range.start + start..range.start + start + count
    }

    /// Asks the rules of the directory itself, then of those above it, then the repository's own file: the first that
    /// has an opinion decides. Whether a directory above is ignored is the caller's to know.
    fn is_ignored(&self, directory: usize, path: &[u8], found: Found) -> bool {
        if self.ignoring == Ignoring::Nothing {
            return false;
        }
        let is_directory = found == Found::Directory;
        let mut next = self.directories.get(directory);
        while let Some(directory) = next {
            let rules = directory
                .rules
                .get_or_init(|| self.rules_of(&directory.prefix));
            let below = path.get(directory.prefix.len()..).and_then(disk::to_path);
            match below.map_or(Match::None, |below| rules.matched(below, is_directory)) {
                Match::Ignore(_) => return true,
                Match::Whitelist(_) => return false,
                Match::None => {
                    next = directory
                        .parent
                        .and_then(|parent| self.directories.get(parent))
                }
            }
        }
        disk::to_path(path).is_some_and(|path| self.exclude.matched(path, is_directory).is_ignore())
    }

    fn rules_of(&self, prefix: &[u8]) -> Gitignore {
        self.absolute(prefix)
            .map_or_else(Gitignore::empty, |directory| {
                read_rules(&directory.join(".gitignore"))
            })
    }
}

/// The rules of one file. A link is not followed (git does not either), and a line that is no rule ignores nothing.
fn read_rules(file: &Path) -> Gitignore {
    let Some(bytes) = disk::read_small(file, MAX_RULES) else {
        return Gitignore::empty();
    };
    let bytes = bytes.strip_prefix("\u{feff}".as_bytes()).unwrap_or(&bytes);
    let mut rules = GitignoreBuilder::new(".");
    for line in bytes.split(|&byte| byte == b'\n') {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        if let Ok(line) = std::str::from_utf8(line) {
            let _ = rules.add_line(None, line);
        }
    }
    rules.build().unwrap_or_else(|_| Gitignore::empty())
}
