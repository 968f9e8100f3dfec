//! What decides after a shape matched: checksum, structure, placeholder.

use std::ops::Range;

use super::base64;
use super::checksum;
use super::formats::{Check, Format, Tier};
use super::placeholder::{entropy, is_mixed, is_placeholder};
use super::private_key::{self, Protection};

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
}

/// A shape that is worth reporting.
pub(super) struct Verdict {
    pub(super) range: Range<usize>,
    pub(super) tier: Tier,
    pub(super) evidence: Evidence,
    /// What may be shown, where it is not the prefix of the format.
    pub(super) name: Option<&'static str>,
}

/// Judges the bytes of `range`, which have the shape of `format`. Nothing if they are no credential at all.
pub(super) fn verify(format: &Format, text: &[u8], range: Range<usize>) -> Option<Verdict> {
    if format.check == Check::PrivateKey {
        let key = private_key::read(text, range)?;
        let (tier, evidence) = match key.protection {
            Protection::None => (Tier::High, Evidence::Structure),
            Protection::Passphrase => (Tier::Medium, Evidence::Passphrase),
        };
        return Some(Verdict {
            range: key.range,
            tier,
            evidence,
            name: Some(key.name),
        });
    }
    let token = text.get(range.clone())?;
    let after = text.get(range.end..)?;
    let (tier, evidence) = judge(format, token, after)?;
    Some(Verdict {
        range,
        tier,
        evidence,
        name: None,
    })
}

fn judge(format: &Format, token: &[u8], after: &[u8]) -> Option<(Tier, Evidence)> {
    let body = token.get(usize::from(format.prefix)..)?;
    let shape = (format.confidence, Evidence::Shape);
    match format.check {
        Check::Shape => (!is_placeholder(body)).then_some(shape),
        Check::Random => is_random(body).then_some(shape),
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
        Check::CrcBase62 => {
            let (data, sum) = body.split_last_chunk::<6>()?;
            checked(checksum::crc_base62(data) == *sum, body, Tier::Low)
        }
        Check::Sha256Base32 => {
            let (head, tail) = token.split_last_chunk::<16>()?;
            let holds = tail.starts_with(&checksum::sha256_base32(head));
            checked(holds, body, Tier::Medium)
        }
        Check::NumberedJwt => Some(match numbered_jwt(token) {
            Some(()) => (Tier::High, Evidence::Structure),
            None => (Tier::Low, Evidence::WrongChecksum),
        }),
        Check::AwsAccessKeyId => access_key_id(token, body),
        Check::AwsSecretAccessKey => secret_access_key(token, after),
        // Read with its surroundings, in `verify`.
        Check::PrivateKey => None,
    }
}

fn is_random(body: &[u8]) -> bool {
    is_mixed(body) && !is_placeholder(body)
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
    // Code: a call, an index, a member, or a part of a longer word.
    let goes_on = match after {
        [b'(' | b'[', ..] => true,
        [b'.' | b'_' | b'-', next, ..] => next.is_ascii_alphanumeric(),
        _ => false,
    };
    if goes_on || !is_mixed(token) || entropy(token) <= 4.0 {
        return None;
    }
    if token.ends_with(b"EXAMPLEKEY") {
        return Some((Tier::Low, Evidence::Example));
    }
    (!is_placeholder(token)).then_some((Tier::Medium, Evidence::Name))
}
