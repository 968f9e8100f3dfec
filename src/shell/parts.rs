//! Word parts while they are put together, and small steps over bytes that all readers share.

use super::builder::span;
use super::{Part, Quoting};

/// Parts so far, and where the current literal run starts.
pub(super) struct Parts<'t> {
    text: &'t str,
    pub list: Vec<Part>,
    pub start: usize,
    pub quoting: Quoting,
}

impl<'t> Parts<'t> {
    pub fn new(text: &'t str, start: usize, quoting: Quoting) -> Self {
        Self {
            text,
            // Most words are one part.
            list: Vec::with_capacity(1),
            start,
            quoting,
        }
    }

    /// Ends the literal run at `end`; the next one starts at `next`.
    pub fn flush(&mut self, end: usize, next: usize) {
        self.push_literal(self.start, end, self.quoting);
        self.start = next;
    }

    pub fn push_literal(&mut self, start: usize, end: usize, quoting: Quoting) {
        if let Some(text) = self.text.get(start..end)
            && !text.is_empty()
        {
            self.push_text(text, start, end, quoting);
        }
    }

    pub fn push_text(&mut self, text: &str, start: usize, end: usize, quoting: Quoting) {
        self.list.push(Part::Literal {
            text: text.into(),
            span: span(start, end),
            quoting,
        });
    }

    /// Adds something that is no literal and reaches from `start` to `end`; the next run starts behind it.
    pub fn push(&mut self, part: Part, end: usize) -> usize {
        self.list.push(part);
        self.start = end;
        end
    }

    /// Adds something whose value is not computed.
    pub fn opaque(&mut self, start: usize, end: usize, quoting: Quoting) -> usize {
        let span = span(start, end);
        self.push(Part::Opaque { span, quoting }, end)
    }
}

/// The byte at an offset.
pub(super) fn byte(text: &str, at: usize) -> Option<u8> {
    text.as_bytes().get(at).copied()
}

/// Whether `what` stands at an offset, before `end`.
pub(super) fn starts_with(text: &str, at: usize, end: usize, what: &str) -> bool {
    text.as_bytes()
        .get(at..end)
        .is_some_and(|rest| rest.starts_with(what.as_bytes()))
}

/// Length of a line break at an offset: 0, 1 or 2.
pub(super) fn line_break(text: &str, at: usize) -> usize {
    match byte(text, at) {
        Some(b'\n') => 1,
        Some(b'\r') if byte(text, at + 1) == Some(b'\n') => 2,
        _ => 0,
    }
}

/// The offset of the next line feed, or the end.
pub(super) fn line_end(text: &str, at: usize, end: usize) -> usize {
    text.as_bytes()
        .get(at..end)
        .and_then(|rest| memchr::memchr(b'\n', rest))
        .map_or(end, |found| at + found)
}
