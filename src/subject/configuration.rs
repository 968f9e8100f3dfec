//! What a repository configures around Claude: hooks, servers, instruction files, plugins, editor tasks.

use crate::claude::hook::{Behaviour, Handler, Malformed, Named, Place};
use crate::source::Location;

/// Everything that configures Claude beside settings keys and permissions.
#[derive(Debug, Default)]
pub struct Configuration {
    /// Hooks, with what each would do.
    pub hooks: Vec<Hook>,
    /// Entries of `hooks` that Claude Code skips.
    pub malformed: Vec<Malformed>,
    /// `disableAllHooks: true`.
    pub hooks_off: Vec<Named>,
    /// Hosts that the policy trusts; a leading `*.` stands for any subdomain.
    pub trusted_hosts: Vec<String>,
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

impl Configuration {
    /// Whether the policy trusts a host, or it is this machine.
    pub fn trusts(&self, host: &str) -> bool {
        crate::claude::hook::is_loopback(host)
            || self
                .trusted_hosts
                .iter()
                .any(|trusted| match trusted.strip_prefix("*.") {
                    Some(parent) => host
                        .strip_suffix(parent)
                        .is_some_and(|rest| rest.ends_with('.')),
                    None => trusted.eq_ignore_ascii_case(host),
                })
    }
}

/// The first byte of a place, for findings about a whole block.
pub fn start_of(location: &Location) -> Location {
    let start = location.span.start;
    Location::new(&location.file, crate::source::Span::new(start, start + 1))
}
