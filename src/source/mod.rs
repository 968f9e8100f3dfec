//! Files as text and as trees.
//!
//! The ground floor: it knows nothing of GitHub, of Claude or of rules, and never does I/O. It gives every
//! other room three things: text with exact places, trees with exact places, and text that remembers where
//! it came from.

mod file;
pub mod front_matter;
pub mod json;
#[cfg(test)]
mod property;
mod scalar;
mod span;
mod traced;
mod tree;
pub mod yaml;

pub use file::{LineIndex, Location, Position, SourceFile};
pub use span::{Span, saturate};
pub use traced::{Hole, Traced};
pub use tree::{Entry, Node, NodeId, Oddity, OddityKind, ScalarType, Style, SyntaxError, Tree};
