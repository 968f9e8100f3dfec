//! `broad-additional-directories`: settings open folders far outside of the project.

use crate::declare_rule;
use crate::finding::{Confidence, Finding, Severity};
use crate::rule::{Check, Findings, Options};
use crate::source::Node;
use crate::subject::Subject;

use super::{report_some_of, shown};

declare_rule! {
    /// ## What it does
    ///
    /// Reports entries of `permissions.additionalDirectories` that open the whole machine, the home folder, a parent
    /// folder, or a folder of keys.
    ///
    /// ## Why it matters
    ///
    /// Claude reads files there without a question, and in some modes writes them.
    ///
    /// ## What is accepted
    ///
    /// Folders inside the project, and single folders beside it.
    ///
    /// ## How to fix
    ///
    /// Name the folder that is needed.
    ///
    /// ## Examples
    ///
    /// ```repo fires
    /// === .claude/settings.json
    /// {"permissions": {"additionalDirectories": ["~"]}}
    /// ```
    ///
    /// ```repo silent
    /// === .claude/settings.json
    /// {"permissions": {"additionalDirectories": ["../docs"]}}
    /// ```
    pub(crate) static BROAD_ADDITIONAL_DIRECTORIES = {
        id: "broad-additional-directories",
        group: Settings,
        summary: "settings open folders far outside of the project",
        severity: Warning,
        confidence: High,
        tags: ["ASI03", "CWE-732"],
        check: Check::Subject(check),
    }
}
const KEYS: &[&str] = &[
    ".ssh",
    ".aws",
    ".gnupg",
    ".kube",
    ".config/gcloud",
    ".azure",
    ".docker",
];

fn check(subject: &Subject, _: &Options, findings: &mut Findings) {
    for file in subject.guard.alive() {
        let root = file.settings.tree().root();
        let list = root.and_then(|root| root.at(&["permissions", "additionalDirectories"]));
        let found = list.into_iter().flat_map(Node::items).filter_map(of_entry);
        report_some_of(found, findings);
    }
}

fn of_entry(node: Node<'_>) -> Option<Finding> {
    let text = node.string()?;
    let path = text.trim_end_matches('/');
    let what = match path {
        "" if text.starts_with('/') => "the whole machine",
        "~" | "$HOME" | "/root" | "/home" | "/Users" => "everything in home folders",
        "/etc" | "/var" | "/usr" | "/opt" => "a folder of the system",
        ".." | "../.." | "../../.." => "everything beside the project",
        path if KEYS.iter().any(|key| path.ends_with(key)) => "a folder of keys",
        _ => return None,
    };
    let message = format!("`{}` opens {what} to Claude", shown(text));
    Some(
        Finding::new(
            BROAD_ADDITIONAL_DIRECTORIES.id,
            Severity::Warning,
            Confidence::High,
            node.location(),
            message,
        )
        .anchor("permissions.additionalDirectories")
        .help("Name the one folder that is needed."),
    )
}
