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
