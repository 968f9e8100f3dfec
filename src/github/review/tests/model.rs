//! A pull request made by hand, and a simple model of what GitHub does with a plan.

use std::sync::Arc;

use crate::check::{Report, Verdict};
use crate::finding::{Confidence, Finding, RuleId, Severity, fingerprint};
use crate::github::review::{
    ChangedFile, FileStatus, Input, IssueComment, Marker, Object, Plan, Progress, PullRequest,
    Replies, Resolution, RunId, Section, State, Subject, SummaryWrite, Target, Thread, Viewer,
    plan,
};
use crate::report::sample;
use crate::source::{Location, SourceFile, Span};

pub(super) const HEAD: &str = "aaaaaaaaaabbbbbbbbbbccccccccccdddddddddd";

/// What a run sees, and what it leaves behind.
pub(super) struct World {
    pub(super) report: Report,
    pub(super) state: State,
    pub(super) files: Vec<ChangedFile>,
    pub(super) target: Target,
    pub(super) run: RunId,
    pub(super) sections: Vec<Section>,
    pub(super) progress: Progress,
    next: u64,
}

impl World {
    pub(super) fn new(findings: Vec<Finding>, files: Vec<ChangedFile>) -> Self {
        let mut world = Self {
            report: sample::empty(),
            state: State {
                viewer: Some(Viewer {
                    id: "V".into(),
                    login: "bot".into(),
                }),
                pull: PullRequest {
                    number: 7,
                    head: HEAD.into(),
                    ..PullRequest::default()
                },
                ..State::default()
            },
            files,
            target: Target {
                server: "https://github.com".into(),
                owner: "acme".into(),
                repo: "web".into(),
                number: 7,
                head: HEAD.into(),
            },
            run: RunId {
                id: "100".into(),
                attempt: 1,
            },
            sections: Vec::new(),
            progress: Progress::default(),
            next: 1_000,
        };
        world.report.coverage.files = 3;
        world.set(findings);
        world
    }

    /// Other findings, as another head has them.
    pub(super) fn set(&mut self, mut findings: Vec<Finding>) {
        fingerprint(&mut findings);
        let fails = findings
            .iter()
            .any(|finding| finding.severity == Severity::Error);
        self.report.verdict = if fails { Verdict::Fail } else { Verdict::Pass };
        self.report.findings = findings;
    }

    pub(super) fn push(&mut self, head: &str) {
        self.target.head = head.into();
        self.state.pull.head = head.into();
    }

    pub(super) fn plan(&self) -> Plan {
        plan(&Input {
            report: &self.report,
            state: &self.state,
            files: &self.files,
            target: &self.target,
            run: &self.run,
            sections: &self.sections,
            progress: &self.progress,
        })
    }

    /// Does what GitHub does with the requests of a plan.
    pub(super) fn apply(&mut self, plan: &Plan) {
        for comment in plan.review.iter().flat_map(|review| &review.comments) {
            self.thread(
                &comment.path,
                &comment.body,
                Subject::Line,
                Some(comment.line),
            );
        }
        for comment in &plan.file_comments {
            self.thread(&comment.path, &comment.body, Subject::File, None);
        }
        for edit in &plan.edits {
            let thread = self
                .state
                .threads
                .iter_mut()
                .find(|t| t.comment == edit.id)
                .unwrap();
            thread.body.clone_from(&edit.body);
        }
        for delete in &plan.deletes {
            let state = &mut self.state;
            match delete.object {
                Object::ReviewComment => state.threads.retain(|t| t.comment != delete.id),
                Object::IssueComment => state.comments.retain(|c| c.id != delete.id),
            }
        }
        match &plan.summary {
            SummaryWrite::None => {}
            SummaryWrite::Create(body) => {
                let id = self.id();
                self.state.comments.push(IssueComment {
                    id,
                    body: body.body.clone(),
                    own: true,
                });
            }
            SummaryWrite::Update { id, body } => {
                let comment = self
                    .state
                    .comments
                    .iter_mut()
                    .find(|c| c.id == *id)
                    .unwrap();
                comment.body.clone_from(&body.body);
            }
        }
    }

    /// Plans and applies.
    pub(super) fn run(&mut self) -> Plan {
        self.run.id = self.id().to_string();
        let plan = self.plan();
        self.apply(&plan);
        plan
    }

    pub(super) fn thread(
        &mut self,
        path: &str,
        body: &str,
        subject: Subject,
        line: Option<u32>,
    ) -> &mut Thread {
        let comment = self.id();
        self.state.threads.push(Thread {
            node: Some(format!("T{comment}")),
            comment,
            body: body.into(),
            own: true,
            path: path.into(),
            subject,
            line,
            original_line: line,
            outdated: false,
            resolution: Resolution::Open,
            replies: Replies::None,
            can_resolve: false,
            can_unresolve: false,
        });
        self.state.threads.last_mut().unwrap()
    }

    pub(super) fn summary(&self) -> &str {
        let mut own = self.state.comments.iter().filter(|comment| comment.own);
        own.find(|comment| Marker::find(&comment.body).is_some())
            .map_or("", |comment| comment.body.as_str())
    }

    fn id(&mut self) -> u64 {
        self.next += 1;
        self.next
    }
}

/// A file of numbered lines.
pub(super) fn numbered(path: &str, lines: u32) -> Arc<SourceFile> {
    let text: String = (1..=lines)
        .map(|line| format!("line: {line} of {path}\n"))
        .collect();
    SourceFile::new(path, text)
}

/// A finding on a line.
pub(super) fn on_line(file: &Arc<SourceFile>, line: u32, severity: Severity) -> Finding {
    let span = file.lines().span(file.text(), line);
    Finding::new(
        RuleId("missing-timeout"),
        severity,
        Confidence::High,
        Location::new(file, Span::new(span.start, span.start + 4)),
        format!(
            "number {line} of {} is not bounded; it may go on for six hours",
            file.path()
        ),
    )
    .help("Give the job `timeout-minutes: 15`.")
    .anchor(format!("jobs.j{line}"))
}

/// A file whose diff shows these lines.
pub(super) fn changed(file: &SourceFile, first: u32, last: u32) -> ChangedFile {
    let mut patch = format!("@@ -{first},0 +{first},{} @@\n", last + 1 - first);
    for line in first..=last {
        let text = file.lines().span(file.text(), line).slice(file.text());
        patch.push_str(&format!("+{text}\n"));
    }
    ChangedFile {
        path: file.path().into(),
        previous_path: None,
        status: FileStatus::Modified,
        sha: None,
        patch: Some(patch.trim_end_matches('\n').into()),
    }
}

/// A file of the pull request without a patch.
pub(super) fn without_patch(path: &str, status: FileStatus) -> ChangedFile {
    ChangedFile {
        path: path.into(),
        previous_path: None,
        status,
        sha: None,
        patch: None,
    }
}
