//! What a command of a hook runs: interpreters, wrappers, tools that read, print, format or send.

use super::argv::known;
use super::behaviour::{Exit, Send};
use super::follow::{Frame, Started, Stdin, Walker};
use super::network as net;
use super::path::{self, Target};
use super::token::Language;
use crate::shell::{Dialect, Expansion, Input, Part, Script};
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

const FORMATTERS: &[&str] = &[
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
fn unwrapped(words: &[Traced]) -> Vec<Traced> {
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

fn join(words: &[Traced]) -> String {
    let texts: Vec<&str> = words.iter().take(4).map(Traced::text).collect();
    let mut text = texts.join(" ");
    if text.len() > 60 {
        text = text.chars().take(60).collect();
        text.push('…');
    }
    text
}

/// The word after one of these options.
fn after<'w>(words: &'w [Traced], options: &[&str]) -> Option<&'w Traced> {
    let at = words
        .iter()
        .position(|word| options.contains(&word.text()))?;
    words.get(at + 1)
}

/// The first word that is no option.
fn operand(words: &[Traced]) -> Option<&Traced> {
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

fn javascript(
    walker: &mut Walker<'_>,
    first: &Traced,
    rest: &[Traced],
    name: &str,
    frame: &mut Frame,
) {
    if let Some(text) = after(rest, &["-e", "--eval", "-p", "--print", "-pe"]) {
        walker.code(text, Language::JavaScript, name, frame);
        return;
    }
    let mut rest = rest;
    if matches!(name, "bun" | "deno") {
        match rest.first().map(Traced::text) {
            Some("x") if name == "bun" => {
                let rest = rest.get(1..).unwrap_or_default();
                runner(walker, rest, rest, frame);
                return;
            }
            Some("run") => {
                rest = rest.get(1..).unwrap_or_default();
                let script = operand(rest);
                let is_file = script.is_some_and(|word| word.text().contains(['.', '/']));
                if !is_file {
                    let what = format!("`{name} run {}`", script.map_or("", Traced::text));
                    walker
                        .out
                        .repository
                        .extend(first.location().map(|location| (location, what)));
                    walker.unresolved(first);
                    return;
                }
            }
            _ => {}
        }
    }
    match operand(rest) {
        Some(word) => {
            walker.file(word, Started::By(Language::JavaScript), frame);
        }
        None => walker.unresolved(first),
    }
}

fn python_runner(walker: &mut Walker<'_>, first: &Traced, rest: &[Traced], frame: &mut Frame) {
    const VALUES: &[&str] = &[
        "--with",
        "--python",
        "-p",
        "--project",
        "--directory",
        "--extra",
        "--group",
        "--env-file",
    ];
    if rest.first().map(Traced::text) != Some("run") {
        walker.unresolved(first);
        return;
    }
    let mut at = 1;
    while let Some(word) = rest.get(at)
        && word.text().starts_with('-')
    {
        at += if VALUES.contains(&word.text()) { 2 } else { 1 };
    }
    let words = rest.get(at..).unwrap_or_default();
    match words.first() {
        Some(word) if path::ending(word.text()) == "py" => {
            walker.file(word, Started::By(Language::Python), frame);
        }
        Some(_) if frame.depth < super::follow::MAX_DEPTH => {
            let mut inner = frame.clone();
            inner.depth += 1;
            // The command stands in the hook itself, so that its files are the hook's files.
            inner.depth = frame.depth;
            run_inner(walker, words, &mut inner);
        }
        _ => walker.unresolved(first),
    }
}

/// One wrapper deeper; wrappers of wrappers end here.
fn run_inner(walker: &mut Walker<'_>, words: &[Traced], frame: &mut Frame) {
    let Some(first) = words.first() else {
        return;
    };
    let name = path::base(first.text());
    match name.as_str() {
        "uv" | "poetry" | "pdm" | "pipenv" | "rye" | "hatch" | "npx" | "bunx" | "uvx" | "pipx"
        | "npm" | "pnpm" | "yarn" | "bun" => walker.unresolved(first),
        _ => run(walker, words, frame),
    }
}

fn package_manager(walker: &mut Walker<'_>, words: &[Traced], frame: &mut Frame) {
    let Some(first) = words.first() else {
        return;
    };
    let mut rest: Vec<Traced> = words.get(1..).unwrap_or_default().to_vec();
    while rest
        .first()
        .is_some_and(|word| word.text().starts_with('-'))
    {
        rest.remove(0);
    }
    match rest.first().map(Traced::text) {
        Some("dlx" | "exec") => {
            let rest: Vec<Traced> = rest
                .iter()
                .skip(1)
                .filter(|word| !word.text().starts_with('-'))
                .cloned()
                .collect();
            runner(walker, words, &rest, frame);
        }
        Some("install" | "i" | "ci" | "add") | None => walker.unresolved(first),
        Some(name) if FORMATTERS.contains(&name) => {
            walker.out.formatter = walker.out.formatter.take().or(first.location());
        }
        Some(_) => {
            let what = format!("`{}`", join(words));
            walker
                .out
                .repository
                .extend(first.location().map(|location| (location, what)));
            walker.unresolved(first);
        }
    }
}

/// A package runner: `rest` starts with the package.
fn runner(walker: &mut Walker<'_>, words: &[Traced], rest: &[Traced], frame: &mut Frame) {
    let Some(package) = rest.first() else {
        return;
    };
    let name = package.text();
    let bare = name
        .rfind('@')
        .filter(|at| *at > 0)
        .and_then(|at| name.get(..at))
        .unwrap_or(name);
    let version = name.get(bare.len()..).unwrap_or_default();
    if FORMATTERS.contains(&bare) {
        walker.out.formatter = walker.out.formatter.take().or(package.location());
        return;
    }
    if matches!(bare, "tsx" | "ts-node") {
        run_inner(walker, rest, frame);
        return;
    }
    let unconfirmed = words
        .iter()
        .any(|word| matches!(word.text(), "-y" | "--yes"));
    let moving = matches!(
        version,
        "@latest" | "@next" | "@alpha" | "@beta" | "@canary" | "@main"
    );
    if (moving || (unconfirmed && version.is_empty())) && name.len() < 200 {
        let what = format!("`{name}` is fetched and run in whatever version is newest");
        walker
            .out
            .downloads
            .extend(package.location().map(|location| (location, what)));
    }
    walker.unresolved(package);
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
            } else {
                walker.unresolved(program);
            }
        }
    }
}

fn sends(walker: &mut Walker<'_>, first: &Traced, rest: &[Traced], frame: &Frame) {
    let mut carries = false;
    let mut is_body = false;
    let mut host = None;
    let mut names_host = false;
    let mut value_of_body = false;
    for word in rest {
        let text = word.text();
        let (option, value) = match text.split_once('=') {
            Some((option, value)) if option.starts_with("--") => (option, Some(value)),
            _ => (text, None),
        };
        let in_body = value_of_body;
        value_of_body = false;
        if net::BODY.contains(&option) {
            is_body = true;
            value_of_body = value.is_none();
            carries |= value.is_some_and(|value| value.starts_with('@'));
            carries |= value.is_some() && !word.is_known();
        } else if in_body {
            carries |= !word.is_known() || text.starts_with('@') || text.contains("=@");
            if text == "@-" {
                walker.reads_input(word, "curl", false, frame);
            }
        } else if let Some(found) = net::host(text) {
            host.get_or_insert(found);
            names_host = true;
            // `https://x.example/?q=$DATA`
            if !word.is_known() {
                carries = true;
                is_body = true;
            }
        } else if !word.is_known() {
            names_host |= text.len() < 2048;
        }
    }
    let piped = frame.stdin != Stdin::Hook && rest.iter().any(|word| word.text().ends_with("@-"));
    if is_body
        && (names_host || host.is_some())
        && let Some(location) = first.location()
    {
        walker.out.sends.push(Send {
            host,
            location,
            carries: carries || piped,
        });
    }
}

fn copies(walker: &mut Walker<'_>, first: &Traced, rest: &[Traced], name: &str) {
    let host = match name {
        "nc" | "ncat" | "netcat" => operand(rest).and_then(known).map(str::to_owned),
        _ => rest.iter().rev().filter_map(known).find_map(|word| {
            let (host, _) = word.split_once(':')?;
            let host = host.rsplit('@').next().unwrap_or(host);
            (host.len() > 1 && !host.contains('/')).then(|| host.to_owned())
        }),
    };
    let listens = rest
        .iter()
        .any(|word| word.text().starts_with("-l") || word.text() == "-z");
    let is_remote = matches!(name, "nc" | "ncat" | "netcat") || host.is_some();
    if is_remote
        && !listens
        && let Some(location) = first.location()
    {
        walker.out.sends.push(Send {
            host,
            location,
            carries: true,
        });
    }
}

/// Whether a program runs a text that it is given.
fn runs_text(name: &str) -> bool {
    matches!(
        name,
        "bash" | "sh" | "zsh" | "dash" | "ksh" | "node" | "bun" | "deno" | "perl" | "ruby" | "php"
    ) || name.starts_with("python")
}

fn fetches(name: &str) -> bool {
    matches!(name, "curl" | "wget")
}

/// Code from the network: a download that is piped into an interpreter or substituted into one.
pub(super) fn network(
    walker: &mut Walker<'_>,
    script: &Script,
    index: usize,
    text: &Traced,
    words: &[Traced],
) {
    let Some(command) = script.commands.get(index) else {
        return;
    };
    let words = unwrapped(words);
    let Some(first) = words.first() else {
        return;
    };
    let name = path::base(first.text());
    let program = |at: usize| {
        script
            .commands
            .get(at)
            .and_then(|command| command.words.first())
            .and_then(crate::shell::Word::literal)
            .map(|word| path::base(&word))
            .unwrap_or_default()
    };
    let is_code = words
        .iter()
        .skip(1)
        .all(|word| word.text().starts_with('-'))
        || words.iter().any(|word| word.text() == "-s");
    if runs_text(&name)
        && is_code
        && !words
            .iter()
            .any(|word| matches!(word.text(), "-c" | "-e" | "-m"))
    {
        let mut at = command.pipe_from;
        for _ in 0..16 {
            let Some(from) = at else { break };
            if fetches(&program(from)) {
                let place = text.locate(
                    script
                        .commands
                        .get(from)
                        .map_or(command.span, |head| head.span)
                        .range()
                        .start..command.span.end as usize,
                );
                let what = format!("`{}` runs what `{}` downloads", name, program(from));
                walker
                    .out
                    .downloads
                    .extend(place.map(|place| (place, what)));
                break;
            }
            at = script
                .commands
                .get(from)
                .and_then(|command| command.pipe_from);
        }
    }
    if runs_text(&name) || matches!(name.as_str(), "eval" | "source" | ".") {
        for part in command.words.iter().skip(1).flat_map(|word| &word.parts) {
            if let Part::Substitution { span, commands, .. } = part
                && let Some(at) = commands.clone().find(|at| fetches(&program(*at)))
            {
                let what = format!("`{}` runs what `{}` downloads", name, program(at));
                walker
                    .out
                    .downloads
                    .extend(text.locate(span.range()).map(|place| (place, what)));
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
