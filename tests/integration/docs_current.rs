//! The files that are made from the code are those that are committed.

use std::path::Path;

use portcullis::policy::{Policy, PolicySource};
use portcullis::source::SourceFile;

use super::pages;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Committed files may have the line ends of the machine.
fn read(path: &str) -> String {
    std::fs::read_to_string(root().join(path))
        .unwrap_or_default()
        .replace("\r\n", "\n")
}

#[test]
fn generated_files_are_current() {
    let pages = pages::pages(root()).unwrap();
    let mut stale: Vec<String> = pages
        .iter()
        .filter(|page| read(&page.path) != page.text)
        .map(|page| page.path.clone())
        .collect();
    stale.extend(pages::left_over(root()).unwrap());
    assert!(
        stale.is_empty(),
        "run `{}`: these files are stale: {stale:#?}",
        pages::COMMAND
    );
}

/// Fenced blocks of a language in a text.
fn fences<'t>(text: &'t str, language: &str) -> Vec<&'t str> {
    let start = format!("```{language}\n");
    let parts = text.split(start.as_str()).skip(1);
    parts
        .map(|part| part.split("```").next().unwrap())
        .collect()
}

#[test]
fn policies_in_the_readme_are_valid() {
    let readme = read("README.md");
    let policies: Vec<&str> = fences(&readme, "yaml")
        .into_iter()
        .filter(|text| text.contains("profile:"))
        .collect();
    assert!(!policies.is_empty(), "the README shows no policy");
    for text in policies {
        let path = ".github/portcullis.yml";
        let file = SourceFile::new(path, text);
        let parsed = Policy::parse(&file, PolicySource::File { path: path.into() });
        assert!(parsed.is_ok(), "{text}\n{:#?}", parsed.err());
        let value: serde_json::Value = serde_yaml::from_str(text).unwrap();
        let schema: serde_json::Value =
            serde_json::from_str(&read("schemas/portcullis.schema.json")).unwrap();
        assert!(jsonschema::is_valid(&schema, &value), "{text}");
    }
}

#[test]
fn our_own_policy_is_valid() {
    let path = ".github/portcullis.yml";
    let file = SourceFile::new(path, read(path));
    let parsed = Policy::parse(&file, PolicySource::File { path: path.into() });
    assert!(parsed.is_ok(), "{:#?}", parsed.err());
}

#[test]
fn continuous_integration_runs_the_commands_of_the_readme() {
    let readme = read("README.md");
    let commands: Vec<&str> = fences(&readme, "sh")
        .first()
        .unwrap()
        .lines()
        .filter(|line| line.starts_with("cargo "))
        .collect();
    assert_eq!(
        commands.len(),
        2,
        "the first shell block of the README has the two commands: {commands:?}"
    );
    let script = read(".ci/run");
    for command in commands {
        let command = command.split(" #").next().unwrap().trim();
        assert!(
            script.contains(command),
            "`.ci/run` does not run `{command}`"
        );
    }
}
