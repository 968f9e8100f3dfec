//! What stands on a pull request: its head, our comments and what people did with them.
//!
//! One GraphQL document brings it ([`QUERY`], further pages by [`MORE_QUERY`]); where a host has no GraphQL, the
//! answers of the REST API say the same but for resolved threads. Nothing is asked here; answers are read, and
//! unknown fields are no error.

mod graphql;
mod queries;
mod rest;
#[cfg(test)]
mod tests;

pub use queries::{MORE_QUERY, QUERY};
pub use rest::RestAnswers;

/// What stands on a pull request.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct State {
    /// Whose token it is; nothing where the host would not say. Then no comment is known to be our own.
    pub viewer: Option<Viewer>,
    /// The pull request.
    pub pull: PullRequest,
    /// Review threads, those of others included.
    pub threads: Vec<Thread>,
    /// Comments on the pull request itself, those of others included.
    pub comments: Vec<IssueComment>,
    /// Reviews of the viewer that were begun and not sent. One blocks every new review.
    pub pending: Vec<PendingReview>,
    /// Where the next pages begin. While there is one, nothing may be planned.
    pub more: Cursors,
}

/// Whose token it is.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Viewer {
    /// Node id (GraphQL) or number (REST), as text.
    pub id: String,
    /// Name, for the log only: it is spelt differently in the two APIs.
    pub login: String,
}

/// The pull request.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct PullRequest {
    /// Its number.
    pub number: u64,
    /// Whether it is still open.
    pub status: PullStatus,
    /// Whether it is a draft.
    pub draft: bool,
    /// Whether its conversation is locked.
    pub locked: bool,
    /// The commit at its head.
    pub head: String,
    /// The commit at its base.
    pub base: String,
    /// Whether it can be merged; nothing while GitHub does not know.
    pub mergeable: Option<bool>,
}

/// Whether a pull request is open.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum PullStatus {
    /// It is open.
    #[default]
    Open,
    /// It was closed.
    Closed,
    /// It was merged.
    Merged,
}

/// A review thread: a first comment and replies.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Thread {
    /// Node id of the thread, for resolving; REST does not know it.
    pub node: Option<String>,
    /// Id of the first comment.
    pub comment: u64,
    /// Text of the first comment.
    pub body: String,
    /// Whether the viewer wrote the first comment.
    pub own: bool,
    /// The file.
    pub path: String,
    /// What it stands on.
    pub subject: Subject,
    /// The line at the head; nothing where the diff no longer shows it, and for files.
    pub line: Option<u32>,
    /// The line when it was written.
    pub original_line: Option<u32>,
    /// Whether GitHub calls it outdated.
    pub outdated: bool,
    /// Whether it was resolved, and by whom.
    pub resolution: Resolution,
    /// Who replied.
    pub replies: Replies,
    /// Whether the token may resolve it.
    pub can_resolve: bool,
    /// Whether the token may take that back.
    pub can_unresolve: bool,
}

/// What a thread stands on.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Subject {
    /// A line, or several.
    Line,
    /// The file.
    File,
}

/// Whether a thread was resolved.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Resolution {
    /// It is open.
    Open,
    /// The viewer resolved it.
    ByViewer,
    /// Somebody else did.
    ByOther,
    /// REST does not say.
    Unknown,
}

/// Who replied in a thread.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Replies {
    /// Nobody.
    None,
    /// Only the viewer.
    Own,
    /// Others, or nobody knows.
    Others,
}

/// A comment on the pull request itself.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct IssueComment {
    /// Its id.
    pub id: u64,
    /// Its text.
    pub body: String,
    /// Whether the viewer wrote it.
    pub own: bool,
}

/// A review that was begun and not sent.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PendingReview {
    /// Its id.
    pub id: u64,
    /// Its text.
    pub body: String,
    /// Number of comments in it; REST does not say.
    pub comments: Option<u64>,
}

/// Where the next pages begin.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Cursors {
    /// Threads after this.
    pub threads: Option<String>,
    /// Comments before this.
    pub comments: Option<String>,
}

/// An answer lacks what a run cannot do without.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum StateError {
    /// There is no such repository, or the token may not see it.
    #[error("GitHub does not show the repository")]
    NoRepository,
    /// There is no such pull request, or the token may not see it.
    #[error("GitHub does not show the pull request")]
    NoPullRequest,
    /// A field is missing or of another type.
    #[error("the answer of GitHub has no `{0}`")]
    Missing(&'static str),
}

impl Thread {
    /// Whether the pull request still shows it at its place.
    pub fn is_shown(&self) -> bool {
        match self.subject {
            Subject::Line => self.line.is_some(),
            Subject::File => !self.outdated,
        }
    }
}

impl PendingReview {
    /// Whether it is a left-over that nobody misses: nothing is in it.
    pub fn is_empty(&self) -> bool {
        self.body.trim().is_empty() && self.comments == Some(0)
    }
}
