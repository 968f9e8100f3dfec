//! The command line: one file per subcommand, and the exit codes (`design.md` §4).
//!
//! 0 pass, 1 fail, 2 usage, configuration or policy error, 3 incomplete, 4 passed but not delivered (only where
//! delivery is required), 130 and 143 cancelled.

mod check;
mod completions;
mod fix;
mod output;
mod permit;
mod policy_file;
#[cfg(feature = "github")]
pub mod review;
mod rules;
mod subtree;

use std::io::{self, Write};
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand, ValueEnum};
use jiff::civil::Date;

use crate::policy::Diagnostic;
use crate::report::{self, Colour};
use crate::secret::Detector;
use crate::source::Location;

/// Exit code for wrong usage, configuration or policy.
const USAGE: u8 = 2;

/// Exit code for a check that came to no result.
#[cfg(feature = "github")]
const INCOMPLETE: u8 = 3;

/// The required check for repositories that use Claude Code.
#[derive(Parser)]
#[command(
    name = "portcullis",
    version,
    about,
    propagate_version = true,
    arg_required_else_help = true
)]
struct Cli {
    #[command(subcommand)]
    command: Command,
    #[command(flatten)]
    global: Global,
}

#[derive(Subcommand)]
enum Command {
    /// Check a working copy: every start of Claude in its workflows, missing time limits, written-down keys
    Check(check::Arguments),
    /// Say what the settings of a repository would do with a call, and which rule decides
    Permit(permit::Arguments),
    /// In a workflow: check what the event is about, and comment on the pull request
    #[cfg(feature = "github")]
    Review(Box<review::Arguments>),
    /// List the rules, or explain one
    Rules(rules::Arguments),
    /// Print completions for a shell
    Completions(completions::Arguments),
}

/// Options of every command.
#[derive(Args)]
struct Global {
    /// When to use colours
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto")]
    color: When,
    /// Print nothing but errors; the exit code tells the rest
    #[arg(short, long, global = true, conflicts_with = "verbose")]
    quiet: bool,
    /// Say on standard error what is read and why
    #[arg(short, long, global = true)]
    verbose: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum When {
    /// On a terminal, unless `NO_COLOR` is set
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

impl Global {
    /// How reports for standard output look.
    fn style(&self) -> report::Style {
        let terminal = io::IsTerminal::is_terminal(&io::stdout());
        let set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
        let dumb = std::env::var_os("TERM").is_some_and(|term| term == "dumb");
        let colour = match self.color {
            When::Always => true,
            When::Never => false,
            When::Auto => !set("NO_COLOR") && (set("CLICOLOR_FORCE") || (terminal && !dumb)),
        };
        let width = if terminal {
            terminal_size::terminal_size().map(|(width, _)| width.0)
        } else {
            None
        };
        report::Style {
            colour: if colour {
                Colour::Always
            } else {
                Colour::Never
            },
            width,
        }
    }
}

/// Why a command ended without a result.
#[derive(Debug, thiserror::Error)]
enum Failure {
    /// What was asked for makes no sense, with a sentence for people.
    #[error("{0}")]
    Usage(String),
    /// The policy file has mistakes.
    #[error("the policy is not valid")]
    Policy(Vec<Diagnostic>),
    /// A report could not be written.
    #[error("{path} could not be written: {source}")]
    Output {
        /// Where to.
        path: String,
        /// Why not.
        source: io::Error,
    },
    /// What should be judged could not be had.
    #[cfg(feature = "github")]
    #[error("there is no result: {0}")]
    Incomplete(String),
    /// A signal ended the run; the exit code says which.
    #[cfg(feature = "github")]
    #[error("the run was cancelled")]
    Stopped(u8),
    /// The reader of standard output is gone: nobody wants the rest.
    #[error("standard output is closed")]
    Closed,
}

impl Failure {
    fn exit_code(&self) -> u8 {
        match self {
            #[cfg(feature = "github")]
            Self::Incomplete(_) => INCOMPLETE,
            #[cfg(feature = "github")]
            Self::Stopped(code) => *code,
            Self::Usage(_) | Self::Policy(_) | Self::Output { .. } | Self::Closed => USAGE,
        }
    }

    /// A failure to write to standard output.
    fn of_stdout(source: io::Error) -> Self {
        if source.kind() == io::ErrorKind::BrokenPipe {
            return Self::Closed;
        }
        Self::Output {
            path: "standard output".into(),
            source,
        }
    }
}

/// The day in UTC, by which exemptions are judged where nobody names one.
fn today() -> Date {
    jiff::tz::Offset::UTC
        .to_datetime(jiff::Timestamp::now())
        .date()
}

/// Runs the command line of this process.
pub fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            // Help and version go to standard output with exit code 0; a closed pipe is no reason to complain.
            let code = if error.use_stderr() { USAGE } else { 0 };
            drop(error.print());
            return ExitCode::from(code);
        }
    };
    let result = match &cli.command {
        Command::Check(arguments) => check::run(arguments, &cli.global),
        Command::Permit(arguments) => permit::run(arguments, &cli.global),
        #[cfg(feature = "github")]
        Command::Review(arguments) => review::run(arguments, &cli.global),
        Command::Rules(arguments) => rules::run(arguments, &cli.global),
        Command::Completions(arguments) => completions::run::<Cli>(arguments),
    };
    match result {
        Ok(code) => ExitCode::from(code),
        Err(Failure::Closed) => ExitCode::SUCCESS,
        Err(failure) => {
            explain(&failure, &cli.global);
            ExitCode::from(failure.exit_code())
        }
    }
}

/// Keys in the files that mistakes are in: somebody may have pasted one into the policy.
fn keys_of(mistakes: &[Diagnostic]) -> Vec<Location> {
    let Some(file) = mistakes.first().map(|mistake| &mistake.location.file) else {
        return Vec::new();
    };
    let found = Detector::new().scan(file.text().as_bytes());
    found
        .into_iter()
        .map(|key| Location::new(file, key.span))
        .collect()
}

fn explain(failure: &Failure, global: &Global) {
    let mut stderr = io::stderr().lock();
    let written = match failure {
        Failure::Policy(mistakes) => {
            let keys = keys_of(mistakes);
            report::diagnostics(mistakes, &keys, &global.style(), &mut stderr)
        }
        other => writeln!(stderr, "error: {}", report::visible(&other.to_string())),
    };
    // Nobody is left to tell when standard error is closed, too.
    drop(written);
}
