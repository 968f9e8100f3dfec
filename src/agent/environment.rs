//! Variables of a job or a step. Hundreds of steps share those of their job, so that a copy costs nothing.

use std::collections::HashMap;
use std::rc::Rc;

use crate::source::Traced;

/// Blocks up to this size are searched from the end; larger ones have an index.
const SMALL_BLOCK: usize = 12;

/// Variables in the order in which they were set; the last of a name counts.
#[derive(Clone, Debug, Default)]
pub struct Environment {
    /// Blocks in order. A block that a copy shares is never changed.
    blocks: Vec<Rc<Block>>,
}

#[derive(Debug, Default)]
struct Block {
    entries: Vec<(String, Traced)>,
    /// The last entry of each name, in lower case: filled where the block is large.
    index: HashMap<String, usize>,
}

impl Environment {
    /// Sets a variable.
    pub fn push(&mut self, name: String, value: Traced) {
        match self.blocks.last_mut().and_then(Rc::get_mut) {
            Some(block) => block.push(name, value),
            None => {
                let mut block = Block::default();
                block.push(name, value);
                self.blocks.push(Rc::new(block));
            }
        }
    }

    /// The value of a variable.
    pub fn get(&self, name: &str) -> Option<&Traced> {
        self.blocks
            .iter()
            .rev()
            .find_map(|block| block.last(name, |known| known == name))
    }

    /// The value of a variable whose name is written in any case. Variables of one step that differ in case only are
    /// not seen.
    pub fn get_ignoring_case(&self, name: &str) -> Option<&Traced> {
        self.blocks
            .iter()
            .rev()
            .find_map(|block| block.last(name, |known| known.eq_ignore_ascii_case(name)))
    }
}

impl Block {
    fn push(&mut self, name: String, value: Traced) {
        if self.entries.len() == SMALL_BLOCK {
            for (at, (known, _)) in self.entries.iter().enumerate() {
                self.index.insert(known.to_ascii_lowercase(), at);
            }
        }
        if self.entries.len() >= SMALL_BLOCK {
            self.index
                .insert(name.to_ascii_lowercase(), self.entries.len());
        }
        self.entries.push((name, value));
    }

    /// The last entry that fits, whose name is `name` in some case.
    fn last(&self, name: &str, fits: impl Fn(&str) -> bool) -> Option<&Traced> {
        let end = if self.entries.len() > SMALL_BLOCK {
            *self.index.get(&name.to_ascii_lowercase())? + 1
        } else {
            self.entries.len()
        };
        let entries = self.entries.get(..end)?;
        entries
            .iter()
            .rev()
            .find(|(known, _)| fits(known))
            .map(|(_, value)| value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::{Location, SourceFile, Span};

    fn value(text: &str) -> Traced {
        let file = SourceFile::new("f", text);
        Traced::synthetic(text, &Location::new(&file, Span::at(0)))
    }

    #[test]
    fn the_last_of_a_name_counts_in_small_and_large_blocks() {
        for count in [1, SMALL_BLOCK, 500] {
            let mut environment = Environment::default();
            for round in 0..2 {
                for number in 0..count {
                    environment.push(format!("V{number}"), value(&format!("{round}.{number}")));
                }
            }
            for number in 0..count {
                let expected = format!("1.{number}");
                assert_eq!(
                    environment.get(&format!("V{number}")).map(Traced::text),
                    Some(&*expected)
                );
                assert_eq!(
                    environment
                        .get_ignoring_case(&format!("v{number}"))
                        .map(Traced::text),
                    Some(&*expected)
                );
                assert!(environment.get(&format!("v{number}")).is_none());
            }
        }
    }

    #[test]
    fn names_that_differ_in_case_are_two_variables() {
        let mut environment = Environment::default();
        for number in 0..100 {
            environment.push(format!("N{number}"), value("n"));
        }
        environment.push("Path".into(), value("first"));
        environment.push("PATH".into(), value("second"));
        assert_eq!(environment.get("Path").map(Traced::text), Some("first"));
        assert_eq!(environment.get("PATH").map(Traced::text), Some("second"));
    }

    #[test]
    fn a_copy_does_not_change_what_it_was_taken_from() {
        let mut job = Environment::default();
        job.push("A".into(), value("job"));
        let mut step = job.clone();
        step.push("A".into(), value("step"));
        assert_eq!(step.get("A").map(Traced::text), Some("step"));
        assert_eq!(job.get("A").map(Traced::text), Some("job"));
    }
}
