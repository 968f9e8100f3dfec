//! What rules see: one snapshot, read and modelled.

pub mod configuration;
pub mod guard;

use crate::agent::{AgentRun, OutsideStart};
use crate::secret::Detection;
use crate::source::Location;

/// Everything that was read of one snapshot.
#[derive(Debug, Default)]
pub struct Subject {
    /// Agent runs of workflows.
    pub runs: Vec<AgentRun>,
    /// Starts of Claude in bypass mode that no workflow reaches.
    pub outside: Vec<OutsideStart>,
    /// Keys that are written down.
    pub keys: Vec<Key>,
    /// Spellings of bypass in files that could not be parsed.
    pub unparsed: Vec<Location>,
    /// Permissions: settings files, and what the policy demands of them.
    pub guard: guard::Guard,
    /// Hooks, servers, instruction files and what else configures Claude.
    pub configuration: configuration::Configuration,
}

/// A key that is written down.
#[derive(Clone, Debug)]
pub struct Key {
    /// The bytes of the key.
    pub location: Location,
    /// What it is.
    pub detection: Detection,
}
