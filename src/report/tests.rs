//! Tests over all formats: what a whole report looks like, and what none of them may ever hold.

use insta::assert_snapshot;
use proptest::prelude::*;

use super::*;
use crate::agent::Hop;
use crate::check::{Reason, Suppressed, Uncovered};
use crate::finding::{Applicability, Confidence, Edit, Finding, Fix, RuleId, Severity};
use crate::rule::{Check, Group, Rule};
use crate::source::{Location, SourceFile, Span};

static RULE: Rule = Rule {
    id: RuleId("skip-permissions"),
    group: Group::Agent,
    summary: "A run of Claude that asks nobody",
    docs: " # What it does\n\n Reports runs that skip every question.\n\n # How to fix\n\n Name the tools.\n",
    severity: Severity::Error,
    confidence: Confidence::High,
    profiles: &[],
    tags: &["ASI02", "CWE-250"],
    options: &[],
    file: file!(),
    line: line!(),
    check: Check::Engine,
};

const PRODUCT: Product<'static> = Product {
    repository: Some("https://example.com/portcullis"),
    rules: &[&RULE],
};

fn shown(report: &Report, format: Format) -> String {
    shown_in(report, format, Style::default())
}

fn shown_in(report: &Report, format: Format, style: Style) -> String {
    let mut out = Vec::new();
    let mask = Mask::new(report);
    match format {
        Format::Sarif => sarif::render(report, &mask, &PRODUCT, &mut out),
        Format::Markdown => markdown::render(report, &mask, &PRODUCT, &mut out),
        other => render(report, other, &style, &mut out),
    }
    .unwrap();
    String::from_utf8(out).unwrap()
}

fn narrow() -> Style {
    Style {
        width: Some(100),
        ..Style::default()
    }
}

/// A report in which every name, path and text is `evil`.
fn hostile(evil: &str) -> Report {
    let mut report = sample::report();
    let file = SourceFile::new(
        format!("dir/{evil}.yml"),
        format!("# {evil}\nkey: {evil}\n"),
    );
    let end = u32::try_from(file.text().len()).unwrap();
    let place = Location::new(&file, Span::new(0, end));
    let near = Location::new(&file, Span::new(2, end - 1));
    let finding = Finding::new(
        RuleId("skip-permissions"),
        Severity::Error,
        Confidence::Low,
        place.clone(),
        evil,
    )
    .help(evil)
    .related(near, evil)
    .fix(Some(Fix {
        title: evil.into(),
        applicability: Applicability::Unsafe,
        edits: vec![Edit {
            location: place.clone(),
            text: format!("{evil}\nx: {evil}"),
        }],
    }));
    report.findings.insert(0, finding.clone());
    report.suppressed.push(Suppressed {
        finding,
        by: Reason {
            reason: evil.into(),
            owner: evil.into(),
            expires: report.today,
            source: evil.into(),
        },
    });
    report.policy.source = evil.into();
    let card = &mut report.agents[0];
    card.location = place.clone();
    for text in [&mut card.job, &mut card.step, &mut card.mode] {
        *text = evil.into();
    }
    card.version = Some(evil.into());
    card.via = vec![Hop {
        location: place,
        what: evil.into(),
    }];
    card.tools.available = Some(vec![evil.into()]);
    card.tools.allowed = vec![evil.into()];
    card.permissions = vec![(evil.into(), evil.into())];
    card.secrets = vec![evil.into()];
    let hole = Uncovered {
        path: evil.into(),
        reason: evil.into(),
    };
    report.coverage.unreadable.push(hole.clone());
    report.coverage.skipped.push(hole);
    report
}

#[test]
fn formats_are_known_by_their_names() {
    for format in Format::ALL {
        assert_eq!(format.as_str().parse(), Ok(format));
    }
    assert!("xml".parse::<Format>().is_err());
}

#[test]
fn no_format_shows_a_key_wherever_it_is_planted() {
    let report = hostile(&format!("a {} b", sample::KEY));
    let pieces: Vec<&str> = (0..sample::KEY.len() - 12)
        .map(|at| &sample::KEY[at..at + 12])
        .collect();
    for format in Format::ALL {
        for colour in [Colour::Never, Colour::Always] {
            let text = shown_in(
                &report,
                format,
                Style {
                    colour,
                    width: None,
                },
            );
            for piece in &pieces {
                assert!(!text.contains(piece), "{format} shows {piece}");
            }
        }
    }
}

#[test]
fn no_format_lets_a_hidden_character_through() {
    let evil = "x\u{1b}[2J\u{202e}y\u{200b}z\u{7}\u{9b}\u{e0041}\r\u{2028}\u{7f}";
    for format in Format::ALL {
        let text = shown(&hostile(evil), format);
        let hidden = text.chars().find(|c| *c != '\n' && visible::is_hidden(*c));
        assert_eq!(hidden, None, "{format}");
    }
}

#[test]
fn no_format_can_be_made_to_run_a_workflow_command() {
    for evil in [
        "\n::error::pwned",
        "a\r\n  ::add-mask::x",
        "::stop-commands::x",
        "long words so that the line breaks before the last of them, as it has to at some width, here \
         or there ::error::pwned ::error::pwned ::error::pwned ::error::pwned",
        "a ##[error]x ##[add-mask]y",
        "%0A::error::x",
    ] {
        for format in Format::ALL {
            for line in shown_in(&hostile(evil), format, narrow()).lines() {
                let ours = format == Format::Github
                    && ["::error file=", "::warning file=", "::notice file="]
                        .iter()
                        .any(|start| line.starts_with(start));
                assert!(ours || !line.trim().starts_with("::"), "{format}: {line}");
                assert!(!line.contains("##["), "{format}: {line}");
            }
        }
    }
}

#[test]
fn markdown_of_strangers_stays_text() {
    for evil in [
        "<script>alert(1)</script>",
        "</code></summary></details><img src=x>",
        "`` ` ```\n```",
        "<!-- portcullis:1 --> ]]>",
        "@octocat closes #12 acme/repo#3 GH-4 https://evil.example www.evil.example",
        "a | b \\| c",
        "![x](http://y) [z](javascript:1) **b** _i_ ~~s~~ $m$",
    ] {
        let text = shown(&hostile(evil), Format::Markdown);
        let outside = outside_code(&text);
        for bad in [
            "<script", "<img", "<!--", "-->", "@octocat", "#12", "#3 ", "GH-4", "://evil",
            "www.evil", "](http:", "](java", "**b*",
        ] {
            let bad_text = outside.replace("https://example.com", "");
            assert!(!bad_text.contains(bad), "{evil}: {bad}\n{outside}");
        }
        for bad in ["<!--", "-->"] {
            assert!(!text.contains(bad), "{evil}");
        }
        for row in text.lines().filter(|line| line.starts_with("| error")) {
            assert_eq!(row.replace("\\|", "").matches('|').count(), 5, "{row}");
        }
    }
}

/// Markdown without its code blocks, code spans and `<code>` elements, where GitHub looks for no mentions.
fn outside_code(text: &str) -> String {
    let mut out = String::new();
    let mut fence: Option<&str> = None;
    for line in text.lines() {
        let ticks = &line[..line.len() - line.trim_start_matches('`').len()];
        match fence {
            Some(open) if line == open => fence = None,
            Some(_) => {}
            None if ticks.len() >= 3 => fence = Some(ticks),
            None => {
                out.push_str(&without_spans(line));
                out.push('\n');
            }
        }
    }
    out
}

fn without_spans(line: &str) -> String {
    if let Some((before, after)) = line.split_once("<code>") {
        let (_, after) = after.split_once("</code>").unwrap();
        return format!("{before}{after}");
    }
    let mut out = String::new();
    let mut rest = line;
    while let Some(at) = rest.find('`') {
        out.push_str(&rest[..at]);
        if rest[..at].ends_with('\\') {
            rest = &rest[at + 1..];
            continue;
        }
        let run = rest[at..].len() - rest[at..].trim_start_matches('`').len();
        let fence = "`".repeat(run);
        let body = &rest[at + run..];
        let mut from = 0;
        let end = loop {
            let Some(next) = body[from..].find('`').map(|next| from + next) else {
                break body.len();
            };
            let length = body[next..].len() - body[next..].trim_start_matches('`').len();
            if length == run {
                break next + fence.len();
            }
            from = next + length;
        };
        rest = &body[end.min(body.len())..];
    }
    out.push_str(rest);
    out
}

#[test]
fn sarif_follows_the_official_schema() {
    let mut schema: serde_json::Value =
        serde_json::from_str(include_str!("../../tests/schemas/sarif-2.1.0.json")).unwrap();
    // The official text has a stray bracket in one pattern, which strict engines refuse.
    for place in ["run", "toolComponent"] {
        let language = format!("/definitions/{place}/properties/language");
        schema.pointer_mut(&language).unwrap()["pattern"] = "^[a-zA-Z]{2}(-[a-zA-Z]{2})?$".into();
    }
    let validator = jsonschema::validator_for(&schema).unwrap();
    for report in [
        sample::report(),
        sample::empty(),
        hostile("a\n%\u{202e} ::[x](1) é𝄞"),
    ] {
        let log = serde_json::from_str(&shown(&report, Format::Sarif)).unwrap();
        let errors: Vec<String> = validator
            .iter_errors(&log)
            .map(|error| format!("{error} at {}", error.instance_path()))
            .collect();
        assert!(errors.is_empty(), "{errors:#?}");
    }
}

#[test]
fn sarif_says_when_the_run_was_not_complete() {
    let log: serde_json::Value =
        serde_json::from_str(&shown(&sample::report(), Format::Sarif)).unwrap();
    let run = &log["runs"][0];
    assert_eq!(run["invocations"][0]["executionSuccessful"], false);
    assert_eq!(run["results"][4]["suppressions"][0]["kind"], "external");
    assert_eq!(run["results"][3]["ruleIndex"], 0);
    assert_eq!(run["tool"]["driver"]["rules"][0]["name"], "SkipPermissions");
}

#[test]
fn a_json_path_is_the_path_itself() {
    let report = hostile("\u{202e}\n");
    let log: serde_json::Value = serde_json::from_str(&shown(&report, Format::Json)).unwrap();
    assert_eq!(log["findings"][0]["path"], "dir/\u{202e}\n.yml");
}

#[test]
fn a_report_of_nothing_says_so() {
    for format in [Format::Text, Format::Github, Format::Markdown] {
        assert!(shown(&sample::empty(), format).contains("Nothing to check"));
    }
}

#[test]
fn a_large_report_stays_within_a_comment() {
    let mut report = sample::report();
    report.findings = sample::numbered(5_000);
    let text = shown(&report, Format::Markdown);
    assert!(text.len() < 64 * 1024, "{}", text.len());
    assert!(text.contains("more findings"));
}

#[test]
fn text_report() {
    assert_snapshot!(shown_in(&sample::report(), Format::Text, narrow()));
}

#[test]
fn json_report() {
    assert_snapshot!(shown(&sample::report(), Format::Json));
}

#[test]
fn sarif_report() {
    assert_snapshot!(shown(&sample::report(), Format::Sarif));
}

#[test]
fn annotations_report() {
    assert_snapshot!(shown(&sample::report(), Format::Github));
}

#[test]
fn markdown_report() {
    assert_snapshot!(shown(&sample::report(), Format::Markdown));
}

#[test]
#[ignore = "measures; run it in release"]
fn json_of_a_thousand_findings_is_quick() {
    let mut report = sample::report();
    report.findings = sample::numbered(1_000);
    let once = || {
        let start = std::time::Instant::now();
        std::hint::black_box(shown(&report, Format::Json));
        start.elapsed()
    };
    let best = (0..20).map(|_| once()).min().unwrap();
    println!("best of twenty: {best:?}");
    assert!(best.as_millis() < 10);
}

proptest! {
    /// Any text and any spans, also such as do not fit the text.
    #[test]
    fn no_text_and_no_span_panics(
        text in "[a-c \t\r\n\u{feff}é𝄞\u{202e}#:`|<@-]{0,80}",
        spans in proptest::collection::vec((0u32..100, 0u32..100), 3),
        width in 0u16..200,
    ) {
        let file = SourceFile::new("a.yml", text.as_str());
        let place = |index: usize| Location::new(&file, Span::new(spans[index].0, spans[index].1));
        let mut report = sample::empty();
        report.findings = vec![
            Finding::new(RuleId("r"), Severity::Note, Confidence::High, place(0), text.as_str())
                .related(place(1), text.as_str())
                .fix(Some(Fix {
                    title: text.clone(),
                    applicability: Applicability::Safe,
                    edits: vec![Edit { location: place(2), text: text.clone() }],
                })),
        ];
        report.secrets = vec![place(2)];
        for format in Format::ALL {
            shown_in(&report, format, Style { colour: Colour::Always, width: Some(width) });
        }
    }
}
