//! `missing-audit-log`: nothing records what Claude does.

use crate::declare_rule;
use crate::finding::{Confidence, Finding, Severity};
use crate::rule::{Check, Findings, Level, Options, Profile};
use crate::source::Node;
use crate::subject::Subject;

use super::root_files;

declare_rule! {
    /// ## What it does
    ///
    /// In profile `enterprise`: reports settings without telemetry (`CLAUDE_CODE_ENABLE_TELEMETRY`) and without a
    /// hook on `PreToolUse` or `PostToolUse` that could write a log.
    ///
    /// ## Why it matters
    ///
    /// After an incident nobody can tell which commands ran.
    ///
    /// ## What is accepted
    ///
    /// The other profiles. Whether a hook works is told by the rules about hooks.
    ///
    /// ## How to fix
    ///
    /// Turn telemetry on in managed settings or here, or log with a hook that reads its standard input.
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
    /// {"env": {"CLAUDE_CODE_ENABLE_TELEMETRY": "1"}}
    /// ```
    pub(crate) static MISSING_AUDIT_LOG = {
        id: "missing-audit-log",
        group: Settings,
        summary: "nothing records what Claude does",
        severity: Warning,
        confidence: Medium,
        tags: ["CWE-778"],
        profiles: [(Profile::Individual, Level::Off), (Profile::Team, Level::Off)],
        check: Check::Subject(check),
    }
}
fn check(subject: &Subject, _: &Options, findings: &mut Findings) {
    for file in root_files(subject) {
        let recorded = subject.guard.loaded(&file.folder).any(|file| {
            file.settings.tree().root().is_some_and(|root| {
                let telemetry = root
                    .at(&["env", "CLAUDE_CODE_ENABLE_TELEMETRY"])
                    .and_then(Node::string);
                let hooks = ["PreToolUse", "PostToolUse"].iter().any(|event| {
                    root.at(&["hooks", event])
                        .is_some_and(|groups| groups.items().len() > 0)
                });
                telemetry == Some("1") || hooks
            })
        });
        if recorded {
            continue;
        }
        let message = "neither telemetry nor a hook records what Claude does here";
        let finding = Finding::new(
            MISSING_AUDIT_LOG.id,
            Severity::Warning,
            Confidence::Medium,
            file.place(),
            message,
        );
        findings.report(finding.anchor("hooks").help("Set `CLAUDE_CODE_ENABLE_TELEMETRY` to `1` under `env`, or add a hook that logs its standard input."));
    }
}
