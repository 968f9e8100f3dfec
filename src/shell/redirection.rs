//! Redirections at word level.

use std::sync::Arc;

use super::builder::span;
use super::word::{Reader, Tabs};
use super::{Command, Input, Word};

impl<'t> Reader<'t> {
    /// Reads one redirection, if one stands at the offset, and returns the offset behind it.
    pub fn redirection(&mut self, at: usize, end: usize, command: &mut Command) -> Option<usize> {
        let (descriptor, here) = self.descriptor(at, end);
        if !matches!(self.byte(here).filter(|_| here < end)?, b'<' | b'>' | b'&') {
            return None;
        }
        let operators = [
            "<<<", "<<-", "<<", "<>", "<&", "<", "&>>", "&>", ">>", ">&", ">|", ">",
        ];
        let operator = operators
            .into_iter()
            .find(|operator| self.starts_with(here, end, operator))?;
        let behind = here + operator.len();
        if matches!(operator, "<" | ">") && self.byte(behind) == Some(b'(') {
            return None;
        }
        let target = self.skip_blanks(behind, end);
        if let Some(tabs) = match operator {
            "<<" => Some(Tabs::Kept),
            "<<-" => Some(Tabs::Stripped),
            _ => None,
        } {
            let stop = self.here_document(target, end, tabs);
            command.cover(span(target, stop));
            return Some(stop);
        }
        let (word, stop) = self.word(target, end);
        if stop == target {
            return Some(behind);
        }
        if !self.is_descriptor(&word) {
            command.cover(word.span);
        }
        self.redirect(operator, descriptor, word, command);
        Some(stop)
    }

    /// Notes what a redirection does to standard input and output.
    fn redirect(
        &self,
        operator: &str,
        descriptor: Option<&str>,
        word: Word,
        command: &mut Command,
    ) {
        match (operator, descriptor) {
            ("<<<", None | Some("0")) => command.input = Some(Arc::new(Input::HereString(word))),
            ("<" | "<>", None | Some("0")) => command.input = Some(Arc::new(Input::File(word))),
            (">&", None | Some("1")) if !self.is_descriptor(&word) => command.outputs.push(word),
            (">" | ">>" | ">|" | "&>" | "&>>", None | Some("1")) => command.outputs.push(word),
            _ => {}
        }
    }

    /// Whether the target of `>&` is a number or `-`, so no file.
    pub fn is_descriptor(&self, target: &Word) -> bool {
        let target = target.span.slice(self.text).trim_end_matches('-');
        target.bytes().all(|b| b.is_ascii_digit())
    }

    /// `2` of `2>`, `{name}` of `{name}>`; the offset behind it.
    fn descriptor(&self, at: usize, end: usize) -> (Option<&'t str>, usize) {
        let near = self
            .text
            .as_bytes()
            .get(at..end.min(at + 64))
            .unwrap_or_default();
        let length = match near.first() {
            Some(b'{') => near
                .iter()
                .position(|&b| b == b'}')
                .map_or(0, |close| close + 1),
            _ => near.iter().take_while(|b| b.is_ascii_digit()).count(),
        };
        let behind = at + length;
        if length > 0 && matches!(self.byte(behind), Some(b'<' | b'>')) {
            return (self.text.get(at..behind), behind);
        }
        (None, at)
    }
}
