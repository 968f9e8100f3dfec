//! The agent card: what a report says about one agent run.

use crate::source::Location;

/// One agent run, as reports show it. Field by field the `agents` array of the JSON report.
#[derive(Clone, Debug)]
pub struct AgentCard {
    /// Where Claude is started: the `uses:` value or the program word of the command.
    pub location: Location,
    /// Id of the job.
    pub job: String,
    /// Name of the step: its `name`, else its `id`, else `step N`.
    pub step: String,
    /// How a workflow gets there, outermost first; empty where the start stands in the workflow itself.
    pub via: Vec<Hop>,
    /// How Claude is started.
    pub kind: AgentKind,
    /// Version of the action (`v1`, a SHA) or of the command line tool (`2.1.240`), as written.
    pub version: Option<String>,
    /// The effective permission mode, or `unknown` where it comes from somewhere that cannot be read.
    pub mode: String,
    /// The tools.
    pub tools: ToolSummary,
    /// Whether tools, token and secrets are read-only (`rules.md`, "Read-only scope").
    pub read_only: bool,
    /// Events that start the workflow, in file order.
    pub triggers: Vec<String>,
    /// Who can start it.
    pub exposure: Exposure,
    /// Whether text of strangers is known to reach the prompt.
    pub untrusted_input: bool,
    /// Effective permissions of the job's token, by scope; the key `*` stands for all scopes where
    /// `permissions:` is absent (`default`), `read-all` or `write-all`.
    pub permissions: Vec<(String, String)>,
    /// Names of secrets in reach of the run, sorted.
    pub secrets: Vec<String>,
    /// The tightest bound on the run's time, in minutes; nothing where nothing bounds it or where it
    /// cannot be known.
    pub timeout_minutes: Option<f64>,
}

/// One hop on the way from the workflow to the start of Claude.
#[derive(Clone, Debug)]
pub struct Hop {
    /// Where it is called.
    pub location: Location,
    /// What is called: `npm run fix`, `scripts/review.sh`, `./.github/actions/claude`.
    pub what: String,
}

/// How Claude is started.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum AgentKind {
    /// `claude-code-action`.
    Action,
    /// `claude-code-base-action`.
    BaseAction,
    /// The command line tool.
    Cli,
    /// The Agent SDK in a script.
    Sdk,
    /// `claude-code-security-review`.
    SecurityReview,
    /// Something that holds a Claude credential and cannot be read.
    Unresolved,
}

impl AgentKind {
    /// The word that reports use.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Action => "action",
            Self::BaseAction => "base-action",
            Self::Cli => "cli",
            Self::Sdk => "sdk",
            Self::SecurityReview => "security-review",
            Self::Unresolved => "unresolved",
        }
    }
}

/// Who can start a run (`rules.md`, "Trigger class").
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Exposure {
    /// People who can push or who run it by hand.
    Maintainer,
    /// People with write access, or strangers behind a gate.
    Insider,
    /// Anyone.
    Outsider,
}

impl Exposure {
    /// The word that reports use.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Maintainer => "maintainer",
            Self::Insider => "insider",
            Self::Outsider => "outsider",
        }
    }
}

/// The tool lists of a run, as given to Claude Code.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct ToolSummary {
    /// `--tools`: the available built-in tools; nothing where it is not given.
    pub available: Option<Vec<String>>,
    /// Allow rules of flags and settings that the run loads.
    pub allowed: Vec<String>,
    /// Deny rules likewise.
    pub denied: Vec<String>,
}
