//! What a check of an ordinary repository says.

use super::super::runner::Sandbox;
use super::{ENDLESS, OPEN, QUIET, WORKFLOW};
use insta::assert_snapshot;

#[test]
fn a_finding_has_its_place_its_trail_and_its_cure() {
    let sandbox = Sandbox::new(&[
        (
            WORKFLOW,
            "on: workflow_dispatch\njobs:\n  fix:\n    runs-on: ubuntu-latest\n    timeout-minutes: 10\n    permissions:\n      contents: write\n    steps:\n      - run: npm run fix\n",
        ),
        (
            "package.json",
            "{\n  \"scripts\": {\n    \"fix\": \"./ci/fix.sh --fast\"\n  }\n}\n",
        ),
        (
            "ci/fix.sh",
            "#!/bin/sh\nclaude -p \"fix the build\" --max-turns 20 \\\n  --dangerously-skip-permissions\n",
        ),
    ]);
    assert_snapshot!(sandbox.check(&[]), @r#"
    exit code 1
    --- standard output
    error[skip-permissions]: `--dangerously-skip-permissions` gives Claude every tool without asking, and the run has a
                             token that can write contents (.github/workflows/agent.yml, line 7)
     --> ci/fix.sh:3:3
      |
    2 | claude -p "fix the build" --max-turns 20 \
      | ------ Claude starts here
    3 |   --dangerously-skip-permissions
      |   ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
      |
      = trail: --> .github/workflows/agent.yml:9:14  runs `npm run fix`
               --> package.json:3:13                 runs `ci/fix.sh`
               --> .github/workflows/agent.yml:7:7   the run has a token that can write contents
      = help: Remove it and name what the run needs: `--permission-mode dontAsk --allowedTools "Read,Grep,Glob"`. Where it
              must stay, take the other tools away (`--tools "Read,Grep,Glob" --strict-mcp-config`) and give the job
              `permissions: contents: read`.
      = fix: deny what no rule allows, instead of allowing everything (look before you apply it: it may change what the
             workflow does)
             3 -   --dangerously-skip-permissions
             3 +   --permission-mode=dontAsk

    1 agent run in 1 workflow
      where        job  kind  mode               tools  token  timeout  reached by
      ci/fix.sh:2  fix  cli   bypassPermissions  all    write  10 min   npm run fix > ci/fix.sh

    policy: built-in, profile team, fails on errors
    fail: 1 error in 1 file (3 files read, policy: built-in team)
    "#);
}

#[test]
fn a_repository_in_order_passes() {
    let sandbox = Sandbox::new(&[(WORKFLOW, QUIET)]);
    assert_snapshot!(sandbox.check(&[]), @r#"
    exit code 0
    --- standard output
    1 agent run in 1 workflow
      where                          job     kind  mode     tools    token  timeout
      .github/workflows/agent.yml:8  review  cli   default  default  none   10 min

    policy: built-in, profile team, fails on errors
    pass: no findings (1 file read, policy: built-in team)
    "#);
}

#[test]
fn a_folder_without_anything_to_check_passes_and_says_so() {
    let sandbox = Sandbox::new(&[("notes.txt", "nothing here\n")]);
    assert_snapshot!(sandbox.check(&[]), @r#"
    exit code 0
    --- standard output
    Nothing to check: no workflow, no `.claude` settings and no agent instructions below this directory.
    "#);
}

#[test]
fn a_warning_does_not_fail_unless_it_is_asked_to() {
    let sandbox = Sandbox::new(&[(WORKFLOW, ENDLESS)]);
    assert_snapshot!(sandbox.check(&[]), @r#"
    exit code 0
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

    policy: built-in, profile team, fails on errors
    pass: 1 warning in 1 file (1 file read, policy: built-in team)
    "#);
    assert_eq!(sandbox.check(&["--fail-on", "warning"]).code, 1);
    assert_eq!(sandbox.check(&["--fail-on", "note"]).code, 1);
}

#[test]
fn fail_on_never_shows_the_finding_and_passes() {
    let sandbox = Sandbox::new(&[(WORKFLOW, OPEN)]);
    assert_eq!(sandbox.check(&[]).code, 1);
    let ran = sandbox.check(&["--fail-on", "never"]);
    assert_eq!(ran.code, 0);
    assert!(ran.stdout.contains("error[skip-permissions]"), "{ran}");
}

#[test]
fn quiet_leaves_the_exit_code_only() {
    let sandbox = Sandbox::new(&[(WORKFLOW, OPEN)]);
    assert_snapshot!(sandbox.check(&["-q"]), @"exit code 1");
}

#[test]
fn colours_come_on_demand_and_stay_away_from_a_pipe() {
    let sandbox = Sandbox::new(&[(WORKFLOW, OPEN)]);
    let output = sandbox
        .command(&["check"])
        .env_remove("NO_COLOR")
        .output()
        .unwrap();
    assert!(!output.stdout.contains(&0x1b));
    assert!(
        sandbox
            .check(&["--color", "always"])
            .stdout
            .contains('\u{1b}')
    );
    assert!(
        !sandbox
            .check(&["--color", "never"])
            .stdout
            .contains('\u{1b}')
    );
}

#[test]
fn two_runs_give_the_same_bytes() {
    let sandbox = Sandbox::new(&[(WORKFLOW, OPEN), (".github/workflows/other.yml", ENDLESS)]);
    for format in ["text", "json", "sarif", "github", "markdown"] {
        let first = sandbox.check(&["--format", format]).stdout;
        assert_eq!(
            first,
            sandbox.check(&["--format", format]).stdout,
            "{format}"
        );
    }
}

#[test]
fn a_fix_is_applied_only_when_it_is_asked_for_by_its_kind() {
    let sandbox = Sandbox::new(&[(WORKFLOW, ENDLESS)]);
    sandbox.check(&["--fix"]);
    assert_eq!(sandbox.read(WORKFLOW), ENDLESS);
    assert_snapshot!(sandbox.check(&["--fix=unsafe", "-q"]), @r#"
    exit code 0
    --- standard error
    1 finding fixed; run the check again to see what is left
    "#);
    assert_snapshot!(sandbox.read(WORKFLOW), @r#"
    on: workflow_dispatch
    jobs:
      review:
        timeout-minutes: 30
        runs-on: ubuntu-latest
        permissions: {}
        steps:
          - run: claude -p "review the last commit" --max-turns 20
    "#);
    assert_eq!(sandbox.check(&["--fail-on", "warning"]).code, 0);
}

#[test]
fn the_bundled_example_gives_its_two_findings() {
    let root = env!("CARGO_MANIFEST_DIR");
    let sandbox = Sandbox::new(&[]);
    let ran = sandbox.check(&[&format!("{root}/examples/demo")]);
    assert_eq!(ran.code, 1, "{ran}");
    let headlines: Vec<&str> = ran
        .stdout
        .lines()
        .filter(|line| line.starts_with("error[") || line.starts_with("warning["))
        .collect();
    assert_eq!(headlines.len(), 2, "{ran}");
    assert!(ran.stdout.contains("scripts/fix.sh:9:3"), "{ran}");
    assert!(
        ran.stdout.contains(".github/workflows/triage.yml:7:3"),
        "{ran}"
    );
}
