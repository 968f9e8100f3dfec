//! `hook-repository-script`: a hook that runs what any pull request may change.

use crate::declare_rule;
use crate::finding::{Confidence, Finding, Severity};
use crate::rule::{Check, Findings, Options};
use crate::subject::Subject;

use super::finish;

declare_rule! {
    /// ## What it does
    ///
    /// Reports hooks that run files of the checkout outside `.claude`: `npm run …`, `make …`, `./scripts/x.sh`.
    ///
    /// ## Why it matters
    ///
    /// The hook itself stands under `.claude`, which reviewers watch and which `claude-code-action` restores from the
    /// base branch. A package script or a Makefile does not: a pull request changes it, and the hook runs it with the
    /// rights of whoever, or of whatever job, starts Claude there.
    ///
    /// ## What is accepted
    ///
    /// Scripts under `.claude`, tools that are installed on the machine, and the files of a plugin in its own hooks.
    ///
    /// ## How to fix
    ///
    /// Keep the script under `.claude/hooks`, with an owner in `CODEOWNERS`, or call the tool itself.
    ///
    /// ## Examples
    ///
    /// ```repo fires
    /// === .claude/settings.json
    /// {"hooks": {"PostToolUse": [{"matcher": "Edit|Write", "hooks": [
    ///   {"type": "command", "command": "npm run lint:fix"}
    /// ]}]}}
    /// ```
    ///
    /// ```repo silent
    /// === .claude/settings.json
    /// {"hooks": {"PostToolUse": [{"matcher": "Edit|Write", "hooks": [
    ///   {"type": "command", "command": "bash \"$CLAUDE_PROJECT_DIR/.claude/hooks/format.sh\""}
    /// ]}]}}
    /// === .claude/hooks/format.sh
    /// jq -r .tool_input.file_path | xargs gofmt -w
    /// ```
    pub(crate) static HOOK_REPOSITORY_SCRIPT = {
        id: "hook-repository-script",
        group: Hook,
        summary: "a hook runs files that any pull request may change",
        severity: Warning,
        confidence: High,
        tags: ["ASI05", "CWE-829"],
        check: Check::Subject(check),
    }
}

fn check(subject: &Subject, _: &Options, findings: &mut Findings) {
    for hook in &subject.configuration.hooks {
        for (location, what) in &hook.behaviour.repository {
            let message = format!(
                "this hook runs {what} of the checkout: a pull request that changes it runs its code on the machine, or in the job, that starts Claude there"
            );
            findings.report(finish(
                Finding::new(HOOK_REPOSITORY_SCRIPT.id, Severity::Warning, Confidence::High, location.clone(), message)
                    .help("Keep what hooks run under `.claude/hooks`, with an owner in `CODEOWNERS`, or call the tool itself."),
                &hook.handler,
            ));
        }
    }
}
