//! Paths in Read and Edit rules: gitignore patterns with four anchors (`facts/claude-code.md` §2.4).

use super::pattern::part_matches;

/// What a pattern is relative to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Anchor {
    /// `//p`: the root of the file system.
    Root,
    /// `~/p`: the home folder.
    Home,
    /// `/p`: the folder that the settings file belongs to.
    Source,
    /// `p`, `./p`: the folder that Claude is started in.
    Current,
}

/// The path of a Read or Edit rule.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PathRule {
    /// What it is relative to.
    pub anchor: Anchor,
    /// Parts; `**` stands for any number of them.
    parts: Vec<Box<str>>,
    /// Whether the name may lie at any depth.
    depth: Depth,
    /// `!pattern`: takes back what an earlier rule of the same file matched.
    pub negated: bool,
    /// Whether the pattern ends in `/`, so that it only covers what lies below.
    folder: bool,
}

/// Where a pattern may begin.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Depth {
    /// At its anchor.
    Anchored,
    /// Anywhere below: a bare name.
    Any,
    /// Anywhere below for deny and ask, at the anchor for allow: `folder/**`.
    AnyUnlessAllow,
}

impl PathRule {
    /// Reads the content of a rule.
    pub fn new(text: &str) -> Self {
        let (negated, text) = match text.strip_prefix('!') {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let (anchor, rest, dotted) = if let Some(rest) = text.strip_prefix("//") {
            (Anchor::Root, rest, true)
        } else if let Some(rest) = text.strip_prefix("~/") {
            (Anchor::Home, rest, true)
        } else if text == "~" {
            (Anchor::Home, "", true)
        } else if let Some(rest) = text.strip_prefix('/') {
            (Anchor::Source, rest, true)
        } else if let Some(rest) = text.strip_prefix("./") {
            (Anchor::Current, rest, true)
        } else {
            (Anchor::Current, text, false)
        };
        let folder = rest.ends_with('/');
        let parts: Vec<Box<str>> = rest
            .split('/')
            .filter(|part| !part.is_empty() && *part != ".")
            .map(Into::into)
            .collect();
        let depth = match parts.as_slice() {
            _ if dotted => Depth::Anchored,
            [_] => Depth::Any,
            [first, second] if &**second == "**" && &**first != "**" => Depth::AnyUnlessAllow,
            _ => Depth::Anchored,
        };
        Self {
            anchor,
            parts,
            depth,
            negated,
            folder,
        }
    }

    /// Whether the pattern covers a path, or a folder above it.
    pub fn matches(&self, path: &FilePath, in_allow: bool) -> bool {
        let Some(parts) = path.seen_from(self.anchor) else {
            return false;
        };
        let anywhere = match self.depth {
            Depth::Anchored => false,
            Depth::Any => true,
            Depth::AnyUnlessAllow => !in_allow,
        };
        let mut pattern: Vec<&str> = Vec::with_capacity(self.parts.len() + 1);
        if anywhere {
            pattern.push("**");
        }
        pattern.extend(self.parts.iter().map(AsRef::as_ref));
        if pattern.is_empty() {
            return true;
        }
        if matches_parts(&pattern, parts) {
            return !self.folder || parts.len() > pattern.len();
        }
        // A pattern that names a folder covers what lies in it.
        if pattern.last() != Some(&"**") {
            pattern.push("**");
            return matches_parts(&pattern, parts);
        }
        false
    }

    /// Parts of the pattern.
    pub fn parts(&self) -> impl Iterator<Item = &str> {
        self.parts.iter().map(AsRef::as_ref)
    }
}

/// Whether parts fit; `**` takes any number of parts, but at the end at least one. The groups between `**` are
/// looked for from left to right, each once.
fn matches_parts(pattern: &[&str], parts: &[Box<str>]) -> bool {
    let mut groups = pattern.split(|part| *part == "**");
    let fits = |group: &[&str], at: usize| {
        parts
            .get(at..at + group.len())
            .is_some_and(|parts| group.iter().zip(parts).all(|(p, t)| part_matches(p, t)))
    };
    let Some(first) = groups.next() else {
        return false;
    };
    if !fits(first, 0) {
        return false;
    }
    let mut at = first.len();
    let rest: Vec<&[&str]> = groups.collect();
    let Some((last, middle)) = rest.split_last() else {
        return at == parts.len();
    };
    for group in middle {
        match (at..=parts.len()).find(|start| fits(group, *start)) {
            Some(start) => at = start + group.len(),
            None => return false,
        }
    }
    if last.is_empty() {
        return at < parts.len();
    }
    parts.len() >= at + last.len() && fits(last, parts.len() - last.len())
}

/// A path of a call, as each anchor sees it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FilePath {
    /// From the root; what is not known stands as one part that no name equals.
    absolute: Vec<Box<str>>,
    /// From the home folder.
    home: Option<Vec<Box<str>>>,
    /// From the folder that Claude is started in.
    current: Option<Vec<Box<str>>>,
}

/// Stands for folders whose names nobody knows.
const UNKNOWN: &str = "\u{0}";

impl FilePath {
    /// Reads a path as a call names it: relative, `~/…` or absolute.
    pub fn new(text: &str) -> Self {
        let unknown = |parts: &[Box<str>]| {
            let mut all: Vec<Box<str>> = vec![UNKNOWN.into()];
            all.extend_from_slice(parts);
            all
        };
        if let Some(rest) = text.strip_prefix("~/").or((text == "~").then_some("")) {
            let parts = normal(rest);
            return Self {
                absolute: unknown(&parts),
                home: Some(parts),
                current: None,
            };
        }
        if text.starts_with('/') {
            let absolute = normal(text);
            let home = match absolute.as_slice() {
                [top, _, rest @ ..] if matches!(&**top, "home" | "Users") => Some(rest.to_vec()),
                [top, rest @ ..] if &**top == "root" => Some(rest.to_vec()),
                _ => None,
            };
            return Self {
                absolute,
                home,
                current: None,
            };
        }
        let parts = normal(text);
        let outside = parts.first().is_some_and(|part| &**part == "..");
        Self {
            absolute: unknown(&parts),
            home: None,
            current: (!outside).then_some(parts),
        }
    }

    fn seen_from(&self, anchor: Anchor) -> Option<&[Box<str>]> {
        match anchor {
            Anchor::Root => Some(&self.absolute),
            Anchor::Home => self.home.as_deref(),
            Anchor::Source | Anchor::Current => self.current.as_deref(),
        }
    }

    /// Whether it lies in the folder that Claude is started in.
    pub fn is_inside(&self) -> bool {
        self.current.is_some()
    }

    /// Its parts from the folder that Claude is started in.
    pub fn inner(&self) -> impl Iterator<Item = &str> {
        self.current.iter().flatten().map(AsRef::as_ref)
    }
}

fn normal(text: &str) -> Vec<Box<str>> {
    let mut parts: Vec<Box<str>> = Vec::new();
    for part in text.split('/') {
        match part {
            "" | "." => {}
            ".." if parts.last().is_some_and(|last| &**last != "..") => {
                parts.pop();
            }
            part => parts.push(part.into()),
        }
    }
    parts
}
