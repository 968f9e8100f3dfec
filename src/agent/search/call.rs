//! Jobs that call a workflow.

use super::{Search, is_credential};
use crate::agent::bound::Bounds;
use crate::agent::card::Hop;
use crate::agent::compose::Composer;
use crate::agent::context::Context;
use crate::agent::exposure::Gate;
use crate::agent::library::{self, Loaded};
use crate::agent::power::Power;
use crate::source::Node;
use crate::workflow::permissions::Token;
use crate::workflow::reference::Reference;
use crate::workflow::{Job, Secrets, With};

use super::place::job_place;

/// How a workflow is reached.
#[derive(Clone)]
pub(super) struct Call<'c> {
    pub(super) trail: Vec<Hop>,
    pub(super) events: Vec<String>,
    pub(super) gate: Gate,
    /// The caller's token, which limits the callee's.
    pub(super) token: Option<Token>,
    /// What the caller passes.
    pub(super) with: With<'c>,
    pub(super) caller: Option<&'c Context<'c>>,
    pub(super) secrets: Option<Secrets<'c>>,
}

impl Default for Call<'_> {
    fn default() -> Self {
        Self {
            trail: Vec::new(),
            events: Vec::new(),
            gate: Gate::Open,
            token: None,
            with: With::none(),
            caller: None,
            secrets: None,
        }
    }
}

impl Search<'_> {
    /// A job that calls a workflow.
    pub(super) fn called(
        &mut self,
        job: Job<'_>,
        context: &Context<'_>,
        call: &Call<'_>,
        gate: Gate,
        token: &Token,
        depth: usize,
    ) {
        let (Some(uses), Some(reference)) = (job.uses(), job.reference()) else {
            return;
        };
        let mut trail = call.trail.clone();
        if let Some(path) = reference
            .own_path()
            .and_then(|path| library::join("", path))
        {
            // GitHub refuses a workflow that calls itself over others.
            let is_cycle = path == self.root || trail.iter().any(|hop| hop.what == path);
            if is_cycle || !self.may_call(&trail, uses) {
                return;
            }
            let Loaded::Ready(callee) = self.library.workflow(&path) else {
                return;
            };
            trail.push(Hop {
                location: uses.location(),
                what: path,
            });
            let inner = Call {
                trail,
                events: call.events.clone(),
                gate,
                token: Some(token.clone()),
                with: job.with(),
                caller: Some(context),
                secrets: Some(job.secrets()),
            };
            self.workflow(&callee, &inner, depth + 1);
            return;
        }
        let Secrets::Map(passed) = job.secrets() else {
            return;
        };
        let holds = passed
            .entries()
            .any(|entry| is_credential(entry.key.text(), entry.value));
        if holds && matches!(reference, Reference::Repository(_)) {
            let mut power = Power::default();
            power.add_token(token, job);
            for entry in passed.entries() {
                power.add_value(entry.key.text().unwrap_or_default(), entry.value);
            }
            let composer = Composer {
                library: self.library,
                root: self.root,
                events: &call.events,
                gate,
                trail: &trail,
                anchor: format!("jobs.{}", job.id()),
                step: job.id().to_owned(),
                job: job_place(job),
                power,
                bounds: Bounds::default(),
            };
            self.runs
                .push(composer.unresolved(uses.location(), reference));
        }
    }

    /// Spends a call.
    pub(super) fn may_call(&mut self, trail: &[Hop], uses: Node<'_>) -> bool {
        if let Some(left) = self
            .calls
            .get()
            .checked_sub(1)
            .filter(|_| !self.walk.is_spent())
        {
            self.calls.set(left);
            return true;
        }
        let first = trail.first().map(|hop| hop.location.clone());
        self.walk.cut(first.or_else(|| Some(uses.location())));
        false
    }
}
