//! Every miniature repository of `tests/fixtures/shapes` gives exactly the findings that its `expect.txt` names.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use portcullis::check::{Engine, Outcome, Report, Request, Selection};
use portcullis::policy::Policy;
use portcullis::snapshot::MemorySnapshot;

fn shapes() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/shapes")
}

fn collect(folder: &Path, root: &Path, into: &mut Vec<(String, Vec<u8>)>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, root, into);
        } else {
            let name = path
                .strip_prefix(root)
                .unwrap()
                .to_str()
                .unwrap()
                .replace('\\', "/");
            if name != "expect.txt" {
                into.push((name, std::fs::read(&path).unwrap()));
            }
        }
    }
}

fn judge(folder: &Path) -> Report {
    let mut files = Vec::new();
    collect(folder, folder, &mut files);
    let snapshot = MemorySnapshot::new(files);
    let policy = Policy::built_in();
    let request = Request {
        snapshot: &snapshot,
        selection: &Selection::Everything,
        base: None,
        policy: &policy,
        today: jiff::civil::date(2026, 11, 25),
    };
    match Engine::new().check(&request) {
        Outcome::Done(report) => *report,
        Outcome::Need(paths) => panic!("a snapshot in memory needs nothing: {paths:?}"),
    }
}

fn findings(report: &Report) -> BTreeSet<String> {
    let of_rule = report
        .findings
        .iter()
        .filter(|finding| finding.rule.as_str() == "skip-permissions");
    of_rule
        .map(|finding| {
            let at = finding.location.start();
            format!(
                "skip-permissions {} {}:{}:{} {}",
                finding.severity,
                finding.location.path(),
                at.line,
                at.column,
                finding.location.text()
            )
        })
        .collect()
}

#[test]
fn each_shape_gives_what_it_expects() {
    let mut wrong = Vec::new();
    let mut count = 0;
    let mut folders: Vec<PathBuf> = std::fs::read_dir(shapes())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    folders.sort();
    for folder in folders.iter().filter(|folder| folder.is_dir()) {
        count += 1;
        let expected = std::fs::read_to_string(folder.join("expect.txt")).unwrap();
        let lines = expected
            .lines()
            .map(str::trim)
            .filter(|line| !line.is_empty() && !line.starts_with('#'));
        let (agents, rules): (Vec<&str>, Vec<&str>) =
            lines.partition(|line| line.starts_with("agents "));
        let report = judge(folder);
        let found = findings(&report);
        let wanted: BTreeSet<String> = rules.iter().map(|line| (*line).to_owned()).collect();
        let name = folder.file_name().unwrap().to_string_lossy().into_owned();
        for missing in wanted.difference(&found) {
            wrong.push(format!("{name}: missing  {missing}"));
        }
        for extra in found.difference(&wanted) {
            wrong.push(format!("{name}: extra    {extra}"));
        }
        let number = format!("agents {}", report.agents.len());
        if agents != [number.as_str()] {
            wrong.push(format!("{name}: wanted {agents:?}, found {number}"));
        }
    }
    assert!(count > 200, "only {count} shapes were found");
    assert!(
        wrong.is_empty(),
        "{} of {count} shapes:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}
