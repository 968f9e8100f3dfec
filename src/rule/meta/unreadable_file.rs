//! `unreadable-file`: a file that should have been judged and could not be.

use crate::declare_rule;
use crate::finding::{Confidence, Finding, Severity};
use crate::rule::{Check, Findings};
use crate::source::Location;

declare_rule! {
    /// ## What it does
    ///
    /// Reports a file that Portcullis has to judge and cannot read: broken YAML or JSON, text that is not UTF-8,
    /// a file above the size limit, a symbolic link that leaves the repository, a submodule. The result is then
    /// *incomplete* (exit code 3), unless other findings fail it already. All other files are judged as usual, and
    /// keys and spellings of bypass are still looked for line by line.
    ///
    /// ## Why it matters
    ///
    /// A file that is skipped in silence looks like a file that passed. Claude Code skips a settings file with one
    /// comment in it as a whole, and every deny rule and hook with it.
    ///
    /// ## What is accepted
    ///
    /// Files that `exclude:` of the policy takes out. They are listed as skipped.
    ///
    /// ## How to fix
    ///
    /// Repair the file at the place that is shown, or take it out with `exclude:` in the policy of the base branch.
    ///
    /// ## Examples
    ///
    /// ```repo fires
    /// === .github/workflows/broken.yml
    /// on: push
    /// jobs:
    ///   build: [
    /// ```
    ///
    /// ```repo silent
    /// === .github/workflows/whole.yml
    /// on: push
    /// jobs:
    ///   build:
    ///     runs-on: ubuntu-latest
    ///     steps:
    ///       - run: make
    /// ```
    pub(crate) static UNREADABLE_FILE = {
        id: "unreadable-file",
        group: Meta,
        summary: "a file that should be judged cannot be read",
        severity: Error,
        confidence: High,
        tags: [],
        check: Check::Engine,
    }
}

/// Reports a file that could not be read.
pub(crate) fn report_unreadable(location: Location, reason: &str, findings: &mut Findings) {
    let message = format!("this file could not be judged: {reason}");
    findings.report(
        Finding::new(
            UNREADABLE_FILE.id,
            Severity::Error,
            Confidence::High,
            location,
            message,
        )
        .anchor("file")
        .evidence(reason)
        .help("Repair it here, or take the file out with `exclude:` in the policy."),
    );
}
