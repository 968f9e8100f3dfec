//! `mcp-unpinned`: a server whose code is another one tomorrow.

use crate::claude::mcp::{self, Origin, Reach};
use crate::declare_rule;
use crate::finding::{Confidence, Finding, Severity};
use crate::rule::{Check, Findings, Options};
use crate::subject::Subject;

declare_rule! {
    /// ## What it does
    ///
    /// Reports servers that are fetched without a fixed version: `npx`, `bunx`, `pnpm dlx`, `uvx`, `pipx run` without
    /// an exact version, images without a version or a digest, source repositories without a commit.
    ///
    /// ## Why it matters
    ///
    /// The newest version is fetched and started when a session starts. A taken-over package runs on every machine
    /// within the hour, without a change in the repository.
    ///
    /// ## What is accepted
    ///
    /// `name@1.2.3`, `name==1.2.3`, `image:1.2.3`, `image@sha256:…`, a commit id.
    ///
    /// ## How to fix
    ///
    /// Name the exact version, and let an update be a change that somebody reviews.
    ///
    /// ## Examples
    ///
    /// ```repo fires
    /// === .mcp.json
    /// {"mcpServers": {"browser": {"command": "npx", "args": ["-y", "@acme/browser-server@latest"]}}}
    /// ```
    ///
    /// ```repo silent
    /// === .mcp.json
    /// {"mcpServers": {"browser": {"command": "npx", "args": ["-y", "@acme/browser-server@1.4.2"]}}}
    /// ```
    pub(crate) static MCP_UNPINNED = {
        id: "mcp-unpinned",
        group: Mcp,
        summary: "a server is fetched without a fixed version",
        severity: Warning,
        confidence: High,
        tags: ["ASI04", "CWE-1357"],
        check: Check::Subject(check),
    }
}

fn check(subject: &Subject, _: &Options, findings: &mut Findings) {
    for server in &subject.configuration.servers {
        let Reach::Local(words) = &server.server.reach else {
            continue;
        };
        let Some(package) = mcp::unpinned(words) else {
            continue;
        };
        let fixed = match package.origin {
            Origin::Registry => "an exact version, such as `name@1.2.3`",
            Origin::Image => "a digest, such as `image@sha256:…`",
            Origin::Address => "a commit id",
        };
        let message = format!(
            "nothing fixes what `{}` is: each start of the server `{}` may run other code",
            package.name, server.server.name.text
        );
        findings.report(
            Finding::new(
                MCP_UNPINNED.id,
                Severity::Warning,
                Confidence::High,
                package.location,
                message,
            )
            .anchor(&server.server.anchor)
            .help(format!("Name {fixed}.")),
        );
    }
}
