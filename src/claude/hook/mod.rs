//! Hooks: what is declared, and what each command would really do.
//!
//! The model keeps every declaration with its place: event, matcher, handlers. [`analyse`] reads a handler's command
//! and follows it into the scripts that it names, and says which variables it reads, whether it reads its input, how
//! it can exit. It runs nothing, and it asks for files only through [`Scripts`]. Facts: `facts/claude-code.md` §3, §10
//! (H1–H13).

mod argv;
mod behaviour;
mod code;
mod follow;
mod javascript;
mod matcher;
mod model;
mod network;
mod path;
mod program;
mod python;
mod runner;
mod swallow;
#[cfg(test)]
mod tests;
mod token;
mod walk;

pub use behaviour::{
    Behaviour, Decision, Download, Exit, Fetched, Intent, Phantom, ScriptState, ScriptUse, Send,
    Starved, Verdict,
};
pub use follow::{Opened, Scripts, analyse, remote_execution, server_command};
pub use matcher::{Miss, judge as judge_matcher, names as matcher_names};
pub use model::{Declared, Handler, HandlerKind, Malformed, Named, Place, read as read_hooks};
pub(crate) use network::{host, is_loopback};
