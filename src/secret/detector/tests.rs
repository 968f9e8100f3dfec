use proptest::prelude::*;

use super::*;
use crate::secret::samples;

static DETECTOR: Detector = Detector::new();

fn scan(text: &str) -> Vec<Detection> {
    DETECTOR.scan(text.as_bytes())
}

fn only(text: &str) -> Detection {
    let mut found = scan(text);
    assert_eq!(found.len(), 1, "{found:?}");
    found.remove(0)
}

/// Kind, tier and evidence of the only detection, whose span must be the token's place.
#[track_caller]
fn judged(text: &str, token: &str) -> (&'static str, Tier, Evidence) {
    let found = only(text);
    assert_eq!(
        found.span.range().start,
        text.find(token).unwrap(),
        "{found:?}"
    );
    assert_eq!(found.length as usize, token.len(), "{found:?}");
    (found.kind.kind, found.tier, found.evidence)
}

#[test]
fn every_kind_is_found_with_its_exact_span() {
    for seed in 1..50 {
        for (kind, token) in samples::tokens(seed) {
            let text = format!("env:\n  KEY: \"{token}\"\n");
            let (found, tier, _) = judged(&text, &token);
            assert_eq!(found, kind);
            let expected = if kind == "aws-access-key-id" {
                Tier::Medium
            } else {
                Tier::High
            };
            assert_eq!(tier, expected, "{kind}");
        }
    }
}

#[test]
fn what_may_stand_before_a_token() {
    for (kind, token) in samples::tokens(7) {
        for before in [
            "", "=", ":", "'", "\"", "@", "/", "(", "`", " ", "\t", "x_", "-", "\\n", "\\t",
            "\\r\\n", "%3D", "%20", "\\u003d", "\\x3d", "\u{e9}", "\u{feff}",
        ] {
            let found = only(&format!("{before}{token}\r\n"));
            assert_eq!(
                (found.kind.kind, found.span.start as usize),
                (kind, before.len()),
                "{before}"
            );
        }
        for before in ["x", "Z", "0", "\\q", "n", "%zz", "\\u00g1"] {
            let found = scan(&format!("{before}{token}"));
            // A JSON web token inside is one still.
            assert!(
                found.iter().all(|one| one.kind.kind != kind),
                "{kind} after {before}"
            );
        }
    }
}

#[test]
fn what_may_stand_after_a_token() {
    for (kind, token) in samples::tokens(8) {
        for after in [
            "", ".", ",", ")", "`", "'", "\"", "\\n", ";", "</key>", "|", "*", "]", ". Next",
            "&x=1", "\u{e9}",
        ] {
            let found = only(&format!("the key {token}{after}"));
            assert_eq!(
                (found.kind.kind, found.length as usize),
                (kind, token.len()),
                "{after}"
            );
        }
    }
}

#[test]
fn underscores_of_markdown_do_not_hide_a_token_of_fixed_length() {
    let token = samples::marked("api03", 3);
    assert_eq!(
        judged(&format!("use __{token}__ here"), &token).0,
        "anthropic-api-key"
    );
}

#[test]
fn a_longer_word_is_no_token() {
    for (kind, token) in samples::tokens(9) {
        // Open lengths end at 200, and this one has no length of its own.
        let more = if kind == "github-app-token-stateless" {
            "a".repeat(4096)
        } else {
            "a7B".repeat(70)
        };
        // A JSON web token inside is one still.
        let is_named = |found: &Detection| found.kind.kind == kind;
        assert!(
            !scan(&format!("{token}{more}")).iter().any(is_named),
            "{kind}"
        );
    }
}

#[test]
fn a_wrong_checksum_is_an_example() {
    for prefix in ["ghp", "gho", "ghu", "ghs"] {
        let token = samples::with_crc(prefix, 30, 4);
        let wrong = format!(
            "{}{}",
            &token[..39],
            if token.ends_with('0') { '1' } else { '0' }
        );
        let (_, tier, evidence) = judged(&wrong, &wrong);
        assert_eq!((tier, evidence), (Tier::Low, Evidence::WrongChecksum));
    }
}

#[test]
fn an_undocumented_checksum_only_lowers() {
    let token = samples::fine_grained(5);
    let wrong = token.replace(&token[77..85], "AQAQBQBQ");
    assert_eq!(judged(&wrong, &wrong).1, Tier::Medium);
    assert_eq!(judged(&token, &token).2, Evidence::Checksum);
}

#[test]
fn a_stateless_token_must_decode() {
    let token = samples::stateless(6);
    assert_eq!(judged(&token, &token).2, Evidence::Structure);
    let wrong = token.replacen("eyJ", "eyJz", 1);
    assert_eq!(judged(&wrong, &wrong).1, Tier::Low);
}

#[test]
fn a_refresh_token_is_not_cut_to_the_length_of_others() {
    let token = samples::with_crc("ghr", 30, 2);
    assert!(scan(&token).is_empty());
}

#[test]
fn placeholders_are_silent() {
    let prefix = format!("sk-{}-api03-", "ant");
    let body = &samples::marked("api03", 11)[13..];
    for body in [
        "...".to_owned(),
        "xxxxxxxx".to_owned(),
        format!("{}AA", "x".repeat(93)),
        format!("{}AA", "A".repeat(93)),
        "your-api-key-goes-here-and-it-is-long-enough-to-match".to_owned(),
        format!("YOUR{}", &body[4..]),
        format!("REPLACE_ME{}", &body[10..]),
        format!("-example-{}", &body[9..]),
        format!("abcdefghij1234567890{}", &body[20..]),
        "${KEY}".to_owned(),
        "${{ secrets.ANTHROPIC_API_KEY_OF_THE_WHOLE_ORGANISATION_1 }}".to_owned(),
        "{{ key }}".to_owned(),
        "$KEY".to_owned(),
    ] {
        assert!(
            scan(&format!("ANTHROPIC_API_KEY: {prefix}{body}")).is_empty(),
            "{body}"
        );
    }
    assert!(scan(&format!("ghp_{}", "x".repeat(36))).is_empty());
    assert!(scan(&format!("AKIA{}", "X".repeat(16))).is_empty());
}

#[test]
fn an_api_key_of_another_length_is_an_example() {
    let token = &samples::marked("api03", 12)[..90];
    assert_eq!(
        judged(token, token),
        ("anthropic-any", Tier::Low, Evidence::WrongChecksum)
    );
    let token = samples::marked("api04", 12);
    assert_eq!(judged(&token[..90], &token[..90]).1, Tier::High);
}

#[test]
fn words_inside_a_token_do_not_hide_it() {
    let token = samples::marked("oat01", 13);
    let token = format!("{}-auth-test-key-{}", &token[..20], &token[36..]);
    assert_eq!(judged(&token, &token).1, Tier::High);
}

#[test]
fn capitals_are_needed_in_a_prefix_and_not_in_a_name() {
    let token = samples::with_crc("ghp", 30, 1).replacen("ghp", "GHP", 1);
    assert!(scan(&token).is_empty());
    let secret = samples::secret_access_key(1);
    for name in [
        "aws_secret_access_key",
        "AWS_SECRET_ACCESS_KEY",
        "awsSecretAccessKey",
        "Aws_Secret",
    ] {
        assert_eq!(judged(&format!("{name}={secret}"), &secret).1, Tier::Medium);
    }
}

#[test]
fn an_aws_secret_is_found_by_the_name_before_it() {
    for seed in 1..40 {
        let secret = samples::secret_access_key(seed);
        for text in [
            format!("aws_secret_access_key = {secret}\n"),
            format!("AWS_SECRET_ACCESS_KEY: '{secret}'"),
            format!("\"secretAccessKey\": \"{secret}\","),
            format!(r#"{{\"secretAccessKey\": \"{secret}\"}}"#),
            format!("secret-access-key: >-\n    {secret}\n"),
            format!("- name: AWS_SECRET_ACCESS_KEY\n  value: \"{secret}\"\n"),
            format!("aws configure set aws_secret_access_key {secret}"),
            format!("<SecretAccessKey>{secret}</SecretAccessKey>"),
            format!("AWS_SECRET_ACCESS_KEY_PROD={secret} ./deploy"),
            format!("key: ${{{{ secrets.AWS_SECRET_ACCESS_KEY || '{secret}' }}}}"),
            format!("key=${{AWS_SECRET_ACCESS_KEY:-{secret}}}"),
            format!("aws.secretKey={secret}."),
        ] {
            let (kind, tier, evidence) = judged(&text, &secret);
            assert_eq!(
                (kind, tier, evidence),
                ("aws-secret-access-key", Tier::Medium, Evidence::Name)
            );
        }
    }
}

#[test]
fn references_digests_and_code_are_no_aws_secret() {
    let secret = samples::secret_access_key(3).replace(['/', '+'], "k");
    for value in [
        "${{ secrets.AWS_SECRET_ACCESS_KEY_FOR_PRODUCTION_1 }}".to_owned(),
        format!("${secret}"),
        format!("${{{secret}}}"),
        format!("{{{{ {secret} }}}}"),
        format!("<{secret}>"),
        format!("{secret}()"),
        format!("{secret}.value"),
        format!("{secret}1"),
        "0123456789abcdef0123456789abcdef01234567".to_owned(),
        "/run/secrets/aws/secret/access/key/value".to_owned(),
    ] {
        let found = scan(&format!("aws_secret_access_key: {value}\n"));
        // A literal of another length may be a secret of another kind.
        assert!(
            found.iter().all(|one| one.kind.kind == "generic-secret"
                && value.len() == 41
                && value.ends_with('1')),
            "{value}: {found:?}"
        );
    }
    assert!(scan(&format!("another_key: {secret}\n")).is_empty());
}

#[test]
fn documented_aws_examples_are_low() {
    let text = format!(
        "aws_access_key_id = AKIA{}\naws_secret_access_key = {}/K7MDENG/bPxRfiCY{}\n",
        "IOSFODNN7EXAMPLE", "wJalrXUtnFEMI", "EXAMPLEKEY"
    );
    let found = scan(&text);
    assert_eq!(found.len(), 2);
    for detection in found {
        assert_eq!(
            (detection.tier, detection.evidence),
            (Tier::Low, Evidence::Example)
        );
    }
}

#[test]
fn an_access_key_id_is_a_credential_only_with_its_secret_near() {
    let (id, secret) = (samples::access_key_id(2), samples::secret_access_key(2));
    let tiers = |text: &str| {
        scan(text)
            .iter()
            .map(|found| found.tier)
            .collect::<Vec<_>>()
    };
    assert_eq!(tiers(&format!("id: {id}\n")), [Tier::Medium]);
    for (gap, tier) in [(1, Tier::High), (5, Tier::High), (6, Tier::Medium)] {
        let gap = "\n".repeat(gap);
        assert_eq!(tiers(&format!("{id}{gap}aws_secret: {secret}")), [tier; 2]);
        assert_eq!(tiers(&format!("aws_secret: {secret}{gap}{id}")), [tier; 2]);
    }
}

#[test]
fn capitals_run_together_are_no_access_key_id() {
    assert!(scan("REGION=ASIAPACIFICSOUTHEAST").is_empty());
}

#[test]
fn a_private_key_is_read_in_every_dress() {
    let body = samples::der(300, 1);
    for label in ["PRIVATE KEY", "RSA PRIVATE KEY", "EC PRIVATE KEY"] {
        let lines = samples::armour(label, &body);
        let quoted = lines
            .iter()
            .map(|line| format!("\"{line}\\n\""))
            .collect::<Vec<_>>();
        for (dressed, cut) in [
            (lines.join("\n"), 0),
            (lines.join("\r\n"), 0),
            (lines.join("\n      "), 0),
            (lines.join("\\n"), 0),
            (lines.join("\\\\n"), 0),
            (lines.join("\n# "), 0),
            (lines.join(" "), 0),
            (quoted.join(" +\n  "), 1),
            (quoted.join("\n"), 1),
        ] {
            let found = only(&format!("key: |\n      {dressed}\nother: x\n"));
            assert_eq!(
                (found.kind.kind, found.tier, found.evidence),
                ("private-key", Tier::High, Evidence::Structure)
            );
            assert_eq!(found.redacted, label);
            let end = dressed.rfind("-----").unwrap() + 5;
            assert_eq!(
                (found.span.start as usize, found.length as usize),
                (13 + cut, end - cut),
                "{dressed}"
            );
        }
    }
}

#[test]
fn a_passphrase_lowers_a_private_key() {
    let cipher =
        samples::armour("OPENSSH PRIVATE KEY", &samples::openssh("aes256-ctr", 1)).join("\n");
    let plain = samples::armour("OPENSSH PRIVATE KEY", &samples::openssh("none", 1)).join("\n");
    assert_eq!(only(&cipher).evidence, Evidence::Passphrase);
    assert_eq!(only(&cipher).tier, Tier::Medium);
    assert_eq!(only(&plain).tier, Tier::High);

    let mut old = samples::armour("RSA PRIVATE KEY", &samples::der(297, 1));
    old.insert(1, "Proc-Type: 4,ENCRYPTED".to_owned());
    old.insert(2, "DEK-Info: AES-128-CBC,00".to_owned());
    old.insert(3, String::new());
    assert_eq!(only(&old.join("\n")).evidence, Evidence::Passphrase);
    let escaped = serde_free_json(&old.join("\n"));
    assert_eq!(only(&escaped).evidence, Evidence::Passphrase);
}

/// A JSON string of a text that holds only line ends to escape.
fn serde_free_json(text: &str) -> String {
    format!("{{\"key\": \"{}\"}}", text.replace('\n', "\\n"))
}

#[test]
fn what_only_looks_like_a_private_key_is_silent() {
    let body = samples::der(300, 2);
    let whole = samples::armour("RSA PRIVATE KEY", &body);
    let header = &whole[0];
    let footer = &whole[whole.len() - 1];
    for text in [
        header.clone(),
        format!("grep -q '{header}' file"),
        format!("{header}\n...\n{footer}"),
        format!("{header}\n<your key here>\n{footer}"),
        format!("{header}\n${{{{ secrets.KEY }}}}\n{footer}"),
        format!("{header}\nMIIEpAIBAAKCAQEA...\n{footer}"),
        format!("{header}\n{}\n{footer}", "A".repeat(640)),
        format!("{header}\n{}\n{footer}", whole[1..4].join("\n")),
        whole[..whole.len() - 1].join("\n"),
        samples::armour("PUBLIC KEY", &body).join("\n"),
        samples::armour("CERTIFICATE", &body).join("\n"),
        samples::armour("OPENSSH PRIVATE KEY", &body).join("\n"),
        samples::armour("OPENSSH PRIVATE KEY", &samples::openssh("none", 1)[..200]).join("\n"),
        whole.join("\n").replace("END RSA", "END EC"),
    ] {
        assert!(scan(&text).is_empty(), "{text}");
    }
}

#[test]
fn nothing_of_a_token_is_shown_but_prefix_and_end() {
    for (_, token) in samples::tokens(21) {
        let found = only(&format!("k={token}"));
        let (prefix, end) = found.redacted.split_once('…').unwrap();
        assert!(
            token.starts_with(prefix)
                && prefix.len() <= 15
                && token.ends_with(end)
                && end.len() == 2
        );
        assert!(!format!("{found:?}{DETECTOR:?}").contains(&token[prefix.len()..prefix.len() + 6]));
    }
}

#[test]
fn detections_come_by_place() {
    let text = samples::tokens(30)
        .iter()
        .rev()
        .map(|(_, token)| format!("{token}\n"))
        .collect::<String>();
    let found = scan(&text);
    assert_eq!(found.len(), 14);
    assert!(found.is_sorted_by_key(|detection| detection.span));
}

#[test]
fn many_headers_and_names_take_linear_time() {
    let header = format!("-----{} RSA PRIVATE KEY-----\n", "BEGIN");
    assert!(scan(&header.repeat(40_000)).is_empty());
    assert!(scan(&"aws_secret_access_key ".repeat(40_000)).is_empty());
    assert!(scan(&format!("sk-{}-", "ant").repeat(100_000)).is_empty());
}

proptest! {
    #[test]
    fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..2000)) {
        DETECTOR.scan(&bytes);
    }

    #[test]
    fn no_mix_of_fragments_makes_it_panic(parts in prop::collection::vec(prop::sample::select(vec![
        "-----BEGIN ", "RSA ", "PRIVATE KEY-----", "-----END ", "\\n", "\n", "MIIE", "=", "ghs_", "1_eyJ", "eyJ", ".", "sk-ant-",
        "api03-", "aws_secret", "_access_key", ": ", "AKIA", "ABCDEFGHIJ", "github_pat_", "\u{e9}", "openssh-key-v1", "a1B2c3D4e5F6g7H8i9J0",
    ]), 0..60)) {
        let text = parts.concat();
        let found = scan(&text);
        for pair in found.windows(2) {
            prop_assert!(pair[0].span.end <= pair[1].span.start);
        }
        for detection in &found {
            prop_assert!(text.get(detection.span.range()).is_some());
        }
    }

    #[test]
    fn a_token_among_anything_but_words_is_found_once(
        seed in 1_u64..1_000_000,
        which in 0_usize..14,
        before in "[^a-zA-Z0-9]{0,12}",
        after in "[^a-zA-Z0-9]{0,12}",
    ) {
        let (kind, token) = samples::tokens(seed).swap_remove(which);
        // Of a kind of open length, dashes and underscores behind it are a part.
        let is_open = matches!(kind, "claude-oauth-token" | "claude-oauth-refresh" | "claude-session-key" | "anthropic-any" | "github-app-token-stateless");
        let after = if is_open { after.trim_start_matches(['-', '_']) } else { &after };
        let found = scan(&format!("{before}{token}{after}"));
        prop_assert_eq!(found.len(), 1);
        prop_assert_eq!(found[0].kind.kind, kind);
        prop_assert_eq!(found[0].span.range(), before.len()..before.len() + token.len());
    }
}
