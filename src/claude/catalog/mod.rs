//! Names that change with Claude Code's releases, one table a file. Unknown names are unknown, not wrong.

pub mod events;
pub mod flags;
pub mod modes;
pub mod packages;
pub mod subcommands;
pub mod tools;
