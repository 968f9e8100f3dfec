//! The events that can start a workflow, and the settings that each of them takes.
//!
//! Source: GitHub's workflow schema, November 2026.

use super::shape::{Field, Fields, Form, Need, Place, Shape, mapping, shape};
use super::table::{BOOL, FILLED, FILLED_LIST, TEXT, TEXT_LIST};

/// What an event takes.
pub(super) enum Settings {
    /// Nothing.
    None,
    /// Activity types (where there are any) and these filters.
    Filters(&'static [&'static str], &'static [&'static str]),
    /// Something of its own.
    Shape(&'static Shape),
}

const COMMENT: &[&str] = &["created", "edited", "deleted"];
const BRANCHES: &[&str] = &["branches", "branches-ignore"];
const BRANCHES_AND_PATHS: &[&str] = &["branches", "branches-ignore", "paths", "paths-ignore"];
#[rustfmt::skip]
const PULL_REQUEST: &[&str] = &[
    "assigned", "unassigned", "labeled", "unlabeled", "opened", "edited", "closed", "reopened", "synchronize",
    "converted_to_draft", "locked", "unlocked", "enqueued", "dequeued", "milestoned", "demilestoned",
    "ready_for_review", "review_requested", "review_request_removed", "auto_merge_enabled", "auto_merge_disabled",
    "stacked",
];
#[rustfmt::skip]
const ISSUES: &[&str] = &[
    "opened", "edited", "deleted", "transferred", "pinned", "unpinned", "closed", "reopened", "assigned",
    "unassigned", "labeled", "unlabeled", "locked", "unlocked", "milestoned", "demilestoned", "field_added",
    "field_removed", "typed", "untyped",
];
#[rustfmt::skip]
const DISCUSSION: &[&str] = &[
    "created", "edited", "deleted", "transferred", "pinned", "unpinned", "labeled", "unlabeled", "locked",
    "unlocked", "category_changed", "answered", "unanswered",
];

/// Every event.
#[rustfmt::skip]
static EVENTS: [(&str, Settings); 37] = [
    ("branch_protection_rule", Settings::Filters(COMMENT, &[])),
    ("check_run", Settings::Filters(&["completed", "created", "rerequested", "requested_action"], &[])),
    ("check_suite", Settings::Filters(&["completed"], &[])),
    ("create", Settings::None),
    ("delete", Settings::None),
    ("deployment", Settings::None),
    ("deployment_status", Settings::None),
    ("discussion", Settings::Filters(DISCUSSION, &[])),
    ("discussion_comment", Settings::Filters(COMMENT, &[])),
    ("fork", Settings::None),
    ("gollum", Settings::None),
    ("image_version", Settings::Filters(&["created", "ready", "deleted"], &["names", "versions"])),
    ("issue_comment", Settings::Filters(COMMENT, &[])),
    ("issues", Settings::Filters(ISSUES, &[])),
    ("label", Settings::Filters(COMMENT, &[])),
    ("merge_group", Settings::Filters(&["checks_requested"], BRANCHES)),
    ("milestone", Settings::Filters(&["created", "closed", "opened", "edited", "deleted"], &[])),
    ("page_build", Settings::None),
    ("project", Settings::Filters(&["created", "closed", "reopened", "edited", "deleted"], &[])),
    ("project_card", Settings::Filters(&["created", "moved", "converted", "edited", "deleted"], &[])),
    ("project_column", Settings::Filters(&["created", "updated", "moved", "deleted"], &[])),
    ("public", Settings::None),
    ("pull_request", Settings::Filters(PULL_REQUEST, BRANCHES_AND_PATHS)),
    ("pull_request_comment", Settings::Filters(COMMENT, &[])),
    ("pull_request_review", Settings::Filters(&["submitted", "edited", "dismissed"], &[])),
    ("pull_request_review_comment", Settings::Filters(COMMENT, &[])),
    ("pull_request_target", Settings::Filters(PULL_REQUEST, BRANCHES_AND_PATHS)),
    ("push", Settings::Filters(&[], &["branches", "branches-ignore", "tags", "tags-ignore", "paths", "paths-ignore"])),
    ("registry_package", Settings::Filters(&["published", "updated"], &[])),
    ("release", Settings::Filters(
        &["published", "unpublished", "created", "edited", "deleted", "prereleased", "released"], &[])),
    ("repository_dispatch", Settings::Shape(&REPOSITORY_DISPATCH)),
    ("schedule", Settings::Shape(&SCHEDULE)),
    ("status", Settings::None),
    ("watch", Settings::Filters(&["started"], &[])),
    ("workflow_call", Settings::Shape(&WORKFLOW_CALL)),
    ("workflow_dispatch", Settings::Shape(&WORKFLOW_DISPATCH)),
    ("workflow_run", Settings::Filters(&["requested", "completed", "in_progress"],
        &["workflows", "branches", "branches-ignore"])),
];

/// The settings of an event.
pub(super) fn settings(event: &str) -> Option<&'static Settings> {
    EVENTS
        .iter()
        .find(|(name, _)| *name == event)
        .map(|(_, settings)| settings)
}

const NONE: Place = Place::NOWHERE;

static REPOSITORY_DISPATCH: Shape = shape!(NONE; Form::Null, mapping!("types" => FILLED_LIST));

static SCHEDULE: Shape = shape!(NONE; Form::Sequence(&CRON));

static CRON: Shape = shape!(NONE; mapping!("cron" -> FILLED, "timezone" => FILLED));

static WORKFLOW_CALL: Shape = shape!(
    NONE;
    Form::Null,
    mapping!("inputs" => CALL_INPUTS, "secrets" => CALL_SECRETS, "outputs" => CALL_OUTPUTS),
);

static CALL_INPUTS: Shape = shape!(NONE; mapping!(; .. CALL_INPUT));

static CALL_INPUT: Shape = shape!(
    NONE;
    mapping!("description" => TEXT, "type" -> CALL_TYPE, "required" => BOOL, "default" => CALL_DEFAULT),
);

static CALL_TYPE: Shape = shape!(NONE; Form::Words(&["string", "boolean", "number"]));

static CALL_DEFAULT: Shape = shape!(Place::RUN; Form::Text, Form::Bool, Form::Number);

static CALL_SECRETS: Shape = shape!(NONE; mapping!(; .. CALL_SECRET));

static CALL_SECRET: Shape =
    shape!(NONE; Form::Null, mapping!("description" => TEXT, "required" => BOOL));

static CALL_OUTPUTS: Shape = shape!(NONE; mapping!(; .. CALL_OUTPUT));

static CALL_OUTPUT: Shape = shape!(NONE; mapping!("description" => TEXT, "value" -> CALL_VALUE));

static CALL_VALUE: Shape = shape!(Place::RUN.and(Place::JOBS); Form::Text);

static WORKFLOW_DISPATCH: Shape = shape!(NONE; Form::Null, mapping!("inputs" => DISPATCH_INPUTS));

static DISPATCH_INPUTS: Shape = shape!(NONE; mapping!(; .. DISPATCH_INPUT));

static DISPATCH_INPUT: Shape = shape!(
    NONE;
    mapping!(
        "description" => TEXT,
        "type" => DISPATCH_TYPE,
        "required" => BOOL,
        "default" => DISPATCH_DEFAULT,
        "options" => TEXT_LIST,
    ),
);

static DISPATCH_TYPE: Shape =
    shape!(NONE; Form::Words(&["string", "boolean", "number", "environment", "choice"]));

static DISPATCH_DEFAULT: Shape = shape!(NONE; Form::Text, Form::Bool, Form::Number);
