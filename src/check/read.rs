//! One tree, read: every file that is judged, the agent runs, and what the rules say of them.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use super::Selection;
use super::configuration;
use super::documents::{self, Cache, Documents};
use super::env_file;
use super::guard;
use super::inventory::Kind;
use super::report::{Coverage, Uncovered};
use crate::agent::{self, Library, Loaded, OutsideKind};
use crate::finding::{Finding, RuleId};
use crate::policy::Policy;
use crate::rule::{self, Check, Findings};
use crate::secret::{Detection, Detector};
use crate::snapshot::{EntryKind, Snapshot};
use crate::source::{Location, SourceFile, Span, Tree, front_matter};
use crate::subject::{Key, Subject};
use crate::workflow::{Extent, ProblemKind};

/// What one tree came to, before the policy.
pub(super) struct Reading {
    pub(super) findings: Vec<Finding>,
    pub(super) subject: Subject,
    pub(super) coverage: Coverage,
    pub(super) needed: BTreeSet<String>,
}

/// Reads a tree and runs the rules on it.
pub(super) fn read(
    snapshot: &dyn Snapshot,
    selection: &Selection,
    policy: &Policy,
    detector: &Detector,
    cache: &mut Cache,
) -> Reading {
    let documents = Documents::new(snapshot, policy.max_file_size, cache);
    let mut reader = Reader {
        documents: &documents,
        detector,
        subject: Subject::default(),
        read: BTreeSet::new(),
    };
    let (files, skipped) = choose(snapshot, selection, policy, &documents);
    let workflows: Vec<String> = files
        .iter()
        .filter(|(_, kind)| **kind == Kind::Workflow)
        .map(|(path, _)| path.clone())
        .collect();
    for (path, kind) in &files {
        reader.file(path, *kind);
    }
    let discovery = agent::search(&documents, &workflows);
    for path in &discovery.reached {
        if !files.contains_key(path) {
            reader.keys(path);
        }
    }
    reader.subject.guard = guard::read(snapshot, &documents, policy);
    let (configuration, scripts) =
        configuration::read(snapshot, &documents, &files, selection, policy);
    reader.subject.configuration = configuration;
    for path in scripts {
        if !files.contains_key(&path) && !reader.read.contains(&path) {
            reader.keys(&path);
        }
    }
    for place in discovery.cut {
        reader.cut(place);
    }
    reader.subject.runs = discovery.runs;
    let taken: BTreeSet<(String, Span)> = reader
        .subject
        .runs
        .iter()
        .filter_map(|run| run.bypass())
        .map(|setting| (setting.location.path().to_owned(), setting.location.span))
        .collect();
    reader.subject.outside.retain(|start| {
        let place = &start.setting.location;
        !taken.contains(&(place.path().to_owned(), place.span))
    });
    let Reader {
        mut subject, read, ..
    } = reader;
    subject.keys.sort_by(|a, b| a.location.cmp(&b.location));
    subject.keys.dedup_by(|a, b| a.location == b.location);
    subject.env_files = env_file::collect(snapshot, &documents, read.iter(), &subject.keys);

    let mut coverage = Coverage {
        files: 0,
        skipped,
        unreadable: Vec::new(),
    };
    let mut found = Findings::default();
    for gap in snapshot.gaps() {
        let file = SourceFile::new(gap.path.clone(), "");
        let place = Location::new(&file, Span::at(0));
        rule::meta::report_unreadable(place, &gap.reason, &mut found);
        coverage.unreadable.push(Uncovered {
            path: gap.path.to_string(),
            reason: gap.reason.to_string(),
        });
    }
    for (path, why) in documents.unreadable() {
        rule::meta::report_unreadable(why.location, &why.reason, &mut found);
        coverage.unreadable.push(Uncovered {
            path,
            reason: why.reason,
        });
    }
    coverage.unreadable.sort();
    let holes: BTreeSet<&str> = coverage.unreadable.iter().map(|hole| &*hole.path).collect();
    coverage.files = read
        .iter()
        .filter(|path| !holes.contains(path.as_str()))
        .count();
    for rule in rule::ALL {
        if let Check::Subject(check) = rule.check
            && !policy.is_off(rule)
        {
            check(&subject, &policy.options, &mut found);
        }
    }
    Reading {
        findings: once_each(found.into_vec()),
        subject,
        coverage,
        needed: documents.needed().into_iter().collect(),
    }
}

/// The files that are judged, with what they are judged as. Of a file that a person named and no path rule covers,
/// the content decides.
fn choose(
    snapshot: &dyn Snapshot,
    selection: &Selection,
    policy: &Policy,
    documents: &Documents<'_>,
) -> (BTreeMap<String, Kind>, Vec<Uncovered>) {
    let mut files = BTreeMap::new();
    let mut skipped = Vec::new();
    for entry in snapshot.entries() {
        let path = &*entry.path;
        if !selection.has(path) {
            continue;
        }
        let kind = match Kind::of(path) {
            Some(kind) => kind,
            None if selection.names(path) => {
                let text = documents.text(path).ready();
                Kind::of_named(path, text.as_ref().map_or("", |file| file.text()))
            }
            None => continue,
        };
        if let Some(pattern) = policy.exclude.matching(path) {
            skipped.push(Uncovered {
                path: path.to_owned(),
                reason: format!("excluded by `{pattern}` in the policy"),
            });
            continue;
        }
        match entry.kind {
            EntryKind::File | EntryKind::Executable => {
                files.insert(path.to_owned(), kind);
            }
            EntryKind::Symlink => {
                // A link to a file that is judged anyway is covered by it.
                match documents.target(path) {
                    Some(target) if Kind::of(&target).is_some() => {}
                    _ => {
                        files.insert(path.to_owned(), kind);
                    }
                }
            }
            EntryKind::Submodule => {
                files.insert(path.to_owned(), kind);
            }
        }
    }
    (files, skipped)
}

struct Reader<'d, 's> {
    documents: &'d Documents<'s>,
    detector: &'d Detector,
    subject: Subject,
    read: BTreeSet<String>,
}

impl Reader<'_, '_> {
    fn file(&mut self, path: &str, kind: Kind) {
        match kind {
            Kind::Workflow | Kind::Action | Kind::Json | Kind::Markdown => {
                self.configuration(path, kind)
            }
            Kind::Outside(outside) => self.outside(path, outside),
            Kind::Text => self.keys(path),
        }
    }

    /// A file that must parse. What cannot be parsed is still looked through for keys.
    fn configuration(&mut self, path: &str, kind: Kind) {
        self.keys(path);
        match kind {
            Kind::Workflow => self.workflow(path),
            Kind::Action => {
                self.documents.action(path);
            }
            Kind::Json => self.json(path),
            _ => self.markdown(path),
        }
        // Settings that cannot be read put nobody into bypass mode: Claude Code ignores them.
        if matches!(kind, Kind::Workflow | Kind::Action)
            && self.documents.is_broken(path)
            && let Loaded::Ready(bytes) = self.documents.bytes(path)
        {
            self.line_scan(path, &bytes);
        }
    }

    fn workflow(&mut self, path: &str) {
        let Loaded::Ready(workflow) = self.documents.workflow(path) else {
            return;
        };
        // An empty file runs nothing and hides nothing.
        let root = workflow.tree().root().filter(|root| !root.is_null());
        let Some(root) = root else { return };
        let reason = if !root.is_mapping() {
            ProblemKind::NotAWorkflow
        } else if workflow.extent() == Extent::Cut {
            ProblemKind::TooLarge
        } else {
            return;
        };
        let place = Location::new(workflow.file(), Span::at(root.span().start));
        self.documents.fail(path, place, reason.to_string());
    }

    fn json(&mut self, path: &str) {
        if let Loaded::Ready(settings) = self.documents.settings(path)
            && let Some(error) = &settings.dead
        {
            let place = Location::new(settings.tree().file(), error.span);
            let reason = format!(
                "it is not valid JSON, so Claude Code ignores it as a whole: {}",
                error.message
            );
            self.documents.fail(path, place, reason);
        }
    }

    fn markdown(&mut self, path: &str) {
        if let Loaded::Ready(file) = self.documents.text(path)
            && let Some(Err(error)) = front_matter::parse(&file).front_matter
        {
            self.documents
                .fail(path, Location::new(&file, error.span), error.message);
        }
    }

    /// A file of commands for people. Most of them have nothing to do with Claude, so that one look at the bytes
    /// decides whether anything else is done.
    fn outside(&mut self, path: &str, kind: OutsideKind) {
        let Loaded::Ready(bytes) = self.documents.bytes(path) else {
            return;
        };
        self.read.insert(path.to_owned());
        self.keys(path);
        if agent::may_bypass(&bytes)
            && let Loaded::Ready(file) = self.documents.text(path)
        {
            let (starts, cut) = agent::outside(self.documents, &file, kind);
            self.subject.outside.extend(starts);
            if let Some(place) = cut {
                self.cut(place);
            }
        }
    }

    /// Keys of a file, whether or not it can be parsed. One that can shows more.
    fn keys(&mut self, path: &str) {
        let kind = Kind::of(path).filter(|kind| kind.is_configuration());
        if let Some(kind) = kind
            && let Loaded::Ready(file) = self.documents.text(path)
        {
            self.read.insert(path.to_owned());
            let scan_tree = |tree: &Tree| self.detector.scan_tree(tree);
            let parsed = match kind {
                Kind::Workflow | Kind::Action => self
                    .documents
                    .tree(path)
                    .ready()
                    .map(|tree| scan_tree(&tree)),
                Kind::Json => self
                    .documents
                    .settings(path)
                    .ready()
                    .map(|settings| scan_tree(settings.tree())),
                _ => None,
            };
            let detections = parsed.unwrap_or_else(|| self.detector.scan(file.text().as_bytes()));
            self.add_keys(&file, detections);
            return;
        }
        let Loaded::Ready(bytes) = self.documents.bytes(path) else {
            return;
        };
        self.read.insert(path.to_owned());
        let detections = self.detector.scan(&bytes);
        if !detections.is_empty() {
            // Offsets are those of the bytes; a file that is not UTF-8 is shown as far as it is.
            let file = SourceFile::new(path, documents::shown(&bytes));
            self.add_keys(&file, detections);
        }
    }

    fn add_keys(&mut self, file: &Arc<SourceFile>, detections: Vec<Detection>) {
        self.subject
            .keys
            .extend(detections.into_iter().map(|detection| Key {
                location: Location::new(file, detection.span),
                detection,
            }));
    }

    /// A file that was left in the middle is not judged whole.
    fn cut(&mut self, place: Location) {
        let path = place.path().to_owned();
        let reason = "it runs more scripts, commands or calls than one check follows; what comes \
                      from here on was not read";
        self.documents.fail(&path, place, reason);
        if let Loaded::Ready(bytes) = self.documents.bytes(&path) {
            self.line_scan(&path, &bytes);
        }
    }

    /// What a file that cannot be parsed still shows line by line.
    fn line_scan(&mut self, path: &str, bytes: &[u8]) {
        if !agent::may_bypass(bytes) {
            return;
        }
        let file = SourceFile::new(path, documents::shown(bytes));
        let mut at = 0;
        for line in file.text().split_inclusive('\n') {
            let start = at;
            at += line.len();
            if line.trim_start().starts_with('#') {
                continue;
            }
            for word in ["--dangerously-skip-permissions", "bypassPermissions"] {
                let found = line.match_indices(word);
                let places =
                    found.map(|(offset, _)| Span::of(start + offset..start + offset + word.len()));
                self.subject
                    .unparsed
                    .extend(places.map(|span| Location::new(&file, span)));
            }
        }
    }
}

/// One finding for each rule and place. Of several, the gravest stays and says how else the place is reached.
fn once_each(findings: Vec<Finding>) -> Vec<Finding> {
    let mut kept: Vec<Finding> = Vec::new();
    let mut by_place: HashMap<(RuleId, String, Span), usize> = HashMap::new();
    for finding in findings {
        let key = (
            finding.rule,
            finding.location.path().to_owned(),
            finding.location.span,
        );
        match by_place.get(&key).and_then(|&index| kept.get_mut(index)) {
            Some(known) => {
                let (mut strong, weak) = if finding.severity > known.severity {
                    (finding, known.clone())
                } else {
                    (known.clone(), finding)
                };
                if let Some(way) = weak.related.first()
                    && !strong.related.contains(way)
                {
                    let message = format!("also reached here: {}", way.message);
                    strong = strong.related(way.location.clone(), message);
                }
                *known = strong;
            }
            None => {
                by_place.insert(key, kept.len());
                kept.push(finding);
            }
        }
    }
    kept
}
