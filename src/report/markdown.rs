//! The step summary.
//!
//! GitHub drops a summary above 1 MiB as a whole, so that this one stays far below: each part has a budget and
//! says what it left out. Text of strangers stands in code spans, code blocks and `<code>` only; prose that
//! may repeat it is escaped, mentions and references included (`facts/incidents.md` §6, row 15).

use std::fmt::Write as _;
use std::io::{self, Write};

use super::change;
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

struct Page<'a> {
    mask: &'a Mask<'a>,
    product: &'a Product<'a>,
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

    fn agents(&self, report: &Report) -> String {
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

    fn holes(&self, report: &Report) -> String {
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

    fn suppressed(&self, report: &Report) -> String {
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
    fn rule(&self, rule: RuleId) -> String {
        match self.product.rule_page(rule) {
            Some(page) => format!("[`{rule}`]({page})"),
            None => format!("`{rule}`"),
        }
    }

    /// A name in a table.
    fn cell(&self, text: &str) -> String {
        for_table(&self.code(text))
    }

    fn code(&self, text: &str) -> String {
        code_span(&wording::cut(text, MAX_NAME))
    }
}

/// A table under its headings, with a line for the rows that it leaves out.
fn table(headings: &str, rows: &str, left: usize, noun: &str) -> String {
    if rows.is_empty() {
        return String::new();
    }
    let columns = headings.matches('|').count().saturating_sub(1);
    let mut out = format!("{headings}\n|{}\n{rows}\n", "---|".repeat(columns));
    if left > 0 {
        let _ = writeln!(out, "{}\n", wording::count(left, &format!("more {noun}")));
    }
    out
}

/// Pieces as long as they fit, and how many were left.
fn bounded<T>(
    all: &[T],
    most: usize,
    bytes: usize,
    piece: impl Fn(&T) -> String,
) -> (String, usize) {
    let mut out = String::new();
    for (index, one) in all.iter().enumerate() {
        let piece = piece(one);
        if index >= most || out.len() + piece.len() > bytes {
            return (out, all.len() - index);
        }
        out.push_str(&piece);
    }
    (out, 0)
}

/// A text as a code span, whatever backticks it holds.
fn code_span(text: &str) -> String {
    let text = no_comment(text);
    let fence = "`".repeat(longest_run(&text) + 1);
    let edge = |c: Option<char>| matches!(c, None | Some('`' | ' '));
    let pad = if edge(text.chars().next()) || edge(text.chars().next_back()) {
        " "
    } else {
        ""
    };
    format!("{fence}{pad}{text}{pad}{fence}")
}

/// Lines as a code block, whatever backticks they hold.
fn block(language: &str, text: &str) -> String {
    let text = no_comment(text);
    let fence = "`".repeat(longest_run(&text).max(2) + 1);
    format!("{fence}{language}\n{}\n{fence}\n\n", text.trim_end())
}

/// Pipes end a cell, even in a code span.
fn for_table(text: &str) -> String {
    text.replace('|', "\\|")
}

/// Comments are where the marks of our own comments stand: nobody else gets to write one.
fn no_comment(text: &str) -> String {
    text.replace("<!--", "<\\!--").replace("-->", "--\\>")
}

fn longest_run(text: &str) -> usize {
    let mut longest = 0;
    let mut run = 0;
    for c in text.chars() {
        run = if c == '`' { run + 1 } else { 0 };
        longest = longest.max(run);
    }
    longest
}

/// Text inside HTML.
fn html(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '`' => out.push_str("&#96;"),
            c => out.push(c),
        }
    }
    out
}

/// A sentence: what it has between backticks becomes code, all else is escaped.
fn prose(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('`') {
        let Some((code, next)) = after.split_once('`').filter(|(code, _)| !code.is_empty()) else {
            break;
        };
        escape_words(before, &mut out);
        out.push_str(&code_span(code));
        rest = next;
    }
    escape_words(rest, &mut out);
    out
}

/// Escapes what Markdown reads as markup, and what GitHub reads as a mention, a reference or a link.
fn escape_words(text: &str, out: &mut String) {
    let mut last = ' ';
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            // An empty place between the sign and the word: GitHub finds mentions after entities are resolved.
            '@' => out.push_str("@&#8203;"),
            '#' => out.push_str("\\#&#8203;"),
            '/' if last == ':' => out.push_str("&#8203;/"),
            '.' if last == 'w' => out.push_str("&#8203;."),
            '-' if last.eq_ignore_ascii_case(&'h') => out.push_str("&#8203;-"),
            '\\' | '`' | '*' | '_' | '{' | '}' | '[' | ']' | '(' | ')' | '!' | '~' | '|' | '$' => {
                out.extend(['\\', c]);
            }
            c => out.push(c),
        }
        last = c;
    }
}
