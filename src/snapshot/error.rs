//! What can go wrong before there is a snapshot.

use std::path::PathBuf;

use super::ObjectId;

/// Why a snapshot could not be taken.
#[derive(Debug, thiserror::Error)]
pub enum SnapshotError {
    /// The start does not exist or cannot be opened.
    #[error("cannot open {}: {source}", path.display())]
    Open {
        /// What was to be opened.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// There is no git repository at or above the path.
    #[error("{} is not inside a git repository", path.display())]
    NotARepository {
        /// Where the search started.
        path: PathBuf,
    },
    /// The repository has no work tree.
    #[error("{} is a bare git repository: it has no files to check; name a work tree", path.display())]
    Bare {
        /// The git directory.
        path: PathBuf,
    },
    /// A `.git` file does not lead to a git directory.
    #[error("{} does not lead to a git directory", path.display())]
    BrokenGitFile {
        /// The `.git` file.
        path: PathBuf,
    },
    /// The repository stores something in a form that this program does not read.
    #[error("the git repository at {} {what}, which portcullis cannot read", path.display())]
    Unsupported {
        /// The git directory.
        path: PathBuf,
        /// What it does.
        what: &'static str,
    },
    /// The index does not follow its format.
    #[error("the git index {} is damaged: {what}", path.display())]
    DamagedIndex {
        /// The index file.
        path: PathBuf,
        /// What is wrong with it.
        what: &'static str,
    },
    /// A revision names nothing.
    #[error("unknown revision {revision:?}{}", shallow_hint(*history))]
    UnknownRevision {
        /// The revision, as given.
        revision: Box<str>,
        /// Whether the history is all there.
        history: History,
    },
    /// A revision uses a form that is not supported.
    #[error(
        "the revision {revision:?} is not supported: use a branch, a tag or a commit, with ^, ^2 or ~3 behind it"
    )]
    UnsupportedRevision {
        /// The revision, as given.
        revision: Box<str>,
    },
    /// An abbreviated object id fits several objects.
    #[error("the revision {revision:?} is ambiguous: give more digits")]
    AmbiguousRevision {
        /// The revision, as given.
        revision: Box<str>,
    },
    /// A revision names something that has no tree.
    #[error("the revision {revision:?} names a {found}, not a commit")]
    NotACommit {
        /// The revision, as given.
        revision: Box<str>,
        /// What it names.
        found: &'static str,
    },
    /// An object is referred to and absent.
    #[error("the git object {id} is missing from the repository{}", shallow_hint(*history))]
    MissingObject {
        /// The object.
        id: ObjectId,
        /// Whether the history is all there.
        history: History,
    },
    /// An object is there and cannot be decoded.
    #[error("the git object {id} cannot be read: {what}")]
    DamagedObject {
        /// The object.
        id: ObjectId,
        /// What is wrong.
        what: Box<str>,
    },
    /// The object database cannot be opened.
    #[error("cannot open the git objects at {}: {what}", path.display())]
    Objects {
        /// The directory of objects.
        path: PathBuf,
        /// What is wrong.
        what: Box<str>,
    },
    /// The tree is larger than any that is checked.
    #[error("the tree has more than {limit} entries")]
    TooManyEntries {
        /// How many are allowed.
        limit: usize,
    },
}

/// Whether a clone has all of its history.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum History {
    /// It has, as far as the repository says.
    Complete,
    /// It was cut off (`git clone --depth`, the default of `actions/checkout`).
    Shallow,
}

fn shallow_hint(history: History) -> &'static str {
    match history {
        History::Complete => "",
        History::Shallow => {
            "; the clone is shallow: set `fetch-depth: 2` (or 0) on actions/checkout, or fetch the commit first"
        }
    }
}
