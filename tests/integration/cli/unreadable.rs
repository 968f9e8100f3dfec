//! Files that cannot be read: a finding and exit code 3, never silence.

use super::super::runner::Sandbox;
use super::{BROKEN, OPEN, QUIET, WORKFLOW};
use insta::assert_snapshot;

#[test]
fn broken_yaml_alone_is_incomplete() {
    let sandbox = Sandbox::new(&[(WORKFLOW, BROKEN)]);
    assert_snapshot!(sandbox.check(&[]), @r#"
    exit code 3
    --- standard output
    error[unreadable-file]: this file could not be judged: unclosed bracket '['
     --> .github/workflows/agent.yml:2:7
      |
    2 | jobs: [
      |       ^
      |
      = help: Repair it here, or take the file out with `exclude:` in the policy.

    1 file could not be read, so the result is incomplete
      .github/workflows/agent.yml: unclosed bracket '['

    policy: built-in, profile team, fails on errors
    incomplete: 1 error in 1 file; 1 file could not be read (0 files read, policy: built-in team)
    "#);
}

#[test]
fn broken_yaml_beside_a_finding_fails_and_both_are_shown() {
    let sandbox = Sandbox::new(&[(".github/workflows/broken.yml", BROKEN), (WORKFLOW, OPEN)]);
    let ran = sandbox.check(&[]);
    assert_eq!(ran.code, 1, "{ran}");
    assert!(ran.stdout.contains("error[unreadable-file]"), "{ran}");
    assert!(ran.stdout.contains("error[skip-permissions]"), "{ran}");
}

#[test]
fn fail_on_never_does_not_hide_a_hole() {
    let sandbox = Sandbox::new(&[(".github/workflows/broken.yml", BROKEN), (WORKFLOW, OPEN)]);
    assert_eq!(sandbox.check(&["--fail-on", "never"]).code, 3);
}

#[test]
fn broken_settings_are_a_finding_because_claude_ignores_them_as_a_whole() {
    let sandbox = Sandbox::new(&[(
        ".claude/settings.json",
        "{\n  // nobody reads this\n  \"permissions\": {}\n}\n",
    )]);
    assert_snapshot!(sandbox.check(&[]), @r#"
    exit code 1
    --- standard output
    error[invalid-settings]: this is not valid JSON (a comment; JSON has none), so Claude Code ignores the whole file
     --> .claude/settings.json:2:3
      |
    2 |   // nobody reads this
      |   ^^^^^^^^^^^^^^^^^^^^
      |
      = help: Make it plain JSON: no comments, no comma before a closing bracket.
      = fix: remove what JSON does not allow (`--fix` applies it)
             2 -   // nobody reads this
             2 +   

    error[unreadable-file]: this file could not be judged: it is not valid JSON, so Claude Code ignores it as a whole: a
                            comment; JSON has none
     --> .claude/settings.json:2:3
      |
    2 |   // nobody reads this
      |   ^^^^^^^^^^^^^^^^^^^^
      |
      = help: Repair it here, or take the file out with `exclude:` in the policy.

    1 file could not be read, so the result is incomplete
      .claude/settings.json: it is not valid JSON, so Claude Code ignores it as a whole: a comment; JSON has none

    policy: built-in, profile team, fails on errors
    fail: 2 errors in 1 file; 1 file could not be read (0 files read, policy: built-in team)
    "#);
}

#[test]
fn bytes_that_are_no_utf_8_are_a_finding() {
    let sandbox = Sandbox::new(&[]);
    sandbox.write(WORKFLOW, b"on: push\nname: caf\xe9\njobs: {}\n");
    assert_snapshot!(sandbox.check(&[]), @r#"
    exit code 3
    --- standard output
    error[unreadable-file]: this file could not be judged: it is not UTF-8 from here on
     --> .github/workflows/agent.yml:2:10
      |
    2 | name: caf?
      |          ^
      |
      = help: Repair it here, or take the file out with `exclude:` in the policy.

    1 file could not be read, so the result is incomplete
      .github/workflows/agent.yml: it is not UTF-8 from here on

    policy: built-in, profile team, fails on errors
    incomplete: 1 error in 1 file; 1 file could not be read (0 files read, policy: built-in team)
    "#);
}

#[test]
fn utf_16_is_named() {
    let sandbox = Sandbox::new(&[]);
    let mut bytes = vec![0xff, 0xfe];
    bytes.extend(
        "on: push\njobs: {}\n"
            .encode_utf16()
            .flat_map(u16::to_le_bytes),
    );
    sandbox.write(WORKFLOW, bytes);
    assert_snapshot!(sandbox.check(&[]), @r#"
    exit code 3
    --- standard output
    error[unreadable-file]: this file could not be judged: it is UTF-16; GitHub and Claude Code read UTF-8
     --> .github/workflows/agent.yml:1:1
      |
    1 | ??o\u{0}n\u{0}:\u{0} \u{0}p\u{0}u\u{0}s\u{0}h\u{0}
      | ^
      |
      = help: Repair it here, or take the file out with `exclude:` in the policy.

    1 file could not be read, so the result is incomplete
      .github/workflows/agent.yml: it is UTF-16; GitHub and Claude Code read UTF-8

    policy: built-in, profile team, fails on errors
    incomplete: 1 error in 1 file; 1 file could not be read (0 files read, policy: built-in team)
    "#);
}

#[test]
fn a_file_above_the_limit_is_a_finding() {
    let sandbox = Sandbox::new(&[]);
    sandbox.write(WORKFLOW, format!("{QUIET}# {}\n", "x".repeat(1 << 20)));
    assert_snapshot!(sandbox.check(&[]), @r#"
    exit code 3
    --- standard output
    error[unreadable-file]: this file could not be judged: it has 1048762 bytes, more than the limit of 1048576
                            (`max-file-size` of the policy)
    --> .github/workflows/agent.yml:1:1
     = help: Repair it here, or take the file out with `exclude:` in the policy.

    1 file could not be read, so the result is incomplete
      .github/workflows/agent.yml: it has 1048762 bytes, more than the limit of 1048576 (`max-file-size` of the policy)

    policy: built-in, profile team, fails on errors
    incomplete: 1 error in 1 file; 1 file could not be read (0 files read, policy: built-in team)
    "#);
}

#[test]
fn a_broken_file_that_spells_the_flag_is_named_for_it() {
    let sandbox = Sandbox::new(&[(
        WORKFLOW,
        "on: push\njobs: [\n      - run: claude --dangerously-skip-permissions -p fix\n",
    )]);
    let ran = sandbox.check(&[]);
    assert!(ran.stdout.contains("warning[skip-permissions]"), "{ran}");
    assert_eq!(ran.code, 3, "{ran}");
}

#[test]
fn an_excluded_file_is_listed_and_leaves_no_hole() {
    let sandbox = Sandbox::new(&[
        (WORKFLOW, BROKEN),
        (super::POLICY, "exclude: [.github/workflows/agent.yml]\n"),
    ]);
    let ran = sandbox.check(&["--format", "json"]);
    assert_eq!(ran.code, 0, "{ran}");
    let report: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!(report["coverage"]["skipped"][0]["path"], WORKFLOW);
}
