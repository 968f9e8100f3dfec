//! `plugin-untrusted-source`: plugins from somebody else.

use crate::declare_rule;
use crate::finding::{Confidence, Finding, Severity};
use crate::rule::{Check, Findings, Options};
use crate::subject::Subject;

declare_rule! {
    /// ## What it does
    ///
    /// Reports `extraKnownMarketplaces` of a settings file that come from another repository or address, and plugins of
    /// a marketplace file that do and name no commit.
    ///
    /// ## Why it matters
    ///
    /// A plugin brings hooks, servers, agents and commands: code that runs with all rights. Its owner can change it
    /// after anybody looked at it.
    ///
    /// ## What is accepted
    ///
    /// Folders of the same repository, repositories of Anthropic, and plugins with a commit id.
    ///
    /// ## How to fix
    ///
    /// Keep a copy in the repository, or name the commit (`sha`) of each plugin.
    ///
    /// ## Examples
    ///
    /// ```repo fires
    /// === .claude/settings.json
    /// {"extraKnownMarketplaces": {"tools": {"source": {"source": "github", "repo": "somebody/plugins"}}}}
    /// ```
    ///
    /// ```repo silent
    /// === .claude/settings.json
    /// {"extraKnownMarketplaces": {"own": {"source": {"source": "directory", "path": "./plugins"}}}}
    /// ```
    pub(crate) static PLUGIN_UNTRUSTED_SOURCE = {
        id: "plugin-untrusted-source",
        group: Instruction,
        summary: "plugins come from another repository or address",
        severity: Warning,
        confidence: High,
        tags: ["ASI04", "CWE-829"],
        check: Check::Subject(check),
    }
}

fn check(subject: &Subject, _: &Options, findings: &mut Findings) {
    for source in &subject.configuration.sources {
        let message = format!(
            "{}: its hooks, servers and commands run with all rights, and its owner can change them at any time",
            source.what
        );
        findings.report(
            Finding::new(
                PLUGIN_UNTRUSTED_SOURCE.id,
                Severity::Warning,
                Confidence::High,
                source.location.clone(),
                message,
            )
            .anchor(&source.anchor)
            .help("Keep a reviewed copy in the repository, or name the commit of each plugin."),
        );
    }
}
