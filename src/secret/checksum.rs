//! The checksums that token formats carry (section 2 of `facts/token-formats.md`).
//!
//! Each function computes what a token of that format must end in; comparing is the caller's. None of them
//! is a defence: they tell a token from an example.

use sha2::{Digest, Sha256};

/// CRC-32 (IEEE) in base62 (digits, then A-Z, then a-z), padded on the left to six digits. A decoder that drops the
/// zero loses one token in fourteen.
pub fn crc_base62(body: &[u8]) -> [u8; 6] {
    const DIGITS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    let mut rest = crc32fast::hash(body);
    let mut out = [b'0'; 6];
    for place in out.iter_mut().rev() {
        *place = DIGITS.get((rest % 62) as usize).copied().unwrap_or(b'0');
        rest /= 62;
    }
    out
}

/// CRC-32 in base36 with small letters, padded to seven digits.
pub fn crc_base36(text: &[u8]) -> [u8; 7] {
    const DIGITS: &[u8; 36] = b"0123456789abcdefghijklmnopqrstuvwxyz";
    let mut rest = crc32fast::hash(text);
    let mut out = [b'0'; 7];
    for place in out.iter_mut().rev() {
        *place = DIGITS.get((rest % 36) as usize).copied().unwrap_or(b'0');
        rest /= 36;
    }
    out
}

/// CRC-32 in hexadecimal with small letters, highest byte first.
pub fn crc_hex(text: &[u8]) -> String {
    format!("{:08x}", crc32fast::hash(text))
}

/// CRC-32 in hexadecimal with small letters, lowest byte first.
pub fn crc_hex_le(text: &[u8]) -> String {
    format!("{:08x}", crc32fast::hash(text).swap_bytes())
}

/// CRC-32 in hexadecimal with capitals.
pub fn crc_hex_upper(text: &[u8]) -> String {
    format!("{:08X}", crc32fast::hash(text))
}

/// The first six characters of the base64 of the CRC-32, lowest byte first.
pub fn crc_base64(text: &[u8]) -> [u8; 6] {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let bits = u64::from(crc32fast::hash(text).swap_bytes()) << 4;
    let mut out = [b'A'; 6];
    for (place, digit) in out.iter_mut().enumerate() {
        let index = (bits >> (30 - 6 * place)) & 63;
        *digit = DIGITS.get(index as usize).copied().unwrap_or(b'A');
    }
    out
}

/// Whether a text in the alphabet of bech32, prefix, `1` and data, ends in its checksum. Case is that of the text.
pub fn bech32_holds(text: &[u8]) -> bool {
    const ALPHABET: &[u8; 32] = b"qpzry9x8gf2tvdw0s3jn54khce6mua7l";
    const GENERATOR: [u32; 5] = [
        0x3b6a_57b2,
        0x2650_8e6d,
        0x1ea1_19fa,
        0x3d42_33dd,
        0x2a14_62b3,
    ];
    let text = text.to_ascii_lowercase();
    let Some(at) = memchr::memrchr(b'1', &text) else {
        return false;
    };
    let (prefix, data) = text.split_at(at);
    let high = prefix.iter().map(|byte| byte >> 5);
    let low = prefix.iter().map(|byte| byte & 31);
    let mut sum = 1_u32;
    let mut add = |value: u8| {
        let top = sum >> 25;
        sum = (sum & 0x01ff_ffff) << 5 ^ u32::from(value);
        for (bit, part) in GENERATOR.iter().enumerate() {
            if top >> bit & 1 == 1 {
                sum ^= part;
            }
        }
    };
    high.chain([0]).chain(low).for_each(&mut add);
    for byte in data.iter().skip(1) {
        let Some(value) = ALPHABET.iter().position(|known| known == byte) else {
            return false;
        };
        add(u8::try_from(value).unwrap_or(0));
    }
    sum == 1
}

/// The first eight characters of the base32 of the SHA-256: forty bits.
pub fn sha256_base32(text: &[u8]) -> [u8; 8] {
    const DIGITS: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    let digest = Sha256::digest(text);
    let mut bits = digest
        .iter()
        .take(5)
        .fold(0_u64, |bits, byte| bits << 8 | u64::from(*byte));
    let mut out = [b'A'; 8];
    for place in out.iter_mut().rev() {
        *place = DIGITS.get((bits & 31) as usize).copied().unwrap_or(b'A');
        bits >>= 5;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn published_vectors_hold() {
        assert_eq!(&crc_base62(b"hello"), b"0zNvy2");
        assert_eq!(&crc_base62(&[b'0'; 30]), b"2C8GjS");
        assert_eq!(&sha256_base32(b"hello"), b"FTZE3OS7");
        assert_eq!(&crc_base36(b"hello"), b"0f01gna");
        assert_eq!(crc_hex(b"hello"), "3610a686");
        assert_eq!(crc_hex_upper(b"hello"), "3610A686");
        assert_eq!(crc_hex_le(b"hello"), "86a61036");
        assert_eq!(&crc_base64(b"hello"), b"hqYQNg");
    }

    #[test]
    fn the_vectors_of_bech32_hold() {
        for text in [
            "A12UEL5L",
            "a12uel5l",
            "abcdef1qpzry9x8gf2tvdw0s3jn54khce6mua7lmqqqxw",
        ] {
            assert!(bech32_holds(text.as_bytes()), "{text}");
        }
        for text in ["A12UEL5A", "a", "", "1", "a1b"] {
            assert!(!bech32_holds(text.as_bytes()), "{text}");
        }
    }

    #[test]
    fn a_small_crc_is_padded() {
        assert_eq!(&crc_base62(b""), b"000000");
    }
}
