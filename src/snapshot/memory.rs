//! A snapshot of files that are already in memory: standard input, an API's answer, a test's tiny repository.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::{Content, Entry, EntryKind, Gap, ObjectId, Snapshot, Tracking, in_order, path};

/// Files held in memory. Reads are lookups.
#[derive(Clone, Default)]
pub struct MemorySnapshot {
    entries: Vec<Entry>,
    /// A content for each entry that has one.
    contents: BTreeMap<Box<str>, Content>,
    gaps: Vec<Gap>,
}

impl MemorySnapshot {
    /// A snapshot of plain files. Where a path comes twice, the last one counts.
    pub fn new<P, B>(files: impl IntoIterator<Item = (P, B)>) -> Self
    where
        P: AsRef<str>,
        B: Into<Vec<u8>>,
    {
        let contents: BTreeMap<_, _> = files
            .into_iter()
            .map(|(path, bytes)| {
                (
                    in_form(path.as_ref()),
                    Content::Bytes(Arc::from(bytes.into())),
                )
            })
            .collect();
        let entries = contents
            .iter()
            .map(|(path, content)| entry(path, EntryKind::File, content))
            .collect();
        Self {
            entries,
            contents,
            gaps: Vec::new(),
        }
    }

    /// A snapshot whose entries are known and whose contents are all still to be loaded with [`Self::load`].
    pub fn of_entries(entries: impl IntoIterator<Item = Entry>) -> Self {
        Self {
            entries: in_order(entries.into_iter().collect()),
            ..Self::default()
        }
    }

    /// Adds an entry, or replaces the one with this path. A path that is not in printable form is brought into it.
    pub fn insert(&mut self, path: &str, kind: EntryKind, content: Content) {
        let path = in_form(path);
        let entry = entry(&path, kind, &content);
        match self.entries.binary_search_by(|other| other.path.cmp(&path)) {
            Ok(index) => {
                if let Some(old) = self.entries.get_mut(index) {
                    *old = entry;
                }
            }
            Err(index) => self.entries.insert(index, entry),
        }
        self.contents.insert(path, content);
    }

    /// Gives the content of an entry that exists; says nothing to paths that do not.
    pub fn load(&mut self, path: &str, content: Content) {
        if self.entry(path).is_some() {
            self.contents.insert(path.into(), content);
        }
    }

    /// Records that a part of the tree is not known.
    pub fn add_gap(&mut self, gap: Gap) {
        if let Err(index) = self.gaps.binary_search(&gap) {
            self.gaps.insert(index, gap);
        }
    }
}

impl Snapshot for MemorySnapshot {
    fn entries(&self) -> &[Entry] {
        &self.entries
    }

    fn read(&self, path: &str, limit: u64) -> Content {
        let Some(entry) = self.entry(path) else {
            return Content::Missing;
        };
        match self.contents.get(path) {
            Some(Content::Bytes(bytes)) if bytes.len() as u64 > limit => {
                Content::TooLarge(bytes.len() as u64)
            }
            Some(content) => content.clone(),
            None if entry.kind == EntryKind::Submodule => {
                Content::Unreadable(super::SUBMODULE.into())
            }
            None => Content::NotLoaded,
        }
    }

    fn gaps(&self) -> &[Gap] {
        &self.gaps
    }
}

/// The path in printable form. Text that already is such a form is taken as it is.
fn in_form(path: &str) -> Box<str> {
    match path::raw(path) {
        Some(bytes) => path::printable(&bytes).into(),
        None => path::printable(path.as_bytes()).into(),
    }
}

fn entry(path: &str, kind: EntryKind, content: &Content) -> Entry {
    Entry {
        path: path.into(),
        kind,
        id: match content {
            Content::Bytes(bytes) => ObjectId::of_blob(bytes),
            _ => None,
        },
        tracked: Tracking::Tracked,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_read_whole_or_not_at_all() {
        let snapshot = MemorySnapshot::new([("a", "12345"), ("empty", "")]);
        assert_eq!(
            snapshot.read("a", 5),
            Content::Bytes(Arc::from(&b"12345"[..]))
        );
        assert_eq!(snapshot.read("a", 4), Content::TooLarge(5));
        assert_eq!(
            snapshot.read("empty", 0),
            Content::Bytes(Arc::from(&b""[..]))
        );
        assert_eq!(snapshot.read("b", 5), Content::Missing);
    }

    #[test]
    fn the_last_of_two_files_with_one_path_counts() {
        let snapshot = MemorySnapshot::new([("a", "1"), ("b", "2"), ("a", "3")]);
        assert_eq!(snapshot.entries().len(), 2);
        assert_eq!(snapshot.read("a", 9), Content::Bytes(Arc::from(&b"3"[..])));
        assert_eq!(snapshot.entry("a").unwrap().id, ObjectId::of_blob(b"3"));
    }

    #[test]
    fn content_comes_after_the_entries() {
        let unloaded = |path: &str, kind| Entry {
            path: path.into(),
            kind,
            id: None,
            tracked: Tracking::Tracked,
        };
        let mut snapshot = MemorySnapshot::of_entries([
            unloaded("z", EntryKind::File),
            unloaded("a", EntryKind::Symlink),
            unloaded("m", EntryKind::Submodule),
        ]);
        assert_eq!(snapshot.read("z", 9), Content::NotLoaded);
        assert!(matches!(snapshot.read("m", 9), Content::Unreadable(_)));
        snapshot.load("z", Content::Bytes(Arc::from(&b"1"[..])));
        snapshot.load("nowhere", Content::NotLoaded);
        assert_eq!(snapshot.read("z", 9), Content::Bytes(Arc::from(&b"1"[..])));
        assert_eq!(snapshot.read("nowhere", 9), Content::Missing);
        assert_eq!(snapshot.read("a", 9), Content::NotLoaded);
    }

    #[test]
    fn a_path_with_a_newline_is_kept_in_printable_form() {
        let snapshot = MemorySnapshot::new([("a\nb", "1")]);
        assert_eq!(&*snapshot.entries()[0].path, "a\\x0ab");
        assert!(matches!(snapshot.read("a\\x0ab", 9), Content::Bytes(_)));
    }
}
