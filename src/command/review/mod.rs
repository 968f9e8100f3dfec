//! `portcullis review`: in a workflow run, judges what the event is about and says so on the pull request.
//!
//! The verdict comes first and from the files only; then the channels that need no permission are written; then the
//! comments. Nothing that happens to a comment changes the verdict. The event matrix is that of
//! `facts/github-delivery.md` §6.2, the sources of policy and base those of `design.md` §4.

mod channels;
mod inputs;
mod judge;
mod sources;
mod workload;

use std::io::Write;
use std::sync::Arc;

use crate::check::{Report, Verdict};
use crate::finding::Severity;
use crate::github::client::{Clock, Limits, Setup, Signal, Stop, SystemClock};
use crate::github::code_scanning::{self, Upload};
use crate::github::delivery::{self, Delivery, Job, State};
use crate::github::environment::Environment;
use crate::github::event::Event;
use crate::github::review::{Halt, RunId, Target};
use crate::github::{Client, Error};
use crate::report::{Format, Style, visible};

use super::{Failure, Global};
use channels::Channels;
use inputs::{Comments, Inputs, Sarif};
use judge::{Judged, judge};
use sources::Checkout;
use workload::{Case, Outlook, Workload};

pub use inputs::Arguments;

/// Exit code for a verdict of pass whose comments could not be delivered, where they had to be.
const UNDELIVERED: u8 = 4;

/// What a run stands in. A test gives its own.
pub struct World<'w> {
    /// Environment variables.
    pub environment: &'w dyn Fn(&str) -> Option<String>,
    /// What may be spent on GitHub, and how fast.
    pub limits: Limits,
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// The log of the step.
    pub log: &'w mut dyn Write,
    /// How the report in the log looks.
    pub style: Style,
    /// The wish to end the run.
    pub stop: Stop,
}

/// How comments fared, for the output `delivered`.
#[derive(Clone, PartialEq, Eq, Debug)]
enum Delivered {
    /// The pull request says what the report says.
    Review,
    /// Only the channels without permission were written; with the reason, where it is a failure.
    Annotations(Option<String>),
    /// Nobody is to be told here.
    None,
}

/// Runs the command in the process's own environment.
pub(super) fn run(arguments: &Arguments, global: &Global) -> Result<u8, Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| Failure::Incomplete(error.to_string()))?;
    runtime.block_on(async {
        let stop = Stop::new();
        stop.on_signals()
            .map_err(|error| Failure::Incomplete(error.to_string()))?;
        let mut log = std::io::stdout();
        let mut world = World {
            environment: &|name| std::env::var(name).ok(),
            limits: Limits::default(),
            clock: Arc::new(SystemClock::new()),
            log: &mut log,
            style: global.style(),
            stop,
        };
        review(arguments, &mut world).await
    })
}

/// Runs the command in a world of the caller's, and gives the exit code. To be called within a tokio runtime.
pub async fn run_in(arguments: &Arguments, world: &mut World<'_>) -> u8 {
    match review(arguments, world).await {
        Ok(code) => code,
        Err(failure) => {
            say(world, &format!("error: {failure}"));
            failure.exit_code()
        }
    }
}

async fn review(arguments: &Arguments, world: &mut World<'_>) -> Result<u8, Failure> {
    let inputs = Inputs::of(arguments, world.environment)?;
    let environment = Environment::read(world.environment).map_err(|error| {
        Failure::Usage(format!(
            "{error}; on your machine, `portcullis check --base origin/main` does the same"
        ))
    })?;
    let event = read_event(&environment)?;
    let client = client(&environment, world)?;
    let checkout = Checkout::at(&inputs.path);
    let channels = Channels::of(world.environment);
    let outlook = workload::of(&event, &environment, client.as_ref(), &checkout).await?;
    let workload = match outlook {
        Outlook::Work(workload) => workload,
        Outlook::Nothing(why) => {
            say(world, why);
            warn(
                world,
                channels.give(&[("verdict", "skipped".into()), ("delivered", "none".into())]),
            );
            return Ok(0);
        }
    };
    let mut worst = 0;
    let Workload { cases, relayed } = workload;
    for case in &cases {
        let code = one(
            case,
            &inputs,
            &environment,
            client.as_ref(),
            &checkout,
            world,
        )
        .await?;
        worst = worst.max(code);
    }
    // A relay runs for the base branch: that a pull request fails is said there, and is no failure here.
    Ok(if relayed && worst < 128 { 0 } else { worst })
}

fn read_event(environment: &Environment) -> Result<Event, Failure> {
    let path = &environment.event_path;
    let bytes = std::fs::read(path)
        .map_err(|error| Failure::Usage(format!("{}: {error}", path.display())))?;
    Event::read(
        &environment.event_name,
        &bytes,
        environment.actor.as_deref(),
    )
    .map_err(|error| Failure::Usage(error.to_string()))
}

/// The door to GitHub; none without a token, since nothing that is private could be read.
fn client(environment: &Environment, world: &World<'_>) -> Result<Option<Client>, Failure> {
    let Some(token) = &environment.token else {
        return Ok(None);
    };
    let setup = Setup {
        proxies: environment.proxies.clone(),
        limits: world.limits.clone(),
        clock: Arc::clone(&world.clock),
        stop: world.stop.clone(),
        ..Setup::new(environment.endpoints.clone(), Some(token.clone()))
    };
    match Client::new(setup) {
        Ok(client) => Ok(Some(client)),
        Err(error) => Err(Failure::Incomplete(error.to_string())),
    }
}

/// One pull request, or one commit: verdict, channels, comments.
async fn one(
    case: &Case,
    inputs: &Inputs,
    environment: &Environment,
    client: Option<&Client>,
    checkout: &Checkout<'_>,
    world: &mut World<'_>,
) -> Result<u8, Failure> {
    let Judged {
        report,
        notices,
        state,
    } = judge(case, inputs, client, checkout).await?;
    for notice in notices {
        say(world, &format!("note: {notice}"));
    }
    stop(world)?;
    let channels = Channels::of(world.environment);
    write_channels(&report, inputs, &channels, world)?;
    if inputs.sarif == Sarif::Upload {
        upload(&report, case, environment, client, world).await?;
    }
    stop(world)?;
    let delivered = deliver(&report, case, inputs, environment, client, state, world).await?;
    let (word, error) = match &delivered {
        Delivered::Review => ("review", None),
        Delivered::Annotations(error) => ("annotations", error.clone()),
        Delivered::None => ("none", None),
    };
    let mut outputs = vec![("delivered", word.to_owned())];
    outputs.extend(error.clone().map(|error| ("delivery-error", error)));
    warn(world, channels.give(&outputs));
    let is_required = inputs.delivery == inputs::Delivery::Required;
    if error.is_some() && is_required && report.verdict == Verdict::Pass {
        return Ok(UNDELIVERED);
    }
    Ok(report.verdict.exit_code())
}

/// Writes everything that needs no permission, now: whatever ends the run later, this is said.
fn write_channels(
    report: &Report,
    inputs: &Inputs,
    channels: &Channels,
    world: &mut World<'_>,
) -> Result<(), Failure> {
    let mut outputs = vec![
        ("verdict", report.verdict.as_str().to_owned()),
        ("errors", report.count(Severity::Error).to_string()),
        ("warnings", report.count(Severity::Warning).to_string()),
        ("notes", report.count(Severity::Note).to_string()),
    ];
    let mut files = Vec::new();
    if inputs.sarif != Sarif::Off {
        files.push((Format::Sarif, &inputs.sarif_file, "sarif-file"));
    }
    if let Some(path) = &inputs.report_file {
        files.push((Format::Json, path, "report-file"));
    }
    for (format, path, output) in files {
        match channels::write_file(report, format, path) {
            Ok(()) => outputs.push((output, path.display().to_string())),
            Err(failure) => say(world, &format!("warning: {failure}")),
        }
    }
    channels::log(report, &world.style, world.log)?;
    warn(world, channels.summarise(report));
    warn(world, channels.give(&outputs));
    Ok(())
}

async fn upload(
    report: &Report,
    case: &Case,
    environment: &Environment,
    client: Option<&Client>,
    world: &mut World<'_>,
) -> Result<(), Failure> {
    let reference = match case.conversation {
        Some(number) => format!("refs/pull/{number}/head"),
        None => environment.reference.clone().unwrap_or_default(),
    };
    let Some(client) = client.filter(|_| case.may_write && !reference.is_empty()) else {
        say(
            world,
            "note: the SARIF report is not uploaded: this run has no token that could (it is in the file)",
        );
        return Ok(());
    };
    let mut sarif = Vec::new();
    crate::report::render(report, Format::Sarif, &Style::default(), &mut sarif).map_err(
        |source| Failure::Output {
            path: "the SARIF report".into(),
            source,
        },
    )?;
    let outcome = code_scanning::upload(
        client,
        &Upload {
            repository: &case.repository,
            commit: case.head,
            reference: &reference,
            sarif: &String::from_utf8_lossy(&sarif),
        },
    )
    .await;
    match outcome {
        code_scanning::Outcome::Failed(Error::Stopped { signal }) => {
            return Err(Failure::Stopped(signal.exit_code()));
        }
        code_scanning::Outcome::Complete | code_scanning::Outcome::Pending => {}
        other => say(
            world,
            &format!("warning: code scanning did not take the report: {other}"),
        ),
    }
    Ok(())
}

async fn deliver(
    report: &Report,
    case: &Case,
    inputs: &Inputs,
    environment: &Environment,
    client: Option<&Client>,
    state: Option<State>,
    world: &mut World<'_>,
) -> Result<Delivered, Failure> {
    let Some(number) = case.conversation else {
        return Ok(Delivered::Annotations(None));
    };
    if inputs.comments == Comments::Off {
        return Ok(Delivered::Annotations(None));
    }
    if let Some(why) = case.silence {
        say(world, &format!("note: no comments: {why}"));
        return Ok(Delivered::Annotations(None));
    }
    let Some(client) = client else {
        let why = "there is no token to comment with (input `github-token`)";
        say(world, &format!("note: no comments: {why}"));
        return Ok(Delivered::Annotations(Some(why.into())));
    };
    let subject = delivery::Subject {
        repository: &case.repository,
        number,
    };
    let state = match state {
        Some(state) => Ok(state),
        None => delivery::state(client, subject).await,
    };
    let target = Target {
        server: environment.endpoints.server.to_string(),
        owner: case.repository.owner().into(),
        repo: case.repository.name().into(),
        number,
        head: case.head.to_string(),
    };
    let run = RunId {
        id: environment
            .run_id
            .map(|id| id.to_string())
            .unwrap_or_default(),
        attempt: u32::try_from(environment.run_attempt).unwrap_or(u32::MAX),
    };
    let job = Job {
        report,
        repository: &case.repository,
        target: &target,
        run: &run,
        sections: &[],
    };
    let delivery = match state {
        Ok(state) => delivery::deliver(client, &job, state).await,
        Err(Error::Stopped { signal }) => Delivery::Stopped(signal),
        Err(reason) => Delivery::Failed {
            done: delivery::Done::default(),
            reason,
        },
    };
    match delivery {
        Delivery::Complete(done) => {
            say(world, &format!("comments: {done}"));
            Ok(Delivered::Review)
        }
        Delivery::Halted(halt) => {
            say(world, &format!("note: no comments: {}", reason(halt)));
            Ok(Delivered::None)
        }
        Delivery::Failed { reason, .. } => {
            let why = visible(&reason.to_string());
            say(
                world,
                &format!("warning: the comments could not be delivered: {why}"),
            );
            if matches!(reason, Error::ReadOnly { .. } | Error::Forbidden { .. }) {
                say(
                    world,
                    "  the job needs `permissions: pull-requests: write` for them",
                );
            }
            Ok(Delivered::Annotations(Some(why)))
        }
        Delivery::Stopped(signal) => Err(Failure::Stopped(signal.exit_code())),
    }
}

const fn reason(halt: Halt) -> &'static str {
    match halt {
        Halt::Superseded => "the pull request has a newer commit, whose run has the word",
        Halt::Closed => "the pull request is closed",
        Halt::Merged => "the pull request is merged",
        Halt::Locked => "the conversation is locked",
        Halt::Unread => "not all of its comments could be read",
    }
}

/// Ends the run where a signal asked for it.
fn stop(world: &World<'_>) -> Result<(), Failure> {
    match world.stop.requested().map(Signal::exit_code) {
        Some(code) => Err(Failure::Stopped(code)),
        None => Ok(()),
    }
}

/// One line of the log, in which nothing of strangers is taken for a command of the runner.
fn say(world: &mut World<'_>, line: &str) {
    // Whoever stops reading the log does not change the verdict.
    drop(writeln!(world.log, "{}", visible(line)));
}

/// A channel that is closed, as an annotation: whoever misses an output has to see why.
fn warn(world: &mut World<'_>, result: Result<(), channels::Closed>) {
    if let Err(closed) = result {
        let text = visible(&closed.to_string()).replace('%', "%25");
        drop(writeln!(world.log, "::warning title=portcullis::{text}"));
    }
}
