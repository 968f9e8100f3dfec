//! `on:`: what starts a workflow, and with which filters.
//!
//! Says what is written; it does not judge who can cause an event.

use crate::source::Node;

use super::field::{Input, List};

/// One event that starts a workflow.
#[derive(Clone, Copy, Debug)]
pub struct Trigger<'t> {
    /// The event's name.
    pub event: Node<'t>,
    settings: Option<Node<'t>>,
}

/// A filter of an event.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[allow(missing_docs)] // The names are GitHub's.
pub enum Filter {
    Types,
    Branches,
    BranchesIgnore,
    Tags,
    TagsIgnore,
    Paths,
    PathsIgnore,
    Workflows,
    Names,
    Versions,
}

/// Activity types that start an event without `types:`. Of events that are not listed, every type does.
/// Source: GitHub's event reference.
const DEFAULT_TYPES: [(&str, &[&str]); 2] = [
    ("pull_request", &["opened", "synchronize", "reopened"]),
    (
        "pull_request_target",
        &["opened", "synchronize", "reopened"],
    ),
];

impl Filter {
    /// The key in a workflow.
    pub fn key(self) -> &'static str {
        match self {
            Self::Types => "types",
            Self::Branches => "branches",
            Self::BranchesIgnore => "branches-ignore",
            Self::Tags => "tags",
            Self::TagsIgnore => "tags-ignore",
            Self::Paths => "paths",
            Self::PathsIgnore => "paths-ignore",
            Self::Workflows => "workflows",
            Self::Names => "names",
            Self::Versions => "versions",
        }
    }
}

impl<'t> Trigger<'t> {
    /// The events of an `on:` value: a name, a list of names, or a mapping.
    pub fn all(on: Option<Node<'t>>) -> impl Iterator<Item = Self> {
        let names = on
            .into_iter()
            .flat_map(|on| on.items().chain(on.non_null_text().map(|_| on)))
            .filter(|event| event.text().is_some())
            .map(|event| Self {
                event,
                settings: None,
            });
        let entries = on
            .into_iter()
            .flat_map(Node::entries)
            .filter(|entry| entry.key.text().is_some())
            .map(|entry| Self {
                event: entry.key,
                settings: Some(entry.value),
            });
        names.chain(entries)
    }

    /// The event's name.
    pub fn name(self) -> &'t str {
        self.event.text().unwrap_or_default()
    }

    /// What is written below the event.
    pub fn settings(self) -> Option<Node<'t>> {
        self.settings.filter(|node| !node.is_null())
    }

    /// A filter; empty where it is not there.
    pub fn filter(self, filter: Filter) -> List<'t> {
        List::of(self.settings, filter.key())
    }

    /// Whether an activity type starts the workflow.
    pub fn starts_on(self, activity: &str) -> bool {
        let types = self.filter(Filter::Types);
        if types.node().is_some() {
            return types.texts().any(|text| text == activity);
        }
        DEFAULT_TYPES
            .iter()
            .find(|(event, _)| *event == self.name())
            .is_none_or(|(_, types)| types.contains(&activity))
    }

    /// The times of a `schedule`.
    pub fn crons(self) -> impl Iterator<Item = Node<'t>> {
        self.settings
            .into_iter()
            .flat_map(Node::items)
            .filter_map(|item| item.get("cron"))
    }

    /// Inputs of `workflow_call` or `workflow_dispatch`.
    pub fn inputs(self) -> impl Iterator<Item = Input<'t>> {
        Input::all(self.settings)
    }

    /// An input by name, in any case.
    pub fn input(self, name: &str) -> Option<Input<'t>> {
        Input::find(self.settings, name)
    }

    /// Secrets that `workflow_call` asks for.
    pub fn secrets(self) -> impl Iterator<Item = Input<'t>> {
        Input::named(self.settings, "secrets")
    }

    /// Outputs of `workflow_call`.
    pub fn outputs(self) -> impl Iterator<Item = Input<'t>> {
        Input::named(self.settings, "outputs")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::{SourceFile, Tree, yaml};

    fn tree(text: &str) -> Tree {
        yaml::parse(&SourceFile::new("w.yml", text)).unwrap()
    }

    fn names(text: &str) -> Vec<String> {
        let tree = tree(text);
        let on = tree.root().unwrap().get("on");
        Trigger::all(on)
            .map(|trigger| trigger.name().to_owned())
            .collect()
    }

    #[test]
    fn a_name_a_list_and_a_mapping_are_read() {
        assert_eq!(names("on: push"), ["push"]);
        assert_eq!(names("on: [push, pull_request]"), ["push", "pull_request"]);
        assert_eq!(names("on:\n  issues:\n  push: {}\n"), ["issues", "push"]);
        assert!(names("on:\n").is_empty());
    }

    #[test]
    fn filters_take_one_text_or_a_list() {
        let tree = tree(
            "on:\n  push: {branches: main, paths: [a, b]}\n  schedule:\n    - cron: '1 2 * * *'\n",
        );
        let all: Vec<_> = Trigger::all(tree.root().unwrap().get("on")).collect();
        assert_eq!(
            all[0].filter(Filter::Branches).texts().collect::<Vec<_>>(),
            ["main"]
        );
        assert_eq!(all[0].filter(Filter::Paths).texts().count(), 2);
        assert!(all[0].filter(Filter::Tags).node().is_none());
        assert_eq!(all[1].crons().next().unwrap().text(), Some("1 2 * * *"));
    }

    #[test]
    fn a_pull_request_without_types_does_not_start_on_a_label() {
        let tree =
            tree("on:\n  pull_request:\n  issues:\n  pull_request_target: {types: [labeled]}\n");
        let all: Vec<_> = Trigger::all(tree.root().unwrap().get("on")).collect();
        assert!(all[0].starts_on("opened") && !all[0].starts_on("labeled"));
        assert!(all[1].starts_on("labeled"));
        assert!(all[2].starts_on("labeled") && !all[2].starts_on("opened"));
    }

    #[test]
    fn call_inputs_have_defaults_and_types() {
        let tree = tree(
            "on:\n  workflow_call:\n    inputs:\n      Limit: {type: number, default: 30}\n      key: {required: true, type: string}\n    secrets:\n      TOKEN: {required: true}\n",
        );
        let call = Trigger::all(tree.root().unwrap().get("on")).next().unwrap();
        let limit = call.input("limit").unwrap();
        assert_eq!(
            (limit.kind(), limit.default().unwrap().text()),
            (Some("number"), Some("30"))
        );
        assert!(call.input("KEY").unwrap().is_required());
        assert!(call.secrets().next().unwrap().is_required());
    }
}
