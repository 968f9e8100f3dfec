//! `subagent-bypass`: an agent that asks for nothing.

use crate::declare_rule;
use crate::finding::{Applicability, Confidence, Edit, Finding, Fix, Severity};
use crate::rule::{Check, Findings, Options};
use crate::subject::Subject;

declare_rule! {
    /// ## What it does
    ///
    /// Reports agents of the repository whose front matter sets `permissionMode: bypassPermissions`.
    ///
    /// ## Why it matters
    ///
    /// Claude starts agents by itself. One that bypasses permissions runs every command and edits every file although
    /// the session around it asks.
    ///
    /// ## What is accepted
    ///
    /// Other modes. Agents of plugins: Claude Code ignores the key there.
    ///
    /// ## How to fix
    ///
    /// Take the key out, or write `permissionMode: dontAsk` and allow what the agent needs.
    ///
    /// ## Examples
    ///
    /// ```repo fires
    /// === .claude/agents/fixer.md
    /// ---
    /// name: fixer
    /// description: Repairs things
    /// permissionMode: bypassPermissions
    /// ---
    /// Repair it.
    /// ```
    ///
    /// ```repo silent
    /// === .claude/agents/fixer.md
    /// ---
    /// name: fixer
    /// description: Repairs things
    /// permissionMode: plan
    /// ---
    /// Repair it.
    /// ```
    pub(crate) static SUBAGENT_BYPASS = {
        id: "subagent-bypass",
        group: Instruction,
        summary: "an agent of the repository bypasses permissions",
        severity: Error,
        confidence: High,
        tags: ["ASI02", "CWE-250"],
        check: Check::Subject(check),
    }
}

fn check(subject: &Subject, _: &Options, findings: &mut Findings) {
    for mode in &subject.configuration.modes {
        if mode.text != "bypassPermissions" {
            continue;
        }
        let fix = Fix {
            title: "deny what no rule allows, instead of allowing everything".into(),
            applicability: Applicability::Unsafe,
            edits: vec![Edit {
                location: mode.location.clone(),
                text: "dontAsk".into(),
            }],
        };
        findings.report(
            Finding::new(
                SUBAGENT_BYPASS.id,
                Severity::Error,
                Confidence::High,
                mode.location.clone(),
                "this agent runs every command and edits every file without asking, although the session around it asks",
            )
            .anchor("permissionMode")
            .help("Take `permissionMode` out, or write `dontAsk` and allow what the agent needs.")
            .fix(Some(fix)),
        );
    }
}
