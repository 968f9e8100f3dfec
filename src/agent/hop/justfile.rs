//! justfiles, as far as recipes need it: recipes, dependencies, variables, interpolation.

use std::sync::Arc;

use crate::source::{Hole, SourceFile, Span, Traced, saturate};

use super::Recipe;

struct Entry {
    name: String,
    before: Vec<String>,
    commands: Vec<Traced>,
}

/// What a recipe runs; an empty name means the first recipe. Nothing where there is none.
pub fn recipe(file: &Arc<SourceFile>, name: &str, set: &[(String, Traced)]) -> Option<Recipe> {
    let (entries, variables) = parse(file);
    let entry = if name.is_empty() {
        entries.into_iter().next()?
    } else {
        entries.into_iter().find(|entry| entry.name == name)?
    };
    let lookup = |name: &str| {
        let given = set.iter().rev().find(|(known, _)| known == name);
        let defined = variables.iter().rev().find(|(known, _)| known == name);
        given.or(defined).map(|(_, value)| value.clone())
    };
    let commands = entry
        .commands
        .iter()
        .map(|command| interpolate(command, &lookup))
        .collect();
    Some(Recipe {
        before: entry.before,
        commands,
        variables,
    })
}

/// Names of all recipes.
pub fn names(file: &Arc<SourceFile>) -> Vec<String> {
    parse(file).0.into_iter().map(|entry| entry.name).collect()
}

fn parse(file: &Arc<SourceFile>) -> (Vec<Entry>, Vec<(String, Traced)>) {
    let mut entries: Vec<Entry> = Vec::new();
    let mut variables = Vec::new();
    let mut at = 0;
    for line in file.text().split_inclusive('\n') {
        let start = at;
        at += line.len();
        let content = line.trim_end();
        if content.starts_with([' ', '\t']) {
            if let Some(entry) = entries.last_mut() {
                body_line(file, entry, content, start);
            }
            continue;
        }
        if content.is_empty() || content.starts_with(['#', '[']) {
            continue;
        }
        if let Some(operator) = content.find(":=") {
            let name = content
                .get(..operator)
                .unwrap_or_default()
                .trim_start_matches("export ")
                .trim();
            let value = content.get(operator + 2..).unwrap_or_default();
            variables.push((name.to_owned(), unquoted(file, value, start + operator + 2)));
            continue;
        }
        if let Some((head, dependencies)) = content.split_once(':') {
            let name = head
                .split_whitespace()
                .next()
                .unwrap_or_default()
                .trim_start_matches('@');
            entries.push(Entry {
                name: name.to_owned(),
                before: dependencies
                    .split_whitespace()
                    .filter(|word| *word != "&&")
                    .map(|word| word.trim_matches(['(', ')']).to_owned())
                    .collect(),
                commands: Vec::new(),
            });
        }
    }
    (entries, variables)
}

/// A line of a recipe. A recipe that starts with `#!` is one script, and a line that ends in a backslash goes on;
/// both stay one text.
fn body_line(file: &Arc<SourceFile>, entry: &mut Entry, content: &str, start: usize) {
    let text = content.trim_start();
    let lead = content.len() - text.len();
    let joined = entry
        .commands
        .last()
        .is_some_and(|last| last.text().starts_with("#!") || last.text().ends_with('\\'));
    let stripped = if joined {
        text
    } else {
        text.trim_start_matches(['@', '-'])
    };
    let from = start + lead + (text.len() - stripped.len());
    let line = Traced::of_file(file, Span::of(from..from + stripped.len()));
    if !joined {
        entry.commands.push(line);
        return;
    }
    if let Some(last) = entry.commands.last_mut() {
        last.push_decoded("\n", file, Span::at(saturate(from)));
        last.push(&line);
    }
}

fn unquoted(file: &Arc<SourceFile>, value: &str, start: usize) -> Traced {
    let trimmed = value.trim();
    let lead = value.len() - value.trim_start().len();
    let quoted = ['"', '\'', '`']
        .into_iter()
        .any(|quote| trimmed.len() >= 2 && trimmed.starts_with(quote) && trimmed.ends_with(quote));
    let cut = usize::from(quoted);
    let from = start + lead + cut;
    Traced::of_file(file, Span::of(from..from + trimmed.len() - 2 * cut))
}

/// Replaces `{{ name }}` by its value; anything else in braces becomes a hole.
fn interpolate(text: &Traced, lookup: &dyn Fn(&str) -> Option<Traced>) -> Traced {
    let source = text.text();
    let mut out = Traced::default();
    let mut copied = 0;
    while let Some(open) = source
        .get(copied..)
        .and_then(|rest| rest.find("{{"))
        .map(|found| copied + found)
    {
        let Some(close) = source
            .get(open..)
            .and_then(|rest| rest.find("}}"))
            .map(|found| open + found + 2)
        else {
            break;
        };
        out.push_range(text, copied..open);
        let written = source.get(open..close).unwrap_or_default();
        let name = written.trim_matches(['{', '}']).trim();
        if let Some(value) = lookup(name) {
            out.push(&value);
        } else if let Some(place) = text.locate(open..close) {
            out.push(&Traced::hole(
                &Hole::stand_in(written.len()),
                written,
                &place,
            ));
        }
        copied = close;
    }
    out.push_range(text, copied..source.len());
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_recipe_has_its_dependencies_and_interpolated_lines() {
        let text = "flags := \"--dangerously-skip-permissions\"\n\n# doc\nreview pr: build\n    @claude -p 'x' {{flags}} {{pr}}\n    echo done\n\nbuild:\n\t#!/usr/bin/env bash\n\techo a\n\techo b\n";
        let file = SourceFile::new("justfile", text);
        let recipe = super::recipe(&file, "review", &[]).unwrap();
        assert_eq!(recipe.before, ["build"]);
        assert_eq!(recipe.commands.len(), 2);
        let command = &recipe.commands[0];
        assert!(
            command
                .text()
                .starts_with("claude -p 'x' --dangerously-skip-permissions ")
        );
        assert_eq!(&*command.holes()[0].source, "{{pr}}");
        let at = command.text().find("--d").unwrap();
        assert_eq!(command.locate(at..at + 30).unwrap().start().line, 1);
        let script = super::recipe(&file, "build", &[]).unwrap();
        assert_eq!(script.commands.len(), 1);
        assert_eq!(names(&file), ["review", "build"]);
    }
}
