//! What a hook would do, as far as its text shows it.

use crate::source::Location;

/// What the texts of one hook come to: the command and everything that it runs.
#[derive(Clone, Default, Debug)]
pub struct Behaviour {
    /// Variables it reads that Claude Code never sets and that it does not set itself.
    pub phantoms: Vec<Phantom>,
    /// Where it reads what Claude Code writes to its standard input.
    pub input: Vec<Location>,
    /// Programs that read their standard input from a command that only prints such a variable.
    pub starved: Vec<Starved>,
    /// How it can exit.
    pub exits: Vec<Exit>,
    /// Decisions in JSON.
    pub decisions: Vec<(Decision, Location)>,
    /// A message that says that something is blocked.
    pub refusal: Option<Location>,
    /// Where it appends to a file.
    pub log: Option<Location>,
    /// A formatter or a linter.
    pub formatter: Option<Location>,
    /// Scripts of the tree that it names.
    pub scripts: Vec<ScriptUse>,
    /// Where the exit code of what decides gets lost, and how.
    pub swallowed: Option<(Location, &'static str)>,
    /// Code from the network that is run.
    pub downloads: Vec<Download>,
    /// What leaves the machine.
    pub sends: Vec<Send>,
    /// What the checkout brings along and is run: a package script, a make target, a file.
    pub repository: Vec<(Location, String)>,
    /// Programs that nobody here can read.
    pub unresolved: Vec<Location>,
}

/// A variable that is read and never set.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Phantom {
    /// Its name.
    pub name: String,
    /// Where it is read.
    pub location: Location,
}

/// A program that is fed nothing.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Starved {
    /// The program.
    pub program: String,
    /// Where it reads.
    pub location: Location,
    /// Whether it parses the text as JSON and does not catch the error.
    pub crashes: bool,
}

/// One way to end.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Exit {
    /// The code; nothing where the text does not show it.
    pub code: Option<u8>,
    /// Where.
    pub location: Location,
}

/// What a decision in JSON says.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Decision {
    /// Deny, ask, block, or stop.
    Stops,
    /// Allow or approve.
    Allows,
}

/// A script that a hook names.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ScriptUse {
    /// Path in the tree.
    pub path: String,
    /// Where it is named.
    pub location: Location,
    /// What was found there.
    pub state: ScriptState,
    /// Whether the path holds wherever Claude's shell stands: it is absolute or starts from a known folder.
    pub anchored: bool,
}

/// What was found under a path.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ScriptState {
    /// The script was read, or may be.
    Present,
    /// There is nothing.
    Missing,
    /// It is started as a program and has no permission to be one.
    NotExecutable,
}

/// Code that comes from the network and is run.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Download {
    /// Where.
    pub location: Location,
    /// What happens, as a clause.
    pub what: String,
    /// What is fetched.
    pub fetched: Fetched,
}

/// What is fetched and run.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Fetched {
    /// A text from an address.
    Code,
    /// A package of a registry, in its newest version.
    Package,
}

/// Something that leaves the machine.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Send {
    /// The host; nothing where the text does not show it.
    pub host: Option<String>,
    /// Where.
    pub location: Location,
    /// Whether it carries the hook's input, a variable or a file, and not only fixed text.
    pub carries: bool,
}

/// What a hook is for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Intent {
    /// It means to stop something.
    Guard,
    /// It writes down what happens.
    Log,
    /// It changes files after an edit.
    Formatter,
    /// Something else.
    Other,
}

/// Whether a hook can stop what is about to happen, if its input reaches it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Verdict {
    /// It can exit with code 2 or print a decision.
    Can,
    /// Nothing in its text can.
    Cannot,
    /// Its text does not show it.
    Unclear,
}

impl Behaviour {
    /// What the hook is for. `may_block` says whether its event lets it stop anything.
    pub fn intent(&self, may_block: bool) -> Intent {
        let fails = self
            .exits
            .iter()
            .any(|exit| exit.code.is_some_and(|code| code != 0));
        let blocks = self.exits.iter().any(|exit| exit.code == Some(2));
        let stops = self
            .decisions
            .iter()
            .any(|(decision, _)| *decision == Decision::Stops);
        let refuses = self.refusal.is_some();
        // A log or a formatter that gives up where a tool is missing guards nothing.
        let fails_for_a_reason = fails && self.log.is_none() && self.formatter.is_none();
        if (may_block && (blocks || stops || fails_for_a_reason))
            || (refuses && (may_block || fails))
        {
            Intent::Guard
        } else if self.formatter.is_some() {
            Intent::Formatter
        } else if self.log.is_some() {
            Intent::Log
        } else {
            Intent::Other
        }
    }

    /// Whether it can stop anything by exit code 2 or by a decision.
    pub fn verdict(&self) -> Verdict {
        let can = self.exits.iter().any(|exit| exit.code == Some(2))
            || self
                .decisions
                .iter()
                .any(|(decision, _)| *decision == Decision::Stops);
        if can {
            Verdict::Can
        } else if !self.unresolved.is_empty() || self.exits.iter().any(|exit| exit.code.is_none()) {
            Verdict::Unclear
        } else {
            Verdict::Cannot
        }
    }
}

/// Whether a text that is printed says that something is refused.
pub(super) fn refuses(text: &str) -> bool {
    /// Longer texts are documents, not messages.
    const LONGEST: usize = 600;
    let text = text.trim_start_matches(|c: char| !c.is_alphanumeric());
    if text.len() > LONGEST {
        return false;
    }
    let folded = text.to_ascii_lowercase();
    [
        "block",
        "denied",
        "deny:",
        "refus",
        "forbidden",
        "prohibited",
    ]
    .iter()
    .any(|word| folded.starts_with(word))
        || text.contains("BLOCKED")
        || text.contains("DENIED")
        || [
            "is not allowed",
            "are not allowed",
            "not permitted",
            "is blocked",
            "are blocked",
            "is forbidden",
            "are forbidden",
        ]
        .iter()
        .any(|words| folded.contains(words))
}

/// The decision that a text holds, where it looks like one: `{"decision": "block"}`, `permissionDecision: 'deny'`.
pub(super) fn decision(text: &str) -> Option<Decision> {
    let names = [
        "permissionDecision",
        "\"decision\"",
        "'decision'",
        "decision:",
    ];
    let at = names
        .iter()
        .filter_map(|name| Some(text.find(name)? + name.len()))
        .min();
    if let Some(at) = at {
        let rest = text.get(at..).unwrap_or_default();
        let near: String = rest.chars().take(400).collect();
        let stops = ["deny", "block", "ask"]
            .iter()
            .any(|word| near.contains(word));
        // A value that a variable holds may be any of them.
        let allows = ["allow", "approve"].iter().any(|word| near.contains(word));
        return Some(if allows && !stops {
            Decision::Allows
        } else {
            Decision::Stops
        });
    }
    let folded: String = text
        .chars()
        .filter(|c| !c.is_whitespace() && *c != '"' && *c != '\'')
        .take(4000)
        .collect();
    folded.contains("continue:false").then_some(Decision::Stops)
}
