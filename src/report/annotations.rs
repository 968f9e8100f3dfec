//! GitHub annotations, as workflow commands in the log of the job.
//!
//! The runner keeps ten of a kind for a step and cuts messages at 4,096 characters; what comes later is lost in
//! silence, so that the gravest come first and the rest is counted in words
//! (`facts/github-delivery.md` §1.3). No line starts with text that is not ours.

use std::io::{self, Write};

use super::mask::Mask;
use super::wording;
use crate::check::{Report, Uncovered};
use crate::finding::{Finding, Severity};

/// What the runner keeps of each kind.
const PER_KIND: usize = 10;

/// Characters of a message; the runner cuts at 4,096.
const MAX_MESSAGE: usize = 2_000;

/// Characters of a path or title.
const MAX_PROPERTY: usize = 500;

/// Writes the report.
pub(super) fn render(report: &Report, mask: &Mask<'_>, out: &mut dyn Write) -> io::Result<()> {
    if let Some(sentence) = wording::nothing_to_check(report) {
        return writeln!(out, "{sentence}");
    }
    let findings = wording::worst_first(report);
    let holes: Vec<&Uncovered> = wording::unreported(report).collect();
    let mut left_out = 0;
    for severity in Severity::ALL.into_iter().rev() {
        let commands = findings
            .iter()
            .filter(|finding| finding.severity == severity)
            .map(|finding| of_finding(finding, mask));
        let holes = holes
            .iter()
            .filter(|_| severity == Severity::Error)
            .map(|hole| of_hole(hole, mask));
        let commands: Vec<String> = commands.chain(holes).collect();
        for command in commands.iter().take(PER_KIND) {
            writeln!(out, "{command}")?;
        }
        left_out += commands.len().saturating_sub(PER_KIND);
    }
    if left_out > 0 {
        writeln!(
            out,
            "{left_out} more: GitHub shows ten annotations of a kind. The other report formats hold all of them."
        )?;
    }
    writeln!(out, "Portcullis: {}", wording::verdict(report, mask))
}

fn of_finding(finding: &Finding, mask: &Mask<'_>) -> String {
    let start = finding.location.start();
    let end = finding.location.end();
    let mut place = format!("line={},endLine={}", start.line, end.line);
    // The runner drops columns of a place that spans lines.
    if start.line == end.line {
        place.push_str(&format!(",col={},endColumn={}", start.column, end.column));
    }
    let mut text = mask.line(&finding.message);
    if !finding.help.is_empty() {
        text.push('\n');
        text.push_str(&mask.line(&finding.help));
    }
    for related in &finding.related {
        let at = wording::place(mask, related.location.path(), related.location.start().line);
        text.push_str(&format!("\n{at}: {}", mask.line(&related.message)));
    }
    format!(
        "::{} file={},{place},title={}::{}",
        command(finding.severity),
        property(&mask.line(finding.location.path())),
        property(finding.rule.as_str()),
        data(&wording::cut(&text, MAX_MESSAGE))
    )
}

fn of_hole(hole: &Uncovered, mask: &Mask<'_>) -> String {
    format!(
        "::error file={},title=unreadable-file::{}",
        property(&mask.line(&hole.path)),
        data(&wording::cut(&mask.line(&hole.reason), MAX_MESSAGE))
    )
}

const fn command(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Note => "notice",
    }
}

/// The text after the second `::`, as the runner unescapes it.
fn data(text: &str) -> String {
    text.replace('%', "%25")
        .replace('\r', "%0D")
        .replace('\n', "%0A")
}

/// The value of a property, as the runner unescapes it.
fn property(text: &str) -> String {
    data(&wording::cut(text, MAX_PROPERTY))
        .replace(':', "%3A")
        .replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::sample;

    fn lines(report: &Report) -> Vec<String> {
        let mut out = Vec::new();
        render(report, &Mask::new(report), &mut out).unwrap();
        let text = String::from_utf8(out).unwrap();
        text.lines().map(String::from).collect()
    }

    #[test]
    fn the_runner_gets_ten_of_a_kind_and_a_count() {
        let mut report = sample::empty();
        report.findings = sample::numbered(25);
        report.findings[24].severity = Severity::Error;
        report.coverage.files = 1;
        let lines = lines(&report);
        assert!(lines[0].starts_with("::error "));
        assert!(lines[1].starts_with("::warning file=a.yml,line=1,"));
        assert_eq!(lines.iter().filter(|l| l.starts_with("::")).count(), 11);
        assert!(lines[11].starts_with("14 more: "));
    }

    #[test]
    fn properties_and_messages_are_escaped() {
        assert_eq!(property("a,b:c%d\ne"), "a%2Cb%3Ac%25d%0Ae");
        assert_eq!(data("50%\r\n::x"), "50%25%0D%0A::x");
    }

    #[test]
    fn a_place_over_several_lines_has_no_columns() {
        let mut report = sample::empty();
        let file = crate::source::SourceFile::new("a.yml", "a:\n  b\n");
        let place = crate::source::Location::new(&file, crate::source::Span::new(0, 6));
        report.findings = vec![Finding::new(
            crate::finding::RuleId("r"),
            Severity::Note,
            crate::finding::Confidence::High,
            place,
            "m",
        )];
        let line = &lines(&report)[0];
        assert_eq!(line, "::notice file=a.yml,line=1,endLine=2,title=r::m");
    }

    #[test]
    fn an_unreadable_file_is_an_error_once() {
        let report = sample::report();
        let lines = lines(&report);
        let broken = |line: &&String| line.contains("title=unreadable-file");
        assert_eq!(lines.iter().filter(broken).count(), 1);
    }
}
