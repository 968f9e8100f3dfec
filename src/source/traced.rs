//! Text that remembers where each of its bytes came from.
//!
//! A flag may stand in a block scalar, be joined from a job variable and a matrix value, pass through
//! `bash -c "…"` and end as a word of an argv. Each of these steps cuts, joins and unescapes text. A
//! [`Traced`] text goes through all of them with its origins, so that the last consumer can still point at
//! the bytes in the file, and nobody has to search for them again.

use std::ops::Range;
use std::sync::Arc;

use smallvec::SmallVec;

use super::file::{Location, SourceFile};
use super::span::{Span, saturate};

/// A text with the origin of every run of bytes, and with the holes that nobody could fill.
#[derive(Clone, Default)]
pub struct Traced {
    text: String,
    /// Sorted by `at`; each run reaches to the next one's start or to the end of the text.
    /// Most texts are one.
    runs: SmallVec<[Run; 1]>,
    /// Sorted, disjoint.
    holes: Vec<Hole>,
}

#[derive(Clone)]
struct Run {
    /// Offset in the traced text.
    at: u32,
    file: Arc<SourceFile>,
    /// The bytes in the file.
    span: Span,
    /// Byte `at + i` is byte `span.start + i` of the file; otherwise the whole run is the whole span (an escape).
    exact: bool,
}

/// A part of a text whose value is not known before the workflow runs. The text holds a stand-in there.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Hole {
    /// Where the stand-in is.
    pub span: Span,
    /// What would fill it, as written: `inputs.args`, `$CLAUDE_ARGS`.
    pub source: Box<str>,
}

impl Hole {
    /// A text to stand in for something unknown: a word that no shell, flag or path gives a meaning to.
    pub fn stand_in(length: usize) -> String {
        "_".repeat(length.max(1))
    }
}

impl Traced {
    /// The bytes of a span of a file, as they stand.
    pub fn of_file(file: &Arc<SourceFile>, span: Span) -> Self {
        let mut traced = Self::default();
        traced.push_exact(span.slice(file.text()), file, span.start);
        traced
    }

    /// A text that does not stand in the file as such, all of which came from one place.
    pub fn synthetic(text: impl Into<String>, origin: &Location) -> Self {
        let mut traced = Self::default();
        traced.push_decoded(&text.into(), &origin.file, origin.span);
        traced
    }

    /// A hole whose stand-in is `stand_in`, written at one place.
    pub fn hole(stand_in: &str, source: &str, origin: &Location) -> Self {
        let mut traced = Self::synthetic(stand_in, origin);
        traced.holes.push(Hole {
            span: Span::of(0..stand_in.len()),
            source: source.into(),
        });
        traced
    }

    /// The text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Length in bytes.
    pub fn len(&self) -> usize {
        self.text.len()
    }

    /// Whether there is no text.
    pub fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    /// The holes, in order.
    pub fn holes(&self) -> &[Hole] {
        &self.holes
    }

    /// Whether every byte is known.
    pub fn is_known(&self) -> bool {
        self.holes.is_empty()
    }

    /// Appends bytes that stand in `file` from `start` on, as they are.
    pub fn push_exact(&mut self, text: &str, file: &Arc<SourceFile>, start: u32) {
        if text.is_empty() {
            return;
        }
        let at = saturate(self.text.len());
        let span = Span::new(start, start.saturating_add(saturate(text.len())));
        self.text.push_str(text);
        if let Some(last) = self.runs.last_mut()
            && last.exact
            && last.span.end == start
            && Arc::ptr_eq(&last.file, file)
        {
            last.span.end = span.end;
            return;
        }
        self.runs.push(Run {
            at,
            file: Arc::clone(file),
            span,
            exact: true,
        });
    }

    /// Appends text that an escape, a fold or a substitution at `span` stands for.
    pub fn push_decoded(&mut self, text: &str, file: &Arc<SourceFile>, span: Span) {
        if text.is_empty() {
            return;
        }
        self.runs.push(Run {
            at: saturate(self.text.len()),
            file: Arc::clone(file),
            span,
            exact: false,
        });
        self.text.push_str(text);
    }

    /// Appends another traced text.
    pub fn push(&mut self, other: &Self) {
        self.push_range(other, 0..other.text.len());
    }

    /// A cut of the text with its origins.
    pub fn slice(&self, range: Range<usize>) -> Self {
        let mut cut = Self::default();
        cut.push_range(self, range);
        cut
    }

    /// Appends a cut of another traced text. Ranges that do not fit append nothing.
    pub fn push_range(&mut self, other: &Self, range: Range<usize>) {
        let Some(text) = other.text.get(range.clone()) else {
            return;
        };
        if text.is_empty() {
            return;
        }
        let base = saturate(self.text.len());
        let (from, to) = (saturate(range.start), saturate(range.end));
        let first = other
            .runs
            .partition_point(|run| run.at <= from)
            .saturating_sub(1);
        for (index, run) in other.runs.iter().enumerate().skip(first) {
            if run.at >= to {
                break;
            }
            let run_end = other.run_end(index);
            let (cut_from, cut_to) = (run.at.max(from), run_end.min(to));
            if cut_from >= cut_to {
                continue;
            }
            let at = base + (cut_from - from);
            let span = if run.exact {
                let start = run.span.start + (cut_from - run.at);
                Span::new(start, start + (cut_to - cut_from))
            } else {
                run.span
            };
            if let Some(last) = self.runs.last_mut()
                && last.exact
                && run.exact
                && last.span.end == span.start
                && Arc::ptr_eq(&last.file, &run.file)
            {
                last.span.end = span.end;
                continue;
            }
            self.runs.push(Run {
                at,
                file: Arc::clone(&run.file),
                span,
                exact: run.exact,
            });
        }
        for hole in other.holes_from(from) {
            if hole.span.start >= to {
                break;
            }
            let span = Span::new(hole.span.start.max(from), hole.span.end.min(to));
            if !span.is_empty() {
                self.holes.push(Hole {
                    span: Span::new(base + (span.start - from), base + (span.end - from)),
                    source: hole.source.clone(),
                });
            }
        }
        self.text.push_str(text);
    }

    /// Whether a hole touches the range.
    pub fn has_hole_in(&self, range: Range<usize>) -> bool {
        let (from, to) = (saturate(range.start), saturate(range.end));
        self.holes_from(from)
            .first()
            .is_some_and(|hole| hole.span.start < to)
    }

    /// The place in a file of a range of this text.
    ///
    /// The place spans from the first byte's origin to the last byte's, where both lie in one file in this
    /// order; else it is the origin of the first byte's run. Nothing where the text is empty.
    pub fn locate(&self, range: Range<usize>) -> Option<Location> {
        let from = saturate(range.start);
        let to = saturate(range.end);
        let first = self.run_at(from)?;
        let start = first.map_start(from);
        if to <= from {
            return Some(Location::new(&first.file, Span::at(start)));
        }
        let last = self.run_at(to - 1)?;
        let end = last.map_end(to);
        if Arc::ptr_eq(&first.file, &last.file) && end >= start {
            return Some(Location::new(&first.file, Span::new(start, end)));
        }
        let first_end = if first.exact {
            first.span.end
        } else {
            first.map_end(to)
        };
        Some(Location::new(&first.file, Span::new(start, first_end)))
    }

    /// The place of the whole text.
    pub fn location(&self) -> Option<Location> {
        self.locate(0..self.text.len())
    }

    /// The holes that end behind an offset. Holes stand in the order of the text and never overlap.
    fn holes_from(&self, offset: u32) -> &[Hole] {
        let first = self.holes.partition_point(|hole| hole.span.end <= offset);
        self.holes.get(first..).unwrap_or_default()
    }

    fn run_at(&self, offset: u32) -> Option<&Run> {
        let index = self.runs.partition_point(|run| run.at <= offset);
        self.runs.get(index.checked_sub(1)?)
    }

    fn run_end(&self, index: usize) -> u32 {
        self.runs
            .get(index + 1)
            .map_or_else(|| saturate(self.text.len()), |next| next.at)
    }
}

impl Run {
    fn map_start(&self, offset: u32) -> u32 {
        if self.exact {
            self.span.start + offset.saturating_sub(self.at)
        } else {
            self.span.start
        }
    }

    fn map_end(&self, offset: u32) -> u32 {
        if self.exact {
            self.span.start + offset.saturating_sub(self.at)
        } else {
            self.span.end
        }
    }
}

impl std::fmt::Debug for Traced {
    /// Shows the size only: the text may hold keys.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "Traced({} bytes, {} runs, {} holes)",
            self.text.len(),
            self.runs.len(),
            self.holes.len()
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn joined_text_maps_back_to_each_file() {
        let first = SourceFile::new("a", "run: claude $FLAGS");
        let second = SourceFile::new("b", "FLAGS: --yes");
        let mut joined = Traced::of_file(&first, Span::new(5, 12));
        joined.push(&Traced::of_file(&second, Span::new(7, 12)));
        assert_eq!(joined.text(), "claude --yes");
        let flag = joined.locate(7..12).unwrap();
        assert_eq!((flag.path(), flag.text()), ("b", "--yes"));
        let program = joined.locate(0..6).unwrap();
        assert_eq!((program.path(), program.text()), ("a", "claude"));
    }

    #[test]
    fn a_range_over_an_escape_covers_the_escape() {
        let file = SourceFile::new("a", r#""a\nb""#);
        let mut text = Traced::of_file(&file, Span::new(1, 2));
        text.push_decoded("\n", &file, Span::new(2, 4));
        text.push_exact("b", &file, 4);
        assert_eq!(text.text(), "a\nb");
        assert_eq!(text.locate(0..3).unwrap().text(), r"a\nb");
        assert_eq!(text.locate(1..2).unwrap().text(), r"\n");
    }

    #[test]
    fn a_cut_keeps_the_holes_inside_it() {
        let file = SourceFile::new("a", "x ${{ y }} z");
        let place = Location::new(&file, Span::new(2, 10));
        let mut text = Traced::of_file(&file, Span::new(0, 2));
        text.push(&Traced::hole("________", "y", &place));
        text.push_exact(" z", &file, 10);
        assert!(text.slice(0..2).is_known());
        assert_eq!(text.slice(1..4).holes()[0].span, Span::new(1, 3));
        assert_eq!(text.locate(2..10).unwrap().text(), "${{ y }}");
    }
}
