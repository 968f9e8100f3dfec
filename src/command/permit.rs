//! `portcullis permit`: what the settings of a repository would do with a call.

use std::io::{self, Write};
use std::path::PathBuf;

use clap::{Args, ValueEnum};
use serde_json::{Value, json};

use crate::check::guard_of_tree;
use crate::claude::catalog::modes::Mode;
use crate::claude::permission::{Asked, Because, Call, Decision, Outcome, Prompt, RuleSet};
use crate::claude::settings::Dead;
use crate::policy::Policy;
use crate::report::visible;
use crate::snapshot::LocalSnapshot;
use crate::subject::guard::{Guard, SettingsFile};

use super::{Failure, Global, USAGE};

/// Arguments of `permit`.
#[derive(Args)]
#[command(
    after_help = "Exit codes: 0 the call would run unasked, 1 somebody would be asked or it would be denied, \
2 wrong usage. The exit code is that of mode `default` with a person present, or of the mode and the circumstances \
that `--mode` and `--headless` name. Settings of the machine and of the person are not looked at."
)]
pub(super) struct Arguments {
    /// The call: `Bash(git push --force)`, `Read(.env)`, `WebFetch(https://example.com)`, `mcp__server__tool`
    call: String,
    /// The repository
    #[arg(long, value_name = "FOLDER", default_value = ".")]
    path: PathBuf,
    /// The folder of the repository in which Claude is started
    #[arg(long, value_name = "FOLDER", default_value = "")]
    start: String,
    /// The mode that the answer and the exit code are for; without it, the one that the settings name
    #[arg(long, value_name = "MODE", value_parser = mode)]
    mode: Option<Mode>,
    /// Answer for `claude -p` in a checkout that nobody has trusted
    #[arg(long)]
    headless: bool,
    /// text or json
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: PermitFormat,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum PermitFormat {
    /// For people
    Text,
    /// One object
    Json,
}

/// Modes in the order in which they are shown.
const MODES: [Mode; 6] = [
    Mode::Default,
    Mode::AcceptEdits,
    Mode::Plan,
    Mode::Auto,
    Mode::DontAsk,
    Mode::BypassPermissions,
];

fn mode(text: &str) -> Result<Mode, String> {
    Mode::parse(text).ok_or_else(|| {
        let names = MODES.map(Mode::as_str).join(", ");
        format!("the modes are {names}")
    })
}

pub(super) fn run(arguments: &Arguments, global: &Global) -> Result<u8, Failure> {
    let call = Call::parse(&arguments.call).map_err(|bad| Failure::Usage(bad.to_string()))?;
    let local =
        LocalSnapshot::open(&arguments.path).map_err(|error| Failure::Usage(error.to_string()))?;
    let policy = Policy::built_in();
    let (guard, unreadable) = guard_of_tree(&local, &policy);
    let start = arguments.path.join(&arguments.start);
    let folder = local.relative(&start).filter(|_| start.is_dir());
    let Some(folder) = folder.as_deref() else {
        let why = format!("{} is no folder of the repository", start.display());
        return Err(Failure::Usage(why));
    };
    let mode = arguments
        .mode
        .or_else(|| named_mode(&guard, folder))
        .unwrap_or(Mode::Default);
    let prompt = if arguments.headless {
        Prompt::Nobody
    } else {
        Prompt::Person
    };
    let rules = guard.rules(folder);
    let answer = Answer {
        call: &call,
        asked: Asked { mode, prompt },
        rules: &rules,
        guard: &guard,
        folder,
    };
    let decision = rules.decide(&call, answer.asked);
    let mut text = match arguments.format {
        PermitFormat::Text => answer.text(&decision),
        PermitFormat::Json => format!("{:#}\n", answer.json(&decision)),
    };
    for (place, reason) in &unreadable {
        // Half of the rules is no answer.
        text.clear();
        let why = format!("{}: {reason}", place.path());
        eprintln!("error: {}", visible(&why));
    }
    if !unreadable.is_empty() {
        return Ok(USAGE);
    }
    if !global.quiet {
        io::stdout()
            .write_all(text.as_bytes())
            .map_err(Failure::of_stdout)?;
    }
    Ok(u8::from(decision.outcome != Outcome::Allow))
}

/// The mode that the settings start with; the local file goes before the project's.
fn named_mode(guard: &Guard, folder: &str) -> Option<Mode> {
    let mut files: Vec<&SettingsFile> = guard.loaded(folder).collect();
    files.sort_by_key(|file| file.scope);
    let named = files.iter().find_map(|file| file.settings.default_mode())?;
    // `auto` is not honoured in files of a repository.
    Mode::parse(named.text()).filter(|mode| *mode != Mode::Auto)
}

struct Answer<'a> {
    call: &'a Call,
    asked: Asked,
    rules: &'a RuleSet<'a>,
    guard: &'a Guard,
    /// Where Claude is started.
    folder: &'a str,
}

impl Answer<'_> {
    fn text(&self, decision: &Decision<'_>) -> String {
        let mut text = format!(
            "{}: {}\n",
            decision.outcome.as_str(),
            visible(&self.call.text)
        );
        text.push_str(&format!("  {}\n\n", visible(&because(decision))));
        text.push_str("  mode               with a person  -p, untrusted checkout\n");
        for mode in MODES {
            let [person, nobody] = self.both(mode).map(|decision| decision.outcome.as_str());
            text.push_str(&format!("  {:17}  {person:13}  {nobody}\n", mode.as_str()));
        }
        for file in self.guard.ignored(self.folder) {
            let why = format!(
                "  {} is ignored as a whole: {}",
                file.path(),
                death(file.dead)
            );
            text.push_str(&format!("\n{}\n", visible(&why)));
        }
        text
    }

    fn both(&self, mode: Mode) -> [Decision<'_>; 2] {
        [Prompt::Person, Prompt::Nobody]
            .map(|prompt| self.rules.decide(self.call, Asked { mode, prompt }))
    }

    fn json(&self, decision: &Decision<'_>) -> Value {
        let modes = MODES.map(|mode| {
            let [person, nobody] = self.both(mode);
            json!({"mode": mode.as_str(), "person": person.outcome.as_str(), "headless": nobody.outcome.as_str()})
        });
        let ignored: Vec<Value> = self
            .guard
            .ignored(self.folder)
            .map(|file| json!({"path": file.path(), "reason": death(file.dead)}))
            .collect();
        json!({
            "schema_version": 1,
            "call": &*self.call.text,
            "mode": self.asked.mode.as_str(),
            "headless": self.asked.prompt == Prompt::Nobody,
            "outcome": decision.outcome.as_str(),
            "reason": because(decision),
            "rule": rule(decision),
            "modes": modes,
            "ignored_files": ignored,
        })
    }
}

fn rule(decision: &Decision<'_>) -> Value {
    let Because::Rule(placed) = decision.because else {
        return Value::Null;
    };
    let start = placed.location.start();
    json!({
        "list": placed.list.as_str(),
        "rule": placed.written.text(),
        "path": placed.location.path(),
        "start": {"line": start.line, "column": start.column},
    })
}

fn because(decision: &Decision<'_>) -> String {
    match decision.because {
        Because::Rule(placed) => {
            let start = placed.location.start();
            format!(
                "{} rule `{}` at {}:{}:{}",
                placed.list.as_str(),
                placed.written.text(),
                placed.location.path(),
                start.line,
                start.column
            )
        }
        Because::BuiltIn(why) => format!("built in: {why}"),
        Because::NoRule => "no rule of the repository is about it".into(),
    }
}

fn death(dead: Option<Dead>) -> &'static str {
    match dead {
        Some(Dead::Syntax) => "it is not valid JSON",
        Some(Dead::Rejected) => "a value in it is refused",
        Some(Dead::TooLarge) => "it is larger than 2 MiB",
        None => "",
    }
}
