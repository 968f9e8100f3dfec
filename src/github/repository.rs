//! Names of repositories and commits as they stand in requests.

use std::fmt;
use std::str::FromStr;

use crate::snapshot::ObjectId;

/// A repository, by owner and name. Both are made of characters that need no escaping in a URL.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Repository {
    owner: Box<str>,
    name: Box<str>,
}

/// A text that is not `owner/name`.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("not a repository: expected owner/name")]
pub struct NotARepository;

impl Repository {
    /// Who owns it.
    pub fn owner(&self) -> &str {
        &self.owner
    }

    /// Its name without the owner.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The path of something below the repository in the REST API: `pulls/7` gives `/repos/owner/name/pulls/7`.
    pub fn path(&self, rest: impl fmt::Display) -> String {
        format!("/repos/{}/{}/{rest}", self.owner, self.name)
    }
}

impl FromStr for Repository {
    type Err = NotARepository;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (owner, name) = text.split_once('/').ok_or(NotARepository)?;
        let fits = |part: &str| {
            !part.is_empty()
                && part.len() <= 100
                && !matches!(part, "." | "..")
                && part
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.'))
        };
        if !fits(owner) || !fits(name) {
            return Err(NotARepository);
        }
        Ok(Self {
            owner: owner.into(),
            name: name.into(),
        })
    }
}

impl fmt::Display for Repository {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.owner, self.name)
    }
}

/// A commit, by its object id.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct CommitId(pub ObjectId);

impl CommitId {
    /// Whether this is the id of no commit, all zeros: what a push names as "before" a new branch.
    pub fn is_zero(self) -> bool {
        self.0.as_bytes().iter().all(|byte| *byte == 0)
    }
}

impl FromStr for CommitId {
    type Err = crate::snapshot::NotAnObjectId;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.parse().map(Self)
    }
}

impl fmt::Display for CommitId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_repository_has_two_parts_that_need_no_escaping() {
        let repository: Repository = "acme/.github".parse().unwrap();
        assert_eq!(repository.path("pulls/7"), "/repos/acme/.github/pulls/7");
        assert_eq!(repository.to_string(), "acme/.github");
        for wrong in [
            "", "acme", "acme/", "/x", "a/b/c", "a/..", "a b/c", "a/b?c", "a/b%2f",
        ] {
            assert_eq!(wrong.parse::<Repository>(), Err(NotARepository), "{wrong}");
        }
    }

    #[test]
    fn a_commit_of_zeros_is_none() {
        let zero: CommitId = "0".repeat(40).parse().unwrap();
        assert!(zero.is_zero());
        let one: CommitId = format!("{}1", "0".repeat(39)).parse().unwrap();
        assert!(!one.is_zero());
    }
}
