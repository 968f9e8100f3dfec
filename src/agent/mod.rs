//! Agent runs: every place where a workflow starts Claude.

mod card;

pub use card::{AgentCard, AgentKind, Exposure, Hop, ToolSummary};
