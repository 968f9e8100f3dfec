//! `invalid-settings`: Claude Code ignores a settings file as a whole.

use crate::claude::permission::List;
use crate::claude::settings::{Certainty, Dead};
use crate::declare_rule;
use crate::finding::{Applicability, Confidence, Edit, Finding, Fix, Severity};
use crate::rule::{Check, Findings, Options};
use crate::source::{Location, Oddity, OddityKind};
use crate::subject::Subject;
use crate::subject::guard::SettingsFile;

declare_rule! {
    /// ## What it does
    ///
    /// Reports a settings file that Claude Code skips: text that is not strict JSON (a comment, a comma too many), or
    /// a value that the settings schema refuses (a list that is none, an unknown mode, `disableBypassPermissionsMode`
    /// other than `"disable"`). The message counts the rules and hooks that are lost.
    ///
    /// ## Why it matters
    ///
    /// With `-p` the file is skipped without a word. One comment at the top of a template removes every deny rule and
    /// every hook in it.
    ///
    /// ## What is accepted
    ///
    /// A byte-order mark. Rules that are wrong one by one: only they are dropped, and `dead-permission-rule` reports
    /// them.
    ///
    /// ## How to fix
    ///
    /// Remove the comment or the comma, or correct the value that is shown.
    ///
    /// ## Examples
    ///
    /// ```repo fires
    /// === .claude/settings.json
    /// // .claude/settings.json
    /// {"permissions": {"deny": ["Read(.env)"]}}
    /// ```
    ///
    /// ```repo fires
    /// === .claude/settings.json
    /// {"permissions": {"deny": "Read(.env)"}}
    /// ```
    ///
    /// ```repo silent
    /// === .claude/settings.json
    /// {"permissions": {"deny": ["Read(.env)"]}}
    /// ```
    pub(crate) static INVALID_SETTINGS = {
        id: "invalid-settings",
        group: Settings,
        summary: "Claude Code ignores a settings file as a whole",
        severity: Error,
        confidence: High,
        tags: ["ASI02", "CWE-1188"],
        check: Check::Subject(check),
    }
}
fn check(subject: &Subject, _: &Options, findings: &mut Findings) {
    for file in subject.guard.files.iter() {
        findings.report_some(of_file(file));
    }
}

fn of_file(file: &SettingsFile) -> Option<Finding> {
    let settings = &file.settings;
    let source = settings.tree().file();
    let lost = lost(file);
    let (location, why, confidence, help) = match file.dead? {
        Dead::Syntax => {
            let error = settings.dead.as_ref()?;
            let help = "Make it plain JSON: no comments, no comma before a closing bracket.";
            let why = format!("this is not valid JSON ({})", error.message);
            (
                Location::new(source, error.span),
                why,
                Confidence::High,
                help,
            )
        }
        Dead::Rejected => {
            let rejection = settings.rejection()?;
            let confidence = match rejection.certainty {
                Certainty::Sure => Confidence::High,
                Certainty::Likely => Confidence::Medium,
            };
            let help = "Correct the value.";
            (
                Location::new(source, rejection.span),
                rejection.message,
                confidence,
                help,
            )
        }
        Dead::TooLarge => {
            let why = "the file is larger than 2 MiB".to_owned();
            (file.place(), why, Confidence::High, "Shorten it.")
        }
    };
    let message = format!("{why}, so Claude Code ignores the whole file{lost}");
    Some(
        Finding::new(
            INVALID_SETTINGS.id,
            Severity::Error,
            confidence,
            location,
            message,
        )
        .anchor("file")
        .help(help)
        .fix(without_comments(file)),
    )
}

/// What goes with the file, for the message.
fn lost(file: &SettingsFile) -> String {
    let stops = file
        .rules
        .iter()
        .filter(|rule| rule.list != List::Allow)
        .count();
    let hooks = file.settings.hook_count();
    let many = |count: usize, one: &str, more: &str| {
        format!("{count} {}", if count == 1 { one } else { more })
    };
    let rules = many(stops, "deny or ask rule", "deny and ask rules");
    let handlers = many(hooks, "hook", "hooks");
    match (stops, hooks) {
        (0, 0) => String::new(),
        (_, 0) => format!("; {rules} lost with it"),
        (0, _) => format!("; {handlers} lost with it"),
        _ => format!("; {rules} and {handlers} lost with it"),
    }
}

/// Removes comments and spare commas, where nothing else is wrong with the text.
fn without_comments(file: &SettingsFile) -> Option<Fix> {
    let tree = file.settings.tree();
    let only =
        |oddity: &&Oddity| matches!(oddity.kind, OddityKind::Comment | OddityKind::TrailingComma);
    let edits: Vec<Edit> = tree
        .oddities()
        .iter()
        .filter(only)
        .map(|oddity| Edit {
            location: Location::new(tree.file(), oddity.span),
            text: String::new(),
        })
        .collect();
    let all = tree
        .oddities()
        .iter()
        .filter(|oddity| oddity.kind != OddityKind::DuplicateKey)
        .count();
    if edits.is_empty() || edits.len() != all || file.dead != Some(Dead::Syntax) {
        return None;
    }
    Some(Fix {
        title: "remove what JSON does not allow".into(),
        applicability: Applicability::Safe,
        edits,
    })
}
