//! Files of one snapshot, parsed once and shared. Keeps what it parsed between the rounds of one check, so that a
//! snapshot that loads its files late costs one parse a file.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use crate::agent::{Library, Loaded};
use crate::claude::settings::Settings;
use crate::snapshot::{self, Content, EntryKind, Snapshot};
use crate::source::{Location, SourceFile, Span, SyntaxError, Tree, yaml};
use crate::workflow::{Action, Workflow};

/// Why a file could not be read, and where.
#[derive(Clone, Debug)]
pub(super) struct Unreadable {
    pub(super) location: Location,
    pub(super) reason: String,
}

/// What was parsed of one snapshot.
#[derive(Default)]
pub(super) struct Cache {
    texts: HashMap<String, Loaded<Arc<SourceFile>>>,
    trees: HashMap<String, Loaded<Arc<Tree>>>,
    workflows: HashMap<String, Loaded<Arc<Workflow>>>,
    actions: HashMap<String, Loaded<Arc<Action>>>,
    settings: HashMap<String, Loaded<Arc<Settings>>>,
    unreadable: BTreeMap<String, Unreadable>,
}

/// The files of a snapshot, as the search for agent runs asks for them.
pub(super) struct Documents<'s> {
    snapshot: &'s dyn Snapshot,
    limit: u64,
    cache: RefCell<&'s mut Cache>,
    needed: RefCell<BTreeSet<String>>,
}

impl<'s> Documents<'s> {
    pub(super) fn new(snapshot: &'s dyn Snapshot, limit: u64, cache: &'s mut Cache) -> Self {
        // What was pending in the last round may be there now.
        cache
            .texts
            .retain(|_, loaded| !matches!(loaded, Loaded::Pending));
        cache
            .trees
            .retain(|_, loaded| !matches!(loaded, Loaded::Pending));
        cache
            .workflows
            .retain(|_, loaded| !matches!(loaded, Loaded::Pending));
        cache
            .actions
            .retain(|_, loaded| !matches!(loaded, Loaded::Pending));
        cache
            .settings
            .retain(|_, loaded| !matches!(loaded, Loaded::Pending));
        Self {
            snapshot,
            limit,
            cache: RefCell::new(cache),
            needed: RefCell::default(),
        }
    }

    /// Paths that the snapshot has to load before the result can be whole.
    pub(super) fn needed(&self) -> Vec<String> {
        self.needed.borrow().iter().cloned().collect()
    }

    /// Files that could not be read, by path.
    pub(super) fn unreadable(&self) -> Vec<(String, Unreadable)> {
        let cache = self.cache.borrow();
        cache
            .unreadable
            .iter()
            .map(|(path, why)| (path.clone(), why.clone()))
            .collect()
    }

    /// Records that a file cannot be read. The first reason counts.
    pub(super) fn fail(&self, path: &str, location: Location, reason: impl Into<String>) {
        self.cache
            .borrow_mut()
            .unreadable
            .entry(path.to_owned())
            .or_insert_with(|| Unreadable {
                location,
                reason: reason.into(),
            });
    }

    /// Whether a file could not be read.
    pub(super) fn is_broken(&self, path: &str) -> bool {
        self.cache.borrow().unreadable.contains_key(path)
    }

    fn fail_at_start<T>(&self, path: &str, reason: impl Into<String>) -> Loaded<T> {
        let file = SourceFile::new(path, "");
        self.fail(path, Location::new(&file, Span::at(0)), reason);
        Loaded::Broken
    }

    /// What the tree holds under a path.
    pub(super) fn kind(&self, path: &str) -> Option<EntryKind> {
        self.snapshot.entry(path).map(|entry| entry.kind)
    }

    /// The raw bytes of a file. Symbolic links that stay in the tree are read through.
    pub(super) fn bytes(&self, path: &str) -> Loaded<Arc<[u8]>> {
        let Some(entry) = self.snapshot.entry(path) else {
            return Loaded::Missing;
        };
        let content = match entry.kind {
            EntryKind::Symlink => match self.target(path) {
                Some(target) => self.snapshot.read(&target, self.limit),
                None => {
                    let reason =
                        "it is a symbolic link that leaves the repository or points nowhere";
                    return self.fail_at_start(path, reason);
                }
            },
            _ => self.snapshot.read(path, self.limit),
        };
        match content {
            Content::Bytes(bytes) => Loaded::Ready(bytes),
            Content::Missing => Loaded::Missing,
            Content::NotLoaded => {
                self.needed.borrow_mut().insert(path.to_owned());
                Loaded::Pending
            }
            Content::Unreadable(reason) => self.fail_at_start(path, reason),
            Content::TooLarge(size) => {
                let reason = format!(
                    "it has {size} bytes, more than the limit of {} (`max-file-size` of the policy)",
                    self.limit
                );
                self.fail_at_start(path, reason)
            }
        }
    }

    /// The file of the tree that a symbolic link means.
    pub(super) fn target(&self, path: &str) -> Option<String> {
        /// Links to links; a chain longer than this is a ring or an attack.
        const MAX_LINKS: usize = 8;
        let mut path = path.to_owned();
        for _ in 0..MAX_LINKS {
            let entry = self.snapshot.entry(&path)?;
            if entry.kind != EntryKind::Symlink {
                return Some(path);
            }
            let Content::Bytes(bytes) = self.snapshot.read(&path, 4096) else {
                return None;
            };
            let target = std::str::from_utf8(&bytes)
                .ok()
                .filter(|target| !target.starts_with('/'))?;
            path = snapshot::join(snapshot::folder(&path), target)?;
        }
        None
    }

    fn parse<T>(
        &self,
        path: &str,
        file: &Arc<SourceFile>,
        parse: impl Fn(&Arc<SourceFile>) -> Result<T, SyntaxError>,
    ) -> Loaded<Arc<T>> {
        match parse(file) {
            Ok(value) => Loaded::Ready(Arc::new(value)),
            Err(error) => {
                self.fail(path, Location::new(file, error.span), error.message);
                Loaded::Broken
            }
        }
    }

    fn cached<T: Clone>(
        &self,
        path: &str,
        map: impl Fn(&mut Cache) -> &mut HashMap<String, Loaded<T>>,
        load: impl FnOnce() -> Loaded<T>,
    ) -> Loaded<T> {
        if let Some(known) = map(&mut self.cache.borrow_mut()).get(path) {
            return known.clone();
        }
        let loaded = load();
        map(&mut self.cache.borrow_mut()).insert(path.to_owned(), loaded.clone());
        loaded
    }
}

/// Bytes as text of the same length, so that offsets stay: what is not UTF-8 becomes `?`, byte by byte.
pub(super) fn shown(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        text.extend(std::iter::repeat_n('?', chunk.invalid().len()));
    }
    text
}

/// A text out of bytes.
fn decode(path: &str, bytes: &[u8]) -> Result<Arc<SourceFile>, (Location, String)> {
    match std::str::from_utf8(bytes) {
        Ok(text) => Ok(SourceFile::new(path, text)),
        Err(error) => {
            let file = SourceFile::new(path, shown(bytes));
            let reason = if bytes.starts_with(&[0xFF, 0xFE]) || bytes.starts_with(&[0xFE, 0xFF]) {
                "it is UTF-16; GitHub and Claude Code read UTF-8"
            } else {
                "it is not UTF-8 from here on"
            };
            let at = Span::of(error.valid_up_to()..error.valid_up_to());
            Err((Location::new(&file, at), reason.to_owned()))
        }
    }
}

impl Library for Documents<'_> {
    fn exists(&self, path: &str) -> bool {
        self.snapshot.entry(path).is_some()
    }

    fn text(&self, path: &str) -> Loaded<Arc<SourceFile>> {
        self.cached(
            path,
            |cache| &mut cache.texts,
            || {
                self.bytes(path)
                    .and_then(|bytes| match decode(path, &bytes) {
                        Ok(file) => Loaded::Ready(file),
                        Err((location, reason)) => {
                            self.fail(path, location, reason);
                            Loaded::Broken
                        }
                    })
            },
        )
    }

    fn tree(&self, path: &str) -> Loaded<Arc<Tree>> {
        self.cached(
            path,
            |cache| &mut cache.trees,
            || {
                self.text(path)
                    .and_then(|file| self.parse(path, &file, yaml::parse))
            },
        )
    }

    fn workflow(&self, path: &str) -> Loaded<Arc<Workflow>> {
        self.cached(
            path,
            |cache| &mut cache.workflows,
            || {
                self.tree(path)
                    .and_then(|tree| Loaded::Ready(Arc::new(Workflow::new(tree))))
            },
        )
    }

    fn action(&self, path: &str) -> Loaded<Arc<Action>> {
        self.cached(
            path,
            |cache| &mut cache.actions,
            || {
                self.tree(path)
                    .and_then(|tree| Loaded::Ready(Arc::new(Action::new(tree))))
            },
        )
    }

    fn settings(&self, path: &str) -> Loaded<Arc<Settings>> {
        self.cached(
            path,
            |cache| &mut cache.settings,
            || {
                self.text(path)
                    .and_then(|file| self.parse(path, &file, Settings::parse))
            },
        )
    }

    fn named(&self, name: &str) -> Vec<String> {
        let ends = |path: &str| {
            path == name
                || path
                    .strip_suffix(name)
                    .is_some_and(|rest| rest.ends_with('/'))
        };
        let entries = self.snapshot.entries().iter();
        entries
            .filter(|entry| ends(&entry.path))
            .map(|entry| entry.path.to_string())
            .collect()
    }
}
