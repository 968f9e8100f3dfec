//! The GraphQL interface over the same state. Every document is validated against GitHub's schema; what a resolver
//! does not know is an error of the fake that a scenario sees.

use apollo_compiler::resolvers::{Execution, FieldError, ObjectValue, ResolveInfo, ResolvedValue};
use apollo_compiler::response::JsonMap;
use serde_json::{Value, json};

use super::contract;
use super::render::node;
use super::rest::{Answer, Request, token};
use super::state::{Permission, Pull, ReviewComment, Token, World};

pub fn answer(world: &mut World, request: &Request) -> Answer {
    let token = match token(world, request) {
        Ok(token) => token,
        Err(answer) => return answer,
    };
    if world.graphql_off {
        return Answer::error(404, "Not Found");
    }
    let given = request.json();
    let schema = contract::graphql();
    let document = match contract::document(given["query"].as_str().unwrap_or("")) {
        Ok(document) => document,
        Err(why) => {
            world.ledger.violations.push(format!("GraphQL: {why}"));
            return Answer::json(200, json!({"errors": [{"message": why}]}));
        }
    };
    let Ok(operation) = document.operations.get(given["operationName"].as_str()) else {
        world
            .ledger
            .violations
            .push("GraphQL: which operation is not clear".to_owned());
        return Answer::json(
            200,
            json!({"errors": [{"message": "An operation name is required"}]}),
        );
    };
    let mutation = operation.is_mutation();
    let variables: JsonMap = serde_json::from_value(given["variables"].clone()).unwrap_or_default();
    if mutation && let Some(refused) = mutate(world, &token, &given) {
        return refused;
    }
    let root = Node {
        value: if mutation {
            after(world, &given)
        } else {
            query(world, &token)
        },
        world,
    };
    let result = Execution::new(schema, &document)
        .raw_variable_values(&variables)
        .execute_sync(&root);
    match result {
        Ok(response) => {
            let body = serde_json::to_value(&response).unwrap();
            let unknown: Vec<String> = body["errors"]
                .as_array()
                .into_iter()
                .flatten()
                .map(|error| format!("GraphQL: {}", error["message"]))
                .filter(|text| text.contains("resolver"))
                .collect();
            world.ledger.violations.extend(unknown);
            Answer::json(200, body)
        }
        Err(error) => {
            world.ledger.violations.push(format!("GraphQL: {error:?}"));
            Answer::json(
                200,
                json!({"errors": [{"message": "The variables are wrong"}]}),
            )
        }
    }
}

fn thread_of(given: &Value) -> u64 {
    let variables = &given["variables"];
    let id = ["thread", "threadId", "id"]
        .iter()
        .find_map(|name| variables[*name].as_str())
        .or(variables["input"]["threadId"].as_str());
    id.and_then(|id| id.strip_prefix("PRRT_"))
        .and_then(|id| id.parse().ok())
        .unwrap_or(0)
}

/// Resolves or opens a thread: that takes `contents: write`.
fn mutate(world: &mut World, token: &Token, given: &Value) -> Option<Answer> {
    let error = |kind: &str, message: &str| {
        Some(Answer::json(
            200,
            json!({"data": null, "errors": [{"type": kind, "message": message}]}),
        ))
    };
    if token.permission < Permission::Contents {
        return error("FORBIDDEN", "Resource not accessible by integration");
    }
    let (id, query) = (thread_of(given), given["query"].as_str().unwrap_or(""));
    let found = world
        .pulls
        .values_mut()
        .flat_map(|pull| &mut pull.comments)
        .find(|comment| comment.id == id);
    let Some(comment) = found else {
        return error("NOT_FOUND", "Could not resolve to a node");
    };
    comment.resolved_by = (!query.contains("unresolveReviewThread")).then_some(token.user);
    None
}

fn after(world: &World, given: &Value) -> Value {
    let id = thread_of(given);
    let found = world
        .pulls
        .values()
        .flat_map(|pull| &pull.comments)
        .find(|comment| comment.id == id);
    let resolved = found.is_some_and(|comment| comment.resolved_by.is_some());
    let thread = |kind: &str| {
        json!({"__typename": kind, "clientMutationId": null, "thread": {
        "__typename": "PullRequestReviewThread", "id": node("PRRT", id), "isResolved": resolved}})
    };
    json!({"__typename": "Mutation", "resolveReviewThread": thread("ResolveReviewThreadPayload"),
           "unresolveReviewThread": thread("UnresolveReviewThreadPayload")})
}

fn user(id: u64) -> Value {
    let kind = if id == super::state::BOT {
        "Bot"
    } else {
        "User"
    };
    let login = World::login(id).trim_end_matches("[bot]");
    json!({"__typename": kind, "id": node("U", id), "login": login, "databaseId": id})
}

fn query(world: &World, token: &Token) -> Value {
    let mut viewer = user(token.user);
    // The type of `viewer` is User, also for an app.
    viewer["__typename"] = json!("User");
    viewer["login"] = json!(World::login(token.user));
    let pulls: Value = world
        .pulls
        .values()
        .map(|pull| (pull.number.to_string(), self::pull(pull, token)))
        .collect::<serde_json::Map<_, _>>()
        .into();
    json!({"__typename": "Query", "viewer": viewer, "repository": {
        "__typename": "Repository", "id": "R_1", "nameWithOwner": world.repository, "databaseId": 1, "pulls": pulls}})
}

fn comment(pull: &Pull, comment: &ReviewComment, token: &Token) -> Value {
    json!({"__typename": "PullRequestReviewComment", "id": node("PRRC", comment.id), "fullDatabaseId": comment.id.to_string(),
           "databaseId": comment.id, "body": comment.body, "viewerDidAuthor": comment.user == token.user,
           "outdated": comment.outdated, "isMinimized": comment.minimised, "author": user(comment.user),
           "path": comment.path, "line": comment.line, "originalLine": comment.original_line,
           "url": format!("https://github.com/pull/{}#discussion_r{}", pull.number, comment.id)})
}

fn pull(pull: &Pull, token: &Token) -> Value {
    let hidden = |review: u64| {
        pull.reviews
            .iter()
            .any(|known| known.id == review && known.state == "PENDING" && known.user != token.user)
    };
    let writes = token.permission >= Permission::Contents;
    let first = pull
        .comments
        .iter()
        .filter(|comment| comment.reply_to.is_none() && !hidden(comment.review));
    let threads: Vec<Value> = first
        .map(|first| {
            let all = pull.comments.iter().filter(|comment| comment.id == first.id || comment.reply_to == Some(first.id));
            let comments: Vec<Value> = all.map(|one| comment(pull, one, token)).collect();
            let resolved = first.resolved_by.is_some();
            json!({"__typename": "PullRequestReviewThread", "id": node("PRRT", first.id), "isResolved": resolved,
                   "isOutdated": first.outdated, "isCollapsed": resolved, "path": first.path, "line": first.line,
                   "originalLine": first.original_line, "startLine": first.start_line, "diffSide": first.side,
                   "subjectType": if first.on_file { "FILE" } else { "LINE" },
                   "viewerCanResolve": writes && !resolved, "viewerCanUnresolve": writes && resolved,
                   "resolvedBy": first.resolved_by.map(|id| { let mut who = user(id); who["__typename"] = json!("User"); who }),
                   "comments": comments})
        })
        .collect();
    let summaries: Vec<Value> = pull.summaries.iter().map(|one| {
        json!({"__typename": "IssueComment", "id": node("IC", one.id), "fullDatabaseId": one.id.to_string(),
               "databaseId": one.id, "body": one.body, "viewerDidAuthor": one.user == token.user, "isMinimized": false,
               "author": user(one.user)})
    }).collect();
    let reviews: Vec<Value> = pull.reviews.iter().filter(|review| !hidden(review.id)).map(|one| {
        let comments: Vec<Value> = pull.comments.iter().filter(|comment| comment.review == one.id).map(|found| comment(pull, found, token)).collect();
        json!({"__typename": "PullRequestReview", "id": node("PRR", one.id), "fullDatabaseId": one.id.to_string(),
               "databaseId": one.id, "body": one.body, "state": one.state, "viewerDidAuthor": one.user == token.user,
               "author": user(one.user), "comments": comments})
    }).collect();
    json!({"__typename": "PullRequest", "id": node("PR", pull.number), "number": pull.number,
           "state": if pull.open { "OPEN" } else { "CLOSED" }, "isDraft": pull.draft, "locked": pull.locked,
           "closed": !pull.open, "merged": false, "headRefOid": pull.head, "baseRefOid": pull.base,
           "headRefName": pull.branch, "baseRefName": pull.base_branch, "mergeable": "MERGEABLE",
           "author": user(pull.author), "reviewThreads": threads, "comments": summaries, "reviews": reviews})
}

/// An object whose fields are JSON, and whose lists become connections where the schema says so.
struct Node<'w> {
    value: Value,
    world: &'w World,
}

impl ObjectValue for Node<'_> {
    fn type_name(&self) -> &str {
        self.value["__typename"].as_str().unwrap()
    }

    fn resolve_field<'a>(
        &'a self,
        info: &'a ResolveInfo<'a>,
    ) -> Result<ResolvedValue<'a>, FieldError> {
        let arguments = info.arguments();
        let text = |name: &str| arguments.get(name).and_then(|value| value.as_str());
        let value = match (self.type_name(), info.field_name()) {
            ("Query", "repository") => {
                let name = format!(
                    "{}/{}",
                    text("owner").unwrap_or(""),
                    text("name").unwrap_or("")
                );
                if name != self.world.repository {
                    let message =
                        format!("Could not resolve to a Repository with the name '{name}'.");
                    return Err(FieldError { message });
                }
                self.value["repository"].clone()
            }
            ("Repository", "pullRequest") => {
                let number = arguments
                    .get("number")
                    .and_then(|number| number.as_u64())
                    .unwrap_or(0);
                let found = self.value["pulls"].get(number.to_string());
                let message =
                    format!("Could not resolve to a PullRequest with the number of {number}.");
                found.cloned().ok_or(FieldError { message })?
            }
            ("Repository", "object") => {
                object(self.world, text("oid").or(text("expression")).unwrap_or(""))
            }
            (kind, field) => self.value.get(field).cloned().ok_or_else(|| FieldError {
                message: format!("the fake has no resolver for {kind}.{field}"),
            })?,
        };
        let kind = info.field_definition().ty.inner_named_type().as_str();
        Ok(match value {
            Value::Array(items) if kind.ends_with("Connection") => {
                let states = arguments.get("states").and_then(|states| states.as_array());
                let fits = |item: &Value| {
                    states.is_none_or(|states| {
                        states
                            .iter()
                            .any(|state| state.as_str() == item["state"].as_str())
                    })
                };
                let items: Vec<Value> = items.into_iter().filter(fits).collect();
                self.node(connection(kind, &items, arguments))
            }
            Value::Array(items) => {
                ResolvedValue::List(Box::new(items.into_iter().map(|item| Ok(self.node(item)))))
            }
            Value::Object(_) => self.node(value),
            other => ResolvedValue::leaf(serde_json_bytes(other)),
        })
    }
}

impl Node<'_> {
    fn node<'a>(&'a self, value: Value) -> ResolvedValue<'a> {
        match value {
            Value::Object(_) => ResolvedValue::object(Node {
                value,
                world: self.world,
            }),
            other => ResolvedValue::leaf(serde_json_bytes(other)),
        }
    }
}

fn serde_json_bytes(value: Value) -> apollo_compiler::response::JsonValue {
    serde_json::from_value(value).unwrap()
}

/// A page of a list; a cursor is the place in it.
fn connection(kind: &str, items: &[Value], arguments: &JsonMap) -> Value {
    let number = |name: &str| {
        arguments
            .get(name)
            .and_then(|value| value.as_u64())
            .map(|value| value as usize)
    };
    let cursor = |name: &str| {
        arguments
            .get(name)
            .and_then(|value| value.as_str())
            .and_then(|text| text.strip_prefix("cursor:")?.parse::<usize>().ok())
    };
    let (mut start, mut end) = (
        cursor("after").map_or(0, |at| at + 1),
        cursor("before").unwrap_or(items.len()),
    );
    if let Some(first) = number("first") {
        end = end.min(start + first);
    }
    if let Some(last) = number("last") {
        start = start.max(end.saturating_sub(last));
    }
    let (start, end) = (start.min(items.len()), end.min(items.len()));
    let some = end > start;
    json!({"__typename": kind, "totalCount": items.len(), "nodes": items[start..end],
           "pageInfo": {"__typename": "PageInfo", "hasNextPage": end < items.len(), "hasPreviousPage": start > 0,
                        "startCursor": some.then(|| format!("cursor:{start}")),
                        "endCursor": some.then(|| format!("cursor:{}", end.saturating_sub(1)))}})
}

fn object(world: &World, expression: &str) -> Value {
    let Some((kind, id)) = world.git.find(expression) else {
        return Value::Null;
    };
    match kind {
        "blob" => {
            let bytes = &world.git.blobs[&id];
            let binary = bytes.contains(&0);
            let text = (!binary).then(|| String::from_utf8_lossy(bytes));
            json!({"__typename": "Blob", "oid": id, "byteSize": bytes.len(), "isBinary": binary, "isTruncated": false, "text": text})
        }
        "tree" => {
            let entries: Vec<Value> = world.git.trees[&id].iter().map(|entry| {
                let mode = u32::from_str_radix(entry.mode, 8).unwrap();
                json!({"__typename": "TreeEntry", "name": entry.name, "type": entry.kind(), "mode": mode, "oid": entry.id,
                       "object": object(world, &entry.id)})
            }).collect();
            json!({"__typename": "Tree", "oid": id, "entries": entries})
        }
        _ => json!({"__typename": "Commit", "oid": id}),
    }
}
