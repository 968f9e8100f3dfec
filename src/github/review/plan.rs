//! Compares what a report wants to say with what is said already.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use super::budget::{MAX_FILES, MAX_INLINE};
use super::input::Input;
use super::marker::{Marker, Standing};
use super::message::Writer;
use super::notice::Gone;
use super::placement::{Place, Places};
use super::request::{
    Delete, Edit, FileComment, InlineComment, Object, Review, Side, SummaryBody, SummaryWrite,
};
use super::state::{IssueComment, PullStatus, State};
use super::summary::Summary;
use super::threads::{Known, Threads};
use crate::check::Verdict;
use crate::finding::{Finding, Severity};
use crate::report::Product;
use crate::report::mask::Mask;

/// So many findings are looked up in the diff; the rest would not get a comment anyway.
const MAX_PLACED: usize = 500;

/// So many refused findings are remembered.
const MAX_REFUSED: usize = 40;

/// What to write. Requests are sent in this order: the review, the comments on files, edits, deletions, the summary.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Plan {
    /// Why nothing may be written at all.
    pub halt: Option<Halt>,
    /// The review with the new comments on lines.
    pub review: Option<Review>,
    /// New comments on files.
    pub file_comments: Vec<FileComment>,
    /// New texts of old comments.
    pub edits: Vec<Edit>,
    /// Comments of our own that go.
    pub deletes: Vec<Delete>,
    /// The summary.
    pub summary: SummaryWrite,
    /// Numbers for the log.
    pub counts: Counts,
}

/// Why nothing may be written.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Halt {
    /// The head is not the commit that was judged: a newer run has the word.
    Superseded,
    /// The pull request is closed.
    Closed,
    /// It is merged.
    Merged,
    /// Its conversation is locked.
    Locked,
    /// Not every page of the state was read, so that something could be said twice.
    Unread,
}

/// Why a comment gets a new text.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Change {
    /// The finding is there and reads otherwise now.
    Reworded,
    /// The finding came back.
    Reopened,
    /// The finding is gone.
    Fixed,
    /// Another comment has the finding.
    Moved,
}

/// Numbers for the log. Each finding that should be seen is counted once: in `on_lines`, `on_files`,
/// `settled_by_people` or `only_in_summary`.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Counts {
    /// New errors and warnings.
    pub wanted: usize,
    /// Of these, on lines, old comments included.
    pub on_lines: usize,
    /// Of these, on files, old comments included.
    pub on_files: usize,
    /// Of these, in threads that a person resolved.
    pub settled_by_people: usize,
    /// Of these, in the summary only.
    pub only_in_summary: usize,
    /// Findings that stood at the base already.
    pub at_base: usize,
    /// Comments whose finding is gone by now.
    pub fixed: usize,
}

impl Plan {
    /// Whether there is nothing to send.
    pub fn is_empty(&self) -> bool {
        self.requests() == 0
    }

    /// Number of requests that write.
    pub fn requests(&self) -> usize {
        usize::from(self.review.is_some())
            + self.file_comments.len()
            + self.edits.len()
            + self.deletes.len()
            + usize::from(self.summary != SummaryWrite::None)
    }

    fn halted(halt: Halt) -> Self {
        Self {
            halt: Some(halt),
            ..Self::default()
        }
    }
}

/// Plans what to write.
pub fn plan(input: &Input<'_>) -> Plan {
    if let Some(halt) = halt(input) {
        return Plan::halted(halt);
    }
    let places = Places::new(input.files);
    let writer = Writer {
        report: input.report,
        target: input.target,
        run: input.run,
        places: &places,
        mask: Mask::new(input.report),
        product: Product::of_build(),
    };
    let planner = Planner {
        input,
        writer: &writer,
        refused_before: refused_before(input),
        threads: Threads::new(input.state),
        plan: Plan::default(),
        lines: 0,
        files: 0,
        comments: Vec::new(),
        listed: Vec::new(),
    };
    planner.run()
}

fn halt(input: &Input<'_>) -> Option<Halt> {
    let state = input.state;
    match state.pull.status {
        PullStatus::Closed => return Some(Halt::Closed),
        PullStatus::Merged => return Some(Halt::Merged),
        PullStatus::Open => {}
    }
    if state.pull.head != input.target.head {
        Some(Halt::Superseded)
    } else if state.pull.locked {
        Some(Halt::Locked)
    } else if state.more != super::Cursors::default() {
        Some(Halt::Unread)
    } else {
        None
    }
}

/// The summaries that earlier runs wrote, oldest first.
fn summaries(state: &State) -> Vec<(&IssueComment, Marker)> {
    let mut found: Vec<_> = state
        .comments
        .iter()
        .filter(|comment| comment.own || state.viewer.is_none())
        .filter_map(|comment| Some((comment, Marker::find(&comment.body)?)))
        .filter(|(_, marker)| marker.standing == Standing::Summary)
        .collect();
    found.sort_by_key(|(comment, _)| comment.id);
    found
}

/// What GitHub refused of this head in an earlier run: it would do so again.
fn refused_before(input: &Input<'_>) -> BTreeSet<String> {
    if input.state.viewer.is_none() {
        return BTreeSet::new();
    }
    let first = summaries(input.state).into_iter().next();
    first
        .filter(|(_, marker)| marker.sha == input.target.head)
        .map(|(_, marker)| marker.refused.into_iter().collect())
        .unwrap_or_default()
}

/// New errors and warnings are worth a comment.
fn is_wanted(finding: &Finding) -> bool {
    finding.severity >= Severity::Warning && finding.new != Some(false)
}

struct Planner<'a> {
    input: &'a Input<'a>,
    writer: &'a Writer<'a>,
    refused_before: BTreeSet<String>,
    threads: Threads<'a>,
    plan: Plan,
    /// How many findings have their place on a line, in order of gravity; also those that have a comment.
    lines: usize,
    files: usize,
    comments: Vec<InlineComment>,
    /// Findings that the summary lists.
    listed: Vec<&'a Finding>,
}

impl<'a> Planner<'a> {
    fn run(mut self) -> Plan {
        let report = self.input.report;
        let mut wanted: Vec<&Finding> = report.findings.iter().filter(|f| is_wanted(f)).collect();
        wanted.sort_by_key(|finding| (Reverse(finding.severity), Reverse(finding.confidence)));
        self.plan.counts.wanted = wanted.len();
        for (rank, finding) in wanted.into_iter().enumerate() {
            self.finding(finding, rank);
        }
        let notes = report
            .findings
            .iter()
            .filter(|f| f.new != Some(false) && !is_wanted(f));
        self.listed.extend(notes);
        self.plan.counts.at_base = report
            .findings
            .iter()
            .filter(|f| f.new == Some(false))
            .count();
        self.clean();
        if !self.comments.is_empty() {
            self.plan.review = Some(Review {
                commit_id: self.input.target.head.clone(),
                event: "COMMENT",
                body: String::new(),
                comments: std::mem::take(&mut self.comments),
            });
        }
        self.summary();
        self.plan
    }

    /// One finding that should be seen.
    fn finding(&mut self, finding: &'a Finding, rank: usize) {
        let fingerprint = finding.fingerprint.as_str();
        let place = self.place(finding, rank);
        let has_room = self.take_room(&place);
        let before = self.writer.places.previous(finding.location.path());
        let before = before.and_then(|path| finding.fingerprint_at(&path));
        let names = std::iter::once(fingerprint).chain(before.iter().map(|old| old.as_str()));
        let threads = self.threads.take(names);
        if self.input.progress.posted.contains(fingerprint) || self.threads.may_know(fingerprint) {
            self.count(&place);
            for known in threads
                .iter()
                .filter(|known| known.is_open() && !known.thread.is_shown())
            {
                self.replace(known, finding);
            }
            return;
        }
        if threads.iter().any(Known::is_settled_by_people) {
            self.plan.counts.settled_by_people += 1;
            return;
        }
        let shown = |known: &&Known<'_>| known.thread.is_shown();
        let open = threads.iter().filter(shown).find(|known| known.is_open());
        let fixed = threads
            .iter()
            .filter(shown)
            .find(|known| known.may_reopen());
        let kept = open.or(fixed).map(|known| known.thread.comment);
        if let Some(known) = open.or(fixed) {
            self.keep(known, finding);
        } else if has_room {
            self.post(finding, &place);
        } else {
            self.plan.counts.only_in_summary += 1;
            self.listed.push(finding);
        }
        // Without a new place, an outdated comment is better than none.
        if kept.is_none() && !has_room {
            return;
        }
        for known in threads.iter().filter(|known| known.is_open()) {
            if Some(known.thread.comment) != kept {
                self.replace(known, finding);
            }
        }
    }

    /// The best place that GitHub did not refuse.
    fn place(&self, finding: &Finding, rank: usize) -> Place {
        let fingerprint = finding.fingerprint.as_str();
        let progress = self.input.progress;
        if rank >= MAX_PLACED
            || progress.refused_files.contains(fingerprint)
            || self.refused_before.contains(fingerprint)
        {
            return Place::Summary;
        }
        if progress.refused_lines.contains(fingerprint) {
            return self.writer.places.file_of(finding);
        }
        self.writer.places.of(finding)
    }

    /// Whether a place is still to be had. Findings come with the gravest first, and a comment that is there keeps
    /// its place, so that the next run comes to the same result.
    fn take_room(&mut self, place: &Place) -> bool {
        let (taken, most) = match place {
            Place::Lines { .. } => (&mut self.lines, MAX_INLINE),
            Place::File { .. } => (&mut self.files, MAX_FILES),
            Place::Summary => return false,
        };
        *taken += 1;
        *taken <= most
    }

    fn count(&mut self, place: &Place) {
        match place {
            Place::Lines { .. } => self.plan.counts.on_lines += 1,
            Place::File { .. } | Place::Summary => self.plan.counts.on_files += 1,
        }
    }

    /// A comment that is there and at its place.
    fn keep(&mut self, known: &Known<'_>, finding: &Finding) {
        match known.thread.subject {
            super::Subject::Line => self.plan.counts.on_lines += 1,
            super::Subject::File => self.plan.counts.on_files += 1,
        }
        let change = if known.is_fixed() {
            Change::Reopened
        } else if known.marker.hash != self.writer.hash(finding) {
            Change::Reworded
        } else {
            return;
        };
        let body = self.writer.rewritten(finding);
        self.edit(known, body, change);
    }

    fn post(&mut self, finding: &Finding, place: &Place) {
        let message = self.writer.comment(finding, place);
        let fingerprint = finding.fingerprint.as_str().to_owned();
        match (place, message.lines) {
            (Place::Lines { path, .. }, Some((first, last))) => {
                let is_range = first < last;
                self.comments.push(InlineComment {
                    path: path.clone(),
                    line: last,
                    side: Side::Right,
                    start_line: is_range.then_some(first),
                    start_side: is_range.then_some(Side::Right),
                    body: message.body,
                    fingerprint,
                });
            }
            (Place::File { path }, _) => self.plan.file_comments.push(FileComment {
                commit_id: self.input.target.head.clone(),
                path: path.clone(),
                subject_type: "file",
                body: message.body,
                fingerprint,
            }),
            _ => {
                self.plan.counts.only_in_summary += 1;
                return;
            }
        }
        self.count(place);
    }

    /// A comment whose finding has another one.
    fn replace(&mut self, known: &Known<'_>, finding: &Finding) {
        if known.thread.is_shown() && known.may_go() {
            self.plan.deletes.push(Delete {
                object: Object::ReviewComment,
                id: known.thread.comment,
            });
            return;
        }
        let gone = Gone::Moved(finding);
        let body = self.writer.notice(known.thread, &known.marker, &gone);
        self.edit(known, body, Change::Moved);
    }

    fn edit(&mut self, known: &Known<'_>, body: String, change: Change) {
        self.plan.edits.push(Edit {
            id: known.thread.comment,
            body,
            change,
            thread: known.thread.node.clone(),
        });
    }

    /// Comments whose findings nobody wants any more.
    fn clean(&mut self) {
        let threads = std::mem::take(&mut self.threads);
        // Where something could not be read, a finding that is not there may be there all the same.
        if !self.input.report.is_complete() {
            return;
        }
        let report = self.input.report;
        let settled: BTreeSet<&str> = fingerprints(report.findings.iter());
        let accepted: BTreeSet<&str> = fingerprints(report.suppressed.iter().map(|s| &s.finding));
        for known in threads.rest() {
            if !known.is_open() || known.is_settled_by_people() {
                continue;
            }
            let fingerprint = known.marker.fp.as_str();
            let gone = if accepted.contains(fingerprint) {
                Gone::Accepted
            } else if settled.contains(fingerprint) {
                Gone::Settled
            } else {
                Gone::Fixed
            };
            let body = self.writer.notice(known.thread, &known.marker, &gone);
            self.plan.counts.fixed += 1;
            self.edit(&known, body, Change::Fixed);
        }
    }

    /// The summary comes last: it says where everything else is.
    fn summary(&mut self) {
        let progress = self.input.progress;
        let lost = self
            .listed
            .iter()
            .map(|finding| finding.fingerprint.as_str());
        let refused = lost
            .filter(|one| {
                progress.refused_files.contains(*one)
                    || progress.refused_lines.contains(*one)
                    || self.refused_before.contains(*one)
            })
            .take(MAX_REFUSED)
            .map(String::from)
            .collect();
        let summary = Summary {
            writer: self.writer,
            counts: self.plan.counts,
            listed: &self.listed,
            sections: self.input.sections,
        };
        let text = summary.text();
        let marker = Marker {
            sha: self.input.target.head.clone(),
            run: self.input.run.id.clone(),
            attempt: self.input.run.attempt,
            hash: Summary::hash(&text),
            standing: Standing::Summary,
            refused,
            ..Marker::default()
        };
        let body = SummaryBody {
            body: format!("{text}{}", marker.line()),
        };
        let known = summaries(self.input.state);
        let Some((first, others)) = known.split_first() else {
            if self.has_something_to_say() {
                self.plan.summary = SummaryWrite::Create(body);
            }
            return;
        };
        if self.input.state.viewer.is_none() {
            return;
        }
        let (comment, old) = first;
        if old.hash != marker.hash || old.refused != marker.refused {
            self.plan.summary = SummaryWrite::Update {
                id: comment.id,
                body,
            };
        }
        self.plan
            .deletes
            .extend(others.iter().map(|(comment, _)| Delete {
                object: Object::IssueComment,
                id: comment.id,
            }));
    }

    /// Whether a pull request without a summary needs one.
    fn has_something_to_say(&self) -> bool {
        self.input.report.verdict != Verdict::Pass
            || self.plan.counts.wanted > 0
            || self
                .input
                .sections
                .iter()
                .any(|section| !section.is_empty())
    }
}

fn fingerprints<'f>(findings: impl Iterator<Item = &'f Finding>) -> BTreeSet<&'f str> {
    findings
        .map(|finding| finding.fingerprint.as_str())
        .collect()
}
