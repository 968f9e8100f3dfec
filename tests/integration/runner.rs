//! Runs the built program in a folder of its own, away from everything that the machine has configured.

use std::fmt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use tempfile::TempDir;

/// The day of all runs that name none.
pub const TODAY: &str = "2026-11-25";

/// A folder that is removed in the end. The tree that is checked is a folder in it.
pub struct Sandbox {
    folder: TempDir,
}

impl Sandbox {
    /// A folder with these files, without a repository around it.
    pub fn new(files: &[(&str, &str)]) -> Self {
        let sandbox = Self {
            folder: TempDir::new().unwrap(),
        };
        std::fs::create_dir(sandbox.tree()).unwrap();
        for (path, text) in files {
            sandbox.write(path, text);
        }
        sandbox
    }

    /// A git repository with one commit of these files.
    pub fn committed(files: &[(&str, &str)]) -> Self {
        let sandbox = Self::new(files);
        sandbox.git(&["init", "-q", "-b", "main"]);
        sandbox.commit();
        sandbox
    }

    /// Top of the tree.
    pub fn tree(&self) -> PathBuf {
        self.folder.path().join("tree")
    }

    pub fn write(&self, path: &str, text: impl AsRef<[u8]>) {
        let file = self.tree().join(path);
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(file, text).unwrap();
    }

    pub fn read(&self, path: &str) -> String {
        std::fs::read_to_string(self.tree().join(path)).unwrap()
    }

    #[cfg(unix)]
    pub fn link(&self, path: &str, target: &str) {
        let file = self.tree().join(path);
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::os::unix::fs::symlink(target, file).unwrap();
    }

    pub fn commit(&self) {
        self.git(&["add", "-A", "."]);
        self.git(&["commit", "-q", "--allow-empty", "-m", "change"]);
    }

    pub fn git(&self, arguments: &[&str]) -> String {
        let mut command = clean("git", &self.tree());
        command.env("PATH", std::env::var_os("PATH").unwrap());
        for name in ["GIT_CONFIG_GLOBAL", "GIT_CONFIG_SYSTEM"] {
            command.env(name, if cfg!(windows) { "NUL" } else { "/dev/null" });
        }
        for role in ["AUTHOR", "COMMITTER"] {
            command.env(format!("GIT_{role}_NAME"), "Somebody");
            command.env(format!("GIT_{role}_EMAIL"), "somebody@acme.example");
            command.env(format!("GIT_{role}_DATE"), "2026-11-01T12:00:00Z");
        }
        let output = command.args(arguments).output().unwrap();
        assert!(
            output.status.success(),
            "git {arguments:?}: {}",
            String::from_utf8_lossy(&output.stderr)
        );
        String::from_utf8(output.stdout).unwrap()
    }

    /// `portcullis check` with these arguments, on the fixed day.
    pub fn check(&self, arguments: &[&str]) -> Ran {
        self.run(&[&["check", "--today", TODAY], arguments].concat())
    }

    /// `portcullis` with these arguments.
    pub fn run(&self, arguments: &[&str]) -> Ran {
        let output = self
            .command(arguments)
            .stdin(Stdio::null())
            .output()
            .unwrap();
        self.ran(&output)
    }

    /// `portcullis` with these arguments, and something on standard input.
    pub fn run_with_input(&self, arguments: &[&str], input: &[u8]) -> Ran {
        let file = self.folder.path().join("input");
        std::fs::write(&file, input).unwrap();
        let output = self
            .command(arguments)
            .stdin(std::fs::File::open(file).unwrap())
            .output()
            .unwrap();
        self.ran(&output)
    }

    /// The command, not started yet.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = clean(env!("CARGO_BIN_EXE_portcullis"), &self.tree());
        command.args(arguments);
        command
    }

    fn ran(&self, output: &Output) -> Ran {
        let text = |bytes: &[u8]| {
            let text = String::from_utf8(bytes.to_vec()).unwrap();
            let real = self.folder.path().canonicalize().unwrap();
            let text = text.replace(real.to_str().unwrap(), "[TEMP]");
            text.replace(self.folder.path().to_str().unwrap(), "[TEMP]")
        };
        Ran {
            code: output.status.code().unwrap(),
            stdout: text(&output.stdout),
            stderr: text(&output.stderr),
        }
    }
}

/// A command that knows nothing of the machine.
fn clean(program: &str, folder: &Path) -> Command {
    let mut command = Command::new(program);
    command
        .env_clear()
        .env("LC_ALL", "C")
        .env("NO_COLOR", "1")
        .current_dir(folder);
    for name in ["SystemRoot", "SYSTEMROOT"] {
        // Windows starts nothing without it.
        if let Some(value) = std::env::var_os(name) {
            command.env(name, value);
        }
    }
    command
}

/// What a person sees after a run.
pub struct Ran {
    pub code: i32,
    pub stdout: String,
    pub stderr: String,
}

impl fmt::Display for Ran {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "exit code {}", self.code)?;
        for (name, text) in [
            ("standard output", &self.stdout),
            ("standard error", &self.stderr),
        ] {
            if !text.is_empty() {
                write!(f, "--- {name}\n{text}")?;
            }
        }
        Ok(())
    }
}
