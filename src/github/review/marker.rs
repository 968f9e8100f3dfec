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

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn marker() -> Marker {
        Marker {
            fp: "00112233445566778899aabbccddeeff".into(),
            rule: "missing-timeout".into(),
            sha: "0123456789abcdef0123456789abcdef01234567".into(),
            run: "17".into(),
            attempt: 2,
            hash: "0011223344556677".into(),
            ..Marker::default()
        }
    }

    #[test]
    fn a_mark_is_found_in_the_last_line_only() {
        let line = marker().line();
        assert_eq!(Marker::find(&format!("text\n{line}")), Some(marker()));
        assert_eq!(
            Marker::find(&format!("text\r\n{line}\r\n\r\n")),
            Some(marker())
        );
        assert_eq!(Marker::find(&format!("{line}\ntext")), None);
        assert_eq!(Marker::find(&format!("text {line}")), None);
        assert_eq!(Marker::strip(&format!("text\n\n{line}\n")), "text");
        assert_eq!(Marker::strip("text\n"), "text");
    }

    #[test]
    fn a_mark_of_a_later_version_says_what_it_can() {
        let json = r#"{"fp": "x", "is": "sideways", "more": [1]}"#;
        let line = format!("{START}{}{END}", BASE64_URL_SAFE_NO_PAD.encode(json));
        let found = Marker::find(&line).unwrap();
        assert_eq!(
            (found.fp.as_str(), found.standing),
            ("x", Standing::Unknown)
        );
    }

    #[test]
    fn a_damaged_mark_is_none() {
        for line in [
            "<!-- portcullis:1 -->",
            "<!-- portcullis:1 *** -->",
            "<!-- portcullis:2 e30 -->",
            "<!-- portcullis:1 bm8gSlNPTg -->",
            "<!-- portcullis:1 eyJmcCI6MX0 -->",
        ] {
            assert_eq!(Marker::find(line), None, "{line}");
        }
        let long = format!("{START}{}{END}", "A".repeat(MAX_MARK + 4));
        assert_eq!(Marker::find(&long), None);
    }

    proptest! {
        #[test]
        fn any_text_can_be_searched(text in any::<String>()) {
            let _ = Marker::find(&text);
            let _ = Marker::find(&format!("{START}{text}{END}"));
        }

        #[test]
        fn any_field_survives(fp in any::<String>(), run in any::<String>(), attempt in any::<u32>()) {
            let marker = Marker { fp, run, attempt, ..marker() };
            prop_assert_eq!(Marker::find(&marker.line()), Some(marker));
        }
    }
}
