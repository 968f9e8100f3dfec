//! An agent run: one start of Claude, joined with the job it runs in.

use crate::claude::catalog::modes::Mode;
use crate::source::{Location, Traced};

use super::bound::Bounds;
use super::card::{AgentCard, AgentKind, Exposure, Hop, ToolSummary};
use super::effective::{EffectiveMode, Setting, Tools};
use super::power::Power;
use super::program::Certainty;

/// One start of Claude by a workflow.
#[derive(Clone, Debug)]
pub struct AgentRun {
    /// Where Claude is started.
    pub location: Location,
    /// Path of the workflow whose trigger leads here.
    pub workflow: String,
    /// The job that holds the step.
    pub job: JobPlace,
    /// Name of the step: its `name`, else its `id`, else `step N`.
    pub step: String,
    /// Where in the structure the step is: `jobs.fix.steps.2`.
    pub anchor: String,
    /// How a workflow gets here, outermost first.
    pub trail: Vec<Hop>,
    /// How Claude is started.
    pub kind: AgentKind,
    /// Version, as written.
    pub version: Option<String>,
    /// How sure the reading is.
    pub certainty: Certainty,
    /// The permission mode.
    pub mode: EffectiveMode,
    /// The tools.
    pub tools: Tools,
    /// Token and secrets.
    pub power: Power,
    /// What ends it.
    pub bounds: Bounds,
    /// Whether the number of turns or the cost is bounded.
    pub work: Work,
    /// Words that may become flags and that nobody can know.
    pub dynamic: Vec<Traced>,
    /// Events that start it.
    pub triggers: Vec<String>,
    /// Who can start it.
    pub exposure: Exposure,
    /// Whether text of strangers is known to reach the prompt.
    pub untrusted_input: bool,
}

/// A job, as far as findings about a run need it.
#[derive(Clone, Debug)]
pub struct JobPlace {
    /// Its id.
    pub id: String,
    /// The id where it is defined.
    pub key: Location,
    /// Where a key can be inserted at the head of the job, with the spaces in front of it; nothing where the job is
    /// written in braces.
    pub insertion: Option<(Location, String)>,
    /// A `timeout-minutes` that GitHub refuses, where it can be replaced.
    pub invalid_timeout: Option<Location>,
    /// Whether the job has the key at all, so that a second one would be a duplicate.
    pub has_timeout: bool,
}

/// Whether something bounds the work of a run.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Work {
    /// `--max-turns`, `--max-budget-usd` or their kin.
    Bounded,
    /// Nothing.
    Unbounded,
    /// The program does not take such a bound, or nobody can read it.
    Unclear,
}

impl AgentRun {
    /// The same run, started through a script that stands in for Claude's program and adds flags of its own.
    pub(super) fn through(mut self, wrapper: super::walk::Found) -> Self {
        let mode = super::effective::mode(&wrapper.line, &super::effective::Sources::default());
        if mode.set_at.is_some() {
            self.mode = mode;
        }
        self.trail = wrapper.trail;
        self.trail.push(Hop {
            location: wrapper.location,
            what: "claude".into(),
        });
        self
    }

    /// The token that puts the run into bypass mode.
    pub fn bypass(&self) -> Option<&Setting> {
        let bypasses = self.mode.mode == Some(Mode::BypassPermissions);
        self.mode.set_at.as_ref().filter(|_| bypasses)
    }

    /// The half of the read-only scope that tools make (`rules.md`, "Read-only scope").
    pub fn has_read_only_tools(&self) -> bool {
        self.kind != AgentKind::Unresolved && self.tools.are_read_only(self.mode.mode)
    }

    /// The half that token and secrets make.
    pub fn has_read_only_power(&self) -> bool {
        self.power.writes.is_empty()
    }

    /// Whether the run is read-only by both halves.
    pub fn is_read_only(&self) -> bool {
        self.has_read_only_tools() && self.has_read_only_power()
    }

    /// What reports show of it.
    pub fn card(&self) -> AgentCard {
        let mode = match self.mode.mode {
            _ if self.kind == AgentKind::Unresolved => "unknown",
            Some(mode) => mode.as_str(),
            None => "unknown",
        };
        AgentCard {
            location: self.location.clone(),
            job: self.job.id.clone(),
            step: self.step.clone(),
            via: self.trail.clone(),
            kind: self.kind,
            version: self.version.clone(),
            mode: mode.to_owned(),
            tools: ToolSummary {
                available: self.tools.available.clone(),
                allowed: self.tools.allowed.clone(),
                denied: self.tools.denied.clone(),
            },
            read_only: self.is_read_only(),
            triggers: self.triggers.clone(),
            exposure: self.exposure,
            untrusted_input: self.untrusted_input,
            permissions: self.power.permissions.clone(),
            secrets: self.power.secrets.clone(),
            timeout_minutes: self.bounds.minutes(),
        }
    }
}
