//! `hardcoded-key`: a key in a file.

use crate::declare_rule;
use crate::finding::{Confidence, Finding, Severity};
use crate::rule::{Check, Findings, Options};
use crate::secret::{Encoding, Evidence, Tier};
use crate::subject::{Key, Subject};

declare_rule! {
    /// ## What it does
    ///
    /// Reports keys that are written down in workflows, actions, `.claude`, `.mcp.json`, `CLAUDE.md`, `.env` files,
    /// `.npmrc`, `.netrc`, scripts and Dockerfiles: tokens of over 80 providers, private keys, passwords in URLs,
    /// connection strings, headers and commands, and random values behind names such as `API_TOKEN`. A shape that only
    /// its provider makes, a right checksum or a verified structure is an error; a name beside a random value is a
    /// warning; a wrong checksum, a test key or an expired token is a note. Below folders such as `tests/` what only a
    /// name gives away is a note too. Base64, percent-encoding and escapes are seen through. The value is never shown: a
    /// short prefix, at most two last characters, and the length.
    ///
    /// ## Why it matters
    ///
    /// Whoever can read the repository, its history, a fork or a log holds the key. Agents read these files too and
    /// repeat what they read.
    ///
    /// ## What is accepted
    ///
    /// References (`${{ secrets.X }}`, `$X`), placeholders, examples from documentation, public keys, values made of
    /// common words (`postgres` as the password of a service of the job), identifiers, digests.
    ///
    /// ## How to fix
    ///
    /// Rotate the key first: it stays in the history, and in every clone. Then remove it from the history
    /// (`git filter-repo --replace-text`). The new one belongs into `${{ secrets.X }}`, or is not needed with workflow
    /// identity federation; people use `apiKeyHelper` or the store of their system.
    ///
    /// ## Examples
    ///
    /// ```repo fires
    /// === .github/workflows/review.yml
    /// on: push
    /// jobs:
    ///   review:
    ///     runs-on: ubuntu-latest
    ///     env:
    ///       AWS_SECRET_ACCESS_KEY: k7Tq2LmZx9RvB4nYw8Ej3HcUaP6sDf1GiKoN5XtQ
    ///     steps:
    ///       - run: make report
    /// ```
    ///
    /// ```repo silent
    /// === .github/workflows/review.yml
    /// on: push
    /// jobs:
    ///   review:
    ///     runs-on: ubuntu-latest
    ///     env:
    ///       AWS_SECRET_ACCESS_KEY: ${{ secrets.AWS_SECRET_ACCESS_KEY }}
    ///     steps:
    ///       - run: make report
    /// ```
    pub(crate) static HARDCODED_KEY = {
        id: "hardcoded-key",
        group: Secret,
        summary: "a key is written down in a file",
        severity: Error,
        confidence: High,
        tags: ["ASI03", "CWE-798"],
        check: Check::Subject(check),
    }
}

fn check(subject: &Subject, _: &Options, findings: &mut Findings) {
    for key in subject.keys.iter().filter(|key| is_worth_it(key)) {
        findings.report(of_key(key));
    }
}

/// Examples of documentation and passwords that everybody would try first are no leak.
fn is_worth_it(key: &Key) -> bool {
    !matches!(
        key.detection.evidence,
        Evidence::Example | Evidence::Default
    )
}

fn of_key(key: &Key) -> Finding {
    let detection = &key.detection;
    let is_lowered = detection.is_format_free() && is_for_tests(key.location.path());
    let tier = if is_lowered {
        Tier::Low
    } else {
        detection.tier
    };
    let (severity, confidence) = match tier {
        Tier::High => (Severity::Error, Confidence::High),
        Tier::Medium => (Severity::Warning, Confidence::Medium),
        Tier::Low => (Severity::Note, Confidence::Low),
    };
    let doubt = match detection.evidence {
        Evidence::WrongChecksum => "; its checksum is wrong, so it may be an example",
        Evidence::Identifier => "; alone it is an identifier, no key",
        Evidence::Test => "; it opens a test environment only",
        Evidence::Expired => "; it has expired",
        _ if is_lowered => "; the path says that it is for tests",
        _ => "",
    };
    let written = match detection.encoding {
        Encoding::Plain => "",
        Encoding::Base64 => " in base64",
        Encoding::Percent => " in percent-encoding",
        Encoding::Escaped => " with escapes",
    };
    let message = format!(
        "{} is written down here{written}: `{}`, {} characters{doubt}",
        detection.kind.description, detection.redacted, detection.length
    );
    let first = match detection.kind.provider {
        "any" => "Rotate it first".to_owned(),
        provider => format!("Rotate it at {provider} first"),
    };
    let help = format!(
        "{first}, because it stays in the history; then remove it there (`git filter-repo`). The new one belongs into \
         `${{{{ secrets.X }}}}` or workflow identity federation, for people into `apiKeyHelper`."
    );
    Finding::new(
        HARDCODED_KEY.id,
        severity,
        confidence,
        key.location.clone(),
        message,
    )
    .anchor(format!("key.{}", detection.kind.kind))
    .help(help)
}

/// Whether a folder of the path says that what is in it is not used.
fn is_for_tests(path: &str) -> bool {
    const FOLDERS: [&str; 12] = [
        "test",
        "tests",
        "testdata",
        "__tests__",
        "spec",
        "fixtures",
        "fixture",
        "mocks",
        "examples",
        "example",
        "samples",
        "docs",
    ];
    path.split('/')
        .rev()
        .skip(1)
        .any(|folder| FOLDERS.contains(&folder.to_ascii_lowercase().as_str()))
}
