//! Hook events: whether they can stop something, and what their matcher is compared with. Source:
//! `facts/claude-code.md` §3.1, §3.3, §3.4 (2.1.330).

/// How a hook on an event stops what is about to happen.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Blocks {
    /// By exit code 2, or by a decision in JSON.
    ExitTwo,
    /// By any exit code but 0.
    AnyFailure,
    /// Only by a decision in JSON.
    Json,
    /// The tool has run already; exit code 2 only tells Claude something.
    Afterwards,
    /// Not at all.
    Never,
}

/// What a matcher on an event is compared with.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Matches {
    /// The name of the tool.
    Tool,
    /// Something else: a source, a reason, an agent type.
    Other,
    /// Nothing: Claude Code ignores it.
    Ignored,
}

/// A hook event.
#[derive(Debug)]
pub struct Event {
    /// Its name; case matters.
    pub name: &'static str,
    /// Whether it can stop something.
    pub blocks: Blocks,
    /// What its matcher means.
    pub matches: Matches,
}

const fn event(name: &'static str, blocks: Blocks, matches: Matches) -> Event {
    Event {
        name,
        blocks,
        matches,
    }
}

impl Event {
    /// Whether hooks on this event decide about something that Claude or a stranger wants to do. Events such as `Stop`
    /// can be answered with exit code 2 too, but that keeps Claude working and guards nothing.
    pub fn is_gate(&self) -> bool {
        matches!(
            self.name,
            "PreToolUse"
                | "PermissionRequest"
                | "UserPromptSubmit"
                | "UserPromptExpansion"
                | "ConfigChange"
                | "PreModelSwitch"
                | "Elicitation"
        )
    }
}

/// All events.
pub static EVENTS: &[Event] = &[
    event("PreToolUse", Blocks::ExitTwo, Matches::Tool),
    event("PostToolUse", Blocks::Afterwards, Matches::Tool),
    event("PostToolUseFailure", Blocks::Afterwards, Matches::Tool),
    event("PostToolBatch", Blocks::ExitTwo, Matches::Ignored),
    event("PermissionRequest", Blocks::Json, Matches::Tool),
    event("PermissionDenied", Blocks::Never, Matches::Tool),
    event("Notification", Blocks::Never, Matches::Other),
    event("UserPromptSubmit", Blocks::ExitTwo, Matches::Ignored),
    event("UserPromptExpansion", Blocks::ExitTwo, Matches::Other),
    event("SessionStart", Blocks::Never, Matches::Other),
    event("SessionEnd", Blocks::Never, Matches::Other),
    event("Setup", Blocks::Never, Matches::Other),
    event("Stop", Blocks::ExitTwo, Matches::Ignored),
    event("StopFailure", Blocks::Never, Matches::Other),
    event("SubagentStart", Blocks::Never, Matches::Other),
    event("SubagentStop", Blocks::ExitTwo, Matches::Other),
    event("TeammateIdle", Blocks::ExitTwo, Matches::Ignored),
    event("TaskCreated", Blocks::ExitTwo, Matches::Ignored),
    event("TaskCompleted", Blocks::ExitTwo, Matches::Ignored),
    event("PreCompact", Blocks::ExitTwo, Matches::Other),
    event("PostCompact", Blocks::Never, Matches::Other),
    event("PreModelSwitch", Blocks::ExitTwo, Matches::Other),
    event("PostModelSwitch", Blocks::Never, Matches::Other),
    event("ConfigChange", Blocks::ExitTwo, Matches::Other),
    event("InstructionsLoaded", Blocks::Never, Matches::Other),
    event("CwdChanged", Blocks::Never, Matches::Ignored),
    event("FileChanged", Blocks::Never, Matches::Other),
    event("DirectoryAdded", Blocks::Never, Matches::Other),
    event("WorktreeCreate", Blocks::AnyFailure, Matches::Ignored),
    event("WorktreeRemove", Blocks::Never, Matches::Ignored),
    event("Elicitation", Blocks::ExitTwo, Matches::Other),
    event("ElicitationResult", Blocks::ExitTwo, Matches::Other),
    event("MessageDisplay", Blocks::Never, Matches::Ignored),
];

/// The event of a name.
pub fn find(name: &str) -> Option<&'static Event> {
    EVENTS.iter().find(|event| event.name == name)
}

/// The event that somebody meant who wrote this name, where it is close enough to be a slip.
pub fn nearest(name: &str) -> Option<&'static Event> {
    if name.len() > 64 {
        return None;
    }
    let folded = name.to_ascii_lowercase().replace(['_', '-'], "");
    EVENTS
        .iter()
        .map(|event| {
            let known = event.name.to_ascii_lowercase();
            (strsim::damerau_levenshtein(&folded, &known), event)
        })
        .filter(|(distance, _)| *distance <= 2)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, event)| event)
}

/// Whether Claude Code never sets a variable that looks like part of a hook's input (§3.2: measured in the binary).
pub fn is_never_set(name: &str) -> bool {
    let tool = name.strip_prefix("CLAUDE_").unwrap_or(name);
    let is_tool = ["TOOL_INPUT", "TOOL_NAME", "TOOL_OUTPUT", "TOOL_RESPONSE"]
        .iter()
        .any(|known| {
            tool.strip_prefix(known)
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('_'))
        });
    is_tool
        || matches!(
            name,
            "CLAUDE_FILE_PATH" | "CLAUDE_FILE_PATHS" | "CLAUDE_TRANSCRIPT_PATH"
        )
        || name.starts_with("CLAUDE_HOOK_")
        // The documented list is whole, and no name in it begins like this.
        || name.starts_with("CLAUDE_TOOL_")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables_that_nobody_sets_are_known() {
        for (name, expected) in [
            ("TOOL_INPUT", true),
            ("TOOL_INPUT_FILE_PATH", true),
            ("CLAUDE_TOOL_NAME", true),
            ("CLAUDE_FILE_PATHS", true),
            ("CLAUDE_HOOK_EVENT", true),
            ("CLAUDE_TOOL_COMMAND", true),
            ("CLAUDE_PROJECT_DIR", false),
            ("TOOL_INPUTS", false),
            ("PATH", false),
        ] {
            assert_eq!(is_never_set(name), expected, "{name}");
        }
    }

    #[test]
    fn a_slip_in_a_name_finds_its_event() {
        assert_eq!(nearest("pre_tool_use").unwrap().name, "PreToolUse");
        assert_eq!(nearest("PreToolUs").unwrap().name, "PreToolUse");
        assert!(nearest("SomethingNewer").is_none());
        assert_eq!(EVENTS.len(), 33);
    }
}
