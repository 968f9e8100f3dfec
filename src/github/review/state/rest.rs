//! Reads the same state from answers of the REST API.

use std::collections::HashMap;

use serde::Deserialize;
use serde_json::Value;

use super::{
    IssueComment, PendingReview, PullRequest, PullStatus, Replies, Resolution, State, StateError,
    Subject, Thread, Viewer,
};

/// The answers. Of lists, the entries of all pages.
#[derive(Clone, Copy, Debug)]
pub struct RestAnswers<'a> {
    /// `GET /repos/{owner}/{repo}/pulls/{number}`
    pub pull: &'a Value,
    /// `GET …/pulls/{number}/comments`
    pub review_comments: &'a [Value],
    /// `GET …/issues/{number}/comments`
    pub comments: &'a [Value],
    /// `GET …/pulls/{number}/reviews`
    pub reviews: &'a [Value],
    /// Number of the user that the token belongs to. `GET /user` is refused to the token of a job; its user is then
    /// known only from an answer to a write.
    pub viewer: Option<u64>,
}

#[derive(Deserialize)]
struct Pull {
    number: u64,
    state: String,
    #[serde(default)]
    merged: Option<bool>,
    #[serde(default)]
    merged_at: Option<String>,
    #[serde(default)]
    draft: Option<bool>,
    #[serde(default)]
    locked: Option<bool>,
    #[serde(default)]
    mergeable: Option<bool>,
    head: Commit,
    base: Commit,
}

#[derive(Deserialize)]
struct Commit {
    sha: String,
}

#[derive(Deserialize)]
struct User {
    id: u64,
}

#[derive(Deserialize)]
struct Comment {
    id: u64,
    #[serde(default)]
    body: Option<String>,
    /// Nothing where the account is gone.
    #[serde(default)]
    user: Option<User>,
    #[serde(default)]
    in_reply_to_id: Option<u64>,
    #[serde(default)]
    path: Option<String>,
    #[serde(default)]
    line: Option<u32>,
    #[serde(default)]
    original_line: Option<u32>,
    #[serde(default)]
    subject_type: Option<String>,
    #[serde(default)]
    state: Option<String>,
}

impl State {
    /// Reads the answers.
    ///
    /// # Errors
    /// Where the pull request lacks what a run cannot do without.
    pub fn from_rest(answers: &RestAnswers<'_>) -> Result<Self, StateError> {
        let pull = Pull::deserialize(answers.pull)
            .map_err(|_| StateError::Missing("number, state, head or base"))?;
        let merged = pull.merged == Some(true) || pull.merged_at.is_some();
        Ok(Self {
            viewer: answers.viewer.map(|id| Viewer {
                id: id.to_string(),
                login: String::new(),
            }),
            pull: PullRequest {
                number: pull.number,
                status: match pull.state.as_str() {
                    _ if merged => PullStatus::Merged,
                    "open" => PullStatus::Open,
                    _ => PullStatus::Closed,
                },
                draft: pull.draft.unwrap_or(false),
                locked: pull.locked.unwrap_or(false),
                head: pull.head.sha,
                base: pull.base.sha,
                mergeable: pull.mergeable,
            },
            threads: threads(answers),
            comments: comments(answers.comments)
                .map(|comment| IssueComment {
                    id: comment.id,
                    own: is_own(&comment, answers.viewer),
                    body: comment.body.unwrap_or_default(),
                })
                .collect(),
            pending: comments(answers.reviews)
                .filter(|review| review.state.as_deref() == Some("PENDING"))
                .map(|review| PendingReview {
                    id: review.id,
                    body: review.body.unwrap_or_default(),
                    comments: None,
                })
                .collect(),
            ..Self::default()
        })
    }
}

fn threads(answers: &RestAnswers<'_>) -> Vec<Thread> {
    let all: Vec<Comment> = comments(answers.review_comments).collect();
    let mut replies: HashMap<u64, Replies> = HashMap::new();
    for reply in &all {
        if let Some(first) = reply.in_reply_to_id {
            let known = replies.entry(first).or_insert(Replies::Own);
            if !is_own(reply, answers.viewer) {
                *known = Replies::Others;
            }
        }
    }
    all.into_iter()
        .filter(|comment| comment.in_reply_to_id.is_none())
        .map(|comment| {
            let own = is_own(&comment, answers.viewer);
            let subject = match comment.subject_type.as_deref() {
                Some("file") => Subject::File,
                _ => Subject::Line,
            };
            Thread {
                node: None,
                comment: comment.id,
                body: comment.body.unwrap_or_default(),
                own,
                path: comment.path.unwrap_or_default(),
                subject,
                line: comment.line,
                original_line: comment.original_line,
                outdated: subject == Subject::Line && comment.line.is_none(),
                resolution: Resolution::Unknown,
                replies: replies.get(&comment.id).copied().unwrap_or(Replies::None),
                can_resolve: false,
                can_unresolve: false,
            }
        })
        .collect()
}

/// The entries that can be read.
fn comments(list: &[Value]) -> impl Iterator<Item = Comment> {
    list.iter()
        .filter_map(|entry| Comment::deserialize(entry).ok())
}

fn is_own(comment: &Comment, viewer: Option<u64>) -> bool {
    let author = comment.user.as_ref().map(|user| user.id);
    author.is_some() && author == viewer
}
