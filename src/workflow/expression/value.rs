//! Values of expressions, and GitHub's loose comparison of them.

use std::cmp::Ordering;

use super::Comparison;
use super::lexer::number_of;
use crate::source::{Location, Traced};

/// A value that an expression can have.
#[derive(Clone, Debug)]
pub enum Value {
    /// `null`, and every property that does not exist.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number.
    Number(f64),
    /// A text, with the places it comes from; where it has holes, any text that fits.
    String(Traced),
    /// A list.
    Array(Vec<Value>),
    /// A mapping, in order; names as written.
    Object(Vec<(Box<str>, Value)>),
}

/// What a condition makes of a value.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Truth {
    True,
    False,
    Unknown,
}

impl Value {
    /// The text that the value becomes inside another text. `origin` is the place of values that are no text.
    pub fn text(&self, origin: &Location) -> Traced {
        match self {
            Self::String(text) => text.clone(),
            other => Traced::synthetic(other.plain_text(), origin),
        }
    }

    /// The number that the value is in a comparison; not a number where it is none, and where it is not known.
    pub fn number(&self) -> f64 {
        match self {
            Self::Null | Self::Bool(false) => 0.0,
            Self::Bool(true) => 1.0,
            Self::Number(number) => *number,
            Self::String(text) if text.is_known() => number_of(text.text()),
            Self::String(_) | Self::Array(_) | Self::Object(_) => f64::NAN,
        }
    }

    /// The text, where the value is one.
    pub fn as_text(&self) -> Option<&Traced> {
        match self {
            Self::String(text) => Some(text),
            _ => None,
        }
    }

    /// Whether every byte of it is known.
    pub fn is_known(&self) -> bool {
        match self {
            Self::String(text) => text.is_known(),
            Self::Array(items) => items.iter().all(Self::is_known),
            Self::Object(entries) => entries.iter().all(|(_, value)| value.is_known()),
            _ => true,
        }
    }

    /// The property or element that an index takes.
    pub(super) fn at(&self, key: &Value) -> Value {
        match self {
            Self::Object(_) => self.property(&key.plain_text()),
            Self::Array(_) => {
                let number = key.number();
                if !(0.0..1e9).contains(&number) {
                    return Self::Null;
                }
                // In range, and GitHub rounds down.
                #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
                let position = number as usize;
                self.element(position)
            }
            _ => Self::Null,
        }
    }

    /// The property of a name, whatever its case, or the element of a number that is written as text; null where
    /// there is none.
    pub fn property(&self, name: &str) -> Value {
        let entries = match self {
            Self::Object(entries) => entries,
            Self::Array(_) => return self.at(&Self::Number(number_of(name))),
            _ => return Self::Null,
        };
        let wanted = fold(name);
        entries
            .iter()
            .find(|(key, _)| fold(key) == wanted)
            .map_or(Self::Null, |(_, value)| value.clone())
    }

    /// An element of a list; null where there is none.
    pub fn element(&self, position: usize) -> Value {
        match self {
            Self::Array(items) => items.get(position).cloned().unwrap_or(Self::Null),
            _ => Self::Null,
        }
    }

    pub(super) fn truth(&self) -> Truth {
        let truth = match self {
            Self::Null => false,
            Self::Bool(truth) => *truth,
            Self::Number(number) => *number != 0.0 && !number.is_nan(),
            Self::String(text) => {
                let holes: u32 = text.holes().iter().map(|hole| hole.span.len()).sum();
                if text.len() > holes as usize {
                    true
                } else if text.is_known() {
                    false
                } else {
                    return Truth::Unknown;
                }
            }
            Self::Array(_) | Self::Object(_) => true,
        };
        if truth { Truth::True } else { Truth::False }
    }

    /// Text of a value that is no text.
    pub(super) fn plain_text(&self) -> String {
        match self {
            Self::Null => String::new(),
            Self::Bool(truth) => truth.to_string(),
            Self::Number(number) => number_text(*number),
            Self::String(text) => text.text().to_owned(),
            Self::Array(_) => "Array".to_owned(),
            Self::Object(_) => "Object".to_owned(),
        }
    }

    /// Bytes that it holds, roughly.
    pub(super) fn weight(&self) -> usize {
        match self {
            Self::String(text) => 16 + text.len(),
            Self::Array(items) => items.iter().fold(16, |sum, item| sum + item.weight()),
            Self::Object(entries) => entries
                .iter()
                .fold(16, |sum, (name, value)| sum + name.len() + value.weight()),
            _ => 16,
        }
    }
}

impl PartialEq for Value {
    /// The same kind and the same text; where it comes from does not count.
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Null, Self::Null) => true,
            (Self::Bool(a), Self::Bool(b)) => a == b,
            (Self::Number(a), Self::Number(b)) => a == b || a.is_nan() && b.is_nan(),
            (Self::String(a), Self::String(b)) => a.text() == b.text() && a.holes() == b.holes(),
            (Self::Array(a), Self::Array(b)) => a == b,
            (Self::Object(a), Self::Object(b)) => a == b,
            _ => false,
        }
    }
}

/// A number as GitHub prints it: at most fifteen digits behind the point.
pub(super) fn number_text(number: f64) -> String {
    if number.is_nan() {
        return "NaN".to_owned();
    }
    if number.is_infinite() {
        return if number > 0.0 {
            "Infinity"
        } else {
            "-Infinity"
        }
        .to_owned();
    }
    if number == 0.0 {
        return "0".to_owned();
    }
    let text = format!("{number:.15}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    if text == "-0" {
        "0".to_owned()
    } else {
        text.to_owned()
    }
}

/// GitHub's loose comparison; nothing where the answer is not known.
pub(super) fn compare(operator: Comparison, left: &Value, right: &Value) -> Option<bool> {
    if !left.is_known() || !right.is_known() {
        return None;
    }
    let ordering = match (left, right) {
        (Value::Array(_) | Value::Object(_), Value::Array(_) | Value::Object(_)) => {
            // Two lists are equal only where they are the same object.
            return None;
        }
        (Value::Array(_) | Value::Object(_), _) | (_, Value::Array(_) | Value::Object(_)) => None,
        (Value::String(left), Value::String(right)) => {
            Some(fold(left.text()).cmp(&fold(right.text())))
        }
        _ => left.number().partial_cmp(&right.number()),
    };
    Some(match operator {
        Comparison::Equal => ordering == Some(Ordering::Equal),
        Comparison::NotEqual => ordering != Some(Ordering::Equal),
        Comparison::Less => ordering == Some(Ordering::Less),
        Comparison::LessOrEqual => matches!(ordering, Some(Ordering::Less | Ordering::Equal)),
        Comparison::Greater => ordering == Some(Ordering::Greater),
        Comparison::GreaterOrEqual => matches!(ordering, Some(Ordering::Greater | Ordering::Equal)),
    })
}

/// Upper case as GitHub compares: a dotless i stays what it is.
pub(super) fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for c in text.chars() {
        if c == 'ı' {
            folded.push(c);
        } else {
            folded.extend(c.to_uppercase());
        }
    }
    folded
}
