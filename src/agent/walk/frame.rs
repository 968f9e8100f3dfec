//! Where the walk is, and what it found there.

use crate::agent::card::{AgentKind, Hop};
use crate::agent::program::Certainty;
use crate::claude::command_line::CommandLine;
use crate::source::{Location, Traced};

/// One start of Claude, before it is joined with the job it runs in.
#[derive(Clone, Debug)]
pub struct Found {
    /// The program word, or the call.
    pub location: Location,
    /// How it is started.
    pub kind: AgentKind,
    /// Version, where it is written.
    pub version: Option<String>,
    /// How sure the reading is.
    pub certainty: Certainty,
    /// Its words.
    pub line: CommandLine,
    /// How the walk got there.
    pub trail: Vec<Hop>,
    /// Seconds after which a `timeout` ends it.
    pub seconds: Option<f64>,
    /// Variables set in front of it or exported before it.
    pub environment: Vec<(String, Traced)>,
    /// The folder it runs in.
    pub folder: String,
}

/// Where the walk is.
#[derive(Clone, Default)]
pub(in crate::agent) struct Frame {
    pub(in crate::agent) trail: Vec<Hop>,
    pub(in crate::agent) seconds: Option<f64>,
    /// Variables that wrappers around this text set.
    pub(in crate::agent) environment: Vec<(String, Traced)>,
    /// Texts that are being walked, by file and offset, to end cycles.
    pub(super) active: Vec<(String, u32)>,
}

impl Frame {
    /// The place in the workflow from which a text is reached.
    pub(super) fn here(&self, text: &Traced) -> Option<Location> {
        let first = self.trail.first().map(|hop| hop.location.clone());
        first.or_else(|| text.location())
    }

    /// The frame of a text that is reached by a trail.
    pub(in crate::agent) fn at(trail: Vec<Hop>) -> Self {
        Self {
            trail,
            ..Self::default()
        }
    }
}
