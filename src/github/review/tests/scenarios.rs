//! The scenarios of `facts/github-delivery.md` §6.7 that a plan decides.

use super::model::{HEAD, World, changed, numbered, on_line, without_patch};
use crate::check::{Reason, Suppressed, Uncovered, Verdict};
use crate::finding::{Finding, Severity};
use crate::github::review::{
    Change, FileStatus, Halt, Marker, Object, PullStatus, Replies, Resolution, Section, Slot,
    Standing, State, Subject, SummaryWrite,
};
use crate::source::SourceFile;

use Severity::{Error, Note, Warning};

/// Three findings on lines 2 to 4 of a file whose lines 1 to 9 are shown.
fn three() -> World {
    let file = numbered("a.yml", 40);
    let findings = [2, 3, 4].map(|line| on_line(&file, line, Error));
    World::new(findings.into(), vec![changed(&file, 1, 9)])
}

fn standings(world: &World) -> Vec<Standing> {
    let marks = world
        .state
        .threads
        .iter()
        .map(|t| Marker::find(&t.body).unwrap());
    marks.map(|marker| marker.standing).collect()
}

#[test]
fn three_findings_are_one_review_and_one_summary() {
    let mut world = three();
    let plan = world.run();
    let review = plan.review.unwrap();
    assert_eq!(review.comments.len(), 3);
    assert!(plan.file_comments.is_empty() && plan.edits.is_empty() && plan.deletes.is_empty());
    assert!(matches!(plan.summary, SummaryWrite::Create(_)));
    assert_eq!((plan.counts.wanted, plan.counts.on_lines), (3, 3));
    let body = serde_json::to_value(&review).unwrap();
    assert_eq!(body["commit_id"], HEAD);
    assert_eq!(body["event"], "COMMENT");
    let mut comment = body["comments"][0].clone();
    comment["body"].take();
    assert_eq!(
        comment,
        serde_json::json!({"path": "a.yml", "line": 2, "side": "RIGHT", "body": null})
    );
}

#[test]
fn a_second_run_writes_nothing() {
    let mut world = three();
    world.run();
    let plan = world.run();
    assert!(plan.is_empty(), "{plan:?}");
    assert_eq!(plan.counts.on_lines, 3);
}

#[test]
fn a_clean_pull_request_is_not_written_to() {
    let file = numbered("a.yml", 9);
    let mut old = on_line(&file, 2, Warning);
    old.new = Some(false);
    let world = World::new(
        vec![old, on_line(&file, 3, Note)],
        vec![changed(&file, 1, 9)],
    );
    assert!(world.plan().is_empty());
}

#[test]
fn moved_lines_bring_no_new_comment() {
    let mut world = three();
    world.run();
    let text = format!(
        "{}{}",
        "new: line\n".repeat(10),
        numbered("a.yml", 40).text()
    );
    let file = SourceFile::new("a.yml", text);
    let mut findings: Vec<Finding> = [12, 13, 14].map(|line| on_line(&file, line, Error)).into();
    for (finding, old) in findings.iter_mut().zip(&world.report.findings) {
        finding.anchor.clone_from(&old.anchor);
        finding.message.clone_from(&old.message);
    }
    world.set(findings);
    world.files = vec![changed(&file, 1, 19)];
    for thread in &mut world.state.threads {
        thread.line = thread.line.map(|line| line + 10);
    }
    let plan = world.run();
    assert!(plan.is_empty(), "{plan:?}");
}

#[test]
fn a_finding_that_is_gone_is_marked_fixed_and_one_that_comes_back_is_opened_again() {
    let mut world = three();
    let all = world.report.findings.clone();
    world.run();
    world.push("bbbb");
    world.set(all[1..].to_vec());
    let plan = world.run();
    assert_eq!(plan.edits.len(), 1);
    assert_eq!(plan.edits[0].change, Change::Fixed);
    assert!(plan.edits[0].body.starts_with("✅ **Fixed** in [`bbbb`]("));
    assert!(
        plan.edits[0]
            .body
            .contains("Number 2 of a.yml is not bounded")
    );
    assert!(plan.review.is_none() && plan.deletes.is_empty());
    assert!(matches!(plan.summary, SummaryWrite::Update { .. }));
    assert_eq!(
        standings(&world),
        [Standing::Fixed, Standing::Open, Standing::Open]
    );
    assert!(world.run().is_empty());

    world.set(all);
    let plan = world.run();
    assert_eq!(plan.edits.len(), 1);
    assert_eq!(plan.edits[0].change, Change::Reopened);
    assert!(plan.edits[0].body.starts_with("🛑 **"));
    assert!(plan.review.is_none());
    assert!(world.run().is_empty());
}

#[test]
fn the_last_finding_gone_leaves_a_clean_summary() {
    let mut world = three();
    world.run();
    world.set(Vec::new());
    let plan = world.run();
    assert_eq!(plan.edits.len(), 3);
    assert!(world.summary().starts_with("## ✅ Portcullis: pass"));
    // Later commits change nothing about it.
    world.push("cccc");
    assert!(world.run().is_empty());
}

#[test]
fn nothing_is_called_fixed_while_a_file_cannot_be_read() {
    let mut world = three();
    world.run();
    world.set(Vec::new());
    world.report.verdict = Verdict::Incomplete;
    world.report.coverage.unreadable.push(Uncovered {
        path: "b.yml".into(),
        reason: "it is not UTF-8".into(),
    });
    assert!(world.run().edits.is_empty());
}

#[test]
fn an_exemption_is_not_a_fix() {
    let mut world = three();
    world.run();
    let exempted = world.report.findings.remove(0);
    world.report.suppressed.push(Suppressed {
        finding: exempted,
        by: Reason {
            reason: "fine".into(),
            owner: "@acme/security".into(),
            expires: jiff::civil::date(2027, 1, 1),
            source: "x:1".into(),
        },
    });
    let plan = world.run();
    assert!(plan.edits[0].body.starts_with("☑️ **Accepted**"));
}

#[test]
fn what_a_person_resolved_stays_resolved() {
    let mut world = three();
    world.run();
    world.state.threads[0].resolution = Resolution::ByOther;
    world.state.threads[0].line = None;
    let plan = world.run();
    assert!(plan.review.is_none() && plan.edits.is_empty());
    assert_eq!(plan.counts.settled_by_people, 1);
    assert!(world.summary().contains("1 in resolved conversations"));
    // Not even once it is gone.
    world.set(Vec::new());
    assert_eq!(world.run().edits.len(), 2);
}

#[test]
fn an_outdated_comment_is_replaced_and_says_where_the_finding_is_now() {
    let mut world = three();
    world.run();
    world.state.threads[0].line = None;
    let plan = world.run();
    assert_eq!(plan.review.unwrap().comments.len(), 1);
    assert_eq!(plan.edits.len(), 1);
    assert_eq!(plan.edits[0].change, Change::Moved);
    assert!(plan.edits[0].body.starts_with("↪️ **Moved**"));
    assert!(world.run().is_empty());
}

#[test]
fn a_thread_with_replies_is_never_deleted() {
    let mut world = three();
    world.run();
    let double = world.state.threads[0].clone();
    for replies in [Replies::None, Replies::Own, Replies::Others] {
        world
            .thread("a.yml", &double.body, Subject::Line, Some(2))
            .replies = replies;
    }
    let plan = world.run();
    let deleted: Vec<u64> = plan.deletes.iter().map(|delete| delete.id).collect();
    let all: Vec<u64> = world
        .state
        .threads
        .iter()
        .map(|thread| thread.comment)
        .collect();
    assert_eq!(deleted.len(), 2);
    assert!(all.contains(&double.comment));
    assert!(
        plan.deletes
            .iter()
            .all(|delete| delete.object == Object::ReviewComment)
    );
    assert_eq!(plan.edits.len(), 1);
    assert_eq!(plan.edits[0].change, Change::Moved);
    assert!(world.run().is_empty());
}

#[test]
fn a_mark_in_a_comment_of_somebody_else_is_ignored() {
    let mut world = three();
    world.run();
    let summary = world.summary().to_owned();
    for thread in &mut world.state.threads {
        thread.own = false;
    }
    for comment in &mut world.state.comments {
        comment.own = false;
    }
    let plan = world.plan();
    assert_eq!(plan.review.unwrap().comments.len(), 3);
    assert!(plan.edits.is_empty() && plan.deletes.is_empty());
    let SummaryWrite::Create(body) = plan.summary else {
        panic!("{:?}", plan.summary)
    };
    assert_eq!(body.body.lines().next(), summary.lines().next());
}

#[test]
fn where_nobody_knows_who_wrote_a_comment_nothing_is_said_twice() {
    let mut world = three();
    world.run();
    world.state.viewer = None;
    for thread in &mut world.state.threads {
        thread.own = false;
    }
    for comment in &mut world.state.comments {
        comment.own = false;
    }
    assert!(world.plan().is_empty());
}

#[test]
fn a_mark_that_a_maintainer_edited_does_no_harm() {
    let mut world = three();
    world.run();
    world.state.threads[0]
        .body
        .push_str("\n<!-- portcullis:1 broken -->");
    world.state.threads[1].body = "rewritten".into();
    world.state.threads[2].body = world.state.threads[2].body.replace("-->", "");
    assert_eq!(world.run().review.unwrap().comments.len(), 3);
    assert!(world.run().is_empty());
}

#[test]
fn a_refused_line_goes_to_the_file_and_then_to_the_summary() {
    let file = numbered("a.yml", 40);
    let findings: Vec<Finding> = (1..=25).map(|line| on_line(&file, line, Error)).collect();
    let mut world = World::new(findings, vec![changed(&file, 1, 30)]);
    let first = world.plan();
    let comments = first.review.unwrap().comments;
    assert_eq!(comments.len(), 25);
    let bad = comments[7].fingerprint.clone();
    world.progress.refused_lines.insert(bad.clone());
    let second = world.plan();
    assert_eq!(second.review.as_ref().unwrap().comments.len(), 24);
    assert_eq!(second.file_comments.len(), 1);
    assert_eq!(second.file_comments[0].fingerprint, bad);
    let body = serde_json::to_value(&second.file_comments[0]).unwrap();
    assert_eq!(
        (&body["subject_type"], &body["path"]),
        (&"file".into(), &"a.yml".into())
    );
    assert!(body.get("line").is_none() && body.get("fingerprint").is_none());

    // The good ones were posted meanwhile.
    world.apply(&crate::github::review::Plan {
        review: second.review.clone(),
        ..Default::default()
    });
    world.progress.posted = comments
        .iter()
        .map(|c| c.fingerprint.clone())
        .filter(|f| *f != bad)
        .collect();
    world.progress.refused_files.insert(bad);
    let third = world.run();
    assert!(third.review.is_none() && third.file_comments.is_empty());
    assert_eq!(third.counts.only_in_summary, 1);
    assert!(
        world.summary().contains("Number 8 of a.yml")
            || world.summary().contains("number 8 of a.yml")
    );

    // The next run of the same head does not try again; another head does.
    world.progress = Default::default();
    assert!(world.run().is_empty());
    world.push("bbbb");
    assert_eq!(world.plan().review.unwrap().comments.len(), 1);
}

#[test]
fn all_lines_refused_lose_nothing() {
    let file = numbered("a.yml", 40);
    let findings: Vec<Finding> = (1..=25).map(|line| on_line(&file, line, Error)).collect();
    let mut world = World::new(findings, vec![changed(&file, 1, 30)]);
    for comment in world.plan().review.unwrap().comments {
        world.progress.refused_lines.insert(comment.fingerprint);
    }
    let plan = world.run();
    assert!(plan.review.is_none());
    assert_eq!(
        (plan.file_comments.len(), plan.counts.only_in_summary),
        (5, 20)
    );
}

#[test]
fn a_comment_that_was_posted_just_now_moves_its_old_thread_and_is_not_posted_again() {
    let mut world = three();
    world.run();
    world.state.threads[0].line = None;
    let plan = world.plan();
    let posted = plan.review.unwrap().comments[0].fingerprint.clone();
    world.progress.posted.insert(posted);
    let plan = world.plan();
    assert!(plan.review.is_none());
    assert_eq!(plan.edits[0].change, Change::Moved);
}

#[test]
fn a_file_without_a_patch_gets_a_comment_on_the_file() {
    let file = numbered("a.yml", 9);
    let binary = without_patch("a.yml", FileStatus::Modified);
    let mut world = World::new(vec![on_line(&file, 2, Error)], vec![binary]);
    let plan = world.run();
    assert!(plan.review.is_none());
    assert_eq!(plan.file_comments.len(), 1);
    assert!(
        plan.file_comments[0]
            .body
            .contains("This is about [`a.yml:2`](")
    );
    assert!(world.run().is_empty());
}

#[test]
fn a_renamed_file_keeps_its_comments() {
    let old = numbered("a.yml", 9);
    let mut world = World::new(vec![on_line(&old, 2, Error)], vec![changed(&old, 1, 9)]);
    world.run();
    let new = SourceFile::new("b.yml", old.text());
    let mut finding = on_line(&new, 2, Error);
    finding
        .message
        .clone_from(&world.report.findings[0].message);
    world.set(vec![finding]);
    let mut renamed = changed(&new, 1, 9);
    renamed.previous_path = Some("a.yml".into());
    renamed.status = FileStatus::Renamed;
    world.files = vec![renamed];
    let plan = world.run();
    assert!(plan.review.is_none(), "{plan:?}");
    assert!(plan.edits.is_empty());
    // A copy of the file under another name is another finding.
    world.files[0].previous_path = None;
    assert_eq!(world.plan().review.unwrap().comments[0].path, "b.yml");
}

#[test]
fn a_deleted_file_and_one_outside_of_the_pull_request_are_for_the_summary() {
    let a = numbered("a.yml", 9);
    let b = numbered("b.yml", 9);
    let findings = vec![on_line(&a, 2, Error), on_line(&b, 2, Error)];
    let mut world = World::new(findings, vec![without_patch("a.yml", FileStatus::Removed)]);
    let plan = world.run();
    assert!(plan.review.is_none() && plan.file_comments.is_empty());
    assert_eq!(plan.counts.only_in_summary, 2);
    for path in ["a.yml:2", "b.yml:2"] {
        assert!(world.summary().contains(path));
    }
}

#[test]
fn sixty_findings_are_twenty_five_comments_and_a_table() {
    let file = numbered("a.yml", 80);
    let findings =
        (1..=60).map(|line| on_line(&file, line, if line > 50 { Error } else { Warning }));
    let mut world = World::new(findings.collect(), vec![changed(&file, 1, 80)]);
    let plan = world.run();
    let comments = plan.review.unwrap().comments;
    assert_eq!(comments.len(), 25);
    // The gravest come first, then the order of the file.
    let lines: Vec<u32> = comments.iter().map(|comment| comment.line).collect();
    assert_eq!(lines, (51..=60).chain(1..=15).collect::<Vec<_>>());
    assert_eq!(plan.counts.only_in_summary, 35);
    assert!(world.summary().contains("35 in the table below"));
    assert!(world.run().is_empty());
}

#[test]
fn five_thousand_findings_fit_on_whole_rows() {
    let file = numbered("a.yml", 5_000);
    let emoji = "🚪".repeat(200);
    let findings = (1..=5_000).map(|line| {
        let mut finding = on_line(&file, line, Warning);
        finding.message = format!("{emoji} {line}");
        finding
    });
    let mut world = World::new(findings.collect(), vec![changed(&file, 1, 5_000)]);
    let plan = world.run();
    let summary = world.summary();
    assert!(
        summary.chars().count() <= 60_000 && summary.len() <= 200_000,
        "{}",
        summary.len()
    );
    assert!(summary.contains(" more findings\n"));
    let rows = summary.lines().filter(|line| line.starts_with("| ⚠️"));
    assert!(rows.clone().count() > 10 && rows.clone().all(|row| row.ends_with(" |")));
    assert!(Marker::find(summary).is_some());
    assert!(
        plan.review
            .unwrap()
            .comments
            .iter()
            .all(|c| c.body.chars().count() <= 8_000)
    );
    assert!(world.run().is_empty());
}

#[test]
fn what_stood_at_the_base_is_one_line() {
    let file = numbered("a.yml", 40);
    let mut findings: Vec<Finding> = (1..=9).map(|line| on_line(&file, line, Error)).collect();
    for finding in &mut findings[1..] {
        finding.new = Some(false);
    }
    let mut world = World::new(findings, vec![changed(&file, 1, 9)]);
    let plan = world.run();
    assert_eq!(plan.review.unwrap().comments.len(), 1);
    assert_eq!(plan.counts.at_base, 8);
    assert!(
        world
            .summary()
            .contains("8 findings stood at the base branch already")
    );
    assert!(!world.summary().contains("Number 5"));
}

#[test]
fn two_runs_at_once_leave_one_of_each() {
    let mut world = three();
    let (one, other) = (world.plan(), world.plan());
    world.apply(&one);
    world.apply(&other);
    assert_eq!(world.state.threads.len(), 6);
    let plan = world.run();
    assert_eq!(plan.deletes.len(), 4);
    assert_eq!(
        (world.state.threads.len(), world.state.comments.len()),
        (3, 1)
    );
    assert!(world.run().is_empty());
}

#[test]
fn nothing_is_written_where_somebody_else_has_the_word() {
    type Change = fn(&mut State);
    let halts: [(Change, Halt); 5] = [
        (|state| state.pull.head = "other".into(), Halt::Superseded),
        (|state| state.pull.status = PullStatus::Closed, Halt::Closed),
        (|state| state.pull.status = PullStatus::Merged, Halt::Merged),
        (|state| state.pull.locked = true, Halt::Locked),
        (|state| state.more.threads = Some("x".into()), Halt::Unread),
    ];
    for (change, halt) in halts {
        let mut world = three();
        change(&mut world.state);
        let plan = world.plan();
        assert!(plan.is_empty());
        assert_eq!(plan.halt, Some(halt));
    }
}

#[test]
fn a_text_that_reads_otherwise_now_is_edited_without_a_suggestion() {
    let mut world = three();
    world.run();
    world.report.findings[0].message.push_str(" or longer");
    let plan = world.run();
    assert_eq!(plan.edits.len(), 1);
    assert_eq!(plan.edits[0].change, Change::Reworded);
    assert!(plan.edits[0].body.contains("or longer"));
    assert!(world.run().is_empty());
}

#[test]
fn sections_of_others_have_their_places_and_are_cut_on_rows() {
    let mut world = three();
    let section = |slot, title: &str| Section {
        slot,
        title: title.into(),
        intro: "Intro.".into(),
        columns: "| a | b |".into(),
        rows: (0..300)
            .map(|row| format!("| {row} | {} |\n", "x".repeat(100)))
            .collect(),
        noun: "change".into(),
    };
    world.sections = vec![
        section(Slot::Agents, "Cards"),
        section(Slot::Change, "Power"),
    ];
    world.run();
    let summary = world.summary();
    assert!(summary.find("### Power").unwrap() < summary.find("### Cards").unwrap());
    assert!(summary.contains(" more changes\n"));
    assert!(summary.chars().count() < 60_000);
}
