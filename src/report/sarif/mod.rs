//! The SARIF 2.1.0 report, for code scanning.
//!
//! It never holds a line of source, and stays within what GitHub takes (`facts/github-delivery.md` §1.3).
//! Columns count UTF-16 code units and the log says so.

mod model;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::io::{self, Write};

use super::mask::Mask;
use super::{Product, VERSION, json, wording};
use crate::check::{Report, Suppressed};
use crate::finding::{Confidence, Edit, Finding, Fix, Severity};
use crate::rule::Rule;
use crate::source::Location;
use model::{
    Artifact, ArtifactChange, ArtifactLocation, Configuration, Description, Driver, FixOut,
    FixProperties, Help, Invocation, LocationOut, Log, Notification, PhysicalLocation, Region,
    Replacement, ResultOut, ResultProperties, RuleOut, RuleProperties, Run, RunProperties,
    Suppression, Text, Tool,
};

const SCHEMA: &str = "https://json.schemastore.org/sarif-2.1.0.json";

/// GitHub takes no more results in one run.
const MAX_RESULTS: usize = 25_000;

/// GitHub shows no more locations of one result.
const MAX_RELATED: usize = 100;

/// GitHub takes no more tags of one rule in account.
const MAX_TAGS: usize = 20;

/// Characters of a message; nobody reads more in an alert.
const MAX_MESSAGE: usize = 2_000;

/// Name of the folder that URIs are relative to.
const ROOT: &str = "%SRCROOT%";

static ROOT_DESCRIPTION: Description = Description {
    text: "The root of the tree that was checked.",
};

/// Writes the report.
pub(super) fn render(
    report: &Report,
    mask: &Mask<'_>,
    product: &Product<'_>,
    out: &mut dyn Write,
) -> io::Result<()> {
    let log = Log {
        schema: SCHEMA,
        version: "2.1.0",
        runs: [run(report, mask, product)],
    };
    json::write_pretty(&log, out)
}

/// One result to be written, and why nobody has to act on it.
type Entry<'r> = (&'r Finding, Option<&'r Suppressed>);

/// Looks up what results refer to.
struct Context<'a> {
    mask: &'a Mask<'a>,
    rules: BTreeMap<&'static str, usize>,
    files: BTreeMap<&'a str, usize>,
}

fn run(report: &Report, mask: &Mask<'_>, product: &Product<'_>) -> Run {
    let (entries, left_out) = entries(report);
    let files: BTreeSet<&str> = entries
        .iter()
        .map(|(finding, _)| finding.location.path())
        .collect();
    let context = Context {
        mask,
        rules: product
            .rules
            .iter()
            .enumerate()
            .map(|(index, rule)| (rule.id.as_str(), index))
            .collect(),
        files: files.iter().copied().zip(0..).collect(),
    };
    let root = ArtifactLocation {
        description: Some(&ROOT_DESCRIPTION),
        ..ArtifactLocation::default()
    };
    Run {
        tool: Tool {
            driver: driver(product),
        },
        invocations: [invocation(report, &context)],
        original_uri_base_ids: BTreeMap::from([(ROOT, root)]),
        column_kind: "utf16CodeUnits",
        artifacts: files
            .iter()
            .map(|path| Artifact {
                location: context.artifact(path),
            })
            .collect(),
        results: entries.iter().map(|entry| context.result(entry)).collect(),
        properties: RunProperties {
            verdict: report.verdict.as_str(),
            results_left_out: left_out,
        },
    }
}

/// Findings, then suppressed ones. Where there are too many the gravest stay.
fn entries(report: &Report) -> (Vec<Entry<'_>>, usize) {
    let open = report.findings.iter().map(|finding| (finding, None));
    let suppressed = report.suppressed.iter();
    let mut all: Vec<Entry<'_>> = open
        .chain(suppressed.map(|one| (&one.finding, Some(one))))
        .collect();
    let left_out = all.len().saturating_sub(MAX_RESULTS);
    if left_out > 0 {
        all.sort_by_key(|(finding, by)| (by.is_some(), std::cmp::Reverse(finding.severity)));
        all.truncate(MAX_RESULTS);
    }
    (all, left_out)
}

fn driver(product: &Product<'_>) -> Driver {
    Driver {
        name: "Portcullis",
        version: VERSION,
        semantic_version: VERSION,
        information_uri: product.repository.map(String::from),
        rules: product
            .rules
            .iter()
            .map(|rule| rule_out(rule, product))
            .collect(),
    }
}

fn rule_out(rule: &Rule, product: &Product<'_>) -> RuleOut {
    let docs = markdown(rule.docs);
    RuleOut {
        id: rule.id.as_str(),
        name: pascal_case(rule.id.as_str()),
        short_description: Text {
            text: rule.summary.into(),
        },
        full_description: Text {
            text: first_paragraph(&docs).unwrap_or(rule.summary).into(),
        },
        help: Help {
            text: docs.clone(),
            markdown: docs,
        },
        help_uri: product.rule_page(rule.id),
        default_configuration: Configuration {
            level: rule.severity.as_str(),
        },
        properties: RuleProperties {
            tags: std::iter::once("security")
                .chain(rule.tags.iter().copied())
                .take(MAX_TAGS)
                .collect(),
            precision: match rule.confidence {
                Confidence::High => "very-high",
                Confidence::Medium => "high",
                Confidence::Low => "medium",
            },
            problem_severity: match rule.severity {
                Severity::Error => "error",
                Severity::Warning => "warning",
                Severity::Note => "recommendation",
            },
            security_severity: match rule.severity {
                Severity::Error => "8.0",
                Severity::Warning => "5.0",
                Severity::Note => "2.0",
            },
        },
    }
}

/// The documentation without the blank that a doc comment puts before each line.
fn markdown(docs: &str) -> String {
    let lines = docs
        .lines()
        .map(|line| line.strip_prefix(' ').unwrap_or(line));
    let mut out = String::with_capacity(docs.len());
    for line in lines {
        out.push_str(line);
        out.push('\n');
    }
    out.trim().to_owned()
}

/// The first paragraph that is not a heading.
fn first_paragraph(docs: &str) -> Option<&str> {
    docs.split("\n\n")
        .map(str::trim)
        .find(|part| !part.is_empty() && !part.starts_with('#'))
}

/// `skip-permissions` as `SkipPermissions`.
fn pascal_case(id: &str) -> String {
    let mut out = String::with_capacity(id.len());
    for part in id.split('-') {
        let mut chars = part.chars();
        out.extend(chars.next().map(|c| c.to_ascii_uppercase()));
        out.push_str(chars.as_str());
    }
    out
}

fn invocation(report: &Report, context: &Context<'_>) -> Invocation {
    let notification = |hole: &crate::check::Uncovered| Notification {
        level: "error",
        message: Text {
            text: format!("not judged: {}", context.prose(&hole.reason)),
        },
        locations: vec![LocationOut {
            id: None,
            physical_location: PhysicalLocation {
                artifact_location: context.artifact(&hole.path),
                region: None,
            },
            message: None,
        }],
    };
    Invocation {
        execution_successful: report.is_complete(),
        tool_execution_notifications: report
            .coverage
            .unreadable
            .iter()
            .map(notification)
            .collect(),
    }
}

impl Context<'_> {
    fn result(&self, (finding, suppressed): &Entry<'_>) -> ResultOut {
        let related = finding.related.iter().zip(1..).take(MAX_RELATED);
        let message = wording::sentences(&finding.message, &finding.help);
        ResultOut {
            rule_id: finding.rule.as_str(),
            rule_index: self.rules.get(finding.rule.as_str()).copied(),
            level: finding.severity.as_str(),
            message: Text {
                text: message_text(&self.prose(&message)),
            },
            locations: [self.location(&finding.location)],
            related_locations: related
                .map(|(related, id)| LocationOut {
                    id: Some(id),
                    message: Some(Text {
                        text: message_text(&self.prose(&related.message)),
                    }),
                    ..self.location(&related.location)
                })
                .collect(),
            partial_fingerprints: BTreeMap::from([(
                "portcullis/v1",
                finding.fingerprint.as_str().to_owned(),
            )]),
            baseline_state: finding.new.map(|new| if new { "new" } else { "unchanged" }),
            suppressions: suppressed.iter().map(|one| self.suppression(one)).collect(),
            fixes: finding.fix.iter().filter_map(|fix| self.fix(fix)).collect(),
            properties: ResultProperties {
                confidence: finding.confidence.as_str(),
            },
        }
    }

    fn suppression(&self, suppressed: &Suppressed) -> Suppression {
        let by = &suppressed.by;
        let text = format!(
            "{} (accepted by {} until {}, {})",
            by.reason, by.owner, by.expires, by.source
        );
        Suppression {
            kind: "external",
            status: "accepted",
            justification: self.prose(&text),
        }
    }

    /// A fix; nothing where it is only a direction.
    fn fix(&self, fix: &Fix) -> Option<FixOut> {
        let mut by_path: BTreeMap<&str, Vec<&Edit>> = BTreeMap::new();
        for edit in &fix.edits {
            by_path.entry(edit.location.path()).or_default().push(edit);
        }
        if by_path.is_empty() {
            return None;
        }
        Some(FixOut {
            description: Text {
                text: self.prose(&fix.title),
            },
            artifact_changes: by_path
                .into_iter()
                .map(|(path, edits)| ArtifactChange {
                    artifact_location: self.artifact(path),
                    replacements: edits
                        .into_iter()
                        .map(|edit| self.replacement(edit))
                        .collect(),
                })
                .collect(),
            properties: FixProperties {
                applicability: fix.applicability.as_str(),
            },
        })
    }

    fn replacement(&self, edit: &Edit) -> Replacement {
        Replacement {
            deleted_region: region(&edit.location),
            inserted_content: Text {
                text: self.mask.text(&edit.text).into_owned(),
            },
        }
    }

    fn location(&self, location: &Location) -> LocationOut {
        LocationOut {
            id: None,
            physical_location: PhysicalLocation {
                artifact_location: self.artifact(location.path()),
                region: Some(region(location)),
            },
            message: None,
        }
    }

    fn artifact(&self, path: &str) -> ArtifactLocation {
        ArtifactLocation {
            uri: Some(uri(&self.mask.text(path))),
            uri_base_id: Some(ROOT),
            index: self.files.get(path).copied(),
            description: None,
        }
    }

    fn prose(&self, text: &str) -> String {
        self.mask.line(text)
    }
}

fn region(location: &Location) -> Region {
    let start = location.file.position_utf16(location.span.start);
    let end = location.file.position_utf16(location.span.end);
    Region {
        start_line: start.line,
        start_column: start.column,
        end_line: end.line,
        end_column: end.column,
    }
}

/// SARIF reads `[text](1)` in a message as a link. A blank keeps the two apart, and unlike an escape it looks
/// the same to every reader.
fn message_text(text: &str) -> String {
    wording::cut(text, MAX_MESSAGE).replace("](", "] (")
}

/// A path as a relative URI.
fn uri(path: &str) -> String {
    let mut out = String::with_capacity(path.len());
    for byte in path.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => {
                out.push(char::from(byte));
            }
            other => {
                let _ = write!(out, "%{other:02X}");
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::sample;

    #[test]
    fn a_path_is_a_relative_uri() {
        assert_eq!(
            uri(".github/wörk flows/a%b:c.yml"),
            ".github/w%C3%B6rk%20flows/a%25b%3Ac.yml"
        );
        assert_eq!(uri("a\nb#c?d"), "a%0Ab%23c%3Fd");
    }

    #[test]
    fn names_of_rules_are_pascal_case() {
        assert_eq!(pascal_case("skip-permissions"), "SkipPermissions");
    }

    #[test]
    fn a_message_holds_no_link() {
        assert_eq!(message_text("[x](1) ${{ y }}"), "[x] (1) ${{ y }}");
    }

    #[test]
    fn the_first_paragraph_describes_a_rule() {
        let docs = markdown(" # What it does\n\n Reports it.\n\n More.\n");
        assert_eq!(first_paragraph(&docs), Some("Reports it."));
    }

    #[test]
    fn too_many_results_keep_the_gravest() {
        let mut report = sample::empty();
        let many = sample::numbered(MAX_RESULTS + 10);
        report.findings = many;
        let last = report.findings.len() - 1;
        report.findings[last].severity = Severity::Error;
        let (kept, left_out) = entries(&report);
        assert_eq!((kept.len(), left_out), (MAX_RESULTS, 10));
        assert_eq!(kept[0].0.severity, Severity::Error);
    }
}
