//! `NAME=value`, `NAME+=( … )` and the operands of `export` and its like, at word level.

use super::builder::span;
use super::word::{Reader, identifier};
use super::{AssignedValue, Assignment, Command, Effect, Part, Quoting, Word};

/// Builtins whose operands are assignments.
pub(super) fn is_declaration(program: &str) -> bool {
    matches!(
        program,
        "export" | "declare" | "local" | "readonly" | "typeset"
    )
}

/// The left side of an assignment.
struct Head<'t> {
    name: &'t str,
    effect: Effect,
    /// Offset behind the operator.
    value: usize,
}

impl<'t> Reader<'t> {
    /// Reads an assignment at an offset, if one stands there; adds it to the command, and returns the offset
    /// behind it.
    pub fn assignment(&mut self, at: usize, end: usize, command: &mut Command) -> Option<usize> {
        let head = self.head(at, end)?;
        let is_array = self.byte(head.value) == Some(b'(') && head.value < end;
        let (value, stop) = if is_array {
            let (items, stop) = self.array(head.value + 1, end);
            (AssignedValue::Array(items), stop)
        } else {
            let (word, stop) = self.word(head.value, end);
            (AssignedValue::Scalar(word), stop)
        };
        let assignment = Assignment {
            name: head.name.into(),
            span: span(at, stop),
            value,
            effect: head.effect,
        };
        if !command.words.is_empty() {
            let operand = operand(self.text, &assignment, head.value);
            command.words.push(operand);
        }
        command.cover(assignment.span);
        command.assignments.push(assignment);
        Some(stop)
    }

    fn head(&self, at: usize, end: usize) -> Option<Head<'t>> {
        let name = identifier(self.text.get(at..end)?);
        if name.is_empty() {
            return None;
        }
        let mut here = at + name.len();
        let mut effect = Effect::Set;
        if self.byte(here) == Some(b'[') {
            let inside = self.text.as_bytes().get(here..end.min(here + 256))?;
            here += inside
                .iter()
                .position(|&b| matches!(b, b']' | b'\n' | b' '))
                .filter(|&close| inside.get(close) == Some(&b']'))?
                + 1;
            effect = Effect::Element;
        }
        if self.byte(here) == Some(b'+') {
            here += 1;
            if effect == Effect::Set {
                effect = Effect::Append;
            }
        }
        (here < end && self.byte(here) == Some(b'=')).then_some(Head {
            name,
            effect,
            value: here + 1,
        })
    }

    /// The items of `( … )`, from behind the opening parenthesis to behind the closing one.
    fn array(&mut self, mut at: usize, end: usize) -> (Vec<Word>, usize) {
        let mut items = Vec::new();
        loop {
            at = self.skip_blanks(at, end);
            if at >= end {
                return (items, end);
            }
            match self.byte(at) {
                Some(b'\n') => {
                    at = self.here_document_bodies(at + 1, end);
                }
                Some(b'#') => at = self.skip_line(at, end),
                Some(b')') => return (items, at + 1),
                _ => {
                    let (word, stop) = self.word(at, end);
                    if stop > at {
                        items.push(word);
                    }
                    // An operator has no place here; step over it.
                    at = stop.max(at + usize::from(stop == at));
                }
            }
        }
    }
}

/// The word of an assignment that is an operand of a declaration: the left side, then the value's parts.
pub(super) fn operand(text: &str, assignment: &Assignment, value: usize) -> Word {
    let start = assignment.span.start as usize;
    let left = Part::Literal {
        text: text.get(start..value).unwrap_or_default().into(),
        span: span(start, value),
        quoting: Quoting::Unquoted,
    };
    let mut parts = vec![left];
    match &assignment.value {
        AssignedValue::Scalar(word) => parts.extend(word.parts.iter().cloned()),
        AssignedValue::Array(_) => parts.push(Part::Opaque {
            span: span(value, assignment.span.end as usize),
            quoting: Quoting::Unquoted,
        }),
    }
    Word {
        span: assignment.span,
        parts,
    }
}
