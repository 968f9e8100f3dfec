//! The requests of one delivery, in their order.

use std::collections::BTreeSet;
use std::ops::ControlFlow;
use std::time::Duration;

use serde::Serialize;
use serde_json::{Value, json};

use super::super::client::{Answer, Client, Error, PageEnd, Write, WriteKind, WriteMethod};
use super::super::review::{
    self, Change, ChangedFile, Delete, Edit, FileComment, Halt, InlineComment, Input, Object, Plan,
    Progress, Review, State, SummaryWrite,
};
use super::question::{self, Subject};
use super::search::{Search, Step};
use super::{Done, Job};
use crate::finding::Severity;

/// How long GitHub gets to show what an unclear request did.
const SETTLING: Duration = Duration::from_secs(2);

/// Resolving a thread needs `contents: write`, which the token of a job should not have.
const RESOLVE: &str = "mutation Resolve($thread: ID!) { resolveReviewThread(input: {threadId: $thread}) { thread { isResolved } } }";
const UNRESOLVE: &str = "mutation Unresolve($thread: ID!) { unresolveReviewThread(input: {threadId: $thread}) { thread { isResolved } } }";

/// Why a delivery ends early.
pub(super) enum End {
    /// Nothing more is to be written.
    Halt(Halt),
    /// Nothing more can be written.
    Failed(Error),
}

impl From<Error> for End {
    fn from(error: Error) -> Self {
        Self::Failed(error)
    }
}

pub(super) struct Courier<'a> {
    client: &'a Client,
    job: &'a Job<'a>,
    state: State,
    files: Vec<ChangedFile>,
    progress: Progress,
    pub(super) done: Done,
    /// Whether this run has changed anything on the pull request.
    has_written: bool,
}

/// What became of one review.
enum Sent {
    Taken,
    Refused,
}

impl<'a> Courier<'a> {
    /// A courier who has written nothing yet.
    pub(super) fn new(client: &'a Client, job: &'a Job<'a>, state: State) -> Self {
        Self {
            client,
            job,
            state,
            files: Vec::new(),
            progress: Progress::default(),
            done: Done::default(),
            has_written: false,
        }
    }

    /// Delivers everything.
    pub(super) async fn run(&mut self) -> Result<(), End> {
        if let Some(halt) = self.plan().halt {
            return Err(End::Halt(halt));
        }
        self.list_files().await?;
        if self.plan().is_empty() {
            return Ok(());
        }
        self.look_again().await?;
        self.send_review().await?;
        self.send_file_comments().await?;
        if self.has_written {
            self.look_again().await?;
        }
        let plan = self.plan();
        for edit in &plan.edits {
            self.edit(edit).await?;
        }
        for delete in &plan.deletes {
            self.delete(*delete).await?;
        }
        let created = self.send_summary(plan.summary).await?;
        if self.done.comments > 0 || created {
            self.settle_race().await?;
        }
        Ok(())
    }

    fn plan(&self) -> Plan {
        review::plan(&Input {
            report: self.job.report,
            state: &self.state,
            files: &self.files,
            target: self.job.target,
            run: self.job.run,
            sections: self.job.sections,
            progress: &self.progress,
        })
    }

    /// Reads the list of changed files, as far as findings need it.
    async fn list_files(&mut self) -> Result<(), Error> {
        let wanted = self.job.report.findings.iter();
        let wanted = wanted.filter(|f| f.severity >= Severity::Warning && f.new != Some(false));
        let mut paths: BTreeSet<&str> = wanted.map(|f| f.location.path()).collect();
        if paths.is_empty() {
            return Ok(());
        }
        let path = self.pull("/files?per_page=100");
        let mut files: Vec<ChangedFile> = Vec::new();
        let end = self
            .client
            .pages(&path, |page: Vec<ChangedFile>| {
                for file in &page {
                    paths.remove(&*crate::snapshot::printable(file.path.as_bytes()));
                }
                files.extend(page);
                if paths.is_empty() {
                    ControlFlow::Break(())
                } else {
                    ControlFlow::Continue(())
                }
            })
            .await?;
        // What a cut listing does not show is said in the summary.
        let (PageEnd::Complete | PageEnd::Enough | PageEnd::Cut) = end;
        self.files = files;
        Ok(())
    }

    fn pull(&self, rest: &str) -> String {
        let number = self.job.target.number;
        self.job
            .repository
            .path(format_args!("pulls/{number}{rest}"))
    }

    fn issue(&self, rest: &str) -> String {
        let number = self.job.target.number;
        self.job
            .repository
            .path(format_args!("issues/{number}{rest}"))
    }

    /// Makes sure that the pull request is still what was judged: before the first write, and before the last ones.
    async fn look_again(&self) -> Result<(), End> {
        let pull: Value = self.client.get(&self.pull("")).await?;
        let text = |pointer: &str| pull.pointer(pointer).and_then(Value::as_str);
        let is_true = |pointer: &str| pull.pointer(pointer).and_then(Value::as_bool) == Some(true);
        let head = text("/head/sha").ok_or_else(|| Error::Shape {
            path: self.pull(""),
            what: "it has no head".into(),
        })?;
        if is_true("/merged") {
            Err(End::Halt(Halt::Merged))
        } else if text("/state") == Some("closed") {
            Err(End::Halt(Halt::Closed))
        } else if head != self.job.target.head {
            Err(End::Halt(Halt::Superseded))
        } else if is_true("/locked") {
            Err(End::Halt(Halt::Locked))
        } else {
            Ok(())
        }
    }

    /// Reads the state anew, after GitHub had time to show what an unclear request did.
    async fn reconcile(&mut self) -> Result<(), Error> {
        self.client.rest(SETTLING).await?;
        self.read_again().await
    }

    async fn read_again(&mut self) -> Result<(), Error> {
        let subject = Subject {
            repository: self.job.repository,
            number: self.job.target.number,
        };
        self.state = question::state(self.client, subject).await?;
        Ok(())
    }

    async fn send_review(&mut self) -> Result<(), End> {
        let mut tries = 0;
        while let Some(review) = self.plan().review {
            tries += 1;
            match self.post_review(&review).await {
                Ok(Sent::Taken) => {}
                Ok(Sent::Refused) => self.find_refused(review).await?,
                Err(Error::Ambiguous { .. }) if tries == 1 => self.reconcile().await?,
                Err(error) => return Err(error.into()),
            }
        }
        Ok(())
    }

    async fn post_review(&mut self, review: &Review) -> Result<Sent, Error> {
        let mut has_cleared = false;
        loop {
            let path = self.pull("/reviews");
            let sent = self
                .write(WriteMethod::Post, &path, review, WriteKind::Notifying)
                .await;
            match sent {
                Ok(_) => {
                    self.has_written = true;
                    self.done.comments += review.comments.len();
                    let posted = review.comments.iter().map(|one| one.fingerprint.clone());
                    self.progress.posted.extend(posted);
                    return Ok(Sent::Taken);
                }
                Err(Error::Unprocessable { messages }) => {
                    let is_pending = messages.iter().any(|text| text.contains("pending review"));
                    if is_pending && !has_cleared && self.clear_pending().await? {
                        has_cleared = true;
                        continue;
                    }
                    return Ok(Sent::Refused);
                }
                Err(error) => return Err(error),
            }
        }
    }

    /// Removes reviews that were begun with this token's user and hold nothing: one blocks every other.
    async fn clear_pending(&mut self) -> Result<bool, Error> {
        self.read_again().await?;
        let empty: Vec<u64> = self
            .state
            .pending
            .iter()
            .filter(|review| review.is_empty())
            .map(|review| review.id)
            .collect();
        for id in &empty {
            let path = self.pull(&format!("/reviews/{id}"));
            self.write(WriteMethod::Delete, &path, &Value::Null, WriteKind::Quiet)
                .await?;
        }
        Ok(!empty.is_empty())
    }

    /// Posts what GitHub takes of a refused review, and notes the rest.
    async fn find_refused(&mut self, review: Review) -> Result<(), End> {
        // A push that removed the commit is refused, too.
        self.look_again().await?;
        let Review {
            commit_id,
            event,
            body,
            comments,
        } = review;
        let mut search = Search::among(comments);
        loop {
            match search.next() {
                Step::Try(comments) => {
                    let part = Review {
                        commit_id: commit_id.clone(),
                        event,
                        body: body.clone(),
                        comments,
                    };
                    match self.post_review(&part).await? {
                        Sent::Taken => search.taken(),
                        Sent::Refused => search.refused(),
                    }
                }
                Step::Done(refused) => {
                    self.done.refused += refused.len();
                    let fingerprints = refused
                        .into_iter()
                        .map(|comment: InlineComment| comment.fingerprint);
                    self.progress.refused_lines.extend(fingerprints);
                    return Ok(());
                }
            }
        }
    }

    async fn send_file_comments(&mut self) -> Result<(), Error> {
        let mut has_reconciled = false;
        loop {
            let Some(comment) = self.plan().file_comments.into_iter().next() else {
                return Ok(());
            };
            let path = self.pull("/comments");
            let FileComment { fingerprint, .. } = comment.clone();
            match self
                .write(WriteMethod::Post, &path, &comment, WriteKind::Notifying)
                .await
            {
                Ok(_) => {
                    self.has_written = true;
                    self.done.comments += 1;
                    self.progress.posted.insert(fingerprint);
                }
                Err(Error::Unprocessable { .. }) => {
                    self.done.refused += 1;
                    self.progress.refused_files.insert(fingerprint);
                }
                Err(Error::Ambiguous { .. }) if !has_reconciled => {
                    has_reconciled = true;
                    self.reconcile().await?;
                }
                Err(error) => return Err(error),
            }
        }
    }

    async fn edit(&mut self, edit: &Edit) -> Result<(), Error> {
        let path = self
            .job
            .repository
            .path(format_args!("pulls/comments/{}", edit.id));
        if self.change(WriteMethod::Patch, &path, edit).await? {
            self.done.changes += 1;
        }
        self.resolve(edit).await
    }

    async fn delete(&mut self, delete: Delete) -> Result<(), Error> {
        let kind = match delete.object {
            Object::ReviewComment => "pulls",
            Object::IssueComment => "issues",
        };
        let path = self
            .job
            .repository
            .path(format_args!("{kind}/comments/{}", delete.id));
        if self
            .change(WriteMethod::Delete, &path, &Value::Null)
            .await?
        {
            self.done.changes += 1;
        }
        Ok(())
    }

    /// A write that comes to the same however often it is done. Says whether there still was something to change.
    async fn change(
        &mut self,
        method: WriteMethod,
        path: &str,
        body: &impl Serialize,
    ) -> Result<bool, Error> {
        let mut tries = 0;
        loop {
            tries += 1;
            match self.write(method, path, body, WriteKind::Quiet).await {
                Ok(_) => {
                    self.has_written = true;
                    return Ok(true);
                }
                Err(Error::Ambiguous { .. }) if tries == 1 => self.client.rest(SETTLING).await?,
                // Somebody deleted the comment, or GitHub does not want this text: the next run sees what is left.
                Err(Error::ReadOnly { status: 404, .. } | Error::Unprocessable { .. }) => {
                    return Ok(false);
                }
                Err(error) => return Err(error),
            }
        }
    }

    /// Resolves the thread of a finding that is gone, where GitHub said that the token may.
    async fn resolve(&mut self, edit: &Edit) -> Result<(), Error> {
        let Some(node) = &edit.thread else {
            return Ok(());
        };
        let mut threads = self.state.threads.iter();
        let Some(thread) = threads.find(|thread| thread.node.as_ref() == Some(node)) else {
            return Ok(());
        };
        let is_open = thread.resolution == review::Resolution::Open;
        let document = match edit.change {
            Change::Fixed if thread.can_resolve && is_open => RESOLVE,
            Change::Reopened if thread.can_unresolve && !is_open => UNRESOLVE,
            _ => return Ok(()),
        };
        let variables = json!({ "thread": node });
        let answer: Result<Answer<Value>, Error> = self
            .client
            .mutate(document, variables, WriteKind::Quiet)
            .await;
        match answer {
            // That it may not after all is usual (`facts/github-delivery.md`, fact 5); the text says the same.
            Ok(_)
            | Err(Error::ReadOnly { .. } | Error::Forbidden { .. } | Error::Ambiguous { .. }) => {
                Ok(())
            }
            Err(error) => Err(error),
        }
    }

    /// Says whether a summary was created.
    async fn send_summary(&mut self, write: SummaryWrite) -> Result<bool, Error> {
        let body = match write {
            SummaryWrite::None => return Ok(false),
            SummaryWrite::Update { id, body } => {
                let path = self
                    .job
                    .repository
                    .path(format_args!("issues/comments/{id}"));
                if self.change(WriteMethod::Patch, &path, &body).await? {
                    self.done.changes += 1;
                }
                return Ok(false);
            }
            SummaryWrite::Create(body) => body,
        };
        let path = self.issue("/comments");
        match self
            .write(WriteMethod::Post, &path, &body, WriteKind::Notifying)
            .await
        {
            Ok(_) => self.has_written = true,
            Err(Error::Ambiguous { .. }) => {
                self.reconcile().await?;
                let SummaryWrite::Create(body) = self.plan().summary else {
                    self.has_written = true;
                    return Ok(true);
                };
                self.write(WriteMethod::Post, &path, &body, WriteKind::Notifying)
                    .await?;
                self.has_written = true;
            }
            Err(error) => return Err(error),
        }
        self.done.changes += 1;
        Ok(true)
    }

    /// Two runs of the same head may have written at the same time. The older comment stays.
    async fn settle_race(&mut self) -> Result<(), Error> {
        self.read_again().await?;
        for delete in self.plan().deletes {
            self.delete(delete).await?;
        }
        Ok(())
    }

    async fn write(
        &self,
        method: WriteMethod,
        path: &str,
        body: &impl Serialize,
        kind: WriteKind,
    ) -> Result<Value, Error> {
        let body = serde_json::to_value(body).map_err(|error| Error::Shape {
            path: path.to_owned(),
            what: error.to_string(),
        })?;
        self.client
            .write(Write {
                method,
                path,
                body,
                kind,
            })
            .await
    }
}
