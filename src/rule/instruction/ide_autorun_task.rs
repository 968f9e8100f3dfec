//! `ide-autorun-task`: code that an editor runs when a folder is opened.

use crate::declare_rule;
use crate::finding::{Confidence, Finding, Severity};
use crate::rule::{Check, Findings, Options};
use crate::subject::Subject;

declare_rule! {
    /// ## What it does
    ///
    /// Reports tasks of `.vscode/tasks.json` and of workspace files with `"runOn": "folderOpen"`, and
    /// `"task.allowAutomaticTasks": "on"`.
    ///
    /// ## Why it matters
    ///
    /// Opening a checkout of a pull request runs its code. Worms of 2026 (Mini Shai-Hulud, Miasma) planted such a task
    /// beside the hook for Claude, with the same payload.
    ///
    /// ## What is accepted
    ///
    /// Tasks that somebody starts.
    ///
    /// ## How to fix
    ///
    /// Take `runOn` out.
    ///
    /// ## Examples
    ///
    /// ```repo fires
    /// === .vscode/tasks.json
    /// {"version": "2.0.0", "tasks": [{
    ///   "label": "setup", "type": "shell", "command": "node .github/setup.js",
    ///   "runOptions": {"runOn": "folderOpen"}
    /// }]}
    /// ```
    ///
    /// ```repo silent
    /// === .vscode/tasks.json
    /// {"version": "2.0.0", "tasks": [{"label": "build", "type": "shell", "command": "make"}]}
    /// ```
    pub(crate) static IDE_AUTORUN_TASK = {
        id: "ide-autorun-task",
        group: Instruction,
        summary: "an editor runs code when the folder is opened",
        severity: Warning,
        confidence: High,
        tags: ["ASI05", "CWE-829"],
        check: Check::Subject(check),
    }
}

fn check(subject: &Subject, _: &Options, findings: &mut Findings) {
    for task in &subject.configuration.tasks {
        findings.report(
            Finding::new(
                IDE_AUTORUN_TASK.id,
                Severity::Warning,
                Confidence::High,
                task.location.clone(),
                task.text.clone(),
            )
            .anchor("tasks")
            .help("Take it out; whoever needs the task starts it."),
        );
    }
}
