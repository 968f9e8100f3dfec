//! The list of all rules. A new rule is one new file and one line here.

use super::Rule;

/// All rules, in the order in which they are documented.
pub static ALL: &[&Rule] = &[];

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
    if let Some(rule) = ALL.iter().find(|rule| rule.id.as_str() == name) {
        return Ok(rule);
    }
    let suggestion = ALL
        .iter()
        .map(|rule| (strsim::damerau_levenshtein(name, rule.id.as_str()), rule))
        .filter(|(distance, rule)| *distance <= rule.id.as_str().len() / 3)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, rule)| rule.id.as_str());
    Err(UnknownRule {
        name: name.into(),
        suggestion,
    })
}
