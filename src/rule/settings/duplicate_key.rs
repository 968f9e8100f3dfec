//! `duplicate-key`: a settings file holds a key twice.

use crate::declare_rule;
use crate::finding::{Confidence, Finding, Severity};
use crate::rule::{Check, Findings, Options};
use crate::source::{Location, OddityKind};
use crate::subject::Subject;

use super::{report_some_of, shown};

declare_rule! {
    /// ## What it does
    ///
    /// Reports a key that stands twice in one object of a settings file.
    ///
    /// ## Why it matters
    ///
    /// Of two equal keys the last one counts. The first `deny` list of two is lost without a word.
    ///
    /// ## What is accepted
    ///
    /// The same key in different objects.
    ///
    /// ## How to fix
    ///
    /// Keep one of them, and join what both hold.
    ///
    /// ## Examples
    ///
    /// ```repo fires
    /// === .claude/settings.json
    /// {"permissions": {"deny": ["Read(.env)"], "deny": []}}
    /// ```
    ///
    /// ```repo silent
    /// === .claude/settings.json
    /// {"permissions": {"deny": ["Read(.env)"]}, "sandbox": {"enabled": true}}
    /// ```
    pub(crate) static DUPLICATE_KEY = {
        id: "duplicate-key",
        group: Settings,
        summary: "a settings file holds a key twice",
        severity: Warning,
        confidence: High,
        tags: ["CWE-694"],
        check: Check::Subject(check),
    }
}
fn check(subject: &Subject, _: &Options, findings: &mut Findings) {
    for file in &subject.guard.files {
        let tree = file.settings.tree();
        let twice = tree
            .oddities()
            .iter()
            .filter(|oddity| oddity.kind == OddityKind::DuplicateKey);
        let found = twice.filter_map(|oddity| {
            let first = Location::new(tree.file(), oddity.first?);
            let place = Location::new(tree.file(), oddity.span);
            let message = format!(
                "{} stands here a second time; this one counts, the first is lost",
                shown(place.text())
            );
            Some(
                Finding::new(
                    DUPLICATE_KEY.id,
                    Severity::Warning,
                    Confidence::High,
                    place,
                    message,
                )
                .anchor("key")
                .related(first, "the one that is lost")
                .help("Keep one of them, with what both hold."),
            )
        });
        report_some_of(found, findings);
    }
}
