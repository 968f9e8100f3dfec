//! What a matcher matches: exact names, or an unanchored regular expression (`facts/claude-code.md` §3.3).

use crate::claude::catalog::tools::TOOLS;

/// Why a matcher, or one of its names, never matches a tool.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Miss {
    /// Written in another case than the tool of this name.
    Case {
        /// The name as written.
        written: String,
        /// The name of the tool.
        tool: &'static str,
    },
    /// `mcp__server` without `__…`: it is compared as an exact name.
    BareServer(String),
    /// A permission rule instead of a tool name: `Bash(rm:*)`.
    Rule,
    /// A name that the catalogue does not know.
    Unknown(String),
}

/// Tools that exist beside [`TOOLS`] or did in older releases.
const MORE: &[&str] = &[
    "BashOutput",
    "KillBash",
    "KillShell",
    "TaskStop",
    "ListAgents",
    "CronList",
    "SlashCommand",
];

fn all() -> impl Iterator<Item = &'static str> {
    TOOLS
        .iter()
        .map(|tool| tool.name)
        .chain(MORE.iter().copied())
}

/// Whether the matcher is a list of exact names; nothing for `*`, the empty text and regular expressions.
pub fn names(matcher: &str) -> Option<Vec<&str>> {
    let is_exact = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | ' ' | ',' | '|');
    if matcher.is_empty() || matcher == "*" || !matcher.chars().all(is_exact) {
        return None;
    }
    Some(
        matcher
            .split(['|', ','])
            .map(str::trim)
            .filter(|name| !name.is_empty())
            .collect(),
    )
}

/// What is wrong with a matcher on a tool event. Every name that matches nothing is named; an empty answer says that
/// all of them match or that nobody can tell.
pub fn judge(matcher: &str) -> Vec<Miss> {
    let Some(names) = names(matcher) else {
        let is_rule = matcher
            .find('(')
            .and_then(|at| matcher.get(..at))
            .is_some_and(|tool| all().any(|known| known == tool))
            && matcher.ends_with(')')
            && !matcher.contains(")|");
        return if is_rule {
            vec![Miss::Rule]
        } else {
            Vec::new()
        };
    };
    names.into_iter().filter_map(miss).collect()
}

fn miss(name: &str) -> Option<Miss> {
    if all().any(|tool| tool == name) {
        return None;
    }
    if let Some(server) = name.strip_prefix("mcp__") {
        return (!server.contains("__")).then(|| Miss::BareServer(name.to_owned()));
    }
    Some(match all().find(|tool| tool.eq_ignore_ascii_case(name)) {
        Some(tool) => Miss::Case {
            written: name.to_owned(),
            tool,
        },
        None => Miss::Unknown(name.to_owned()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_compared_exactly() {
        assert!(judge("Bash|Edit, Write").is_empty());
        assert!(judge("").is_empty() && judge("*").is_empty());
        assert!(matches!(&*judge("bash"), [Miss::Case { tool: "Bash", .. }]));
        assert!(matches!(&*judge("mcp__github"), [Miss::BareServer(_)]));
        assert!(judge("mcp__github__get_issue").is_empty());
        assert!(judge("mcp__github__.*").is_empty());
        assert_eq!(judge("Bash(rm:*)"), [Miss::Rule]);
        assert!(matches!(&*judge("Edit|Teleport"), [Miss::Unknown(name)] if name == "Teleport"));
    }

    #[test]
    fn a_group_in_a_regular_expression_is_no_rule() {
        assert!(judge("(Edit|Write)").is_empty());
        assert!(judge("^(Edit|Write)$").is_empty());
        assert!(judge("Notebook(Edit)|(Read)").is_empty());
    }
}
