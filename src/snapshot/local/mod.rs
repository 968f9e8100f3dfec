//! Snapshots from the disk: a work tree, or the tree of a revision from git objects.
//!
//! The only part of the room that touches the file system. Git itself is never called. `.git/config` is asked for one
//! thing, the form of the storage, and can only make opening fail; see [`super`] for what else never happens.

mod disk;
mod git;
mod index;
mod objects;
mod repository;
mod revision;
mod walk;

use std::path::{Component, Path, PathBuf};

use super::{
    Content, Entry, EntryKind, Gap, ObjectId, SUBMODULE, Snapshot, SnapshotError, Tracking, find,
    printable, raw,
};
use index::{Index, IndexProblem};
use objects::Objects;
use repository::Repository;
use walk::{Ignoring, Walk};

pub use git::GitSnapshot;

/// Most entries of a tree. The largest public repositories have about half of it.
const MAX_ENTRIES: usize = 1_000_000;
/// Most bytes of paths and of git trees that are gone through for one listing.
const MAX_BYTES: usize = 512 << 20;
/// Longest path, in bytes: more cannot be checked out on Linux.
const MAX_PATH: usize = 4096;
/// Largest index: beyond two million entries.
const MAX_INDEX: u64 = 512 << 20;

/// A work tree as it lies on the disk: what git tracks and what it would add; without git, every file.
///
/// Content is always what lies on the disk, except where a sparse checkout left a path out: that is read from git.
pub struct LocalSnapshot {
    root: PathBuf,
    repository: Option<Repository>,
    entries: Vec<Entry>,
    gaps: Vec<Gap>,
    /// Opened where a sparse checkout needs them.
    objects: Option<Objects>,
}

impl LocalSnapshot {
    /// The git work tree that holds `start`, whole, or the directory `start` itself where there is no git.
    pub fn open(start: &Path) -> Result<Self, SnapshotError> {
        let start = canonical(start)?;
        let directory = match start.is_dir() {
            true => start.clone(),
            false => start
                .parent()
                .map_or_else(|| start.clone(), Path::to_path_buf),
        };
        match Repository::discover(&directory)? {
            Some(repository) => Self::of_work_tree(repository),
            None => Self::of_directory(directory),
        }
    }

    /// Top of the tree, without symbolic links in its path.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The commit that `HEAD` points at: none without git, and before the first commit.
    pub fn git_head(&self) -> Option<ObjectId> {
        self.repository.as_ref()?.head()
    }

    /// The path that a file or directory has in this snapshot, for a path as a person gives it: absolute, or relative
    /// to the current directory. Empty for the root; none outside the tree. The entry need not exist.
    pub fn relative(&self, path: &Path) -> Option<String> {
        let absolute = std::path::absolute(path).ok()?;
        // The last part stays as it is at first, so that a link in the tree is named and not its target.
        let named = match (absolute.parent(), absolute.components().next_back()) {
            (Some(parent), Some(Component::Normal(name))) => {
                parent.canonicalize().ok().map(|parent| parent.join(name))
            }
            _ => None,
        };
        let path = match named {
            Some(path) if path.starts_with(&self.root) => path,
            _ => resolve_existing(&absolute)?,
        };
        let below = path.strip_prefix(&self.root).ok()?;
        let mut parts = Vec::new();
        for part in below.components() {
            match part {
                Component::Normal(name) => {
                    parts.push(printable(&disk::to_bytes(name)).into_owned())
                }
                Component::CurDir => {}
                _ => return None,
            }
        }
        Some(parts.join("/"))
    }

    /// Makes an entry of a file that exists and is ignored, since a person named it. The path is one that
    /// [`Self::relative`] gave. Says whether the path is an entry now.
    pub fn admit(&mut self, path: &str) -> bool {
        let at = match self
            .entries
            .binary_search_by(|entry| (*entry.path).cmp(path))
        {
            Ok(_) => return true,
            Err(at) => at,
        };
        let Some(file) = to_relative(path) else {
            return false;
        };
        let is_git_dir = |part: Component<'_>| part.as_os_str().eq_ignore_ascii_case(".git");
        if file.components().any(is_git_dir) {
            return false;
        }
        let kind = match disk::kind_below(&self.root, &file) {
            Some(kind) => kind,
            None => return false,
        };
        self.entries.insert(
            at,
            Entry {
                path: path.into(),
                kind,
                id: None,
                tracked: Tracking::Untracked,
            },
        );
        true
    }

    fn of_directory(root: PathBuf) -> Result<Self, SnapshotError> {
        let index = Index::default();
        let (listing, _) = Walk::new(&root, &index, Ignoring::Nothing, None).run()?;
        let (entries, gaps) = listing.finish();
        Ok(Self {
            root,
            repository: None,
            entries,
            gaps,
            objects: None,
        })
    }

    fn of_work_tree(repository: Repository) -> Result<Self, SnapshotError> {
        let Some(root) = repository.work_tree.clone() else {
            return Err(SnapshotError::Bare {
                path: repository.git_dir,
            });
        };
        let index = read_index(&repository)?;
        let exclude = repository.common_dir.join("info/exclude");
        let (mut listing, folded) =
            Walk::new(&root, &index, Ignoring::AsGit, Some(&exclude)).run()?;
        let is_sparse = !folded.is_empty() || left_out(&index);
        let objects = match is_sparse {
            true => Some(Objects::open(&repository)?),
            false => None,
        };
        if let Some(objects) = &objects {
            listing.add_folded(objects, folded)?;
        }
        let (entries, gaps) = listing.finish();
        Ok(Self {
            root,
            repository: Some(repository),
            entries,
            gaps,
            objects,
        })
    }
}

impl Snapshot for LocalSnapshot {
    fn entries(&self) -> &[Entry] {
        &self.entries
    }

    fn read(&self, path: &str, limit: u64) -> Content {
        let Some(entry) = find(&self.entries, path) else {
            return Content::Missing;
        };
        if entry.kind == EntryKind::Submodule {
            return Content::Unreadable(SUBMODULE.into());
        }
        if let (Some(id), Some(objects)) = (entry.id, &self.objects) {
            return objects.blob(id, limit);
        }
        match to_relative(path) {
            Some(file) => disk::read_below(&self.root, &file, limit),
            None => Content::Unreadable("its path cannot be expressed on this system".into()),
        }
    }

    fn gaps(&self) -> &[Gap] {
        &self.gaps
    }
}

/// A path of a snapshot as a path of this system that cannot leave the root.
fn to_relative(path: &str) -> Option<PathBuf> {
    let file = disk::to_path(&raw(path)?)?;
    let stays = file
        .components()
        .all(|part| matches!(part, Component::Normal(_)));
    (stays && !path.is_empty()).then_some(file)
}

fn canonical(path: &Path) -> Result<PathBuf, SnapshotError> {
    path.canonicalize().map_err(|source| SnapshotError::Open {
        path: path.into(),
        source,
    })
}

/// The path with the links in that part of it resolved which exists.
fn resolve_existing(path: &Path) -> Option<PathBuf> {
    let (resolved, rest) = path.ancestors().find_map(|above| {
        let rest = path.strip_prefix(above).ok()?;
        Some((above.canonicalize().ok()?, rest))
    })?;
    let is_plain = rest
        .components()
        .all(|part| matches!(part, Component::Normal(_)));
    // Joining nothing would put a slash at the end.
    match rest.as_os_str().is_empty() {
        true => Some(resolved),
        false => is_plain.then(|| resolved.join(rest)),
    }
}

fn left_out(index: &Index) -> bool {
    let entries = index.entries();
    entries
        .iter()
        .any(|entry| entry.presence == index::Presence::LeftOut)
}

/// The index of a work tree; empty where nothing was added yet.
fn read_index(repository: &Repository) -> Result<Index, SnapshotError> {
    let path = repository.git_dir.join("index");
    let open = |source| SnapshotError::Open {
        path: path.clone(),
        source,
    };
    match std::fs::metadata(&path) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Index::default()),
        Err(error) => return Err(open(error)),
        Ok(found) if found.len() > MAX_INDEX => {
            return Err(SnapshotError::Unsupported {
                path: repository.git_dir.clone(),
                what: "has an index of more than 512 MiB",
            });
        }
        Ok(_) => {}
    }
    let bytes = std::fs::read(&path).map_err(open)?;
    Index::parse(&bytes).map_err(|problem| match problem {
        IndexProblem::Damaged(what) => SnapshotError::DamagedIndex { path, what },
        IndexProblem::Unsupported(what) => SnapshotError::Unsupported {
            path: repository.git_dir.clone(),
            what,
        },
    })
}

#[cfg(test)]
mod test_repository;
#[cfg(test)]
mod tests;
