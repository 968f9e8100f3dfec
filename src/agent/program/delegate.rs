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
        return search(rest);
    }
    let behind = rest.iter().position(|word| word.as_str() == "--");
    let inner = behind.and_then(|at| rest.get(at + 1..)).unwrap_or_default();
    if let Some(Program::Claude(claude)) = launch::read(inner) {
        return vec![Program::Claude(claude)];
    }
    vec![Program::Named {
        name: first.text.clone(),
        arguments: rest.to_vec(),
    }]
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
        if is_value || word.as_str().starts_with('-') {
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
    let texts: Vec<Program> = words
        .iter()
        .filter(|word| word.as_str().contains(char::is_whitespace))
        .map(|word| Program::Shell {
            text: word.text.clone(),
            dialect: Dialect::Bash,
            arguments: Vec::new(),
        })
        .collect();
    if !texts.is_empty() {
        return texts;
    }
    // `docker run ghcr.io/acme/claude-code -p …`: the image's entry point is Claude.
    image_start(words).into_iter().collect()
}

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

fn image_start(words: &[Arg]) -> Option<Program> {
    let runs = words.first().is_some_and(|word| word.as_str() == "run");
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
