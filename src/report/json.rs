//! The JSON report: `design.md` §5 to the letter, keys in its order.
//!
//! It never changes the meaning of a key within `schema_version` 1. Prose is made visible as in the other
//! reports; paths, edits and names keep their characters, the hidden ones written as JSON escapes.

use std::io::{self, Write};

use serde::Serialize;
use serde::ser::SerializeMap;
use serde_json::ser::{Formatter, PrettyFormatter};

use super::mask::Mask;
use super::{VERSION, visible};
use crate::agent::AgentCard;
use crate::check::{Reason, Report, Suppressed, Uncovered};
use crate::finding::{Edit, Finding, Fix, Related};
use crate::source::{Location, Position};

/// Version of the shape.
const SCHEMA_VERSION: u32 = 1;

/// Writes the report.
pub(super) fn render(report: &Report, mask: &Mask<'_>, out: &mut dyn Write) -> io::Result<()> {
    write_pretty(&Root::of(report, mask), out)
}

/// Writes a value with two blanks of indent and a line break at the end, hidden characters escaped.
pub(super) fn write_pretty(value: &impl Serialize, out: &mut dyn Write) -> io::Result<()> {
    let mut buffer = io::BufWriter::with_capacity(1 << 16, out);
    let mut serializer =
        serde_json::Serializer::with_formatter(&mut buffer, Careful(PrettyFormatter::new()));
    value.serialize(&mut serializer)?;
    buffer.write_all(b"\n")?;
    buffer.flush()
}

/// Pretty JSON in which every hidden character is an escape, and which a runner cannot take for a command.
struct Careful(PrettyFormatter<'static>);

impl Formatter for Careful {
    fn write_string_fragment<W: ?Sized + Write>(
        &mut self,
        writer: &mut W,
        fragment: &str,
    ) -> io::Result<()> {
        if fragment.is_ascii() && !fragment.contains("##[") && !fragment.contains('\u{7f}') {
            return writer.write_all(fragment.as_bytes());
        }
        let mut last = [' '; 2];
        for c in fragment.chars() {
            let command = c == '[' && last == ['#'; 2];
            let mut units = [0; 2];
            if visible::is_hidden(c) || command {
                for unit in c.encode_utf16(&mut units) {
                    write!(writer, "\\u{unit:04x}")?;
                }
            } else {
                write!(writer, "{c}")?;
            }
            last = [last[1], c];
        }
        Ok(())
    }

    fn begin_array<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.begin_array(writer)
    }

    fn end_array<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.end_array(writer)
    }

    fn begin_array_value<W: ?Sized + Write>(
        &mut self,
        writer: &mut W,
        first: bool,
    ) -> io::Result<()> {
        self.0.begin_array_value(writer, first)
    }

    fn end_array_value<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.end_array_value(writer)
    }

    fn begin_object<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.begin_object(writer)
    }

    fn end_object<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.end_object(writer)
    }

    fn begin_object_key<W: ?Sized + Write>(
        &mut self,
        writer: &mut W,
        first: bool,
    ) -> io::Result<()> {
        self.0.begin_object_key(writer, first)
    }

    fn begin_object_value<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.begin_object_value(writer)
    }

    fn end_object_value<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.end_object_value(writer)
    }
}

#[derive(Serialize)]
struct Root {
    schema_version: u32,
    tool: Tool,
    today: String,
    verdict: &'static str,
    complete: bool,
    policy: Policy,
    findings: Vec<FindingOut>,
    suppressed: Vec<SuppressedOut>,
    agents: Vec<Agent>,
    coverage: CoverageOut,
}

#[derive(Serialize)]
struct Tool {
    name: &'static str,
    version: &'static str,
}

#[derive(Serialize)]
struct Policy {
    source: String,
    profile: &'static str,
    fail_on: &'static str,
}

#[derive(Serialize)]
struct FindingOut {
    rule: &'static str,
    severity: &'static str,
    confidence: &'static str,
    path: String,
    start: Place,
    end: Place,
    message: String,
    help: String,
    fingerprint: String,
    new: Option<bool>,
    related: Vec<RelatedOut>,
    fix: Option<FixOut>,
    /// Always null: a finding with an exemption stands under `suppressed`.
    exemption: Option<()>,
}

#[derive(Serialize)]
struct Place {
    line: u32,
    column: u32,
}

#[derive(Serialize)]
struct RelatedOut {
    path: String,
    start: Place,
    end: Place,
    message: String,
}

#[derive(Serialize)]
struct FixOut {
    title: String,
    applicability: &'static str,
    edits: Vec<EditOut>,
}

#[derive(Serialize)]
struct EditOut {
    path: String,
    start: Place,
    end: Place,
    text: String,
}

#[derive(Serialize)]
struct SuppressedOut {
    rule: &'static str,
    path: String,
    start: Place,
    by: By,
}

#[derive(Serialize)]
struct By {
    reason: String,
    owner: String,
    expires: String,
    source: String,
}

#[derive(Serialize)]
struct Agent {
    path: String,
    job: String,
    step: String,
    start: Place,
    via: Vec<HopOut>,
    kind: &'static str,
    version: Option<String>,
    mode: String,
    tools: Tools,
    read_only: bool,
    triggers: Vec<String>,
    exposure: &'static str,
    untrusted_input: bool,
    permissions: Permissions,
    secrets: Vec<String>,
    timeout_minutes: Option<Minutes>,
}

#[derive(Serialize)]
struct HopOut {
    path: String,
    start: Place,
    what: String,
}

#[derive(Serialize)]
struct Tools {
    available: Option<Vec<String>>,
    allowed: Vec<String>,
    denied: Vec<String>,
}

/// Scopes in the order of the file.
struct Permissions(Vec<(String, String)>);

/// A number as a person would write it.
#[derive(Serialize)]
#[serde(untagged)]
enum Minutes {
    Whole(u64),
    Part(f64),
}

#[derive(Serialize)]
struct CoverageOut {
    files: usize,
    skipped: Vec<Hole>,
    unreadable: Vec<Hole>,
}

#[derive(Serialize)]
struct Hole {
    path: String,
    reason: String,
}

impl Root {
    fn of(report: &Report, mask: &Mask<'_>) -> Self {
        Self {
            schema_version: SCHEMA_VERSION,
            tool: Tool {
                name: "portcullis",
                version: VERSION,
            },
            today: report.today.to_string(),
            verdict: report.verdict.as_str(),
            complete: report.is_complete(),
            policy: Policy {
                source: mask.line(&report.policy.source),
                profile: report.policy.profile.as_str(),
                fail_on: report.policy.fail_on.as_str(),
            },
            findings: each(&report.findings, |one| FindingOut::of(one, mask)),
            suppressed: each(&report.suppressed, |one| SuppressedOut::of(one, mask)),
            agents: each(&report.agents, |one| Agent::of(one, mask)),
            coverage: CoverageOut {
                files: report.coverage.files,
                skipped: each(&report.coverage.skipped, |one| Hole::of(one, mask)),
                unreadable: each(&report.coverage.unreadable, |one| Hole::of(one, mask)),
            },
        }
    }
}

fn each<T, U>(all: &[T], one: impl FnMut(&T) -> U) -> Vec<U> {
    all.iter().map(one).collect()
}

fn path(location: &Location, mask: &Mask<'_>) -> String {
    mask.text(location.path()).into_owned()
}

fn names(all: &[String], mask: &Mask<'_>) -> Vec<String> {
    each(all, |one| mask.text(one).into_owned())
}

impl From<Position> for Place {
    fn from(position: Position) -> Self {
        Self {
            line: position.line,
            column: position.column,
        }
    }
}

impl FindingOut {
    fn of(finding: &Finding, mask: &Mask<'_>) -> Self {
        Self {
            rule: finding.rule.as_str(),
            severity: finding.severity.as_str(),
            confidence: finding.confidence.as_str(),
            path: path(&finding.location, mask),
            start: finding.location.start().into(),
            end: finding.location.end().into(),
            message: mask.line(&finding.message),
            help: mask.line(&finding.help),
            fingerprint: finding.fingerprint.as_str().into(),
            new: finding.new,
            related: each(&finding.related, |one| RelatedOut::of(one, mask)),
            fix: finding.fix.as_ref().map(|fix| FixOut::of(fix, mask)),
            exemption: None,
        }
    }
}

impl RelatedOut {
    fn of(related: &Related, mask: &Mask<'_>) -> Self {
        Self {
            path: path(&related.location, mask),
            start: related.location.start().into(),
            end: related.location.end().into(),
            message: mask.line(&related.message),
        }
    }
}

impl FixOut {
    fn of(fix: &Fix, mask: &Mask<'_>) -> Self {
        Self {
            title: mask.line(&fix.title),
            applicability: fix.applicability.as_str(),
            edits: each(&fix.edits, |one| EditOut::of(one, mask)),
        }
    }
}

impl EditOut {
    fn of(edit: &Edit, mask: &Mask<'_>) -> Self {
        Self {
            path: path(&edit.location, mask),
            start: edit.location.start().into(),
            end: edit.location.end().into(),
            text: mask.text(&edit.text).into_owned(),
        }
    }
}

impl SuppressedOut {
    fn of(suppressed: &Suppressed, mask: &Mask<'_>) -> Self {
        let Suppressed { finding, by } = suppressed;
        let Reason {
            reason,
            owner,
            expires,
            source,
        } = by;
        Self {
            rule: finding.rule.as_str(),
            path: path(&finding.location, mask),
            start: finding.location.start().into(),
            by: By {
                reason: mask.line(reason),
                owner: mask.line(owner),
                expires: expires.to_string(),
                source: mask.line(source),
            },
        }
    }
}

impl Agent {
    fn of(card: &AgentCard, mask: &Mask<'_>) -> Self {
        let tools = &card.tools;
        Self {
            path: path(&card.location, mask),
            job: mask.text(&card.job).into_owned(),
            step: mask.text(&card.step).into_owned(),
            start: card.location.start().into(),
            via: each(&card.via, |hop| HopOut {
                path: path(&hop.location, mask),
                start: hop.location.start().into(),
                what: mask.line(&hop.what),
            }),
            kind: card.kind.as_str(),
            version: card.version.as_deref().map(|one| mask.line(one)),
            mode: mask.line(&card.mode),
            tools: Tools {
                available: tools.available.as_deref().map(|all| names(all, mask)),
                allowed: names(&tools.allowed, mask),
                denied: names(&tools.denied, mask),
            },
            read_only: card.read_only,
            triggers: names(&card.triggers, mask),
            exposure: card.exposure.as_str(),
            untrusted_input: card.untrusted_input,
            permissions: Permissions(each(&card.permissions, |(scope, level)| {
                (mask.line(scope), mask.line(level))
            })),
            secrets: names(&card.secrets, mask),
            timeout_minutes: card.timeout_minutes.map(Minutes::of),
        }
    }
}

impl Minutes {
    fn of(minutes: f64) -> Self {
        // Above this a floating point number leaves out whole numbers anyway.
        const EXACT: f64 = 9_007_199_254_740_992.0;
        if minutes.fract() == 0.0 && (0.0..EXACT).contains(&minutes) {
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "whole, not negative and exact, by the line above"
            )]
            return Self::Whole(minutes as u64);
        }
        Self::Part(minutes)
    }
}

impl Hole {
    fn of(hole: &Uncovered, mask: &Mask<'_>) -> Self {
        Self {
            path: mask.text(&hole.path).into_owned(),
            reason: mask.line(&hole.reason),
        }
    }
}

impl Serialize for Permissions {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (scope, level) in &self.0 {
            map.serialize_entry(scope, level)?;
        }
        map.end()
    }
}
