//! Words that several renderers share: counts, the verdict in one sentence, the agent runs in short.
//!
//! It never quotes for a format; what comes from a repository goes through the mask first.

use std::collections::BTreeSet;

use super::mask::Mask;
use crate::agent::{AgentCard, ToolSummary};
use crate::check::{Coverage, Report, Uncovered, Verdict};
use crate::finding::{Applicability, FailOn, Finding, Severity};

/// The rule that reports what could not be read; coverage lists the same files.
const UNREADABLE_RULE: &str = "unreadable-file";

/// `1 file`, `2 files`.
pub(crate) fn count(number: usize, noun: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{number} {noun}{plural}")
}

/// `2 errors, 1 warning`, or `no findings`.
pub(crate) fn counts(report: &Report) -> String {
    let parts: Vec<String> = Severity::ALL
        .into_iter()
        .rev()
        .map(|severity| (severity, report.count(severity)))
        .filter(|(_, number)| *number > 0)
        .map(|(severity, number)| count(number, severity.as_str()))
        .collect();
    if parts.is_empty() {
        return "no findings".into();
    }
    parts.join(", ")
}

/// `2 errors, 1 warning in 3 files`.
pub(crate) fn counts_in_files(report: &Report) -> String {
    let counts = counts(report);
    let files: BTreeSet<&str> = report.findings.iter().map(|f| f.location.path()).collect();
    if files.is_empty() {
        return counts;
    }
    format!("{counts} in {}", count(files.len(), "file"))
}

/// `built-in team`, `.github/portcullis.yml at main`.
pub(crate) fn policy(report: &Report, mask: &Mask<'_>) -> String {
    let profile = report.policy.profile.as_str();
    format!("{} {profile}", mask.line(&report.policy.source))
}

/// The verdict in one line: `fail: 2 errors in 1 file (12 files read, policy: built-in team)`.
pub(crate) fn verdict(report: &Report, mask: &Mask<'_>) -> String {
    format!(
        "{}: {} ({} read, policy: {})",
        report.verdict.as_str(),
        outcome(report),
        count(report.coverage.files, "file"),
        policy(report, mask)
    )
}

/// What the verdict rests on. What could not be read is always said.
pub(crate) fn outcome(report: &Report) -> String {
    let counts = counts_in_files(report);
    let holes = report.coverage.unreadable.len();
    if holes == 0 {
        return counts;
    }
    format!("{counts}; {} could not be read", count(holes, "file"))
}

/// From which severity on a finding fails the run, in words.
pub(crate) fn fails_on(fail_on: FailOn) -> &'static str {
    match fail_on {
        FailOn::At(Severity::Error) => "fails on errors",
        FailOn::At(Severity::Warning) => "fails on warnings",
        FailOn::At(Severity::Note) => "fails on notes",
        FailOn::Never => "never fails on findings",
    }
}

/// What to say where there was nothing to check.
pub(crate) fn nothing_to_check(report: &Report) -> Option<&'static str> {
    let Coverage {
        files,
        skipped,
        unreadable,
    } = &report.coverage;
    let nothing = *files == 0
        && skipped.is_empty()
        && unreadable.is_empty()
        && report.findings.is_empty()
        && report.verdict == Verdict::Pass;
    nothing.then_some(
        "Nothing to check: no workflow, no `.claude` settings and no agent instructions below this directory.",
    )
}

/// Findings with the gravest first; equal ones stay in the order of their places.
pub(crate) fn worst_first(report: &Report) -> Vec<&Finding> {
    let mut findings: Vec<&Finding> = report.findings.iter().collect();
    findings.sort_by_key(|finding| std::cmp::Reverse(finding.severity));
    findings
}

/// Unreadable files for which no finding stands in the report.
pub(crate) fn unreported(report: &Report) -> impl Iterator<Item = &Uncovered> {
    let reported: BTreeSet<&str> = report
        .findings
        .iter()
        .filter(|finding| finding.rule.as_str() == UNREADABLE_RULE)
        .map(|finding| finding.location.path())
        .collect();
    let unreadable = report.coverage.unreadable.iter();
    unreadable.filter(move |hole| !reported.contains(hole.path.as_str()))
}

/// How a fix may be applied, in words.
pub(crate) const fn applies(applicability: Applicability) -> &'static str {
    match applicability {
        Applicability::Safe => "`--fix` applies it",
        Applicability::Unsafe => "look before you apply it: it may change what the workflow does",
        Applicability::Manual => "by hand: a person has to fill something in",
    }
}

/// `3 agent runs in 2 workflows`.
pub(crate) fn agents(report: &Report) -> String {
    format!(
        "{} in {}",
        count(report.agents.len(), "agent run"),
        count(report.agent_workflows, "workflow")
    )
}

/// One agent run as the columns of [`AGENT_COLUMNS`].
pub(crate) fn agent_row(card: &AgentCard, mask: &Mask<'_>) -> [String; 8] {
    let via: Vec<String> = card.via.iter().map(|hop| mask.line(&hop.what)).collect();
    [
        place(mask, card.location.path(), card.location.start().line),
        mask.line(&card.job),
        card.kind.as_str().into(),
        mask.line(&card.mode),
        tools(card, mask),
        token(&card.permissions).into(),
        card.timeout_minutes.map_or("none".into(), minutes),
        via.join(" > "),
    ]
}

/// Headings of [`agent_row`].
pub(crate) const AGENT_COLUMNS: [&str; 8] = [
    "where",
    "job",
    "kind",
    "mode",
    "tools",
    "token",
    "timeout",
    "reached by",
];

/// `path:line`.
pub(crate) fn place(mask: &Mask<'_>, path: &str, line: u32) -> String {
    format!("{}:{line}", mask.line(path))
}

fn minutes(minutes: f64) -> String {
    format!("{minutes} min")
}

/// The strongest right of a token.
fn token(permissions: &[(String, String)]) -> &'static str {
    let has = |word: &str| permissions.iter().any(|(_, level)| level.contains(word));
    if has("write") || has("admin") {
        "write"
    } else if has("default") {
        "default"
    } else if has("read") {
        "read"
    } else {
        "none"
    }
}

/// The tools in short: what is available, else what is allowed.
fn tools(card: &AgentCard, mask: &Mask<'_>) -> String {
    let ToolSummary {
        available,
        allowed,
        denied,
    } = &card.tools;
    let mut text = match available {
        Some(tools) if tools.is_empty() => "none".into(),
        Some(tools) => first_few(tools, mask),
        None if card.mode == "bypassPermissions" => "all".into(),
        None if allowed.is_empty() => "default".into(),
        None => format!("allows {}", first_few(allowed, mask)),
    };
    if !denied.is_empty() {
        text.push_str(&format!(", {} denied", denied.len()));
    }
    text
}

fn first_few(tools: &[String], mask: &Mask<'_>) -> String {
    const SHOWN: usize = 3;
    let mut text = tools
        .iter()
        .take(SHOWN)
        .map(|tool| mask.line(tool))
        .collect::<Vec<_>>()
        .join(", ");
    if tools.len() > SHOWN {
        text.push_str(&format!(" +{}", tools.len() - SHOWN));
    }
    text
}

/// A text cut to a number of characters.
pub(crate) fn cut(text: &str, max: usize) -> String {
    match text.char_indices().nth(max) {
        None => text.into(),
        Some(_) => text
            .chars()
            .take(max.saturating_sub(1))
            .chain(['…'])
            .collect(),
    }
}

/// Two sentences in a row, of which the first may lack its full stop.
pub(crate) fn sentences(first: &str, second: &str) -> String {
    let first = first.trim_end();
    if second.is_empty() {
        return first.into();
    }
    let stop = if first.ends_with(['.', '?', '!', ':']) {
        ""
    } else {
        "."
    };
    format!("{first}{stop} {second}")
}
