//! Scalars on one line or folded over several: plain, in single and in double quotes.

use super::super::Style;
use super::dice::Dice;
use super::expected::Scalar;
use super::sketch::{Text, Wish};
use super::writer::{Dialect, Writer};

/// Where a scalar stands.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Setting {
    /// The file is this scalar.
    Root,
    Block,
    BlockKey,
    Flow,
    FlowKey,
}

/// Whether a scalar may be folded, and how deep its other lines are.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Lines {
    One,
    Many(usize),
}

/// The style of the wish, or the next one that can hold the value at this place.
pub(super) fn style_for(text: &Text, setting: Setting, dialect: Dialect) -> Style {
    let value = text.value.as_str();
    let is_key = matches!(setting, Setting::BlockKey | Setting::FlowKey);
    let verbatim = value.chars().all(|c| is_printable(c, dialect));
    let folds = (!is_key || !value.contains('\n')) && folds(value);
    match text.wish {
        Wish::Literal if setting == Setting::Block && verbatim => Style::Literal,
        Wish::Folded if setting == Setting::Block && verbatim => Style::Folded,
        Wish::Plain | Wish::Literal if verbatim && folds && is_plain(value, setting) => {
            Style::Plain
        }
        Wish::Plain | Wish::Single if verbatim && folds => Style::SingleQuoted,
        _ => Style::DoubleQuoted,
    }
}

impl Writer {
    /// Writes a scalar that is not a block scalar.
    pub(super) fn token(
        &mut self,
        text: &Text,
        style: Style,
        lines: Lines,
        dice: &mut Dice,
    ) -> Scalar {
        let start = self.text.len();
        let mut scalar = Scalar {
            value: text.value.clone(),
            style: Some(style),
            ..Scalar::default()
        };
        let quote = match style {
            Style::SingleQuoted => "'",
            Style::DoubleQuoted => "\"",
            _ => "",
        };
        self.text.push_str(quote);
        let chars: Vec<(usize, char)> = text.value.char_indices().collect();
        let mut index = 0;
        while let Some(&(at, c)) = chars.get(index) {
            let mut behind_break = false;
            if let Lines::Many(indent) = lines {
                let taken = self.fold(&chars, index, style, indent, dice);
                if taken > 0 {
                    index += taken;
                    continue;
                }
                if style == Style::DoubleQuoted && dice.unusual(16) {
                    self.text.push('\\');
                    self.text.push_str(self.line_break);
                    self.spaces(indent + dice.roll(3));
                    behind_break = true;
                }
            }
            let value = at..at + c.len_utf8();
            if style == Style::DoubleQuoted {
                let needed = matches!(c, '"' | '\\' | '\n')
                    || !is_printable(c, self.dialect)
                    || (behind_break && is_blank(c));
                if needed || dice.unusual(12) {
                    let escape = escape(c, self.dialect, dice);
                    self.piece(&mut scalar, &escape, value);
                    index += 1;
                    continue;
                }
            }
            match c {
                '\'' if style == Style::SingleQuoted => self.piece(&mut scalar, "''", value),
                ' ' | '\t' => self.text.push(c),
                _ => self.piece(&mut scalar, c.encode_utf8(&mut [0; 4]), value),
            }
            index += 1;
        }
        self.text.push_str(quote);
        scalar.written = start..self.text.len();
        scalar
    }

    /// Writes a line break for the white space at `index`, if that is possible; answers how many characters it
    /// stands for.
    fn fold(
        &mut self,
        chars: &[(usize, char)],
        index: usize,
        style: Style,
        indent: usize,
        dice: &mut Dice,
    ) -> usize {
        let c = chars[index].1;
        let run = chars[index..]
            .iter()
            .take_while(|(_, c)| *c == '\n')
            .count();
        let before = index.checked_sub(1).map(|index| chars[index].1);
        let after = chars.get(index + run.max(1)).map(|(_, c)| *c);
        if before.is_some_and(is_blank) || after.is_some_and(is_blank) {
            return 0;
        }
        let (breaks, taken) = match c {
            '\n' if style != Style::DoubleQuoted || dice.unusual(2) => (run + 1, run),
            ' ' if before.is_some_and(|c| c != '\n')
                && after.is_some_and(|c| c != '\n')
                && dice.unusual(4) =>
            {
                (1, 1)
            }
            _ => return 0,
        };
        if dice.unusual(6) {
            self.text.push(' ');
        }
        for left in (0..breaks).rev() {
            self.text.push_str(self.line_break);
            if left > 0 && dice.unusual(4) {
                self.spaces(dice.roll(indent + 1));
            }
        }
        self.spaces(indent + dice.roll(3));
        taken
    }
}

/// What any style but double quotes can hold.
fn is_printable(c: char, dialect: Dialect) -> bool {
    match c {
        '\t' | '\n' => true,
        '\u{feff}' => false,
        '\u{85}' | '\u{2028}' | '\u{2029}' => dialect == Dialect::Full,
        _ => !c.is_control(),
    }
}

pub(super) fn is_blank(c: char) -> bool {
    matches!(c, ' ' | '\t')
}

/// Whether folding can hold the value's line breaks: none may touch a blank.
fn folds(value: &str) -> bool {
    !["\n ", "\n\t", " \n", "\t\n"]
        .iter()
        .any(|pair| value.contains(pair))
}

fn is_plain(value: &str, setting: Setting) -> bool {
    let mut chars = value.chars();
    let (Some(first), second) = (chars.next(), chars.next()) else {
        return false;
    };
    let starts = match first {
        '-' => {
            second.is_some_and(char::is_alphanumeric)
                || (value.starts_with("--") && !value.starts_with("---"))
        }
        '?' | ':' | ',' | '[' | ']' | '{' | '}' | '#' | '&' | '*' | '!' | '|' | '>' | '\''
        | '"' | '%' | '@' | '`' => false,
        _ => !first.is_whitespace() && !value.starts_with("..."),
    };
    let in_flow = matches!(setting, Setting::Flow | Setting::FlowKey);
    let holds = |text: &str| value.contains(text);
    let broken = [": ", ":\t", ":\n", " #", "\t#", "\n#"]
        .into_iter()
        .any(holds);
    let flow_broken = in_flow && value.contains([',', '[', ']', '{', '}']);
    starts && !broken && !flow_broken && !value.ends_with([':', ' ', '\t', '\n'])
}

/// One of the escapes of a character.
fn escape(c: char, dialect: Dialect, dice: &mut Dice) -> String {
    let code = u32::from(c);
    let short = match c {
        '\0' => Some('0'),
        '\u{7}' => Some('a'),
        '\u{8}' => Some('b'),
        '\t' => Some('t'),
        '\n' => Some('n'),
        '\u{b}' => Some('v'),
        '\u{c}' => Some('f'),
        '\r' => Some('r'),
        '\u{1b}' => Some('e'),
        '\u{85}' => Some('N'),
        '\u{a0}' => Some('_'),
        '\u{2028}' => Some('L'),
        '\u{2029}' => Some('P'),
        ' ' | '"' | '/' | '\\' => Some(c),
        _ => None,
    };
    let mut forms: Vec<String> = short.map(|c| format!("\\{c}")).into_iter().collect();
    if code < 0x100 {
        forms.push(format!("\\x{code:02x}"));
    }
    if code < 0x10000 {
        forms.push(format!("\\u{code:04X}"));
    }
    forms.push(format!("\\U{code:08x}"));
    if code > 0xFFFF && dialect == Dialect::Full {
        forms.push(
            c.encode_utf16(&mut [0; 2])
                .iter()
                .map(|unit| format!("\\u{unit:04x}"))
                .collect(),
        );
    }
    forms.swap_remove(dice.roll(forms.len()))
}
