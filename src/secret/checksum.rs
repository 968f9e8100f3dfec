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
    }

    #[test]
    fn a_small_crc_is_padded() {
        assert_eq!(&crc_base62(b""), b"000000");
    }
}
