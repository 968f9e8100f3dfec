//! Payloads that the public examples lack, made up from the ones that exist.

use proptest::prelude::*;
use serde_json::json;

use super::*;

const BASE: &str = "ce013625030ba8dba906f756967f9e9ca394464a";
const HEAD: &str = "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391";
const ZERO: &str = "0000000000000000000000000000000000000000";

fn payload() -> Value {
    json!({
        "action": "synchronize",
        "number": 7,
        "pull_request": {
            "number": 7, "state": "open", "draft": false, "merged": false,
            "user": {"login": "ada"},
            "base": {"sha": BASE, "ref": "main", "repo": {"full_name": "acme/web", "private": false}},
            "head": {"sha": HEAD, "ref": "feature", "repo": {"full_name": "acme/web"}},
            "future_field": {"deep": [1, 2, 3]},
        },
        "sender": {"login": "ada"},
    })
}

fn read(name: &str, payload: &Value) -> Result<Event, EventError> {
    Event::read(name, payload.to_string().as_bytes(), None)
}

fn pull(payload: &Value) -> PullRequest {
    match read("pull_request", payload) {
        Ok(Event::PullRequest(pull)) => *pull,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_pull_request_of_the_same_repository_can_be_written_to() {
    let pull = pull(&payload());
    assert_eq!(pull.number, 7);
    assert_eq!(pull.base.sha.to_string(), BASE);
    assert_eq!(pull.head.sha.to_string(), HEAD);
    assert_eq!(pull.head.reference, "feature");
    assert_eq!(pull.stage, Stage::Open);
    assert_eq!(pull.author.as_deref(), Some("ada"));
    assert!(pull.is_writable());
}

#[test]
fn forks_deleted_forks_and_dependabot_are_read_only() {
    let mut fork = payload();
    fork["pull_request"]["head"]["repo"]["full_name"] = "eve/web".into();
    assert_eq!(pull(&fork).access, Access::Fork);

    let mut deleted = payload();
    deleted["pull_request"]["head"]["repo"] = Value::Null;
    assert_eq!(pull(&deleted).access, Access::Fork);
    assert_eq!(pull(&deleted).head.repository, None);

    let mut dependabot = payload();
    dependabot["sender"]["login"] = "dependabot[bot]".into();
    dependabot["pull_request"]["user"]["login"] = "dependabot[bot]".into();
    assert_eq!(pull(&dependabot).access, Access::Dependabot);
    assert!(!pull(&dependabot).is_writable());
}

#[test]
fn a_run_of_dependabot_stays_read_only_when_a_person_runs_it_again() {
    let json = payload().to_string();
    match Event::read("pull_request", json.as_bytes(), Some("dependabot[bot]")).unwrap() {
        Event::PullRequest(pull) => assert_eq!(pull.access, Access::Dependabot),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_person_who_pushes_to_a_branch_of_dependabot_keeps_the_rights() {
    let mut pushed = payload();
    pushed["pull_request"]["user"]["login"] = "dependabot[bot]".into();
    assert!(pull(&pushed).is_writable());
}

#[test]
fn the_base_keeps_its_rights_for_a_fork_in_pull_request_target() {
    let mut fork = payload();
    fork["pull_request"]["head"]["repo"]["full_name"] = "eve/web".into();
    match read("pull_request_target", &fork).unwrap() {
        Event::PullRequestTarget(pull) => assert!(pull.is_writable()),
        other => panic!("{other:?}"),
    }
}

#[test]
fn drafts_and_closed_pull_requests_are_told_apart() {
    let mut draft = payload();
    draft["pull_request"]["draft"] = true.into();
    assert_eq!(pull(&draft).stage, Stage::Draft);
    draft["pull_request"]["state"] = "closed".into();
    assert_eq!(pull(&draft).stage, Stage::Closed);
    let mut merged = payload();
    merged["pull_request"]["merged"] = true.into();
    assert_eq!(pull(&merged).stage, Stage::Closed);
}

#[test]
fn a_missing_field_is_named() {
    for path in [
        "action",
        "pull_request.number",
        "pull_request.base.sha",
        "pull_request.base.ref",
        "pull_request.base.repo",
        "pull_request.head.sha",
        "pull_request.head.ref",
    ] {
        let mut payload = payload();
        payload.as_object_mut().unwrap().remove("number");
        let (parent, key) = path.rsplit_once('.').unwrap_or(("", path));
        let pointer = if parent.is_empty() {
            String::new()
        } else {
            format!("/{}", parent.replace('.', "/"))
        };
        let parent = payload.pointer_mut(&pointer).unwrap();
        parent.as_object_mut().unwrap().remove(key);
        let error = read("pull_request", &payload).unwrap_err();
        let expected = format!("the event `pull_request` has no `{path}`");
        assert_eq!(error.to_string(), expected);
    }
}

#[test]
fn a_wrong_field_is_named_without_its_value() {
    let mut payload = payload();
    payload["pull_request"]["head"]["sha"] = "::error::x".into();
    assert_eq!(
        read("pull_request", &payload).unwrap_err().to_string(),
        "`pull_request.head.sha` of the event `pull_request` is not a commit id of 40 hexadecimal digits"
    );
}

fn push(before: &str, after: &str, reference: &str, deleted: bool) -> Push {
    let payload = json!({"before": before, "after": after, "ref": reference, "deleted": deleted,
        "forced": true, "created": before == ZERO});
    match read("push", &payload).unwrap() {
        Event::Push(push) => push,
        other => panic!("{other:?}"),
    }
}

#[test]
fn new_deleted_and_forced_refs_are_told_apart() {
    let new = push(ZERO, HEAD, "refs/heads/new", false);
    assert_eq!(new.before, None);
    assert!(!new.is_deletion());
    assert!(push(BASE, ZERO, "refs/tags/v1", true).is_deletion());
    assert!(push(BASE, ZERO, "refs/heads/a", false).is_deletion());
    let forced = push(BASE, HEAD, "refs/heads/main", false);
    assert_eq!(forced.before, Some(BASE.parse().unwrap()));
    assert_eq!(forced.after, Some(HEAD.parse().unwrap()));
}

#[test]
fn a_merge_group_names_its_base_however_many_pull_requests_it_holds() {
    let payload = json!({"action": "checks_requested", "merge_group": {
        "head_sha": HEAD, "base_sha": BASE, "base_ref": "refs/heads/main",
        "head_ref": format!("refs/heads/gh-readonly-queue/main/pr-104-{BASE}"),
    }});
    assert_eq!(
        read("merge_group", &payload).unwrap(),
        Event::MergeGroup {
            base_sha: BASE.parse().unwrap(),
            head_sha: HEAD.parse().unwrap()
        }
    );
}

#[test]
fn a_relay_takes_only_what_github_wrote() {
    let payload = json!({"action": "completed", "workflow_run": {
        "head_sha": HEAD, "head_branch": "feature", "event": "pull_request",
        "head_repository": {"full_name": "eve/web"}, "pull_requests": [{"number": 666}],
    }});
    let expected = Relay {
        head_sha: HEAD.parse().unwrap(),
        head_repository: Some("eve/web".parse().unwrap()),
        head_branch: "feature".into(),
        event: "pull_request".into(),
    };
    assert_eq!(
        read("workflow_run", &payload).unwrap(),
        Event::Relay(expected)
    );
}

#[test]
fn schedules_dispatches_and_strangers_need_no_field() {
    let schedule = json!({"schedule": "0 3 * * *"});
    assert_eq!(read("schedule", &schedule).unwrap(), Event::Schedule);
    assert_eq!(
        read("workflow_dispatch", &json!({})).unwrap(),
        Event::Dispatch
    );
    let other = read("release", &json!([])).unwrap();
    assert_eq!(other, Event::Other("release".into()));
}

#[test]
fn what_is_no_json_is_said_with_its_line() {
    let error = Event::read("push", b"{\n\"ref\": ghs_secret", None).unwrap_err();
    assert_eq!(
        error.to_string(),
        "the event file is not valid JSON (line 2)"
    );
}

proptest! {
    #[test]
    fn any_bytes_can_be_an_event_file(
        name in "pull_request|push|workflow_run|merge_group",
        bytes in proptest::collection::vec(any::<u8>(), 0..60),
    ) {
        let _ = Event::read(&name, &bytes, None);
    }
}
