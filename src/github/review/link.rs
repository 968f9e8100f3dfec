//! Links into the repository, at the commit that was judged.

use std::fmt::Write as _;

use crate::snapshot;

/// A longer link is left out: a path of strangers must not use up a comment.
const MAX_LINK: usize = 600;

/// The pull request that is written to.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Target {
    /// The server for people: `https://github.com`.
    pub server: String,
    /// Owner of the base repository.
    pub owner: String,
    /// Name of the base repository.
    pub repo: String,
    /// Number of the pull request.
    pub number: u64,
    /// The head commit that was judged.
    pub head: String,
}

impl Target {
    /// The head as people write it.
    pub fn short_head(&self) -> String {
        self.head
            .chars()
            .filter(char::is_ascii_hexdigit)
            .take(7)
            .collect()
    }

    /// A link to the head commit.
    pub(super) fn commit(&self) -> String {
        format!(
            "{}/commit/{}",
            self.repository(),
            encoded(self.head.as_bytes())
        )
    }

    /// A link to lines of a file at the head. `path` is a path of a snapshot. Nothing where it would be too long.
    pub(super) fn lines(&self, path: &str, first: u32, last: u32) -> Option<String> {
        let raw = snapshot::raw(path)?;
        let mut link = format!(
            "{}/blob/{}/{}#L{first}",
            self.repository(),
            encoded(self.head.as_bytes()),
            encoded(&raw)
        );
        if last > first {
            let _ = write!(link, "-L{last}");
        }
        (link.len() <= MAX_LINK).then_some(link)
    }

    fn repository(&self) -> String {
        format!(
            "{}/{}/{}",
            self.server.trim_end_matches('/'),
            encoded(self.owner.as_bytes()),
            encoded(self.repo.as_bytes())
        )
    }
}

/// Percent-encodes everything that means something in a link or in Markdown.
fn encoded(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len());
    for &byte in bytes {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'/') {
            out.push(char::from(byte));
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn target() -> Target {
        Target {
            server: "https://ghe.example/".into(),
            owner: "acme".into(),
            repo: "web".into(),
            number: 7,
            head: "0123456789abcdef0123456789abcdef01234567".into(),
        }
    }

    #[test]
    fn a_path_of_strangers_cannot_leave_the_link() {
        let link = target().lines("a b/)[x](#%?\"é\\x0a.yml", 3, 5).unwrap();
        assert_eq!(
            link,
            "https://ghe.example/acme/web/blob/0123456789abcdef0123456789abcdef01234567/\
             a%20b/%29%5Bx%5D%28%23%25%3F%22%C3%A9%0A.yml#L3-L5"
        );
        assert_eq!(target().short_head(), "0123456");
    }

    #[test]
    fn a_link_without_end_is_left_out() {
        assert_eq!(target().lines(&"é".repeat(300), 1, 1), None);
    }
}
