//! `bypass-default-mode`: settings start every session without permission checks.

use crate::claude::catalog::modes::Mode;
use crate::declare_rule;
use crate::finding::{Confidence, Finding, Severity};
use crate::rule::{Check, Findings, Options};
use crate::subject::Subject;

declare_rule! {
    /// ## What it does
    ///
    /// Reports `permissions.defaultMode: "bypassPermissions"` in a settings file of the repository, and
    /// `skipDangerousModePermissionPrompt`.
    ///
    /// ## Why it matters
    ///
    /// The mode of a project file is honoured in the terminal and with `-p`: whoever starts Claude in the folder
    /// gives it everything that no deny or ask rule names.
    ///
    /// ## What is accepted
    ///
    /// The other modes.
    ///
    /// ## How to fix
    ///
    /// Remove the key, or name a milder mode.
    ///
    /// ## Examples
    ///
    /// ```repo fires
    /// === .claude/settings.json
    /// {"permissions": {"defaultMode": "bypassPermissions"}}
    /// ```
    ///
    /// ```repo silent
    /// === .claude/settings.json
    /// {"permissions": {"defaultMode": "acceptEdits"}}
    /// ```
    pub(crate) static BYPASS_DEFAULT_MODE = {
        id: "bypass-default-mode",
        group: Settings,
        summary: "settings start every session without permission checks",
        severity: Error,
        confidence: High,
        tags: ["ASI02", "ASI03", "CWE-862"],
        check: Check::Subject(check),
    }
}
fn check(subject: &Subject, _: &Options, findings: &mut Findings) {
    for file in subject.guard.alive() {
        let mode = file.settings.default_mode();
        let bypass = mode.filter(|mode| mode.text() == Mode::BypassPermissions.as_str());
        if let Some(place) = bypass.and_then(|mode| mode.location()) {
            let message = "`bypassPermissions` lets every session in this folder run everything that no deny or ask rule names";
            let finding = Finding::new(
                BYPASS_DEFAULT_MODE.id,
                Severity::Error,
                Confidence::High,
                place,
                message,
            );
            findings.report(
                finding
                    .anchor("permissions.defaultMode")
                    .help("Write `default` or `acceptEdits`, or remove the key."),
            );
        }
        let skip = file
            .settings
            .tree()
            .root()
            .and_then(|root| root.entry("skipDangerousModePermissionPrompt"));
        if let Some(entry) = skip.filter(|entry| entry.value.boolean() == Some(true)) {
            let message = "`skipDangerousModePermissionPrompt` takes away the question before a session without permission checks";
            let finding = Finding::new(
                BYPASS_DEFAULT_MODE.id,
                Severity::Error,
                Confidence::High,
                entry.key.location(),
                message,
            );
            findings.report(
                finding
                    .anchor("skipDangerousModePermissionPrompt")
                    .help("Remove the key."),
            );
        }
    }
}
