//! `misplaced-setting`: a setting stands where Claude Code does not honour it.

use crate::claude::permission::Scope;
use crate::claude::settings::keys::{Honoured, KEYS, Key};
use crate::declare_rule;
use crate::finding::{Confidence, Finding, Severity};
use crate::rule::{Check, Findings, Options};
use crate::source::Entry;
use crate::subject::Subject;
use crate::subject::guard::SettingsFile;

declare_rule! {
    /// ## What it does
    ///
    /// Reports keys that do nothing in the file they stand in: permission keys at the top level, `mcpServers` in
    /// settings, keys that only managed or user settings may hold, `defaultMode: "auto"` in a repository, files whose
    /// name is nearly right. Notes settings of a nested folder: they are read only where Claude is started in that
    /// folder.
    ///
    /// ## Why it matters
    ///
    /// Unknown keys are ignored without an error, so that a guard in the wrong place looks like a guard.
    ///
    /// ## What is accepted
    ///
    /// Keys that every settings file may hold, and keys that nobody knows.
    ///
    /// ## How to fix
    ///
    /// Move the key to the place that is named.
    ///
    /// ## Examples
    ///
    /// ```repo fires
    /// === .claude/settings.json
    /// {"deny": ["Read(.env)"]}
    /// ```
    ///
    /// ```repo fires
    /// === .claude/settings.json
    /// {"allowManagedHooksOnly": true}
    /// ```
    ///
    /// ```repo silent
    /// === .claude/settings.json
    /// {"permissions": {"deny": ["Read(.env)"]}}
    /// ```
    pub(crate) static MISPLACED_SETTING = {
        id: "misplaced-setting",
        group: Settings,
        summary: "a setting stands where Claude Code does not honour it",
        severity: Warning,
        confidence: High,
        tags: ["ASI02", "CWE-1188"],
        check: Check::Subject(check),
    }
}
fn check(subject: &Subject, _: &Options, findings: &mut Findings) {
    let guard = &subject.guard;
    for file in &guard.files {
        for key in KEYS {
            findings.report_some(of_key(file, key));
        }
        findings.report_some(auto(file));
        if !file.folder.is_empty() && file.scope == Scope::Project && file.dead.is_none() {
            findings.report(nested(file));
        }
    }
    for stray in &guard.strays {
        let message = format!("Claude Code never reads this file: {}", stray.instead);
        let finding = Finding::new(
            MISPLACED_SETTING.id,
            Severity::Warning,
            Confidence::High,
            stray.location.clone(),
            message,
        );
        findings.report(finding.anchor("file").help("Rename it, or remove it."));
    }
}

fn of_key(file: &SettingsFile, key: &Key) -> Option<Finding> {
    let root = file.settings.tree().root()?;
    let mut entry: Option<Entry<'_>> = None;
    for part in key.path.split('.') {
        let node = entry.map_or(root, |entry| entry.value);
        entry = Some(node.entry(part)?);
    }
    let entry = entry?;
    let (why, help) = match key.honoured {
        Honoured::ManagedOnly => (
            "is read from managed settings only",
            "Give it to whoever manages the machines.".to_owned(),
        ),
        Honoured::UserOrManaged => (
            "is read from user and managed settings only",
            "Move it to `~/.claude/settings.json` or to managed settings.".to_owned(),
        ),
        Honoured::NotProject if file.scope == Scope::Local => return None,
        Honoured::NotProject => (
            "is not read from a committed file",
            "Move it to `.claude/settings.local.json` or to user settings.".to_owned(),
        ),
        Honoured::Nowhere { instead } => {
            ("means nothing here", format!("It belongs into {instead}."))
        }
    };
    let message = format!("`{}` {why}, so that it does nothing", key.path);
    Some(
        Finding::new(
            MISPLACED_SETTING.id,
            Severity::Warning,
            Confidence::High,
            entry.key.location(),
            message,
        )
        .anchor(key.path)
        .help(help),
    )
}

fn auto(file: &SettingsFile) -> Option<Finding> {
    let mode = file
        .settings
        .default_mode()
        .filter(|mode| mode.text() == "auto")?;
    let message = "`defaultMode: auto` has no effect in a file of the repository (since 2.1.142)";
    Some(
        Finding::new(
            MISPLACED_SETTING.id,
            Severity::Warning,
            Confidence::High,
            mode.location()?,
            message,
        )
        .anchor("permissions.defaultMode")
        .help("Everybody sets it in user settings."),
    )
}

fn nested(file: &SettingsFile) -> Finding {
    let message = format!(
        "these settings hold only where Claude is started in `{}`; a start at the top of the repository does not read them",
        file.folder
    );
    Finding::new(
        MISPLACED_SETTING.id,
        Severity::Note,
        Confidence::Low,
        file.place(),
        message,
    )
    .anchor("file")
    .help("Rules that must hold everywhere stand in `.claude/settings.json` at the top as well.")
}
