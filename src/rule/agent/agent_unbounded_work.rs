//! `agent-unbounded-work`: no limit on turns or cost.

use crate::agent::{AgentKind, AgentRun, Work};
use crate::declare_rule;
use crate::finding::{Finding, Severity};
use crate::rule::{Check, Findings, Options};
use crate::subject::Subject;

use super::{confidence_of, with_trail};

declare_rule! {
    /// ## What it does
    ///
    /// Notes a headless run of Claude without `--max-turns` and without `--max-budget-usd`.
    ///
    /// ## Why it matters
    ///
    /// Claude Code has no limit of its own on turns or cost. A time limit ends a run late; a limit on turns ends
    /// one that goes in circles, or that a stranger keeps busy at the owner's expense.
    ///
    /// ## What is accepted
    ///
    /// `--max-turns`, `--max-budget-usd`, `CLAUDE_CODE_MAX_TURNS`, `max_turns` of the action's beta, the options of
    /// the SDK.
    ///
    /// ## How to fix
    ///
    /// Add `--max-turns 20` (or what the work needs) to the flags, for the action in `claude_args`.
    ///
    /// ## Examples
    ///
    /// ```repo fires
    /// === .github/workflows/review.yml
    /// on: pull_request
    /// jobs:
    ///   review:
    ///     runs-on: ubuntu-latest
    ///     timeout-minutes: 10
    ///     permissions: {}
    ///     steps:
    ///       - run: claude -p "review the change"
    /// ```
    ///
    /// ```repo silent
    /// === .github/workflows/review.yml
    /// on: pull_request
    /// jobs:
    ///   review:
    ///     runs-on: ubuntu-latest
    ///     timeout-minutes: 10
    ///     permissions: {}
    ///     steps:
    ///       - run: claude -p "review the change" --max-turns 20
    /// ```
    pub(crate) static AGENT_UNBOUNDED_WORK = {
        id: "agent-unbounded-work",
        group: Agent,
        summary: "nothing bounds the turns or the cost of an agent run",
        severity: Note,
        confidence: High,
        tags: ["ASI10", "CWE-770"],
        check: Check::Subject(check),
    }
}

fn check(subject: &Subject, _: &Options, findings: &mut Findings) {
    for run in subject
        .runs
        .iter()
        .filter(|run| run.work == Work::Unbounded)
    {
        findings.report(of_run(run));
    }
}

fn of_run(run: &AgentRun) -> Finding {
    let help = match run.kind {
        AgentKind::Action | AgentKind::BaseAction => "Add `--max-turns 20` to `claude_args`.",
        AgentKind::Sdk => "Set `max_turns` in the options of the SDK.",
        _ => "Add `--max-turns 20` or `--max-budget-usd 5`.",
    };
    let message = "this run has no limit on turns or cost; Claude Code sets none by itself";
    let finding = Finding::new(
        AGENT_UNBOUNDED_WORK.id,
        Severity::Note,
        confidence_of(run),
        run.location.clone(),
        message,
    )
    .anchor(&run.anchor)
    .help(help);
    with_trail(finding, run)
}
