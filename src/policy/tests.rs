//! Policy files: what they set, and each mistake at its place.

use proptest::prelude::*;
use serde::Deserialize;

use super::sample::{RULES, finding, parse, policy};
use super::schema::schema_of;
use super::*;
use crate::finding::{FailOn, Severity};
use crate::rule::{Profile, find_in};

/// `text at the place => message => help` of each mistake.
fn mistakes(text: &str) -> String {
    let mistakes = parse(text).map(|_| ()).unwrap_err();
    let lines: Vec<String> = mistakes
        .iter()
        .map(|mistake| {
            format!(
                "{} => {} => {}",
                mistake.location.text(),
                mistake.message,
                mistake.help.as_deref().unwrap_or("-")
            )
        })
        .collect();
    lines.join("\n")
}

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
fn every_mistake_is_listed_in_file_order() {
    let text = "profil: team\nfail-on: eror\nrules:\n  missing-timout: off\n  excessive-timeout: { max-minutes: 0, max-minuts: 3 }\nexemptions:\n  - rule: nothing-like-it\n    path: /a\n    reason: ' '\n    expires: 2027-02-30\nprofile: teem\n";
    insta::assert_snapshot!(mistakes(text), @"");
    let display: Vec<String> = parse(text)
        .unwrap_err()
        .iter()
        .map(ToString::to_string)
        .collect();
    insta::assert_snapshot!(display.join("\n"), @"");
}

#[test]
fn broken_yaml_is_a_mistake_at_its_place() {
    insta::assert_snapshot!(mistakes("profile: team\n\tfail-on: error\n"), @"");
    insta::assert_snapshot!(mistakes("a: [b"), @"");
    insta::assert_snapshot!(mistakes("- profile\n"), @"");
}

#[test]
fn what_yaml_readers_disagree_about_is_refused() {
    insta::assert_snapshot!(mistakes("profile: team\nmode: report\nprofile: individual\n"), @"");
    insta::assert_snapshot!(mistakes("rules:\n  missing-timeout: off\n  missing-timeout: error\n"), @"");
    insta::assert_snapshot!(mistakes("<<: {profile: team}\n"), @"");
    insta::assert_snapshot!(mistakes("profile: !x team\n"), @"");
    insta::assert_snapshot!(mistakes("profile: team\n---\nmode: report\n"), @"");
}

#[test]
fn an_unknown_key_is_named_with_the_one_that_was_meant() {
    insta::assert_snapshot!(mistakes("fail_on: error\n"), @"");
    insta::assert_snapshot!(mistakes("entirely-else: 1\n"), @"");
    insta::assert_snapshot!(mistakes("trusted: {host: [a]}\n"), @"");
    insta::assert_snapshot!(mistakes("groups: {agent: {scop: off}}\n"), @"");
    insta::assert_snapshot!(mistakes("[a]: 1\n"), @"");
    insta::assert_snapshot!(mistakes("7: 1\n"), @"");
    insta::assert_snapshot!(mistakes(&exemption(("owner", "ownr"))), @"");
}

#[test]
fn keys_of_later_versions_are_refused_and_not_ignored() {
    insta::assert_snapshot!(mistakes("extends: acme/.github\napprovers: ['@acme/security']\nbaseline: b.json\n"), @"");
    insta::assert_snapshot!(mistakes("groups: {workflow: off, agent: {scope: agents}, agnt: off}\n"), @"");
    insta::assert_snapshot!(mistakes("groups: {agent: {scope: of}}\n"), @"");
    insta::assert_snapshot!(mistakes("rules: {agent-unbounded-work: {max-turns: 3}}\n"), @"");
}

#[test]
fn words_are_checked() {
    insta::assert_snapshot!(mistakes("profile: strict\nmode: reporting\nvisibility: publc\nfail-on: warn\n"), @"");
    insta::assert_snapshot!(mistakes("rules: {missing-timeout: warn, excessive-timeout: {severity: fatal}}\n"), @"");
}

#[test]
fn types_are_checked() {
    insta::assert_snapshot!(mistakes("profile: [team]\nfail-on:\nmode: 1\nmax-file-size: 1MiB\n"), @"");
    insta::assert_snapshot!(mistakes("rules: [a]\ngroups: off\nexclude: a\ntrusted: [a]\nexemptions: {a: b}\n"), @"");
    insta::assert_snapshot!(mistakes("rules: {missing-timeout: false, hardcoded-key:, excessive-timeout: {}}\ngroups: {agent: {}}\n"), @"");
    insta::assert_snapshot!(mistakes("exclude: [1, {a: b}]\nexemptions: [a, ]\n"), @"");
    insta::assert_snapshot!(mistakes("max-file-size: 1.5\n"), @"");
    insta::assert_snapshot!(mistakes("max-file-size: -1\n"), @"");
    insta::assert_snapshot!(mistakes("max-file-size: 0\n"), @"");
    insta::assert_snapshot!(mistakes("max-file-size: 99999999999999999999\n"), @"");
}

#[test]
fn rules_and_their_options_are_checked() {
    insta::assert_snapshot!(mistakes("rules: {missing-timeuot: off}\n"), @"");
    insta::assert_snapshot!(mistakes("rules: {something-else-entirely: off}\n"), @"");
    insta::assert_snapshot!(mistakes("rules: {missing-timeout: {max-minutes: 3}}\n"), @"");
    insta::assert_snapshot!(mistakes("rules: {excessive-timeout: {max-minuts: 3}}\n"), @"");
    for value in [
        "0",
        "-1",
        "1.5",
        "'30'",
        "[30]",
        "{a: 1}",
        "true",
        "~",
        "4294967296",
    ] {
        let text = format!("rules: {{excessive-timeout: {{max-minutes: {value}}}}}\n");
        let expected = format!(
            "{value} => `max-minutes` takes a whole number from 1 on => without this line it is 60"
        );
        assert_eq!(mistakes(&text), expected);
    }
}

#[test]
fn what_says_that_something_was_not_judged_stays() {
    insta::assert_snapshot!(mistakes("rules: {unreadable-file: warning}\n"), @"");
    insta::assert_snapshot!(mistakes("rules: {unreadable-file: {severity: off}}\n"), @"");
    insta::assert_snapshot!(mistakes(&exemption(("missing-timeout", "unreadable-file"))), @"");
    insta::assert_snapshot!(mistakes("groups: {meta: off}\n"), @"");
}

#[test]
fn keys_cannot_be_hidden_wholesale() {
    insta::assert_snapshot!(mistakes("rules: {hardcoded-key: off}\n"), @"");
    insta::assert_snapshot!(mistakes("groups: {secret: {scope: off}}\n"), @"");
    let wild = exemption((
        "missing-timeout\n    path: a.yml",
        "hardcoded-key\n    path: test/**",
    ));
    insta::assert_snapshot!(mistakes(&wild), @"");
    policy(&wild.replace("test/**", "test/a.pem"));
    policy(&wild.replace(
        "reason",
        "fingerprint: 00000000000000000000000000000000\n    reason",
    ));
}

#[test]
fn an_exemption_is_whole_or_a_mistake() {
    insta::assert_snapshot!(mistakes("exemptions:\n  - rule: missing-timeout\n"), @"");
    insta::assert_snapshot!(mistakes("exemptions:\n  - path: a.yml\n    reason: r\n    owner: o\n    expires: 2027-03-31\n"), @"");
    insta::assert_snapshot!(mistakes(&exemption(("reason: r", "reason: ''"))), @"");
    insta::assert_snapshot!(mistakes(&exemption(("reason: r", "reason:"))), @"");
    insta::assert_snapshot!(mistakes(&exemption(("owner: o", "owner: 7"))), @"");
    insta::assert_snapshot!(mistakes(&exemption(("missing-timeout", "missing-timeot"))), @"");
    insta::assert_snapshot!(mistakes(&exemption(("missing-timeout", "unused-exemption"))), @"");
    insta::assert_snapshot!(mistakes(&exemption(("reason", "job: My job\n    reason"))), @"");
    insta::assert_snapshot!(mistakes(&exemption(("reason", "fingerprint: ABC\n    reason"))), @"");
}

#[test]
fn a_day_is_year_month_and_day() {
    for day in [
        "2027-02-30",
        "31.03.2027",
        "2027-3-31",
        "20270331x",
        "2027-03-31T00:00",
        "tomorrow",
    ] {
        let text = exemption(("2027-03-31", day));
        let expected = format!(
            "{day} => `{day}` is no day => write year, month and day, such as `2027-03-31`"
        );
        assert_eq!(mistakes(&text), expected);
    }
    insta::assert_snapshot!(mistakes(&exemption(("2027-03-31", "20270331"))), @"");
    policy(&exemption(("2027-03-31", "'2027-03-31'")));
}

#[test]
fn patterns_are_checked() {
    insta::assert_snapshot!(mistakes("exclude: [/a, b/, '!c', 'd[', 'e\\f', '', './g']\n"), @"");
    insta::assert_snapshot!(mistakes(&exemption(("a.yml", "'{a'"))), @"");
    let many = format!("exclude:\n{}", "  - a/**\n".repeat(1001));
    insta::assert_snapshot!(mistakes(&many), @"");
}

#[test]
fn trusted_names_are_checked() {
    insta::assert_snapshot!(mistakes("trusted: {actions: [acme, 'acme/x@v1', '*/*'], hosts: ['https://a.example', 'a.example/x', '*', '']}\n"), @"");
}

#[test]
fn a_file_full_of_mistakes_lists_a_hundred() {
    let text: String = (0..5_000).map(|n| format!("k{n}: 1\n")).collect();
    let mistakes = parse(&text).unwrap_err();
    assert_eq!(mistakes.len(), 101);
    assert_eq!(mistakes[100].message, "4900 more mistakes are not listed");
}

#[test]
fn names_in_messages_are_short_and_without_control_characters() {
    let text = format!("\"a\\u001b[2J{}\": 1\n", "x".repeat(10_000));
    let mistakes = parse(&text).unwrap_err();
    assert!(mistakes[0].message.len() < 150 && !mistakes[0].message.contains('\u{1b}'));
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

#[test]
fn schema_and_reading_agree() {
    let schema = schema_of(RULES);
    assert!(jsonschema::meta::is_valid(&schema));
    let validator = jsonschema::validator_for(&schema).unwrap();
    let wild = exemption((
        "missing-timeout\n    path: a.yml",
        "hardcoded-key\n    path: test/**",
    ));
    let texts = [
        FULL.to_owned(),
        String::new(),
        "rules:\nexclude:\n".into(),
        "rules: {missing-timeout: off, unreadable-file: error, hardcoded-key: warning}\n".into(),
        exemption(("2027-03-31", "'2027-03-31'")),
        wild.replace("test/**", "test/a.pem"),
        wild.replace(
            "reason",
            "fingerprint: '0123456789abcdef0123456789abcdef'\n    reason",
        ),
        wild,
        "profil: team\n".into(),
        "extends: a\n".into(),
        "profile: strict\n".into(),
        "mode: 1\n".into(),
        "max-file-size: 0\n".into(),
        "max-file-size: 1.5\n".into(),
        "rules: {no-such-rule: off}\n".into(),
        "rules: {unreadable-file: off}\n".into(),
        "rules: {hardcoded-key: {severity: off}}\n".into(),
        "rules: {missing-timeout: {}}\n".into(),
        "rules: {missing-timeout: {max-minutes: 5}}\n".into(),
        "rules: {excessive-timeout: {max-minutes: 0}}\n".into(),
        "groups: {meta: off}\n".into(),
        "groups: {agent: all}\n".into(),
        "groups: {workflow: off}\n".into(),
        "exclude: [/a]\n".into(),
        "exclude: ['!a']\n".into(),
        "exclude: [a/]\n".into(),
        "trusted: {hosts: ['https://x']}\n".into(),
        "trusted: {actions: [acme]}\n".into(),
        exemption(("missing-timeout", "unreadable-file")),
        exemption(("missing-timeout", "lapsed-exemption")),
        exemption(("    owner: o\n", "")),
        exemption(("reason: r", "reason: ' '")),
        exemption(("2027-03-31", "March")),
        exemption(("reason", "job: 1x\n    reason")),
        exemption(("reason", "fingerprint: xyz\n    reason")),
    ];
    let mut good = 0;
    for text in texts {
        let value: serde_json::Value = serde_yaml::from_str(&text).unwrap();
        let read = parse(&text).is_ok();
        assert_eq!(validator.is_valid(&value), read, "{text}");
        good += usize::from(read);
    }
    assert_eq!(good, 7);
}

#[test]
fn the_public_schema_knows_the_rules_of_the_registry() {
    let schema = json_schema();
    for rule in rule::ALL {
        let described = &schema["properties"]["rules"]["properties"][rule.id.as_str()];
        assert_eq!(described["description"], rule.summary);
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
