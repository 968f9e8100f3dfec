//! First words after `claude` that start no agent. Source: `claude --help` of 2.1.330 and the CLI reference.

/// Subcommands that manage the installation or its configuration.
pub static SUBCOMMANDS: &[&str] = &[
    "agents",
    "auth",
    "auto-mode",
    "config",
    "doctor",
    "install",
    "login",
    "logout",
    "mcp",
    "migrate-installer",
    "plugin",
    "plugins",
    "setup-token",
    "update",
    "upgrade",
];

/// Flags that print something and exit.
pub static PRINT_AND_EXIT: &[&str] = &[
    "--version",
    "-v",
    "--help",
    "-h",
    "--init-only",
    "--maintenance",
];
