//! `dangerous-command-not-denied`: no rule stops a dangerous command.

use crate::claude::permission::{Call, List};
use crate::declare_rule;
use crate::finding::{Confidence, Finding, Severity};
use crate::rule::{Check, Findings, Level, Options, Profile};
use crate::subject::Subject;

use super::acts::{ACTS, Act};
use super::root_files;

declare_rule! {
    /// ## What it does
    ///
    /// Reports, for committed settings, which dangerous acts no live deny or ask rule stops: recursive
    /// removal, forced pushes, discarded work, downloads, remote shells, `sudo`. Each act is judged by the evaluator
    /// over real command lines; profile `enterprise` makes it an error.
    ///
    /// ## Why it matters
    ///
    /// Without a rule, only the mode stands between Claude and the command, and bypass mode lets everything through.
    ///
    /// ## What is accepted
    ///
    /// Acts of which at least the plain spelling is denied or asked about; `weak-deny` says which spellings pass.
    ///
    /// ## How to fix
    ///
    /// Add the rules that are named to `permissions.deny` or `permissions.ask`.
    ///
    /// ## Examples
    ///
    /// ```repo fires
    /// === .claude/settings.json
    /// {"permissions": {"deny": ["Read(.env)"]}}
    /// ```
    ///
    /// ```repo silent
    /// === .claude/settings.json
    /// {"permissions": {"deny": ["Bash(rm:*)", "Bash(git push:*)", "Bash(git reset:*)", "Bash(curl:*)", "Bash(wget:*)", "Bash(ssh:*)", "Bash(sudo:*)"]}}
    /// ```
    pub(crate) static DANGEROUS_COMMAND_NOT_DENIED = {
        id: "dangerous-command-not-denied",
        group: Settings,
        summary: "no rule stops a dangerous command",
        severity: Warning,
        confidence: High,
        tags: ["ASI02", "CWE-862"],
        profiles: [(Profile::Individual, Level::Off), (Profile::Enterprise, Level::At(Severity::Error))],
        check: Check::Subject(check),
    }
}
fn check(subject: &Subject, _: &Options, findings: &mut Findings) {
    for file in root_files(subject) {
        let rules = subject.guard.rules(&file.folder);
        let stopped = |command: &str| {
            Call::parse(&format!("Bash({command})")).is_ok_and(|call| {
                [List::Deny, List::Ask]
                    .iter()
                    .any(|list| rules.stopped_by(*list, &call).is_some())
            })
        };
        let open: Vec<&Act> = ACTS
            .iter()
            .filter(|act| {
                act.required && !act.spellings.iter().take(1).all(|command| stopped(command))
            })
            .collect();
        if open.is_empty() {
            continue;
        }
        let acts: Vec<String> = open
            .iter()
            .map(|act| format!("`{}`", act.spellings.first().unwrap_or(&"")))
            .collect();
        let rules: Vec<&str> = open.iter().map(|act| act.rule).collect();
        let message = format!("no live deny or ask rule stops {}", acts.join(", "));
        let finding = Finding::new(
            DANGEROUS_COMMAND_NOT_DENIED.id,
            Severity::Warning,
            Confidence::High,
            file.place(),
            message,
        );
        let help = format!(
            "Add to `permissions.deny`, or to `ask` where a person may decide: {}.",
            rules.join(", ")
        );
        findings.report(
            finding
                .anchor("permissions.deny")
                .evidence(&acts.join(","))
                .help(help),
        );
    }
}
