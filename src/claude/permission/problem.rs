//! What is wrong with a rule that somebody relies on: it is skipped, or it never matches
//! (`facts/claude-code.md` §10, R1 to R7 and R10).

use crate::claude::catalog::tools;
use crate::source::Span;

use super::decide::List;
use super::path::PathRule;
use super::rule::{Invalid, Rule, field};

/// Something wrong with a rule.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Problem {
    /// What.
    pub kind: ProblemKind,
    /// Bytes of the rule's text.
    pub span: Span,
    /// What repairs it.
    pub repair: Option<Repair>,
}

/// Rules to stand in for the one that is wrong.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Repair {
    /// One or more rules.
    pub rules: Vec<String>,
}

/// What is wrong with a rule.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum ProblemKind {
    /// Claude Code skips it.
    Invalid(Invalid),
    /// `Write(path)`: the tool's own path rules never match; the other tool's do.
    WrongTool {
        /// The tool whose rules work.
        instead: &'static str,
    },
    /// `Bash(command:…)`.
    PrimaryField(&'static str),
    /// No tool has this name.
    UnknownTool {
        /// A name that is near enough to be meant.
        meant: Option<&'static str>,
    },
    /// `|`, `&&`, `;`: commands are split there before rules are compared.
    Separator,
    /// `*` in a rule that ends in `:*`.
    LiteralWildcard,
    /// `:*` that is not at the end.
    InnerPrefix,
    /// `/etc/x`, which is relative to the project.
    RootedPath {
        /// The first part.
        folder: Box<str>,
    },
    /// A blank at the start of the content, or at the end of an exact command.
    OuterBlank,
    /// A prefix that ends in a blank: nobody knows whether it matches.
    BlankPrefix,
    /// A regular expression, or braces.
    Regex,
    /// Content for a tool whose rules take none.
    NoContent,
}

impl ProblemKind {
    /// Whether it is only likely that the rule never matches.
    pub fn is_unverified(&self) -> bool {
        matches!(self, Self::Separator | Self::Regex | Self::BlankPrefix)
    }
}

/// Folders at the root of a machine.
const ROOTS: &[&str] = &[
    "etc", "home", "Users", "root", "var", "tmp", "opt", "usr", "private", "proc",
];

/// Names that only rules have, and names of older releases.
const OTHER_NAMES: &[&str] = &[
    "Cd",
    "KillShell",
    "BashOutput",
    "KillBash",
    "TaskStop",
    "CronList",
    "ListAgents",
];

/// Everything that is wrong with a rule in a list.
pub fn problems(text: &str, parsed: &Result<Rule, Invalid>, list: List) -> Option<Problem> {
    let whole = Span::of(0..text.len());
    let rule = match parsed {
        Ok(rule) => rule,
        Err(invalid) => {
            return Some(Problem {
                kind: ProblemKind::Invalid(*invalid),
                span: whole,
                repair: repair_invalid(text, *invalid),
            });
        }
    };
    let tool = &*rule.tool;
    if list == List::Allow && tool.contains('*') && !is_server_glob(tool) {
        let kind = ProblemKind::Invalid(Invalid::AllowGlob);
        return Some(Problem {
            kind,
            span: whole,
            repair: None,
        });
    }
    let name = Span::of(0..tool.len());
    let Some(content) = rule.content else {
        return unknown(tool).map(|kind| Problem {
            kind,
            span: name,
            repair: None,
        });
    };
    let inner = content.slice(text);
    if let Some(field) = field(tool, inner) {
        let rest = inner.get(field.len() + 1..).unwrap_or_default();
        return Some(Problem {
            kind: ProblemKind::PrimaryField(field),
            span: Span::of(content.range().start..content.range().start + field.len() + 1),
            repair: (tool != "WebFetch").then(|| one(format!("{tool}({})", rest.trim()))),
        });
    }
    let instead = match tool {
        "Write" | "NotebookEdit" | "MultiEdit" => Some("Edit"),
        "Glob" | "NotebookRead" | "LS" => Some("Read"),
        _ => None,
    };
    // `Write(*)` may be the bare tool.
    if let Some(instead) = instead.filter(|_| !matches!(inner, "*" | "**")) {
        return Some(Problem {
            kind: ProblemKind::WrongTool { instead },
            span: name,
            repair: Some(one(format!("{instead}({inner})"))),
        });
    }
    if let Some(kind) = unknown(tool) {
        return Some(Problem {
            kind,
            span: name,
            repair: None,
        });
    }
    match tool {
        "Bash" | "PowerShell" => command(tool, inner, content),
        "Read" | "Edit" => path(tool, inner, content),
        "WebSearch" => Some(Problem {
            kind: ProblemKind::NoContent,
            span: content,
            repair: Some(one(tool.to_owned())),
        }),
        _ => None,
    }
}

fn one(rule: String) -> Repair {
    Repair { rules: vec![rule] }
}

/// `mcp__server__*`.
fn is_server_glob(tool: &str) -> bool {
    tool.strip_prefix("mcp__").is_some_and(|rest| {
        rest.split_once("__")
            .is_some_and(|(server, _)| !server.is_empty() && !server.contains('*'))
    })
}

fn repair_invalid(text: &str, invalid: Invalid) -> Option<Repair> {
    match invalid {
        Invalid::EmptyContent => Some(one(text.trim_end_matches("()").to_owned())),
        Invalid::LowerCase => {
            let name = text.split('(').next()?;
            let known = nearest_by_case(name)?;
            Some(one(format!("{known}{}", text.get(name.len()..)?)))
        }
        Invalid::NoDomain => {
            let inner = text.strip_prefix("WebFetch(")?.strip_suffix(')')?;
            let rest = inner
                .strip_prefix("https://")
                .or_else(|| inner.strip_prefix("http://"))?;
            let host = rest.split(['/', ':', '?', '*']).next()?;
            (!host.is_empty()).then(|| one(format!("WebFetch(domain:{host})")))
        }
        Invalid::PrefixInPath => {
            let (tool, inner) = text.strip_suffix(')')?.split_once('(')?;
            let rest = inner.strip_suffix(":*")?.trim_end_matches('/');
            (!rest.contains(":*") && !rest.is_empty()).then(|| one(format!("{tool}({rest}/**)")))
        }
        _ => None,
    }
}

fn nearest_by_case(name: &str) -> Option<&'static str> {
    tools::TOOLS
        .iter()
        .map(|tool| tool.name)
        .find(|known| known.eq_ignore_ascii_case(name))
}

/// Names with `_` or `*` may be anything.
fn unknown(tool: &str) -> Option<ProblemKind> {
    if tool.contains(['_', '*'])
        || tools::TOOLS.iter().any(|known| known.name == tool)
        || OTHER_NAMES.contains(&tool)
    {
        return None;
    }
    let near = |known: &&'static str| {
        tool.len() <= 32 && strsim::damerau_levenshtein(known, tool) <= known.len() / 4
    };
    let meant =
        nearest_by_case(tool).or_else(|| tools::TOOLS.iter().map(|known| known.name).find(near));
    Some(ProblemKind::UnknownTool { meant })
}

fn command(tool: &str, inner: &str, content: Span) -> Option<Problem> {
    let at = |range: std::ops::Range<usize>| {
        let start = content.range().start;
        Span::of(start + range.start..start + range.end)
    };
    if let Some(range) = separator(inner) {
        return Some(Problem {
            kind: ProblemKind::Separator,
            span: at(range),
            repair: alternatives(tool, inner),
        });
    }
    let (head, is_prefix) = match inner.strip_suffix(":*") {
        Some(head) => (head, true),
        None => (inner, false),
    };
    if let Some(start) = head.find(":*") {
        let repaired = format!(
            "{tool}({}{})",
            head.replace(":*", " *"),
            if is_prefix { " *" } else { "" }
        );
        return Some(Problem {
            kind: ProblemKind::InnerPrefix,
            span: at(start..start + 2),
            repair: Some(one(repaired)),
        });
    }
    if is_prefix && let Some(start) = unescaped_star(head) {
        return Some(Problem {
            kind: ProblemKind::LiteralWildcard,
            span: at(start..start + 1),
            repair: Some(one(format!("{tool}({head} *)"))),
        });
    }
    let leading = head.starts_with(char::is_whitespace);
    let trailing = head.ends_with(char::is_whitespace);
    if leading || (trailing && !is_prefix) {
        return Some(Problem {
            kind: ProblemKind::OuterBlank,
            span: at(0..inner.len()),
            repair: Some(one(format!(
                "{tool}({}{})",
                head.trim(),
                if is_prefix { ":*" } else { "" }
            ))),
        });
    }
    if trailing {
        let start = head.trim_end().len();
        return Some(Problem {
            kind: ProblemKind::BlankPrefix,
            span: at(start..head.len()),
            repair: Some(one(format!("{tool}({}:*)", head.trim()))),
        });
    }
    regex(inner).map(|range| Problem {
        kind: ProblemKind::Regex,
        span: at(range),
        repair: None,
    })
}

fn unescaped_star(text: &str) -> Option<usize> {
    let mut escaped = false;
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'\\' => escaped = !escaped,
            b'*' if !escaped => return Some(at),
            _ => escaped = false,
        }
    }
    None
}

/// The first place outside of quotes where a command line would be split. `2>&1` and `&>` are no such places.
fn separator(text: &str) -> Option<std::ops::Range<usize>> {
    let bytes = text.as_bytes();
    let mut quote = None;
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        let next = bytes.get(at + 1).copied();
        let before = at.checked_sub(1).and_then(|at| bytes.get(at)).copied();
        match (quote, byte) {
            (None | Some(b'"'), b'\\') => at += 1,
            (None, b'\'' | b'"') => quote = Some(byte),
            (Some(open), byte) if open == byte => quote = None,
            (Some(_), _) => {}
            (None, b'&') if next == Some(b'>') || matches!(before, Some(b'>' | b'<')) => {}
            (None, b'|') if before == Some(b'>') => {}
            (None, b'|' | b'&' | b';' | b'\n') => {
                let double = next == Some(byte) || (byte == b'|' && next == Some(b'&'));
                return Some(at..at + 1 + usize::from(double));
            }
            _ => {}
        }
        at += 1;
    }
    None
}

/// `curl|wget:*` as one rule for each command.
fn alternatives(tool: &str, inner: &str) -> Option<Repair> {
    let (head, suffix) = inner
        .strip_suffix(":*")
        .map(|head| (head, ":*"))
        .or_else(|| inner.strip_suffix(" *").map(|head| (head, " *")))
        .unwrap_or((inner, ""));
    let words: Vec<&str> = head.split('|').collect();
    let is_word = |word: &&str| {
        !word.is_empty()
            && word.bytes().all(|byte| {
                byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'/')
            })
    };
    if words.len() < 2 || words.len() > 64 || !words.iter().all(is_word) {
        return None;
    }
    let rules = words
        .iter()
        .map(|word| format!("{tool}({word}{suffix})"))
        .collect();
    Some(Repair { rules })
}

/// What only a regular expression would mean.
fn regex(inner: &str) -> Option<std::ops::Range<usize>> {
    if inner.starts_with('^') {
        return Some(0..1);
    }
    for escape in ["\\b", "\\s", "\\d", "\\w"] {
        if let Some(at) = inner.find(escape) {
            return Some(at..at + 2);
        }
    }
    if let Some(at) = inner.find(".*")
        && at > 0
        && !inner
            .get(..at)
            .is_some_and(|head| head.ends_with([' ', '/', '*', '"', '\'', '=']))
        && inner.len() > at + 2
        && !inner
            .get(at + 2..)
            .is_some_and(|rest| rest.starts_with([' ', '/', '*', '.', '"', '\'']))
    {
        return Some(at..at + 2);
    }
    let open = inner.find('{')?;
    let close = open + inner.get(open..)?.find('}')?;
    let braces = inner.get(open + 1..close)?;
    let lists = braces.contains(',') && !braces.contains([' ', '"', '\'', ':']);
    lists.then_some(open..close + 1)
}

fn path(tool: &str, inner: &str, content: Span) -> Option<Problem> {
    let start = content.range().start;
    if inner.trim() != inner {
        return Some(Problem {
            kind: ProblemKind::OuterBlank,
            span: content,
            repair: Some(one(format!("{tool}({})", inner.trim()))),
        });
    }
    if !inner.starts_with('/') || inner.starts_with("//") {
        return None;
    }
    let pattern = PathRule::new(inner);
    let folder = pattern.parts().next()?;
    if !ROOTS.contains(&folder) {
        return None;
    }
    Some(Problem {
        kind: ProblemKind::RootedPath {
            folder: folder.into(),
        },
        span: Span::of(start..start + 1),
        repair: Some(one(format!("{tool}(/{inner})"))),
    })
}
