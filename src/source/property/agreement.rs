//! Whether `serde_yaml`, a reader of YAML 1.1 of another family, reads the same values.
//!
//! Shared with the integration test that reads files, which these rooms may not.

use super::source::{Node, Oddity, OddityKind, ScalarType, Style, Tree};

/// The first place where the other reader has another value.
fn difference(node: Node<'_>, value: &serde_yaml::Value) -> Option<String> {
    use serde_yaml::Value;
    let same = match value {
        Value::Null => node.is_null(),
        Value::Bool(value) => node.boolean() == Some(*value),
        Value::Number(number) => match node.scalar_type() {
            Some(ScalarType::Number(ours)) => number
                .as_f64()
                .is_some_and(|theirs| ours == theirs || (ours.is_nan() && theirs.is_nan())),
            _ => false,
        },
        Value::String(text) => node
            .string()
            .is_some_and(|ours| ours == text || ends_without_break(node, ours, text)),
        Value::Sequence(items) if node.items().len() == items.len() && node.is_sequence() => {
            return node
                .items()
                .zip(items)
                .find_map(|(node, value)| difference(node, value));
        }
        Value::Mapping(entries) if node.entries().len() == entries.len() && node.is_mapping() => {
            return node
                .entries()
                .zip(entries)
                .find_map(|(entry, (key, value))| {
                    difference(entry.key, key).or_else(|| difference(entry.value, value))
                });
        }
        // A tag keeps the value behind it; ours reads a tagged scalar as text.
        Value::Tagged(_) => node.tag().is_some(),
        Value::Sequence(_) | Value::Mapping(_) => false,
    };
    (!same).then(|| {
        format!(
            "{value:?} against {:?} {:?} at {:?}",
            node.scalar_type(),
            node.text(),
            node.written_span()
        )
    })
}

/// A block scalar at the end of a file that has no last line break: ours has the break all the same.
fn ends_without_break(node: Node<'_>, ours: &str, theirs: &str) -> bool {
    let is_block = matches!(node.style(), Some(Style::Literal | Style::Folded));
    is_block
        && node.span().end as usize == node.tree().file().text().len()
        && ours.strip_suffix('\n') == Some(theirs)
}

/// Where the other reader reads something else, if it does.
pub(super) fn differs(tree: &Tree, text: &str) -> Option<String> {
    // The other reader counts a byte-order mark as a column.
    let text = text.trim_start_matches('\u{feff}');
    // It refuses what ours records.
    let refused = |oddity: &Oddity| {
        matches!(
            oddity.kind,
            OddityKind::DuplicateKey | OddityKind::SecondDocument
        )
    };
    if tree.oddities().iter().any(refused) {
        return None;
    }
    match (tree.root(), serde_yaml::from_str::<serde_yaml::Value>(text)) {
        (Some(root), Ok(value)) => difference(root, &value),
        (None, Ok(value)) => (!value.is_null()).then(|| format!("{value:?} against nothing")),
        (_, Err(error)) => Some(format!("the other reader stops: {error}")),
    }
}
