//! `dead-permission-rule`: a permission rule never matches anything.

use crate::claude::permission::{List, PlacedRule, ProblemKind, problems};
use crate::declare_rule;
use crate::finding::{Applicability, Confidence, Edit, Finding, Fix, Severity};
use crate::rule::{Check, Findings, Options};
use crate::subject::Subject;
use crate::subject::guard::Guard;

use super::{json_texts, report_some_of, shown};

declare_rule! {
    /// ## What it does
    ///
    /// Reports rules in `allow`, `ask` and `deny` that Claude Code skips or that can never match: wrong syntax,
    /// `Write(path)` (only `Edit(path)` rules match writes), `Bash(a|b:*)` (commands are split at `|` before rules
    /// are compared), `/etc/x` (relative to the project, not to the machine), `Bash(command:…)`, names that no tool
    /// has.
    ///
    /// ## Why it matters
    ///
    /// A deny rule that never matches is a guardrail that somebody believes in. Deny and ask rules are errors for
    /// that reason, dead allow rules warnings.
    ///
    /// ## What is accepted
    ///
    /// Rules for MCP tools of servers that are not in the repository, and every rule that matches at least one call.
    /// A separator in a rule is a warning: releases differ.
    ///
    /// ## How to fix
    ///
    /// Write the rule that is offered. `--fix` applies it to deny and ask rules.
    ///
    /// ## Examples
    ///
    /// ```repo fires
    /// === .claude/settings.json
    /// {"permissions": {"deny": ["Write(.git/**)"]}}
    /// ```
    ///
    /// ```repo fires
    /// === .claude/settings.json
    /// {"permissions": {"deny": ["Bash(curl|wget:*)"]}}
    /// ```
    ///
    /// ```repo silent
    /// === .claude/settings.json
    /// {"permissions": {"deny": ["Edit(.git/**)", "Bash(curl:*)", "Bash(wget:*)"]}}
    /// ```
    pub(crate) static DEAD_PERMISSION_RULE = {
        id: "dead-permission-rule",
        group: Settings,
        summary: "a permission rule never matches anything",
        severity: Warning,
        confidence: High,
        tags: ["ASI02", "CWE-1188"],
        check: Check::Subject(check),
    }
}
fn check(subject: &Subject, _: &Options, findings: &mut Findings) {
    for file in &subject.guard.files {
        let found = file
            .rules
            .iter()
            .filter_map(|placed| of_rule(placed, &subject.guard));
        report_some_of(found, findings);
    }
}

fn of_rule(placed: &PlacedRule, guard: &Guard) -> Option<Finding> {
    let text = placed.written.text();
    let problem = problems(text, &placed.rule, placed.list)?;
    let why = explain(&problem.kind, guard)?;
    let is_stop = placed.list != List::Allow;
    let (severity, confidence) = match &problem.kind {
        ProblemKind::UnknownTool { meant: None } => (Severity::Note, Confidence::Medium),
        kind if kind.is_unverified() => (Severity::Warning, Confidence::Medium),
        _ if is_stop => (Severity::Error, Confidence::High),
        _ => (Severity::Warning, Confidence::High),
    };
    let list = placed.list.as_str();
    let shown = shown(text);
    let message = format!("the {list} rule `{shown}` never matches: {why}");
    let place = placed
        .written
        .locate(problem.span.range())
        .unwrap_or_else(|| placed.location.clone());
    let help = match &problem.repair {
        Some(repair) => {
            let rules: Vec<String> = repair
                .rules
                .iter()
                .map(|rule| format!("`{rule}`"))
                .collect();
            format!("Write {}.", rules.join(" and "))
        }
        None => "Remove it, or write one rule for each command that is meant.".into(),
    };
    let fix = problem.repair.map(|repair| Fix {
        title: "write the rule that matches".into(),
        applicability: if is_stop {
            Applicability::Safe
        } else {
            Applicability::Unsafe
        },
        edits: vec![Edit {
            location: placed.location.clone(),
            text: json_texts(&repair.rules),
        }],
    });
    Some(
        Finding::new(
            DEAD_PERMISSION_RULE.id,
            severity,
            confidence,
            place,
            message,
        )
        .anchor(format!("permissions.{list}"))
        .evidence(text)
        .help(help)
        .fix(fix),
    )
}

/// Why the rule is dead; nothing where it is not, or where another rule says it.
fn explain(kind: &ProblemKind, guard: &Guard) -> Option<String> {
    Some(match kind {
        ProblemKind::Invalid(invalid) => format!("Claude Code skips it, because {invalid}"),
        ProblemKind::WrongTool { instead } => {
            format!("paths are compared with `{instead}(…)` rules only")
        }
        ProblemKind::PrimaryField(field) => {
            format!("`{field}:` is no parameter that rules can name")
        }
        ProblemKind::UnknownTool { meant: Some(name) } => {
            format!("there is no such tool; `{name}` is one")
        }
        ProblemKind::UnknownTool { meant: None } => "no tool of this name is known".into(),
        ProblemKind::Separator => {
            "a command line is split here before rules are compared with its parts".into()
        }
        ProblemKind::LiteralWildcard => "`*` is a literal star in a rule that ends in `:*`".into(),
        ProblemKind::InnerPrefix => {
            "`:*` means a prefix at the end only; here the colon is literal".into()
        }
        ProblemKind::RootedPath { folder } if guard.top.contains(&**folder) => return None,
        ProblemKind::RootedPath { .. } => {
            "one slash is the folder of the project, two are the root of the machine".into()
        }
        ProblemKind::OuterBlank => "blanks around the content are part of what is compared".into(),
        ProblemKind::Regex => "rules know `*` and no other pattern".into(),
        ProblemKind::NoContent => "rules for this tool take no content".into(),
        // `weak-deny` says it.
        ProblemKind::BlankPrefix => return None,
    })
}
