//! Names and texts from strangers.

use super::super::runner::Sandbox;
use super::OPEN;
use insta::assert_snapshot;

/// A workflow whose file name tries to start a line of its own with a workflow command.
#[cfg(unix)]
const NAME: &str = ".github/workflows/a\n::error file=x::gotcha\n.yml";

#[cfg(unix)]
#[test]
fn a_file_name_starts_no_workflow_command() {
    let sandbox = Sandbox::new(&[]);
    sandbox.write(NAME, OPEN);
    for format in ["text", "json", "sarif", "github", "markdown"] {
        let ran = sandbox.check(&["--format", format]);
        assert_eq!(ran.code, 1, "{ran}");
        let hostile = ran
            .to_string()
            .lines()
            .any(|line| line.trim_start().starts_with("::error file=x"));
        assert!(!hostile, "{format}: {ran}");
    }
    assert_snapshot!(sandbox.check(&["--format", "github"]), @r#"
    exit code 1
    --- standard output
    ::error file=.github/workflows/a\x0a%3A%3Aerror file=x%3A%3Agotcha\x0a.yml,line=9,endLine=9,col=55,endColumn=85,title=skip-permissions::`--dangerously-skip-permissions` gives Claude every tool without asking, and the run has a token that can write contents (line 7)%0ARemove it and name what the run needs: `--permission-mode dontAsk --allowedTools "Read,Grep,Glob"`. Where it must stay, take the other tools away (`--tools "Read,Grep,Glob" --strict-mcp-config`) and give the job `permissions: contents: read`.%0A.github/workflows/a\x0a::error file=x::gotcha\x0a.yml:9: Claude starts here%0A.github/workflows/a\x0a::error file=x::gotcha\x0a.yml:7: the run has a token that can write contents
    Portcullis: fail: 1 error in 1 file (1 file read, policy: built-in team)
    "#);
}

#[cfg(unix)]
#[test]
fn a_file_name_on_the_command_line_starts_no_workflow_command() {
    let sandbox = Sandbox::new(&[]);
    let ran = sandbox.check(&["no\n::error::gotcha"]);
    assert_eq!(ran.code, 2, "{ran}");
    assert!(
        !ran.stderr.lines().any(|line| line.starts_with("::")),
        "{ran}"
    );
}

#[test]
fn escapes_of_terminals_are_shown_and_not_sent() {
    let sandbox = Sandbox::new(&[(
        ".github/workflows/a.yml",
        &OPEN.replace("fix the build", "fix \u{1b}[2J the \u{202e} build"),
    )]);
    let ran = sandbox.check(&[]);
    assert!(
        !ran.stdout.contains('\u{1b}') && !ran.stdout.contains('\u{202e}'),
        "{ran}"
    );
}

#[test]
fn a_report_command_in_a_job_name_stays_text() {
    let workflow = OPEN
        .replace("    timeout-minutes: 10\n", "")
        .replace("  fix:", "  \"fix\\n::error::gotcha\":");
    let sandbox = Sandbox::new(&[(".github/workflows/a.yml", &workflow)]);
    for format in ["text", "github", "markdown"] {
        let ran = sandbox.check(&["--format", format]);
        assert!(
            !ran.stdout
                .lines()
                .any(|line| line.starts_with("::error::gotcha")),
            "{ran}"
        );
    }
}
