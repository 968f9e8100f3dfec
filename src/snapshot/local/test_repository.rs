//! Repositories for tests, made by `git` itself, apart from any configuration of the machine.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use tempfile::TempDir;

use crate::snapshot::{Content, Snapshot, Tracking};

/// A directory that is removed in the end, with or without a repository in it.
pub struct Sandbox {
    directory: TempDir,
}

impl Sandbox {
    /// An empty directory.
    pub fn empty() -> Self {
        let directory = TempDir::new().unwrap();
        std::fs::create_dir(directory.path().join("tree")).unwrap();
        Self { directory }
    }

    /// A repository without a commit.
    pub fn repository() -> Self {
        let sandbox = Self::empty();
        sandbox.git(&["init", "-q", "-b", "main"]);
        sandbox
    }

    /// A repository with one commit of these files.
    pub fn with_commit(files: &[(&str, &str)]) -> Self {
        let sandbox = Self::repository();
        sandbox.commit(files);
        sandbox
    }

    /// Top of the tree.
    pub fn root(&self) -> PathBuf {
        self.directory.path().join("tree")
    }

    /// A place beside the tree.
    pub fn beside(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    pub fn write(&self, path: &str, text: &str) {
        let file = self.root().join(path);
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(file, text).unwrap();
    }

    /// Writes files, adds everything (ignored files too) and commits.
    pub fn commit(&self, files: &[(&str, &str)]) {
        for (path, text) in files {
            self.write(path, text);
        }
        self.git(&["add", "-A", "-f", "."]);
        self.git(&["commit", "-q", "--allow-empty", "-m", "change"]);
    }

    pub fn git(&self, arguments: &[&str]) -> String {
        git(&self.root(), arguments)
    }

    /// Runs git with a text on its standard input.
    pub fn git_reading(&self, input: &str, arguments: &[&str]) -> String {
        let file = self.beside("standard-input");
        std::fs::write(&file, input).unwrap();
        let input = std::fs::File::open(&file).unwrap();
        run(&self.root(), arguments, input.into())
    }
}

/// Runs git in a directory and gives what it printed.
pub fn git(directory: &Path, arguments: &[&str]) -> String {
    run(directory, arguments, Stdio::null())
}

fn run(directory: &Path, arguments: &[&str], input: Stdio) -> String {
    let output = Command::new("git")
        .current_dir(directory)
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap())
        .env("HOME", directory)
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .envs(["AUTHOR", "COMMITTER"].map(|who| (format!("GIT_{who}_NAME"), "Test")))
        .envs(["AUTHOR", "COMMITTER"].map(|who| (format!("GIT_{who}_EMAIL"), "test@example.com")))
        .envs(
            ["AUTHOR", "COMMITTER"].map(|who| (format!("GIT_{who}_DATE"), "2026-01-01T00:00:00Z")),
        )
        .args([
            "-c",
            "protocol.file.allow=always",
            "-c",
            "commit.gpgsign=false",
        ])
        .args(arguments)
        .stdin(input)
        .output()
        .unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "git {arguments:?}: {errors}");
    String::from_utf8_lossy(&output.stdout).trim().to_owned()
}

/// Paths of a snapshot; untracked ones with a question mark before them.
pub fn paths(snapshot: &dyn Snapshot) -> Vec<String> {
    let mark = |tracked| match tracked {
        Tracking::Tracked => "",
        Tracking::Untracked => "?",
    };
    let entries = snapshot.entries().iter();
    entries
        .map(|entry| format!("{}{}", mark(entry.tracked), entry.path))
        .collect()
}

/// Text of a file of a snapshot.
pub fn text(snapshot: &dyn Snapshot, path: &str) -> String {
    match snapshot.read(path, 1 << 20) {
        Content::Bytes(bytes) => String::from_utf8_lossy(&bytes).into_owned(),
        other => panic!("{path}: {other:?}"),
    }
}
