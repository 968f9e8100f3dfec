//! What decides after a shape matched: checksum, structure, placeholder.

use std::ops::Range;

use super::base64;
use super::checksum;
use super::formats::{self, Check, Format, Tier};
use super::jwt::{self, Bearer};
use super::name::Announces;
use super::placeholder::{entropy, is_mixed, is_placeholder};
use super::private_key::{self, Protection};
use super::value::{self, Literal};

/// How far from a token a word makes it certain.
const NEAR: usize = 512;

/// Why a detection has its tier.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Evidence {
    /// The shape, which nothing else has.
    Shape,
    /// The checksum holds.
    Checksum,
    /// The checksum, or what takes its place, is wrong: an example.
    WrongChecksum,
    /// The structure was read and is complete.
    Structure,
    /// The structure was read; a passphrase protects the key.
    Passphrase,
    /// The name beside it.
    Name,
    /// An identifier without the secret that belongs to it.
    Identifier,
    /// Identifier and secret stand close together.
    Pair,
    /// An example from the provider's documentation.
    Example,
    /// A name of the provider close to it.
    Near,
    /// A key of a test environment.
    Test,
    /// Its last day is over.
    Expired,
    /// A password that everybody would try first.
    Default,
}

/// A shape that is worth reporting.
pub(super) struct Verdict {
    pub(super) range: Range<usize>,
    pub(super) tier: Tier,
    pub(super) evidence: Evidence,
    /// What may be shown, where it is not the prefix of the format.
    pub(super) name: Option<&'static str>,
    /// What it is, where that is not the row that found it.
    pub(super) format: Option<&'static Format>,
}

/// Judges the bytes of `range`, which have the shape of `format`. Nothing if they are no credential at all.
pub(super) fn verify(format: &Format, text: &[u8], range: Range<usize>) -> Option<Verdict> {
    if format.check == Check::PrivateKey {
        return private_key(text, range);
    }
    let token = text.get(range.clone())?;
    let after = text.get(range.end..)?;
    let (tier, evidence) = match format.check {
        Check::Near(words) | Check::RandomNear(words) => near(format, text, &range, words)?,
        _ => judge(format, token, after)?,
    };
    let format =
        (evidence == Evidence::Structure && format.check == Check::Jwt && tier == Tier::High)
            .then(|| formats::kind("supabase-service-key"))
            .flatten();
    Some(Verdict {
        range,
        tier,
        evidence,
        name: None,
        format,
    })
}

fn private_key(text: &[u8], range: Range<usize>) -> Option<Verdict> {
    let key = private_key::read(text, range)?;
    let (tier, evidence) = match key.protection {
        Protection::None => (Tier::High, Evidence::Structure),
        Protection::Passphrase => (Tier::Medium, Evidence::Passphrase),
    };
    // The file of a service account: its key is one of several fields.
    let before = text.get(key.range.start.saturating_sub(NEAR)..key.range.start)?;
    let has = |word: &[u8]| memchr::memmem::find(before, word).is_some();
    let is_account = has(b"private_key") && has(b"service_account");
    Some(Verdict {
        range: key.range,
        tier,
        evidence,
        name: Some(key.name),
        format: is_account
            .then(|| formats::kind("gcp-service-account"))
            .flatten(),
    })
}

/// A short prefix: certain only with the provider's name close to it.
fn near(
    format: &Format,
    text: &[u8],
    range: &Range<usize>,
    words: &[&str],
) -> Option<(Tier, Evidence)> {
    let body = text.get(range.start + usize::from(format.prefix)..range.end)?;
    let is_body = match format.check {
        Check::RandomNear(_) => is_random(body),
        _ => !is_placeholder(body),
    };
    if !is_body {
        return None;
    }
    let around = text.get(range.start.saturating_sub(NEAR)..text.len().min(range.end + NEAR))?;
    let around = around.to_ascii_lowercase();
    let is_near = words
        .iter()
        .any(|word| memchr::memmem::find(&around, word.as_bytes()).is_some());
    Some(if is_near {
        (Tier::High, Evidence::Near)
    } else {
        (format.confidence, Evidence::Shape)
    })
}

fn judge(format: &Format, token: &[u8], after: &[u8]) -> Option<(Tier, Evidence)> {
    let body = token.get(usize::from(format.prefix)..)?;
    let shape = (format.confidence, Evidence::Shape);
    match format.check {
        Check::Shape | Check::Near(_) => (!is_placeholder(body)).then_some(shape),
        Check::Random | Check::RandomNear(_) => is_random(body).then_some(shape),
        Check::UnknownKind(known) => {
            let is_known = known
                .iter()
                .any(|prefix| token.starts_with(prefix.as_bytes()));
            let verdict = if is_known {
                (Tier::Low, Evidence::WrongChecksum)
            } else {
                shape
            };
            is_random(body).then_some(verdict)
        }
        Check::Fixed(mark) => memchr::memmem::find(token, mark.as_bytes()).map(|_| shape),
        Check::Named => {
            let is_secret = is_mixed(token) && value::is_drawn(token) && !is_member(after);
            (is_secret && !is_placeholder(token)).then_some((format.confidence, Evidence::Name))
        }
        Check::NamedHex => {
            let digits = token.iter().filter(|byte| byte.is_ascii_digit()).count();
            let is_hex = digits > 4 && digits < token.len() - 4 && entropy(token) > 2.8;
            (is_hex && !is_placeholder(token)).then_some((format.confidence, Evidence::Name))
        }
        Check::TestKey => (!is_placeholder(body)).then_some((format.confidence, Evidence::Test)),
        Check::Gitlab => {
            let is_hex = body.len() >= 40 && body.iter().all(u8::is_ascii_hexdigit);
            ((is_hex || is_random(body)) && !is_placeholder(body)).then_some(shape)
        }
        Check::CrcBase62 => {
            let (data, sum) = body.split_last_chunk::<6>()?;
            checked(checksum::crc_base62(data) == *sum, body, Tier::Low)
        }
        Check::CrcHex => {
            // `cfk_` is shorter than its sisters by a letter.
            let body = token.get(memchr::memchr(b'_', token)? + 1..)?;
            let (data, sum) = body.split_last_chunk::<8>()?;
            checked(checksum::crc_hex(data).as_bytes() == sum, body, Tier::Low)
        }
        Check::CrcHexLe => {
            let (data, sum) = token.split_last_chunk::<9>()?;
            let sum = sum.strip_prefix(b"_")?;
            checked(
                checksum::crc_hex_le(data).as_bytes() == sum,
                body,
                Tier::Low,
            )
        }
        Check::CrcHexUpper => {
            let (data, sum) = token.split_last_chunk::<8>()?;
            let holds = checksum::crc_hex_upper(data).as_bytes() == sum;
            checked(holds, body, Tier::Low)
        }
        Check::CrcBase36 => {
            let (data, sum) = token.split_last_chunk::<7>()?;
            checked(checksum::crc_base36(data) == *sum, body, Tier::Low)
        }
        Check::CrcBase64 => {
            let (data, sum) = body.split_last_chunk::<6>()?;
            checked(checksum::crc_base64(data) == *sum, body, Tier::Low)
        }
        Check::Bech32 => checked(checksum::bech32_holds(token), body, Tier::Low),
        Check::Sha256Base32 => {
            let (head, tail) = token.split_last_chunk::<16>()?;
            let holds = tail.starts_with(&checksum::sha256_base32(head));
            checked(holds, body, Tier::Medium)
        }
        Check::NumberedJwt => Some(match numbered_jwt(token) {
            Some(()) => (Tier::High, Evidence::Structure),
            None => (Tier::Low, Evidence::WrongChecksum),
        }),
        Check::Bytes(length) => {
            let is_whole = base64::decode(token)?.len() == length;
            // The key of the storage emulator is public.
            let is_emulator =
                token.starts_with(b"Eby8vdM02xNOcqFl") || token.starts_with(b"C2y6yDjf5");
            (is_whole && !is_emulator && !is_placeholder(token))
                .then_some((Tier::High, Evidence::Structure))
        }
        Check::Json => is_json(token).then_some((Tier::High, Evidence::Structure)),
        Check::Macaroon => {
            let plain = base64::decode(token.get(b"pypi-".len()..)?.get(..36)?)?;
            let place = plain.strip_prefix(&[2, 1, 8])?;
            let is_place = place
                .iter()
                .take(7)
                .all(|byte| byte.is_ascii_lowercase() || *byte == b'.');
            Some(if is_place {
                (Tier::High, Evidence::Structure)
            } else {
                (Tier::Low, Evidence::WrongChecksum)
            })
        }
        Check::BasicAuth => basic_auth(token),
        Check::Jwt => match jwt::read(token)? {
            Bearer::Public => None,
            Bearer::ServiceRole => Some((Tier::High, Evidence::Structure)),
            Bearer::Expired => Some((Tier::Low, Evidence::Expired)),
            Bearer::Other => Some((format.confidence, Evidence::Structure)),
        },
        Check::Discord => {
            let id = token.split(|byte| *byte == b'.').next()?;
            let id = base64::decode(id)?;
            let is_id = (17..=19).contains(&id.len()) && id.iter().all(u8::is_ascii_digit);
            (is_id && !is_placeholder(token.get(24..)?))
                .then_some((Tier::High, Evidence::Structure))
        }
        Check::Generic => {
            let is_secret = value::is_uuid(token)
                || value::judge(token, Announces::Secret) == Some(Literal::Secret);
            (is_secret && !is_member(after)).then_some((format.confidence, Evidence::Name))
        }
        Check::AwsAccessKeyId => access_key_id(token, body),
        Check::AwsSecretAccessKey => secret_access_key(token, after),
        // Read with their surroundings.
        Check::PrivateKey | Check::Read => None,
    }
}

/// Whether what follows makes a value code: a call, an index, a member, or a part of a longer word.
fn is_member(after: &[u8]) -> bool {
    match after {
        [b'(' | b'[', ..] => true,
        [b'.' | b'_' | b'-', next, ..] => next.is_ascii_alphanumeric(),
        _ => false,
    }
}

/// Whether the part that begins with `eyJ` is the beginning of JSON.
fn is_json(token: &[u8]) -> bool {
    let start = memchr::memmem::find(token, b"eyJ").and_then(|at| token.get(at..at + 24));
    start.and_then(base64::decode).is_some_and(|plain| {
        plain.starts_with(b"{\"") && plain.iter().all(|byte| (0x20..0x7f).contains(byte))
    })
}

/// `user:password`, printable, and no placeholder. What is said of passwords holds for this one.
fn basic_auth(token: &[u8]) -> Option<(Tier, Evidence)> {
    let plain = base64::decode(token)?;
    let colon = memchr::memchr(b':', &plain)?;
    let (user, password) = (plain.get(..colon)?, plain.get(colon + 1..)?);
    if user.is_empty() || !plain.iter().all(|byte| (0x21..0x7f).contains(byte)) {
        return None;
    }
    match value::judge_password(password)? {
        Literal::Secret => Some((Tier::High, Evidence::Structure)),
        Literal::Weak => Some((Tier::Low, Evidence::Default)),
    }
}

/// A long random text holds both cases and a digit, a short one at least two of the three.
fn is_random(body: &[u8]) -> bool {
    const LONG: usize = 30;
    let has = |is: fn(&u8) -> bool| usize::from(body.iter().any(is));
    let classes =
        has(u8::is_ascii_lowercase) + has(u8::is_ascii_uppercase) + has(u8::is_ascii_digit);
    classes >= if body.len() < LONG { 2 } else { 3 } && !is_placeholder(body)
}

/// A checksum that holds settles it. Only where it does not may the body be looked at for a placeholder.
fn checked(holds: bool, body: &[u8], otherwise: Tier) -> Option<(Tier, Evidence)> {
    if holds {
        return Some((Tier::High, Evidence::Checksum));
    }
    (!is_placeholder(body)).then_some((otherwise, Evidence::WrongChecksum))
}

fn numbered_jwt(token: &[u8]) -> Option<()> {
    let jwt = token.splitn(3, |byte| *byte == b'_').nth(2)?;
    let mut parts = jwt.split(|byte| *byte == b'.');
    let header = base64::decode(parts.next()?)?;
    let payload = base64::decode(parts.next()?)?;
    let is_object = |json: &[u8]| {
        let json = json.trim_ascii();
        json.starts_with(b"{") && json.ends_with(b"}")
    };
    let names_algorithm = memchr::memmem::find(&header, b"\"alg\"").is_some();
    (is_object(&header) && is_object(&payload) && names_algorithm).then_some(())
}

fn access_key_id(token: &[u8], body: &[u8]) -> Option<(Tier, Evidence)> {
    if body.ends_with(b"EXAMPLE") {
        return Some((Tier::Low, Evidence::Example));
    }
    // Twenty capitals that begin so may be words run together (ASIA…); only AKIA is no beginning of a word.
    let is_word = !token.starts_with(b"AKIA") && !body.iter().any(u8::is_ascii_digit);
    (!is_word && !is_placeholder(body)).then_some((Tier::Medium, Evidence::Identifier))
}

fn secret_access_key(token: &[u8], after: &[u8]) -> Option<(Tier, Evidence)> {
    if is_member(after) || !is_mixed(token) || entropy(token) <= 4.0 {
        return None;
    }
    if token.ends_with(b"EXAMPLEKEY") {
        return Some((Tier::Low, Evidence::Example));
    }
    (!is_placeholder(token)).then_some((Tier::Medium, Evidence::Name))
}
