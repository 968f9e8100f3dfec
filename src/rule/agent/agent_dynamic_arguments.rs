//! `agent-dynamic-arguments`: flags from a place that nobody can read.

use crate::agent::AgentRun;
use crate::declare_rule;
use crate::finding::{Finding, Severity};
use crate::rule::{Check, Findings, Options};
use crate::source::Traced;
use crate::subject::Subject;

use super::{confidence_of, with_trail};

declare_rule! {
    /// ## What it does
    ///
    /// Reports words of a start of Claude that may become flags and whose value the files do not show: `claude
    /// $ARGS`, `claude_args: ${{ inputs.args }}`.
    ///
    /// ## Why it matters
    ///
    /// Whoever fills such a word decides the permission mode, the tools and the settings of the run. No check of
    /// the file can say what the run may do.
    ///
    /// ## What is accepted
    ///
    /// Variables, inputs, matrix values and outputs whose value is written down somewhere in the repository. Values
    /// of known flags (`--model "$MODEL"`), and the prompt.
    ///
    /// ## How to fix
    ///
    /// Write the flags where Claude is started, and let callers set values only: a model, a number, a prompt in
    /// quotes.
    ///
    /// ## Examples
    ///
    /// ```repo fires
    /// === .github/workflows/run.yml
    /// on:
    ///   workflow_dispatch:
    ///     inputs:
    ///       args:
    ///         type: string
    /// jobs:
    ///   run:
    ///     runs-on: ubuntu-latest
    ///     timeout-minutes: 10
    ///     permissions: {}
    ///     steps:
    ///       - run: claude -p "tidy up" ${{ inputs.args }}
    /// ```
    ///
    /// ```repo silent
    /// === .github/workflows/run.yml
    /// on: workflow_dispatch
    /// env:
    ///   ARGS: --max-turns 5
    /// jobs:
    ///   run:
    ///     runs-on: ubuntu-latest
    ///     timeout-minutes: 10
    ///     permissions: {}
    ///     steps:
    ///       - run: claude -p "tidy up" $ARGS
    /// ```
    pub(crate) static AGENT_DYNAMIC_ARGUMENTS = {
        id: "agent-dynamic-arguments",
        group: Agent,
        summary: "flags of an agent run come from a place that cannot be read",
        severity: Warning,
        confidence: Medium,
        tags: ["ASI02", "CWE-88"],
        check: Check::Subject(check),
    }
}

fn check(subject: &Subject, _: &Options, findings: &mut Findings) {
    for run in &subject.runs {
        for word in &run.dynamic {
            findings.report_some(of_word(run, word));
        }
    }
}

fn of_word(run: &AgentRun, word: &Traced) -> Option<Finding> {
    let hole = word.holes().first()?;
    let location = word.locate(hole.span.range()).or_else(|| word.location())?;
    let source = &hole.source;
    let message =
        format!("flags of Claude come from `{source}`, whose value Portcullis cannot tell");
    let finding = Finding::new(
        AGENT_DYNAMIC_ARGUMENTS.id,
        Severity::Warning,
        confidence_of(run).min(AGENT_DYNAMIC_ARGUMENTS.confidence),
        location,
        message,
    )
    .anchor(&run.anchor)
    .help("Write the flags where Claude is started, and let others set values only: `--model \"$MODEL\"`, a prompt in quotes.");
    Some(with_trail(finding, run))
}
