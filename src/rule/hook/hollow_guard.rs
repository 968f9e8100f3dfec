//! `hollow-guard`: a guard that acts and does not hold.

use crate::claude::catalog::events::Blocks;
use crate::claude::hook::{HandlerKind, Intent, Place, Verdict, host, is_loopback};
use crate::declare_rule;
use crate::finding::{Confidence, Finding, Severity};
use crate::rule::{Check, Findings, Options};
use crate::source::Location;
use crate::subject::Subject;
use crate::subject::configuration::Hook;

use super::{WORKING_GUARD, blocks_by_code, dead_hook, finish, intent};

/// A longer timeout is probably meant in milliseconds.
const LONG_SECONDS: f64 = 3600.0;

declare_rule! {
    /// ## What it does
    ///
    /// Reports guards that run and do not hold:
    ///
    /// - they can never exit with code 2 and print no decision, or stand on an event that cannot be stopped, or run
    ///   detached (`async`): an error
    /// - their exit code gets lost (`|| true`, a pipeline, `; exit 0`, `&`), their script is named by a relative path,
    ///   their address is `http://`: a warning
    /// - a `timeout` of more than an hour is probably meant in milliseconds: a note
    ///
    /// ## Why it matters
    ///
    /// Only exit code 2 or a decision in JSON stops a call. Exit code 1, a crash, a missing script or a timeout is an
    /// error that is noted down while the call proceeds.
    ///
    /// ## What is accepted
    ///
    /// Hooks that stop nothing and do not say that they do. A guard whose program cannot be read.
    ///
    /// ## How to fix
    ///
    /// Read the JSON on standard input, write the reason to standard error and exit with code 2, on `PreToolUse`.
    ///
    /// ## Examples
    ///
    /// ```repo fires
    /// === .claude/settings.json
    /// {"hooks": {"PreToolUse": [{"matcher": "Bash", "hooks": [{
    ///   "type": "command",
    ///   "command": "jq -r .tool_input.command | grep -q curl && echo 'BLOCKED: no network' >&2 && exit 1"
    /// }]}]}}
    /// ```
    ///
    /// ```repo fires
    /// === .claude/settings.json
    /// {"hooks": {"PreToolUse": [{"matcher": "Bash", "hooks": [{
    ///   "type": "command",
    ///   "command": "python3 \"$CLAUDE_PROJECT_DIR/.claude/hooks/guard.py\" || true"
    /// }]}]}}
    /// === .claude/hooks/guard.py
    /// import json, sys
    /// if "curl" in json.load(sys.stdin)["tool_input"]["command"]:
    ///     sys.exit(2)
    /// ```
    ///
    /// ```repo silent
    /// === .claude/settings.json
    /// {"hooks": {"PreToolUse": [{"matcher": "Bash", "hooks": [{
    ///   "type": "command",
    ///   "timeout": 10,
    ///   "command": "jq -r .tool_input.command | grep -q curl && echo 'BLOCKED: no network' >&2 && exit 2; exit 0"
    /// }]}]}}
    /// ```
    pub(crate) static HOLLOW_GUARD = {
        id: "hollow-guard",
        group: Hook,
        summary: "a guard runs and does not hold",
        severity: Error,
        confidence: High,
        tags: ["ASI02", "CWE-693"],
        check: Check::Subject(check),
    }
}

fn check(subject: &Subject, _: &Options, findings: &mut Findings) {
    for hook in &subject.configuration.hooks {
        findings.report_some(timeout(hook).map(|finding| finish(finding, &hook.handler)));
        let is_dead = dead_hook::of_hook(hook).is_some_and(|dead| dead.severity > Severity::Note);
        if !is_dead {
            findings.report_some(weakness(hook).map(|finding| finish(finding, &hook.handler)));
        }
    }
}

fn finding(severity: Severity, confidence: Confidence, at: &Location, message: String) -> Finding {
    Finding::new(HOLLOW_GUARD.id, severity, confidence, at.clone(), message)
}

fn timeout(hook: &Hook) -> Option<Finding> {
    let (seconds, at) = hook.handler.timeout.as_ref()?;
    (*seconds > LONG_SECONDS).then(|| {
        let hours = seconds / 3600.0;
        finding(
            Severity::Note,
            Confidence::Medium,
            at,
            format!("`timeout` is in seconds: {} is {hours:.1} hours, and probably milliseconds were meant", at.text()),
        )
        .help(format!("Write `{}`.", (seconds / 1000.0).ceil()))
    })
}

fn weakness(hook: &Hook) -> Option<Finding> {
    address(hook).or_else(|| {
        if intent(hook) != Intent::Guard {
            return None;
        }
        late(hook)
            .or_else(|| detached(hook))
            .or_else(|| toothless(hook))
            .or_else(|| swallowed(hook))
            .or_else(|| relative(hook))
    })
}

/// A guard on an event that cannot be stopped.
fn late(hook: &Hook) -> Option<Finding> {
    let event = hook.handler.known?;
    let (severity, confidence, why) = match event.blocks {
        Blocks::Never => (
            Severity::Error,
            Confidence::High,
            "nothing can be stopped there",
        ),
        Blocks::Afterwards => (
            Severity::Warning,
            Confidence::Medium,
            "the tool has run by then",
        ),
        _ => return None,
    };
    Some(
        finding(
            severity,
            confidence,
            &hook.handler.event.location,
            format!(
                "this hook says that it blocks, but it runs on `{}`: {why}",
                event.name
            ),
        )
        .help("Put it on `PreToolUse`, which runs before the tool."),
    )
}

fn detached(hook: &Hook) -> Option<Finding> {
    let detached = hook.handler.detached.as_ref()?;
    Some(
        finding(
            Severity::Error,
            Confidence::High,
            &detached.location,
            format!(
                "`{}` lets the call proceed while this guard still runs: it can never stop it",
                detached.text
            ),
        )
        .help(format!("Take `{}` out.", detached.text)),
    )
}

/// A guard that can never answer in a way that stops the call.
fn toothless(hook: &Hook) -> Option<Finding> {
    let behaviour = &hook.behaviour;
    if !blocks_by_code(&hook.handler) {
        if behaviour.decisions.is_empty() && behaviour.unresolved.is_empty() {
            let at = behaviour.exits.iter().find(|exit| exit.code != Some(0))?;
            let name = &hook.handler.event.text;
            return Some(
                finding(Severity::Error, Confidence::High, &at.location, format!("`{name}` ignores exit codes: only a decision in JSON on standard output counts, and this guard prints none"))
                    .help("Print `{\"hookSpecificOutput\": {\"hookEventName\": \"PermissionRequest\", \"decision\": {\"behavior\": \"deny\"}}}`, or put the guard on `PreToolUse` and exit with 2."),
            );
        }
        return None;
    }
    if hook
        .handler
        .known
        .is_some_and(|event| event.blocks == Blocks::AnyFailure)
        || behaviour.verdict() != Verdict::Cannot
    {
        return None;
    }
    let failing = behaviour.exits.iter().find(|exit| exit.code != Some(0));
    let confidence = if behaviour.refusal.is_some() {
        Confidence::High
    } else {
        Confidence::Medium
    };
    Some(match failing {
        Some(exit) => finding(
            Severity::Error,
            confidence,
            &exit.location,
            format!(
                "exit code {} stops nothing: Claude Code notes an error and the call proceeds; only exit code 2 or a decision in JSON blocks",
                exit.code.unwrap_or(1)
            ),
        ),
        None => finding(
            Severity::Error,
            Confidence::Medium,
            behaviour.refusal.as_ref()?,
            "this message says that something is blocked, but the hook always exits with 0: the call proceeds".to_owned(),
        ),
    }
    .help(WORKING_GUARD))
}

fn swallowed(hook: &Hook) -> Option<Finding> {
    let (at, how) = hook.behaviour.swallowed.as_ref()?;
    if !hook.behaviour.decisions.is_empty() {
        return None;
    }
    Some(
        finding(
            Severity::Warning,
            Confidence::High,
            at,
            format!("the exit code of this guard gets lost: {how}, so that nothing is stopped"),
        )
        .help("Let the guard be the last command, without `||`, a pipe or `&` behind it."),
    )
}

fn relative(hook: &Hook) -> Option<Finding> {
    if matches!(hook.place, Place::Plugin { .. }) {
        return None;
    }
    let script = hook
        .behaviour
        .scripts
        .iter()
        .find(|script| !script.anchored)?;
    Some(
        finding(
            Severity::Warning,
            Confidence::High,
            &script.location,
            format!("`{}` is looked for in the current folder: after a `cd` the shell does not find it, and the error stops nothing", script.location.text()),
        )
        .help(format!("Write `\"$CLAUDE_PROJECT_DIR/{}\"`.", script.path)),
    )
}

/// A guard behind an address that anybody on the way can answer for.
fn address(hook: &Hook) -> Option<Finding> {
    let HandlerKind::Http(Some(url)) = &hook.handler.kind else {
        return None;
    };
    let gate = hook.handler.known.is_some_and(|event| event.is_gate());
    let is_plain =
        url.text.starts_with("http://") && host(&url.text).is_none_or(|host| !is_loopback(&host));
    (gate && is_plain).then(|| {
        finding(
            Severity::Warning,
            Confidence::High,
            &url.location,
            "this guard is asked without encryption: whoever is on the way reads each call and answers for it; where nobody answers, the call proceeds".to_owned(),
        )
        .help("Use `https://`.")
    })
}
