//! The fake itself: each rule of its behaviour, shown over the wire.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;

use serde_json::{Value, json};

use super::*;

/// Sends one request; status 0 if no answer came.
fn send(
    fake: &Fake,
    token: &str,
    method: &str,
    target: &str,
    body: Option<Value>,
) -> (u16, Value, String) {
    let address = fake
        .world()
        .address
        .trim_start_matches("http://")
        .to_owned();
    let mut stream = TcpStream::connect(&address).unwrap();
    let body = body.map(|body| body.to_string()).unwrap_or_default();
    write!(stream, "{method} {target} HTTP/1.1\r\nhost: {address}\r\nauthorization: Bearer {token}\r\ncontent-length: {}\r\n\r\n{body}", body.len()).unwrap();
    let mut text = String::new();
    let _ = stream.read_to_string(&mut text);
    let Some((head, body)) = text.split_once("\r\n\r\n") else {
        return (0, Value::Null, String::new());
    };
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    (
        status,
        serde_json::from_str(body).unwrap_or_default(),
        head.to_owned(),
    )
}

const OLD: &str = "a\nb\nc\nd\ne\nf\ng\nh\ni\nj\n";
const NEW: &str = "a\nb\nc\nd\nE\nf\ng\nh\ni\nj\n";

fn fake() -> Fake {
    Fake::start()
        .base(&[("x.yml", OLD)])
        .pull_request(7)
        .head(&[("x.yml", NEW)])
}

fn review(fake: &Fake, lines: &[u64]) -> Value {
    let comment =
        |line: &u64| json!({"path": "x.yml", "line": line, "side": "RIGHT", "body": "Look"});
    let comments: Vec<Value> = lines.iter().map(comment).collect();
    json!({"commit_id": fake.pull().head, "event": "COMMENT", "body": "", "comments": comments})
}

const REVIEWS: &str = "/repos/acme/app/pulls/7/reviews";

#[test]
fn one_bad_line_of_many_creates_nothing() {
    let fake = fake();
    let token = fake.token(Permission::PullRequests);
    let (status, body, _) = send(
        &fake,
        &token,
        "POST",
        REVIEWS,
        Some(review(&fake, &[2, 5, 10])),
    );
    assert_eq!(status, 422);
    assert_eq!(
        body["errors"],
        json!(["Pull request review thread line must be part of the diff"])
    );
    assert!(fake.threads().is_empty());
    assert_eq!(
        send(
            &fake,
            &token,
            "POST",
            REVIEWS,
            Some(review(&fake, &[2, 5, 8]))
        )
        .0,
        200
    );
    assert_eq!(fake.threads().len(), 3);
    fake.assert_clean();
}

#[test]
fn every_listing_is_as_github_describes_it() {
    let fake = fake();
    let token = fake.token(Permission::PullRequests);
    send(&fake, &token, "POST", REVIEWS, Some(review(&fake, &[5])));
    let file = json!({"commit_id": fake.pull().head, "path": "x.yml", "body": "Whole", "subject_type": "file"});
    assert_eq!(
        send(
            &fake,
            &token,
            "POST",
            "/repos/acme/app/pulls/7/comments",
            Some(file)
        )
        .0,
        201
    );
    assert_eq!(
        send(
            &fake,
            &token,
            "POST",
            "/repos/acme/app/issues/7/comments",
            Some(json!({"body": "Sum"}))
        )
        .0,
        201
    );
    for rest in [
        "",
        "/pulls/7",
        "/pulls/7/files",
        "/pulls/7/reviews",
        "/pulls/7/comments",
        "/issues/7/comments",
        "/pulls?head=acme:change",
        "/contents/x.yml",
    ] {
        let (status, body, _) = send(
            &fake,
            &token,
            "GET",
            &format!("/repos/acme/app{rest}"),
            None,
        );
        assert_eq!(status, 200, "{rest}");
        assert!(
            body.is_object() || body.as_array().is_some_and(|list| !list.is_empty()),
            "{rest}: {body}"
        );
    }
    assert_eq!(send(&fake, &token, "GET", "/user", None).0, 200);
    fake.assert_clean();
}

#[test]
fn a_misspelt_key_breaks_the_contract() {
    let fake = fake();
    let token = fake.token(Permission::PullRequests);
    let mut wrong = review(&fake, &[5]);
    wrong["commitid"] = json!("x");
    send(&fake, &token, "POST", REVIEWS, Some(wrong));
    assert_eq!(fake.world().ledger.violations.len(), 1);
}

#[test]
fn tokens_may_what_they_may() {
    let fake = fake();
    let (read, gone) = (
        fake.token(Permission::Read),
        fake.token(Permission::Expired),
    );
    assert_eq!(
        send(&fake, &read, "POST", REVIEWS, Some(review(&fake, &[5]))).0,
        403
    );
    assert_eq!(send(&fake, &read, "GET", REVIEWS, None).0, 200);
    assert_eq!(send(&fake, &gone, "GET", REVIEWS, None).0, 401);
}

#[test]
fn created_but_said_to_have_failed() {
    let fake = fake();
    let token = fake.token(Permission::PullRequests);
    fake.fault(Fault::on("POST", "/reviews", Behaviour::DoneBut(502)));
    fake.fault(Fault::on("POST", "/reviews", Behaviour::Reset).nth(2));
    assert_eq!(
        send(&fake, &token, "POST", REVIEWS, Some(review(&fake, &[5]))).0,
        502
    );
    assert_eq!(fake.threads().len(), 1);
    assert_eq!(
        send(&fake, &token, "POST", REVIEWS, Some(review(&fake, &[5]))).0,
        0
    );
    assert_eq!(fake.threads().len(), 1);
}

#[test]
fn a_comment_follows_its_line_or_is_outdated() {
    let fake = fake();
    let token = fake.token(Permission::PullRequests);
    send(&fake, &token, "POST", REVIEWS, Some(review(&fake, &[5])));
    fake.happen(&Event::Push(vec![("x.yml".into(), format!("0\n{NEW}"))]));
    assert_eq!(fake.threads()[0].line, Some(6));
    fake.happen(&Event::Push(vec![("x.yml".into(), OLD.replace('e', "Z"))]));
    assert!(fake.threads()[0].outdated);
}

#[test]
fn a_pending_review_is_in_the_way_of_the_next() {
    let fake = fake();
    let token = fake.token(Permission::PullRequests);
    fake.pending_review_by(BOT, "");
    let (status, body, _) = send(&fake, &token, "POST", REVIEWS, Some(review(&fake, &[5])));
    assert_eq!(
        (status, &body["errors"][0]),
        (
            422,
            &json!("User can only have one pending review per pull request")
        )
    );
}

#[test]
fn pages_are_opaque_and_want_a_token() {
    let fake = fake();
    let token = fake.token(Permission::Read);
    for _ in 0..3 {
        fake.summary_by(HUMAN, "x");
    }
    let (_, list, head) = send(
        &fake,
        &token,
        "GET",
        "/repos/acme/app/issues/7/comments?per_page=2",
        None,
    );
    assert_eq!(list.as_array().unwrap().len(), 2);
    assert!(head.contains("/cursor/0>; rel=\"next\""), "{head}");
    assert_eq!(send(&fake, "none", "GET", "/cursor/0", None).0, 401);
    assert_eq!(
        send(&fake, &token, "GET", "/cursor/0", None)
            .1
            .as_array()
            .unwrap()
            .len(),
        1
    );
}

#[test]
fn graphql_tells_the_same_state() {
    let fake = fake().enterprise();
    let token = fake.token(Permission::PullRequests);
    let first = fake.comment_by(BOT, "x.yml", 5, "Look");
    fake.reply_by(HUMAN, first, "No");
    fake.resolve_by(HUMAN, first);
    let query = "query($n: Int!) { viewer { login } repository(owner: \"acme\", name: \"app\") { pullRequest(number: $n) { headRefOid
        reviewThreads(first: 10) { pageInfo { hasNextPage } nodes { id line isResolved resolvedBy { login } comments(last: 1) { totalCount nodes { body viewerDidAuthor fullDatabaseId } } } } }
        object(expression: \"HEADSHA:x.yml\") { ... on Blob { text } } } }".replace("HEADSHA", &fake.pull().head);
    let (_, body, _) = send(
        &fake,
        &token,
        "POST",
        "/api/graphql",
        Some(json!({"query": query, "variables": {"n": 7}})),
    );
    let repository = &body["data"]["repository"];
    let thread = &repository["pullRequest"]["reviewThreads"]["nodes"][0];
    assert_eq!(thread["resolvedBy"]["login"], "maintainer", "{body}");
    assert_eq!(thread["comments"]["totalCount"], 2);
    assert_eq!(thread["comments"]["nodes"][0]["viewerDidAuthor"], false);
    assert_eq!(repository["object"]["text"], NEW);
    fake.assert_clean();
    send(
        &fake,
        &token,
        "POST",
        "/api/graphql",
        Some(json!({"query": "{ viewer { nonsense } }"})),
    );
    assert!(!fake.world().ledger.violations.is_empty());
}

#[test]
fn object_ids_are_those_of_git() {
    let mut git = Objects::default();
    assert_eq!(
        git.blob(b"hello\n"),
        "ce013625030ba8dba906f756967f9e9ca394464a"
    );
    assert_eq!(
        git.tree(&Files::new()),
        "4b825dc642cb6eb9a060e54bf8d69288fbee4904"
    );
}

#[test]
fn patches_have_three_lines_around_a_change() {
    let changed = diff::changed(&files(&[("x", OLD)]), &files(&[("x", NEW)]));
    assert_eq!(
        changed[0].patch.as_deref(),
        Some("@@ -2,7 +2,7 @@\n b\n c\n d\n-e\n+E\n f\n g\n h")
    );
}

#[test]
fn a_schedule_is_the_same_for_the_same_seed() {
    assert_eq!(
        format!("{:?}", Schedule::random(5)),
        format!("{:?}", Schedule::random(5))
    );
    assert_ne!(
        format!("{:?}", Schedule::random(5)),
        format!("{:?}", Schedule::random(6))
    );
}
