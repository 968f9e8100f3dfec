//! Built-in tools and what they can do. Source: `facts/claude-code.md` §2.7 and §5.2 (tools reference at 2.1.240).

/// What a tool can do to the world.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Effect {
    /// Looks at files of the machine, and changes nothing.
    Reads,
    /// Keeps the session's own books.
    Neutral,
    /// Runs commands, writes files, or starts something that may.
    Acts,
    /// Sends something away.
    Sends,
}

/// A built-in tool.
pub struct Tool {
    /// Canonical name; case matters.
    pub name: &'static str,
    /// What it can do.
    pub effect: Effect,
}

const fn tool(name: &'static str, effect: Effect) -> Tool {
    Tool { name, effect }
}

/// All built-in tools, with names that older releases used.
pub static TOOLS: &[Tool] = &[
    tool("Read", Effect::Reads),
    tool("Grep", Effect::Reads),
    tool("Glob", Effect::Reads),
    tool("LSP", Effect::Reads),
    tool("ToolSearch", Effect::Reads),
    tool("ListMcpResourcesTool", Effect::Reads),
    tool("ReadMcpResourceTool", Effect::Reads),
    tool("LS", Effect::Reads),
    tool("NotebookRead", Effect::Reads),
    tool("TodoWrite", Effect::Neutral),
    tool("TaskCreate", Effect::Neutral),
    tool("TaskGet", Effect::Neutral),
    tool("TaskList", Effect::Neutral),
    tool("TaskUpdate", Effect::Neutral),
    tool("TaskOutput", Effect::Neutral),
    tool("AskUserQuestion", Effect::Neutral),
    tool("EnterPlanMode", Effect::Neutral),
    tool("ExitPlanMode", Effect::Neutral),
    tool("WaitForMcpServers", Effect::Neutral),
    tool("ReportFindings", Effect::Neutral),
    tool("EndConversation", Effect::Neutral),
    tool("Bash", Effect::Acts),
    tool("PowerShell", Effect::Acts),
    tool("Monitor", Effect::Acts),
    tool("Edit", Effect::Acts),
    tool("MultiEdit", Effect::Acts),
    tool("Write", Effect::Acts),
    tool("NotebookEdit", Effect::Acts),
    tool("Agent", Effect::Acts),
    tool("Task", Effect::Acts),
    tool("Workflow", Effect::Acts),
    tool("Skill", Effect::Acts),
    tool("EnterWorktree", Effect::Acts),
    tool("ExitWorktree", Effect::Acts),
    tool("CronCreate", Effect::Acts),
    tool("CronDelete", Effect::Acts),
    tool("ScheduleWakeup", Effect::Acts),
    tool("WebFetch", Effect::Sends),
    tool("WebSearch", Effect::Sends),
    tool("Artifact", Effect::Sends),
    tool("SendUserFile", Effect::Sends),
    tool("RemoteTrigger", Effect::Sends),
    tool("SendMessage", Effect::Sends),
    tool("PushNotification", Effect::Sends),
    tool("ShareOnboardingGuide", Effect::Sends),
];

/// Bare denies of all of these leave a run without a tool that acts or sends (`facts/claude-code.md` §5.2, case 2).
pub static DENY_SET: &[&str] = &[
    "Bash",
    "PowerShell",
    "Monitor",
    "Edit",
    "Write",
    "NotebookEdit",
    "Agent",
    "Workflow",
    "Skill",
    "WebFetch",
    "WebSearch",
    "mcp__*",
];

/// What a tool can do; unknown names and MCP tools may do anything.
pub fn effect(name: &str) -> Effect {
    TOOLS
        .iter()
        .find(|tool| tool.name == name)
        .map_or(Effect::Acts, |tool| tool.effect)
}

/// Whether a run that holds only this tool stays read-only.
pub fn is_read_only(name: &str) -> bool {
    matches!(effect(name), Effect::Reads | Effect::Neutral)
}
