//! AI and agent platforms.

use super::{Check, Format, Specificity};

pub(super) static FORMATS: [Format; 6] = [
    Format {
        provider: "Anthropic",
        kind: "anthropic-api-key",
        description: "an Anthropic API key",
        keywords: &["sk-ant-api"],
        pattern: "sk-ant-api[0-9]{2}-[A-Za-z0-9_-]{93}AA",
        shortest: 108,
        longest: 109,
        prefix: 13,
        check: Check::Random,
        source: "BL TH SL NP",
        ..Format::TOKEN
    },
    Format {
        provider: "Anthropic",
        kind: "anthropic-admin-key",
        description: "an Anthropic admin key",
        keywords: &["sk-ant-admin"],
        pattern: "sk-ant-admin[0-9]{2}-[A-Za-z0-9_-]{93}AA",
        shortest: 110,
        longest: 111,
        prefix: 15,
        check: Check::Random,
        source: "BL TH KF1",
        ..Format::TOKEN
    },
    Format {
        provider: "Anthropic",
        kind: "claude-oauth-token",
        description: "a Claude OAuth token",
        keywords: &["sk-ant-oat"],
        pattern: "sk-ant-oat[0-9]{2}-[A-Za-z0-9_-]{40,}",
        shortest: 53,
        longest: 213,
        prefix: 13,
        check: Check::Random,
        source: "KF1; gitleaks PR 2105, 2159",
        ..Format::TOKEN
    },
    Format {
        provider: "Anthropic",
        kind: "claude-oauth-refresh",
        description: "a Claude OAuth refresh token",
        keywords: &["sk-ant-ort"],
        pattern: "sk-ant-ort[0-9]{2}-[A-Za-z0-9_-]{40,}",
        shortest: 53,
        longest: 213,
        prefix: 13,
        check: Check::Random,
        source: "KF1; gitleaks PR 2178",
        ..Format::TOKEN
    },
    Format {
        provider: "Anthropic",
        kind: "claude-session-key",
        description: "a claude.ai session key",
        keywords: &["sk-ant-sid"],
        pattern: "sk-ant-sid[0-9]{2}-[A-Za-z0-9_-]{40,}",
        shortest: 53,
        longest: 213,
        prefix: 13,
        check: Check::Random,
        source: "code search",
        ..Format::TOKEN
    },
    // The catch-all: by shape, not by a list of kinds, so that tomorrow's kind is seen today. A kind whose exact
    // shape is documented (93 characters and the marker AA) and does not have it is not a key.
    Format {
        provider: "Anthropic",
        kind: "anthropic-any",
        description: "an Anthropic credential",
        keywords: &["sk-ant-"],
        pattern: "sk-ant-[a-z]{3,8}[0-9]{2}-[A-Za-z0-9_-]{40,}",
        shortest: 53,
        longest: 218,
        prefix: 7,
        check: Check::UnknownKind(&["sk-ant-api03-", "sk-ant-admin01-"]),
        specificity: Specificity::Family,
        source: "several projects were blind to oat01 because they listed kinds",
        ..Format::TOKEN
    },
];
