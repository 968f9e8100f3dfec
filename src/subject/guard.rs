//! What a repository configures about permissions: its settings files, and what the policy demands of them.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::TrustedHosts;
use crate::claude::permission::{Call, List, Outcome, PlacedRule, RuleSet, Scope};
use crate::claude::settings::{Dead, Settings};
use crate::source::Location;

/// Everything about permissions.
#[derive(Debug, Default)]
pub struct Guard {
    /// Settings files of all `.claude` folders, sorted by path.
    pub files: Vec<SettingsFile>,
    /// `.claudeignore` files: their entries.
    pub ignore_files: Vec<IgnoreFile>,
    /// Files with a name that looks like settings and that nobody reads.
    pub strays: Vec<Stray>,
    /// Folders and files at the top of the tree.
    pub top: BTreeSet<String>,
    /// Hosts that the policy trusts.
    pub trusted_hosts: TrustedHosts,
    /// Permission tests of the policy.
    pub tests: Vec<PermissionTest>,
}

/// One settings file.
#[derive(Debug)]
pub struct SettingsFile {
    /// The folder that holds `.claude`; empty for the root.
    pub folder: String,
    /// Project or local.
    pub scope: Scope,
    /// Whether git knows the file. Without git nobody can tell.
    pub tracked: Tracked,
    /// The model.
    pub settings: Arc<Settings>,
    /// Its rules, in file order.
    pub rules: Vec<PlacedRule>,
    /// Whether Claude Code ignores the whole file.
    pub dead: Option<Dead>,
}

/// Whether git knows a file.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Tracked {
    /// It does.
    Yes,
    /// It does not.
    No,
}

/// A `.claudeignore`.
#[derive(Debug)]
pub struct IgnoreFile {
    /// The folder that holds it.
    pub folder: String,
    /// Its entries, without comments.
    pub entries: Vec<Location>,
    /// Where to point at.
    pub location: Location,
}

/// A file that nobody reads.
#[derive(Debug)]
pub struct Stray {
    /// Its first line.
    pub location: Location,
    /// What it should have been, as a clause.
    pub instead: &'static str,
}

/// A sentence of the policy about a call.
#[derive(Clone, Debug)]
pub struct PermissionTest {
    /// The call.
    pub call: Call,
    /// What has to become of it.
    pub wanted: Outcome,
    /// Where it is demanded.
    pub location: Location,
}

impl Guard {
    /// Folders with settings that are alive, each a start directory of its own; the root comes first.
    pub fn folders(&self) -> BTreeSet<&str> {
        self.files.iter().map(|file| file.folder.as_str()).collect()
    }

    /// Files that Claude does not ignore, wherever they stand.
    pub fn alive(&self) -> impl Iterator<Item = &SettingsFile> {
        self.files.iter().filter(|file| file.dead.is_none())
    }

    /// Files that Claude loads when it is started in a folder, and that it does not ignore. The local file is that of
    /// the root.
    pub fn loaded(&self, folder: &str) -> impl Iterator<Item = &SettingsFile> {
        self.of_start(folder).filter(|file| file.dead.is_none())
    }

    /// Files that Claude finds when it is started in a folder, and ignores as a whole.
    pub fn ignored(&self, folder: &str) -> impl Iterator<Item = &SettingsFile> {
        self.of_start(folder).filter(|file| file.dead.is_some())
    }

    fn of_start(&self, folder: &str) -> impl Iterator<Item = &SettingsFile> {
        self.files.iter().filter(move |file| {
            let place = match file.scope {
                Scope::Local => "",
                _ => folder,
            };
            file.folder == place || file.folder == folder
        })
    }

    /// The rules that hold when Claude is started in a folder.
    pub fn rules(&self, folder: &str) -> RuleSet<'_> {
        RuleSet::new(self.loaded(folder).flat_map(|file| &file.rules))
    }

    /// Rules of committed files only: what everybody gets who clones the repository.
    pub fn shared_rules(&self, folder: &str) -> RuleSet<'_> {
        let files = self
            .loaded(folder)
            .filter(|file| file.scope == Scope::Project);
        RuleSet::new(files.flat_map(|file| &file.rules))
    }

    /// Whether the policy trusts a host, or it is this machine.
    pub fn trusts(&self, host: &str) -> bool {
        matches!(host, "localhost" | "127.0.0.1" | "::1" | "[::1]") || self.trusted_hosts.have(host)
    }
}

impl SettingsFile {
    /// Path of the file.
    pub fn path(&self) -> &str {
        self.settings.tree().file().path()
    }

    /// Where a finding about the whole file points: its first key, else its start.
    pub fn place(&self) -> Location {
        let tree = self.settings.tree();
        let first = tree.root().and_then(|root| root.entries().next());
        match first {
            Some(entry) => entry.key.location(),
            None => Location::new(tree.file(), crate::source::Span::at(0)),
        }
    }

    /// Rules of one list.
    pub fn list(&self, list: List) -> impl Iterator<Item = &PlacedRule> {
        self.rules.iter().filter(move |rule| rule.list == list)
    }
}
