//! The step summary.
//!
//! GitHub drops a summary above 1 MiB as a whole, so that this one stays far below: each part has a budget and
//! says what it left out. Text of strangers stands in code spans, code blocks and `<code>` only; prose that
//! may repeat it is escaped, mentions and references included (`facts/incidents.md` §6, row 15).

use std::fmt::Write as _;
use std::io::{self, Write};

use super::change;
use super::markup::{block, bounded, code_span, for_table, html, prose, table};
use super::mask::Mask;
use super::{Product, text, wording};
use crate::check::{Report, Verdict};
use crate::finding::{Finding, RuleId};

/// Findings in the table, and those of them with details.
const MAX_FINDINGS: usize = 200;

/// Rows of each other table.
const MAX_ROWS: usize = 100;

/// Bytes of each part. Together with headings they stay below 64 KiB, which a comment can hold as well.
const TABLE_BYTES: usize = 20_000;
const DETAIL_BYTES: usize = 24_000;
const PART_BYTES: usize = 5_000;

/// Characters of a message in the table.
const MAX_MESSAGE: usize = 300;

/// Characters of one quoted name or path.
const MAX_NAME: usize = 200;

/// Columns of quoted source.
const COLUMNS: usize = 110;

/// Writes the report.
pub(super) fn render(
    report: &Report,
    mask: &Mask<'_>,
    product: &Product<'_>,
    out: &mut dyn Write,
) -> io::Result<()> {
    let page = Page { mask, product };
    let word = match report.verdict {
        Verdict::Pass => "✅ pass",
        Verdict::Fail => "❌ fail",
        Verdict::Incomplete => "⚠️ incomplete",
    };
    writeln!(out, "## Portcullis: {word}\n")?;
    if let Some(sentence) = wording::nothing_to_check(report) {
        return writeln!(out, "{sentence}");
    }
    writeln!(
        out,
        "**{}** · {} read · policy {}, {}\n",
        wording::outcome(report),
        wording::count(report.coverage.files, "file"),
        page.code(&wording::policy(report, mask)),
        wording::fails_on(report.policy.fail_on),
    )?;
    for part in [
        page.findings(report),
        page.details(report),
        page.agents(report),
        page.holes(report),
        page.suppressed(report),
    ] {
        out.write_all(part.as_bytes())?;
    }
    Ok(())
}

/// Writes parts of a page; comments on pull requests use some of them as well.
pub(crate) struct Page<'a> {
    pub(crate) mask: &'a Mask<'a>,
    pub(crate) product: &'a Product<'a>,
}

impl Page<'_> {
    fn findings(&self, report: &Report) -> String {
        let findings = wording::worst_first(report);
        let row = |finding: &&Finding| {
            let place = wording::place(
                self.mask,
                finding.location.path(),
                finding.location.start().line,
            );
            let message = wording::cut(&self.mask.line(&finding.message), MAX_MESSAGE);
            format!(
                "| {} | {} | {} | {} |\n",
                finding.severity,
                self.rule(finding.rule),
                self.cell(&place),
                for_table(&prose(&message))
            )
        };
        let (rows, left) = bounded(&findings, MAX_FINDINGS, TABLE_BYTES, row);
        table("| | rule | place | what is wrong |", &rows, left, "finding")
    }

    fn details(&self, report: &Report) -> String {
        let findings = wording::worst_first(report);
        let (mut details, left) = bounded(&findings, MAX_FINDINGS, DETAIL_BYTES, |finding| {
            self.detail(finding)
        });
        if left > 0 {
            let _ = writeln!(
                details,
                "No details here for {}; the other report formats hold them.\n",
                wording::count(left, "more finding")
            );
        }
        details
    }

    fn detail(&self, finding: &Finding) -> String {
        let place = wording::place(
            self.mask,
            finding.location.path(),
            finding.location.start().line,
        );
        let mut out = format!(
            "<details><summary><b>{}</b> {} at <code>{}</code></summary>\n\n{}\n\n",
            finding.severity,
            finding.rule,
            html(&wording::cut(&place, MAX_NAME)),
            prose(&self.mask.line(&finding.message)),
        );
        let source = text::plain_source(finding, self.mask, COLUMNS);
        if !source.is_empty() {
            out.push_str(&block("text", &source));
        }
        for related in &finding.related {
            let location = &related.location;
            let place = wording::place(self.mask, location.path(), location.start().line);
            let message = prose(&self.mask.line(&related.message));
            let _ = writeln!(out, "- {}: {message}", self.code(&place));
        }
        if !finding.related.is_empty() {
            out.push('\n');
        }
        if !finding.help.is_empty() {
            let _ = writeln!(out, "**Help:** {}\n", prose(&self.mask.line(&finding.help)));
        }
        out.push_str(&self.fix(finding));
        out.push_str("</details>\n\n");
        out
    }

    fn fix(&self, finding: &Finding) -> String {
        let Some(fix) = &finding.fix else {
            return String::new();
        };
        let mut out = format!(
            "**Fix:** {} ({})\n\n",
            prose(&self.mask.line(&fix.title)),
            wording::applies(fix.applicability)
        );
        for change in change::changes(fix, self.mask) {
            let mut lines = format!("@@ {} @@\n", change.path);
            for line in &change.lines {
                let _ = writeln!(lines, "{} {}", line.sign.as_str(), line.text);
            }
            out.push_str(&block("diff", &lines));
        }
        out
    }

    /// The table of agent runs under its heading; nothing where there are none.
    pub(crate) fn agents(&self, report: &Report) -> String {
        if report.agents.is_empty() {
            return String::new();
        }
        let (rows, left) = bounded(&report.agents, MAX_ROWS, PART_BYTES, |card| {
            let cells = wording::agent_row(card, self.mask);
            let cells = cells.map(|cell| {
                if cell.is_empty() {
                    cell
                } else {
                    self.cell(&cell)
                }
            });
            format!("| {} |\n", cells.join(" | "))
        });
        let heading = format!("| {} |", wording::AGENT_COLUMNS.join(" | "));
        let table = table(&heading, &rows, left, "agent run");
        format!("### {}\n\n{table}", wording::agents(report))
    }

    /// The table of files that could not be read; nothing where all were.
    pub(crate) fn holes(&self, report: &Report) -> String {
        let holes = &report.coverage.unreadable;
        if holes.is_empty() {
            return String::new();
        }
        let (rows, left) = bounded(holes, MAX_ROWS, PART_BYTES, |hole| {
            let reason = wording::cut(&self.mask.line(&hole.reason), MAX_MESSAGE);
            format!(
                "| {} | {} |\n",
                self.cell(&self.mask.line(&hole.path)),
                for_table(&prose(&reason))
            )
        });
        format!(
            "### {} could not be read\n\n{}",
            wording::count(holes.len(), "file"),
            table("| file | why |", &rows, left, "file")
        )
    }

    /// The table of findings that exemptions cover; nothing where there are none.
    pub(crate) fn suppressed(&self, report: &Report) -> String {
        if report.suppressed.is_empty() {
            return String::new();
        }
        let (rows, left) = bounded(&report.suppressed, MAX_ROWS, PART_BYTES, |one| {
            let location = &one.finding.location;
            let place = wording::place(self.mask, location.path(), location.start().line);
            let reason = wording::cut(&self.mask.line(&one.by.reason), MAX_MESSAGE);
            format!(
                "| {} | {} | {} | {} | {} |\n",
                self.rule(one.finding.rule),
                self.cell(&place),
                for_table(&prose(&reason)),
                self.cell(&self.mask.line(&one.by.owner)),
                one.by.expires
            )
        });
        format!(
            "### {} suppressed by the policy\n\nExemptions judged on {}.\n\n{}",
            wording::count(report.suppressed.len(), "finding"),
            report.today,
            table(
                "| rule | place | reason | owner | until |",
                &rows,
                left,
                "finding"
            )
        )
    }

    /// A rule with a link to its page.
    pub(crate) fn rule(&self, rule: RuleId) -> String {
        match self.product.rule_page(rule) {
            Some(page) => format!("[`{rule}`]({page})"),
            None => format!("`{rule}`"),
        }
    }

    /// A name in a table.
    fn cell(&self, text: &str) -> String {
        for_table(&self.code(text))
    }

    /// A name in a sentence.
    pub(crate) fn code(&self, text: &str) -> String {
        code_span(&wording::cut(text, MAX_NAME))
    }
}
