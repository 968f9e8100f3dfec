//! Source hosts, CI and package registries.

use super::{Alphabet, Check, Format};

/// The longest stateless token that is read; those seen are about 520 bytes long.
const LONGEST_STATELESS: u16 = 4096;

pub(super) static FORMATS: [Format; 7] = [
    Format {
        provider: "GitHub",
        kind: "github-classic-pat",
        description: "a GitHub personal access token (classic)",
        keywords: &["ghp_"],
        pattern: "ghp_[A-Za-z0-9]{36}",
        alphabet: Alphabet::Alphanumeric,
        shortest: 40,
        longest: 41,
        prefix: 4,
        check: Check::CrcBase62,
        source: "GHBLOG; VE; verified on published samples",
        ..Format::TOKEN
    },
    Format {
        provider: "GitHub",
        kind: "github-oauth-token",
        description: "a GitHub OAuth token",
        keywords: &["gho_"],
        pattern: "gho_[A-Za-z0-9]{36}",
        alphabet: Alphabet::Alphanumeric,
        shortest: 40,
        longest: 41,
        prefix: 4,
        check: Check::CrcBase62,
        source: "GHBLOG; VE; verified on published samples",
        ..Format::TOKEN
    },
    Format {
        provider: "GitHub",
        kind: "github-user-token",
        description: "a GitHub user-to-server token",
        keywords: &["ghu_"],
        pattern: "ghu_[A-Za-z0-9]{36}",
        alphabet: Alphabet::Alphanumeric,
        shortest: 40,
        longest: 41,
        prefix: 4,
        check: Check::CrcBase62,
        source: "GHBLOG; VE; verified on published samples",
        ..Format::TOKEN
    },
    Format {
        provider: "GitHub",
        kind: "github-app-token",
        description: "a GitHub app installation token",
        keywords: &["ghs_"],
        pattern: "ghs_[A-Za-z0-9]{36}",
        alphabet: Alphabet::Alphanumeric,
        shortest: 40,
        longest: 41,
        prefix: 4,
        check: Check::CrcBase62,
        source: "GHBLOG; VE; verified on published samples",
        ..Format::TOKEN
    },
    Format {
        provider: "GitHub",
        kind: "github-app-token-stateless",
        description: "a GitHub app installation token",
        keywords: &["ghs_"],
        pattern: r"ghs_[0-9]{1,20}_eyJ[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+",
        shortest: 64,
        longest: LONGEST_STATELESS,
        prefix: 4,
        check: Check::NumberedJwt,
        source: "GitHub changelog 2026-04-24; KF1; SL",
        ..Format::TOKEN
    },
    Format {
        provider: "GitHub",
        kind: "github-refresh-token",
        description: "a GitHub refresh token",
        keywords: &["ghr_"],
        pattern: "ghr_[A-Za-z0-9]{76}",
        alphabet: Alphabet::Alphanumeric,
        shortest: 80,
        longest: 81,
        prefix: 4,
        check: Check::CrcBase62,
        source: "VE; Betterleaks issue 305; verified on samples",
        ..Format::TOKEN
    },
    Format {
        provider: "GitHub",
        kind: "github-fine-grained-pat",
        description: "a GitHub fine-grained personal access token",
        keywords: &["github_pat_"],
        pattern: "github_pat_[A-Za-z0-9]{22}_[A-Za-z0-9]{59}",
        alphabet: Alphabet::Alphanumeric,
        shortest: 93,
        longest: 94,
        prefix: 11,
        check: Check::Sha256Base32,
        source: "VE SL KF1; verified on 3 of 6 published samples",
        ..Format::TOKEN
    },
];
