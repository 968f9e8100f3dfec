//! Portcullis.
pub mod agent;
pub mod check;
pub mod claude;
pub mod finding;
pub mod policy;
pub mod report;
pub mod rule;
pub mod secret;
pub mod shell;
pub mod snapshot;
pub mod source;
pub mod subject;
pub mod workflow;
