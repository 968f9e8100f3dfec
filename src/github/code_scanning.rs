//! Hands a SARIF report over to code scanning.
//!
//! Whatever comes of it, the verdict stands: the outcome is something to tell, not something to fail for. Limits and
//! answers: `facts/github-delivery.md`, section 1.3.

use std::io::Write as _;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use serde_json::json;

use super::client::{Client, Error, Write, WriteKind, WriteMethod};
use super::repository::{CommitId, Repository};

/// The size of a compressed report that GitHub takes.
const MAX_COMPRESSED: usize = 10 << 20;

/// When to ask what became of a report. GitHub goes on working after the last.
const POLLS: [Duration; 3] = [
    Duration::from_secs(5),
    Duration::from_secs(10),
    Duration::from_secs(20),
];

/// A report to hand over.
pub struct Upload<'a> {
    /// Where to.
    pub repository: &'a Repository,
    /// What was scanned.
    pub commit: CommitId,
    /// Its ref: `refs/heads/main`, `refs/pull/7/merge`.
    pub reference: &'a str,
    /// The report.
    pub sarif: &'a str,
}

/// What became of a report.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Outcome {
    /// GitHub has taken it in.
    Complete,
    /// GitHub has it, and was still working on it when we stopped asking.
    Pending,
    /// GitHub has it and found mistakes in it.
    Refused {
        /// What it said.
        errors: Vec<String>,
    },
    /// Code scanning is off here, or the token has no `security-events: write`: 403 or 404.
    Off {
        /// What GitHub said.
        message: String,
    },
    /// It is larger than GitHub takes.
    TooLarge,
    /// Something else kept it from arriving.
    Failed(Error),
}

impl std::fmt::Display for Outcome {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Complete => f.write_str("it was taken in"),
            Self::Pending => f.write_str("it is being worked on"),
            Self::Refused { errors } => f.write_str(&errors.join("; ")),
            Self::Off { message } => write!(
                f,
                "{message} (code scanning is off here, or the job has no `permissions: security-events: write`)"
            ),
            Self::TooLarge => f.write_str("it is too large"),
            Self::Failed(error) => error.fmt(f),
        }
    }
}

#[derive(Deserialize)]
struct Receipt {
    id: String,
}

#[derive(Deserialize)]
struct Status {
    #[serde(default)]
    processing_status: String,
    #[serde(default)]
    errors: Option<Vec<String>>,
}

/// Hands a report over and asks a few times what became of it.
pub async fn upload(client: &Client, upload: &Upload<'_>) -> Outcome {
    let Some(compressed) = compress(upload.sarif) else {
        return Outcome::TooLarge;
    };
    let path = upload.repository.path("code-scanning/sarifs");
    let sent = client
        .write::<Receipt>(Write {
            method: WriteMethod::Post,
            path: &path,
            body: json!({
                "commit_sha": upload.commit.to_string(),
                "ref": upload.reference,
                "sarif": compressed,
                "tool_name": "portcullis",
                "validate": false,
            }),
            kind: WriteKind::CodeScanning,
        })
        .await;
    match sent {
        Ok(receipt) => follow(client, upload.repository, &receipt.id).await,
        Err(Error::ReadOnly { message, .. } | Error::Forbidden { message }) => {
            Outcome::Off { message }
        }
        Err(Error::TooLarge { .. }) => Outcome::TooLarge,
        Err(error) => Outcome::Failed(error),
    }
}

/// Asks what became of a report. That it arrived is known by then, so no failure here is one of the delivery.
async fn follow(client: &Client, repository: &Repository, id: &str) -> Outcome {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    if id.is_empty() || !id.bytes().all(is_plain) {
        return Outcome::Pending;
    }
    let path = repository.path(format_args!("code-scanning/sarifs/{id}"));
    for pause in POLLS {
        if client.rest(pause).await.is_err() {
            return Outcome::Pending;
        }
        match client.get::<Status>(&path).await {
            Ok(status) if status.processing_status == "complete" => return Outcome::Complete,
            Ok(status) if status.processing_status == "failed" => {
                let errors = status.errors.unwrap_or_default();
                let errors = errors.iter().map(|error| client.clean(error)).collect();
                return Outcome::Refused { errors };
            }
            // A report that just arrived is not known everywhere at once.
            Ok(_) | Err(Error::NotFound { .. }) => {}
            Err(_) => return Outcome::Pending,
        }
    }
    Outcome::Pending
}

/// The report as it is sent: compressed, then as text. None where it is too large.
fn compress(sarif: &str) -> Option<String> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    // Writing to memory does not fail.
    encoder.write_all(sarif.as_bytes()).ok()?;
    let compressed = encoder.finish().ok()?;
    (compressed.len() <= MAX_COMPRESSED).then(|| STANDARD.encode(compressed))
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use serde_json::Value;

    use super::*;
    use crate::github::client::tests::Rig;
    use crate::github::client::tests::server::{Answer, Server, ok, status};

    async fn hand_over(server: &Server) -> (Outcome, Vec<u64>) {
        let rig = Rig::new(server);
        let outcome = upload(
            &rig.client,
            &Upload {
                repository: &"acme/web".parse().unwrap(),
                commit: "ce013625030ba8dba906f756967f9e9ca394464a".parse().unwrap(),
                reference: "refs/heads/main",
                sarif: r#"{"version": "2.1.0"}"#,
            },
        )
        .await;
        let pauses = rig.clock.pauses().iter().map(Duration::as_secs).collect();
        (outcome, pauses)
    }

    fn script(answers: impl IntoIterator<Item = Answer>) -> Server {
        let receipt = status(202, r#"{"id": "47177e22-5596", "url": "https://x"}"#);
        Server::script([receipt].into_iter().chain(answers))
    }

    #[tokio::test]
    async fn a_report_arrives_as_it_was_and_is_followed_until_it_is_taken_in() {
        let server = script([
            status(404, "{}"),
            ok(r#"{"processing_status": "pending"}"#),
            ok(r#"{"processing_status": "complete", "analyses_url": "https://x"}"#),
        ]);
        assert_eq!(
            hand_over(&server).await,
            (Outcome::Complete, vec![5, 10, 20])
        );
        let seen = server.seen();
        assert_eq!(
            seen[0].target,
            "/api/v3/repos/acme/web/code-scanning/sarifs"
        );
        assert_eq!(
            seen[1].target,
            "/api/v3/repos/acme/web/code-scanning/sarifs/47177e22-5596"
        );
        let body: Value = serde_json::from_str(&seen[0].body).unwrap();
        let compressed = STANDARD.decode(body["sarif"].as_str().unwrap()).unwrap();
        let mut sarif = String::new();
        flate2::read::GzDecoder::new(&*compressed)
            .read_to_string(&mut sarif)
            .unwrap();
        assert_eq!(sarif, r#"{"version": "2.1.0"}"#);
        assert_eq!(body["ref"], "refs/heads/main");
    }

    #[tokio::test]
    async fn a_report_with_mistakes_is_refused() {
        let server = script([ok(
            r#"{"processing_status": "failed", "errors": ["bad\nrule"]}"#,
        )]);
        let errors = vec!["bad rule".to_owned()];
        assert_eq!(hand_over(&server).await.0, Outcome::Refused { errors });
    }

    #[tokio::test]
    async fn a_report_that_stays_pending_or_cannot_be_asked_for_has_arrived() {
        for answer in [
            ok(r#"{"processing_status": "pending"}"#),
            status(401, "{}"),
            ok("[]"),
        ] {
            assert_eq!(hand_over(&script([answer])).await.0, Outcome::Pending);
        }
        let server = Server::script([status(202, r#"{"id": "../../x"}"#)]);
        assert_eq!(hand_over(&server).await.0, Outcome::Pending);
        assert_eq!(server.seen().len(), 1);
    }

    #[tokio::test]
    async fn a_report_that_cannot_be_handed_over_says_why() {
        for code in [403, 404] {
            let body = r#"{"message": "Code scanning is not enabled for this repository"}"#;
            let (outcome, _) = hand_over(&Server::script([status(code, body)])).await;
            assert!(matches!(outcome, Outcome::Off { message } if message.contains("not enabled")));
        }
        let large = hand_over(&Server::script([status(413, "{}")])).await.0;
        assert_eq!(large, Outcome::TooLarge);
        let down = hand_over(&Server::script([status(503, "")])).await.0;
        assert!(matches!(down, Outcome::Failed(Error::Ambiguous { .. })));
    }
}
