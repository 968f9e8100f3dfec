//! The state as GitHub's REST interface shows it.

use serde_json::{Value, json};

use super::contract::frame;
use super::diff::Changed;
use super::state::{BOT, IssueComment, NOW, Pull, Review, ReviewComment, World};

pub fn user(user: u64) -> Value {
    let kind = if user == BOT { "Bot" } else { "User" };
    frame(
        "simple-user",
        json!({"id": user, "login": World::login(user), "type": kind}),
    )
}

pub fn private_user(id: u64) -> Value {
    frame("public-user", json!({"id": id, "login": World::login(id)}))
}

pub fn repository(world: &World, name: &str) -> Value {
    let (owner, short) = name.split_once('/').unwrap();
    let id = if name == world.repository { 1 } else { 2 };
    let owner = frame("simple-user", json!({"login": owner, "id": 10 + id}));
    json!({"id": id, "name": short, "full_name": name, "owner": owner, "default_branch": "main", "private": false})
}

fn side(world: &World, name: Option<&str>, branch: &str, sha: &str) -> Value {
    let owner = name
        .and_then(|name| name.split('/').next())
        .unwrap_or("ghost");
    let repository = name.map(|name| frame("repository", repository(world, name)));
    json!({"label": format!("{owner}:{branch}"), "ref": branch, "sha": sha, "repo": repository, "user": user(super::state::AUTHOR)})
}

pub fn pull(world: &World, pull: &Pull, schema: &str) -> Value {
    let given = json!({
        "number": pull.number, "state": if pull.open { "open" } else { "closed" }, "locked": pull.locked,
        "draft": pull.draft, "user": user(pull.author), "title": "A change", "merge_commit_sha": pull.merge,
        "head": side(world, pull.head_repository.as_deref(), &pull.branch, &pull.head),
        "base": side(world, Some(&world.repository), &pull.base_branch, &pull.base),
    });
    frame(schema, given)
}

pub fn file(world: &World, pull: &Pull, file: &Changed) -> Value {
    let commit = if file.status == "removed" {
        &pull.base
    } else {
        &pull.head
    };
    let id = world
        .git
        .find(&format!("{commit}:{}", file.path))
        .map(|(_, id)| id);
    let id = id.filter(|_| !world.no_sha.contains(&file.path));
    let mut value = frame(
        "diff-entry",
        json!({
            "sha": id, "filename": file.path, "status": file.status, "additions": file.additions,
            "deletions": file.deletions, "changes": file.additions + file.deletions,
        }),
    );
    if let Some(patch) = &file.patch {
        value["patch"] = json!(patch);
    }
    if let Some(previous) = &file.previous {
        value["previous_filename"] = json!(previous);
    }
    value
}

fn page(world: &World, pull: &Pull) -> String {
    format!(
        "{}/{}/pull/{}",
        world.address, world.repository, pull.number
    )
}

pub fn review(world: &World, pull: &Pull, review: &Review) -> Value {
    let html = format!("{}#pullrequestreview-{}", page(world, pull), review.id);
    let mut value = frame(
        "pull-request-review",
        json!({
            "id": review.id, "user": user(review.user), "body": review.body, "state": review.state,
            "commit_id": review.commit, "html_url": html, "author_association": "NONE",
        }),
    );
    if review.state != "PENDING" {
        value["submitted_at"] = json!(NOW);
    }
    value
}

pub fn comment(world: &World, pull: &Pull, comment: &ReviewComment) -> Value {
    let html = format!("{}#discussion_r{}", page(world, pull), comment.id);
    let mut value = frame(
        "pull-request-review-comment",
        json!({
            "id": comment.id, "pull_request_review_id": comment.review, "user": user(comment.user), "path": comment.path,
            "commit_id": pull.head, "original_commit_id": comment.commit, "body": comment.body, "html_url": html,
            "diff_hunk": comment.hunk, "author_association": "NONE", "line": comment.line,
            "original_line": comment.original_line, "start_line": comment.start_line, "side": comment.side,
            "subject_type": if comment.on_file { "file" } else { "line" },
        }),
    );
    if let Some(first) = comment.reply_to {
        value["in_reply_to_id"] = json!(first);
    }
    value
}

pub fn summary(world: &World, pull: &Pull, comment: &IssueComment) -> Value {
    let html = format!("{}#issuecomment-{}", page(world, pull), comment.id);
    let given = json!({"id": comment.id, "user": user(comment.user), "body": comment.body, "html_url": html,
                       "author_association": "NONE"});
    frame("issue-comment", given)
}

pub fn node(kind: &str, id: u64) -> String {
    format!("{kind}_{id}")
}
