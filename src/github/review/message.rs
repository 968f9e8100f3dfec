//! The comment on a line: what is wrong, what may come of it, what to do, how it comes about, and at the very end
//! who says so. Somebody who never heard of the rule has to know after ten seconds what to do.
//!
//! Text of strangers goes through the mask, then through [`markup`](crate::report::markup) (`design.md` §4).

use std::fmt::Write as _;

use sha2::{Digest, Sha256};

use super::budget::{self, MAX_MESSAGE};
use super::input::RunId;
use super::link::Target;
use super::marker::{Marker, Standing};
use super::placement::{Aim, Place, Places};
use super::suggestion::Suggestion;
use crate::check::Report;
use crate::finding::{Applicability, Finding, Severity};
use crate::policy;
use crate::report::markdown::Page;
use crate::report::mask::Mask;
use crate::report::{Product, change, markup, wording};
use crate::rule;
use crate::source::Location;

/// Code points of the first line.
const MAX_TITLE: usize = 600;

/// Code points of each paragraph.
const MAX_PARAGRAPH: usize = 1_000;

/// Code points of one step of the trail, without its link.
const MAX_STEP: usize = 500;

/// Steps of the trail.
const MAX_STEPS: usize = 10;

/// How long an exemption in the example holds.
const EXEMPTION_DAYS: i64 = 90;

/// What all comments of a run share.
pub(super) struct Writer<'a> {
    pub(super) report: &'a Report,
    pub(super) target: &'a Target,
    pub(super) run: &'a RunId,
    pub(super) places: &'a Places<'a>,
    pub(super) mask: Mask<'a>,
    pub(super) product: Product<'static>,
}

/// A comment, and where it stands.
pub(super) struct Message {
    pub(super) body: String,
    /// First and last line; nothing for a comment on a file.
    pub(super) lines: Option<(u32, u32)>,
}

impl Writer<'_> {
    /// A new comment on a finding.
    pub(super) fn comment(&self, finding: &Finding, place: &Place) -> Message {
        let (lines, suggestion) = match place {
            Place::Lines {
                first, last, aim, ..
            } => {
                let own = (*first, *last);
                let suggestion = match aim {
                    Aim::Exact => Suggestion::new(finding, own, self.places, &self.mask),
                    Aim::Near => None,
                };
                let lines = suggestion.as_ref().map_or(own, |s| (s.first, s.last));
                (Some(lines), suggestion)
            }
            Place::File { .. } | Place::Summary => (None, None),
        };
        let is_exact = matches!(
            place,
            Place::Lines {
                aim: Aim::Exact,
                ..
            }
        );
        let aim = if is_exact { Aim::Exact } else { Aim::Near };
        Message {
            body: self.body(finding, aim, suggestion.as_ref()),
            lines,
        }
    }

    /// New text for a comment that stands somewhere already. Nothing is suggested: nobody knows which lines the
    /// suggestion would replace by now.
    pub(super) fn rewritten(&self, finding: &Finding) -> String {
        self.body(finding, Aim::Exact, None)
    }

    /// Hash of what a comment says, without the commit and without line numbers, which change while nothing new is
    /// to be said.
    pub(super) fn hash(&self, finding: &Finding) -> String {
        let mut digest = Sha256::new();
        let mut add = |text: &str| {
            digest.update(text.as_bytes());
            digest.update([0]);
        };
        add(finding.severity.as_str());
        add(&finding.message);
        add(&finding.help);
        for related in &finding.related {
            add(related.location.path());
            add(&related.message);
        }
        if let Some(fix) = &finding.fix {
            add(&fix.title);
            add(fix.applicability.as_str());
            for edit in &fix.edits {
                add(edit.location.path());
                add(&edit.text);
            }
        }
        digest
            .finalize()
            .iter()
            .take(8)
            .map(|byte| format!("{byte:02x}"))
            .collect()
    }

    /// The mark of a comment on a finding.
    pub(super) fn marker(&self, finding: &Finding, standing: Standing) -> Marker {
        Marker {
            fp: finding.fingerprint.as_str().into(),
            rule: finding.rule.as_str().into(),
            sha: self.target.head.clone(),
            run: self.run.id.clone(),
            attempt: self.run.attempt,
            hash: self.hash(finding),
            standing,
            refused: Vec::new(),
        }
    }

    fn body(&self, finding: &Finding, aim: Aim, suggestion: Option<&Suggestion>) -> String {
        let mark = self.marker(finding, Standing::Open).line();
        let (title, rest) = split_sentence(&finding.message);
        let mut body = format!(
            "{} **{}**\n\n",
            sign(finding.severity),
            self.sentence(title, MAX_TITLE)
        );
        if let Some(why) = rest.map(String::from).or_else(|| why(finding)) {
            let _ = writeln!(body, "{}\n", self.sentence(&ended(why), MAX_PARAGRAPH));
        }
        if aim == Aim::Near {
            let place = self.place(&finding.location);
            let _ = writeln!(
                body,
                "This is about {place}, which the diff does not show.\n"
            );
        }
        body.push_str(&self.remedy(finding, suggestion));
        let end = format!("{}{mark}", self.footer(finding));
        let room = MAX_MESSAGE.saturating_sub(budget::count(&body) + budget::count(&end));
        body.push_str(&self.trail(finding, room));
        body.push_str(&end);
        body
    }

    /// What to do: one click, else the difference, else words.
    fn remedy(&self, finding: &Finding, suggestion: Option<&Suggestion>) -> String {
        let mut out = String::new();
        if !finding.help.is_empty() {
            let help = self.sentence(&finding.help, MAX_PARAGRAPH);
            let _ = writeln!(out, "**What to do:** {help}\n");
        }
        let Some(fix) = &finding.fix else {
            return out;
        };
        if finding.help.is_empty() {
            let title = self.sentence(&fix.title, MAX_PARAGRAPH);
            let _ = writeln!(out, "**What to do:** {title}\n");
        }
        if let Some(suggestion) = suggestion {
            if fix.applicability == Applicability::Unsafe {
                out.push_str(
                    "Look before you commit this: it may change what the workflow does.\n\n",
                );
            }
            out.push_str(&suggestion.block());
            return out;
        }
        if fix.applicability == Applicability::Manual {
            return out;
        }
        for change in change::changes(fix, &self.mask) {
            let mut lines = String::new();
            if change.path != self.mask.line(finding.location.path()) {
                let _ = writeln!(lines, "@@ {} @@", change.path);
            }
            for line in &change.lines {
                let _ = writeln!(lines, "{} {}", line.sign.as_str(), line.text);
            }
            out.push_str(&markup::block("diff", &lines));
        }
        out
    }

    /// How it comes about, as far as there is room.
    fn trail(&self, finding: &Finding, room: usize) -> String {
        const HEADING: &str = "**How it comes about:**\n\n";
        const REST: usize = 40;
        let mut out = String::new();
        let mut left = room.saturating_sub(HEADING.len() + REST);
        let steps = &finding.related;
        for (index, related) in steps.iter().enumerate() {
            let place = self.place(&related.location);
            let message = budget::prose(&self.mask.line(&related.message), MAX_STEP);
            let step = format!("{}. {place}: {message}\n", index + 1);
            let length = budget::count(&step);
            if index >= MAX_STEPS || length > left {
                let more = wording::count(steps.len() - index, "more step");
                let _ = writeln!(out, "\n{more}.");
                break;
            }
            left -= length;
            out.push_str(&step);
        }
        if out.is_empty() {
            return out;
        }
        format!("{HEADING}{out}\n")
    }

    /// Who says so, and what to do if it is meant to be so.
    fn footer(&self, finding: &Finding) -> String {
        let rule = self.page().rule(finding.rule);
        let who = format!("Portcullis · {rule} · {}", finding.severity);
        match self.exemption(finding) {
            Some(lines) => format!(
                "<details><summary><sub>Is it meant to be so?</sub></summary>\n\n\
                 Accept it in the policy (`{}`). It counts once it is on the base branch:\n\n{}\
                 </details>\n\n<sub>{who}</sub>\n",
                policy::FILE_NAMES.first().copied().unwrap_or_default(),
                markup::block("yaml", &lines)
            ),
            None => format!("<sub>{who}</sub>\n"),
        }
    }

    /// The lines of an exemption, where there can be one and its path can be written as it is.
    fn exemption(&self, finding: &Finding) -> Option<String> {
        let path = finding.location.path();
        let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-' | '/');
        let usable = policy::is_exemptible(finding.rule)
            && path.chars().all(plain)
            && path.len() <= 200
            && self.mask.text(path) == path;
        if !usable {
            return None;
        }
        let days = jiff::Span::new().days(EXEMPTION_DAYS);
        let until = self.report.today.saturating_add(days);
        Some(format!(
            "exemptions:\n  - rule: {}\n    path: {path}\n    fingerprint: {}\n    reason: why this is fine\n    \
             owner: \"@who-decided\"\n    expires: {until}\n",
            finding.rule, finding.fingerprint
        ))
    }

    pub(super) fn page(&self) -> Page<'_> {
        Page {
            mask: &self.mask,
            product: &self.product,
        }
    }

    /// A place as a link.
    pub(super) fn place(&self, location: &Location) -> String {
        let (first, last) = (location.start().line, location.end().line);
        let place = wording::place(&self.mask, location.path(), first);
        let text = budget::code(&place, 200);
        match self.target.lines(location.path(), first, last) {
            // A path may repeat a key, and a link cannot be masked.
            Some(link) if self.mask.text(location.path()) == location.path() => {
                format!("[{text}]({link})")
            }
            _ => text,
        }
    }

    /// A text of a rule as one sentence, or several.
    fn sentence(&self, text: &str, max: usize) -> String {
        budget::prose(&capitalised(self.mask.line(text.trim())), max)
    }
}

/// How bad it is, at a glance.
pub(super) const fn sign(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "🛑",
        Severity::Warning => "⚠️",
        Severity::Note => "ℹ️",
    }
}

/// Why it matters, from the documentation of the rule, for messages that do not say it.
fn why(finding: &Finding) -> Option<String> {
    let rule = rule::find(finding.rule.as_str()).ok()?;
    let docs = rule.documentation();
    let (_, section) = docs.split_once("## Why it matters\n\n")?;
    let paragraph = section.split("\n\n").next()?.replace('\n', " ");
    let sentences: Vec<&str> = paragraph.split_inclusive(". ").take(2).collect();
    Some(sentences.concat().trim().to_owned())
}

/// A sentence with its full stop.
fn ended(mut text: String) -> String {
    if !text.trim_end().ends_with(['.', '?', '!']) {
        text.push('.');
    }
    text
}

/// What is wrong, and the rest. A long message is split at a colon as well; nothing is split inside backticks.
fn split_sentence(text: &str) -> (&str, Option<&str>) {
    const LONG: usize = 90;
    let ends: &[u8] = if text.len() > LONG { b";.:" } else { b";." };
    let mut is_code = false;
    let bytes = text.as_bytes();
    for (at, byte) in bytes.iter().enumerate() {
        if *byte == b'`' {
            is_code = !is_code;
        }
        if is_code || !ends.contains(byte) || bytes.get(at + 1) != Some(&b' ') {
            continue;
        }
        let (first, rest) = (text.get(..at), text.get(at + 2..));
        if let (Some(first), Some(rest)) = (first, rest)
            && !first.trim().is_empty()
            && !rest.trim().is_empty()
        {
            return (first, Some(rest));
        }
    }
    (text, None)
}

/// A text whose first word, if it is an ordinary one, begins with a capital.
fn capitalised(text: String) -> String {
    let word: &str = text.split(' ').next().unwrap_or_default();
    let ordinary = word.len() > 1
        && word
            .trim_end_matches([',', ':'])
            .bytes()
            .all(|b| b.is_ascii_lowercase())
        || word == "a";
    let mut chars = text.chars();
    match chars.next() {
        Some(first) if ordinary => first.to_uppercase().chain(chars).collect(),
        _ => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_line_is_what_is_wrong() {
        assert_eq!(
            split_sentence("a `b; c` d; e. f"),
            ("a `b; c` d", Some("e. f"))
        );
        assert_eq!(split_sentence("a: b"), ("a: b", None));
        assert_eq!(split_sentence("version 1.2; "), ("version 1.2; ", None));
        let long = format!("nothing bounds it: {}", "x".repeat(90));
        assert_eq!(split_sentence(&long).0, "nothing bounds it");
    }

    #[test]
    fn words_that_are_names_keep_their_letters() {
        let capital = |text: &str| capitalised(text.to_owned());
        assert_eq!(capital("nothing bounds it"), "Nothing bounds it");
        assert_eq!(capital("--flag is set"), "--flag is set");
        assert_eq!(capital("`x` is set"), "`x` is set");
        assert_eq!(capital("npm-run is set"), "npm-run is set");
    }
}
