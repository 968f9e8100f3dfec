//! Files that a command hands over to: what they run, as texts that keep their places.
//!
//! Each reader takes a file and a name in it (a script, a target) and gives the texts that run; which files there
//! are, and cycles among them, are the walk's business.

pub mod code;
pub mod justfile;
pub mod makefile;
pub mod package_json;
pub mod taskfile;

use crate::source::Traced;

/// What a task tool runs for one target.
#[derive(Debug, Default)]
pub struct Recipe {
    /// Other targets that run first.
    pub before: Vec<String>,
    /// Command texts, in order.
    pub commands: Vec<Traced>,
    /// Variables that the target defines, in order.
    pub variables: Vec<(String, Traced)>,
}
