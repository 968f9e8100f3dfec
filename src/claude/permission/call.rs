//! One use of a tool, as the command line and the policy write it: `Bash(git push)`, `Read(.env)`, `mcp__x__y`.

use super::command::Line;
use super::path::FilePath;

/// A use of a tool.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Call {
    /// As written.
    pub text: Box<str>,
    /// The tool.
    pub tool: Box<str>,
    pub(super) input: Arguments,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Arguments {
    /// A command line.
    Command(Line),
    /// The file that a tool reads.
    Read(FilePath),
    /// The file that a tool writes.
    Write(FilePath),
    /// A host.
    Host(Box<str>),
    /// The name of an agent or a skill.
    Name(Box<str>),
    /// Nothing that a rule looks at.
    None,
}

/// Why a text is no call.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{0}")]
pub struct BadCall(String);

/// Longer calls are refused. Claude Code asks about commands that are longer than 10,000 characters.
const LONGEST: usize = 100_000;

impl Call {
    /// Reads a call.
    ///
    /// # Errors
    /// What is wrong, in a sentence that shows the right form.
    pub fn parse(text: &str) -> Result<Self, BadCall> {
        let bad = |why: &str| Err(BadCall(why.to_owned()));
        let text = text.trim();
        if text.len() > LONGEST {
            return bad("the call is longer than 100,000 bytes");
        }
        let (tool, inner) = match text.split_once('(') {
            Some((tool, rest)) => match rest.strip_suffix(')') {
                Some(inner) => (tool, Some(inner)),
                None => return bad("a call ends with `)`: write `Bash(git push)` or `Read(.env)`"),
            },
            None => (text, None),
        };
        let valid = tool.starts_with(|first: char| first.is_ascii_alphabetic())
            && tool
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'));
        if !valid {
            return bad(
                "a call begins with the name of a tool: `Bash(git push)`, `Read(.env)`, `mcp__server__tool`",
            );
        }
        let is_mcp = tool.starts_with("mcp__");
        if tool.starts_with(char::is_lowercase) && !is_mcp {
            return bad("names of tools begin with a capital letter: `Bash`, `Read`, `WebFetch`");
        }
        if is_mcp && inner.is_some() {
            return bad("rules do not look at what an MCP tool is given: write its name alone");
        }
        let tool = if tool == "Task" { "Agent" } else { tool };
        let named = inner.filter(|inner| !inner.trim().is_empty());
        let input = match (tool, named) {
            ("Bash" | "PowerShell" | "Monitor", Some(command)) => {
                Arguments::Command(Line::new(command.trim()))
            }
            ("Read" | "Grep" | "Glob" | "LS", Some(path)) => Arguments::Read(FilePath::new(path)),
            ("Edit" | "Write" | "MultiEdit" | "NotebookEdit", Some(path)) => {
                Arguments::Write(FilePath::new(path))
            }
            ("WebFetch", Some(address)) => Arguments::Host(host(address)?.into()),
            ("Agent" | "Skill", Some(name)) => Arguments::Name(name.into()),
            ("Bash" | "PowerShell" | "Monitor", None) => {
                return bad("name the command: `Bash(git push)`");
            }
            ("Read" | "Edit" | "Write" | "MultiEdit" | "NotebookEdit", None) => {
                return bad("name the file: `Read(.env)`");
            }
            ("WebFetch", None) => return bad("name the address: `WebFetch(https://example.com)`"),
            _ => Arguments::None,
        };
        Ok(Self {
            text: text.into(),
            tool: tool.into(),
            input,
        })
    }
}

fn host(address: &str) -> Result<String, BadCall> {
    let rest = address
        .strip_prefix("https://")
        .or_else(|| address.strip_prefix("http://"))
        .or_else(|| address.strip_prefix("domain:"))
        .unwrap_or(address);
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let host = authority.rsplit('@').next().unwrap_or_default();
    let host = host.split(':').next().unwrap_or_default();
    let valid = !host.is_empty()
        && host
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_'));
    if valid {
        Ok(host.to_ascii_lowercase())
    } else {
        Err(BadCall(
            "this is no address: write `WebFetch(https://example.com/page)`".into(),
        ))
    }
}
