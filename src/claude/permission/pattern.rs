//! Texts with `*` in them, matched in one pass.

use memchr::memmem;

/// What a text has to look like: literal pieces with anything between them.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TextPattern {
    /// Pieces between the wildcards; one piece is an exact text.
    pieces: Vec<Box<str>>,
    /// Whether the last ` *` may be missing with the blank before it.
    tail: Tail,
}

/// What stands at the end of a pattern.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Tail {
    /// The text ends where the pattern ends.
    Fixed,
    /// Nothing more, or a blank and anything: a word boundary.
    Words,
}

impl TextPattern {
    /// One exact text.
    pub fn exact(text: &str) -> Self {
        Self {
            pieces: vec![text.into()],
            tail: Tail::Fixed,
        }
    }

    /// A text that begins with these words.
    pub fn prefix(text: &str) -> Self {
        Self {
            pieces: vec![text.into()],
            tail: Tail::Words,
        }
    }

    /// A text with unescaped `*` in it. ` *` at the end is the same as a prefix.
    pub fn wildcard(text: &str) -> Self {
        let mut pieces = vec![String::new()];
        let mut escaped = false;
        for character in text.chars() {
            match character {
                '\\' if !escaped => {
                    escaped = true;
                    continue;
                }
                '*' if !escaped => pieces.push(String::new()),
                _ => {
                    if let Some(last) = pieces.last_mut() {
                        if escaped && !matches!(character, '*' | '(' | ')' | '\\') {
                            last.push('\\');
                        }
                        last.push(character);
                    }
                }
            }
            escaped = false;
        }
        let mut tail = Tail::Fixed;
        if pieces.len() > 1
            && pieces.last().is_some_and(String::is_empty)
            && let Some(before) = pieces
                .len()
                .checked_sub(2)
                .and_then(|at| pieces.get_mut(at))
            && before.ends_with(' ')
        {
            before.pop();
            pieces.pop();
            tail = Tail::Words;
        }
        Self {
            pieces: pieces.into_iter().map(String::into_boxed_str).collect(),
            tail,
        }
    }

    /// Whether a text fits. Each piece is looked for once, from left to right.
    pub fn matches(&self, text: &str) -> bool {
        let Some((first, rest)) = self.pieces.split_first() else {
            return false;
        };
        let Some(mut left) = text.strip_prefix(first.as_ref()) else {
            return false;
        };
        let Some((last, middle)) = rest.split_last() else {
            return match self.tail {
                Tail::Fixed => left.is_empty(),
                Tail::Words => left.is_empty() || left.starts_with(' '),
            };
        };
        for piece in middle {
            match memmem::find(left.as_bytes(), piece.as_bytes()) {
                Some(at) => left = left.get(at + piece.len()..).unwrap_or_default(),
                None => return false,
            }
        }
        match self.tail {
            Tail::Fixed => left.ends_with(last.as_ref()),
            Tail::Words => {
                left.ends_with(last.as_ref())
                    || memmem::find(left.as_bytes(), format!("{last} ").as_bytes()).is_some()
            }
        }
    }

    /// A text that stands for all that fit: each wildcard is the stand-in.
    pub fn samples(&self, stand_in: &str) -> Vec<String> {
        let joined = self.pieces.join(stand_in);
        match self.tail {
            Tail::Fixed => vec![joined],
            Tail::Words => vec![format!("{joined} {stand_in}"), joined],
        }
    }

    /// The literal text before the first wildcard.
    pub fn head(&self) -> &str {
        self.pieces.first().map_or("", AsRef::as_ref)
    }

    /// Whether nothing but the head is fixed.
    pub fn is_prefix(&self) -> bool {
        self.pieces.len() == 1 && self.tail == Tail::Words
    }

    /// Whether it is one exact text.
    pub fn is_exact(&self) -> bool {
        self.pieces.len() == 1 && self.tail == Tail::Fixed
    }
}

/// Whether one part of a path or of a host name fits a pattern with `*` and `?`, neither of which leaves the part.
pub(super) fn part_matches(pattern: &str, text: &str) -> bool {
    if !pattern.contains('?') {
        return TextPattern::parts(pattern).matches(text);
    }
    // `?` is rare, and parts of paths are short: the last star takes one character more at each mismatch.
    let (pattern, text): (Vec<char>, Vec<char>) =
        (pattern.chars().collect(), text.chars().collect());
    let (mut p, mut t) = (0, 0);
    let mut star = None;
    while let Some(character) = text.get(t) {
        match pattern.get(p) {
            Some('*') => {
                star = Some((p, t));
                p += 1;
            }
            Some(wanted) if *wanted == '?' || wanted == character => {
                p += 1;
                t += 1;
            }
            _ => {
                let Some((at, from)) = star else { return false };
                star = Some((at, from + 1));
                p = at + 1;
                t = from + 1;
            }
        }
    }
    pattern.iter().skip(p).all(|rest| *rest == '*')
}

impl TextPattern {
    /// `*` anywhere, nothing else is special.
    fn parts(pattern: &str) -> Self {
        Self {
            pieces: pattern.split('*').map(Into::into).collect(),
            tail: Tail::Fixed,
        }
    }
}
