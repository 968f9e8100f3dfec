//! The command line, as a person sees it: exact output and exit codes of the built program.

mod base;
mod files;
mod findings;
mod formats;
mod hostile;
mod permit;
mod policy;
mod unreadable;
mod words;

/// A workflow that is in order.
const QUIET: &str = r#"on: workflow_dispatch
jobs:
  review:
    runs-on: ubuntu-latest
    timeout-minutes: 10
    permissions: {}
    steps:
      - run: claude -p "review the last commit" --max-turns 20
"#;

/// A workflow whose job has no time limit: one warning.
const ENDLESS: &str = r#"on: workflow_dispatch
jobs:
  review:
    runs-on: ubuntu-latest
    permissions: {}
    steps:
      - run: claude -p "review the last commit" --max-turns 20
"#;

/// A workflow that gives everything away: one error.
const OPEN: &str = r#"on: workflow_dispatch
jobs:
  fix:
    runs-on: ubuntu-latest
    timeout-minutes: 10
    permissions:
      contents: write
    steps:
      - run: claude -p "fix the build" --max-turns 20 --dangerously-skip-permissions
"#;

/// A workflow whose list does not end.
const BROKEN: &str = "on: push\njobs: [\n";

/// The place of most workflows here.
const WORKFLOW: &str = ".github/workflows/agent.yml";

/// The place of the policy.
const POLICY: &str = ".github/portcullis.yml";
