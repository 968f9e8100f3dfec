//! `permit-violated`: the settings do not do what the policy demands of a call.

use crate::claude::catalog::modes::Mode;
use crate::claude::permission::{Asked, Because, Decision, Outcome, Prompt};
use crate::declare_rule;
use crate::finding::{Confidence, Finding, Severity};
use crate::rule::{Check, Findings, Options};
use crate::subject::Subject;
use crate::subject::guard::PermissionTest;

use super::{place_of, shown};

declare_rule! {
    /// ## What it does
    ///
    /// Runs the permission tests of the policy (`permit`) against the committed settings: what `must-deny`, `must-
    /// ask` and `must-allow` list has to come out so in mode `default` with a person present.
    ///
    /// ## Why it matters
    ///
    /// A team can state what has to hold, instead of which strings have to stand in a file. A rule that is dead, or a
    /// spelling that nobody thought of, fails the test.
    ///
    /// ## What is accepted
    ///
    /// For `must-ask`, a call that is denied.
    ///
    /// ## How to fix
    ///
    /// Add or correct the rule; the message names the one that decides now.
    ///
    /// ## Examples
    ///
    /// ```repo fires
    /// === .github/portcullis.yml
    /// permit:
    ///   must-deny: [Bash(git push --force origin main)]
    /// === .claude/settings.json
    /// {"permissions": {"deny": ["Bash(git push -f:*)"]}}
    /// ```
    ///
    /// ```repo silent
    /// === .github/portcullis.yml
    /// permit:
    ///   must-deny: [Bash(git push --force origin main)]
    ///   must-allow: [Bash(git status)]
    /// === .claude/settings.json
    /// {"permissions": {"deny": ["Bash(git push:*)"]}}
    /// ```
    pub(crate) static PERMIT_VIOLATED = {
        id: "permit-violated",
        group: Settings,
        summary: "the settings do not do what the policy demands of a call",
        severity: Error,
        confidence: High,
        tags: ["ASI02", "CWE-862"],
        check: Check::Subject(check),
    }
}
fn check(subject: &Subject, _: &Options, findings: &mut Findings) {
    let rules = subject.guard.shared_rules("");
    let asked = Asked {
        mode: Mode::Default,
        prompt: Prompt::Person,
    };
    for test in &subject.guard.tests {
        let decision = rules.decide(&test.call, asked);
        let holds = decision.outcome == test.wanted
            || (test.wanted == Outcome::Ask && decision.outcome == Outcome::Deny);
        if !holds {
            findings.report(failed(test, &decision));
        }
    }
}

fn failed(test: &PermissionTest, decision: &Decision<'_>) -> Finding {
    let word = |outcome: Outcome| match outcome {
        Outcome::Allow => "allowed",
        Outcome::Classifier => "left to a classifier",
        Outcome::Ask => "asked about",
        Outcome::Deny => "denied",
    };
    let why = match decision.because {
        Because::Rule(placed) => format!(
            "the {} rule `{}` decides",
            placed.list.as_str(),
            shown(placed.written.text())
        ),
        Because::BuiltIn(why) => why.to_owned(),
        Because::NoRule => "no committed rule is about it".to_owned(),
    };
    let message = format!(
        "`{}` has to be {} and is {}: {why}",
        shown(&test.call.text),
        word(test.wanted),
        word(decision.outcome)
    );
    let finding = Finding::new(
        PERMIT_VIOLATED.id,
        Severity::Error,
        Confidence::High,
        test.location.clone(),
        message,
    )
    .anchor("permit")
    .help("Change the rules in `.claude/settings.json`, or the demand.");
    match decision.because {
        Because::Rule(placed) => finding.related(place_of(placed), "this rule decides"),
        _ => finding,
    }
}
