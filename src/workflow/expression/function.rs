//! The functions that are there everywhere.

use super::Comparison;
use super::evaluate::{MAX_VALUES, Possible};
use super::json;
use super::value::{Value, compare, fold};
use crate::source::{Location, Traced};

/// Functions that GitHub offers in every place, in lower case, with the least and the greatest number of
/// arguments. `case` is of 2026 and wants an odd number.
pub const FUNCTIONS: [(&str, usize, usize); 8] = [
    ("case", 3, usize::MAX),
    ("contains", 2, 2),
    ("endswith", 2, 2),
    ("format", 1, 255),
    ("fromjson", 1, 1),
    ("join", 1, 2),
    ("startswith", 2, 2),
    ("tojson", 1, 1),
];

/// Longer texts are not built.
const MAX_TEXT: usize = 64 << 10;

/// The number of arguments that a function takes.
pub(super) fn arity(name: &str) -> Option<(usize, usize)> {
    FUNCTIONS
        .iter()
        .find(|(known, ..)| *known == name)
        .map(|&(_, least, most)| (least, most))
}

/// Calls a function on each combination of possible arguments. `places` are the places of the arguments.
pub(super) fn call(
    name: &str,
    arguments: &[Possible],
    places: &[Location],
    place: &Location,
) -> Possible {
    if !arity(name).is_some_and(|(least, most)| (least..=most).contains(&arguments.len())) {
        return Possible::unknown();
    }
    match name {
        "contains" | "startswith" | "endswith" => {
            each(arguments, Unknowns::Lost, |arguments| match arguments {
                [left, right] => test(name, left, right),
                _ => None,
            })
            .unwrap_or_else(Possible::either_bool)
        }
        "format" => each(arguments, Unknowns::Holes(places), |arguments| {
            let texts = texts(arguments, places);
            let (pattern, inserts) = texts.split_first()?;
            format(pattern, inserts).map(Value::String)
        })
        .unwrap_or_else(Possible::unknown),
        "join" => each(arguments, Unknowns::Holes(places), |arguments| {
            join(arguments, place)
        })
        .unwrap_or_else(Possible::unknown),
        "tojson" => each(arguments, Unknowns::Lost, |arguments| {
            bounded(json::write(arguments.first()?, place)).map(Value::String)
        })
        .unwrap_or_else(Possible::unknown),
        "fromjson" => from_json(arguments, place),
        _ => Possible::unknown(),
    }
}

/// What becomes of an argument of which nothing is known.
#[derive(Clone, Copy)]
enum Unknowns<'a> {
    /// Nothing can be said of the result.
    Lost,
    /// It is a hole in the text.
    Holes(&'a [Location]),
}

/// Applies a function to each combination of arguments; nothing where one of them gives nothing.
fn each(
    arguments: &[Possible],
    unknowns: Unknowns<'_>,
    function: impl Fn(&[Value]) -> Option<Value>,
) -> Option<Possible> {
    let mut result = Possible::default();
    let mut combinations: Vec<Vec<Value>> = vec![Vec::new()];
    for (position, argument) in arguments.iter().enumerate() {
        let mut choices = argument.values.clone();
        if argument.has_unknown() {
            match unknowns {
                Unknowns::Lost => return None,
                Unknowns::Holes(places) => choices.push(Value::String(hole(places.get(position)?))),
            }
        }
        if combinations.len() * choices.len() > MAX_VALUES {
            // One of each stays, so that what is known everywhere is still seen.
            result.lose();
            choices.truncate((MAX_VALUES / combinations.len()).max(1));
        }
        combinations = combinations
            .iter()
            .flat_map(|head| {
                choices.iter().map(|choice| {
                    let mut longer = head.clone();
                    longer.push(choice.clone());
                    longer
                })
            })
            .collect();
    }
    for combination in &combinations {
        result.add(function(combination)?);
    }
    Some(result)
}

/// A stand-in as long as what is written there.
fn hole(place: &Location) -> Traced {
    let source = place.text();
    Traced::hole(&"_".repeat(source.len().max(1)), source, place)
}

fn texts(arguments: &[Value], places: &[Location]) -> Vec<Traced> {
    arguments
        .iter()
        .zip(places)
        .map(|(value, place)| value.text(place))
        .collect()
}

fn bounded(text: Traced) -> Option<Traced> {
    (text.len() <= MAX_TEXT).then_some(text)
}

/// `contains`, `startsWith`, `endsWith`: without regard to case, on the texts of simple values.
fn test(name: &str, left: &Value, right: &Value) -> Option<Value> {
    let (left, right) = match (left, right) {
        (Value::Array(items), item) if name == "contains" => {
            let mut answers = items
                .iter()
                .map(|each| compare(Comparison::Equal, item, each));
            let mut unsure = false;
            let found = answers.any(|answer| {
                unsure |= answer.is_none();
                answer == Some(true)
            });
            return (found || !unsure).then_some(Value::Bool(found));
        }
        (Value::Array(_) | Value::Object(_), _) | (_, Value::Array(_) | Value::Object(_)) => {
            return Some(Value::Bool(false));
        }
        simple => simple,
    };
    let known = left.is_known() && right.is_known();
    let (left, right) = (fold(&left.plain_text()), fold(&right.plain_text()));
    known.then(|| {
        Value::Bool(match name {
            "contains" => memchr::memmem::find(left.as_bytes(), right.as_bytes()).is_some(),
            "startswith" => left.starts_with(&right),
            _ => left.ends_with(&right),
        })
    })
}

/// `format`: nothing where GitHub would refuse the pattern.
fn format(pattern: &Traced, inserts: &[Traced]) -> Option<Traced> {
    if !pattern.is_known() {
        return None;
    }
    let text = pattern.text();
    let bytes = text.as_bytes();
    let mut out = Traced::default();
    let mut from = 0;
    while let Some(at) = bytes
        .get(from..)
        .and_then(|rest| memchr::memchr2(b'{', b'}', rest))
        .map(|at| from + at)
    {
        if bytes.get(at) == bytes.get(at + 1) {
            out.push_range(pattern, from..at + 1);
            from = at + 2;
            continue;
        }
        out.push_range(pattern, from..at);
        let length = memchr::memchr(b'}', bytes.get(at + 1..)?)?;
        let inside = text.get(at + 1..at + 1 + length)?;
        // A format specifier may follow the number; it changes nothing.
        let digits = inside.len()
            - inside
                .trim_start_matches(|c: char| c.is_ascii_digit())
                .len();
        let number: usize = inside.get(..digits)?.parse().ok()?;
        out.push(inserts.get(number)?);
        from = at + length + 2;
        if out.len() > MAX_TEXT {
            return None;
        }
    }
    out.push_range(pattern, from..text.len());
    bounded(out)
}

/// `join`: the texts of a list, between them the separator.
fn join(arguments: &[Value], place: &Location) -> Option<Value> {
    let items = match arguments.first()? {
        Value::Array(items) => items,
        Value::Object(_) => return Some(Value::String(Traced::default())),
        // What is not known may be a list: a hole stands for all of it.
        simple => return Some(Value::String(simple.text(place))),
    };
    let separator = match arguments.get(1) {
        None | Some(Value::Array(_) | Value::Object(_)) => Traced::synthetic(",", place),
        Some(simple) => simple.text(place),
    };
    let mut out = Traced::default();
    for (position, item) in items.iter().enumerate() {
        if position > 0 {
            out.push(&separator);
        }
        out.push(&item.text(place));
        if out.len() > MAX_TEXT {
            return None;
        }
    }
    Some(Value::String(out))
}

fn from_json(arguments: &[Possible], place: &Location) -> Possible {
    let mut result = Possible::default();
    let Some(argument) = arguments.first() else {
        return Possible::unknown();
    };
    if argument.has_unknown() {
        result.lose();
    }
    for value in &argument.values {
        let text = value.text(place);
        // A hole could hold a quote and change what stands around it.
        if !text.is_known() {
            result.lose();
        }
        match json::read(&text) {
            Some(read) => result.add(read),
            None => result.lose(),
        }
    }
    result
}
