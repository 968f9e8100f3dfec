//! What a repository configures around Claude: hooks, servers, instruction files, plugins, editor tasks.

use std::sync::Arc;

use super::TrustedHosts;
use crate::claude::hook::{Behaviour, Download, Handler, Malformed, Named, Place};
use crate::claude::mcp::Server;
use crate::source::{Location, SourceFile};

/// Everything that configures Claude beside settings keys and permissions.
#[derive(Debug, Default)]
pub struct Configuration {
    /// Hooks, with what each would do.
    pub hooks: Vec<Hook>,
    /// Entries of `hooks` that Claude Code skips.
    pub malformed: Vec<Malformed>,
    /// `disableAllHooks: true`.
    pub hooks_off: Vec<Named>,
    /// Servers.
    pub servers: Vec<ServerUse>,
    /// Keys that approve servers: the name of the key, and where.
    pub approvals: Vec<Named>,
    /// Texts that Claude reads, or that run for it.
    pub texts: Vec<Text>,
    /// Entries of `allowed-tools`.
    pub tools: Vec<Named>,
    /// `permissionMode` of agents.
    pub modes: Vec<Named>,
    /// Marketplaces and plugins from elsewhere: where they come from.
    pub sources: Vec<Source>,
    /// Links in the configuration.
    pub links: Vec<Link>,
    /// Other repositories in the configuration.
    pub submodules: Vec<Location>,
    /// What an editor runs when the folder is opened: what, and where.
    pub tasks: Vec<Named>,
    /// Hosts that the policy trusts.
    pub trusted_hosts: TrustedHosts,
}

/// A hook.
#[derive(Debug)]
pub struct Hook {
    /// What is declared.
    pub handler: Handler,
    /// Where its paths start.
    pub place: Place,
    /// What it would do.
    pub behaviour: Behaviour,
}

/// A server, with what its command would do.
#[derive(Debug)]
pub struct ServerUse {
    /// What is declared.
    pub server: Server,
    /// Code from the network that it runs.
    pub downloads: Vec<Download>,
    /// What it runs of the checkout.
    pub checkout: Option<(Location, String)>,
}

/// A text that Claude reads.
#[derive(Debug)]
pub struct Text {
    /// The file.
    pub file: Arc<SourceFile>,
    /// What it is.
    pub kind: TextKind,
}

/// What a text is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum TextKind {
    /// Prose for Claude: CLAUDE.md, rules, agents, commands, skills, and what other agents read.
    Instruction,
    /// Settings and other data.
    Data,
    /// A script that a hook runs.
    Script,
}

/// Where plugins come from.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Source {
    /// The place that names it.
    pub location: Location,
    /// What it is, as a clause: `the marketplace \`x\` comes from \`acme/plugins\``.
    pub what: String,
    /// Where in the structure.
    pub anchor: String,
}

/// A symbolic link in the configuration.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Link {
    /// The link.
    pub location: Location,
    /// Its target as written.
    pub target: String,
    /// Where it leads.
    pub leads: Leads,
}

/// Where a link leads.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Leads {
    /// To nothing.
    Nowhere,
    /// Out of the repository.
    Outside,
    /// To another folder of the repository.
    Elsewhere,
}

impl Configuration {
    /// Whether the policy trusts a host, or it is this machine.
    pub fn trusts(&self, host: &str) -> bool {
        crate::claude::hook::is_loopback(host) || self.trusted_hosts.have(host)
    }
}

/// The first byte of a place, for findings about a whole block.
pub fn start_of(location: &Location) -> Location {
    let start = location.span.start;
    Location::new(&location.file, crate::source::Span::new(start, start + 1))
}
