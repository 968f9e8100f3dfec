//! Files of environment variables: what each is for, whether git knows it, and whether `.env` is ignored.

use ignore::gitignore::GitignoreBuilder;

use super::documents::{self, Documents};
use crate::agent::Loaded;
use crate::secret::{Evidence, Tier};
use crate::snapshot::{Snapshot, Tracking};
use crate::source::{Location, SourceFile, Span};
use crate::subject::{EnvFile, EnvRole, Key};

/// The files among those that were read.
pub(super) fn collect<'p>(
    snapshot: &dyn Snapshot,
    documents: &Documents<'_>,
    paths: impl Iterator<Item = &'p String>,
    keys: &[Key],
) -> Vec<EnvFile> {
    let file = |path: &String| {
        let role = EnvRole::of(path)?;
        let mut real = keys
            .iter()
            .filter(|key| key.location.path() == path && is_real(key));
        let first = real.next();
        let location = match first {
            Some(key) => key.location.clone(),
            None => {
                // Bytes, because a file of values need not be UTF-8 to be judged.
                let bytes = documents.bytes(path).ready()?;
                let file = SourceFile::new(path.as_str(), documents::shown(&bytes));
                Location::new(&file, Span::at(0))
            }
        };
        Some(EnvFile {
            location,
            role,
            tracked: snapshot
                .entry(path)
                .map_or(Tracking::Untracked, |entry| entry.tracked),
            keys: usize::from(first.is_some()) + real.count(),
            ignored: (role == EnvRole::Example).then(|| is_ignored(documents, path)),
        })
    };
    paths.filter_map(file).collect()
}

/// Whether somebody would take it for the value that is used.
fn is_real(key: &Key) -> bool {
    let detection = &key.detection;
    detection.tier > Tier::Low
        && !matches!(detection.evidence, Evidence::Example | Evidence::Default)
}

/// Whether a `.gitignore` covers the `.env` beside a file. One that is not there yet may do so.
fn is_ignored(documents: &Documents<'_>, path: &str) -> bool {
    let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
    let mut above = folder;
    loop {
        let at = |name: &str, folder: &str| match folder {
            "" => name.to_owned(),
            folder => format!("{folder}/{name}"),
        };
        match documents.bytes(&at(".gitignore", above)) {
            Loaded::Ready(rules)
                if covers(&documents::shown(&rules), above, &at(".env", folder)) =>
            {
                return true;
            }
            Loaded::Pending => return true,
            _ => {}
        }
        match above.rsplit_once('/') {
            Some((parent, _)) => above = parent,
            None if above.is_empty() => return false,
            None => above = "",
        }
    }
}

fn covers(rules: &str, folder: &str, path: &str) -> bool {
    let mut builder = GitignoreBuilder::new("");
    for line in rules.lines() {
        // A line that is no pattern ignores nothing.
        let _ = builder.add_line(None, line);
    }
    let inner = path
        .strip_prefix(folder)
        .unwrap_or(path)
        .trim_start_matches('/');
    builder
        .build()
        .is_ok_and(|rules| rules.matched_path_or_any_parents(inner, false).is_ignore())
}
