//! A report made by hand, for tests: a trail over three files, a fix, a key, a file that cannot be read, a
//! suppressed finding, two agent runs; CRLF, a byte-order mark, tabs, non-ASCII text and a long line.

use std::sync::Arc;

use jiff::civil::date;

use crate::agent::{AgentCard, AgentKind, Exposure, Hop, ToolSummary};
use crate::check::{Coverage, PolicySummary, Reason, Report, Suppressed, Uncovered, Verdict};
use crate::finding::{
    Applicability, Confidence, Edit, FailOn, Finding, Fix, RuleId, Severity, fingerprint,
};
use crate::rule::Profile;
use crate::source::{Location, SourceFile, Span};

/// The key that no output may hold.
pub(crate) const KEY: &str = "sk-ant-api03-Tr0ub4dor-and-3-planted-bytes-AA";

const REVIEW: &str = "\u{feff}name: Überprüfung\r
on: [pull_request_target]\r
permissions:\r
  contents: write\r
jobs:\r
  review:\r
    runs-on: ubuntu-latest\r
    steps:\r
      - uses: actions/checkout@v5\r
      - name: Review — 日本\r
        run: npm run review\r
        env:\r
          ANTHROPIC_API_KEY: sk-ant-api03-Tr0ub4dor-and-3-planted-bytes-AA\r
";

const PACKAGE: &str = "{\n\t\"scripts\": {\n\t\t\"review\": \"bash scripts/review.sh\"\n\t}\n}\n";

const TRIAGE: &str = "on: issues
jobs:
  triage:
    runs-on: ubuntu-latest
    steps:
      - uses: anthropics/claude-code-action@v1
        with:
          prompt: Label the issue
";

/// A report with nothing in it.
pub(crate) fn empty() -> Report {
    Report {
        verdict: Verdict::Pass,
        today: date(2026, 11, 25),
        policy: PolicySummary {
            source: "built-in".into(),
            profile: Profile::Team,
            fail_on: FailOn::At(Severity::Error),
        },
        findings: Vec::new(),
        suppressed: Vec::new(),
        agents: Vec::new(),
        agent_workflows: 0,
        coverage: Coverage::default(),
        secrets: Vec::new(),
    }
}

/// So many warnings in one file.
pub(crate) fn numbered(count: usize) -> Vec<Finding> {
    let file = SourceFile::new("a.yml", "key: value\n".repeat(20));
    let one = |index: usize| {
        let line = u32::try_from(index % 20).unwrap();
        let place = Location::new(&file, Span::new(line * 11, line * 11 + 3));
        Finding::new(
            RuleId("missing-timeout"),
            Severity::Warning,
            Confidence::High,
            place,
            format!("finding {index} says that something is not as it should be"),
        )
        .help("Change it to what it should be.")
    };
    (0..count).map(one).collect()
}

/// The place of the only occurrence of a text.
pub(crate) fn at(file: &Arc<SourceFile>, token: &str) -> Location {
    let start = file.text().find(token).unwrap();
    Location::new(file, Span::of(start..start + token.len()))
}

/// The report.
pub(crate) fn report() -> Report {
    let review = SourceFile::new(".github/workflows/review.yml", REVIEW);
    let triage = SourceFile::new(".github/workflows/triage.yml", TRIAGE);
    let package = SourceFile::new("package.json", PACKAGE);
    let script = SourceFile::new("scripts/review.sh", script());
    let broken = SourceFile::new(".github/workflows/broken.yml", "on: push\njobs: [\n");
    let mut findings = vec![
        skip_permissions(&review, &package, &script),
        missing_timeout(&triage),
        hardcoded_key(&review),
        unreadable(&broken),
    ];
    fingerprint(&mut findings);
    Report {
        verdict: Verdict::Fail,
        findings,
        suppressed: vec![suppressed(&triage)],
        agents: vec![
            review_card(&review, &package, &script),
            triage_card(&triage),
        ],
        agent_workflows: 2,
        coverage: Coverage {
            files: 12,
            skipped: vec![Uncovered {
                path: "third_party/ci.yml".into(),
                reason: "excluded by the policy".into(),
            }],
            unreadable: vec![Uncovered {
                path: ".github/workflows/broken.yml".into(),
                reason: "the list that starts in line 2 does not end".into(),
            }],
        },
        secrets: vec![at(&review, KEY)],
        ..empty()
    }
}

fn script() -> String {
    format!(
        "#!/bin/bash\n# {}\nset -eu\n{} claude -p \"$PROMPT\" \\\n\t--dangerously-skip-permissions; {}\n",
        "é".repeat(3000),
        "true &&".repeat(430),
        "echo done; ".repeat(300)
    )
}

fn skip_permissions(
    review: &Arc<SourceFile>,
    package: &Arc<SourceFile>,
    script: &Arc<SourceFile>,
) -> Finding {
    let flag = at(script, "--dangerously-skip-permissions");
    Finding::new(
        RuleId("skip-permissions"),
        Severity::Error,
        Confidence::High,
        flag,
        "--dangerously-skip-permissions gives Claude every tool; anyone can start this job, and its token can write contents",
    )
    .help("Name the tools that the review needs with --tools \"Read,Grep,Glob\" and drop the flag; set `permissions: { contents: read }` on the job.")
    .anchor("jobs.review.steps.1")
    .related(at(review, "npm run review"), "the job `review` runs a package script")
    .related(at(package, "bash scripts/review.sh"), "which runs a shell script")
    .related(at(script, "claude"), "which starts Claude here")
    .related(at(review, "contents: write"), "the token can write")
}

fn missing_timeout(triage: &Arc<SourceFile>) -> Finding {
    let place = Location::new(triage, Span::at(offset(triage, "    steps:")));
    Finding::new(
        RuleId("missing-timeout"),
        Severity::Warning,
        Confidence::High,
        at(triage, "anthropics/claude-code-action@v1"),
        "nothing bounds this run of Claude: neither the job `triage` nor the step has `timeout-minutes`, so it may go on for six hours",
    )
    .help("Give the job `timeout-minutes: 15`.")
    .anchor("jobs.triage.steps.0")
    .related(at(triage, "triage"), "this job has no `timeout-minutes`")
    .fix(Some(Fix {
        title: "add `timeout-minutes: 15` to the job".into(),
        applicability: Applicability::Safe,
        edits: vec![Edit {
            location: place,
            text: "    timeout-minutes: 15\n".into(),
        }],
    }))
}

fn offset(file: &SourceFile, text: &str) -> u32 {
    u32::try_from(file.text().find(text).unwrap()).unwrap()
}

fn hardcoded_key(review: &Arc<SourceFile>) -> Finding {
    let mut finding = Finding::new(
        RuleId("hardcoded-key"),
        Severity::Error,
        Confidence::Medium,
        at(review, KEY),
        "an Anthropic API key stands in the file: sk-a…, 45 characters",
    )
    .help("Revoke the key, then store a new one as a secret and read it with ${{ secrets.ANTHROPIC_API_KEY }}.")
    .anchor("jobs.review.steps.1.env.ANTHROPIC_API_KEY")
    .fix(Some(Fix {
        title: "read the key from a secret".into(),
        applicability: Applicability::Manual,
        edits: vec![Edit {
            location: at(review, KEY),
            text: "${{ secrets.ANTHROPIC_API_KEY }}".into(),
        }],
    }));
    finding.new = Some(true);
    finding
}

fn unreadable(broken: &Arc<SourceFile>) -> Finding {
    Finding::new(
        RuleId("unreadable-file"),
        Severity::Error,
        Confidence::High,
        at(broken, "["),
        "this file is not valid YAML, so nothing in it was judged: the list does not end",
    )
    .help("Close the list.")
}

fn suppressed(triage: &Arc<SourceFile>) -> Suppressed {
    let finding = Finding::new(
        RuleId("agent-open-trigger"),
        Severity::Warning,
        Confidence::High,
        at(triage, "issues"),
        "anyone who opens an issue starts this run",
    );
    Suppressed {
        finding,
        by: Reason {
            reason: "labels only, judged by @acme/platform".into(),
            owner: "@acme/platform".into(),
            expires: date(2027, 3, 31),
            source: ".github/portcullis.yml:12".into(),
        },
    }
}

fn review_card(
    review: &Arc<SourceFile>,
    package: &Arc<SourceFile>,
    script: &Arc<SourceFile>,
) -> AgentCard {
    AgentCard {
        location: at(script, "claude"),
        job: "review".into(),
        step: "Review — 日本".into(),
        via: vec![
            Hop {
                location: at(review, "npm run review"),
                what: "npm run review".into(),
            },
            Hop {
                location: at(package, "bash scripts/review.sh"),
                what: "scripts/review.sh".into(),
            },
        ],
        kind: AgentKind::Cli,
        version: None,
        mode: "bypassPermissions".into(),
        tools: ToolSummary::default(),
        read_only: false,
        triggers: vec!["pull_request_target".into()],
        exposure: Exposure::Outsider,
        untrusted_input: true,
        permissions: vec![("contents".into(), "write".into())],
        secrets: vec!["ANTHROPIC_API_KEY".into()],
        timeout_minutes: None,
    }
}

fn triage_card(triage: &Arc<SourceFile>) -> AgentCard {
    AgentCard {
        location: at(triage, "anthropics/claude-code-action@v1"),
        job: "triage".into(),
        step: "step 1".into(),
        via: Vec::new(),
        kind: AgentKind::Action,
        version: Some("v1".into()),
        mode: "default".into(),
        tools: ToolSummary {
            available: None,
            allowed: vec![
                "Read".into(),
                "Grep".into(),
                "Bash(gh issue edit:*)".into(),
                "Glob".into(),
            ],
            denied: vec!["WebFetch".into()],
        },
        read_only: false,
        triggers: vec!["issues".into()],
        exposure: Exposure::Outsider,
        untrusted_input: true,
        permissions: vec![("*".into(), "default".into())],
        secrets: Vec::new(),
        timeout_minutes: Some(15.0),
    }
}
