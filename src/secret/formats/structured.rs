//! Credentials of no provider that are known by their structure.

use super::{Alphabet, Check, Format};

pub(super) static FORMATS: [Format; 1] = [Format {
    provider: "any",
    kind: "private-key",
    description: "a private key",
    keywords: &["-----BEGIN "],
    // The labels in use are one or two words; a bound keeps a line of capitals from being searched.
    pattern: "-----BEGIN (?:[A-Z0-9]{1,16} ){0,3}PRIVATE KEY(?: BLOCK)?-----",
    alphabet: Alphabet::Closed,
    longest: 96,
    check: Check::PrivateKey,
    source: "all",
    ..Format::TOKEN
}];
