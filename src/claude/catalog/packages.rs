//! Names under which Claude Code and its SDK are started or imported. Source: npm and PyPI package pages,
//! `facts/claude-code.md` §5, §6.5.

/// The npm package whose program is Claude Code.
pub const CLI_PACKAGE: &str = "@anthropic-ai/claude-code";

/// npm packages that hold the Agent SDK.
pub static JS_SDK_PACKAGES: &[&str] = &[
    "@anthropic-ai/claude-agent-sdk",
    "@anthropic-ai/claude-code",
];

/// Python modules that hold the Agent SDK.
pub static PYTHON_SDK_MODULES: &[&str] = &["claude_agent_sdk", "claude_code_sdk"];

/// Whether a package name, with or without `@version`, is Claude Code.
pub fn is_cli_package(word: &str) -> bool {
    let name = match word.rfind('@') {
        Some(at) if at > 0 => word.get(..at).unwrap_or(word),
        _ => word,
    };
    name == CLI_PACKAGE
}

/// The version part of a package word: `2.1.240` of `@anthropic-ai/claude-code@2.1.240`.
pub fn package_version(word: &str) -> Option<&str> {
    let at = word.rfind('@').filter(|&at| at > 0)?;
    word.get(at + 1..).filter(|version| !version.is_empty())
}
