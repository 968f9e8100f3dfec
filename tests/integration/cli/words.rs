//! Everything that is not a check: rules, completions, help, wrong usage.

use super::super::runner::Sandbox;
use insta::assert_snapshot;

#[test]
fn rules_are_listed() {
    assert_snapshot!(Sandbox::new(&[]).run(&["rules"]), @r#"
    exit code 0
    --- standard output
    skip-permissions         error    Claude runs in bypass mode without a read-only scope
    missing-timeout          warning  nothing bounds the time of an agent run
    excessive-timeout        warning  the time limit of an agent run is above the ceiling
    agent-dynamic-arguments  warning  flags of an agent run come from a place that cannot be read
    agent-unbounded-work     note     nothing bounds the turns or the cost of an agent run
    hardcoded-key            error    a key is written down in a file
    env-file-exposed         warning  a file of environment variables is in the repository, or nothing keeps it out
    unreadable-file          error    a file that should be judged cannot be read
    lapsed-exemption         warning  an exemption of the policy is past its last day
    unused-exemption         note     an exemption of the policy covers no finding

    `portcullis rules RULE` explains one of them.
    "#);
}

#[test]
fn a_rule_explains_itself() {
    assert_snapshot!(Sandbox::new(&[]).run(&["rules", "agent-unbounded-work"]), @r#"
    exit code 0
    --- standard output
    agent-unbounded-work (note): nothing bounds the turns or the cost of an agent run
    What it does

    Notes a headless run of Claude without `--max-turns` and without `--max-budget-usd`.

    Why it matters

    Claude Code has no limit of its own on turns or cost. A time limit ends a run late; a limit on turns ends
    one that goes in circles, or that a stranger keeps busy at the owner's expense.

    What is accepted

    `--max-turns`, `--max-budget-usd`, `CLAUDE_CODE_MAX_TURNS`, `max_turns` of the action's beta, the options of
    the SDK.

    How to fix

    Add `--max-turns 20` (or what the work needs) to the flags, for the action in `claude_args`.

    Examples

        (reported)
        === .github/workflows/review.yml
        on: pull_request
        jobs:
          review:
            runs-on: ubuntu-latest
            timeout-minutes: 10
            permissions: {}
            steps:
              - run: claude -p "review the change"

        (silent)
        === .github/workflows/review.yml
        on: pull_request
        jobs:
          review:
            runs-on: ubuntu-latest
            timeout-minutes: 10
            permissions: {}
            steps:
              - run: claude -p "review the change" --max-turns 20
    "#);
}

#[test]
fn the_headline_rule_explains_itself() {
    let ran = Sandbox::new(&[]).run(&["rules", "skip-permissions"]);
    assert_eq!(ran.code, 0, "{ran}");
    assert!(
        ran.stdout.starts_with("skip-permissions (error): "),
        "{ran}"
    );
}

#[test]
fn a_wrong_name_of_a_rule_gets_a_suggestion() {
    assert_snapshot!(Sandbox::new(&[]).run(&["rules", "skp-permissions"]), @r#"
    exit code 2
    --- standard error
    error: there is no rule `skp-permissions`; did you mean `skip-permissions`?
    "#);
}

#[test]
fn completions_name_the_commands() {
    let sandbox = Sandbox::new(&[]);
    let ran = sandbox.run(&["completions", "bash"]);
    assert_eq!(ran.code, 0, "{ran}");
    assert!(ran.stdout.contains("complete -F _portcullis"), "{ran}");
    assert!(ran.stdout.contains("--fail-on"), "{ran}");
    assert_eq!(sandbox.run(&["completions", "csh"]).code, 2);
}

#[test]
fn help_is_one_screen() {
    assert_snapshot!(Sandbox::new(&[]).run(&["--help"]), @r#"
    exit code 0
    --- standard output
    The required check for repositories that use Claude Code: finds agent runs in workflows, and says
    what power they hold

    Usage: portcullis [OPTIONS] <COMMAND>

    Commands:
      check        Check a working copy: every start of Claude in its workflows, missing time limits,
                   written-down keys
      rules        List the rules, or explain one
      completions  Print completions for a shell
      help         Print this message or the help of the given subcommand(s)

    Options:
          --color <WHEN>
              When to use colours

              Possible values:
              - auto:   On a terminal, unless `NO_COLOR` is set
              - always: Always
              - never:  Never
              
              [default: auto]

      -q, --quiet
              Print nothing but errors; the exit code tells the rest

      -v, --verbose
              Say on standard error what is read and why

      -h, --help
              Print help (see a summary with '-h')

      -V, --version
              Print version
    "#);
}

#[test]
fn help_of_check_names_every_option() {
    assert_snapshot!(Sandbox::new(&[]).run(&["check", "--help"]), @r#"
    exit code 0
    --- standard output
    Check a working copy: every start of Claude in its workflows, missing time limits, written-down keys

    Usage: portcullis check [OPTIONS] [PATH]...

    Arguments:
      [PATH]...
              Folders or files to check, or `-` for one workflow on standard input. A folder with
              workflows of its own is taken as a repository of its own
              
              [default: .]

    Options:
          --format <FORMAT>
              What standard output gets: text, json, sarif, github (annotations) or markdown
              
              [default: text]

          --output <[FORMAT=]FILE>
              Also write a report to a file; may be repeated

          --fail-on <SEVERITY>
              From which severity on findings fail the check: error, warning, note or never

          --color <WHEN>
              When to use colours

              Possible values:
              - auto:   On a terminal, unless `NO_COLOR` is set
              - always: Always
              - never:  Never
              
              [default: auto]

          --policy <FILE>
              Read the policy from this file instead of `.github/portcullis.yml`

          --profile <PROFILE>
              How strict to be: individual, team or enterprise

      -q, --quiet
              Print nothing but errors; the exit code tells the rest

          --base <REV>
              Compare with this commit: its policy and exemptions count, and findings are marked as new
              or old

      -v, --verbose
              Say on standard error what is read and why

          --fix[=<WHICH>]
              Apply fixes to the files: `safe` ones, or `unsafe` ones as well

              Possible values:
              - safe:   Those that keep what works
              - unsafe: Those that may change what a workflow does as well

          --today <YYYY-MM-DD>
              The day by which exemptions are judged

      -h, --help
              Print help (see a summary with '-h')

      -V, --version
              Print version
    "#);
}

#[test]
fn a_wrong_option_is_a_usage_error() {
    let ran = Sandbox::new(&[]).run(&["check", "--fail-on", "sometimes"]);
    assert_eq!(ran.code, 2, "{ran}");
    assert!(
        ran.stderr.contains("error, warning, note and never"),
        "{ran}"
    );
}

#[test]
fn nothing_at_all_gets_help_and_a_usage_error() {
    assert_eq!(Sandbox::new(&[]).run(&[]).code, 2);
}
