//! A settings file, as far as agent runs need it (`facts/claude-code.md` §1).
//!
//! Whether the file is alive is decided by the strict reading: Claude Code skips a file with a syntax error as a
//! whole, and in `-p` it says nothing about it (§1.2).

pub mod keys;
mod placed;
mod schema;

use std::sync::Arc;

use super::catalog::modes::Mode;
use crate::source::{Node, SourceFile, SyntaxError, Traced, Tree, json};

pub use placed::Dead;
pub use schema::{Certainty, Rejection};

/// One settings file or inline settings.
#[derive(Debug)]
pub struct Settings {
    tree: Tree,
    /// Why Claude Code ignores the whole file; nothing where it reads it.
    pub dead: Option<SyntaxError>,
}

impl Settings {
    /// Reads a settings file.
    ///
    /// # Errors
    /// The place that even a tolerant reading cannot make sense of.
    pub fn parse(file: &Arc<SourceFile>) -> Result<Self, SyntaxError> {
        let json = json::parse(file)?;
        Ok(Self {
            tree: json.tree,
            dead: json.deviation,
        })
    }

    /// The tree, tolerantly read.
    pub fn tree(&self) -> &Tree {
        &self.tree
    }

    fn permissions(&self) -> Option<Node<'_>> {
        self.tree.root()?.get("permissions")
    }

    /// `permissions.defaultMode`, as written.
    pub fn default_mode(&self) -> Option<Traced> {
        self.permissions()?.get("defaultMode")?.traced()
    }

    /// Whether `permissions.disableBypassPermissionsMode` is the string `disable`, the only value that counts.
    pub fn disables_bypass(&self) -> bool {
        self.permissions()
            .and_then(|permissions| permissions.get("disableBypassPermissionsMode"))
            .and_then(Node::string)
            == Some("disable")
    }

    /// Whether Claude Code refuses a value of the file, and with it the whole file: a list of rules that is none, an
    /// unknown mode, a wrong `disableBypassPermissionsMode` (§1.2, §1.4).
    pub fn is_rejected(&self) -> bool {
        // Where releases differ, what the file opens still counts as open.
        self.rejection().is_some_and(|rejection| {
            rejection.certainty == Certainty::Sure
                || self
                    .default_mode()
                    .is_some_and(|mode| Mode::parse(mode.text()).is_none())
        })
    }

    /// The rules of one of the lists `allow`, `ask`, `deny`.
    pub fn rules(&self, list: &str) -> Vec<Traced> {
        self.permissions()
            .and_then(|permissions| permissions.get(list))
            .map(|list| list.items().filter_map(Node::traced).collect())
            .unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_comment_makes_the_file_dead_but_readable() {
        let file = SourceFile::new(
            "s.json",
            "// team\n{\"permissions\": {\"defaultMode\": \"plan\", \"deny\": [\"Bash\"]}}",
        );
        let settings = Settings::parse(&file).unwrap();
        assert!(settings.dead.is_some());
        assert_eq!(settings.default_mode().unwrap().text(), "plan");
        assert_eq!(settings.rules("deny").len(), 1);
    }

    #[test]
    fn a_value_of_the_wrong_type_rejects_the_whole_file() {
        for (text, expected) in [
            (r#"{"permissions": {"deny": "Bash"}}"#, true),
            (r#"{"permissions": {"defaultMode": "bypass"}}"#, true),
            (
                r#"{"permissions": {"disableBypassPermissionsMode": true}}"#,
                true,
            ),
            (r#"{"cleanupPeriodDays": 0, "permissions": {}}"#, true),
            (
                r#"{"permissions": {"deny": ["Bash"], "defaultMode": "plan"}}"#,
                false,
            ),
            (r#"{"hooks": {}}"#, false),
        ] {
            let settings = Settings::parse(&SourceFile::new("s.json", text)).unwrap();
            assert_eq!(settings.is_rejected(), expected, "{text}");
        }
    }

    #[test]
    fn only_the_word_disable_disables_bypass() {
        for (value, expected) in [
            ("\"disable\"", true),
            ("true", false),
            ("\"enable\"", false),
        ] {
            let text =
                format!("{{\"permissions\": {{\"disableBypassPermissionsMode\": {value}}}}}");
            let settings = Settings::parse(&SourceFile::new("s.json", text)).unwrap();
            assert_eq!(settings.disables_bypass(), expected, "{value}");
        }
    }
}
