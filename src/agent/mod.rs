//! Agent runs: every place where a workflow starts Claude.

mod card;
mod context;
mod hop;
mod library;
mod program;
mod scope;
mod walk;

pub use card::{AgentCard, AgentKind, Exposure, Hop, ToolSummary};
pub use library::{Library, Loaded};
