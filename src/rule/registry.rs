//! The list of all rules. A new rule is one new file and one line here.

use super::{Rule, agent, hook, instruction, mcp, meta, secret, settings};

/// All rules, in the order in which they are documented.
pub static ALL: &[&Rule] = &[
    &agent::SKIP_PERMISSIONS,
    &agent::MISSING_TIMEOUT,
    &agent::EXCESSIVE_TIMEOUT,
    &agent::AGENT_DYNAMIC_ARGUMENTS,
    &agent::AGENT_UNBOUNDED_WORK,
    &settings::INVALID_SETTINGS,
    &settings::DEAD_PERMISSION_RULE,
    &settings::SHADOWED_ALLOW,
    &settings::WEAK_DENY,
    &settings::MISPLACED_SETTING,
    &settings::DUPLICATE_KEY,
    &settings::IGNORE_FILE_NOT_ENFORCED,
    &settings::BYPASS_DEFAULT_MODE,
    &settings::ALLOW_UNRESTRICTED,
    &settings::ALLOW_CODE_EXECUTION,
    &settings::BROAD_ADDITIONAL_DIRECTORIES,
    &settings::DANGEROUS_COMMAND_NOT_DENIED,
    &settings::SENSITIVE_FILE_NOT_DENIED,
    &settings::BYPASS_NOT_DISABLED,
    &settings::SANDBOX_WEAKENED,
    &settings::SETTINGS_HELPER_COMMAND,
    &settings::SETTINGS_CODE_ENVIRONMENT,
    &settings::ENDPOINT_REDIRECT,
    &settings::TELEMETRY_REDIRECT,
    &settings::TLS_DISABLED,
    &settings::LOCAL_SETTINGS_COMMITTED,
    &settings::MISSING_AUDIT_LOG,
    &settings::PERMIT_VIOLATED,
    &hook::DEAD_HOOK,
    &hook::HOLLOW_GUARD,
    &hook::HOOKS_DISABLED,
    &hook::HOOK_REMOTE_EXECUTION,
    &hook::HOOK_REPOSITORY_SCRIPT,
    &hook::HOOK_EGRESS,
    &mcp::MCP_AUTO_APPROVE,
    &mcp::MCP_SERVER_EXECUTION,
    &mcp::MCP_UNPINNED,
    &mcp::MCP_PLAINTEXT_URL,
    &mcp::MCP_UNTRUSTED_HOST,
    &instruction::HIDDEN_UNICODE,
    &instruction::CONFUSABLE_COMMAND,
    &instruction::INSTRUCTION_REMOTE_EXECUTION,
    &instruction::INSTRUCTION_HIDDEN_COMMENT,
    &instruction::COMMAND_BROAD_TOOLS,
    &instruction::SUBAGENT_BYPASS,
    &instruction::PLUGIN_UNTRUSTED_SOURCE,
    &instruction::CONFIG_SYMLINK,
    &instruction::CONFIG_SUBMODULE,
    &instruction::IDE_AUTORUN_TASK,
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
