//! The policy that decides a run, read from the place that the caller trusts.

use std::path::Path;

use crate::policy::{self, Policy, PolicySource};
use crate::snapshot::{Content, EntryKind, Snapshot};
use crate::source::SourceFile;

use super::Failure;

/// The policy in a file that somebody named.
pub(super) fn named(path: &Path) -> Result<Policy, Failure> {
    let shown = path.display().to_string();
    let bytes = std::fs::read(path).map_err(|error| Failure::Usage(format!("{shown}: {error}")))?;
    let source = PolicySource::File {
        path: shown.clone(),
    };
    parse(&shown, &bytes, source)
}

/// The path of the policy in a tree; nothing where the tree has none.
pub(super) fn path_in(tree: &dyn Snapshot) -> Result<Option<&'static str>, Failure> {
    policy::choose_file(|path| tree.entry(path).is_some())
        .map_err(|mistake| Failure::Policy(vec![mistake]))
}

/// The policy of a tree, the built-in one where it has none. `rev` is the name of the commit, where it is one.
pub(super) fn of_tree(tree: &dyn Snapshot, rev: Option<&str>) -> Result<Policy, Failure> {
    let Some(path) = path_in(tree)? else {
        return Ok(Policy::built_in());
    };
    let kind = match tree.entry(path).map(|entry| entry.kind) {
        Some(EntryKind::Symlink) => Some("a symbolic link"),
        Some(EntryKind::Submodule) => Some("a submodule"),
        _ => None,
    };
    if let Some(kind) = kind {
        let why = format!("{path} is {kind}; a policy is a file of its own");
        return Err(Failure::Usage(why));
    }
    let source = match rev {
        Some(rev) => PolicySource::FileAt {
            path: path.into(),
            rev: rev.into(),
        },
        None => PolicySource::File { path: path.into() },
    };
    match tree.read(path, policy::DEFAULT_MAX_FILE_SIZE) {
        Content::Bytes(bytes) => parse(path, &bytes, source),
        // A policy that cannot be read is never "no policy".
        Content::TooLarge(size) => Err(Failure::Usage(format!(
            "{path} has {size} bytes, more than a policy may have"
        ))),
        Content::Unreadable(reason) => Err(Failure::Usage(format!("{path}: {reason}"))),
        Content::Missing | Content::NotLoaded => {
            Err(Failure::Usage(format!("{path} could not be read")))
        }
    }
}

fn parse(path: &str, bytes: &[u8], source: PolicySource) -> Result<Policy, Failure> {
    let text =
        std::str::from_utf8(bytes).map_err(|_| Failure::Usage(format!("{path} is not UTF-8")))?;
    let file = SourceFile::new(path, text);
    Policy::parse(&file, source).map_err(Failure::Policy)
}
