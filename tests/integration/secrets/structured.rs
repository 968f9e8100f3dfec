//! Structures and their surroundings: what a credential is called, how sure it is, and where it stops.

use super::tokens::{Draw, MIXED, base64};
use super::{scan, scan_json, scan_yaml};
use portcullis::secret::{Detection, Evidence, Tier};

fn judged(found: &[Detection]) -> Vec<(&str, Tier, Evidence)> {
    found
        .iter()
        .map(|one| (one.kind.kind, one.tier, one.evidence))
        .collect()
}

fn web_token(payload: &str) -> String {
    let part = |text: &str| {
        base64(text.as_bytes())
            .trim_end_matches('=')
            .replace('+', "-")
            .replace('/', "_")
    };
    format!(
        "{}.{}.{}",
        part("{\"alg\":\"HS256\",\"typ\":\"JWT\"}"),
        part(payload),
        Draw::new(9).of(MIXED, 43)
    )
}

/// A private key of no meaning, in one line with escaped line ends.
fn private_key() -> String {
    let content = Draw::new(3).of(MIXED, 300).into_bytes();
    let mut der = vec![0x30, 0x82, 1, 47, 2, 1, 0];
    der.extend(content);
    format!(
        "-----{0} PRIVATE KEY-----\\n{1}\\n-----END PRIVATE KEY-----\\n",
        "BEGIN",
        base64(&der)
    )
}

#[test]
fn the_role_of_a_web_token_decides() {
    let found = |payload: &str| {
        let text = format!("KEY={}\n", web_token(payload));
        judged(&scan(&text))
            .first()
            .map(|(kind, tier, _)| ((*kind).to_owned(), *tier))
    };
    let is = |kind: &str, tier| Some((kind.to_owned(), tier));
    assert_eq!(found("{\"role\":\"anon\",\"ref\":\"abcdefgh\"}"), None);
    assert_eq!(
        found("{\"sub\":\"1234567890\",\"name\":\"John Doe\"}"),
        None
    );
    assert_eq!(
        found("{\"role\":\"service_role\",\"ref\":\"abc\"}"),
        is("supabase-service-key", Tier::High)
    );
    assert_eq!(
        found("{\"sub\":\"u17\",\"exp\":1500000000}"),
        is("jwt", Tier::Low)
    );
    assert_eq!(
        found("{\"sub\":\"u17\",\"exp\":4102444800}"),
        is("jwt", Tier::Medium)
    );
    assert_eq!(found("no json at all, but long"), None);
}

#[test]
fn the_key_of_a_service_account_is_called_so() {
    let text = format!(
        "{{\"type\": \"service_account\", \"private_key_id\": \"x\", \"private_key\": \"{}\"}}",
        private_key()
    );
    assert_eq!(
        judged(&scan_json(&text)),
        [("gcp-service-account", Tier::High, Evidence::Structure)]
    );
    let text = format!("{{\"key\": \"{}\"}}", private_key());
    assert_eq!(
        judged(&scan_json(&text)),
        [("private-key", Tier::High, Evidence::Structure)]
    );
    let encoded = format!(
        "CREDENTIALS: {}\n",
        base64(text.replace("\\n", "\n").as_bytes())
    );
    assert_eq!(
        judged(&scan(&encoded)),
        [("private-key", Tier::High, Evidence::Structure)]
    );
}

#[test]
fn any_literal_password_of_a_container_is_one() {
    let job = |password: &str| {
        format!(
            "jobs:\n  a:\n    services:\n      db:\n        credentials:\n          username: ci\n          password: {password}\n"
        )
    };
    assert_eq!(
        judged(&scan_yaml(&job("zebra7"))),
        [("container-credentials", Tier::High, Evidence::Name)]
    );
    assert!(scan_yaml(&job("${{ secrets.P }}")).is_empty());
}

#[test]
fn the_password_alone_is_the_place() {
    let password = "Quokka-7x!";
    for text in [
        format!("git clone https://deploy:{password}@acme.dev/x.git\n"),
        format!("curl --user 'deploy:{password}' https://acme.dev\n"),
        format!("curl -sS \\\n  -u deploy:{password} \\\n  https://acme.dev\n"),
        format!("mysqldump -u root -p'{password}' -h db.acme.dev app | gzip\n"),
        format!("podman login acme.dev -u ci -p={password}\n"),
        format!("redis-cli -h r.acme.dev -a {password} ping\n"),
        format!("{{\"run\": \"sshpass -p \\\"{password}\\\" ssh x\"}}"),
    ] {
        let found = scan(&text);
        assert_eq!(found.len(), 1, "{text}: {found:?}");
        assert_eq!(&text[found[0].span.range()], password, "{text}");
    }
}

#[test]
fn a_word_close_by_makes_a_short_prefix_certain() {
    let key = format!("sk-{}", Draw::new(5).of(b"0123456789abcdef", 32));
    assert_eq!(
        judged(&scan(&format!("KEY={key}\n"))),
        [("deepseek-key", Tier::Medium, Evidence::Shape)]
    );
    assert_eq!(
        judged(&scan(&format!("DEEPSEEK_KEY={key}\n"))),
        [("deepseek-key", Tier::High, Evidence::Near)]
    );
}

#[test]
fn one_credential_is_one_finding() {
    let key = format!("{}_{}", "gsk", Draw::new(6).of(MIXED, 52));
    for text in [
        format!("curl -u api:{key} https://acme.dev\n"),
        format!("https://api:{key}@acme.dev\n"),
        format!("GROQ_API_KEY=\"{key}\"\n"),
        format!("Authorization: Bearer {key}\n"),
        format!("tool --token={key}\n"),
    ] {
        assert_eq!(
            judged(&scan(&text)),
            [("groq-api-key", Tier::High, Evidence::Shape)],
            "{text}"
        );
    }
}

#[test]
fn line_ends_a_byte_order_mark_and_one_long_line_change_nothing() {
    let key = format!("{}_{}", "gsk", Draw::new(8).of(MIXED, 52));
    let filler = "lorem ipsum, dolor: sit ".repeat(20_000);
    for text in [
        format!("\u{feff}K: {key}\r\n"),
        format!("{filler}{key} {filler}"),
        format!("{filler}\"{key}\""),
    ] {
        assert_eq!(scan(&text).len(), 1);
    }
}
