//! Pull requests over REST: reviews, comments on lines and files, comments on the whole, with GitHub's refusals.

use serde_json::{Value, json};

use super::diff;
use super::render;
use super::rest::{Answer, Request};
use super::state::{IssueComment, Pull, Review, ReviewComment, Token, World};

const MAX_BODY: usize = 65_536;

pub fn route(world: &mut World, request: &Request, token: &Token, parts: &[&str]) -> Answer {
    let missing = || Answer::error(404, "Not Found");
    let method = request.method.as_str();
    if let [kind, "comments", id] = parts {
        let Ok(id) = id.parse() else { return missing() };
        return if *kind == "pulls" {
            one_comment(world, request, token, id)
        } else {
            one_summary(world, request, token, id)
        };
    }
    if method == "GET" && *parts == ["pulls"] {
        return list(world, request);
    }
    let Some(pull) = parts
        .get(1)
        .and_then(|number| number.parse().ok())
        .and_then(|number| world.pulls.get(&number).cloned())
    else {
        return missing();
    };
    let locked = || Answer::error(403, "Unable to create comment because issue is locked.");
    match (method, parts[0], &parts[2..]) {
        ("GET", "pulls", []) => Answer::json(200, render::pull(world, &pull, "pull-request")),
        ("GET", "pulls", ["files"]) => {
            let files = world.changed(&pull, &pull.head);
            Answer::json(
                200,
                files
                    .iter()
                    .map(|file| render::file(world, &pull, file))
                    .collect(),
            )
        }
        ("GET", "pulls", ["reviews"]) => {
            let seen = pull
                .reviews
                .iter()
                .filter(|review| review.state != "PENDING" || review.user == token.user);
            Answer::json(
                200,
                seen.map(|review| render::review(world, &pull, review))
                    .collect(),
            )
        }
        ("GET", "pulls", ["comments"]) => {
            let public = |comment: &&ReviewComment| !pending(&pull, comment.review);
            Answer::json(
                200,
                pull.comments
                    .iter()
                    .filter(public)
                    .map(|comment| render::comment(world, &pull, comment))
                    .collect(),
            )
        }
        ("GET", "issues", ["comments"]) => Answer::json(
            200,
            pull.summaries
                .iter()
                .map(|comment| render::summary(world, &pull, comment))
                .collect(),
        ),
        ("POST", _, _) if pull.locked => locked(),
        ("POST", "pulls", ["reviews"]) => create_review(world, &pull, request, token),
        ("POST", "pulls", ["comments"]) => create_comment(world, &pull, request, token),
        ("POST", "issues", ["comments"]) => {
            let body = text(&request.json()["body"]);
            if let Some(refused) = unfit(&body) {
                return refused;
            }
            let comment = IssueComment {
                id: world.id(),
                user: token.user,
                body,
            };
            let value = render::summary(world, &pull, &comment);
            world
                .pulls
                .get_mut(&pull.number)
                .unwrap()
                .summaries
                .push(comment);
            Answer::json(201, value)
        }
        (_, "pulls", ["reviews", id, rest @ ..]) => {
            one_review(world, &pull, request, token, id, rest)
        }
        _ => missing(),
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

fn unfit(body: &str) -> Option<Answer> {
    if body.trim().is_empty() {
        return Some(Answer::unprocessable(&["Body can't be blank".to_owned()]));
    }
    (body.chars().count() > MAX_BODY).then(too_long)
}

fn too_long() -> Answer {
    Answer::unprocessable(&[format!(
        "Body is too long (maximum is {MAX_BODY} characters)"
    )])
}

fn pending(pull: &Pull, review: u64) -> bool {
    pull.reviews
        .iter()
        .any(|known| known.id == review && known.state == "PENDING")
}

fn list(world: &World, request: &Request) -> Answer {
    let state = request
        .parameter("state")
        .unwrap_or_else(|| "open".to_owned());
    let head = request.parameter("head");
    let fits = |pull: &&Pull| {
        let owner = pull
            .head_repository
            .as_deref()
            .and_then(|name| name.split('/').next())
            .unwrap_or("");
        (state == "all" || (state == "open") == pull.open)
            && head
                .as_ref()
                .is_none_or(|head| *head == format!("{owner}:{}", pull.branch))
    };
    Answer::json(
        200,
        world
            .pulls
            .values()
            .filter(fits)
            .map(|pull| render::pull(world, pull, "pull-request-simple"))
            .collect(),
    )
}

/// The comment that a request describes, or GitHub's reason against it.
fn draft(
    world: &World,
    pull: &Pull,
    commit: &str,
    token: &Token,
    given: &Value,
) -> Result<ReviewComment, String> {
    let path = text(&given["path"]);
    let changed = world.changed(pull, commit);
    let Some(file) = changed.iter().find(|file| file.path == path) else {
        return Err("Pull request review thread path is invalid".to_owned());
    };
    let body = text(&given["body"]);
    if body.is_empty() || body.chars().count() > MAX_BODY {
        return Err(format!(
            "Pull request review thread body must be 1 to {MAX_BODY} characters"
        ));
    }
    let on_file = given["subject_type"] == "file";
    let side = given["side"].as_str().unwrap_or("RIGHT").to_owned();
    let patch = file.patch.clone().unwrap_or_default();
    let shown = diff::shown(&patch);
    let find = |line: u64, side: &str| {
        shown.iter().find(|shown| {
            if side == "LEFT" {
                shown.left == Some(line)
            } else {
                shown.right == Some(line)
            }
        })
    };
    let (line, start) = (given["line"].as_u64(), given["start_line"].as_u64());
    if !on_file {
        if patch.is_empty() {
            return Err("Pull request review thread diff hunk can't be blank".to_owned());
        }
        let Some(end) = line.and_then(|line| find(line, &side)) else {
            return Err("Pull request review thread line must be part of the diff".to_owned());
        };
        if let Some(start) = start {
            let first = find(start, given["start_side"].as_str().unwrap_or(&side));
            if first.is_none_or(|first| first.hunk != end.hunk) {
                return Err("Pull request review thread start line must be part of the same hunk as the line.".to_owned());
            }
            if Some(start) >= line {
                return Err(
                    "Pull request review thread start line must precede the end line.".to_owned(),
                );
            }
        }
    }
    // The newest head may no longer show what an older commit shows.
    let outdated = !on_file && commit != pull.head && {
        let newest = world.changed(pull, &pull.head);
        let patch = newest
            .iter()
            .find(|file| file.path == path)
            .and_then(|file| file.patch.clone())
            .unwrap_or_default();
        patch != file.patch.clone().unwrap_or_default()
    };
    Ok(ReviewComment {
        id: 0,
        review: 0,
        user: token.user,
        path,
        commit: commit.to_owned(),
        line: line.filter(|_| !on_file && !outdated),
        original_line: line.filter(|_| !on_file),
        start_line: start,
        side,
        on_file,
        body,
        hunk: patch.lines().take(4).collect::<Vec<_>>().join("\n"),
        reply_to: None,
        resolved_by: None,
        minimised: false,
        outdated,
    })
}

fn commit(world: &World, pull: &Pull, given: &Value) -> Result<String, Answer> {
    let Some(id) = given["commit_id"].as_str() else {
        return Ok(pull.head.clone());
    };
    // Every commit from the head backwards, until the base.
    let mut at = pull.head.clone();
    loop {
        if at == id {
            return Ok(at);
        }
        match world.git.commits[&at].parents.first() {
            Some(parent) if *parent != pull.base => at.clone_from(parent),
            _ => {
                return Err(Answer::unprocessable(&[format!(
                    "No commit found for SHA: {id}"
                )]));
            }
        }
    }
}

fn create_review(world: &mut World, pull: &Pull, request: &Request, token: &Token) -> Answer {
    let given = request.json();
    let one = |text: &str| Answer::unprocessable(&[text.to_owned()]);
    if pull
        .reviews
        .iter()
        .any(|review| review.user == token.user && review.state == "PENDING")
    {
        return one("User can only have one pending review per pull request");
    }
    let state = match given["event"].as_str() {
        None => "PENDING",
        Some("COMMENT") => "COMMENTED",
        Some(_) if pull.author == token.user && given["event"] == "APPROVE" => {
            return one("Can not approve your own pull request");
        }
        Some(_) if pull.author == token.user => {
            return one("Can not request changes on your own pull request");
        }
        Some("APPROVE") => "APPROVED",
        Some(_) => "CHANGES_REQUESTED",
    };
    let commit = match commit(world, pull, &given) {
        Ok(commit) => commit,
        Err(answer) => return answer,
    };
    let body = text(&given["body"]);
    if body.chars().count() > MAX_BODY {
        return too_long();
    }
    let wanted = given["comments"].as_array().cloned().unwrap_or_default();
    if wanted.is_empty() && body.is_empty() && state != "APPROVED" && state != "PENDING" {
        return one("Review body can't be blank");
    }
    let drafts: Vec<_> = wanted
        .iter()
        .map(|comment| draft(world, pull, &commit, token, comment))
        .collect();
    // All or nothing; GitHub does not say which one it means.
    let mut errors: Vec<String> = drafts
        .iter()
        .filter_map(|draft| draft.clone().err())
        .collect();
    errors.dedup();
    if !errors.is_empty() {
        return Answer::unprocessable(&errors);
    }
    let review = Review {
        id: world.id(),
        user: token.user,
        state,
        body,
        commit,
    };
    for draft in drafts {
        let mut comment = draft.unwrap();
        comment.id = world.id();
        comment.review = review.id;
        world
            .pulls
            .get_mut(&pull.number)
            .unwrap()
            .comments
            .push(comment);
    }
    let value = render::review(world, pull, &review);
    world
        .pulls
        .get_mut(&pull.number)
        .unwrap()
        .reviews
        .push(review);
    Answer::json(200, value)
}

fn create_comment(world: &mut World, pull: &Pull, request: &Request, token: &Token) -> Answer {
    let given = request.json();
    let found = commit(world, pull, &given).and_then(|commit| {
        draft(world, pull, &commit, token, &given).map_err(|text| {
            let error = json!({"resource": "PullRequestReviewComment", "code": "custom", "field": "pull_request_review_thread.line", "message": text});
            let body = json!({"message": "Validation Failed", "errors": [error], "documentation_url": "https://docs.github.com/rest"});
            Answer::json(422, body)
        })
    });
    let mut comment = match found {
        Ok(comment) => comment,
        Err(answer) => return answer,
    };
    // A comment by itself stands in a review of its own.
    let review = Review {
        id: world.id(),
        user: token.user,
        state: "COMMENTED",
        body: String::new(),
        commit: comment.commit.clone(),
    };
    comment.id = world.id();
    comment.review = review.id;
    let value = render::comment(world, pull, &comment);
    let pull = world.pulls.get_mut(&pull.number).unwrap();
    pull.reviews.push(review);
    pull.comments.push(comment);
    Answer::json(201, value)
}

fn one_review(
    world: &mut World,
    pull: &Pull,
    request: &Request,
    token: &Token,
    id: &str,
    rest: &[&str],
) -> Answer {
    let Some(at) = pull
        .reviews
        .iter()
        .position(|review| review.id.to_string() == id)
    else {
        return Answer::error(404, "Not Found");
    };
    let mut review = pull.reviews[at].clone();
    let own = review.user == token.user;
    match (request.method.as_str(), rest) {
        ("GET", []) => return Answer::json(200, render::review(world, pull, &review)),
        ("DELETE", []) if own && review.state == "PENDING" => {
            let pull = world.pulls.get_mut(&pull.number).unwrap();
            pull.reviews.remove(at);
            pull.comments.retain(|comment| comment.review != review.id);
            let pull = pull.clone();
            return Answer::json(200, render::review(world, &pull, &review));
        }
        ("DELETE", []) => {
            return Answer::unprocessable(&[
                "Can not delete a non-pending pull request review".to_owned()
            ]);
        }
        ("POST", ["events"]) if own && review.state == "PENDING" => {
            review.state = match request.json()["event"].as_str() {
                Some("APPROVE") => "APPROVED",
                Some("REQUEST_CHANGES") => "CHANGES_REQUESTED",
                _ => "COMMENTED",
            };
        }
        ("PUT", []) if own => review.body = text(&request.json()["body"]),
        ("PUT", ["dismissals"]) => match review.state {
            "APPROVED" | "CHANGES_REQUESTED" => review.state = "DISMISSED",
            "COMMENTED" => {
                return Answer::unprocessable(&[
                    "Can not dismiss a commented pull request review".to_owned()
                ]);
            }
            _ => {
                return Answer::unprocessable(&[
                    "Can not dismiss a dismissed pull request review".to_owned()
                ]);
            }
        },
        _ => return Answer::error(404, "Not Found"),
    }
    world.pulls.get_mut(&pull.number).unwrap().reviews[at] = review.clone();
    Answer::json(200, render::review(world, pull, &review))
}

fn one_comment(world: &mut World, request: &Request, token: &Token, id: u64) -> Answer {
    let found = world
        .pulls
        .values()
        .find(|pull| pull.comments.iter().any(|comment| comment.id == id))
        .cloned();
    let Some(pull) = found else {
        return Answer::error(404, "Not Found");
    };
    let at = pull
        .comments
        .iter()
        .position(|comment| comment.id == id)
        .unwrap();
    let mut comment = pull.comments[at].clone();
    if request.method == "GET" {
        return Answer::json(200, render::comment(world, &pull, &comment));
    }
    if comment.user != token.user {
        return Answer::error(403, "Resource not accessible by integration");
    }
    let stored = &mut world.pulls.get_mut(&pull.number).unwrap().comments;
    if request.method == "DELETE" {
        stored.remove(at);
        return Answer::json(204, Value::Null);
    }
    comment.body = text(&request.json()["body"]);
    if let Some(refused) = unfit(&comment.body) {
        return refused;
    }
    stored[at] = comment.clone();
    Answer::json(200, render::comment(world, &pull, &comment))
}

fn one_summary(world: &mut World, request: &Request, token: &Token, id: u64) -> Answer {
    let found = world
        .pulls
        .values()
        .find(|pull| pull.summaries.iter().any(|comment| comment.id == id))
        .cloned();
    let Some(pull) = found else {
        return Answer::error(404, "Not Found");
    };
    let at = pull
        .summaries
        .iter()
        .position(|comment| comment.id == id)
        .unwrap();
    let mut comment = pull.summaries[at].clone();
    if request.method == "GET" {
        return Answer::json(200, render::summary(world, &pull, &comment));
    }
    if comment.user != token.user {
        return Answer::error(403, "Resource not accessible by integration");
    }
    let stored = &mut world.pulls.get_mut(&pull.number).unwrap().summaries;
    if request.method == "DELETE" {
        stored.remove(at);
        return Answer::json(204, Value::Null);
    }
    comment.body = text(&request.json()["body"]);
    if let Some(refused) = unfit(&comment.body) {
        return refused;
    }
    stored[at] = comment.clone();
    Answer::json(200, render::summary(world, &pull, &comment))
}
