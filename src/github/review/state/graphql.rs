//! Reads the answers of the GraphQL API.

use serde_json::Value;

use super::{
    Cursors, IssueComment, PendingReview, PullRequest, PullStatus, Replies, Resolution, State,
    StateError, Subject, Thread, Viewer,
};

impl State {
    /// Reads the answer to [`QUERY`](super::QUERY): the whole answer, or its `data`.
    ///
    /// # Errors
    /// Where it lacks what a run cannot do without.
    pub fn from_graphql(answer: &Value) -> Result<Self, StateError> {
        let data = data(answer);
        let pull = pull_request(data)?;
        let mut state = Self {
            viewer: viewer(data),
            pull: PullRequest {
                number: number(pull, "number").ok_or(StateError::Missing("number"))?,
                status: match text(pull, "state") {
                    Some("OPEN") => PullStatus::Open,
                    Some("CLOSED") => PullStatus::Closed,
                    Some("MERGED") => PullStatus::Merged,
                    _ => return Err(StateError::Missing("state")),
                },
                draft: flag(pull, "isDraft"),
                locked: flag(pull, "locked"),
                head: text(pull, "headRefOid")
                    .ok_or(StateError::Missing("headRefOid"))?
                    .into(),
                base: text(pull, "baseRefOid").unwrap_or_default().into(),
                mergeable: match text(pull, "mergeable") {
                    Some("MERGEABLE") => Some(true),
                    Some("CONFLICTING") => Some(false),
                    _ => None,
                },
            },
            ..Self::default()
        };
        state.take_threads(pull.get("reviewThreads").unwrap_or(&Value::Null))?;
        state.take_comments(pull.get("comments").unwrap_or(&Value::Null))?;
        for review in nodes(pull.get("reviews")) {
            state.pending.extend(pending(review));
        }
        Ok(state)
    }

    /// Takes the answer to [`MORE_QUERY`](super::MORE_QUERY).
    ///
    /// # Errors
    /// Where it lacks what was asked for.
    pub fn add_page(&mut self, answer: &Value) -> Result<(), StateError> {
        let pull = pull_request(data(answer))?;
        if let Some(threads) = pull.get("reviewThreads") {
            self.take_threads(threads)?;
        }
        if let Some(comments) = pull.get("comments") {
            self.take_comments(comments)?;
        }
        Ok(())
    }

    fn take_threads(&mut self, list: &Value) -> Result<(), StateError> {
        if !list.is_object() {
            return Err(StateError::Missing("reviewThreads"));
        }
        let viewer = self.viewer.as_ref().map(|viewer| viewer.id.as_str());
        let threads: Vec<Thread> = nodes(Some(list))
            .filter_map(|node| thread(node, viewer))
            .collect();
        self.threads.extend(threads);
        self.more.threads = cursor(list, "hasNextPage", "endCursor")?;
        Ok(())
    }

    fn take_comments(&mut self, list: &Value) -> Result<(), StateError> {
        if !list.is_object() {
            return Err(StateError::Missing("comments"));
        }
        self.comments
            .extend(nodes(Some(list)).filter_map(issue_comment));
        self.more.comments = cursor(list, "hasPreviousPage", "startCursor")?;
        Ok(())
    }

    /// The variables of [`MORE_QUERY`](super::MORE_QUERY) but for `owner`, `name` and `number`; nothing where all
    /// pages were read.
    pub fn next_page(&self) -> Option<Value> {
        let Cursors { threads, comments } = &self.more;
        if threads.is_none() && comments.is_none() {
            return None;
        }
        Some(serde_json::json!({
            "wantThreads": threads.is_some(),
            "threadsAfter": threads,
            "wantComments": comments.is_some(),
            "commentsBefore": comments,
        }))
    }
}

fn data(answer: &Value) -> &Value {
    answer.get("data").unwrap_or(answer)
}

fn pull_request(data: &Value) -> Result<&Value, StateError> {
    let repository = data.get("repository").filter(|found| found.is_object());
    let pull = repository
        .ok_or(StateError::NoRepository)?
        .get("pullRequest");
    pull.filter(|found| found.is_object())
        .ok_or(StateError::NoPullRequest)
}

fn viewer(data: &Value) -> Option<Viewer> {
    let viewer = data.get("viewer")?;
    Some(Viewer {
        id: text(viewer, "id")?.into(),
        login: text(viewer, "login").unwrap_or_default().into(),
    })
}

/// A thread; nothing where it has no first comment any more, or none that can be addressed.
fn thread(node: &Value, viewer: Option<&str>) -> Option<Thread> {
    let first = nodes(node.get("first")).next()?;
    let subject = match text(node, "subjectType") {
        Some("FILE") => Subject::File,
        _ => Subject::Line,
    };
    Some(Thread {
        node: text(node, "id").map(String::from),
        comment: id(first)?,
        body: text(first, "body").unwrap_or_default().into(),
        own: flag(first, "viewerDidAuthor"),
        path: text(node, "path").unwrap_or_default().into(),
        subject,
        line: line(node, "line"),
        original_line: line(node, "originalLine"),
        outdated: flag(node, "isOutdated"),
        resolution: resolution(node, viewer),
        replies: replies(node.get("all")),
        can_resolve: flag(node, "viewerCanResolve"),
        can_unresolve: flag(node, "viewerCanUnresolve"),
    })
}

fn resolution(thread: &Value, viewer: Option<&str>) -> Resolution {
    if !flag(thread, "isResolved") {
        return Resolution::Open;
    }
    let by = thread.get("resolvedBy").and_then(|by| text(by, "id"));
    if by.is_some() && by == viewer {
        Resolution::ByViewer
    } else {
        Resolution::ByOther
    }
}

/// The first comment is in the list as well, unless the thread is longer than the list.
fn replies(all: Option<&Value>) -> Replies {
    let total = all.and_then(|all| number(all, "totalCount"));
    let authors: Vec<bool> = nodes(all)
        .map(|comment| flag(comment, "viewerDidAuthor"))
        .collect();
    match total {
        Some(0 | 1) => Replies::None,
        Some(total) if total == authors.len() as u64 && authors.iter().skip(1).all(|own| *own) => {
            Replies::Own
        }
        _ => Replies::Others,
    }
}

fn issue_comment(node: &Value) -> Option<IssueComment> {
    Some(IssueComment {
        id: id(node)?,
        body: text(node, "body").unwrap_or_default().into(),
        own: flag(node, "viewerDidAuthor"),
    })
}

fn pending(node: &Value) -> Option<PendingReview> {
    if !flag(node, "viewerDidAuthor") {
        return None;
    }
    Some(PendingReview {
        id: id(node)?,
        body: text(node, "body").unwrap_or_default().into(),
        comments: node
            .get("comments")
            .and_then(|comments| number(comments, "totalCount")),
    })
}

fn cursor(
    list: &Value,
    has: &'static str,
    cursor: &'static str,
) -> Result<Option<String>, StateError> {
    let info = list
        .get("pageInfo")
        .ok_or(StateError::Missing("pageInfo"))?;
    if !flag(info, has) {
        return Ok(None);
    }
    let cursor = text(info, cursor).ok_or(StateError::Missing(cursor))?;
    Ok(Some(cursor.into()))
}

fn nodes(list: Option<&Value>) -> impl Iterator<Item = &Value> {
    let nodes = list.and_then(|list| list.get("nodes"));
    let nodes = nodes.and_then(Value::as_array).map(Vec::as_slice);
    nodes
        .unwrap_or_default()
        .iter()
        .filter(|node| node.is_object())
}

/// GitHub gives large numbers as text. Older hosts know only the short form.
fn id(node: &Value) -> Option<u64> {
    number(node, "fullDatabaseId").or_else(|| number(node, "databaseId"))
}

fn number(node: &Value, key: &str) -> Option<u64> {
    let value = node.get(key)?;
    value
        .as_u64()
        .or_else(|| value.as_str().and_then(|text| text.parse().ok()))
}

fn line(node: &Value, key: &str) -> Option<u32> {
    number(node, key).and_then(|line| u32::try_from(line).ok())
}

fn text<'v>(node: &'v Value, key: &str) -> Option<&'v str> {
    node.get(key)?.as_str()
}

fn flag(node: &Value, key: &str) -> bool {
    node.get(key).and_then(Value::as_bool).unwrap_or(false)
}
