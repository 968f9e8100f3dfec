//! What a command of a hook runs: interpreters, wrappers, tools that read, print, format or send.

use super::argv::known;
use super::behaviour::Exit;
use super::follow::{Frame, Started, Stdin};
use super::network::{copies, sends};
use super::path::{self, Target};
use super::runner::{javascript, package_manager, python_runner, runner};
use super::token::Language;
use super::walk::Walker;
use crate::shell::{Dialect, Expansion, Input};
use crate::source::Traced;

/// Programs that run the rest of their arguments, with the options that take a value.
const WRAPPERS: &[(&str, &[&str])] = &[
    ("env", &["-u", "-C", "-S"]),
    ("exec", &["-a"]),
    ("command", &[]),
    ("builtin", &[]),
    ("time", &[]),
    ("nohup", &[]),
    ("nice", &["-n"]),
    ("timeout", &["-s", "-k"]),
    ("stdbuf", &[]),
    ("sudo", &["-u", "-g"]),
    ("setsid", &[]),
    ("flock", &["-w"]),
];

/// Tools that check or rewrite files.
pub(super) const FORMATTERS: &[&str] = &[
    "prettier",
    "eslint",
    "biome",
    "black",
    "ruff",
    "isort",
    "gofmt",
    "goimports",
    "rustfmt",
    "rubocop",
    "standardrb",
    "shfmt",
    "stylelint",
    "clang-format",
    "ktlint",
    "swiftformat",
    "pint",
    "dprint",
    "oxlint",
    "mypy",
    "pyright",
    "tsc",
];

/// Runs one command.
pub(super) fn run(walker: &mut Walker<'_>, words: &[Traced], frame: &mut Frame) {
    let words = unwrapped(words);
    let Some(first) = words.first() else {
        return;
    };
    let rest = words.get(1..).unwrap_or_default();
    let Some(program) = known(first) else {
        walker.unresolved(first);
        return;
    };
    let name = path::base(program);
    let is_path = program.contains('/');
    match name.as_str() {
        // Runs in this shell, whatever is installed under the name.
        "exit" | "return" => {
            if let Some(location) = first.location() {
                let code = match rest.first() {
                    None => None,
                    Some(word) => known(word)
                        .and_then(|text| text.parse::<i64>().ok())
                        .map(|code| code.rem_euclid(256) as u8),
                };
                walker.out.exits.push(Exit { code, location });
            }
        }
        "cd" | "pushd" => {
            let target = rest.first().map(|word| frame.folders.resolve(word));
            match target {
                Some(Target::Inside { path, .. }) => {
                    frame.folders.chosen |= rest
                        .first()
                        .is_some_and(|word| word.text().starts_with("/@"));
                    frame.folders.working = Some(path);
                }
                _ => frame.folders.working = None,
            }
        }
        "echo" | "printf" => {
            for word in rest {
                walker.says(word);
            }
        }
        "read" | "mapfile" | "readarray" => {
            for word in rest
                .iter()
                .filter_map(known)
                .filter(|word| !word.starts_with('-'))
            {
                walker.assign(word);
            }
            walker.reads_input(first, &name, false, frame);
        }
        "eval" => {
            if let [text] = rest {
                inner_shell(walker, text, frame);
            }
        }
        "source" | "." => {
            if let Some(word) = rest.first() {
                walker.file(word, Started::Shell, frame);
            }
        }
        "bash" | "sh" | "zsh" | "dash" | "ksh" => shell(walker, first, rest, frame),
        "pwsh" | "powershell" => {
            let file = after(rest, &["-File", "-file", "-f"]);
            match file {
                Some(word) => {
                    walker.file(word, Started::Directly, frame);
                }
                None => walker.unresolved(first),
            }
        }
        _ if name == "py"
            || (name.starts_with("python")
                && name
                    .trim_start_matches("python")
                    .chars()
                    .all(|c| c.is_ascii_digit() || c == '.')) =>
        {
            interpreter(walker, first, rest, Language::Python, frame);
        }
        "node" | "bun" | "deno" | "tsx" | "ts-node" | "nodejs" => {
            javascript(walker, first, rest, &name, frame);
        }
        "uv" | "poetry" | "pdm" | "pipenv" | "rye" | "hatch" => {
            python_runner(walker, first, rest, frame)
        }
        "npm" | "pnpm" | "yarn" => package_manager(walker, &words, frame),
        "npx" | "bunx" | "uvx" | "pipx" => {
            let mut rest: Vec<Traced> = rest
                .iter()
                .filter(|word| !word.text().starts_with('-'))
                .cloned()
                .collect();
            if name == "pipx" && rest.first().is_some_and(|word| word.text() == "run") {
                rest.remove(0);
            }
            runner(walker, &words, &rest, frame);
        }
        "make" | "gmake" | "just" | "task" | "rake" | "gradle" | "mvn" => {
            let what = format!("`{}`", join(&words));
            walker
                .out
                .repository
                .extend(first.location().map(|location| (location, what)));
            walker.unresolved(first);
        }
        "jq" => jq(walker, first, rest, frame),
        "cat" | "tee" | "head" | "tail" | "tr" | "cut" | "xargs" | "base64" | "sort" | "wc"
        | "sed" | "awk" | "grep" | "rg" | "od" | "xxd" | "perl" | "ruby" | "gawk" | "egrep" => {
            reader(walker, first, rest, &name, frame);
        }
        "curl" | "wget" | "http" | "xh" => sends(walker, first, rest, frame),
        "nc" | "ncat" | "netcat" | "scp" | "rsync" | "sftp" => copies(walker, first, rest, &name),
        "true" | "false" | ":" | "[" | "[[" | "test" | "set" | "export" | "local" | "declare"
        | "readonly" | "mkdir" | "touch" | "date" | "rm" | "cp" | "mv" | "chmod" | "shift"
        | "trap" | "pwd" | "dirname" | "basename" | "git" | "ls" | "find" | "which" | "type"
        | "unset" | "sleep" | "wait" | "kill" | "umask" | "hostname" | "whoami" | "uname"
        | "id" | "stat" | "realpath" | "readlink" | "osascript" | "notify-send" | "say"
        | "afplay" | "paplay" | "powershell.exe" | "terminal-notifier" | "bc" | "seq" | "shopt"
        | "getopts" | "break" | "continue" | "diff" | "md5sum" | "sha256sum" | "mktemp" | "ln"
        | "printenv" | "ps" | "pgrep" | "pkill" | "tput" | "clear" | "gh" | "cargo" | "go" => {
            if name == "printenv"
                && let Some(word) = rest.first()
                && crate::claude::catalog::events::is_never_set(word.text())
                && let Some(location) = word.location()
            {
                walker.out.phantoms.push(super::Phantom {
                    name: word.text().to_owned(),
                    location,
                });
            }
            if rest.iter().any(|word| word.text() == "/dev/stdin") {
                walker.reads_input(first, &name, false, frame);
            }
            if matches!(name.as_str(), "cargo" | "go") {
                walker.out.formatter = walker.out.formatter.take().or(first.location());
            }
        }
        _ if FORMATTERS.contains(&name.as_str()) => {
            walker.out.formatter = walker.out.formatter.take().or(first.location());
        }
        _ if is_path => {
            walker.file(first, Started::Directly, frame);
        }
        _ => walker.unresolved(first),
    }
}

/// The words behind wrappers and assignments.
pub(super) fn unwrapped(words: &[Traced]) -> Vec<Traced> {
    let mut words = words;
    for _ in 0..8 {
        let Some(name) = words.first().map(|word| path::base(word.text())) else {
            break;
        };
        let Some((_, values)) = WRAPPERS.iter().find(|(wrapper, _)| *wrapper == name) else {
            break;
        };
        let mut at = 1;
        while let Some(word) = words.get(at) {
            let text = word.text();
            let is_number = text
                .trim_end_matches(['s', 'm', 'h', 'd'])
                .parse::<f64>()
                .is_ok();
            if values.contains(&text) {
                at += 2;
            } else if text.starts_with('-')
                || (text.contains('=') && name == "env")
                || (is_number && name == "timeout")
            {
                at += 1;
            } else {
                break;
            }
        }
        words = words.get(at..).unwrap_or_default();
    }
    words.to_vec()
}

/// The first words of a command, to name it in a message.
pub(super) fn join(words: &[Traced]) -> String {
    let texts: Vec<&str> = words.iter().take(4).map(Traced::text).collect();
    let mut text = texts.join(" ");
    if text.len() > 60 {
        text = text.chars().take(60).collect();
        text.push('…');
    }
    text
}

/// The word after one of these options.
pub(super) fn after<'w>(words: &'w [Traced], options: &[&str]) -> Option<&'w Traced> {
    let at = words
        .iter()
        .position(|word| options.contains(&word.text()))?;
    words.get(at + 1)
}

/// The first word that is no option.
pub(super) fn operand(words: &[Traced]) -> Option<&Traced> {
    words.iter().find(|word| !word.text().starts_with('-'))
}

fn inner_shell(walker: &mut Walker<'_>, text: &Traced, frame: &Frame) {
    let mut inner = frame.clone();
    inner.depth += 1;
    walker.shell(text, Dialect::Bash, &mut inner);
}

fn shell(walker: &mut Walker<'_>, first: &Traced, rest: &[Traced], frame: &Frame) {
    let command = rest.iter().position(|word| {
        let text = word.text();
        text.starts_with('-') && !text.starts_with("--") && text.ends_with('c')
    });
    match command {
        Some(at) => {
            if let Some(text) = rest.get(at + 1) {
                inner_shell(walker, text, frame);
            }
        }
        None => match operand(rest) {
            Some(word) => {
                walker.file(word, Started::Shell, frame);
            }
            None => walker.unresolved(first),
        },
    }
}

fn interpreter(
    walker: &mut Walker<'_>,
    first: &Traced,
    rest: &[Traced],
    language: Language,
    frame: &Frame,
) {
    if let Some(text) = after(rest, &["-c"]) {
        walker.code(text, language, "python3", frame);
    } else if let Some(at) = rest.iter().position(|word| word.text() == "-m") {
        let module = rest.get(at + 1).map_or("", Traced::text);
        match module {
            "json.tool" => walker.reads_input(first, "python3", true, frame),
            _ if FORMATTERS.contains(&module) => {
                walker.out.formatter = walker.out.formatter.take().or(first.location());
            }
            _ => walker.unresolved(first),
        }
    } else {
        match operand(rest) {
            Some(word) => {
                walker.file(word, Started::By(language), frame);
            }
            None => walker.unresolved(first),
        }
    }
}

fn jq(walker: &mut Walker<'_>, first: &Traced, rest: &[Traced], frame: &Frame) {
    let mut operands = 0;
    let mut at = 0;
    let mut null_input = false;
    while let Some(word) = rest.get(at) {
        let text = word.text();
        match text {
            "--arg" | "--argjson" | "--slurpfile" | "--rawfile" => at += 2,
            "-f" | "--from-file" | "--indent" | "-L" => {
                at += 1;
                operands += usize::from(text == "-f" || text == "--from-file");
            }
            "-n" | "--null-input" => null_input = true,
            _ if text.starts_with('-') && text.len() > 1 => {
                null_input |= !text.starts_with("--") && text.contains('n');
            }
            _ => {
                operands += 1;
                walker.says(word);
            }
        }
        at += 1;
    }
    if !null_input && operands <= 1 {
        walker.reads_input(first, "jq", false, frame);
    }
}

/// A tool that reads its standard input where no file is named.
fn reader(walker: &mut Walker<'_>, first: &Traced, rest: &[Traced], name: &str, frame: &Frame) {
    let named = rest
        .iter()
        .filter(|word| !word.text().starts_with('-') || word.text() == "-")
        .count();
    let explicit = rest
        .iter()
        .any(|word| matches!(word.text(), "-" | "/dev/stdin" | "/proc/self/fd/0"));
    let own = match name {
        "sed" | "awk" | "grep" | "rg" | "perl" | "ruby" | "gawk" | "egrep" => 1,
        "tr" | "xargs" | "tee" => usize::MAX,
        // `head -n 5`: the number belongs to the option.
        "head" | "tail" | "cut" | "sort" => rest
            .iter()
            .filter(|word| matches!(word.text(), "-n" | "-c" | "-d" | "-f" | "-k" | "-t"))
            .count(),
        _ => 0,
    };
    if explicit || named <= own {
        walker.reads_input(first, name, false, frame);
    }
    if name == "tee"
        && rest
            .iter()
            .any(|word| matches!(word.text(), "-a" | "--append"))
    {
        walker.out.log = walker.out.log.take().or(first.location());
    }
    if matches!(name, "perl" | "ruby") {
        walker.unresolved(first);
    }
    if name == "xargs" {
        let inner: Vec<Traced> = rest
            .iter()
            .skip_while(|word| {
                word.text().starts_with('-') || matches!(word.text(), "{}" | "1" | "%")
            })
            .cloned()
            .collect();
        if let Some(program) = inner.first() {
            let base = path::base(program.text());
            if FORMATTERS.contains(&base.as_str())
                || inner.iter().any(|word| FORMATTERS.contains(&word.text()))
            {
                walker.out.formatter = walker.out.formatter.take().or(program.location());
            } else if frame.depth < super::follow::MAX_DEPTH {
                let mut fed = frame.clone();
                fed.depth += 1;
                fed.stdin = Stdin::Fed;
                run(walker, &inner, &mut fed);
            } else {
                walker.unresolved(program);
            }
        }
    }
}

/// A program that is given in a here-document. Answers whether it was.
pub(super) fn here_document(
    walker: &mut Walker<'_>,
    input: Option<&Input>,
    text: &Traced,
    words: &[Traced],
    frame: &Frame,
) -> bool {
    let Some(Input::HereDoc { body, expansion }) = input else {
        return false;
    };
    let words = unwrapped(words);
    let name = words
        .first()
        .map(|word| path::base(word.text()))
        .unwrap_or_default();
    let body = text.slice(body.span.range());
    if name == "cat" || name == "tee" {
        walker.says(&body);
        return true;
    }
    let bare = words
        .iter()
        .skip(1)
        .all(|word| word.text().starts_with('-'))
        && !words.iter().any(|word| matches!(word.text(), "-c" | "-e"));
    if !bare || frame.depth >= super::follow::MAX_DEPTH {
        return false;
    }
    let mut inner = frame.clone();
    inner.depth += 1;
    // The program itself is what standard input holds.
    inner.stdin = Stdin::Fed;
    if matches!(name.as_str(), "bash" | "sh" | "zsh") && *expansion == Expansion::Literal {
        walker.shell(&body, Dialect::Bash, &mut inner);
    } else if name.starts_with("python") {
        walker.code(&body, Language::Python, &name, &inner);
    } else if matches!(name.as_str(), "node" | "bun" | "deno") {
        walker.code(&body, Language::JavaScript, &name, &inner);
    } else {
        return false;
    }
    true
}
