//! Commands that launch a program named by their words: shells, interpreters, package runners, task tools.

use crate::shell::Dialect;
use crate::source::Traced;

use super::node::{javascript, node_manager, package};
use super::python::{is_python, python, python_runner};
use super::task::{just, make, taskfile};
use super::{Arg, Certainty, ClaudeStart, Program, Sharing, base_name};

/// What the words launch; nothing where the first word is no launcher that is known.
pub(super) fn read(words: &[Arg]) -> Option<Program> {
    let (first, rest) = words.split_first()?;
    if let Some(certainty) = is_claude(first) {
        return Some(claude(first, rest, None, certainty));
    }
    let text = first.as_str();
    match base_name(text) {
        "bash" | "sh" | "zsh" | "dash" | "ash" | "ksh" => shell(rest),
        "pwsh" | "powershell" => powershell(rest),
        "expect" => expect(rest),
        "env" => split_string(rest),
        // Without `-c` the user's shell reads its commands from standard input.
        "su" if !rest
            .iter()
            .any(|word| matches!(word.as_str(), "-c" | "--command")) =>
        {
            Some(Program::ShellInput(Dialect::Bash))
        }
        "turbo" | "lerna" | "nx" => node_manager("turbo", rest),
        name if name.eq_ignore_ascii_case("start-process") => start_process(rest),
        "find" => find_exec(rest),
        "source" | "." => rest.first().map(|path| Program::ShellFile {
            path: path.text.clone(),
            arguments: rest.iter().skip(1).cloned().collect(),
            variables: Sharing::Shared,
        }),
        "eval" => Some(Program::Shell {
            text: join(rest),
            dialect: Dialect::Bash,
            arguments: Vec::new(),
        }),
        "npx" | "bunx" | "pnpx" => package(rest),
        "npm" | "pnpm" | "yarn" | "bun" => node_manager(base_name(text), rest),
        "node" | "nodejs" | "deno" | "tsx" | "ts-node" | "esno" => javascript(rest),
        name if is_python(name) => python(rest),
        "uv" | "poetry" | "pipenv" | "pdm" | "rye" | "hatch" => python_runner(rest),
        "make" | "gmake" => Some(make(rest)),
        "just" => Some(just(rest)),
        "task" | "go-task" => Some(taskfile(rest)),
        _ if is_path(text) => Some(Program::File {
            path: first.text.clone(),
            arguments: rest.to_vec(),
        }),
        _ => None,
    }
}

pub(super) fn claude(
    first: &Arg,
    rest: &[Arg],
    version: Option<String>,
    certainty: Certainty,
) -> Program {
    Program::Claude(ClaudeStart {
        program: first.text.clone(),
        arguments: rest.to_vec(),
        version,
        certainty,
    })
}

/// Whether a word names Claude Code: `claude` in any folder, or a variable that is named after its program.
pub(super) fn is_claude(word: &Arg) -> Option<Certainty> {
    let text = word.as_str();
    if word.is_known() {
        return (base_name(text) == "claude" && !text.ends_with('/')).then_some(Certainty::Written);
    }
    if text.ends_with("/claude") {
        return Some(Certainty::Written);
    }
    let [hole] = word.text.holes() else {
        return None;
    };
    let name: String = hole
        .source
        .chars()
        .filter(|c| c.is_ascii_alphanumeric() || *c == '_')
        .collect::<String>()
        .to_ascii_lowercase();
    let whole = hole.span.range() == (0..text.len());
    let looked_up = ["command -v claude", "which claude", "type -P claude"]
        .iter()
        .any(|way| hole.source.contains(way));
    if whole && looked_up {
        return Some(Certainty::Written);
    }
    let named = [
        "claude",
        "claudebin",
        "claudecmd",
        "claudepath",
        "claudeexe",
        "claudecli",
        "claudecode",
        "claudecodebin",
    ]
    .contains(
        &name
            .replace('_', "")
            .trim_start_matches("env")
            .trim_start_matches("inputs"),
    );
    (whole && named).then_some(Certainty::ByName)
}

fn is_path(text: &str) -> bool {
    let script = [
        ".sh", ".bash", ".zsh", ".py", ".js", ".mjs", ".cjs", ".ts", ".ps1",
    ];
    text.contains('/') || script.iter().any(|ending| text.ends_with(ending))
}

fn join(words: &[Arg]) -> Traced {
    let mut text = Traced::default();
    for word in words {
        if !text.is_empty()
            && let Some(place) = word.text.location()
        {
            text.push_decoded(" ", &place.file, crate::source::Span::at(place.span.start));
        }
        text.push(&word.text);
    }
    text
}

/// Passes over options; `valued` ones take the next word with them. Returns the rest from the first operand on.
pub(super) fn operands<'a>(words: &'a [Arg], valued: &[&str]) -> &'a [Arg] {
    let mut index = 0;
    while let Some(word) = words.get(index) {
        let text = word.as_str();
        if text == "--" {
            index += 1;
            break;
        }
        if !text.starts_with('-') || text == "-" {
            break;
        }
        index += if valued.contains(&text) { 2 } else { 1 };
    }
    words.get(index..).unwrap_or_default()
}

fn shell(words: &[Arg]) -> Option<Program> {
    let mut index = 0;
    while let Some(word) = words.get(index) {
        let text = word.as_str();
        // `-` is standard input.
        if text == "-" {
            break;
        }
        let is_option = (text.starts_with('-') || text.starts_with('+')) && text.len() > 1;
        if !is_option {
            return Some(Program::ShellFile {
                path: word.text.clone(),
                arguments: words.get(index + 1..).unwrap_or_default().to_vec(),
                variables: Sharing::Own,
            });
        }
        if text == "--" {
            index += 1;
            continue;
        }
        // `-c` may be joined with other letters: `-lc`, `-exc`.
        let bundle = text.strip_prefix('-').filter(|rest| !rest.starts_with('-'));
        if bundle.is_some_and(|letters| letters.contains('c')) {
            // Options may stand between `-c` and its text, and `-o` takes a word of its own: `-euo pipefail -c`.
            let mut text_at = index + 1 + usize::from(text.ends_with('o'));
            while words.get(text_at)?.as_str().starts_with('-') {
                text_at += 1;
            }
            return Some(Program::Shell {
                text: words.get(text_at)?.text.clone(),
                dialect: Dialect::Bash,
                arguments: words.get(text_at + 2..).unwrap_or_default().to_vec(),
            });
        }
        if text == "-s" {
            return Some(Program::ShellInput(Dialect::Bash));
        }
        // `-o` may end a bundle: `-euo pipefail`.
        let bundled = !text.starts_with("--") && text.ends_with(['o', 'O']);
        let valued = bundled || matches!(text, "--rcfile" | "--init-file");
        index += if valued { 2 } else { 1 };
    }
    Some(Program::ShellInput(Dialect::Bash))
}

/// `env -S "command"`
fn split_string(words: &[Arg]) -> Option<Program> {
    let is_option = |word: &Arg| matches!(word.as_str(), "-S" | "--split-string");
    let at = words.iter().position(is_option)?;
    Some(Program::Shell {
        text: words.get(at + 1)?.text.clone(),
        dialect: Dialect::Bash,
        arguments: Vec::new(),
    })
}

/// `expect` speaks Tcl, but the lines that matter here (`spawn claude …`) are words as a shell has them.
fn expect(words: &[Arg]) -> Option<Program> {
    let command = words.iter().position(|word| word.as_str() == "-c");
    if let Some(text) = command.and_then(|at| words.get(at + 1)) {
        return Some(Program::Shell {
            text: text.text.clone(),
            dialect: Dialect::Bash,
            arguments: Vec::new(),
        });
    }
    shell(words)
}

/// `Start-Process -FilePath claude -ArgumentList '-p', 'x'`
fn start_process(words: &[Arg]) -> Option<Program> {
    let value = |name: &str| {
        words
            .iter()
            .position(|word| word.as_str().eq_ignore_ascii_case(name))
    };
    let program = match value("-FilePath") {
        Some(at) => words.get(at + 1)?,
        None => words.iter().find(|word| !word.as_str().starts_with('-'))?,
    };
    let list = value("-ArgumentList")
        .or_else(|| value("-Args"))
        .and_then(|at| words.get(at + 1..))
        .unwrap_or_default();
    let mut argv = vec![program.clone()];
    for word in list {
        let text = word.as_str().trim_matches(',');
        let start = word.as_str().find(text).unwrap_or_default();
        if !text.is_empty() {
            argv.push(Arg::word(word.text.slice(start..start + text.len())));
        }
    }
    read(&argv)
}

/// `find … -exec command {} \;`
fn find_exec(words: &[Arg]) -> Option<Program> {
    let at = words
        .iter()
        .position(|word| matches!(word.as_str(), "-exec" | "-execdir" | "-ok" | "-okdir"))?;
    let command = words.get(at + 1..)?;
    let end = command
        .iter()
        .position(|word| matches!(word.as_str(), ";" | "+"))
        .unwrap_or(command.len());
    let mut command = command.get(..end)?;
    while let Some(peeled) = super::wrapper::peel(command) {
        command = peeled.rest;
    }
    read(command)
}

fn powershell(words: &[Arg]) -> Option<Program> {
    for (index, word) in words.iter().enumerate() {
        let option = word.as_str().to_ascii_lowercase();
        let rest = words.get(index + 1..).unwrap_or_default();
        match option.as_str() {
            "-command" | "-c" => {
                return Some(Program::Shell {
                    text: join(rest),
                    dialect: Dialect::PowerShell,
                    arguments: Vec::new(),
                });
            }
            "-file" | "-f" => {
                let (path, arguments) = rest.split_first()?;
                return Some(Program::File {
                    path: path.text.clone(),
                    arguments: arguments.to_vec(),
                });
            }
            _ if !option.starts_with('-') && option.ends_with(".ps1") => {
                return Some(Program::File {
                    path: word.text.clone(),
                    arguments: rest.to_vec(),
                });
            }
            _ => {}
        }
    }
    None
}
