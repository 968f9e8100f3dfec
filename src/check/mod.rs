//! The engine: a snapshot goes in, a [`Report`] comes out.
//!
//! It does no I/O: a snapshot that has not loaded a file yet answers so, the engine says which files it needs
//! ([`Outcome::Need`]) and is called again. The verdict is fixed here, before anything is delivered.

mod documents;
mod inventory;
mod report;

pub use inventory::Kind;
pub use report::{Coverage, PolicySummary, Reason, Report, Suppressed, Uncovered, Verdict};

use std::collections::{BTreeMap, BTreeSet, HashMap};

use jiff::civil::Date;

use crate::agent::{self, Library, Loaded};
use crate::finding::{FailOn, Finding, Fingerprint, RuleId, Severity, fingerprint};
use crate::policy::Policy;
use crate::rule::{self, Check, Findings};
use crate::secret::Detector;
use crate::snapshot::{EntryKind, Snapshot};
use crate::source::{Location, SourceFile, Span, front_matter};
use crate::subject::{Key, Subject};

use documents::{Cache, Documents};

/// How often the engine may ask for files: a workflow, its scripts, what these call, and one more.
pub const MAX_ROUNDS: usize = 4;

/// What is judged.
pub struct Request<'a> {
    /// The tree.
    pub snapshot: &'a dyn Snapshot,
    /// Which part of it.
    pub selection: &'a Selection,
    /// The tree to compare with.
    pub base: Option<&'a dyn Snapshot>,
    /// The policy that decides.
    pub policy: &'a Policy,
    /// The day by which exemptions are judged.
    pub today: Date,
}

/// Which files of a tree are judged. Files that a workflow calls are read in any case.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Selection {
    /// All.
    Everything,
    /// These files, and everything below these folders.
    Paths(Vec<String>),
}

impl Selection {
    fn has(&self, path: &str) -> bool {
        match self {
            Self::Everything => true,
            Self::Paths(paths) => paths.iter().any(|chosen| {
                chosen.is_empty()
                    || path == chosen
                    || path
                        .strip_prefix(chosen.as_str())
                        .is_some_and(|rest| rest.starts_with('/'))
            }),
        }
    }

    /// Whether a person named exactly this file.
    fn names(&self, path: &str) -> bool {
        matches!(self, Self::Paths(paths) if paths.iter().any(|chosen| chosen == path))
    }
}

/// What a call of the engine comes to.
pub enum Outcome {
    /// The result.
    Done(Box<Report>),
    /// The snapshot has to load these files; then the engine is called again.
    Need(Vec<String>),
}

/// The engine. One engine serves one check; it keeps what it parsed between the rounds.
#[derive(Default)]
pub struct Engine {
    head: Cache,
    base: Cache,
    detector: Detector,
    rounds: usize,
}

impl Engine {
    /// A new engine. It builds nothing before a file asks for it.
    pub fn new() -> Self {
        Self::default()
    }

    /// Judges a tree.
    pub fn check(&mut self, request: &Request<'_>) -> Outcome {
        self.rounds += 1;
        let head = read(
            request.snapshot,
            request.selection,
            request.policy,
            &self.detector,
            &mut self.head,
        );
        let mut needed = head.needed.clone();
        let base = request.base.map(|base| {
            let read = read(
                base,
                &Selection::Everything,
                request.policy,
                &self.detector,
                &mut self.base,
            );
            needed.extend(read.needed.iter().cloned());
            read
        });
        if !needed.is_empty() && self.rounds < MAX_ROUNDS {
            return Outcome::Need(needed.into_iter().collect());
        }
        Outcome::Done(Box::new(conclude(request, head, base)))
    }
}

/// What one tree came to, before the policy.
struct Reading {
    findings: Vec<Finding>,
    subject: Subject,
    coverage: Coverage,
    needed: BTreeSet<String>,
}

/// Reads a tree and runs the rules on it.
fn read(
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
    coverage.files = read
        .iter()
        .filter(|path| !coverage.unreadable.iter().any(|hole| hole.path == **path))
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
        let Loaded::Ready(bytes) = self.documents.bytes(path) else {
            return;
        };
        self.read.insert(path.to_owned());
        let holds_keys = !matches!(kind, Kind::Outside(_)) || path.ends_with("Dockerfile");
        if holds_keys {
            self.keys(path);
        }
        match kind {
            Kind::Workflow => {
                self.documents.workflow(path);
            }
            Kind::Action => {
                self.documents.action(path);
            }
            Kind::Json => {
                if let Loaded::Ready(settings) = self.documents.settings(path)
                    && let Some(error) = &settings.dead
                {
                    let place = Location::new(settings.tree().file(), error.span);
                    self.documents.fail(
                        path,
                        place,
                        format!(
                            "it is not valid JSON, so Claude Code ignores it as a whole: {}",
                            error.message
                        ),
                    );
                }
            }
            Kind::Markdown => {
                if let Loaded::Ready(file) = self.documents.text(path)
                    && let Some(Err(error)) = front_matter::parse(&file).front_matter
                {
                    self.documents
                        .fail(path, Location::new(&file, error.span), error.message);
                }
            }
            Kind::Outside(outside) => {
                if agent::may_bypass(&bytes)
                    && let Loaded::Ready(file) = self.documents.text(path)
                {
                    self.subject
                        .outside
                        .extend(agent::outside(self.documents, &file, outside));
                }
            }
            Kind::Text => {}
        }
        // Settings that cannot be read put nobody into bypass mode: Claude Code ignores them.
        if matches!(kind, Kind::Workflow | Kind::Action) && self.documents.is_broken(path) {
            self.line_scan(path, &bytes);
        }
    }

    /// Keys of a file, whether or not it can be parsed.
    fn keys(&mut self, path: &str) {
        let Loaded::Ready(bytes) = self.documents.bytes(path) else {
            return;
        };
        self.read.insert(path.to_owned());
        let detections = self.detector.scan(&bytes);
        if detections.is_empty() {
            return;
        }
        // Offsets are those of the bytes; a file that is not UTF-8 is shown as far as it is.
        let file = match self.documents.text(path) {
            Loaded::Ready(file) => file,
            _ => SourceFile::new(path, String::from_utf8_lossy(&bytes)),
        };
        self.subject
            .keys
            .extend(detections.into_iter().map(|detection| Key {
                location: Location::new(&file, detection.span),
                detection,
            }));
    }

    /// What a file that cannot be parsed still shows line by line.
    fn line_scan(&mut self, path: &str, bytes: &[u8]) {
        let text = String::from_utf8_lossy(bytes);
        let file = SourceFile::new(path, text);
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

/// Applies the policy and fixes the verdict.
fn conclude(request: &Request<'_>, head: Reading, base: Option<Reading>) -> Report {
    let policy = request.policy;
    let Reading {
        mut findings,
        subject,
        mut coverage,
        needed,
    } = head;
    fingerprint(&mut findings);
    if let Some(base) = base {
        mark_new(&mut findings, base.findings, policy);
    }
    for path in needed {
        coverage.unreadable.push(Uncovered {
            path,
            reason: "it was still not loaded after four rounds".into(),
        });
    }
    let judged = policy.judge(findings, request.today);
    let mut findings = judged.findings;
    // An exemption for a file outside the selection is not unused.
    let whole = *request.selection == Selection::Everything;
    let unused = rule::meta::UNUSED_EXEMPTION.id;
    findings.extend(
        judged
            .meta
            .into_iter()
            .filter(|finding| whole || finding.rule != unused),
    );
    findings.sort_by(|a, b| a.order().cmp(&b.order()));
    let suppressed = judged
        .suppressed
        .into_iter()
        .map(|(finding, exemption)| Suppressed {
            finding,
            by: Reason {
                reason: exemption.reason.clone(),
                owner: exemption.owner.clone(),
                expires: exemption.expires,
                source: exemption.source(),
            },
        })
        .collect();
    let verdict = verdict(&findings, policy.threshold(), &coverage);
    let mut agents: Vec<_> = subject.runs.iter().map(agent::AgentRun::card).collect();
    agents.sort_by(|a, b| a.location.cmp(&b.location).then_with(|| a.job.cmp(&b.job)));
    let agent_workflows: BTreeSet<&str> = subject
        .runs
        .iter()
        .map(|run| run.workflow.as_str())
        .collect();
    Report {
        verdict,
        today: request.today,
        policy: PolicySummary {
            source: policy.source.to_string(),
            profile: policy.profile,
            fail_on: policy.threshold(),
        },
        findings,
        suppressed,
        agent_workflows: agent_workflows.len(),
        agents,
        coverage,
        secrets: subject
            .keys
            .iter()
            .map(|key| key.location.clone())
            .collect(),
    }
}

/// A finding is old only where the base has it with the same fingerprint, at least as grave, about the same value.
fn mark_new(findings: &mut [Finding], mut base: Vec<Finding>, policy: &Policy) {
    fingerprint(&mut base);
    let known: HashMap<&Fingerprint, &Finding> = base
        .iter()
        .map(|finding| (&finding.fingerprint, finding))
        .collect();
    for finding in findings {
        let same = known.get(&finding.fingerprint).is_some_and(|old| {
            old.evidence == finding.evidence && policy.severity(old) >= policy.severity(finding)
        });
        finding.new = Some(!same);
    }
}

fn verdict(findings: &[Finding], threshold: FailOn, coverage: &Coverage) -> Verdict {
    let unreadable = rule::meta::UNREADABLE_FILE.id;
    let fails = |severity: Severity| match threshold {
        FailOn::At(limit) => severity >= limit,
        FailOn::Never => false,
    };
    if findings
        .iter()
        .any(|finding| finding.rule != unreadable && fails(finding.severity))
    {
        Verdict::Fail
    } else if coverage.unreadable.is_empty() {
        Verdict::Pass
    } else {
        Verdict::Incomplete
    }
}
