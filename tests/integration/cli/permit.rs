//! `portcullis permit`.

use crate::runner::Sandbox;

const RULES: &str = r#"{
  "permissions": {
    "allow": ["Bash(git status)", "Bash(make:*)"],
    "deny": ["Bash(git push:*)", "Read(.env)"]
  }
}
"#;

#[test]
fn the_deciding_rule_is_shown_with_its_place_and_all_modes() {
    let sandbox = Sandbox::new(&[(".claude/settings.json", RULES)]);
    insta::assert_snapshot!(sandbox.run(&["permit", "Bash(make && git push --force)"]), @r"
    exit code 1
    --- standard output
    deny: Bash(make && git push --force)
      deny rule `Bash(git push:*)` at .claude/settings.json:4:14

      mode               with a person  -p, untrusted checkout
      default            deny           deny
      acceptEdits        deny           deny
      plan               deny           deny
      auto               deny           deny
      dontAsk            deny           deny
      bypassPermissions  deny           deny
    ");
}

#[test]
fn allow_rules_of_a_repository_do_not_hold_without_a_person() {
    let sandbox = Sandbox::committed(&[(".claude/settings.json", RULES)]);
    assert_eq!(sandbox.run(&["permit", "Bash(make)"]).code, 0);
    assert_eq!(sandbox.run(&["permit", "--headless", "Bash(make)"]).code, 1);
    assert_eq!(sandbox.run(&["permit", "Read(.env)"]).code, 1);
    assert_eq!(sandbox.run(&["permit", "Read(src/main.rs)"]).code, 0);
    assert_eq!(sandbox.run(&["permit", "mcp__x__y"]).code, 1);
    let bypass = [
        "permit",
        "--mode",
        "bypassPermissions",
        "WebFetch(https://example.com)",
    ];
    assert_eq!(sandbox.run(&bypass).code, 0);
}

#[test]
fn json_names_rule_and_place() {
    let sandbox = Sandbox::new(&[(".claude/settings.json", RULES)]);
    let ran = sandbox.run(&["permit", "Bash(cat .env)", "--format", "json"]);
    let answer: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!(answer["outcome"], "deny");
    assert_eq!(answer["rule"]["rule"], "Read(.env)");
    assert_eq!(answer["rule"]["start"]["line"], 4);
}

#[test]
fn what_is_no_call_is_wrong_usage() {
    let sandbox = Sandbox::new(&[]);
    insta::assert_snapshot!(sandbox.run(&["permit", "git push"]), @r"
    exit code 2
    --- standard error
    error: a call begins with the name of a tool: `Bash(git push)`, `Read(.env)`, `mcp__server__tool`
    ");
}

#[test]
fn a_settings_file_that_is_ignored_is_named() {
    let commented = format!("// team\n{RULES}");
    let sandbox = Sandbox::new(&[(".claude/settings.json", &commented)]);
    let ran = sandbox.run(&["permit", "Bash(git push)"]);
    assert!(ran.stdout.starts_with("ask: "), "{ran}");
    assert!(
        ran.stdout
            .contains(".claude/settings.json is ignored as a whole"),
        "{ran}"
    );
}
