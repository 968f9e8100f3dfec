//! `allow-code-execution`: an allow rule runs whatever a program is told.

use crate::claude::permission::{List, PlacedRule, Specifier};
use crate::declare_rule;
use crate::finding::{Confidence, Finding, Severity};
use crate::rule::{Check, Findings, Options};
use crate::subject::Subject;

use super::launchers::LAUNCHERS;
use super::{place_of, report_some_of, shown};

declare_rule! {
    /// ## What it does
    ///
    /// Reports allow rules for interpreters, package runners, containers, remote shells and network clients with free
    /// arguments: `Bash(python:*)`, `Bash(npm run:*)`, `Bash(docker:*)`, `Bash(curl:*)`.
    ///
    /// ## Why it matters
    ///
    /// Such a rule is as wide as `Bash(*)`: `python -c`, a script in `package.json` or a container with the disk
    /// mounted run anything.
    ///
    /// ## What is accepted
    ///
    /// Exact commands, and programs with a fixed subcommand that runs nothing of the repository.
    ///
    /// ## How to fix
    ///
    /// Name the whole command: `Bash(npm run lint)`.
    ///
    /// ## Examples
    ///
    /// ```repo fires
    /// === .claude/settings.json
    /// {"permissions": {"allow": ["Bash(python:*)"]}}
    /// ```
    ///
    /// ```repo silent
    /// === .claude/settings.json
    /// {"permissions": {"allow": ["Bash(npm run lint)", "Bash(git status)"]}}
    /// ```
    pub(crate) static ALLOW_CODE_EXECUTION = {
        id: "allow-code-execution",
        group: Settings,
        summary: "an allow rule runs whatever a program is told",
        severity: Warning,
        confidence: High,
        tags: ["ASI02", "ASI05", "CWE-250"],
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
    let Specifier::Command(pattern) = &rule.specifier else {
        return None;
    };
    if pattern.is_exact() || pattern.head().is_empty() {
        return None;
    }
    let reach = LAUNCHERS
        .iter()
        .find(|launcher| launcher.proofs.iter().all(|proof| pattern.matches(proof)))?;
    let text = placed.written.text();
    let message = format!("`{}` in the allow list: {}", shown(text), reach.why);
    Some(
        Finding::new(
            ALLOW_CODE_EXECUTION.id,
            Severity::Warning,
            Confidence::High,
            place_of(placed),
            message,
        )
        .anchor("permissions.allow")
        .evidence(text)
        .help("Name the whole command that is needed."),
    )
}
