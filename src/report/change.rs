//! A fix as lines that go and lines that come, for people.
//!
//! It never applies anything: `--fix` and the machine formats use the edits themselves.

use std::collections::BTreeMap;

use super::mask::Mask;
use super::visible;
use super::wording;
use crate::finding::{Edit, Fix};
use crate::source::{SourceFile, Span};

/// A change of more lines is not shown; its title has to do.
const MAX_LINES: usize = 12;

/// Characters of a line that are shown.
const MAX_COLUMNS: usize = 160;

/// A longer stretch of source is not worth comparing.
const MAX_BYTES: u32 = 16 * 1024;

/// What a fix does to one file.
pub(crate) struct Change {
    /// The path, ready to be shown.
    pub(crate) path: String,
    /// The lines, in the order of the file.
    pub(crate) lines: Vec<Line>,
}

/// One line of a change.
pub(crate) struct Line {
    /// Whether it goes or comes.
    pub(crate) sign: Sign,
    /// Number in the file as it is; for a line that comes, of the line that it replaces or pushes down.
    pub(crate) number: u32,
    /// The text, ready to be shown.
    pub(crate) text: String,
}

/// Whether a line goes or comes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Sign {
    /// It goes.
    Minus,
    /// It comes.
    Plus,
}

impl Sign {
    /// As in a diff.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Minus => "-",
            Self::Plus => "+",
        }
    }
}

/// The lines that a fix changes, by file; nothing where there are too many, or none.
pub(crate) fn changes(fix: &Fix, mask: &Mask<'_>) -> Vec<Change> {
    let mut by_path: BTreeMap<&str, Vec<&Edit>> = BTreeMap::new();
    for edit in &fix.edits {
        by_path.entry(edit.location.path()).or_default().push(edit);
    }
    let changes: Vec<Change> = by_path
        .into_iter()
        .filter_map(|(path, edits)| {
            Some(Change {
                path: mask.line(path),
                lines: lines(edits, mask)?,
            })
        })
        .collect();
    let total: usize = changes.iter().map(|change| change.lines.len()).sum();
    if total > MAX_LINES {
        return Vec::new();
    }
    changes
}

/// The changed lines of one file.
fn lines(mut edits: Vec<&Edit>, mask: &Mask<'_>) -> Option<Vec<Line>> {
    edits.sort_by_key(|edit| edit.location.span);
    let file = edits.first()?.location.file.clone();
    let mut out = Vec::new();
    let mut edits = edits.into_iter().peekable();
    while let Some(edit) = edits.next() {
        let mut group = vec![edit];
        let mut last = last_line(&file, edit.location.span);
        while let Some(next) =
            edits.next_if(|next| file.lines().line(next.location.span.start) <= last)
        {
            last = last.max(last_line(&file, next.location.span));
            group.push(next);
        }
        out.extend(one_stretch(&file, &group, last, mask)?);
    }
    Some(out)
}

fn last_line(file: &SourceFile, span: Span) -> u32 {
    file.lines().line(span.end)
}

/// Compares the lines that a group of neighbouring edits touches, before and after.
fn one_stretch(
    file: &SourceFile,
    edits: &[&Edit],
    last: u32,
    mask: &Mask<'_>,
) -> Option<Vec<Line>> {
    let first = file.lines().line(edits.first()?.location.span.start);
    let start = file.lines().span(file.text(), first).start;
    let end = file.lines().span(file.text(), last).end;
    let inserted: usize = edits.iter().map(|edit| edit.text.len()).sum();
    if end.saturating_sub(start) > MAX_BYTES || inserted > MAX_BYTES as usize {
        return None;
    }
    let before = mask.source(file, Span::new(start, end));
    let mut after = String::new();
    let mut at = start;
    for edit in edits {
        let span = edit.location.span;
        after.push_str(&mask.source(file, Span::new(at, span.start)));
        after.push_str(&mask.text(&edit.text));
        at = span.end;
    }
    after.push_str(&mask.source(file, Span::new(at, end.max(at))));
    Some(compare(&before, &after, first))
}

/// Lines that differ once equal ones at both ends are taken off.
fn compare(before: &str, after: &str, first: u32) -> Vec<Line> {
    let old: Vec<&str> = split(before);
    let new: Vec<&str> = split(after);
    let same = |pairs: &mut dyn Iterator<Item = (&&str, &&str)>| {
        pairs.take_while(|(old, new)| old == new).count()
    };
    let head = same(&mut old.iter().zip(&new));
    let most = old.len().min(new.len()) - head;
    let tail = same(&mut old.iter().rev().zip(new.iter().rev())).min(most);
    let line = |sign, index: usize, text: &str| Line {
        sign,
        number: first + u32::try_from(index).unwrap_or_default(),
        text: shown(text),
    };
    let gone = old.iter().enumerate().take(old.len() - tail).skip(head);
    let come = new.iter().enumerate().take(new.len() - tail).skip(head);
    gone.map(|(index, text)| line(Sign::Minus, index, text))
        .chain(come.map(|(index, text)| line(Sign::Plus, index, text)))
        .collect()
}

fn split(text: &str) -> Vec<&str> {
    text.split('\n')
        .map(|line| line.strip_suffix('\r').unwrap_or(line))
        .collect()
}

fn shown(line: &str) -> String {
    let line = line.replace('\t', "    ");
    wording::cut(&visible::one_line(&line), MAX_COLUMNS)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::Applicability;
    use crate::report::sample;
    use crate::source::Location;

    fn shown_changes(text: &str, edits: &[(u32, u32, &str)]) -> Vec<String> {
        let file = SourceFile::new("a.yml", text);
        let edit = |&(start, end, text): &(u32, u32, &str)| Edit {
            location: Location::new(&file, Span::new(start, end)),
            text: text.into(),
        };
        let fix = Fix {
            title: "t".into(),
            applicability: Applicability::Safe,
            edits: edits.iter().map(edit).collect(),
        };
        let report = sample::empty();
        let line = |line: &Line| format!("{}{} {}", line.number, line.sign.as_str(), line.text);
        changes(&fix, &Mask::new(&report))
            .iter()
            .flat_map(|change| change.lines.iter().map(line))
            .collect()
    }

    #[test]
    fn an_inserted_line_shows_alone() {
        let shown = shown_changes("a: 1\r\nb: 2\r\n", &[(6, 6, "x: 9\r\n")]);
        assert_eq!(shown, ["2+ x: 9"]);
        let shown = shown_changes("a: 1\nb: 2", &[(4, 4, "\nx: 9")]);
        assert_eq!(shown, ["2+ x: 9"]);
    }

    #[test]
    fn a_replaced_word_shows_both_lines() {
        let shown = shown_changes("a: 1\nb: two three\n", &[(8, 11, "2"), (12, 17, "3")]);
        assert_eq!(shown, ["2- b: two three", "2+ b: 2 3"]);
    }

    #[test]
    fn edits_far_apart_show_one_by_one() {
        let shown = shown_changes("a\nb\nc\nd\n", &[(6, 7, "D"), (0, 2, "")]);
        assert_eq!(shown, ["1- a", "4- d", "4+ D"]);
    }

    #[test]
    fn a_long_change_is_left_to_its_title() {
        let many = "x\n".repeat(40);
        assert!(shown_changes("a\n", &[(0, 0, &many)]).is_empty());
    }

    #[test]
    fn edits_that_do_not_fit_the_file_show_what_they_can() {
        let shown = shown_changes("é", &[(1, 90, "x")]);
        assert!(shown.len() <= 2);
    }
}
