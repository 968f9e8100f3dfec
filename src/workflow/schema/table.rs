//! The keys of a workflow file.
//!
//! Source: GitHub's workflow schema, November 2026. One static per place; the names of the statics say the place.

use super::shape::{Field, Fields, Form, Need, Place, Shape, mapping, shape};

const NONE: Place = Place::NOWHERE;

/// The whole file.
pub(super) static WORKFLOW: Shape = shape!(
    NONE;
    mapping!(
        "on" -> ON,
        "name" => TEXT,
        "description" => TEXT,
        "run-name" => RUN_NAME,
        "defaults" => WORKFLOW_DEFAULTS,
        "env" => WORKFLOW_ENV,
        "permissions" => PERMISSIONS,
        "concurrency" => WORKFLOW_CONCURRENCY,
        "jobs" -> JOBS,
    ),
);

pub(super) static TEXT: Shape = shape!(NONE; Form::Text);
pub(super) static FILLED: Shape = shape!(NONE; Form::Filled);
pub(super) static BOOL: Shape = shape!(NONE; Form::Bool);
pub(super) static TEXT_LIST: Shape = shape!(NONE; Form::Sequence(&TEXT));
pub(super) static FILLED_LIST: Shape = shape!(NONE; Form::Sequence(&FILLED));
static NUMBER: Shape = shape!(NONE; Form::Number);
static FILLED_OR_LIST: Shape = shape!(NONE; Form::Filled, Form::Sequence(&FILLED));
static ANY: Shape = shape!(NONE; Form::Any);

static ON: Shape = shape!(NONE; Form::EventName, Form::Sequence(&EVENT_NAME), Form::Events);
static EVENT_NAME: Shape = shape!(NONE; Form::EventName);
static RUN_NAME: Shape = shape!(Place::RUN; Form::Text);

static WORKFLOW_DEFAULTS: Shape = shape!(NONE; mapping!("run" => WORKFLOW_DEFAULTS_RUN));
static WORKFLOW_DEFAULTS_RUN: Shape =
    shape!(NONE; mapping!("shell" => FILLED, "working-directory" => FILLED));
static WORKFLOW_ENV: Shape = shape!(Place::RUN.and(Place::SECRETS); mapping!(; .. TEXT));
static WORKFLOW_CONCURRENCY: Shape = shape!(Place::RUN; Form::Text, CONCURRENCY_MAPPING);
const CONCURRENCY_MAPPING: Form =
    mapping!("group" -> FILLED, "cancel-in-progress" => BOOL, "queue" => CONCURRENCY_QUEUE);
static CONCURRENCY_QUEUE: Shape = shape!(NONE; Form::Words(&["single", "max"]));

static PERMISSIONS: Shape = shape!(
    NONE;
    Form::Words(&["read-all", "write-all"]),
    mapping!(
        "actions" => LEVEL,
        "artifact-metadata" => LEVEL,
        "attestations" => LEVEL,
        "checks" => LEVEL,
        "code-quality" => LEVEL,
        "contents" => LEVEL,
        "copilot-requests" => LEVEL_WRITE,
        "deployments" => LEVEL,
        "discussions" => LEVEL,
        "drives" => LEVEL,
        "id-token" => LEVEL_WRITE,
        "issues" => LEVEL,
        "models" => LEVEL_READ,
        "packages" => LEVEL,
        "pages" => LEVEL,
        "pull-requests" => LEVEL,
        "repository-projects" => LEVEL,
        "security-events" => LEVEL,
        "statuses" => LEVEL,
        "vulnerability-alerts" => LEVEL_READ,
    ),
);
static LEVEL: Shape = shape!(NONE; Form::Words(&["read", "write", "none"]));
static LEVEL_READ: Shape = shape!(NONE; Form::Words(&["read", "none"]));
static LEVEL_WRITE: Shape = shape!(NONE; Form::Words(&["write", "none"]));

static JOBS: Shape = shape!(NONE; mapping!(; .. JOB));

/// A job that runs steps, or one that calls a workflow.
static JOB: Shape = shape!(
    NONE;
    mapping!(
        "needs" => FILLED_OR_LIST,
        "if" => JOB_IF,
        "strategy" => STRATEGY,
        "name" => STRATEGY_TEXT,
        "runs-on" -> RUNS_ON,
        "timeout-minutes" => STRATEGY_NUMBER,
        "cancel-timeout-minutes" => STRATEGY_NUMBER,
        "continue-on-error" => STRATEGY_BOOL,
        "container" => CONTAINER,
        "services" => SERVICES,
        "env" => JOB_ENV,
        "environment" => ENVIRONMENT,
        "permissions" => PERMISSIONS,
        "concurrency" => JOB_CONCURRENCY,
        "outputs" => OUTPUTS,
        "defaults" => JOB_DEFAULTS,
        "steps" => STEPS,
        "snapshot" => SNAPSHOT,
    ),
    mapping!(
        "name" => STRATEGY_TEXT,
        "uses" -> FILLED,
        "with" => CALL_WITH,
        "secrets" => CALL_SECRETS,
        "needs" => FILLED_OR_LIST,
        "if" => JOB_IF,
        "permissions" => PERMISSIONS,
        "concurrency" => JOB_CONCURRENCY,
        "strategy" => STRATEGY,
    ),
);

static JOB_IF: Shape = shape!(Place::JOB_CONDITION; Form::Condition);
static STRATEGY_TEXT: Shape = shape!(Place::STRATEGY; Form::Text);
static STRATEGY_NUMBER: Shape = shape!(Place::STRATEGY; Form::Number);
static STRATEGY_BOOL: Shape = shape!(Place::STRATEGY; Form::Bool);
static STRATEGY: Shape = shape!(Place::NEEDS; mapping!("fail-fast" => BOOL, "max-parallel" => NUMBER, "matrix" => MATRIX));
static MATRIX: Shape =
    shape!(NONE; mapping!("include" => MATRIX_ITEMS, "exclude" => MATRIX_ITEMS; .. ANY_LIST));
static MATRIX_ITEMS: Shape = shape!(NONE; Form::Sequence(&MATRIX_ITEM));
static MATRIX_ITEM: Shape = shape!(NONE; mapping!(; .. ANY));
static ANY_LIST: Shape = shape!(NONE; Form::Sequence(&ANY));
static RUNS_ON: Shape = shape!(
    Place::STRATEGY;
    Form::Filled,
    Form::Sequence(&FILLED),
    mapping!("group" => FILLED, "labels" => FILLED_OR_LIST),
);
static JOB_ENV: Shape = shape!(Place::STRATEGY.and(Place::SECRETS); mapping!(; .. TEXT));
static JOB_CONCURRENCY: Shape = shape!(Place::STRATEGY; Form::Filled, CONCURRENCY_MAPPING);
static ENVIRONMENT: Shape = shape!(
    Place::STRATEGY;
    Form::Text,
    mapping!("name" -> STRATEGY_TEXT, "url" => ENVIRONMENT_URL, "deployment" => BOOL),
);
static ENVIRONMENT_URL: Shape = shape!(Place::RUNNER_WITHOUT_SECRETS; Form::Text);
static OUTPUTS: Shape = shape!(NONE; mapping!(; .. RUNNER_TEXT));
static RUNNER_TEXT: Shape = shape!(Place::RUNNER; Form::Text);
static JOB_DEFAULTS: Shape = shape!(NONE; mapping!("run" => JOB_DEFAULTS_RUN));
static JOB_DEFAULTS_RUN: Shape = shape!(
    Place::STRATEGY.and(Place::ENV);
    mapping!("shell" => FILLED, "working-directory" => FILLED),
);
static SNAPSHOT: Shape = shape!(
    NONE;
    Form::Filled,
    mapping!("image-name" -> FILLED, "if" => SNAPSHOT_IF, "version" => FILLED),
);
static SNAPSHOT_IF: Shape = shape!(Place::STRATEGY; Form::Text);
static CALL_WITH: Shape = shape!(NONE; mapping!(; .. CALL_VALUE));
static CALL_VALUE: Shape = shape!(Place::STRATEGY; Form::Text, Form::Bool, Form::Number);
static CALL_SECRETS: Shape = shape!(NONE; Form::Words(&["inherit"]), mapping!(; .. CALL_SECRET));
static CALL_SECRET: Shape =
    shape!(Place::STRATEGY.and(Place::SECRETS); Form::Text, Form::Bool, Form::Number);

static CONTAINER: Shape = shape!(
    Place::STRATEGY;
    Form::Text,
    mapping!(
        "image" => FILLED,
        "options" => TEXT,
        "env" => CONTAINER_ENV,
        "ports" => FILLED_LIST,
        "volumes" => FILLED_LIST,
        "credentials" => CREDENTIALS,
    ),
);
static SERVICES: Shape = shape!(Place::STRATEGY; mapping!(; .. SERVICE));
static SERVICE: Shape = shape!(
    Place::STRATEGY;
    Form::Filled,
    mapping!(
        "image" => FILLED,
        "options" => TEXT,
        "env" => CONTAINER_ENV,
        "ports" => FILLED_LIST,
        "volumes" => FILLED_LIST,
        "credentials" => CREDENTIALS,
        "entrypoint" => TEXT,
        "command" => TEXT,
    ),
);
static CONTAINER_ENV: Shape = shape!(NONE; mapping!(; .. RUNNER_TEXT));
static CREDENTIALS: Shape = shape!(
    Place::RUN.and(Place::SECRETS).and(Place::ENV);
    mapping!("username" => FILLED, "password" => FILLED),
);

static STEPS: Shape = shape!(NONE; Form::Sequence(&STEP));

/// A script, an action, or one of the forms of June 2026.
static STEP: Shape = shape!(
    NONE;
    mapping!(
        "name" => STEP_TEXT,
        "id" => FILLED,
        "if" => STEP_IF,
        "timeout-minutes" => STEP_NUMBER,
        "run" -> STEP_TEXT,
        "continue-on-error" => STEP_BOOL,
        "env" => STEP_MAPPING,
        "working-directory" => STEP_TEXT,
        "shell" => FILLED,
        "background" => BOOL,
    ),
    mapping!(
        "name" => STEP_TEXT,
        "id" => FILLED,
        "if" => STEP_IF,
        "continue-on-error" => STEP_BOOL,
        "timeout-minutes" => STEP_NUMBER,
        "uses" -> FILLED,
        "with" => STEP_MAPPING,
        "env" => STEP_MAPPING,
        "background" => BOOL,
    ),
    mapping!("name" => STEP_TEXT, "id" => FILLED, "continue-on-error" => STEP_BOOL, "wait" -> FILLED_OR_LIST),
    mapping!("name" => STEP_TEXT, "id" => FILLED, "continue-on-error" => STEP_BOOL, "wait-all" -> WAIT_ALL),
    mapping!("name" => STEP_TEXT, "id" => FILLED, "continue-on-error" => STEP_BOOL, "cancel" -> FILLED),
    mapping!("parallel" -> STEPS),
);
static STEP_IF: Shape = shape!(Place::STEP_CONDITION; Form::Condition);
static STEP_TEXT: Shape = shape!(Place::STEP; Form::Text);
static STEP_NUMBER: Shape = shape!(Place::STEP; Form::Number);
static STEP_BOOL: Shape = shape!(Place::STEP; Form::Bool);
static STEP_MAPPING: Shape = shape!(Place::STEP; mapping!(; .. TEXT));
static WAIT_ALL: Shape = shape!(NONE; Form::Null, Form::Bool);
