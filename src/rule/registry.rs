//! The list of all rules. A new rule is one new file and one line here.

use super::{Rule, agent, meta, secret};

/// All rules, in the order in which they are documented.
pub static ALL: &[&Rule] = &[
    &agent::SKIP_PERMISSIONS,
    &agent::MISSING_TIMEOUT,
    &agent::EXCESSIVE_TIMEOUT,
    &agent::AGENT_DYNAMIC_ARGUMENTS,
    &agent::AGENT_UNBOUNDED_WORK,
    &secret::HARDCODED_KEY,
    &secret::ENV_FILE_EXPOSED,
    &meta::UNREADABLE_FILE,
    &meta::LAPSED_EXEMPTION,
    &meta::UNUSED_EXEMPTION,
];

/// Names longer than this get no suggestion: comparing costs the product of both lengths.
const LONGEST_NAME: usize = 64;

/// A name that no rule has.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("there is no rule `{name}`{}", suggestion.map(|name| format!("; did you mean `{name}`?")).unwrap_or_default())]
pub struct UnknownRule {
    /// The name that was given.
    pub name: String,
    /// The nearest name.
    pub suggestion: Option<&'static str>,
}

/// Finds a rule by its id.
///
/// # Errors
/// The name is unknown; the error holds the nearest one.
pub fn find(name: &str) -> Result<&'static Rule, UnknownRule> {
    find_in(ALL, name)
}

/// Finds a rule by its id in a list of rules.
///
/// # Errors
/// As [`find`].
pub fn find_in(rules: &'static [&'static Rule], name: &str) -> Result<&'static Rule, UnknownRule> {
    if let Some(rule) = rules.iter().find(|rule| rule.id.as_str() == name) {
        return Ok(rule);
    }
    let suggestion = rules
        .iter()
        .filter(|_| name.len() <= LONGEST_NAME)
        .map(|rule| (strsim::damerau_levenshtein(name, rule.id.as_str()), rule))
        .filter(|(distance, rule)| *distance <= rule.id.as_str().len() / 3)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, rule)| rule.id.as_str());
    Err(UnknownRule {
        name: name.into(),
        suggestion,
    })
}
