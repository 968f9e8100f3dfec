//! `mcp-server-execution`: a server that is a program on this machine.

use crate::claude::hook::{Fetched, Place};
use crate::claude::mcp::{self, Origin, Reach};
use crate::declare_rule;
use crate::finding::{Confidence, Finding, Severity};
use crate::rule::{Check, Findings, Options};
use crate::source::Location;
use crate::subject::Subject;
use crate::subject::configuration::ServerUse;

declare_rule! {
    /// ## What it does
    ///
    /// Reports servers of the repository that start a program. A program that comes from an address or a source
    /// repository, and one that runs files of the checkout, is an error; any other local command is a warning. A
    /// `headersHelper` is a command too.
    ///
    /// ## Why it matters
    ///
    /// A server starts with the session, with all rights of the user or of the job and outside the sandbox. `claude -p`
    /// connects without asking anybody: a pull request that changes `.mcp.json`, or the file that it starts, runs code.
    ///
    /// ## What is accepted
    ///
    /// Servers behind an address (other rules judge these).
    ///
    /// ## How to fix
    ///
    /// Install the server outside of the repository and name it in the user's own configuration, or accept it with an
    /// exemption that names an owner. In workflows, use `--strict-mcp-config`.
    ///
    /// ## Examples
    ///
    /// ```repo fires
    /// === .mcp.json
    /// {"mcpServers": {"local": {"command": "node", "args": ["tools/server.js"]}}}
    /// === tools/server.js
    /// console.log("ready");
    /// ```
    ///
    /// ```repo silent
    /// === .mcp.json
    /// {"mcpServers": {"docs": {"type": "http", "url": "https://mcp.acme.example/docs"}}}
    /// ```
    pub(crate) static MCP_SERVER_EXECUTION = {
        id: "mcp-server-execution",
        group: Mcp,
        summary: "a server of the repository is a program on this machine",
        severity: Warning,
        confidence: High,
        tags: ["ASI04", "ASI05", "CWE-829"],
        check: Check::Subject(check),
    }
}

fn check(subject: &Subject, _: &Options, findings: &mut Findings) {
    for server in &subject.configuration.servers {
        findings.report_some(of_server(server));
        if let Some(place) = server
            .server
            .helper
            .as_ref()
            .and_then(|helper| helper.location())
        {
            let message = format!(
                "`headersHelper` of the server `{}` runs a command on each machine that connects",
                server.server.name.text
            );
            findings.report(finding(Severity::Warning, place, message, server));
        }
    }
}

fn of_server(server: &ServerUse) -> Option<Finding> {
    let Reach::Local(words) = &server.server.reach else {
        return None;
    };
    let name = &server.server.name.text;
    let place = words.first()?.location()?;
    let in_plugin = matches!(server.server.place, Place::Plugin { .. });
    if let Some(download) = server
        .downloads
        .iter()
        .find(|download| download.fetched == Fetched::Code)
    {
        let message = format!(
            "the server `{name}` runs code from the network: {}",
            download.what
        );
        return Some(finding(
            Severity::Error,
            download.location.clone(),
            message,
            server,
        ));
    }
    if let Some(package) = mcp::unpinned(words).filter(|package| package.origin == Origin::Address)
    {
        let message = format!(
            "the server `{name}` runs whatever `{}` holds when the session starts",
            package.name
        );
        return Some(finding(Severity::Error, package.location, message, server));
    }
    if let Some((location, what)) = server.checkout.as_ref().filter(|_| !in_plugin) {
        let message = format!(
            "the server `{name}` runs {what} of the checkout: a pull request that changes it runs its code wherever a session starts"
        );
        return Some(finding(Severity::Error, location.clone(), message, server));
    }
    let program = words.first().map_or("", |word| word.text());
    let message = format!(
        "the server `{name}` starts `{program}` on this machine with each session, outside the sandbox"
    );
    Some(finding(Severity::Warning, place, message, server))
}

fn finding(severity: Severity, place: Location, message: String, server: &ServerUse) -> Finding {
    Finding::new(MCP_SERVER_EXECUTION.id, severity, Confidence::High, place, message)
        .anchor(&server.server.anchor)
        .help("Install it outside of the repository and name it in the user's configuration; in workflows, `--strict-mcp-config` keeps `.mcp.json` out.")
}
