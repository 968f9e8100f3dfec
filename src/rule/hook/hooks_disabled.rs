//! `hooks-disabled`: a repository that turns all hooks off.

use crate::declare_rule;
use crate::finding::{Confidence, Finding, Severity};
use crate::rule::{Check, Findings, Options};
use crate::subject::Subject;

declare_rule! {
    /// ## What it does
    ///
    /// Reports `disableAllHooks: true` in a settings file of the repository.
    ///
    /// ## Why it matters
    ///
    /// It overrides the user's own setting: guards and audit hooks of everybody who starts Claude in this folder are
    /// off, those of the repository too. Only hooks of managed settings still run.
    ///
    /// ## What is accepted
    ///
    /// `false`, and the key in a file that is not part of the repository.
    ///
    /// ## How to fix
    ///
    /// Take the key out. A single run can do without hooks: `claude --settings '{"disableAllHooks": true}'`.
    ///
    /// ## Examples
    ///
    /// ```repo fires
    /// === .claude/settings.json
    /// {"disableAllHooks": true}
    /// ```
    ///
    /// ```repo silent
    /// === .claude/settings.json
    /// {"disableAllHooks": false}
    /// ```
    pub(crate) static HOOKS_DISABLED = {
        id: "hooks-disabled",
        group: Hook,
        summary: "a settings file of the repository turns all hooks off",
        severity: Error,
        confidence: High,
        tags: ["ASI02", "CWE-693"],
        check: Check::Subject(check),
    }
}

fn check(subject: &Subject, _: &Options, findings: &mut Findings) {
    for switch in &subject.configuration.hooks_off {
        let message = "`disableAllHooks` turns off every hook of whoever starts Claude here, guards and audit logs included; only managed hooks still run";
        findings.report(
            Finding::new(
                HOOKS_DISABLED.id,
                Severity::Error,
                Confidence::High,
                switch.location.clone(),
                message,
            )
            .anchor("disableAllHooks")
            .help("Take the key out of the file; a single run can pass `--settings '{\"disableAllHooks\": true}'`."),
        );
    }
}
