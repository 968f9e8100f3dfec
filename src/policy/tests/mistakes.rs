//! Each mistake, at its place and with its help.

use super::super::sample::{parse, policy};
use super::exemption;

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

#[test]
fn every_mistake_is_listed_in_file_order() {
    let text = "profil: team\nfail-on: eror\nrules:\n  missing-timout: off\n  excessive-timeout: { max-minutes: 0, max-minuts: 3 }\nexemptions:\n  - rule: nothing-like-it\n    path: /a\n    reason: ' '\n    expires: 2027-02-30\nprofile: teem\n";
    insta::assert_snapshot!(mistakes(text), @r#"
    profil => the policy has no key `profil` => did you mean `profile`?
    eror => there is no threshold `eror` => did you mean `error`?
    missing-timout => there is no rule `missing-timout` => did you mean `missing-timeout`?
    0 => `max-minutes` takes a whole number from 1 on => without this line it is 60
    max-minuts => `excessive-timeout` has no option `max-minuts` => did you mean `max-minutes`?
    nothing-like-it => there is no rule `nothing-like-it` => `portcullis rules` lists them
    nothing-like-it => this exemption has no `owner` => name who accepted it, such as `"@acme/platform"`
    /a => this pattern matches no path => paths begin at the root of the repository, without `/`, `./` or `../`
    ' ' => `reason` is empty => say why the finding is accepted
    2027-02-30 => `2027-02-30` is no day => write year, month and day, such as `2027-03-31`
    teem => there is no profile `teem` => did you mean `team`?
    "#);
    let display: Vec<String> = parse(text)
        .unwrap_err()
        .iter()
        .map(ToString::to_string)
        .collect();
    insta::assert_snapshot!(display.join("\n"), @r#"
    .github/portcullis.yml:1:1: the policy has no key `profil`
    .github/portcullis.yml:2:10: there is no threshold `eror`
    .github/portcullis.yml:4:3: there is no rule `missing-timout`
    .github/portcullis.yml:5:37: `max-minutes` takes a whole number from 1 on
    .github/portcullis.yml:5:40: `excessive-timeout` has no option `max-minuts`
    .github/portcullis.yml:7:11: there is no rule `nothing-like-it`
    .github/portcullis.yml:7:11: this exemption has no `owner`
    .github/portcullis.yml:8:11: this pattern matches no path
    .github/portcullis.yml:9:13: `reason` is empty
    .github/portcullis.yml:10:14: `2027-02-30` is no day
    .github/portcullis.yml:11:10: there is no profile `teem`
    "#);
}

#[test]
fn broken_yaml_is_a_mistake_at_its_place() {
    insta::assert_snapshot!(mistakes("profile: team\n\tfail-on: error\n"), @r#"t => this is no YAML: while scanning a plain scalar, found a tab => -"#);
    insta::assert_snapshot!(mistakes("a: [b"), @r#"[ => this is no YAML: unclosed bracket '[' => -"#);
    insta::assert_snapshot!(mistakes("- profile\n"), @r#"
    - profile
     => a policy is a mapping, not a list => begin with `profile: team`
    "#);
}

#[test]
fn what_yaml_readers_disagree_about_is_refused() {
    insta::assert_snapshot!(mistakes("profile: team\nmode: report\nprofile: individual\n"), @r#"profile => `profile` stands here a second time => the first one is on line 1; keep one of them"#);
    insta::assert_snapshot!(mistakes("rules:\n  missing-timeout: off\n  missing-timeout: error\n"), @r#"missing-timeout => `missing-timeout` stands here a second time => the first one is on line 2; keep one of them"#);
    insta::assert_snapshot!(mistakes("<<: {profile: team}\n"), @r#"
    << => a policy has no merge keys => write out what `<<` would bring
    "#);
    insta::assert_snapshot!(mistakes("profile: !x team\n"), @r#"!x  => a policy has no tags, and this is one: `!x` => remove it; quote the value to make it text"#);
    insta::assert_snapshot!(mistakes("profile: team\n---\nmode: report\n"), @r#" => a second document begins here, and nobody would read it => keep one document in the file"#);
}

#[test]
fn an_unknown_key_is_named_with_the_one_that_was_meant() {
    insta::assert_snapshot!(mistakes("fail_on: error\n"), @r#"fail_on => the policy has no key `fail_on` => did you mean `fail-on`?"#);
    insta::assert_snapshot!(mistakes("entirely-else: 1\n"), @r#"entirely-else => the policy has no key `entirely-else` => its keys are `profile`, `fail-on`, `mode`, `visibility`, `max-file-size`, `rules`, `groups`, `exclude`, `trusted`, `permit` and `exemptions`"#);
    insta::assert_snapshot!(mistakes("trusted: {host: [a]}\n"), @r#"host => `trusted` has no key `host` => did you mean `hosts`?"#);
    insta::assert_snapshot!(mistakes("groups: {agent: {scop: off}}\n"), @r#"scop => a group has no key `scop` => did you mean `scope`?"#);
    insta::assert_snapshot!(mistakes("[a]: 1\n"), @r#"[a] => a key has a name, not a list => write a name, in quotes if need be"#);
    insta::assert_snapshot!(mistakes("7: 1\n"), @r#"7 => a key has a name, not a number => write a name, in quotes if need be"#);
    insta::assert_snapshot!(mistakes(&exemption(("owner", "ownr"))), @r#"
    missing-timeout => this exemption has no `owner` => name who accepted it, such as `"@acme/platform"`
    ownr => an exemption has no key `ownr` => did you mean `owner`?
    "#);
}

#[test]
fn keys_of_later_versions_are_refused_and_not_ignored() {
    insta::assert_snapshot!(mistakes("extends: acme/.github\napprovers: ['@acme/security']\nbaseline: b.json\n"), @r#"
    extends => `extends` is not supported yet => remove it: this version would ignore what it says
    approvers => `approvers` is not supported yet => remove it: this version would ignore what it says
    baseline => `baseline` is not supported yet => remove it: this version would ignore what it says
    "#);
    insta::assert_snapshot!(mistakes("groups: {workflow: off, agent: {scope: agents}, agnt: off}\n"), @r#"
    workflow => the group `workflow` is not supported yet => the groups are `agent`, `secret` and `meta`
    agents => the scope `agents` is not supported yet => write `off`, or remove the line: every file of the group is judged
    agnt => there is no group `agnt` => did you mean `agent`?
    "#);
    insta::assert_snapshot!(mistakes("groups: {agent: {scope: of}}\n"), @r#"of => there is no scope `of` => did you mean `off`?"#);
    insta::assert_snapshot!(mistakes("rules: {agent-unbounded-work: {max-turns: 3}}\n"), @r#"max-turns => `max-turns` is not supported yet => remove it"#);
}

#[test]
fn words_are_checked() {
    insta::assert_snapshot!(mistakes("profile: strict\nmode: reporting\nvisibility: publc\nfail-on: warn\n"), @r#"
    strict => there is no profile `strict` => it can be `individual`, `team` or `enterprise`
    reporting => there is no mode `reporting` => it can be `enforce` or `report`
    publc => there is no visibility `publc` => did you mean `public`?
    warn => there is no threshold `warn` => did you mean `warning`?
    "#);
    insta::assert_snapshot!(mistakes("rules: {missing-timeout: warn, excessive-timeout: {severity: fatal}}\n"), @r#"
    warn => there is no severity `warn` => did you mean `warning`?
    fatal => there is no severity `fatal` => it can be `off`, `note`, `warning` or `error`
    "#);
}

#[test]
fn types_are_checked() {
    insta::assert_snapshot!(mistakes("profile: [team]\nfail-on:\nmode: 1\nmax-file-size: 1MiB\n"), @r#"
    [team] => `profile` takes one word, not a list => -
    fail-on => `fail-on` takes one word, not nothing => -
    1 => `mode` takes one word, not a number => -
    1MiB => `max-file-size` takes a whole number of bytes, such as `1048576`, not text => -
    "#);
    insta::assert_snapshot!(mistakes("rules: [a]\ngroups: off\nexclude: a\ntrusted: [a]\nexemptions: {a: b}\n"), @r#"
    [a] => `rules` takes a mapping of names of rules, not a list => -
    off => `groups` takes a mapping of names of groups, not text => -
    a => `exclude` takes a list, not text => -
    [a] => `trusted` takes a mapping of `actions` and `hosts`, not a list => -
    {a: b} => `exemptions` takes a list, not a mapping => -
    "#);
    insta::assert_snapshot!(mistakes("rules: {missing-timeout: false, hardcoded-key:, excessive-timeout: {}}\ngroups: {agent: {}}\n"), @r#"
    false => `missing-timeout` takes a severity (`off`, `note`, `warning`, `error`) or a mapping, not `false` => write `off`
    hardcoded-key => `hardcoded-key` takes a severity (`off`, `note`, `warning`, `error`) or a mapping, not nothing => -
    {} => this says nothing about `excessive-timeout` => set its `severity` or an option, or remove the line
    {} => this says nothing about `agent` => write `off`, or remove the line
    "#);
    insta::assert_snapshot!(mistakes("exclude: [1, {a: b}]\nexemptions: [a, ]\n"), @r#"
    1 => `exclude` takes a list of texts, not a number => -
    {a: b} => `exclude` takes a list of texts, not a mapping => -
    a => `exemptions` takes mappings with `rule`, `path`, `reason`, `owner` and `expires`, not text => -
    "#);
    insta::assert_snapshot!(mistakes("max-file-size: 1.5\n"), @r#"1.5 => `max-file-size` takes a whole number of bytes, such as `1048576`, not a fraction => -"#);
    insta::assert_snapshot!(mistakes("max-file-size: -1\n"), @r#"-1 => `max-file-size` takes a whole number of bytes, such as `1048576`, not a negative number => -"#);
    insta::assert_snapshot!(mistakes("max-file-size: 0\n"), @r#"0 => `max-file-size` is from 1 to 67108864 bytes => files that are larger than this are reported as unreadable"#);
    insta::assert_snapshot!(mistakes("max-file-size: 99999999999999999999\n"), @r#"99999999999999999999 => `max-file-size` takes a whole number of bytes, such as `1048576`, not a number that large => -"#);
}

#[test]
fn rules_and_their_options_are_checked() {
    insta::assert_snapshot!(mistakes("rules: {missing-timeuot: off}\n"), @r#"missing-timeuot => there is no rule `missing-timeuot` => did you mean `missing-timeout`?"#);
    insta::assert_snapshot!(mistakes("rules: {something-else-entirely: off}\n"), @r#"something-else-entirely => there is no rule `something-else-entirely` => `portcullis rules` lists them"#);
    insta::assert_snapshot!(mistakes("rules: {missing-timeout: {max-minutes: 3}}\n"), @r#"max-minutes => `missing-timeout` has no option `max-minutes` => it takes `severity`"#);
    insta::assert_snapshot!(mistakes("rules: {excessive-timeout: {max-minuts: 3}}\n"), @r#"max-minuts => `excessive-timeout` has no option `max-minuts` => did you mean `max-minutes`?"#);
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
    insta::assert_snapshot!(mistakes("rules: {unreadable-file: warning}\n"), @r#"warning => `unreadable-file` cannot be turned off or lowered: it says that something was not judged => take files that need no judgement out with `exclude`"#);
    insta::assert_snapshot!(mistakes("rules: {unreadable-file: {severity: off}}\n"), @r#"off => `unreadable-file` cannot be turned off or lowered: it says that something was not judged => take files that need no judgement out with `exclude`"#);
    insta::assert_snapshot!(mistakes(&exemption(("missing-timeout", "unreadable-file"))), @r#"unreadable-file => `unreadable-file` cannot be exempted: it says that something was not judged => take files that need no judgement out with `exclude`"#);
    insta::assert_snapshot!(mistakes("groups: {meta: off}\n"), @r#"off => the group `meta` cannot be turned off: it holds a rule that always reports => turn off single rules under `rules`"#);
}

#[test]
fn keys_cannot_be_hidden_wholesale() {
    insta::assert_snapshot!(mistakes("rules: {hardcoded-key: off}\n"), @r#"off => `hardcoded-key` cannot be turned off: it would hide every key that is ever committed => exempt the one finding by its exact `path` or its `fingerprint`, or take the file out with `exclude`"#);
    insta::assert_snapshot!(mistakes("groups: {secret: {scope: off}}\n"), @r#"off => the group `secret` cannot be turned off: it holds a rule that always reports => turn off single rules under `rules`"#);
    let wild = exemption((
        "missing-timeout\n    path: a.yml",
        "hardcoded-key\n    path: test/**",
    ));
    insta::assert_snapshot!(mistakes(&wild), @r#"test/** => an exemption of `hardcoded-key` covers one exact file or one fingerprint, not a pattern => a pattern would also cover keys that are committed later; name the file, or add the `fingerprint` of the finding"#);
    policy(&wild.replace("test/**", "test/a.pem"));
    policy(&wild.replace(
        "reason",
        "fingerprint: 00000000000000000000000000000000\n    reason",
    ));
}

#[test]
fn an_exemption_is_whole_or_a_mistake() {
    insta::assert_snapshot!(mistakes("exemptions:\n  - rule: missing-timeout\n"), @r#"
    missing-timeout => this exemption has no `expires` => set the last day on which it holds, such as `2027-03-31`
    missing-timeout => this exemption has no `owner` => name who accepted it, such as `"@acme/platform"`
    missing-timeout => this exemption has no `path` => name the file, or a pattern for files
    missing-timeout => this exemption has no `reason` => say why the finding is accepted
    "#);
    insta::assert_snapshot!(mistakes("exemptions:\n  - path: a.yml\n    reason: r\n    owner: o\n    expires: 2027-03-31\n"), @"path => this exemption has no `rule` => name the rule whose finding is accepted");
    insta::assert_snapshot!(mistakes(&exemption(("reason: r", "reason: ''"))), @r#"'' => `reason` is empty => say why the finding is accepted"#);
    insta::assert_snapshot!(mistakes(&exemption(("reason: r", "reason:"))), @r#"reason => `reason` takes a sentence, not nothing => -"#);
    insta::assert_snapshot!(mistakes(&exemption(("owner: o", "owner: 7"))), @r#"7 => `owner` takes a name, not a number => -"#);
    insta::assert_snapshot!(mistakes(&exemption(("missing-timeout", "missing-timeot"))), @r#"missing-timeot => there is no rule `missing-timeot` => did you mean `missing-timeout`?"#);
    insta::assert_snapshot!(mistakes(&exemption(("missing-timeout", "unused-exemption"))), @r#"unused-exemption => `unused-exemption` cannot be exempted: it is about exemptions => set its severity under `rules`"#);
    insta::assert_snapshot!(mistakes(&exemption(("reason", "job: My job\n    reason"))), @r#"My job => `My job` is no id of a job => write the key under `jobs` of the workflow, not the job's `name`"#);
    insta::assert_snapshot!(mistakes(&exemption(("reason", "fingerprint: ABC\n    reason"))), @r#"ABC => `ABC` is no fingerprint => copy the 32 hexadecimal digits from the JSON report"#);
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
    insta::assert_snapshot!(mistakes(&exemption(("2027-03-31", "20270331"))), @r#"20270331 => `expires` takes a day, such as `2027-03-31`, not a number => -"#);
    policy(&exemption(("2027-03-31", "'2027-03-31'")));
}

#[test]
fn patterns_are_checked() {
    insta::assert_snapshot!(mistakes("exclude: [/a, b/, '!c', 'd[', 'e\\f', '', './g']\n"), @r#"
    /a => this pattern matches no path => paths begin at the root of the repository, without `/`, `./` or `../`
    b/ => a folder alone matches no file => add `**` to cover everything below it
    '!c' => a pattern that begins with `!` takes nothing back => name the paths that are meant
    'd[' => this pattern cannot be read: unclosed character class; missing ']' => -
    'e\f' => a pattern has no `\` => parts of a path are separated by `/`; `[*]` stands for a `*` in a name
    '' => this pattern is empty => name a path, or remove the line
    './g' => this pattern matches no path => paths begin at the root of the repository, without `/`, `./` or `../`
    "#);
    insta::assert_snapshot!(mistakes(&exemption(("a.yml", "'{a'"))), @r#"'{a' => this pattern cannot be read: unclosed alternate group; missing '}' (maybe escape '{' with '[{]'?) => -"#);
    let many = format!("exclude:\n{}", "  - a/**\n".repeat(1001));
    insta::assert_snapshot!(mistakes(&many), @r#"a/** => `exclude` has more than 1000 patterns => cover whole folders with `**`"#);
}

#[test]
fn trusted_names_are_checked() {
    insta::assert_snapshot!(mistakes("trusted: {actions: [acme, 'acme/x@v1', '*/*'], hosts: ['https://a.example', 'a.example/x', '*', '']}\n"), @r#"
    acme => `acme` names nothing to trust => write `owner/repository`, or `owner/*` for all of an owner, without a version
    'acme/x@v1' => `acme/x@v1` names nothing to trust => write `owner/repository`, or `owner/*` for all of an owner, without a version
    '*/*' => `*/*` names nothing to trust => write `owner/repository`, or `owner/*` for all of an owner, without a version
    'https://a.example' => `https://a.example` names nothing to trust => write the host name alone, such as `llm.acme.example`; `*.acme.example` covers its subdomains
    'a.example/x' => `a.example/x` names nothing to trust => write the host name alone, such as `llm.acme.example`; `*.acme.example` covers its subdomains
    '*' => `*` names nothing to trust => write the host name alone, such as `llm.acme.example`; `*.acme.example` covers its subdomains
    '' => `` names nothing to trust => write the host name alone, such as `llm.acme.example`; `*.acme.example` covers its subdomains
    "#);
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
