//! What becomes of a comment once its finding is gone or stands elsewhere. The words that people may have replied to
//! stay, folded away.

use super::budget::{self, MAX_COMMENT};
use super::marker::{Marker, Standing};
use super::message::Writer;
use super::state::Thread;
use crate::finding::Finding;

/// Why a comment no longer holds.
pub(super) enum Gone<'a> {
    /// The finding is not there any more.
    Fixed,
    /// An exemption covers it.
    Accepted,
    /// It is there, but already at the base, or no longer grave enough.
    Settled,
    /// It is elsewhere.
    Moved(&'a Finding),
}

impl Gone<'_> {
    /// What the comment's mark says from now on.
    pub(super) fn standing(&self) -> Standing {
        match self {
            Self::Moved(_) => Standing::Moved,
            Self::Fixed | Self::Accepted | Self::Settled => Standing::Fixed,
        }
    }
}

impl Writer<'_> {
    /// New text for a comment that no longer holds.
    pub(super) fn notice(&self, thread: &Thread, known: &Marker, gone: &Gone<'_>) -> String {
        let commit = format!("[`{}`]({})", self.target.short_head(), self.target.commit());
        let first = match gone {
            Gone::Fixed => format!("✅ **Fixed** in {commit}."),
            Gone::Accepted => {
                format!("☑️ **Accepted**: since {commit} an exemption of the policy covers this.")
            }
            Gone::Settled => format!(
                "☑️ **Settled**: as of {commit} this pull request no longer brings anything new here."
            ),
            Gone::Moved(finding) => {
                format!(
                    "↪️ **Moved**: this is now at {}.",
                    self.place(&finding.location)
                )
            }
        };
        let mark = Marker {
            sha: self.target.head.clone(),
            run: self.run.id.clone(),
            attempt: self.run.attempt,
            standing: gone.standing(),
            ..known.clone()
        };
        let body = self.folded(&thread.body);
        let with_body = format!("{first}\n\n{body}{}", mark.line());
        if budget::count(&with_body) <= MAX_COMMENT {
            return with_body;
        }
        format!("{first}\n\n{}", mark.line())
    }

    /// The words as they were, but nothing in them can be applied any more. People can edit our comments, so that
    /// this is text of strangers, too.
    fn folded(&self, body: &str) -> String {
        let body = self
            .mask
            .text(Marker::strip(body))
            .replace("<!--", "&lt;!--");
        let lines: Vec<String> = body.lines().map(unsuggested).collect();
        let text = lines.join("\n");
        if text.trim().is_empty() {
            return String::new();
        }
        format!(
            "<details><summary>What it was</summary>\n\n{}\n\n</details>\n\n",
            text.trim()
        )
    }
}

/// A line that opens a suggestion opens a plain block.
fn unsuggested(line: &str) -> String {
    let fence = line.trim_start();
    let is_fence = fence.starts_with("```") || fence.starts_with("~~~");
    if is_fence && fence.contains("suggestion") {
        return line.replace("suggestion", "");
    }
    line.to_owned()
}
