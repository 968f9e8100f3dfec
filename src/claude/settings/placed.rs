//! The permission rules of a settings file, each with its place, and what is lost with a file that is ignored.

use super::Settings;
use crate::claude::permission::{Headless, List, PlacedRule, Rule, Scope};
use crate::source::Node;

/// Why a settings file has no effect.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Dead {
    /// It is no JSON as Claude Code reads it.
    Syntax,
    /// A value in it is refused.
    Rejected,
    /// It is larger than 2 MiB.
    TooLarge,
}

/// Larger settings files are refused.
const LARGEST: usize = 2 << 20;

impl Settings {
    /// Whether, and why, Claude Code ignores the file.
    pub fn death(&self) -> Option<Dead> {
        if self.tree.file().text().len() > LARGEST {
            Some(Dead::TooLarge)
        } else if self.dead.is_some() {
            Some(Dead::Syntax)
        } else if self.rejection().is_some() {
            Some(Dead::Rejected)
        } else {
            None
        }
    }

    /// All permission rules of the file as one scope, dead ones included, deny first.
    pub fn placed(&self, scope: Scope, allow: Headless) -> Vec<PlacedRule> {
        let Some(permissions) = self.permissions() else {
            return Vec::new();
        };
        let mut placed = Vec::new();
        for list in List::ALL {
            let items = permissions
                .get(list.as_str())
                .into_iter()
                .flat_map(Node::items);
            for item in items {
                let (Some(written), Some(text)) = (item.traced(), item.string()) else {
                    continue;
                };
                placed.push(PlacedRule {
                    list,
                    scope,
                    rule: Rule::parse(text),
                    written,
                    location: item.location(),
                    headless: if list == List::Allow {
                        allow
                    } else {
                        Headless::Honoured
                    },
                });
            }
        }
        placed
    }

    /// Number of hooks that the file declares.
    pub fn hook_count(&self) -> usize {
        let hooks = self.tree.root().and_then(|root| root.get("hooks"));
        let events = hooks.into_iter().flat_map(Node::entries);
        events
            .flat_map(|event| event.value.items())
            .map(|group| group.get("hooks").map_or(0, |hooks| hooks.items().len()))
            .sum()
    }
}
