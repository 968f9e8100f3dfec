//! Byte ranges, and the lines and columns that are computed from them at the very end.

use std::ops::Range;

/// A byte range of one file (or of one text that was cut out of a file): `start..end`, end exclusive.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Span {
    /// First byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
}

impl Span {
    /// A span from `start` to `end`; an end before the start makes an empty span at the start.
    pub const fn new(start: u32, end: u32) -> Self {
        Self {
            start,
            end: if end < start { start } else { end },
        }
    }

    /// An empty span at one offset.
    pub const fn at(offset: u32) -> Self {
        Self::new(offset, offset)
    }

    /// The span of a `usize` range. Files are capped far below 4 GiB, so that larger offsets saturate.
    pub fn of(range: Range<usize>) -> Self {
        Self::new(saturate(range.start), saturate(range.end))
    }

    /// The span as a range for slicing.
    pub const fn range(self) -> Range<usize> {
        self.start as usize..self.end as usize
    }

    /// Length in bytes.
    pub const fn len(self) -> u32 {
        self.end - self.start
    }

    /// Whether nothing is covered.
    pub const fn is_empty(self) -> bool {
        self.start == self.end
    }

    /// Whether `other` lies inside.
    pub const fn contains(self, other: Self) -> bool {
        self.start <= other.start && other.end <= self.end
    }

    /// The same span, moved by `offset` bytes to the right.
    pub const fn shifted(self, offset: u32) -> Self {
        Self::new(
            self.start.saturating_add(offset),
            self.end.saturating_add(offset),
        )
    }

    /// The text under the span, or nothing where the span does not fit the text.
    pub fn slice(self, text: &str) -> &str {
        text.get(self.range()).unwrap_or_default()
    }
}

impl std::fmt::Debug for Span {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}..{}", self.start, self.end)
    }
}

/// `usize` to `u32`, saturating.
pub fn saturate(offset: usize) -> u32 {
    u32::try_from(offset).unwrap_or(u32::MAX)
}
