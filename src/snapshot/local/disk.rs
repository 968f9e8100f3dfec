//! Reading from the disk, within bounds and without following links.

use std::borrow::Cow;
use std::ffi::OsStr;
use std::fs::{File, Metadata};
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::snapshot::{Content, EntryKind};

/// The bytes of a small file of git's own, or nothing where it is absent, no file, or larger than `limit`.
pub fn read_small(path: &Path, limit: u64) -> Option<Vec<u8>> {
    if !std::fs::symlink_metadata(path).ok()?.is_file() {
        return None;
    }
    let mut bytes = Vec::new();
    let read = File::open(path)
        .ok()?
        .take(limit + 1)
        .read_to_end(&mut bytes)
        .ok()?;
    (read as u64 <= limit).then_some(bytes)
}

/// Content of what lies at a path below `root`. A symbolic link gives its target's text; a link among the directories
/// above it is not passed.
pub fn read_below(root: &Path, relative: &Path, limit: u64) -> Content {
    let path = match reach(root, relative) {
        Ok(path) => path,
        Err(content) => return content,
    };
    match std::fs::symlink_metadata(&path) {
        Ok(found) if found.is_symlink() => read_link(&path, limit),
        Ok(found) if found.is_file() => read_file(&path, &found, limit),
        Ok(_) => unreadable("it is neither a file nor a symbolic link"),
        Err(error) => failed(&error),
    }
}

/// What lies at a path below `root`; none where it is no file or link, or where a link leads to it.
pub fn kind_below(root: &Path, relative: &Path) -> Option<EntryKind> {
    let found = std::fs::symlink_metadata(reach(root, relative).ok()?).ok()?;
    match found {
        found if found.is_symlink() => Some(EntryKind::Symlink),
        found if found.is_file() && is_executable(&found) => Some(EntryKind::Executable),
        found if found.is_file() => Some(EntryKind::File),
        _ => None,
    }
}

/// Whether the file may be executed by its owner.
pub fn is_executable(metadata: &Metadata) -> bool {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        metadata.permissions().mode() & 0o100 != 0
    }
    #[cfg(not(unix))]
    {
        let _ = metadata;
        false
    }
}

/// Bytes of a path as git stores it (`/` between parts) as a path of this system.
pub fn to_path(bytes: &[u8]) -> Option<PathBuf> {
    #[cfg(unix)]
    {
        use std::os::unix::ffi::OsStrExt;
        Some(PathBuf::from(OsStr::from_bytes(bytes)))
    }
    #[cfg(not(unix))]
    {
        std::str::from_utf8(bytes).ok().map(PathBuf::from)
    }
}

/// A name or a path of this system as the bytes that git would store, except for the separator.
pub fn to_bytes(name: &OsStr) -> Cow<'_, [u8]> {
    #[cfg(unix)]
    {
        use std::os::unix::ffi::OsStrExt;
        Cow::Borrowed(name.as_bytes())
    }
    #[cfg(not(unix))]
    {
        match name.to_string_lossy() {
            Cow::Borrowed(text) => Cow::Borrowed(text.as_bytes()),
            Cow::Owned(text) => Cow::Owned(text.into_bytes()),
        }
    }
}

/// The absolute path, after a look at each directory on the way: none may be a link. Else the answer to a read.
fn reach(root: &Path, relative: &Path) -> Result<PathBuf, Content> {
    let mut path = root.to_path_buf();
    let mut parts = relative.components().peekable();
    while let Some(part) = parts.next() {
        path.push(part);
        if parts.peek().is_none() {
            break;
        }
        match std::fs::symlink_metadata(&path) {
            Ok(found) if found.is_dir() => {}
            Ok(found) if found.is_symlink() => {
                return Err(unreadable("a directory above it is a symbolic link"));
            }
            Ok(_) => return Err(Content::Missing),
            Err(error) => return Err(failed(&error)),
        }
    }
    Ok(path)
}

fn read_link(path: &Path, limit: u64) -> Content {
    match std::fs::read_link(path) {
        Ok(target) => {
            let bytes = to_bytes(target.as_os_str());
            match bytes.len() as u64 {
                size if size > limit => Content::TooLarge(size),
                _ => Content::Bytes(Arc::from(&*bytes)),
            }
        }
        Err(error) => failed(&error),
    }
}

fn read_file(path: &Path, expected: &Metadata, limit: u64) -> Content {
    if expected.len() > limit {
        return Content::TooLarge(expected.len());
    }
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) => return failed(&error),
    };
    // What was opened must be what was looked at: a link may have taken its place in between.
    match file.metadata() {
        Ok(found) if found.is_file() && is_same(expected, &found) => {}
        Ok(_) => return unreadable("it changed while it was opened"),
        Err(error) => return failed(&error),
    }
    let mut bytes = Vec::with_capacity(usize::try_from(expected.len()).unwrap_or_default());
    match file.take(limit.saturating_add(1)).read_to_end(&mut bytes) {
        // It has grown since.
        Ok(read) if read as u64 > limit => Content::TooLarge(read as u64),
        Ok(_) => Content::Bytes(Arc::from(bytes)),
        Err(error) => failed(&error),
    }
}

fn is_same(expected: &Metadata, found: &Metadata) -> bool {
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt;
        (expected.dev(), expected.ino()) == (found.dev(), found.ino())
    }
    #[cfg(not(unix))]
    {
        let _ = (expected, found);
        true
    }
}

fn failed(error: &std::io::Error) -> Content {
    match error.kind() {
        std::io::ErrorKind::NotFound => Content::Missing,
        _ => Content::Unreadable(error.to_string()),
    }
}

fn unreadable(reason: &str) -> Content {
    Content::Unreadable(reason.to_owned())
}
