//! For any report and any state: nothing is lost, nothing of others is touched, and the second run is silent.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::model::{World, changed, numbered, on_line, without_patch};
use crate::finding::{Finding, Severity};
use crate::github::review::{
    FileStatus, Marker, Patch, Replies, Resolution, Standing, Subject, SummaryWrite,
};

const PATHS: [&str; 4] = ["a.yml", "b.yml", "c.sh", "gone.yml"];

#[derive(Clone, Debug)]
struct Spec {
    file: usize,
    line: u32,
    severity: Severity,
    new: Option<bool>,
}

#[derive(Clone, Debug)]
struct Old {
    finding: usize,
    own: bool,
    is_file: bool,
    line: Option<u32>,
    standing: Standing,
    resolution: Resolution,
    replies: Replies,
}

fn spec() -> impl Strategy<Value = Spec> {
    (
        0..PATHS.len(),
        1..40_u32,
        prop_oneof![
            Just(Severity::Note),
            Just(Severity::Warning),
            Just(Severity::Error)
        ],
        prop_oneof![3 => Just(Some(true)), 1 => Just(Some(false)), 1 => Just(None)],
    )
        .prop_map(|(file, line, severity, new)| Spec {
            file,
            line,
            severity,
            new,
        })
}

fn old() -> impl Strategy<Value = Old> {
    (
        any::<usize>(),
        prop::bool::weighted(0.8),
        any::<bool>(),
        proptest::option::of(1..40_u32),
        prop_oneof![
            4 => Just(Standing::Open),
            1 => Just(Standing::Fixed),
            1 => Just(Standing::Moved),
            1 => Just(Standing::Unknown)
        ],
        prop_oneof![
            4 => Just(Resolution::Open),
            1 => Just(Resolution::ByViewer),
            1 => Just(Resolution::ByOther),
            1 => Just(Resolution::Unknown)
        ],
        prop_oneof![2 => Just(Replies::None), 1 => Just(Replies::Own), 1 => Just(Replies::Others)],
    )
        .prop_map(
            |(finding, own, is_file, line, standing, resolution, replies)| Old {
                finding,
                own,
                is_file,
                line,
                standing,
                resolution,
                replies,
            },
        )
}

fn world(specs: &[Spec], olds: &[Old], shown: (u32, u32)) -> World {
    let files: Vec<_> = PATHS.iter().map(|path| numbered(path, 60)).collect();
    let findings: Vec<Finding> = specs
        .iter()
        .map(|spec| {
            let mut finding = on_line(&files[spec.file], spec.line, spec.severity);
            finding.new = spec.new;
            finding
        })
        .collect();
    let (first, length) = shown;
    let mut world = World::new(
        findings,
        vec![
            changed(&files[0], first, first + length),
            without_patch("b.yml", FileStatus::Modified),
            changed(&files[2], 1, 60),
            without_patch("gone.yml", FileStatus::Removed),
        ],
    );
    let everything = world.report.findings.clone();
    // A part of the old threads is about findings that are gone.
    world.set(
        everything
            .iter()
            .skip(everything.len() / 4)
            .cloned()
            .collect(),
    );
    for old in olds {
        if everything.is_empty() {
            break;
        }
        let finding = &everything[old.finding % everything.len()];
        let marker = Marker {
            fp: finding.fingerprint.as_str().into(),
            standing: old.standing,
            ..Marker::default()
        };
        let subject = if old.is_file {
            Subject::File
        } else {
            Subject::Line
        };
        let line = old.line.filter(|_| !old.is_file);
        let body = format!("old text\n{}", marker.line());
        let thread = world.thread(finding.location.path(), &body, subject, line);
        thread.own = old.own;
        thread.outdated = old.line.is_none();
        thread.resolution = old.resolution;
        thread.replies = old.replies;
    }
    world
}

/// Whether somebody who looks at the pull request finds it.
fn is_seen(world: &World, finding: &Finding) -> bool {
    let about = |body: &str| {
        Marker::find(body)
            .filter(|marker| {
                marker.fp == finding.fingerprint.as_str() && marker.standing == Standing::Open
            })
            .is_some()
    };
    let in_thread = world.state.threads.iter().any(|thread| {
        let shown = thread.is_shown() || thread.resolution == Resolution::ByOther;
        thread.own && shown && about(&thread.body)
    });
    let place = format!(
        "{}:{}`",
        finding.location.path(),
        finding.location.start().line
    );
    in_thread || world.summary().contains(&place)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn nothing_is_lost_and_the_second_run_is_silent(
        specs in proptest::collection::vec(spec(), 0..60),
        olds in proptest::collection::vec(old(), 0..30),
        shown in (1..40_u32, 0..20_u32),
        refused in proptest::collection::vec(any::<prop::sample::Index>(), 0..6),
    ) {
        let mut world = world(&specs, &olds, shown);
        // GitHub refuses some lines.
        if let Some(review) = world.plan().review {
            for index in refused {
                let comment = &review.comments[index.index(review.comments.len())];
                world.progress.refused_lines.insert(comment.fingerprint.clone());
            }
        }
        let before = world.state.clone();
        let plan = world.run();
        let foreign: BTreeSet<u64> =
            before.threads.iter().filter(|t| !t.own).map(|t| t.comment).collect();
        let answered: BTreeSet<u64> =
            before.threads.iter().filter(|t| t.replies == Replies::Others).map(|t| t.comment).collect();
        prop_assert!(plan.edits.iter().all(|edit| !foreign.contains(&edit.id)));
        prop_assert!(plan.deletes.iter().all(|d| !foreign.contains(&d.id) && !answered.contains(&d.id)));
        prop_assert!(plan.file_comments.len() <= 5);
        let comments = plan.review.iter().flat_map(|review| &review.comments);
        prop_assert!(comments.clone().count() <= 25);
        for comment in comments {
            let file = world.files.iter().find(|file| file.path == comment.path).unwrap();
            let patch = Patch::parse(file.patch.as_deref().unwrap());
            let hunk = patch.hunk_at(comment.line).unwrap();
            prop_assert!(comment.start_line.unwrap_or(comment.line) >= hunk.first());
            prop_assert!(comment.body.chars().count() <= 8_000);
        }
        let edited: Vec<u64> = plan.edits.iter().map(|edit| edit.id).collect();
        let once: BTreeSet<u64> = edited.iter().copied().chain(plan.deletes.iter().map(|d| d.id)).collect();
        prop_assert_eq!(once.len(), edited.len() + plan.deletes.len());
        let counts = plan.counts;
        prop_assert_eq!(
            counts.wanted,
            counts.on_lines + counts.on_files + counts.settled_by_people + counts.only_in_summary
        );
        for finding in &world.report.findings {
            if finding.severity > Severity::Note && finding.new != Some(false) {
                prop_assert!(is_seen(&world, finding), "{:?} is lost", finding.location);
            }
        }
        // What was refused is known to the next run by what stands there.
        let plan = world.run();
        prop_assert!(plan.is_empty(), "{:?}", plan);
        prop_assert!(!matches!(plan.summary, SummaryWrite::Create(_)));
    }
}
