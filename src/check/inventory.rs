//! Which files are judged, and as what.

use crate::agent::OutsideKind;
use crate::subject::EnvRole;

/// What a file is judged as.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    /// A workflow of GitHub Actions.
    Workflow,
    /// The metadata of an action.
    Action,
    /// A settings file of Claude Code, `.mcp.json` and other JSON that must parse.
    Json,
    /// Markdown that may begin with front matter.
    Markdown,
    /// Commands for people.
    Outside(OutsideKind),
    /// Any text that may hold keys.
    Text,
}

impl Kind {
    /// The kind of a path; nothing where the file is none of ours. Case does not matter where a file system or
    /// GitHub may ignore it (`facts/incidents.md` §6, row 12).
    pub fn of(path: &str) -> Option<Self> {
        let folded = path.to_ascii_lowercase();
        let name = folded.rsplit('/').next().unwrap_or(&folded);
        let is_yaml = name.ends_with(".yml") || name.ends_with(".yaml");
        if let Some(rest) = folded.strip_prefix(".github/workflows/") {
            let is_workflow = is_yaml && !rest.contains('/');
            return if is_workflow {
                Some(Self::Workflow)
            } else {
                None
            };
        }
        if matches!(name, "action.yml" | "action.yaml") {
            return Some(Self::Action);
        }
        let in_claude = folded.starts_with(".claude/") || folded.contains("/.claude/");
        if in_claude {
            return Some(Self::of_claude(name));
        }
        if folded.starts_with(".cursor/rules/")
            || folded == ".github/copilot-instructions.md"
            || folded.contains(".vscode/tasks.json")
            || folded.contains(".vscode/settings.json")
        {
            return Some(Self::Text);
        }
        let parent = folded.rsplit('/').nth(1).unwrap_or_default();
        match name {
            ".mcp.json" => Some(Self::Json),
            "plugin.json" | "marketplace.json" if parent == ".claude-plugin" => Some(Self::Json),
            "hooks.json" if parent == "hooks" => Some(Self::Json),
            "skill.md" => Some(Self::Markdown),
            "agents.md" | "gemini.md" | ".cursorrules" | ".windsurfrules" | ".clinerules" => {
                Some(Self::Text)
            }
            _ if name.ends_with(".code-workspace") => Some(Self::Text),
            "claude.md" | "claude.local.md" => Some(Self::Markdown),
            ".npmrc" | ".netrc" | "_netrc" | ".envrc" | ".pypirc" | ".yarnrc" | ".yarnrc.yml"
            | ".pgpass" | ".git-credentials" | ".dockercfg" => Some(Self::Text),
            "config.json" if folded.ends_with(".docker/config.json") => Some(Self::Text),
            _ if EnvRole::of(path).is_some() || is_script(&folded, name) => Some(Self::Text),
            _ => OutsideKind::of(path).map(Self::Outside),
        }
    }

    fn of_claude(name: &str) -> Self {
        let settings = name.starts_with("settings") && name.ends_with(".json");
        if settings || name == ".mcp.json" {
            Self::Json
        } else if name.ends_with(".md") {
            Self::Markdown
        } else {
            Self::Text
        }
    }

    /// The kind of a file that a person named although no path rule covers it. `text` is its content.
    pub fn of_named(path: &str, text: &str) -> Self {
        let has = |key: &str| {
            text.lines()
                .any(|line| line.trim_start_matches(['"', '\'']).starts_with(key))
        };
        let is_yaml = path.ends_with(".yml") || path.ends_with(".yaml");
        if is_yaml && has("jobs") {
            Self::Workflow
        } else if is_yaml && has("runs") {
            Self::Action
        } else if path.ends_with(".json") {
            Self::Json
        } else if path.ends_with(".md") {
            Self::Markdown
        } else {
            Self::Text
        }
    }

    /// Whether the file must be readable for the result to be complete. Files of commands for people are looked at
    /// for one spelling only.
    pub fn is_configuration(self) -> bool {
        matches!(
            self,
            Self::Workflow | Self::Action | Self::Json | Self::Markdown
        )
    }
}

/// Scripts of shells, wherever they are; those of other languages in the folders where repositories keep their tools.
fn is_script(path: &str, name: &str) -> bool {
    const SHELLS: [&str; 9] = [
        "sh", "bash", "zsh", "ksh", "fish", "ps1", "psm1", "bat", "cmd",
    ];
    const LANGUAGES: [&str; 10] = [
        "py", "js", "mjs", "cjs", "ts", "mts", "rb", "pl", "php", "groovy",
    ];
    const FOLDERS: [&str; 8] = [
        ".github", "scripts", "script", "bin", "ci", ".ci", "tools", "hack",
    ];
    let Some((_, extension)) = name.rsplit_once('.') else {
        return false;
    };
    let mut folders = path.split('/').rev().skip(1);
    SHELLS.contains(&extension)
        || LANGUAGES.contains(&extension) && folders.any(|folder| FOLDERS.contains(&folder))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_tell_kinds() {
        for (path, kind) in [
            (".github/workflows/ci.yml", Some(Kind::Workflow)),
            (".github/workflows/CI.YAML", Some(Kind::Workflow)),
            (".github/workflows/deep/ci.yml", None),
            (".github/actions/x/action.yml", Some(Kind::Action)),
            ("action.yaml", Some(Kind::Action)),
            (".claude/settings.local.json", Some(Kind::Json)),
            ("web/.claude/settings.json", Some(Kind::Json)),
            (".claude/agents/a.md", Some(Kind::Markdown)),
            (".claude/hooks/guard.py", Some(Kind::Text)),
            (".mcp.json", Some(Kind::Json)),
            ("docs/CLAUDE.md", Some(Kind::Markdown)),
            (".env.local", Some(Kind::Text)),
            (
                "web/package.json",
                Some(Kind::Outside(OutsideKind::Package)),
            ),
            ("deploy/release.sh", Some(Kind::Text)),
            ("scripts/release.py", Some(Kind::Text)),
            (".env-production", Some(Kind::Text)),
            (".pypirc", Some(Kind::Text)),
            ("src/release.py", None),
            ("src/main.rs", None),
        ] {
            assert_eq!(Kind::of(path), kind, "{path}");
        }
    }
}
