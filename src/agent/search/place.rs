//! Where the search is: the job with what its steps share, the step, the steps around it.

use std::collections::HashMap;

use crate::agent::bound::Bounds;
use crate::agent::card::Hop;
use crate::agent::context::Context;
use crate::agent::effective::Ownership;
use crate::agent::exposure::Gate;
use crate::agent::power::Power;
use crate::agent::run::JobPlace;
use crate::source::{Location, Node, Span, Traced};
use crate::workflow::permissions::Token;
use crate::workflow::{Job, Step, Timeout};

/// What the steps of one job share.
pub(super) struct JobState<'t> {
    pub(super) job: Job<'t>,
    pub(super) place: JobPlace,
    pub(super) token: Token,
    pub(super) power: Power,
    pub(super) bounds: Bounds,
    pub(super) gate: Gate,
    pub(super) events: Vec<String>,
    /// Files that steps wrote.
    pub(super) files: HashMap<String, Traced>,
    /// Folders that hold the repository itself, where it is not checked out at the root.
    pub(super) own_folders: Vec<String>,
    /// Repositories that steps checked out into folders of their own.
    pub(super) checkouts: Vec<(String, String)>,
    /// Whether the repository itself is checked out.
    pub(super) has_checkout: bool,
    /// Who decides what the checked out files say.
    pub(super) project: Ownership,
}

/// One step with everything around it.
#[derive(Clone, Copy)]
pub(super) struct Here<'s> {
    pub(super) step: Step<'s>,
    pub(super) place: &'s StepPlace<'s>,
    pub(super) context: &'s Context<'s>,
    pub(super) at: &'s Steps<'s>,
}

impl<'s> Here<'s> {
    /// The same step with the contexts inside the action that it uses.
    pub(super) fn with<'o>(&'o self, context: &'o Context<'o>) -> Here<'o> {
        Here { context, ..*self }
    }
}

/// Where a list of steps is.
pub(super) struct Steps<'s> {
    pub(super) trail: Vec<Hop>,
    pub(super) anchor: String,
    pub(super) depth: usize,
    pub(super) outer: Option<&'s Outer<'s>>,
}

/// The step that uses the action whose steps are walked.
pub(super) struct Outer<'s> {
    pub(super) step: Step<'s>,
    pub(super) place: &'s StepPlace<'s>,
}

pub(super) struct StepPlace<'s> {
    pub(super) name: String,
    pub(super) anchor: String,
    pub(super) up: Option<&'s Outer<'s>>,
}

impl<'s> StepPlace<'s> {
    pub(super) fn new(step: Step<'_>, at: &Steps<'s>) -> Self {
        let name = [step.name(), step.id()]
            .into_iter()
            .flatten()
            .find_map(Node::non_null_text);
        let segment = step
            .id()
            .and_then(Node::text)
            .map_or_else(|| step.ordinal.to_string(), str::to_owned);
        Self {
            name: name.map_or_else(|| format!("step {}", step.ordinal + 1), str::to_owned),
            anchor: format!("{}.steps.{segment}", at.anchor),
            up: at.outer,
        }
    }
}

impl<'s> Steps<'s> {
    /// The step itself, then the steps of the workflow that use the actions around it.
    pub(super) fn outer_steps<'o>(&self, step: Step<'o>) -> Vec<Step<'o>>
    where
        's: 'o,
    {
        let mut steps = vec![step];
        let mut outer = self.outer;
        while let Some(up) = outer {
            steps.push(up.step);
            outer = up.place.up;
        }
        steps
    }
}

impl JobState<'_> {
    pub(super) fn checked_out(&mut self, step: Step<'_>, context: &Context<'_>) {
        let text = |name: &str| step.with().get(name).and_then(|node| context.text(node));
        let folder = text("path").map(|path| {
            path.text()
                .trim_start_matches("./")
                .trim_end_matches('/')
                .to_owned()
        });
        match (text("repository"), folder) {
            (Some(repository), Some(folder)) => {
                let version = text("ref")
                    .map(|version| version.text().to_owned())
                    .unwrap_or_default();
                self.checkouts
                    .push((folder, format!("{}@{version}", repository.text())));
            }
            (None, folder) => {
                self.has_checkout = true;
                self.own_folders
                    .extend(folder.filter(|folder| !folder.is_empty()));
            }
            // An expression is the repository itself or the pull request's; another name is another project.
            (Some(repository), None) => self.has_checkout |= !repository.is_known(),
        }
        let is_foreign = ["ref", "repository"].iter().any(|name| {
            let written = step
                .with()
                .get(name)
                .and_then(Node::text)
                .unwrap_or_default();
            ["head", "pull"].iter().any(|word| written.contains(word))
        });
        if is_foreign {
            self.project = Ownership::PullRequest;
        }
    }
}

pub(super) fn job_place(job: Job<'_>) -> JobPlace {
    let file = job.workflow().file();
    let key = Location::new(file, job.key().written_span());
    let first = job
        .node()
        .entries()
        .next()
        .map(|entry| entry.key.written_span());
    let insertion = first.and_then(|first| {
        // Not by the line table, which only files with a finding need.
        let before = Span::new(0, first.start).slice(file.text());
        let line = memchr::memrchr(b'\n', before.as_bytes()).map_or(0, |at| at + 1);
        let indent = before.get(line..).unwrap_or_default();
        let braces = job.node().span().slice(file.text()).starts_with('{');
        let is_block = !braces && !indent.is_empty() && indent.chars().all(|c| c == ' ');
        is_block.then(|| {
            (
                Location::new(file, Span::at(first.start)),
                indent.to_owned(),
            )
        })
    });
    JobPlace {
        id: job.id().to_owned(),
        key,
        insertion,
        invalid_timeout: match job.timeout() {
            Timeout::Invalid(node) if !node.span().is_empty() => Some(node.location()),
            _ => None,
        },
        has_timeout: !matches!(job.timeout(), Timeout::Absent),
    }
}
