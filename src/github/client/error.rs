//! What can go wrong between us and GitHub, by what is to be done about it.
//!
//! The table is section 6.5 of `facts/github-delivery.md`. No error holds a token or a body that was sent; what GitHub
//! said is cut down to one line of printable text without the token.

use std::time::Duration;

use super::limits::Budget;
use super::stop::Signal;

/// Why a request came to nothing.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum Error {
    /// 401: the token is absent, wrong or expired.
    #[error("GitHub does not accept the token (401): {message}")]
    Unauthorized {
        /// What GitHub said.
        message: String,
    },
    /// The token may not write: 403 "Resource not accessible", or 404 on a write.
    #[error("the token may not write ({status}): {message}")]
    ReadOnly {
        /// 403 or 404.
        status: u16,
        /// What GitHub said.
        message: String,
    },
    /// 403 for another reason.
    #[error("GitHub refuses (403): {message}")]
    Forbidden {
        /// What GitHub said.
        message: String,
    },
    /// 404 on a request that reads.
    #[error("GitHub knows no {path} (404), or the token may not see it")]
    NotFound {
        /// What was asked for.
        path: String,
    },
    /// A rate limit asks for a longer wait than the run may take.
    #[error("GitHub's rate limit asks for a wait of {} s", wait.as_secs())]
    RateLimited {
        /// How long, from now.
        wait: Duration,
    },
    /// 422: GitHub understood the request and cannot do it.
    #[error("GitHub cannot do this (422): {}", messages.join("; "))]
    Unprocessable {
        /// What GitHub said: the message, then each of its errors.
        messages: Vec<String>,
    },
    /// 410 or 451.
    #[error("GitHub does not give this any more ({status}): {message}")]
    Gone {
        /// 410 or 451.
        status: u16,
        /// What GitHub said.
        message: String,
    },
    /// The conversation is locked.
    #[error("the conversation is locked: {message}")]
    Locked {
        /// What GitHub said.
        message: String,
    },
    /// 413: what was sent is too large.
    #[error("GitHub finds this too large (413): {message}")]
    TooLarge {
        /// What GitHub said.
        message: String,
    },
    /// A write was sent and it is not known whether it happened. Look before sending it again.
    #[error("it is not known whether GitHub did it: {cause}")]
    Ambiguous {
        /// What happened.
        cause: String,
    },
    /// GitHub could not be reached, or answered with an error of its own, after all tries.
    #[error("GitHub cannot be reached: {cause}")]
    Unavailable {
        /// What happened last.
        cause: String,
        /// The status, if there was an answer.
        status: Option<u16>,
    },
    /// GitHub answered with a status that nothing above fits.
    #[error("GitHub answered {status}: {message}")]
    Answer {
        /// The status.
        status: u16,
        /// What GitHub said.
        message: String,
    },
    /// The answer does not have the form that is needed.
    #[error("GitHub's answer to {path} cannot be understood: {what}")]
    Shape {
        /// What was asked for.
        path: String,
        /// What is wrong with it.
        what: String,
    },
    /// The run may not spend more.
    #[error("the {budget} that this run may spend on GitHub is used up")]
    Spent {
        /// What is used up.
        budget: Budget,
    },
    /// A signal asked for the end.
    #[error("the run was cancelled")]
    Stopped {
        /// Which.
        signal: Signal,
    },
    /// There are no certificates to check the server's with.
    #[error(
        "no certificates of authorities were found, so no server can be trusted: install a CA bundle (the package \
         ca-certificates), or name one with SSL_CERT_FILE ({cause})"
    )]
    NoCertificates {
        /// What was looked for.
        cause: String,
    },
    /// The server's certificate is not accepted, or the encryption failed.
    #[error(
        "the encrypted connection to {host} failed: {cause}; for a private authority, name its certificate with \
         SSL_CERT_FILE"
    )]
    Tls {
        /// Which server.
        host: String,
        /// What the check said.
        cause: String,
    },
    /// The proxy did not let the connection through.
    #[error("the proxy {proxy} did not let the connection through: {cause}")]
    Proxy {
        /// Its host and port.
        proxy: String,
        /// What happened.
        cause: String,
    },
    /// The client was made outside of a runtime.
    #[error("a client needs a tokio runtime around it")]
    NoRuntime,
}

impl Error {
    /// The status of GitHub's answer, where it is known.
    pub fn status(&self) -> Option<u16> {
        match self {
            Self::Unauthorized { .. } => Some(401),
            Self::Forbidden { .. } => Some(403),
            Self::NotFound { .. } => Some(404),
            Self::TooLarge { .. } => Some(413),
            Self::Unprocessable { .. } => Some(422),
            Self::ReadOnly { status, .. }
            | Self::Gone { status, .. }
            | Self::Answer { status, .. } => Some(*status),
            Self::Unavailable { status, .. } => *status,
            _ => None,
        }
    }

    /// Whether no further request of the run can succeed: the budget, the token, a signal, the connection.
    pub fn ends_delivery(&self) -> bool {
        matches!(
            self,
            Self::Unauthorized { .. }
                | Self::RateLimited { .. }
                | Self::Spent { .. }
                | Self::Stopped { .. }
                | Self::NoCertificates { .. }
                | Self::Tls { .. }
                | Self::Proxy { .. }
                | Self::NoRuntime
        )
    }
}
