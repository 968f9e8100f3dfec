//! Hooks, servers, instruction files and the rest of what configures Claude, read from the files of one tree.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::documents::Documents;
use super::inventory::Kind;
use crate::agent::{Library, Loaded};
use crate::claude::catalog::events;
use crate::claude::hook::{self, Named, Opened, Place, Scripts};
use crate::policy::Policy;
use crate::snapshot::{EntryKind, Snapshot};
use crate::source::{Location, Node, SourceFile, Tree, front_matter};
use crate::subject::configuration::{Configuration, Hook};

/// Hooks that one tree may declare; the rest is a finding of the file that declares it.
const MAX_HOOKS: usize = 5_000;

/// What a path configures.
#[derive(Clone, PartialEq, Eq, Debug)]
enum Role {
    /// Settings of a project in this folder.
    Settings { folder: String },
    /// An agent, a skill or a command of a project in this folder.
    Definition { folder: String },
    /// Hooks of a plugin.
    PluginHooks { folder: String },
    /// The manifest of a plugin.
    Manifest { folder: String },
}

/// Reads the configuration, and says which scripts were read for it.
pub(super) fn read(
    snapshot: &dyn Snapshot,
    documents: &Documents<'_>,
    files: &BTreeMap<String, Kind>,
    policy: &Policy,
) -> (Configuration, Vec<String>) {
    let mut reader = Reader {
        library: Opener {
            documents,
            read: RefCell::default(),
        },
        configuration: Configuration {
            trusted_hosts: policy.trusted.hosts.clone(),
            ..Configuration::default()
        },
    };
    let _ = snapshot;
    for path in files.keys() {
        if let Some(role) = role(path) {
            reader.file(path, role);
        }
    }
    let scripts = reader.library.read.into_inner().into_iter().collect();
    (reader.configuration, scripts)
}

/// The folder that holds a `.claude` folder, and the path below that.
fn claude_folder(path: &str) -> Option<(&str, &str)> {
    if let Some(rest) = path.strip_prefix(".claude/") {
        return Some(("", rest));
    }
    path.find("/.claude/").map(|at| {
        let folder = path.get(..at).unwrap_or_default();
        let rest = path.get(at + "/.claude/".len()..).unwrap_or_default();
        (folder, rest)
    })
}

fn role(path: &str) -> Option<Role> {
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
    if path.ends_with(".claude-plugin/plugin.json") {
        return Some(Role::Manifest { folder: parent(2) });
    }
    None
}

struct Reader<'d, 's> {
    library: Opener<'d, 's>,
    configuration: Configuration,
}

/// The scripts of the tree, with a list of those that were read.
struct Opener<'d, 's> {
    documents: &'d Documents<'s>,
    read: RefCell<BTreeSet<String>>,
}

impl Scripts for Opener<'_, '_> {
    fn open(&self, path: &str) -> Opened {
        let Some(kind) = self.documents.kind(path) else {
            // A part of the path may be a link or another repository: then nobody here knows what it holds.
            let hidden = path.match_indices('/').any(|(at, _)| {
                path.get(..at).is_some_and(|folder| {
                    matches!(
                        self.documents.kind(folder),
                        Some(EntryKind::Symlink | EntryKind::Submodule)
                    )
                })
            });
            return if hidden {
                Opened::Unreadable
            } else {
                Opened::Missing
            };
        };
        if kind == EntryKind::Submodule {
            return Opened::Unreadable;
        }
        match self.documents.text(path) {
            Loaded::Ready(file) => {
                self.read.borrow_mut().insert(path.to_owned());
                // A link says nothing of the file behind it.
                let executable = kind != EntryKind::File;
                Opened::File { file, executable }
            }
            Loaded::Missing => Opened::Missing,
            Loaded::Pending | Loaded::Broken => Opened::Unreadable,
        }
    }
}

impl Reader<'_, '_> {
    fn file(&mut self, path: &str, role: Role) {
        match role {
            Role::Settings { folder } => {
                let Loaded::Ready(settings) = self.library.documents.settings(path) else {
                    return;
                };
                if let Some(root) = settings.tree().root() {
                    self.settings(root, &Place::Project { folder });
                }
            }
            Role::PluginHooks { folder } => {
                let Loaded::Ready(file) = self.library.documents.settings(path) else {
                    return;
                };
                let hooks = file.tree().root().and_then(|root| root.get("hooks"));
                if let Some(hooks) = hooks.filter(|hooks| has_known_event(*hooks)) {
                    self.hooks(hooks, &Place::Plugin { folder });
                }
            }
            Role::Manifest { folder } => self.manifest(path, folder),
            Role::Definition { folder } => {
                let Loaded::Ready(file) = self.library.documents.text(path) else {
                    return;
                };
                if let Some(tree) = front(&file)
                    && let Some(root) = tree.root()
                {
                    self.definition(root, folder);
                }
            }
        }
    }

    fn settings(&mut self, root: Node<'_>, place: &Place) {
        if let Some(hooks) = root.get("hooks") {
            self.hooks(hooks, place);
        }
        if let Some(entry) = root.entry("disableAllHooks")
            && entry.value.boolean() == Some(true)
        {
            self.configuration.hooks_off.push(Named {
                text: "true".into(),
                location: entry.value.location(),
            });
        }
    }

    /// A manifest names further files of hooks, or holds them.
    fn manifest(&mut self, path: &str, folder: String) {
        let Loaded::Ready(manifest) = self.library.documents.settings(path) else {
            return;
        };
        let Some(root) = manifest.tree().root() else {
            return;
        };
        let Some(hooks) = root.get("hooks") else {
            return;
        };
        let place = Place::Plugin {
            folder: folder.clone(),
        };
        if hooks.is_mapping() {
            let inner = hooks.get("hooks").unwrap_or(hooks);
            self.hooks(inner, &place);
            return;
        }
        for name in named_files(hooks) {
            let Some(path) = join(&folder, name) else {
                continue;
            };
            // This one is read by its name.
            if role(&path).is_some() {
                continue;
            }
            if let Loaded::Ready(file) = self.library.documents.settings(&path)
                && let Some(hooks) = file.tree().root().and_then(|root| root.get("hooks"))
            {
                self.library.read.borrow_mut().insert(path);
                self.hooks(hooks, &place);
            }
        }
    }

    fn definition(&mut self, root: Node<'_>, folder: String) {
        if let Some(hooks) = root.get("hooks") {
            self.hooks(hooks, &Place::Project { folder });
        }
    }

    fn hooks(&mut self, hooks: Node<'_>, place: &Place) {
        let declared = hook::read_hooks(hooks, "hooks");
        self.configuration.malformed.extend(declared.malformed);
        for handler in declared.handlers {
            if self.configuration.hooks.len() >= MAX_HOOKS {
                let path = handler.location.path().to_owned();
                let reason =
                    format!("more than {MAX_HOOKS} hooks in one tree; the rest was not read");
                self.library.documents.fail(&path, handler.location, reason);
                return;
            }
            let behaviour = hook::analyse(&handler, place, &self.library);
            self.configuration.hooks.push(Hook {
                handler,
                place: place.clone(),
                behaviour,
            });
        }
    }
}

fn has_known_event(hooks: Node<'_>) -> bool {
    hooks
        .entries()
        .filter_map(|entry| entry.key.text())
        .any(|name| events::find(name).is_some() || events::nearest(name).is_some())
}

/// A text, or the texts of a list.
fn named_files(node: Node<'_>) -> Vec<&str> {
    match node.string() {
        Some(name) => vec![name],
        None => node.items().filter_map(Node::string).collect(),
    }
}

/// The front matter of a Markdown file, where it has one that can be read.
fn front(file: &Arc<SourceFile>) -> Option<Tree> {
    front_matter::parse(file).front_matter?.ok()
}

/// Joins a folder and a path below it. Nothing where the path leaves the tree.
fn join(folder: &str, path: &str) -> Option<String> {
    crate::agent::join(folder, path.trim_start_matches('/'))
}

/// The place of a scalar without its quotes.
#[allow(dead_code, reason = "used by the readers of servers and plugins")]
fn inner(node: Node<'_>) -> Location {
    node.traced()
        .and_then(|text| text.location())
        .unwrap_or_else(|| node.location())
}
