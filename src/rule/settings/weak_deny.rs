//! `weak-deny`: a deny rule stops only some spellings of an act.

use crate::claude::permission::{Call, List, PlacedRule, ProblemKind, RuleSet, problems};
use crate::declare_rule;
use crate::finding::{Confidence, Finding, Severity};
use crate::rule::{Check, Findings, Options};
use crate::subject::Subject;

use super::acts::{ACTS, Act};
use super::{place_of, report_some_of, shown};

declare_rule! {
    /// ## What it does
    ///
    /// Notes a deny rule that is alive and stops one spelling of an act, while other spellings of the same act pass
    /// all rules of the file. The message says how many of the known spellings are stopped and names some that are
    /// not.
    ///
    /// ## Why it matters
    ///
    /// Deny rules compare the text of a command. `Bash(rm -rf:*)` does not stop `rm -fr`.
    ///
    /// ## What is accepted
    ///
    /// Acts whose other spellings another rule stops.
    ///
    /// ## How to fix
    ///
    /// Deny or ask for the whole command (`Bash(rm:*)`), and keep what must not happen out of reach: a sandbox,
    /// branch protection, no credentials.
    ///
    /// ## Examples
    ///
    /// ```repo fires
    /// === .claude/settings.json
    /// {"permissions": {"deny": ["Bash(rm -rf:*)"]}}
    /// ```
    ///
    /// ```repo silent
    /// === .claude/settings.json
    /// {"permissions": {"deny": ["Bash(ls:*)"]}}
    /// ```
    pub(crate) static WEAK_DENY = {
        id: "weak-deny",
        group: Settings,
        summary: "a deny rule stops only some spellings of an act",
        severity: Note,
        confidence: High,
        tags: ["ASI02", "CWE-184"],
        check: Check::Subject(check),
    }
}
fn check(subject: &Subject, _: &Options, findings: &mut Findings) {
    for file in subject.guard.alive() {
        let rules = RuleSet::new(&file.rules);
        let mut found = Vec::new();
        for act in ACTS {
            found.extend(of_act(act, &rules));
        }
        for placed in file.list(List::Deny) {
            found.extend(blank(placed));
        }
        report_some_of(found.into_iter(), findings);
    }
}

fn of_act(act: &Act, rules: &RuleSet<'_>) -> Option<Finding> {
    let mut by: Option<&PlacedRule> = None;
    let mut missed = Vec::new();
    for spelling in act.spellings {
        let call = Call::parse(&format!("Bash({spelling})")).ok()?;
        match rules.stopped_by(List::Deny, &call) {
            Some(rule) => by = by.or(Some(rule)),
            None if rules.stopped_by(List::Ask, &call).is_none() => missed.push(*spelling),
            None => {}
        }
    }
    let by = by?;
    if missed.is_empty() {
        return None;
    }
    let all = act.spellings.len();
    let some: Vec<String> = missed
        .iter()
        .take(4)
        .map(|text| format!("`{text}`"))
        .collect();
    let message = format!(
        "`{}` and the rules beside it stop {} of {all} known ways {}; not {}",
        shown(by.written.text()),
        all - missed.len(),
        act.name,
        some.join(", ")
    );
    Some(
        Finding::new(
            WEAK_DENY.id,
            Severity::Note,
            Confidence::Medium,
            place_of(by),
            message,
        )
        .anchor("permissions.deny")
        .evidence(by.written.text())
        .help(act.advice),
    )
}

/// A prefix that ends in a blank.
fn blank(placed: &PlacedRule) -> Option<Finding> {
    let problem = problems(placed.written.text(), &placed.rule, placed.list)?;
    if problem.kind != ProblemKind::BlankPrefix {
        return None;
    }
    let message = format!(
        "the prefix of `{}` ends in a blank; nobody has shown that it ever matches",
        shown(placed.written.text())
    );
    let repair = problem
        .repair
        .and_then(|repair| repair.rules.into_iter().next())?;
    Some(
        Finding::new(
            WEAK_DENY.id,
            Severity::Note,
            Confidence::Medium,
            place_of(placed),
            message,
        )
        .anchor("permissions.deny")
        .evidence(placed.written.text())
        .help(format!("Write `{repair}`.")),
    )
}
