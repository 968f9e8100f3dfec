//! Programs in Python, JavaScript and TypeScript that start Claude: by the Agent SDK or as a child process.
//!
//! Read token by token, not parsed: comments are passed over, text literals keep their places. What is looked for
//! is narrow: an import of the SDK with a call of its entry, options by their names, and argument lists whose
//! first text is `claude`. Source of the names: the SDK references (`permission_mode`, `permissionMode`),
//! `facts/claude-code.md` §1.5.

use std::collections::HashMap;

use crate::agent::program::Language;
use crate::claude::catalog::flags;
use crate::claude::catalog::packages::{JS_SDK_PACKAGES, PYTHON_SDK_MODULES};
use crate::claude::command_line::{CommandLine, Given};
use crate::source::{Hole, Traced};

/// A start of Claude in a program.
#[derive(Debug)]
pub enum CodeStart {
    /// The Agent SDK is called.
    Sdk {
        /// The entry that is called.
        call: Traced,
        /// Its options, as the flags that they stand for.
        options: CommandLine,
    },
    /// A child process with these words.
    Argv(Vec<Traced>),
    /// A child process whose command is a text for a shell.
    Shell(Traced),
}

/// Options of the SDK and the flags that they stand for.
static OPTIONS: &[(&str, &str)] = &[
    ("permission_mode", "--permission-mode"),
    ("permissionMode", "--permission-mode"),
    ("allowed_tools", "--allowedTools"),
    ("allowedTools", "--allowedTools"),
    ("disallowed_tools", "--disallowedTools"),
    ("disallowedTools", "--disallowedTools"),
    ("tools", "--tools"),
    ("max_turns", "--max-turns"),
    ("maxTurns", "--max-turns"),
    ("max_budget_usd", "--max-budget-usd"),
    ("maxBudgetUsd", "--max-budget-usd"),
    ("setting_sources", "--setting-sources"),
    ("settingSources", "--setting-sources"),
    ("settings", "--settings"),
    ("strictMcpConfig", "--strict-mcp-config"),
    ("strict_mcp_config", "--strict-mcp-config"),
];

/// Functions that start a process from a text.
static RUNNERS: &[&str] = &[
    "run",
    "Popen",
    "call",
    "check_call",
    "check_output",
    "system",
    "popen",
    "exec",
    "execSync",
    "spawn",
    "spawnSync",
    "execFile",
    "execFileSync",
    "execa",
    "execaSync",
    "execaCommand",
    "$",
    "getoutput",
    "getstatusoutput",
    "create_subprocess_shell",
    "create_subprocess_exec",
];

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Kind {
    Name,
    Text,
    Number,
    Mark(char),
}

struct Token {
    kind: Kind,
    text: Traced,
}

/// The starts in a program.
pub fn starts(program: &Traced, language: Language) -> Vec<CodeStart> {
    // Most programs have nothing to do with Claude; a look for the word costs less than reading tokens.
    if memchr::memmem::find(program.text().as_bytes(), b"claude").is_none() {
        return Vec::new();
    }
    let tokens = tokens(program, language);
    let lists = lists(&tokens);
    let texts = texts(&tokens);
    let mut found = Vec::new();
    found.extend(sdk(&tokens, language, &texts));
    for (index, token) in tokens.iter().enumerate() {
        let is_runner = token.kind == Kind::Name && RUNNERS.contains(&token.text.text());
        let Some(next) = tokens.get(index + 1).filter(|_| is_runner) else {
            continue;
        };
        // `$`claude …`` has no parenthesis.
        let first = if next.kind == Kind::Text {
            index + 1
        } else {
            index + 2
        };
        if next.kind != Kind::Text && next.kind != Kind::Mark('(') {
            continue;
        }
        found.extend(started(&tokens, first, &lists, &texts));
    }
    found
}

/// What a call that starts a process is given, from its first argument on.
fn started(
    tokens: &[Token],
    first: usize,
    lists: &HashMap<String, Vec<Traced>>,
    texts: &HashMap<String, Traced>,
) -> Option<CodeStart> {
    let mut first = first;
    // `args=[…]`
    let is_keyword = tokens
        .get(first + 1)
        .is_some_and(|token| token.kind == Kind::Mark('='));
    if is_keyword {
        first += 2;
    }
    let token = tokens.get(first)?;
    let words = match token.kind {
        Kind::Mark('[') => argv(tokens, first + 1, lists),
        Kind::Text if token.text.text().trim().contains(' ') => return shell_text(&token.text),
        Kind::Text => argv(tokens, first, lists),
        Kind::Name if token.text.text() == "shlex" => {
            let text = tokens
                .iter()
                .skip(first)
                .find(|token| token.kind == Kind::Text)?;
            return shell_text(&text.text);
        }
        Kind::Name => match (lists.get(token.text.text()), texts.get(token.text.text())) {
            (Some(list), _) => list.clone(),
            (None, Some(text)) => return shell_text(text),
            (None, None) => return None,
        },
        _ => return None,
    };
    let names_claude = words.iter().any(|word| word.text().contains("claude"));
    names_claude.then_some(CodeStart::Argv(words))
}

fn shell_text(text: &Traced) -> Option<CodeStart> {
    let named = text.text().contains("claude");
    named.then(|| CodeStart::Shell(text.clone()))
}

/// Texts by the name that holds them: `const command = `claude …``.
fn texts(tokens: &[Token]) -> HashMap<String, Traced> {
    let mut texts = HashMap::new();
    for three in tokens.windows(3) {
        if let [name, assign, value] = three
            && (name.kind, assign.kind, value.kind) == (Kind::Name, Kind::Mark('='), Kind::Text)
        {
            texts.insert(name.text.text().to_owned(), value.text.clone());
        }
    }
    texts
}

/// The texts from `first` on, up to the end of the list; anything that is no text becomes a hole. In
/// `spawn("claude", [ … ])` the list behind the program is read on.
fn argv(tokens: &[Token], first: usize, lists: &HashMap<String, Vec<Traced>>) -> Vec<Traced> {
    let mut words = Vec::new();
    let mut depth = 0;
    for token in tokens.iter().skip(first) {
        match token.kind {
            Kind::Text | Kind::Number => words.push(token.text.clone()),
            Kind::Mark('[' | '(' | '{') => depth += 1,
            Kind::Mark(']' | ')' | '}') if depth == 0 => break,
            Kind::Mark(']' | ')' | '}') => {
                depth -= 1;
                if depth == 0 && words.len() > 1 {
                    break;
                }
            }
            Kind::Name => {
                if let Some(list) = lists.get(token.text.text()) {
                    words.extend(list.iter().cloned());
                } else if let Some(place) = token.text.location() {
                    let stand_in = Hole::stand_in(token.text.len());
                    words.push(Traced::hole(&stand_in, token.text.text(), &place));
                }
            }
            Kind::Mark(_) => {}
        }
    }
    words
}

/// Lists of texts by the name that holds them, with what is added later: `args = ["-p"]`, `args += ["x"]`,
/// `args.push("x")`.
fn lists(tokens: &[Token]) -> HashMap<String, Vec<Traced>> {
    let mut lists: HashMap<String, Vec<Traced>> = HashMap::new();
    for (index, token) in tokens.iter().enumerate() {
        let mark = |offset: usize| match tokens.get(index + offset).map(|token| token.kind) {
            Some(Kind::Mark(mark)) => mark,
            _ => ' ',
        };
        if token.kind != Kind::Name {
            continue;
        }
        let called = tokens
            .get(index + 2)
            .map(|token| token.text.text())
            .unwrap_or_default();
        let adds = matches!(called, "push" | "append" | "extend" | "concat")
            && mark(1) == '.'
            && mark(3) == '(';
        let start = if mark(1) == '=' && mark(2) == '[' {
            lists.remove(token.text.text());
            index + 3
        } else if adds || (mark(1) == '+' && mark(2) == '=' && mark(3) == '[') {
            index + 4
        } else {
            continue;
        };
        let items = tokens
            .iter()
            .skip(start)
            .take_while(|token| !matches!(token.kind, Kind::Mark(']' | ')' | ';')));
        let texts = items
            .filter(|token| token.kind == Kind::Text)
            .map(|token| token.text.clone());
        lists
            .entry(token.text.text().to_owned())
            .or_default()
            .extend(texts);
    }
    lists
}

fn sdk(tokens: &[Token], language: Language, texts: &HashMap<String, Traced>) -> Option<CodeStart> {
    let imports = tokens.iter().any(|token| match language {
        Language::Python => {
            token.kind == Kind::Name && PYTHON_SDK_MODULES.contains(&token.text.text())
        }
        Language::JavaScript => {
            token.kind == Kind::Text && JS_SDK_PACKAGES.contains(&token.text.text())
        }
    });
    if !imports {
        return None;
    }
    let call = tokens.windows(2).find_map(|pair| match pair {
        [name, open] => {
            let is_entry =
                name.kind == Kind::Name && matches!(name.text.text(), "query" | "ClaudeSDKClient");
            (is_entry && open.kind == Kind::Mark('(')).then(|| name.text.clone())
        }
        _ => None,
    })?;
    let mut options = CommandLine::default();
    for (index, token) in tokens.iter().enumerate() {
        let name = token.text.text();
        if token.kind == Kind::Text
            && name.trim_start_matches('-') == "dangerously-skip-permissions"
        {
            options.flags.push(Given {
                flag: flags::find("--dangerously-skip-permissions"),
                name: token.text.clone(),
                values: Vec::new(),
            });
        }
        let Some((_, flag)) = OPTIONS.iter().find(|(option, _)| *option == name) else {
            continue;
        };
        let assigned = matches!(
            tokens.get(index + 1).map(|next| next.kind),
            Some(Kind::Mark('=' | ':'))
        );
        if assigned && matches!(token.kind, Kind::Name | Kind::Text) {
            options.flags.push(Given {
                flag: flags::find(flag),
                name: token.text.clone(),
                values: values(tokens, index + 2, texts),
            });
        }
    }
    // Several calls share one start; the one in bypass mode decides, so that its option stands last.
    let bypasses = |given: &Given| {
        given
            .values
            .iter()
            .any(|value| value.text() == "bypassPermissions")
    };
    options.flags.sort_by_key(bypasses);
    Some(CodeStart::Sdk { call, options })
}

/// The value of an option: one text or number, or the texts of a list.
fn values(tokens: &[Token], at: usize, texts: &HashMap<String, Traced>) -> Vec<Traced> {
    // Of several values (`mode || "bypassPermissions"`) the one that spells bypass counts.
    let ends = |token: &&Token| !matches!(token.kind, Kind::Mark(',' | ')' | '}' | ';'));
    let spelt = tokens.iter().skip(at).take_while(ends);
    let named = spelt.filter_map(|token| match token.kind {
        Kind::Text => Some(&token.text),
        Kind::Name => texts.get(token.text.text()),
        _ => None,
    });
    let named: Vec<&Traced> = named.collect();
    if let Some(bypass) = named.iter().find(|text| text.text() == "bypassPermissions") {
        return vec![(*bypass).clone()];
    }
    let Some(first) = tokens.get(at) else {
        return Vec::new();
    };
    match first.kind {
        Kind::Text | Kind::Number => vec![first.text.clone()],
        Kind::Mark('[') => {
            let list = tokens
                .iter()
                .skip(at + 1)
                .take_while(|token| token.kind != Kind::Mark(']'));
            list.filter(|token| token.kind == Kind::Text)
                .map(|token| token.text.clone())
                .collect()
        }
        Kind::Name if texts.contains_key(first.text.text()) => {
            texts.get(first.text.text()).cloned().into_iter().collect()
        }
        Kind::Name => {
            let hole = first.text.location().map(|place| {
                Traced::hole(&Hole::stand_in(first.text.len()), first.text.text(), &place)
            });
            hole.into_iter().collect()
        }
        Kind::Mark(_) => Vec::new(),
    }
}

fn tokens(program: &Traced, language: Language) -> Vec<Token> {
    let text = program.text();
    let bytes = text.as_bytes();
    let mut tokens = Vec::new();
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        let rest = text.get(at..).unwrap_or_default();
        let comment = match language {
            Language::Python => byte == b'#',
            Language::JavaScript => rest.starts_with("//") || (at == 0 && rest.starts_with("#!")),
        };
        if comment {
            at += rest.find('\n').unwrap_or(rest.len());
            continue;
        }
        if language == Language::JavaScript && rest.starts_with("/*") {
            at += rest.find("*/").map_or(rest.len(), |end| end + 2);
            continue;
        }
        let quote = match byte {
            b'"' | b'\'' => Some(char::from(byte)),
            b'`' if language == Language::JavaScript => Some('`'),
            _ => None,
        };
        if let Some(quote) = quote {
            let (token, end) = text_literal(program, at, quote, language);
            tokens.push(token);
            at = end;
            continue;
        }
        let name = rest
            .find(|c: char| !(c.is_alphanumeric() || c == '_' || c == '$'))
            .unwrap_or(rest.len());
        if name > 0 {
            let kind = if byte.is_ascii_digit() {
                Kind::Number
            } else {
                Kind::Name
            };
            // Prefixes of Python's text literals (`f"…"`) are no names.
            let is_prefix = language == Language::Python
                && name <= 2
                && matches!(bytes.get(at + name), Some(b'"' | b'\''));
            if !is_prefix {
                tokens.push(Token {
                    kind,
                    text: program.slice(at..at + name),
                });
            }
            at += name;
            continue;
        }
        let Some(c) = rest.chars().next() else { break };
        if !c.is_whitespace() {
            tokens.push(Token {
                kind: Kind::Mark(c),
                text: program.slice(at..at + c.len_utf8()),
            });
        }
        at += c.len_utf8();
    }
    tokens
}

/// Reads a text literal that opens at `start`. Insertions (`${x}`, `{x}` of an f-string) become holes; the simple
/// escapes are kept as written, which is enough for words of a command.
fn text_literal(program: &Traced, start: usize, quote: char, language: Language) -> (Token, usize) {
    let text = program.text();
    let rest = text.get(start..).unwrap_or_default();
    let triple: String = std::iter::repeat_n(quote, 3).collect();
    let fence = if language == Language::Python && rest.starts_with(&triple) {
        triple
    } else {
        quote.to_string()
    };
    let formatted = match language {
        Language::Python => text
            .get(..start)
            .is_some_and(|before| before.ends_with(['f', 'F'])),
        Language::JavaScript => quote == '`',
    };
    let mut value = Traced::default();
    let mut at = start + fence.len();
    let mut copied = at;
    loop {
        let rest = text.get(at..).unwrap_or_default();
        let Some(c) = rest.chars().next() else { break };
        if rest.starts_with(&fence) || (c == '\n' && fence.len() == 1 && quote != '`') {
            break;
        }
        if c == '\\' {
            let escaped = rest.chars().nth(1).map_or(0, char::len_utf8);
            if rest.get(1..1 + escaped) == Some("\n") {
                value.push_range(program, copied..at);
                copied = at + 2;
            }
            at += 1 + escaped;
            continue;
        }
        let opens = match language {
            Language::Python => c == '{' && !rest.starts_with("{{"),
            Language::JavaScript => rest.starts_with("${"),
        };
        if formatted && opens {
            value.push_range(program, copied..at);
            let length = rest.find('}').map_or(rest.len(), |end| end + 1);
            if let Some(place) = program.locate(at..at + length) {
                let written = rest.get(..length).unwrap_or_default();
                value.push(&Traced::hole(&Hole::stand_in(length), written, &place));
            }
            at += length;
            copied = at;
            continue;
        }
        at += c.len_utf8();
    }
    value.push_range(program, copied..at);
    let end = if text.get(at..).is_some_and(|rest| rest.starts_with(&fence)) {
        at + fence.len()
    } else {
        at.max(start + 1)
    };
    (
        Token {
            kind: Kind::Text,
            text: value,
        },
        end,
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::claude::catalog::flags::Meaning;
    use crate::source::{SourceFile, Span};

    fn read(text: &str, language: Language) -> Vec<CodeStart> {
        let file = SourceFile::new("p", text);
        starts(&Traced::of_file(&file, Span::of(0..text.len())), language)
    }

    #[test]
    fn the_python_sdk_with_its_options() {
        let text = "from claude_agent_sdk import query, ClaudeAgentOptions\n# permission_mode=\"plan\"\noptions = ClaudeAgentOptions(\n    permission_mode=\"bypassPermissions\", allowed_tools=['Read', \"Bash\"], max_turns=5)\nasync for m in query(prompt=f\"fix {x}\", options=options): pass\n";
        let found = read(text, Language::Python);
        let [CodeStart::Sdk { call, options }] = found.as_slice() else {
            panic!("{found:?}")
        };
        assert_eq!(call.text(), "query");
        let mode = options.value(Meaning::PermissionMode).unwrap();
        assert_eq!(mode.text(), "bypassPermissions");
        assert_eq!(mode.location().unwrap().start().line, 4);
        assert_eq!(options.tool_list(Meaning::AllowedTools).len(), 2);
        assert_eq!(
            options.value(Meaning::MaxTurns).map(Traced::text),
            Some("5")
        );
    }

    #[test]
    fn the_javascript_sdk_with_its_options() {
        let text = "import { query } from '@anthropic-ai/claude-agent-sdk';\n// permissionMode: 'plan'\nfor await (const m of query({ prompt: `x ${y}`, options: { permissionMode: 'bypassPermissions' } })) {}\n";
        let found = read(text, Language::JavaScript);
        let [CodeStart::Sdk { options, .. }] = found.as_slice() else {
            panic!("{found:?}")
        };
        assert_eq!(
            options.value(Meaning::PermissionMode).map(Traced::text),
            Some("bypassPermissions")
        );
    }

    #[test]
    fn child_processes_are_argument_lists_or_shell_texts() {
        let python = "import subprocess, os\nsubprocess.run([\"claude\", \"-p\", prompt, \"--dangerously-skip-permissions\"])\nos.system('claude -p x')\nprint('claude -p y')\n";
        let found = read(python, Language::Python);
        let [CodeStart::Argv(words), CodeStart::Shell(text)] = found.as_slice() else {
            panic!("{found:?}")
        };
        assert_eq!(words.len(), 4);
        assert!(!words[2].is_known());
        assert_eq!(text.text(), "claude -p x");
        let script = "spawnSync('claude', ['-p', 'x', '--verbose'], { cwd: d });\nexecSync(`claude -p ${p}`);\n";
        let found = read(script, Language::JavaScript);
        let [CodeStart::Argv(words), CodeStart::Shell(_)] = found.as_slice() else {
            panic!("{found:?}")
        };
        assert_eq!(
            words.iter().map(Traced::text).collect::<Vec<_>>(),
            ["claude", "-p", "x", "--verbose"]
        );
    }

    #[test]
    fn text_about_claude_is_no_start() {
        let text = "MODEL = 'claude-sonnet-4'\nx = {'claude': 1}\nlog('run claude -p --dangerously-skip-permissions')\n# subprocess.run(['claude'])\n";
        assert!(read(text, Language::Python).is_empty());
    }
}
