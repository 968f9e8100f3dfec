//! `dead-hook`: a hook that can never act.

use crate::claude::catalog::events::{self, Matches};
use crate::claude::hook::{self, HandlerKind, Intent, Malformed, Miss, ScriptState};
use crate::declare_rule;
use crate::finding::{Confidence, Finding, Severity};
use crate::rule::{Check, Findings, Options};
use crate::source::Location;
use crate::subject::Subject;
use crate::subject::configuration::Hook;

use super::{WORKING_GUARD, WORKING_LOG, finish, intent, is_guard, severity};

declare_rule! {
    /// ## What it does
    ///
    /// Reports hooks that can never do what they say. Each command is followed into the script that it names (shell,
    /// Python, JavaScript), in settings files, front matter of agents and skills, and plugins:
    ///
    /// - it reads `TOOL_INPUT`, `CLAUDE_FILE_PATHS` or another variable that Claude Code never sets, and not its
    ///   standard input, where the input really is
    /// - its event or its matcher matches nothing: another case, a bare `mcp__server`, a permission rule
    /// - its script is not in the repository, or may not be executed
    /// - `if` stands on an event without a tool; the entry has no `hooks` list; a prompt asks about `$TOOL_INPUT`
    ///
    /// A hook that means to stop something is an error, a log or a formatter a warning. A name that Portcullis does not
    /// know is a note: it may be newer.
    ///
    /// ## Why it matters
    ///
    /// Somebody believes in it. A guard that reads an unset variable sees an empty text and exits with 0, or fails
    /// with 1; neither stops a call, in any mode, and nothing is shown.
    ///
    /// ## What is accepted
    ///
    /// A variable that the hook sets by itself, and a hook that reads its standard input as well.
    ///
    /// ## How to fix
    ///
    /// Read the JSON on standard input and exit with code 2.
    ///
    /// ## Examples
    ///
    /// ```repo fires
    /// === .claude/settings.json
    /// {"hooks": {"PreToolUse": [{"matcher": "Bash", "hooks": [{
    ///   "type": "command",
    ///   "command": "if echo \"$TOOL_INPUT\" | grep -q 'rm -rf'; then echo 'BLOCKED' >&2; exit 2; fi"
    /// }]}]}}
    /// ```
    ///
    /// ```repo fires
    /// === .claude/settings.json
    /// {"hooks": {"PreToolUse": [{"matcher": "bash", "hooks": [{
    ///   "type": "command",
    ///   "command": "python3 \"$CLAUDE_PROJECT_DIR/.claude/hooks/guard.py\""
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
    ///   "command": "python3 \"$CLAUDE_PROJECT_DIR/.claude/hooks/guard.py\""
    /// }]}]}}
    /// === .claude/hooks/guard.py
    /// import json, sys
    /// if "curl" in json.load(sys.stdin)["tool_input"]["command"]:
    ///     print("BLOCKED: no network", file=sys.stderr)
    ///     sys.exit(2)
    /// ```
    pub(crate) static DEAD_HOOK = {
        id: "dead-hook",
        group: Hook,
        summary: "a hook can never act",
        severity: Error,
        confidence: High,
        tags: ["ASI02", "CWE-693"],
        check: Check::Subject(check),
    }
}

fn check(subject: &Subject, _: &Options, findings: &mut Findings) {
    for entry in &subject.configuration.malformed {
        findings.report(of_malformed(entry));
    }
    for hook in &subject.configuration.hooks {
        findings.report_some(of_hook(hook));
    }
}

/// The reason why a hook is dead, or nothing. One finding for each hook: the first reason is enough.
pub(super) fn of_hook(hook: &Hook) -> Option<Finding> {
    event(hook)
        .or_else(|| kind(hook))
        .or_else(|| condition(hook))
        .or_else(|| matcher(hook))
        .or_else(|| script(hook))
        .or_else(|| variable(hook))
        .or_else(|| prompt(hook))
        .map(|finding| finish(finding, &hook.handler))
}

fn of_malformed(entry: &Malformed) -> Finding {
    let message = format!("{}; Claude Code skips it", entry.why);
    let message = if entry.why.contains("whole file") {
        entry.why.clone()
    } else {
        message
    };
    Finding::new(DEAD_HOOK.id, Severity::Warning, Confidence::High, entry.location.clone(), message)
        .anchor(&entry.anchor)
        .help("The shape is `\"PreToolUse\": [{\"matcher\": \"Bash\", \"hooks\": [{\"type\": \"command\", \"command\": \"…\"}]}]`.")
}

fn finding(severity: Severity, confidence: Confidence, at: &Location, message: String) -> Finding {
    Finding::new(DEAD_HOOK.id, severity, confidence, at.clone(), message)
}

fn event(hook: &Hook) -> Option<Finding> {
    let handler = &hook.handler;
    if handler.known.is_some() {
        return None;
    }
    let name = &handler.event.text;
    let at = &handler.event.location;
    Some(match events::nearest(name) {
        Some(event) => finding(
            severity(hook).max(if event.is_gate() && !hook.behaviour.exits.is_empty() { Severity::Error } else { Severity::Warning }),
            Confidence::High,
            at,
            format!("Claude Code has no event `{name}` and skips this hook; `{}` is meant", event.name),
        )
        .help(format!("Write `{}`: names of events are compared with their case.", event.name)),
        None => finding(
            Severity::Note,
            Confidence::Low,
            at,
            format!("Portcullis does not know the event `{name}`; unless it is newer, this hook never runs"),
        )
        .help("Compare it with the list of events of the Claude Code version in use."),
    })
}

fn kind(hook: &Hook) -> Option<Finding> {
    let HandlerKind::Unknown(name) = &hook.handler.kind else {
        return None;
    };
    Some(
        finding(
            Severity::Note,
            Confidence::Low,
            &name.location,
            format!("Portcullis does not know hooks of type `{}`; unless it is newer, this one never runs", name.text),
        )
        .help("Known types are `command`, `http`, `mcp_tool`, `prompt` and `agent`."),
    )
}

fn condition(hook: &Hook) -> Option<Finding> {
    let condition = hook.handler.condition.as_ref()?;
    let event = hook.handler.known?;
    (event.matches != Matches::Tool).then(|| {
        finding(
            severity(hook),
            Confidence::High,
            &condition.location,
            format!(
                "`if` is compared with a tool call, and `{}` has none: this hook never runs",
                event.name
            ),
        )
        .help("Take `if` out, or put the hook on `PreToolUse` or `PostToolUse`.")
    })
}

fn matcher(hook: &Hook) -> Option<Finding> {
    let matcher = hook.handler.matcher.as_ref()?;
    if hook.handler.known?.matches != Matches::Tool {
        return None;
    }
    let misses = hook::judge_matcher(&matcher.text);
    let names = hook::matcher_names(&matcher.text).map_or(1, |names| names.len());
    let sure: Vec<&Miss> = misses
        .iter()
        .filter(|miss| !matches!(miss, Miss::Unknown(_)))
        .collect();
    let (message, help) = match (sure.first(), misses.first()) {
        (Some(Miss::Case { written, tool }), _) => (
            format!("the matcher `{written}` matches nothing: names are compared with their case, and the tool is `{tool}`"),
            format!("Write `{tool}`."),
        ),
        (Some(Miss::BareServer(name)), _) => (
            format!("the matcher `{name}` matches nothing: it is compared with whole tool names, such as `{name}__search`"),
            format!("Write `{name}__.*`."),
        ),
        (Some(Miss::Rule), _) => (
            format!("the matcher `{}` is a permission rule; a matcher is compared with the name of the tool, so this one matches nothing", matcher.text),
            "Match the tool (`Bash`) and put the rule into `if`, or look at the command in the hook.".to_owned(),
        ),
        (_, Some(Miss::Unknown(name))) => {
            return Some(
                finding(
                    Severity::Note,
                    Confidence::Low,
                    &matcher.location,
                    format!("Portcullis does not know the tool `{name}`; unless it is newer, this part of the matcher matches nothing"),
                )
                .help("Names of tools are compared exactly, with their case."),
            );
        }
        _ => return None,
    };
    // Where other names of the list match, the hook still runs for them.
    let severity = if sure.len() < names {
        Severity::Warning
    } else {
        severity(hook)
    };
    Some(finding(severity, Confidence::High, &matcher.location, message).help(help))
}

fn script(hook: &Hook) -> Option<Finding> {
    let script = hook
        .behaviour
        .scripts
        .iter()
        .find(|script| script.state != ScriptState::Present)?;
    let path = &script.path;
    let consequence = if hook.handler.known.is_some_and(|event| event.is_gate()) {
        "the shell answers with an error that is not 2, and nothing is stopped"
    } else {
        "it fails each time, and nothing comes of it"
    };
    // What a build or an installation makes is not in the tree and may be there when it runs.
    let made = [
        "node_modules/",
        "dist/",
        "build/",
        "target/",
        ".venv/",
        "venv/",
        "bin/",
    ]
    .iter()
    .any(|part| path.contains(part));
    let (message, help, confidence) = match script.state {
        ScriptState::NotExecutable => (
            format!("`{path}` may not be executed: {consequence}"),
            format!("Run `chmod +x {path}` and commit the mode, or name its interpreter: `bash {path}`."),
            Confidence::High,
        ),
        _ => (
            format!("`{path}` is not in the repository: {consequence}"),
            "Commit the script, or correct its path; `\"$CLAUDE_PROJECT_DIR/.claude/hooks/…\"` holds from any folder.".to_owned(),
            if made { Confidence::Low } else { Confidence::High },
        ),
    };
    let severity = if made {
        Severity::Warning
    } else {
        severity(hook)
    };
    Some(finding(severity, confidence, &script.location, message).help(help))
}

fn variable(hook: &Hook) -> Option<Finding> {
    let behaviour = &hook.behaviour;
    let phantom = behaviour
        .phantoms
        .first()
        .filter(|_| behaviour.input.is_empty())?;
    let name = &phantom.name;
    let never = format!("`{name}`, which Claude Code never sets");
    let starved = behaviour.starved.first();
    let message = match (intent(hook), starved) {
        (Intent::Guard, Some(starved)) if starved.crashes => format!(
            "this guard hands {never}, to {}: parsing the empty text fails with exit code 1, which stops nothing, so that every call proceeds",
            starved.program
        ),
        (Intent::Guard, _) => format!(
            "this guard reads {never}: it sees an empty input, exits with 0 on every call and stops nothing"
        ),
        (Intent::Log, _) => {
            format!("this hook logs {never}: what it writes down is empty on every call")
        }
        (Intent::Formatter, _) => {
            format!("this hook takes its files from {never}: it never sees a file")
        }
        (Intent::Other, _) => {
            format!("this hook reads {never}: it works on an empty text on every call")
        }
    };
    let help = if is_guard(hook) {
        WORKING_GUARD
    } else {
        WORKING_LOG
    };
    let mut finding =
        finding(severity(hook), Confidence::High, &phantom.location, message).help(help);
    for other in behaviour
        .phantoms
        .iter()
        .skip(1)
        .filter(|other| other.name != *name)
        .take(4)
    {
        finding = finding.related(
            other.location.clone(),
            format!("`{}` is never set either", other.name),
        );
    }
    Some(finding)
}

fn prompt(hook: &Hook) -> Option<Finding> {
    let HandlerKind::Prompt(Some(text)) = &hook.handler.kind else {
        return None;
    };
    if text.text().contains("$ARGUMENTS") {
        return None;
    }
    let names = [
        "$TOOL_INPUT",
        "$TOOL_NAME",
        "$CLAUDE_TOOL_INPUT",
        "$TOOL_OUTPUT",
        "$TOOL_RESULT",
        "$USER_PROMPT",
    ];
    let (at, name) = names
        .iter()
        .find_map(|name| text.text().find(name).map(|at| (at, *name)))?;
    let place = text.locate(at..at + name.len())?;
    Some(
        finding(
            severity(hook),
            Confidence::High,
            &place,
            format!("`{name}` means nothing in a prompt: the model is asked about the words `{name}` and never sees the call"),
        )
        .help("Write `$ARGUMENTS`; Claude Code puts the JSON of the call there."),
    )
}
