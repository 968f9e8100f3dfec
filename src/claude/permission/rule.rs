//! The grammar of one rule: `Tool` or `Tool(content)` (`facts/claude-code.md` §2.1).

use crate::source::Span;

use super::path::PathRule;
use super::pattern::TextPattern;

/// A rule that Claude Code accepts. Whether it can match anything is another question.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Rule {
    /// The tool as written, which may hold `*`.
    pub tool: Box<str>,
    /// What stands in parentheses, as bytes of the rule.
    pub content: Option<Span>,
    /// What it means.
    pub specifier: Specifier,
}

/// What the content of a rule means.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Specifier {
    /// There is none, or it is `*`: every call of the tool.
    All,
    /// A command of `Bash` or `PowerShell`.
    Command(TextPattern),
    /// A path of `Read` or `Edit`.
    Path(PathRule),
    /// A host of `WebFetch`, in lower case.
    Domain(Box<str>),
    /// A name: of an agent, a skill.
    Name(TextPattern),
    /// Accepted, and nothing ever matches it.
    Never,
}

/// Why Claude Code skips a rule.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum Invalid {
    /// Empty text.
    #[error("it is empty")]
    Empty,
    /// Parentheses that do not match, or text behind the last one.
    #[error("its parentheses do not match, or text follows the last one")]
    Malformed,
    /// `Tool()`.
    #[error(
        "nothing stands in the parentheses; write the tool's name alone to cover all its calls"
    )]
    EmptyContent,
    /// `(content)`.
    #[error("no tool stands before the parenthesis")]
    MissingTool,
    /// `bash(ls)`.
    #[error("names of tools begin with a capital letter")]
    LowerCase,
    /// `mcp__x__y(z)`.
    #[error("rules for MCP tools take no parentheses")]
    McpContent,
    /// `Bash(:*)`.
    #[error("nothing stands before `:*`")]
    EmptyPrefix,
    /// `Read(x:*)`.
    #[error("`:*` is for commands; a path takes `*` or `**`")]
    PrefixInPath,
    /// `WebFetch(https://x)`.
    #[error("WebFetch takes `domain:HOST`, no address")]
    NoDomain,
    /// `WebSearch(x*)`.
    #[error("WebSearch takes no content")]
    SearchContent,
    /// `"*"` in an allow list.
    #[error("a pattern for names of tools works in deny and ask only, or as `mcp__SERVER__*`")]
    AllowGlob,
}

/// Tools whose content is a path, so that `:*` is refused there.
const PATH_TOOLS: &[&str] = &[
    "Read",
    "Edit",
    "Write",
    "Glob",
    "NotebookEdit",
    "NotebookRead",
    "Cd",
];

/// Fields that a rule may not name because their tool has a form of its own.
const PRIMARY_FIELDS: &[(&str, &str)] = &[
    ("Bash", "command"),
    ("PowerShell", "command"),
    ("Read", "file_path"),
    ("Edit", "file_path"),
    ("Write", "file_path"),
    ("WebFetch", "url"),
];

impl Rule {
    /// Reads a rule.
    ///
    /// # Errors
    /// Why Claude Code skips it.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        if text.trim().is_empty() {
            return Err(Invalid::Empty);
        }
        let (tool, content) = split(text)?;
        if tool.is_empty() {
            return Err(Invalid::MissingTool);
        }
        let first = tool.chars().next().unwrap_or_default();
        if first.is_lowercase() && !tool.contains('_') {
            return Err(Invalid::LowerCase);
        }
        let Some(span) = content else {
            return Ok(Self {
                tool: tool.into(),
                content,
                specifier: Specifier::All,
            });
        };
        let inner = span.slice(text);
        if inner.is_empty() {
            return Err(Invalid::EmptyContent);
        }
        if tool.starts_with("mcp__") {
            return Err(Invalid::McpContent);
        }
        Ok(Self {
            tool: tool.into(),
            content,
            specifier: specifier(tool, inner)?,
        })
    }

    /// Whether it covers every call of its tool.
    pub fn is_bare(&self) -> bool {
        self.specifier == Specifier::All
    }

    /// Whether the rule is about a tool, the calls of which `call` names. `Edit` rules cover the other tools that write
    /// files, `Bash` rules cover `Monitor`, `Task` is an old name of `Agent`.
    pub fn is_about(&self, call: &str) -> bool {
        let own = match &*self.tool {
            "Task" => "Agent",
            other => other,
        };
        if own == call {
            return true;
        }
        if own.contains('*') {
            return TextPattern::wildcard(own).matches(call);
        }
        if let Some(rest) = own.strip_prefix("mcp__") {
            // `mcp__server` is `mcp__server__*`.
            return !rest.contains("__")
                && call
                    .strip_prefix(own)
                    .is_some_and(|rest| rest.starts_with("__"));
        }
        match own {
            "Bash" => call == "Monitor",
            "Edit" => matches!(call, "Write" | "NotebookEdit" | "MultiEdit"),
            _ => false,
        }
    }
}

/// Splits a rule into tool and content. `\(` and `\)` are text.
fn split(text: &str) -> Result<(&str, Option<Span>), Invalid> {
    let mut escaped = false;
    let (mut first, mut last) = (None, None);
    let (mut opened, mut closed) = (0_usize, 0_usize);
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'\\' => {
                escaped = !escaped;
                continue;
            }
            b'(' if !escaped => {
                first = first.or(Some(at));
                opened += 1;
            }
            b')' if !escaped => {
                last = Some(at);
                closed += 1;
            }
            _ => {}
        }
        escaped = false;
    }
    match (first, last) {
        (None, None) => Ok((text, None)),
        (Some(first), Some(last)) if first < last && last + 1 == text.len() && opened == closed => {
            let tool = text.get(..first).unwrap_or_default();
            Ok((tool, Some(Span::of(first + 1..last))))
        }
        _ => Err(Invalid::Malformed),
    }
}

fn specifier(tool: &str, inner: &str) -> Result<Specifier, Invalid> {
    if tool == "WebSearch" {
        let wild = inner.contains(['*', '?']);
        return if wild {
            Err(Invalid::SearchContent)
        } else {
            Ok(Specifier::Never)
        };
    }
    if inner == "*" || (inner == "**" && matches!(tool, "Read" | "Edit")) {
        return Ok(Specifier::All);
    }
    if PATH_TOOLS.contains(&tool) && inner.contains(":*") {
        return Err(Invalid::PrefixInPath);
    }
    if field(tool, inner).is_some() {
        return Ok(Specifier::Never);
    }
    Ok(match tool {
        "Bash" | "PowerShell" => Specifier::Command(command(inner)?),
        "Read" | "Edit" => Specifier::Path(PathRule::new(&unescaped(inner))),
        "WebFetch" => {
            let Some(host) = inner.strip_prefix("domain:") else {
                return Err(Invalid::NoDomain);
            };
            if host == "*" {
                Specifier::All
            } else {
                Specifier::Domain(host.to_ascii_lowercase().into())
            }
        }
        "Agent" | "Task" | "Skill" => Specifier::Name(TextPattern::wildcard(inner)),
        _ => Specifier::Never,
    })
}

/// The field of `Bash(command:…)` and its kin.
pub(super) fn field(tool: &str, inner: &str) -> Option<&'static str> {
    let (_, name) = PRIMARY_FIELDS.iter().find(|(of, name)| {
        *of == tool
            && inner
                .strip_prefix(name)
                .is_some_and(|rest| rest.starts_with(':') && rest != ":*")
    })?;
    Some(name)
}

fn command(inner: &str) -> Result<TextPattern, Invalid> {
    if let Some(prefix) = inner.strip_suffix(":*") {
        return if prefix.is_empty() {
            Err(Invalid::EmptyPrefix)
        } else {
            Ok(TextPattern::prefix(&unescaped(prefix)))
        };
    }
    Ok(TextPattern::wildcard(inner))
}

/// `\*`, `\(`, `\)` as the character they stand for.
fn unescaped(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        let escapes = character == '\\' && matches!(characters.peek(), Some('*' | '(' | ')'));
        if !escapes {
            plain.push(character);
        }
    }
    plain
}
