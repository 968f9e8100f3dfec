//! `command-broad-tools`: a command or a skill that may run anything.

use crate::claude::instruction::{self, Width};
use crate::declare_rule;
use crate::finding::{Confidence, Finding, Severity};
use crate::rule::{Check, Findings, Options};
use crate::subject::Subject;

declare_rule! {
    /// ## What it does
    ///
    /// Reports `allowed-tools` in the front matter of commands and skills that let any command run (`Bash`, `Bash(*)`,
    /// `*`): an error; or any code through an interpreter or a runner (`Bash(python3:*)`, `Bash(npx:*)`): a warning.
    ///
    /// ## Why it matters
    ///
    /// While the command or the skill is used, nobody is asked about these tools, also in a folder that nobody
    /// trusted and in `claude -p`. Claude chooses skills by itself.
    ///
    /// ## What is accepted
    ///
    /// Commands with fixed arguments, and tools that only read.
    ///
    /// ## How to fix
    ///
    /// Name the commands: `Bash(git status:*), Bash(npm test)`.
    ///
    /// ## Examples
    ///
    /// ```repo fires
    /// === .claude/commands/release.md
    /// ---
    /// description: Make a release
    /// allowed-tools: Read, Bash
    /// ---
    /// Make a release.
    /// ```
    ///
    /// ```repo silent
    /// === .claude/commands/release.md
    /// ---
    /// description: Make a release
    /// allowed-tools: Read, Bash(git tag:*)
    /// ---
    /// Make a release.
    /// ```
    pub(crate) static COMMAND_BROAD_TOOLS = {
        id: "command-broad-tools",
        group: Instruction,
        summary: "a command or a skill may run anything without asking",
        severity: Error,
        confidence: High,
        tags: ["ASI02", "ASI05", "CWE-250"],
        check: Check::Subject(check),
    }
}

fn check(subject: &Subject, _: &Options, findings: &mut Findings) {
    for tool in &subject.configuration.tools {
        let name = &tool.text;
        let (severity, message) = match instruction::width(name) {
            Width::Any => (
                Severity::Error,
                format!(
                    "`{name}` lets Claude run any command without asking while this is used, also in a folder that nobody trusted"
                ),
            ),
            Width::Code => (
                Severity::Warning,
                format!(
                    "`{name}` lets Claude run any code without asking while this is used: its arguments are free"
                ),
            ),
            Width::Narrow => continue,
        };
        findings.report(
            Finding::new(
                COMMAND_BROAD_TOOLS.id,
                severity,
                Confidence::High,
                tool.location.clone(),
                message,
            )
            .anchor("allowed-tools")
            .help("Name the commands that it needs: `Bash(git status:*), Bash(npm test)`."),
        );
    }
}
