//! The engine: a snapshot goes in, a [`Report`] comes out.
//!
//! It does no I/O: a snapshot that has not loaded a file yet answers so, the engine says which files it needs
//! ([`Outcome::Need`]) and is called again. The verdict is fixed here, before anything is delivered.

mod configuration;
mod documents;
mod env_file;
mod guard;
mod inventory;
mod read;
mod report;

pub use guard::of_tree as guard_of_tree;
pub use inventory::Kind;
pub use report::{Coverage, PolicySummary, Reason, Report, Suppressed, Uncovered, Verdict};

use std::collections::{BTreeSet, HashMap};

use jiff::civil::Date;

use crate::agent;
use crate::finding::{FailOn, Finding, Fingerprint, Severity, fingerprint};
use crate::policy::Policy;
use crate::rule;
use crate::secret::{Detector, Evidence};
use crate::snapshot::Snapshot;

use documents::Cache;
use read::{Reading, read};

/// How often the engine may ask for files: a workflow, its scripts, what these call, and one more.
pub const MAX_ROUNDS: usize = 4;

/// What is judged.
pub struct Request<'a> {
    /// The tree.
    pub snapshot: &'a dyn Snapshot,
    /// Which part of it.
    pub selection: &'a Selection,
    /// The tree to compare with.
    pub base: Option<&'a dyn Snapshot>,
    /// The policy that decides.
    pub policy: &'a Policy,
    /// The day by which exemptions are judged.
    pub today: Date,
}

/// Which files of a tree are judged. Files that a workflow calls are read in any case.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Selection {
    /// All.
    Everything,
    /// These files, and everything below these folders.
    Paths(Vec<String>),
}

impl Selection {
    fn has(&self, path: &str) -> bool {
        match self {
            Self::Everything => true,
            Self::Paths(paths) => paths.iter().any(|chosen| {
                chosen.is_empty()
                    || path == chosen
                    || path
                        .strip_prefix(chosen.as_str())
                        .is_some_and(|rest| rest.starts_with('/'))
            }),
        }
    }

    /// Whether a person named exactly this file.
    fn names(&self, path: &str) -> bool {
        matches!(self, Self::Paths(paths) if paths.iter().any(|chosen| chosen == path))
    }
}

/// What a call of the engine comes to.
pub enum Outcome {
    /// The result.
    Done(Box<Report>),
    /// The snapshot has to load these files; then the engine is called again.
    Need(Vec<String>),
}

/// The engine. One engine serves one check; it keeps what it parsed between the rounds.
#[derive(Default)]
pub struct Engine {
    head: Cache,
    base: Cache,
    detector: Detector,
    rounds: usize,
}

impl Engine {
    /// A new engine. It builds nothing before a file asks for it.
    pub fn new() -> Self {
        Self::default()
    }

    /// Judges a tree.
    pub fn check(&mut self, request: &Request<'_>) -> Outcome {
        self.rounds += 1;
        let head = read(
            request.snapshot,
            request.selection,
            request.policy,
            &self.detector,
            &mut self.head,
        );
        let mut needed = head.needed.clone();
        let base = request.base.map(|base| {
            let read = read(
                base,
                &Selection::Everything,
                request.policy,
                &self.detector,
                &mut self.base,
            );
            needed.extend(read.needed.iter().cloned());
            read
        });
        if !needed.is_empty() && self.rounds < MAX_ROUNDS {
            return Outcome::Need(needed.into_iter().collect());
        }
        Outcome::Done(Box::new(conclude(request, head, base)))
    }
}

/// Applies the policy and fixes the verdict.
fn conclude(request: &Request<'_>, head: Reading, base: Option<Reading>) -> Report {
    let policy = request.policy;
    let Reading {
        mut findings,
        subject,
        mut coverage,
        needed,
    } = head;
    fingerprint(&mut findings);
    if let Some(base) = base {
        mark_new(&mut findings, base.findings, policy);
    }
    for path in needed {
        coverage.unreadable.push(Uncovered {
            path,
            reason: "it was still not loaded after four rounds".into(),
        });
    }
    let judged = policy.judge(findings, request.today);
    let mut findings = judged.findings;
    // An exemption for a file outside the selection is not unused.
    let whole = *request.selection == Selection::Everything;
    let unused = rule::meta::UNUSED_EXEMPTION.id;
    findings.extend(
        judged
            .meta
            .into_iter()
            .filter(|finding| whole || finding.rule != unused),
    );
    findings.sort_by(|a, b| a.order().cmp(&b.order()));
    let suppressed = judged
        .suppressed
        .into_iter()
        .map(|(finding, exemption)| Suppressed {
            finding,
            by: Reason {
                reason: exemption.reason.clone(),
                owner: exemption.owner.clone(),
                expires: exemption.expires,
                source: exemption.source(),
            },
        })
        .collect();
    let verdict = verdict(&findings, policy.threshold(), &coverage);
    let mut agents: Vec<_> = subject.runs.iter().map(agent::AgentRun::card).collect();
    agents.sort_by(|a, b| a.location.cmp(&b.location).then_with(|| a.job.cmp(&b.job)));
    let agent_workflows: BTreeSet<&str> = subject
        .runs
        .iter()
        .map(|run| run.workflow.as_str())
        .collect();
    Report {
        verdict,
        today: request.today,
        policy: PolicySummary {
            source: policy.source.to_string(),
            profile: policy.profile,
            fail_on: policy.threshold(),
        },
        findings,
        suppressed,
        agent_workflows: agent_workflows.len(),
        agents,
        coverage,
        // A default password is an ordinary word: masking it would take other text with it.
        secrets: subject
            .keys
            .iter()
            .filter(|key| key.detection.evidence != Evidence::Default)
            .map(|key| key.location.clone())
            .collect(),
    }
}

/// A finding is old only where the base has it with the same fingerprint, at least as grave, about the same value.
fn mark_new(findings: &mut [Finding], mut base: Vec<Finding>, policy: &Policy) {
    fingerprint(&mut base);
    let known: HashMap<&Fingerprint, &Finding> = base
        .iter()
        .map(|finding| (&finding.fingerprint, finding))
        .collect();
    for finding in findings {
        let same = known.get(&finding.fingerprint).is_some_and(|old| {
            old.evidence == finding.evidence && policy.severity(old) >= policy.severity(finding)
        });
        finding.new = Some(!same);
    }
}

fn verdict(findings: &[Finding], threshold: FailOn, coverage: &Coverage) -> Verdict {
    let unreadable = rule::meta::UNREADABLE_FILE.id;
    let fails = |severity: Severity| match threshold {
        FailOn::At(limit) => severity >= limit,
        FailOn::Never => false,
    };
    if findings
        .iter()
        .any(|finding| finding.rule != unreadable && fails(finding.severity))
    {
        Verdict::Fail
    } else if coverage.unreadable.is_empty() {
        Verdict::Pass
    } else {
        Verdict::Incomplete
    }
}
