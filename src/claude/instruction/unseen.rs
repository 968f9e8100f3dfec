//! Characters that nobody sees, and words that look like others.

use super::MAX_PLACES;
use crate::source::Span;

/// Characters that nobody sees, in a row.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Hidden {
    /// Where.
    pub span: Span,
    /// The first of them.
    pub first: char,
    /// How many.
    pub count: usize,
    /// What they are.
    pub kind: HiddenKind,
}

/// What invisible characters do.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum HiddenKind {
    /// They change the order in which the text is shown.
    Direction,
    /// They have no width.
    ZeroWidth,
    /// They spell text in invisible letters.
    Tag,
}

/// Finds invisible characters. Joiners between emoji, marks in right-to-left or Indic prose, and a byte-order mark at
/// the start are what they should be.
pub fn hidden(text: &str) -> Vec<Hidden> {
    let mut found: Vec<Hidden> = Vec::new();
    if text.is_ascii() {
        return found;
    }
    let mut before: Option<char> = None;
    let mut in_flag = false;
    let mut chars = text.char_indices().peekable();
    let mut line_start = 0;
    // Whether the line at hand holds letters that are written from right to left; computed once a line.
    let mut line_is_rtl: Option<bool> = None;
    while let Some((at, c)) = chars.next() {
        if c == '\n' {
            line_start = at + 1;
            line_is_rtl = None;
        }
        in_flag = c == '\u{1F3F4}' || (in_flag && matches!(c, '\u{E0020}'..='\u{E007F}'));
        let kind = match c {
            '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' => Some(HiddenKind::Direction),
            '\u{200B}'..='\u{200F}'
            | '\u{2060}'..='\u{2064}'
            | '\u{FEFF}'
            | '\u{180E}'
            | '\u{115F}'
            | '\u{3164}' => Some(HiddenKind::ZeroWidth),
            '\u{E0000}'..='\u{E007F}' | '\u{E0100}'..='\u{E01EF}' => Some(HiddenKind::Tag),
            _ => None,
        };
        let Some(kind) = kind else {
            before = Some(c);
            continue;
        };
        let after = chars.peek().map(|(_, next)| *next);
        let expected = match c {
            '\u{FEFF}' => at == 0,
            '\u{200D}' => {
                let between_emoji = before.is_some_and(is_emoji) && after.is_some_and(is_emoji);
                between_emoji || before.is_some_and(joins)
            }
            '\u{200C}' => before.is_some_and(joins),
            '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202C}' | '\u{2066}'..='\u{2069}' => {
                *line_is_rtl.get_or_insert_with(|| {
                    let rest = text.get(line_start..).unwrap_or_default();
                    rest.split('\n')
                        .next()
                        .unwrap_or_default()
                        .chars()
                        .any(is_rtl)
                })
            }
            '\u{E0020}'..='\u{E007F}' => in_flag,
            // Selects the shape of an ideograph.
            '\u{E0100}'..='\u{E01EF}' => before
                .is_some_and(|c| matches!(c, '\u{3400}'..='\u{9FFF}' | '\u{20000}'..='\u{3FFFF}')),
            _ => false,
        };
        if expected {
            before = Some(c);
            continue;
        }
        let end = at + c.len_utf8();
        match found.last_mut() {
            Some(last) if last.span.end as usize == at => {
                last.span.end = crate::source::saturate(end);
                last.count += 1;
            }
            _ => {
                if found.len() >= MAX_PLACES {
                    return found;
                }
                found.push(Hidden {
                    span: Span::of(at..end),
                    first: c,
                    count: 1,
                    kind,
                });
            }
        }
        before = Some(c);
    }
    found
}

fn is_emoji(c: char) -> bool {
    matches!(c, '\u{1F000}'..='\u{1FAFF}' | '\u{2190}'..='\u{2BFF}' | '\u{FE0F}' | '\u{E0020}'..='\u{E007F}' | '\u{A9}' | '\u{AE}' | '\u{2122}')
}

fn is_rtl(c: char) -> bool {
    matches!(c, '\u{0590}'..='\u{08FF}' | '\u{FB1D}'..='\u{FDFF}' | '\u{FE70}'..='\u{FEFC}')
}

/// Letters of scripts that use joiners: Arabic and its kin, Indic scripts, Mongolian.
fn joins(c: char) -> bool {
    matches!(c, '\u{0600}'..='\u{08FF}' | '\u{0900}'..='\u{0DFF}' | '\u{1800}'..='\u{18AF}' | '\u{FB50}'..='\u{FDFF}' | '\u{FE70}'..='\u{FEFC}' | '\u{0F00}'..='\u{109F}' | '\u{1780}'..='\u{17FF}')
}

/// A word of code that holds letters of another script which look like Latin ones.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Confusable {
    /// The word.
    pub span: Span,
    /// What it looks like.
    pub looks_like: String,
}

/// Finds such words in a text of commands.
pub fn confusables(text: &str) -> Vec<Confusable> {
    let mut found = Vec::new();
    if text.is_ascii() {
        return found;
    }
    let is_word = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.');
    let mut start = None;
    let ends = text
        .char_indices()
        .chain(std::iter::once((text.len(), ' ')));
    for (at, c) in ends {
        match (start, is_word(c)) {
            (None, true) => start = Some(at),
            (Some(from), false) => {
                start = None;
                let word = text.get(from..at).unwrap_or_default();
                if let Some(looks_like) = disguise(word)
                    && found.len() < MAX_PLACES
                {
                    found.push(Confusable {
                        span: Span::of(from..at),
                        looks_like,
                    });
                }
            }
            _ => {}
        }
    }
    found
}

/// The Latin word that a mixed word looks like.
fn disguise(word: &str) -> Option<String> {
    if word.is_ascii() || word.len() > 80 || !word.bytes().any(|byte| byte.is_ascii_alphabetic()) {
        return None;
    }
    word.chars()
        .map(|c| if c.is_ascii() { Some(c) } else { latin(c) })
        .collect()
}

/// The Latin letter that a Cyrillic, Greek or full-width letter cannot be told from.
fn latin(c: char) -> Option<char> {
    if let Some(offset) = (c as u32).checked_sub(0xFF01)
        && offset < 0x5E
    {
        return char::from_u32(offset + 0x21);
    }
    /// Source: confusables of Unicode TR39, those that fonts draw alike.
    const ALIKE: &[(&str, char)] = &[
        ("а", 'a'),
        ("е", 'e'),
        ("о", 'o'),
        ("р", 'p'),
        ("с", 'c'),
        ("у", 'y'),
        ("х", 'x'),
        ("ѕ", 's'),
        ("і", 'i'),
        ("ј", 'j'),
        ("ԁ", 'd'),
        ("һ", 'h'),
        ("ԛ", 'q'),
        ("ԝ", 'w'),
        ("ո", 'n'),
        ("ʟ", 'L'),
        ("ɡ", 'g'),
        ("ο", 'o'),
        ("ν", 'v'),
        ("А", 'A'),
        ("В", 'B'),
        ("Е", 'E'),
        ("К", 'K'),
        ("М", 'M'),
        ("Н", 'H'),
        ("О", 'O'),
        ("Р", 'P'),
        ("С", 'C'),
        ("Т", 'T'),
        ("Х", 'X'),
        ("І", 'I'),
        ("Ѕ", 'S'),
        ("Α", 'A'),
        ("Β", 'B'),
        ("Ε", 'E'),
        ("Η", 'H'),
        ("Ι", 'I'),
        ("Κ", 'K'),
        ("Μ", 'M'),
        ("Ν", 'N'),
        ("Ο", 'O'),
        ("Ρ", 'P'),
        ("Τ", 'T'),
        ("Χ", 'X'),
        ("Υ", 'Y'),
        ("ӏ", 'l'),
        ("ⅼ", 'l'),
        ("ⅽ", 'c'),
        ("ⅾ", 'd'),
        ("ⅿ", 'm'),
        ("ⅰ", 'i'),
        ("ⅴ", 'v'),
        ("ⅹ", 'x'),
    ];
    ALIKE
        .iter()
        .find(|(other, _)| other.starts_with(c))
        .map(|(_, latin)| *latin)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn invisible_characters_are_found_where_they_have_no_business() {
        for (text, expected) in [
            ("a\u{200B}b", 1),
            ("x\u{202E}y", 1),
            ("run\u{E0072}\u{E006D}", 1),
            ("\u{FEFF}# Title", 0),
            ("👩\u{200D}💻 works", 0),
            ("❤\u{FE0F}\u{200D}🔥", 0),
            (
                "🏴\u{E0067}\u{E0062}\u{E0065}\u{E006E}\u{E0067}\u{E007F}",
                0,
            ),
            ("می\u{200C}خواهم", 0),
            ("שלום \u{2067}abc\u{2069}", 0),
            ("abc \u{2067}def\u{2069}", 2),
            ("plain", 0),
            ("a\u{200D}b", 1),
        ] {
            assert_eq!(hidden(text).len(), expected, "{text:?}");
        }
        assert_eq!(hidden("a\u{200B}\u{200B}\u{200B}b")[0].count, 3);
    }

    #[test]
    fn words_of_two_scripts_are_disguises() {
        assert_eq!(confusables("run сurl x")[0].looks_like, "curl");
        assert!(confusables("скрипт запуск").is_empty());
        assert!(confusables("naïve café 5µs").is_empty());
    }

    proptest! {
        #[test]
        fn any_text_is_read(text in "[a\n\u{200b}\u{202e}\u{200d}с\u{e0041}👩 (),*]{0,80}") {
            for found in hidden(&text) {
                prop_assert!(found.span.end as usize <= text.len());
            }
            for found in confusables(&text) {
                prop_assert!(!found.span.slice(&text).is_ascii());
            }
        }
    }
}
