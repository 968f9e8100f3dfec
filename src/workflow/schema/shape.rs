//! The language of the tables: what a value may be, and which contexts its expressions may read.

use crate::workflow::expression::Offers;

/// What a value may be.
pub(super) struct Shape {
    /// Contexts and functions that expressions may use here, beside those of the places around.
    pub(super) offers: Place,
    /// Any of these.
    pub(super) forms: &'static [Form],
}

/// One form of a value.
pub(super) enum Form {
    /// Anything.
    Any,
    Null,
    Bool,
    Number,
    /// A text, or another scalar, which is read as text.
    Text,
    /// The same, not empty.
    Filled,
    /// A condition: an expression with or without braces.
    Condition,
    /// One of these words.
    Words(&'static [&'static str]),
    Sequence(&'static Shape),
    Mapping(&'static Fields),
    /// The name of an event.
    EventName,
    /// Events with their settings.
    Events,
}

/// The keys of a mapping.
pub(super) struct Fields {
    pub(super) known: &'static [Field],
    /// The shape of other keys' values, where others are allowed.
    pub(super) others: Option<&'static Shape>,
}

/// One known key.
pub(super) struct Field {
    pub(super) key: &'static str,
    pub(super) shape: &'static Shape,
    pub(super) need: Need,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Need {
    Required,
    Optional,
}

/// A set of contexts and functions.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Place(u32);

/// Contexts, each with its bit.
const CONTEXTS: [(&str, Place); 12] = [
    ("github", Place(1)),
    ("inputs", Place(1 << 1)),
    ("vars", Place(1 << 2)),
    ("needs", Place(1 << 3)),
    ("strategy", Place(1 << 4)),
    ("matrix", Place(1 << 5)),
    ("secrets", Place(1 << 6)),
    ("steps", Place(1 << 7)),
    ("job", Place(1 << 8)),
    ("runner", Place(1 << 9)),
    ("env", Place(1 << 10)),
    ("jobs", Place(1 << 11)),
];

impl Place {
    /// No expression is allowed.
    pub(super) const NOWHERE: Self = Self(0);
    /// `github`, `inputs`, `vars`
    pub(super) const RUN: Self = Self(0b111);
    /// … and `needs`
    pub(super) const NEEDS: Self = Self(0b1111);
    /// … and `strategy`, `matrix`
    pub(super) const STRATEGY: Self = Self(0b11_1111);
    pub(super) const SECRETS: Self = Self(1 << 6);
    pub(super) const ENV: Self = Self(1 << 10);
    pub(super) const JOBS: Self = Self(1 << 11);
    const ON_RUNNER: Self = Self(0b111 << 7 | 1 << 10);
    /// `hashFiles`
    const HASH: Self = Self(1 << 12);
    /// `always`, `cancelled`, `failure`, `success`, the last two with names of jobs
    const JOB_STATUS: Self = Self(1 << 13);
    /// The same without arguments
    const STEP_STATUS: Self = Self(1 << 14);
    /// Whatever a job's outputs and container variables may read
    pub(super) const RUNNER: Self = Self::STRATEGY.and(Self::SECRETS).and(Self::ON_RUNNER);
    pub(super) const RUNNER_WITHOUT_SECRETS: Self = Self::STRATEGY.and(Self::ON_RUNNER);
    pub(super) const STEP: Self = Self::RUNNER.and(Self::HASH);
    pub(super) const STEP_CONDITION: Self = Self::STRATEGY
        .and(Self::ON_RUNNER)
        .and(Self::HASH)
        .and(Self::STEP_STATUS);
    pub(super) const JOB_CONDITION: Self = Self::NEEDS.and(Self::JOB_STATUS);

    /// Both sets.
    pub(super) const fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Whether a context may be read, whose name is written in any case.
    pub(super) fn offers(self, name: &str) -> bool {
        CONTEXTS
            .iter()
            .any(|(context, place)| self.holds(*place) && context.eq_ignore_ascii_case(name))
    }

    fn holds(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }
}

impl Offers for Place {
    fn context(&self, name: &str) -> bool {
        CONTEXTS
            .iter()
            .any(|(context, place)| *context == name && self.holds(*place))
    }

    fn function(&self, name: &str) -> Option<(usize, usize)> {
        match name {
            "hashfiles" if self.holds(Self::HASH) => Some((1, 255)),
            "always" | "cancelled" | "success" | "failure" if self.holds(Self::STEP_STATUS) => {
                Some((0, 0))
            }
            "always" | "cancelled" if self.holds(Self::JOB_STATUS) => Some((0, 0)),
            "success" | "failure" if self.holds(Self::JOB_STATUS) => Some((0, usize::MAX)),
            _ => None,
        }
    }
}

/// A shape of these forms.
macro_rules! shape {
    ($offers:expr; $($form:expr),* $(,)?) => {
        Shape { offers: $offers, forms: &[$($form),*] }
    };
}

/// A form that is a mapping: `->` after keys that have to be there, `=>` after others, `..` before the shape of
/// keys that the table does not name.
macro_rules! mapping {
    (@need =>) => { Need::Optional };
    (@need ->) => { Need::Required };
    ($($key:literal $need:tt $shape:ident),* $(,)? $(; .. $others:ident)?) => {
        Form::Mapping(&Fields {
            known: &[$(Field { key: $key, shape: &$shape, need: mapping!(@need $need) }),*],
            others: mapping!(@others $($others)?),
        })
    };
    (@others) => { None };
    (@others $others:ident) => { Some(&$others) };
}

pub(super) use {mapping, shape};

impl Fields {
    pub(super) fn find(&self, key: &str) -> Option<&'static Field> {
        self.known.iter().find(|field| field.key == key)
    }
}

impl Form {
    /// In words, for a message.
    pub(super) fn describe(&self) -> String {
        match self {
            Self::Any => "any value".to_owned(),
            Self::Null => "nothing".to_owned(),
            Self::Bool => "`true` or `false`".to_owned(),
            Self::Number => "a number".to_owned(),
            Self::Text => "a text".to_owned(),
            Self::Filled => "a text that is not empty".to_owned(),
            Self::Condition => "a condition".to_owned(),
            Self::Words(words) => match words.split_last() {
                Some((last, [])) => format!("`{last}`"),
                Some((last, rest)) => format!("`{}` or `{last}`", rest.join("`, `")),
                None => String::new(),
            },
            Self::Sequence(_) => "a list".to_owned(),
            Self::Mapping(_) => "a mapping".to_owned(),
            Self::EventName => "the name of an event".to_owned(),
            Self::Events => "a mapping of events".to_owned(),
        }
    }
}
