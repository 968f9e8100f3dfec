use serde_json::{Value, json};

use super::*;

fn thread(id: &str, first: &Value, all: &[bool]) -> Value {
    json!({
        "id": id, "isResolved": false, "isOutdated": false, "path": "a.yml", "line": 3, "originalLine": 3,
        "subjectType": "LINE", "viewerCanResolve": false, "viewerCanUnresolve": false, "resolvedBy": null,
        "first": {"nodes": [first]},
        "all": {
            "totalCount": all.len(),
            "nodes": all.iter().map(|own| json!({"viewerDidAuthor": own})).collect::<Vec<_>>(),
        },
    })
}

fn comment(id: u64, own: bool) -> Value {
    json!({"fullDatabaseId": id.to_string(), "body": "b", "viewerDidAuthor": own, "outdated": false})
}

fn answer(threads: &[Value]) -> Value {
    json!({"data": {
        "viewer": {"id": "V", "login": "bot"},
        "repository": {"pullRequest": {
            "number": 7, "state": "OPEN", "isDraft": true, "locked": false, "headRefOid": "h", "baseRefOid": "b",
            "mergeable": "CONFLICTING", "somethingNew": {},
            "reviewThreads": {"pageInfo": {"hasNextPage": false, "endCursor": null}, "nodes": threads},
            "comments": {"pageInfo": {"hasPreviousPage": true, "startCursor": "C"}, "nodes": [
                comment(4_294_967_296, true), null, {"body": "no id"},
            ]},
            "reviews": {"nodes": [
                {"fullDatabaseId": "9", "body": "", "viewerDidAuthor": true, "comments": {"totalCount": 0}},
                {"fullDatabaseId": "8", "body": "", "viewerDidAuthor": false, "comments": {"totalCount": 0}},
            ]},
        }},
    }})
}

#[test]
fn one_answer_says_what_stands_there() {
    let mut resolved = thread("R", &comment(2, true), &[true, false]);
    resolved["isResolved"] = json!(true);
    resolved["resolvedBy"] = json!({"id": "P", "login": "person"});
    resolved["line"] = Value::Null;
    let mut by_us = thread("U", &comment(3, true), &[true, true]);
    by_us["isResolved"] = json!(true);
    by_us["resolvedBy"] = json!({"id": "V"});
    by_us["subjectType"] = json!("FILE");
    let open = thread("O", &comment(1, true), &[true]);
    let state = State::from_graphql(&answer(&[open, resolved, by_us, Value::Null])).unwrap();
    assert_eq!(state.viewer.as_ref().unwrap().id, "V");
    assert_eq!((state.pull.number, state.pull.draft), (7, true));
    assert_eq!(state.pull.mergeable, Some(false));
    let [open, resolved, by_us] = &state.threads[..] else {
        panic!("{:?}", state.threads)
    };
    assert_eq!(
        (open.comment, open.replies, open.resolution),
        (1, Replies::None, Resolution::Open)
    );
    assert_eq!(
        (resolved.replies, resolved.resolution),
        (Replies::Others, Resolution::ByOther)
    );
    assert!(open.is_shown() && !resolved.is_shown() && by_us.is_shown());
    assert_eq!(
        (by_us.replies, by_us.resolution),
        (Replies::Own, Resolution::ByViewer)
    );
    assert_eq!(state.comments.len(), 1);
    assert_eq!(state.comments[0].id, 4_294_967_296);
    assert_eq!(state.pending.len(), 1);
    assert!(state.pending[0].is_empty());
}

#[test]
fn further_pages_are_asked_for_until_there_is_none() {
    let mut state = State::from_graphql(&answer(&[])).unwrap();
    assert_eq!(
        state.next_page().unwrap(),
        json!({"wantThreads": false, "threadsAfter": null, "wantComments": true, "commentsBefore": "C"})
    );
    let page = json!({"data": {"repository": {"pullRequest": {"comments": {
        "pageInfo": {"hasPreviousPage": false, "startCursor": "x"}, "nodes": [comment(5, true)],
    }}}}});
    state.add_page(&page).unwrap();
    assert_eq!(state.comments.len(), 2);
    assert_eq!(state.next_page(), None);
}

#[test]
fn a_thread_longer_than_its_list_may_hold_replies_of_others() {
    let mut long = thread("O", &comment(1, true), &[true, true]);
    long["all"]["totalCount"] = json!(90);
    let state = State::from_graphql(&answer(&[long])).unwrap();
    assert_eq!(state.threads[0].replies, Replies::Others);
}

#[test]
fn what_is_missing_is_named() {
    let no_pull = json!({"data": {"repository": {"pullRequest": null}}});
    assert_eq!(
        State::from_graphql(&no_pull),
        Err(StateError::NoPullRequest)
    );
    let nothing = json!({"data": {"repository": null}, "errors": [{"type": "NOT_FOUND"}]});
    assert_eq!(State::from_graphql(&nothing), Err(StateError::NoRepository));
    for (field, pointer) in [
        ("headRefOid", "/data/repository/pullRequest"),
        ("state", "/data/repository/pullRequest"),
        ("reviewThreads", "/data/repository/pullRequest"),
        ("comments", "/data/repository/pullRequest"),
        ("pageInfo", "/data/repository/pullRequest/comments"),
        (
            "startCursor",
            "/data/repository/pullRequest/comments/pageInfo",
        ),
    ] {
        let mut answer = answer(&[]);
        let place = answer
            .pointer_mut(pointer)
            .unwrap()
            .as_object_mut()
            .unwrap();
        place.remove(field);
        assert_eq!(
            State::from_graphql(&answer),
            Err(StateError::Missing(field))
        );
    }
    let mut anonymous = answer(&[]);
    anonymous["data"]["viewer"] = Value::Null;
    assert_eq!(State::from_graphql(&anonymous).unwrap().viewer, None);
}

#[test]
fn rest_says_the_same_but_for_resolved_threads() {
    let pull = json!({"number": 7, "state": "closed", "merged_at": "2026-11-01", "draft": false, "locked": true,
        "mergeable": null, "head": {"sha": "h", "repo": null}, "base": {"sha": "b"}});
    let user = |id: u64| json!({"id": id, "login": "x"});
    let review_comments = [
        json!({"id": 1, "body": "b", "user": user(5), "path": "a.yml", "line": 3, "subject_type": "line"}),
        json!({"id": 2, "body": "r", "user": user(6), "in_reply_to_id": 1, "path": "a.yml", "line": 3}),
        json!({"id": 3, "body": "b", "user": null, "path": "a.yml", "line": null, "original_line": 9}),
        json!({"id": 4, "body": "b", "user": user(5), "path": "a.yml", "line": null, "subject_type": "file"}),
    ];
    let comments = [json!({"id": 9, "body": null, "user": user(5)})];
    let reviews = [
        json!({"id": 8, "state": "PENDING", "user": user(5)}),
        json!({"id": 7, "state": "COMMENTED"}),
    ];
    let mut answers = RestAnswers {
        pull: &pull,
        review_comments: &review_comments,
        comments: &comments,
        reviews: &reviews,
        viewer: Some(5),
    };
    let state = State::from_rest(&answers).unwrap();
    assert_eq!(state.pull.status, PullStatus::Merged);
    assert!(state.pull.locked);
    let kinds: Vec<_> = state
        .threads
        .iter()
        .map(|t| (t.comment, t.own, t.replies, t.is_shown()))
        .collect();
    assert_eq!(
        kinds,
        [
            (1, true, Replies::Others, true),
            (3, false, Replies::None, false),
            (4, true, Replies::None, true),
        ]
    );
    assert!(state.comments[0].own);
    assert_eq!(state.pending.len(), 1);
    assert!(!state.pending[0].is_empty());
    answers.viewer = None;
    assert!(
        State::from_rest(&answers)
            .unwrap()
            .threads
            .iter()
            .all(|t| !t.own)
    );
}
