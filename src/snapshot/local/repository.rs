//! Finding a git repository on disk, and its references.
//!
//! `.git/config` gives one answer only, and it can only make the search fail: whether objects and references are
//! stored in a form that we do not read. Where the work tree, the objects and the index are follows from where
//! `.git` is. Who owns the files does not matter, since nothing in them is run.

use std::path::{Path, PathBuf};

use super::disk;
use crate::snapshot::{History, ObjectId, SnapshotError};

/// References may point at references; git stops after five.
const MAX_SYMBOLIC_HOPS: usize = 5;
/// Largest `.git` file, reference, `config` read.
const SMALL_FILE: u64 = 1 << 20;
/// Largest `packed-refs` read: about two million references.
const MAX_PACKED_REFS: u64 = 256 << 20;

/// Where the parts of a repository lie.
#[derive(Clone, Debug)]
pub struct Repository {
    /// Top of the work tree; none for a bare repository.
    pub work_tree: Option<PathBuf>,
    /// What belongs to this work tree: `HEAD`, `index`.
    pub git_dir: PathBuf,
    /// What all work trees share: objects, branches, `info/exclude`.
    pub common_dir: PathBuf,
}

/// What a name led to.
enum Reference {
    Id(ObjectId),
    Symbolic(String),
}

impl Repository {
    /// The repository that holds a directory, searched upwards as git does.
    pub fn discover(start: &Path) -> Result<Option<Self>, SnapshotError> {
        for directory in start.ancestors() {
            let dot_git = directory.join(".git");
            let git_dir = match std::fs::metadata(&dot_git) {
                Ok(found) if found.is_dir() => Some(dot_git),
                Ok(found) if found.is_file() => Some(git_file_target(&dot_git)?),
                _ => None,
            };
            if let Some(repository) =
                git_dir.and_then(|git_dir| Self::at(git_dir, Some(directory.into())))
            {
                repository.require_known_storage()?;
                return Ok(Some(repository));
            }
            if let Some(repository) = Self::at(directory.into(), None) {
                repository.require_known_storage()?;
                return Ok(Some(repository));
            }
        }
        Ok(None)
    }

    /// The directory of objects.
    pub fn objects(&self) -> PathBuf {
        self.common_dir.join("objects")
    }

    /// Whether history was cut off.
    pub fn history(&self) -> History {
        match std::fs::metadata(self.common_dir.join("shallow")) {
            Ok(_) => History::Shallow,
            Err(_) => History::Complete,
        }
    }

    /// What `HEAD` points at. None before the first commit.
    pub fn head(&self) -> Option<ObjectId> {
        self.follow("HEAD")
    }

    /// The object that a reference names, looked up in the places and the order that git has for short names.
    pub fn reference(&self, name: &str) -> Option<ObjectId> {
        let name = if name == "@" { "HEAD" } else { name };
        if !is_reference_name(name) {
            return None;
        }
        // Directly below the git directory lie HEAD, FETCH_HEAD and their like, and files that are no references.
        let top_level = name
            .bytes()
            .all(|byte| byte.is_ascii_uppercase() || byte == b'_');
        if (top_level || name.starts_with("refs/"))
            && let Some(id) = self.follow(name)
        {
            return Some(id);
        }
        ["refs/", "refs/tags/", "refs/heads/", "refs/remotes/"]
            .iter()
            .map(|place| format!("{place}{name}"))
            .chain([format!("refs/remotes/{name}/HEAD")])
            .find_map(|name| self.follow(&name))
    }

    fn at(git_dir: PathBuf, work_tree: Option<PathBuf>) -> Option<Self> {
        // `HEAD` may be a symbolic link in old repositories; that it exists is enough here.
        std::fs::symlink_metadata(git_dir.join("HEAD")).ok()?;
        let common_dir = match disk::read_small(&git_dir.join("commondir"), SMALL_FILE) {
            Some(text) => git_dir.join(disk::to_path(text.trim_ascii_end())?),
            None => git_dir.clone(),
        };
        let repository = Self {
            work_tree,
            git_dir,
            common_dir,
        };
        let has = |name| repository.common_dir.join(name).is_dir();
        (has("objects") && has("refs")).then_some(repository)
    }

    /// A repository in a form that we do not read must not pass for one without files.
    fn require_known_storage(&self) -> Result<(), SnapshotError> {
        let Some(config) = disk::read_small(&self.common_dir.join("config"), SMALL_FILE) else {
            return Ok(());
        };
        let unsupported = |what| SnapshotError::Unsupported {
            path: self.git_dir.clone(),
            what,
        };
        let config = String::from_utf8_lossy(&config).to_lowercase();
        let mut in_extensions = false;
        for line in config.lines().map(str::trim) {
            // A section's header may be followed by its first setting.
            let setting = match line.strip_prefix('[').and_then(|line| line.split_once(']')) {
                Some((section, rest)) => {
                    in_extensions = section.trim() == "extensions";
                    rest.trim()
                }
                None => line,
            };
            let Some((key, value)) = setting.split_once('=') else {
                continue;
            };
            let value = value.split(['#', ';']).next().unwrap_or_default();
            let value = value.trim().trim_matches('"');
            match (in_extensions, key.trim(), value) {
                (true, "objectformat", format) if format != "sha1" => {
                    return Err(unsupported("names its objects by SHA-256"));
                }
                (true, "refstorage", format) if format != "files" => {
                    return Err(unsupported("stores its references in a reftable"));
                }
                _ => {}
            }
        }
        Ok(())
    }

    fn follow(&self, name: &str) -> Option<ObjectId> {
        let mut name = name.to_owned();
        for _ in 0..=MAX_SYMBOLIC_HOPS {
            match self.look_up(&name)? {
                Reference::Id(id) => return Some(id),
                Reference::Symbolic(target) if is_reference_name(&target) => name = target,
                Reference::Symbolic(_) => return None,
            }
        }
        None
    }

    fn look_up(&self, name: &str) -> Option<Reference> {
        [&self.git_dir, &self.common_dir]
            .iter()
            .filter_map(|directory| disk::read_small(&directory.join(name), SMALL_FILE))
            .find_map(|text| parse_reference(&text))
            .or_else(|| self.packed(name).map(Reference::Id))
    }

    fn packed(&self, name: &str) -> Option<ObjectId> {
        let packed = disk::read_small(&self.common_dir.join("packed-refs"), MAX_PACKED_REFS)?;
        packed.split(|&byte| byte == b'\n').find_map(|line| {
            let (id, rest) = line.split_at_checked(40)?;
            let found = rest.strip_prefix(b" ")?;
            (found.trim_ascii_end() == name.as_bytes()).then(|| ObjectId::from_hex(id))?
        })
    }
}

/// `gitdir: PATH`, relative to the directory of the file.
fn git_file_target(file: &Path) -> Result<PathBuf, SnapshotError> {
    let target = || {
        let text = disk::read_small(file, SMALL_FILE)?;
        let path = disk::to_path(text.strip_prefix(b"gitdir:")?.trim_ascii())?;
        let target = file.parent()?.join(path);
        Repository::at(target.clone(), None).map(|_| target)
    };
    target().ok_or_else(|| SnapshotError::BrokenGitFile { path: file.into() })
}

fn parse_reference(text: &[u8]) -> Option<Reference> {
    if let Some(target) = text.strip_prefix(b"ref:") {
        let target = std::str::from_utf8(target.trim_ascii()).ok()?;
        return Some(Reference::Symbolic(target.to_owned()));
    }
    let (id, rest) = text.split_at_checked(40)?;
    // FETCH_HEAD goes on after the id.
    let ends = rest.first().is_none_or(u8::is_ascii_whitespace);
    ends.then(|| ObjectId::from_hex(id).map(Reference::Id))?
}

/// The rules of `git check-ref-format` that keep a name inside the git directory and apart from revision syntax.
fn is_reference_name(name: &str) -> bool {
    let forbidden = |character: char| {
        character.is_control()
            || matches!(character, ' ' | '~' | '^' | ':' | '?' | '*' | '[' | '\\')
    };
    !name.is_empty()
        && !name.contains(forbidden)
        && !name.contains("..")
        && !name.contains("@{")
        && name
            .split('/')
            .all(|part| !part.is_empty() && !part.starts_with('.') && !part.ends_with(".lock"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reference_name_stays_inside_the_git_directory() {
        for name in [
            "HEAD",
            "main",
            "origin/main",
            "v1.0",
            "refs/heads/a-b",
            "feature/ä",
        ] {
            assert!(is_reference_name(name), "{name}");
        }
        for name in [
            "",
            "../config",
            "a/../b",
            "/etc/passwd",
            "a//b",
            "a/.b",
            "a.lock",
            "a b",
            "a\\b",
            "a\n",
            "x@{u}",
        ] {
            assert!(!is_reference_name(name), "{name}");
        }
    }

    #[test]
    fn a_reference_file_holds_an_id_or_a_name() {
        let id = "ce013625030ba8dba906f756967f9e9ca394464a";
        assert!(matches!(
            parse_reference(format!("{id}\n").as_bytes()),
            Some(Reference::Id(_))
        ));
        assert!(matches!(
            parse_reference(format!("{id}\tbranch 'x'").as_bytes()),
            Some(Reference::Id(_))
        ));
        assert!(matches!(
            parse_reference(b"ref: refs/heads/main\n"),
            Some(Reference::Symbolic(_))
        ));
        assert!(parse_reference(format!("{id}00").as_bytes()).is_none());
        assert!(parse_reference(b"").is_none());
    }
}
