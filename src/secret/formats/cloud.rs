//! Cloud, deploy and data platforms.

use super::{Alphabet, Anchor, Check, Format, Specificity, Tier};

pub(super) static FORMATS: [Format; 2] = [
    // The run ends at any letter or digit, not only at those of base32: `AKIA…` inside a longer word is no id.
    Format {
        provider: "AWS",
        kind: "aws-access-key-id",
        description: "an AWS access key id",
        keywords: &["AKIA", "ASIA", "ABIA", "ACCA"],
        pattern: "(?:AKIA|ASIA|ABIA|ACCA)[A-Z2-7]{16}",
        alphabet: Alphabet::Alphanumeric,
        shortest: 20,
        longest: 21,
        prefix: 4,
        check: Check::AwsAccessKeyId,
        confidence: Tier::Medium,
        source: "awsteele.com 2020; BL; GitHub scans pairs only",
        ..Format::TOKEN
    },
    // Wider than the facts' pattern between name and value: a suffix of the name (`…_KEY_PROD`), a space
    // (`aws configure set`, `ENV`), `>` (XML), a default (`:-`, `||`), escaped quotes, and the `name:`/`value:`
    // pairs of Kubernetes. Everything that opens a reference (`$ { < % @ ( [ *`) ends the search.
    Format {
        provider: "AWS",
        kind: "aws-secret-access-key",
        description: "an AWS secret access key",
        keywords: &[
            "secret_access",
            "secretaccess",
            "secret-access",
            "secret.access",
            "aws_secret",
            "awssecret",
            "aws-secret",
            "aws.secret",
        ],
        anchor: Anchor::Name,
        pattern: concat!(
            r"(?i)(?:secret[_.-]?access[_.-]?key|aws[_.-]?secret)[A-Z0-9_.-]*?",
            r#"[\s"'`\\=:>,|;-]+(?:value[\s"'`\\=:>,-]+)?"#,
            r"([A-Z0-9/+]{40})"
        ),
        alphabet: Alphabet::Base64,
        shortest: 40,
        longest: 176,
        check: Check::AwsSecretAccessKey,
        specificity: Specificity::Context,
        confidence: Tier::Medium,
        source: "BL TH",
        ..Format::TOKEN
    },
];
