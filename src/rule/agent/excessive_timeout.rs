//! `excessive-timeout`: a limit that hardly limits.

use crate::agent::{AgentRun, Bound, Limit};
use crate::declare_rule;
use crate::finding::{Finding, Severity};
use crate::rule::{Check, Findings, OptionKind, OptionMeta, Options};
use crate::subject::Subject;

use super::{confidence_of, with_trail};

declare_rule! {
    /// ## What it does
    ///
    /// Reports a run of Claude whose tightest time limit is above the ceiling (60 minutes unless the policy says
    /// otherwise), or is zero or less.
    ///
    /// ## Why it matters
    ///
    /// The best-known incident had `timeout-minutes: 120` on its triage job. A limit is worth what it cuts off.
    ///
    /// ## What is accepted
    ///
    /// Any limit up to the ceiling, on the job, on the step or by `timeout`; the tightest one counts.
    ///
    /// ## How to fix
    ///
    /// Lower the limit, or raise the ceiling for everyone in the policy:
    /// `rules: { excessive-timeout: { max-minutes: 90 } }`.
    ///
    /// ## Examples
    ///
    /// ```repo fires
    /// === .github/workflows/nightly.yml
    /// on: schedule
    /// jobs:
    ///   nightly:
    ///     runs-on: ubuntu-latest
    ///     timeout-minutes: 240
    ///     permissions: {}
    ///     steps:
    ///       - run: claude -p "tidy up" --max-turns 50
    /// ```
    ///
    /// ```repo silent
    /// === .github/workflows/nightly.yml
    /// on: schedule
    /// jobs:
    ///   nightly:
    ///     runs-on: ubuntu-latest
    ///     timeout-minutes: 240
    ///     permissions: {}
    ///     steps:
    ///       - timeout-minutes: 45
    ///         run: claude -p "tidy up" --max-turns 50
    /// ```
    pub(crate) static EXCESSIVE_TIMEOUT = {
        id: "excessive-timeout",
        group: Agent,
        summary: "the time limit of an agent run is above the ceiling",
        severity: Warning,
        confidence: High,
        tags: ["ASI10", "CWE-770"],
        options: [OptionMeta {
            name: "max-minutes",
            kind: OptionKind::Count,
            default: "60",
            help: "The longest time that a run may be given, in minutes.",
        }],
        check: Check::Subject(check),
    }
}

fn check(subject: &Subject, options: &Options, findings: &mut Findings) {
    let ceiling = f64::from(options.excessive_timeout.max_minutes);
    for run in &subject.runs {
        if let Some(bound) = run.bounds.tightest()
            && let Limit::Minutes(minutes) = bound.limit
            && (minutes > ceiling || minutes <= 0.0)
        {
            findings.report(of_run(run, bound, minutes, ceiling));
        }
    }
}

fn of_run(run: &AgentRun, bound: &Bound, minutes: f64, ceiling: f64) -> Finding {
    // A default of the action stands in no file; the run itself is shown.
    let location = bound
        .location
        .clone()
        .unwrap_or_else(|| run.location.clone());
    let message = if minutes <= 0.0 {
        format!("the {} is {minutes} minutes, which is no limit", bound.what)
    } else {
        format!(
            "the {} lets Claude run for {minutes} minutes; the ceiling is {ceiling}",
            bound.what
        )
    };
    let finding = Finding::new(
        EXCESSIVE_TIMEOUT.id,
        Severity::Warning,
        confidence_of(run),
        location,
        message,
    )
    .anchor(format!("jobs.{}.timeout", run.job.id))
    .help(format!(
        "Set it to {ceiling} or less, or give the step that runs Claude a tighter limit of its own."
    ));
    with_trail(finding, run)
}
