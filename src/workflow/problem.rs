//! What GitHub would refuse in a workflow file.
//!
//! Data for a later rule: a file that GitHub refuses does not run, so its guards are not guards, and the author
//! believes otherwise.

use crate::source::Span;

use super::expression::ExpressionFault;

/// One mistake.
#[derive(Clone, PartialEq, Debug)]
pub struct Problem {
    /// What.
    pub kind: ProblemKind,
    /// Where.
    pub span: Span,
}

/// The kinds of mistakes. Keys and ids are held as written, values never are: they may be secrets.
#[derive(Clone, PartialEq, Debug)]
pub enum ProblemKind {
    /// The file holds no mapping.
    NotAWorkflow,
    /// A second document in the file.
    SecondDocument,
    /// A key that has to be there.
    MissingKey(&'static str),
    /// A key that GitHub does not know in this place.
    UnknownKey(Box<str>),
    /// A key that the mapping already has, in any case.
    DuplicateKey {
        /// The key.
        key: Box<str>,
        /// The first one.
        first: Span,
    },
    /// `<<`
    MergeKey,
    /// A value of the wrong type, or a word that is not offered.
    WrongValue {
        /// What GitHub takes here.
        wanted: Box<str>,
    },
    /// `timeout-minutes` that is neither a number nor an expression.
    BadTimeout,
    /// A step with neither `uses` nor `run` (nor one of the keys of 2026).
    NothingToRun,
    /// A step with both `uses` and `run`.
    UsesAndRun,
    /// A mapping that can be several things: one of these keys decides.
    Undecided(Box<str>),
    /// An expression that GitHub does not accept.
    Expression(ExpressionFault),
    /// `${{` without its end.
    UnterminatedExpression,
    /// An expression where none is allowed.
    ExpressionNotAllowed,
    /// An id with characters that ids do not have.
    BadId(Box<str>),
    /// An id that is used twice.
    DuplicateId(Box<str>),
    /// A `cron` that is none.
    BadCron,
    /// `needs` a job that does not exist.
    UnknownNeed(Box<str>),
    /// `needs` a job that waits for this one.
    NeedsCycle(Box<str>),
    /// Every job waits for another one.
    NoFirstJob,
    /// `wait` or `cancel` names a step that is not there before it.
    UnknownStep(Box<str>),
    /// A key that a step of a parallel group cannot have.
    NotInParallel(&'static str),
    /// A `choice` without options, or options without `choice`.
    ChoiceOptions,
    /// A container without an image.
    MissingImage,
    /// More jobs, steps or nodes than are walked: what lies behind was not looked at.
    TooLarge,
}

impl ProblemKind {
    /// Whether a part of the file was not looked at.
    pub fn hides_something(&self) -> bool {
        matches!(self, Self::TooLarge | Self::NotAWorkflow)
    }
}

impl std::fmt::Display for ProblemKind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::NotAWorkflow => f.write_str("the file is not a workflow: it holds no mapping"),
            Self::SecondDocument => f.write_str("a workflow file holds one document only"),
            Self::MissingKey(key) => write!(f, "`{key}` is missing"),
            Self::UnknownKey(key) => write!(f, "GitHub does not know the key `{key}` here"),
            Self::DuplicateKey { key, .. } => write!(f, "`{key}` is already defined"),
            Self::MergeKey => f.write_str("GitHub does not accept the merge key `<<`"),
            Self::WrongValue { wanted } => write!(f, "{wanted} is expected here"),
            Self::BadTimeout => f.write_str("`timeout-minutes` takes a number or an expression"),
            Self::NothingToRun => f.write_str("the step has neither `uses` nor `run`"),
            Self::UsesAndRun => f.write_str("a step has either `uses` or `run`, not both"),
            Self::Undecided(keys) => write!(f, "one of these keys is missing: {keys}"),
            Self::Expression(fault) => fault.fmt(f),
            Self::UnterminatedExpression => f.write_str("`${{` has no closing `}}`"),
            Self::ExpressionNotAllowed => f.write_str("an expression is not allowed here"),
            Self::BadId(id) => write!(
                f,
                "`{id}` is not an id: letters, digits, `-` and `_`, a letter or `_` first"
            ),
            Self::DuplicateId(id) => write!(f, "the id `{id}` is used twice"),
            Self::BadCron => f.write_str("this is not a cron expression of five fields"),
            Self::UnknownNeed(id) => write!(f, "there is no job `{id}`"),
            Self::NeedsCycle(id) => write!(f, "the jobs wait for each other through `{id}`"),
            Self::NoFirstJob => f.write_str("no job can start: each one needs another"),
            Self::UnknownStep(id) => write!(f, "there is no step `{id}` before this one"),
            Self::NotInParallel(key) => write!(f, "`{key}` is not allowed in a parallel group"),
            Self::ChoiceOptions => {
                f.write_str("`options` belong to an input of type `choice`, which needs them")
            }
            Self::MissingImage => f.write_str("the container has no image"),
            Self::TooLarge => f.write_str("the file is too large to be looked at whole"),
        }
    }
}
