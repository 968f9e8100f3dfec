//! `.github/workflows/actions.lock`: which commit each action of an onboarded workflow resolves to.
//!
//! Follows `incidents.md` section 1 (preview October 2026): `version`, `workflows` (path to keys) and
//! `dependencies` (key to commit and the keys that it uses itself). It never checks that a commit exists.

use std::sync::Arc;

use crate::source::{Node, Tree};

use super::reference::{Repository, is_commit};

/// Path of the lock file in a repository.
pub const PATH: &str = ".github/workflows/actions.lock";

/// A lock file.
#[derive(Debug)]
pub struct Lock {
    tree: Arc<Tree>,
}

/// One entry of `dependencies`.
#[derive(Clone, Copy, Debug)]
pub struct Dependency<'t> {
    /// The key: `owner/repository@ref`.
    pub key: Node<'t>,
    entry: Node<'t>,
}

impl Lock {
    /// A lock file from its tree.
    pub fn new(tree: Arc<Tree>) -> Self {
        Self { tree }
    }

    /// The tree.
    pub fn tree(&self) -> &Arc<Tree> {
        &self.tree
    }

    /// The version of the format.
    pub fn version(&self) -> Option<Node<'_>> {
        self.field("version")
    }

    /// Paths of the workflows that are onboarded, with the keys they use.
    pub fn workflows(&self) -> impl Iterator<Item = (Node<'_>, impl Iterator<Item = Node<'_>>)> {
        self.field("workflows")
            .into_iter()
            .flat_map(Node::entries)
            .map(|entry| (entry.key, entry.value.items()))
    }

    /// Whether the actions of a workflow are locked.
    pub fn covers(&self, workflow_path: &str) -> bool {
        self.field("workflows")
            .is_some_and(|workflows| workflows.get(workflow_path).is_some())
    }

    /// All dependencies, in file order.
    pub fn dependencies(&self) -> impl Iterator<Item = Dependency<'_>> {
        self.field("dependencies")
            .into_iter()
            .flat_map(Node::entries)
            .map(|entry| Dependency {
                key: entry.key,
                entry: entry.value,
            })
    }

    /// What an action of a workflow resolves to: nothing where the workflow is not onboarded, does not list the
    /// action, or the entry has no full commit.
    pub fn resolve(&self, workflow_path: &str, action: Repository<'_>) -> Option<Dependency<'_>> {
        let listed = self
            .field("workflows")?
            .get(workflow_path)?
            .items()
            .any(|key| is_key(key, action));
        if !listed {
            return None;
        }
        self.dependencies()
            .find(|dependency| is_key(dependency.key, action))
            .filter(|dependency| dependency.commit().is_some())
    }

    fn field(&self, key: &str) -> Option<Node<'_>> {
        self.tree.root()?.get(key)
    }
}

impl<'t> Dependency<'t> {
    /// The commit id, without the name of its hash function; nothing where it is not a full one.
    pub fn commit(self) -> Option<&'t str> {
        let text = self.entry.get("commit")?.string()?;
        let id = text.split_once('-').map_or(text, |(_, id)| id);
        is_commit(id).then_some(id)
    }

    /// The ref that the commit was found at.
    pub fn version(self) -> Option<Node<'t>> {
        self.entry.get("ref")
    }

    /// Number of the owner, which stays when a name is taken over.
    pub fn owner_id(self) -> Option<&'t str> {
        self.entry.get("owner_id")?.text()
    }

    /// Number of the repository.
    pub fn repository_id(self) -> Option<&'t str> {
        self.entry.get("repo_id")?.text()
    }

    /// Keys of the actions that it uses itself.
    pub fn uses(self) -> impl Iterator<Item = Node<'t>> {
        self.entry.get("uses").into_iter().flat_map(Node::items)
    }
}

fn is_key(key: Node<'_>, action: Repository<'_>) -> bool {
    let wanted = action.key();
    key.text().is_some_and(|text| match text.rsplit_once('@') {
        Some((place, version)) => format!("{}@{version}", place.to_ascii_lowercase()) == wanted,
        None => false,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::{SourceFile, yaml};
    use crate::workflow::reference::Reference;

    const TEXT: &str = "\
version: 'v0.0.2'
workflows:
    '.github/workflows/test.yml':
        - 'actions/checkout@v6.0.2'
        - 'acme/broken@v1'
dependencies:
    'actions/checkout@v6.0.2':
        ref: 'v6.0.2'
        commit: 'sha1-de0fac2e4500dabe0009e67214ff5f5447ce83dd'
        owner_id: 44036562
        repo_id: 197814629
        uses:
            - 'acme/inner@v1'
    'acme/broken@v1':
        ref: 'v1'
        commit: 'sha1-de0fac2'
    'acme/inner@v1':
        ref: 'v1'
        commit: 'sha1-de0fac2e4500dabe0009e67214ff5f5447ce83dd'
";

    fn lock() -> Lock {
        Lock::new(Arc::new(yaml::parse(&SourceFile::new(PATH, TEXT)).unwrap()))
    }

    fn resolve(lock: &Lock, path: &str, uses: &str) -> Option<String> {
        let action = Reference::parse(uses).repository().unwrap();
        lock.resolve(path, action)?.commit().map(str::to_owned)
    }

    #[test]
    fn a_listed_action_resolves_to_its_commit() {
        let lock = lock();
        let path = ".github/workflows/test.yml";
        assert!(lock.covers(path));
        assert!(
            resolve(&lock, path, "Actions/Checkout@v6.0.2")
                .unwrap()
                .starts_with("de0fac2e")
        );
        let first = lock.dependencies().next().unwrap();
        assert_eq!(
            (first.owner_id(), first.uses().count()),
            (Some("44036562"), 1)
        );
    }

    #[test]
    fn what_is_not_listed_is_not_locked() {
        let lock = lock();
        let path = ".github/workflows/test.yml";
        assert_eq!(resolve(&lock, path, "actions/checkout@v6"), None);
        assert_eq!(resolve(&lock, path, "acme/inner@v1"), None);
        assert_eq!(
            resolve(
                &lock,
                ".github/workflows/other.yml",
                "actions/checkout@v6.0.2"
            ),
            None
        );
    }

    #[test]
    fn a_short_commit_locks_nothing() {
        assert_eq!(
            resolve(&lock(), ".github/workflows/test.yml", "acme/broken@v1"),
            None
        );
    }
}
