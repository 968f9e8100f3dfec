//! `hardcoded-key`: a key in a file.

use crate::declare_rule;
use crate::finding::{Confidence, Finding, Severity};
use crate::rule::{Check, Findings, Options};
use crate::secret::{Evidence, Tier};
use crate::subject::{Key, Subject};

declare_rule! {
    /// ## What it does
    ///
    /// Reports keys that are written down in workflows, actions, `.claude`, `.mcp.json`, `CLAUDE.md`, `.env` files
    /// and the scripts that workflows call: keys of Anthropic, GitHub and AWS, and private keys. A shape that only
    /// its provider makes, a right checksum or a verified structure is an error; a name beside a random value is a
    /// warning; a wrong checksum is a note. The value is never shown: a short prefix, at most two last characters,
    /// and the length.
    ///
    /// ## Why it matters
    ///
    /// Whoever can read the repository, its history, a fork or a log holds the key. Agents read these files too and
    /// repeat what they read.
    ///
    /// ## What is accepted
    ///
    /// References (`${{ secrets.X }}`, `$X`), placeholders, examples from documentation, public keys.
    ///
    /// ## How to fix
    ///
    /// Revoke the key first: it stays in the history. Then store a new one as a secret and refer to it.
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
    for key in subject
        .keys
        .iter()
        .filter(|key| key.detection.evidence != Evidence::Example)
    {
        findings.report(of_key(key));
    }
}

fn of_key(key: &Key) -> Finding {
    let detection = &key.detection;
    let (severity, confidence) = match detection.tier {
        Tier::High => (Severity::Error, Confidence::High),
        Tier::Medium => (Severity::Warning, Confidence::Medium),
        Tier::Low => (Severity::Note, Confidence::Low),
    };
    let doubt = match detection.evidence {
        Evidence::WrongChecksum => "; its checksum is wrong, so it may be an example",
        Evidence::Identifier => "; alone it is an identifier, no key",
        _ => "",
    };
    let message = format!(
        "{} is written down here: `{}`, {} characters{doubt}",
        detection.kind.description, detection.redacted, detection.length
    );
    let help = format!(
        "Revoke it at {} first, because it stays in the history; then store a new one as a secret and refer to it.",
        detection.kind.provider
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
