//! `sensitive-file-not-denied`: no rule keeps Claude from reading files with secrets.

use crate::claude::permission::{Call, List};
use crate::declare_rule;
use crate::finding::{Confidence, Finding, Severity};
use crate::rule::{Check, Findings, Level, Options, Profile};
use crate::source::Node;
use crate::subject::Subject;

use super::root_files;

declare_rule! {
    /// ## What it does
    ///
    /// Reports, for committed settings, which kinds of secret files no live `Read` deny rule (and no
    /// `denyRead` of the sandbox) covers: `.env`, keys, `secrets/`, credentials. Profile `enterprise` makes it an
    /// error.
    ///
    /// ## Why it matters
    ///
    /// Files of the project are read without a question in every mode. What Claude has read can leave with the next
    /// command.
    ///
    /// ## What is accepted
    ///
    /// Files that the sandbox keeps from being read.
    ///
    /// ## How to fix
    ///
    /// Add the rules that are named to `permissions.deny`. They do not bind programs that Claude starts: the sandbox
    /// does.
    ///
    /// ## Examples
    ///
    /// ```repo fires
    /// === .claude/settings.json
    /// {"permissions": {"allow": ["Bash(npm run lint)"]}}
    /// ```
    ///
    /// ```repo silent
    /// === .claude/settings.json
    /// {"permissions": {"deny": ["Read(.env)", "Read(.env.*)", "Read(**/*.pem)", "Read(**/*.key)", "Read(secrets/**)", "Read(**/*credential*)"]}}
    /// ```
    pub(crate) static SENSITIVE_FILE_NOT_DENIED = {
        id: "sensitive-file-not-denied",
        group: Settings,
        summary: "no rule keeps Claude from reading files with secrets",
        severity: Warning,
        confidence: High,
        tags: ["ASI03", "CWE-552"],
        profiles: [(Profile::Individual, Level::Off), (Profile::Enterprise, Level::At(Severity::Error))],
        check: Check::Subject(check),
    }
}
/// A file of each kind, and the rule that covers the kind.
const KINDS: &[(&str, &str)] = &[
    (".env", "Read(.env)"),
    (".env.production", "Read(.env.*)"),
    ("server.pem", "Read(**/*.pem)"),
    ("server.key", "Read(**/*.key)"),
    ("secrets/token", "Read(secrets/**)"),
    ("config/credentials.json", "Read(**/*credential*)"),
];

fn check(subject: &Subject, _: &Options, findings: &mut Findings) {
    for file in root_files(subject) {
        let rules = subject.guard.rules(&file.folder);
        let root = file.settings.tree().root();
        let kept = root.and_then(|root| root.at(&["sandbox", "filesystem", "denyRead"]));
        let kept: Vec<String> = kept
            .into_iter()
            .flat_map(Node::items)
            .filter_map(Node::string)
            .map(|path| path.trim_start_matches("./").to_owned())
            .collect();
        let open: Vec<&(&str, &str)> = KINDS
            .iter()
            .filter(|(path, _)| {
                let denied = Call::parse(&format!("Read({path})"))
                    .is_ok_and(|call| rules.stopped_by(List::Deny, &call).is_some());
                let sandboxed = kept.iter().any(|kept| {
                    path == kept
                        || path.starts_with(&format!(
                            "{}/",
                            kept.trim_end_matches("/**").trim_end_matches('/')
                        ))
                });
                !denied && !sandboxed
            })
            .collect();
        if open.is_empty() {
            continue;
        }
        let files: Vec<String> = open.iter().map(|(path, _)| format!("`{path}`")).collect();
        let wanted: Vec<String> = open.iter().map(|(_, rule)| format!("`{rule}`")).collect();
        let message = format!(
            "no live deny rule keeps Claude from reading files such as {}",
            files.join(", ")
        );
        let finding = Finding::new(
            SENSITIVE_FILE_NOT_DENIED.id,
            Severity::Warning,
            Confidence::High,
            file.place(),
            message,
        );
        findings.report(
            finding
                .anchor("permissions.deny")
                .evidence(&files.join(","))
                .help(format!("Add to `permissions.deny`: {}.", wanted.join(", "))),
        );
    }
}
