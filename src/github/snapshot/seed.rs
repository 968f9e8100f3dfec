//! The usual files of a commit, brought by a question that is asked anyway.
//!
//! The delivery asks GitHub once for the state of a pull request. Into the same document go the folders and files in
//! which agents and workflows usually lie: their text, their ids, and the ids of everything beside them.

use std::collections::{BTreeMap, HashMap};
use std::fmt::Write as _;
use std::sync::Arc;

use serde::Deserialize;
use serde_json::Value;

use super::list::join;
use crate::github::repository::CommitId;
use crate::snapshot::ObjectId;

/// Folders whose files come with their text, with how deep they go.
const FOLDERS: [(&str, &str); 3] = [
    (".github/workflows", "PortcullisFiles"),
    (".github/actions", "PortcullisFolders"),
    (".claude", "PortcullisFolders"),
];

/// Single files that come with their text.
const FILES: [&str; 17] = [
    ".github/portcullis.yml",
    ".github/portcullis.yaml",
    "portcullis.yml",
    "portcullis.yaml",
    "CLAUDE.md",
    "CLAUDE.local.md",
    "AGENTS.md",
    ".mcp.json",
    ".env",
    ".npmrc",
    "action.yml",
    "action.yaml",
    "package.json",
    "Makefile",
    "justfile",
    "Taskfile.yml",
    "Dockerfile",
];

/// Folders of which only the names and ids come.
const NAMES: [&str; 2] = ["", ".github"];

/// What a question brought of one commit. Its contents were checked against their object ids.
#[derive(Clone, Default)]
pub struct Seed {
    texts: HashMap<ObjectId, Arc<[u8]>>,
    folders: BTreeMap<String, Vec<Named>>,
}

/// One entry of a folder.
#[derive(Clone)]
pub(super) struct Named {
    pub(super) name: String,
    pub(super) mode: u32,
    pub(super) id: ObjectId,
}

#[derive(Deserialize)]
struct Object {
    #[serde(default)]
    oid: Option<String>,
    #[serde(default)]
    text: Option<String>,
    #[serde(default)]
    entries: Option<Vec<Node>>,
}

#[derive(Deserialize)]
struct Node {
    name: String,
    mode: u32,
    oid: String,
    #[serde(default)]
    object: Option<Object>,
}

impl Seed {
    /// The fragments that [`Seed::selection`] names. A document has them once.
    pub const FRAGMENTS: &'static str = "\
fragment PortcullisBlob on Blob { oid text }
fragment PortcullisNames on Tree { entries { name mode oid } }
fragment PortcullisFiles on Tree { entries { name mode oid object { ...PortcullisBlob } } }
fragment PortcullisFolders on Tree {
  entries { name mode oid object { ...PortcullisBlob ... on Tree {
    entries { name mode oid object { ...PortcullisBlob ... on Tree {
      entries { name mode oid object { ...PortcullisBlob } }
    } } }
  } } }
}
";

    /// Fields to ask of a `repository`, under names that begin with `alias`.
    pub fn selection(alias: &str, commit: CommitId) -> String {
        let mut fields = String::new();
        let paths = NAMES.iter().map(|path| (*path, "PortcullisNames"));
        let paths = paths
            .chain(FOLDERS)
            .chain(FILES.map(|path| (path, "PortcullisBlob")));
        for (index, (path, fragment)) in paths.enumerate() {
            // Writing into a String cannot fail.
            let _ = writeln!(
                fields,
                "{alias}{index}: object(expression: \"{commit}:{path}\") {{ ...{fragment} }}"
            );
        }
        fields
    }

    /// Reads the answer to [`Seed::selection`] from the object `repository`. What is missing is left out.
    pub fn read(alias: &str, repository: &Value) -> Self {
        let mut seed = Self::default();
        let paths = NAMES.into_iter().chain(FOLDERS.map(|(path, _)| path));
        let paths = paths.map(Some).chain(FILES.map(|_| None));
        for (index, folder) in paths.enumerate() {
            let value = repository.get(format!("{alias}{index}"));
            let object = value.and_then(|value| Object::deserialize(value).ok());
            match (folder, object) {
                (Some(path), Some(object)) => seed.folder(path.to_owned(), object),
                (None, Some(object)) => seed.file(object.oid.as_deref(), object.text),
                (_, None) => {}
            }
        }
        seed
    }

    /// Contents by object id.
    pub(super) fn texts(&self) -> impl Iterator<Item = (&ObjectId, &Arc<[u8]>)> {
        self.texts.iter()
    }

    /// The entries of a folder, where the question brought them.
    pub(super) fn entries(&self, folder: &str) -> Option<&[Named]> {
        self.folders.get(folder).map(Vec::as_slice)
    }

    fn file(&mut self, oid: Option<&str>, text: Option<String>) {
        let id = oid.and_then(|oid| oid.parse().ok());
        if let (Some(id), Some(text)) = (id, text)
            && ObjectId::of_blob(text.as_bytes()) == Some(id)
        {
            self.texts.insert(id, text.into_bytes().into());
        }
    }

    /// Takes a folder and those below it. The question bounds the depth, the list here keeps it off the stack.
    fn folder(&mut self, path: String, object: Object) {
        let mut waiting = vec![(path, object)];
        while let Some((path, object)) = waiting.pop() {
            let Some(nodes) = object.entries else {
                continue;
            };
            let mut names = Vec::new();
            let mut is_whole = true;
            for node in nodes {
                match node.oid.parse() {
                    // A name that is not text came changed: the folder cannot be compared.
                    Ok(id) if !node.name.contains('\u{fffd}') => names.push(Named {
                        name: node.name.clone(),
                        mode: node.mode,
                        id,
                    }),
                    _ => is_whole = false,
                }
                match node.object {
                    Some(object) if object.entries.is_some() => {
                        waiting.push((join(&path, &node.name), object));
                    }
                    Some(object) => self.file(Some(&node.oid), object.text),
                    None => {}
                }
            }
            if is_whole {
                self.folders.insert(path, names);
            }
        }
    }
}
