//! A fix as a suggestion that GitHub applies with one click.
//!
//! GitHub replaces the lines of the comment by the lines of the block, to the letter. So a suggestion is made only
//! where the whole fix lies in lines of one hunk near the finding, where every byte of it can be shown, and where
//! no key stands in it; anything else is shown as a difference, or told in words.

use super::placement::Places;
use crate::finding::{Applicability, Edit, Finding};
use crate::report::markup;
use crate::report::mask::Mask;
use crate::report::visible;
use crate::source::{SourceFile, Span};

/// A comment on more lines is hard to read.
const MAX_LINES: u32 = 12;

/// Bytes of the new lines.
const MAX_BYTES: usize = 2_000;

/// New text for whole lines of the head.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Suggestion {
    /// First line that is replaced.
    pub(super) first: u32,
    /// Last line that is replaced.
    pub(super) last: u32,
    /// The new lines without the last line break; nothing where the lines go.
    text: Option<String>,
    ending: &'static str,
}

impl Suggestion {
    /// The suggestion for a finding whose comment stands on these lines.
    pub(super) fn new(
        finding: &Finding,
        (first, last): (u32, u32),
        places: &Places<'_>,
        mask: &Mask<'_>,
    ) -> Option<Self> {
        let fix = finding.fix.as_ref()?;
        let file = &finding.location.file;
        let same_file = |edit: &Edit| edit.location.path() == file.path();
        if fix.applicability == Applicability::Manual || !fix.edits.iter().all(same_file) {
            return None;
        }
        let mut edits: Vec<&Edit> = fix.edits.iter().collect();
        edits.sort_by_key(|edit| edit.location.span);
        let (from, to) = touched(file, &edits)?;
        let (first, last) = (first.min(from), last.max(to));
        let hunk = places.hunk(file, first)?;
        if last > hunk.last() || last - first >= MAX_LINES {
            return None;
        }
        let (before, after) = replaced(file, first, last, &edits)?;
        // Comments are where our marks stand, and a mark of somebody else must not stand in our words.
        let shows_all = mask.source(file, before) == before.slice(file.text())
            && mask.text(&after) == after
            && is_plain(&after)
            && !after.contains("<!--");
        if !shows_all || after.len() > MAX_BYTES {
            return None;
        }
        let ending = ending(file.text())?;
        let after = after.replace("\r\n", "\n");
        let text = match after.strip_suffix('\n') {
            // One empty line and no line at all look the same in a block.
            Some("") => return None,
            Some(lines) => Some(lines.replace('\n', ending)),
            None if after.is_empty() => None,
            // Without a break at its end, the text would run into the next line.
            None if before.end as usize == file.text().len() => Some(after.replace('\n', ending)),
            None => return None,
        };
        Some(Self {
            first,
            last,
            text,
            ending,
        })
    }

    /// The block that GitHub offers to apply.
    pub(super) fn block(&self) -> String {
        let Some(text) = &self.text else {
            return "```suggestion\n```\n\n".into();
        };
        let fence = markup::fence(text);
        // The break before the fence belongs to the last line, so that it has to be of the file's kind.
        format!("{fence}suggestion\n{text}{}{fence}\n\n", self.ending)
    }
}

/// First and last line that edits change.
fn touched(file: &SourceFile, edits: &[&Edit]) -> Option<(u32, u32)> {
    let lines = file.lines();
    let length = file.text().len();
    let mut range: Option<(u32, u32)> = None;
    for edit in edits {
        let Span { start, end } = edit.location.span;
        if end as usize > length {
            return None;
        }
        let mut first = lines.line(start);
        // After the last line break there is no line; the text goes below the one before.
        if start as usize == length && first > 1 && file.text().ends_with('\n') {
            first -= 1;
        }
        let mut last = lines.line(end).max(first);
        let whole_lines =
            end > start && file.text().as_bytes().get(end as usize - 1) == Some(&b'\n');
        if start as usize == length {
            last = first;
        } else if whole_lines {
            last = (last - 1).max(first);
        }
        let (low, high) = range.unwrap_or((first, last));
        range = Some((low.min(first), high.max(last)));
    }
    range
}

/// The lines with their breaks as they are, and as they are after the edits.
fn replaced(file: &SourceFile, first: u32, last: u32, edits: &[&Edit]) -> Option<(Span, String)> {
    let text = file.text();
    let start = file.lines().span(text, first).start;
    let end = if last >= file.lines().count() {
        Span::of(text.len()..text.len()).end
    } else {
        file.lines().span(text, last + 1).start
    };
    let mut after = String::new();
    let mut at = start;
    for edit in edits {
        let span = edit.location.span;
        if span.start < at || span.end > end {
            return None;
        }
        after.push_str(text.get(at as usize..span.start as usize)?);
        after.push_str(&edit.text);
        at = span.end;
    }
    after.push_str(text.get(at as usize..end as usize)?);
    Some((Span::new(start, end), after))
}

/// How lines of a file end; nothing where they end in both ways.
fn ending(text: &str) -> Option<&'static str> {
    let all = text.matches('\n').count();
    match text.matches("\r\n").count() {
        0 => Some("\n"),
        crlf if crlf == all => Some("\r\n"),
        _ => None,
    }
}

/// Whether every character can be seen, so that nobody applies what they cannot read.
fn is_plain(text: &str) -> bool {
    let text = text.replace("\r\n", "\n");
    text.chars()
        .all(|c| matches!(c, '\n' | '\t') || !visible::is_hidden(c))
}
