//! Values that Claude Code refuses, and with them the whole file (`facts/claude-code.md` §1.2, §10 F2).

use super::Settings;
use crate::claude::catalog::modes::Mode;
use crate::source::{Node, ScalarType, Span};

/// A value that rejects its whole file.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Rejection {
    /// The value.
    pub span: Span,
    /// What is wrong with it, as a clause for people.
    pub message: String,
    /// How sure it is that the whole file is dropped and not only the value.
    pub certainty: Certainty,
}

/// How sure a rejection is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Certainty {
    /// Documented, or measured.
    Sure,
    /// Releases differ.
    Likely,
}

/// Types of values that are checked.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Type {
    Mapping,
    List,
    Text,
    Switch,
}

/// Keys with one type.
const TYPES: &[(&[&str], Type)] = &[
    (&["permissions"], Type::Mapping),
    (&["permissions", "allow"], Type::List),
    (&["permissions", "ask"], Type::List),
    (&["permissions", "deny"], Type::List),
    (&["permissions", "additionalDirectories"], Type::List),
    (
        &["permissions", "blockReadsOutsideWorkingDirectories"],
        Type::Switch,
    ),
    (
        &["permissions", "blockWritesOutsideWorkingDirectories"],
        Type::Switch,
    ),
    (&["hooks"], Type::Mapping),
    (&["env"], Type::Mapping),
    (&["disableAllHooks"], Type::Switch),
    (&["apiKeyHelper"], Type::Text),
    (&["sandbox"], Type::Mapping),
    (&["sandbox", "enabled"], Type::Switch),
    (&["sandbox", "failIfUnavailable"], Type::Switch),
    (&["sandbox", "allowUnsandboxedCommands"], Type::Switch),
    (&["enabledMcpjsonServers"], Type::List),
    (&["disabledMcpjsonServers"], Type::List),
    (&["enableAllProjectMcpServers"], Type::Switch),
];

impl Settings {
    /// The first value for which Claude Code ignores the whole file.
    pub fn rejection(&self) -> Option<Rejection> {
        let sure = |node: Node<'_>, message: &str| Rejection {
            span: node.span(),
            message: message.into(),
            certainty: Certainty::Sure,
        };
        let Some(root) = self.tree.root() else {
            return Some(Rejection {
                span: Span::at(0),
                message: "the file is empty".into(),
                certainty: Certainty::Sure,
            });
        };
        if !root.is_mapping() {
            return Some(sure(root, "settings are an object"));
        }
        for (path, wanted) in TYPES {
            if let Some(node) = root.at(path)
                && !wanted.fits(node)
            {
                let name = path.join(".");
                return Some(sure(node, &format!("`{name}` takes {}", wanted.in_words())));
            }
        }
        if let Some(mode) = root.at(&["permissions", "defaultMode"])
            && mode.string().and_then(Mode::parse).is_none()
        {
            return Some(Rejection {
                certainty: Certainty::Likely,
                ..sure(
                    mode,
                    "`permissions.defaultMode` takes one of the permission modes",
                )
            });
        }
        for path in [
            &["permissions", "disableBypassPermissionsMode"][..],
            &["permissions", "disableAutoMode"],
            &["disableAutoMode"],
        ] {
            if let Some(switch) = root.at(path)
                && switch.string() != Some("disable")
            {
                let name = path.join(".");
                return Some(sure(
                    switch,
                    &format!("`{name}` takes the string `\"disable\"` and nothing else"),
                ));
            }
        }
        if let Some(days) = root.get("cleanupPeriodDays")
            && !matches!(days.scalar_type(), Some(ScalarType::Number(days)) if days >= 1.0)
        {
            return Some(sure(days, "`cleanupPeriodDays` takes a number from 1 on"));
        }
        self.rules_of_wrong_type().or_else(|| self.matcher_list())
    }

    fn rules_of_wrong_type(&self) -> Option<Rejection> {
        let permissions = self.tree.root()?.get("permissions")?;
        for list in ["allow", "ask", "deny"] {
            let items = permissions.get(list).into_iter().flat_map(Node::items);
            if let Some(item) = items.into_iter().find(|item| item.string().is_none()) {
                return Some(Rejection {
                    span: item.span(),
                    message: format!("`permissions.{list}` holds texts only"),
                    certainty: Certainty::Likely,
                });
            }
        }
        let variables = self.tree.root()?.get("env")?;
        let value = variables
            .entries()
            .find(|entry| entry.value.string().is_none())?
            .value;
        Some(Rejection {
            span: value.span(),
            message: "`env` holds texts only".into(),
            certainty: Certainty::Likely,
        })
    }

    fn matcher_list(&self) -> Option<Rejection> {
        let hooks = self.tree.root()?.get("hooks")?;
        let groups = hooks.entries().flat_map(|event| event.value.items());
        let matcher = groups
            .filter_map(|group| group.get("matcher"))
            .find(|matcher| matcher.is_sequence())?;
        Some(Rejection {
            span: matcher.span(),
            message: "a `matcher` is one text, not a list".into(),
            certainty: Certainty::Sure,
        })
    }
}

impl Type {
    fn fits(self, node: Node<'_>) -> bool {
        match self {
            Self::Mapping => node.is_mapping(),
            Self::List => node.is_sequence(),
            Self::Text => node.string().is_some(),
            Self::Switch => node.boolean().is_some(),
        }
    }

    const fn in_words(self) -> &'static str {
        match self {
            Self::Mapping => "an object",
            Self::List => "a list",
            Self::Text => "a text",
            Self::Switch => "`true` or `false`",
        }
    }
}
