//! The files of a commit without a checkout.
//!
//! One request lists the tree ([`ApiSnapshot::list`]); contents come by object id, many in one request, when the
//! engine asks for them ([`ApiSnapshot::load`]). Each content is checked against its id, so that nothing on the way
//! can show the engine another file than the one that runs. What GitHub does not give whole is a gap or unreadable,
//! and makes the result incomplete.
//!
//! **Requests.** A pull request costs two: one question that the delivery asks anyway also brings the usual files of
//! head and base ([`Seed`]), one lists the head's tree. The base's tree follows from both where everything else is
//! the same folder by its id ([`ApiSnapshot::beside`]); otherwise listing it is a third. The order that costs least is
//! `list` or `beside`, then [`ApiSnapshot::plant`] and [`ApiSnapshot::adopt`], then [`ApiSnapshot::load_links`].
//!
//! See `facts/github-delivery.md`, section 1.2, and `design.md`, sections 2 and 4.

mod beside;
mod blobs;
mod list;
mod seed;

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::client::{Client, Error};
use super::repository::{CommitId, Repository};
use crate::snapshot::{self, Content, Entry, EntryKind, Gap, ObjectId, Snapshot};

pub use seed::Seed;

/// Links to links; a chain longer than this is a ring or an attack.
const MAX_LINKS: usize = 8;

/// Links of one tree that are looked at before anybody asks for them.
const MAX_EARLY_LINKS: usize = 200;

/// The tree of one commit, loaded from GitHub bit by bit.
#[derive(Clone)]
pub struct ApiSnapshot {
    repository: Repository,
    commit: CommitId,
    entries: Vec<Entry>,
    gaps: Vec<Gap>,
    /// Sizes of files, where they are known before they are loaded.
    sizes: HashMap<ObjectId, u64>,
    /// Folders by path, to compare with another commit's.
    folders: BTreeMap<Box<str>, ObjectId>,
    contents: HashMap<ObjectId, Content>,
}

impl ApiSnapshot {
    /// Lists the tree of a commit: one request, more where the tree is too large for one answer.
    pub async fn list(
        client: &Client,
        repository: &Repository,
        commit: CommitId,
    ) -> Result<Self, Error> {
        let listed = list::list(client, repository, commit).await?;
        Ok(Self::of(repository, commit, listed))
    }

    /// The tree of the base, without a request, from the head's tree and what a seed says of the base. None where the
    /// base has a folder that neither of them knows; then it must be listed.
    pub fn beside(head: &Self, commit: CommitId, seed: &Seed) -> Option<Self> {
        let listed = beside::compose(head, seed)?;
        let mut snapshot = Self::of(&head.repository, commit, listed);
        snapshot.sizes.clone_from(&head.sizes);
        snapshot.contents.clone_from(&head.contents);
        snapshot.plant(seed);
        Some(snapshot)
    }

    /// The files at the root and in `.github` that a seed names, without a request: enough to find and read the
    /// policy of a commit. Everything else of the commit is missing here. None where the seed does not list the root.
    pub fn of_seed(repository: &Repository, commit: CommitId, seed: &Seed) -> Option<Self> {
        let mut snapshot = Self::of(repository, commit, beside::files(seed)?);
        snapshot.plant(seed);
        Some(snapshot)
    }

    fn of(repository: &Repository, commit: CommitId, listed: list::Listed) -> Self {
        let list::Listed {
            mut entries,
            gaps,
            sizes,
            folders,
        } = listed;
        entries.sort_by(|a, b| a.path.cmp(&b.path));
        entries.dedup_by(|later, first| later.path == first.path);
        Self {
            repository: repository.clone(),
            commit,
            entries,
            gaps: gaps.into_iter().collect(),
            sizes,
            folders,
            contents: HashMap::new(),
        }
    }

    /// The commit.
    pub fn commit(&self) -> CommitId {
        self.commit
    }

    /// Takes the contents that a seed brought. They are found by object id, so a seed of another commit does no harm.
    pub fn plant(&mut self, seed: &Seed) {
        for (id, bytes) in seed.texts() {
            let content = || Content::Bytes(bytes.clone());
            self.contents.entry(*id).or_insert_with(content);
        }
    }

    /// Takes the contents that another snapshot has loaded.
    pub fn adopt(&mut self, other: &Self) {
        for (id, content) in &other.contents {
            self.contents.entry(*id).or_insert_with(|| content.clone());
        }
    }

    /// Loads the texts of symbolic links. To be called before the engine: it must know where a link leads before it
    /// can ask for the file. Costs nothing where there are none or a seed brought them.
    pub async fn load_links(&mut self, client: &Client) -> Result<(), Error> {
        let links: Vec<String> = self
            .entries
            .iter()
            .filter(|entry| entry.kind == EntryKind::Symlink)
            .take(MAX_EARLY_LINKS)
            .map(|entry| entry.path.to_string())
            .collect();
        self.load(client, &links).await
    }

    /// Loads files, and what they lead to where they are links. A file that GitHub does not give becomes unreadable;
    /// an error is returned only where no further request has a chance.
    pub async fn load<P: AsRef<str>>(&mut self, client: &Client, paths: &[P]) -> Result<(), Error> {
        let mut paths: BTreeSet<String> =
            paths.iter().map(|path| path.as_ref().to_owned()).collect();
        for _ in 0..=MAX_LINKS {
            let wanted = self.wanted(&paths);
            if !wanted.is_empty() {
                let loaded = blobs::load(client, &self.repository, wanted).await?;
                self.contents.extend(loaded);
            }
            paths = paths.iter().filter_map(|path| self.target(path)).collect();
            if paths.is_empty() {
                return Ok(());
            }
        }
        Ok(())
    }

    /// The objects of these paths that are not there yet, with their sizes.
    fn wanted(&self, paths: &BTreeSet<String>) -> BTreeMap<ObjectId, Option<u64>> {
        let entries = paths.iter().filter_map(|path| self.entry(path));
        entries
            .filter(|entry| entry.kind != EntryKind::Submodule)
            .filter_map(|entry| entry.id)
            .filter(|id| !self.contents.contains_key(id))
            .map(|id| (id, self.sizes.get(&id).copied()))
            .collect()
    }

    /// Where a link leads, if it is one and stays in the tree.
    fn target(&self, path: &str) -> Option<String> {
        let entry = self.entry(path)?;
        if entry.kind != EntryKind::Symlink {
            return None;
        }
        let Some(Content::Bytes(bytes)) = self.contents.get(&entry.id?) else {
            return None;
        };
        let target = std::str::from_utf8(bytes).ok()?;
        if target.starts_with('/') {
            return None;
        }
        snapshot::join(snapshot::folder(path), target)
    }
}

impl Snapshot for ApiSnapshot {
    fn entries(&self) -> &[Entry] {
        &self.entries
    }

    fn read(&self, path: &str, limit: u64) -> Content {
        let Some(entry) = self.entry(path) else {
            return Content::Missing;
        };
        if entry.kind == EntryKind::Submodule {
            let reason = "it is a submodule: its files are in another repository";
            return Content::Unreadable(reason.into());
        }
        let Some(id) = entry.id else {
            return Content::Unreadable("GitHub names it by an id of an unknown form".into());
        };
        match (self.contents.get(&id), self.sizes.get(&id)) {
            (Some(Content::Bytes(bytes)), _) if bytes.len() as u64 > limit => {
                Content::TooLarge(bytes.len() as u64)
            }
            (Some(content), _) => content.clone(),
            (None, Some(size)) if *size > limit => Content::TooLarge(*size),
            (None, _) => Content::NotLoaded,
        }
    }

    fn gaps(&self) -> &[Gap] {
        &self.gaps
    }
}
