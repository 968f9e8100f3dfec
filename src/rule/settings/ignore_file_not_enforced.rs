//! `ignore-file-not-enforced`: `.claudeignore` hides nothing.

use crate::claude::permission::{List, Rule, RuleSet, covers};
use crate::declare_rule;
use crate::finding::{Confidence, Finding, Severity};
use crate::rule::{Check, Findings, Options};
use crate::subject::Subject;

use super::shown;

declare_rule! {
    /// ## What it does
    ///
    /// Reports a `.claudeignore` and names its entries that no live `Read` deny rule covers.
    ///
    /// ## Why it matters
    ///
    /// Claude Code has no such file. Whoever relies on it has given Claude everything that is listed in it.
    ///
    /// ## What is accepted
    ///
    /// A repository without the file.
    ///
    /// ## How to fix
    ///
    /// Deny reading in `.claude/settings.json` (`Read(.env)`), and remove the file or keep it for another program.
    ///
    /// ## Examples
    ///
    /// ```repo fires
    /// === .claudeignore
    /// .env
    /// *.pem
    /// ```
    ///
    /// ```repo silent
    /// === .claude/settings.json
    /// {"permissions": {"deny": ["Read(.env)", "Read(*.pem)"]}}
    /// ```
    pub(crate) static IGNORE_FILE_NOT_ENFORCED = {
        id: "ignore-file-not-enforced",
        group: Settings,
        summary: "`.claudeignore` hides nothing",
        severity: Warning,
        confidence: High,
        tags: ["ASI02", "CWE-1188"],
        check: Check::Subject(check),
    }
}
fn check(subject: &Subject, _: &Options, findings: &mut Findings) {
    for file in &subject.guard.ignore_files {
        let rules = subject.guard.rules(&file.folder);
        let open: Vec<&str> = file
            .entries
            .iter()
            .map(|entry| entry.text())
            .filter(|entry| !entry.starts_with('!') && !is_denied(entry, &rules))
            .collect();
        let rest = if open.is_empty() {
            "; `Read` deny rules cover its entries".to_owned()
        } else {
            let some: Vec<String> = open
                .iter()
                .take(5)
                .map(|entry| format!("`{}`", shown(entry)))
                .collect();
            format!(
                "; no `Read` deny rule covers {} of its entries: {}",
                open.len(),
                some.join(", ")
            )
        };
        let severity = if open.is_empty() {
            Severity::Note
        } else {
            Severity::Warning
        };
        let rules: Vec<String> = open
            .iter()
            .take(5)
            .map(|entry| format!("`Read({})`", shown(&pattern(entry))))
            .collect();
        let help = if rules.is_empty() {
            "Remove the file, so that nobody relies on it.".to_owned()
        } else {
            format!("Add to `permissions.deny`: {}.", rules.join(", "))
        };
        let message = format!("Claude Code does not read `.claudeignore`: it hides nothing{rest}");
        let finding = Finding::new(
            IGNORE_FILE_NOT_ENFORCED.id,
            severity,
            Confidence::High,
            file.location.clone(),
            message,
        );
        findings.report(finding.anchor("file").help(help));
    }
}

/// An entry as the content of a `Read` rule.
fn pattern(entry: &str) -> String {
    let entry = entry.trim_end_matches('/');
    match entry.strip_prefix('/') {
        Some(rest) => format!("./{rest}"),
        None => entry.to_owned(),
    }
}

fn is_denied(entry: &str, rules: &RuleSet<'_>) -> bool {
    let Ok(wanted) = Rule::parse(&format!("Read({})", pattern(entry))) else {
        return false;
    };
    let mut live = rules
        .list(List::Deny)
        .iter()
        .filter_map(|placed| placed.rule.as_ref().ok());
    live.any(|rule| covers(rule, &wanted))
}
