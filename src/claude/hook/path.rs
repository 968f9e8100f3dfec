//! Paths that hooks name. Folders that variables stand for are written as markers until they are resolved.

use crate::snapshot;
use crate::source::Traced;

/// Stands for `$CLAUDE_PROJECT_DIR`.
pub(super) const PROJECT: &str = "/@project";
/// Stands for `$CLAUDE_PLUGIN_ROOT`.
pub(super) const PLUGIN: &str = "/@plugin";
/// Stands for the folder of the script that runs.
pub(super) const HERE: &str = "/@here";
/// Stands for the top of the repository.
pub(super) const TOP: &str = "/@top";

/// The folders that markers stand for, and where a relative path starts.
#[derive(Clone, Debug)]
pub(super) struct Folders {
    pub(super) project: Option<String>,
    pub(super) plugin: Option<String>,
    pub(super) here: Option<String>,
    /// The working directory; nothing where it is not known.
    pub(super) working: Option<String>,
    /// Whether the working directory was chosen by the text, so that a relative path holds.
    pub(super) chosen: bool,
}

/// What a path means.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Target {
    /// A path of the tree.
    Inside { path: String, anchored: bool },
    /// A place that is not in the tree.
    Outside,
    /// The text does not show it.
    Unknown,
}

impl Folders {
    /// What a word means as a path.
    pub(super) fn resolve(&self, word: &Traced) -> Target {
        let text = word.text();
        if text.is_empty()
            || text.len() > 4096
            || !word.is_known()
            || text.contains(['\n', '*', '?'])
        {
            return Target::Unknown;
        }
        let top = Some(String::new());
        for (marker, folder) in [
            (PROJECT, &self.project),
            (PLUGIN, &self.plugin),
            (HERE, &self.here),
            (TOP, &top),
        ] {
            if let Some(rest) = text.strip_prefix(marker)
                && (rest.is_empty() || rest.starts_with('/'))
            {
                let path = folder.as_ref().map(|folder| snapshot::join(folder, rest));
                return match path {
                    None => Target::Unknown,
                    Some(None) => Target::Outside,
                    Some(Some(path)) => Target::Inside {
                        path,
                        anchored: true,
                    },
                };
            }
        }
        if text.starts_with(['/', '~', '\\']) || text.get(1..2) == Some(":") {
            return Target::Outside;
        }
        match &self.working {
            None => Target::Unknown,
            Some(folder) => {
                snapshot::join(folder, text).map_or(Target::Outside, |path| Target::Inside {
                    path,
                    anchored: self.chosen,
                })
            }
        }
    }
}

/// The last part of a path, in lower case and without `.exe`.
pub(super) fn base(path: &str) -> String {
    let name = path.rsplit(['/', '\\']).next().unwrap_or(path);
    let name = name.to_ascii_lowercase();
    match name.strip_suffix(".exe") {
        Some(stem) => stem.to_owned(),
        None => name,
    }
}

/// The ending of a path.
pub(super) fn ending(path: &str) -> &str {
    let name = path.rsplit('/').next().unwrap_or(path);
    name.rfind('.')
        .filter(|at| *at > 0)
        .and_then(|at| name.get(at + 1..))
        .unwrap_or_default()
}
