//! Every example in the documentation of every rule is executed: it fires or it is silent, as it says.

use portcullis::check::{Engine, Outcome as Checked, Report, Request, Selection};
use portcullis::policy::{self, Policy, PolicySource};
use portcullis::rule::{self, Rule};
use portcullis::snapshot::{Content, EntryKind, MemorySnapshot};
use portcullis::source::SourceFile;

use super::example::{self, Example, Outcome, Part};

/// The day of examples that name none.
const TODAY: &str = "2026-11-25";

fn examples(rule: &Rule) -> Result<Vec<Example>, String> {
    let parts =
        example::parts(&rule.documentation()).map_err(|error| format!("{}: {error}", rule.id))?;
    let examples = parts.into_iter().filter_map(|part| match part {
        Part::Example(example) => Some(example),
        Part::Text(_) => None,
    });
    Ok(examples.collect())
}

fn judge(example: &Example) -> Report {
    let file = |path: &str| example.files.iter().find(|(name, _)| name == path);
    let chosen = policy::choose_file(|path| file(path).is_some()).unwrap();
    let policy = match chosen.and_then(file) {
        Some((path, text)) => {
            let source = PolicySource::File { path: path.clone() };
            Policy::parse(&SourceFile::new(path.as_str(), text.as_str()), source)
                .unwrap_or_else(|mistakes| panic!("{mistakes:#?}"))
        }
        None => Policy::built_in(),
    };
    let (plain, special): (Vec<_>, Vec<_>) = example
        .files
        .iter()
        .partition(|(path, _)| !path.contains(" -> ") && !path.ends_with(" (submodule)"));
    let files = plain
        .into_iter()
        .map(|(path, text)| (path.clone(), text.clone().into_bytes()));
    let mut snapshot = MemorySnapshot::new(files);
    for (path, _) in special {
        match path.split_once(" -> ") {
            Some((link, target)) => {
                let target = Content::Bytes(target.as_bytes().into());
                snapshot.insert(link, EntryKind::Symlink, target);
            }
            None => {
                let path = path.trim_end_matches(" (submodule)");
                snapshot.insert(path, EntryKind::Submodule, Content::Missing);
            }
        }
    }
    let request = Request {
        snapshot: &snapshot,
        selection: &Selection::Everything,
        base: None,
        policy: &policy,
        today: example.today.as_deref().unwrap_or(TODAY).parse().unwrap(),
    };
    match Engine::new().check(&request) {
        Checked::Done(report) => *report,
        Checked::Need(paths) => panic!("a snapshot in memory needs nothing: {paths:?}"),
    }
}

#[test]
fn every_example_does_what_it_says() {
    let mut wrong = Vec::new();
    for rule in rule::ALL {
        for (number, example) in examples(rule).unwrap().iter().enumerate() {
            let report = judge(example);
            let own = report
                .findings
                .iter()
                .filter(|finding| finding.rule == rule.id)
                .count();
            let is_right = match example.outcome {
                Outcome::Fires => own > 0,
                Outcome::Silent => own == 0,
            };
            if !is_right {
                wrong.push(format!(
                    "{}, example {}: {:?}, and {own} findings",
                    rule.id,
                    number + 1,
                    example.outcome
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_rule_has_an_example_that_fires_and_one_that_is_silent() {
    for rule in rule::ALL {
        let examples = examples(rule).unwrap();
        for outcome in [Outcome::Fires, Outcome::Silent] {
            let has = examples.iter().any(|example| example.outcome == outcome);
            assert!(has, "{} has no example for {outcome:?}", rule.id);
        }
    }
}

#[test]
fn every_rule_explains_itself_in_the_fixed_sections() {
    let wanted = [
        "What it does",
        "Why it matters",
        "What is accepted",
        "How to fix",
        "Examples",
    ];
    for rule in rule::ALL {
        let documentation = rule.documentation();
        let sections: Vec<&str> = documentation
            .lines()
            .filter_map(|line| line.strip_prefix("## "))
            .collect();
        assert_eq!(sections, wanted, "{}", rule.id);
    }
}

#[test]
fn a_fence_that_is_no_example_is_a_mistake() {
    for text in [
        "```yaml\non: push\n```",
        "```repo maybe\n=== a\n```",
        "```repo fires tomorrow\n=== a\n```",
        "```repo fires\nno path\n```",
        "```repo fires\n```",
        "```repo fires\n=== a\n",
    ] {
        assert!(example::parts(text).is_err(), "{text}");
    }
}
