//! The bodies of the requests of a plan, exactly as the REST API wants them.

use serde::Serialize;

use super::plan::Change;

/// `POST /repos/{owner}/{repo}/pulls/{number}/reviews`
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Review {
    /// The head that the lines are of.
    pub commit_id: String,
    /// Always `COMMENT`: the check gives the verdict, not the review.
    pub event: &'static str,
    /// Text of the review as a whole; empty, the comments say it all.
    pub body: String,
    /// The comments.
    pub comments: Vec<InlineComment>,
}

/// One comment on a line or on lines of one hunk.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct InlineComment {
    /// The file, as GitHub spells it.
    pub path: String,
    /// The line, or the last of several.
    pub line: u32,
    /// The side of the diff.
    pub side: Side,
    /// The first of several lines.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub start_line: Option<u32>,
    /// The side of the first of several lines.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub start_side: Option<Side>,
    /// The text.
    pub body: String,
    /// The finding that it is about.
    #[serde(skip)]
    pub fingerprint: String,
}

/// The side of the diff that a comment stands on.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
pub enum Side {
    /// The head. We never comment on lines that are gone.
    #[serde(rename = "RIGHT")]
    Right,
}

/// `POST /repos/{owner}/{repo}/pulls/{number}/comments` on a file as a whole.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct FileComment {
    /// The head that the file is of.
    pub commit_id: String,
    /// The file, as GitHub spells it.
    pub path: String,
    /// Always `file`.
    pub subject_type: &'static str,
    /// The text.
    pub body: String,
    /// The finding that it is about.
    #[serde(skip)]
    pub fingerprint: String,
}

/// `PATCH /repos/{owner}/{repo}/pulls/comments/{id}`
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Edit {
    /// The comment.
    #[serde(skip)]
    pub id: u64,
    /// The text.
    pub body: String,
    /// What happened, for the log and for resolving the thread where the token may.
    #[serde(skip)]
    pub change: Change,
    /// Node id of the thread.
    #[serde(skip)]
    pub thread: Option<String>,
}

/// A comment of our own that goes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Delete {
    /// What it is.
    pub object: Object,
    /// Its id.
    pub id: u64,
}

/// The kinds of comments that are deleted.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Object {
    /// `DELETE /repos/{owner}/{repo}/pulls/comments/{id}`
    ReviewComment,
    /// `DELETE /repos/{owner}/{repo}/issues/comments/{id}`
    IssueComment,
}

/// What happens to the summary. It is written last.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub enum SummaryWrite {
    /// Nothing.
    #[default]
    None,
    /// `POST /repos/{owner}/{repo}/issues/{number}/comments`
    Create(SummaryBody),
    /// `PATCH /repos/{owner}/{repo}/issues/comments/{id}`
    Update {
        /// The comment.
        id: u64,
        /// Its text.
        body: SummaryBody,
    },
}

/// The body of both requests.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct SummaryBody {
    /// The text.
    pub body: String,
}
