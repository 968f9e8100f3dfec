//! `make`, `just` and `task`: which targets of which file, with which variables.

use crate::source::Traced;

use super::{Arg, Program, TaskTool, assignment};

pub(super) fn make(words: &[Arg]) -> Program {
    let (mut directory, mut file) = (None, None);
    let (mut targets, mut variables) = (Vec::new(), Vec::new());
    let mut index = 0;
    while let Some(word) = words.get(index) {
        let text = word.as_str();
        let next = || words.get(index + 1).map(|word| word.text.clone());
        index += match text {
            "-C" | "--directory" => {
                directory = next();
                2
            }
            "-f" | "--file" | "--makefile" => {
                file = next();
                2
            }
            "-j" if words
                .get(index + 1)
                .is_some_and(|word| word.as_str().parse::<u32>().is_ok()) =>
            {
                2
            }
            "-I" | "-o" | "-W" => 2,
            _ if text.starts_with("--directory=") => {
                directory = Some(word.text.slice("--directory=".len()..text.len()));
                1
            }
            _ if text.starts_with("-C") => {
                directory = Some(word.text.slice(2..text.len()));
                1
            }
            _ if text.starts_with('-') => 1,
            _ => {
                match assignment(word) {
                    Some(assigned) => variables.push(assigned),
                    None => targets.push(word.text.clone()),
                }
                1
            }
        };
    }
    Program::Task {
        tool: TaskTool::Make,
        targets,
        directory,
        file,
        variables,
    }
}

pub(super) fn just(words: &[Arg]) -> Program {
    let (mut directory, mut file, mut variables) = (None, None, Vec::new());
    let mut index = 0;
    while let Some(word) = words.get(index) {
        let text = word.as_str();
        let next = || words.get(index + 1).map(|word| word.text.clone());
        index += match text {
            "-f" | "--justfile" => {
                file = next();
                2
            }
            "-d" | "--working-directory" => {
                directory = next();
                2
            }
            "--set" => {
                variables.extend(
                    words
                        .get(index + 1)
                        .zip(next_value(words, index))
                        .map(|(name, value)| (name.as_str().to_owned(), value)),
                );
                3
            }
            _ if text.starts_with('-') => 1,
            _ => match assignment(word) {
                Some(assigned) => {
                    variables.push(assigned);
                    1
                }
                None => break,
            },
        };
    }
    // What follows the recipe's name are its arguments.
    let targets = words
        .get(index)
        .map(|word| word.text.clone())
        .into_iter()
        .collect();
    Program::Task {
        tool: TaskTool::Just,
        targets,
        directory,
        file,
        variables,
    }
}

pub(super) fn next_value(words: &[Arg], index: usize) -> Option<Traced> {
    words.get(index + 2).map(|word| word.text.clone())
}

pub(super) fn taskfile(words: &[Arg]) -> Program {
    let (mut directory, mut file) = (None, None);
    let (mut targets, mut variables) = (Vec::new(), Vec::new());
    let mut index = 0;
    while let Some(word) = words.get(index) {
        let text = word.as_str();
        let next = || words.get(index + 1).map(|word| word.text.clone());
        match text {
            "--" => break,
            "-d" | "--dir" => {
                directory = next();
                index += 1;
            }
            "-t" | "--taskfile" => {
                file = next();
                index += 1;
            }
            _ if text.starts_with('-') => {}
            _ => match assignment(word) {
                Some(assigned) => variables.push(assigned),
                None => targets.push(word.text.clone()),
            },
        }
        index += 1;
    }
    Program::Task {
        tool: TaskTool::Taskfile,
        targets,
        directory,
        file,
        variables,
    }
}
