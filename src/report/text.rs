//! The report for people at a terminal or in a log.
//!
//! Findings by place, each with its source; then the agent runs, what could not be read, what is suppressed, and
//! the verdict as the last line, where the eye ends. A line never starts with text of strangers.

use std::io::{self, Write};

use annotate_snippets::{AnnotationKind, Group, Level, Origin, Renderer, Snippet};
use anstyle::{AnsiColor, Style as Ansi};
use unicode_width::UnicodeWidthStr;

use super::change;
use super::frame::{self, Frame};
use super::mask::Mask;
use super::{Colour, Style, table, wording};
use crate::check::{Report, Verdict};
use crate::finding::{Confidence, Finding, Severity};
use crate::source::Location;

/// Columns where the terminal does not tell.
const WIDTH: usize = 120;

/// Bounds on what is taken for the width of a terminal.
const WIDTHS: std::ops::RangeInclusive<usize> = 40..=160;

/// `annotate-snippets` would cut lines to this width; they are cut before it sees them.
const UNCUT: usize = 10_000;

/// Columns of the gutter: line number, bar, blanks and marks of a cut.
const GUTTER: usize = 10;

const BOLD: Ansi = Ansi::new().bold();
const DIM: Ansi = Ansi::new().dimmed();
const RED: Ansi = AnsiColor::BrightRed.on_default().bold();
const YELLOW: Ansi = AnsiColor::Yellow.on_default().bold();
const GREEN: Ansi = AnsiColor::BrightGreen.on_default().bold();

/// Writes the report.
pub(super) fn render(
    report: &Report,
    mask: &Mask<'_>,
    style: &Style,
    out: &mut dyn Write,
) -> io::Result<()> {
    let look = Look::new(style);
    if let Some(sentence) = wording::nothing_to_check(report) {
        return writeln!(out, "{sentence}");
    }
    for finding in &report.findings {
        writeln!(out, "{}\n", one_finding(finding, mask, &look))?;
    }
    agents(report, mask, &look, out)?;
    holes(report, mask, &look, out)?;
    suppressed(report, mask, &look, out)?;
    policy(report, mask, &look, out)?;
    last_line(report, mask, &look, out)
}

/// The source of a finding as it stands in the text report, without colours, its place and the empty line
/// under that, for a channel that shows it as code. Empty where there is no source to show.
pub(super) fn plain_source(finding: &Finding, mask: &Mask<'_>, columns: usize) -> String {
    let look = Look {
        colour: Colour::Never,
        width: columns,
    };
    let frame = frame::frame(finding, mask, look.width - GUTTER);
    let group = Group::with_level(level(finding.severity));
    let drawn = look
        .renderer()
        .render(&[source(group, finding, &frame, mask)]);
    let drawn = without_sign(&drawn, 2);
    drawn.lines().skip(2).collect::<Vec<_>>().join("\n")
}

/// One finding with its title, for messages outside a report.
pub(super) fn styled_finding(finding: &Finding, mask: &Mask<'_>, style: &Style) -> String {
    one_finding(finding, mask, &Look::new(style))
}

/// How this run writes.
struct Look {
    colour: Colour,
    width: usize,
}

impl Look {
    fn new(style: &Style) -> Self {
        let width = style.width.map_or(WIDTH, usize::from);
        Self {
            colour: style.colour,
            width: width.clamp(*WIDTHS.start(), *WIDTHS.end()),
        }
    }

    fn renderer(&self) -> Renderer {
        let renderer = match self.colour {
            Colour::Never => Renderer::plain(),
            Colour::Always => Renderer::styled()
                .error(RED)
                .warning(YELLOW)
                .hyperlink(false),
        };
        renderer.term_width(UNCUT)
    }

    fn paint(&self, ansi: Ansi, text: &str) -> String {
        match self.colour {
            Colour::Never => text.to_owned(),
            Colour::Always => format!("{ansi}{text}{ansi:#}"),
        }
    }
}

const fn level(severity: Severity) -> Level<'static> {
    match severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
        Severity::Note => Level::NOTE,
    }
}

/// Title, source, trail, help and fix.
fn one_finding(finding: &Finding, mask: &Mask<'_>, look: &Look) -> String {
    let frame = frame::frame(finding, mask, look.width - GUTTER);
    let label = finding.severity.as_str().len() + finding.rule.as_str().len() + "[]: ".len();
    let message = wrap(
        &mask.line(&finding.message),
        look.width.saturating_sub(label),
    );
    let title_lines = message.lines().count().max(1);
    let title = level(finding.severity)
        .primary_title(message)
        .id(finding.rule.as_str());
    let mut group = source(Group::with_title(title), finding, &frame, mask);
    let mut note = |level: Level<'static>, label: &'static str, text: &str| {
        let lead = GUTTER - 2 + label.len();
        let text = wrap(text, look.width.saturating_sub(lead));
        let message = level.with_name(Some(label)).message(text);
        group = std::mem::replace(&mut group, Group::with_level(Level::NOTE)).element(message);
    };
    if !frame.rest.is_empty() {
        note(Level::NOTE, "trail", &trail(&frame, mask));
    }
    if let Some(text) = standing(finding) {
        note(Level::NOTE, "note", text);
    }
    if !finding.help.is_empty() {
        note(Level::HELP, "help", &mask.line(&finding.help));
    }
    if let Some(text) = fix(finding, mask) {
        note(Level::HELP, "fix", &text);
    }
    without_sign(&look.renderer().render(&[group]), title_lines + 2)
}

/// Takes out the sign of "another file", which source without a path of its own gets in the given line. The
/// source has no path because its columns are not those of the file where a line is cut.
fn without_sign(drawn: &str, line: usize) -> String {
    let lines = drawn.lines().enumerate();
    let lines = lines.filter(|(index, text)| *index != line || !text.contains(":::"));
    lines.map(|(_, text)| text).collect::<Vec<_>>().join("\n")
}

/// Adds the place and the lines of source.
fn source<'a>(
    group: Group<'a>,
    finding: &Finding,
    frame: &Frame<'_>,
    mask: &Mask<'_>,
) -> Group<'a> {
    let start = finding.location.start();
    let origin = Origin::path(mask.line(finding.location.path()))
        .line(start.line as usize)
        .char_column(start.column as usize);
    let group = group.element(origin);
    if frame.source.trim().is_empty() {
        return group;
    }
    let marks = frame.marks.iter().enumerate().map(|(index, mark)| {
        let kind = if index == 0 {
            AnnotationKind::Primary
        } else {
            AnnotationKind::Context
        };
        let label = (!mark.label.is_empty()).then(|| mark.label.clone());
        kind.span(mark.range.clone()).label(label)
    });
    let snippet = Snippet::source(frame.source.clone())
        .line_start(frame.line as usize)
        .annotations(marks);
    group.element(snippet)
}

/// The places that are not in the frame, in the order to be read, columns aligned.
fn trail(frame: &Frame<'_>, mask: &Mask<'_>) -> String {
    let places: Vec<String> = frame
        .rest
        .iter()
        .map(|related| place(&related.location, mask))
        .collect();
    let width = places.iter().map(|place| place.width()).max().unwrap_or(0);
    let lines: Vec<String> = frame
        .rest
        .iter()
        .zip(&places)
        .map(|(related, place)| {
            let fill = " ".repeat(width - place.width());
            format!("--> {place}{fill}  {}", mask.line(&related.message))
        })
        .collect();
    lines.join("\n")
}

fn place(location: &Location, mask: &Mask<'_>) -> String {
    let start = location.start();
    let path = mask.line(location.path());
    format!("{path}:{}:{}", start.line, start.column)
}

/// What a reader should know about a finding that is not as plain as the others.
fn standing(finding: &Finding) -> Option<&'static str> {
    match (finding.confidence, finding.new) {
        (_, Some(false)) => Some("not new: the base has it too"),
        (Confidence::Low, _) => Some("low confidence: this shape is often something else"),
        (Confidence::Medium, _) => Some("medium confidence: likely, but not certain"),
        (Confidence::High, _) => None,
    }
}

/// What the fix does, who may apply it, and the lines that change.
fn fix(finding: &Finding, mask: &Mask<'_>) -> Option<String> {
    let fix = finding.fix.as_ref()?;
    let mut text = format!(
        "{} ({})",
        mask.line(&fix.title),
        wording::applies(fix.applicability)
    );
    let changes = change::changes(fix, mask);
    for change in &changes {
        if changes.len() > 1 || change.path != mask.line(finding.location.path()) {
            text.push_str(&format!("\nin {}", change.path));
        }
        let digits = change
            .lines
            .iter()
            .map(|line| line.number.to_string().len());
        let width = digits.max().unwrap_or(1);
        for line in &change.lines {
            let sign = line.sign.as_str();
            text.push_str(&format!("\n{:>width$} {sign} {}", line.number, line.text));
        }
    }
    Some(text)
}

/// Breaks the first line of a text at blanks; what follows is laid out already.
fn wrap(text: &str, width: usize) -> String {
    let (first, rest) = text
        .split_once('\n')
        .map_or((text, None), |(a, b)| (a, Some(b)));
    let mut out = String::with_capacity(text.len());
    let mut used = 0;
    for word in first.split(' ') {
        let needed = word.width();
        if used > 0 && used + 1 + needed > width {
            out.push('\n');
            used = 0;
        } else if used > 0 {
            out.push(' ');
            used += 1;
        }
        out.push_str(word);
        used += needed;
    }
    if let Some(rest) = rest {
        out.push('\n');
        out.push_str(rest);
    }
    out
}

fn agents(report: &Report, mask: &Mask<'_>, look: &Look, out: &mut dyn Write) -> io::Result<()> {
    if report.agents.is_empty() {
        return Ok(());
    }
    let rows: Vec<_> = report
        .agents
        .iter()
        .map(|card| wording::agent_row(card, mask))
        .collect();
    writeln!(out, "{}", look.paint(BOLD, &wording::agents(report)))?;
    let lines = table::lay_out(wording::AGENT_COLUMNS, &rows, look.width - 2);
    for (index, line) in lines.iter().enumerate() {
        let line = if index == 0 {
            look.paint(DIM, line)
        } else {
            line.clone()
        };
        writeln!(out, "  {line}")?;
    }
    writeln!(out)
}

fn holes(report: &Report, mask: &Mask<'_>, look: &Look, out: &mut dyn Write) -> io::Result<()> {
    let holes = &report.coverage.unreadable;
    if holes.is_empty() {
        return Ok(());
    }
    let title = format!(
        "{} could not be read, so the result is incomplete",
        wording::count(holes.len(), "file")
    );
    writeln!(out, "{}", look.paint(BOLD, &title))?;
    for hole in holes {
        writeln!(
            out,
            "  {}: {}",
            mask.line(&hole.path),
            mask.line(&hole.reason)
        )?;
    }
    writeln!(out)
}

fn suppressed(
    report: &Report,
    mask: &Mask<'_>,
    look: &Look,
    out: &mut dyn Write,
) -> io::Result<()> {
    if report.suppressed.is_empty() {
        return Ok(());
    }
    let number = wording::count(report.suppressed.len(), "finding");
    writeln!(
        out,
        "{}",
        look.paint(BOLD, &format!("{number} suppressed by the policy"))
    )?;
    for one in &report.suppressed {
        let location = &one.finding.location;
        writeln!(
            out,
            "  {} at {}: {} ({}, until {})",
            one.finding.rule,
            wording::place(mask, location.path(), location.start().line),
            wording::cut(&mask.line(&one.by.reason), 80),
            mask.line(&one.by.owner),
            one.by.expires
        )?;
    }
    writeln!(out)
}

/// Which policy decided; the day only where an exemption hangs on it.
fn policy(report: &Report, mask: &Mask<'_>, look: &Look, out: &mut dyn Write) -> io::Result<()> {
    let mut line = format!(
        "policy: {}, profile {}, {}",
        mask.line(&report.policy.source),
        report.policy.profile.as_str(),
        wording::fails_on(report.policy.fail_on)
    );
    if !report.suppressed.is_empty() {
        line.push_str(&format!("; exemptions judged on {}", report.today));
    }
    let skipped = report.coverage.skipped.len();
    if skipped > 0 {
        line.push_str(&format!("; {} left out", wording::count(skipped, "file")));
    }
    writeln!(out, "{}", look.paint(DIM, &line))
}

fn last_line(report: &Report, mask: &Mask<'_>, look: &Look, out: &mut dyn Write) -> io::Result<()> {
    let line = wording::verdict(report, mask);
    let word = report.verdict.as_str();
    let colour = match report.verdict {
        Verdict::Pass => GREEN,
        Verdict::Fail => RED,
        Verdict::Incomplete => YELLOW,
    };
    let rest = line.strip_prefix(word).unwrap_or(&line);
    writeln!(out, "{}{rest}", look.paint(colour, word))
}
