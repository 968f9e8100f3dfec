//! `mcp-plaintext-url`: a server that is reached without encryption.

use crate::claude::hook::{host, is_loopback};
use crate::claude::mcp::Reach;
use crate::declare_rule;
use crate::finding::{Applicability, Confidence, Edit, Finding, Fix, Severity};
use crate::rule::{Check, Findings, Options};
use crate::source::{Location, Span};
use crate::subject::Subject;

declare_rule! {
    /// ## What it does
    ///
    /// Reports servers whose address begins with `http://` or `ws://`.
    ///
    /// ## Why it matters
    ///
    /// Whoever is on the way reads the tokens and the content that Claude sends, and writes the answers that Claude
    /// reads as instructions.
    ///
    /// ## What is accepted
    ///
    /// Addresses of this machine.
    ///
    /// ## How to fix
    ///
    /// Write `https://`.
    ///
    /// ## Examples
    ///
    /// ```repo fires
    /// === .mcp.json
    /// {"mcpServers": {"docs": {"type": "http", "url": "http://mcp.acme.example/docs"}}}
    /// ```
    ///
    /// ```repo silent
    /// === .mcp.json
    /// {"mcpServers": {"docs": {"type": "http", "url": "http://localhost:8080/docs"}}}
    /// ```
    pub(crate) static MCP_PLAINTEXT_URL = {
        id: "mcp-plaintext-url",
        group: Mcp,
        summary: "a server is reached without encryption",
        severity: Error,
        confidence: High,
        tags: ["ASI07", "CWE-319"],
        check: Check::Subject(check),
    }
}

fn check(subject: &Subject, _: &Options, findings: &mut Findings) {
    for server in &subject.configuration.servers {
        let Reach::Remote(url) = &server.server.reach else {
            continue;
        };
        let Some((plain, safe)) = [("http://", "https://"), ("ws://", "wss://")]
            .into_iter()
            .find(|(plain, _)| url.text.starts_with(plain))
        else {
            continue;
        };
        if host(&url.text).is_some_and(|host| is_loopback(&host)) {
            continue;
        }
        let start = url.location.span.start;
        let scheme = Location::new(
            &url.location.file,
            Span::new(start, start + crate::source::saturate(plain.len())),
        );
        let fix = (scheme.text() == plain).then(|| Fix {
            title: format!("use {safe}"),
            applicability: Applicability::Unsafe,
            edits: vec![Edit {
                location: scheme,
                text: safe.into(),
            }],
        });
        let message = format!(
            "the server `{}` is reached without encryption: whoever is on the way reads what Claude sends and writes what it reads",
            server.server.name.text
        );
        findings.report(
            Finding::new(
                MCP_PLAINTEXT_URL.id,
                Severity::Error,
                Confidence::High,
                url.location.clone(),
                message,
            )
            .anchor(&server.server.anchor)
            .help(format!("Write `{safe}`."))
            .fix(fix),
        );
    }
}
