//! The policy of a working tree.

use super::super::runner::Sandbox;
use super::{ENDLESS, OPEN, POLICY, QUIET, WORKFLOW};
use insta::assert_snapshot;

fn exemption(expires: &str) -> String {
    format!(
        "exemptions:\n  - rule: skip-permissions\n    path: {WORKFLOW}\n    job: fix\n    reason: runs in a sealed container\n    owner: \"@acme/platform\"\n    expires: {expires}\n"
    )
}

#[test]
fn a_mistake_in_the_policy_is_shown_at_its_place() {
    let sandbox = Sandbox::new(&[
        (WORKFLOW, QUIET),
        (
            POLICY,
            "profile: team\nfail-on: sometimes\nrules:\n  mising-timeout: off\n",
        ),
    ]);
    assert_snapshot!(sandbox.check(&[]), @r#"
    exit code 2
    --- standard error
    error[policy]: there is no threshold `sometimes`
     --> .github/portcullis.yml:2:10
      |
    2 | fail-on: sometimes
      |          ^^^^^^^^^
      |
      = help: it can be `error`, `warning`, `note` or `never`

    error[policy]: there is no rule `mising-timeout`
     --> .github/portcullis.yml:4:3
      |
    4 |   mising-timeout: off
      |   ^^^^^^^^^^^^^^
      |
      = help: did you mean `missing-timeout`?

    The policy has 2 mistakes; nothing was checked.
    "#);
}

#[test]
fn a_policy_that_is_no_yaml_is_a_policy_error() {
    let sandbox = Sandbox::new(&[(WORKFLOW, QUIET), (POLICY, "profile: [\n")]);
    assert_snapshot!(sandbox.check(&[]), @r#"
    exit code 2
    --- standard error
    error[policy]: this is no YAML: unclosed bracket '['
     --> .github/portcullis.yml:1:10
      |
    1 | profile: [
      |          ^

    The policy has 1 mistake; nothing was checked.
    "#);
}

#[test]
fn a_policy_that_is_no_utf_8_is_a_policy_error() {
    let sandbox = Sandbox::new(&[(WORKFLOW, QUIET)]);
    sandbox.write(POLICY, b"profile: \xff\n");
    let ran = sandbox.check(&[]);
    assert_eq!(ran.code, 2, "{ran}");
    assert!(ran.stderr.contains(POLICY), "{ran}");
}

#[test]
fn a_key_in_a_broken_policy_is_not_printed() {
    let key = ["sk-ant-api03-", "abcq7Zx1vB9nM4kL2pR8sT6wY3uJ5hG0fDcXaEiOQbWmVnKtPrLyZxSdFgHjC7uN1eM3a5QkRt9vW2yB4xZ6cL8pJ0sHgAA"].concat();
    let sandbox = Sandbox::new(&[(POLICY, &format!("profile: {key}\n"))]);
    let ran = sandbox.check(&[]);
    assert_eq!(ran.code, 2, "{ran}");
    assert!(!ran.to_string().contains(&key[14..30]), "{ran}");
}

#[test]
fn a_valid_exemption_covers_its_finding_and_is_listed() {
    let sandbox = Sandbox::new(&[(WORKFLOW, OPEN), (POLICY, &exemption("2026-11-25"))]);
    assert_snapshot!(sandbox.check(&[]), @r#"
    exit code 0
    --- standard output
    1 agent run in 1 workflow
      where                          job  kind  mode               tools  token  timeout
      .github/workflows/agent.yml:9  fix  cli   bypassPermissions  all    write  10 min

    1 finding suppressed by the policy
      skip-permissions at .github/workflows/agent.yml:9: runs in a sealed container (@acme/platform, until 2026-11-25)

    policy: .github/portcullis.yml, profile team, fails on errors; exemptions judged on 2026-11-25
    pass: no findings (1 file read, policy: .github/portcullis.yml team)
    "#);
}

#[test]
fn a_lapsed_exemption_covers_nothing_and_says_so() {
    let sandbox = Sandbox::new(&[(WORKFLOW, OPEN), (POLICY, &exemption("2026-11-24"))]);
    let ran = sandbox.check(&[]);
    assert_eq!(ran.code, 1, "{ran}");
    assert!(ran.stdout.contains("warning[lapsed-exemption]"), "{ran}");
    assert!(ran.stdout.contains("error[skip-permissions]"), "{ran}");
}

#[test]
fn today_decides_what_has_lapsed() {
    let sandbox = Sandbox::new(&[(WORKFLOW, OPEN), (POLICY, &exemption("2026-11-24"))]);
    assert_eq!(sandbox.run(&["check", "--today", "2026-11-24"]).code, 0);
    assert_eq!(sandbox.run(&["check", "--today", "2026-11-25"]).code, 1);
    assert_eq!(sandbox.run(&["check", "--today", "tomorrow"]).code, 2);
}

#[test]
fn an_exemption_that_covers_nothing_is_reported() {
    let sandbox = Sandbox::new(&[(WORKFLOW, QUIET), (POLICY, &exemption("2027-03-31"))]);
    assert_snapshot!(sandbox.check(&[]), @r#"
    exit code 0
    --- standard output
    note[unused-exemption]: this exemption of `skip-permissions` for .github/workflows/agent.yml covers no finding
     --> .github/portcullis.yml:2:11
      |
    2 |   - rule: skip-permissions
      |           ^^^^^^^^^^^^^^^^
      |
      = help: remove the exemption, or correct what it names

    1 agent run in 1 workflow
      where                          job     kind  mode     tools    token  timeout
      .github/workflows/agent.yml:8  review  cli   default  default  none   10 min

    policy: .github/portcullis.yml, profile team, fails on errors
    pass: 1 note in 1 file (1 file read, policy: .github/portcullis.yml team)
    "#);
}

#[test]
fn a_policy_can_be_named_on_the_command_line() {
    let sandbox = Sandbox::new(&[(WORKFLOW, ENDLESS), ("strict.yml", "fail-on: warning\n")]);
    assert_eq!(sandbox.check(&[]).code, 0);
    assert_eq!(sandbox.check(&["--policy", "strict.yml"]).code, 1);
    let ran = sandbox.check(&["--policy", "none.yml"]);
    assert_eq!(ran.code, 2, "{ran}");
    assert!(ran.stderr.contains("none.yml"), "{ran}");
}

#[test]
fn report_mode_shows_everything_and_fails_nothing() {
    let sandbox = Sandbox::new(&[(WORKFLOW, OPEN), (POLICY, "mode: report\n")]);
    let ran = sandbox.check(&[]);
    assert_eq!(ran.code, 0, "{ran}");
    assert!(ran.stdout.contains("error[skip-permissions]"), "{ran}");
}

#[test]
fn without_a_base_the_policy_is_that_of_the_tree_and_the_report_says_so() {
    let sandbox = Sandbox::new(&[(WORKFLOW, QUIET), (POLICY, "profile: enterprise\n")]);
    let ran = sandbox.check(&[]);
    assert!(
        ran.stdout
            .contains("policy: .github/portcullis.yml, profile enterprise"),
        "{ran}"
    );
}

#[cfg(unix)]
#[test]
fn a_policy_that_is_a_link_is_refused() {
    let sandbox = Sandbox::new(&[(WORKFLOW, QUIET), ("policy.yml", "fail-on: never\n")]);
    sandbox.link(POLICY, "../policy.yml");
    assert_snapshot!(sandbox.check(&[]), @r#"
    exit code 2
    --- standard error
    error: .github/portcullis.yml is a symbolic link; a policy is a file of its own
    "#);
}

#[test]
fn two_policies_are_one_too_many() {
    let sandbox = Sandbox::new(&[
        (POLICY, "profile: team\n"),
        ("portcullis.yml", "profile: team\n"),
    ]);
    assert_snapshot!(sandbox.check(&[]), @r#"
    exit code 2
    --- standard error
    error[policy]: there is a policy in `.github/portcullis.yml` already
    --> portcullis.yml:1:1
     = help: keep one of the two files

    The policy has 1 mistake; nothing was checked.
    "#);
}
