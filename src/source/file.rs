//! One file as text, and places in it.

use std::sync::{Arc, OnceLock};

use super::span::{Span, saturate};

/// A file of the tree that is judged: its path and its whole text, exactly as stored (with a byte-order
/// mark and with CRLF where the file has them, so that every offset is an offset into the file's bytes).
pub struct SourceFile {
    path: Box<str>,
    text: Box<str>,
    lines: OnceLock<LineIndex>,
}

impl SourceFile {
    /// A file with the path it has in the tree (`/` between parts) and its text.
    pub fn new(path: impl Into<Box<str>>, text: impl Into<Box<str>>) -> Arc<Self> {
        Arc::new(Self {
            path: path.into(),
            text: text.into(),
            lines: OnceLock::new(),
        })
    }

    /// Path in the tree.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The whole text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The line table, built when the first place of the file is shown.
    pub fn lines(&self) -> &LineIndex {
        self.lines.get_or_init(|| LineIndex::new(&self.text))
    }

    /// Line and column of a byte offset, the column in characters.
    pub fn position(&self, offset: u32) -> Position {
        self.lines()
            .position(&self.text, offset, Column::Characters)
    }

    /// Line and column of a byte offset, the column in UTF-16 code units as SARIF wants it.
    pub fn position_utf16(&self, offset: u32) -> Position {
        self.lines().position(&self.text, offset, Column::Utf16)
    }
}

impl std::fmt::Debug for SourceFile {
    /// Never prints the text: it may hold keys.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "SourceFile({}, {} bytes)", self.path, self.text.len())
    }
}

/// A 1-based line and a 1-based column.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Position {
    /// Line, counted by `\n` as git and GitHub do.
    pub line: u32,
    /// Column, in the unit that was asked for.
    pub column: u32,
}

#[derive(Clone, Copy)]
enum Column {
    Characters,
    Utf16,
}

/// Start offsets of the lines of one text.
#[derive(Debug)]
pub struct LineIndex {
    starts: Vec<u32>,
    bom: u32,
}

impl LineIndex {
    /// Finds the lines of a text.
    pub fn new(text: &str) -> Self {
        let bom = if text.starts_with('\u{feff}') { 3 } else { 0 };
        let starts = std::iter::once(0)
            .chain(memchr::memchr_iter(b'\n', text.as_bytes()).map(|at| saturate(at + 1)))
            .collect();
        Self { starts, bom }
    }

    /// Number of lines; an empty last line after a final line break counts.
    pub fn count(&self) -> u32 {
        saturate(self.starts.len())
    }

    /// The 1-based line that holds an offset.
    pub fn line(&self, offset: u32) -> u32 {
        saturate(self.starts.partition_point(|&start| start <= offset)).max(1)
    }

    /// The span of a 1-based line without its line break. Lines that do not exist are empty at the end.
    pub fn span(&self, text: &str, line: u32) -> Span {
        let end = saturate(text.len());
        let index = line.saturating_sub(1) as usize;
        let start = self.starts.get(index).copied().unwrap_or(end);
        let next = self.starts.get(index + 1).copied().unwrap_or(end + 1);
        let raw = Span::new(start, next.saturating_sub(1));
        let trimmed = raw.slice(text).trim_end_matches('\r').len();
        Span::new(start, start + saturate(trimmed))
    }

    fn position(&self, text: &str, offset: u32, unit: Column) -> Position {
        let line = self.line(offset);
        let start = self
            .starts
            .get(line as usize - 1)
            .copied()
            .unwrap_or_default();
        // A byte-order mark takes no column: editors do not show it.
        let start = if start == 0 {
            self.bom.min(offset)
        } else {
            start
        };
        let before = text
            .as_bytes()
            .get(start as usize..offset as usize)
            .unwrap_or_default();
        let width = match (unit, before.is_ascii()) {
            (_, true) => before.len(),
            (Column::Characters, false) => before.iter().filter(|&&b| b & 0xC0 != 0x80).count(),
            (Column::Utf16, false) => String::from_utf8_lossy(before).encode_utf16().count(),
        };
        Position {
            line,
            column: saturate(width) + 1,
        }
    }
}

/// A place: a span of one file.
#[derive(Clone, Debug)]
pub struct Location {
    /// The file.
    pub file: Arc<SourceFile>,
    /// The bytes.
    pub span: Span,
}

impl Location {
    /// A place in a file.
    pub fn new(file: &Arc<SourceFile>, span: Span) -> Self {
        Self {
            file: Arc::clone(file),
            span,
        }
    }

    /// Path of the file.
    pub fn path(&self) -> &str {
        self.file.path()
    }

    /// The text at the place.
    pub fn text(&self) -> &str {
        self.span.slice(self.file.text())
    }

    /// Where it starts.
    pub fn start(&self) -> Position {
        self.file.position(self.span.start)
    }

    /// Where it ends (exclusive).
    pub fn end(&self) -> Position {
        self.file.position(self.span.end)
    }
}

impl PartialEq for Location {
    fn eq(&self, other: &Self) -> bool {
        self.span == other.span && self.path() == other.path()
    }
}

impl Eq for Location {}

impl PartialOrd for Location {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Location {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        (self.path(), self.span).cmp(&(other.path(), other.span))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str, offset: u32) -> (u32, u32) {
        let position = SourceFile::new("f", text).position(offset);
        (position.line, position.column)
    }

    #[test]
    fn columns_count_characters_and_lines_count_line_feeds() {
        let text = "aé𝄞b\r\nc\rd\n";
        assert_eq!(at(text, 0), (1, 1));
        assert_eq!(at(text, 7), (1, 4));
        assert_eq!(at(text, 10), (2, 1));
        assert_eq!(at(text, 12), (2, 3));
        assert_eq!(at(text, 14), (3, 1));
    }

    #[test]
    fn utf16_columns_count_a_supplementary_character_twice() {
        let file = SourceFile::new("f", "é𝄞b");
        assert_eq!(file.position_utf16(6).column, 4);
    }

    #[test]
    fn a_byte_order_mark_takes_no_column() {
        assert_eq!(at("\u{feff}name: x\nb", 3), (1, 1));
        assert_eq!(at("\u{feff}name: x\nb", 9), (1, 7));
        assert_eq!(at("\u{feff}name: x\nb", 11), (2, 1));
    }

    #[test]
    fn a_line_span_leaves_out_its_break() {
        let text = "ab\r\ncd";
        let lines = LineIndex::new(text);
        assert_eq!(lines.span(text, 1), Span::new(0, 2));
        assert_eq!(lines.span(text, 2), Span::new(4, 6));
        assert!(lines.span(text, 9).is_empty());
    }
}
