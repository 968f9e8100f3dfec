//! `local-settings-committed`: personal settings are committed.

use crate::claude::permission::Scope;
use crate::declare_rule;
use crate::finding::{Confidence, Finding, Severity};
use crate::rule::{Check, Findings, Options};
use crate::subject::Subject;
use crate::subject::guard::Tracked;

declare_rule! {
    /// ## What it does
    ///
    /// Reports `.claude/settings.local.json` that git tracks.
    ///
    /// ## Why it matters
    ///
    /// The file is for one person. Committed, it goes before the project file for everybody, and its allow rules are
    /// not honoured where nobody has trusted the folder.
    ///
    /// ## What is accepted
    ///
    /// A file that git does not know.
    ///
    /// ## How to fix
    ///
    /// `git rm --cached .claude/settings.local.json`, and add it to `.gitignore`.
    ///
    /// ## Examples
    ///
    /// ```repo fires
    /// === .claude/settings.local.json
    /// {"permissions": {"allow": ["Bash(make test)"]}}
    /// ```
    ///
    /// ```repo silent
    /// === .claude/settings.json
    /// {"permissions": {"deny": ["Bash(rm:*)"]}}
    /// ```
    pub(crate) static LOCAL_SETTINGS_COMMITTED = {
        id: "local-settings-committed",
        group: Settings,
        summary: "personal settings are committed",
        severity: Warning,
        confidence: High,
        tags: ["CWE-1188"],
        check: Check::Subject(check),
    }
}
fn check(subject: &Subject, _: &Options, findings: &mut Findings) {
    let local = subject
        .guard
        .files
        .iter()
        .filter(|file| file.scope == Scope::Local);
    for file in local.filter(|file| file.tracked == Tracked::Yes) {
        let message = "this file is for one person, and git tracks it: it goes before the project's settings for everybody";
        let finding = Finding::new(
            LOCAL_SETTINGS_COMMITTED.id,
            Severity::Warning,
            Confidence::High,
            file.place(),
            message,
        );
        let help = format!(
            "`git rm --cached {}`, and add it to `.gitignore`.",
            file.path()
        );
        findings.report(finding.anchor("file").help(help));
    }
}
