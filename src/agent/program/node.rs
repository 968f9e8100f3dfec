//! npm and its kin, `npx`, and Node.js itself.

use crate::claude::catalog::packages;
use crate::shell::Dialect;
use crate::source::Traced;

use super::launch::{claude, is_claude, operands, read};
use super::{Arg, Certainty, Language, Program, delegate};

/// `npx` and its kin: options, a package, its arguments.
pub(super) fn package(words: &[Arg]) -> Option<Program> {
    let mut version = None;
    let mut index = 0;
    while let Some(word) = words.get(index) {
        let text = word.as_str();
        match text {
            "-p" | "--package" => {
                let package = words.get(index + 1)?.as_str();
                if packages::is_cli_package(package) {
                    version = packages::package_version(package).map(str::to_owned);
                }
                index += 2;
            }
            "-c" | "--call" => {
                return Some(Program::Shell {
                    text: words.get(index + 1)?.text.clone(),
                    dialect: Dialect::Bash,
                    arguments: Vec::new(),
                });
            }
            "--prefix" | "-w" | "--workspace" => index += 2,
            _ if text.starts_with('-') => index += 1,
            _ => break,
        }
    }
    let rest = words.get(index..)?;
    let (first, mut arguments) = rest.split_first()?;
    let text = first.as_str();
    if packages::is_cli_package(text) {
        if arguments.first().is_some_and(|word| word.as_str() == "--") {
            arguments = arguments.get(1..).unwrap_or_default();
        }
        let version = packages::package_version(text).map(str::to_owned);
        return Some(claude(first, arguments, version, Certainty::Written));
    }
    if let Some(program) = delegate::by_package(text, arguments) {
        return Some(program);
    }
    match read(rest)? {
        Program::Claude(mut start) => {
            start.version = start.version.or(version);
            Some(Program::Claude(start))
        }
        program @ (Program::CodeFile { .. }
        | Program::PackageScript { .. }
        | Program::Shell { .. }
        | Program::ShellFile { .. }) => Some(program),
        _ => None,
    }
}

pub(super) fn node_manager(manager: &str, words: &[Arg]) -> Option<Program> {
    let valued: &[&str] = &[
        "--prefix",
        "-C",
        "--dir",
        "--cwd",
        "--filter",
        "-F",
        "--workspace",
        "-w",
        "--loglevel",
    ];
    let mut directory = None;
    for (index, word) in words.iter().enumerate() {
        let text = word.as_str();
        if text == "--" {
            break;
        }
        if matches!(text, "--prefix" | "-C" | "--dir" | "--cwd") {
            directory = words.get(index + 1).map(|word| word.text.clone());
        }
        let inline = ["--prefix=", "--dir=", "--cwd="]
            .iter()
            .find(|prefix| text.starts_with(**prefix));
        if let Some(prefix) = inline {
            directory = Some(word.text.slice(prefix.len()..text.len()));
        }
    }
    let rest = operands(words, valued);
    let (verb, behind) = rest.split_first()?;
    let script = |words: &[Arg]| {
        let words = operands(words, valued);
        let (name, mut arguments) = words.split_first()?;
        if arguments.first().is_some_and(|word| word.as_str() == "--") {
            arguments = arguments.get(1..).unwrap_or_default();
        }
        Some(Program::PackageScript {
            name: name.text.clone(),
            directory: directory.clone(),
            arguments: arguments.to_vec(),
        })
    };
    match (manager, verb.as_str()) {
        ("yarn", "workspace") => script(behind.get(1..)?),
        ("bun", "run") => {
            let operand = operands(behind, valued);
            let first = operand.first()?;
            if is_code(first.as_str()) {
                return Some(code_file(Language::JavaScript, first));
            }
            script(behind)
        }
        ("bun", text) if is_code(text) => Some(code_file(Language::JavaScript, verb)),
        ("bun", "x") | ("npm", "exec" | "x") | ("pnpm" | "yarn", "dlx" | "exec") => package(behind),
        (_, "run" | "run-script") => script(behind),
        ("npm", "test" | "t" | "tst") => script_named(verb, "test", directory, behind),
        ("npm", "start" | "stop" | "restart") => script(rest),
        (_, "ci" | "install" | "i") => script_named(verb, "postinstall", directory, &[]),
        ("npm", _) => None,
        (_, verb) if MANAGER_VERBS.contains(&verb) => None,
        // pnpm, yarn and bun run a script by its bare name.
        _ => script(rest),
    }
}

/// Verbs of pnpm, yarn and bun that are no scripts.
static MANAGER_VERBS: &[&str] = &[
    "add",
    "audit",
    "cache",
    "config",
    "create",
    "deploy",
    "dedupe",
    "fetch",
    "global",
    "import",
    "info",
    "init",
    "link",
    "list",
    "login",
    "ls",
    "outdated",
    "pack",
    "patch",
    "pm",
    "prune",
    "publish",
    "rebuild",
    "remove",
    "rm",
    "self-update",
    "set",
    "setup",
    "store",
    "unlink",
    "up",
    "update",
    "upgrade",
    "version",
    "view",
    "why",
    "workspaces",
    "recursive",
    "approve-builds",
    "env",
];

pub(super) fn script_named(
    verb: &Arg,
    name: &str,
    directory: Option<Traced>,
    behind: &[Arg],
) -> Option<Program> {
    let place = verb.text.location()?;
    let arguments = behind
        .iter()
        .filter(|word| word.as_str() != "--")
        .cloned()
        .collect();
    Some(Program::PackageScript {
        name: Traced::synthetic(name, &place),
        directory,
        arguments,
    })
}

pub(super) fn is_code(text: &str) -> bool {
    [".js", ".mjs", ".cjs", ".ts", ".mts", ".cts", ".tsx", ".jsx"]
        .iter()
        .any(|ending| text.ends_with(ending))
}

pub(super) fn code_file(language: Language, word: &Arg) -> Program {
    Program::CodeFile {
        language,
        path: word.text.clone(),
    }
}

pub(super) fn javascript(words: &[Arg]) -> Option<Program> {
    let mut index = 0;
    while let Some(word) = words.get(index) {
        let text = word.as_str();
        match text {
            "-e" | "--eval" | "-p" | "--print" | "eval" => {
                return Some(Program::Code(
                    Language::JavaScript,
                    words.get(index + 1)?.text.clone(),
                ));
            }
            "-" => return Some(Program::CodeInput(Language::JavaScript)),
            "run" | "watch" => index += 1,
            "-r" | "--require" | "--import" | "--loader" | "--env-file" | "--tsconfig" | "-C"
            | "--conditions" => {
                index += 2;
            }
            _ if text.starts_with('-') => index += 1,
            _ => break,
        }
    }
    let Some((first, arguments)) = words.get(index..).and_then(<[Arg]>::split_first) else {
        return Some(Program::CodeInput(Language::JavaScript));
    };
    let text = first.as_str();
    let is_cli = text.ends_with("claude-code/cli.js") || text.ends_with("claude-code/cli.mjs");
    if is_cli || is_claude(first).is_some() {
        return Some(claude(first, arguments, None, Certainty::Written));
    }
    if !first.is_known()
        && let Some(program) = delegate::behind_harness(arguments)
    {
        return Some(program);
    }
    Some(code_file(Language::JavaScript, first))
}
