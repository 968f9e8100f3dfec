//! `sandbox-weakened`: the sandbox is on, and something opens it again.

use crate::claude::settings::keys::WEAKENING;
use crate::declare_rule;
use crate::finding::{Confidence, Finding, Severity};
use crate::rule::{Check, Findings, Options};
use crate::source::{Entry, Location, Node};
use crate::subject::Subject;

use super::shown;

declare_rule! {
    /// ## What it does
    ///
    /// Reports switches that weaken the sandbox, and a sandbox that is on but may fail open: without
    /// `failIfUnavailable` commands run outside where the sandbox cannot start, and without
    /// `allowUnsandboxedCommands: false` Claude may ask to leave it.
    ///
    /// ## Why it matters
    ///
    /// A sandbox that starts on one machine and is missing on the next is no boundary.
    ///
    /// ## What is accepted
    ///
    /// Settings without a sandbox, and one with both keys set.
    ///
    /// ## How to fix
    ///
    /// Set `failIfUnavailable: true` and `allowUnsandboxedCommands: false`, and remove the switch that is shown.
    ///
    /// ## Examples
    ///
    /// ```repo fires
    /// === .claude/settings.json
    /// {"sandbox": {"enabled": true}}
    /// ```
    ///
    /// ```repo fires
    /// === .claude/settings.json
    /// {"sandbox": {"network": {"allowedDomains": ["*"]}}}
    /// ```
    ///
    /// ```repo silent
    /// === .claude/settings.json
    /// {"sandbox": {"enabled": true, "failIfUnavailable": true, "allowUnsandboxedCommands": false}}
    /// ```
    pub(crate) static SANDBOX_WEAKENED = {
        id: "sandbox-weakened",
        group: Settings,
        summary: "the sandbox is on, and something opens it again",
        severity: Warning,
        confidence: High,
        tags: ["ASI05", "CWE-693"],
        check: Check::Subject(check),
    }
}
fn check(subject: &Subject, _: &Options, findings: &mut Findings) {
    for file in subject.guard.alive() {
        let root = file.settings.tree().root();
        if let Some(entry) = root.and_then(|root| root.entry("sandbox")) {
            sandbox(entry, findings);
        }
    }
}

fn sandbox(entry: Entry<'_>, findings: &mut Findings) {
    let sandbox = entry.value;
    let mut report = |place: Location, anchor: String, message: String, help: &str| {
        let finding = Finding::new(
            SANDBOX_WEAKENED.id,
            Severity::Warning,
            Confidence::High,
            place,
            message,
        );
        findings.report(finding.anchor(anchor).help(help));
    };
    for (path, why) in WEAKENING {
        if let Some(node) = sandbox.at(path)
            && node.boolean() == Some(true)
        {
            let name = path.join(".");
            report(
                node.location(),
                format!("sandbox.{name}"),
                format!("`sandbox.{name}`: {why}"),
                "Remove it.",
            );
        }
    }
    let domains = sandbox
        .at(&["network", "allowedDomains"])
        .into_iter()
        .flat_map(Node::items);
    if let Some(all) = domains
        .into_iter()
        .find(|domain| domain.string() == Some("*"))
    {
        let message = "`*` lets sandboxed commands reach every host".to_owned();
        report(
            all.location(),
            "sandbox.network.allowedDomains".into(),
            message,
            "Name the hosts.",
        );
    }
    let writes = sandbox
        .at(&["filesystem", "allowWrite"])
        .into_iter()
        .flat_map(Node::items);
    for path in writes.filter(|path| matches!(path.string(), Some("/" | "~" | "~/" | "//"))) {
        let message = "sandboxed commands may write the whole folder".to_owned();
        report(
            path.location(),
            "sandbox.filesystem.allowWrite".into(),
            message,
            "Name the folders.",
        );
    }
    let excluded = sandbox
        .get("excludedCommands")
        .into_iter()
        .flat_map(Node::items);
    for command in excluded {
        let program = command
            .string()
            .and_then(|text| text.split([' ', ':']).next());
        if program.is_some_and(|program| {
            matches!(
                program,
                "*" | "bash"
                    | "sh"
                    | "zsh"
                    | "python"
                    | "python3"
                    | "node"
                    | "npx"
                    | "env"
                    | "sudo"
            )
        }) {
            let message = format!(
                "`{}` leaves the sandbox, and runs anything",
                shown(command.string().unwrap_or_default())
            );
            report(
                command.location(),
                "sandbox.excludedCommands".into(),
                message,
                "Exclude single commands only.",
            );
        }
    }
    if sandbox.get("enabled").and_then(Node::boolean) != Some(true) {
        return;
    }
    let mut missing = Vec::new();
    if sandbox.get("failIfUnavailable").and_then(Node::boolean) != Some(true) {
        missing.push(
            "`failIfUnavailable: true` (else commands run outside where the sandbox cannot start)",
        );
    }
    if sandbox
        .get("allowUnsandboxedCommands")
        .and_then(Node::boolean)
        != Some(false)
    {
        missing.push("`allowUnsandboxedCommands: false` (else Claude may ask to leave it)");
    }
    if !missing.is_empty() {
        let message = format!(
            "the sandbox is on and may fail open: it lacks {}",
            missing.join(" and ")
        );
        report(
            entry.key.location(),
            "sandbox".into(),
            message,
            "Add the keys to `sandbox`.",
        );
    }
}
