//! What the rules of all scopes and the mode say of a call (`facts/claude-code.md` §1.5, §2.2).

use crate::claude::catalog::modes::Mode;
use crate::claude::catalog::tools::{self, Effect};
use crate::source::{Location, Traced};

use super::call::{Arguments, Call};
use super::command::{Line, Nature, Part};
use super::matching::{find, fits, part_fits, path_hit, stops};
use super::path::FilePath;
use super::rule::{Invalid, Rule, Specifier};
use super::wrapper::Sight;

/// One of the three lists.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum List {
    /// `permissions.deny`.
    Deny,
    /// `permissions.ask`.
    Ask,
    /// `permissions.allow`.
    Allow,
}

impl List {
    /// In the order in which they decide.
    pub const ALL: [Self; 3] = [Self::Deny, Self::Ask, Self::Allow];

    /// The key.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Deny => "deny",
            Self::Ask => "ask",
            Self::Allow => "allow",
        }
    }
}

/// Where a rule comes from, strongest first. Lists are merged, so that the scope decides nothing about a match.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Scope {
    /// Managed settings of an organisation.
    Managed,
    /// Flags and `--settings`.
    CommandLine,
    /// `.claude/settings.local.json`.
    Local,
    /// `.claude/settings.json`.
    Project,
    /// `~/.claude/settings.json`.
    User,
}

/// A rule and where it stands.
#[derive(Clone, Debug)]
pub struct PlacedRule {
    /// The list.
    pub list: List,
    /// The scope.
    pub scope: Scope,
    /// The text, with the place of each byte.
    pub written: Traced,
    /// The whole value in the file.
    pub location: Location,
    /// What it means.
    pub rule: Result<Rule, Invalid>,
    /// Whether a headless run in a folder that nobody has trusted honours it: allow rules of a repository are not.
    pub headless: Headless,
}

/// Whether a run without a person honours a rule.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Headless {
    /// It does.
    Honoured,
    /// It does not, unless somebody has trusted the folder.
    Ignored,
}

/// What becomes of a call.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Outcome {
    /// It runs.
    Allow,
    /// A classifier decides (mode `auto`).
    Classifier,
    /// Somebody is asked.
    Ask,
    /// It does not run.
    Deny,
}

impl Outcome {
    /// The word for people and for JSON.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Allow => "allow",
            Self::Classifier => "classifier",
            Self::Ask => "ask",
            Self::Deny => "deny",
        }
    }
}

/// Whether somebody can be asked.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Prompt {
    /// A person sits there, and has trusted the folder.
    Person,
    /// `-p` in a fresh checkout.
    Nobody,
}

/// The circumstances of a call.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Asked {
    /// The permission mode.
    pub mode: Mode,
    /// Whether somebody can be asked.
    pub prompt: Prompt,
}

/// An outcome and what it comes from.
#[derive(Clone, Copy, Debug)]
pub struct Decision<'r> {
    /// What becomes of the call.
    pub outcome: Outcome,
    /// Why.
    pub because: Because<'r>,
}

/// What decides.
#[derive(Clone, Copy, Debug)]
pub enum Because<'r> {
    /// A rule.
    Rule(&'r PlacedRule),
    /// Something that is built into Claude Code, as a clause for people.
    BuiltIn(&'static str),
    /// No rule is about it.
    NoRule,
}

/// The rules that one start of Claude loads.
#[derive(Clone, Debug, Default)]
pub struct RuleSet<'r> {
    lists: [Vec<&'r PlacedRule>; 3],
}

/// Folders and files that no rule of a settings file opens for writing. `.github` is not among them.
const PROTECTED: &[&str] = &[
    ".git",
    ".vscode",
    ".idea",
    ".husky",
    ".cargo",
    ".devcontainer",
    ".yarn",
    ".mvn",
    ".claude",
    ".gitconfig",
    ".gitmodules",
    ".envrc",
    ".npmrc",
    ".yarnrc",
    ".yarnrc.yml",
    ".pnp.cjs",
    ".pnp.loader.mjs",
    ".pnpmfile.cjs",
    "bunfig.toml",
    ".bunfig.toml",
    ".pre-commit-config.yaml",
    ".devcontainer.json",
    ".ripgreprc",
    "pyrightconfig.json",
    ".mcp.json",
    ".claude.json",
    ".bashrc",
    ".bash_profile",
    ".profile",
    ".zshrc",
    ".zprofile",
];

/// Tools that reach outside and are asked about unless a rule allows them, beside those that act.
const ASKED_ABOUT: &[&str] = &["WebFetch", "WebSearch", "Artifact", "ShareOnboardingGuide"];

/// Tools that act, and need no permission of their own.
const UNASKED: &[&str] = &[
    "Agent",
    "ExitWorktree",
    "CronCreate",
    "CronDelete",
    "ScheduleWakeup",
];

impl<'r> RuleSet<'r> {
    /// The rules of all scopes together.
    pub fn new(rules: impl IntoIterator<Item = &'r PlacedRule>) -> Self {
        let mut set = Self::default();
        for rule in rules.into_iter().filter(|placed| placed.rule.is_ok()) {
            let [deny, ask, allow] = &mut set.lists;
            match rule.list {
                List::Deny => deny.push(rule),
                List::Ask => ask.push(rule),
                List::Allow => allow.push(rule),
            }
        }
        set
    }

    /// Rules of a list, in file order.
    pub fn list(&self, list: List) -> &[&'r PlacedRule] {
        let [deny, ask, allow] = &self.lists;
        match list {
            List::Deny => deny,
            List::Ask => ask,
            List::Allow => allow,
        }
    }

    /// The first rule of the deny or ask list that stops a call.
    pub fn stopped_by(&self, list: List, call: &Call) -> Option<&'r PlacedRule> {
        let rules = self.list(list);
        if let Some(bare) = find(rules, &call.tool, |specifier| *specifier == Specifier::All) {
            return Some(bare);
        }
        match &call.input {
            Arguments::Command(line) => line.parts.iter().find_map(|part| stops(rules, call, part)),
            Arguments::Read(path) => path_hit(rules, "Read", path, list),
            Arguments::Write(path) => path_hit(rules, "Edit", path, list).or_else(|| {
                // A denied file cannot be written either; notebooks are the exception.
                let reads = list == List::Deny && &*call.tool != "NotebookEdit";
                reads.then(|| path_hit(rules, "Read", path, list)).flatten()
            }),
            other => find(rules, &call.tool, |specifier| fits(specifier, other)),
        }
    }

    /// What becomes of a call.
    pub fn decide(&self, call: &Call, asked: Asked) -> Decision<'r> {
        if let Some(rule) = self.stopped_by(List::Deny, call) {
            return Decision {
                outcome: Outcome::Deny,
                because: Because::Rule(rule),
            };
        }
        if let Some(rule) = self.stopped_by(List::Ask, call) {
            return Decision {
                outcome: unless_asked(asked),
                because: Because::Rule(rule),
            };
        }
        let line = match &call.input {
            Arguments::Command(line) => Some(line),
            _ => None,
        };
        if line.is_some_and(|line| {
            line.parts
                .iter()
                .any(|part| part.nature() == Nature::Critical)
        }) {
            return Decision {
                outcome: unless_asked(asked),
                because: Because::BuiltIn(
                    "the removal of a top folder or of home is never approved in advance",
                ),
            };
        }
        if asked.mode == Mode::BypassPermissions {
            return Decision {
                outcome: Outcome::Allow,
                because: Because::BuiltIn(
                    "the mode allows everything that no deny or ask rule names",
                ),
            };
        }
        if line.is_some_and(|line| !line.readable) {
            return Decision {
                outcome: unless_asked(asked),
                because: Because::BuiltIn(
                    "a command that cannot be read, or is longer than 10,000 characters, is always asked about",
                ),
            };
        }
        if let Some(because) = self.approved(call, asked) {
            return Decision {
                outcome: Outcome::Allow,
                because,
            };
        }
        let outcome = match asked.mode {
            Mode::Auto => Outcome::Classifier,
            Mode::Plan => Outcome::Deny,
            _ => unless_asked(asked),
        };
        Decision {
            outcome,
            because: Because::NoRule,
        }
    }

    fn approved(&self, call: &Call, asked: Asked) -> Option<Because<'r>> {
        match &call.input {
            Arguments::Command(line) => self.line_approved(line, call, asked),
            Arguments::Read(path) => self
                .allowed(asked, call, |rules| {
                    path_hit(rules, "Read", path, List::Allow)
                })
                .or_else(|| {
                    path.is_inside()
                        .then_some(Because::BuiltIn("files of the project may be read"))
                }),
            Arguments::Write(path) => {
                if is_protected(path) {
                    return None;
                }
                let rule = self.allowed(asked, call, |rules| {
                    path_hit(rules, "Edit", path, List::Allow)
                });
                let edits = asked.mode == Mode::AcceptEdits && path.is_inside();
                rule.or_else(|| {
                    edits.then_some(Because::BuiltIn("the mode accepts edits in the project"))
                })
            }
            other => {
                let rule = self.allowed(asked, call, |rules| {
                    find(rules, &call.tool, |specifier| {
                        *specifier == Specifier::All || fits(specifier, other)
                    })
                });
                rule.or_else(|| {
                    needs_nothing(&call.tool)
                        .then_some(Because::BuiltIn("the tool needs no permission"))
                })
            }
        }
    }

    fn allowed(
        &self,
        asked: Asked,
        call: &Call,
        find_in: impl Fn(&[&'r PlacedRule]) -> Option<&'r PlacedRule>,
    ) -> Option<Because<'r>> {
        if asked.mode == Mode::Plan && tools::effect(&call.tool) == Effect::Acts {
            return None;
        }
        find_in(&self.honoured(asked)).map(Because::Rule)
    }

    /// The allow rules that count here.
    fn honoured(&self, asked: Asked) -> Vec<&'r PlacedRule> {
        let counts = |placed: &&&PlacedRule| {
            let trusted = asked.prompt == Prompt::Person || placed.headless == Headless::Honoured;
            let broad = asked.mode == Mode::Auto
                && placed
                    .rule
                    .as_ref()
                    .is_ok_and(|rule| rule.is_bare() && tools::effect(&rule.tool) == Effect::Acts);
            trusted && !broad
        };
        self.list(List::Allow)
            .iter()
            .filter(counts)
            .copied()
            .collect()
    }

    /// Every part of a command line has to be approved.
    fn line_approved(&self, line: &Line, call: &Call, asked: Asked) -> Option<Because<'r>> {
        let rules = self.honoured(asked);
        let mut because = Because::BuiltIn("the command only reads in the project");
        for part in &line.parts {
            match self.part_approved(part, call, &rules, asked)? {
                rule @ Because::Rule(_) => because = rule,
                built_in if matches!(because, Because::BuiltIn(_)) => because = built_in,
                _ => {}
            }
        }
        Some(because)
    }

    fn part_approved(
        &self,
        part: &Part,
        call: &Call,
        rules: &[&'r PlacedRule],
        asked: Asked,
    ) -> Option<Because<'r>> {
        let edits = asked.mode == Mode::AcceptEdits;
        for target in &part.writes {
            let path = target.as_ref()?;
            let by_rule = path_hit(rules, "Edit", path, List::Allow).is_some();
            if is_protected(path) || !(by_rule || (edits && path.is_inside())) {
                return None;
            }
        }
        if part.input.iter().any(|path| !path.is_inside()) {
            return None;
        }
        if part.is_harmless_assignment() {
            return Some(Because::BuiltIn("it only sets harmless variables"));
        }
        let nature = part.nature();
        if asked.mode != Mode::Plan {
            let texts = part.texts(Sight::Allow);
            let by_rule = rules.iter().find(|placed| {
                placed.rule.as_ref().is_ok_and(|rule| {
                    rule.is_about(&call.tool) && part_fits(&rule.specifier, &texts, part)
                })
            });
            if let Some(rule) = by_rule {
                return Some(Because::Rule(rule));
            }
        }
        match nature {
            Nature::ReadOnly => Some(Because::BuiltIn("the command only reads in the project")),
            Nature::FileEdit if edits => Some(Because::BuiltIn(
                "the mode accepts simple file commands in the project",
            )),
            _ => None,
        }
    }
}

fn is_protected(path: &FilePath) -> bool {
    let mut parts = path.inner().peekable();
    while let Some(part) = parts.next() {
        if PROTECTED.contains(&part) {
            return !(part == ".claude" && parts.peek() == Some(&"worktrees"));
        }
    }
    false
}

fn needs_nothing(tool: &str) -> bool {
    if tool.starts_with("mcp__") || ASKED_ABOUT.contains(&tool) {
        return false;
    }
    let known = tools::TOOLS.iter().any(|known| known.name == tool);
    UNASKED.contains(&tool) || (known && tools::effect(tool) != Effect::Acts)
}

fn unless_asked(asked: Asked) -> Outcome {
    match (asked.prompt, asked.mode) {
        (Prompt::Nobody, _) | (_, Mode::DontAsk) => Outcome::Deny,
        _ => Outcome::Ask,
    }
}
