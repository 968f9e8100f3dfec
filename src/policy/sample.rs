//! Rules and findings for the tests of this room: the registry may change without them.

use jiff::civil::Date;

use super::{Policy, PolicySource};
use crate::declare_rule;
use crate::finding::{Confidence, Finding, Severity};
use crate::rule::meta::{LAPSED_EXEMPTION, UNUSED_EXEMPTION};
use crate::rule::{Check, Level, OptionKind, OptionMeta, Profile, Rule, find_in};
use crate::source::{Location, SourceFile, Span};

declare_rule! {
    /// A rule that every profile sees differently.
    static MISSING_TIMEOUT = {
        id: "missing-timeout",
        group: Agent,
        summary: "nothing bounds the run",
        severity: Warning,
        confidence: High,
        tags: [],
        profiles: [
            (Profile::Individual, Level::At(Severity::Note)),
            (Profile::Enterprise, Level::At(Severity::Error)),
        ],
        check: Check::Engine,
    }
}

declare_rule! {
    /// A rule with an option.
    static EXCESSIVE_TIMEOUT = {
        id: "excessive-timeout",
        group: Agent,
        summary: "the bound is above the ceiling",
        severity: Warning,
        confidence: High,
        tags: [],
        profiles: [(Profile::Individual, Level::Off)],
        options: [OptionMeta {
            name: "max-minutes",
            kind: OptionKind::Count,
            default: "60",
            help: "The longest time in minutes.",
        }],
        check: Check::Engine,
    }
}

declare_rule! {
    /// A rule whose option the table of options does not know.
    static WITH_UNKNOWN_OPTION = {
        id: "agent-unbounded-work",
        group: Agent,
        summary: "no bound on turns",
        severity: Note,
        confidence: High,
        tags: [],
        options: [OptionMeta {
            name: "max-turns",
            kind: OptionKind::Count,
            default: "30",
            help: "The most turns.",
        }],
        check: Check::Engine,
    }
}

declare_rule! {
    /// A rule that cannot be turned off.
    static HARDCODED_KEY = {
        id: "hardcoded-key",
        group: Secret,
        summary: "a key is written down",
        severity: Error,
        confidence: High,
        tags: [],
        check: Check::Engine,
    }
}

declare_rule! {
    /// A rule that cannot be touched.
    static UNREADABLE_FILE = {
        id: "unreadable-file",
        group: Meta,
        summary: "a file could not be judged",
        severity: Error,
        confidence: High,
        tags: [],
        profiles: [(Profile::Individual, Level::Off)],
        check: Check::Engine,
    }
}

/// The rules of these tests.
pub(super) static RULES: &[&Rule] = &[
    &MISSING_TIMEOUT,
    &EXCESSIVE_TIMEOUT,
    &WITH_UNKNOWN_OPTION,
    &HARDCODED_KEY,
    &UNREADABLE_FILE,
    &LAPSED_EXEMPTION,
    &UNUSED_EXEMPTION,
];

pub(super) fn parse(text: &str) -> Result<Policy, Vec<super::Diagnostic>> {
    let path = ".github/portcullis.yml";
    let file = SourceFile::new(path, text);
    Policy::parse_with(&file, PolicySource::File { path: path.into() }, RULES)
}

pub(super) fn policy(text: &str) -> Policy {
    parse(text).unwrap_or_else(|mistakes| panic!("{mistakes:#?}"))
}

pub(super) fn finding(rule: &str, severity: Severity, path: &str, anchor: &str) -> Finding {
    let rule = find_in(RULES, rule).unwrap();
    let place = Location::new(&SourceFile::new(path, "text"), Span::new(0, 4));
    Finding::new(rule.id, severity, Confidence::High, place, "message").anchor(anchor)
}

pub(super) fn day(text: &str) -> Date {
    text.parse().unwrap()
}
