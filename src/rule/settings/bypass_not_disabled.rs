//! `bypass-not-disabled`: settings leave bypass mode open.

use crate::declare_rule;
use crate::finding::{Confidence, Finding, Severity};
use crate::rule::{Check, Findings, Level, Options, Profile};
use crate::subject::Subject;

use super::root_files;

declare_rule! {
    /// ## What it does
    ///
    /// In profile `enterprise`: reports settings without `permissions.disableBypassPermissionsMode: "disable"`.
    ///
    /// ## Why it matters
    ///
    /// The key is the one switch that keeps every start in the folder from running without permission checks, and it
    /// is honoured from any file.
    ///
    /// ## What is accepted
    ///
    /// The other profiles.
    ///
    /// ## How to fix
    ///
    /// Add the key to `permissions`.
    ///
    /// ## Examples
    ///
    /// ```repo fires
    /// === .github/portcullis.yml
    /// profile: enterprise
    /// === .claude/settings.json
    /// {"permissions": {"deny": ["Read(.env)"]}}
    /// ```
    ///
    /// ```repo silent
    /// === .claude/settings.json
    /// {"permissions": {"deny": ["Read(.env)"]}}
    /// ```
    ///
    /// ```repo silent
    /// === .github/portcullis.yml
    /// profile: enterprise
    /// === .claude/settings.json
    /// {"permissions": {"disableBypassPermissionsMode": "disable"}}
    /// ```
    pub(crate) static BYPASS_NOT_DISABLED = {
        id: "bypass-not-disabled",
        group: Settings,
        summary: "settings leave bypass mode open",
        severity: Error,
        confidence: High,
        tags: ["ASI02", "CWE-862"],
        profiles: [(Profile::Individual, Level::Off), (Profile::Team, Level::Off)],
        check: Check::Subject(check),
    }
}
fn check(subject: &Subject, _: &Options, findings: &mut Findings) {
    for file in root_files(subject) {
        if subject
            .guard
            .loaded(&file.folder)
            .any(|file| file.settings.disables_bypass())
        {
            continue;
        }
        let message = "nothing here closes bypass mode: `permissions.disableBypassPermissionsMode` is not set to `\"disable\"`";
        let finding = Finding::new(
            BYPASS_NOT_DISABLED.id,
            Severity::Error,
            Confidence::High,
            file.place(),
            message,
        );
        findings.report(
            finding
                .anchor("permissions.disableBypassPermissionsMode")
                .help("Add `\"disableBypassPermissionsMode\": \"disable\"` to `permissions`."),
        );
    }
}
