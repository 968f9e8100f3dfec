//! Mistakes in a policy file, as data.

use std::fmt;
use std::sync::Arc;

use crate::source::{Location, SourceFile, Span};

/// How many mistakes of one file are listed. Whoever has more has given something else than a policy.
const MOST: usize = 100;

/// The longest name that a message repeats.
const LONGEST_QUOTE: usize = 60;

/// One mistake in a policy file.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Diagnostic {
    /// The bytes that are wrong; for a missing key, what it is missing from.
    pub location: Location,
    /// What is wrong, in one sentence.
    pub message: String,
    /// The smallest change that repairs it.
    pub help: Option<String>,
}

impl Diagnostic {
    pub(super) fn new(location: Location, message: impl Into<String>) -> Self {
        Self {
            location,
            message: message.into(),
            help: None,
        }
    }

    pub(super) fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let at = self.location.start();
        let path = self.location.path();
        write!(f, "{path}:{}:{}: {}", at.line, at.column, self.message)
    }
}

/// Collects mistakes up to a limit.
pub(super) struct Mistakes {
    file: Arc<SourceFile>,
    list: Vec<Diagnostic>,
    left_out: usize,
}

impl Mistakes {
    pub(super) fn new(file: &Arc<SourceFile>) -> Self {
        Self {
            file: Arc::clone(file),
            list: Vec::new(),
            left_out: 0,
        }
    }

    pub(super) fn add(&mut self, diagnostic: Diagnostic) {
        if self.is_full() {
            self.leave_out();
        } else {
            self.list.push(diagnostic);
        }
    }

    /// Whether more mistakes are only counted. Whoever has work to do for a good message can spare it then:
    /// a file of nothing but unknown names would cost a comparison of each with every known one.
    pub(super) fn is_full(&self) -> bool {
        self.list.len() >= MOST
    }

    /// Counts a mistake that is not listed.
    pub(super) fn leave_out(&mut self) {
        self.left_out += 1;
    }

    pub(super) fn add_at(&mut self, span: Span, message: impl Into<String>, help: &str) {
        self.add(Diagnostic::new(Location::new(&self.file, span), message).help(help));
    }

    /// The value, unless there is a mistake. Mistakes come in file order.
    pub(super) fn or<T>(mut self, value: T) -> Result<T, Vec<Diagnostic>> {
        if self.list.is_empty() {
            return Ok(value);
        }
        self.list
            .sort_by(|a, b| (&a.location, &a.message).cmp(&(&b.location, &b.message)));
        if self.left_out > 0 {
            let end = Span::of(self.file.text().len()..self.file.text().len());
            self.list.push(Diagnostic::new(
                Location::new(&self.file, end),
                format!("{} more mistakes are not listed", self.left_out),
            ));
        }
        Err(self.list)
    }
}

/// A name from the file, short and without control characters, in backticks.
pub(super) fn quoted(name: &str) -> String {
    let mut text = String::from("`");
    for (index, c) in name.chars().enumerate() {
        if index == LONGEST_QUOTE {
            text.push('…');
            break;
        }
        if c.is_control() {
            text.extend(c.escape_default());
        } else {
            text.push(c);
        }
    }
    text.push('`');
    text
}

/// The candidate that was probably meant.
pub(super) fn nearest<'c>(
    name: &str,
    candidates: impl IntoIterator<Item = &'c str>,
) -> Option<&'c str> {
    if name.len() > LONGEST_QUOTE {
        return None;
    }
    let name = name.to_lowercase().replace('_', "-");
    candidates
        .into_iter()
        .filter_map(|candidate| {
            let distance = strsim::damerau_levenshtein(&name, candidate);
            let begins = name.len() >= 3 && candidate.starts_with(&name);
            (begins || distance <= candidate.len() / 3).then_some((distance, candidate))
        })
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// "did you mean", or else the whole choice.
pub(super) fn suggestion(name: &str, candidates: &[&str]) -> String {
    match nearest(name, candidates.iter().copied()) {
        Some(candidate) => format!("did you mean `{candidate}`?"),
        None => format!("it can be {}", listed(candidates, "or")),
    }
}

/// `a`, `b` or `c`
pub(super) fn listed(words: &[&str], conjunction: &str) -> String {
    match words {
        [] => String::new(),
        [word] => format!("`{word}`"),
        [first @ .., last] => {
            let first: Vec<String> = first.iter().map(|word| format!("`{word}`")).collect();
            format!("{} {conjunction} `{last}`", first.join(", "))
        }
    }
}
