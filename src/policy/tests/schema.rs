//! The published schema and the reading say the same.

use super::super::sample::{RULES, parse};
use super::super::schema::schema_of;
use super::{FULL, exemption};
use crate::policy::json_schema;
use crate::rule;

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
