//! The name git gives to a content.

use std::fmt;
use std::str::FromStr;

/// A SHA-1 object id: of a blob, a tree or a commit.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ObjectId([u8; 20]);

/// A text that is not 40 hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("not an object id: expected 40 hexadecimal digits")]
pub struct NotAnObjectId;

impl ObjectId {
    /// An id from its bytes.
    pub const fn new(bytes: [u8; 20]) -> Self {
        Self(bytes)
    }

    /// The id's bytes.
    pub const fn as_bytes(&self) -> &[u8; 20] {
        &self.0
    }

    /// The id that git gives to a file with this content, as it stands (no line ends converted, no filter run).
    ///
    /// None for bytes that carry a known attack on SHA-1: an id that two contents share identifies nothing.
    pub fn of_blob(bytes: &[u8]) -> Option<Self> {
        let mut hasher = gix_hash::hasher(gix_hash::Kind::Sha1);
        hasher.update(format!("blob {}\0", bytes.len()).as_bytes());
        hasher.update(bytes);
        Self::from_slice(hasher.try_finalize().ok()?.as_slice())
    }

    /// An id from 20 bytes.
    pub(super) fn from_slice(bytes: &[u8]) -> Option<Self> {
        Some(Self(bytes.try_into().ok()?))
    }

    /// An id from 40 hexadecimal digits.
    pub(super) fn from_hex(hex: &[u8]) -> Option<Self> {
        let mut bytes = [0; 20];
        if hex.len() != 40 {
            return None;
        }
        for (byte, pair) in bytes.iter_mut().zip(hex.chunks_exact(2)) {
            let digits = std::str::from_utf8(pair).ok()?;
            // from_str_radix would take "+f".
            if !digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
                return None;
            }
            *byte = u8::from_str_radix(digits, 16).ok()?;
        }
        Some(Self(bytes))
    }
}

impl FromStr for ObjectId {
    type Err = NotAnObjectId;

    fn from_str(hex: &str) -> Result<Self, Self::Err> {
        Self::from_hex(hex.as_bytes()).ok_or(NotAnObjectId)
    }
}

impl fmt::Display for ObjectId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for ObjectId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_blob_has_the_id_that_git_gives_it() {
        let empty = ObjectId::of_blob(b"").unwrap();
        assert_eq!(
            empty.to_string(),
            "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391"
        );
        let hello = ObjectId::of_blob(b"hello\n").unwrap();
        assert_eq!(
            hello.to_string(),
            "ce013625030ba8dba906f756967f9e9ca394464a"
        );
    }

    #[test]
    fn an_id_survives_its_hexadecimal_form_and_nothing_else_is_one() {
        let text = "ce013625030ba8dba906f756967f9e9ca394464a";
        assert_eq!(text.parse::<ObjectId>().unwrap().to_string(), text);
        let upper = text.to_uppercase();
        assert_eq!(upper.parse::<ObjectId>().unwrap().to_string(), text);
        for wrong in [
            "",
            "ce01",
            &text[1..],
            &format!("{text}0"),
            &text.replace('c', "g"),
            &text.replace("ce", "+e"),
        ] {
            assert_eq!(wrong.parse::<ObjectId>(), Err(NotAnObjectId), "{wrong}");
        }
    }
}
