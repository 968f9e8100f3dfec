//! Where comments stand.

use std::sync::Arc;

use super::model::{changed, numbered, on_line, without_patch};
use crate::finding::{Confidence, Finding, Related, RuleId, Severity};
use crate::github::review::{Aim, ChangedFile, FileStatus, Place, Places};
use crate::source::{Location, SourceFile, Span};

const WORKFLOW: &str = "\
on: issues
jobs:
  first:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v5
  triage:
    permissions:
      contents: write
    steps:
      - name: Triage
        uses: anthropics/claude-code-action@v1
        with:
          prompt: x
";

fn on(file: &Arc<SourceFile>, text: &str) -> Finding {
    let start = file.text().find(text).unwrap();
    let place = Location::new(file, Span::of(start..start + text.len()));
    Finding::new(RuleId("r"), Severity::Error, Confidence::High, place, "m")
}

fn place(finding: &Finding, files: &[ChangedFile]) -> Place {
    Places::new(files).of(finding)
}

fn lines(path: &str, first: u32, last: u32, aim: Aim) -> Place {
    Place::Lines {
        path: path.into(),
        first,
        last,
        aim,
    }
}

#[test]
fn edges_of_a_hunk_take_comments_and_the_lines_beside_do_not() {
    let file = numbered("a.sh", 40);
    let files = [changed(&file, 10, 12)];
    for line in [10, 12] {
        let place = place(&on_line(&file, line, Severity::Error), &files);
        assert_eq!(place, lines("a.sh", line, line, Aim::Exact));
    }
    for line in [9, 13] {
        let place = place(&on_line(&file, line, Severity::Error), &files);
        assert_eq!(
            place,
            Place::File {
                path: "a.sh".into()
            }
        );
    }
}

#[test]
fn a_range_that_leaves_its_hunk_stands_on_its_first_line() {
    let file = SourceFile::new("a.yml", WORKFLOW);
    let finding = on(
        &file,
        "uses: anthropics/claude-code-action@v1\n        with:",
    );
    assert_eq!(
        place(&finding, &[changed(&file, 11, 14)]),
        lines("a.yml", 12, 13, Aim::Exact)
    );
    assert_eq!(
        place(&finding, &[changed(&file, 11, 12)]),
        lines("a.yml", 12, 12, Aim::Exact)
    );
    assert_eq!(
        place(&finding, &[changed(&file, 13, 14)]),
        lines("a.yml", 13, 13, Aim::Near)
    );
}

#[test]
fn a_line_that_is_not_shown_is_told_at_the_nearest_line_of_its_node() {
    let file = SourceFile::new("a.yml", WORKFLOW);
    let action = on(&file, "anthropics/claude-code-action@v1");
    // A line of the step, then one of the job.
    assert_eq!(
        place(&action, &[changed(&file, 14, 14)]),
        lines("a.yml", 14, 14, Aim::Near)
    );
    assert_eq!(
        place(&action, &[changed(&file, 9, 9)]),
        lines("a.yml", 9, 9, Aim::Near)
    );
    // Another job has nothing to do with it.
    assert_eq!(
        place(&action, &[changed(&file, 4, 5)]),
        Place::File {
            path: "a.yml".into()
        }
    );
}

#[test]
fn a_file_outside_of_the_diff_is_told_where_the_trail_is_shown() {
    let workflow = SourceFile::new("a.yml", WORKFLOW);
    let script = numbered("fix.sh", 9);
    let mut finding = on_line(&script, 3, Severity::Error);
    let files = [changed(&workflow, 12, 14)];
    assert_eq!(place(&finding, &files), Place::Summary);
    finding.related.push(Related {
        location: on(&workflow, "prompt").location,
        message: "runs it".into(),
    });
    assert_eq!(place(&finding, &files), lines("a.yml", 14, 14, Aim::Near));
}

#[test]
fn lines_of_a_merge_commit_are_found_by_what_they_say() {
    let head = SourceFile::new("a.yml", WORKFLOW);
    let merged = SourceFile::new("a.yml", format!("# new at the base\n{WORKFLOW}"));
    let files = [changed(&head, 9, 14)];
    let finding = on(&merged, "anthropics/claude-code-action@v1");
    assert_eq!(place(&finding, &files), lines("a.yml", 12, 12, Aim::Exact));
    // A line that occurs twice could be either.
    let finding = on(&merged, "    steps:\n      - name");
    assert_eq!(
        place(&finding, &files),
        Place::File {
            path: "a.yml".into()
        }
    );
}

#[test]
fn crlf_and_a_byte_order_mark_change_nothing() {
    let file = SourceFile::new(
        "a.yml",
        format!("\u{feff}{}", WORKFLOW.replace('\n', "\r\n")),
    );
    let files = [changed(&file, 1, 14)];
    assert_eq!(
        place(&on(&file, "on:"), &files),
        lines("a.yml", 1, 1, Aim::Exact)
    );
    assert_eq!(
        place(&on(&file, "prompt"), &files),
        lines("a.yml", 14, 14, Aim::Exact)
    );
}

#[test]
fn a_path_that_cannot_be_printed_is_found_and_sent_as_github_spells_it() {
    let file = numbered("a\\x0ab\\xe2\\x80\\xa8.sh", 5);
    let mut entry = changed(&file, 1, 5);
    entry.path = "a\nb\u{2028}.sh".into();
    let place = place(&on_line(&file, 2, Severity::Error), &[entry]);
    assert_eq!(place, lines("a\nb\u{2028}.sh", 2, 2, Aim::Exact));
}

#[test]
fn what_is_no_file_any_more_gets_no_comment() {
    let file = numbered("a.sh", 5);
    let finding = on_line(&file, 2, Severity::Error);
    assert_eq!(
        place(&finding, &[without_patch("a.sh", FileStatus::Removed)]),
        Place::Summary
    );
    for status in [
        FileStatus::Unknown,
        FileStatus::Changed,
        FileStatus::Unchanged,
    ] {
        let files = [without_patch("a.sh", status)];
        assert_eq!(
            place(&finding, &files),
            Place::File {
                path: "a.sh".into()
            }
        );
    }
}
