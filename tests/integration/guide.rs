//! Hooks as a published guide prints them, each block saved as the file that it claims to be: all of them are dead.

use std::path::Path;

use portcullis::check::{Engine, Outcome, Report, Request, Selection};
use portcullis::policy::Policy;
use portcullis::snapshot::MemorySnapshot;

fn judge(block: &str) -> Report {
    let file = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/fixtures/guide")
        .join(block)
        .join(".claude/settings.json");
    let snapshot = MemorySnapshot::new([(".claude/settings.json", std::fs::read(file).unwrap())]);
    let request = Request {
        snapshot: &snapshot,
        selection: &Selection::Everything,
        base: None,
        policy: &Policy::built_in(),
        today: jiff::civil::date(2026, 11, 25),
    };
    match Engine::new().check(&request) {
        Outcome::Done(report) => *report,
        Outcome::Need(paths) => panic!("a snapshot in memory needs nothing: {paths:?}"),
    }
}

/// Findings of the rules about hooks, servers and instructions: rule, severity, text, message up to the first colon.
fn findings(block: &str) -> Vec<String> {
    let groups = ["hook", "guard", "mcp", "instruction"];
    judge(block)
        .findings
        .iter()
        .filter(|finding| {
            groups
                .iter()
                .any(|group| finding.rule.as_str().contains(group))
        })
        .map(|finding| {
            let message = finding.message.split(':').next().unwrap();
            format!(
                "{} {} `{}` {message}",
                finding.rule,
                finding.severity,
                finding.location.text()
            )
        })
        .collect()
}

const GUARD: &str = "this guard reads `TOOL_INPUT`, which Claude Code never sets";
const LOG: &str = "this hook logs `TOOL_INPUT`, which Claude Code never sets";
const CRASH: &str = "this guard hands `TOOL_INPUT`, which Claude Code never sets, to python3";

#[test]
fn all_eight_handlers_of_the_guide_are_dead_and_nothing_else_is_said() {
    let error = |text: &str, why: &str| format!("dead-hook error `{text}` {why}");
    let warning = |text: &str, why: &str| format!("dead-hook warning `{text}` {why}");
    let name = "this hook logs `TOOL_NAME`, which Claude Code never sets";
    for (block, expected) in [
        ("sensitive-files", vec![error("TOOL_INPUT", GUARD)]),
        ("team-template", vec![error("$TOOL_INPUT", CRASH)]),
        ("network-commands", vec![error("$TOOL_INPUT", CRASH)]),
        (
            "audit-log",
            vec![warning("$TOOL_INPUT", LOG), warning("$TOOL_INPUT", LOG)],
        ),
        ("team-baseline", vec![warning("$TOOL_INPUT", LOG)]),
        ("operation-logs", vec![warning("TOOL_NAME", name)]),
        ("enterprise", vec![warning("TOOL_NAME", name)]),
    ] {
        assert_eq!(findings(block), expected, "{block}");
    }
}
