//! The table of token formats: what is known of each, as data.
//!
//! Follows section 3 of `facts/token-formats.md`; a row holds what the facts say of a format and nothing is
//! compiled or built here. To add a format, add a row to the file of its group; a new file of rows is one
//! more entry in [`TABLES`]. Where a pattern is tighter or wider than the facts' own, the row says why.

mod ai;
mod cloud;
mod data;
mod hosts;
mod structured;
mod work;

/// All rows, by group.
pub static TABLES: [&[Format]; 6] = [
    &ai::FORMATS,
    &hosts::FORMATS,
    &cloud::FORMATS,
    &data::FORMATS,
    &work::FORMATS,
    &structured::FORMATS,
];

/// How many rows there are.
pub const COUNT: usize = {
    let (mut sum, mut tables) = (0, TABLES.as_slice());
    while let [first, rest @ ..] = tables {
        sum += first.len();
        tables = rest;
    }
    sum
};

/// One kind of credential.
#[derive(Clone, Copy, Debug)]
pub struct Format {
    /// Who issues it.
    pub provider: &'static str,
    /// Stable id of the kind: the facts' own, or finer where the facts put several kinds into one row.
    pub kind: &'static str,
    /// What to call one when speaking to people: "an Anthropic API key".
    pub description: &'static str,
    /// Fixed texts, one of which stands in every credential of this kind (or in the name beside it). None where another
    /// row finds it and its surroundings make it this kind.
    pub keywords: &'static [&'static str],
    /// Where the keyword stands, and with it how case and boundaries are treated.
    pub anchor: Anchor,
    /// The whole shape, in the syntax of the `regex` crate without Unicode; group 1 is the secret if there is a group.
    /// Counted repetition without need is costly to compile: `longest` already bounds what a `+` can take.
    pub pattern: &'static str,
    /// What may not follow: the token ends where its alphabet ends.
    pub alphabet: Alphabet,
    /// Fewest bytes of an unbroken word that can hold one. No pattern is tried on less.
    pub shortest: u16,
    /// How many bytes from the keyword's start the pattern may look at.
    pub longest: u16,
    /// How many bytes of the credential are public knowledge and may be shown.
    pub prefix: u8,
    /// What decides after the shape matched.
    pub check: Check,
    /// Which row wins where two match the same bytes.
    pub specificity: Specificity,
    /// What a match is worth when the check finds nothing against it.
    pub confidence: Tier,
    /// Where the facts come from, in the short forms of the facts document.
    pub source: &'static str,
}

/// How sure a detection is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Tier {
    /// Shaped like a credential and known not to be one: a wrong checksum, a documented example.
    Low,
    /// A context rule, half of a pair, or a key that a passphrase protects.
    Medium,
    /// The shape alone is enough, the checksum holds, or the structure was read.
    High,
}

/// Where the keyword of a format stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Anchor {
    /// The credential begins with the keyword, in its exact case.
    Start,
    /// The keyword, in its exact case, stands inside, at most this many bytes after the beginning.
    Within(u16),
    /// The keyword begins a name, in any case; the secret is group 1 and follows it.
    Name,
    /// The keyword, in any case, stands in a structure that a reader of its own takes apart.
    Structure(Structure),
}

/// What is read by hand, because a pattern cannot say where its value ends or what it refers to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Structure {
    /// A name that says secret or password, and a value.
    Assignment,
    /// `scheme://user:password@host`.
    Url,
    /// A password among the words of a command.
    CommandLine,
    /// `machine … login … password …`.
    Netrc,
}

/// The bytes that continue a token of a format.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Alphabet {
    /// Letters and digits.
    Alphanumeric,
    /// Letters, digits, `-` and `_`.
    Base64Url,
    /// Letters, digits, `+` and `/`.
    Base64,
    /// The pattern ends with a delimiter of its own.
    Closed,
}

/// What decides, after the shape matched, whether it is a credential.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Check {
    /// Nothing but the shape; placeholders are passed over.
    Shape,
    /// As `Shape`, and the body after the prefix must hold both cases and a digit, as random base64url of this length does.
    Random,
    /// As `Random`; a kind of the given list has a row of its own, so that here its shape is wrong.
    UnknownKind(&'static [&'static str]),
    /// As `Shape`; one of these words close to it makes it certain, because the prefix is short or shared.
    Near(&'static [&'static str]),
    /// As `Random`; one of these words close to it makes it certain.
    RandomNear(&'static [&'static str]),
    /// A fixed text inside, which nothing else has; runs of one character are part of the format.
    Fixed(&'static str),
    /// Known by the name before it: mixed, no word, no path.
    Named,
    /// Known by the name before it: hexadecimal, and no digest by its looks.
    NamedHex,
    /// A key of a test environment.
    TestKey,
    /// A GitLab token without checksum: mixed, or hexadecimal.
    Gitlab,
    /// The last six characters are the CRC-32 of the body before them, in base62.
    CrcBase62,
    /// The last eight are the CRC-32 of the body before them, in hexadecimal.
    CrcHex,
    /// The last eight are the CRC-32 of all before the last `_`, in hexadecimal, lowest byte first.
    CrcHexLe,
    /// The last eight are the CRC-32 of all before them, in capital hexadecimal.
    CrcHexUpper,
    /// The last seven are the CRC-32 of all before them, in base36.
    CrcBase36,
    /// The last six are base64 of the CRC-32 of the body before them, lowest byte first.
    CrcBase64,
    /// Base64 of this many bytes.
    Bytes(usize),
    /// What begins with `eyJ` is base64 of JSON.
    Json,
    /// A macaroon of PyPI.
    Macaroon,
    /// Base64 of `user:password`.
    BasicAuth,
    /// A header and a payload in JSON; the payload says who it is for.
    Jwt,
    /// The checksum of bech32.
    Bech32,
    /// The first part is base64 of an id of 17 to 19 digits.
    Discord,
    /// A value behind `Bearer`, `_authToken=` and the like, of no known format.
    Generic,
    /// A structure whose reader has decided.
    Read,
    /// Characters -16 to -8 are the base32 of the SHA-256 of all before. Not documented, so that a mismatch only lowers.
    Sha256Base32,
    /// Prefix, number, `_`, and a JWT whose header and payload must decode.
    NumberedJwt,
    /// An AWS access key id: an identifier, made a credential by the secret near it.
    AwsAccessKeyId,
    /// An AWS secret access key behind its name: mixed, not a digest, not a word.
    AwsSecretAccessKey,
    /// A PEM or OpenSSH header; the body behind it is read.
    PrivateKey,
}

/// Which row wins on overlapping bytes, weakest first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Specificity {
    /// Known by a name that says secret or password.
    Generic,
    /// Known by the name of a provider beside it, or by its structure.
    Context,
    /// A catch-all for the kinds of one provider.
    Family,
    /// A kind of its own.
    Exact,
}

impl Format {
    /// What most rows have in common: a fixed prefix, base64url, and nothing to verify. Every row sets the rest.
    const TOKEN: Self = Self {
        provider: "",
        kind: "",
        description: "",
        keywords: &[],
        anchor: Anchor::Start,
        pattern: "",
        alphabet: Alphabet::Base64Url,
        shortest: 0,
        longest: 0,
        prefix: 0,
        check: Check::Shape,
        specificity: Specificity::Exact,
        confidence: Tier::High,
        source: "",
    };
}

impl Alphabet {
    /// Whether a byte continues a token.
    pub const fn contains(self, byte: u8) -> bool {
        match self {
            Self::Alphanumeric => byte.is_ascii_alphanumeric(),
            Self::Base64Url => byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'),
            Self::Base64 => byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/'),
            Self::Closed => false,
        }
    }
}

/// All rows, in order.
pub fn all() -> impl Iterator<Item = &'static Format> {
    TABLES.iter().copied().flatten()
}

/// A row by its number, counted over all tables.
pub(super) fn row(number: usize) -> Option<&'static Format> {
    let mut rest = number;
    for table in TABLES {
        match table.get(rest) {
            Some(format) => return Some(format),
            None => rest -= table.len(),
        }
    }
    None
}

/// The number of the row that is checked as a token of Discord; it has no keyword.
pub(super) const fn number_of_discord() -> usize {
    let (mut number, mut tables) = (0, TABLES.as_slice());
    while let [table, rest @ ..] = tables {
        let mut rows: &[Format] = table;
        while let [row, more @ ..] = rows {
            if matches!(row.check, Check::Discord) {
                return number;
            }
            number += 1;
            rows = more;
        }
        tables = rest;
    }
    number
}

/// A row by its kind, for the few kinds that surroundings decide.
pub(super) fn kind(name: &str) -> Option<&'static Format> {
    all().find(|row| row.kind == name)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use regex_automata::{meta::Regex, util::syntax};

    use super::*;

    #[test]
    fn every_row_is_complete() {
        let mut kinds = HashSet::new();
        for row in all() {
            assert!(kinds.insert(row.kind), "{} stands twice", row.kind);
            for column in [
                row.provider,
                row.kind,
                row.description,
                row.pattern,
                row.source,
            ] {
                assert!(!column.is_empty(), "{} has an empty column", row.kind);
            }
            assert!(row.description.starts_with("a ") || row.description.starts_with("an "));
            assert!(row.keywords.iter().all(|word| word.len() >= 3));
            if row.anchor == Anchor::Start {
                assert!(row.longest > row.shortest, "{}", row.kind);
            }
        }
    }

    #[test]
    fn no_row_shows_more_than_a_prefix() {
        for row in all().filter(|row| row.prefix > 0) {
            assert!(u16::from(row.prefix) * 3 <= row.shortest, "{}", row.kind);
        }
    }

    #[test]
    fn every_pattern_compiles_and_has_at_most_one_group() {
        for row in all() {
            let pattern = Regex::builder()
                .syntax(syntax::Config::new().unicode(false).utf8(false))
                .build(row.pattern)
                .unwrap();
            let groups = if row.anchor == Anchor::Name { 2 } else { 1 };
            assert_eq!(pattern.captures_len(), groups, "{}", row.kind);
        }
    }
}
