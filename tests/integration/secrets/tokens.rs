//! Tokens drawn from the patterns of the table when a test runs, so that none stands in the source.

use portcullis::secret::checksum;
use portcullis::secret::formats::{Anchor, Check, Format};
use regex_syntax::hir::{Class, Hir, HirKind};

/// A generator of numbers, the same for the same seed.
pub struct Draw(u64);

impl Draw {
    pub fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    pub fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 33) as usize % limit
    }

    pub fn of(&mut self, alphabet: &[u8], length: usize) -> String {
        (0..length)
            .map(|_| char::from(alphabet[self.below(alphabet.len())]))
            .collect()
    }
}

pub const MIXED: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
const BASE64: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

pub fn base64(bytes: &[u8]) -> String {
    let mut out = String::new();
    for group in bytes.chunks(3) {
        let mut bits = [0_u8; 4];
        bits[1..=group.len()].copy_from_slice(group);
        let bits = u32::from_be_bytes(bits);
        for place in 0..=group.len() {
            out.push(char::from(BASE64[(bits >> (18 - 6 * place) & 63) as usize]));
        }
        out.extend(std::iter::repeat_n('=', 3 - group.len()));
    }
    out
}

fn base64url(bytes: &[u8]) -> String {
    base64(bytes)
        .trim_end_matches('=')
        .replace('+', "-")
        .replace('/', "_")
}

/// Text that a pattern matches. Of a part that may be left out nothing is written.
fn draw(hir: &Hir, draw_from: &mut Draw, out: &mut String) {
    match hir.kind() {
        HirKind::Literal(text) => out.push_str(std::str::from_utf8(&text.0).unwrap()),
        HirKind::Class(Class::Bytes(class)) => {
            let bytes: Vec<u8> = class
                .ranges()
                .iter()
                .flat_map(|range| range.start()..=range.end())
                .collect();
            out.push(char::from(bytes[draw_from.below(bytes.len())]));
        }
        HirKind::Class(Class::Unicode(class)) => {
            let chars: Vec<char> = class
                .ranges()
                .iter()
                .flat_map(|range| range.start()..=range.end())
                .collect();
            out.push(chars[draw_from.below(chars.len())]);
        }
        HirKind::Repetition(repetition) => {
            let least = repetition.min;
            let most = repetition.max.unwrap_or(least + 8).min(least + 24);
            let count = if least == 0 {
                0
            } else {
                least + draw_from.below((most - least + 1) as usize) as u32
            };
            for _ in 0..count {
                draw(&repetition.sub, draw_from, out);
            }
        }
        HirKind::Capture(capture) => {
            // The value of a named key: only it is wanted.
            out.clear();
            draw(&capture.sub, draw_from, out);
        }
        HirKind::Concat(parts) => parts.iter().for_each(|part| draw(part, draw_from, out)),
        HirKind::Alternation(parts) => draw(&parts[draw_from.below(parts.len())], draw_from, out),
        _ => {}
    }
}

/// A token of a format whose checksum holds. Nothing for kinds that have no tokens of their own.
pub fn token(format: &Format, seed: u64) -> Option<String> {
    let mut from = Draw::new(seed);
    let object = |text: &str| base64url(text.as_bytes());
    let signature = from.of(MIXED, 43);
    match format.check {
        Check::PrivateKey | Check::Read | Check::BasicAuth | Check::Generic => return None,
        Check::Jwt => {
            let payload = object(&format!(
                "{{\"sub\":\"{}\",\"exp\":4102444800}}",
                from.of(MIXED, 20)
            ));
            return Some(format!(
                "{}.{payload}.{signature}",
                object("{\"alg\":\"HS256\",\"typ\":\"JWT\"}")
            ));
        }
        Check::NumberedJwt => {
            let jwt = format!(
                "{}.{}.{signature}",
                object("{\"alg\":\"RS256\"}"),
                object("{\"iss\":\"actions\"}")
            );
            return Some(format!("{}_1234567_{jwt}", "ghs"));
        }
        Check::Json => {
            let json = format!(
                "{{\"url\":\"https://acme.example\",\"k\":\"{}\"}}",
                from.of(
                    MIXED,
                    if format.kind == "grafana-cloud-token" {
                        60
                    } else {
                        180
                    }
                )
            );
            let (prefix, rest) = match format.kind {
                "sentry-token" => ("sntrys_", format!("_{signature}")),
                "grafana-cloud-token" => ("glc_", String::new()),
                _ => ("ops_", String::new()),
            };
            return Some(format!(
                "{prefix}{}{rest}",
                base64(json.as_bytes()).trim_end_matches('=')
            ));
        }
        Check::Macaroon => {
            let mut bytes = vec![2, 1, 8];
            bytes.extend(b"pypi.org");
            bytes.extend(from.of(MIXED, 90).into_bytes());
            return Some(format!("pypi-{}", base64url(&bytes)));
        }
        Check::Discord => {
            let id = base64url(format!("1{}", from.of(b"0123456789", 17)).as_bytes());
            return Some(format!("{id}.{}.{}", from.of(MIXED, 6), from.of(MIXED, 38)));
        }
        Check::Bytes(length) => return Some(base64(&from.of(MIXED, length).into_bytes())),
        Check::Bech32 => return None,
        _ => {}
    }
    let hir = regex_syntax::ParserBuilder::new()
        .unicode(false)
        .utf8(false)
        .build()
        .parse(format.pattern)
        .ok()?;
    let mut out = String::new();
    draw(&hir, &mut from, &mut out);
    let head = |cut: usize| out[..out.len() - cut].to_owned();
    let body = |text: &str| {
        text.split_once('_')
            .map_or(text, |(_, body)| body)
            .to_owned()
    };
    let ascii = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    Some(match format.check {
        Check::CrcBase62 => {
            let head = head(6);
            let sum = checksum::crc_base62(body(&head).as_bytes());
            head + &ascii(&sum)
        }
        Check::CrcHex => {
            let head = head(8);
            let sum = checksum::crc_hex(body(&head).as_bytes());
            head + &sum
        }
        Check::CrcHexLe => {
            let head = head(9);
            let sum = checksum::crc_hex_le(head.as_bytes());
            format!("{head}_{sum}")
        }
        Check::CrcHexUpper => {
            let head = head(8);
            let sum = checksum::crc_hex_upper(head.as_bytes());
            head + &sum
        }
        Check::CrcBase36 => {
            let head = head(7);
            let sum = checksum::crc_base36(head.as_bytes());
            head + &ascii(&sum)
        }
        Check::CrcBase64 => {
            let head = head(6);
            let sum = checksum::crc_base64(&head.as_bytes()[4..]);
            head + &ascii(&sum)
        }
        Check::Sha256Base32 => {
            let head = head(16);
            let sum = checksum::sha256_base32(head.as_bytes());
            format!("{head}{}{}", ascii(&sum), &out[out.len() - 8..])
        }
        Check::Fixed(mark) if format.anchor == Anchor::Within(76) => {
            format!("{}{mark}{}", &out[..52], &out[52 + mark.len()..])
        }
        _ => out,
    })
}

/// How a file would write it: with the name that it needs, if it needs one.
pub fn named(format: &Format, token: &str) -> String {
    let name = match format.kind {
        "cohere-key" => "COHERE_API_KEY=",
        "vercel-legacy-token" => "VERCEL_TOKEN=",
        "vault-legacy-token" => "VAULT_TOKEN=",
        "datadog-legacy-key" => "DD_API_KEY=",
        "aws-secret-access-key" => "AWS_SECRET_ACCESS_KEY=",
        "azure-storage-key" => "AccountKey=",
        "azure-sas-key" => "SharedAccessKey=",
        _ if format.anchor == Anchor::Name => {
            return format!("{}_api_key={token}", format.keywords[0]);
        }
        _ => "",
    };
    format!("{name}{token}")
}
