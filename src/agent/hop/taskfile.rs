//! Taskfiles (`Taskfile.yml`), as far as tasks need it.

use std::sync::Arc;

use crate::source::{Hole, Node, SourceFile, SyntaxError, Traced, yaml};

use super::Recipe;

/// What a task runs; an empty name means `default`. Nothing where there is no such task.
///
/// # Errors
/// The place where the file is no YAML.
pub fn recipe(
    file: &Arc<SourceFile>,
    name: &str,
    set: &[(String, Traced)],
) -> Result<Option<Recipe>, SyntaxError> {
    let tree = yaml::parse(file)?;
    let Some(root) = tree.root() else {
        return Ok(None);
    };
    let name = if name.is_empty() { "default" } else { name };
    let Some(task) = root.get("tasks").and_then(|tasks| tasks.get(name)) else {
        return Ok(None);
    };
    let mut variables = variables(root.get("vars"));
    variables.extend(variables_of_task(task));
    variables.extend(set.iter().cloned());
    let mut recipe = Recipe::default();
    for dependency in task.get("deps").into_iter().flat_map(Node::items) {
        let named = dependency.text().or_else(|| dependency.get("task")?.text());
        recipe.before.extend(named.map(str::to_owned));
    }
    let list = task.get("cmds").or_else(|| task.get("cmd")).unwrap_or(task);
    let commands: Vec<Node<'_>> = if list.is_sequence() {
        list.items().collect()
    } else {
        vec![list]
    };
    for command in commands {
        if let Some(called) = command.get("task").and_then(Node::text) {
            recipe.before.push(called.to_owned());
        }
        let text = command.traced().or_else(|| command.get("cmd")?.traced());
        recipe
            .commands
            .extend(text.map(|text| interpolate(&text, &variables)));
    }
    recipe.variables = variables;
    Ok(Some(recipe))
}

/// Names of all tasks; none where the file is no YAML.
pub fn names(file: &Arc<SourceFile>) -> Vec<String> {
    let Ok(tree) = yaml::parse(file) else {
        return Vec::new();
    };
    let tasks = tree.root().and_then(|root| root.get("tasks"));
    let entries = tasks.into_iter().flat_map(Node::entries);
    entries
        .filter_map(|entry| entry.key.text().map(str::to_owned))
        .collect()
}

fn variables(node: Option<Node<'_>>) -> Vec<(String, Traced)> {
    let entries = node.into_iter().flat_map(Node::entries);
    entries
        .filter_map(|entry| Some((entry.key.text()?.to_owned(), entry.value.traced()?)))
        .collect()
}

fn variables_of_task(task: Node<'_>) -> Vec<(String, Traced)> {
    let mut all = variables(task.get("env"));
    all.extend(variables(task.get("vars")));
    all
}

/// Replaces `{{.NAME}}` by its value; any other template becomes a hole.
fn interpolate(text: &Traced, variables: &[(String, Traced)]) -> Traced {
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
        let name = written
            .trim_matches(['{', '}'])
            .trim()
            .trim_start_matches('.');
        if let Some((_, value)) = variables.iter().rev().find(|(known, _)| known == name) {
            out.push(value);
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
    fn a_task_has_its_dependencies_commands_and_variables() {
        let text = "version: '3'\nvars: {F: --dangerously-skip-permissions}\ntasks:\n  fix:\n    deps: [a, {task: b}]\n    cmds:\n      - claude -p {{.F}} {{.CLI_ARGS}}\n      - task: c\n      - cmd: echo\n";
        let file = SourceFile::new("Taskfile.yml", text);
        let recipe = super::recipe(&file, "fix", &[]).unwrap().unwrap();
        assert_eq!(recipe.before, ["a", "b", "c"]);
        assert_eq!(recipe.commands.len(), 2);
        assert!(
            recipe.commands[0]
                .text()
                .starts_with("claude -p --dangerously-skip-permissions ")
        );
        assert!(super::recipe(&file, "none", &[]).unwrap().is_none());
    }
}
