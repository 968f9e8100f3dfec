//! Lists a tree.

use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};

use serde::Deserialize;

use crate::github::client::{Client, Error};
use crate::github::repository::{CommitId, Repository};
use crate::snapshot::{Entry, EntryKind, Gap, ObjectId, Tracking, printable};

/// Requests for the folders of a tree that is too large for one answer.
const MAX_WALK: usize = 20;

/// Folders that are listed first: what an agent or a workflow is made of lies here.
const FIRST: [&str; 2] = [".github", ".claude"];

/// What is known of a tree.
#[derive(Default)]
pub(super) struct Listed {
    pub(super) entries: Vec<Entry>,
    pub(super) gaps: BTreeSet<Gap>,
    pub(super) sizes: HashMap<ObjectId, u64>,
    pub(super) folders: BTreeMap<Box<str>, ObjectId>,
}

#[derive(Deserialize)]
struct Tree {
    #[serde(default)]
    tree: Vec<Node>,
    #[serde(default)]
    truncated: bool,
}

#[derive(Deserialize)]
struct Node {
    path: String,
    mode: String,
    sha: String,
    #[serde(default)]
    size: Option<u64>,
}

/// A folder that is still to be listed.
struct Folder {
    path: String,
    id: String,
}

/// Lists a commit's tree: at once if GitHub gives it whole, else folder by folder.
pub(super) async fn list(
    client: &Client,
    repository: &Repository,
    commit: CommitId,
) -> Result<Listed, Error> {
    let mut listed = Listed::default();
    let mut folders = VecDeque::from([Folder {
        path: String::new(),
        id: commit.to_string(),
    }]);
    let mut requests = 0;
    while let Some(folder) = folders.pop_front() {
        if requests >= MAX_WALK {
            listed.gap(&folder.path, "the tree is too large to be listed whole");
            continue;
        }
        requests += 1;
        let path = repository.path(format_args!("git/trees/{}?recursive=1", folder.id));
        let tree: Tree = match client.get(&path).await {
            Ok(tree) => tree,
            // Without the root there is no snapshot; without a folder there is a gap.
            Err(error) if folder.path.is_empty() || error.ends_delivery() => return Err(error),
            Err(error) => {
                listed.gap(&folder.path, &error.to_string());
                continue;
            }
        };
        if !tree.truncated {
            listed.add_all(&folder.path, tree.tree);
            continue;
        }
        requests += 1;
        let path = repository.path(format_args!("git/trees/{}", folder.id));
        let tree: Tree = match client.get(&path).await {
            Ok(tree) => tree,
            Err(error) if folder.path.is_empty() || error.ends_delivery() => return Err(error),
            Err(error) => {
                listed.gap(&folder.path, &error.to_string());
                continue;
            }
        };
        if tree.truncated {
            listed.gap(
                &folder.path,
                "the folder has more entries than GitHub lists",
            );
        }
        for node in &tree.tree {
            if mode(&node.mode) == Mode::Folder {
                let below = Folder {
                    path: join(&folder.path, &node.path),
                    id: node.sha.clone(),
                };
                if FIRST.contains(&below.path.as_str()) {
                    folders.push_front(below);
                } else {
                    folders.push_back(below);
                }
            }
        }
        listed.add_all(&folder.path, tree.tree);
    }
    Ok(listed)
}

#[derive(PartialEq, Eq)]
enum Mode {
    Folder,
    Entry(EntryKind),
    Unknown,
}

fn mode(mode: &str) -> Mode {
    match mode.trim_start_matches('0') {
        "40000" => Mode::Folder,
        // 100664 was written by old versions of git.
        "100644" | "100664" => Mode::Entry(EntryKind::File),
        "100755" => Mode::Entry(EntryKind::Executable),
        "120000" => Mode::Entry(EntryKind::Symlink),
        "160000" => Mode::Entry(EntryKind::Submodule),
        _ => Mode::Unknown,
    }
}

/// What a mode number, as GraphQL gives it, is in a tree.
pub(super) fn kind(number: u32) -> Option<Option<EntryKind>> {
    match mode(&format!("{number:o}")) {
        Mode::Folder => Some(None),
        Mode::Entry(kind) => Some(Some(kind)),
        Mode::Unknown => None,
    }
}

pub(super) fn join(folder: &str, name: &str) -> String {
    if folder.is_empty() {
        name.to_owned()
    } else {
        [folder, "/", name].concat()
    }
}

impl Listed {
    fn add_all(&mut self, folder: &str, nodes: Vec<Node>) {
        for node in nodes {
            let path = join(folder, &node.path);
            let id: Option<ObjectId> = node.sha.parse().ok();
            match (mode(&node.mode), id) {
                (Mode::Folder, Some(id)) => {
                    self.folders.insert(printable(path.as_bytes()).into(), id);
                }
                (Mode::Folder, None) => {}
                (Mode::Entry(kind), _) => self.add(&path, kind, id, node.size),
                (Mode::Unknown, _) => self.gap(&path, "its mode is unknown"),
            }
        }
    }

    pub(super) fn add(
        &mut self,
        path: &str,
        kind: EntryKind,
        id: Option<ObjectId>,
        size: Option<u64>,
    ) {
        if let (Some(id), Some(size)) = (id, size) {
            self.sizes.insert(id, size);
        }
        self.entries.push(Entry {
            path: printable(path.as_bytes()).into(),
            kind,
            id,
            tracked: Tracking::Tracked,
        });
    }

    fn gap(&mut self, path: &str, reason: &str) {
        self.gaps.insert(Gap {
            path: printable(path.as_bytes()).into(),
            reason: reason.into(),
        });
    }
}
