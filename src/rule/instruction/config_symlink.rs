//! `config-symlink`: configuration that lies somewhere else.

use crate::declare_rule;
use crate::finding::{Confidence, Finding, Severity};
use crate::rule::{Check, Findings, Options};
use crate::subject::Subject;
use crate::subject::configuration::Leads;

declare_rule! {
    /// ## What it does
    ///
    /// Reports symbolic links in the place of configuration (`.claude` and everything below it, `CLAUDE.md`,
    /// `.mcp.json`) that leave their `.claude` folder, leave the repository or point nowhere.
    ///
    /// ## Why it matters
    ///
    /// Claude Code follows them. What counts as a harmless file elsewhere becomes a hook or a setting, a later file
    /// at a missing target becomes configuration without a change here, and a write through the link lands on it
    /// (SymJack, May 2026).
    ///
    /// ## What is accepted
    ///
    /// Links inside of one `.claude` folder, and `CLAUDE.md` that is another text of the repository.
    ///
    /// ## How to fix
    ///
    /// Put the file itself there.
    ///
    /// ## Examples
    ///
    /// ```repo fires
    /// === .claude/settings.json -> ../docs/example.json
    /// === docs/example.json
    /// {}
    /// ```
    ///
    /// ```repo silent
    /// === CLAUDE.md -> AGENTS.md
    /// === AGENTS.md
    /// Run the tests.
    /// ```
    pub(crate) static CONFIG_SYMLINK = {
        id: "config-symlink",
        group: Instruction,
        summary: "configuration is a link to somewhere else",
        severity: Error,
        confidence: High,
        tags: ["ASI05", "CWE-59"],
        check: Check::Subject(check),
    }
}

fn check(subject: &Subject, _: &Options, findings: &mut Findings) {
    for link in &subject.configuration.links {
        let target = &link.target;
        let message = match link.leads {
            Leads::Nowhere => format!(
                "this link points to `{target}`, where there is nothing: a file that appears there becomes configuration of Claude"
            ),
            Leads::Outside => format!(
                "this link leaves the repository for `{target}`: nobody reviews what Claude is configured with"
            ),
            Leads::Elsewhere => format!(
                "this link leads to `{target}`, outside of `.claude`: a change there changes how Claude is configured"
            ),
        };
        findings.report(
            Finding::new(
                CONFIG_SYMLINK.id,
                Severity::Error,
                Confidence::High,
                link.location.clone(),
                message,
            )
            .anchor("link")
            .evidence(target)
            .help("Put the file itself there."),
        );
    }
}
