//! Words of Python and JavaScript: identifiers, numbers, texts and signs, without comments. No grammar: what the hook
//! rules ask can be seen from a few words in a row.

use std::ops::Range;

/// Whose words they are.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Language {
    Python,
    JavaScript,
}

/// What a word is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Kind {
    Name,
    Number,
    /// A string; the range is what stands between the quotes.
    Text,
    Sign,
}

/// One word.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Token {
    pub(super) kind: Kind,
    pub(super) range: Range<usize>,
}

/// Words of a text, with the text.
pub(super) struct Tokens<'t> {
    pub(super) text: &'t str,
    pub(super) list: Vec<Token>,
}

/// Words that one text may have; a longer one is cut.
const MAX_TOKENS: usize = 400_000;

impl<'t> Tokens<'t> {
    pub(super) fn read(text: &'t str, language: Language) -> Self {
        let mut reader = Reader {
            text,
            bytes: text.as_bytes(),
            at: 0,
            end: text.len(),
            language,
            list: Vec::new(),
            braces: Vec::new(),
        };
        reader.run();
        Self {
            text,
            list: reader.list,
        }
    }

    pub(super) fn get(&self, index: usize) -> &'t str {
        self.list
            .get(index)
            .and_then(|token| self.text.get(token.range.clone()))
            .unwrap_or_default()
    }

    pub(super) fn kind(&self, index: usize) -> Option<Kind> {
        self.list.get(index).map(|token| token.kind)
    }

    /// Whether a name or a sign stands there.
    pub(super) fn is(&self, index: usize, what: &str) -> bool {
        self.kind(index).is_some_and(|kind| kind != Kind::Text) && self.get(index) == what
    }

    /// Whether names and signs stand there in a row.
    pub(super) fn are(&self, index: usize, what: &[&str]) -> bool {
        what.iter()
            .enumerate()
            .all(|(offset, what)| self.is(index + offset, what))
    }

    /// The text that stands there.
    pub(super) fn string(&self, index: usize) -> Option<&'t str> {
        (self.kind(index) == Some(Kind::Text)).then(|| self.get(index))
    }

    /// The tokens between an opening bracket and the one that closes it.
    pub(super) fn inside(&self, open: usize) -> Range<usize> {
        let mut depth = 0_usize;
        for index in open..self.list.len() {
            if self.kind(index) != Some(Kind::Sign) {
                continue;
            }
            match self.get(index) {
                "(" | "[" | "{" => depth += 1,
                ")" | "]" | "}" => {
                    depth = depth.saturating_sub(1);
                    if depth == 0 {
                        return open + 1..index;
                    }
                }
                _ => {}
            }
            // A call that is never closed would make every call as long as the rest of the text.
            if index - open > 4096 {
                break;
            }
        }
        open + 1..(open + 4096).min(self.list.len())
    }
}

struct Reader<'t> {
    text: &'t str,
    bytes: &'t [u8],
    at: usize,
    end: usize,
    language: Language,
    list: Vec<Token>,
    /// Open braces inside the holes of template literals.
    braces: Vec<u32>,
}

impl Reader<'_> {
    fn byte(&self, at: usize) -> Option<u8> {
        if at < self.end {
            self.bytes.get(at).copied()
        } else {
            None
        }
    }

    fn run(&mut self) {
        while let Some(byte) = self.byte(self.at) {
            if self.list.len() >= MAX_TOKENS {
                return;
            }
            let python = self.language == Language::Python;
            match byte {
                b'#' if python => self.skip_line(),
                b'/' if !python && self.byte(self.at + 1) == Some(b'/') => self.skip_line(),
                b'/' if !python && self.byte(self.at + 1) == Some(b'*') => self.skip_block(),
                b'/' if !python && self.starts_pattern() => self.pattern(),
                b'"' | b'\'' => self.quoted(byte),
                b'`' if !python => self.template(self.at + 1),
                b'0'..=b'9' => self.word(Kind::Number),
                b'_' | b'$' | b'a'..=b'z' | b'A'..=b'Z' | 0x80.. => self.word(Kind::Name),
                b'}' if self.braces.last() == Some(&0) => {
                    self.braces.pop();
                    self.template(self.at + 1);
                }
                byte if byte.is_ascii_whitespace() => self.at += 1,
                _ => {
                    match (byte, self.braces.last_mut()) {
                        (b'{', Some(open)) => *open += 1,
                        (b'}', Some(open)) => *open = open.saturating_sub(1),
                        _ => {}
                    }
                    self.push(Kind::Sign, self.at..self.at + 1);
                    self.at += 1;
                }
            }
        }
    }

    fn push(&mut self, kind: Kind, range: Range<usize>) {
        self.list.push(Token { kind, range });
    }

    fn skip_line(&mut self) {
        let rest = self.bytes.get(self.at..self.end).unwrap_or_default();
        self.at += memchr::memchr(b'\n', rest).unwrap_or(rest.len());
    }

    fn skip_block(&mut self) {
        let rest = self.text.get(self.at + 2..self.end).unwrap_or_default();
        self.at = rest
            .find("*/")
            .map_or(self.end, |found| self.at + 2 + found + 2);
    }

    fn word(&mut self, kind: Kind) {
        let start = self.at;
        while let Some(byte) = self.byte(self.at)
            && (byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'$' | 0x80..))
        {
            self.at += 1;
        }
        let is_prefix = self.language == Language::Python
            && self.at - start <= 2
            && matches!(self.byte(self.at), Some(b'"' | b'\''))
            && self
                .bytes
                .get(start..self.at)
                .is_some_and(|word| word.iter().all(|byte| b"rbfuRBFU".contains(byte)));
        if is_prefix {
            return;
        }
        self.push(kind, start..self.at);
    }

    fn quoted(&mut self, quote: u8) {
        let python = self.language == Language::Python;
        let triple = python
            && self.byte(self.at + 1) == Some(quote)
            && self.byte(self.at + 2) == Some(quote);
        let start = self.at + if triple { 3 } else { 1 };
        let mut at = start;
        while let Some(byte) = self.byte(at) {
            if byte == b'\\' {
                at += 2;
                continue;
            }
            let closes = byte == quote
                && (!triple
                    || (self.byte(at + 1) == Some(quote) && self.byte(at + 2) == Some(quote)));
            if closes || (byte == b'\n' && !triple) {
                break;
            }
            at += 1;
        }
        let at = at.min(self.end);
        self.push(Kind::Text, start..at);
        self.at = (at + if triple { 3 } else { 1 }).min(self.end.max(at));
        if self.at > self.end {
            self.at = self.end;
        }
        // Names in the holes of an f-string are words of the program.
        let is_f = python
            && self
                .bytes
                .get(start.saturating_sub(if triple { 5 } else { 3 })..start)
                .is_some_and(|before| before.iter().any(|byte| matches!(byte, b'f' | b'F')));
        if is_f {
            self.holes(start..at);
        }
    }

    /// Words in the `{…}` of an f-string.
    fn holes(&mut self, range: Range<usize>) {
        let mut at = range.start;
        while let Some(open) = self.text.get(at..range.end).and_then(|rest| rest.find('{')) {
            let from = at + open + 1;
            let Some(close) = self
                .text
                .get(from..range.end)
                .and_then(|rest| rest.find('}'))
            else {
                return;
            };
            let mut inner = Reader {
                text: self.text,
                bytes: self.bytes,
                at: from,
                end: from + close,
                language: Language::Python,
                list: Vec::new(),
                braces: Vec::new(),
            };
            inner.plain();
            self.list.append(&mut inner.list);
            at = from + close + 1;
        }
    }

    /// Words without f-strings, so that reading never recurses.
    fn plain(&mut self) {
        while let Some(byte) = self.byte(self.at) {
            match byte {
                b'"' | b'\'' => {
                    let start = self.at + 1;
                    let rest = self.bytes.get(start..self.end).unwrap_or_default();
                    let length = memchr::memchr(byte, rest).unwrap_or(rest.len());
                    self.push(Kind::Text, start..start + length);
                    self.at = (start + length + 1).min(self.end);
                }
                b'_' | b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | 0x80.. => self.word(Kind::Name),
                byte if byte.is_ascii_whitespace() => self.at += 1,
                _ => {
                    self.push(Kind::Sign, self.at..self.at + 1);
                    self.at += 1;
                }
            }
        }
    }

    /// A template literal up to its end or its next hole.
    fn template(&mut self, start: usize) {
        let mut at = start;
        while let Some(byte) = self.byte(at) {
            match byte {
                b'\\' => at += 2,
                b'`' => break,
                b'$' if self.byte(at + 1) == Some(b'{') => {
                    self.push(Kind::Text, start..at);
                    self.braces.push(0);
                    self.at = at + 2;
                    return;
                }
                _ => at += 1,
            }
        }
        let at = at.min(self.end);
        self.push(Kind::Text, start..at);
        self.at = (at + 1).min(self.end.max(at));
    }

    /// Whether a slash starts a regular expression: nothing stands before it that could be divided.
    fn starts_pattern(&self) -> bool {
        match self.list.last() {
            None => true,
            Some(token) => {
                let text = self.text.get(token.range.clone()).unwrap_or_default();
                match token.kind {
                    Kind::Sign => !matches!(text, ")" | "]" | "}"),
                    Kind::Name => matches!(text, "return" | "typeof" | "case" | "in" | "of"),
                    Kind::Number | Kind::Text => false,
                }
            }
        }
    }

    fn pattern(&mut self) {
        let mut at = self.at + 1;
        let mut in_class = false;
        while let Some(byte) = self.byte(at) {
            match byte {
                b'\\' => at += 1,
                b'[' => in_class = true,
                b']' => in_class = false,
                b'/' if !in_class => {
                    self.at = at + 1;
                    return;
                }
                b'\n' => break,
                _ => {}
            }
            at += 1;
        }
        // No end on this line: it was a division after all.
        self.push(Kind::Sign, self.at..self.at + 1);
        self.at += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn words(text: &str, language: Language) -> Vec<String> {
        let tokens = Tokens::read(text, language);
        (0..tokens.list.len())
            .map(|index| tokens.get(index).to_owned())
            .collect()
    }

    #[test]
    fn comments_are_no_words_and_strings_are_one() {
        assert_eq!(
            words("a = r'x#y' # c\nb", Language::Python),
            ["a", "=", "x#y", "b"]
        );
        assert_eq!(
            words("a('x//y') // c\n/* d */ b", Language::JavaScript),
            ["a", "(", "x//y", ")", "b"]
        );
    }

    #[test]
    fn words_in_holes_of_templates_are_found() {
        let python = words("print(f'{environ[\"TOOL_NAME\"]}')", Language::Python);
        assert!(python.contains(&"environ".to_owned()) && python.contains(&"TOOL_NAME".to_owned()));
        let script = words(
            "log(`a ${process.env.X} b ${ {} } c`)",
            Language::JavaScript,
        );
        assert!(script.contains(&"env".to_owned()));
        assert_eq!(script.last().unwrap(), ")");
    }

    proptest! {
        #[test]
        fn any_text_is_read_to_its_end(text in ".{0,200}") {
            for language in [Language::Python, Language::JavaScript] {
                let tokens = Tokens::read(&text, language);
                for index in 0..tokens.list.len() {
                    tokens.get(index);
                }
            }
        }

        #[test]
        fn any_nest_of_quotes_is_read(text in "[fr'\"`{}$\\\\/\n a*#]{0,60}") {
            for language in [Language::Python, Language::JavaScript] {
                prop_assert!(Tokens::read(&text, language).list.len() <= text.len() * 2);
            }
        }
    }
}
