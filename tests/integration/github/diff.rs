//! What GitHub says about the difference of two trees: changed files, patches, commentable lines.

use similar::{ChangeTag, TextDiff};

use super::objects::{File, Files};

#[derive(Clone, Debug)]
pub struct Changed {
    pub path: String,
    pub previous: Option<String>,
    pub status: &'static str,
    /// Absent for binary files, pure renames, mode changes and what is too large.
    pub patch: Option<String>,
    pub additions: usize,
    pub deletions: usize,
}

/// A line that the diff shows: hunk, line on the left, line on the right.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Shown {
    pub hunk: usize,
    pub left: Option<u64>,
    pub right: Option<u64>,
}

fn text(file: &File) -> Option<String> {
    (!file.bytes.contains(&0)).then(|| String::from_utf8_lossy(&file.bytes).into_owned())
}

fn lines(text: &str) -> Vec<&str> {
    text.split_inclusive('\n').collect()
}

/// The changed files in the order of their paths.
pub fn changed(old: &Files, new: &Files) -> Vec<Changed> {
    let mut removed: Vec<&String> = old.keys().filter(|path| !new.contains_key(*path)).collect();
    let mut all = Vec::new();
    for (path, file) in new {
        match old.get(path) {
            Some(before) if before == file => {}
            Some(before) => all.push(entry(path, None, "modified", Some(before), Some(file))),
            None => match removed.iter().position(|from| alike(&old[*from], file)) {
                Some(at) => {
                    let from = removed.remove(at);
                    all.push(entry(
                        path,
                        Some(from.clone()),
                        "renamed",
                        Some(&old[from]),
                        Some(file),
                    ));
                }
                None => all.push(entry(path, None, "added", None, Some(file))),
            },
        }
    }
    for path in removed {
        all.push(entry(path, None, "removed", Some(&old[path]), None));
    }
    all.sort_by(|a, b| a.path.cmp(&b.path));
    all
}

/// Whether git would call it a rename: at least half of the lines are the same.
fn alike(old: &File, new: &File) -> bool {
    if old.bytes == new.bytes {
        return !old.bytes.is_empty();
    }
    let (Some(old), Some(new)) = (text(old), text(new)) else {
        return false;
    };
    let (old, new) = (lines(&old), lines(&new));
    TextDiff::from_slices(&old, &new).ratio() >= 0.5
}

fn entry(
    path: &str,
    previous: Option<String>,
    status: &'static str,
    old: Option<&File>,
    new: Option<&File>,
) -> Changed {
    let side = |file: Option<&File>| file.map_or(Some(String::new()), text);
    let (mut patch, mut additions, mut deletions) = (None, 0, 0);
    if let (Some(old), Some(new)) = (side(old), side(new))
        && old != new
    {
        let (old, new) = (lines(&old), lines(&new));
        let diff = TextDiff::from_slices(&old, &new);
        for change in diff.iter_all_changes() {
            match change.tag() {
                ChangeTag::Insert => additions += 1,
                ChangeTag::Delete => deletions += 1,
                ChangeTag::Equal => {}
            }
        }
        // GitHub leaves the patch of a large file away.
        if additions + deletions <= 2_000 {
            patch = Some(render(&diff));
        }
    }
    Changed {
        path: path.to_owned(),
        previous,
        status,
        patch,
        additions,
        deletions,
    }
}

fn render(diff: &TextDiff<'_, '_, '_, str>) -> String {
    let mut out = String::new();
    for group in diff.grouped_ops(3) {
        let (first, last) = (&group[0], &group[group.len() - 1]);
        let range = |start: usize, end: usize| match end - start {
            0 => format!("{start},0"),
            1 => format!("{}", start + 1),
            count => format!("{},{count}", start + 1),
        };
        out += &format!(
            "@@ -{} +{} @@\n",
            range(first.old_range().start, last.old_range().end),
            range(first.new_range().start, last.new_range().end)
        );
        for change in group
            .iter()
            .flat_map(|operation| diff.iter_changes(operation))
        {
            out += match change.tag() {
                ChangeTag::Insert => "+",
                ChangeTag::Delete => "-",
                ChangeTag::Equal => " ",
            };
            out += change.value();
            if !change.value().ends_with('\n') {
                out += "\n\\ No newline at end of file\n";
            }
        }
    }
    out.pop();
    out
}

/// The lines that a patch shows, and so the only ones that take a comment.
pub fn shown(patch: &str) -> Vec<Shown> {
    let (mut all, mut hunk, mut left, mut right) = (Vec::new(), 0, 0_u64, 0_u64);
    for line in patch.split('\n') {
        let number = |part: &str| part[1..].split(',').next().unwrap().parse().unwrap();
        match line.as_bytes().first() {
            Some(b'@') => {
                let mut parts = line.split(' ').skip(1);
                hunk += 1;
                left = number(parts.next().unwrap());
                right = number(parts.next().unwrap());
            }
            Some(b'+') => {
                all.push(Shown {
                    hunk,
                    left: None,
                    right: Some(right),
                });
                right += 1;
            }
            Some(b'-') => {
                all.push(Shown {
                    hunk,
                    left: Some(left),
                    right: None,
                });
                left += 1;
            }
            Some(b' ') => {
                all.push(Shown {
                    hunk,
                    left: Some(left),
                    right: Some(right),
                });
                left += 1;
                right += 1;
            }
            _ => {}
        }
    }
    all
}

/// Where a line of the old text stands in the new one.
pub fn moved(old: &File, new: &File, line: u64) -> Option<u64> {
    let (old, new) = (text(old)?, text(new)?);
    let (old, new) = (lines(&old), lines(&new));
    TextDiff::from_slices(&old, &new)
        .iter_all_changes()
        .find(|change| {
            change.tag() == ChangeTag::Equal && change.old_index() == Some(line as usize - 1)
        })
        .and_then(|change| change.new_index())
        .map(|index| index as u64 + 1)
}
