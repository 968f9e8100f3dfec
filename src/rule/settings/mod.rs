//! Rules about settings files: guardrails that do nothing, and configuration that opens too much.

mod acts;
mod allow_code_execution;
mod allow_unrestricted;
mod broad_additional_directories;
mod bypass_default_mode;
mod bypass_not_disabled;
mod dangerous_command_not_denied;
mod dead_permission_rule;
mod duplicate_key;
mod endpoint_redirect;
mod ignore_file_not_enforced;
mod invalid_settings;
mod launchers;
mod local_settings_committed;
mod misplaced_setting;
mod missing_audit_log;
mod permit_violated;
mod sandbox_weakened;
mod sensitive_file_not_denied;
mod settings_code_environment;
mod settings_helper_command;
mod shadowed_allow;
mod telemetry_redirect;
mod tls_disabled;
mod weak_deny;

pub(super) use allow_code_execution::ALLOW_CODE_EXECUTION;
pub(super) use allow_unrestricted::ALLOW_UNRESTRICTED;
pub(super) use broad_additional_directories::BROAD_ADDITIONAL_DIRECTORIES;
pub(super) use bypass_default_mode::BYPASS_DEFAULT_MODE;
pub(super) use bypass_not_disabled::BYPASS_NOT_DISABLED;
pub(super) use dangerous_command_not_denied::DANGEROUS_COMMAND_NOT_DENIED;
pub(super) use dead_permission_rule::DEAD_PERMISSION_RULE;
pub(super) use duplicate_key::DUPLICATE_KEY;
pub(super) use endpoint_redirect::ENDPOINT_REDIRECT;
pub(super) use ignore_file_not_enforced::IGNORE_FILE_NOT_ENFORCED;
pub(super) use invalid_settings::INVALID_SETTINGS;
pub(super) use local_settings_committed::LOCAL_SETTINGS_COMMITTED;
pub(super) use misplaced_setting::MISPLACED_SETTING;
pub(super) use missing_audit_log::MISSING_AUDIT_LOG;
pub(super) use permit_violated::PERMIT_VIOLATED;
pub(super) use sandbox_weakened::SANDBOX_WEAKENED;
pub(super) use sensitive_file_not_denied::SENSITIVE_FILE_NOT_DENIED;
pub(super) use settings_code_environment::SETTINGS_CODE_ENVIRONMENT;
pub(super) use settings_helper_command::SETTINGS_HELPER_COMMAND;
pub(super) use shadowed_allow::SHADOWED_ALLOW;
pub(super) use telemetry_redirect::TELEMETRY_REDIRECT;
pub(super) use tls_disabled::TLS_DISABLED;
pub(super) use weak_deny::WEAK_DENY;

use crate::claude::permission::{PlacedRule, Scope};
use crate::finding::{Confidence, Finding, Severity};
use crate::rule::{Findings, Rule};
use crate::source::{Location, Node};
use crate::subject::Subject;
use crate::subject::guard::SettingsFile;

/// Findings of one rule in one file. A file with more of them has one problem, not a thousand.
const MOST_FINDINGS: usize = 200;

/// The longest text of a file that a message repeats, in characters.
const LONGEST_SHOWN: usize = 120;

/// Reports findings of one file; beyond a limit the last one says how many more there are.
fn report_some_of(found: impl Iterator<Item = Finding>, findings: &mut Findings) {
    let mut found = found.peekable();
    let mut count = 0;
    while let Some(mut finding) = found.next() {
        count += 1;
        if count == MOST_FINDINGS && found.peek().is_some() {
            let more = found.count();
            finding
                .message
                .push_str(&format!(" ({more} more of this kind follow in the file)"));
            findings.report(finding);
            return;
        }
        findings.report(finding);
    }
}

/// A text of the file for a message: short, and on one line.
fn shown(text: &str) -> String {
    let mut short: String = text
        .chars()
        .take(LONGEST_SHOWN)
        .map(|character| {
            if character.is_control() {
                ' '
            } else {
                character
            }
        })
        .collect();
    if short.len() < text.len() && text.chars().nth(LONGEST_SHOWN).is_some() {
        short.push('…');
    }
    short
}

/// Where a rule stands, without its quotes.
fn place_of(placed: &PlacedRule) -> Location {
    placed
        .written
        .location()
        .unwrap_or_else(|| placed.location.clone())
}

/// Rules as items of a JSON list.
fn json_texts(rules: &[String]) -> String {
    let texts: Vec<String> = rules
        .iter()
        .map(|rule| serde_json::Value::from(rule.as_str()).to_string())
        .collect();
    texts.join(", ")
}

/// Committed settings of the root that are alive: those that a profile makes demands of.
fn root_files(subject: &Subject) -> impl Iterator<Item = &SettingsFile> {
    subject.guard.files.iter().filter(|file| {
        file.folder.is_empty() && file.scope == Scope::Project && file.dead.is_none()
    })
}

/// An entry of `env`.
struct Variable<'s> {
    name: &'s str,
    text: &'s str,
    value: Node<'s>,
}

/// Reports the entries of `env` that a rule has something to say about.
fn report_variables(
    subject: &Subject,
    rule: &Rule,
    help: &str,
    explain: impl Fn(&Variable<'_>, &Subject) -> Option<String>,
    findings: &mut Findings,
) {
    for variable in variables(subject) {
        if let Some(message) = explain(&variable, subject) {
            let finding = Finding::new(
                rule.id,
                Severity::Error,
                Confidence::High,
                variable.value.location(),
                message,
            );
            findings.report(
                finding
                    .anchor(format!("env.{}", shown(variable.name)))
                    .help(help),
            );
        }
    }
}

/// All entries of `env` in settings that are alive.
fn variables(subject: &Subject) -> impl Iterator<Item = Variable<'_>> {
    let files = subject.guard.alive();
    let maps = files.filter_map(|file| file.settings.tree().root()?.get("env"));
    maps.flat_map(Node::entries).filter_map(|entry| {
        Some(Variable {
            name: entry.key.text()?,
            text: entry.value.text()?,
            value: entry.value,
        })
    })
}

/// The host of an address.
fn host_of(address: &str) -> Option<String> {
    let rest = address.split_once("://").map_or(address, |(_, rest)| rest);
    let authority = rest.split(['/', '?', '#']).next()?;
    let host = authority.rsplit('@').next()?;
    let host = match host.strip_prefix('[') {
        Some(inner) => inner.split(']').next()?,
        None => host.split(':').next()?,
    };
    (!host.is_empty()).then(|| host.to_ascii_lowercase())
}
