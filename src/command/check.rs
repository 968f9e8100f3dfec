//! `portcullis check`

use std::io::{self, Read};
use std::path::{Path, PathBuf};

use clap::Args;
use jiff::civil::Date;

use crate::check::{Engine, Outcome, Report, Request, Selection};
use crate::finding::{FailOn, Severity};
use crate::policy::{BaseKind, Overrides};
use crate::report::Format;
use crate::rule::Profile;
use crate::snapshot::{GitSnapshot, LocalSnapshot, MemorySnapshot, Snapshot};

use super::fix::{self, Fixes};
use super::output::{self, Target};
use super::policy_file;
use super::subtree::Subtree;
use super::{Failure, Global};

/// Arguments of `check`.
#[derive(Args)]
pub(super) struct Arguments {
    /// Folders or files to check, or `-` for one workflow on standard input. A folder with workflows of its own is
    /// taken as a repository of its own
    #[arg(value_name = "PATH", default_value = ".")]
    paths: Vec<PathBuf>,
    /// What standard output gets: text, json, sarif, github (annotations) or markdown
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: Format,
    /// Also write a report to a file; may be repeated
    #[arg(long, value_name = "[FORMAT=]FILE")]
    output: Vec<Target>,
    /// From which severity on findings fail the check: error, warning, note or never
    #[arg(long, value_name = "SEVERITY", value_parser = fail_on)]
    fail_on: Option<FailOn>,
    /// Read the policy from this file instead of `.github/portcullis.yml`
    #[arg(long, value_name = "FILE", conflicts_with = "base")]
    policy: Option<PathBuf>,
    /// How strict to be: individual, team or enterprise
    #[arg(long, value_name = "PROFILE", value_parser = profile)]
    profile: Option<Profile>,
    /// Compare with this commit: its policy and exemptions count, and findings are marked as new or old
    #[arg(long, value_name = "REV")]
    base: Option<String>,
    /// Apply fixes to the files: `safe` ones, or `unsafe` ones as well
    #[arg(long, value_name = "WHICH", num_args = 0..=1, default_missing_value = "safe", require_equals = true)]
    fix: Option<Fixes>,
    /// The day by which exemptions are judged
    #[arg(long, value_name = "YYYY-MM-DD")]
    today: Option<Date>,
}

pub(in crate::command) fn fail_on(text: &str) -> Result<FailOn, String> {
    if text == "never" {
        return Ok(FailOn::Never);
    }
    let severity = Severity::ALL
        .into_iter()
        .find(|severity| severity.as_str() == text);
    severity
        .map(FailOn::At)
        .ok_or_else(|| "it is one of error, warning, note and never".into())
}

pub(in crate::command) fn profile(text: &str) -> Result<Profile, String> {
    let found = Profile::ALL
        .into_iter()
        .find(|profile| profile.as_str() == text);
    found.ok_or_else(|| "it is one of individual, team and enterprise".into())
}

pub(super) fn run(arguments: &Arguments, global: &Global) -> Result<u8, Failure> {
    if arguments.paths.iter().any(|path| path.as_os_str() == "-") {
        return standard_input(arguments, global);
    }
    let (local, selection) = open(&arguments.paths)?;
    let folder = match &selection {
        Selection::Paths(paths) => own_repository(&local, paths),
        Selection::Everything => None,
    };
    match folder {
        Some(folder) => {
            let subtree = Subtree::new(&local, &folder);
            let place = Place {
                root: local.root(),
                folder: Some(&folder),
            };
            judge(
                arguments,
                global,
                &subtree,
                &Selection::Everything,
                Some(place),
            )
        }
        None => {
            let place = Place {
                root: local.root(),
                folder: None,
            };
            judge(arguments, global, &local, &selection, Some(place))
        }
    }
}

/// Where the tree that is judged lies on the disk.
#[derive(Clone, Copy)]
struct Place<'p> {
    /// Top of the work tree.
    root: &'p Path,
    /// The folder in it that is judged as a repository of its own.
    folder: Option<&'p str>,
}

impl Place<'_> {
    /// Top of the tree that is judged.
    fn top(self) -> PathBuf {
        match self.folder {
            Some(folder) => self.root.join(folder),
            None => self.root.to_owned(),
        }
    }
}

/// One workflow without a repository around it.
fn standard_input(arguments: &Arguments, global: &Global) -> Result<u8, Failure> {
    if arguments.paths.len() > 1 {
        return Err(Failure::Usage(
            "`-` stands alone: standard input is one workflow".into(),
        ));
    }
    let mut bytes = Vec::new();
    io::stdin()
        .read_to_end(&mut bytes)
        .map_err(|error| Failure::Usage(format!("standard input could not be read: {error}")))?;
    let snapshot = MemorySnapshot::new([(STDIN_PATH, bytes)]);
    judge(arguments, global, &snapshot, &Selection::Everything, None)
}

/// The path under which standard input is judged: only there a file is a workflow.
const STDIN_PATH: &str = ".github/workflows/stdin.yml";

/// Opens the work tree that holds the paths, and says which part of it they are.
fn open(paths: &[PathBuf]) -> Result<(LocalSnapshot, Selection), Failure> {
    for path in paths {
        if let Err(error) = std::fs::symlink_metadata(path) {
            let why = if error.kind() == io::ErrorKind::NotFound {
                "does not exist".to_owned()
            } else {
                error.to_string()
            };
            return Err(Failure::Usage(format!("{}: {why}", path.display())));
        }
    }
    let start = start_of(paths);
    let mut local =
        LocalSnapshot::open(&start).map_err(|error| Failure::Usage(error.to_string()))?;
    let mut chosen = Vec::new();
    for path in paths {
        let relative = local.relative(path).ok_or_else(|| {
            Failure::Usage(format!(
                "{} is outside of {}",
                path.display(),
                local.root().display()
            ))
        })?;
        if !path.is_dir() && local.entry(&relative).is_none() {
            local.admit(&relative);
        }
        chosen.push(relative);
    }
    if chosen.iter().any(String::is_empty) {
        return Ok((local, Selection::Everything));
    }
    Ok((local, Selection::Paths(chosen)))
}

/// The folder from which the tree is opened: the nearest one that holds all paths, where a git repository is around
/// it; else a single folder itself; else the current one where it holds all paths. Never a folder inside `.github`,
/// which only means something below a root.
fn start_of(paths: &[PathBuf]) -> PathBuf {
    let current = resolved(Path::new("."));
    let named: Vec<PathBuf> = paths.iter().map(|path| resolved(path)).collect();
    let single_folder = match (paths, named.as_slice()) {
        ([path], [folder]) if path.is_dir() => Some(folder),
        _ => None,
    };
    let first = named.first().and_then(|path| path.parent());
    let mut common = single_folder.map_or(first.unwrap_or(&current), PathBuf::as_path);
    while !named.iter().all(|path| path.starts_with(common)) {
        let Some(parent) = common.parent() else { break };
        common = parent;
    }
    let in_repository = common
        .ancestors()
        .any(|folder| folder.join(".git").exists());
    let in_current = named.iter().all(|path| path.starts_with(&current));
    if !in_repository && single_folder.is_none() && in_current {
        return PathBuf::from(".");
    }
    let mut around = common.ancestors();
    let github = around.find(|folder| folder.ends_with(".github"));
    github.and_then(Path::parent).unwrap_or(common).to_owned()
}

/// A path without `..` and without links in its folders; a link at its end stays.
fn resolved(path: &Path) -> PathBuf {
    let full = match (path.parent(), path.file_name()) {
        (Some(folder), Some(name)) => {
            let folder = if folder.as_os_str().is_empty() {
                Path::new(".")
            } else {
                folder
            };
            folder.canonicalize().map(|folder| folder.join(name))
        }
        _ => path.canonicalize(),
    };
    full.unwrap_or_else(|_| path.to_owned())
}

/// A folder that has workflows of its own, where exactly one folder was named.
fn own_repository(local: &LocalSnapshot, paths: &[String]) -> Option<String> {
    let [folder] = paths else { return None };
    let workflows = format!("{folder}/.github/workflows");
    (!local.under(&workflows).is_empty()).then(|| folder.clone())
}

fn judge(
    arguments: &Arguments,
    global: &Global,
    snapshot: &dyn Snapshot,
    selection: &Selection,
    place: Option<Place<'_>>,
) -> Result<u8, Failure> {
    let commit = match (&arguments.base, place) {
        (Some(revision), Some(place)) => Some(
            GitSnapshot::open(place.root, revision)
                .map_err(|error| Failure::Usage(error.to_string()))?,
        ),
        (Some(_), None) => {
            return Err(Failure::Usage(
                "`--base` needs a repository, not standard input".into(),
            ));
        }
        (None, _) => None,
    };
    // The base of a folder is that folder in the commit: paths and policy have to be the same ones.
    let part = match (&commit, place.and_then(|place| place.folder)) {
        (Some(commit), Some(folder)) => Some(Subtree::new(commit, folder)),
        _ => None,
    };
    let whole = commit.as_ref().map(|commit| commit as &dyn Snapshot);
    let base = part.as_ref().map(|part| part as &dyn Snapshot).or(whole);
    let policy = match &arguments.policy {
        Some(path) => policy_file::named(path)?,
        None => policy_file::of_tree(base.unwrap_or(snapshot), arguments.base.as_deref())?,
    };
    let overrides = Overrides {
        profile: arguments.profile,
        fail_on: arguments.fail_on,
    };
    let kind = if base.is_some() {
        BaseKind::Commit
    } else {
        BaseKind::None
    };
    let (policy, notices) = policy.tightened_by(&overrides, kind);
    for notice in notices {
        eprintln!("note: {notice}");
    }
    if global.verbose {
        eprintln!(
            "policy: {}; {} entries in the tree",
            policy.source,
            snapshot.entries().len()
        );
    }
    let request = Request {
        snapshot,
        selection,
        base,
        policy: &policy,
        today: arguments.today.unwrap_or_else(super::today),
    };
    let report = check(&request)?;
    if let (Some(fixes), Some(place)) = (arguments.fix, place) {
        let fixed = fix::apply(&report, fixes, &place.top())?;
        let findings = if fixed == 1 { "finding" } else { "findings" };
        eprintln!("{fixed} {findings} fixed; run the check again to see what is left");
    }
    match output::write(&report, arguments.format, &arguments.output, global) {
        // Whoever stops reading does not change the verdict.
        Ok(()) | Err(Failure::Closed) => Ok(report.verdict.exit_code()),
        Err(failure) => Err(failure),
    }
}

fn check(request: &Request<'_>) -> Result<Report, Failure> {
    match Engine::new().check(request) {
        Outcome::Done(report) => Ok(*report),
        // Snapshots of a disk and of git objects load by themselves.
        Outcome::Need(paths) => Err(Failure::Usage(format!(
            "{} could not be loaded",
            paths.join(", ")
        ))),
    }
}
