//! What GitHub would commit when somebody applies a suggestion.

use std::sync::Arc;

use super::model::{World, changed};
use crate::finding::{Applicability, Confidence, Edit, Finding, Fix, RuleId, Severity};
use crate::github::review::InlineComment;
use crate::report::sample::KEY;
use crate::source::{Location, SourceFile, Span};

const WORKFLOW: &str = "on: issues\njobs:\n  triage:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: anthropics/claude-code-action@v1\n";

fn at(file: &Arc<SourceFile>, text: &str) -> Location {
    let start = file.text().find(text).unwrap();
    Location::new(file, Span::of(start..start + text.len()))
}

fn finding(
    file: &Arc<SourceFile>,
    on: &str,
    edits: Vec<Edit>,
    applicability: Applicability,
) -> Finding {
    let mut finding = Finding::new(
        RuleId("missing-timeout"),
        Severity::Warning,
        Confidence::High,
        at(file, on),
        "nothing bounds this run of Claude; it may go on for six hours",
    )
    .help("Give the job `timeout-minutes: 15`.");
    finding.fix = Some(Fix {
        title: "add `timeout-minutes: 15` to the job".into(),
        applicability,
        edits,
    });
    finding
}

fn comment(file: &SourceFile, finding: Finding, first: u32, last: u32) -> InlineComment {
    let world = World::new(vec![finding], vec![changed(file, first, last)]);
    world.plan().review.unwrap().comments.remove(0)
}

/// The text of a file after somebody applied the suggestion of a comment; nothing where it has none.
fn applied(file: &SourceFile, comment: &InlineComment) -> Option<String> {
    let (_, after) = comment.body.split_once("suggestion\n")?;
    let before = comment.body.split("suggestion\n").next()?;
    let fence = &before[before.rfind('\n').map_or(0, |at| at + 1)..];
    let mut new = String::new();
    for line in after.split_inclusive('\n') {
        if line.trim_end() == fence {
            break;
        }
        new.push_str(line);
    }
    let first = comment.start_line.unwrap_or(comment.line) as usize;
    let lines: Vec<&str> = file.text().split_inclusive('\n').collect();
    let mut text: String = lines[..first - 1].concat();
    text.push_str(&new);
    text.push_str(&lines[comment.line as usize..].concat());
    Some(text)
}

fn insertion(file: &Arc<SourceFile>, before: &str, text: &str) -> Edit {
    let start = at(file, before).span.start;
    Edit {
        location: Location::new(file, Span::at(start)),
        text: text.into(),
    }
}

#[test]
fn an_inserted_line_is_a_suggestion_over_the_lines_between() {
    for ending in ["\n", "\r\n"] {
        let file = SourceFile::new("a.yml", WORKFLOW.replace('\n', ending));
        let edit = insertion(&file, "    steps:", "    timeout-minutes: 15\n");
        let finding = finding(&file, "anthropics", vec![edit], Applicability::Safe);
        let comment = comment(&file, finding, 1, 6);
        assert_eq!((comment.start_line, comment.line), (Some(5), 6));
        let expected = file.text().replace(
            "    steps:",
            &format!("    timeout-minutes: 15{ending}    steps:"),
        );
        assert_eq!(applied(&file, &comment).unwrap(), expected);
    }
}

#[test]
fn a_replaced_word_is_a_suggestion_for_its_line() {
    let file = SourceFile::new("a.yml", WORKFLOW);
    let edit = Edit {
        location: at(&file, "@v1"),
        text: "@v2".into(),
    };
    let finding = finding(&file, "anthropics", vec![edit], Applicability::Unsafe);
    let comment = comment(&file, finding, 4, 6);
    assert_eq!((comment.start_line, comment.line), (None, 6));
    assert!(comment.body.contains("Look before you commit this"));
    assert_eq!(
        applied(&file, &comment).unwrap(),
        WORKFLOW.replace("@v1", "@v2")
    );
}

#[test]
fn whole_lines_that_go_are_an_empty_suggestion() {
    let file = SourceFile::new("a.yml", WORKFLOW);
    let edit = Edit {
        location: at(&file, "    runs-on: ubuntu-latest\n"),
        text: String::new(),
    };
    let finding = finding(&file, "ubuntu", vec![edit], Applicability::Safe);
    let comment = comment(&file, finding, 1, 6);
    assert_eq!((comment.start_line, comment.line), (None, 4));
    assert!(comment.body.contains("```suggestion\n```\n"));
    assert_eq!(
        applied(&file, &comment).unwrap(),
        WORKFLOW.replace("    runs-on: ubuntu-latest\n", "")
    );
}

#[test]
fn a_line_at_the_end_of_the_file_is_a_suggestion_for_the_last_one() {
    for text in [WORKFLOW, WORKFLOW.trim_end()] {
        let file = SourceFile::new("a.yml", text);
        let added = if text.ends_with('\n') {
            "x: 1\n"
        } else {
            "\nx: 1"
        };
        let edit = Edit {
            location: Location::new(&file, Span::of(text.len()..text.len())),
            text: added.into(),
        };
        let finding = finding(&file, "anthropics", vec![edit], Applicability::Safe);
        let comment = comment(&file, finding, 1, 6);
        assert_eq!(
            applied(&file, &comment).unwrap().trim_end(),
            format!("{text}{added}").trim_end()
        );
    }
}

#[test]
fn fences_inside_are_outdone() {
    let file = SourceFile::new("a.yml", "run: |\n  x\n");
    let edit = Edit {
        location: at(&file, "x"),
        text: "```` and ```".into(),
    };
    let finding = finding(&file, "x", vec![edit], Applicability::Safe);
    let comment = comment(&file, finding, 1, 2);
    assert!(
        comment
            .body
            .contains("`````suggestion\n  ```` and ```\n`````\n")
    );
    assert_eq!(
        applied(&file, &comment).unwrap(),
        "run: |\n  ```` and ```\n"
    );
}

#[test]
fn nothing_is_suggested_that_cannot_be_applied_to_the_letter() {
    let far = format!("{}{WORKFLOW}", "# comment\n".repeat(40));
    let hidden = WORKFLOW.replace("ubuntu-latest", "ubuntu-\u{202e}latest");
    let mixed = WORKFLOW.replacen('\n', "\r\n", 1);
    let cases: [(&str, &str, &str, Applicability); 4] = [
        (
            WORKFLOW,
            "    steps:",
            "a person fills this in\n",
            Applicability::Manual,
        ),
        (&far, "# comment", "x: 1\n", Applicability::Safe),
        (&hidden, "    runs-on", "x: 1\n", Applicability::Safe),
        (&mixed, "    steps:", "x: 1\n", Applicability::Safe),
    ];
    for (text, before, new, applicability) in cases {
        let file = SourceFile::new("a.yml", text);
        let lines = file.lines().count() - 1;
        let edit = insertion(&file, before, new);
        let comment = comment(
            &file,
            finding(&file, "anthropics", vec![edit], applicability),
            1,
            lines,
        );
        assert_eq!(applied(&file, &comment), None, "{text}");
    }
}

#[test]
fn nothing_is_suggested_over_two_hunks_or_files() {
    let file = SourceFile::new("a.yml", WORKFLOW);
    let other = SourceFile::new("b.yml", WORKFLOW);
    let edit = insertion(&file, "    steps:", "x: 1\n");
    // Line 5, which the edit changes, is not shown.
    let one = finding(&file, "anthropics", vec![edit.clone()], Applicability::Safe);
    let shown = comment(&file, one, 6, 6);
    assert_eq!(applied(&file, &shown), None);
    assert!(shown.body.contains("```diff\n+ x: 1\n```"));
    let edits = vec![edit, insertion(&other, "jobs", "y: 1\n")];
    let both = finding(&file, "anthropics", edits, Applicability::Safe);
    assert_eq!(applied(&file, &comment(&file, both, 1, 6)), None);
}

#[test]
fn a_key_is_never_suggested_and_stands_nowhere() {
    let text = format!("env:\n  KEY: {KEY}\n  OTHER: 1\n");
    let file = SourceFile::new("a.yml", text.as_str());
    let other = Edit {
        location: at(&file, "1"),
        text: "2".into(),
    };
    let whole = Edit {
        location: at(&file, KEY),
        text: "${{ secrets.KEY }}".into(),
    };
    let copied = Edit {
        location: at(&file, "OTHER"),
        text: format!("COPY: {KEY}\n  OTHER"),
    };
    for edit in [whole, copied, other] {
        let mut finding = finding(&file, KEY, vec![edit], Applicability::Safe);
        finding.message = format!("the key {KEY} stands in the file");
        finding.related.push(crate::finding::Related {
            location: at(&file, KEY),
            message: format!("it is {KEY}"),
        });
        let mut world = World::new(vec![finding], vec![changed(&file, 1, 3)]);
        world.report.secrets.push(at(&file, KEY));
        let plan = world.run();
        let sent = format!("{plan:?}{}", world.summary());
        assert!(!sent.contains(KEY) && !sent.contains("Tr0ub4dor"));
        let comment = &plan.review.unwrap().comments[0];
        if comment.line == 2 {
            assert_eq!(applied(&file, comment), None);
        }
        // Not in what remains of it either, when a person wrote it into our comment.
        let body = world.state.threads[0].body.clone();
        world.state.threads[0].body = format!("{KEY} {body}");
        world.set(Vec::new());
        let plan = world.run();
        assert_eq!(plan.edits.len(), 1);
        assert!(!plan.edits[0].body.contains("Tr0ub4dor"));
        assert!(!plan.edits[0].body.contains("suggestion"));
    }
}
