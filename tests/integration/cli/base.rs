//! `--base`: the change does not get to edit its judge.

use super::super::runner::Sandbox;
use super::{ENDLESS, OPEN, POLICY, QUIET, WORKFLOW};
use insta::assert_snapshot;

fn json(sandbox: &Sandbox, arguments: &[&str]) -> serde_json::Value {
    let ran = sandbox.check(&[&["--format", "json"], arguments].concat());
    serde_json::from_str(&ran.stdout).unwrap_or_else(|error| panic!("{error}: {ran}"))
}

#[test]
fn the_policy_of_the_base_decides() {
    let sandbox = Sandbox::committed(&[(WORKFLOW, QUIET), (POLICY, "fail-on: warning\n")]);
    sandbox.write(WORKFLOW, ENDLESS);
    sandbox.write(POLICY, "fail-on: never\n");
    assert_eq!(sandbox.check(&[]).code, 0);
    assert_snapshot!(sandbox.check(&["--base", "HEAD"]), @r#"
    exit code 1
    --- standard output
    warning[missing-timeout]: job `review` runs Claude without a time limit; GitHub stops it after 360 minutes
     --> .github/workflows/agent.yml:3:3
      |
    3 |   review:
      |   ^^^^^^
    ...
    7 |       - run: claude -p "review the last commit" --max-turns 20
      |              ------ Claude starts here
      |
      = help: Add `timeout-minutes: 30` to the job, or to each step that runs Claude.
      = fix: add `timeout-minutes: 30` to the job (look before you apply it: it may change what the workflow does)
             4 +     timeout-minutes: 30

    1 agent run in 1 workflow
      where                          job     kind  mode     tools    token  timeout
      .github/workflows/agent.yml:7  review  cli   default  default  none   none

    policy: .github/portcullis.yml at HEAD, profile team, fails on warnings
    fail: 1 warning in 1 file (1 file read, policy: .github/portcullis.yml at HEAD team)
    "#);
}

#[test]
fn an_exemption_in_the_change_does_not_count() {
    let sandbox = Sandbox::committed(&[(WORKFLOW, QUIET)]);
    sandbox.write(WORKFLOW, OPEN);
    sandbox.write(
        POLICY,
        format!("exemptions:\n  - rule: skip-permissions\n    path: {WORKFLOW}\n    reason: trust me\n    owner: \"@me\"\n    expires: 2027-03-31\n"),
    );
    assert_eq!(sandbox.check(&[]).code, 0);
    assert_eq!(sandbox.check(&["--base", "HEAD"]).code, 1);
}

#[test]
fn findings_are_marked_as_new_or_old() {
    let sandbox = Sandbox::committed(&[(WORKFLOW, OPEN)]);
    sandbox.write(WORKFLOW, format!("# moved down by a line\n{OPEN}"));
    sandbox.write(".github/workflows/second.yml", OPEN);
    let report = json(&sandbox, &["--base", "HEAD"]);
    let marks: Vec<(&str, &serde_json::Value)> = report["findings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|finding| (finding["path"].as_str().unwrap(), &finding["new"]))
        .collect();
    assert_eq!(
        marks,
        [
            (WORKFLOW, &false.into()),
            (".github/workflows/second.yml", &true.into())
        ]
    );
    let report = json(&sandbox, &[]);
    assert!(report["findings"][0]["new"].is_null());
}

#[test]
fn more_power_in_the_same_place_is_new() {
    let reads = OPEN.replace("contents: write", "contents: read");
    let sandbox = Sandbox::committed(&[(WORKFLOW, &reads)]);
    sandbox.write(WORKFLOW, OPEN);
    let report = json(&sandbox, &["--base", "HEAD"]);
    assert_eq!(report["findings"][0]["new"], true, "{report}");
}

#[test]
fn the_command_line_may_only_tighten() {
    let sandbox = Sandbox::committed(&[(WORKFLOW, OPEN), (POLICY, "fail-on: error\n")]);
    let ran = sandbox.check(&["--base", "HEAD", "--fail-on", "never", "-q"]);
    assert_snapshot!(ran, @r#"
    exit code 1
    --- standard error
    note: `--fail-on never` is ignored: the policy of the base commit says `error`, and the command line may only tighten it
    "#);
    sandbox.write(WORKFLOW, ENDLESS);
    assert_eq!(sandbox.check(&["--base", "HEAD"]).code, 0);
    assert_eq!(
        sandbox
            .check(&["--base", "HEAD", "--fail-on", "warning"])
            .code,
        1
    );
}

#[test]
fn a_base_excludes_a_policy_on_the_command_line() {
    let sandbox = Sandbox::committed(&[(WORKFLOW, QUIET), ("mine.yml", "fail-on: never\n")]);
    assert_eq!(
        sandbox
            .check(&["--base", "HEAD", "--policy", "mine.yml"])
            .code,
        2
    );
}

#[test]
fn an_unknown_base_is_named() {
    let sandbox = Sandbox::committed(&[(WORKFLOW, QUIET)]);
    assert_snapshot!(sandbox.check(&["--base", "no-such-branch"]), @r#"
    exit code 2
    --- standard error
    error: unknown revision "no-such-branch"
    "#);
}

#[test]
fn a_base_needs_a_repository() {
    let sandbox = Sandbox::new(&[(WORKFLOW, QUIET)]);
    let ran = sandbox.check(&["--base", "HEAD"]);
    assert_eq!(ran.code, 2, "{ran}");
}

#[test]
fn the_base_of_a_folder_with_workflows_of_its_own_is_that_folder() {
    let sandbox = Sandbox::committed(&[
        ("web/.github/workflows/agent.yml", OPEN),
        ("web/.github/portcullis.yml", "fail-on: never\n"),
    ]);
    let report = json(&sandbox, &["web", "--base", "HEAD"]);
    assert_eq!(report["findings"][0]["new"], false, "{report}");
    assert_eq!(report["verdict"], "pass", "{report}");
}
