//! The mark at the end of each comment of ours, by which the next run knows it again.
//!
//! A mark is a hint, never a decision: it is taken only from comments that the viewer wrote, and nothing about the
//! verdict depends on it. It holds no text of the repository and no byte of a key.

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};

/// How a mark begins; the digit is the version of what follows.
const START: &str = "<!-- portcullis:1 ";
const END: &str = " -->";

/// A longer mark is none of ours.
const MAX_MARK: usize = 16 * 1024;

/// What a comment of ours says about itself.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Marker {
    /// Fingerprint of the finding; empty in the summary.
    #[serde(default)]
    pub fp: String,
    /// The rule; empty in the summary.
    #[serde(default)]
    pub rule: String,
    /// The head that the comment was written for.
    #[serde(default)]
    pub sha: String,
    /// The workflow run that wrote it.
    #[serde(default)]
    pub run: String,
    /// Which attempt of that run.
    #[serde(default)]
    pub attempt: u32,
    /// Hash of what the comment says, without what differs between two runs that say the same.
    #[serde(default)]
    pub hash: String,
    /// What became of the finding.
    #[serde(default, rename = "is")]
    pub standing: Standing,
    /// In the summary: fingerprints for which GitHub refused a comment on a line or file of this head.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub refused: Vec<String>,
}

/// What a comment says of its finding.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Standing {
    /// It is there.
    #[default]
    Open,
    /// It is gone.
    Fixed,
    /// Another comment has it.
    Moved,
    /// The comment is the summary.
    Summary,
    /// A later version wrote something else.
    #[serde(other)]
    Unknown,
}

impl Marker {
    /// The mark as the last line of a comment.
    pub fn line(&self) -> String {
        let json = serde_json::to_vec(self).unwrap_or_default();
        format!("{START}{}{END}", BASE64_URL_SAFE_NO_PAD.encode(json))
    }

    /// The mark in the last line of a comment that has any text. Nothing where it was damaged.
    pub fn find(body: &str) -> Option<Self> {
        let last = body.trim_end().rsplit('\n').next()?.trim();
        let code = last.strip_prefix(START)?.strip_suffix(END)?;
        if code.len() > MAX_MARK {
            return None;
        }
        let json = BASE64_URL_SAFE_NO_PAD.decode(code.trim()).ok()?;
        serde_json::from_slice(&json).ok()
    }

    /// A comment without its mark.
    pub fn strip(body: &str) -> &str {
        let body = body.trim_end();
        let (text, last) = body.rsplit_once('\n').unwrap_or(("", body));
        if last.trim().starts_with(START) {
            text.trim_end()
        } else {
            body
        }
    }
}
