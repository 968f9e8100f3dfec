//! `--fix`: applies the edits of findings to the working copy.

use std::collections::BTreeMap;
use std::path::Path;

use clap::ValueEnum;

use crate::check::Report;
use crate::finding::{Applicability, Edit};

use super::Failure;

/// Which fixes are applied.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Fixes {
    /// Those that keep what works
    Safe,
    /// Those that may change what a workflow does as well
    Unsafe,
}

/// Applies fixes below `root`. Returns how many findings were fixed. Where two fixes touch the same bytes, the first
/// one is applied; the next run shows what is left.
pub(super) fn apply(report: &Report, fixes: Fixes, root: &Path) -> Result<usize, Failure> {
    let limit = match fixes {
        Fixes::Safe => Applicability::Safe,
        Fixes::Unsafe => Applicability::Unsafe,
    };
    let mut files: BTreeMap<&str, Vec<&Edit>> = BTreeMap::new();
    let mut fixed = 0;
    let chosen = report
        .findings
        .iter()
        .filter_map(|finding| finding.fix.as_ref());
    for fix in chosen.filter(|fix| fix.applicability <= limit) {
        let free = fix.edits.iter().all(|edit| {
            let taken = files.get(edit.location.path()).into_iter().flatten();
            taken.into_iter().all(|other| !collide(edit, other))
        });
        if free {
            fixed += 1;
            for edit in &fix.edits {
                files.entry(edit.location.path()).or_default().push(edit);
            }
        }
    }
    for (path, mut edits) in files {
        edits.sort_by_key(|edit| std::cmp::Reverse(edit.location.span));
        let Some(first) = edits.first() else { continue };
        let mut text = first.location.file.text().to_owned();
        for edit in edits {
            text.replace_range(edit.location.span.range(), &edit.text);
        }
        let target = root.join(path);
        std::fs::write(&target, text).map_err(|source| Failure::Output {
            path: target.display().to_string(),
            source,
        })?;
    }
    Ok(fixed)
}

/// Whether two edits touch the same bytes, or insert at the same place.
fn collide(a: &Edit, b: &Edit) -> bool {
    let (a, b) = (a.location.span, b.location.span);
    a == b || (a.start < b.end && b.start < a.end)
}
