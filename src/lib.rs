//! Portcullis: the required check for repositories that use Claude Code.
//!
//! Snapshots are parsed into documents, documents into models, models into agent runs; rules judge them; the
//! policy decides; reports leave. Data goes through the rooms in this order and never back, and a room imports only
//! rooms above it in this list:
//!
//! - [`source`]: text, spans, trees; the ground floor
//! - [`snapshot`]: where files come from
//! - [`finding`]: what a rule reports
//! - [`secret`]: formats of keys and their detector
//! - [`shell`]: scripts as commands with exact words
//! - [`workflow`]: GitHub Actions itself
//! - [`claude`]: Claude Code itself
//! - [`agent`]: every place where a workflow starts Claude
//! - [`subject`]: what rules see
//! - [`rule`]: the rules
//! - [`policy`]: what somebody decided
//! - [`check`]: the engine
//! - [`report`]: one renderer per format
//! - [`github`]: everything that talks to GitHub
//! - [`command`]: the command line

pub mod agent;
pub mod check;
pub mod claude;
pub mod command;
pub mod finding;
#[cfg(feature = "github")]
pub mod github;
pub mod policy;
pub mod report;
pub mod rule;
pub mod secret;
pub mod shell;
pub mod snapshot;
pub mod source;
pub mod subject;
pub mod workflow;
