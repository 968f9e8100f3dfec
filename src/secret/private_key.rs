//! Private keys in PEM armour: where one ends, and whether its body is a key.
//!
//! The header alone is no key (prose, patterns and templates hold it); the body must decode to what the header
//! promises. It may stand in JSON with `\n` escapes, in an indented block scalar, or in quoted lines of a program.

use std::ops::Range;

use super::base64;
use super::placeholder::entropy;

/// The longest armour that is read: a 16384-bit RSA key is about 13 KiB, indented it stays below this.
const LONGEST: usize = 24 * 1024;
/// The fewest bytes that hold a private key: an Ed25519 key in PKCS #8 has 48, a bare P-256 one a little more.
const SHORTEST: usize = 40;

/// A private key that was read.
pub(super) struct PrivateKey {
    /// Header through footer.
    pub(super) range: Range<usize>,
    /// What its header calls it, from a fixed list, so that nothing of the file gets into a report.
    pub(super) name: &'static str,
    /// Whether a passphrase protects it.
    pub(super) protection: Protection,
}

/// What stands between a private key and its use.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Protection {
    /// Nothing.
    None,
    /// A passphrase, or (OpenPGP) possibly one.
    Passphrase,
}

/// Reads the armour whose header stands at `header`. Nothing if no footer follows or the body is no key.
pub(super) fn read(text: &[u8], header: Range<usize>) -> Option<PrivateKey> {
    let label = text
        .get(header.clone())?
        .strip_prefix(b"-----BEGIN ")?
        .strip_suffix(b"-----")?;
    let area = text.get(header.end..)?;
    let area = area.get(..LONGEST).unwrap_or(area);
    let dashes = memchr::memmem::find(area, b"-----")?;
    let footer = area
        .get(dashes..)?
        .strip_prefix(b"-----END ")?
        .strip_prefix(label)?;
    if !footer.starts_with(b"-----") {
        return None;
    }
    let end = header.end + dashes + b"-----END -----".len() + label.len();
    let armour = Armour::read(area.get(..dashes)?)?;
    let body = base64::decode(&armour.body).filter(|body| body.len() >= SHORTEST)?;
    let name = name(label);
    let protection = match name {
        "OPENSSH PRIVATE KEY" => openssh(&body)?,
        "PGP PRIVATE KEY BLOCK" => openpgp(&body)?,
        // Cipher text has no structure, but whole blocks and high entropy.
        _ if armour.encrypted => {
            let is_cipher_text = body.len().is_multiple_of(8) && entropy(&armour.body) > 4.5;
            is_cipher_text.then_some(Protection::Passphrase)?
        }
        "ENCRYPTED PRIVATE KEY" => der(&body, &[SEQUENCE]).map(|()| Protection::Passphrase)?,
        _ => der(&body, &[INTEGER]).map(|()| Protection::None)?,
    };
    Some(PrivateKey {
        range: header.start..end,
        name,
        protection,
    })
}

/// The text between header and footer, taken apart.
struct Armour {
    /// The base64 characters.
    body: Vec<u8>,
    /// A header line says that the body is encrypted (the old form of OpenSSL).
    encrypted: bool,
}

impl Armour {
    /// Nothing where a line is neither base64 nor a header: `...`, `<your key>`, an expression.
    fn read(text: &[u8]) -> Option<Self> {
        let mut armour = Self {
            body: Vec::with_capacity(text.len()),
            encrypted: false,
        };
        let mut rest = text;
        while !rest.is_empty() {
            let (line, after) = next_line(rest);
            rest = after;
            if line.contains(&b':') {
                armour.encrypted |= memchr::memmem::find(line, b"ENCRYPTED").is_some();
                continue;
            }
            let line = trim(line);
            // The checksum line of OpenPGP.
            if line.len() == 5 && line.starts_with(b"=") {
                continue;
            }
            // White space inside: the line ends were folded into spaces.
            let line = line.iter().filter(|byte| !byte.is_ascii_whitespace());
            if line.clone().any(|byte| !is_body(*byte)) {
                return None;
            }
            armour.body.extend(line);
        }
        Some(armour)
    }
}

/// Cuts at the next line end, written as such or as an escape (`\n`, `\\n`, `\r\n`).
fn next_line(text: &[u8]) -> (&[u8], &[u8]) {
    let cut = memchr::memchr2(b'\n', b'\\', text).unwrap_or(text.len());
    let (line, rest) = text.split_at(cut);
    let end = match rest {
        [b'\\', ..] => {
            let slashes = rest.iter().take_while(|byte| **byte == b'\\').count();
            let letter = rest
                .get(slashes)
                .is_some_and(|byte| matches!(byte, b'n' | b'r' | b't'));
            slashes + usize::from(letter)
        }
        [] => 0,
        _ => 1,
    };
    (line, rest.get(end..).unwrap_or_default())
}

/// Takes off what stands around a line of base64 in other languages: indentation, quotes, comment marks, `+`
/// between strings. None of it is base64 but `+`, which counts only with a space beside it.
fn trim(line: &[u8]) -> &[u8] {
    let mut line = trim_marks(line);
    while let Some(rest) = line
        .strip_suffix(b" +")
        .or_else(|| line.strip_suffix(b"\"+"))
    {
        line = trim_marks(rest);
    }
    while let Some(rest) = line
        .strip_prefix(b"+ ")
        .or_else(|| line.strip_prefix(b"+\""))
    {
        line = trim_marks(rest);
    }
    if line == b"+" { &[] } else { line }
}

fn trim_marks(line: &[u8]) -> &[u8] {
    let is_mark = |byte: &u8| {
        byte.is_ascii_whitespace()
            || matches!(
                byte,
                b'"' | b'\'' | b'`' | b',' | b'#' | b'>' | b'|' | b'*' | b';'
            )
    };
    let start = line
        .iter()
        .position(|byte| !is_mark(byte))
        .unwrap_or(line.len());
    let end = line
        .iter()
        .rposition(|byte| !is_mark(byte))
        .map_or(start, |last| last + 1);
    line.get(start..end).unwrap_or_default()
}

const fn is_body(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=')
}

const fn name(label: &[u8]) -> &'static str {
    match label {
        b"RSA PRIVATE KEY" => "RSA PRIVATE KEY",
        b"EC PRIVATE KEY" => "EC PRIVATE KEY",
        b"DSA PRIVATE KEY" => "DSA PRIVATE KEY",
        b"OPENSSH PRIVATE KEY" => "OPENSSH PRIVATE KEY",
        b"ENCRYPTED PRIVATE KEY" => "ENCRYPTED PRIVATE KEY",
        b"PGP PRIVATE KEY BLOCK" => "PGP PRIVATE KEY BLOCK",
        _ => "PRIVATE KEY",
    }
}

const INTEGER: u8 = 0x02;
const SEQUENCE: u8 = 0x30;

/// A DER SEQUENCE that fills the body exactly and begins with an element of one of the tags.
fn der(body: &[u8], first: &[u8]) -> Option<()> {
    let (tag, rest) = body.split_first()?;
    let (length, rest) = rest.split_first()?;
    let (length, content) = match length {
        0..=0x7f => (usize::from(*length), rest),
        0x81..=0x83 => {
            let (bytes, content) = rest.split_at_checked(usize::from(length & 0x7f))?;
            let length = bytes
                .iter()
                .fold(0_usize, |sum, byte| sum << 8 | usize::from(*byte));
            (length, content)
        }
        _ => return None,
    };
    let fits = *tag == SEQUENCE && length == content.len() && first.contains(content.first()?);
    fits.then_some(())
}

/// The container of OpenSSH: magic, cipher, key derivation, and a private part that is there in full.
fn openssh(body: &[u8]) -> Option<Protection> {
    let rest = body.strip_prefix(b"openssh-key-v1\0")?;
    let (cipher, rest) = field(rest)?;
    let (_derivation, rest) = field(rest)?;
    let (_options, rest) = field(rest)?;
    let rest = rest.strip_prefix(&[0, 0, 0, 1])?;
    let (_public, rest) = field(rest)?;
    let (private, _) = field(rest)?;
    if private.is_empty() {
        return None;
    }
    Some(if cipher == b"none" {
        Protection::None
    } else {
        Protection::Passphrase
    })
}

/// A field with its length in four bytes before it.
fn field(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let (length, rest) = text.split_first_chunk::<4>()?;
    rest.split_at_checked(usize::try_from(u32::from_be_bytes(*length)).ok()?)
}

/// An OpenPGP secret-key packet, in the old or the new packet format. Whether a passphrase protects it stands behind
/// parameters of the algorithm, which are not read.
fn openpgp(body: &[u8]) -> Option<Protection> {
    matches!(body.first()?, 0x94..=0x97 | 0xc5).then_some(Protection::Passphrase)
}
