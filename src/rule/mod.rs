//! The rules: one file each, grouped by what they judge.
//!
//! A rule reads the [`Subject`](crate::subject::Subject) and reports to a [`Findings`]; it never does I/O,
//! never reads the policy and never looks at text that the model has already explained. Its metadata and
//! its documentation, with examples that the tests execute, are made by [`declare_rule!`](crate::declare_rule).

mod agent;
mod hook;
mod instruction;
mod mcp;
pub(crate) mod meta;
mod options;
mod registry;
mod secret;
mod settings;

pub use options::{ExcessiveTimeout, OptionKind, OptionMeta, Options};
pub use registry::{ALL, UnknownRule, find, find_in};

use crate::finding::{Confidence, Finding, RuleId, Severity};
use crate::subject::Subject;

/// A rule: what it is called, what it says about itself, and its check.
pub struct Rule {
    /// The public name.
    pub id: RuleId,
    /// What it judges.
    pub group: Group,
    /// One line: what it reports.
    pub summary: &'static str,
    /// Markdown with the sections "What it does", "Why it matters", "What is accepted", "How to fix",
    /// "Examples".
    pub docs: &'static str,
    /// Severity in the profile `team`; a rule may report milder or graver cases, as its documentation says.
    pub severity: Severity,
    /// How sure its findings usually are.
    pub confidence: Confidence,
    /// Severity where a profile differs from `team`.
    pub profiles: &'static [(Profile, Level)],
    /// OWASP agentic top ten (`ASI02`) and CWE (`CWE-798`).
    pub tags: &'static [&'static str],
    /// What the policy can set beside the severity.
    pub options: &'static [OptionMeta],
    /// Source file of the rule.
    pub file: &'static str,
    /// Line of its declaration.
    pub line: u32,
    /// The check.
    pub check: Check,
}

impl Rule {
    /// The documentation without the space that doc comments put before each line.
    pub fn documentation(&self) -> String {
        let lines = self
            .docs
            .lines()
            .map(|line| line.strip_prefix(' ').unwrap_or(line).trim_end());
        let mut text = lines.collect::<Vec<_>>().join("\n");
        text.push('\n');
        text
    }
}

impl std::fmt::Debug for Rule {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Rule({})", self.id)
    }
}

/// Who calls a rule.
#[derive(Clone, Copy)]
pub enum Check {
    /// The engine, once for each subject.
    Subject(fn(&Subject, &Options, &mut Findings)),
    /// Nobody: the engine reports it by itself, where no subject exists yet (an unreadable file) or where
    /// the policy is known (a lapsed exemption).
    Engine,
}

/// What a rule judges. The name is the folder of the rule and a key of `groups:` in the policy.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Group {
    /// Agent runs in workflows.
    Agent,
    /// Settings files of Claude Code.
    Settings,
    /// Hooks of Claude Code.
    Hook,
    /// Servers of the Model Context Protocol.
    Mcp,
    /// Text that Claude reads, and what comes with it.
    Instruction,
    /// Keys in any file.
    Secret,
    /// Portcullis' own reading of files and policy.
    Meta,
}

impl Group {
    /// The name as the policy writes it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Agent => "agent",
            Self::Settings => "settings",
            Self::Hook => "hook",
            Self::Mcp => "mcp",
            Self::Instruction => "instruction",
            Self::Secret => "secret",
            Self::Meta => "meta",
        }
    }
}

/// How strict a team is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub enum Profile {
    /// One person's repositories.
    Individual,
    /// The default.
    #[default]
    Team,
    /// Everything that a security team asks for.
    Enterprise,
}

impl Profile {
    /// All profiles, mildest first.
    pub const ALL: [Self; 3] = [Self::Individual, Self::Team, Self::Enterprise];

    /// The name as policy and command line write it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Individual => "individual",
            Self::Team => "team",
            Self::Enterprise => "enterprise",
        }
    }
}

/// A severity, or not reported at all.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Level {
    /// The rule does not report.
    Off,
    /// The rule reports with this severity.
    At(Severity),
}

/// Takes what a rule reports.
#[derive(Debug, Default)]
pub struct Findings(Vec<Finding>);

impl Findings {
    /// Adds a finding.
    pub fn report(&mut self, finding: Finding) {
        self.0.push(finding);
    }

    /// Adds a finding, where there is one.
    pub fn report_some(&mut self, finding: Option<Finding>) {
        self.0.extend(finding);
    }

    /// Everything that was reported.
    pub fn into_vec(self) -> Vec<Finding> {
        self.0
    }
}

/// Declares a rule: its doc comment is its documentation, the fields are its metadata.
///
/// The macro makes a `static` [`Rule`] with file and line. The registry lists it; tests execute the examples
/// in its documentation.
#[macro_export]
macro_rules! declare_rule {
    (
        $(#[doc = $doc:expr])+
        $vis:vis static $name:ident = {
            id: $id:literal,
            group: $group:ident,
            summary: $summary:literal,
            severity: $severity:ident,
            confidence: $confidence:ident,
            tags: $tags:expr,
            $(profiles: $profiles:expr,)?
            $(options: $options:expr,)?
            check: $check:expr $(,)?
        }
    ) => {
        $(#[doc = $doc])+
        $vis static $name: $crate::rule::Rule = $crate::rule::Rule {
            id: $crate::finding::RuleId($id),
            group: $crate::rule::Group::$group,
            summary: $summary,
            docs: concat!($($doc, "\n",)+),
            severity: $crate::finding::Severity::$severity,
            confidence: $crate::finding::Confidence::$confidence,
            profiles: $crate::declare_rule!(@or_empty $($profiles)?),
            tags: &$tags,
            options: $crate::declare_rule!(@or_empty $($options)?),
            file: file!(),
            line: line!(),
            check: $check,
        };
    };
    (@or_empty) => { &[] };
    (@or_empty $value:expr) => { &$value };
}
