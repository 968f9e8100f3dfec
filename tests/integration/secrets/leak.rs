//! No output holds a key: one of every kind is planted, and every output of every format is searched for it.

use super::super::runner::Sandbox;
use super::provider_kinds;
use super::tokens::{Draw, MIXED, named, token};

/// Every value that is planted, and the file that holds them all.
fn planted() -> (Vec<String>, String) {
    let mut values = Vec::new();
    let mut text = String::from(
        "on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - run: |\n          claude -p x\n",
    );
    for (number, format) in provider_kinds().enumerate() {
        let value = token(format, number as u64 + 77).unwrap();
        text.push_str(&format!("          echo {}\n", named(format, &value)));
        values.push(value);
    }
    let mut from = Draw::new(4711);
    for name in [
        "API_TOKEN=",
        "DB_PASSWORD=",
        "curl -u ci:",
        "PGPASSWORD=",
        "machine acme.dev login ci password ",
        "Authorization: Bearer ",
    ] {
        let value = from.of(MIXED, 24);
        text.push_str(&format!("          {name}{value}\n"));
        values.push(value);
    }
    (values, text)
}

#[test]
fn no_output_of_any_format_holds_a_key() {
    let (values, text) = planted();
    let sandbox = Sandbox::new(&[
        (".github/workflows/a.yml", &text),
        (".env", &text.replace("          echo ", "")),
    ]);
    for format in ["text", "json", "sarif", "markdown", "github"] {
        for more in [&[][..], &["--verbose"][..]] {
            let ran = sandbox.check(&[&["--format", format], more].concat());
            assert_ne!(ran.code, 2, "{}", ran.stderr);
            let shown = format!("{}{}", ran.stdout, ran.stderr);
            for value in &values {
                // A prefix and two characters at the end may be shown; eight in a row from the middle never.
                let middle = &value[value.len() / 2 - 4..value.len() / 2 + 4];
                assert!(
                    !shown.contains(middle),
                    "{format}: a part of {}…",
                    &value[..4]
                );
            }
        }
    }
}

#[test]
fn an_exemption_of_a_key_shows_its_reason_and_holds_nothing_of_the_key() {
    let value = token(
        provider_kinds()
            .find(|format| format.kind == "github-classic-pat")
            .unwrap(),
        5,
    )
    .unwrap();
    let policy = "exemptions:\n  - rule: hardcoded-key\n    path: .npmrc\n    reason: revoked in spring\n    owner: somebody\n    expires: 2027-01-31\n";
    let sandbox = Sandbox::new(&[
        (".npmrc", &format!("x={value}\n")),
        (".github/portcullis.yml", policy),
    ]);
    let ran = sandbox.check(&[]);
    assert_eq!(ran.code, 0, "{ran}");
    assert!(ran.stdout.contains("revoked in spring"), "{ran}");
    let without = policy.replace("    reason: revoked in spring\n", "");
    sandbox.write(".github/portcullis.yml", without);
    assert_eq!(sandbox.check(&[]).code, 2);
}

#[test]
fn the_fingerprint_of_a_key_outlives_its_rotation() {
    let format = provider_kinds()
        .find(|format| format.kind == "npm-token")
        .unwrap();
    let fingerprint = |seed| {
        let value = token(format, seed).unwrap();
        let sandbox = Sandbox::new(&[(".npmrc", &format!("x={value}\n"))]);
        let json: serde_json::Value =
            serde_json::from_str(&sandbox.check(&["--format", "json"]).stdout).unwrap();
        json["findings"][0]["fingerprint"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    assert_eq!(fingerprint(1), fingerprint(2));
}
