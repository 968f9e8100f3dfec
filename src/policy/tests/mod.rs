//! What policy files set.

mod mistakes;
mod schema;

use proptest::prelude::*;
use serde::Deserialize;

use super::sample::{RULES, finding, parse, policy};
use super::*;
use crate::rule::find_in;

fn exemption(change: (&str, &str)) -> String {
    let text = "exemptions:\n  - rule: missing-timeout\n    path: a.yml\n    reason: r\n    owner: o\n    expires: 2027-03-31\n";
    assert!(text.contains(change.0));
    text.replace(change.0, change.1)
}

fn level_of(policy: &Policy, rule: &str, severity: Severity) -> Level {
    policy.severity(&finding(rule, severity, "a.yml", ""))
}

const FULL: &str = r#"
profile: enterprise
fail-on: warning
mode: report
visibility: private
max-file-size: 2048
rules:
  missing-timeout: { severity: error }
  excessive-timeout: { max-minutes: 30 }
  agent-unbounded-work: off
groups:
  agent: { scope: off }
exclude: [third_party/**, docs/x.md]
trusted:
  actions: [acme/*, other/action]
  hosts: [llm-gateway.acme.example, "*.acme.example"]
exemptions:
  - rule: missing-timeout
    path: .github/workflows/claude-fix.yml
    job: fix
    reason: opens fix pull requests, reviewed by a person
    owner: "@acme/platform"
    expires: 2027-03-31
  - rule: hardcoded-key
    path: "**"
    fingerprint: "0123456789abcdef0123456789abcdef"
    reason: a public test key
    owner: me
    expires: "2028-02-29"
"#;

#[test]
fn a_policy_sets_everything_it_names() {
    let policy = policy(FULL);
    assert_eq!(policy.source.to_string(), ".github/portcullis.yml");
    assert_eq!(policy.profile, Profile::Enterprise);
    assert_eq!(policy.fail_on, FailOn::At(Severity::Warning));
    assert_eq!(policy.threshold(), FailOn::Never);
    assert_eq!(policy.visibility, Visibility::Private);
    assert_eq!(policy.max_file_size, 2048);
    assert_eq!(policy.options.excessive_timeout.max_minutes, 30);
    assert!(policy.exclude.matches("third_party/a/b") && !policy.exclude.matches("a"));
    assert_eq!(policy.trusted.actions, ["acme/*", "other/action"]);
    assert_eq!(policy.trusted.hosts.len(), 2);
    let [first, second] = &policy.exemptions[..] else {
        panic!()
    };
    assert_eq!(first.job.as_deref(), Some("fix"));
    assert_eq!(first.location.text(), "missing-timeout");
    assert_eq!(first.expires_location.text(), "2027-03-31");
    assert_eq!(first.source(), ".github/portcullis.yml:18");
    assert_eq!(second.expires, super::sample::day("2028-02-29"));
}

#[test]
fn an_empty_policy_is_the_built_in_one_with_a_source() {
    for text in [
        "",
        "# nothing\n",
        "---\n",
        "rules:\nexclude:\nexemptions:\ngroups:\ntrusted:\n",
    ] {
        let policy = policy(text);
        assert_eq!(policy.profile, Profile::Team, "{text}");
        assert_eq!(policy.threshold(), FailOn::At(Severity::Error));
        assert_eq!(policy.max_file_size, DEFAULT_MAX_FILE_SIZE);
        assert!(policy.exclude.is_empty() && policy.exemptions.is_empty());
    }
    assert_eq!(Policy::built_in().source.to_string(), "built-in");
}

#[test]
fn a_source_names_its_commit() {
    let source = PolicySource::FileAt {
        path: "portcullis.yml".into(),
        rev: "main".into(),
    };
    assert_eq!(source.to_string(), "portcullis.yml at main");
}

#[test]
fn a_rule_goes_before_its_group_and_that_before_the_profile() {
    let policy =
        policy("profile: enterprise\ngroups: {agent: off}\nrules: {missing-timeout: note}\n");
    let note = Level::At(Severity::Note);
    assert_eq!(level_of(&policy, "missing-timeout", Severity::Error), note);
    assert_eq!(
        level_of(&policy, "excessive-timeout", Severity::Error),
        Level::Off
    );
    let rule = |name| find_in(RULES, name).unwrap();
    assert_eq!(policy.level(rule("missing-timeout")), Some(note));
    assert!(policy.is_off(rule("excessive-timeout")));
    assert_eq!(policy.level(rule("hardcoded-key")), None);
}

#[test]
fn options_without_a_severity_leave_the_severity_alone() {
    let policy = policy("groups: {agent: off}\nrules: {excessive-timeout: {max-minutes: 5}}\n");
    assert_eq!(
        level_of(&policy, "excessive-timeout", Severity::Error),
        Level::Off
    );
}

#[test]
fn a_profile_bounds_severities_and_does_not_flatten_them() {
    use Severity::{Error, Note, Warning};
    let enterprise = policy("profile: enterprise\n");
    let individual = policy("profile: individual\n");
    let team = policy("profile: team\n");
    for severity in Severity::ALL {
        assert_eq!(
            level_of(&team, "missing-timeout", severity),
            Level::At(severity)
        );
        assert_eq!(
            level_of(&enterprise, "missing-timeout", severity),
            Level::At(Error)
        );
        assert_eq!(
            level_of(&individual, "missing-timeout", severity),
            Level::At(Note)
        );
        assert_eq!(
            level_of(&individual, "excessive-timeout", severity),
            Level::Off
        );
    }
    assert_eq!(
        level_of(&enterprise, "hardcoded-key", Warning),
        Level::At(Warning)
    );
}

#[test]
fn an_unreadable_file_keeps_its_severity_whatever_the_profile_says() {
    let policy = policy("profile: individual\nrules: {unreadable-file: error}\n");
    let level = level_of(&policy, "unreadable-file", Severity::Error);
    assert_eq!(level, Level::At(Severity::Error));
}

#[test]
fn an_alias_reads_as_its_anchor() {
    let policy = policy("exclude: &docs [docs/**]\ntrusted: {actions: &a [acme/x]}\n");
    assert!(policy.exclude.matches("docs/a"));
    let cyclic = parse("exemptions: &x [*x]\n");
    assert!(cyclic.is_err());
}

/// What an ordinary typed reading makes of a policy.
#[derive(Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct Oracle {
    profile: Option<String>,
    fail_on: Option<String>,
    mode: Option<String>,
    visibility: Option<String>,
    max_file_size: Option<u64>,
    rules: Option<std::collections::BTreeMap<String, serde_yaml::Value>>,
    groups: Option<std::collections::BTreeMap<String, serde_yaml::Value>>,
    exclude: Option<Vec<String>>,
    trusted: Option<OracleTrusted>,
    exemptions: Option<Vec<OracleExemption>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OracleTrusted {
    actions: Option<Vec<String>>,
    hosts: Option<Vec<String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OracleExemption {
    rule: String,
    path: String,
    job: Option<String>,
    fingerprint: Option<String>,
    reason: String,
    owner: String,
    expires: String,
}

#[test]
fn an_ordinary_yaml_reading_says_the_same() {
    let policy = policy(FULL);
    let oracle: Oracle = serde_yaml::from_str(FULL).unwrap();
    assert_eq!(oracle.profile.as_deref(), Some(policy.profile.as_str()));
    assert_eq!(oracle.fail_on.as_deref(), Some(policy.fail_on.as_str()));
    assert_eq!(oracle.mode.as_deref(), Some(policy.mode.as_str()));
    assert_eq!(
        oracle.visibility.as_deref(),
        Some(policy.visibility.as_str())
    );
    assert_eq!(oracle.max_file_size, Some(policy.max_file_size));
    assert_eq!(oracle.rules.unwrap().len(), 3);
    assert_eq!(oracle.groups.unwrap().len(), policy.groups_off.len());
    assert!(policy.exclude.patterns().eq(oracle.exclude.unwrap()));
    let trusted = oracle.trusted.unwrap();
    assert_eq!(trusted.actions.unwrap(), policy.trusted.actions);
    assert_eq!(trusted.hosts.unwrap(), policy.trusted.hosts);
    for (read, ours) in oracle.exemptions.unwrap().iter().zip(&policy.exemptions) {
        assert_eq!(read.rule, ours.rule.as_str());
        assert_eq!(read.path, ours.path.as_str());
        assert_eq!(
            (&read.job, &read.fingerprint),
            (&ours.job, &ours.fingerprint)
        );
        assert_eq!((&read.reason, &read.owner), (&ours.reason, &ours.owner));
        assert_eq!(read.expires, ours.expires.to_string());
    }
}

fn word() -> impl Strategy<Value = String> {
    const WORDS: &[&str] = &[
        "profile",
        "fail-on",
        "rules",
        "groups",
        "exclude",
        "trusted",
        "exemptions",
        "rule",
        "path",
        "reason",
        "owner",
        "expires",
        "job",
        "severity",
        "scope",
        "agent",
        "off",
        "missing-timeout",
        "hardcoded-key",
        "max-file-size",
        "2027-03-31",
        "a/**",
        "*x",
        "&x",
        "!t",
        "|",
        ">",
        "{",
        "}",
        "[",
        "]",
        ",",
        ":",
        "-",
        "\n",
        "\n  ",
        "\n    ",
        "\n  - ",
        ": ",
        "'",
        "\"",
        "<<",
        "~",
        "é",
        "\u{2028}",
        "---\n",
    ];
    prop_oneof![4 => prop::sample::select(WORDS).prop_map(str::to_owned), 1 => ".{0,3}"]
}

proptest! {
    #[test]
    fn any_text_is_a_policy_or_has_mistakes_inside_it(words in prop::collection::vec(word(), 0..40)) {
        let text = words.concat();
        if let Err(mistakes) = parse(&text) {
            prop_assert!(!mistakes.is_empty());
            for mistake in mistakes {
                prop_assert!(text.get(mistake.location.span.range()).is_some());
                prop_assert!(!mistake.to_string().is_empty());
            }
        }
    }

    #[test]
    fn any_pattern_is_refused_or_can_be_asked(pattern in ".{0,40}|[*?{}\\[\\],!/a-c^-]{0,40}", path in ".{0,20}") {
        let text = format!("exclude: [{}]\n", serde_json::to_string(&pattern).unwrap());
        if let Ok(policy) = parse(&text) {
            prop_assert_eq!(policy.exclude.matches(&path), policy.exclude.matching(&path).is_some());
        }
    }
}
