//! `missing-timeout`: nothing ends the run.

use crate::agent::{AgentKind, AgentRun};
use crate::declare_rule;
use crate::finding::{Applicability, Confidence, Edit, Finding, Fix, Severity};
use crate::rule::{Check, Findings, Options};
use crate::source::Location;
use crate::subject::Subject;

use super::{confidence_of, with_trail};

/// What the fix writes: enough for a review, and a twelfth of what GitHub allows without it.
const SUGGESTED_MINUTES: u32 = 30;

declare_rule! {
    /// ## What it does
    ///
    /// Reports each job that runs Claude without a limit on its time: no `timeout-minutes` on the job or on the
    /// step, no `timeout` in front of the command, no time limit of the action itself. One finding a job, with
    /// its runs; an error where one of them is in bypass mode.
    ///
    /// ## Why it matters
    ///
    /// GitHub stops a job after 360 minutes. An agent that loops, waits or was talked into something uses all of
    /// them, with the job's token and at the price of the model. Two of three real jobs that run Claude have no
    /// limit. `BASH_DEFAULT_TIMEOUT_MS` and its kin bound one call, not the run; `timeout_minutes` is an input of
    /// the action's beta and does nothing since `v1`.
    ///
    /// ## What is accepted
    ///
    /// A limit on the job, on each step that runs Claude, or by `timeout`. A job that calls a workflow cannot have
    /// one: the called workflow is judged. A limit by an expression that cannot be resolved is a note.
    ///
    /// ## How to fix
    ///
    /// Add `timeout-minutes` to the job.
    ///
    /// ## Examples
    ///
    /// ```repo fires
    /// === .github/workflows/review.yml
    /// on: pull_request
    /// jobs:
    ///   review:
    ///     runs-on: ubuntu-latest
    ///     permissions: {}
    ///     steps:
    ///       - run: claude -p "review the change" --max-turns 10
    /// ```
    ///
    /// ```repo silent
    /// === .github/workflows/review.yml
    /// on: pull_request
    /// jobs:
    ///   review:
    ///     runs-on: ubuntu-latest
    ///     permissions: {}
    ///     steps:
    ///       - run: timeout 10m claude -p "review the change" --max-turns 10
    /// ```
    pub(crate) static MISSING_TIMEOUT = {
        id: "missing-timeout",
        group: Agent,
        summary: "nothing bounds the time of an agent run",
        severity: Warning,
        confidence: High,
        tags: ["ASI10", "CWE-770"],
        check: Check::Subject(check),
    }
}

fn check(subject: &Subject, _: &Options, findings: &mut Findings) {
    let mut jobs: Vec<(&Location, Vec<&AgentRun>)> = Vec::new();
    for run in &subject.runs {
        if run.kind == AgentKind::Unresolved || run.bounds.tightest().is_some() {
            continue;
        }
        match jobs.iter_mut().find(|(key, _)| **key == run.job.key) {
            Some((_, runs)) => runs.push(run),
            None => jobs.push((&run.job.key, vec![run])),
        }
    }
    for (key, runs) in jobs {
        if let Some(finding) = of_job(key, &runs) {
            findings.report(finding);
        }
    }
}

fn of_job(key: &Location, runs: &[&AgentRun]) -> Option<Finding> {
    let first = runs.first()?;
    let id = &first.job.id;
    // A run without any limit goes before one whose limit is not known.
    let unbounded: Vec<&AgentRun> = runs
        .iter()
        .filter(|run| run.bounds.is_empty())
        .copied()
        .collect();
    if unbounded.is_empty()
        && let Some(bound) = runs.iter().find_map(|run| run.bounds.unknown())
    {
        let place = bound.location.clone()?;
        let message = format!(
            "the {} is known only when the workflow runs; it may be empty or too long",
            bound.what
        );
        return Some(
            Finding::new(
                MISSING_TIMEOUT.id,
                Severity::Note,
                Confidence::Low,
                place,
                message,
            )
            .anchor(format!("jobs.{id}"))
            .help("Write a number, or give the expression a number to fall back on."),
        );
    }
    let runs = unbounded.as_slice();
    let first = *runs.first()?;
    let bypass = runs.iter().find(|run| run.bypass().is_some()).copied();
    let severity = if bypass.is_some() {
        Severity::Error
    } else {
        Severity::Warning
    };
    let what = if bypass.is_some() {
        "Claude in bypass mode"
    } else {
        "Claude"
    };
    let message = match &first.job.invalid_timeout {
        Some(value) => format!(
            "job `{id}` runs {what} with `timeout-minutes: {}`, which GitHub refuses",
            value.text()
        ),
        None => format!(
            "job `{id}` runs {what} without a time limit; GitHub stops it after 360 minutes"
        ),
    };
    let shown = bypass.unwrap_or(first);
    let mut finding = with_trail(
        Finding::new(
            MISSING_TIMEOUT.id,
            severity,
            confidence_of(shown),
            key.clone(),
            message,
        ),
        shown,
    )
    .anchor(format!("jobs.{id}"))
    .evidence("absent")
    .help(format!(
        "Add `timeout-minutes: {SUGGESTED_MINUTES}` to the job, or to each step that runs Claude."
    ))
    .fix(fix(first));
    for run in runs.iter().filter(|run| run.location != shown.location) {
        finding = finding.related(run.location.clone(), "and here");
    }
    Some(finding)
}

fn fix(run: &AgentRun) -> Option<Fix> {
    if let Some(value) = &run.job.invalid_timeout {
        return Some(Fix {
            title: format!("set `timeout-minutes` to {SUGGESTED_MINUTES}"),
            applicability: Applicability::Unsafe,
            edits: vec![Edit {
                location: value.clone(),
                text: SUGGESTED_MINUTES.to_string(),
            }],
        });
    }
    // A second key of the same name would make GitHub refuse the file.
    let (location, indent) = run
        .job
        .insertion
        .as_ref()
        .filter(|_| !run.job.has_timeout)?;
    let line_break = if location.file.text().contains("\r\n") {
        "\r\n"
    } else {
        "\n"
    };
    Some(Fix {
        title: format!("add `timeout-minutes: {SUGGESTED_MINUTES}` to the job"),
        applicability: Applicability::Unsafe,
        edits: vec![Edit {
            location: location.clone(),
            text: format!("timeout-minutes: {SUGGESTED_MINUTES}{line_break}{indent}"),
        }],
    })
}
