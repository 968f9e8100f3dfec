//! What the fake GitHub knows, and how it changes.

use std::collections::{BTreeMap, HashMap};

use serde_json::Value;

use super::diff::{self, Changed};
use super::fault::{Event, Fault};
use super::ledger::Ledger;
use super::objects::{self, Files, Objects};

/// The time at the fake: it stands still.
pub const NOW: &str = "2026-01-01T00:00:00Z";
pub const BOT: u64 = 41_898_282;
pub const HUMAN: u64 = 2;
pub const AUTHOR: u64 = 3;

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Permission {
    /// No longer valid: 401.
    Expired,
    Read,
    /// `pull-requests: write`, and `security-events: write`.
    PullRequests,
    /// And `contents: write`.
    Contents,
}

#[derive(Clone, Debug)]
pub struct Token {
    pub user: u64,
    pub permission: Permission,
}

#[derive(Clone, Debug)]
pub struct Review {
    pub id: u64,
    pub user: u64,
    pub state: &'static str,
    pub body: String,
    pub commit: String,
}

#[derive(Clone, Debug)]
pub struct ReviewComment {
    pub id: u64,
    pub review: u64,
    pub user: u64,
    pub path: String,
    pub commit: String,
    /// `None`: outdated, or on a file.
    pub line: Option<u64>,
    pub original_line: Option<u64>,
    pub start_line: Option<u64>,
    pub side: String,
    pub on_file: bool,
    pub body: String,
    pub hunk: String,
    pub reply_to: Option<u64>,
    /// For the first of a thread: who resolved it.
    pub resolved_by: Option<u64>,
    pub minimised: bool,
    pub outdated: bool,
}

#[derive(Clone, Debug)]
pub struct IssueComment {
    pub id: u64,
    pub user: u64,
    pub body: String,
}

#[derive(Clone, Debug)]
pub struct Pull {
    pub number: u64,
    pub author: u64,
    pub base: String,
    pub head: String,
    pub merge: String,
    /// `None`: the fork is deleted.
    pub head_repository: Option<String>,
    pub branch: String,
    pub base_branch: String,
    pub open: bool,
    pub locked: bool,
    pub draft: bool,
    pub reviews: Vec<Review>,
    pub comments: Vec<ReviewComment>,
    pub summaries: Vec<IssueComment>,
}

pub struct World {
    pub address: String,
    /// `""` or `/api/v3`.
    pub prefix: &'static str,
    pub repository: String,
    pub tokens: HashMap<String, Token>,
    pub git: Objects,
    pub base: String,
    pub pulls: BTreeMap<u64, Pull>,
    pub faults: Vec<Fault>,
    pub ledger: Ledger,
    /// Listings to go on with: path, page.
    pub cursors: Vec<(String, usize)>,
    pub next_id: u64,
    pub trees_truncated: bool,
    /// Paths without a patch, and paths without an object id, in the list of files.
    pub no_patch: Vec<String>,
    pub no_sha: Vec<String>,
    pub graphql_off: bool,
    pub sarifs: Vec<(String, Value, usize)>,
    /// A status in place of 202.
    pub sarif_refused: Option<u16>,
}

impl World {
    pub fn api(&self) -> String {
        format!("{}{}", self.address, self.prefix)
    }

    pub fn id(&mut self) -> u64 {
        self.next_id += 1;
        self.next_id
    }

    pub fn login(user: u64) -> &'static str {
        match user {
            BOT => "github-actions[bot]",
            AUTHOR => "author",
            _ => "maintainer",
        }
    }

    pub fn files(&self, commit: &str) -> &Files {
        &self.git.commits[commit].files
    }

    /// The files that a pull request changes, with this commit as its head.
    pub fn changed(&self, pull: &Pull, head: &str) -> Vec<Changed> {
        let mut all = diff::changed(self.files(&pull.base), self.files(head));
        for file in &mut all {
            if self.no_patch.contains(&file.path) {
                file.patch = None;
            }
        }
        all
    }

    /// Makes a pull request's head this set of files; comments follow their lines or become outdated.
    pub fn push(&mut self, number: u64, files: Files) {
        let pull = self.pulls[&number].clone();
        let head = self
            .git
            .commit(files.clone(), std::slice::from_ref(&pull.head), "Change");
        let merge = self
            .git
            .commit(files, &[pull.base.clone(), head.clone()], "Merge");
        let changed = self.changed(&pull, &head);
        let mut comments = pull.comments.clone();
        for comment in comments
            .iter_mut()
            .filter(|comment| comment.side == "RIGHT")
        {
            let Some(line) = comment.line else { continue };
            let place = match (
                self.files(&pull.head).get(&comment.path),
                self.files(&head).get(&comment.path),
            ) {
                (Some(old), Some(new)) if old == new => Some(line),
                (Some(old), Some(new)) => diff::moved(old, new, line),
                _ => None,
            };
            let patch = changed
                .iter()
                .find(|file| file.path == comment.path)
                .and_then(|file| file.patch.as_ref());
            let seen = patch
                .is_some_and(|patch| diff::shown(patch).iter().any(|shown| shown.right == place));
            comment.line = place.filter(|_| seen);
            comment.outdated = comment.line.is_none();
        }
        let pull = self.pulls.get_mut(&number).unwrap();
        pull.comments = comments;
        pull.head = head;
        pull.merge = merge;
    }

    /// Something happens to the newest pull request.
    pub fn happen(&mut self, event: &Event) {
        let number = *self.pulls.keys().last().unwrap();
        match event {
            Event::Push(texts) => {
                let texts: Vec<(&str, &str)> = texts
                    .iter()
                    .map(|(path, text)| (path.as_str(), text.as_str()))
                    .collect();
                self.push(number, objects::files(&texts));
            }
            Event::Close => self.pulls.get_mut(&number).unwrap().open = false,
            Event::Lock => self.pulls.get_mut(&number).unwrap().locked = true,
            Event::Draft => self.pulls.get_mut(&number).unwrap().draft = true,
        }
    }
}
