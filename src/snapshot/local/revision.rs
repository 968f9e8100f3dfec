//! Names of commits: `HEAD^1`, `origin/main~2`, a tag, an id or the start of one.
//!
//! A subset of `gitrevisions(7)`: what needs the reflog, the message or the configuration is not supported, and said.

use super::objects::{Object, Objects};
use super::repository::Repository;
use crate::snapshot::{ObjectId, SnapshotError};

/// Most generations that `~N` goes back.
const MAX_GENERATIONS: u32 = 100_000;

/// One step from a commit to another.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Step {
    /// `^N`: the N-th parent.
    Parent(u32),
    /// `~N`: N generations back along first parents.
    Back(u32),
    /// `^{}`, `^{commit}`, `^{tree}`, `^0`: tags are followed in any case.
    Same,
}

/// The root tree of a revision, and the commit that it belongs to (none where the revision names a tree).
pub fn resolve(
    repository: &Repository,
    objects: &Objects,
    revision: &str,
) -> Result<(ObjectId, Option<ObjectId>), SnapshotError> {
    let (base, steps) = parse(revision).ok_or_else(|| SnapshotError::UnsupportedRevision {
        revision: revision.into(),
    })?;
    let mut id = resolve_base(repository, objects, base, revision)?;
    for step in steps {
        match step {
            Step::Same => {}
            Step::Parent(number) => id = parent(objects, id, number, revision)?,
            Step::Back(generations) => {
                for _ in 0..generations {
                    id = parent(objects, id, 1, revision)?;
                }
            }
        }
    }
    let not_a_commit = |found| SnapshotError::NotACommit {
        revision: revision.into(),
        found,
    };
    if !objects.has(id) {
        return Err(unknown(objects, revision));
    }
    match objects.peel(id)? {
        (commit, Object::Commit { tree, .. }) => Ok((tree, Some(commit))),
        (tree, Object::Tree(_)) => Ok((tree, None)),
        (_, Object::Blob | Object::Tag(_)) => Err(not_a_commit("file")),
    }
}

/// Splits a revision into its name and its steps. None where it uses a form that is not supported.
fn parse(revision: &str) -> Option<(&str, Vec<Step>)> {
    let end = revision.find(['^', '~']).unwrap_or(revision.len());
    let (base, mut rest) = revision.split_at_checked(end)?;
    if base.is_empty() || base.contains("..") || base.contains("@{") || base.contains(':') {
        return None;
    }
    let mut steps = Vec::new();
    while let Some(sign) = rest.chars().next() {
        rest = rest.get(1..)?;
        if sign == '^'
            && let Some(kind) = rest.strip_prefix('{')
        {
            let (kind, after) = kind.split_once('}')?;
            if !matches!(kind, "" | "commit" | "tree") {
                return None;
            }
            steps.push(Step::Same);
            rest = after;
            continue;
        }
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        let number = match rest.get(..digits)? {
            "" => 1,
            digits => digits.parse().ok()?,
        };
        rest = rest.get(digits..)?;
        steps.push(match (sign, number) {
            (_, 0) => Step::Same,
            ('^', number) => Step::Parent(number),
            ('~', number) if number <= MAX_GENERATIONS => Step::Back(number),
            _ => return None,
        });
    }
    Some((base, steps))
}

fn resolve_base(
    repository: &Repository,
    objects: &Objects,
    base: &str,
    revision: &str,
) -> Result<ObjectId, SnapshotError> {
    if let Ok(id) = base.parse() {
        return Ok(id);
    }
    if let Some(id) = repository.reference(base) {
        return Ok(id);
    }
    let is_hexadecimal =
        (4..40).contains(&base.len()) && base.bytes().all(|byte| byte.is_ascii_hexdigit());
    let found = match is_hexadecimal {
        true => objects.by_prefix(base),
        false => Ok(None),
    };
    match found {
        Ok(Some(id)) => Ok(id),
        Ok(None) => Err(unknown(objects, revision)),
        Err(()) => Err(SnapshotError::AmbiguousRevision {
            revision: revision.into(),
        }),
    }
}

fn parent(
    objects: &Objects,
    id: ObjectId,
    number: u32,
    revision: &str,
) -> Result<ObjectId, SnapshotError> {
    if !objects.has(id) {
        return Err(unknown(objects, revision));
    }
    let parents = match objects.peel(id)? {
        (_, Object::Commit { parents, .. }) => parents,
        (_, Object::Tree(_)) => {
            return Err(SnapshotError::NotACommit {
                revision: revision.into(),
                found: "tree",
            });
        }
        (_, Object::Blob | Object::Tag(_)) => {
            return Err(SnapshotError::NotACommit {
                revision: revision.into(),
                found: "file",
            });
        }
    };
    let index = number as usize - 1;
    parents
        .get(index)
        .copied()
        .ok_or_else(|| unknown(objects, revision))
}

fn unknown(objects: &Objects, revision: &str) -> SnapshotError {
    SnapshotError::UnknownRevision {
        revision: revision.into(),
        history: objects.history(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_revision_is_a_name_and_steps() {
        assert_eq!(parse("HEAD"), Some(("HEAD", vec![])));
        assert_eq!(parse("HEAD^1"), Some(("HEAD", vec![Step::Parent(1)])));
        assert_eq!(
            parse("main^2~3"),
            Some(("main", vec![Step::Parent(2), Step::Back(3)]))
        );
        assert_eq!(
            parse("v1^{}^^"),
            Some(("v1", vec![Step::Same, Step::Parent(1), Step::Parent(1)]))
        );
        assert_eq!(parse("a^0~0"), Some(("a", vec![Step::Same, Step::Same])));
    }

    #[test]
    fn forms_that_need_more_than_objects_are_not_supported() {
        for revision in [
            "",
            "^",
            "a..b",
            "a@{1}",
            "@{u}",
            ":/fix",
            "HEAD:a",
            "a^{/fix}",
            "a^x",
            "a~99999999999",
        ] {
            assert_eq!(parse(revision), None, "{revision}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_answered(text in "[a^~{}0-9é@:.]{0,12}") {
            let _ = parse(&text);
        }
    }
}
