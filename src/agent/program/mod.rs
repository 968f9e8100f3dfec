//! What an argv starts.
//!
//! From the words of one command to the program that matters: wrappers (`sudo`, `timeout`, `docker run …`) are
//! taken off, launchers (`npx`, `node`, `make`, `npm run`) are read for what they launch. Pure: files that a
//! launcher names are only named here.

mod delegate;
pub(super) mod harmless;
mod launch;
mod node;
mod python;
mod task;
mod wrapper;

use crate::claude::command_line::Unknown;
use crate::shell::Dialect;
use crate::source::Traced;

/// One word of an argv.
#[derive(Clone, Debug)]
pub struct Arg {
    /// The word after expansion.
    pub text: Traced,
    /// What it may become where it is not known.
    pub unknown: Unknown,
}

impl Arg {
    /// A word that stays one word.
    pub fn word(text: Traced) -> Self {
        Self {
            text,
            unknown: Unknown::Text,
        }
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        self.text.text()
    }

    fn is_known(&self) -> bool {
        self.text.is_known()
    }
}

/// What an argv starts, as far as agent runs are concerned.
#[derive(Clone, Debug)]
pub enum Program {
    /// Claude Code.
    Claude(ClaudeStart),
    /// A text that a shell runs.
    Shell {
        /// The text.
        text: Traced,
        /// Which shell.
        dialect: Dialect,
        /// `$1` and so on.
        arguments: Vec<Arg>,
    },
    /// A shell script in a file.
    ShellFile {
        /// Its path as written.
        path: Traced,
        /// `$1` and so on.
        arguments: Vec<Arg>,
        /// Whether it shares the caller's variables (`source`).
        variables: Sharing,
    },
    /// A shell that reads its script from standard input.
    ShellInput(Dialect),
    /// A program text in another language.
    Code(Language, Traced),
    /// A program in a file.
    CodeFile {
        /// Which language.
        language: Language,
        /// Its path as written.
        path: Traced,
    },
    /// An interpreter that reads its program from standard input.
    CodeInput(Language),
    /// A file that is started by its path, so that its first line or its name decides what it is.
    File {
        /// Its path as written.
        path: Traced,
        /// `$1` and so on.
        arguments: Vec<Arg>,
    },
    /// A script of a `package.json`.
    PackageScript {
        /// Its name.
        name: Traced,
        /// The folder of the `package.json`, where the command names one.
        directory: Option<Traced>,
        /// What is appended to the script.
        arguments: Vec<Arg>,
    },
    /// A target of a task file.
    Task {
        /// Which tool reads it.
        tool: TaskTool,
        /// Names of targets; empty for the default one.
        targets: Vec<Traced>,
        /// The folder, where the command names one.
        directory: Option<Traced>,
        /// The file, where the command names one.
        file: Option<Traced>,
        /// Variables that the command line sets.
        variables: Vec<(String, Traced)>,
    },
    /// A command by name that may be a function or an alias of the script.
    Named {
        /// How many of the last words of the argv are the name and its arguments. Most commands are nothing else,
        /// so that a copy of their words would be what a script costs.
        words: usize,
    },
}

/// A start of the command line tool.
#[derive(Clone, Debug)]
pub struct ClaudeStart {
    /// The word that names the program.
    pub program: Traced,
    /// The words behind it.
    pub arguments: Vec<Arg>,
    /// Version, where a package name carries one.
    pub version: Option<String>,
    /// How sure it is that this is Claude Code.
    pub certainty: Certainty,
}

/// How sure the reading of a command is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Certainty {
    /// A name such as `$CLAUDE_BIN` says so.
    ByName,
    /// The program is written out.
    Written,
}

/// Whether a script shares the variables of its caller.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Sharing {
    /// `source x`
    Shared,
    /// `bash x`
    Own,
}

/// Languages in which the Agent SDK, or a child process, starts Claude.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Language {
    /// Python.
    Python,
    /// JavaScript and TypeScript.
    JavaScript,
}

/// Tools that read targets from a task file.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum TaskTool {
    /// `make`
    Make,
    /// `just`
    Just,
    /// `task`
    Taskfile,
}

/// What an argv starts, and what its wrappers say about the start.
#[derive(Clone, Debug)]
pub struct Start {
    /// What is started.
    pub program: Program,
    /// Seconds after which a `timeout` ends it; nothing where none does or the number is not known.
    pub seconds: Option<f64>,
    /// Variables that wrappers set.
    pub environment: Vec<(String, Traced)>,
}

/// How many wrappers may stand around a command.
const MAX_WRAPPERS: usize = 16;

/// Reads an argv. A delegator may hide several starts (`concurrently "a" "b"`).
pub fn starts(words: &[Arg]) -> Vec<Start> {
    let mut rest = words;
    let mut seconds: Option<f64> = None;
    let mut environment = Vec::new();
    for _ in 0..MAX_WRAPPERS {
        // `env -S` hides the command in one word.
        let is_split = rest.get(1).is_some_and(|word| word.as_str() == "-S");
        let Some(peeled) = wrapper::peel(rest).filter(|_| !is_split) else {
            break;
        };
        if let Some(limit) = peeled.seconds {
            seconds = Some(seconds.map_or(limit, |known| known.min(limit)));
        }
        environment.extend(peeled.environment);
        rest = peeled.rest;
    }
    let programs = match launch::read(rest) {
        Some(program) => vec![program],
        None => delegate::read(rest),
    };
    programs
        .into_iter()
        .map(|program| Start {
            program,
            seconds,
            environment: environment.clone(),
        })
        .collect()
}

/// The last part of a path, without the endings of Windows programs.
fn base_name(word: &str) -> &str {
    let name = word.rsplit(['/', '\\']).next().unwrap_or(word);
    let ending = [".exe", ".cmd", ".ps1"]
        .iter()
        .find_map(|ending| name.strip_suffix(ending));
    ending.unwrap_or(name)
}

/// Splits `NAME=value`.
fn assignment(word: &Arg) -> Option<(String, Traced)> {
    let text = word.as_str();
    let at = text.find('=')?;
    let name = text.get(..at)?;
    let is_name = !name.is_empty()
        && !name.starts_with(|c: char| c.is_ascii_digit())
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    is_name.then(|| (name.to_owned(), word.text.slice(at + 1..text.len())))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::{Location, SourceFile, Span};

    /// Words split at blanks; `'…'` groups; `$X` is a hole.
    pub(super) fn argv(text: &str) -> Vec<Arg> {
        let file = SourceFile::new("t", text);
        let mut words = Vec::new();
        let mut at = 0;
        for (index, piece) in text.split('\'').enumerate() {
            if index % 2 == 1 {
                words.push(Arg::word(Traced::of_file(
                    &file,
                    Span::of(at..at + piece.len()),
                )));
            } else {
                let mut offset = at;
                for word in piece.split(' ') {
                    let span = Span::of(offset..offset + word.len());
                    offset += word.len() + 1;
                    if word.starts_with('$') {
                        let text = Traced::hole("HOLE", word, &Location::new(&file, span));
                        words.push(Arg {
                            text,
                            unknown: Unknown::Words,
                        });
                    } else if !word.is_empty() {
                        words.push(Arg::word(Traced::of_file(&file, span)));
                    }
                }
            }
            at += piece.len() + 1;
        }
        words
    }

    fn describe(text: &str) -> Vec<String> {
        starts(&argv(text))
            .into_iter()
            .map(|start| {
                let list = |arguments: &[Arg]| {
                    arguments
                        .iter()
                        .map(|arg| arg.as_str().to_owned())
                        .collect::<Vec<_>>()
                        .join(" ")
                };
                let what = match start.program {
                    Program::Claude(claude) => format!("claude [{}]", list(&claude.arguments)),
                    Program::Shell { text, .. } => format!("shell [{}]", text.text()),
                    Program::ShellFile {
                        path, arguments, ..
                    } => {
                        format!("shell file {} [{}]", path.text(), list(&arguments))
                    }
                    Program::ShellInput(_) => "shell input".into(),
                    Program::Code(_, text) => format!("code [{}]", text.text()),
                    Program::CodeFile { path, .. } => format!("code file {}", path.text()),
                    Program::CodeInput(_) => "code input".into(),
                    Program::File { path, arguments } => {
                        format!("file {} [{}]", path.text(), list(&arguments))
                    }
                    Program::PackageScript {
                        name,
                        directory,
                        arguments,
                    } => format!(
                        "script {} in {} [{}]",
                        name.text(),
                        directory.as_ref().map_or(".", Traced::text),
                        list(&arguments)
                    ),
                    Program::Task {
                        tool,
                        targets,
                        directory,
                        ..
                    } => format!(
                        "{tool:?} {:?} in {}",
                        targets.iter().map(Traced::text).collect::<Vec<_>>(),
                        directory.as_ref().map_or(".", Traced::text)
                    ),
                    Program::Named { words } => format!("named, {words} words"),
                };
                match start.seconds {
                    Some(seconds) => format!("{what} within {seconds}s"),
                    None => what,
                }
            })
            .collect()
    }

    #[test]
    fn spellings_of_the_program_are_claude() {
        for text in [
            "claude -p x",
            "/usr/local/bin/claude -p x",
            "claude.exe -p x",
            "npx -y @anthropic-ai/claude-code@2.1.240 -p x",
            "npx --yes --package @anthropic-ai/claude-code -- claude -p x",
            "bunx @anthropic-ai/claude-code -p x",
            "pnpm dlx @anthropic-ai/claude-code -p x",
            "yarn dlx @anthropic-ai/claude-code -p x",
            "npm exec -- @anthropic-ai/claude-code -p x",
            "node --max-old-space-size=1 node_modules/@anthropic-ai/claude-code/cli.js -p x",
            "$CLAUDE_BIN -p x",
            "sudo -E -u agent HOME=/home/agent claude -p x",
            "env -i PATH=/bin claude -p x",
            "nohup nice -n 5 claude -p x",
            "exec claude -p x",
            "command claude -p x",
            "xargs -0 -n 1 claude -p x",
            "docker run --rm -v a:b -e K image claude -p x",
            "docker exec -i box claude -p x",
            "op run --env-file=.env -- claude -p x",
            "mise exec node@22 -- claude -p x",
            "uv run claude -p x",
            "wrap --verbose -- claude -p x",
            "stdbuf -oL claude -p x",
            "gosu agent claude -p x",
        ] {
            assert_eq!(describe(text), ["claude [-p x]"], "{text}");
        }
    }

    #[test]
    fn a_time_limit_in_front_is_read() {
        assert_eq!(
            describe("timeout 10m claude -p"),
            ["claude [-p] within 600s"]
        );
        assert_eq!(
            describe("timeout -k 5 --signal=KILL 1.5h claude"),
            ["claude [] within 5400s"]
        );
        assert_eq!(describe("timeout $LIMIT claude"), ["claude []"]);
        assert_eq!(describe("timeout 0 claude"), ["claude []"]);
    }

    #[test]
    fn quoted_commands_are_texts_of_a_shell() {
        assert_eq!(describe("bash -lc 'claude -p x'"), ["shell [claude -p x]"]);
        assert_eq!(
            describe("su - agent -c 'claude -p x'"),
            ["shell [claude -p x]"]
        );
        assert_eq!(
            describe("nix-shell -p claude --run 'claude -p x'"),
            ["shell [claude -p x]"]
        );
        assert_eq!(
            describe("tmux new-session -d 'claude -p x'"),
            ["shell [claude -p x]"]
        );
        assert_eq!(describe("eval 'claude -p' x"), ["shell [claude -p x]"]);
        assert_eq!(
            describe("docker run image bash -c 'claude -p x'"),
            ["shell [claude -p x]"]
        );
        assert_eq!(describe("bash -s"), ["shell input"]);
    }

    #[test]
    fn files_and_tasks_are_named() {
        assert_eq!(
            describe("./scripts/fix.sh a b"),
            ["file ./scripts/fix.sh [a b]"]
        );
        assert_eq!(
            describe("bash -eux scripts/fix.sh a"),
            ["shell file scripts/fix.sh [a]"]
        );
        assert_eq!(describe("source env.sh"), ["shell file env.sh []"]);
        assert_eq!(
            describe("npm run --prefix web fix -- --x"),
            ["script fix in web [--x]"]
        );
        assert_eq!(describe("npm test"), ["script test in . []"]);
        assert_eq!(describe("pnpm -C web fix"), ["script fix in web []"]);
        assert_eq!(describe("yarn fix"), ["script fix in . []"]);
        assert_eq!(describe("bun run fix"), ["script fix in . []"]);
        assert_eq!(describe("bun run fix.ts"), ["code file fix.ts"]);
        assert_eq!(
            describe("make -j2 -C tools V=1 review"),
            ["Make [\"review\"] in tools"]
        );
        assert_eq!(describe("just review 3"), ["Just [\"review\"] in ."]);
        assert_eq!(describe("task review"), ["Taskfile [\"review\"] in ."]);
        assert_eq!(
            describe("uv run --with x scripts/a.py"),
            ["code file scripts/a.py"]
        );
        assert_eq!(describe("python3 -u a.py"), ["code file a.py"]);
        assert_eq!(describe("npx tsx a.ts"), ["code file a.ts"]);
        assert_eq!(describe("node -e 'x()'"), ["code [x()]"]);
        assert_eq!(describe("python -"), ["code input"]);
    }

    #[test]
    fn a_word_claude_elsewhere_is_no_start() {
        for text in [
            "echo claude -p --dangerously-skip-permissions",
            "git clone https://x/claude claude",
            "mkdir claude",
            "which claude",
            "command -v claude",
            "npm install -g @anthropic-ai/claude-code",
            "grep -r --dangerously-skip-permissions claude",
            "cd claude",
        ] {
            assert!(
                !describe(text).iter().any(|what| what.starts_with("claude")),
                "{text}: {:?}",
                describe(text)
            );
        }
    }
}
