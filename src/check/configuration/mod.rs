//! Hooks, servers, instruction files and the rest of what configures Claude, read from the files of one tree.

mod opener;
mod place;

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::sync::Arc;

use self::opener::Opener;
use self::place::{Role, claude_folder, is_configuration, leads, role};
use super::Selection;
use super::documents::Documents;
use super::inventory::Kind;
use crate::agent::{Library, Loaded};
use crate::claude::catalog::events;
use crate::claude::hook::{self, Named, Place};
use crate::claude::instruction;
use crate::claude::mcp::{self, Reach, inner};
use crate::policy::Policy;
use crate::snapshot::{self, Content, EntryKind, Snapshot};
use crate::source::{Location, Node, SourceFile, Span, Tree, front_matter};
use crate::subject::TrustedHosts;
use crate::subject::configuration::{Configuration, Hook, Link, ServerUse, Source, Text, TextKind};

/// Hooks that one tree may declare; the rest is a finding of the file that declares it.
const MAX_HOOKS: usize = 5_000;

/// Reads the configuration, and says which scripts were read for it.
pub(super) fn read(
    snapshot: &dyn Snapshot,
    documents: &Documents<'_>,
    files: &BTreeMap<String, Kind>,
    selection: &Selection,
    policy: &Policy,
) -> (Configuration, Vec<String>) {
    let mut reader = Reader {
        library: Opener {
            documents,
            read: RefCell::default(),
        },
        configuration: Configuration {
            trusted_hosts: TrustedHosts(policy.trusted.hosts.clone()),
            ..Configuration::default()
        },
    };
    for path in files.keys() {
        if let Some(role) = role(path) {
            reader.file(path, role);
        }
    }
    for entry in snapshot.entries() {
        if is_configuration(&entry.path)
            && selection.has(&entry.path)
            && policy.exclude.matching(&entry.path).is_none()
        {
            reader.entry(&entry.path, entry.kind, snapshot);
        }
    }
    let scripts: Vec<String> = reader.library.read.borrow().iter().cloned().collect();
    for path in &scripts {
        if let Loaded::Ready(file) = documents.text(path) {
            reader.text(&file, TextKind::Script);
        }
    }
    let scripts = reader.library.read.into_inner().into_iter().collect();
    (reader.configuration, scripts)
}

struct Reader<'d, 's> {
    library: Opener<'d, 's>,
    configuration: Configuration,
}

impl Reader<'_, '_> {
    fn file(&mut self, path: &str, role: Role) {
        match role {
            Role::Settings { folder } => {
                let Loaded::Ready(settings) = self.library.documents.settings(path) else {
                    return;
                };
                self.text(settings.tree().file(), TextKind::Data);
                if let Some(root) = settings.tree().root() {
                    self.settings(root, &Place::Project { folder });
                }
            }
            Role::Marketplace => self.marketplace(path),
            Role::Servers { folder } => self.server_file(path, folder),
            Role::Prose => {
                if let Loaded::Ready(file) = self.library.documents.text(path) {
                    self.text(&file, TextKind::Instruction);
                    // A skill of a plugin is used like one of a project.
                    if path.to_ascii_lowercase().ends_with("skill.md")
                        && let Some(tree) = front(&file)
                        && let Some(root) = tree.root()
                    {
                        self.allowed_tools(root);
                    }
                }
            }
            Role::Editor => self.editor(path),
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
                self.text(&file, TextKind::Instruction);
                if let Some(tree) = front(&file)
                    && let Some(root) = tree.root()
                {
                    self.definition(root, path, folder);
                }
            }
        }
    }

    fn settings(&mut self, root: Node<'_>, place: &Place) {
        if let Some(hooks) = root.get("hooks") {
            self.hooks(hooks, place);
        }
        self.marketplaces(root);
        for (key, approves) in [
            (
                "enableAllProjectMcpServers",
                root.get("enableAllProjectMcpServers")
                    .and_then(Node::boolean)
                    == Some(true),
            ),
            (
                "enabledMcpjsonServers",
                root.get("enabledMcpjsonServers")
                    .is_some_and(|list| list.items().len() > 0),
            ),
        ] {
            if let Some(entry) = root.entry(key).filter(|_| approves) {
                self.configuration.approvals.push(Named {
                    text: key.to_owned(),
                    location: inner(entry.key),
                });
            }
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

    /// What a plugin or a marketplace of the settings is.
    fn marketplaces(&mut self, root: Node<'_>) {
        for entry in root
            .get("extraKnownMarketplaces")
            .into_iter()
            .flat_map(Node::entries)
        {
            let name = entry.key.text().unwrap_or_default();
            let Some(source) = entry.value.get("source") else {
                continue;
            };
            if let Some((origin, location)) = origin(source) {
                self.configuration.sources.push(Source {
                    location,
                    what: format!("the marketplace `{name}` comes from `{origin}`"),
                    anchor: format!("extraKnownMarketplaces.{name}"),
                });
            }
        }
    }

    fn marketplace(&mut self, path: &str) {
        let Loaded::Ready(file) = self.library.documents.settings(path) else {
            return;
        };
        let root = file.tree().root();
        self.text(file.tree().file(), TextKind::Data);
        for (index, plugin) in root
            .and_then(|root| root.get("plugins"))
            .into_iter()
            .flat_map(Node::items)
            .enumerate()
        {
            let pinned = plugin.get("source").is_some_and(|source| {
                ["sha", "commit", "ref"].iter().any(|key| {
                    let value = source.get(key).and_then(Node::string).unwrap_or_default();
                    value.len() >= 40 && value.bytes().all(|byte| byte.is_ascii_hexdigit())
                })
            });
            if pinned {
                continue;
            }
            if let Some((origin, location)) = plugin.get("source").and_then(origin) {
                let name = plugin.get("name").and_then(Node::text).unwrap_or_default();
                self.configuration.sources.push(Source {
                    location,
                    what: format!(
                        "the plugin `{name}` comes from `{origin}`, in whatever state it is"
                    ),
                    anchor: format!("plugins.{index}"),
                });
            }
        }
    }

    fn server_file(&mut self, path: &str, folder: String) {
        let Loaded::Ready(file) = self.library.documents.settings(path) else {
            return;
        };
        self.text(file.tree().file(), TextKind::Data);
        let Some(root) = file.tree().root() else {
            return;
        };
        let manifest = snapshot::join(&folder, ".claude-plugin/plugin.json");
        let is_plugin = manifest.is_some_and(|manifest| self.library.documents.exists(&manifest));
        let place = if is_plugin {
            Place::Plugin { folder }
        } else {
            Place::Project { folder }
        };
        // Plugins may leave the outer key out.
        let servers = root.get("mcpServers").unwrap_or(root);
        self.servers(servers, &place);
    }

    fn servers(&mut self, servers: Node<'_>, place: &Place) {
        if servers.entries().len() > mcp::MAX_SERVERS {
            let path = servers.tree().file().path().to_owned();
            let reason = format!(
                "more than {} servers in one file; the rest was not read",
                mcp::MAX_SERVERS
            );
            self.library
                .documents
                .fail(&path, servers.location(), reason);
        }
        for server in mcp::read(servers, place, "mcpServers") {
            let (downloads, checkout) = match &server.reach {
                Reach::Local(words) => hook::server_command(words, place, &self.library),
                _ => (Vec::new(), None),
            };
            self.configuration.servers.push(ServerUse {
                server,
                downloads,
                checkout,
            });
        }
    }

    /// Tasks that run when the folder is opened.
    fn editor(&mut self, path: &str) {
        let Loaded::Ready(file) = self.library.documents.settings(path) else {
            return;
        };
        let Some(root) = file.tree().root() else {
            return;
        };
        let tasks = root.get("tasks").into_iter().flat_map(|tasks| {
            let inner = tasks.get("tasks").unwrap_or(tasks);
            inner.items().collect::<Vec<_>>()
        });
        for task in tasks {
            if let Some(when) = task.at(&["runOptions", "runOn"])
                && when.string() == Some("folderOpen")
            {
                let name = task
                    .get("command")
                    .or_else(|| task.get("script"))
                    .or_else(|| task.get("label"))
                    .and_then(Node::text)
                    .unwrap_or("a task");
                let name: String = name.chars().take(80).collect();
                self.configuration.tasks.push(Named {
                    text: format!("the task `{name}` runs as soon as somebody opens this folder"),
                    location: inner(when),
                });
            }
        }
        let settings = root.get("settings").unwrap_or(root);
        if let Some(automatic) = settings.get("task.allowAutomaticTasks")
            && automatic.string() == Some("on")
        {
            self.configuration.tasks.push(Named {
                text:
                    "tasks of this folder run as soon as it is opened, and the editor does not ask"
                        .into(),
                location: inner(automatic),
            });
        }
    }

    fn text(&mut self, file: &Arc<SourceFile>, kind: TextKind) {
        self.configuration.texts.push(Text {
            file: Arc::clone(file),
            kind,
        });
    }

    /// Links and other repositories in the place of configuration.
    fn entry(&mut self, path: &str, kind: EntryKind, snapshot: &dyn Snapshot) {
        let file = SourceFile::new(path, "");
        let location = Location::new(&file, Span::at(0));
        match kind {
            EntryKind::Submodule => self.configuration.submodules.push(location),
            EntryKind::Symlink => {
                let Content::Bytes(bytes) = snapshot.read(path, 4096) else {
                    return;
                };
                let target = String::from_utf8_lossy(&bytes).into_owned();
                if let Some(leads) = leads(path, &target, snapshot) {
                    self.configuration.links.push(Link {
                        location,
                        target,
                        leads,
                    });
                }
            }
            EntryKind::File | EntryKind::Executable => {}
        }
    }

    fn allowed_tools(&mut self, root: Node<'_>) {
        let Some(tools) = root
            .get("allowed-tools")
            .or_else(|| root.get("allowedTools"))
        else {
            return;
        };
        let entries: Vec<Node<'_>> = if tools.is_sequence() {
            tools.items().collect()
        } else {
            vec![tools]
        };
        for entry in entries {
            let Some(text) = entry.traced() else { continue };
            for (at, name) in instruction::tools(text.text()) {
                if let Some(location) = text.locate(at..at + name.len()) {
                    self.configuration.tools.push(Named {
                        text: name.to_owned(),
                        location,
                    });
                }
            }
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
        let place = Place::Plugin {
            folder: folder.clone(),
        };
        self.text(manifest.tree().file(), TextKind::Data);
        if let Some(servers) = root.get("mcpServers") {
            if servers.is_mapping() {
                self.servers(servers.get("mcpServers").unwrap_or(servers), &place);
            } else {
                for name in named_files(servers) {
                    if let Some(path) = snapshot::join(&folder, name)
                        && role(&path).is_none()
                    {
                        self.server_file(&path, folder.clone());
                    }
                }
            }
        }
        let Some(hooks) = root.get("hooks") else {
            return;
        };
        if hooks.is_mapping() {
            let inner = hooks.get("hooks").unwrap_or(hooks);
            self.hooks(inner, &place);
            return;
        }
        for name in named_files(hooks) {
            let Some(path) = snapshot::join(&folder, name) else {
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

    /// The front matter of an agent, a command or a skill.
    fn definition(&mut self, root: Node<'_>, path: &str, folder: String) {
        let place = Place::Project { folder };
        if let Some(hooks) = root.get("hooks") {
            self.hooks(hooks, &place);
        }
        let is_agent = claude_folder(path)
            .is_some_and(|(_, rest)| rest.to_ascii_lowercase().starts_with("agents/"));
        if !is_agent {
            self.allowed_tools(root);
            return;
        }
        if let Some(servers) = root.get("mcpServers") {
            // A list may name servers of elsewhere, or hold a mapping for each.
            for item in servers.items().filter(|item| item.is_mapping()) {
                self.servers(item, &place);
            }
            if servers.is_mapping() {
                self.servers(servers, &place);
            }
        }
        if let Some(mode) = root.get("permissionMode")
            && let Some(text) = mode.string()
        {
            self.configuration.modes.push(Named {
                text: text.to_owned(),
                location: inner(mode),
            });
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

/// Where a marketplace or a plugin comes from, unless it is the same repository or Anthropic's.
fn origin(source: Node<'_>) -> Option<(String, Location)> {
    let (name, node) = match source.string() {
        Some(text) => (text, source),
        None => ["repo", "url", "package", "path"].iter().find_map(|key| {
            source
                .get(key)
                .and_then(|node| Some((node.string()?, node)))
        })?,
    };
    let trimmed = name
        .trim_start_matches("https://github.com/")
        .trim_start_matches("git@github.com:");
    let own = name.starts_with('.') || name.starts_with('/') || trimmed.starts_with("anthropics/");
    let is_path = source
        .get("source")
        .and_then(Node::string)
        .is_some_and(|kind| matches!(kind, "directory" | "file"));
    let is_name = !name.contains(['/', ':']) && source.string().is_some();
    (!own && !is_path && !is_name).then(|| (name.to_owned(), inner(node)))
}
