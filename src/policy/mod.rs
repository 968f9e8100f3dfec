//! The policy: `portcullis.yml`, and what it makes of findings.
//!
//! A policy file is read in two phases, so that every mistake is a [`Diagnostic`] with its place and all of
//! them are listed at once. First its shape is read into unvalidated values with their places (`read`):
//! unknown, repeated and missing keys, wrong types. Then the values get their meaning (`validate`): rules,
//! options, severities, patterns, days. A key that this version does not honour is refused, never ignored.
//!
//! **One reading of the text.** `serde_yaml` over the whole file would stop at the first mistake, name a
//! line instead of a token, and be a second YAML reader that may disagree with the first. So the tree of
//! [`source::yaml`](crate::source::yaml) decides about keys, structure and places, and `serde_yaml` gives
//! the values in it their types, one value at a time. The tests lay an ordinary `serde_yaml` reading beside it.
//!
//! This room never does I/O: files, the day and the command line are given to it. Where nothing is
//! configured nothing is compiled. What it never does: silence `unreadable-file`, turn `hardcoded-key` off,
//! or let an exemption without a reason, an owner and a last day pass. It follows `design.md` §4 and §5.

mod diagnostic;
mod exemption;
mod file_name;
mod glob;
mod judge;
mod overrides;
mod read;
mod schema;
mod validate;

use std::fmt;
use std::sync::Arc;

pub use diagnostic::Diagnostic;
pub use exemption::Exemption;
pub use file_name::{FILE_NAMES, choose_file};
pub use glob::{Globs, PathPattern};
pub use judge::Judged;
pub use overrides::{BaseKind, Notice, Overrides};
pub use schema::json_schema;

use crate::finding::{FailOn, Finding, RuleId, Severity};
use crate::rule::{self, Group, Level, Options, Profile, Rule};
use crate::source::{Location, SourceFile, yaml};
use crate::subject::guard::PermissionTest;
use diagnostic::Mistakes;

/// The largest file that is read, where the policy says nothing: 1 MiB.
pub const DEFAULT_MAX_FILE_SIZE: u64 = 1 << 20;

/// The largest value of `max-file-size`: 64 MiB. Spans are 32 bits wide, and the tree of a file takes a
/// multiple of its size.
pub const LARGEST_MAX_FILE_SIZE: u64 = 64 << 20;

/// What is judged, how strictly, and what somebody has accepted.
#[derive(Clone, Debug)]
pub struct Policy {
    /// Where it comes from.
    pub source: PolicySource,
    /// The profile.
    pub profile: Profile,
    /// From which severity on a finding fails the run, in [`Mode::Enforce`]; see [`Policy::threshold`].
    pub fail_on: FailOn,
    /// Whether findings can fail the run at all.
    pub mode: Mode,
    /// Who can see the repository.
    pub visibility: Visibility,
    /// Options of rules.
    pub options: Options,
    /// Findings that somebody accepted, in file order.
    pub exemptions: Vec<Exemption>,
    /// Files that are not judged.
    pub exclude: Globs,
    /// Names that rules trust.
    pub trusted: Trusted,
    /// What has to become of calls.
    pub permit: Vec<PermissionTest>,
    /// Larger files are not read, in bytes.
    pub max_file_size: u64,
    levels: Vec<RuleLevel>,
    groups_off: Vec<Group>,
    rules: &'static [&'static Rule],
}

/// The severity that the policy gives a rule.
#[derive(Clone, Debug)]
struct RuleLevel {
    rule: RuleId,
    level: Level,
}

/// Where a policy comes from.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum PolicySource {
    /// There is no policy file.
    BuiltIn,
    /// A file of the working tree.
    File {
        /// Its path.
        path: String,
    },
    /// A file of a commit.
    FileAt {
        /// Its path.
        path: String,
        /// The commit, as it was named.
        rev: String,
    },
}

impl fmt::Display for PolicySource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::BuiltIn => f.write_str("built-in"),
            Self::File { path } => f.write_str(path),
            Self::FileAt { path, rev } => write!(f, "{path} at {rev}"),
        }
    }
}

/// Whether findings can fail a run.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub enum Mode {
    /// They can.
    #[default]
    Enforce,
    /// Everything is shown, nothing fails.
    Report,
}

impl Mode {
    /// All modes.
    pub const ALL: [Self; 2] = [Self::Enforce, Self::Report];

    /// The word that the policy uses.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Enforce => "enforce",
            Self::Report => "report",
        }
    }
}

/// Who can see a repository.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub enum Visibility {
    /// Everybody.
    Public,
    /// Its members.
    Private,
    /// Everybody in the enterprise.
    Internal,
    /// Nobody has said. Rules take it for public.
    #[default]
    Unknown,
}

impl Visibility {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Public, Self::Private, Self::Internal, Self::Unknown];

    /// The word that the policy uses.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Public => "public",
            Self::Private => "private",
            Self::Internal => "internal",
            Self::Unknown => "unknown",
        }
    }

    /// Whether strangers have to be reckoned with.
    pub const fn counts_as_public(self) -> bool {
        matches!(self, Self::Public | Self::Unknown)
    }
}

/// Names that rules trust. Stored here; the rules that ask for them read them.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Trusted {
    /// Actions: `owner/*` or `owner/repository`.
    pub actions: Vec<String>,
    /// Host names; a leading `*.` stands for any subdomain.
    pub hosts: Vec<String>,
}

impl Policy {
    /// The policy of a repository without a policy file.
    pub fn built_in() -> Self {
        Self::defaults(PolicySource::BuiltIn, rule::ALL)
    }

    /// Reads a policy file.
    ///
    /// # Errors
    /// All mistakes in the file, in file order (at most a hundred, then how many more there are).
    pub fn parse(file: &Arc<SourceFile>, source: PolicySource) -> Result<Self, Vec<Diagnostic>> {
        Self::parse_with(file, source, rule::ALL)
    }

    fn parse_with(
        file: &Arc<SourceFile>,
        source: PolicySource,
        rules: &'static [&'static Rule],
    ) -> Result<Self, Vec<Diagnostic>> {
        let mut mistakes = Mistakes::new(file);
        let tree = match yaml::parse(file) {
            Ok(tree) => tree,
            Err(error) => {
                let message = format!("this is no YAML: {}", error.message);
                return Err(vec![Diagnostic::new(
                    Location::new(file, error.span),
                    message,
                )]);
            }
        };
        let unvalidated = read::read(&tree, &mut mistakes);
        let policy = validate::validate(unvalidated, Self::defaults(source, rules), &mut mistakes);
        mistakes.or(policy)
    }

    fn defaults(source: PolicySource, rules: &'static [&'static Rule]) -> Self {
        Self {
            source,
            profile: Profile::default(),
            fail_on: FailOn::At(Severity::Error),
            mode: Mode::default(),
            visibility: Visibility::default(),
            options: Options::default(),
            exemptions: Vec::new(),
            exclude: Globs::default(),
            trusted: Trusted::default(),
            permit: Vec::new(),
            max_file_size: DEFAULT_MAX_FILE_SIZE,
            levels: Vec::new(),
            groups_off: Vec::new(),
            rules,
        }
    }

    /// From which severity on a finding fails the run, the mode considered.
    pub const fn threshold(&self) -> FailOn {
        match self.mode {
            Mode::Enforce => self.fail_on,
            Mode::Report => FailOn::Never,
        }
    }

    /// The level that the policy or the profile gives a rule. Nothing: the severities stand that the rule
    /// gives its findings.
    ///
    /// What the policy says of the rule goes before what it says of the group, and that before the profile.
    pub fn level(&self, rule: &Rule) -> Option<Level> {
        self.decided(rule).or_else(|| self.profiled(rule))
    }

    /// The level of a finding.
    ///
    /// A level from the policy file replaces the finding's severity. A level from the profile is a bound: a
    /// profile stricter than `team` raises milder findings to it, a milder profile lowers graver ones, and
    /// neither touches the others. `unreadable-file` always keeps its own severity.
    pub fn severity(&self, finding: &Finding) -> Level {
        let own = Level::At(finding.severity);
        let rule = self.rules.iter().find(|rule| rule.id == finding.rule);
        let Some(rule) = rule else {
            return own;
        };
        if let Some(level) = self.decided(rule) {
            return level;
        }
        match self.profiled(rule) {
            None => own,
            Some(Level::Off) => Level::Off,
            Some(bound) if self.profile > Profile::Team => bound.max(own),
            Some(bound) => bound.min(own),
        }
    }

    /// Whether a rule cannot report anything under this policy, so that its check need not run.
    pub fn is_off(&self, rule: &Rule) -> bool {
        self.level(rule) == Some(Level::Off)
    }

    /// What the policy file says of a rule.
    fn decided(&self, rule: &Rule) -> Option<Level> {
        if protection(rule.id) == Protection::Fixed {
            return None;
        }
        if let Some(set) = self.levels.iter().find(|set| set.rule == rule.id) {
            return Some(set.level);
        }
        self.groups_off.contains(&rule.group).then_some(Level::Off)
    }

    fn profiled(&self, rule: &Rule) -> Option<Level> {
        if protection(rule.id) == Protection::Fixed {
            return None;
        }
        let mut levels = rule.profiles.iter();
        levels
            .find(|(profile, _)| *profile == self.profile)
            .map(|(_, level)| *level)
    }
}

/// What a policy may not do to a rule.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Protection {
    /// It may do everything.
    None,
    /// Nothing at all: the rule says that something could not be judged.
    Fixed,
    /// It may not turn the rule off, and may exempt only one exact place: the rule reports keys.
    Pinned,
    /// It may not exempt its findings: they are about exemptions.
    Unexemptable,
}

fn protection(rule: RuleId) -> Protection {
    match rule.as_str() {
        "unreadable-file" => Protection::Fixed,
        "hardcoded-key" => Protection::Pinned,
        "lapsed-exemption" | "unused-exemption" => Protection::Unexemptable,
        _ => Protection::None,
    }
}

/// Whether an exemption for a file may cover findings of a rule.
pub fn is_exemptible(rule: RuleId) -> bool {
    protection(rule) == Protection::None
}

/// Whether a group holds a rule that cannot be turned off.
fn group_is_protected(group: Group, rules: &[&Rule]) -> bool {
    rules.iter().any(|rule| {
        rule.group == group && matches!(protection(rule.id), Protection::Fixed | Protection::Pinned)
    })
}

/// The groups that have rules, in the order of the rules.
fn groups_of(rules: &[&Rule]) -> Vec<Group> {
    let mut groups = Vec::new();
    for rule in rules {
        if !groups.contains(&rule.group) {
            groups.push(rule.group);
        }
    }
    groups
}

#[cfg(test)]
mod sample;
#[cfg(test)]
mod tests;
