//! Here-documents for the word-level reader: their delimiters are seen in a line, their bodies below it.

use std::ops::Range;
use std::sync::Arc;

use super::builder::span;
use super::word::{Mode, Reader, Tabs};
use super::{Expansion, Input, Part, Quoting, Word};

/// A here-document whose delimiter was read and whose body was not.
pub(super) struct Pending {
    delimiter: String,
    expansion: Expansion,
    tabs: Tabs,
    /// Whose input it is; unknown until the command or block ends.
    owner: Option<Owner>,
}

/// Who reads a here-document.
#[derive(Clone)]
pub(super) enum Owner {
    /// One command.
    Command(usize),
    /// A block: the commands in it.
    Block(Range<usize>),
}

impl Reader<'_> {
    /// Reads the delimiter of `<<` or `<<-` at `at` and returns the offset behind it.
    pub fn here_document(&mut self, at: usize, end: usize, tabs: Tabs) -> usize {
        let (word, stop) = self.word(at, end);
        let raw = word.span.slice(self.text);
        let is_quoted = raw.contains(['\'', '"', '\\']);
        let delimiter = if is_quoted {
            word.literal().unwrap_or_else(|| raw.to_owned())
        } else {
            raw.to_owned()
        };
        self.pending.push(Pending {
            delimiter,
            expansion: if is_quoted {
                Expansion::Literal
            } else {
                Expansion::Expands
            },
            tabs,
            owner: None,
        });
        stop
    }

    /// Gives all here-documents from index `first` on that have no owner yet to `owner`.
    pub fn own_pending(&mut self, first: usize, owner: Option<Owner>) {
        let Some(owner) = owner else { return };
        for pending in self.pending.iter_mut().skip(first) {
            pending.owner.get_or_insert_with(|| owner.clone());
        }
    }

    /// Reads the bodies that start at `at`, just behind a line break, and returns the offset behind them.
    pub fn here_document_bodies(&mut self, mut at: usize, end: usize) -> usize {
        for pending in std::mem::take(&mut self.pending) {
            let (stop, next) = self.find_delimiter(at, end, &pending);
            let body = self.here_document_body(at, stop, pending.expansion, pending.tabs);
            let input = Arc::new(Input::HereDoc {
                body,
                expansion: pending.expansion,
            });
            match pending.owner {
                Some(Owner::Command(index)) => self.out.own_input(index, input),
                Some(Owner::Block(range)) => self.out.redirect(range, Some(&input), &[]),
                None => {}
            }
            at = next;
        }
        at
    }

    /// The body of a here-document as a word.
    pub fn here_document_body(
        &mut self,
        start: usize,
        end: usize,
        expansion: Expansion,
        tabs: Tabs,
    ) -> Word {
        let parts = match expansion {
            Expansion::Expands => {
                let outer = self.out.enter_substitution();
                let pending = std::mem::take(&mut self.pending);
                let (parts, _) = self.parts(start, end, Mode::Body(tabs));
                self.pending = pending;
                self.out.context = outer;
                parts
            }
            Expansion::Literal => self.literal_body(start, end, tabs),
        };
        Word {
            span: span(start, end),
            parts,
        }
    }

    fn literal_body(&self, start: usize, end: usize, tabs: Tabs) -> Vec<Part> {
        let body = self.text.get(start..end).unwrap_or_default();
        let mut parts = Vec::new();
        let mut push = |text: &str, at: usize| {
            if !text.is_empty() {
                parts.push(Part::Literal {
                    text: text.into(),
                    span: span(at, at + text.len()),
                    quoting: Quoting::Single,
                });
            }
        };
        match tabs {
            Tabs::Kept => push(body, start),
            Tabs::Stripped => {
                let mut at = start;
                for line in body.split_inclusive('\n') {
                    let kept = line.trim_start_matches('\t');
                    push(kept, at + line.len() - kept.len());
                    at += line.len();
                }
            }
        }
        parts
    }

    /// The end of a body that starts at `at`, and the offset behind the line of its delimiter.
    fn find_delimiter(&self, at: usize, end: usize, pending: &Pending) -> (usize, usize) {
        let body = self.text.get(at..end).unwrap_or_default();
        let mut here = at;
        for line in body.split_inclusive('\n') {
            let bare = line.strip_suffix('\n').unwrap_or(line);
            let bare = bare.strip_suffix('\r').unwrap_or(bare);
            let bare = match pending.tabs {
                Tabs::Kept => bare,
                Tabs::Stripped => bare.trim_start_matches('\t'),
            };
            if bare == pending.delimiter {
                return (here, here + line.len());
            }
            here += line.len();
        }
        (end, end)
    }
}
