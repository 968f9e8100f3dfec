//! Files that the search for agent runs asks for. The engine implements this over a snapshot; the search itself
//! never reads anything.

use std::sync::Arc;

use crate::claude::settings::Settings;
use crate::snapshot;
use crate::source::{SourceFile, Tree};
use crate::workflow::{Action, Workflow};

/// What a file turned out to be.
#[derive(Clone, Debug)]
pub enum Loaded<T> {
    /// Here it is.
    Ready(T),
    /// There is no such file.
    Missing,
    /// It exists, and is not loaded yet: the search goes on without it and is run again.
    Pending,
    /// It exists and cannot be read; the engine reports it.
    Broken,
}

impl<T> Loaded<T> {
    /// Makes something else of the file, where it is there.
    pub fn and_then<U>(self, make: impl FnOnce(T) -> Loaded<U>) -> Loaded<U> {
        match self {
            Self::Ready(value) => make(value),
            Self::Missing => Loaded::Missing,
            Self::Pending => Loaded::Pending,
            Self::Broken => Loaded::Broken,
        }
    }

    /// The file, where it is there.
    pub fn ready(self) -> Option<T> {
        match self {
            Self::Ready(value) => Some(value),
            _ => None,
        }
    }
}

/// Files by path, parsed once and shared.
pub trait Library {
    /// Whether the tree holds a file.
    fn exists(&self, path: &str) -> bool;
    /// A file as text.
    fn text(&self, path: &str) -> Loaded<Arc<SourceFile>>;
    /// A file as YAML.
    fn tree(&self, path: &str) -> Loaded<Arc<Tree>>;
    /// A workflow.
    fn workflow(&self, path: &str) -> Loaded<Arc<Workflow>>;
    /// An action's metadata.
    fn action(&self, path: &str) -> Loaded<Arc<Action>>;
    /// A settings file of Claude Code.
    fn settings(&self, path: &str) -> Loaded<Arc<Settings>>;
    /// Paths whose last part is this name, for searches that have no folder (`pnpm --filter`).
    fn named(&self, name: &str) -> Vec<String>;
}

/// Joins a folder and a path, which starts at the root of the tree where it begins with a slash. Nothing where it
/// leaves the tree.
pub fn join(folder: &str, path: &str) -> Option<String> {
    let folder = if path.starts_with('/') { "" } else { folder };
    snapshot::join(folder, path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_joined_inside_the_tree() {
        assert_eq!(join("a/b", "./c/../d").as_deref(), Some("a/b/d"));
        assert_eq!(join("a", "../../x"), None);
        assert_eq!(join("", "x.sh").as_deref(), Some("x.sh"));
        assert_eq!(snapshot::folder("a/b/c.sh"), "a/b");
        assert_eq!(snapshot::folder("c.sh"), "");
    }
}
