//! Makefiles, as far as recipes need it: rules, prerequisites, variables, continuations.
//!
//! Not a make: conditionals are read as if every branch were taken, pattern rules match by `%`, functions are
//! holes.

use std::cell::Cell;
use std::collections::HashMap;
use std::sync::Arc;

use crate::source::{Hole, Location, SourceFile, Span, Traced};

use super::Recipe;

/// A Makefile, read.
#[derive(Debug, Default)]
pub struct Makefile {
    rules: Vec<Rule>,
    /// The rules of each target, in order.
    by_target: HashMap<String, Vec<usize>>,
    /// The rules with a `%` in a target.
    patterns: Vec<usize>,
    variables: Vec<(String, Traced)>,
    /// The last variable of each name.
    by_name: HashMap<String, usize>,
    /// Files named by `include`.
    pub includes: Vec<String>,
}

#[derive(Debug)]
struct Rule {
    targets: Vec<String>,
    prerequisites: Vec<String>,
    commands: Vec<Traced>,
}

/// How deep variables may refer to each other.
const MAX_DEPTH: u32 = 8;

/// How many variables one command may take in. `A = $(B)$(B)`, `B = $(A)$(A)` doubles with each level.
const MAX_EXPANSIONS: u32 = 200;

/// How many variables a recipe hands to its shell.
const MAX_EXPORTS: usize = 1_000;

/// Reads a Makefile.
pub fn parse(file: &Arc<SourceFile>) -> Makefile {
    let mut make = Makefile::default();
    let mut in_rule = false;
    for span in logical_lines(file.text()) {
        let line = span.slice(file.text());
        if in_rule && line.starts_with('\t') {
            let command = recipe_line(file, Span::new(span.start + 1, span.end));
            if let Some(rule) = make.rules.last_mut() {
                rule.commands.push(command);
            }
            continue;
        }
        let text = line.trim_start();
        if text.is_empty() || text.starts_with('#') {
            continue;
        }
        if let Some(names) = ["include ", "-include ", "sinclude "]
            .iter()
            .find_map(|word| text.strip_prefix(word))
        {
            make.includes
                .extend(names.split_whitespace().map(str::to_owned));
            continue;
        }
        if let Some((name, value)) = definition(file, span) {
            make.add_variable(name, value);
            in_rule = false;
            continue;
        }
        if let Some(rule) = rule(file, span) {
            make.add_rule(rule);
            in_rule = true;
        }
    }
    make
}

impl Makefile {
    /// The target that runs when none is named.
    pub fn default_target(&self) -> Option<&str> {
        let targets = self.rules.iter().flat_map(|rule| &rule.targets);
        targets
            .map(String::as_str)
            .find(|target| !target.starts_with('.'))
    }

    /// Adds what an included file defines.
    pub fn include(&mut self, other: Self) {
        for rule in other.rules {
            self.add_rule(rule);
        }
        for (name, value) in other.variables {
            self.add_variable(name, value);
        }
        self.includes.extend(other.includes);
    }

    /// Names of all targets.
    pub fn targets(&self) -> impl Iterator<Item = &str> {
        self.rules
            .iter()
            .flat_map(|rule| &rule.targets)
            .map(String::as_str)
    }

    /// What a target runs. `set` are the variables of the command line, which win. Nothing where there is no such
    /// target.
    pub fn recipe(&self, target: &str, set: &[(String, Traced)]) -> Option<Recipe> {
        let exact = self.by_target.get(target).into_iter().flatten();
        let mut rules: Vec<&Rule> = exact.filter_map(|&index| self.rules.get(index)).collect();
        if rules.is_empty() {
            let mut patterns = self
                .patterns
                .iter()
                .filter_map(|&index| self.rules.get(index));
            rules.extend(
                patterns.find(|rule| rule.targets.iter().any(|name| matches(name, target))),
            );
        }
        if rules.is_empty() {
            return None;
        }
        let lookup = |name: &str| {
            let given = set.iter().rev().find(|(known, _)| known == name);
            let defined = || self.variables.get(*self.by_name.get(name)?);
            given.or_else(defined).map(|(_, value)| value.clone())
        };
        Some(Recipe {
            before: rules
                .iter()
                .flat_map(|rule| rule.prerequisites.clone())
                .collect(),
            commands: rules
                .iter()
                .flat_map(|rule| &rule.commands)
                .map(|command| {
                    let budget = Cell::new(MAX_EXPANSIONS);
                    expand(command, &lookup, &budget, MAX_DEPTH)
                })
                .collect(),
            variables: Vec::new(),
        })
    }

    /// Variables that a recipe hands to its shell.
    pub fn exports(&self) -> impl Iterator<Item = &(String, Traced)> {
        self.variables.iter().take(MAX_EXPORTS)
    }

    fn add_rule(&mut self, rule: Rule) {
        for target in &rule.targets {
            let rules = self.by_target.entry(target.clone()).or_default();
            // A rule may name a target twice.
            if rules.last() != Some(&self.rules.len()) {
                rules.push(self.rules.len());
            }
        }
        if rule.targets.iter().any(|target| target.contains('%')) {
            self.patterns.push(self.rules.len());
        }
        self.rules.push(rule);
    }

    fn add_variable(&mut self, name: String, value: Traced) {
        self.by_name.insert(name.clone(), self.variables.len());
        self.variables.push((name, value));
    }
}

fn matches(pattern: &str, target: &str) -> bool {
    let Some((before, after)) = pattern.split_once('%') else {
        return false;
    };
    target.len() > before.len() + after.len()
        && target.starts_with(before)
        && target.ends_with(after)
}

/// Lines joined at a backslash before the break.
fn logical_lines(text: &str) -> Vec<Span> {
    let mut lines = Vec::new();
    let (mut start, mut at) = (0, 0);
    for line in text.split_inclusive('\n') {
        at += line.len();
        let content = line.trim_end_matches(['\n', '\r']);
        if content.ends_with('\\') && at < text.len() {
            continue;
        }
        lines.push(Span::of(start..at - (line.len() - content.len())));
        start = at;
    }
    lines
}

/// A recipe line without the prefixes `@`, `-`, `+`.
fn recipe_line(file: &Arc<SourceFile>, span: Span) -> Traced {
    let line = span.slice(file.text());
    let command = line.trim_start_matches([' ', '\t', '@', '-', '+']);
    let start = span.end - crate::source::saturate(command.len());
    Traced::of_file(file, Span::new(start, span.end))
}

fn definition(file: &Arc<SourceFile>, span: Span) -> Option<(String, Traced)> {
    let line = span.slice(file.text());
    let at = line.find('=')?;
    let left = line
        .get(..at)?
        .trim_end_matches([':', '?', '+', '!'])
        .trim();
    let name = left
        .strip_prefix("export ")
        .or_else(|| left.strip_prefix("override "))
        .unwrap_or(left)
        .trim();
    let is_name = !name.is_empty()
        && name
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.'));
    if !is_name {
        return None;
    }
    let raw = line.get(at + 1..)?;
    let lead = raw.len() - raw.trim_start().len();
    let start = span.start + crate::source::saturate(at + 1 + lead);
    let value = comment_free(raw.trim());
    let end = start + crate::source::saturate(value.len());
    Some((
        name.to_owned(),
        Traced::of_file(file, Span::new(start, end)),
    ))
}

fn comment_free(value: &str) -> &str {
    let end = value.find(" #").unwrap_or(value.len());
    value.get(..end).unwrap_or(value).trim_end()
}

fn rule(file: &Arc<SourceFile>, span: Span) -> Option<Rule> {
    let line = span.slice(file.text());
    let at = line.find(':')?;
    let targets: Vec<String> = line
        .get(..at)?
        .split_whitespace()
        .map(str::to_owned)
        .collect();
    if targets.is_empty() {
        return None;
    }
    let rest = line.get(at + 1..)?.trim_start_matches(':');
    let (names, inline) = match rest.find(';') {
        Some(semicolon) => (rest.get(..semicolon)?, Some(rest.get(semicolon + 1..)?)),
        None => (rest, None),
    };
    let names = comment_free(names);
    let prerequisites = names
        .split_whitespace()
        .filter(|name| *name != "|" && *name != "\\");
    let command = inline.map(|text| {
        let start = span.end - crate::source::saturate(text.len());
        recipe_line(file, Span::new(start, span.end))
    });
    Some(Rule {
        targets,
        prerequisites: prerequisites.map(str::to_owned).collect(),
        commands: command.into_iter().collect(),
    })
}

/// Replaces `$(X)`, `${X}` and `$X` by their values, `$$` by `$`; what is not defined becomes a hole, and so
/// does what is too much.
fn expand(
    text: &Traced,
    lookup: &dyn Fn(&str) -> Option<Traced>,
    budget: &Cell<u32>,
    depth: u32,
) -> Traced {
    let source = text.text();
    let mut out = Traced::default();
    let mut copied = 0;
    let mut at = 0;
    while let Some(dollar) = source
        .get(at..)
        .and_then(|rest| rest.find('$'))
        .map(|found| at + found)
    {
        let rest = source.get(dollar + 1..).unwrap_or_default();
        let (name, length) = match rest.as_bytes().first() {
            Some(b'$') => {
                out.push_range(text, copied..dollar + 1);
                copied = dollar + 2;
                at = copied;
                continue;
            }
            Some(open @ (b'(' | b'{')) => {
                let close = if *open == b'(' { ')' } else { '}' };
                let Some(end) = rest.find(close) else { break };
                (rest.get(1..end).unwrap_or_default(), end + 2)
            }
            Some(byte) if !byte.is_ascii_whitespace() => {
                let width = rest.chars().next().map_or(1, char::len_utf8);
                (rest.get(..width).unwrap_or_default(), 1 + width)
            }
            _ => break,
        };
        out.push_range(text, copied..dollar);
        if name == "MAKE" {
            if let Some(place) = text.locate(dollar..dollar + length) {
                out.push(&Traced::synthetic("make", &place));
            }
        } else if let Some(value) = lookup(name).filter(|_| depth > 0 && budget.get() > 0) {
            budget.set(budget.get() - 1);
            out.push(&expand(&value, lookup, budget, depth - 1));
        } else if let Some(place) = text.locate(dollar..dollar + length) {
            out.push(&hole(
                source.get(dollar..dollar + length).unwrap_or_default(),
                &place,
            ));
        }
        copied = dollar + length;
        at = copied;
    }
    out.push_range(text, copied..source.len());
    out
}

fn hole(written: &str, place: &Location) -> Traced {
    Traced::hole(&Hole::stand_in(written.len()), written, place)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "FLAGS := --dangerously-skip-permissions # all\nCLAUDE ?= claude\n\n.PHONY: fix\nfix: setup lint | dir\n\t@$(CLAUDE) -p \"$$PROMPT\" \\\n\t  $(FLAGS) $(EXTRA)\n\nall-%: x ; $(MAKE) fix\nsetup:\n";

    fn recipe(target: &str, set: &[(String, Traced)]) -> Recipe {
        parse(&SourceFile::new("Makefile", TEXT))
            .recipe(target, set)
            .unwrap()
    }

    #[test]
    fn variables_are_expanded_and_keep_their_places() {
        let recipe = recipe("fix", &[]);
        assert_eq!(recipe.before, ["setup", "lint", "dir"]);
        let [command] = recipe.commands.as_slice() else {
            panic!("one command")
        };
        let text = command.text();
        assert!(text.starts_with("claude -p \"$PROMPT\" \\\n"), "{text}");
        let at = text.find("--dangerously").unwrap();
        let place = command.locate(at..at + 30).unwrap();
        assert_eq!(
            (place.text(), place.start().line),
            ("--dangerously-skip-permissions", 1)
        );
        assert_eq!(&*command.holes()[0].source, "$(EXTRA)");
    }

    #[test]
    fn a_variable_of_the_command_line_wins() {
        let file = SourceFile::new("x", "other");
        let set = [("CLAUDE".to_owned(), Traced::of_file(&file, Span::new(0, 5)))];
        assert!(
            recipe("fix", &set).commands[0]
                .text()
                .starts_with("other -p")
        );
    }

    #[test]
    fn a_pattern_rule_and_the_default_target_are_found() {
        assert_eq!(recipe("all-x", &[]).commands[0].text(), "make fix");
        let make = parse(&SourceFile::new("Makefile", TEXT));
        assert_eq!(make.default_target(), Some("fix"));
        assert!(make.recipe("none", &[]).is_none());
    }
}
