//! Credentials made up for the tests. No whole token stands in the source, so that other scanners stay quiet about it.

use super::checksum;
use super::placeholder::{is_mixed, is_placeholder};

const ALPHANUMERIC: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
const BASE64_URL: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
const BASE64: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const BASE32: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// Every kind of token, the same for the same seed.
pub(super) fn tokens(seed: u64) -> Vec<(&'static str, String)> {
    vec![
        ("anthropic-api-key", marked("api03", seed)),
        ("anthropic-admin-key", marked("admin01", seed)),
        ("claude-oauth-token", marked("oat01", seed)),
        ("claude-oauth-refresh", marked("ort01", seed)),
        ("claude-session-key", marked("sid02", seed)),
        ("anthropic-any", marked("xyz01", seed)),
        ("github-classic-pat", with_crc("ghp", 30, seed)),
        ("github-oauth-token", with_crc("gho", 30, seed)),
        ("github-user-token", with_crc("ghu", 30, seed)),
        ("github-app-token", with_crc("ghs", 30, seed)),
        ("github-app-token-stateless", stateless(seed)),
        ("github-refresh-token", with_crc("ghr", 70, seed)),
        ("github-fine-grained-pat", fine_grained(seed)),
        ("aws-access-key-id", access_key_id(seed)),
    ]
}

/// An Anthropic token: 93 characters and the marker.
pub(super) fn marked(kind: &str, seed: u64) -> String {
    format!("sk-{}-{kind}-{}AA", "ant", random(BASE64_URL, 93, seed))
}

pub(super) fn with_crc(prefix: &str, length: usize, seed: u64) -> String {
    let body = random(ALPHANUMERIC, length, seed);
    let sum = checksum::crc_base62(body.as_bytes());
    format!("{prefix}_{body}{}", String::from_utf8_lossy(&sum))
}

pub(super) fn fine_grained(seed: u64) -> String {
    let head = format!(
        "github_{}_{}_{}",
        "pat",
        random(ALPHANUMERIC, 22, seed),
        random(ALPHANUMERIC, 43, seed + 1)
    );
    let sum = checksum::sha256_base32(head.as_bytes());
    format!(
        "{head}{}{}",
        String::from_utf8_lossy(&sum),
        random(ALPHANUMERIC, 8, seed + 2)
    )
}

pub(super) fn stateless(seed: u64) -> String {
    let header = base64(br#"{"alg":"RS256","typ":"JWT"}"#, Padding::None);
    let payload = base64(br#"{"iss":"actions","exp":1}"#, Padding::None);
    // The last character is no dash, so that a sample has one end only.
    format!(
        "{}_1234567_{header}.{payload}.{}A",
        "ghs",
        random(BASE64_URL, 341, seed)
    )
}

pub(super) fn access_key_id(seed: u64) -> String {
    format!("{}{}", "AK", format_args!("IA{}", random(BASE32, 16, seed)))
}

pub(super) fn secret_access_key(seed: u64) -> String {
    random(BASE64, 40, seed)
}

/// The DER of a key: a sequence of a version and bytes of no meaning.
pub(super) fn der(length: usize, seed: u64) -> Vec<u8> {
    let content: Vec<u8> = [2, 1, 0]
        .into_iter()
        .chain(random(BASE64, length, seed).into_bytes())
        .collect();
    let size = u16::try_from(content.len()).unwrap().to_be_bytes();
    [0x30, 0x82]
        .into_iter()
        .chain(size)
        .chain(content)
        .collect()
}

/// The container of OpenSSH.
pub(super) fn openssh(cipher: &str, seed: u64) -> Vec<u8> {
    let mut out = b"openssh-key-v1\0".to_vec();
    let mut field = |bytes: &[u8]| {
        out.extend(u32::try_from(bytes.len()).unwrap().to_be_bytes());
        out.extend(bytes);
    };
    field(cipher.as_bytes());
    field(b"none");
    field(b"");
    out.extend([0, 0, 0, 1]);
    for length in [51, 144] {
        out.extend(u32::try_from(length).unwrap().to_be_bytes());
        out.extend(random(BASE64, length, seed).as_bytes());
    }
    out
}

/// The lines of an armour.
pub(super) fn armour(label: &str, body: &[u8]) -> Vec<String> {
    let text = base64(body, Padding::Full);
    let lines = text
        .as_bytes()
        .chunks(64)
        .map(|line| String::from_utf8_lossy(line).into_owned());
    std::iter::once(format!("-----{} {label}-----", "BEGIN"))
        .chain(lines)
        .chain([format!("-----{} {label}-----", "END")])
        .collect()
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Padding {
    None,
    Full,
}

pub(super) fn base64(bytes: &[u8], padding: Padding) -> String {
    let mut out = String::new();
    for group in bytes.chunks(3) {
        let mut bits = [0_u8; 4];
        bits[1..=group.len()].copy_from_slice(group);
        let bits = u32::from_be_bytes(bits);
        for place in 0..=group.len() {
            out.push(char::from(BASE64[(bits >> (18 - 6 * place) & 63) as usize]));
        }
        if padding == Padding::Full {
            out.extend(std::iter::repeat_n('=', 3 - group.len()));
        }
    }
    out
}

/// Characters as a generator of keys would draw them; drawn again where they happen to look made up.
fn random(alphabet: &[u8], length: usize, seed: u64) -> String {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    loop {
        let text: Vec<u8> = (0..length)
            .map(|_| {
                state ^= state << 13;
                state ^= state >> 7;
                state ^= state << 17;
                alphabet[(state >> 33) as usize % alphabet.len()]
            })
            .collect();
        let has_cases = length < 30 || is_mixed(&text);
        if has_cases && !is_placeholder(&text) {
            return String::from_utf8(text).unwrap();
        }
    }
}
