//! The files of a pull request, and which of their lines a comment can stand on.
//!
//! GitHub takes a comment on lines that its own diff shows: those that were added, and the unchanged ones around
//! them. A file without a patch (binary, too large, only renamed, only its mode changed) has changed all the same.
//! Lines that are gone are left out: nothing that we report stands there.

use serde::Deserialize;

/// One entry of the list of changed files. Fields that GitHub may add are no error.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
pub struct ChangedFile {
    /// Path at the head.
    #[serde(rename = "filename")]
    pub path: String,
    /// Path at the base, where it is another.
    #[serde(rename = "previous_filename", default)]
    pub previous_path: Option<String>,
    /// What happened to the file.
    #[serde(default)]
    pub status: FileStatus,
    /// Object id of the file at the head; GitHub leaves it out now and then.
    #[serde(default)]
    pub sha: Option<String>,
    /// The hunks. Nothing is there for binary and large files and for those whose text did not change.
    #[serde(default)]
    pub patch: Option<String>,
}

/// What happened to a file.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum FileStatus {
    /// It is new.
    Added,
    /// It is gone.
    Removed,
    /// Its text changed.
    Modified,
    /// It has another path, and perhaps another text.
    Renamed,
    /// It was copied.
    Copied,
    /// Its type or mode changed.
    Changed,
    /// It is as it was.
    Unchanged,
    /// Something that GitHub did not say when this was written.
    #[default]
    #[serde(other)]
    Unknown,
}

/// The hunks of one file, in the order of the file.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Patch {
    hunks: Vec<Hunk>,
}

/// Lines in a row that the diff shows at the head.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Hunk {
    first: u32,
    lines: Vec<Box<str>>,
}

impl Patch {
    /// Reads the text of a patch. What is no hunk is passed over; a hunk that is cut off counts as far as it goes.
    pub fn parse(text: &str) -> Self {
        let mut hunks = Vec::new();
        let mut open: Option<Open> = None;
        for line in text.split('\n') {
            if let Some(hunk) = open.as_mut().filter(|hunk| !hunk.is_full()) {
                if hunk.take(line) {
                    continue;
                }
                close(&mut open, &mut hunks);
            }
            if let Some(header) = Open::of_header(line) {
                close(&mut open, &mut hunks);
                open = Some(header);
            }
        }
        close(&mut open, &mut hunks);
        Self { hunks }
    }

    /// The hunks.
    pub fn hunks(&self) -> &[Hunk] {
        &self.hunks
    }

    /// The hunk that shows a line of the head.
    pub fn hunk_at(&self, line: u32) -> Option<&Hunk> {
        let after = self.hunks.partition_point(|hunk| hunk.first <= line);
        let hunk = self.hunks.get(after.checked_sub(1)?)?;
        (line <= hunk.last()).then_some(hunk)
    }
}

impl Hunk {
    /// Its first line at the head.
    pub fn first(&self) -> u32 {
        self.first
    }

    /// Its last line at the head.
    pub fn last(&self) -> u32 {
        let count = u32::try_from(self.lines.len()).unwrap_or(u32::MAX);
        self.first.saturating_add(count.saturating_sub(1))
    }

    /// The text of a line of the head, without its line break.
    pub fn text(&self, line: u32) -> Option<&str> {
        let index = line.checked_sub(self.first)?;
        self.lines.get(index as usize).map(AsRef::as_ref)
    }
}

/// A hunk that is being read.
struct Open {
    hunk: Hunk,
    old_left: u32,
    new_left: u32,
}

impl Open {
    /// `@@ -1,2 +3,4 @@ …`; a count of one may be left out.
    fn of_header(line: &str) -> Option<Self> {
        let (ranges, _) = line.strip_prefix("@@ -")?.split_once(" @@")?;
        let (old, new) = ranges.split_once(" +")?;
        let (_, old_left) = range(old)?;
        let (first, new_left) = range(new)?;
        Some(Self {
            hunk: Hunk {
                first,
                lines: Vec::new(),
            },
            old_left,
            new_left,
        })
    }

    fn is_full(&self) -> bool {
        self.old_left == 0 && self.new_left == 0
    }

    /// Takes a line; `false` where it is none of the hunk.
    fn take(&mut self, line: &str) -> bool {
        let mut chars = line.chars();
        match chars.next() {
            Some('+') => self.add(chars.as_str()),
            Some('-') => self.old_left = self.old_left.saturating_sub(1),
            Some('\\') => {}
            // Some tools strip the blank of an empty line, CR and all.
            Some(' ') => self.keep(chars.as_str()),
            Some('\r') if line.len() == 1 => self.keep(line),
            None => self.keep(line),
            Some(_) => return false,
        }
        true
    }

    fn keep(&mut self, text: &str) {
        self.old_left = self.old_left.saturating_sub(1);
        self.add(text);
    }

    fn add(&mut self, text: &str) {
        if self.new_left > 0 {
            self.new_left -= 1;
            let text = text.strip_suffix('\r').unwrap_or(text);
            self.hunk.lines.push(text.into());
        }
    }
}

fn range(text: &str) -> Option<(u32, u32)> {
    let (first, count) = text.split_once(',').unwrap_or((text, "1"));
    Some((first.parse().ok()?, count.parse().ok()?))
}

/// Keeps a hunk that shows anything, if it stands below the one before.
fn close(open: &mut Option<Open>, hunks: &mut Vec<Hunk>) {
    let Some(Open { hunk, .. }) = open.take() else {
        return;
    };
    let below = hunks.last().is_none_or(|last| last.last() < hunk.first);
    if !hunk.lines.is_empty() && hunk.first > 0 && below {
        hunks.push(hunk);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn shown(patch: &str) -> Vec<(u32, u32)> {
        let patch = Patch::parse(patch);
        patch
            .hunks()
            .iter()
            .map(|hunk| (hunk.first(), hunk.last()))
            .collect()
    }

    #[test]
    fn added_and_context_lines_are_shown_and_gone_lines_are_not() {
        let patch = Patch::parse("@@ -1,3 +1,3 @@ jobs:\n a\n-b\n+B\n c\n");
        let hunk = patch.hunk_at(2).unwrap();
        assert_eq!((hunk.first(), hunk.last()), (1, 3));
        assert_eq!(hunk.text(2), Some("B"));
        assert_eq!(hunk.text(3), Some("c"));
        assert_eq!(patch.hunk_at(4), None);
        assert_eq!(patch.hunk_at(0), None);
    }

    #[test]
    fn a_count_of_one_may_be_left_out() {
        assert_eq!(shown("@@ -1 +1 @@\n-a\n+b"), [(1, 1)]);
        assert_eq!(
            shown("@@ -0,0 +1 @@\n+b\n\\ No newline at end of file"),
            [(1, 1)]
        );
    }

    #[test]
    fn a_file_that_is_gone_shows_nothing() {
        assert!(shown("@@ -1,2 +0,0 @@\n-a\n-b").is_empty());
        assert!(shown("").is_empty());
    }

    #[test]
    fn lines_that_look_like_headers_are_text_inside_a_hunk() {
        let patch =
            "@@ -1,2 +1,3 @@\n @@ -9,9 +9,9 @@\n+@@ -8 +8 @@\n--- x\n+++ y\n@@ -20 +21 @@\n-c\n+d";
        assert_eq!(shown(patch), [(1, 3), (21, 21)]);
    }

    #[test]
    fn crlf_is_no_part_of_a_line() {
        let patch = Patch::parse("@@ -1,2 +1,3 @@\n a\r\n+b\r\n\r\n");
        assert_eq!(patch.hunks()[0].text(2), Some("b"));
        assert_eq!(patch.hunks()[0].last(), 3);
    }

    #[test]
    fn a_hunk_that_is_cut_off_counts_as_far_as_it_goes() {
        assert_eq!(shown("@@ -1,9 +1,9 @@\n a\n b"), [(1, 2)]);
        assert_eq!(
            shown("@@ -1,9 +1,9 @@\n a\n@@ -20 +20 @@\n+x"),
            [(1, 1), (20, 20)]
        );
    }

    #[test]
    fn what_github_may_add_is_no_error() {
        let json = r#"[
            {"sha": null, "filename": "a", "status": "unchanged", "blob_url": "x", "new": {"x": 1}},
            {"sha": "1", "filename": "b", "status": "sideways", "previous_filename": "c"},
            {"filename": "d"}
        ]"#;
        let files: Vec<ChangedFile> = serde_json::from_str(json).unwrap();
        assert_eq!(files[0].status, FileStatus::Unchanged);
        assert_eq!(files[1].status, FileStatus::Unknown);
        assert_eq!(files[1].previous_path.as_deref(), Some("c"));
        assert_eq!(files[2].patch, None);
    }

    /// The diff of git itself, from its first hunk on as GitHub gives it.
    fn git_diff(old: &str, new: &str) -> Option<String> {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("old"), old).unwrap();
        std::fs::write(folder.path().join("new"), new).unwrap();
        let output = std::process::Command::new("git")
            .args(["diff", "--no-index", "--no-color", "--text", "old", "new"])
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .env("GIT_CONFIG_SYSTEM", "/dev/null")
            .current_dir(folder.path())
            .output()
            .ok()?;
        let text = String::from_utf8(output.stdout).ok()?;
        let at = text.find("@@ ").unwrap_or(text.len());
        Some(text[at..].trim_end_matches('\n').to_owned())
    }

    fn line() -> impl Strategy<Value = String> {
        prop_oneof![
            Just(String::new()),
            Just("same".to_owned()),
            Just("@@ -1,2 +1,2 @@".to_owned()),
            Just("\\ No newline at end of file".to_owned()),
            Just("cr\r".to_owned()),
            "[-+ @]{1,3}[a-c]?",
        ]
    }

    fn text() -> impl Strategy<Value = String> {
        (proptest::collection::vec(line(), 0..40), any::<bool>()).prop_map(|(lines, end)| {
            let mut text = lines.join("\n");
            if end && !text.is_empty() {
                text.push('\n');
            }
            text
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(48))]

        #[test]
        fn every_line_that_git_shows_is_a_line_of_the_new_text(old in text(), new in text()) {
            let Some(diff) = git_diff(&old, &new) else { return Ok(()) };
            let lines: Vec<&str> = new.split('\n').collect();
            let patch = Patch::parse(&diff);
            for hunk in patch.hunks() {
                for line in hunk.first()..=hunk.last() {
                    let text = lines[line as usize - 1];
                    prop_assert_eq!(hunk.text(line), Some(text.strip_suffix('\r').unwrap_or(text)));
                }
            }
            // Every line that is new is shown.
            let added = diff.lines().filter(|line| line.starts_with('+')).count();
            let shown: usize = patch.hunks().iter().map(|h| (h.last() - h.first() + 1) as usize).sum();
            prop_assert!(added <= shown);
            prop_assert_eq!(patch.hunks().is_empty(), new.is_empty() || diff.is_empty());
        }

        #[test]
        fn any_text_can_be_taken_for_a_patch(text in "(@@ -[0-9]{1,10},?[0-9]{0,10} \\+[0-9]{1,10},?[0-9]{0,10} @@|[-+ \\\\a]|\n){0,60}") {
            let patch = Patch::parse(&text);
            for hunk in patch.hunks() {
                prop_assert!(hunk.first() <= hunk.last());
                prop_assert!(hunk.text(hunk.last()).is_some());
            }
        }
    }
}
