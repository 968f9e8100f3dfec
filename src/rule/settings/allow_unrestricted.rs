//! `allow-unrestricted`: an allow rule opens a whole tool.

use crate::claude::permission::{List, PlacedRule, Specifier};
use crate::declare_rule;
use crate::finding::{Confidence, Finding, Severity};
use crate::rule::{Check, Findings, Options};
use crate::subject::Subject;

use super::{place_of, report_some_of, shown};

declare_rule! {
    /// ## What it does
    ///
    /// Reports allow rules that approve every command: `Bash`, `Bash(*)`, `PowerShell`, and every tool of an MCP
    /// server (`mcp__server`) as a note.
    ///
    /// ## Why it matters
    ///
    /// Nobody is asked any more. A sentence in an issue or a file that Claude reads can run any program with the
    /// rights of the person.
    ///
    /// ## What is accepted
    ///
    /// Rules for single commands, and tools that only read.
    ///
    /// ## How to fix
    ///
    /// Name the commands that are needed: `Bash(npm run lint)`.
    ///
    /// ## Examples
    ///
    /// ```repo fires
    /// === .claude/settings.json
    /// {"permissions": {"allow": ["Bash(*)"]}}
    /// ```
    ///
    /// ```repo silent
    /// === .claude/settings.json
    /// {"permissions": {"allow": ["Bash(npm run lint)", "mcp__docs__search"]}}
    /// ```
    pub(crate) static ALLOW_UNRESTRICTED = {
        id: "allow-unrestricted",
        group: Settings,
        summary: "an allow rule opens a whole tool",
        severity: Error,
        confidence: High,
        tags: ["ASI02", "ASI03", "CWE-250"],
        check: Check::Subject(check),
    }
}
fn check(subject: &Subject, _: &Options, findings: &mut Findings) {
    for file in subject.guard.alive() {
        report_some_of(file.list(List::Allow).filter_map(of_rule), findings);
    }
}

fn of_rule(placed: &PlacedRule) -> Option<Finding> {
    let rule = placed.rule.as_ref().ok()?;
    let text = placed.written.text();
    let everything = match &rule.specifier {
        Specifier::All => true,
        Specifier::Command(pattern) => pattern.matches("\u{1}") || pattern.matches("\u{1} \u{1}"),
        _ => false,
    };
    let (severity, what) = match &*rule.tool {
        "Bash" | "PowerShell" | "Monitor" if everything => {
            (Severity::Error, "every command runs without a question")
        }
        tool if rule.is_bare() && is_whole_server(tool) => (
            Severity::Note,
            "every tool that the server has now or later runs without a question",
        ),
        _ => return None,
    };
    let message = format!("`{}` in the allow list: {what}", shown(text));
    Some(
        Finding::new(
            ALLOW_UNRESTRICTED.id,
            severity,
            Confidence::High,
            place_of(placed),
            message,
        )
        .anchor("permissions.allow")
        .evidence(text)
        .help("Name the commands or tools that are needed."),
    )
}

fn is_whole_server(tool: &str) -> bool {
    tool.strip_prefix("mcp__")
        .is_some_and(|rest| !rest.contains("__") || rest.ends_with("__*"))
}
