//! How long things may be. GitHub's limit on a review comment is not known; ours stays far below what others
//! measured (`facts/github-delivery.md` §1.1).

use crate::report::markup;
use crate::report::wording::cut;

/// Code points of a comment on a line or file, its mark included.
pub(super) const MAX_COMMENT: usize = 8_000;

/// Code points of a new comment: room is left for the words around it once the finding is gone.
pub(super) const MAX_MESSAGE: usize = 7_000;

/// Code points of the summary.
pub(super) const MAX_SUMMARY: usize = 60_000;

/// Comments on lines.
pub(super) const MAX_INLINE: usize = 25;

/// Comments on files.
pub(super) const MAX_FILES: usize = 5;

/// A sentence as Markdown of at most so many code points.
pub(super) fn prose(text: &str, max: usize) -> String {
    within(text, max, markup::prose)
}

/// A name as a code span of at most so many code points.
pub(super) fn code(text: &str, max: usize) -> String {
    within(text, max, markup::code_span)
}

/// Cuts a text until it fits once it is quoted.
fn within(text: &str, max: usize, quoted: impl Fn(&str) -> String) -> String {
    let mut room = max;
    loop {
        let out = quoted(&cut(text, room));
        if room == 0 || count(&out) <= max {
            return out;
        }
        room = room * 3 / 4;
    }
}

/// Code points of a text.
pub(super) fn count(text: &str) -> usize {
    text.chars().count()
}
