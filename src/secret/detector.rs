//! The engine: one pass for the keywords of all formats, then a format's pattern on the few bytes around a hit.
//!
//! The keywords are laid out by the compiler, so that nothing is built at the start; a pattern is compiled when an
//! unbroken word of sufficient length first stands at a keyword of its format.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::OnceLock;

use regex_automata::meta::{Config, Regex};
use regex_automata::util::syntax;

use crate::source::{Span, Tree};

use super::formats::{self, Alphabet, Anchor, COUNT, Check, Format, Specificity, Tier};
use super::keywords::KEYWORDS;
use super::nested::{self, Encoding};
use super::structure;
use super::tree;
use super::verify::{self, Evidence, Verdict};

/// A text shorter than any credential with its name needs no look.
const SHORTEST_TEXT: usize = 12;
/// The row without a keyword.
const DISCORD: usize = formats::number_of_discord();
/// An identifier and a secret within this many lines of each other are a pair.
const PAIR_LINES: usize = 5;

/// One credential that stands in a text. Holds nothing of it but what may be shown.
#[derive(Clone)]
pub struct Detection {
    /// What it is.
    pub kind: &'static Format,
    /// The credential's own bytes; for a private key, header through footer.
    pub span: Span,
    /// How sure.
    pub tier: Tier,
    /// Why.
    pub evidence: Evidence,
    /// The public prefix, `…`, and at most two last characters. For a private key, what its header calls it.
    pub redacted: String,
    /// Length in bytes, decoded where it was encoded.
    pub length: u32,
    /// How it is written. What is encoded has the span of the whole encoded run.
    pub encoding: Encoding,
}

/// Finds credentials. Costs nothing to make; patterns are compiled once, when first needed, and shared by threads.
pub struct Detector {
    /// By number of the row.
    patterns: [OnceLock<Option<Regex>>; COUNT],
}

pub(super) struct Candidate {
    pub(super) format: &'static Format,
    pub(super) verdict: Verdict,
    /// What is shown of it, and its length, where it was found in a decoded text.
    pub(super) inner: Option<(String, u32, Encoding)>,
}

impl Detector {
    /// A detector for all formats of the table.
    pub const fn new() -> Self {
        Self {
            patterns: [const { OnceLock::new() }; COUNT],
        }
    }

    /// All credentials of a text, by place; one for each, of the most specific kind.
    pub fn scan(&self, text: &[u8]) -> Vec<Detection> {
        Self::conclude(text, self.candidates(text))
    }

    /// As [`scan`](Self::scan) of the file, and what only its structure shows: a name whose value stands on another
    /// line, the credentials of containers, values with escapes.
    pub fn scan_tree(&self, tree: &Tree) -> Vec<Detection> {
        let text = tree.file().text().as_bytes();
        let mut candidates = self.candidates(text);
        tree::candidates(self, tree, &mut candidates);
        Self::conclude(text, candidates)
    }

    fn candidates(&self, text: &[u8]) -> Vec<Candidate> {
        let mut candidates = Vec::new();
        if text.len() < SHORTEST_TEXT {
            return candidates;
        }
        self.plain(text, &mut candidates);
        let mut found = Vec::new();
        nested::base64_texts(text, |range, plain| {
            found.extend(self.inside(plain, range, Encoding::Base64));
        });
        nested::percent_texts(text, |range, plain| {
            found.extend(self.inside(plain, range, Encoding::Percent));
        });
        candidates.extend(found);
        candidates
    }

    /// The gravest credential of a decoded text, at the place of the encoded one. Weak ones are not worth it.
    pub(super) fn inside(
        &self,
        plain: &[u8],
        outer: Range<usize>,
        encoding: Encoding,
    ) -> Option<Candidate> {
        let mut found = Vec::new();
        self.plain(plain, &mut found);
        let found = without_overlap(found);
        let gravest = found
            .into_iter()
            .filter(|candidate| candidate.verdict.tier > Tier::Low)
            .max_by_key(|candidate| (candidate.format.specificity, candidate.verdict.tier))?;
        let inner = Detection::of(gravest, plain);
        Some(Candidate {
            format: inner.kind,
            verdict: Verdict {
                range: outer,
                tier: inner.tier,
                evidence: inner.evidence,
                name: None,
                format: None,
            },
            inner: Some((inner.redacted, inner.length, encoding)),
        })
    }

    fn plain(&self, text: &[u8], candidates: &mut Vec<Candidate>) {
        let mut attempts = Attempts::default();
        KEYWORDS.find(text, |entry, hit| {
            if attempts.allow(entry.row, hit.start) {
                self.look(entry.row, text, hit, candidates);
            }
        });
        for at in memchr::memchr_iter(b'.', text).filter(|at| may_be_discord(text, *at)) {
            self.look(DISCORD, text, at..at + 1, candidates);
        }
    }

    fn look(&self, row: usize, text: &[u8], hit: Range<usize>, candidates: &mut Vec<Candidate>) {
        if let (Some(format), Some(pattern)) = (formats::row(row), self.patterns.get(row)) {
            Row { format, pattern }.look(text, hit, candidates);
        }
    }

    fn conclude(text: &[u8], candidates: Vec<Candidate>) -> Vec<Detection> {
        let mut found = without_overlap(candidates);
        join_pairs(text, &mut found);
        found
            .into_iter()
            .map(|candidate| Detection::of(candidate, text))
            .collect()
    }
}

impl Default for Detector {
    fn default() -> Self {
        Self::new()
    }
}

/// Counts how often a pattern with a wide window was tried, so that keywords close to each other cost no more than
/// a few windows.
#[derive(Default)]
struct Attempts {
    /// By row: where the window of the first attempt ends, and how many there were in it.
    by_row: BTreeMap<usize, (usize, u32)>,
}

impl Attempts {
    /// Windows up to this width may be tried at every keyword.
    const NARROW: u16 = 512;
    /// More tokens of one kind do not stand in one window.
    const MOST: u32 = 32;

    fn allow(&mut self, row: usize, at: usize) -> bool {
        let longest = match formats::row(row) {
            Some(format) if format.longest > Self::NARROW => usize::from(format.longest),
            _ => return true,
        };
        let (end, count) = self.by_row.entry(row).or_insert((at + longest, 0));
        if at >= *end {
            (*end, *count) = (at + longest, 0);
        }
        *count += 1;
        *count <= Self::MOST
    }
}

/// A bot token of Discord has no fixed text, but two dots seven bytes apart, the id before them and enough behind.
fn may_be_discord(text: &[u8], at: usize) -> bool {
    let begins = |length: usize| {
        let start = at.checked_sub(length).and_then(|start| text.get(start));
        matches!(start, Some(b'M' | b'N' | b'O'))
    };
    text.get(at + 7) == Some(&b'.')
        && (24..=26).any(begins)
        && text
            .get(at + 8..at + 35)
            .is_some_and(|rest| rest.iter().all(|byte| Alphabet::Base64Url.contains(*byte)))
}

/// A format with its pattern.
struct Row<'d> {
    format: &'static Format,
    pattern: &'d OnceLock<Option<Regex>>,
}

impl Row<'_> {
    /// Tries the pattern around a keyword that stands at `hit`.
    fn look(&self, text: &[u8], hit: Range<usize>, found: &mut Vec<Candidate>) {
        let format = self.format;
        if let Anchor::Structure(which) = format.anchor {
            let verdict = structure::read(which, text, hit);
            found.extend(verdict.map(|verdict| Candidate::of(format, verdict)));
            return;
        }
        let end = text.len().min(hit.start + usize::from(format.longest));
        let start = match format.anchor {
            Anchor::Within(before) => hit.start.saturating_sub(usize::from(before)),
            Anchor::Start | Anchor::Name | Anchor::Structure(_) => hit.start,
        };
        let Some(window) = text.get(start..end) else {
            return;
        };
        let is_free = format.anchor != Anchor::Start || begins_word(text, hit.start);
        if !is_free || !self.has_room(window) || self.goes_on(window, text, end) {
            return;
        }
        let Some(pattern) = self.pattern() else {
            return;
        };
        for captures in pattern.captures_iter(window) {
            // The secret is the last group: the only one, or the whole match.
            let last = captures.group_len().saturating_sub(1);
            let Some(group) = captures.get_group(last) else {
                continue;
            };
            let range = start + group.start..start + group.end;
            // A token holds its keyword; a name stands before its secret.
            let is_token = format.anchor == Anchor::Name
                || (range.start <= hit.start
                    && hit.end <= range.end
                    && begins_word(text, range.start));
            if is_token
                && ends_token(format.alphabet, text, range.end)
                && let Some(verdict) = verify::verify(format, text, range)
            {
                found.push(Candidate::of(format, verdict));
            }
        }
    }

    /// Whether an unbroken word of sufficient length stands in the window (at its start, where the token begins there).
    fn has_room(&self, window: &[u8]) -> bool {
        let shortest = usize::from(self.format.shortest);
        let alphabet = self.format.alphabet;
        match self.format.anchor {
            Anchor::Start => window
                .get(..shortest)
                .is_some_and(|word| word.iter().all(|byte| is_word(*byte))),
            Anchor::Within(_) => window
                .split(|byte| !is_word(*byte))
                .any(|word| word.len() >= shortest),
            Anchor::Name | Anchor::Structure(_) => window
                .split(|byte| !alphabet.contains(*byte))
                .any(|word| word.len() >= shortest),
        }
    }

    /// Whether the word that begins here is longer than any token, so that none ends in it.
    fn goes_on(&self, window: &[u8], text: &[u8], end: usize) -> bool {
        /// Dashes behind the window that are looked at; a token may end in front of them.
        const DASHES: usize = 16;
        let alphabet = self.format.alphabet;
        let behind = text.get(end..text.len().min(end + DASHES));
        let mut behind = behind.unwrap_or_default().iter();
        let next = behind.find(|byte| !matches!(byte, b'-' | b'_') || !alphabet.contains(**byte));
        self.format.anchor == Anchor::Start
            && next.is_some_and(|byte| alphabet.contains(*byte))
            && window.iter().all(|byte| alphabet.contains(*byte))
    }

    /// Windows are small, so that building is what a pattern costs: the engines that are slow to build are left out.
    fn pattern(&self) -> Option<&Regex> {
        let compile = || {
            let pattern = match self.format.anchor {
                Anchor::Within(_) => self.format.pattern.to_owned(),
                _ => format!(r"\A(?:{})", self.format.pattern),
            };
            let config = Config::new()
                .hybrid(false)
                .dfa(false)
                .onepass(false)
                .auto_prefilter(false)
                .utf8_empty(false);
            Regex::builder()
                .configure(config)
                .syntax(syntax::Config::new().unicode(false).utf8(false))
                .build(&pattern)
                .ok()
        };
        self.pattern.get_or_init(compile).as_ref()
    }
}

impl Candidate {
    pub(super) fn of(format: &'static Format, verdict: Verdict) -> Self {
        Self {
            format: verdict.format.unwrap_or(format),
            verdict,
            inner: None,
        }
    }
}

impl Detection {
    fn of(candidate: Candidate, text: &[u8]) -> Self {
        let Candidate {
            format,
            verdict,
            inner,
        } = candidate;
        let span = Span::of(verdict.range.clone());
        let (redacted, length, encoding) = inner.unwrap_or_else(|| {
            let redacted = verdict.name.map_or_else(
                || redact(format, text.get(verdict.range).unwrap_or_default()),
                str::to_owned,
            );
            (redacted, span.len(), Encoding::Plain)
        });
        Self {
            kind: format,
            span,
            tier: verdict.tier,
            evidence: verdict.evidence,
            redacted,
            length,
            encoding,
        }
    }

    /// Whether only a name says that it is a secret; nothing of the value itself does.
    pub fn is_format_free(&self) -> bool {
        self.kind.specificity == Specificity::Generic
    }
}

impl std::fmt::Debug for Detection {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Detection")
            .field("kind", &self.kind.kind)
            .field("span", &self.span)
            .field("tier", &self.tier)
            .field("evidence", &self.evidence)
            .field("redacted", &self.redacted)
            .finish()
    }
}

impl std::fmt::Debug for Detector {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Detector")
    }
}

/// The bytes that tokens, of whatever format, are made of.
const fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric()
        || matches!(
            byte,
            b'_' | b'-' | b'.' | b'/' | b'+' | b'=' | b'~' | b':' | b'%' | b','
        )
}

/// Whether a token may begin at `at`: no letter or digit stands before it, unless as the end of an escape (`\n`, `%3D`, `\u003d`).
fn begins_word(text: &[u8], at: usize) -> bool {
    let before = text.get(at.saturating_sub(6)..at).unwrap_or_default();
    let is_hex = |digits: &[u8]| digits.iter().all(u8::is_ascii_hexdigit);
    match before {
        [] => true,
        [.., last] if !last.is_ascii_alphanumeric() => true,
        [.., b'\\', b'n' | b'r' | b't' | b'f' | b'v' | b'b'] => true,
        [.., b'%', high, low] | [.., b'\\', b'x', high, low] => is_hex(&[*high, *low]),
        [b'\\', b'u', digits @ ..] => digits.len() == 4 && is_hex(digits),
        _ => false,
    }
}

/// Whether a token ends at `at`. The run of its alphabet must be at an end; dashes and underscores that lead to no further
/// letter are Markdown or prose, not token.
fn ends_token(alphabet: Alphabet, text: &[u8], at: usize) -> bool {
    text.get(at..)
        .unwrap_or_default()
        .iter()
        .find(|byte| !matches!(byte, b'-' | b'_') || !alphabet.contains(**byte))
        .is_none_or(|byte| !alphabet.contains(*byte))
}

/// Of candidates that share bytes the most specific stays; of equals what stands there undecoded, the longest, the
/// first of the table.
fn without_overlap(mut candidates: Vec<Candidate>) -> Vec<Candidate> {
    candidates.sort_by_key(|candidate| {
        let range = &candidate.verdict.range;
        (
            std::cmp::Reverse(candidate.format.specificity),
            candidate.inner.is_some(),
            std::cmp::Reverse(range.len()),
            range.start,
        )
    });
    let mut kept: BTreeMap<usize, Candidate> = BTreeMap::new();
    for candidate in candidates {
        let range = &candidate.verdict.range;
        // What is kept is disjoint, so that only the last one that begins before this one's end can touch it.
        let is_covered = kept
            .range(..range.end)
            .next_back()
            .is_some_and(|(_, other)| other.verdict.range.end > range.start);
        if !is_covered {
            kept.insert(range.start, candidate);
        }
    }
    kept.into_values().collect()
}

/// An identifier with its secret near is a credential, and so is the secret.
fn join_pairs(text: &[u8], found: &mut [Candidate]) {
    let mut line = 0;
    let mut counted = 0;
    // Place in `found` and line of the halves, each in order.
    let (mut identifiers, mut secrets) = (Vec::new(), Vec::new());
    for (index, candidate) in found.iter().enumerate() {
        let halves = match candidate.format.check {
            Check::AwsAccessKeyId => &mut identifiers,
            Check::AwsSecretAccessKey => &mut secrets,
            _ => continue,
        };
        let start = candidate.verdict.range.start;
        let gap = text.get(counted..start).unwrap_or_default();
        line += memchr::memchr_iter(b'\n', gap).count();
        counted = start;
        if candidate.verdict.tier == Tier::Medium {
            halves.push((index, line));
        }
    }
    let paired = near(&identifiers, &secrets).chain(near(&secrets, &identifiers));
    for index in paired {
        if let Some(candidate) = found.get_mut(index) {
            candidate.verdict.tier = Tier::High;
            candidate.verdict.evidence = Evidence::Pair;
        }
    }
}

/// The halves that have one of the others near.
fn near(halves: &[(usize, usize)], others: &[(usize, usize)]) -> impl Iterator<Item = usize> {
    halves.iter().filter_map(|(index, line)| {
        let next = others.partition_point(|(_, other)| other + PAIR_LINES < *line);
        let (_, other) = others.get(next)?;
        (*other <= line + PAIR_LINES).then_some(*index)
    })
}

fn redact(format: &Format, token: &[u8]) -> String {
    /// Of something shorter, two characters are too much.
    const SHORTEST_SHOWN: usize = 20;
    let shown =
        |bytes: Option<&[u8]>| String::from_utf8_lossy(bytes.unwrap_or_default()).into_owned();
    let prefix = shown(token.get(..usize::from(format.prefix)));
    if token.len() < SHORTEST_SHOWN {
        return format!("{prefix}…");
    }
    let last = shown(token.get(token.len().saturating_sub(2)..));
    format!("{prefix}…{last}")
}

#[cfg(test)]
mod tests;
