//! Everything that is not a check: rules, completions, help, wrong usage.

use super::super::runner::Sandbox;
use insta::assert_snapshot;

#[test]
fn rules_are_listed() {
    assert_snapshot!(Sandbox::new(&[]).run(&["rules"]), @r#"
    exit code 0
    --- standard output
    skip-permissions              error    Claude runs in bypass mode without a read-only scope
    missing-timeout               warning  nothing bounds the time of an agent run
    excessive-timeout             warning  the time limit of an agent run is above the ceiling
    agent-dynamic-arguments       warning  flags of an agent run come from a place that cannot be read
    agent-unbounded-work          note     nothing bounds the turns or the cost of an agent run
    invalid-settings              error    Claude Code ignores a settings file as a whole
    dead-permission-rule          warning  a permission rule never matches anything
    shadowed-allow                warning  an allow rule is covered by a deny or ask rule
    weak-deny                     note     a deny rule stops only some spellings of an act
    misplaced-setting             warning  a setting stands where Claude Code does not honour it
    duplicate-key                 warning  a settings file holds a key twice
    ignore-file-not-enforced      warning  `.claudeignore` hides nothing
    bypass-default-mode           error    settings start every session without permission checks
    allow-unrestricted            error    an allow rule opens a whole tool
    allow-code-execution          warning  an allow rule runs whatever a program is told
    broad-additional-directories  warning  settings open folders far outside of the project
    dangerous-command-not-denied  warning  no rule stops a dangerous command
    sensitive-file-not-denied     warning  no rule keeps Claude from reading files with secrets
    bypass-not-disabled           error    settings leave bypass mode open
    sandbox-weakened              warning  the sandbox is on, and something opens it again
    settings-helper-command       error    settings run a command of the repository by themselves
    settings-code-environment     error    settings set a variable that loads code
    endpoint-redirect             error    settings send prompts and the key to another host
    telemetry-redirect            error    settings send telemetry elsewhere, or put content into it
    tls-disabled                  error    settings turn off the check of certificates
    local-settings-committed      warning  personal settings are committed
    missing-audit-log             warning  nothing records what Claude does
    permit-violated               error    the settings do not do what the policy demands of a call
    dead-hook                     error    a hook can never act
    hollow-guard                  error    a guard runs and does not hold
    hooks-disabled                error    a settings file of the repository turns all hooks off
    hook-remote-execution         error    a hook runs code from the network
    hook-repository-script        warning  a hook runs files that any pull request may change
    hook-egress                   error    a hook sends what Claude does to a host outside the policy
    mcp-auto-approve              error    a repository approves its own servers
    mcp-server-execution          warning  a server of the repository is a program on this machine
    mcp-unpinned                  warning  a server is fetched without a fixed version
    mcp-plaintext-url             error    a server is reached without encryption
    mcp-untrusted-host            warning  a server is on a host that the policy does not trust
    hidden-unicode                error    invisible characters in what Claude reads
    confusable-command            error    a command is spelt with letters that look like others
    instruction-remote-execution  error    instructions have Claude run code from the network
    instruction-hidden-comment    warning  a comment that no reader sees tells Claude what to do
    command-broad-tools           error    a command or a skill may run anything without asking
    subagent-bypass               error    an agent of the repository bypasses permissions
    plugin-untrusted-source       warning  plugins come from another repository or address
    config-symlink                error    configuration is a link to somewhere else
    config-submodule              error    configuration is another repository
    ide-autorun-task              warning  an editor runs code when the folder is opened
    hardcoded-key                 error    a key is written down in a file
    env-file-exposed              warning  a file of environment variables is in the repository, or nothing keeps it out
    unreadable-file               error    a file that should be judged cannot be read
    lapsed-exemption              warning  an exemption of the policy is past its last day
    unused-exemption              note     an exemption of the policy covers no finding

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
      permit       Say what the settings of a repository would do with a call, and which rule decides
      review       In a workflow: check what the event is about, and comment on the pull request
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

          --policy <FILE>
              Read the policy from this file instead of `.github/portcullis.yml`

          --profile <PROFILE>
              How strict to be: individual, team or enterprise

          --base <REV>
              Compare with this commit: its policy and exemptions count, and findings are marked as new
              or old

          --color <WHEN>
              When to use colours

              Possible values:
              - auto:   On a terminal, unless `NO_COLOR` is set
              - always: Always
              - never:  Never
              
              [default: auto]

          --fix[=<WHICH>]
              Apply fixes to the files: `safe` ones, or `unsafe` ones as well

              Possible values:
              - safe:   Those that keep what works
              - unsafe: Those that may change what a workflow does as well

      -q, --quiet
              Print nothing but errors; the exit code tells the rest

          --today <YYYY-MM-DD>
              The day by which exemptions are judged

      -v, --verbose
              Say on standard error what is read and why

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
