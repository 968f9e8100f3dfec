//! The engine.

mod report;

pub use report::{Coverage, PolicySummary, Reason, Report, Suppressed, Uncovered, Verdict};
