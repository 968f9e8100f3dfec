//! Commands that launch a program named by their words: shells, interpreters, package runners, task tools.

use crate::claude::catalog::packages;
use crate::shell::Dialect;
use crate::source::Traced;

use super::{
    Arg, Certainty, ClaudeStart, Language, Program, Sharing, TaskTool, assignment, base_name,
};

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

fn claude(first: &Arg, rest: &[Arg], version: Option<String>, certainty: Certainty) -> Program {
    Program::Claude(ClaudeStart {
        program: first.text.clone(),
        arguments: rest.to_vec(),
        version,
        certainty,
    })
}

/// Whether a word names Claude Code: `claude` in any folder, or a variable that is named after its program.
fn is_claude(word: &Arg) -> Option<Certainty> {
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
    let looked_up = ["command -v claude", "which claude", "type -P claude"].iter().any(|way| hole.source.contains(way));
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
fn operands<'a>(words: &'a [Arg], valued: &[&str]) -> &'a [Arg] {
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
    let value = |name: &str| words.iter().position(|word| word.as_str().eq_ignore_ascii_case(name));
    let program = match value("-FilePath") {
        Some(at) => words.get(at + 1)?,
        None => words.iter().find(|word| !word.as_str().starts_with('-'))?,
    };
    let list = value("-ArgumentList").or_else(|| value("-Args")).and_then(|at| words.get(at + 1..)).unwrap_or_default();
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
    let at = words.iter().position(|word| matches!(word.as_str(), "-exec" | "-execdir" | "-ok" | "-okdir"))?;
    let command = words.get(at + 1..)?;
    let end = command.iter().position(|word| matches!(word.as_str(), ";" | "+")).unwrap_or(command.len());
    read(command.get(..end)?)
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

/// `npx` and its kin: options, a package, its arguments.
fn package(words: &[Arg]) -> Option<Program> {
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
    if let Some(program) = super::delegate::by_package(text, arguments) {
        return Some(program);
    }
    match read(rest)? {
        Program::Claude(mut start) => {
            start.version = start.version.or(version);
            Some(Program::Claude(start))
        }
        program
        @ (Program::CodeFile { .. } | Program::Shell { .. } | Program::ShellFile { .. }) => {
            Some(program)
        }
        _ => None,
    }
}

fn node_manager(manager: &str, words: &[Arg]) -> Option<Program> {
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
    "install",
    "i",
    "ci",
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
    "workspace",
    "workspaces",
    "recursive",
    "approve-builds",
    "env",
];

fn script_named(
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

fn is_code(text: &str) -> bool {
    [".js", ".mjs", ".cjs", ".ts", ".mts", ".cts", ".tsx", ".jsx"]
        .iter()
        .any(|ending| text.ends_with(ending))
}

fn code_file(language: Language, word: &Arg) -> Program {
    Program::CodeFile {
        language,
        path: word.text.clone(),
    }
}

fn javascript(words: &[Arg]) -> Option<Program> {
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
        && let Some(program) = super::delegate::behind_harness(arguments)
    {
        return Some(program);
    }
    Some(code_file(Language::JavaScript, first))
}

fn is_python(name: &str) -> bool {
    let version = name.strip_prefix("python");
    version.is_some_and(|version| version.chars().all(|c| c.is_ascii_digit() || c == '.'))
        || name == "py"
}

fn python(words: &[Arg]) -> Option<Program> {
    let mut index = 0;
    while let Some(word) = words.get(index) {
        let text = word.as_str();
        match text {
            "-c" => {
                return Some(Program::Code(
                    Language::Python,
                    words.get(index + 1)?.text.clone(),
                ));
            }
            "-" => return Some(Program::CodeInput(Language::Python)),
            "-m" => {
                let module = words.get(index + 1)?;
                let place = module.text.location()?;
                let path = format!("{}.py", module.as_str().replace('.', "/"));
                return Some(Program::CodeFile {
                    language: Language::Python,
                    path: Traced::synthetic(path, &place),
                });
            }
            "-W" | "-X" => index += 2,
            _ if text.starts_with('-') => index += 1,
            _ => return Some(code_file(Language::Python, word)),
        }
    }
    Some(Program::CodeInput(Language::Python))
}

/// `uv run [options] x.py`, `poetry run python x.py`.
fn python_runner(words: &[Arg]) -> Option<Program> {
    let (verb, rest) = words.split_first()?;
    if verb.as_str() != "run" {
        return None;
    }
    let valued = [
        "--with",
        "--with-requirements",
        "--python",
        "-p",
        "--project",
        "--directory",
        "--env-file",
        "--extra",
        "--group",
        "--package",
        "-m",
        "--module",
    ];
    let rest = operands(rest, &valued);
    let first = rest.first()?;
    if first.as_str().ends_with(".py") {
        return Some(code_file(Language::Python, first));
    }
    read(rest)
}

fn make(words: &[Arg]) -> Program {
    let (mut directory, mut file) = (None, None);
    let (mut targets, mut variables) = (Vec::new(), Vec::new());
    let mut index = 0;
    while let Some(word) = words.get(index) {
        let text = word.as_str();
        let next = || words.get(index + 1).map(|word| word.text.clone());
        index += match text {
            "-C" | "--directory" => {
                directory = next();
                2
            }
            "-f" | "--file" | "--makefile" => {
                file = next();
                2
            }
            "-j" if words
                .get(index + 1)
                .is_some_and(|word| word.as_str().parse::<u32>().is_ok()) =>
            {
                2
            }
            "-I" | "-o" | "-W" => 2,
            _ if text.starts_with("--directory=") => {
                directory = Some(word.text.slice("--directory=".len()..text.len()));
                1
            }
            _ if text.starts_with("-C") => {
                directory = Some(word.text.slice(2..text.len()));
                1
            }
            _ if text.starts_with('-') => 1,
            _ => {
                match assignment(word) {
                    Some(assigned) => variables.push(assigned),
                    None => targets.push(word.text.clone()),
                }
                1
            }
        };
    }
    Program::Task {
        tool: TaskTool::Make,
        targets,
        directory,
        file,
        variables,
    }
}

fn just(words: &[Arg]) -> Program {
    let (mut directory, mut file, mut variables) = (None, None, Vec::new());
    let mut index = 0;
    while let Some(word) = words.get(index) {
        let text = word.as_str();
        let next = || words.get(index + 1).map(|word| word.text.clone());
        index += match text {
            "-f" | "--justfile" => {
                file = next();
                2
            }
            "-d" | "--working-directory" => {
                directory = next();
                2
            }
            "--set" => {
                variables.extend(
                    words
                        .get(index + 1)
                        .zip(next_value(words, index))
                        .map(|(name, value)| (name.as_str().to_owned(), value)),
                );
                3
            }
            _ if text.starts_with('-') => 1,
            _ => match assignment(word) {
                Some(assigned) => {
                    variables.push(assigned);
                    1
                }
                None => break,
            },
        };
    }
    // What follows the recipe's name are its arguments.
    let targets = words
        .get(index)
        .map(|word| word.text.clone())
        .into_iter()
        .collect();
    Program::Task {
        tool: TaskTool::Just,
        targets,
        directory,
        file,
        variables,
    }
}

fn next_value(words: &[Arg], index: usize) -> Option<Traced> {
    words.get(index + 2).map(|word| word.text.clone())
}

fn taskfile(words: &[Arg]) -> Program {
    let (mut directory, mut file) = (None, None);
    let (mut targets, mut variables) = (Vec::new(), Vec::new());
    let mut index = 0;
    while let Some(word) = words.get(index) {
        let text = word.as_str();
        let next = || words.get(index + 1).map(|word| word.text.clone());
        match text {
            "--" => break,
            "-d" | "--dir" => {
                directory = next();
                index += 1;
            }
            "-t" | "--taskfile" => {
                file = next();
                index += 1;
            }
            _ if text.starts_with('-') => {}
            _ => match assignment(word) {
                Some(assigned) => variables.push(assigned),
                None => targets.push(word.text.clone()),
            },
        }
        index += 1;
    }
    Program::Task {
        tool: TaskTool::Taskfile,
        targets,
        directory,
        file,
        variables,
    }
}
