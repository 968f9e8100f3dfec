//! `config-submodule`: configuration that is another repository.

use crate::declare_rule;
use crate::finding::{Confidence, Finding, Severity};
use crate::rule::{Check, Findings, Options};
use crate::subject::Subject;

declare_rule! {
    /// ## What it does
    ///
    /// Reports submodules in the place of configuration: `.claude`, everything below it, `.claude-plugin`.
    ///
    /// ## Why it matters
    ///
    /// Hooks, settings and instructions then come from a repository that this one's reviewers do not see: a change
    /// shows as a new commit id. Portcullis cannot read it either.
    ///
    /// ## What is accepted
    ///
    /// Submodules elsewhere.
    ///
    /// ## How to fix
    ///
    /// Copy the files, or install them as a plugin with a commit id.
    ///
    /// ## Examples
    ///
    /// ```repo fires
    /// === .claude/skills (submodule)
    /// === README.md
    /// text
    /// ```
    ///
    /// ```repo silent
    /// === vendor/library (submodule)
    /// === README.md
    /// text
    /// ```
    pub(crate) static CONFIG_SUBMODULE = {
        id: "config-submodule",
        group: Instruction,
        summary: "configuration is another repository",
        severity: Error,
        confidence: High,
        tags: ["ASI04", "CWE-829"],
        check: Check::Subject(check),
    }
}

fn check(subject: &Subject, _: &Options, findings: &mut Findings) {
    for location in &subject.configuration.submodules {
        let message = "this folder is another repository: what configures Claude there changes without a review here";
        findings.report(
            Finding::new(
                CONFIG_SUBMODULE.id,
                Severity::Error,
                Confidence::High,
                location.clone(),
                message,
            )
            .anchor("submodule")
            .help("Copy the files into this repository."),
        );
    }
}
