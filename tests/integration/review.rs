//! `portcullis review` as a workflow starts it, with a checkout and without a network: nothing here may need one.

use std::process::Stdio;

use crate::runner::{Sandbox, TODAY};

/// A workflow with a finding: an agent that may do anything.
const AGENT: &str = "\
on: push
permissions: write-all
jobs:
  fix:
    runs-on: ubuntu-24.04
    timeout-minutes: 10
    steps:
      - run: claude -p --max-turns 5 --dangerously-skip-permissions 'fix it'
";

const CLEAN: &str = "\
on: push
permissions: {}
jobs:
  build:
    runs-on: ubuntu-24.04
    timeout-minutes: 10
    steps:
      - run: make
";

const WORKFLOW: &str = ".github/workflows/agent.yml";

/// A repository with the merge commit of a pull request checked out, as actions/checkout leaves it.
struct Run {
    sandbox: Sandbox,
    head: String,
    base: String,
    event: String,
    name: &'static str,
    inputs: Vec<(&'static str, &'static str)>,
}

struct Ended {
    code: i32,
    log: String,
    errors: String,
    outputs: String,
    summary: String,
}

impl Run {
    fn of_pull_request(base: &[(&str, &str)], head: &[(&str, &str)]) -> Self {
        let sandbox = Sandbox::committed(base);
        let base = sandbox.git(&["rev-parse", "HEAD"]).trim().to_owned();
        sandbox.git(&["checkout", "-q", "-b", "change"]);
        for (path, text) in head {
            sandbox.write(path, text);
        }
        sandbox.commit();
        let head = sandbox.git(&["rev-parse", "HEAD"]).trim().to_owned();
        sandbox.git(&["checkout", "-q", "main"]);
        sandbox.git(&["merge", "-q", "--no-ff", "-m", "merge", "change"]);
        let mut run = Self {
            sandbox,
            head,
            base,
            event: String::new(),
            name: "pull_request",
            inputs: Vec::new(),
        };
        run.event = run.pull_request("somebody/web", "opened", "open");
        run
    }

    fn pull_request(&self, from: &str, action: &str, state: &str) -> String {
        let Self { head, base, .. } = self;
        format!(
            r#"{{"action": "{action}", "number": 7, "pull_request": {{"number": 7, "state": "{state}", "draft": false,
            "user": {{"login": "somebody"}},
            "base": {{"sha": "{base}", "ref": "main", "repo": {{"full_name": "acme/web"}}}},
            "head": {{"sha": "{head}", "ref": "change", "repo": {{"full_name": "{from}"}}}}}},
            "sender": {{"login": "somebody"}}}}"#
        )
    }

    fn start(&self) -> Ended {
        self.start_with(&[])
    }

    fn start_with(&self, variables: &[(&str, &str)]) -> Ended {
        let folder = tempfile::tempdir().unwrap();
        let file = |name: &str| folder.path().join(name);
        std::fs::write(file("event.json"), &self.event).unwrap();
        let sha = self.sandbox.git(&["rev-parse", "HEAD"]);
        let mut command = self.sandbox.command(&["review", "--today", TODAY]);
        command
            .env("GITHUB_ACTIONS", "true")
            .env("GITHUB_EVENT_NAME", self.name)
            .env("GITHUB_EVENT_PATH", file("event.json"))
            .env("GITHUB_REPOSITORY", "acme/web")
            .env("GITHUB_SHA", sha.trim())
            .env("GITHUB_REF", "refs/pull/7/merge")
            .env("GITHUB_OUTPUT", file("output"))
            .env("GITHUB_STEP_SUMMARY", file("summary"));
        for (name, value) in &self.inputs {
            command.env(format!("INPUT_{}", name.to_uppercase()), value);
        }
        for (name, value) in variables {
            command.env(name, value);
        }
        let output = command.stdin(Stdio::null()).output().unwrap();
        let read = |name: &str| std::fs::read_to_string(file(name)).unwrap_or_default();
        let log = String::from_utf8(output.stdout).unwrap();
        Ended {
            code: output.status.code().unwrap(),
            log,
            errors: String::from_utf8(output.stderr).unwrap(),
            outputs: read("output"),
            summary: read("summary"),
        }
    }
}

impl Ended {
    /// One output; the last word counts.
    fn output(&self, name: &str) -> Option<&str> {
        let mut lines = self.outputs.lines();
        let mut value = None;
        while let Some(line) = lines.next() {
            if line.starts_with(&format!("{name}<<")) {
                value = lines.next();
            }
        }
        value
    }
}

#[test]
fn a_pull_request_from_a_fork_gets_its_whole_verdict_without_a_request() {
    let run = Run::of_pull_request(&[(WORKFLOW, CLEAN)], &[(WORKFLOW, AGENT)]);
    let ended = run.start();
    assert_eq!(ended.code, 1, "{}{}", ended.log, ended.errors);
    assert_eq!(ended.output("verdict"), Some("fail"));
    assert_eq!(ended.output("errors"), Some("1"));
    assert_eq!(ended.output("delivered"), Some("annotations"));
    assert!(
        ended
            .log
            .contains("::error file=.github/workflows/agent.yml,line=8"),
        "{}",
        ended.log
    );
    assert!(ended.log.contains("examples/relay.yml"), "{}", ended.log);
    assert!(
        ended.summary.contains("skip-permissions"),
        "{}",
        ended.summary
    );
}

#[test]
fn the_text_in_the_log_stands_where_the_runner_takes_no_commands() {
    let run = Run::of_pull_request(&[(WORKFLOW, CLEAN)], &[(WORKFLOW, AGENT)]);
    let log = run.start().log;
    let token = log
        .lines()
        .next()
        .unwrap()
        .strip_prefix("::stop-commands::")
        .unwrap();
    assert!(token.len() >= 32);
    let (text, annotations) = log.split_once(&format!("::{token}::")).unwrap();
    assert!(text.contains("--> .github/workflows/agent.yml:8:"), "{log}");
    assert!(annotations.contains("::error file="), "{log}");
}

#[test]
fn the_policy_of_the_pull_request_does_not_judge_it() {
    let loose = "rules:\n  skip-permissions: off\n";
    let changes = [(WORKFLOW, AGENT), (".github/portcullis.yml", loose)];
    let run = Run::of_pull_request(&[(WORKFLOW, CLEAN)], &changes);
    assert_eq!(run.start().code, 1);
    // At the base it counts.
    let base = [(WORKFLOW, CLEAN), (".github/portcullis.yml", loose)];
    let run = Run::of_pull_request(&base, &[(WORKFLOW, AGENT)]);
    let ended = run.start();
    assert_eq!(ended.code, 0, "{}", ended.log);
    assert!(ended.log.contains("portcullis.yml at "), "{}", ended.log);
}

#[test]
fn an_input_cannot_loosen_the_policy_of_the_base() {
    let mut run = Run::of_pull_request(&[(WORKFLOW, CLEAN)], &[(WORKFLOW, AGENT)]);
    run.inputs = vec![("fail-on", "never")];
    let ended = run.start();
    assert_eq!(ended.code, 1);
    assert!(
        ended.log.contains("`--fail-on never` is ignored"),
        "{}",
        ended.log
    );
}

#[test]
fn reports_are_written_in_the_run_that_fails() {
    let mut run = Run::of_pull_request(&[(WORKFLOW, CLEAN)], &[(WORKFLOW, AGENT)]);
    run.inputs = vec![("sarif", "file"), ("report-file", "out/report.json")];
    let ended = run.start();
    assert_eq!(ended.code, 1);
    assert_eq!(ended.output("sarif-file"), Some("portcullis.sarif"));
    assert_eq!(ended.output("report-file"), Some("out/report.json"));
    assert!(run.sandbox.read("portcullis.sarif").contains("\"2.1.0\""));
    assert!(
        run.sandbox
            .read("out/report.json")
            .contains("\"new\": true")
    );
}

#[test]
fn a_closed_pull_request_is_nothing_to_check() {
    let mut run = Run::of_pull_request(&[(WORKFLOW, CLEAN)], &[(WORKFLOW, AGENT)]);
    run.event = run.pull_request("acme/web", "closed", "closed");
    let ended = run.start();
    assert_eq!(ended.code, 0);
    assert_eq!(ended.output("verdict"), Some("skipped"));
    assert!(
        ended.log.contains("the pull request is closed"),
        "{}",
        ended.log
    );
}

#[test]
fn a_merge_group_is_judged_by_its_base_and_told_nowhere() {
    let mut run = Run::of_pull_request(&[(WORKFLOW, CLEAN)], &[(WORKFLOW, AGENT)]);
    let merged = run.sandbox.git(&["rev-parse", "HEAD"]);
    run.name = "merge_group";
    run.event = format!(
        r#"{{"action": "checks_requested", "merge_group": {{"head_sha": "{}", "base_sha": "{}"}}}}"#,
        merged.trim(),
        run.base
    );
    let ended = run.start();
    assert_eq!(ended.code, 1, "{}{}", ended.log, ended.errors);
    assert_eq!(ended.output("delivered"), Some("annotations"));
}

#[test]
fn a_push_is_judged_by_its_own_policy_and_a_deletion_not_at_all() {
    let mut run = Run::of_pull_request(&[(WORKFLOW, CLEAN)], &[(WORKFLOW, AGENT)]);
    let pushed = run.sandbox.git(&["rev-parse", "HEAD"]);
    run.name = "push";
    run.event = format!(
        r#"{{"ref": "refs/heads/main", "before": "{}", "after": "{}"}}"#,
        run.base,
        pushed.trim()
    );
    assert_eq!(run.start().code, 1);
    run.event = format!(
        r#"{{"ref": "refs/heads/old", "before": "{}", "after": "{}", "deleted": true}}"#,
        run.base,
        "0".repeat(40)
    );
    let ended = run.start();
    assert_eq!(ended.code, 0);
    assert!(ended.log.contains("deleted the branch"), "{}", ended.log);
}

#[test]
fn a_privileged_run_beside_the_code_of_the_pull_request_is_refused() {
    let mut run = Run::of_pull_request(&[(WORKFLOW, CLEAN)], &[(WORKFLOW, AGENT)]);
    run.name = "pull_request_target";
    let ended = run.start();
    assert_eq!(ended.code, 2);
    assert!(
        ended.errors.contains("does not run there"),
        "{}",
        ended.errors
    );
}

#[test]
fn without_a_token_a_commit_that_is_not_there_is_asked_for_in_words() {
    let mut run = Run::of_pull_request(&[(WORKFLOW, CLEAN)], &[(WORKFLOW, AGENT)]);
    run.head = "1".repeat(40);
    run.event = run.pull_request("acme/web", "opened", "open");
    let ended = run.start();
    assert_eq!(ended.code, 2);
    assert!(ended.errors.contains("fetch-depth: 2"), "{}", ended.errors);
}

#[test]
fn an_event_of_another_kind_and_a_run_outside_of_a_workflow_are_told_what_works() {
    let mut run = Run::of_pull_request(&[(WORKFLOW, CLEAN)], &[]);
    run.name = "issue_comment";
    run.event = "{}".into();
    let ended = run.start();
    assert_eq!(ended.code, 2);
    assert!(
        ended.errors.contains("workflow_dispatch"),
        "{}",
        ended.errors
    );
    let ran = run.sandbox.run(&["review"]);
    assert_eq!(ran.code, 2);
    assert!(ran.stderr.contains("portcullis check --base"), "{ran}");
}

#[test]
fn a_channel_that_cannot_be_written_is_a_warning() {
    let run = Run::of_pull_request(&[(WORKFLOW, CLEAN)], &[(WORKFLOW, AGENT)]);
    let ended = run.start_with(&[("GITHUB_OUTPUT", "/no/such/folder/output")]);
    assert_eq!(ended.code, 1);
    assert!(
        ended
            .log
            .contains("::warning title=portcullis::the outputs of the step"),
        "{}",
        ended.log
    );
    assert!(ended.summary.contains("skip-permissions"));
}

#[test]
fn an_api_that_cannot_be_reached_keeps_the_verdict() {
    let mut run = Run::of_pull_request(&[(WORKFLOW, CLEAN)], &[(WORKFLOW, CLEAN)]);
    run.event = run.pull_request("acme/web", "opened", "open");
    let nobody = [
        ("GITHUB_TOKEN", "ghs_token"),
        ("GITHUB_API_URL", "http://127.0.0.1:9"),
        ("GITHUB_GRAPHQL_URL", "http://127.0.0.1:9/graphql"),
    ];
    let ended = run.start_with(&nobody);
    assert_eq!(ended.code, 0, "{}{}", ended.log, ended.errors);
    assert_eq!(ended.output("delivered"), Some("annotations"));
    assert!(
        ended.log.contains("could not be delivered"),
        "{}",
        ended.log
    );
    assert!(!ended.log.contains("ghs_token"));
    run.inputs = vec![("require-delivery", "true")];
    assert_eq!(run.start_with(&nobody).code, 4);
}
