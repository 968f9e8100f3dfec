//! What a plan depends on.

use std::collections::BTreeSet;

use super::diff::ChangedFile;
use super::link::Target;
use super::state::State;
use super::summary::Section;
use crate::check::Report;

/// Everything that a plan depends on.
#[derive(Clone, Copy, Debug)]
pub struct Input<'a> {
    /// The report. Its verdict is fixed.
    pub report: &'a Report,
    /// What stands on the pull request.
    pub state: &'a State,
    /// The files that it changes. Files that are missing here get no comments; their findings are in the summary.
    pub files: &'a [ChangedFile],
    /// The pull request.
    pub target: &'a Target,
    /// The run that writes.
    pub run: &'a RunId,
    /// Parts of the summary that others make.
    pub sections: &'a [Section],
    /// What came of the requests of an earlier plan of this run.
    pub progress: &'a Progress,
}

/// The workflow run that writes. It stands in the marks only, so that a run finds what it sent.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct RunId {
    /// `GITHUB_RUN_ID`
    pub id: String,
    /// `GITHUB_RUN_ATTEMPT`
    pub attempt: u32,
}

/// What came of the comments of an earlier plan, by fingerprint.
///
/// When GitHub refuses comments (422), the caller finds out which, notes them here together with those that it
/// could post, and plans again: refused ones go to the file, then to the summary.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Progress {
    /// Posted, on a line or on a file.
    pub posted: BTreeSet<String>,
    /// Refused on a line.
    pub refused_lines: BTreeSet<String>,
    /// Refused on a file.
    pub refused_files: BTreeSet<String>,
}
