//! Commands that hand a command on in a way of their own: behind `--`, behind an image name, or as one
//! quoted text. They are searched for a start instead of being read option by option.

use crate::shell::Dialect;
use crate::source::Traced;

use super::{Arg, Program, base_name, launch};

/// Commands that run some of their words as a command.
static DELEGATORS: &[&str] = &[
    "act",
    "apptainer",
    "aws-vault",
    "awf",
    "bwrap",
    "bundle",
    "chamber",
    "concurrently",
    "conda",
    "dbus-run-session",
    "devbox",
    "devcontainer",
    "direnv",
    "docker",
    "docker-compose",
    "doppler",
    "dotenv",
    "dotenvx",
    "envconsul",
    "finch",
    "firejail",
    "flock",
    "fly",
    "flyctl",
    "gh-act",
    "hatch",
    "infisical",
    "kubectl",
    "lima",
    "limactl",
    "mise",
    "multipass",
    "nerdctl",
    "nix",
    "nix-shell",
    "nsenter",
    "op",
    "parallel",
    "pdm",
    "pipenv",
    "pixi",
    "podman",
    "poetry",
    "retry",
    "rtx",
    "runuser",
    "rye",
    "screen",
    "script",
    "singularity",
    "srt",
    "ssh",
    "su",
    "systemd-run",
    "teller",
    "tmux",
    "tsp",
    "unshare",
    "uv",
    "uvx",
    "vault",
    "volta",
    "watch",
    "wsl",
    "zellij",
];

/// The starts inside the words of a delegator; for any other command, what stands behind a `--`.
pub(super) fn read(words: &[Arg]) -> Vec<Program> {
    let Some((first, rest)) = words.split_first() else {
        return Vec::new();
    };
    let name = base_name(first.as_str());
    if DELEGATORS.contains(&name) {
        let found = search(rest);
        if !found.is_empty() {
            return found;
        }
    }
    let behind = rest.iter().position(|word| word.as_str() == "--");
    let inner = behind.and_then(|at| rest.get(at + 1..)).unwrap_or_default();
    if let Some(Program::Claude(claude)) = launch::read(inner) {
        return vec![Program::Claude(claude)];
    }
    // A program that nobody can name, with an argv of Claude behind it: `"$NODE" harness.js claude --print …`.
    if !first.is_known()
        && let Some(program) = behind_harness(rest)
    {
        return vec![program];
    }
    vec![Program::Named {
        name: first.text.clone(),
        arguments: rest.to_vec(),
    }]
}

/// The argv of Claude among the words of a harness: `claude` with a flag right behind it.
pub(super) fn behind_harness(words: &[Arg]) -> Option<Program> {
    let at = words
        .windows(2)
        .position(|pair| matches!(pair, [program, flag] if program.as_str() == "claude" && flag.as_str().starts_with("--")))?;
    let program = words.get(at)?.text.clone();
    Some(Program::Claude(super::ClaudeStart {
        program,
        arguments: words.get(at + 1..)?.to_vec(),
        version: None,
        certainty: super::Certainty::ByName,
    }))
}

/// A delegator that a package runner starts: `npx dotenv-cli -- claude`, `npx @devcontainers/cli exec … claude`.
pub(super) fn by_package(package: &str, words: &[Arg]) -> Option<Program> {
    let name = package.rsplit('/').next().unwrap_or(package);
    let name = name.split('@').next().unwrap_or(name);
    let is_delegator = package.starts_with("@devcontainers/cli")
        || DELEGATORS.contains(&name.trim_end_matches("-cli"));
    is_delegator
        .then(|| search(words).into_iter().next())
        .flatten()
}

/// Finds the first word from which on the words are a start that is known, else every quoted command.
fn search(words: &[Arg]) -> Vec<Program> {
    // Every start position is tried once; an argv is bounded by the line it stands on.
    const MAX_POSITIONS: usize = 256;
    for (index, word) in words.iter().enumerate().take(MAX_POSITIONS) {
        // A value of an option (`-p claude`, `--name claude`) is no program.
        let previous = index
            .checked_sub(1)
            .and_then(|at| words.get(at))
            .map(Arg::as_str);
        let is_value = previous.is_some_and(|text| VALUED.contains(&text));
        // The verb of the delegator itself is no command: `docker exec`, `mise exec`.
        let is_verb = index == 0 && VERBS.contains(&word.as_str());
        // `.` is a folder here, not the command of a shell.
        if is_value || is_verb || word.as_str() == "." || word.as_str().starts_with('-') {
            continue;
        }
        let Some(rest) = words.get(index..) else {
            break;
        };
        if let Some(wrapped) = super::wrapper::peel(rest)
            && let Some(program) = launch::read(&wrapped.rest)
        {
            return vec![program];
        }
        match launch::read(rest) {
            Some(Program::File { .. }) | None => {}
            Some(program) => return vec![program],
        }
    }
    // `docker run ghcr.io/acme/claude-code -p …`: the image's entry point is Claude.
    if let Some(program) = image_start(words) {
        return vec![program];
    }
    words
        .iter()
        .filter(|word| {
            word.as_str().contains(char::is_whitespace) && word.as_str().contains("claude")
        })
        .map(|word| Program::Shell {
            text: option_value(&word.text),
            dialect: Dialect::Bash,
            arguments: Vec::new(),
        })
        .collect()
}

/// The value of `--command=value`; a word that is no option stays as it is.
fn option_value(word: &Traced) -> Traced {
    let text = word.text();
    match text.find('=').filter(|_| text.starts_with("--")) {
        Some(at) => word.slice(at + 1..text.len()),
        None => word.clone(),
    }
}

/// Verbs of delegators.
static VERBS: &[&str] = &[
    "build", "compose", "develop", "env", "exec", "run", "shell", "ssh", "x",
];

/// Options of delegators whose value may be spelt like a program.
static VALUED: &[&str] = &[
    "-p",
    "--packages",
    "--name",
    "-n",
    "-u",
    "--user",
    "-w",
    "--workdir",
    "-v",
    "--volume",
    "-e",
    "--env",
    "--entrypoint",
    "-s",
    "--network",
    "--shell",
    "-t",
    "-L",
    "--label",
    "--hostname",
    "-h",
];

/// The first operand behind the options of `docker run`: the image.
fn image_at(words: &[Arg]) -> Option<usize> {
    let mut index = 1;
    while let Some(word) = words.get(index) {
        let text = word.as_str();
        if !text.starts_with('-') {
            return Some(index);
        }
        index += if VALUED.contains(&text) { 2 } else { 1 };
    }
    None
}

fn image_start(words: &[Arg]) -> Option<Program> {
    let runs = words.first().is_some_and(|word| word.as_str() == "run");
    let entry_point = words
        .iter()
        .enumerate()
        .find_map(|(index, word)| match word.as_str() {
            "--entrypoint" => words.get(index + 1).map(|word| word.text.clone()),
            text => text
                .starts_with("--entrypoint=")
                .then(|| option_value(&word.text)),
        });
    if let Some(program) = entry_point.filter(|program| base_name(program.text()) == "claude") {
        let arguments = words.get(image_at(words)? + 1..)?.to_vec();
        return Some(Program::Claude(super::ClaudeStart {
            program,
            arguments,
            version: None,
            certainty: super::Certainty::Written,
        }));
    }
    let entry = words
        .iter()
        .enumerate()
        .skip(1)
        .find(|(_, word)| !word.as_str().starts_with('-') && is_claude_image(word.as_str()))?;
    let arguments = words.get(entry.0 + 1..)?;
    // Only flags behind the image are words of its entry point's program.
    let is_argv = arguments
        .first()
        .is_some_and(|word| word.as_str().starts_with('-'));
    (runs && is_argv).then(|| {
        Program::Claude(super::ClaudeStart {
            program: entry.1.text.clone(),
            arguments: arguments.to_vec(),
            version: image_version(&entry.1.text),
            certainty: super::Certainty::ByName,
        })
    })
}

fn is_claude_image(word: &str) -> bool {
    let path = word.split(['@']).next().unwrap_or(word);
    let last = path.rsplit('/').next().unwrap_or(path);
    let name = last.split(':').next().unwrap_or(last);
    name == "claude" || name.starts_with("claude-code") || name.ends_with("claude-code")
}

fn image_version(image: &Traced) -> Option<String> {
    let text = image.text();
    let last = text.rsplit('/').next().unwrap_or(text);
    last.split_once(':').map(|(_, tag)| tag.to_owned())
}
