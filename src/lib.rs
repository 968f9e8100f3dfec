//! Portcullis.
pub mod agent;
pub mod check;
pub mod finding;
pub mod report;
pub mod rule;
pub mod source;
pub mod subject;
