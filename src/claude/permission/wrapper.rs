//! Programs that run another program, and assignments before it: what is looked through before a rule is compared
//! (`facts/claude-code.md` §2.3).

/// Looked through for every list.
const FOR_ALL: &[Wrapper] = &[
    wrapper("timeout", &["-s", "-k", "--signal", "--kill-after"], 1),
    wrapper("time", &["-f", "-o"], 0),
    wrapper("nice", &["-n"], 0),
    wrapper("nohup", &[], 0),
    wrapper("stdbuf", &["-i", "-o", "-e"], 0),
    wrapper("command", &[], 0),
    wrapper("builtin", &[], 0),
    wrapper("noglob", &[], 0),
];

/// Looked through for deny and ask only (since 2.1.113).
const FOR_DENY: &[Wrapper] = &[
    wrapper("env", &["-u", "-C", "-S", "--unset", "--chdir"], 0),
    wrapper(
        "sudo",
        &["-u", "-g", "-h", "-p", "-C", "-T", "-r", "-t", "-U", "-D"],
        0,
    ),
    wrapper("doas", &["-u", "-C"], 0),
    wrapper("watch", &["-n", "-d", "--interval"], 0),
    wrapper("ionice", &["-c", "-n", "-p"], 0),
    wrapper("setsid", &[], 0),
];

/// Variables that change nothing about which program runs: an allow rule looks past them.
const SAFE_VARIABLES: &[&str] = &[
    "NODE_ENV",
    "RUST_BACKTRACE",
    "RUST_LOG",
    "GOOS",
    "GOARCH",
    "GOEXPERIMENT",
    "GO111MODULE",
    "CGO_ENABLED",
    "PYTHONUNBUFFERED",
    "PYTHONDONTWRITEBYTECODE",
    "LANG",
    "LANGUAGE",
    "LC_ALL",
    "LC_CTYPE",
    "LC_TIME",
    "TERM",
    "COLORTERM",
    "NO_COLOR",
    "FORCE_COLOR",
    "TZ",
];

struct Wrapper {
    name: &'static str,
    /// Options that take the next word.
    options: &'static [&'static str],
    /// Words of its own before the program.
    operands: usize,
}

const fn wrapper(name: &'static str, options: &'static [&'static str], operands: usize) -> Wrapper {
    Wrapper {
        name,
        options,
        operands,
    }
}

/// How much is looked through.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Sight {
    /// As an allow rule looks.
    Allow,
    /// As a deny or ask rule looks.
    Deny,
}

/// Whether an assignment is looked past.
pub(super) fn passes(word: &str, sight: Sight) -> bool {
    match assigned(word) {
        Some(name) => sight == Sight::Deny || SAFE_VARIABLES.contains(&name),
        None => false,
    }
}

/// The variable that a word assigns.
pub(super) fn assigned(word: &str) -> Option<&str> {
    let (name, _) = word.split_once('=')?;
    let name = name.strip_suffix('+').unwrap_or(name);
    let valid = !name.is_empty()
        && !name.starts_with(|first: char| first.is_ascii_digit())
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    valid.then_some(name)
}

/// The words behind one wrapper; nothing where the first word is none.
pub(super) fn behind<'w, 't>(words: &'w [&'t str], sight: Sight) -> Option<&'w [&'t str]> {
    let (first, rest) = words.split_first()?;
    if *first == "xargs" {
        let plain = rest.first().is_some_and(|next| !next.starts_with('-'));
        return plain.then_some(rest);
    }
    if passes(first, sight) {
        return (!rest.is_empty()).then_some(rest);
    }
    let all = FOR_ALL.iter();
    let deny = FOR_DENY.iter().filter(|_| sight == Sight::Deny);
    let wrapper = all.chain(deny).find(|known| known.name == *first)?;
    let mut left = rest;
    let mut operands = wrapper.operands;
    while let Some((word, more)) = left.split_first() {
        if wrapper.name == "command" && matches!(*word, "-v" | "-V") {
            return None;
        }
        if *word == "--" {
            left = more;
            break;
        }
        if wrapper.options.contains(word) {
            left = more.get(1..).unwrap_or_default();
        } else if (word.starts_with('-') && word.len() > 1)
            || (wrapper.name == "env" && assigned(word).is_some())
        {
            left = more;
        } else if operands > 0 {
            operands -= 1;
            left = more;
        } else {
            break;
        }
    }
    (!left.is_empty()).then_some(left)
}
