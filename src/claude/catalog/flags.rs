//! Command line flags. Source: `claude --help` of 2.1.330 and the CLI reference (`facts/claude-code.md` §5.1).
//!
//! The arity decides which words a flag swallows, and so whether a later word is a flag at all.

/// What a flag takes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Arity {
    /// Nothing.
    Switch,
    /// The next word, whatever it is.
    Value,
    /// The next word, unless it begins with a dash.
    Optional,
    /// All following words up to the next that begins with a dash.
    List,
}

/// What a flag means to the analysis.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Meaning {
    /// `-p`
    Print,
    /// Bypass mode.
    SkipPermissions,
    /// Makes bypass mode selectable.
    AllowSkipPermissions,
    /// Sets the mode.
    PermissionMode,
    /// Allow rules.
    AllowedTools,
    /// Deny rules.
    DisallowedTools,
    /// The available built-in tools.
    Tools,
    /// Refuses bypass, drops tools that run code, ignores settings files.
    Restricted,
    /// No hooks, skills, plugins, MCP discovery.
    Bare,
    /// All customisation off.
    SafeMode,
    /// Which settings files load.
    SettingSources,
    /// Settings of the command line scope.
    Settings,
    /// MCP servers.
    McpConfig,
    /// Only the servers of `--mcp-config`.
    StrictMcpConfig,
    /// The agent that the main thread runs as.
    Agent,
    /// Agents as JSON.
    Agents,
    /// Bounds the number of turns.
    MaxTurns,
    /// Bounds the cost.
    MaxBudget,
    /// No meaning here beyond the words it takes.
    Other,
}

/// One flag.
#[derive(Clone, Copy, Debug)]
pub struct Flag {
    /// All spellings.
    pub names: &'static [&'static str],
    /// What it takes.
    pub arity: Arity,
    /// What it means.
    pub meaning: Meaning,
    /// First version that knows it; empty where it is older than the releases that were read.
    pub since: &'static str,
}

const fn flag(names: &'static [&'static str], arity: Arity, meaning: Meaning) -> Flag {
    Flag {
        names,
        arity,
        meaning,
        since: "",
    }
}

const fn since(
    names: &'static [&'static str],
    arity: Arity,
    meaning: Meaning,
    since: &'static str,
) -> Flag {
    Flag {
        names,
        arity,
        meaning,
        since,
    }
}

/// All flags that were seen.
pub static FLAGS: &[Flag] = &[
    flag(&["--print", "-p"], Arity::Switch, Meaning::Print),
    flag(
        &["--dangerously-skip-permissions"],
        Arity::Switch,
        Meaning::SkipPermissions,
    ),
    flag(
        &["--allow-dangerously-skip-permissions"],
        Arity::Switch,
        Meaning::AllowSkipPermissions,
    ),
    flag(
        &["--permission-mode"],
        Arity::Value,
        Meaning::PermissionMode,
    ),
    flag(
        &["--allowedTools", "--allowed-tools"],
        Arity::List,
        Meaning::AllowedTools,
    ),
    flag(
        &["--disallowedTools", "--disallowed-tools"],
        Arity::List,
        Meaning::DisallowedTools,
    ),
    flag(&["--tools"], Arity::List, Meaning::Tools),
    since(
        &["--restricted"],
        Arity::Switch,
        Meaning::Restricted,
        "2.1.248",
    ),
    flag(&["--bare"], Arity::Switch, Meaning::Bare),
    since(
        &["--safe-mode"],
        Arity::Switch,
        Meaning::SafeMode,
        "2.1.169",
    ),
    flag(
        &["--setting-sources"],
        Arity::Value,
        Meaning::SettingSources,
    ),
    flag(&["--settings"], Arity::Value, Meaning::Settings),
    flag(&["--mcp-config"], Arity::List, Meaning::McpConfig),
    flag(
        &["--strict-mcp-config"],
        Arity::Switch,
        Meaning::StrictMcpConfig,
    ),
    flag(&["--agent"], Arity::Value, Meaning::Agent),
    flag(&["--agents"], Arity::Value, Meaning::Agents),
    flag(&["--max-turns"], Arity::Value, Meaning::MaxTurns),
    flag(&["--max-budget-usd"], Arity::Value, Meaning::MaxBudget),
    since(
        &["--permission-prompts"],
        Arity::Value,
        Meaning::Other,
        "2.1.259",
    ),
    flag(&["--permission-prompt-tool"], Arity::Value, Meaning::Other),
    flag(&["--enable-auto-mode"], Arity::Switch, Meaning::Other),
    flag(&["--add-dir"], Arity::List, Meaning::Other),
    flag(&["--plugin-dir"], Arity::Value, Meaning::Other),
    flag(&["--plugin-url"], Arity::Value, Meaning::Other),
    flag(&["--system-prompt"], Arity::Value, Meaning::Other),
    flag(&["--system-prompt-file"], Arity::Value, Meaning::Other),
    flag(&["--append-system-prompt"], Arity::Value, Meaning::Other),
    flag(
        &["--append-system-prompt-file"],
        Arity::Value,
        Meaning::Other,
    ),
    flag(&["--prompt-file"], Arity::Value, Meaning::Other),
    flag(&["--model"], Arity::Value, Meaning::Other),
    flag(&["--fallback-model"], Arity::Value, Meaning::Other),
    flag(&["--effort"], Arity::Value, Meaning::Other),
    flag(&["--max-thinking-tokens"], Arity::Value, Meaning::Other),
    flag(&["--output-format"], Arity::Value, Meaning::Other),
    flag(&["--input-format"], Arity::Value, Meaning::Other),
    flag(&["--json-schema"], Arity::Value, Meaning::Other),
    flag(&["--session-id"], Arity::Value, Meaning::Other),
    flag(&["--name", "-n"], Arity::Value, Meaning::Other),
    flag(&["--debug-file"], Arity::Value, Meaning::Other),
    flag(&["--betas"], Arity::List, Meaning::Other),
    flag(&["--file"], Arity::List, Meaning::Other),
    flag(&["--channels"], Arity::List, Meaning::Other),
    flag(
        &["--dangerously-load-development-channels"],
        Arity::List,
        Meaning::Other,
    ),
    flag(&["--debug", "-d"], Arity::Optional, Meaning::Other),
    flag(&["--resume", "-r"], Arity::Optional, Meaning::Other),
    flag(&["--from-pr"], Arity::Optional, Meaning::Other),
    flag(&["--worktree", "-w"], Arity::Optional, Meaning::Other),
    flag(
        &["--remote-control", "--rc"],
        Arity::Optional,
        Meaning::Other,
    ),
    flag(&["--cloud", "--remote"], Arity::Optional, Meaning::Other),
    flag(&["--teleport"], Arity::Optional, Meaning::Other),
    flag(&["--tmux"], Arity::Switch, Meaning::Other),
    flag(&["--continue", "-c"], Arity::Switch, Meaning::Other),
    flag(&["--fork-session"], Arity::Switch, Meaning::Other),
    flag(&["--no-session-persistence"], Arity::Switch, Meaning::Other),
    flag(&["--verbose"], Arity::Switch, Meaning::Other),
    flag(&["--include-hook-events"], Arity::Switch, Meaning::Other),
    flag(
        &["--include-partial-messages"],
        Arity::Switch,
        Meaning::Other,
    ),
    flag(&["--replay-user-messages"], Arity::Switch, Meaning::Other),
    flag(&["--disable-slash-commands"], Arity::Switch, Meaning::Other),
    flag(&["--init"], Arity::Switch, Meaning::Other),
    flag(&["--ide"], Arity::Switch, Meaning::Other),
    flag(&["--chrome"], Arity::Switch, Meaning::Other),
    flag(&["--no-chrome"], Arity::Switch, Meaning::Other),
    flag(&["--bg"], Arity::Switch, Meaning::Other),
    flag(&["--mcp-debug"], Arity::Switch, Meaning::Other),
];

/// Finds a flag by any of its spellings.
pub fn find(name: &str) -> Option<&'static Flag> {
    FLAGS.iter().find(|flag| flag.names.contains(&name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_spelling_stands_twice() {
        let mut names: Vec<_> = FLAGS.iter().flat_map(|flag| flag.names).collect();
        let count = names.len();
        names.sort();
        names.dedup();
        assert_eq!(names.len(), count);
    }
}
