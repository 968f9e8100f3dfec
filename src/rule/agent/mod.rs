//! Rules about agent runs in workflows.

mod agent_dynamic_arguments;
mod agent_unbounded_work;
mod excessive_timeout;
mod missing_timeout;
mod skip_permissions;

pub(super) use agent_dynamic_arguments::AGENT_DYNAMIC_ARGUMENTS;
pub(super) use agent_unbounded_work::AGENT_UNBOUNDED_WORK;
pub(super) use excessive_timeout::EXCESSIVE_TIMEOUT;
pub(super) use missing_timeout::MISSING_TIMEOUT;
pub(super) use skip_permissions::SKIP_PERMISSIONS;

use crate::agent::{AgentRun, Certainty};
use crate::finding::{Confidence, Finding};
use crate::source::Location;

/// Adds the way from the workflow to a run: each hop, then the start itself where the finding stands elsewhere.
fn with_trail(mut finding: Finding, run: &AgentRun) -> Finding {
    for hop in &run.trail {
        finding = finding.related(hop.location.clone(), format!("runs `{}`", hop.what));
    }
    if !overlaps(&finding.location, &run.location) {
        finding = finding.related(run.location.clone(), "Claude starts here");
    }
    finding
}

fn overlaps(a: &Location, b: &Location) -> bool {
    a.path() == b.path() && a.span.start <= b.span.end && b.span.start <= a.span.end
}

/// How sure a finding about a run is.
fn confidence_of(run: &AgentRun) -> Confidence {
    match run.certainty {
        Certainty::Written => Confidence::High,
        Certainty::ByName => Confidence::Medium,
    }
}
