//! Permissions as a published guide prints them, each block saved as the file that it claims to be: exactly the
//! guardrails that are dead are reported as dead.

use std::path::Path;

use portcullis::check::{Engine, Outcome, Report, Request, Selection};
use portcullis::policy::Policy;
use portcullis::snapshot::MemorySnapshot;

const SETTINGS: &str = ".claude/settings.json";

fn judge(path: &str, text: Vec<u8>) -> Report {
    let request = Request {
        snapshot: &MemorySnapshot::new([(path, text)]),
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

fn block(name: &str, path: &str) -> Report {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/guide-permissions");
    judge(path, std::fs::read(folder.join(name).join(path)).unwrap())
}

/// What is called dead: rule, line and severity.
fn dead(report: &Report) -> Vec<String> {
    let rules = [
        "invalid-settings",
        "dead-permission-rule",
        "misplaced-setting",
        "shadowed-allow",
        "ignore-file-not-enforced",
    ];
    let found = report.findings.iter();
    found
        .filter(|finding| rules.contains(&finding.rule.as_str()))
        .map(|finding| {
            let mut lines = finding.location.file.text().lines();
            let line = finding.location.start().line as usize;
            let text = lines.nth(line - 1).unwrap_or_default().trim();
            format!("{} {} {text}", finding.rule, finding.severity)
        })
        .collect()
}

#[test]
fn exactly_the_dead_guardrails_of_the_guide_are_called_dead() {
    let git = "dead-permission-rule error \"Write(.git/**)\",";
    for (name, expected) in [
        ("rule-syntax", vec![]),
        (
            "template",
            vec![
                "invalid-settings error // .claude/settings.json (committed to Git)",
                git,
                "dead-permission-rule warning \"Bash(curl|wget:*)\"",
            ],
        ),
        ("pre-approved", vec![]),
        ("dangerous-commands", vec![]),
        ("team-baseline", vec![git]),
        ("network-commands", vec![]),
        ("individual", vec![]),
        ("team", vec![git]),
        (
            "enterprise",
            vec![git, "dead-permission-rule error \"Write(.github/**)\","],
        ),
    ] {
        assert_eq!(dead(&block(name, SETTINGS)), expected, "{name}");
    }
    let ignored = dead(&block("ignore-file", ".claudeignore"));
    assert_eq!(ignored, ["ignore-file-not-enforced warning .env"]);
}

#[test]
fn weak_denies_say_which_spellings_pass() {
    let report = block("individual", SETTINGS);
    let weak = report
        .findings
        .iter()
        .find(|finding| finding.rule.as_str() == "weak-deny");
    insta::assert_snapshot!(weak.unwrap().message, @"`Bash(rm -rf:*)` and the rules beside it stop 1 of 8 known ways to remove a folder; not `rm -fr build`, `rm -r -f build`, `rm -Rf build`, `rm --recursive --force build`");
}

#[test]
fn bad_settings_take_bounded_time_and_never_pass_in_silence() {
    let many: Vec<String> = (0..20_000)
        .map(|n| format!("\"Bash(tool{n}:*)\", \"Write(f{n})\""))
        .collect();
    let many = format!(
        "{{\"permissions\": {{\"allow\": [{list}], \"deny\": [{list}]}}}}",
        list = many.join(",")
    );
    let deep = format!(
        "{{\"permissions\": {}{}}}",
        "[".repeat(100_000),
        "]".repeat(100_000)
    );
    let long = format!(
        "{{\"permissions\": {{\"deny\": [\"Write({})\"]}}}}",
        "*a".repeat(5_000)
    );
    let mut bytes = br#"{"permissions": {"deny": ["Read(x)"]}}"#.to_vec();
    bytes.push(0xFF);
    for (name, text) in [
        ("many rules", many.into_bytes()),
        ("deep nesting", deep.into_bytes()),
        ("a long rule", long.into_bytes()),
        ("no UTF-8", bytes),
        ("six megabytes", vec![b' '; 6 << 20]),
        ("nothing", Vec::new()),
    ] {
        let started = std::time::Instant::now();
        let report = judge(SETTINGS, text);
        assert!(!report.findings.is_empty(), "{name}");
        assert!(
            report.findings.len() < 3_000,
            "{name}: {}",
            report.findings.len()
        );
        assert!(
            started.elapsed().as_secs() < 60,
            "{name}: {:?}",
            started.elapsed()
        );
    }
}
