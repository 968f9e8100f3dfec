//! The JSON schema of the policy file, for editors. Made from the same tables that the reading uses.

use serde_json::{Map, Value, json};

use super::read::{EXEMPTION_KEYS, PERMIT_KEYS, REQUIRED_EXEMPTION_KEYS};
use super::validate::{LEVELS, MOST_CALLS, MOST_EXCLUDES, MOST_EXEMPTIONS, THRESHOLDS};
use super::{
    DEFAULT_MAX_FILE_SIZE, LARGEST_MAX_FILE_SIZE, Mode, Protection, Visibility, group_is_protected,
    groups_of, protection,
};
use crate::rule::{self, OptionKind, Profile, Rule};

/// The schema of the policy file (JSON Schema draft 2020-12).
pub fn json_schema() -> Value {
    schema_of(rule::ALL)
}

pub(super) fn schema_of(rules: &[&Rule]) -> Value {
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Portcullis policy",
        "description": "What Portcullis judges in this repository, how strictly, and what somebody has accepted.",
        "type": ["object", "null"],
        "additionalProperties": false,
        "properties": {
            "profile": {
                "description": "How strict the rules are.",
                "enum": Profile::ALL.map(Profile::as_str),
                "default": Profile::default().as_str()
            },
            "fail-on": {
                "description": "From which severity on a finding fails the run.",
                "enum": THRESHOLDS.map(|(name, _)| name),
                "default": "error"
            },
            "mode": {
                "description": "enforce: findings can fail the run. report: everything is shown, nothing fails.",
                "enum": Mode::ALL.map(Mode::as_str),
                "default": Mode::default().as_str()
            },
            "visibility": {
                "description": "Who can see the repository; unknown counts as public.",
                "enum": Visibility::ALL.map(Visibility::as_str),
                "default": Visibility::default().as_str()
            },
            "max-file-size": {
                "description": "Files with more bytes are reported as unreadable.",
                "type": "integer",
                "minimum": 1,
                "maximum": LARGEST_MAX_FILE_SIZE,
                "default": DEFAULT_MAX_FILE_SIZE
            },
            "rules": {
                "description": "Severity and options of single rules.",
                "type": ["object", "null"],
                "additionalProperties": false,
                "properties": keyed(rules, |rule| (rule.id.as_str(), rule_schema(rule)))
            },
            "groups": {
                "description": "Groups of rules that are off. What `rules` says of a rule goes before.",
                "type": ["object", "null"],
                "additionalProperties": false,
                "properties": groups(rules)
            },
            "exclude": {
                "description": "Files that are not judged. `*` stays within one part of a path, `**` crosses parts.",
                "type": ["array", "null"],
                "maxItems": MOST_EXCLUDES,
                "items": pattern("A path or a pattern, from the root of the repository.")
            },
            "trusted": {
                "description": "Names that rules trust.",
                "type": ["object", "null"],
                "additionalProperties": false,
                "properties": {
                    "actions": {
                        "description": "Actions: owner/repository, or owner/* for all of an owner.",
                        "type": ["array", "null"],
                        "items": {"type": "string", "pattern": r"^[A-Za-z0-9_.-]+/(\*|[A-Za-z0-9_.-]+(/[A-Za-z0-9_.-]+)*)$"}
                    },
                    "hosts": {
                        "description": "Host names; *.acme.example covers subdomains.",
                        "type": ["array", "null"],
                        "items": {"type": "string", "pattern": r"^(\*\.)?[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*$"}
                    }
                }
            },
            "permit": {
                "description": "What the committed settings have to do with calls. A call is written as rules write it: Bash(git push --force), Read(.env), WebFetch(https://example.com), mcp__server__tool.",
                "type": ["object", "null"],
                "additionalProperties": false,
                "properties": keyed(PERMIT_KEYS, |key| (*key, json!({
                    "description": format!("Calls that the settings {} in mode `default`.", key.replace("must-", "must ")),
                    "type": ["array", "null"],
                    "maxItems": MOST_CALLS,
                    "items": {"type": "string", "pattern": r"^\s*([A-Z]|mcp__)"}
                })))
            },
            "exemptions": {
                "description": "Findings that somebody accepted, for a reason and for a time.",
                "type": ["array", "null"],
                "maxItems": MOST_EXEMPTIONS,
                "items": exemption(rules)
            }
        }
    })
}

fn rule_schema(rule: &Rule) -> Value {
    let levels: Vec<&str> = LEVELS
        .iter()
        .map(|(name, _)| *name)
        .filter(|name| match protection(rule.id) {
            Protection::Fixed => *name == rule.severity.as_str(),
            Protection::Pinned => *name != "off",
            Protection::None | Protection::Unexemptable => true,
        })
        .collect();
    let mut properties = keyed(rule.options, |option| {
        let value = match option.kind {
            OptionKind::Count => json!({
                "description": format!("{} Without it: {}.", option.help, option.default),
                "type": "integer",
                "minimum": 1,
                "maximum": u32::MAX
            }),
        };
        (option.name, value)
    });
    properties.insert(
        "severity".into(),
        json!({"description": "Severity of the rule's findings.", "enum": levels}),
    );
    json!({
        "description": rule.summary,
        "oneOf": [
            {"enum": levels},
            {
                "type": "object",
                "minProperties": 1,
                "additionalProperties": false,
                "properties": properties
            }
        ]
    })
}

fn groups(rules: &[&Rule]) -> Map<String, Value> {
    let switchable: Vec<_> = groups_of(rules)
        .into_iter()
        .filter(|group| !group_is_protected(*group, rules))
        .collect();
    keyed(&switchable, |group| {
        let scope = json!({
            "type": "object",
            "required": ["scope"],
            "additionalProperties": false,
            "properties": {"scope": {"const": "off"}}
        });
        let value = json!({
            "description": format!("Rules of the group {}.", group.as_str()),
            "oneOf": [{"const": "off"}, scope]
        });
        (group.as_str(), value)
    })
}

fn exemption(rules: &[&Rule]) -> Value {
    let of = |wanted: &[Protection]| -> Vec<&str> {
        rules
            .iter()
            .filter(|rule| wanted.contains(&protection(rule.id)))
            .map(|rule| rule.id.as_str())
            .collect()
    };
    let text =
        |description: &str| json!({"description": description, "type": "string", "pattern": r"\S"});
    let properties = keyed(EXEMPTION_KEYS, |key| {
        let value = match *key {
            "rule" => json!({
                "description": "The rule.",
                "enum": of(&[Protection::None, Protection::Pinned])
            }),
            "path" => pattern("The file, or a pattern for files, from the root of the repository."),
            "job" => json!({
                "description": "Only findings in this job: its key under `jobs`.",
                "type": "string",
                "pattern": "^[A-Za-z_][A-Za-z0-9_-]*$"
            }),
            "fingerprint" => json!({
                "description": "Only the finding with this fingerprint.",
                "type": "string",
                "pattern": "^[0-9a-f]{32}$"
            }),
            "reason" => text("Why the finding is accepted."),
            "owner" => text("Who accepted it."),
            _ => json!({
                "description": "The last day on which it holds: year-month-day.",
                "type": "string",
                "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"
            }),
        };
        (*key, value)
    });
    json!({
        "type": "object",
        "required": REQUIRED_EXEMPTION_KEYS,
        "additionalProperties": false,
        "properties": properties,
        "if": {"properties": {"rule": {"enum": of(&[Protection::Pinned])}}},
        "then": {"anyOf": [
            {"required": ["fingerprint"]},
            {"properties": {"path": {"pattern": r"^[^*?\[\]{}]*$"}}}
        ]}
    })
}

fn pattern(description: &str) -> Value {
    json!({
        "description": description,
        "type": "string",
        "maxLength": 1024,
        "pattern": r"^[^/!\\]([^\\]*[^/\\])?$"
    })
}

/// A JSON object from a table.
fn keyed<T>(table: &[T], entry: impl Fn(&T) -> (&str, Value)) -> Map<String, Value> {
    table
        .iter()
        .map(|row| {
            let (key, value) = entry(row);
            (key.to_owned(), value)
        })
        .collect()
}
