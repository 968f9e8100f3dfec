//! Permission rules: their grammar, what is wrong with them, and what they decide about a call.
//!
//! It answers "would this call be allowed?" from rules alone, as Claude Code does: deny, then ask, then allow, over
//! the rules of all scopes, then what the mode says. It never runs a command and never looks at a disk. A text that
//! it cannot read is asked about, never allowed. Every match takes time in proportion to rule and call.
//! Facts: `facts/claude-code.md` §1.5, §2.

mod call;
mod command;
mod cover;
mod decide;
mod matching;
mod path;
mod pattern;
mod problem;
mod rule;
mod wrapper;

pub use call::{BadCall, Call};
pub use cover::covers;
pub use decide::{
    Asked, Because, Decision, Headless, List, Outcome, PlacedRule, Prompt, RuleSet, Scope,
};
pub use path::{FilePath, PathRule};
pub use pattern::TextPattern;
pub use problem::{Problem, ProblemKind, Repair, problems};
pub use rule::{Invalid, Rule, Specifier};

#[cfg(test)]
mod tests;
