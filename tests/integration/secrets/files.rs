//! Which files are looked through, and what is said of files of environment variables.

use super::super::runner::Sandbox;
use super::tokens::{Draw, MIXED};

/// Rule, severity and path of each finding.
fn findings(sandbox: &Sandbox) -> Vec<(String, String, String)> {
    let json: serde_json::Value =
        serde_json::from_str(&sandbox.check(&["--format", "json"]).stdout).unwrap();
    let text = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
    json["findings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| {
            let path = text(&one["path"]);
            (text(&one["rule"]), text(&one["severity"]), path)
        })
        .collect()
}

fn finding(rule: &str, severity: &str, path: &str) -> (String, String, String) {
    (rule.into(), severity.into(), path.into())
}

#[test]
fn keys_are_found_in_every_file_that_people_put_them_into() {
    let line = format!("x {}_{}\n", "gsk", Draw::new(2).of(MIXED, 52));
    let paths = [
        ".claude/hooks/guard.py",
        ".mcp.json",
        ".npmrc",
        "CLAUDE.md",
        "Dockerfile",
        "Makefile",
        "deploy/release.sh",
        "docker/Dockerfile.prod",
        "home/.netrc",
        "scripts/tool.mjs",
    ];
    let files: Vec<(&str, &str)> = paths.iter().map(|path| (*path, line.as_str())).collect();
    let found = findings(&Sandbox::new(&files));
    for path in paths {
        assert!(
            found.contains(&finding("hardcoded-key", "error", path)),
            "{path}: {found:?}"
        );
    }
}

#[test]
fn what_only_a_name_gives_away_is_a_note_below_tests() {
    let line = format!("API_TOKEN={}\n", Draw::new(3).of(MIXED, 32));
    let sandbox = Sandbox::new(&[("tests/run.sh", &line), ("run.sh", &line)]);
    assert_eq!(
        findings(&sandbox),
        [
            finding("hardcoded-key", "warning", "run.sh"),
            finding("hardcoded-key", "note", "tests/run.sh")
        ]
    );
}

#[test]
fn a_file_of_variables_is_judged_by_its_role() {
    let secret = format!("API_TOKEN={}\n", Draw::new(4).of(MIXED, 32));
    let of = |files: &[(&str, &str)]| {
        let all = findings(&Sandbox::committed(files));
        let own = all
            .into_iter()
            .filter(|(rule, ..)| rule == "env-file-exposed");
        own.map(|(_, severity, path)| format!("{severity} {path}"))
            .collect::<Vec<_>>()
    };
    assert_eq!(of(&[(".env", "PORT=1\n")]), ["warning .env"]);
    assert_eq!(of(&[("web/.env", &secret)]), ["error web/.env"]);
    assert_eq!(of(&[(".env.production", "PORT=1\n")]), [""; 0]);
    assert_eq!(
        of(&[(".env.production", &secret)]),
        ["error .env.production"]
    );
    assert_eq!(
        of(&[(".env.example", "API_TOKEN=\n")]),
        ["note .env.example"]
    );
    assert_eq!(
        of(&[
            ("web/.env.example", "API_TOKEN=\n"),
            (".gitignore", ".env\n")
        ]),
        [""; 0]
    );
    assert_eq!(
        of(&[
            ("web/.env.example", "API_TOKEN=\n"),
            ("web/.gitignore", "/.env*\n!.env.example\n")
        ]),
        [""; 0]
    );
    assert_eq!(
        of(&[(".env.example", &secret), (".gitignore", ".env\n")]),
        ["error .env.example"]
    );
}
