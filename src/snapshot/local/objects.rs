//! Objects of a repository: commits, tags, trees and blobs by id.
//!
//! Nothing but objects is read: no attributes, no filters, no replacement references (`refs/replace` would let a
//! repository show another tree under a commit's id), no network for what a partial clone left out.

use std::sync::{Arc, Mutex, PoisonError};

use gix_object::{Find, Kind};
use gix_odb::Header;

use super::repository::Repository;
use crate::snapshot::{Content, History, ObjectId, SnapshotError};

/// Largest single object that is unpacked.
const MAX_OBJECT: usize = 256 << 20;
/// Tags may point at tags.
const MAX_TAG_HOPS: usize = 16;

/// The object database, with packs and alternates.
pub struct Objects {
    store: Mutex<gix_odb::HandleArc>,
    history: History,
}

/// What an id names, as far as it matters here.
pub enum Object {
    /// A commit with its tree and its parents.
    Commit {
        /// The root tree.
        tree: ObjectId,
        /// The parents, in order.
        parents: Vec<ObjectId>,
    },
    /// A tree.
    Tree(Vec<u8>),
    /// A tag and what it points at.
    Tag(ObjectId),
    /// A file.
    Blob,
}

/// One line of a tree object.
pub struct TreeLine<'a> {
    /// The mode, as a number.
    pub mode: u32,
    /// The name.
    pub name: &'a [u8],
    /// What it names.
    pub id: ObjectId,
}

impl Objects {
    /// Opens the object database of a repository. No object is read yet.
    pub fn open(repository: &Repository) -> Result<Self, SnapshotError> {
        let path = repository.objects();
        let options = gix_odb::store::init::Options {
            alloc_limit_bytes: Some(MAX_OBJECT),
            ..Default::default()
        };
        let opened = gix_odb::Store::at_opts(
            path.clone(),
            gix_hash::Kind::Sha1,
            &mut std::iter::empty(),
            options,
        );
        let store = opened.map_err(|error| SnapshotError::Objects {
            path,
            what: error.to_string().into(),
        })?;
        Ok(Self {
            store: Mutex::new(Arc::new(store).to_cache_arc()),
            history: repository.history(),
        })
    }

    /// Reads an object; of a blob it says only that it is one.
    pub fn object(&self, id: ObjectId) -> Result<Object, SnapshotError> {
        let damaged = |what: &str| SnapshotError::DamagedObject {
            id,
            what: what.into(),
        };
        let (kind, data) = self.data(id)?.ok_or_else(|| self.missing(id))?;
        match kind {
            Kind::Blob => Ok(Object::Blob),
            Kind::Tree => Ok(Object::Tree(data)),
            Kind::Commit => {
                parse_commit(&data).ok_or_else(|| damaged("its header is not that of a commit"))
            }
            Kind::Tag => header_id(&data, b"object ")
                .map(|(target, _)| Object::Tag(target))
                .ok_or_else(|| damaged("its header is not that of a tag")),
        }
    }

    /// Follows tags to what they were put on.
    pub fn peel(&self, mut id: ObjectId) -> Result<(ObjectId, Object), SnapshotError> {
        for _ in 0..MAX_TAG_HOPS {
            match self.object(id)? {
                Object::Tag(target) => id = target,
                object => return Ok((id, object)),
            }
        }
        Err(SnapshotError::DamagedObject {
            id,
            what: "too many tags lead to it".into(),
        })
    }

    /// Content of a blob.
    pub fn blob(&self, id: ObjectId, limit: u64) -> Content {
        let read = || -> Result<Content, SnapshotError> {
            Ok(match self.header(id)? {
                None => Content::Unreadable(self.missing(id).to_string()),
                Some((Kind::Blob, size)) if size > limit => Content::TooLarge(size),
                Some((Kind::Blob, _)) => match self.data(id)? {
                    Some((_, data)) => Content::Bytes(data.into()),
                    None => Content::Unreadable(self.missing(id).to_string()),
                },
                Some(_) => Content::Unreadable(format!("the git object {id} is not a file")),
            })
        };
        read().unwrap_or_else(|error| Content::Unreadable(error.to_string()))
    }

    /// Whether the object is there.
    pub fn has(&self, id: ObjectId) -> bool {
        matches!(self.header(id), Ok(Some(_)))
    }

    /// The one object whose id starts with these digits: none, one, or an error where there are several.
    pub fn by_prefix(&self, digits: &str) -> Result<Option<ObjectId>, ()> {
        let Ok(prefix) = gix_hash::Prefix::from_hex(digits) else {
            return Ok(None);
        };
        let store = self.store.lock().unwrap_or_else(PoisonError::into_inner);
        match store.lookup_prefix(prefix, None) {
            Ok(Some(Ok(id))) => Ok(ObjectId::from_slice(id.as_slice())),
            Ok(Some(Err(()))) => Err(()),
            _ => Ok(None),
        }
    }

    /// How much history the repository has.
    pub fn history(&self) -> History {
        self.history
    }

    fn header(&self, id: ObjectId) -> Result<Option<(Kind, u64)>, SnapshotError> {
        let store = self.store.lock().unwrap_or_else(PoisonError::into_inner);
        match store.try_header(&foreign(id)) {
            Ok(header) => Ok(header.map(|header| (header.kind(), header.size()))),
            Err(error) => Err(unreadable(id, &error)),
        }
    }

    fn data(&self, id: ObjectId) -> Result<Option<(Kind, Vec<u8>)>, SnapshotError> {
        let store = self.store.lock().unwrap_or_else(PoisonError::into_inner);
        let mut buffer = Vec::new();
        let kind = match store.try_find(&foreign(id), &mut buffer) {
            Ok(None) => return Ok(None),
            Ok(Some(found)) => found.kind,
            Err(error) => return Err(unreadable(id, &error)),
        };
        Ok(Some((kind, buffer)))
    }

    fn missing(&self, id: ObjectId) -> SnapshotError {
        SnapshotError::MissingObject {
            id,
            history: self.history,
        }
    }
}

/// The lines of a tree object; a last item of none where the object is damaged.
pub fn tree_lines(mut data: &[u8]) -> impl Iterator<Item = Option<TreeLine<'_>>> {
    std::iter::from_fn(move || {
        if data.is_empty() {
            return None;
        }
        let line = tree_line(data);
        data = line.as_ref().map_or(&[], |(_, rest)| rest);
        Some(line.map(|(line, _)| line))
    })
}

fn tree_line(data: &[u8]) -> Option<(TreeLine<'_>, &[u8])> {
    let space = memchr::memchr(b' ', data)?;
    let mode = std::str::from_utf8(data.get(..space)?).ok()?;
    let rest = data.get(space + 1..)?;
    let end = memchr::memchr(0, rest)?;
    let (id, next) = rest.get(end + 1..)?.split_at_checked(20)?;
    let line = TreeLine {
        mode: u32::from_str_radix(mode, 8).ok()?,
        name: rest.get(..end)?,
        id: ObjectId::from_slice(id)?,
    };
    Some((line, next))
}

fn parse_commit(data: &[u8]) -> Option<Object> {
    let (tree, mut rest) = header_id(data, b"tree ")?;
    let mut parents = Vec::new();
    while let Some((parent, next)) = header_id(rest, b"parent ") {
        parents.push(parent);
        rest = next;
    }
    Some(Object::Commit { tree, parents })
}

/// A header line that names an object, and what comes behind it.
fn header_id<'a>(data: &'a [u8], key: &[u8]) -> Option<(ObjectId, &'a [u8])> {
    let (id, rest) = data.strip_prefix(key)?.split_at_checked(40)?;
    Some((ObjectId::from_hex(id)?, rest.strip_prefix(b"\n")?))
}

fn foreign(id: ObjectId) -> gix_hash::ObjectId {
    gix_hash::ObjectId::Sha1(*id.as_bytes())
}

fn unreadable(id: ObjectId, error: &dyn std::fmt::Display) -> SnapshotError {
    SnapshotError::DamagedObject {
        id,
        what: error.to_string().into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_damaged_tree_ends_with_a_line_that_says_so() {
        let mut data = b"100644 a\0".to_vec();
        data.extend([1; 20]);
        data.extend(b"100644 b\0cut");
        let lines: Vec<_> = tree_lines(&data)
            .map(|line| line.map(|line| line.name.to_vec()))
            .collect();
        assert_eq!(lines, [Some(b"a".to_vec()), None]);
    }

    #[test]
    fn a_commit_header_gives_tree_and_parents_and_no_line_of_its_message() {
        let id = |digit: char| digit.to_string().repeat(40);
        let text = format!(
            "tree {}\nparent {}\nparent {}\nauthor a\n\nparent {}\n",
            id('1'),
            id('2'),
            id('3'),
            id('4')
        );
        let Some(Object::Commit { tree, parents }) = parse_commit(text.as_bytes()) else {
            panic!("not a commit");
        };
        assert_eq!(tree.to_string(), id('1'));
        assert_eq!(
            parents.iter().map(ToString::to_string).collect::<Vec<_>>(),
            [id('2'), id('3')]
        );
    }
}
