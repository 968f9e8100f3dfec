//! Commands that hand a command on in a way of their own: behind `--`, behind an image name, or as one
//! quoted text. They are searched for a start instead of being read option by option.

use crate::shell::Dialect;
use crate::source::Traced;

use super::harmless::is_harmless;
use super::{Arg, Program, base_name, launch};

/// A command that runs some of its words as a command.
struct Delegator {
    name: &'static str,
    /// The verbs that do so; empty where the program has no other purpose.
    verbs: &'static [&'static str],
    /// How many plain words stand before the command: an image, a container, a host.
    operands: usize,
}

const fn delegator(
    name: &'static str,
    verbs: &'static [&'static str],
    operands: usize,
) -> Delegator {
    Delegator {
        name,
        verbs,
        operands,
    }
}

/// Source: the manual pages of the programs.
static DELEGATORS: &[Delegator] = &[
    delegator("apptainer", &["exec", "run"], 1),
    delegator("aws-vault", &["exec"], 1),
    delegator("awf", &[], 0),
    delegator("bundle", &["exec"], 0),
    delegator("bwrap", &[], 0),
    delegator("chamber", &["exec"], 0),
    delegator("concurrently", &[], 0),
    delegator("conda", &["run"], 0),
    delegator("dbus-run-session", &[], 0),
    delegator("devbox", &["run"], 0),
    delegator("devcontainer", &["exec"], 0),
    delegator("direnv", &["exec"], 1),
    delegator("docker", &["run", "exec"], 1),
    delegator("docker-compose", &["run", "exec"], 1),
    delegator("doppler", &["run"], 0),
    delegator("dotenv", &[], 0),
    delegator("dotenvx", &["run"], 0),
    delegator("envconsul", &[], 0),
    delegator("finch", &["run", "exec"], 1),
    delegator("firejail", &[], 0),
    delegator("flock", &[], 1),
    delegator("fly", &["ssh", "exec"], 0),
    delegator("flyctl", &["ssh", "exec"], 0),
    delegator("hatch", &["run"], 0),
    delegator("infisical", &["run"], 0),
    delegator("kubectl", &["exec", "run"], 1),
    delegator("lima", &[], 0),
    delegator("limactl", &["shell"], 1),
    delegator("mise", &["exec", "x"], 0),
    delegator("multipass", &["exec"], 1),
    delegator("nerdctl", &["run", "exec"], 1),
    delegator("nix", &["develop", "run", "shell"], 0),
    delegator("nix-shell", &[], 0),
    delegator("nsenter", &[], 0),
    delegator("op", &["run"], 0),
    delegator("parallel", &[], 0),
    delegator("pdm", &["run"], 0),
    delegator("pipenv", &["run"], 0),
    delegator("pixi", &["run"], 0),
    delegator("podman", &["run", "exec"], 1),
    delegator("poetry", &["run"], 0),
    delegator("retry", &[], 0),
    delegator("rtx", &["exec", "x"], 0),
    delegator("runuser", &[], 0),
    delegator("rye", &["run"], 0),
    delegator("screen", &[], 0),
    delegator("script", &[], 0),
    delegator("singularity", &["exec", "run"], 1),
    delegator("srt", &[], 0),
    delegator("ssh", &[], 1),
    delegator("su", &[], 0),
    delegator("systemd-run", &[], 0),
    delegator("teller", &["run"], 0),
    delegator(
        "tmux",
        &[
            "new",
            "new-session",
            "new-window",
            "neww",
            "send-keys",
            "split-window",
        ],
        0,
    ),
    delegator("tsp", &[], 0),
    delegator("unshare", &[], 0),
    delegator("uv", &["run", "tool"], 0),
    delegator("uvx", &[], 0),
    delegator("volta", &["run"], 0),
    delegator("watch", &[], 0),
    delegator("wsl", &[], 0),
    delegator("zellij", &["run"], 0),
];

fn find(name: &str) -> Option<&'static Delegator> {
    DELEGATORS.iter().find(|delegator| delegator.name == name)
}

impl Delegator {
    /// The starts among the words behind its name.
    fn starts(&self, words: &[Arg]) -> Vec<Program> {
        if self.verbs.is_empty() {
            return search(words, self.operands);
        }
        // `docker compose run`: the verb may stand behind a group and behind options.
        const MAX_VERB: usize = 8;
        let is_verb = |word: &Arg| self.verbs.contains(&word.as_str());
        let Some(verb) = words.iter().take(MAX_VERB).position(is_verb) else {
            return Vec::new();
        };
        let rest = words.get(verb..).unwrap_or_default();
        if let Some(program) = image_start(rest) {
            return vec![program];
        }
        search(rest.get(1..).unwrap_or_default(), self.operands)
    }
}

/// The starts inside the words of a delegator; for an unknown command, what stands behind a `--`.
pub(super) fn read(words: &[Arg]) -> Vec<Program> {
    let Some((first, rest)) = words.split_first() else {
        return Vec::new();
    };
    let name = base_name(first.as_str());
    let known = find(name);
    let found = known.map(|delegator| delegator.starts(rest));
    if let Some(found) = found.filter(|found| !found.is_empty()) {
        return found;
    }
    let behind = rest.iter().position(|word| word.as_str() == "--");
    let inner = behind.and_then(|at| rest.get(at + 1..)).unwrap_or_default();
    // `git diff main -- claude`: programs that everybody knows hand nothing on.
    if known.is_none()
        && !is_harmless(name)
        && let Some(Program::Claude(claude)) = launch::read(inner)
    {
        return vec![Program::Claude(claude)];
    }
    // A program that nobody can name, with an argv of Claude behind it: `"$NODE" harness.js claude --print …`.
    if !first.is_known()
        && let Some(program) = behind_harness(rest)
    {
        return vec![program];
    }
    vec![Program::Named { words: words.len() }]
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
    let name = match name {
        "cli" if package.starts_with("@devcontainers/") => "devcontainer",
        name => name.trim_end_matches("-cli"),
    };
    find(name)?.starts(words).into_iter().next()
}

/// Finds the first word from which on the words are a start that is known, else every quoted command.
fn search(words: &[Arg], mut operands: usize) -> Vec<Program> {
    // Every start position is tried once; an argv is bounded by the line it stands on.
    const MAX_POSITIONS: usize = 256;
    for (index, word) in words.iter().enumerate().take(MAX_POSITIONS) {
        // A value of an option (`-p claude`, `--name claude`) is no program.
        let previous = index
            .checked_sub(1)
            .and_then(|at| words.get(at))
            .map(Arg::as_str);
        let is_value = previous.is_some_and(|text| VALUED.contains(&text));
        // `.` is a folder here, not the command of a shell.
        if is_value || word.as_str() == "." || word.as_str().starts_with('-') {
            continue;
        }
        if operands > 0 {
            operands -= 1;
            continue;
        }
        let Some(rest) = words.get(index..) else {
            break;
        };
        if let Some(wrapped) = super::wrapper::peel(rest)
            && let Some(program) = launch::read(wrapped.rest)
        {
            return vec![program];
        }
        match launch::read(rest) {
            Some(Program::File { .. }) | None => {}
            Some(program) => return vec![program],
        }
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

/// `docker run ghcr.io/acme/claude-code -p …`: the image's entry point is Claude.
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
