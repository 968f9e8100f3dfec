//! Texts inside a text: base64 and percent-encoding, one level.
//!
//! Says where an encoded run stands and what it decodes to; what is found in it belongs to the whole run.

use std::ops::Range;

use super::base64;

/// A shorter run holds no credential that is worth decoding.
const SHORTEST: usize = 32;
/// So much of a run is decoded first, to pass over what is no text.
const TASTE: usize = 24;
/// Longer words are data.
const LONGEST_WORD: usize = 16 * 1024;

/// How a credential is written.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Encoding {
    /// As it is.
    Plain,
    /// Inside a run of base64.
    Base64,
    /// With `%xx` in it.
    Percent,
    /// With escapes of YAML or JSON in it.
    Escaped,
}

/// Every run of base64 that decodes to text.
pub(super) fn base64_texts(text: &[u8], mut found: impl FnMut(Range<usize>, &[u8])) {
    let is_run =
        |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'-' | b'_');
    let mut done = 0;
    // A run of this length covers one of these places.
    let mut at = SHORTEST - 1;
    while let Some(byte) = text.get(at) {
        if !is_run(byte) {
            at += SHORTEST;
            continue;
        }
        let before = text.get(done..at).unwrap_or_default();
        let start = at - before.iter().rev().take_while(|byte| is_run(byte)).count();
        let after = text.get(at..).unwrap_or_default();
        let end = at + after.iter().take_while(|byte| is_run(byte)).count();
        if end - start >= SHORTEST {
            let padding = text.get(end..text.len().min(end + 2)).unwrap_or_default();
            let padded = end + padding.iter().take_while(|byte| **byte == b'=').count();
            if let Some(plain) = text_of(text.get(start..padded).unwrap_or_default()) {
                found(start..padded, &plain);
            }
        }
        done = end;
        at = end + SHORTEST;
    }
}

fn text_of(run: &[u8]) -> Option<Vec<u8>> {
    if !is_text(&base64::decode(run.get(..TASTE)?)?) {
        return None;
    }
    base64::decode(run).filter(|plain| is_text(plain))
}

fn is_text(plain: &[u8]) -> bool {
    plain
        .iter()
        .all(|byte| matches!(byte, b'\n' | b'\r' | b'\t' | 0x20..=0x7e | 0x80..=0xff))
        && plain.iter().filter(|byte| **byte >= 0x80).count() * 8 <= plain.len()
}

/// Every word with percent-encoding in it, decoded.
pub(super) fn percent_texts(text: &[u8], mut found: impl FnMut(Range<usize>, &[u8])) {
    let mut done = 0;
    for at in memchr::memchr_iter(b'%', text) {
        if at < done || escape(text, at).is_none() {
            continue;
        }
        let is_word = |byte: &&u8| {
            !byte.is_ascii_whitespace() && !matches!(byte, b'"' | b'\'' | b'`' | b'<' | b'>')
        };
        let before = text
            .get(done.max(at.saturating_sub(LONGEST_WORD))..at)
            .unwrap_or_default();
        let start = at - before.iter().rev().take_while(is_word).count();
        let after = text
            .get(at..text.len().min(at + LONGEST_WORD))
            .unwrap_or_default();
        let end = at + after.iter().take_while(is_word).count();
        let mut plain = Vec::with_capacity(end - start);
        let mut place = start;
        while place < end {
            match escape(text, place) {
                Some(byte) => {
                    plain.push(byte);
                    place += 3;
                }
                None => {
                    plain.extend(text.get(place));
                    place += 1;
                }
            }
        }
        done = end.max(at + 1);
        found(start..end, &plain);
    }
}

fn escape(text: &[u8], at: usize) -> Option<u8> {
    let [b'%', high, low] = text.get(at..at + 3)? else {
        return None;
    };
    let digit = |byte: u8| char::from(byte).to_digit(16);
    u8::try_from(digit(*high)? * 16 + digit(*low)?).ok()
}
