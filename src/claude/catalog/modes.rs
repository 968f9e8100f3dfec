//! Permission modes. Source: `facts/claude-code.md` §1.4, §1.5 (`claude --help` of 2.1.330, permission-modes page).

/// A permission mode.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Mode {
    /// `default`, also spelled `manual` since 2.1.200: what no rule covers is asked, and in `-p` denied.
    Default,
    /// `acceptEdits`: file edits and simple file commands run without asking.
    AcceptEdits,
    /// `plan`: reads and read-only shell; holds only where bypass is not available.
    Plan,
    /// `auto`: a classifier decides.
    Auto,
    /// `dontAsk`: only what a rule allows.
    DontAsk,
    /// `bypassPermissions`: everything.
    BypassPermissions,
}

/// One spelling of a mode.
pub struct ModeName {
    /// As written.
    pub name: &'static str,
    /// What it means.
    pub mode: Mode,
    /// First version that knows it; empty where it is older than the releases that were read.
    pub since: &'static str,
}

/// All spellings.
pub static MODES: &[ModeName] = &[
    ModeName {
        name: "default",
        mode: Mode::Default,
        since: "",
    },
    ModeName {
        name: "manual",
        mode: Mode::Default,
        since: "2.1.200",
    },
    ModeName {
        name: "acceptEdits",
        mode: Mode::AcceptEdits,
        since: "",
    },
    ModeName {
        name: "plan",
        mode: Mode::Plan,
        since: "",
    },
    ModeName {
        name: "auto",
        mode: Mode::Auto,
        since: "2.1.228",
    },
    ModeName {
        name: "dontAsk",
        mode: Mode::DontAsk,
        since: "",
    },
    ModeName {
        name: "bypassPermissions",
        mode: Mode::BypassPermissions,
        since: "",
    },
];

impl Mode {
    /// Reads a mode. Case matters, as in Claude Code.
    pub fn parse(name: &str) -> Option<Self> {
        MODES
            .iter()
            .find(|known| known.name == name)
            .map(|known| known.mode)
    }

    /// The main spelling.
    pub fn as_str(self) -> &'static str {
        MODES
            .iter()
            .find(|known| known.mode == self)
            .map_or("default", |known| known.name)
    }
}
