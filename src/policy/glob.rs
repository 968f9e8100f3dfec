//! Path patterns of the policy.
//!
//! `*` and `?` stay within one part of a path, `**` crosses parts. Patterns are relative to the root of the
//! repository, with `/` on every platform. Forms that would silently match nothing (`/x`, `./x`, `x/`, `!x`,
//! `a\b`) are mistakes. A path without wildcards is compared as text, and an empty list builds nothing.

use std::path::Path;

use globset::{Glob, GlobBuilder, GlobMatcher, GlobSet, GlobSetBuilder};

/// The longest pattern. Nobody writes a longer path.
const LONGEST: usize = 1024;

/// Why a text is no pattern.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct BadPattern {
    pub(super) message: String,
    pub(super) help: Option<&'static str>,
}

/// A pattern for paths, or one exact path.
#[derive(Clone, Debug)]
pub struct PathPattern {
    text: Box<str>,
    matcher: Option<GlobMatcher>,
}

impl PathPattern {
    pub(super) fn new(text: &str) -> Result<Self, BadPattern> {
        check(text)?;
        let matcher = if has_wildcard(text) {
            Some(compile(text)?.compile_matcher())
        } else {
            None
        };
        Ok(Self {
            text: text.into(),
            matcher,
        })
    }

    /// The pattern as written.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Whether it names one path.
    pub fn is_exact(&self) -> bool {
        self.matcher.is_none()
    }

    /// Whether it covers a path.
    pub fn matches(&self, path: &str) -> bool {
        match &self.matcher {
            Some(matcher) => matcher.is_match(Path::new(path)),
            None => *self.text == *path,
        }
    }
}

/// A list of patterns.
#[derive(Clone, Debug, Default)]
pub struct Globs {
    patterns: Vec<Box<str>>,
    /// Nothing where the list is empty.
    set: Option<GlobSet>,
}

impl Globs {
    /// A list of patterns, each of which has passed [`glob`].
    pub(super) fn new(globs: &[Glob]) -> Result<Self, BadPattern> {
        if globs.is_empty() {
            return Ok(Self::default());
        }
        let mut builder = GlobSetBuilder::new();
        for glob in globs {
            builder.add(glob.clone());
        }
        let set = builder.build().map_err(|error| unreadable(&error))?;
        Ok(Self {
            patterns: globs.iter().map(|glob| glob.glob().into()).collect(),
            set: Some(set),
        })
    }

    /// The first pattern that covers a path.
    pub fn matching(&self, path: &str) -> Option<&str> {
        let set = self.set.as_ref()?;
        let first = set.matches(Path::new(path)).into_iter().min()?;
        self.patterns.get(first).map(AsRef::as_ref)
    }

    /// Whether a pattern covers a path.
    pub fn matches(&self, path: &str) -> bool {
        self.set
            .as_ref()
            .is_some_and(|set| set.is_match(Path::new(path)))
    }

    /// The patterns as written.
    pub fn patterns(&self) -> impl ExactSizeIterator<Item = &str> {
        self.patterns.iter().map(AsRef::as_ref)
    }

    /// Whether there is no pattern.
    pub fn is_empty(&self) -> bool {
        self.patterns.is_empty()
    }
}

/// One pattern, checked.
pub(super) fn glob(text: &str) -> Result<Glob, BadPattern> {
    check(text)?;
    compile(text)
}

fn compile(text: &str) -> Result<Glob, BadPattern> {
    GlobBuilder::new(text)
        .literal_separator(true)
        .backslash_escape(false)
        .build()
        .map_err(|error| unreadable(&error))
}

fn check(text: &str) -> Result<(), BadPattern> {
    let bad = |message: &str, help| {
        Err(BadPattern {
            message: message.into(),
            help: Some(help),
        })
    };
    if text.trim().is_empty() {
        return bad("this pattern is empty", "name a path, or remove the line");
    }
    if text.len() > LONGEST {
        return bad(
            "this pattern is longer than 1024 bytes",
            "write several shorter ones",
        );
    }
    if text.contains('\\') {
        return bad(
            "a pattern has no `\\`",
            "parts of a path are separated by `/`; `[*]` stands for a `*` in a name",
        );
    }
    if text.starts_with('!') {
        return bad(
            "a pattern that begins with `!` takes nothing back",
            "name the paths that are meant",
        );
    }
    if text.starts_with('/') || text.split('/').any(|part| part == "." || part == "..") {
        return bad(
            "this pattern matches no path",
            "paths begin at the root of the repository, without `/`, `./` or `../`",
        );
    }
    if text.ends_with('/') {
        return bad(
            "a folder alone matches no file",
            "add `**` to cover everything below it",
        );
    }
    Ok(())
}

fn has_wildcard(text: &str) -> bool {
    text.contains(['*', '?', '[', ']', '{', '}'])
}

fn unreadable(error: &globset::Error) -> BadPattern {
    BadPattern {
        message: format!("this pattern cannot be read: {}", error.kind()),
        help: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_stays_within_a_part_and_two_cross() {
        let one = PathPattern::new(".github/workflows/*.yml").unwrap();
        assert!(one.matches(".github/workflows/a.yml"));
        assert!(!one.matches(".github/workflows/b/a.yml"));
        let all = PathPattern::new("third_party/**").unwrap();
        assert!(all.matches("third_party/x/y.md"));
        assert!(!all.matches("third_party"));
        assert!(!all.matches("src/third_party/x"));
    }

    #[test]
    fn a_path_without_wildcards_is_compared_as_text() {
        let exact = PathPattern::new("a.b/c").unwrap();
        assert!(exact.is_exact() && exact.matches("a.b/c") && !exact.matches("axb/c"));
        assert!(!PathPattern::new("a/[bc]").unwrap().is_exact());
    }

    #[test]
    fn an_empty_list_builds_nothing_and_matches_nothing() {
        let none = Globs::new(&[]).unwrap();
        assert!(none.is_empty() && none.set.is_none());
        assert!(!none.matches("x") && none.matching("x").is_none());
    }

    #[test]
    fn the_first_matching_pattern_is_named() {
        let globs = Globs::new(&[glob("b/**").unwrap(), glob("**/*.md").unwrap()]).unwrap();
        assert_eq!(globs.matching("a/x.md"), Some("**/*.md"));
        assert_eq!(globs.matching("b/x.md"), Some("b/**"));
        assert_eq!(globs.matching("a/x.rs"), None);
    }

    #[test]
    fn forms_that_match_nothing_are_mistakes() {
        for text in [
            "", " ", "/a", "./a", "a/../b", "a/", "!a", "a\\b", "a[", "{a", "a/./b",
        ] {
            assert!(PathPattern::new(text).is_err(), "{text}");
        }
        assert!(PathPattern::new(&"{".repeat(1000)).is_err());
        assert!(PathPattern::new(&"a".repeat(1025)).is_err());
    }
}
