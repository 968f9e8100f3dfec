//! `mcp-untrusted-host`: a server of somebody whom the policy does not name.

use crate::claude::hook::host;
use crate::claude::mcp::Reach;
use crate::declare_rule;
use crate::finding::{Confidence, Finding, Severity};
use crate::rule::{Check, Findings, Options};
use crate::subject::Subject;

declare_rule! {
    /// ## What it does
    ///
    /// Reports servers behind a host that is not in `trusted.hosts` of the policy.
    ///
    /// ## Why it matters
    ///
    /// What a server answers is text that Claude acts on, its tools can change from one call to the next, and what
    /// Claude passes to them leaves the company.
    ///
    /// ## What is accepted
    ///
    /// This machine, and the hosts of the policy.
    ///
    /// ## How to fix
    ///
    /// Take the server out, or name its host in the policy, where a reviewer sees it:
    ///
    /// `trusted: { hosts: [mcp.acme.example] }`
    ///
    /// ## Examples
    ///
    /// ```repo fires
    /// === .mcp.json
    /// {"mcpServers": {"notes": {"type": "http", "url": "https://mcp.notes.example/v1"}}}
    /// ```
    ///
    /// ```repo silent
    /// === .mcp.json
    /// {"mcpServers": {"docs": {"type": "http", "url": "https://mcp.acme.example/docs"}}}
    /// === .github/portcullis.yml
    /// trusted: { hosts: [mcp.acme.example] }
    /// ```
    pub(crate) static MCP_UNTRUSTED_HOST = {
        id: "mcp-untrusted-host",
        group: Mcp,
        summary: "a server is on a host that the policy does not trust",
        severity: Warning,
        confidence: High,
        tags: ["ASI04", "ASI07"],
        check: Check::Subject(check),
    }
}

fn check(subject: &Subject, _: &Options, findings: &mut Findings) {
    let configuration = &subject.configuration;
    for server in &configuration.servers {
        let Reach::Remote(url) = &server.server.reach else {
            continue;
        };
        let message = match host(&url.text) {
            Some(host) if configuration.trusts(&host) => continue,
            Some(host) => format!(
                "the server `{}` is on `{host}`, which the policy does not trust: Claude acts on what it answers",
                server.server.name.text
            ),
            None => format!(
                "the address of the server `{}` comes from outside of the file: nobody here knows whom Claude talks to",
                server.server.name.text
            ),
        };
        findings.report(
            Finding::new(
                MCP_UNTRUSTED_HOST.id,
                Severity::Warning,
                Confidence::High,
                url.location.clone(),
                message,
            )
            .anchor(&server.server.anchor)
            .help("Take the server out, or name its host under `trusted.hosts` of the policy."),
        );
    }
}
