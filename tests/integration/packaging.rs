//! The action, its variant without docker, and the workflows to copy say the same and follow our own rules.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use portcullis::check::{Engine, Outcome, Request, Selection, Verdict};
use portcullis::policy::Policy;
use portcullis::snapshot::MemorySnapshot;
use portcullis::source::{SourceFile, yaml};
use portcullis::workflow::{Action, Docker, Input, Runs};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap().replace("\r\n", "\n")
}

fn action(path: &str) -> Action {
    let file = SourceFile::new(path, read(&root().join(path)));
    Action::new(Arc::new(yaml::parse(&file).unwrap()))
}

/// Name, default and description of each.
fn described<'t>(fields: impl Iterator<Item = Input<'t>>) -> BTreeSet<[String; 3]> {
    let text = |node: Option<portcullis::source::Node<'t>>| {
        node.and_then(|node| node.text())
            .unwrap_or_default()
            .to_owned()
    };
    fields
        .map(|field| {
            [
                text(Some(field.name)),
                text(field.default()),
                text(field.description()),
            ]
        })
        .collect()
}

/// The YAML files below folders.
fn workflows(folders: &[&str]) -> Vec<PathBuf> {
    let mut open: Vec<PathBuf> = folders.iter().map(|folder| root().join(folder)).collect();
    let mut files = Vec::new();
    while let Some(path) = open.pop() {
        if path.is_dir() {
            open.extend(
                std::fs::read_dir(path)
                    .unwrap()
                    .map(|entry| entry.unwrap().path()),
            );
        } else if path
            .extension()
            .is_some_and(|end| end == "yml" || end == "yaml")
        {
            files.push(path);
        }
    }
    files.sort();
    files
}

#[test]
fn action_and_its_variant_without_docker_have_the_same_inputs_and_outputs() {
    let (docker, composite) = (action("action.yml"), action("setup/action.yml"));
    assert!(matches!(docker.runs(), Runs::Docker(_)));
    assert!(matches!(composite.runs(), Runs::Composite));
    let inputs = described(docker.inputs());
    let mut of_composite = described(composite.inputs());
    of_composite.retain(|[name, ..]| name != "binary");
    assert_eq!(inputs, of_composite);
    assert!(
        inputs
            .iter()
            .all(|[_, _, description]| !description.is_empty())
    );
    let names = |action: &Action| -> BTreeSet<String> {
        described(action.outputs())
            .into_iter()
            .map(|[name, ..]| name)
            .collect()
    };
    assert_eq!(names(&docker), names(&composite));
}

#[test]
fn inputs_of_the_variant_without_docker_reach_the_program_and_no_script() {
    let file = read(&root().join("setup/action.yml"));
    let script = read(&root().join("setup/run.sh"));
    for [name, ..] in described(action("setup/action.yml").inputs()) {
        let expression = format!("${{{{ inputs.{name} }}}}");
        assert_eq!(file.matches(&expression).count(), 1, "{expression}");
        if name != "binary" && name != "github-token" {
            let variable = format!("\"INPUT_{}=", name.to_uppercase());
            assert!(script.contains(&variable), "{variable}");
        }
    }
    let run = file.split_once("      run: ").unwrap().1;
    assert!(
        !run.contains("${{"),
        "an expression in the text of the script"
    );
}

#[test]
fn image_is_built_here_until_a_release_names_its_digest() {
    let action = action("action.yml");
    let Runs::Docker(docker) = action.runs() else {
        panic!("not a container action");
    };
    let image = Docker::image(docker).unwrap().text().unwrap();
    let digest = image
        .strip_prefix("docker://")
        .and_then(|image| image.split_once("@sha256:"));
    assert!(
        image == "Dockerfile" || digest.is_some_and(|(_, digest)| digest.len() == 64),
        "{image}"
    );
}

#[test]
fn workflows_to_copy_give_no_finding() {
    let files = workflows(&["examples/workflows"]);
    assert!(files.len() >= 5);
    let snapshot = MemorySnapshot::new(files.iter().map(|file| {
        let name = file.file_name().unwrap().to_str().unwrap();
        (
            format!(".github/workflows/{name}"),
            std::fs::read(file).unwrap(),
        )
    }));
    let policy = Policy::built_in();
    let request = Request {
        snapshot: &snapshot,
        selection: &Selection::Everything,
        base: None,
        policy: &policy,
        today: jiff::civil::date(2026, 11, 25),
    };
    let Outcome::Done(report) = Engine::new().check(&request) else {
        panic!("a snapshot in memory needs nothing");
    };
    assert_eq!(report.verdict, Verdict::Pass);
    assert!(report.findings.is_empty(), "{:#?}", report.findings);
}

#[test]
fn workflows_bound_their_time_and_filter_no_paths() {
    for file in workflows(&["examples/workflows", ".github/workflows"]) {
        let text = read(&file);
        let (name, jobs) = (file.display(), text.matches("    runs-on:").count());
        assert!(jobs > 0, "{name}");
        assert_eq!(
            text.matches("\n    timeout-minutes:").count(),
            jobs,
            "{name}"
        );
        assert_eq!(text.matches("\n    permissions:\n").count(), jobs, "{name}");
        assert!(text.contains("\npermissions: {}\n"), "{name}");
        assert!(text.contains("\nconcurrency:\n"), "{name}");
        assert!(!text.contains("paths:"), "{name}");
        assert!(!text.contains("pull_request_target:"), "{name}");
    }
}

#[test]
fn actions_of_others_are_pinned_by_their_commit() {
    let mut seen = 0;
    for file in workflows(&[".github", "examples/workflows", "setup"]) {
        for line in read(&file).lines() {
            let line = line.trim().trim_start_matches("- ");
            let Some(target) = line.strip_prefix("uses: ") else {
                continue;
            };
            if target.starts_with("./") {
                continue;
            }
            seen += 1;
            let (action, comment) = target.split_once(" # ").unwrap_or((target, ""));
            let commit = action.split_once('@').map_or("", |(_, commit)| commit);
            assert!(
                commit.len() == 40 && commit.bytes().all(|byte| byte.is_ascii_hexdigit()),
                "{}: {line}",
                file.display()
            );
            assert!(
                !comment.is_empty(),
                "{}: {line}: which version is it?",
                file.display()
            );
        }
    }
    assert!(seen > 10);
}

#[test]
fn readme_names_the_permissions_that_the_examples_take() {
    let readme = read(&root().join("examples/workflows/README.md"));
    for file in workflows(&["examples/workflows"]) {
        let name = file.file_name().unwrap().to_str().unwrap();
        let row = readme
            .lines()
            .find(|line| line.contains(&format!("({name})")));
        let row = row.unwrap_or_else(|| panic!("{name} is not in the table"));
        let told: BTreeSet<&str> = row
            .rsplit('|')
            .nth(1)
            .unwrap()
            .split('`')
            .filter(|part| part.contains(": "))
            .collect();
        let text = read(&file);
        let granted: BTreeSet<&str> = text
            .split_once("\n    permissions:\n")
            .unwrap()
            .1
            .lines()
            .take_while(|line| line.starts_with("      "))
            .map(|line| line.split(" #").next().unwrap().trim())
            .collect();
        assert_eq!(told, granted, "{name}");
    }
}

#[cfg(unix)]
#[test]
fn release_is_written_into_both_actions_or_into_none() {
    let folder = tempfile::TempDir::new().unwrap();
    let at = |path: &str| folder.path().join(path);
    std::fs::create_dir(at("setup")).unwrap();
    for path in ["action.yml", "setup/action.yml"] {
        std::fs::copy(root().join(path), at(path)).unwrap();
    }
    let pin = |arguments: [&str; 4]| {
        let script = root().join(".github/scripts/pin-release.sh");
        let mut command = std::process::Command::new("sh");
        command
            .arg(script)
            .args(arguments)
            .current_dir(folder.path());
        command.output().unwrap().status.code()
    };
    let (digest, one, two) = ("1".repeat(64), "2".repeat(64), "3".repeat(64));
    let image = format!("ghcr.io/acme/portcullis@sha256:{digest}");
    let url = "https://github.com/acme/portcullis/releases/download/v1.2.3";
    let before = read(&at("action.yml"));
    assert_eq!(
        pin(["ghcr.io/acme/portcullis:v1", url, &one, &two]),
        Some(1)
    );
    assert_eq!(pin([&image, url, "", &two]), Some(1));
    assert_eq!(
        pin([&image, &format!("{url}\"\n: ${{x}}"), &one, &two]),
        Some(1)
    );
    assert_eq!(read(&at("action.yml")), before);
    assert_eq!(pin([&image, url, &one, &two]), Some(0));
    assert!(read(&at("action.yml")).contains(&format!("\n  image: docker://{image}\n")));
    let setup = read(&at("setup/action.yml"));
    for line in [
        format!("RELEASE_URL: \"{url}\""),
        format!("SHA256_X86_64: \"{one}\""),
        format!("SHA256_AARCH64: \"{two}\""),
    ] {
        assert!(setup.contains(&line), "{line}");
    }
    assert_eq!(
        pin([&image, url, &one, &two]),
        Some(1),
        "a release is written once"
    );
}
