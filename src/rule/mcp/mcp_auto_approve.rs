//! `mcp-auto-approve`: a repository that approves its own servers.

use crate::declare_rule;
use crate::finding::{Confidence, Finding, Severity};
use crate::rule::{Check, Findings, Options};
use crate::subject::Subject;

declare_rule! {
    /// ## What it does
    ///
    /// Reports `enableAllProjectMcpServers: true` and names in `enabledMcpjsonServers` in a settings file of the
    /// repository.
    ///
    /// ## Why it matters
    ///
    /// Servers of `.mcp.json` are programs that start with the session. These keys answer the question whether they
    /// may for everybody who opens the repository: whoever adds a server adds its approval in the same pull request
    /// (TrustFall, May 2026).
    ///
    /// ## What is accepted
    ///
    /// `false`, an empty list, and `disabledMcpjsonServers`.
    ///
    /// ## How to fix
    ///
    /// Take the key out; each person approves a server once. In a workflow, name the servers with
    /// `--strict-mcp-config --mcp-config FILE`.
    ///
    /// ## Examples
    ///
    /// ```repo fires
    /// === .claude/settings.json
    /// {"enableAllProjectMcpServers": true}
    /// ```
    ///
    /// ```repo silent
    /// === .claude/settings.json
    /// {"enableAllProjectMcpServers": false, "disabledMcpjsonServers": ["browser"]}
    /// ```
    pub(crate) static MCP_AUTO_APPROVE = {
        id: "mcp-auto-approve",
        group: Mcp,
        summary: "a repository approves its own servers",
        severity: Error,
        confidence: High,
        tags: ["ASI04", "CWE-829"],
        check: Check::Subject(check),
    }
}

fn check(subject: &Subject, _: &Options, findings: &mut Findings) {
    for approval in &subject.configuration.approvals {
        let key = &approval.text;
        let message = format!(
            "`{key}` approves servers of `.mcp.json` for everybody who opens this repository, also those that a later pull request adds or changes"
        );
        findings.report(
            Finding::new(MCP_AUTO_APPROVE.id, Severity::Error, Confidence::High, approval.location.clone(), message)
                .anchor(key)
                .help("Take the key out of the file; each person approves a server once, in a file of their own."),
        );
    }
}
