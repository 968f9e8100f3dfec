//! Where the files come from that a review judges, and the policy that it judges them by.
//!
//! The head is read at its commit: from the objects of a checkout where they are there, else through the API. The base
//! gives the policy; where there is a pull request, its head never does (`design.md` §4).

use std::path::Path;

use crate::github::client::{Client, Error};
use crate::github::snapshot::{ApiSnapshot, Seed};
use crate::github::{CommitId, Repository};
use crate::policy::Policy;
use crate::snapshot::{GitSnapshot, Snapshot, SnapshotError};

use super::super::{Failure, policy_file};

/// The tree of a commit.
pub(super) enum Tree {
    /// From the objects of a checkout.
    Git(Box<GitSnapshot>),
    /// Through the API.
    Api(Box<ApiSnapshot>),
}

impl Tree {
    /// The tree as the engine sees it.
    pub(super) fn snapshot(&self) -> &dyn Snapshot {
        match self {
            Self::Git(snapshot) => &**snapshot,
            Self::Api(snapshot) => &**snapshot,
        }
    }

    /// Loads files. Git objects are always there.
    pub(super) async fn load(
        &mut self,
        client: Option<&Client>,
        paths: &[String],
    ) -> Result<(), Failure> {
        match (self, client) {
            (Self::Api(snapshot), Some(client)) => {
                snapshot.load(client, paths).await.map_err(unreached)
            }
            (Self::Api(_) | Self::Git(_), _) => Ok(()),
        }
    }
}

/// The checkout of a run.
pub(super) struct Checkout<'a> {
    folder: &'a Path,
}

impl<'a> Checkout<'a> {
    /// The checkout in a folder. It need not be there.
    pub(super) fn at(folder: &'a Path) -> Self {
        Self { folder }
    }

    /// The tree of a commit, if its objects are there.
    pub(super) fn commit(&self, commit: CommitId) -> Option<GitSnapshot> {
        GitSnapshot::open(self.folder, &commit.to_string()).ok()
    }

    /// The tree that a pull request's merge commit was made on, if that merge commit of this head is checked out.
    pub(super) fn base_of_merge(&self, head: CommitId) -> Option<GitSnapshot> {
        let second = GitSnapshot::commit_at(self.folder, "HEAD^2").ok()??;
        if second != head.0 {
            return None;
        }
        GitSnapshot::open(self.folder, "HEAD^1").ok()
    }

    /// Whether the head of a pull request, or its merge commit, is checked out.
    pub(super) fn holds(&self, head: CommitId) -> bool {
        let is_head = |rev: &str| {
            let commit: Result<_, SnapshotError> = GitSnapshot::commit_at(self.folder, rev);
            matches!(commit, Ok(Some(commit)) if commit == head.0)
        };
        is_head("HEAD") || is_head("HEAD^2")
    }
}

/// Lists the tree of a commit through the API. What a seed brought of it is not asked for again.
pub(super) async fn list(
    client: &Client,
    repository: &Repository,
    commit: CommitId,
    seed: &Seed,
) -> Result<ApiSnapshot, Failure> {
    let mut snapshot = ApiSnapshot::list(client, repository, commit)
        .await
        .map_err(unreached)?;
    snapshot.plant(seed);
    snapshot.load_links(client).await.map_err(unreached)?;
    Ok(snapshot)
}

/// The tree of the base through the API: without a request, where the answer to the first question allows it.
pub(super) async fn base_beside(
    client: &Client,
    repository: &Repository,
    commit: CommitId,
    head: &Tree,
    seed: &Seed,
) -> Result<ApiSnapshot, Failure> {
    let beside = match head {
        Tree::Api(head) => ApiSnapshot::beside(head, commit, seed),
        Tree::Git(_) => None,
    };
    let mut snapshot = match beside {
        Some(snapshot) => snapshot,
        None => ApiSnapshot::list(client, repository, commit)
            .await
            .map_err(unreached)?,
    };
    snapshot.plant(seed);
    if let Tree::Api(head) = head {
        snapshot.adopt(head);
    }
    snapshot.load_links(client).await.map_err(unreached)?;
    Ok(snapshot)
}

/// The policy of a commit.
pub(super) async fn policy_of(
    tree: &mut Tree,
    commit: CommitId,
    client: Option<&Client>,
) -> Result<Policy, Failure> {
    if let Some(path) = policy_file::path_in(tree.snapshot())? {
        tree.load(client, &[path.to_owned()]).await?;
    }
    let name: String = commit.to_string().chars().take(12).collect();
    policy_file::of_tree(tree.snapshot(), Some(&name))
}

/// What GitHub did not give leaves the check without a result.
pub(super) fn unreached(error: Error) -> Failure {
    match error {
        Error::Stopped { signal } => Failure::Stopped(signal.exit_code()),
        error => Failure::Incomplete(error.to_string()),
    }
}
