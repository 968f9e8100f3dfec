//! Makes every character visible: text of strangers must not move the cursor, reorder a line, hide in it, or
//! be taken for a command by the runner that reads our log.
//!
//! It never quotes for a format; that is each renderer's own affair.

use std::borrow::Cow;

/// Whether a character has no look of its own: controls, line and paragraph separators, bidirectional
/// controls, zero-width and other format characters, invisible fillers, and tags.
pub(crate) fn is_hidden(c: char) -> bool {
    if c.is_ascii() {
        return c.is_ascii_control();
    }
    matches!(c,
        '\u{80}'..='\u{9f}'
        | '\u{ad}'
        | '\u{34f}'
        | '\u{600}'..='\u{605}'
        | '\u{61c}'
        | '\u{6dd}'
        | '\u{70f}'
        | '\u{890}'..='\u{891}'
        | '\u{8e2}'
        | '\u{115f}'..='\u{1160}'
        | '\u{17b4}'..='\u{17b5}'
        | '\u{180b}'..='\u{180f}'
        | '\u{200b}'..='\u{200f}'
        | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}'
        | '\u{2800}'
        | '\u{3164}'
        // The last two of the block choose between the text and the colour form of an emoji.
        | '\u{fe00}'..='\u{fe0d}'
        | '\u{feff}'
        | '\u{ffa0}'
        | '\u{fff0}'..='\u{fffb}'
        | '\u{110bd}'
        | '\u{110cd}'
        | '\u{13430}'..='\u{1343f}'
        | '\u{1bca0}'..='\u{1bca3}'
        | '\u{1d173}'..='\u{1d17a}'
        | '\u{e0000}'..='\u{e0fff}')
}

/// Writes characters one after the other, each visible.
#[derive(Default)]
pub(crate) struct Visible {
    text: String,
    /// The last two characters that were pushed.
    last: [Option<char>; 2],
}

impl Visible {
    /// What was written, taken out.
    pub(crate) fn into_text(self) -> String {
        self.text
    }

    /// Length in bytes of what was written.
    pub(crate) fn len(&self) -> usize {
        self.text.len()
    }

    /// Adds a character as it can be seen.
    pub(crate) fn push(&mut self, c: char) {
        // The runner executes a line that starts with `::name` after blanks, or that holds `##[name`. A
        // renderer may break a line anywhere, so that every word is taken for the start of one.
        match (self.last, c) {
            ([Some('#'), Some('#')], '[') => self.text.push_str("\\["),
            ([before, Some(':')], ':') if before.is_none_or(char::is_whitespace) => {
                self.text.push_str("\\:");
            }
            (_, '\n') => self.text.push_str("\\n"),
            (_, '\r') => self.text.push_str("\\r"),
            (_, '\t') => self.text.push_str("\\t"),
            (_, c) if is_hidden(c) => self.text.extend(c.escape_unicode()),
            (_, c) => self.text.push(c),
        }
        self.last = [self.last[1], Some(c)];
    }

    /// Adds text of our own as it is.
    pub(crate) fn push_plain(&mut self, text: &str) {
        self.text.push_str(text);
        self.last = [None, text.chars().next_back()];
    }
}

/// A text as one line of visible characters.
pub(crate) fn one_line(text: &str) -> Cow<'_, str> {
    let plain = text
        .bytes()
        .all(|byte| byte.is_ascii_graphic() && byte != b':' && byte != b'[' || byte == b' ');
    if plain {
        return Cow::Borrowed(text);
    }
    let mut visible = Visible::default();
    for c in text.chars() {
        visible.push(c);
    }
    Cow::Owned(visible.into_text())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn controls_and_format_characters_are_spelt_out() {
        assert_eq!(one_line("a\u{1b}[31m\nb"), "a\\u{1b}[31m\\nb");
        assert_eq!(one_line("a\u{202e}b\u{200b}c"), "a\\u{202e}b\\u{200b}c");
        assert_eq!(one_line("\u{e0041}"), "\\u{e0041}");
        assert_eq!(one_line("\u{85}\u{2028}"), "\\u{85}\\u{2028}");
    }

    #[test]
    fn what_can_be_seen_stays() {
        assert_eq!(
            one_line("naïve – 日本 “x” a::b [c] 🙂"),
            "naïve – 日本 “x” a::b [c] 🙂"
        );
    }

    #[test]
    fn no_word_can_start_a_workflow_command() {
        assert_eq!(one_line("::error::x"), ":\\:error::x");
        assert_eq!(one_line("a ::error::x"), "a :\\:error::x");
        assert_eq!(one_line(":::x"), ":\\::x");
        assert_eq!(one_line("a##[error]x"), "a##\\[error]x");
        assert_eq!(one_line("###[error]x"), "###\\[error]x");
    }
}
