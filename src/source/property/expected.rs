//! What must come back from a file that a writer wrote.

use std::ops::Range;
use std::rc::Rc;

use super::super::{Node, Style, Tree};

/// A node as it was written.
#[derive(Debug)]
pub(super) enum Expected {
    Null {
        written: Range<usize>,
    },
    Scalar(Scalar),
    /// A list; of a flow collection the place with its brackets is known.
    Sequence {
        brackets: Option<Range<usize>>,
        items: Vec<Rc<Expected>>,
    },
    Mapping {
        brackets: Option<Range<usize>>,
        entries: Vec<(Rc<Expected>, Rc<Expected>)>,
    },
    Alias {
        written: Range<usize>,
        target: Rc<Expected>,
    },
}

/// A scalar as it was written.
#[derive(Debug, Default)]
pub(super) struct Scalar {
    pub(super) value: String,
    pub(super) style: Option<Style>,
    /// The token. Of a block scalar: from its first to its last visible character.
    pub(super) written: Range<usize>,
    pub(super) pieces: Vec<Piece>,
}

/// One character of a value, and the bytes that stand for it. White space that is written as it is has none.
#[derive(Debug)]
pub(super) struct Piece {
    pub(super) value: Range<usize>,
    pub(super) raw: Range<usize>,
}

/// Compares a tree with what was written.
pub(super) fn compare(tree: &Tree, expected: &Expected) -> Result<(), String> {
    let root = tree.root().ok_or("the file has no root")?;
    node(root, expected)?;
    let count = tree.documents().count();
    if count != 1 {
        Err(format!("{count} documents"))
    } else {
        Ok(())
    }
}

fn node(found: Node<'_>, expected: &Expected) -> Result<(), String> {
    if let Expected::Alias { written, target } = expected {
        same("is an alias", found.is_alias(), true)?;
        same(
            "place of the alias",
            found.written_span().range(),
            written.clone(),
        )?;
        return node_behind(found, target);
    }
    same("is an alias", found.is_alias(), false)?;
    same(
        "written at its own place",
        found.written_span(),
        found.span(),
    )?;
    node_behind(found, expected)
}

fn node_behind(found: Node<'_>, expected: &Expected) -> Result<(), String> {
    let span = found.span().range();
    match expected {
        Expected::Alias { .. } => Err("an alias of an alias".into()),
        Expected::Null { written } => {
            same("is null", found.is_null(), true)?;
            if written.is_empty() {
                same("the span of nothing is empty", span.is_empty(), true)
            } else {
                same("span of null", span, written.clone())
            }
        }
        Expected::Scalar(expected) => scalar(found, expected),
        Expected::Sequence { brackets, items } => {
            same("is a sequence", found.is_sequence(), true)?;
            same("items", found.items().len(), items.len())?;
            same(
                "brackets",
                brackets.clone().unwrap_or(span.clone()),
                span.clone(),
            )?;
            found.items().zip(items).try_for_each(|(found, expected)| {
                inside(&span, &found.written_span().range())?;
                node(found, expected)
            })
        }
        Expected::Mapping { brackets, entries } => {
            same("is a mapping", found.is_mapping(), true)?;
            same("entries", found.entries().len(), entries.len())?;
            same(
                "brackets",
                brackets.clone().unwrap_or(span.clone()),
                span.clone(),
            )?;
            found
                .entries()
                .zip(entries)
                .try_for_each(|(found, (key, value))| {
                    inside(&span, &found.key.written_span().range())?;
                    inside(&span, &found.value.written_span().range())?;
                    node(found.key, key)?;
                    node(found.value, value)
                })
        }
    }
}

fn scalar(found: Node<'_>, expected: &Scalar) -> Result<(), String> {
    let file = found.tree().file();
    same("value", found.text(), Some(expected.value.as_str()))?;
    same("style", found.style(), expected.style)?;
    let span = found.span().range();
    let value = &expected.value;
    if matches!(expected.style, Some(Style::Literal | Style::Folded)) {
        // A block scalar without text is shown at its header.
        if expected.pieces.is_empty() {
            return same(
                "traced text",
                found
                    .traced()
                    .map(|traced| traced.text().to_owned())
                    .as_ref(),
                Some(value),
            );
        }
        inside(&span, &expected.written)?;
        let more = file
            .text()
            .get(expected.written.end..span.end.max(expected.written.end))
            .unwrap_or_default();
        same("only white space behind the text", more.trim(), "")?;
        let before = file
            .text()
            .get(span.start.min(expected.written.start)..expected.written.start)
            .unwrap_or_default();
        same("only white space before the text", before.trim(), "")?;
    } else {
        same("span", span.clone(), expected.written.clone())?;
    }
    let traced = found.traced().ok_or("a scalar without a trace")?;
    same("traced text", traced.text(), value.as_str())?;
    for piece in &expected.pieces {
        let place = traced.locate(piece.value.clone()).ok_or("no place")?;
        same(
            &format!("place of {:?}", &value[piece.value.clone()]),
            place.span.range(),
            piece.raw.clone(),
        )?;
    }
    let bounds = |at: usize| {
        let next = expected
            .pieces
            .partition_point(|piece| piece.value.start <= at);
        let start = next
            .checked_sub(1)
            .map_or(span.start, |index| expected.pieces[index].raw.end);
        (
            start,
            expected
                .pieces
                .get(next)
                .map_or(span.end, |piece| piece.raw.start),
        )
    };
    for (at, c) in value.char_indices().filter(|(_, c)| c.is_whitespace()) {
        if expected.pieces.iter().any(|piece| piece.value.start == at) {
            continue;
        }
        let place = traced
            .locate(at..at + c.len_utf8())
            .ok_or("no place")?
            .span
            .range();
        let (start, end) = bounds(at);
        same(
            &format!("the space at {at} lies between its neighbours: {start} {place:?} {end}"),
            start <= place.start && place.end <= end,
            true,
        )?;
    }
    for (start, word) in words(value) {
        let end = start + word.len();
        let pieces = expected
            .pieces
            .iter()
            .filter(|piece| start <= piece.value.start && piece.value.end <= end);
        let (Some(first), Some(last)) = (pieces.clone().next(), pieces.clone().next_back()) else {
            return Err(format!("the writer wrote no {word:?}"));
        };
        let place = traced.locate(start..end).ok_or("no place")?;
        same(
            "place of the word",
            place.span.range(),
            first.raw.start..last.raw.end,
        )?;
        if place.text().len() == word.len() && !place.text().contains('\\') {
            same("the word in the file", place.text(), word)?;
        }
    }
    Ok(())
}

/// The words of a value with their offsets.
fn words(value: &str) -> impl Iterator<Item = (usize, &str)> {
    let white = |c: char| matches!(c, ' ' | '\t' | '\n' | '\r');
    let words = value.split(white).filter(|word| !word.is_empty());
    words.map(|word| (word.as_ptr() as usize - value.as_ptr() as usize, word))
}

fn inside(outer: &Range<usize>, inner: &Range<usize>) -> Result<(), String> {
    same(
        &format!("{inner:?} lies in {outer:?}"),
        outer.start <= inner.start && inner.end <= outer.end,
        true,
    )
}

fn same<T: PartialEq + std::fmt::Debug>(what: &str, found: T, expected: T) -> Result<(), String> {
    if found == expected {
        Ok(())
    } else {
        Err(format!("{what}: found {found:?}, wrote {expected:?}"))
    }
}
