//! `serde_yaml` as a second opinion: a reader of YAML 1.1 of another family reads the same values.

use std::path::{Path, PathBuf};

use proptest::prelude::*;

use super::super::{Node, Oddity, OddityKind, ScalarType, SourceFile, Style, Tree, yaml};
use super::sketch;
use super::writer::{Dialect, write};

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

fn differs(tree: &Tree, text: &str) -> Option<String> {
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

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_written_tree_reads_as_serde_yaml_reads_it(sketch in sketch::file()) {
        let written = write(&sketch, Dialect::Common);
        let file = SourceFile::new("t.yml", written.text.as_str());
        let tree = yaml::parse(&file).map_err(|error| TestCaseError::fail(format!("{error} in {:?}", written.text)))?;
        if let Some(difference) = differs(&tree, &written.text) {
            return Err(TestCaseError::fail(format!("{difference}, in {:?}", written.text)));
        }
    }
}

/// The files of the test repositories, and those below the folder that `PORTCULLIS_CORPUS` names, if it names one.
#[test]
fn files_that_people_wrote_read_as_serde_yaml_reads_them() {
    let mut files = Vec::new();
    collect(
        &Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures"),
        &mut files,
    );
    if let Some(corpus) = std::env::var_os("PORTCULLIS_CORPUS") {
        collect(Path::new(&corpus), &mut files);
    }
    files.sort();
    assert!(files.len() > 200, "only {} files were found", files.len());
    let different = files.iter().filter_map(|path| {
        let text = std::fs::read_to_string(path).ok()?;
        let file = SourceFile::new(path.to_string_lossy().into_owned(), text.as_str());
        let difference = match yaml::parse(&file) {
            Ok(tree) => differs(&tree, &text)?,
            Err(error) => {
                serde_yaml::from_str::<serde_yaml::Value>(&text).ok()?;
                format!("only ours stops: {error}")
            }
        };
        Some(format!("{}: {difference}", path.display()))
    });
    let different: Vec<_> = different.collect();
    assert!(different.is_empty(), "{}", different.join("\n"));
}

fn collect(folder: &Path, into: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            collect(&path, into);
        } else if path
            .extension()
            .is_some_and(|extension| extension == "yml" || extension == "yaml")
        {
            into.push(path);
        }
    }
}
