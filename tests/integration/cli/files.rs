//! Which files are judged.

use super::super::runner::Sandbox;
use super::{ENDLESS, OPEN, QUIET, WORKFLOW};
use insta::assert_snapshot;

#[test]
fn an_unknown_path_is_named() {
    let sandbox = Sandbox::new(&[(WORKFLOW, QUIET)]);
    assert_snapshot!(sandbox.check(&["no/such/folder"]), @r#"
    exit code 2
    --- standard error
    error: no/such/folder: does not exist
    "#);
}

#[test]
fn one_unknown_path_among_others_is_named() {
    let sandbox = Sandbox::new(&[(WORKFLOW, OPEN)]);
    let ran = sandbox.check(&[WORKFLOW, "missing.yml"]);
    assert_eq!(ran.code, 2, "{ran}");
    assert!(ran.stderr.contains("missing.yml"), "{ran}");
}

#[test]
fn a_named_file_is_judged_alone() {
    let sandbox = Sandbox::new(&[(WORKFLOW, QUIET), (".github/workflows/open.yml", OPEN)]);
    assert_eq!(sandbox.check(&[]).code, 1);
    assert_eq!(sandbox.check(&[WORKFLOW]).code, 0);
    assert_eq!(
        sandbox
            .check(&[WORKFLOW, ".github/workflows/open.yml"])
            .code,
        1
    );
}

#[test]
fn a_named_file_is_judged_with_the_scripts_that_it_calls() {
    let workflow = OPEN.replace(
        "claude -p \"fix the build\" --max-turns 20 --dangerously-skip-permissions",
        "sh ci/fix.sh",
    );
    let sandbox = Sandbox::new(&[
        (WORKFLOW, &workflow),
        (
            "ci/fix.sh",
            "claude -p fix --max-turns 9 --dangerously-skip-permissions\n",
        ),
    ]);
    let ran = sandbox.check(&[WORKFLOW]);
    assert_eq!(ran.code, 1, "{ran}");
    assert!(ran.stdout.contains("ci/fix.sh:1:29"), "{ran}");
}

#[test]
fn a_named_file_outside_the_usual_places_is_judged_by_its_content() {
    let sandbox = Sandbox::new(&[("drafts/agent.yml", OPEN)]);
    assert_eq!(sandbox.check(&[]).code, 0);
    let ran = sandbox.check(&["drafts/agent.yml"]);
    assert_eq!(ran.code, 1, "{ran}");
}

#[test]
fn a_named_file_is_judged_in_the_repository_that_holds_it() {
    let sandbox = Sandbox::committed(&[("web/notes.txt", ""), (WORKFLOW, OPEN)]);
    // Beside the repository, where the program is started.
    std::fs::create_dir(sandbox.tree().join("../.claude")).unwrap();
    std::fs::write(sandbox.tree().join("../.claude/settings.json"), "{").unwrap();
    for (folder, file) in [
        ("..", "tree/.github/workflows/agent.yml"),
        ("web", "../.github/workflows/agent.yml"),
        (".github/workflows", "agent.yml"),
    ] {
        let mut command = sandbox.command(&["check", file]);
        let output = command
            .current_dir(sandbox.tree().join(folder))
            .output()
            .unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        assert_eq!(output.status.code(), Some(1), "{folder}: {text}");
        assert!(
            text.contains("--> .github/workflows/agent.yml:9:55"),
            "{folder}: {text}"
        );
        assert!(
            text.contains("fail: 1 error in 1 file (1 file read"),
            "{folder}: {text}"
        );
    }
}

#[test]
fn a_folder_inside_of_github_is_judged_below_its_root() {
    let sandbox = Sandbox::new(&[(WORKFLOW, OPEN)]);
    for folder in [
        ".github",
        ".github/workflows",
        "./.github/",
        "../tree/.github",
    ] {
        let ran = sandbox.check(&[folder]);
        assert_eq!(ran.code, 1, "{folder}: {ran}");
        assert!(
            ran.stdout.contains("--> .github/workflows/agent.yml:9:55"),
            "{ran}"
        );
    }
}

#[test]
fn standard_input_is_one_workflow() {
    let sandbox = Sandbox::new(&[]);
    assert_snapshot!(sandbox.run_with_input(&["check", "-", "--today", "2026-11-25"], ENDLESS.as_bytes()), @r#"
    exit code 0
    --- standard output
    warning[missing-timeout]: job `review` runs Claude without a time limit; GitHub stops it after 360 minutes
     --> .github/workflows/stdin.yml:3:3
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
      .github/workflows/stdin.yml:7  review  cli   default  default  none   none

    policy: built-in, profile team, fails on errors
    pass: 1 warning in 1 file (1 file read, policy: built-in team)
    "#);
}

#[test]
fn standard_input_stands_alone() {
    let sandbox = Sandbox::new(&[(WORKFLOW, QUIET)]);
    assert_snapshot!(sandbox.check(&["-", WORKFLOW]), @r#"
    exit code 2
    --- standard error
    error: `-` stands alone: standard input is one workflow
    "#);
}

#[test]
fn untracked_files_are_judged_and_ignored_ones_are_not() {
    let sandbox = Sandbox::committed(&[
        (".gitignore", ".github/workflows/private.yml\n"),
        (WORKFLOW, QUIET),
    ]);
    sandbox.write(".github/workflows/private.yml", OPEN);
    assert_eq!(sandbox.check(&[]).code, 0);
    sandbox.write(".github/workflows/new.yml", OPEN);
    let ran = sandbox.check(&[]);
    assert_eq!(ran.code, 1, "{ran}");
    assert!(ran.stdout.contains("new.yml"), "{ran}");
    assert!(!ran.stdout.contains("private.yml"), "{ran}");
}

#[test]
fn an_ignored_file_that_is_tracked_is_judged() {
    let sandbox = Sandbox::committed(&[(WORKFLOW, OPEN)]);
    sandbox.write(".gitignore", ".github/\n");
    assert_eq!(sandbox.check(&[]).code, 1);
}

#[test]
fn a_folder_below_the_root_is_checked_as_a_part() {
    let sandbox = Sandbox::committed(&[
        (WORKFLOW, OPEN),
        ("web/package.json", "{\"scripts\": {}}\n"),
    ]);
    assert_eq!(sandbox.check(&["web"]).code, 0);
    assert_eq!(sandbox.check(&[".github"]).code, 1);
}

#[test]
fn a_folder_with_workflows_of_its_own_is_a_repository_of_its_own() {
    let sandbox = Sandbox::committed(&[("examples/demo/.github/workflows/agent.yml", OPEN)]);
    assert_eq!(sandbox.check(&[]).code, 0);
    let ran = sandbox.check(&["examples/demo"]);
    assert_eq!(ran.code, 1, "{ran}");
    assert!(
        ran.stdout.contains("--> .github/workflows/agent.yml"),
        "{ran}"
    );
}

#[cfg(unix)]
#[test]
fn a_link_to_a_file_of_the_tree_is_read_and_one_out_of_it_is_a_hole() {
    let sandbox = Sandbox::new(&[("ci/agent.yml", OPEN)]);
    sandbox.link(WORKFLOW, "../../ci/agent.yml");
    let ran = sandbox.check(&[]);
    assert_eq!(ran.code, 1, "{ran}");
    let sandbox = Sandbox::new(&[]);
    sandbox.link(WORKFLOW, "/etc/hostname");
    assert_snapshot!(sandbox.check(&[]), @r#"
    exit code 3
    --- standard output
    error[unreadable-file]: this file could not be judged: it is a symbolic link that leaves the repository or points
                            nowhere
    --> .github/workflows/agent.yml:1:1
     = help: Repair it here, or take the file out with `exclude:` in the policy.

    1 file could not be read, so the result is incomplete
      .github/workflows/agent.yml: it is a symbolic link that leaves the repository or points nowhere

    policy: built-in, profile team, fails on errors
    incomplete: 1 error in 1 file; 1 file could not be read (0 files read, policy: built-in team)
    "#);
}

#[test]
fn a_submodule_in_the_place_of_settings_is_a_hole() {
    let sandbox = Sandbox::committed(&[(WORKFLOW, QUIET)]);
    let commit = sandbox.git(&["rev-parse", "HEAD"]);
    let entry = format!("160000,{},.claude/settings.json", commit.trim());
    sandbox.git(&["update-index", "--add", "--cacheinfo", &entry]);
    assert_snapshot!(sandbox.check(&[]), @r#"
    exit code 1
    --- standard output
    error[config-submodule]: this folder is another repository: what configures Claude there changes without a review here
    --> .claude/settings.json:1:1
     = help: Copy the files into this repository.

    error[unreadable-file]: this file could not be judged: it is a submodule: its files are in another repository
    --> .claude/settings.json:1:1
     = help: Repair it here, or take the file out with `exclude:` in the policy.

    1 agent run in 1 workflow
      where                          job     kind  mode     tools    token  timeout
      .github/workflows/agent.yml:8  review  cli   default  default  none   10 min

    1 file could not be read, so the result is incomplete
      .claude/settings.json: it is a submodule: its files are in another repository

    policy: built-in, profile team, fails on errors
    fail: 2 errors in 1 file; 1 file could not be read (1 file read, policy: built-in team)
    "#);
}

#[test]
fn a_submodule_elsewhere_is_none_of_ours() {
    let sandbox = Sandbox::committed(&[(WORKFLOW, QUIET)]);
    let commit = sandbox.git(&["rev-parse", "HEAD"]);
    sandbox.git(&[
        "update-index",
        "--add",
        "--cacheinfo",
        &format!("160000,{},vendor/library", commit.trim()),
    ]);
    assert_eq!(sandbox.check(&[]).code, 0);
}
