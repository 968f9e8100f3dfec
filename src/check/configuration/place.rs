//! Which path configures what, and where a link in its place leads.

use crate::snapshot::Snapshot;
use crate::subject::configuration::Leads;

/// What a path configures.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Role {
    /// Settings of a project in this folder.
    Settings { folder: String },
    /// An agent, a skill or a command of a project in this folder.
    Definition { folder: String },
    /// Hooks of a plugin.
    PluginHooks { folder: String },
    /// The manifest of a plugin.
    Manifest { folder: String },
    /// A list of plugins.
    Marketplace,
    /// Servers of a folder.
    Servers { folder: String },
    /// Prose for an agent.
    Prose,
    /// Tasks or settings of an editor.
    Editor,
}

/// The folder that holds a `.claude` folder, and the path below that.
pub(super) fn claude_folder(path: &str) -> Option<(&str, &str)> {
    if let Some(rest) = path.strip_prefix(".claude/") {
        return Some(("", rest));
    }
    path.find("/.claude/").map(|at| {
        let folder = path.get(..at).unwrap_or_default();
        let rest = path.get(at + "/.claude/".len()..).unwrap_or_default();
        (folder, rest)
    })
}

/// What a path configures; nothing where it is none of ours.
pub(super) fn role(path: &str) -> Option<Role> {
    if let Some((folder, rest)) = claude_folder(path) {
        let folder = folder.to_owned();
        let folded = rest.to_ascii_lowercase();
        if matches!(folded.as_str(), "settings.json" | "settings.local.json") {
            return Some(Role::Settings { folder });
        }
        let is_definition = folded.ends_with(".md")
            && ["agents/", "commands/", "skills/"]
                .iter()
                .any(|part| folded.starts_with(part));
        if is_definition {
            return Some(Role::Definition { folder });
        }
    }
    let parent = |levels: usize| {
        let mut path = path;
        for _ in 0..levels {
            path = path.rfind('/').and_then(|at| path.get(..at)).unwrap_or("");
        }
        path.to_owned()
    };
    if path == "hooks/hooks.json" || path.ends_with("/hooks/hooks.json") {
        return Some(Role::PluginHooks { folder: parent(2) });
    }
    let folded = path.to_ascii_lowercase();
    let name = folded.rsplit('/').next().unwrap_or(&folded);
    if name == ".mcp.json" {
        return Some(Role::Servers { folder: parent(1) });
    }
    let is_prose = matches!(
        name,
        "claude.md"
            | "claude.local.md"
            | "agents.md"
            | "gemini.md"
            | "skill.md"
            | ".cursorrules"
            | ".windsurfrules"
            | ".clinerules"
            | "copilot-instructions.md"
    ) || folded.starts_with(".cursor/rules/")
        || (claude_folder(path).is_some() && name.ends_with(".md"));
    if is_prose {
        return Some(Role::Prose);
    }
    let is_editor = name.ends_with(".code-workspace")
        || folded.ends_with(".vscode/tasks.json")
        || folded.ends_with(".vscode/settings.json");
    if is_editor {
        return Some(Role::Editor);
    }
    if path.ends_with(".claude-plugin/marketplace.json") {
        return Some(Role::Marketplace);
    }
    if path.ends_with(".claude-plugin/plugin.json") {
        return Some(Role::Manifest { folder: parent(2) });
    }
    None
}

/// Whether a path is a place of configuration, whatever stands there.
pub(super) fn is_configuration(path: &str) -> bool {
    let folded = path.to_ascii_lowercase();
    let name = folded.rsplit('/').next().unwrap_or(&folded);
    matches!(
        name,
        ".claude" | "claude.md" | "claude.local.md" | ".mcp.json" | ".claude-plugin"
    ) || claude_folder(&folded).is_some()
}

/// Where a link leads, if that is a matter: a link that stays in its `.claude` folder is none, nor is one file of
/// prose that is another one of the repository (`CLAUDE.md` and `AGENTS.md`).
pub(super) fn leads(path: &str, target: &str, snapshot: &dyn Snapshot) -> Option<Leads> {
    if target.starts_with('/') || target.starts_with('\\') {
        return Some(Leads::Outside);
    }
    let folder = path
        .rfind('/')
        .and_then(|at| path.get(..at))
        .unwrap_or_default();
    let Some(full) = crate::agent::join(folder, target) else {
        return Some(Leads::Outside);
    };
    let exists = snapshot.entry(&full).is_some() || !snapshot.under(&full).is_empty();
    if !exists {
        return Some(Leads::Nowhere);
    }
    let base = format!("{}/", path.split("/.claude/").next().unwrap_or_default());
    let home = match claude_folder(path) {
        Some(("", _)) => ".claude/".to_owned(),
        Some(_) => format!("{base}.claude/"),
        None if path == ".claude" || path.ends_with("/.claude") => return Some(Leads::Elsewhere),
        None => return None,
    };
    (!full.starts_with(&home)).then_some(Leads::Elsewhere)
}
