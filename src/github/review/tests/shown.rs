//! What people read, to the letter.

use std::sync::Arc;

use super::model::{HEAD, World, changed};
use crate::github::review::ChangedFile;
use crate::report::sample;
use crate::source::SourceFile;

/// The report that all renderers are tested with, on a pull request that changes a workflow and a script.
fn world() -> World {
    let report = sample::report();
    let mut files: Vec<(Arc<SourceFile>, u32, u32)> = Vec::new();
    for finding in &report.findings {
        let file = &finding.location.file;
        let line = finding.location.start().line;
        if file.path() != "scripts/review.sh" && !file.path().ends_with("broken.yml") {
            files.push((file.clone(), line.saturating_sub(6).max(1), line));
        }
    }
    let files: Vec<ChangedFile> = files
        .iter()
        .map(|(file, first, last)| changed(file, *first, *last))
        .collect();
    let mut world = World::new(Vec::new(), files);
    world.report = report;
    world.push(HEAD);
    world
}

fn without_mark(body: &str) -> String {
    crate::github::review::Marker::strip(body).to_owned()
}

#[test]
fn comments_say_what_is_wrong_and_what_to_do() {
    let plan = world().plan();
    let comments: Vec<String> = plan
        .review
        .iter()
        .flat_map(|review| &review.comments)
        .map(|comment| {
            format!(
                "=== {} {:?}..{}\n{}",
                comment.path,
                comment.start_line,
                comment.line,
                without_mark(&comment.body)
            )
        })
        .collect();
    insta::assert_snapshot!("comments", comments.join("\n\n"));
}

#[test]
fn the_summary_says_where_everything_is() {
    let mut world = world();
    world.run();
    assert!(!world.summary().contains(sample::KEY));
    insta::assert_snapshot!("summary", without_mark(world.summary()));
}
