//! Who can start a run, by its events (`rules.md`, "Trigger class").
//!
//! First form: a condition anywhere in front of an outsider's event counts as a gate, whatever it says, so that
//! nobody is told that strangers can start a run unless nothing at all stands in their way.

use super::card::Exposure;

/// Events that anyone can cause.
static OUTSIDER_EVENTS: &[&str] = &[
    "discussion",
    "discussion_comment",
    "fork",
    "issue_comment",
    "issues",
    "pull_request_review",
    "pull_request_review_comment",
    "pull_request_target",
    "watch",
    "workflow_run",
];

/// Events of people with write access, or of forks without secrets.
static INSIDER_EVENTS: &[&str] = &["pull_request", "workflow_call"];

/// Whether something stands between an event and the run.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Gate {
    /// Nothing.
    Open,
    /// A condition, or the action's own check for write access.
    Closed,
}

/// The class of a run with these events.
pub(super) fn of(triggers: &[String], gate: Gate) -> Exposure {
    let has = |events: &[&str]| {
        triggers
            .iter()
            .any(|trigger| events.contains(&trigger.as_str()))
    };
    match gate {
        Gate::Open if has(OUTSIDER_EVENTS) => Exposure::Outsider,
        Gate::Closed if has(OUTSIDER_EVENTS) => Exposure::Insider,
        _ if has(INSIDER_EVENTS) => Exposure::Insider,
        _ => Exposure::Maintainer,
    }
}

/// Fields of events that strangers write, as parts of expressions. Source: GitHub's event payloads and
/// `facts/incidents.md` §2a.
static UNTRUSTED: &[&str] = &[
    "github.event.issue.title",
    "github.event.issue.body",
    "github.event.comment.body",
    "github.event.review.body",
    "github.event.pull_request.title",
    "github.event.pull_request.body",
    "github.event.pull_request.head.ref",
    "github.event.pull_request.head.label",
    "github.event.discussion.title",
    "github.event.discussion.body",
    "github.event.head_commit.message",
    "github.event.workflow_run.head_branch",
    "github.head_ref",
];

/// Whether an expression, as written, reads a field that strangers write.
pub(super) fn is_untrusted(expression: &str) -> bool {
    let folded = expression.to_ascii_lowercase();
    UNTRUSTED.iter().any(|field| folded.contains(field))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_widest_event_decides_and_a_gate_narrows_it() {
        let events = |names: &[&str]| {
            names
                .iter()
                .map(|name| (*name).to_owned())
                .collect::<Vec<_>>()
        };
        assert_eq!(
            of(&events(&["push", "issues"]), Gate::Open),
            Exposure::Outsider
        );
        assert_eq!(
            of(&events(&["push", "issues"]), Gate::Closed),
            Exposure::Insider
        );
        assert_eq!(
            of(&events(&["pull_request"]), Gate::Open),
            Exposure::Insider
        );
        assert_eq!(of(&events(&["schedule"]), Gate::Open), Exposure::Maintainer);
    }
}
