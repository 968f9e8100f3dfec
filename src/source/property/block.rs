//! Literal and folded block scalars.

use super::super::Style;
use super::dice::Dice;
use super::expected::Scalar;
use super::scalar::is_blank;
use super::sketch::Text;
use super::writer::Writer;

impl Writer {
    /// Writes the header and the lines of a block scalar under a node at `parent`.
    pub(super) fn block_scalar(
        &mut self,
        text: &Text,
        style: Style,
        parent: usize,
        dice: &mut Dice,
    ) -> Scalar {
        let value = text.value.as_str();
        let body = value.trim_end_matches('\n');
        let trailing = value.len() - body.len();
        let depth = 1 + dice.roll(4);
        let indent = parent + depth;
        let keep =
            trailing > 1 || (body.is_empty() && trailing > 0) || (trailing == 1 && dice.unusual(4));
        let chomping = match (keep, trailing) {
            (true, _) => "+",
            (false, 1) => "",
            (false, _) => "-",
        };
        // The first line with text tells the indentation; blanks at its start or on lines before it would be taken for it.
        let first = body.find(|c| c != '\n').unwrap_or_default();
        let indicator = if body[first..].starts_with(is_blank) || dice.unusual(8) {
            depth.to_string()
        } else {
            String::new()
        };
        self.text
            .push(if style == Style::Literal { '|' } else { '>' });
        self.text.push_str(&match dice.roll(2) {
            0 => indicator + chomping,
            _ => chomping.to_owned() + &indicator,
        });
        self.end_line(dice);

        let mut scalar = Scalar {
            value: value.to_owned(),
            style: Some(style),
            ..Scalar::default()
        };
        let mut at = 0;
        let mut previous = "";
        for (number, line) in body.split('\n').enumerate() {
            if line.is_empty() {
                // The blank lines of an empty body are those of its chomping.
                if !body.is_empty() {
                    self.blank_line(indent, dice);
                }
            } else {
                let folds = style == Style::Folded
                    && number > 0
                    && !previous.is_empty()
                    && !line.starts_with(is_blank)
                    && !previous.starts_with(is_blank);
                if folds {
                    // One break more than the value has, else it would read as a space. Blank lines between the two
                    // have been written already.
                    self.blank_line(indent, dice);
                }
                self.block_line(&mut scalar, line, at, style, indent, dice);
                previous = line;
            }
            at += line.len() + 1;
        }
        for _ in usize::from(!body.is_empty())..trailing {
            self.blank_line(indent, dice);
        }
        if !keep && dice.unusual(6) {
            self.blank_line(indent, dice);
        }
        let written = scalar.pieces.first().zip(scalar.pieces.last());
        scalar.written = written.map_or(self.text.len()..self.text.len(), |(first, last)| {
            first.raw.start..last.raw.end
        });
        self.after_block = true;
        scalar
    }

    fn blank_line(&mut self, indent: usize, dice: &mut Dice) {
        if dice.unusual(4) {
            self.spaces(dice.roll(indent + 1));
        }
        self.text.push_str(self.line_break);
    }

    fn block_line(
        &mut self,
        scalar: &mut Scalar,
        line: &str,
        at: usize,
        style: Style,
        indent: usize,
        dice: &mut Dice,
    ) {
        self.spaces(indent);
        let chars: Vec<(usize, char)> = line.char_indices().collect();
        let is_text = |index: Option<usize>| {
            index
                .and_then(|index| chars.get(index))
                .is_some_and(|(_, c)| !is_blank(*c))
        };
        for (index, &(offset, c)) in chars.iter().enumerate() {
            let may_fold = style == Style::Folded
                && !line.starts_with(is_blank)
                && is_text(index.checked_sub(1))
                && is_text(Some(index + 1));
            if c == ' ' && may_fold && dice.unusual(4) {
                self.text.push_str(self.line_break);
                self.spaces(indent);
            } else if is_blank(c) {
                self.text.push(c);
            } else {
                let start = at + offset;
                self.piece(
                    scalar,
                    c.encode_utf8(&mut [0; 4]),
                    start..start + c.len_utf8(),
                );
            }
        }
        self.text.push_str(self.line_break);
    }
}
