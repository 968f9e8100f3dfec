//! What a rule reports.
//!
//! One type for every consumer: terminal, JSON, SARIF, annotations, review comments and `--fix` all read a
//! [`Finding`]. It never carries the bytes of a secret.

use std::fmt;

use sha2::{Digest, Sha256};

use crate::source::{Location, Span};

/// How bad it is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Severity {
    /// Worth knowing.
    Note,
    /// Should be changed.
    Warning,
    /// Must be changed.
    Error,
}

impl Severity {
    /// All, mildest first.
    pub const ALL: [Self; 3] = [Self::Note, Self::Warning, Self::Error];

    /// The word that policy, JSON and SARIF use.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Note => "note",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// From which severity on a finding fails the run.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum FailOn {
    /// Findings of this severity or worse.
    At(Severity),
    /// Findings never fail the run.
    Never,
}

impl FailOn {
    /// The word that policy and command line use.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::At(severity) => severity.as_str(),
            Self::Never => "never",
        }
    }
}

/// How sure it is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Confidence {
    /// A shape that is often something else.
    Low,
    /// Probably so; something could not be resolved.
    Medium,
    /// Read from the files.
    High,
}

impl Confidence {
    /// The word that JSON and SARIF use.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
        }
    }
}

impl fmt::Display for Confidence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The id of a rule: a public name that never changes.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct RuleId(pub &'static str);

impl RuleId {
    /// The id as text.
    pub const fn as_str(self) -> &'static str {
        self.0
    }
}

impl fmt::Display for RuleId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

/// One thing that a rule reports at one place.
#[derive(Clone, Debug)]
pub struct Finding {
    /// The rule.
    pub rule: RuleId,
    /// How bad.
    pub severity: Severity,
    /// How sure.
    pub confidence: Confidence,
    /// The token that is wrong.
    pub location: Location,
    /// The trail: how the run gets here, which line grants what. In the order to be read.
    pub related: Vec<Related>,
    /// What is wrong and why, one or two sentences, naming things as they are written in the file.
    pub message: String,
    /// The smallest change that fixes it.
    pub help: String,
    /// The change as edits, where one exists.
    pub fix: Option<Fix>,
    /// Where in the structure it is, without line numbers: `jobs.review.steps.2`, `permissions.allow`.
    pub anchor: String,
    /// The offending value, to tell an unchanged finding from a new one in the same place.
    pub evidence: Evidence,
    /// Identity over time; given by [`fingerprint`] when all findings of a run are known.
    pub fingerprint: Fingerprint,
    /// Whether it is new against the base commit. Nothing where there is no base.
    pub new: Option<bool>,
}

/// A place that explains a finding.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Related {
    /// The place.
    pub location: Location,
    /// What it has to do with the finding.
    pub message: String,
}

/// A change to files that removes a finding.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Fix {
    /// What it does, as an imperative: `add timeout-minutes: 15 to the job`.
    pub title: String,
    /// Who may apply it.
    pub applicability: Applicability,
    /// Edits; none overlaps another.
    pub edits: Vec<Edit>,
}

/// How a fix may be applied.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Applicability {
    /// By `--fix` without a look: it keeps what works.
    Safe,
    /// May change what the workflow does: shown, applied only when asked for.
    Unsafe,
    /// A direction; a person has to fill in something.
    Manual,
}

impl Applicability {
    /// The word that JSON uses.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Safe => "safe",
            Self::Unsafe => "unsafe",
            Self::Manual => "manual",
        }
    }
}

/// One replacement in one file.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Edit {
    /// What is replaced; an empty span inserts.
    pub location: Location,
    /// What stands there afterwards.
    pub text: String,
}

/// The value that a finding is about, kept only as a hash: it may be a key.
#[derive(Clone, Copy, PartialEq, Eq, Default)]
pub struct Evidence([u8; 16]);

impl Evidence {
    /// The evidence of a value.
    pub fn of(value: &str) -> Self {
        let digest = Sha256::digest(value.as_bytes());
        let mut bytes = [0; 16];
        for (to, from) in bytes.iter_mut().zip(digest) {
            *to = from;
        }
        Self(bytes)
    }
}

impl fmt::Debug for Evidence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Evidence(…)")
    }
}

/// Identity of a finding over time: 32 hexadecimal digits from rule, path, anchor and occurrence.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Debug)]
pub struct Fingerprint(String);

impl Fingerprint {
    /// The digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    fn new(rule: RuleId, path: &str, anchor: &str, occurrence: u32) -> Self {
        let text = format!("1\0{rule}\0{path}\0{anchor}\0{occurrence}");
        let digest = Sha256::digest(text.as_bytes());
        Self(
            digest
                .iter()
                .take(16)
                .map(|byte| format!("{byte:02x}"))
                .collect(),
        )
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Finding {
    /// A finding without related places and without a fix.
    pub fn new(
        rule: RuleId,
        severity: Severity,
        confidence: Confidence,
        location: Location,
        message: impl Into<String>,
    ) -> Self {
        let evidence = Evidence::of(location.text());
        Self {
            rule,
            severity,
            confidence,
            location,
            related: Vec::new(),
            message: message.into(),
            help: String::new(),
            fix: None,
            anchor: String::new(),
            evidence,
            fingerprint: Fingerprint::default(),
            new: None,
        }
    }

    /// Sets the help text.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = help.into();
        self
    }

    /// Sets the structural anchor.
    #[must_use]
    pub fn anchor(mut self, anchor: impl Into<String>) -> Self {
        self.anchor = anchor.into();
        self
    }

    /// Sets the evidence to something else than the text at the location.
    #[must_use]
    pub fn evidence(mut self, value: &str) -> Self {
        self.evidence = Evidence::of(value);
        self
    }

    /// Adds a related place.
    #[must_use]
    pub fn related(mut self, location: Location, message: impl Into<String>) -> Self {
        self.related.push(Related {
            location,
            message: message.into(),
        });
        self
    }

    /// Sets the fix.
    #[must_use]
    pub fn fix(mut self, fix: Option<Fix>) -> Self {
        self.fix = fix;
        self
    }

    /// The fingerprint that the finding would have in a file of another path; nothing where its own is not known.
    pub fn fingerprint_at(&self, path: &str) -> Option<Fingerprint> {
        /// Equal anchors are rare, so that the first try nearly always answers.
        const MOST: u32 = 1_000;
        let at =
            |path: &str, occurrence| Fingerprint::new(self.rule, path, &self.anchor, occurrence);
        let own = self.location.path();
        let occurrence = (0..MOST).find(|&tried| at(own, tried) == self.fingerprint)?;
        Some(at(path, occurrence))
    }

    /// The order in which findings are shown: by place, then by rule.
    pub fn order(&self) -> (&str, Span, RuleId, &str) {
        (
            self.location.path(),
            self.location.span,
            self.rule,
            &self.message,
        )
    }
}

/// Sorts findings and gives each its fingerprint. Findings that share rule, path and anchor are told apart
/// by their order in the file.
pub fn fingerprint(findings: &mut [Finding]) {
    findings.sort_by(|a, b| a.order().cmp(&b.order()));
    let mut seen: std::collections::HashMap<(RuleId, String, String), u32> =
        std::collections::HashMap::new();
    for finding in findings {
        let path = finding.location.path().to_owned();
        let key = (finding.rule, path, finding.anchor.clone());
        let occurrence = seen.entry(key).or_default();
        finding.fingerprint = Fingerprint::new(
            finding.rule,
            finding.location.path(),
            &finding.anchor,
            *occurrence,
        );
        *occurrence += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::SourceFile;

    fn finding(text: &str, at: u32, anchor: &str) -> Finding {
        let file = SourceFile::new("a.yml", text);
        let place = Location::new(&file, Span::new(at, at + 1));
        Finding::new(RuleId("r"), Severity::Error, Confidence::High, place, "m").anchor(anchor)
    }

    #[test]
    fn a_fingerprint_outlives_moved_lines() {
        let mut before = [finding("ab", 0, "jobs.x")];
        let mut after = [finding("\n\n\nab", 3, "jobs.x")];
        fingerprint(&mut before);
        fingerprint(&mut after);
        assert_eq!(before[0].fingerprint, after[0].fingerprint);
        assert_eq!(before[0].fingerprint.as_str().len(), 32);
    }

    #[test]
    fn two_findings_at_one_anchor_differ() {
        let mut both = [finding("ab", 1, "jobs.x"), finding("ab", 0, "jobs.x")];
        fingerprint(&mut both);
        assert_ne!(both[0].fingerprint, both[1].fingerprint);
        assert!(both[0].location.span < both[1].location.span);
    }

    #[test]
    fn a_renamed_file_keeps_its_fingerprints_but_for_the_path() {
        let mut findings = [finding("ab", 0, "jobs.x"), finding("ab", 1, "jobs.x")];
        fingerprint(&mut findings);
        let file = SourceFile::new("b.yml", "ab");
        let mut renamed = findings.clone();
        for finding in &mut renamed {
            finding.location.file = file.clone();
        }
        fingerprint(&mut renamed);
        for (old, new) in findings.iter().zip(&renamed) {
            assert_eq!(new.fingerprint_at("a.yml").as_ref(), Some(&old.fingerprint));
        }
    }

    #[test]
    fn evidence_tells_values_apart_without_showing_them() {
        assert_eq!(Evidence::of("k"), Evidence::of("k"));
        assert_ne!(Evidence::of("k"), Evidence::of("l"));
        assert!(!format!("{:?}", Evidence::of("secret")).contains("secret"));
    }
}
