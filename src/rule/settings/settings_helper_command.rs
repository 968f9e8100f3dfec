//! `settings-helper-command`: settings run a command of the repository by themselves.

use crate::claude::permission::Scope;
use crate::claude::settings::keys::COMMAND_KEYS;
use crate::declare_rule;
use crate::finding::{Confidence, Finding, Severity};
use crate::rule::{Check, Findings, Options};
use crate::subject::Subject;
use crate::subject::guard::Tracked;

declare_rule! {
    /// ## What it does
    ///
    /// Reports keys whose value is a command that Claude Code runs: `apiKeyHelper`, `awsAuthRefresh`,
    /// `otelHeadersHelper`, `statusLine` and their kin. A status line is a warning.
    ///
    /// ## Why it matters
    ///
    /// The command runs for everybody who starts Claude in the folder, with `-p` even before anybody has trusted it.
    /// A pull request that changes it runs code with the secrets of the job.
    ///
    /// ## What is accepted
    ///
    /// The keys in user or managed settings.
    ///
    /// ## How to fix
    ///
    /// Move the key to `~/.claude/settings.json` or to managed settings.
    ///
    /// ## Examples
    ///
    /// ```repo fires
    /// === .claude/settings.json
    /// {"apiKeyHelper": "./scripts/key.sh"}
    /// ```
    ///
    /// ```repo silent
    /// === .claude/settings.json
    /// {"model": "opus"}
    /// ```
    pub(crate) static SETTINGS_HELPER_COMMAND = {
        id: "settings-helper-command",
        group: Settings,
        summary: "settings run a command of the repository by themselves",
        severity: Error,
        confidence: High,
        tags: ["ASI05", "CWE-94"],
        check: Check::Subject(check),
    }
}
fn check(subject: &Subject, _: &Options, findings: &mut Findings) {
    let files = subject.guard.alive();
    for file in files.filter(|file| file.scope == Scope::Project || file.tracked == Tracked::Yes) {
        let Some(root) = file.settings.tree().root() else {
            continue;
        };
        for path in COMMAND_KEYS {
            let Some(command) = root.at(path).and_then(|node| node.string().map(|_| node)) else {
                continue;
            };
            let name = path.join(".");
            let severity = if name.contains("tatusLine") || name.contains("fileSuggestion") {
                Severity::Warning
            } else {
                Severity::Error
            };
            let message = format!(
                "`{name}` runs this command for everybody who starts Claude here, and in CI before anybody has trusted the folder"
            );
            let finding = Finding::new(
                SETTINGS_HELPER_COMMAND.id,
                severity,
                Confidence::High,
                command.location(),
                message,
            );
            findings.report(
                finding
                    .anchor(name)
                    .help("Move it to user or managed settings."),
            );
        }
    }
}
