//! Claude Code itself: its command line, its settings, its permission modes and tools.
//!
//! Knows nothing of GitHub, of workflows or of rules, and never does I/O. What changes with Claude Code's
//! releases lives in [`catalog`] as data. Facts: `facts/claude-code.md`, state 2026-11-22, newest release
//! seen 2.1.330.

pub mod action_args;
pub mod catalog;
pub mod command_line;
pub mod hook;
pub mod instruction;
pub mod mcp;
pub mod permission;
pub mod settings;
