//! What words become when the shell expands them, with the origin of every byte.
//!
//! Follows bash: an unquoted expansion is split at blanks, a quoted one is not, `"${A[@]}"` gives one field
//! for each item. What is not known becomes a hole. File name patterns are left as they are, as bash leaves
//! them when no file matches.

use super::{Item, Operation, Part, Quoting, Word};
use crate::source::{Span, Traced};

/// How deep fallback words may nest.
const MAX_DEPTH: u32 = 8;

/// Fields that one word may become; the rest of a longer list is dropped.
const MAX_FIELDS: usize = 4096;

/// The value of a variable.
#[derive(Clone, Debug)]
pub enum Binding {
    /// One text.
    Scalar(Traced),
    /// An array.
    List(Vec<Traced>),
}

/// What is known of variables.
pub trait Variables {
    /// The value of a variable; nothing where it is not known. Parameters are asked for by `1`, `@`, `*` and so on.
    fn get(&self, name: &str) -> Option<Binding>;
}

/// Expands one word into the fields it becomes. `script` is the text that was parsed.
///
/// Unknown variables and substitutions become one hole, whose stand-in looks like an identifier and whose
/// source is the text as written. Where a variable is unknown and the word names another value
/// (`${X:-word}`, `${X:+word}`), that value is taken: it is the one that the script shows.
pub fn expand(word: &Word, script: &Traced, variables: &dyn Variables) -> Vec<Traced> {
    let mut fields = Vec::new();
    expand_into(word, script, variables, &mut |field| fields.push(field));
    fields
}

/// Expands one word and hands each field that it becomes on.
pub fn expand_into(
    word: &Word,
    script: &Traced,
    variables: &dyn Variables,
    take: &mut dyn FnMut(Traced),
) {
    // Most words are themselves.
    if let [Part::Literal { text, span, .. }] = &*word.parts {
        return take(literal(script, text, *span));
    }
    let mut expansion = Expander {
        script,
        variables,
        fields: Vec::new(),
        open: None,
    };
    expansion.parts(&word.parts, Literals::Whole, 0);
    expansion.close();
    expansion.fields.into_iter().for_each(take);
}

/// Expands words one after the other.
pub fn expand_all(words: &[Word], script: &Traced, variables: &dyn Variables) -> Vec<Traced> {
    words
        .iter()
        .flat_map(|word| expand(word, script, variables))
        .collect()
}

/// Whether unquoted literals are split at blanks.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Literals {
    /// In a word of the script they hold no blanks, or escaped ones.
    Whole,
    /// In a fallback word of an unquoted expansion.
    Split,
}

struct Expander<'a> {
    script: &'a Traced,
    variables: &'a dyn Variables,
    fields: Vec<Traced>,
    /// The field that is being put together.
    open: Option<Traced>,
}

impl Expander<'_> {
    fn parts(&mut self, parts: &[Part], literals: Literals, depth: u32) {
        for part in parts {
            match part {
                Part::Literal {
                    text,
                    span,
                    quoting,
                } => {
                    let piece = literal(self.script, text, *span);
                    if literals == Literals::Split && *quoting == Quoting::Unquoted {
                        self.push_split(&piece);
                    } else {
                        self.push(piece);
                    }
                }
                Part::Variable {
                    name,
                    span,
                    quoting,
                    item,
                    operation,
                } => self.variable(name, *span, *quoting, item, operation, depth),
                Part::Substitution { span, .. } => self.hole("substitution", *span),
                Part::Opaque { span, .. } => self.hole("value", *span),
            }
        }
    }

    fn variable(
        &mut self,
        name: &str,
        span: Span,
        quoting: Quoting,
        item: &Item,
        operation: &Operation,
        depth: u32,
    ) {
        let value = match operation {
            Operation::Changed => None,
            _ => self.variables.get(name),
        };
        let is_set = value.as_ref().map(|value| match value {
            Binding::Scalar(text) => !text.is_empty(),
            Binding::List(items) => !items.is_empty(),
        });
        match operation {
            Operation::Default(word) if is_set != Some(true) && depth < MAX_DEPTH => {
                return self.fallback(word, quoting, depth);
            }
            Operation::Alternative(_) if is_set == Some(false) => return self.nothing(quoting),
            Operation::Alternative(word) if depth < MAX_DEPTH => {
                return self.fallback(word, quoting, depth);
            }
            _ => {}
        }
        match value {
            Some(value) => self.value(value, span, quoting, item, name),
            None => self.hole(name, span),
        }
    }

    fn fallback(&mut self, word: &Word, quoting: Quoting, depth: u32) {
        self.nothing(quoting);
        let literals = match quoting {
            Quoting::Unquoted => Literals::Split,
            _ => Literals::Whole,
        };
        self.parts(&word.parts, literals, depth + 1);
    }

    fn value(&mut self, value: Binding, span: Span, quoting: Quoting, item: &Item, name: &str) {
        let items = match (value, item) {
            (Binding::Scalar(text), Item::At(index)) if &**index != "0" => {
                drop(text);
                return self.hole(name, span);
            }
            (Binding::Scalar(text), _) => vec![text],
            (Binding::List(items), Item::Whole) => items.into_iter().take(1).collect(),
            (Binding::List(items), Item::At(index)) => {
                let found = index
                    .parse::<usize>()
                    .ok()
                    .and_then(|at| items.into_iter().nth(at));
                let Some(found) = found else {
                    return self.hole(name, span);
                };
                vec![found]
            }
            (Binding::List(items), Item::Each | Item::Joined) => items,
        };
        if quoting == Quoting::Unquoted {
            for (index, item) in items.iter().enumerate() {
                if index > 0 {
                    self.close();
                }
                self.push_split(item);
            }
            return;
        }
        if *item != Item::Each {
            self.nothing(quoting);
        }
        for (index, one) in items.into_iter().enumerate() {
            if index > 0 && *item == Item::Each {
                self.close();
            } else if index > 0 {
                self.push_blank(span);
            }
            self.push(one);
        }
    }

    /// A field that is there although nothing is in it, where the expansion is quoted.
    fn nothing(&mut self, quoting: Quoting) {
        if quoting != Quoting::Unquoted {
            self.open.get_or_insert_default();
        }
    }

    fn push(&mut self, piece: Traced) {
        match &mut self.open {
            Some(open) => open.push(&piece),
            None => self.open = Some(piece),
        }
    }

    fn push_blank(&mut self, span: Span) {
        if let Some(origin) = self.script.locate(span.range()) {
            self.push(Traced::synthetic(" ", &origin));
        }
    }

    fn push_split(&mut self, piece: &Traced) {
        let text = piece.text();
        let mut at = 0;
        while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
            let blanks = rest.len() - rest.trim_start_matches([' ', '\t', '\n']).len();
            if blanks > 0 {
                self.close();
                at += blanks;
                continue;
            }
            let length = rest.find([' ', '\t', '\n']).unwrap_or(rest.len());
            let field = self.open.get_or_insert_default();
            field.push_range(piece, at..at + length);
            at += length;
        }
    }

    fn hole(&mut self, name: &str, span: Span) {
        let Some(origin) = self.script.locate(span.range()) else {
            return;
        };
        let written = self.source(span);
        self.push(Traced::hole(&stand_in(name), &written, &origin));
    }

    /// The text of an unknown piece; where it is itself the stand-in of a hole, what the hole stands for.
    fn source(&self, span: Span) -> String {
        let holes = self.script.holes();
        let first = holes.partition_point(|hole| hole.span.start < span.start);
        let mut written = String::new();
        let mut at = span.start;
        for hole in holes
            .iter()
            .skip(first)
            .take_while(|hole| hole.span.end <= span.end)
        {
            written.push_str(Span::new(at, hole.span.start).slice(self.script.text()));
            written.push_str("${{ ");
            written.push_str(&hole.source);
            written.push_str(" }}");
            at = hole.span.end;
        }
        written.push_str(Span::new(at, span.end).slice(self.script.text()));
        written
    }

    fn close(&mut self) {
        if let Some(field) = self.open.take()
            && self.fields.len() < MAX_FIELDS
        {
            self.fields.push(field);
        }
    }
}

/// A literal, with its places in the script.
fn literal(script: &Traced, text: &str, span: Span) -> Traced {
    if span.slice(script.text()) == text {
        return script.slice(span.range());
    }
    match script.locate(span.range()) {
        Some(origin) => Traced::synthetic(text, &origin),
        None => Traced::default(),
    }
}

/// An identifier to stand in for a value.
fn stand_in(name: &str) -> String {
    match name {
        "@" | "*" => "arguments".to_owned(),
        _ if name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_') => name.to_owned(),
        _ if name.starts_with(|c: char| c.is_ascii_digit()) => format!("argument_{name}"),
        _ => "value".to_owned(),
    }
}
