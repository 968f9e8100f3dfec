//! The one comment on the pull request itself: the verdict, what has no comment of its own, and what was looked at.
//! Each run writes it anew in place.

use std::fmt::Write as _;

use sha2::{Digest, Sha256};

use super::budget::{self, MAX_SUMMARY};
use super::message::{Writer, sign};
use super::plan::Counts;
use crate::check::Verdict;
use crate::finding::Finding;
use crate::report::markup::{bounded, for_table, table};
use crate::report::wording;

/// Rows of the table of findings.
const MAX_ROWS: usize = 200;

/// Bytes of the table of findings. With the tables of the step summary (5,000 each) and two sections, everything
/// stays below what a comment may hold, in code points and in bytes.
const TABLE_BYTES: usize = 22_000;

/// Bytes of the rows of one section, and of its words.
const SECTION_BYTES: usize = 8_000;
const INTRO_BYTES: usize = 1_500;

/// Code points of a message in the table.
const MAX_CELL: usize = 400;

/// A part of the summary that somebody else makes. Its text is Markdown in which everything hostile is quoted
/// already; it is cut on whole rows.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Section {
    /// Where it stands.
    pub slot: Slot,
    /// Its heading.
    pub title: String,
    /// A few words above the table.
    pub intro: String,
    /// The headings of the table, as a row: `| before | after |`.
    pub columns: String,
    /// The rows, each with its line break.
    pub rows: Vec<String>,
    /// What a row is: `change`.
    pub noun: String,
}

/// Places for sections, in their order.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Slot {
    /// What the pull request changes about the power of agents; below the findings.
    Change,
    /// What each agent run may do; below the table of agent runs.
    Agents,
}

/// What the summary says.
pub(super) struct Summary<'a> {
    pub(super) writer: &'a Writer<'a>,
    pub(super) counts: Counts,
    /// Findings without a comment.
    pub(super) listed: &'a [&'a Finding],
    pub(super) sections: &'a [Section],
}

impl Section {
    /// Whether there is nothing in it.
    pub fn is_empty(&self) -> bool {
        self.intro.is_empty() && self.rows.is_empty()
    }

    fn text(&self) -> String {
        if self.is_empty() {
            return String::new();
        }
        let mut out = format!("### {}\n\n", self.title);
        if !self.intro.is_empty() && self.intro.len() <= INTRO_BYTES {
            let _ = writeln!(out, "{}\n", self.intro.trim_end());
        }
        let (rows, left) = bounded(&self.rows, MAX_ROWS, SECTION_BYTES, Clone::clone);
        out.push_str(&table(&self.columns, &rows, left, &self.noun));
        out
    }
}

impl Summary<'_> {
    /// Hash by which the next run sees that it has nothing else to say.
    pub(super) fn hash(text: &str) -> String {
        let digest = Sha256::digest(text.as_bytes());
        let bytes = digest.iter().take(8);
        bytes.map(|byte| format!("{byte:02x}")).collect()
    }

    /// The text without its mark.
    pub(super) fn text(&self) -> String {
        let report = self.writer.report;
        let page = self.writer.page();
        let mut out = self.head();
        let optional = [
            self.findings(),
            self.slot(Slot::Change),
            page.agents(report),
            self.slot(Slot::Agents),
            page.holes(report),
            page.suppressed(report),
        ];
        let foot = self.foot();
        let mut room =
            MAX_SUMMARY.saturating_sub(budget::count(&out) + budget::count(&foot) + 4_000);
        for part in optional {
            let length = budget::count(&part);
            if length <= room {
                room -= length;
                out.push_str(&part);
            }
        }
        out.push_str(&foot);
        out
    }

    fn head(&self) -> String {
        let report = self.writer.report;
        let mask = &self.writer.mask;
        let (sign, word) = match report.verdict {
            Verdict::Pass => ("✅", "pass"),
            Verdict::Fail => ("🛑", "fail"),
            Verdict::Incomplete => ("⚠️", "incomplete"),
        };
        let mut out = format!("## {sign} Portcullis: {word}\n\n");
        let _ = writeln!(
            out,
            "**{}** · {} read · policy {}, {}\n",
            wording::outcome(report),
            wording::count(report.coverage.files, "file"),
            self.writer.page().code(&wording::policy(report, mask)),
            wording::fails_on(report.policy.fail_on),
        );
        for line in self.whereabouts() {
            let _ = writeln!(out, "- {line}");
        }
        out.push('\n');
        out
    }

    /// Where everything is.
    fn whereabouts(&self) -> Vec<String> {
        let Counts {
            wanted,
            on_lines,
            on_files,
            settled_by_people,
            only_in_summary,
            at_base,
            ..
        } = self.counts;
        let mut lines = Vec::new();
        if wanted == 0 {
            lines.push("This pull request brings no new error and no new warning.".to_owned());
        } else {
            let mut parts = Vec::new();
            for (number, place) in [
                (on_lines, "on the lines"),
                (on_files, "on files"),
                (settled_by_people, "in resolved conversations"),
                (only_in_summary, "in the table below"),
            ] {
                if number > 0 {
                    parts.push(format!("{number} {place}"));
                }
            }
            let new = wording::count(wanted, "new finding");
            lines.push(format!(
                "**{new} in this pull request**: {}.",
                parts.join(", ")
            ));
        }
        if at_base > 0 {
            let old = wording::count(at_base, "finding");
            lines.push(format!(
                "{old} stood at the base branch already; no comment repeats them."
            ));
        }
        lines
    }

    fn findings(&self) -> String {
        let (rows, left) = bounded(self.listed, MAX_ROWS, TABLE_BYTES, |finding| {
            self.row(finding)
        });
        let table = table("| | rule | place | what is wrong |", &rows, left, "finding");
        if table.is_empty() {
            return table;
        }
        format!("### New, without a comment on a line\n\n{table}")
    }

    fn row(&self, finding: &Finding) -> String {
        let writer = self.writer;
        let message = budget::prose(&writer.mask.line(&finding.message), MAX_CELL);
        format!(
            "| {} | {} | {} | {} |\n",
            sign(finding.severity),
            writer.page().rule(finding.rule),
            for_table(&writer.place(&finding.location)),
            for_table(&message)
        )
    }

    fn slot(&self, slot: Slot) -> String {
        let sections = self.sections.iter().filter(|section| section.slot == slot);
        sections.map(Section::text).collect()
    }

    /// The commit is named only where something is wrong: a clean pull request is not written to on every push.
    fn foot(&self) -> String {
        let target = self.writer.target;
        let is_clean = self.writer.report.verdict == Verdict::Pass
            && self.listed.is_empty()
            && self.counts.wanted == 0;
        if is_clean {
            return "<sub>Portcullis writes this comment anew when something changes.</sub>\n"
                .into();
        }
        format!(
            "<sub>For commit [`{}`]({}). Portcullis writes this comment anew when something changes.</sub>\n",
            target.short_head(),
            target.commit()
        )
    }
}
