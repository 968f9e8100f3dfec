//! The git index, as far as it says which paths are tracked.
//!
//! Format: `gitformat-index(5)`, versions 2 to 4 with SHA-1. Times, sizes and optional extensions are passed over.
//! An extension that git calls mandatory and that we do not know is an error: without it the list would be wrong.

use crate::snapshot::ObjectId;

/// Bytes of an entry before its path: ten numbers, the object id and the flags.
const FIXED: usize = 62;
const ID_AT: usize = 40;
const FLAGS_AT: usize = 60;
/// The checksum behind everything.
const CHECKSUM: usize = 20;

const EXTENDED: u16 = 0x4000;
const SKIP_WORK_TREE: u16 = 0x4000;

/// The tracked paths, sorted by their bytes, each once.
#[derive(Default)]
pub struct Index {
    paths: Vec<u8>,
    entries: Vec<IndexEntry>,
}

/// One tracked path.
#[derive(Clone, Copy)]
pub struct IndexEntry {
    start: usize,
    end: usize,
    /// The mode: 100644, 100755, 120000, 160000, or 040000 for a directory that a sparse index left folded.
    pub mode: u32,
    /// What was added.
    pub id: ObjectId,
    /// Whether it is absent from the work tree on purpose.
    pub presence: Presence,
}

/// Whether a tracked path is meant to lie in the work tree.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Presence {
    /// It is: if it does not, it was deleted.
    Expected,
    /// A sparse checkout left it out.
    LeftOut,
}

/// Why an index is of no use.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum IndexProblem {
    /// It does not follow the format.
    Damaged(&'static str),
    /// It follows a form that is not read.
    Unsupported(&'static str),
}

impl Index {
    /// Reads an index file.
    pub fn parse(bytes: &[u8]) -> Result<Self, IndexProblem> {
        let cut = IndexProblem::Damaged("it ends too early");
        let content = bytes
            .len()
            .checked_sub(CHECKSUM)
            .and_then(|end| bytes.get(..end))
            .ok_or(cut)?;
        if !content.starts_with(b"DIRC") {
            return Err(IndexProblem::Damaged(
                "it does not start with its signature",
            ));
        }
        let version = number(content, 4).ok_or(cut)?;
        if !(2..=4).contains(&version) {
            return Err(IndexProblem::Unsupported(
                "has an index of an unknown version",
            ));
        }
        let count = number(content, 8).ok_or(cut)? as usize;
        // A count larger than the file could hold must not reserve memory.
        let mut index = Self {
            paths: Vec::with_capacity(content.len() / 2),
            entries: Vec::with_capacity(count.min(content.len() / FIXED)),
        };
        let mut at = 12;
        for _ in 0..count {
            at = index.read_entry(content, at, version).ok_or(cut)?;
        }
        check_extensions(content, at)?;
        index.put_in_order();
        Ok(index)
    }

    /// All entries, sorted.
    pub fn entries(&self) -> &[IndexEntry] {
        &self.entries
    }

    /// Path of an entry.
    pub fn path(&self, entry: &IndexEntry) -> &[u8] {
        self.paths.get(entry.start..entry.end).unwrap_or_default()
    }

    /// Reads the entry at an offset and gives the offset of the next.
    fn read_entry(&mut self, content: &[u8], at: usize, version: u32) -> Option<usize> {
        let fixed = content.get(at..at + FIXED)?;
        let mode = number(fixed, 24)?;
        let id = ObjectId::from_slice(fixed.get(ID_AT..FLAGS_AT)?)?;
        let flags = short(fixed, FLAGS_AT)?;
        let mut name_at = at + FIXED;
        let mut presence = Presence::Expected;
        if version >= 3 && flags & EXTENDED != 0 {
            if short(content, name_at)? & SKIP_WORK_TREE != 0 {
                presence = Presence::LeftOut;
            }
            name_at += 2;
        }
        let start = self.paths.len();
        if version == 4 {
            // The path repeats the one before it but for its last `dropped` bytes.
            let (dropped, suffix_at) = variable_number(content, name_at)?;
            let before = self
                .entries
                .last()
                .map_or(0..0, |last| last.start..last.end);
            let kept = before.len().checked_sub(dropped)?;
            self.paths
                .extend_from_within(before.start..before.start + kept);
            name_at = suffix_at;
        }
        let rest = content.get(name_at..)?;
        let length = memchr::memchr(0, rest)?;
        self.paths.extend_from_slice(rest.get(..length)?);
        let end = self.paths.len();
        self.entries.push(IndexEntry {
            start,
            end,
            mode,
            id,
            presence,
        });
        let name_end = name_at + length;
        Some(match version {
            4 => name_end + 1,
            // One to eight NULs fill the entry up to a multiple of eight bytes.
            _ => at + (name_end - at + 8) / 8 * 8,
        })
    }

    /// Git keeps the order; a file that does not must not hide a path. Of a conflict's stages one is enough.
    fn put_in_order(&mut self) {
        let path = |entry: &IndexEntry| self.paths.get(entry.start..entry.end).unwrap_or_default();
        self.entries.sort_by(|a, b| path(a).cmp(path(b)));
        self.entries
            .dedup_by(|later, first| path(later) == path(first));
    }
}

fn check_extensions(content: &[u8], mut at: usize) -> Result<(), IndexProblem> {
    while let Some(header) = content.get(at..).filter(|rest| !rest.is_empty()) {
        let cut = IndexProblem::Damaged("an extension ends too early");
        let signature = header.get(..4).ok_or(cut)?;
        let size = number(header, 4).ok_or(cut)? as usize;
        match signature {
            b"sdir" => {}
            b"link" => {
                return Err(IndexProblem::Unsupported(
                    "has a split index (git update-index --no-split-index joins it)",
                ));
            }
            [first, ..] if first.is_ascii_uppercase() => {}
            _ => {
                return Err(IndexProblem::Unsupported(
                    "has an index with an unknown extension",
                ));
            }
        }
        if header.len() - 8 < size {
            return Err(cut);
        }
        at += 8 + size;
    }
    Ok(())
}

fn number(bytes: &[u8], at: usize) -> Option<u32> {
    let digits = bytes.get(at..at + 4)?;
    Some(u32::from_be_bytes(digits.try_into().ok()?))
}

fn short(bytes: &[u8], at: usize) -> Option<u16> {
    let digits = bytes.get(at..at + 2)?;
    Some(u16::from_be_bytes(digits.try_into().ok()?))
}

/// The offset encoding of pack files: seven bits a byte, each further byte adding one first.
fn variable_number(bytes: &[u8], mut at: usize) -> Option<(usize, usize)> {
    let mut byte = *bytes.get(at)?;
    let mut value = usize::from(byte & 0x7f);
    while byte & 0x80 != 0 {
        at += 1;
        byte = *bytes.get(at)?;
        value = value.checked_add(1)?.checked_mul(128)? + usize::from(byte & 0x7f);
    }
    Some((value, at + 1))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn index(version: u32, paths: &[&[u8]], extension: &[u8]) -> Vec<u8> {
        let mut bytes = b"DIRC".to_vec();
        bytes.extend(version.to_be_bytes());
        bytes.extend(u32::try_from(paths.len()).unwrap().to_be_bytes());
        for path in paths {
            let start = bytes.len();
            bytes.extend([0; 24]);
            bytes.extend(0o100_644_u32.to_be_bytes());
            bytes.extend([0; 12]);
            bytes.extend([7; 20]);
            bytes.extend(u16::try_from(path.len()).unwrap().to_be_bytes());
            bytes.extend(*path);
            let length = bytes.len() - start;
            bytes.resize(start + (length + 8) / 8 * 8, 0);
        }
        bytes.extend(extension);
        bytes.extend([0; 20]);
        bytes
    }

    fn paths(bytes: &[u8]) -> Vec<Vec<u8>> {
        let index = Index::parse(bytes).unwrap();
        index
            .entries()
            .iter()
            .map(|entry| index.path(entry).to_vec())
            .collect()
    }

    #[test]
    fn paths_of_every_length_are_read() {
        let names: Vec<Vec<u8>> = (1..20).map(|length| vec![b'a'; length]).collect();
        let borrowed: Vec<&[u8]> = names.iter().map(Vec::as_slice).collect();
        assert_eq!(paths(&index(2, &borrowed, b"")), names);
    }

    #[test]
    fn an_index_out_of_order_loses_nothing() {
        assert_eq!(
            paths(&index(2, &[b"b", b"a", b"b"], b"")),
            [b"a".to_vec(), b"b".to_vec()]
        );
    }

    #[test]
    fn an_optional_extension_is_passed_over_and_a_mandatory_one_is_not() {
        assert_eq!(
            paths(&index(2, &[b"a"], b"TREE\0\0\0\x02xx")),
            [b"a".to_vec()]
        );
        for unknown in [&b"link\0\0\0\0"[..], b"xyzw\0\0\0\0"] {
            let parsed = Index::parse(&index(2, &[b"a"], unknown));
            assert!(matches!(parsed.err(), Some(IndexProblem::Unsupported(_))));
        }
        let parsed = Index::parse(&index(2, &[b"a"], b"TREE\0\0\0\x09xx"));
        assert!(matches!(parsed.err(), Some(IndexProblem::Damaged(_))));
    }

    #[test]
    fn an_index_that_promises_more_than_it_holds_is_damaged() {
        let mut bytes = index(2, &[b"a"], b"");
        bytes[8..12].copy_from_slice(&u32::MAX.to_be_bytes());
        assert!(matches!(
            Index::parse(&bytes).err(),
            Some(IndexProblem::Damaged(_))
        ));
    }

    proptest! {
        #[test]
        fn any_bytes_are_answered(
            version in 2_u32..5,
            count in 0_u32..4,
            bytes in proptest::collection::vec(any::<u8>(), 0..300),
        ) {
            let mut file = b"DIRC".to_vec();
            file.extend(version.to_be_bytes());
            file.extend(count.to_be_bytes());
            file.extend(bytes);
            let _ = Index::parse(&file);
        }
    }
}
