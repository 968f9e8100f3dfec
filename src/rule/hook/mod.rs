//! Rules about hooks.

mod dead_hook;
mod hollow_guard;
mod hook_egress;
mod hook_remote_execution;
mod hook_repository_script;
mod hooks_disabled;

pub(super) use dead_hook::DEAD_HOOK;
pub(super) use hollow_guard::HOLLOW_GUARD;
pub(super) use hook_egress::HOOK_EGRESS;
pub(super) use hook_remote_execution::HOOK_REMOTE_EXECUTION;
pub(super) use hook_repository_script::HOOK_REPOSITORY_SCRIPT;
pub(super) use hooks_disabled::HOOKS_DISABLED;

use crate::claude::catalog::events::Blocks;
use crate::claude::hook::{Handler, HandlerKind, Intent};
use crate::finding::{Finding, Severity};
use crate::subject::configuration::Hook;

/// What a guard looks like that works, for help texts.
const WORKING_GUARD: &str = "A guard that works reads the JSON on standard input and exits with 2: `input=$(cat); cmd=$(printf %s \"$input\" | jq -r '.tool_input.command // empty') || exit 2; case $cmd in *curl*) echo 'BLOCKED: no network' >&2; exit 2;; esac`, with the matcher `Bash` (for edits `Edit|Write|NotebookEdit` and `.tool_input.file_path`).";

/// What a hook that works reads, for help texts.
const WORKING_LOG: &str = "Read the JSON on standard input instead: `jq -c '{tool_name, tool_input}' >> ~/.claude/audit.jsonl` logs each call; `jq -r '.tool_input.file_path'` is the file of an edit.";

/// What a hook is for.
fn intent(hook: &Hook) -> Intent {
    let gate = hook.handler.known.is_some_and(|event| event.is_gate());
    hook.behaviour.intent(gate)
}

/// Whether a hook decides about something, as far as its text, or without one its event and name, show.
fn is_guard(hook: &Hook) -> bool {
    if intent(hook) == Intent::Guard {
        return true;
    }
    let gate = hook.handler.known.is_some_and(|event| event.is_gate());
    if !gate {
        return false;
    }
    match &hook.handler.kind {
        HandlerKind::Prompt(_) => true,
        HandlerKind::Command { command, .. } => {
            /// Names of scripts that stop something.
            const WORDS: &[&str] = &[
                "guard", "block", "protect", "deny", "prevent", "security", "forbid", "restrict",
                "firewall",
            ];
            let folded = command.text().to_ascii_lowercase();
            let unread = hook.behaviour.exits.is_empty();
            unread && folded.len() < 2000 && WORDS.iter().any(|word| folded.contains(word))
        }
        _ => false,
    }
}

/// An error for a guard, a warning for the rest.
fn severity(hook: &Hook) -> Severity {
    if is_guard(hook) {
        Severity::Error
    } else {
        Severity::Warning
    }
}

/// Adds what a finding of a hook has in common: anchor, and the hook where the finding stands in a script.
fn finish(finding: Finding, handler: &Handler) -> Finding {
    let finding = finding.anchor(&handler.anchor);
    if finding.location.path() == handler.location.path() {
        finding
    } else {
        let what = format!("the hook on `{}` that runs this", handler.event.text);
        finding.related(handler.location.clone(), what)
    }
}

/// Whether exit code 2 stops anything on the event of a hook.
fn blocks_by_code(handler: &Handler) -> bool {
    handler
        .known
        .is_none_or(|event| matches!(event.blocks, Blocks::ExitTwo | Blocks::AnyFailure))
}
