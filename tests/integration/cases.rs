//! Small cases that a reviewer found wrong once: one workflow, the files beside it, and what has to be said.

use portcullis::agent::AgentKind;
use portcullis::check::{Engine, Outcome, Report, Request, Selection};
use portcullis::policy::Policy;
use portcullis::snapshot::MemorySnapshot;

const HEAD: &str = "on: workflow_dispatch\npermissions:\n  contents: read\njobs:\n  a:\n    runs-on: ubuntu-latest\n    timeout-minutes: 10\n    steps:\n      - uses: actions/checkout@v4\n";

fn judge(files: &[(&str, &str)]) -> Report {
    let snapshot = MemorySnapshot::new(files.iter().map(|(path, text)| (*path, text.as_bytes())));
    let policy = Policy::built_in();
    let request = Request {
        snapshot: &snapshot,
        selection: &Selection::Everything,
        base: None,
        policy: &policy,
        today: jiff::civil::date(2026, 11, 25),
    };
    match Engine::new().check(&request) {
        Outcome::Done(report) => *report,
        Outcome::Need(paths) => panic!("a snapshot in memory needs nothing: {paths:?}"),
    }
}

/// One step behind the usual head.
fn step(run: &str) -> String {
    let lines: String = run
        .lines()
        .map(|line| format!("          {line}\n"))
        .collect();
    format!("{HEAD}      - run: |\n{lines}")
}

fn with(workflow: &str, others: &[(&str, &str)]) -> Report {
    let mut files = vec![(".github/workflows/w.yml", workflow)];
    files.extend(others);
    judge(&files)
}

/// Severity of `skip-permissions`, or `silent`.
fn bypass(report: &Report) -> &'static str {
    let found = report
        .findings
        .iter()
        .find(|finding| finding.rule.as_str() == "skip-permissions");
    found.map_or("silent", |finding| finding.severity.as_str())
}

fn has(report: &Report, rule: &str) -> bool {
    report
        .findings
        .iter()
        .any(|finding| finding.rule.as_str() == rule)
}

#[test]
fn a_word_claude_behind_other_verbs_is_no_start() {
    for run in [
        "git diff --name-only origin/main -- claude",
        "rm -rf -- claude",
        "echo -- claude --dangerously-skip-permissions",
        "docker rm -f ghcr.io/acme/claude",
        "docker push ghcr.io/acme/claude",
        "docker compose up -d claude",
        "docker build ./docker/claude",
        "kubectl rollout restart deployment/claude",
        "kubectl apply -f k8s/claude",
        "uv pip install claude",
        "poetry add claude",
        "mise install claude",
        "ssh claude uptime",
        "op read op://v/claude",
    ] {
        assert!(with(&step(run), &[]).agents.is_empty(), "{run}");
    }
}

#[test]
fn a_text_claude_in_a_program_is_no_start() {
    for line in [
        "if tool in (\"claude\", \"codex\"): pass",
        "parser.add_argument(\"claude\")",
        "found = shutil.which(\"claude\")",
        "AGENTS = [\"claude\", \"gemini\"]",
        "print([\"claude\", \"--dangerously-skip-permissions\"])",
    ] {
        let report = with(
            &step("python x.py"),
            &[("x.py", &format!("import subprocess\n{line}\n"))],
        );
        assert!(report.agents.is_empty(), "{line}");
    }
}

#[test]
fn child_processes_of_programs_are_starts() {
    for line in [
        "subprocess.run([\"npx\", \"-y\", \"@anthropic-ai/claude-code\", \"--dangerously-skip-permissions\"])",
        "subprocess.run([\"bash\", \"-c\", \"claude -p x --dangerously-skip-permissions\"])",
        "subprocess.run([\"timeout\", \"600\", \"claude\", \"--dangerously-skip-permissions\"])",
        "cmd = \"claude -p x --dangerously-skip-permissions\"\nsubprocess.run(cmd, shell=True)",
        "subprocess.run(shlex.split(\"claude -p x --dangerously-skip-permissions\"))",
    ] {
        let report = with(
            &step("python x.py"),
            &[("x.py", &format!("import subprocess\n{line}\n"))],
        );
        assert_eq!(bypass(&report), "warning", "{line}");
    }
    let script = "const c = `claude -p x --dangerously-skip-permissions`;\nexecSync(c);\n";
    assert_eq!(
        bypass(&with(&step("node x.mjs"), &[("x.mjs", script)])),
        "warning"
    );
}

#[test]
fn the_mode_of_the_sdk_is_found_through_names_and_fallbacks() {
    for program in [
        "import { query } from '@anthropic-ai/claude-agent-sdk';\nconst mode = 'bypassPermissions';\nquery({ options: { permissionMode: mode } });\n",
        "import { query } from '@anthropic-ai/claude-agent-sdk';\nquery({ options: { permissionMode: process.env.M || 'bypassPermissions' } });\n",
        "import { query } from '@anthropic-ai/claude-agent-sdk';\nquery({ options: { permissionMode: 'bypassPermissions' } });\nquery({ options: { permissionMode: 'plan' } });\n",
    ] {
        assert_eq!(
            bypass(&with(&step("node x.mjs"), &[("x.mjs", program)])),
            "warning",
            "{program}"
        );
    }
}

#[test]
fn wrappers_and_package_managers_hide_no_start() {
    for run in [
        "sudo -Hu agent claude -p x --dangerously-skip-permissions",
        "sudo -EHu agent bash -c \"claude -p x --dangerously-skip-permissions\"",
        "env -S \"claude -p x --dangerously-skip-permissions\"",
        "find . -exec timeout 60 claude --dangerously-skip-permissions {} \\;",
        "su agent <<'EOF'\nclaude -p x --dangerously-skip-permissions\nEOF",
        "pnpm claude -p x --dangerously-skip-permissions",
        "yarn run claude -p x --dangerously-skip-permissions",
    ] {
        assert_eq!(bypass(&with(&step(run), &[])), "warning", "{run}");
    }
    let package = (
        "web/package.json",
        "{\"name\": \"web\", \"scripts\": {\"fix\": \"claude --dangerously-skip-permissions\"}}",
    );
    for run in [
        "yarn workspace web fix",
        "pnpm -r run fix",
        "npm run fix --workspaces",
        "npx turbo run fix",
    ] {
        let report = with(
            &step(run),
            &[package, ("package.json", "{\"scripts\": {}}")],
        );
        assert_eq!(report.agents.len(), 1, "{run}");
    }
}

#[test]
fn one_of_several_calls_with_bypass_decides() {
    let run =
        "go() { claude -p \"$1\" --permission-mode \"$2\"; }\ngo a plan\ngo b bypassPermissions";
    assert_eq!(bypass(&with(&step(run), &[])), "warning");
    let unset = "F=--dangerously-skip-permissions\nunset F\nclaude -p x $F";
    assert_eq!(bypass(&with(&step(unset), &[])), "silent");
}

#[test]
fn a_guard_that_the_pull_request_owns_is_none() {
    let deny = (
        ".claude/settings.json",
        "{\"permissions\": {\"deny\": [\"*\"]}}",
    );
    let run = "claude -p x --dangerously-skip-permissions";
    assert_eq!(bypass(&with(&step(run), &[deny])), "note");
    let on_pull_request = step(run).replace("workflow_dispatch", "pull_request");
    assert_eq!(bypass(&with(&on_pull_request, &[deny])), "warning");
    let off = (
        ".claude/settings.json",
        "{\"permissions\": {\"disableBypassPermissionsMode\": \"disable\"}}",
    );
    assert_eq!(bypass(&with(&step(run), &[off])), "silent");
    assert_eq!(bypass(&with(&on_pull_request, &[off])), "warning");
}

#[test]
fn settings_with_a_value_of_the_wrong_type_guard_nothing() {
    let settings = "{\"permissions\": {\"disableBypassPermissionsMode\": true, \"deny\": [\"*\"]}}";
    let report = with(
        &step("claude -p x --dangerously-skip-permissions"),
        &[(".claude/settings.json", settings)],
    );
    assert_eq!(bypass(&report), "warning");
}

#[test]
fn project_settings_of_a_pull_requests_checkout_are_loaded() {
    let workflow = step("claude -p x").replace(
        "actions/checkout@v4",
        "actions/checkout@v4\n        with:\n          repository: ${{ github.event.pull_request.head.repo.full_name }}",
    );
    let settings = (
        ".claude/settings.json",
        "{\"permissions\": {\"defaultMode\": \"bypassPermissions\"}}",
    );
    assert_eq!(bypass(&with(&workflow, &[settings])), "warning");
}

#[test]
fn other_tokens_in_reach_make_the_run_an_error() {
    for (from, to) in [
        ("claude -p x", "GH_TOKEN=${{ secrets.PAT }} claude -p x"),
        (
            "claude -p x",
            "echo \"${{ secrets.PAT }}\" | gh auth login --with-token\nclaude -p x",
        ),
    ] {
        let run = "claude -p x --dangerously-skip-permissions".replace(from, to);
        assert_eq!(bypass(&with(&step(&run), &[])), "error", "{run}");
    }
    let minted = step("claude -p x --dangerously-skip-permissions").replace(
        "      - run: |",
        "      - env:\n          GH_TOKEN: ${{ steps.app.outputs.token }}\n        run: |",
    );
    assert_eq!(bypass(&with(&minted, &[])), "error");
    let container = step("claude -p x --dangerously-skip-permissions").replace(
        "    timeout-minutes: 10",
        "    timeout-minutes: 10\n    container:\n      image: node\n      env:\n        PAT: ${{ secrets.PAT }}",
    );
    assert_eq!(bypass(&with(&container, &[])), "error");
    let model = step("claude -p x --dangerously-skip-permissions").replace(
        "      - run: |",
        "      - env:\n          CLAUDE_KEY: ${{ secrets.ANTHROPIC_API_KEY }}\n        run: |",
    );
    assert_eq!(bypass(&with(&model, &[])), "warning");
}

#[test]
fn the_generation_of_a_tag_is_the_tags_own() {
    let workflow = format!(
        "{HEAD}      - uses: anthropics/claude-code-action@beta # zizmor: ignore[unpinned-uses]\n        with:\n          direct_prompt: x\n          timeout_minutes: 10\n"
    )
    .replace("    timeout-minutes: 10\n", "");
    let report = with(&workflow, &[]);
    assert_eq!(report.agents[0].kind, AgentKind::Action);
    assert!(
        !has(&report, "missing-timeout"),
        "the beta's own limit counts"
    );
}

#[test]
fn a_gate_on_a_needed_job_is_a_gate() {
    let workflow = "on: issue_comment\npermissions:\n  contents: read\njobs:\n  check:\n    if: github.event.comment.author_association == 'OWNER'\n    runs-on: x\n    steps:\n      - run: echo\n  a:\n    needs: check\n    runs-on: x\n    timeout-minutes: 5\n    steps:\n      - run: claude -p x --dangerously-skip-permissions\n";
    assert_eq!(bypass(&with(workflow, &[])), "warning");
}

#[test]
fn one_unknown_limit_hides_no_missing_one() {
    let workflow = "on: push\npermissions: {}\njobs:\n  a:\n    runs-on: x\n    steps:\n      - timeout-minutes: ${{ fromJSON(vars.T) }}\n        run: claude -p x\n      - run: claude -p y --dangerously-skip-permissions\n";
    let report = with(workflow, &[]);
    let finding = report
        .findings
        .iter()
        .find(|finding| finding.rule.as_str() == "missing-timeout")
        .unwrap();
    assert_eq!(finding.severity.as_str(), "error");
}

#[test]
fn a_limit_of_zero_on_the_step_leaves_the_jobs_limit() {
    let workflow = step("claude -p x").replace(
        "      - run: |",
        "      - timeout-minutes: 0\n        run: |",
    );
    let report = with(&workflow, &[]);
    assert_eq!(report.agents[0].timeout_minutes, Some(10.0));
    assert!(!has(&report, "excessive-timeout"));
}

#[test]
fn no_fix_writes_a_second_key_or_into_braces() {
    for job in [
        "  a:\n    timeout-minutes:\n    runs-on: x\n    steps:\n      - run: claude -p x\n",
        "  a: {\n    runs-on: x, steps: [{run: claude -p x}]\n  }\n",
    ] {
        let report = with(&format!("on: push\npermissions: {{}}\njobs:\n{job}"), &[]);
        let finding = report
            .findings
            .iter()
            .find(|finding| finding.rule.as_str() == "missing-timeout")
            .unwrap();
        assert!(finding.fix.is_none(), "{job}");
    }
    let invalid = "on: push\npermissions: {}\njobs:\n  a:\n    timeout-minutes: abc\n    runs-on: x\n    steps:\n      - run: claude -p x\n";
    let report = with(invalid, &[]);
    let finding = report
        .findings
        .iter()
        .find(|finding| finding.rule.as_str() == "missing-timeout")
        .unwrap();
    assert_eq!(
        finding.fix.as_ref().unwrap().edits[0].location.text(),
        "abc"
    );
}

#[test]
fn a_mode_or_settings_from_outside_are_said() {
    for run in [
        "claude -p x --permission-mode \"$MODE\"",
        "claude -p x --settings \"${{ vars.SETTINGS }}\"",
    ] {
        let report = with(&step(run), &[]);
        assert!(has(&report, "agent-dynamic-arguments"), "{run}");
        assert!(!report.agents[0].read_only, "{run}");
    }
}

#[test]
fn a_workflow_that_holds_no_mapping_is_a_hole_and_an_empty_one_is_none() {
    assert!(has(&with("- just\n- a list\n", &[]), "unreadable-file"));
    assert!(with("# all of it is commented out\n", &[]).is_complete());
}
