//! Agent runs: every place where a workflow starts Claude.

mod action_run;
mod bound;
mod card;
mod carrier;
mod command_file;
mod compose;
mod context;
mod effective;
mod environment;
mod exposure;
mod hop;
mod library;
mod outside;
mod power;
mod program;
mod run;
mod scope;
mod search;
mod walk;

pub use bound::{Bound, Bounds, Limit};
pub use card::{AgentCard, AgentKind, Exposure, Hop, ToolSummary};
pub use effective::{EffectiveMode, SetBy, Setting, Tools};
pub(crate) use library::join;
pub use library::{Library, Loaded};
pub use outside::{OutsideKind, OutsideStart, may_bypass, outside};
pub use power::{Power, Reason};
pub use program::Certainty;
pub use run::{AgentRun, JobPlace, Work};
pub use search::{Discovery, search};
