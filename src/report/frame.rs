//! The lines of source around a finding, cut to what a person needs.
//!
//! It makes a small text out of the file (keys masked, every character visible, long lines cut around the
//! token) and places marks in it; drawing is left to `annotate-snippets`. The work is bounded by what is shown,
//! never by the length of a line or of a span.

use std::ops::Range;

use super::mask::Mask;
use crate::finding::{Finding, Related};
use crate::source::{SourceFile, Span};

/// A related place so many lines from the finding still goes into its frame.
const NEAR: u32 = 60;

/// Related places in one frame; the others go to the trail below it.
const MAX_MARKS: usize = 5;

/// A span of more lines is marked in its first line only.
const MAX_LINES: u32 = 4;

/// Lines without a mark that are shown between two marks; longer gaps are folded.
const CONTEXT: u32 = 2;

/// A piece of source with marks.
pub(super) struct Frame<'r> {
    /// The lines, ready to be shown.
    pub(super) source: String,
    /// Number of the first line.
    pub(super) line: u32,
    /// The marks; the first is the finding's own.
    pub(super) marks: Vec<Mark>,
    /// Related places that are not in the frame, in their order.
    pub(super) rest: Vec<&'r Related>,
}

/// A marked range of the lines of a frame.
pub(super) struct Mark {
    /// Bytes of [`Frame::source`].
    pub(super) range: Range<usize>,
    /// What is written beside it.
    pub(super) label: String,
}

/// What is to be marked, in offsets of the file.
struct Wanted {
    span: Span,
    label: String,
    /// Index of the related place, for all but the finding itself.
    related: Option<usize>,
}

/// Makes the frame of a finding, its lines cut to about `columns` characters.
pub(super) fn frame<'r>(finding: &'r Finding, mask: &Mask<'_>, columns: usize) -> Frame<'r> {
    let file = &*finding.location.file;
    let mut wanted = vec![own(finding)];
    let mut rest = Vec::new();
    for (index, related) in finding.related.iter().enumerate() {
        if related.location == finding.location {
            push_label(&mut wanted, &mask.line(&related.message));
        } else if is_near(finding, related) && wanted.len() <= MAX_MARKS {
            wanted.push(Wanted {
                span: first_line(file, related.location.span),
                label: mask.line(&related.message),
                related: Some(index),
            });
        } else {
            rest.push(index);
        }
    }
    draw(finding, mask, wanted, rest, columns)
}

fn own(finding: &Finding) -> Wanted {
    let file = &*finding.location.file;
    let span = finding.location.span;
    let (first, last) = line_range(file, span);
    let (span, label) = if last - first < MAX_LINES {
        (clip_end(file, span), String::new())
    } else {
        (first_line(file, span), format!("to line {last}"))
    };
    Wanted {
        span,
        label,
        related: None,
    }
}

fn push_label(wanted: &mut [Wanted], text: &str) {
    if let Some(own) = wanted.first_mut() {
        if !own.label.is_empty() {
            own.label.push_str("; ");
        }
        own.label.push_str(text);
    }
}

fn is_near(finding: &Finding, related: &Related) -> bool {
    let file = &finding.location.file;
    let here = file.lines().line(finding.location.span.start);
    let there = file.lines().line(related.location.span.start);
    related.location.path() == finding.location.path() && here.abs_diff(there) <= NEAR
}

/// First and last line of a span. A line break at its end does not reach into the next line.
fn line_range(file: &SourceFile, span: Span) -> (u32, u32) {
    let lines = file.lines();
    let first = lines.line(span.start);
    let end = if span.is_empty() {
        span.end
    } else {
        span.end - 1
    };
    (first, lines.line(end).max(first))
}

/// The part of a span that stands in its first line.
fn first_line(file: &SourceFile, span: Span) -> Span {
    let line = file.lines().line(span.start);
    let end = file.lines().span(file.text(), line).end;
    Span::new(span.start.min(end), span.end.min(end))
}

/// A span without the line break at its end, inside the text.
fn clip_end(file: &SourceFile, span: Span) -> Span {
    let (first, last) = line_range(file, span);
    let start = span.start.min(file.lines().span(file.text(), first).end);
    let end = file.lines().span(file.text(), last).end;
    Span::new(start, span.end.min(end))
}

/// Puts the lines together, from the first mark to the last.
fn draw<'r>(
    finding: &'r Finding,
    mask: &Mask<'_>,
    wanted: Vec<Wanted>,
    mut rest: Vec<usize>,
    columns: usize,
) -> Frame<'r> {
    let file = &*finding.location.file;
    let marked = |wanted: &Wanted| line_range(file, wanted.span);
    let low = wanted.iter().map(|one| marked(one).0).min().unwrap_or(1);
    let high = wanted.iter().map(|one| marked(one).1).max().unwrap_or(low);
    let mut source = String::new();
    let mut places: Vec<Place> = wanted.iter().map(|_| Place::default()).collect();
    for line in low..=high {
        if line > low {
            source.push('\n');
        }
        let near = wanted.iter().any(|one| {
            let (first, last) = marked(one);
            line + CONTEXT >= first && line <= last + CONTEXT
        });
        if near {
            push_line(file, mask, line, &wanted, columns, &mut source, &mut places);
        }
    }
    let mut marks = Vec::new();
    for (wanted, place) in wanted.into_iter().zip(places) {
        match (place.range(), wanted.related) {
            (Some(range), _) => marks.push(Mark {
                range,
                label: wanted.label,
            }),
            (None, Some(index)) => rest.push(index),
            (None, None) => {}
        }
    }
    rest.sort_unstable();
    Frame {
        source,
        line: low,
        marks,
        rest: rest
            .into_iter()
            .filter_map(|index| finding.related.get(index))
            .collect(),
    }
}

/// Where a mark has been drawn so far.
#[derive(Default)]
struct Place {
    start: Option<usize>,
    end: Option<usize>,
}

impl Place {
    fn range(&self) -> Option<Range<usize>> {
        let start = self.start?;
        Some(start..self.end?.max(start))
    }
}

/// Adds one line, cut around its marks, and notes where the marks fall.
fn push_line(
    file: &SourceFile,
    mask: &Mask<'_>,
    line: u32,
    wanted: &[Wanted],
    columns: usize,
    source: &mut String,
    places: &mut [Place],
) {
    let whole = shown_line(file, line);
    let here: Vec<Option<Span>> = wanted
        .iter()
        .map(|one| part_in(file, one.span, line, whole))
        .collect();
    let focus = here.iter().flatten().next().copied();
    let window = window(file.text(), whole, focus, columns);
    let mut offsets: Vec<u32> = here
        .iter()
        .flatten()
        .filter(|part| is_seen(**part, window))
        .flat_map(|part| [part.start, part.end])
        .collect();
    offsets.sort_unstable();
    let excerpt = mask.excerpt(file, window, &offsets);
    if window.start > whole.start {
        source.push('…');
    }
    let base = source.len();
    let at = |offset: u32| {
        let index = offsets.partition_point(|known| *known < offset);
        base + excerpt.offsets.get(index).copied().unwrap_or_default()
    };
    for (part, place) in here.iter().zip(places) {
        if let Some(part) = part.filter(|part| is_seen(*part, window)) {
            place.start.get_or_insert(at(part.start));
            place.end = Some(at(part.end));
        }
    }
    source.push_str(&excerpt.text);
    if window.end < whole.end {
        source.push('…');
    }
}

/// A line without its break and without a byte-order mark.
fn shown_line(file: &SourceFile, line: u32) -> Span {
    let span = file.lines().span(file.text(), line);
    if line == 1 && file.text().starts_with('\u{feff}') {
        return Span::new(span.start + 3, span.end);
    }
    span
}

/// The part of a span that stands in a line.
fn part_in(file: &SourceFile, span: Span, line: u32, whole: Span) -> Option<Span> {
    let (first, last) = line_range(file, span);
    if line < first || line > last {
        return None;
    }
    let start = span.start.clamp(whole.start, whole.end);
    Some(Span::new(start, span.end.clamp(start, whole.end)))
}

fn is_seen(part: Span, window: Span) -> bool {
    part.start <= window.end && part.end >= window.start
}

/// The part of a line to show: all of it, or about `columns` characters around the focus.
fn window(text: &str, whole: Span, focus: Option<Span>, columns: usize) -> Span {
    if whole.len() as usize <= columns || chars_up_to(whole.slice(text), columns).is_none() {
        return whole;
    }
    let focus = focus.unwrap_or(Span::at(whole.start)).start;
    let before = Span::new(whole.start, focus).slice(text);
    let after = Span::new(focus, whole.end).slice(text);
    let lead = columns / 4;
    let tail = chars_up_to(after, columns - lead);
    // Where the line ends early, the room goes to what stands before.
    let lead = match tail {
        Some(_) => lead,
        None => columns.saturating_sub(after.chars().count()),
    };
    let back = before
        .char_indices()
        .rev()
        .nth(lead.saturating_sub(1))
        .map_or(0, |(at, _)| at);
    let end = tail.map_or(whole.end as usize, |at| focus as usize + at);
    Span::of(whole.start as usize + back..end)
}

/// Byte offset of the character after the first `count`, if the text has more than those.
fn chars_up_to(text: &str, count: usize) -> Option<usize> {
    text.char_indices().nth(count).map(|(at, _)| at)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::{Confidence, RuleId, Severity};
    use crate::report::sample;
    use crate::source::Location;

    fn finding(text: &str, span: Span) -> Finding {
        let file = SourceFile::new("a.yml", text);
        let place = Location::new(&file, span);
        Finding::new(RuleId("r"), Severity::Error, Confidence::High, place, "m")
    }

    fn marked(text: &str, span: Span) -> (String, String) {
        let report = sample::empty();
        let finding = finding(text, span);
        let frame = frame(&finding, &Mask::new(&report), 40);
        let marked = frame.source[frame.marks[0].range.clone()].to_owned();
        (frame.source, marked)
    }

    #[test]
    fn the_mark_is_exactly_the_token() {
        let (source, token) = marked("\u{feff}a: é\r\nb:\tBAD # x\r\n", Span::new(13, 16));
        assert_eq!(source, "b:    BAD # x");
        assert_eq!(token, "BAD");
        let (_, token) = marked("\u{feff}bom: x", Span::new(0, 6));
        assert_eq!(token, "bom");
    }

    #[test]
    fn a_long_line_is_cut_around_the_token() {
        let text = format!("{}TOKEN{}", "x".repeat(500_000), "é".repeat(200_000));
        let (source, token) = marked(&text, Span::new(500_000, 500_005));
        assert_eq!(token, "TOKEN");
        assert_eq!(source.chars().count(), 42);
        assert!(source.starts_with("…x") && source.ends_with("é…"));
    }

    #[test]
    fn a_long_line_that_ends_in_the_token_uses_the_room_before_it() {
        let text = format!("{}END", "x".repeat(500));
        let (source, token) = marked(&text, Span::new(500, 503));
        assert_eq!(token, "END");
        assert_eq!(source.chars().count(), 41);
    }

    #[test]
    fn a_span_of_many_lines_is_marked_in_its_first() {
        let text = "a:\n".repeat(30);
        let (source, token) = marked(&text, Span::new(0, 60));
        assert_eq!((source.as_str(), token.as_str()), ("a:", "a:"));
        let (source, token) = marked(&text, Span::new(0, 6));
        assert_eq!((source.as_str(), token.as_str()), ("a:\na:", "a:\na:"));
    }

    #[test]
    fn near_places_join_the_frame_and_far_ones_do_not() {
        let text = format!("on: x\n{}job: y\n", "#\n".repeat(100));
        let mut one = finding(&text, Span::new(0, 2));
        let file = std::sync::Arc::clone(&one.location.file);
        one = one
            .related(Location::new(&file, Span::new(4, 5)), "near")
            .related(Location::new(&file, Span::new(206, 209)), "far");
        let report = sample::empty();
        let frame = frame(&one, &Mask::new(&report), 80);
        assert_eq!(frame.marks[1].label, "near");
        assert_eq!(frame.rest[0].message, "far");
    }
}
