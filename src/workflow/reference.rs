//! What stands behind `uses:`.
//!
//! Takes the text apart and says how firmly it is pinned. It never asks whether the action exists.

use std::ops::Range;

use super::expression::holds_expression;

/// What a `uses:` names.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Reference<'a> {
    /// `./path`: an action or a workflow of the checked-out workspace. Without the `./`.
    Local(&'a str),
    /// `$/path` (July 2026): the same repository at the commit that runs, so pinned by nature. Without the `$/`.
    SameCommit(&'a str),
    /// `docker://image`, without the scheme.
    Docker(&'a str),
    /// `owner/repository[/path]@ref`
    Repository(Repository<'a>),
    /// Holds an expression: GitHub refuses it.
    Dynamic,
    /// None of these forms.
    Unclear,
}

/// An action or a reusable workflow of a repository.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Repository<'a> {
    /// The owner, as written.
    pub owner: &'a str,
    /// The repository, as written.
    pub name: &'a str,
    /// The path below the repository; empty for its root.
    pub path: &'a str,
    /// What follows the `@`; empty where nothing does.
    pub version: &'a str,
}

/// How firmly a reference is pinned.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Pin {
    /// A full commit id or image digest.
    Exact,
    /// A tag or a branch: its owner can move it.
    Movable,
    /// No version at all.
    Missing,
}

impl<'a> Reference<'a> {
    /// Reads the text of a `uses:`.
    pub fn parse(text: &'a str) -> Self {
        let text = text.trim();
        if holds_expression(text) {
            return Self::Dynamic;
        }
        if let Some(path) = text.strip_prefix("./").or_else(|| text.strip_prefix(".\\")) {
            return Self::Local(path.trim_end_matches('/'));
        }
        if text == "." {
            return Self::Local("");
        }
        if let Some(path) = text.strip_prefix("$/") {
            return Self::SameCommit(path.trim_end_matches('/'));
        }
        if let Some(image) = text.strip_prefix("docker://") {
            return Self::Docker(image);
        }
        Repository::parse(text).map_or(Self::Unclear, Self::Repository)
    }

    /// The repository, where it is one.
    pub fn repository(self) -> Option<Repository<'a>> {
        match self {
            Self::Repository(repository) => Some(repository),
            _ => None,
        }
    }

    /// The path in the same repository, for `./` and `$/`.
    pub fn own_path(self) -> Option<&'a str> {
        match self {
            Self::Local(path) | Self::SameCommit(path) => Some(path),
            _ => None,
        }
    }

    /// How firmly it is pinned. A local path comes with the checkout, which is not judged here.
    pub fn pin(self) -> Pin {
        match self {
            Self::Local(_) | Self::SameCommit(_) => Pin::Exact,
            Self::Docker(image) => match image.split_once("@sha256:") {
                Some((_, digest)) if is_hex(digest, 64) => Pin::Exact,
                _ if image
                    .rsplit('/')
                    .next()
                    .is_some_and(|last| last.contains([':', '@'])) =>
                {
                    Pin::Movable
                }
                _ => Pin::Missing,
            },
            Self::Repository(repository) if repository.version.is_empty() => Pin::Missing,
            Self::Repository(repository) if is_commit(repository.version) => Pin::Exact,
            Self::Repository(_) => Pin::Movable,
            Self::Dynamic | Self::Unclear => Pin::Missing,
        }
    }
}

impl<'a> Repository<'a> {
    fn parse(text: &'a str) -> Option<Self> {
        let (place, version) = text.split_once('@').unwrap_or((text, ""));
        let (owner, rest) = place.split_once('/')?;
        let (name, path) = rest.split_once('/').unwrap_or((rest, ""));
        let clean = |part: &str| {
            !part.is_empty() && !part.contains(|c: char| c.is_whitespace() || c.is_control())
        };
        (clean(owner) && clean(name)).then_some(Self {
            owner,
            name,
            path: path.trim_end_matches('/'),
            version,
        })
    }

    /// Whether it is this repository; GitHub does not distinguish case here.
    pub fn is(self, owner: &str, name: &str) -> bool {
        self.owner.eq_ignore_ascii_case(owner) && self.name.eq_ignore_ascii_case(name)
    }

    /// Whether the version is a full commit id.
    pub fn is_exact(self) -> bool {
        is_commit(self.version)
    }

    /// `owner/name@version`, owner and name in lower case: the key of the lock file.
    pub fn key(self) -> String {
        format!(
            "{}/{}@{}",
            self.owner.to_ascii_lowercase(),
            self.name.to_ascii_lowercase(),
            self.version
        )
    }

    /// Where the version stands in the text that was read, for a message that points at it.
    pub fn version_range(self, text: &str) -> Range<usize> {
        let start = text.find('@').map_or(text.len(), |at| at + 1);
        start..(start + self.version.len()).min(text.len())
    }
}

/// Whether a text is a full commit id (SHA-1 or SHA-256).
pub fn is_commit(text: &str) -> bool {
    is_hex(text, 40) || is_hex(text, 64)
}

fn is_hex(text: &str, length: usize) -> bool {
    text.len() == length && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests {
    use super::*;

    const COMMIT: &str = "de0fac2e4500dabe0009e67214ff5f5447ce83dd";

    #[test]
    fn every_form_is_told_apart() {
        assert_eq!(Reference::parse("./a/b/"), Reference::Local("a/b"));
        assert_eq!(Reference::parse("$/a"), Reference::SameCommit("a"));
        assert_eq!(
            Reference::parse("docker://alpine:3"),
            Reference::Docker("alpine:3")
        );
        assert_eq!(Reference::parse("a/b@${{ x }}"), Reference::Dynamic);
        assert_eq!(Reference::parse("checkout@v4"), Reference::Unclear);
        let text = "Actions/Cache/restore@v4";
        let repository = Reference::parse(text).repository().unwrap();
        assert!(repository.is("actions", "cache"));
        assert_eq!((repository.path, repository.version), ("restore", "v4"));
        assert_eq!(&text[repository.version_range(text)], "v4");
        assert_eq!(repository.key(), "actions/cache@v4");
    }

    #[test]
    fn only_a_full_commit_is_exact() {
        let pin = |text: &str| Reference::parse(text).pin();
        assert_eq!(pin(&format!("a/b@{COMMIT}")), Pin::Exact);
        assert_eq!(pin(&format!("a/b@{}", &COMMIT[..12])), Pin::Movable);
        assert_eq!(pin("a/b"), Pin::Missing);
        assert_eq!(pin("docker://ghcr.io:443/a/b"), Pin::Missing);
        assert_eq!(pin("docker://a/b:latest"), Pin::Movable);
        assert_eq!(
            pin(&format!("docker://a@sha256:{}", "0".repeat(64))),
            Pin::Exact
        );
        assert_eq!(pin("$/x"), Pin::Exact);
    }
}
