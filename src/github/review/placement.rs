//! Where a comment about a finding can stand.
//!
//! The line itself, where the diff shows it; else a line of the same node of the file; else a line of the trail
//! that leads there; else the file; else only the summary. GitHub refuses a whole review for one line that its
//! diff does not show, so that every line is compared with the patch before it is used. Where the text that was
//! judged is not the text of the head (a checkout of the merge commit), lines are found by what they say.

use std::cell::OnceCell;
use std::collections::HashMap;

use super::diff::{ChangedFile, FileStatus, Hunk, Patch};
use crate::finding::Finding;
use crate::snapshot;
use crate::source::{Location, Node, SourceFile, Span, Tree, json, yaml};

/// A longer range is shown by its first line.
const MAX_RANGE: u32 = 30;

/// A line farther away explains nothing.
const MAX_DISTANCE: u32 = 100;

/// Larger files are not parsed again to find a neighbour.
const MAX_TREE: usize = 512 * 1024;

/// Where a comment stands.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Place {
    /// On lines that the diff shows, all of one hunk.
    Lines {
        /// The file, as GitHub spells it.
        path: String,
        /// First line.
        first: u32,
        /// Last line.
        last: u32,
        /// Whether these are the lines of the finding.
        aim: Aim,
    },
    /// On a file of the pull request.
    File {
        /// The file, as GitHub spells it.
        path: String,
    },
    /// In the summary only.
    Summary,
}

/// How close a comment stands to its finding.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Aim {
    /// On its line.
    Exact,
    /// On another line; the comment has to say which one is meant.
    Near,
}

/// The changed files, ready to be asked for places.
pub struct Places<'a> {
    files: HashMap<String, Entry<'a>>,
}

struct Entry<'a> {
    changed: &'a ChangedFile,
    patch: Patch,
    text: OnceCell<Text>,
    tree: OnceCell<Option<Tree>>,
}

/// How the text that was judged relates to the head.
enum Text {
    /// All lines of the patch are the same.
    Same,
    /// Lines that occur once in both, by what they say.
    Other(HashMap<Box<str>, u32>),
}

impl<'a> Places<'a> {
    /// Reads the patches.
    pub fn new(files: &'a [ChangedFile]) -> Self {
        let entry = |changed: &'a ChangedFile| {
            let patch = changed.patch.as_deref().map(Patch::parse);
            let path = snapshot::printable(changed.path.as_bytes()).into_owned();
            let entry = Entry {
                changed,
                patch: patch.unwrap_or_default(),
                text: OnceCell::new(),
                tree: OnceCell::new(),
            };
            (path, entry)
        };
        let files = files.iter().map(entry).collect();
        Self { files }
    }

    /// The best place for a finding.
    pub fn of(&self, finding: &Finding) -> Place {
        let own = self.entry(finding.location.path());
        if let Some(place) = own.and_then(|entry| entry.lines(&finding.location)) {
            return place;
        }
        let mut trail = finding.related.iter();
        let on_trail = trail.find_map(|related| {
            let entry = self.entry(related.location.path())?;
            let (first, last) = entry.exact(&related.location)?;
            Some(entry.place(first, last, Aim::Near))
        });
        match (on_trail, own) {
            (Some(place), _) => place,
            (None, Some(entry)) => entry.file(),
            (None, None) => Place::Summary,
        }
    }

    /// The file of a finding, where it is in the pull request: what is left when GitHub refuses a line.
    pub(super) fn file_of(&self, finding: &Finding) -> Place {
        let entry = self.entry(finding.location.path());
        entry.map_or(Place::Summary, Entry::file)
    }

    /// The path that a file had at the base, where it had another.
    pub(super) fn previous(&self, path: &str) -> Option<String> {
        let previous = self.entry(path)?.changed.previous_path.as_deref()?;
        Some(snapshot::printable(previous.as_bytes()).into_owned())
    }

    /// The hunk that shows a line of a file whose text is that of the head.
    pub(super) fn hunk(&self, file: &SourceFile, line: u32) -> Option<&Hunk> {
        let entry = self.entry(file.path())?;
        match entry.text(file) {
            Text::Same => entry.patch.hunk_at(line),
            Text::Other(_) => None,
        }
    }

    /// A file that is there at the head.
    fn entry(&self, path: &str) -> Option<&Entry<'a>> {
        let entry = self.files.get(path)?;
        (entry.changed.status != FileStatus::Removed).then_some(entry)
    }
}

impl Entry<'_> {
    fn file(&self) -> Place {
        Place::File {
            path: self.changed.path.clone(),
        }
    }

    fn place(&self, first: u32, last: u32, aim: Aim) -> Place {
        Place::Lines {
            path: self.changed.path.clone(),
            first,
            last,
            aim,
        }
    }

    /// Lines for a place of this file: its own, else the nearest one of a node around it.
    fn lines(&self, location: &Location) -> Option<Place> {
        if let Some((first, last)) = self.exact(location) {
            return Some(self.place(first, last, Aim::Exact));
        }
        if !matches!(self.text(&location.file), Text::Same) {
            return None;
        }
        let (first, last) = range(location);
        let line = self
            .nearest(first, last, first)
            .or_else(|| self.in_node(location, first))?;
        Some(self.place(line, line, Aim::Near))
    }

    /// The lines of a place, if the diff shows the first of them.
    fn exact(&self, location: &Location) -> Option<(u32, u32)> {
        let (first, last) = range(location);
        match self.text(&location.file) {
            Text::Same => {
                let hunk = self.patch.hunk_at(first)?;
                let whole = last <= hunk.last() && last - first < MAX_RANGE;
                Some((first, if whole { last } else { first }))
            }
            Text::Other(unique) => {
                let line = unique.get(text_of(&location.file, first))?;
                Some((*line, *line))
            }
        }
    }

    fn text(&self, file: &SourceFile) -> &Text {
        self.text.get_or_init(|| {
            if self.is_same(file) {
                Text::Same
            } else {
                Text::Other(self.unique(file))
            }
        })
    }

    fn is_same(&self, file: &SourceFile) -> bool {
        self.patch.hunks().iter().all(|hunk| {
            (hunk.first()..=hunk.last())
                .all(|line| hunk.text(line).map(plain) == Some(text_of(file, line)))
        })
    }

    /// Lines that occur once in the file and once in the patch.
    fn unique(&self, file: &SourceFile) -> HashMap<Box<str>, u32> {
        let mut shown: HashMap<&str, (u32, u32)> = HashMap::new();
        for hunk in self.patch.hunks() {
            for line in hunk.first()..=hunk.last() {
                let text = hunk.text(line).map(plain).unwrap_or_default();
                let seen = shown.entry(text).or_insert((line, 0));
                seen.1 += 1;
            }
        }
        let mut judged: HashMap<&str, u32> = HashMap::new();
        for line in file.text().split('\n') {
            *judged.entry(plain(line)).or_default() += 1;
        }
        shown
            .into_iter()
            .filter(|(text, (_, times))| *times == 1 && judged.get(text) == Some(&1))
            .map(|(text, (line, _))| (Box::from(text), line))
            .collect()
    }

    /// The line nearest to `to` that the diff shows, of those from `first` to `last`.
    fn nearest(&self, first: u32, last: u32, to: u32) -> Option<u32> {
        let overlap = |hunk: &Hunk| {
            let (low, high) = (first.max(hunk.first()), last.min(hunk.last()));
            (low <= high).then(|| to.clamp(low, high))
        };
        let lines = self.patch.hunks().iter().filter_map(overlap);
        lines
            .min_by_key(|line| line.abs_diff(to))
            .filter(|line| line.abs_diff(to) <= MAX_DISTANCE)
    }

    /// The nearest line of the smallest node around a place that the diff shows a part of.
    fn in_node(&self, location: &Location, to: u32) -> Option<u32> {
        if self.patch.hunks().is_empty() {
            return None;
        }
        let tree = self.tree.get_or_init(|| parse(location)).as_ref()?;
        let mut around: Vec<Span> = tree
            .nodes()
            .filter(|node| !is_too_wide(tree, *node))
            .map(Node::written_span)
            .filter(|span| span.contains(location.span))
            .collect();
        around.sort_unstable_by_key(|span| span.len());
        let lines = location.file.lines();
        around.into_iter().find_map(|span| {
            let last = lines.line(span.end.saturating_sub(1).max(span.start));
            self.nearest(lines.line(span.start), last, to)
        })
    }
}

/// First and last line of a place.
fn range(location: &Location) -> (u32, u32) {
    let Span { start, end } = location.span;
    let lines = location.file.lines();
    let first = lines.line(start);
    (first, lines.line(end.saturating_sub(1).max(start)))
}

fn text_of(file: &SourceFile, line: u32) -> &str {
    plain(file.lines().span(file.text(), line).slice(file.text()))
}

/// A line without what editors do not show.
fn plain(line: &str) -> &str {
    line.trim_start_matches('\u{feff}').trim_end_matches('\r')
}

fn parse(location: &Location) -> Option<Tree> {
    let file = &location.file;
    if file.text().len() > MAX_TREE {
        return None;
    }
    let path = file.path().to_ascii_lowercase();
    if path.ends_with(".yml") || path.ends_with(".yaml") {
        yaml::parse(file).ok()
    } else if path.ends_with(".json") {
        json::parse(file).ok().map(|json| json.tree)
    } else {
        None
    }
}

/// The whole document, and the map of all jobs: a line of them has nothing to do with the finding.
fn is_too_wide(tree: &Tree, node: Node<'_>) -> bool {
    let Some(root) = tree.root() else {
        return true;
    };
    let jobs = root.get("jobs").map(Node::id);
    node.id() == root.id() || Some(node.id()) == jobs
}
