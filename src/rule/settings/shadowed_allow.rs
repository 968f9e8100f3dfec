//! `shadowed-allow`: an allow rule is covered by a deny or ask rule.

use crate::claude::permission::{List, PlacedRule, covers};
use crate::declare_rule;
use crate::finding::{Confidence, Finding, Severity};
use crate::rule::{Check, Findings, Options};
use crate::subject::Subject;

use super::{place_of, report_some_of, shown};

declare_rule! {
    /// ## What it does
    ///
    /// Reports an allow rule all of whose calls a deny or ask rule stops.
    ///
    /// ## Why it matters
    ///
    /// Deny goes before ask, and ask before allow; neither the order nor how exact a rule is matters. A deny rule has
    /// no exceptions, so that the allow rule does nothing.
    ///
    /// ## What is accepted
    ///
    /// An allow rule that is covered in part. Rules of files that Claude Code ignores.
    ///
    /// ## How to fix
    ///
    /// Remove the allow rule, or narrow the rule that covers it.
    ///
    /// ## Examples
    ///
    /// ```repo fires
    /// === .claude/settings.json
    /// {"permissions": {"allow": ["Bash(aws s3 ls)"], "deny": ["Bash(aws:*)"]}}
    /// ```
    ///
    /// ```repo silent
    /// === .claude/settings.json
    /// {"permissions": {"allow": ["Bash(aws:*)"], "deny": ["Bash(aws s3 rm:*)"]}}
    /// ```
    pub(crate) static SHADOWED_ALLOW = {
        id: "shadowed-allow",
        group: Settings,
        summary: "an allow rule is covered by a deny or ask rule",
        severity: Warning,
        confidence: High,
        tags: ["ASI02"],
        check: Check::Subject(check),
    }
}
/// Comparisons of one check. More rules than any person writes.
const MOST_COMPARISONS: usize = 2_000_000;

fn check(subject: &Subject, _: &Options, findings: &mut Findings) {
    let mut left = MOST_COMPARISONS;
    for folder in subject.guard.folders() {
        let rules = subject.guard.rules(folder);
        let mut found = Vec::new();
        for allow in rules.list(List::Allow) {
            if left == 0 {
                found.push(cut(allow));
                break;
            }
            let stops = rules.list(List::Deny).iter().chain(rules.list(List::Ask));
            for stop in stops {
                left = left.saturating_sub(1);
                if let (Ok(by), Ok(covered)) = (&stop.rule, &allow.rule)
                    && covers(by, covered)
                {
                    found.push(of_rule(allow, stop));
                    break;
                }
            }
        }
        report_some_of(found.into_iter(), findings);
    }
}

fn of_rule(allow: &PlacedRule, stop: &PlacedRule) -> Finding {
    let list = stop.list.as_str();
    let message = format!(
        "the allow rule `{}` does nothing: the {list} rule `{}` covers all of it and goes before",
        shown(allow.written.text()),
        shown(stop.written.text())
    );
    Finding::new(
        SHADOWED_ALLOW.id,
        Severity::Warning,
        Confidence::High,
        place_of(allow),
        message,
    )
    .anchor("permissions.allow")
    .evidence(allow.written.text())
    .related(place_of(stop), "this rule decides")
    .help("Remove the allow rule, or narrow the other one.")
}

fn cut(allow: &PlacedRule) -> Finding {
    let message =
        "too many rules: from here on allow rules were not compared with deny and ask rules";
    Finding::new(
        SHADOWED_ALLOW.id,
        Severity::Warning,
        Confidence::Low,
        place_of(allow),
        message,
    )
    .anchor("permissions")
    .help("Replace rules that differ in one word by one with `*`.")
}
