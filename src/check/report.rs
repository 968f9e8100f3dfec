//! The result of a check: everything that a report shows.

use jiff::civil::Date;

use crate::agent::AgentCard;
use crate::finding::{FailOn, Finding, Severity};
use crate::rule::Profile;
use crate::source::Location;

/// The result of one run, after the policy has decided.
#[derive(Debug)]
pub struct Report {
    /// The verdict, fixed before anything is delivered.
    pub verdict: Verdict,
    /// The day that exemptions were judged by.
    pub today: Date,
    /// Which policy decided.
    pub policy: PolicySummary,
    /// Findings that count, sorted by place.
    pub findings: Vec<Finding>,
    /// Findings that an exemption covers, sorted by place.
    pub suppressed: Vec<Suppressed>,
    /// Every agent run, sorted by workflow, job and place.
    pub agents: Vec<AgentCard>,
    /// Number of workflows that hold an agent run.
    pub agent_workflows: usize,
    /// What was looked at and what was not.
    pub coverage: Coverage,
    /// Places that hold keys. No output shows the bytes there, whatever else it shows of the line.
    pub secrets: Vec<Location>,
}

impl Report {
    /// Whether every file that should be judged could be judged.
    pub fn is_complete(&self) -> bool {
        self.coverage.unreadable.is_empty()
    }

    /// Number of findings of a severity.
    pub fn count(&self, severity: Severity) -> usize {
        self.findings
            .iter()
            .filter(|finding| finding.severity == severity)
            .count()
    }
}

/// The verdict.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Verdict {
    /// Nothing reaches `fail-on` and everything could be read.
    Pass,
    /// A finding reaches `fail-on`.
    Fail,
    /// Nothing reaches `fail-on`, but something could not be read.
    Incomplete,
}

impl Verdict {
    /// The word that reports use.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Fail => "fail",
            Self::Incomplete => "incomplete",
        }
    }

    /// The exit code.
    pub const fn exit_code(self) -> u8 {
        match self {
            Self::Pass => 0,
            Self::Fail => 1,
            Self::Incomplete => 3,
        }
    }
}

/// Which policy decided.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PolicySummary {
    /// Where it comes from: a path, `path at REV`, or `built-in`.
    pub source: String,
    /// The profile.
    pub profile: Profile,
    /// From which severity on a finding fails the run.
    pub fail_on: FailOn,
}

/// A finding that an exemption covers.
#[derive(Clone, Debug)]
pub struct Suppressed {
    /// The finding.
    pub finding: Finding,
    /// Why nobody has to act on it.
    pub by: Reason,
}

/// The exemption that covers a finding.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Reason {
    /// Why it is accepted.
    pub reason: String,
    /// Who accepted it.
    pub owner: String,
    /// Until when, that day included.
    pub expires: Date,
    /// Where the exemption stands: `.github/portcullis.yml:12`.
    pub source: String,
}

/// What was looked at and what was not.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Coverage {
    /// Number of files that were read and judged.
    pub files: usize,
    /// Files that the policy leaves out, sorted.
    pub skipped: Vec<Uncovered>,
    /// Files that should have been judged and could not be, sorted.
    pub unreadable: Vec<Uncovered>,
}

/// A file that was not judged.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Uncovered {
    /// Its path.
    pub path: String,
    /// Why.
    pub reason: String,
}
