//! Writes a sketch as YAML, and says where it put everything.

use std::ops::Range;
use std::rc::Rc;

use super::super::Style;
use super::dice::Dice;
use super::expected::{Expected, Piece, Scalar};
use super::scalar::{Lines, Setting, style_for};
use super::sketch::{FileSketch, Form, Ornament, Sketch, Text};

/// What the writer may use.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Dialect {
    /// All of YAML 1.2, and pairs of surrogates.
    Full,
    /// What readers of YAML 1.1 read the same way.
    Common,
}

/// A written file.
pub(super) struct Written {
    pub(super) text: String,
    pub(super) root: Rc<Expected>,
    pub(super) comments: Vec<Range<usize>>,
}

/// Writes a file.
pub(super) fn write(file: &FileSketch, dialect: Dialect) -> Written {
    let mut dice = Dice::new(file.seed);
    let mut writer = Writer {
        text: String::new(),
        dialect,
        line_break: dice.pick(&["\n", "\n", "\r\n"]),
        anchors: Vec::new(),
        comments: Vec::new(),
        after_block: false,
    };
    if dice.unusual(4) {
        writer.text.push('\u{feff}');
    }
    writer.between(0, &mut dice);
    if dice.unusual(4) {
        writer.text.push_str("---");
        writer.end_line(&mut dice);
    }
    let root = writer.block_node(&file.root, 0, Place::Root);
    if !writer.after_block && dice.unusual(4) {
        writer
            .text
            .truncate(writer.text.trim_end_matches(writer.line_break).len());
    } else {
        writer.between(0, &mut dice);
    }
    Written {
        text: writer.text,
        root,
        comments: writer.comments,
    }
}

pub(super) struct Writer {
    pub(super) text: String,
    pub(super) dialect: Dialect,
    pub(super) line_break: &'static str,
    anchors: Vec<(Anchor, Rc<Expected>)>,
    comments: Vec<Range<usize>>,
    /// A blank line would belong to the block scalar that was written last.
    pub(super) after_block: bool,
}

/// A name that a node was given, and where.
struct Anchor {
    name: String,
    at: usize,
}

/// What stands before a node of a block collection.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Root,
    /// `key:`
    Key,
    /// `-`, `?`, or the `:` of an explicit key: a collection may begin on the same line.
    Dash,
}

impl Writer {
    fn block_node(&mut self, sketch: &Sketch, parent: usize, place: Place) -> Rc<Expected> {
        let mut dice = Dice::new(sketch.ornament().seed);
        let dice = &mut dice;
        match sketch {
            Sketch::Null(_) => {
                let forms: &[&str] = if place == Place::Root {
                    &["~"]
                } else {
                    &["", "~", "null"]
                };
                let form = dice.pick(forms);
                if !form.is_empty() {
                    self.lead(parent, place, dice);
                }
                let null = self.null(form);
                self.end_line(dice);
                null
            }
            Sketch::Alias(index) => {
                self.lead(parent, place, dice);
                let alias = self.alias(*index);
                self.end_line(dice);
                alias
            }
            Sketch::Scalar(text) => {
                let setting = match place {
                    Place::Root => Setting::Root,
                    _ => Setting::Block,
                };
                let style = style_for(text, setting, self.dialect);
                let is_block = matches!(style, Style::Literal | Style::Folded);
                if is_block {
                    self.text.push(' ');
                } else {
                    self.lead(parent, place, dice);
                }
                let anchor = self.anchor(dice);
                let scalar = if is_block {
                    self.block_scalar(text, style, parent, dice)
                } else {
                    let scalar = self.token(text, style, Lines::Many(parent + 1), dice);
                    self.end_line(dice);
                    scalar
                };
                self.anchored(anchor, Expected::Scalar(scalar))
            }
            Sketch::Sequence(form, _, items) if *form == Form::Flow || items.is_empty() => {
                self.flow_at_block(sketch, parent, place, dice)
            }
            Sketch::Mapping(form, _, items) if *form == Form::Flow || items.is_empty() => {
                self.flow_at_block(sketch, parent, place, dice)
            }
            Sketch::Sequence(..) | Sketch::Mapping(..) => {
                self.block_collection(sketch, parent, place, dice)
            }
        }
    }

    fn flow_at_block(
        &mut self,
        sketch: &Sketch,
        parent: usize,
        place: Place,
        dice: &mut Dice,
    ) -> Rc<Expected> {
        self.lead(parent, place, dice);
        let node = self.flow_node(sketch, parent + 1);
        self.end_line(dice);
        node
    }

    fn block_collection(
        &mut self,
        sketch: &Sketch,
        parent: usize,
        place: Place,
        dice: &mut Dice,
    ) -> Rc<Expected> {
        let anchor = if dice.unusual(6) {
            if place != Place::Root {
                self.text.push(' ');
            }
            Some(self.new_anchor())
        } else {
            None
        };
        let mut inline = place == Place::Root && anchor.is_none();
        let mut indent = match (place, sketch) {
            (Place::Root, _) => 0,
            (Place::Key, Sketch::Sequence(..)) => parent + dice.roll(3),
            _ => parent + 1 + dice.roll(3),
        };
        if place == Place::Dash && anchor.is_none() && !dice.unusual(4) {
            let spaces = 1 + dice.roll(3);
            self.spaces(spaces);
            indent = parent + 1 + spaces;
            inline = true;
        } else if !inline {
            self.end_line(dice);
        }
        let mut line = |writer: &mut Self, dice: &mut Dice| {
            if !std::mem::take(&mut inline) {
                writer.between(indent, dice);
                writer.spaces(indent);
            }
        };
        let node = match sketch {
            Sketch::Sequence(_, _, items) => {
                let items = items.iter().map(|item| {
                    line(self, dice);
                    self.text.push('-');
                    self.block_node(item, indent, Place::Dash)
                });
                Expected::Sequence {
                    brackets: None,
                    items: items.collect(),
                }
            }
            Sketch::Mapping(_, _, entries) => {
                let entries = entries.iter().map(|(key, value)| {
                    line(self, dice);
                    if dice.unusual(8) {
                        self.text.push('?');
                        let key =
                            self.block_node(&Sketch::Scalar(key.clone()), indent, Place::Dash);
                        self.spaces(indent);
                        self.text.push(':');
                        return (key, self.block_node(value, indent, Place::Dash));
                    }
                    let key = self.key(key, Setting::BlockKey);
                    self.text.push(':');
                    (key, self.block_node(value, indent, Place::Key))
                });
                Expected::Mapping {
                    brackets: None,
                    entries: entries.collect(),
                }
            }
            _ => unreachable!("only collections come here"),
        };
        self.anchored(anchor, node)
    }

    fn flow_node(&mut self, sketch: &Sketch, indent: usize) -> Rc<Expected> {
        let mut dice = Dice::new(sketch.ornament().seed);
        let dice = &mut dice;
        match sketch {
            Sketch::Null(_) => {
                let form = dice.pick(&["~", "null"]);
                self.null(form)
            }
            Sketch::Alias(index) => self.alias(*index),
            Sketch::Scalar(text) => {
                let anchor = self.anchor(dice);
                let style = style_for(text, Setting::Flow, self.dialect);
                let scalar = self.token(text, style, Lines::Many(indent), dice);
                self.anchored(anchor, Expected::Scalar(scalar))
            }
            Sketch::Sequence(_, _, items) => {
                let anchor = self.anchor(dice);
                let start = self.text.len();
                self.text.push('[');
                self.gap(indent, dice);
                let mut found = Vec::new();
                for (index, item) in items.iter().enumerate() {
                    found.push(match item {
                        Sketch::Mapping(Form::Block, _, entries) if entries.len() == 1 => {
                            self.pair(&entries[0], indent)
                        }
                        _ => self.flow_node(item, indent),
                    });
                    self.comma(index + 1 == items.len(), indent, dice);
                }
                self.text.push(']');
                let brackets = Some(start..self.text.len());
                self.anchored(
                    anchor,
                    Expected::Sequence {
                        brackets,
                        items: found,
                    },
                )
            }
            Sketch::Mapping(_, _, entries) => {
                let anchor = self.anchor(dice);
                let start = self.text.len();
                self.text.push('{');
                self.gap(indent, dice);
                let mut found = Vec::new();
                for (index, entry) in entries.iter().enumerate() {
                    found.push(self.flow_entry(entry, indent, dice));
                    self.comma(index + 1 == entries.len(), indent, dice);
                }
                self.text.push('}');
                let brackets = Some(start..self.text.len());
                self.anchored(
                    anchor,
                    Expected::Mapping {
                        brackets,
                        entries: found,
                    },
                )
            }
        }
    }

    /// `[key: value]`: a mapping without braces.
    fn pair(&mut self, (key, value): &(Text, Sketch), indent: usize) -> Rc<Expected> {
        let key = self.key(key, Setting::FlowKey);
        self.text.push_str(": ");
        let value = self.flow_node(value, indent);
        Rc::new(Expected::Mapping {
            brackets: None,
            entries: vec![(key, value)],
        })
    }

    fn flow_entry(
        &mut self,
        (key, value): &(Text, Sketch),
        indent: usize,
        dice: &mut Dice,
    ) -> (Rc<Expected>, Rc<Expected>) {
        let key = self.key(key, Setting::FlowKey);
        if matches!(value, Sketch::Null(_)) && dice.unusual(3) {
            let after = dice.pick(&[": ", ""]);
            self.text.push_str(after);
            return (key, self.null(""));
        }
        self.text.push(':');
        let is_double =
            matches!(&*key, Expected::Scalar(key) if key.style == Some(Style::DoubleQuoted));
        if self.dialect == Dialect::Common || !is_double || !dice.unusual(3) {
            self.text.push(' ');
            self.gap(indent, dice);
        }
        (key, self.flow_node(value, indent))
    }

    fn comma(&mut self, is_last: bool, indent: usize, dice: &mut Dice) {
        if dice.unusual(5) {
            self.gap(indent, dice);
        }
        if !is_last || dice.unusual(4) {
            self.text.push(',');
            self.gap(indent, dice);
        }
    }

    fn key(&mut self, key: &Text, setting: Setting) -> Rc<Expected> {
        let mut dice = Dice::new(key.ornament.seed);
        let anchor = self.anchor(&mut dice);
        let style = style_for(key, setting, self.dialect);
        let scalar = self.token(key, style, Lines::One, &mut dice);
        self.anchored(anchor, Expected::Scalar(scalar))
    }

    fn null(&mut self, form: &str) -> Rc<Expected> {
        let start = self.text.len();
        self.text.push_str(form);
        Rc::new(Expected::Null {
            written: start..self.text.len(),
        })
    }

    fn alias(&mut self, index: usize) -> Rc<Expected> {
        if self.anchors.is_empty() {
            return self.null("~");
        }
        let (anchor, target) = &self.anchors[index % self.anchors.len()];
        let start = self.text.len();
        self.text.push('*');
        self.text.push_str(&anchor.name);
        Rc::new(Expected::Alias {
            written: start..self.text.len(),
            target: Rc::clone(target),
        })
    }

    fn anchor(&mut self, dice: &mut Dice) -> Option<Anchor> {
        let anchor = dice.unusual(6).then(|| self.new_anchor())?;
        self.text.push(' ');
        Some(anchor)
    }

    /// Names come again, so that an alias has to find the last anchor of its name; but other readers lose their way
    /// where a node has the name of a node around it.
    fn new_anchor(&mut self) -> Anchor {
        let at = self.text.len();
        let name = match self.dialect {
            Dialect::Full => format!("a{}", at % 5),
            Dialect::Common => format!("a{at}"),
        };
        self.text.push('&');
        self.text.push_str(&name);
        // From here on the name means a node that is not complete, and then that node.
        self.anchors.retain(|(other, _)| other.name != name);
        Anchor { name, at }
    }

    fn anchored(&mut self, anchor: Option<Anchor>, node: Expected) -> Rc<Expected> {
        let node = Rc::new(node);
        if let Some(anchor) = anchor {
            // A node inside may have taken the name.
            if self
                .anchors
                .iter()
                .all(|(other, _)| other.name != anchor.name || other.at < anchor.at)
            {
                self.anchors.push((anchor, Rc::clone(&node)));
            }
        }
        node
    }

    /// What stands between an indicator and its value: blanks, or a line break.
    fn lead(&mut self, parent: usize, place: Place, dice: &mut Dice) {
        if place == Place::Root {
            return;
        }
        if dice.unusual(8) {
            self.end_line(dice);
            self.spaces(parent + 1 + dice.roll(3));
        } else {
            self.spaces(1 + dice.roll(3) / 2);
        }
    }

    /// The end of a line, perhaps with a comment.
    pub(super) fn end_line(&mut self, dice: &mut Dice) {
        if dice.unusual(6) {
            self.text.push(' ');
            self.comment(dice);
        }
        self.text.push_str(self.line_break);
        self.after_block = false;
    }

    /// Lines between two entries.
    fn between(&mut self, indent: usize, dice: &mut Dice) {
        if dice.unusual(8) && !self.after_block {
            self.text.push_str(self.line_break);
        }
        if dice.unusual(8) {
            self.spaces(dice.roll(indent + 1));
            self.comment(dice);
            self.text.push_str(self.line_break);
        }
    }

    /// White space between two tokens of a flow collection.
    fn gap(&mut self, indent: usize, dice: &mut Dice) {
        match dice.roll(8) {
            1..=3 => self.text.push(' '),
            4 => {
                self.text.push_str(self.line_break);
                self.spaces(indent);
            }
            5 => {
                self.end_line(dice);
                self.spaces(indent);
            }
            _ => {}
        }
    }

    fn comment(&mut self, dice: &mut Dice) {
        let start = self.text.len();
        self.text
            .push_str(dice.pick(&["# why", "#", "# it's: \"é\" # [x", "#- a: b"]));
        self.comments.push(start..self.text.len());
    }

    pub(super) fn spaces(&mut self, count: usize) {
        self.text.extend(std::iter::repeat_n(' ', count));
    }

    /// Writes one character of a value as `raw`.
    pub(super) fn piece(&mut self, scalar: &mut Scalar, raw: &str, value: Range<usize>) {
        let start = self.text.len();
        self.text.push_str(raw);
        scalar.pieces.push(Piece {
            value,
            raw: start..self.text.len(),
        });
    }
}

impl Sketch {
    fn ornament(&self) -> Ornament {
        match self {
            Self::Null(ornament)
            | Self::Sequence(_, ornament, _)
            | Self::Mapping(_, ornament, _) => *ornament,
            Self::Scalar(text) => text.ornament,
            Self::Alias(_) => Ornament { seed: 0 },
        }
    }
}
