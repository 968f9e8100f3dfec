//! The channels that need no write permission: the log with its annotations, the step summary, the outputs of the
//! step, and report files.
//!
//! They are written before anything is delivered, so that a run that is ended later loses nothing. A channel that
//! cannot be written is a warning and never a verdict (`facts/github-delivery.md` §1.3, §2, §6.1).

use std::collections::hash_map::RandomState;
use std::fs::{File, OpenOptions};
use std::hash::{BuildHasher, Hasher};
use std::io::{self, BufWriter, Write};
use std::path::Path;

use crate::check::Report;
use crate::report::{self, Format, Style};

use super::super::Failure;

/// The runner drops a step summary of more than 1 MiB whole; other steps' texts are in files of their own.
const MAX_SUMMARY: usize = 900 * 1024;

/// A channel that could not be written.
#[derive(Debug, thiserror::Error)]
#[error("{channel} could not be written: {source}")]
pub(super) struct Closed {
    channel: &'static str,
    source: io::Error,
}

/// Where the runner takes things up; nothing where a variable is not set.
pub(super) struct Channels {
    /// `GITHUB_STEP_SUMMARY`
    pub(super) summary: Option<String>,
    /// `GITHUB_OUTPUT`
    pub(super) output: Option<String>,
}

impl Channels {
    /// The channels of this run.
    pub(super) fn of(environment: &dyn Fn(&str) -> Option<String>) -> Self {
        Self {
            summary: environment("GITHUB_STEP_SUMMARY"),
            output: environment("GITHUB_OUTPUT"),
        }
    }

    /// Adds the report to the step summary.
    pub(super) fn summarise(&self, report: &Report) -> Result<(), Closed> {
        let mut text = Vec::new();
        let written = report::render(report, Format::Markdown, &Style::default(), &mut text)
            .and_then(|()| match &self.summary {
                Some(path) if text.len() <= MAX_SUMMARY => append(path, &text),
                Some(_) => Err(io::Error::other("it is too long for the runner")),
                None => Ok(()),
            });
        written.map_err(|source| Closed {
            channel: "the step summary",
            source,
        })
    }

    /// Adds outputs of the step. Where a name is given twice, the runner takes the later value.
    pub(super) fn give(&self, outputs: &[(&str, String)]) -> Result<(), Closed> {
        let Some(path) = &self.output else {
            return Ok(());
        };
        // A value that held the delimiter could set other outputs: it is not to be guessed.
        let delimiter = format!("portcullis-{}", unguessable());
        let text: String = outputs
            .iter()
            .map(|(name, value)| format!("{name}<<{delimiter}\n{value}\n{delimiter}\n"))
            .collect();
        append(path, text.as_bytes()).map_err(|source| Closed {
            channel: "the outputs of the step (GITHUB_OUTPUT)",
            source,
        })
    }
}

/// Writes the report for people and the annotations to the log.
pub(super) fn log(report: &Report, style: &Style, log: &mut dyn Write) -> Result<(), Failure> {
    let mut out = BufWriter::new(log);
    // The text shows lines of strangers' files. They are escaped; that the runner takes no commands meanwhile is a
    // second wall.
    let token = unguessable();
    let mut write = || -> io::Result<()> {
        writeln!(out, "::stop-commands::{token}")?;
        report::render(report, Format::Text, style, &mut out)?;
        writeln!(out, "\n::{token}::")?;
        report::render(report, Format::Github, style, &mut out)?;
        out.flush()
    };
    write().or_else(|error| match Failure::of_stdout(error) {
        // Whoever stops reading does not change the verdict.
        Failure::Closed => Ok(()),
        failure => Err(failure),
    })
}

/// Writes one report file, and the folders above it.
pub(super) fn write_file(report: &Report, format: Format, path: &Path) -> Result<(), Failure> {
    let write = || -> io::Result<()> {
        if let Some(folder) = path
            .parent()
            .filter(|folder| !folder.as_os_str().is_empty())
        {
            std::fs::create_dir_all(folder)?;
        }
        let mut file = BufWriter::new(File::create(path)?);
        report::render(report, format, &Style::default(), &mut file)?;
        file.flush()
    };
    write().map_err(|source| Failure::Output {
        path: path.display().to_string(),
        source,
    })
}

fn append(path: &str, bytes: &[u8]) -> io::Result<()> {
    let mut file = OpenOptions::new().append(true).create(true).open(path)?;
    file.write_all(bytes)
}

/// A number that nobody who wrote the repository can know.
fn unguessable() -> String {
    // The keys of the standard library's hash maps come from the operating system's random numbers.
    let half = || RandomState::new().build_hasher().finish();
    format!("{:016x}{:016x}", half(), half())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn channels(folder: &Path) -> Channels {
        let path = |name: &str| Some(folder.join(name).display().to_string());
        Channels {
            summary: path("summary"),
            output: path("output"),
        }
    }

    #[test]
    fn an_output_cannot_end_early() {
        let folder = tempfile::tempdir().unwrap();
        let channels = channels(folder.path());
        let value = "a\nportcullis-0\nverdict=pass".to_owned();
        channels.give(&[("sarif-file", value.clone())]).unwrap();
        let text = std::fs::read_to_string(folder.path().join("output")).unwrap();
        let (first, rest) = text.split_once('\n').unwrap();
        let delimiter = first.strip_prefix("sarif-file<<").unwrap();
        assert_eq!(rest, format!("{value}\n{delimiter}\n"));
        assert!(delimiter.len() > 40);
    }

    #[test]
    fn two_tokens_differ() {
        assert_ne!(unguessable(), unguessable());
    }

    #[test]
    fn a_channel_that_cannot_be_written_says_which() {
        let folder = tempfile::tempdir().unwrap();
        let channels = Channels {
            summary: None,
            output: Some(folder.path().display().to_string()),
        };
        let error = channels.give(&[("verdict", "pass".into())]).unwrap_err();
        assert!(error.to_string().contains("GITHUB_OUTPUT"), "{error}");
    }
}
