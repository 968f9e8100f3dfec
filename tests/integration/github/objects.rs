//! Git objects with their true ids: blobs, trees and commits, kept in memory.

use std::collections::{BTreeMap, HashMap};

/// One file of a tree.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct File {
    /// `100644`, `100755`, `120000` (symbolic link) or `160000` (submodule; the bytes are the commit id).
    pub mode: &'static str,
    pub bytes: Vec<u8>,
}

pub type Files = BTreeMap<String, File>;

#[derive(Clone, Debug)]
pub struct Entry {
    pub mode: &'static str,
    pub name: String,
    pub id: String,
}

impl Entry {
    pub fn kind(&self) -> &'static str {
        match self.mode {
            "040000" => "tree",
            "160000" => "commit",
            _ => "blob",
        }
    }
}

#[derive(Clone, Debug)]
pub struct Commit {
    pub tree: String,
    pub parents: Vec<String>,
    pub files: Files,
}

#[derive(Default)]
pub struct Objects {
    pub blobs: HashMap<String, Vec<u8>>,
    pub trees: HashMap<String, Vec<Entry>>,
    pub commits: HashMap<String, Commit>,
}

/// Ordinary files from texts.
pub fn files(texts: &[(&str, &str)]) -> Files {
    let file = |text: &str| File {
        mode: "100644",
        bytes: text.as_bytes().to_vec(),
    };
    texts
        .iter()
        .map(|(path, text)| ((*path).to_owned(), file(text)))
        .collect()
}

fn id(kind: gix_object::Kind, data: &[u8]) -> String {
    gix_object::compute_hash(gix_hash::Kind::Sha1, kind, data)
        .unwrap()
        .to_string()
}

impl Objects {
    pub fn blob(&mut self, bytes: &[u8]) -> String {
        let id = id(gix_object::Kind::Blob, bytes);
        self.blobs.insert(id.clone(), bytes.to_vec());
        id
    }

    pub fn tree(&mut self, files: &Files) -> String {
        let mut entries = Vec::new();
        let mut folders: BTreeMap<String, Files> = BTreeMap::new();
        for (path, file) in files {
            if let Some((folder, rest)) = path.split_once('/') {
                folders
                    .entry(folder.to_owned())
                    .or_default()
                    .insert(rest.to_owned(), file.clone());
                continue;
            }
            let id = match file.mode {
                "160000" => String::from_utf8(file.bytes.clone()).unwrap(),
                _ => self.blob(&file.bytes),
            };
            entries.push(Entry {
                mode: file.mode,
                name: path.clone(),
                id,
            });
        }
        for (name, inner) in folders {
            let id = self.tree(&inner);
            entries.push(Entry {
                mode: "040000",
                name,
                id,
            });
        }
        // Git sorts a folder as if its name ended with a slash.
        entries.sort_by_key(|entry| {
            let slash = if entry.mode == "040000" { "/" } else { "" };
            format!("{}{slash}", entry.name).into_bytes()
        });
        let mut data = Vec::new();
        for entry in &entries {
            data.extend(entry.mode.trim_start_matches('0').bytes());
            data.push(b' ');
            data.extend(entry.name.bytes());
            data.push(0);
            data.extend(
                (0..40)
                    .step_by(2)
                    .map(|at| u8::from_str_radix(&entry.id[at..at + 2], 16).unwrap()),
            );
        }
        let id = id(gix_object::Kind::Tree, &data);
        self.trees.insert(id.clone(), entries);
        id
    }

    pub fn commit(&mut self, files: Files, parents: &[String], message: &str) -> String {
        let tree = self.tree(&files);
        let mut data = format!("tree {tree}\n");
        for parent in parents {
            data += &format!("parent {parent}\n");
        }
        data += &format!(
            "author A <a@example.com> 1767225600 +0000\ncommitter A <a@example.com> 1767225600 +0000\n\n{message}\n"
        );
        let id = id(gix_object::Kind::Commit, data.as_bytes());
        self.commits.insert(
            id.clone(),
            Commit {
                tree,
                parents: parents.to_vec(),
                files,
            },
        );
        id
    }

    /// The object at `COMMIT:path`, `COMMIT:` or `ID`: its kind and id.
    pub fn find(&self, expression: &str) -> Option<(&'static str, String)> {
        let (start, path) = expression.split_once(':').unwrap_or((expression, ""));
        if !expression.contains(':') {
            let kind = if self.commits.contains_key(start) {
                "commit"
            } else if self.trees.contains_key(start) {
                "tree"
            } else if self.blobs.contains_key(start) {
                "blob"
            } else {
                return None;
            };
            return Some((kind, start.to_owned()));
        }
        let mut found = ("tree", self.commits.get(start)?.tree.clone());
        for name in path.split('/').filter(|name| !name.is_empty()) {
            let entry = self
                .trees
                .get(&found.1)?
                .iter()
                .find(|entry| entry.name == name)?;
            found = (entry.kind(), entry.id.clone());
        }
        Some(found)
    }

    /// All entries below a tree with their whole paths, folders before what is in them.
    pub fn walk(&self, tree: &str, below: &str) -> Vec<(String, Entry)> {
        let mut all = Vec::new();
        for entry in &self.trees[tree] {
            let path = format!("{below}{}", entry.name);
            all.push((path.clone(), entry.clone()));
            if entry.mode == "040000" {
                all.extend(self.walk(&entry.id, &format!("{path}/")));
            }
        }
        all
    }
}
