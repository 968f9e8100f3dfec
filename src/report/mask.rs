//! What no output shows: the bytes of keys, and characters that hide.
//!
//! Every renderer reads every text of a report through a [`Mask`]. It never looks for keys itself: the places
//! come from [`Report::secrets`], and from the findings of the rule that reports keys. Two nets hold: the places
//! themselves, wherever a line of source is shown, and the values found there, wherever any text repeats them.

use std::borrow::Cow;
use std::collections::HashMap;

use super::visible::{self, Visible};
use crate::check::Report;
use crate::finding::Finding;
use crate::source::{Location, SourceFile, Span};

/// The rule whose findings stand on a key.
const KEY_RULE: &str = "hardcoded-key";

/// Stands for one character of a key.
const MASKED: char = '•';

/// Values below this length are masked where they stand, but not searched for in other text: a short word
/// would take ordinary text with it.
const MIN_VALUE: usize = 8;

/// A line of a key that spans lines is a value of its own from this length on.
const MIN_LINE: usize = 16;

/// So much of the start of a key is masked even where the rest does not follow. More than a redacted form shows.
const MIN_PART: usize = 16;

/// How many blanks a tab is shown as.
const TAB: &str = "    ";

/// Keys of one report.
pub(crate) struct Mask<'r> {
    /// Places by path, sorted, disjoint.
    places: HashMap<&'r str, Vec<Span>>,
    values: Values<'r>,
}

/// A piece of source as it may be shown, and where given offsets of the file fall in it.
pub(crate) struct Excerpt {
    /// The text, on one line.
    pub(crate) text: String,
    /// For each offset that was asked for, its byte offset in the text.
    pub(crate) offsets: Vec<usize>,
}

impl<'r> Mask<'r> {
    /// Collects the keys of a report.
    pub(crate) fn new(report: &'r Report) -> Self {
        let findings = report
            .findings
            .iter()
            .chain(report.suppressed.iter().map(|one| &one.finding));
        let keys = findings.filter(|finding| finding.rule.as_str() == KEY_RULE);
        Self::of(report.secrets.iter().chain(keys.map(place)))
    }

    /// Takes keys at these places.
    pub(crate) fn of(keys: impl Iterator<Item = &'r Location>) -> Self {
        let mut places: HashMap<&'r str, Vec<Span>> = HashMap::new();
        let mut values = Values::default();
        for location in keys {
            let spans = places.entry(location.path()).or_default();
            spans.push(location.span);
            values.add(location.text());
        }
        for spans in places.values_mut() {
            merge(spans);
        }
        Self { places, values }
    }

    /// A text without keys.
    pub(crate) fn text<'t>(&self, text: &'t str) -> Cow<'t, str> {
        let found = self.values.find(text);
        if found.is_empty() {
            return Cow::Borrowed(text);
        }
        let mut out = String::with_capacity(text.len());
        let mut at = 0;
        for span in found {
            let range = span.range();
            out.push_str(text.get(at..range.start).unwrap_or_default());
            out.extend(span.slice(text).chars().map(|_| MASKED));
            at = range.end;
        }
        out.push_str(text.get(at..).unwrap_or_default());
        Cow::Owned(out)
    }

    /// A text without keys, as one line of visible characters.
    pub(crate) fn line(&self, text: &str) -> String {
        visible::one_line(&self.text(text)).into_owned()
    }

    /// A span of a file without keys; line breaks and hidden characters stay as they are.
    pub(crate) fn source(&self, file: &SourceFile, span: Span) -> String {
        let hidden = self.hidden(file, span);
        let text = span.slice(file.text());
        let mut out = String::with_capacity(text.len());
        for (at, c) in text.char_indices() {
            let keep = c == '\n' || !covers(&hidden, span.start as usize + at);
            out.push(if keep { c } else { MASKED });
        }
        out
    }

    /// A span of a file (a line or a part of one) without keys, every character visible, tabs as blanks.
    /// `offsets` are offsets into the file, sorted.
    pub(crate) fn excerpt(&self, file: &SourceFile, span: Span, offsets: &[u32]) -> Excerpt {
        let hidden = self.hidden(file, span);
        let mut out = Visible::default();
        let mut found = Vec::with_capacity(offsets.len());
        let mut wanted = offsets.iter().peekable();
        for (at, c) in span.slice(file.text()).char_indices() {
            let at = span.start as usize + at;
            while wanted.next_if(|offset| **offset as usize <= at).is_some() {
                found.push(out.len());
            }
            match c {
                _ if covers(&hidden, at) => out.push(MASKED),
                '\t' => out.push_plain(TAB),
                c => out.push(c),
            }
        }
        found.extend(wanted.map(|_| out.len()));
        Excerpt {
            text: out.into_text(),
            offsets: found,
        }
    }

    /// Places in a span of a file that must not be shown, sorted, disjoint.
    fn hidden(&self, file: &SourceFile, span: Span) -> Vec<Span> {
        let known = self.places.get(file.path()).map_or(&[][..], Vec::as_slice);
        let first = known.partition_point(|place| place.end <= span.start);
        let mut hidden: Vec<Span> = known
            .iter()
            .skip(first)
            .take_while(|place| place.start < span.end)
            .copied()
            .collect();
        if let Some((wide, start)) = self.widened(file.text(), span) {
            hidden.extend(
                self.values
                    .find(wide)
                    .into_iter()
                    .map(|found| found.shifted(start)),
            );
            merge(&mut hidden);
        }
        hidden
    }

    /// The span with as much text on both sides as the longest value needs to be seen whole.
    fn widened<'t>(&self, text: &'t str, span: Span) -> Option<(&'t str, u32)> {
        let reach = self.values.longest;
        if reach == 0 {
            return None;
        }
        let start = text.floor_char_boundary((span.start as usize).saturating_sub(reach));
        let end = text.ceil_char_boundary((span.end as usize).saturating_add(reach));
        let wide = text.get(start..end.min(text.len()))?;
        Some((wide, Span::of(start..end).start))
    }
}

fn place(finding: &Finding) -> &Location {
    &finding.location
}

/// Whether an offset lies in one of the spans.
/// How many bytes two texts have in common at their start.
fn common_start(a: &[u8], b: &[u8]) -> usize {
    a.iter().zip(b).take_while(|(a, b)| a == b).count()
}

fn covers(spans: &[Span], offset: usize) -> bool {
    let at = spans.partition_point(|span| span.end as usize <= offset);
    spans
        .get(at)
        .is_some_and(|span| span.start as usize <= offset)
}

/// Sorts spans and joins those that touch.
fn merge(spans: &mut Vec<Span>) {
    spans.sort_unstable();
    spans.dedup_by(|next, kept| {
        let touches = next.start <= kept.end;
        if touches {
            kept.end = kept.end.max(next.end);
        }
        touches
    });
}

/// Values to be found in text: by their first bytes, so that text which holds none is passed over at the cost
/// of one look into a table for each byte.
#[derive(Default)]
struct Values<'r> {
    by_start: HashMap<[u8; MIN_VALUE], Vec<&'r str>>,
    /// Which first bytes occur.
    first: Vec<u8>,
    longest: usize,
}

impl<'r> Values<'r> {
    fn add(&mut self, text: &'r str) {
        self.add_one(text.trim());
        if text.contains('\n') {
            for line in text.lines().map(str::trim) {
                if line.len() >= MIN_LINE {
                    self.add_one(line);
                }
            }
        }
    }

    fn add_one(&mut self, value: &'r str) {
        let Some(start) = value.as_bytes().first_chunk() else {
            return;
        };
        let same = self.by_start.entry(*start).or_default();
        if same.contains(&value) {
            return;
        }
        same.push(value);
        self.longest = self.longest.max(value.len());
        let [first, ..] = *start;
        if !self.first.contains(&first) {
            self.first.push(first);
        }
    }

    /// Where values stand in a text, sorted, disjoint.
    fn find(&self, text: &str) -> Vec<Span> {
        let mut found = Vec::new();
        let bytes = text.as_bytes();
        for (at, byte) in bytes.iter().enumerate() {
            if !self.first.contains(byte) {
                continue;
            }
            let rest = bytes.get(at..).unwrap_or_default();
            let Some(start) = rest.first_chunk() else {
                break;
            };
            for value in self.by_start.get(start).into_iter().flatten() {
                let same = common_start(rest, value.as_bytes());
                // A message may quote a long value up to some length only.
                if same == value.len() || same >= MIN_PART {
                    found.push(Span::of(at..text.floor_char_boundary(at + same)));
                }
            }
        }
        merge(&mut found);
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::sample;

    const KEY: &str = "sk-ant-api03-0123456789abcdefé";

    fn with_key(text: &str) -> (Report, std::sync::Arc<SourceFile>) {
        let file = SourceFile::new("a.yml", text);
        let at = text.find(KEY).unwrap();
        let mut report = sample::empty();
        let span = Span::of(at..at + KEY.len());
        report.secrets.push(Location::new(&file, span));
        (report, file)
    }

    #[test]
    fn a_key_becomes_one_dot_for_each_character() {
        let (report, file) = with_key(&format!("k: {KEY} # end\n"));
        let mask = Mask::new(&report);
        let shown = mask.source(&file, Span::of(0..file.text().len()));
        assert_eq!(shown, format!("k: {} # end\n", "•".repeat(30)));
    }

    #[test]
    fn a_part_of_a_key_is_masked_too() {
        let (report, file) = with_key(&format!("k: {KEY}"));
        let mask = Mask::new(&report);
        assert_eq!(mask.excerpt(&file, Span::new(5, 11), &[]).text, "••••••");
    }

    #[test]
    fn a_value_is_found_in_other_text_and_other_files() {
        let (report, _) = with_key(&format!("k: {KEY}"));
        let mask = Mask::new(&report);
        assert!(!mask.line(&format!("the key {KEY}!")).contains("sk-ant"));
        let other = SourceFile::new("b.yml", format!("x {KEY}"));
        assert!(!mask.source(&other, Span::new(4, 12)).contains("ant"));
    }

    #[test]
    fn the_start_of_a_key_that_is_cut_off_is_masked() {
        let (report, _) = with_key(&format!("k: {KEY}"));
        let mask = Mask::new(&report);
        let shown = mask.line(&format!("there is no profile `{}…`", &KEY[..20]));
        assert!(shown.ends_with("`••••••••••••••••••••…`"), "{shown}");
        // What a redacted form shows stays.
        let redacted = format!("`{}…`", &KEY[..8]);
        assert_eq!(mask.line(&redacted), redacted);
    }

    #[test]
    fn overlapping_values_leave_nothing_between() {
        let file = SourceFile::new("a", "aaaabbbbcccc");
        let mut report = sample::empty();
        report.secrets.push(Location::new(&file, Span::new(0, 8)));
        report.secrets.push(Location::new(&file, Span::new(4, 12)));
        assert_eq!(Mask::new(&report).text("<aaaabbbbcccc>"), "<••••••••••••>");
    }

    #[test]
    fn each_line_of_a_key_block_is_a_value() {
        let file = SourceFile::new(
            "a",
            "BEGIN\n  MIIEvQIBADANBgkqhkiG\n  9w0BAQEFAASCBKcw\nEND",
        );
        let mut report = sample::empty();
        let all = Span::of(0..file.text().len());
        report.secrets.push(Location::new(&file, all));
        let mask = Mask::new(&report);
        assert_eq!(mask.text("x9w0BAQEFAASCBKcwx").matches('•').count(), 16);
    }

    #[test]
    fn an_excerpt_keeps_track_of_offsets() {
        let (report, _) = with_key(KEY);
        let mask = Mask::new(&report);
        let file = SourceFile::new("b", "a\t\u{202e}bc");
        let excerpt = mask.excerpt(&file, Span::new(0, 7), &[0, 1, 2, 5, 7]);
        assert_eq!(excerpt.text, "a    \\u{202e}bc");
        assert_eq!(excerpt.offsets, [0, 1, 5, 13, 15]);
    }
}
