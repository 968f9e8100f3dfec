//! Settings files of one tree, read for what they permit.

use super::documents::{Cache, Documents};
use crate::agent::{Library, Loaded};
use crate::claude::permission::{Headless, Scope};
use crate::policy::Policy;
use crate::snapshot::{EntryKind, Snapshot, Tracking};
use crate::source::{Location, SourceFile, Span};
use crate::subject::TrustedHosts;
use crate::subject::guard::{Guard, IgnoreFile, SettingsFile, Stray, Tracked};

/// Names that look like settings and that nobody reads.
const STRAYS: &[(&str, &str)] = &[
    ("setting.json", "the name is `settings.json`"),
    (
        "settings.jsonc",
        "the name is `settings.json`, and comments are not allowed in it",
    ),
    (
        "settings.yaml",
        "the name is `settings.json`, and it holds JSON",
    ),
    (
        "settings.yml",
        "the name is `settings.json`, and it holds JSON",
    ),
    (
        "settings.local.jsonc",
        "the name is `settings.local.json`, and comments are not allowed in it",
    ),
    ("claude.json", "settings stand in `.claude/settings.json`"),
    (
        "managed-settings.json",
        "managed settings are read from folders of the machine, never from a repository",
    ),
];

/// What a tree says about permissions, and files of it that could not be read, with the reasons.
pub fn of_tree(snapshot: &dyn Snapshot, policy: &Policy) -> (Guard, Vec<(Location, String)>) {
    let mut cache = Cache::default();
    let documents = Documents::new(snapshot, policy.max_file_size, &mut cache);
    let guard = read(snapshot, &documents, policy);
    let unreadable = documents.unreadable().into_iter();
    let unreadable = unreadable.map(|(_, why)| (why.location, why.reason));
    (guard, unreadable.collect())
}

/// Reads all of it.
pub(super) fn read(snapshot: &dyn Snapshot, documents: &Documents<'_>, policy: &Policy) -> Guard {
    let mut guard = Guard {
        trusted_hosts: TrustedHosts(policy.trusted.hosts.clone()),
        tests: policy.permit.clone(),
        ..Guard::default()
    };
    for entry in snapshot.entries() {
        let path = &*entry.path;
        let top = path.split('/').next().unwrap_or(path);
        if !guard.top.contains(top) {
            guard.top.insert(top.to_owned());
        }
        let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
        if policy.exclude.matches(path) || entry.kind == EntryKind::Submodule {
            continue;
        }
        if name == ".claudeignore" {
            ignore_file(&mut guard, documents, path, folder);
            continue;
        }
        let Some(owner) = owner(folder) else { continue };
        let scope = match name {
            "settings.json" => Scope::Project,
            "settings.local.json" => Scope::Local,
            name => {
                if let Some((_, instead)) = STRAYS.iter().find(|(stray, _)| *stray == name) {
                    let file = SourceFile::new(path, "");
                    let location = Location::new(&file, Span::at(0));
                    guard.strays.push(Stray { location, instead });
                }
                continue;
            }
        };
        let tracked = match entry.tracked {
            Tracking::Tracked => Tracked::Yes,
            Tracking::Untracked => Tracked::No,
        };
        let Loaded::Ready(settings) = documents.settings(path) else {
            continue;
        };
        // A link at the place of the folder counts as content of the repository (§1.3).
        let is_own =
            scope == Scope::Local && tracked == Tracked::No && entry.kind != EntryKind::Symlink;
        let allow = if is_own {
            Headless::Honoured
        } else {
            Headless::Ignored
        };
        guard.files.push(SettingsFile {
            folder: owner.to_owned(),
            scope,
            tracked,
            rules: settings.placed(scope, allow),
            dead: settings.death(),
            settings,
        });
    }
    guard
}

/// The folder that holds a `.claude` folder.
fn owner(folder: &str) -> Option<&str> {
    if folder == ".claude" {
        return Some("");
    }
    folder.strip_suffix("/.claude")
}

fn ignore_file(guard: &mut Guard, documents: &Documents<'_>, path: &str, folder: &str) {
    let Loaded::Ready(file) = documents.text(path) else {
        return;
    };
    let mut entries = Vec::new();
    let mut at = 0;
    for line in file.text().split_inclusive('\n') {
        let trimmed = line.trim();
        if !trimmed.is_empty() && !trimmed.starts_with('#') {
            let start = at + line.len() - line.trim_start().len();
            entries.push(Location::new(&file, Span::of(start..start + trimmed.len())));
        }
        at += line.len();
    }
    let location = entries
        .first()
        .cloned()
        .unwrap_or_else(|| Location::new(&file, Span::at(0)));
    guard.ignore_files.push(IgnoreFile {
        folder: folder.to_owned(),
        entries,
        location,
    });
}
