//! Formats and where they are written.

use std::io::Read as _;
use std::process::Stdio;

use super::super::runner::Sandbox;
use super::{ENDLESS, OPEN, WORKFLOW};
use insta::assert_snapshot;

#[test]
fn several_reports_come_out_of_one_run_and_change_no_exit_code() {
    let sandbox = Sandbox::new(&[(WORKFLOW, OPEN)]);
    let ran = sandbox.check(&[
        "--output",
        "sarif=out/report.sarif",
        "--output",
        "json=out/report.json",
        "--output",
        "markdown=summary.md",
    ]);
    assert_eq!(ran.code, 1, "{ran}");
    assert!(ran.stdout.contains("error[skip-permissions]"), "{ran}");
    let sarif: serde_json::Value = serde_json::from_str(&sandbox.read("out/report.sarif")).unwrap();
    assert_eq!(sarif["version"], "2.1.0");
    let json: serde_json::Value = serde_json::from_str(&sandbox.read("out/report.json")).unwrap();
    assert_eq!(json["verdict"], "fail");
    assert!(sandbox.read("summary.md").contains("skip-permissions"));
}

#[test]
fn a_file_without_a_format_takes_the_place_of_standard_output() {
    let sandbox = Sandbox::new(&[(WORKFLOW, OPEN)]);
    let ran = sandbox.check(&["--format", "json", "--output", "report.json"]);
    assert_snapshot!(ran, @"exit code 1");
    let json: serde_json::Value = serde_json::from_str(&sandbox.read("report.json")).unwrap();
    assert_eq!(json["schema_version"], 1);
}

#[test]
fn a_report_that_cannot_be_written_is_a_usage_error() {
    let sandbox = Sandbox::new(&[(WORKFLOW, OPEN), ("taken", "a file\n")]);
    let ran = sandbox.check(&["--output", "json=taken/report.json"]);
    assert_eq!(ran.code, 2, "{ran}");
    assert!(ran.stderr.contains("taken/report.json"), "{ran}");
}

#[test]
fn annotations_are_workflow_commands() {
    let sandbox = Sandbox::new(&[(WORKFLOW, ENDLESS)]);
    assert_snapshot!(sandbox.check(&["--format", "github"]), @r#"
    exit code 0
    --- standard output
    ::warning file=.github/workflows/agent.yml,line=3,endLine=3,col=3,endColumn=9,title=missing-timeout::job `review` runs Claude without a time limit; GitHub stops it after 360 minutes%0AAdd `timeout-minutes: 30` to the job, or to each step that runs Claude.%0A.github/workflows/agent.yml:7: Claude starts here
    Portcullis: pass: 1 warning in 1 file (1 file read, policy: built-in team)
    "#);
}

#[test]
fn the_json_object_is_stable() {
    let sandbox = Sandbox::new(&[(WORKFLOW, ENDLESS)]);
    assert_snapshot!(sandbox.check(&["--format", "json"]), @r#"
    exit code 0
    --- standard output
    {
      "schema_version": 1,
      "tool": {
        "name": "portcullis",
        "version": "0.1.0"
      },
      "today": "2026-11-25",
      "verdict": "pass",
      "complete": true,
      "policy": {
        "source": "built-in",
        "profile": "team",
        "fail_on": "error"
      },
      "findings": [
        {
          "rule": "missing-timeout",
          "severity": "warning",
          "confidence": "high",
          "path": ".github/workflows/agent.yml",
          "start": {
            "line": 3,
            "column": 3
          },
          "end": {
            "line": 3,
            "column": 9
          },
          "message": "job `review` runs Claude without a time limit; GitHub stops it after 360 minutes",
          "help": "Add `timeout-minutes: 30` to the job, or to each step that runs Claude.",
          "fingerprint": "134902b3e2c7cc49e6b1b56a314e5a66",
          "new": null,
          "related": [
            {
              "path": ".github/workflows/agent.yml",
              "start": {
                "line": 7,
                "column": 14
              },
              "end": {
                "line": 7,
                "column": 20
              },
              "message": "Claude starts here"
            }
          ],
          "fix": {
            "title": "add `timeout-minutes: 30` to the job",
            "applicability": "unsafe",
            "edits": [
              {
                "path": ".github/workflows/agent.yml",
                "start": {
                  "line": 4,
                  "column": 5
                },
                "end": {
                  "line": 4,
                  "column": 5
                },
                "text": "timeout-minutes: 30\n    "
              }
            ]
          },
          "exemption": null
        }
      ],
      "suppressed": [],
      "agents": [
        {
          "path": ".github/workflows/agent.yml",
          "job": "review",
          "step": "step 1",
          "start": {
            "line": 7,
            "column": 14
          },
          "via": [],
          "kind": "cli",
          "version": null,
          "mode": "default",
          "tools": {
            "available": null,
            "allowed": [],
            "denied": []
          },
          "read_only": true,
          "triggers": [
            "workflow_dispatch"
          ],
          "exposure": "maintainer",
          "untrusted_input": false,
          "permissions": {},
          "secrets": [],
          "timeout_minutes": null
        }
      ],
      "coverage": {
        "files": 1,
        "skipped": [],
        "unreadable": []
      }
    }
    "#);
}

#[test]
fn an_unknown_format_is_named() {
    let sandbox = Sandbox::new(&[(WORKFLOW, OPEN)]);
    let ran = sandbox.check(&["--format", "xml"]);
    assert_eq!(ran.code, 2, "{ran}");
    assert!(ran.stderr.contains("xml"), "{ran}");
}

#[test]
fn a_closed_pipe_is_quiet_and_changes_no_verdict() {
    let sandbox = Sandbox::new(&[(WORKFLOW, &OPEN.replace("on: workflow_dispatch", "on: push"))]);
    // More than a pipe holds, so that the program has to wait for its reader.
    for number in 0..200 {
        sandbox.write(&format!(".github/workflows/{number}.yml"), OPEN);
    }
    for arguments in [["check", "--format", "text"], ["check", "--format", "json"]] {
        let mut command = sandbox.command(&arguments);
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut first = [0; 1];
        child.stdout.take().unwrap().read_exact(&mut first).unwrap();
        let output = child.wait_with_output().unwrap();
        assert_eq!(String::from_utf8_lossy(&output.stderr), "", "{arguments:?}");
        assert_eq!(
            output.status.code(),
            Some(1),
            "{arguments:?}: the verdict stands"
        );
    }
}

#[test]
fn a_key_is_in_no_format() {
    // Written in two halves, so that no scanner takes this file for the leak.
    let key = ["sk-ant-api03-", "abcq7Zx1vB9nM4kL2pR8sT6wY3uJ5hG0fDcXaEiOQbWmVnKtPrLyZxSdFgHjC7uN1eM3a5QkRt9vW2yB4xZ6cL8pJ0sHgAA"].concat();
    let workflow = ENDLESS.replace(
        "    permissions: {}\n",
        &format!("    permissions: {{}}\n    env:\n      ANTHROPIC_API_KEY: {key}\n"),
    );
    let sandbox = Sandbox::new(&[(WORKFLOW, &workflow)]);
    for format in ["text", "json", "sarif", "github", "markdown"] {
        let ran = sandbox.check(&["--format", format]);
        assert_eq!(ran.code, 1, "{ran}");
        assert!(ran.stdout.contains("hardcoded-key"), "{ran}");
        assert!(!ran.to_string().contains(&key[14..30]), "{format}: {ran}");
    }
    assert_snapshot!(sandbox.check(&[]), @r#"
    exit code 1
    --- standard output
    warning[missing-timeout]: job `review` runs Claude without a time limit; GitHub stops it after 360 minutes
     --> .github/workflows/agent.yml:3:3
      |
    3 |   review:
      |   ^^^^^^
    ...
    9 |       - run: claude -p "review the last commit" --max-turns 20
      |              ------ Claude starts here
      |
      = help: Add `timeout-minutes: 30` to the job, or to each step that runs Claude.
      = fix: add `timeout-minutes: 30` to the job (look before you apply it: it may change what the workflow does)
             4 +     timeout-minutes: 30

    error[hardcoded-key]: an Anthropic API key is written down here: `sk-ant-api03-…AA`, 108 characters
     --> .github/workflows/agent.yml:7:26
      |
    7 |       ANTHROPIC_API_KEY: •••••••••••••••••••••••••••••••••••••••••••••••••••••••••••••••••••••••••••••••••••…
      |                          ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
      |
      = help: Rotate it at Anthropic first, because it stays in the history; then remove it there (`git filter-repo`). The
              new one belongs into `${{ secrets.X }}` or workflow identity federation, for people into `apiKeyHelper`.

    1 agent run in 1 workflow
      where                          job     kind  mode     tools    token  timeout
      .github/workflows/agent.yml:9  review  cli   default  default  none   none

    policy: built-in, profile team, fails on errors
    fail: 1 error, 1 warning in 1 file (1 file read, policy: built-in team)
    "#);
}
