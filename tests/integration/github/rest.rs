//! The REST interface: who may, which path is what, pages, git objects, code scanning.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::contract::frame;
use super::state::{Permission, Token, World};
use super::{pulls, render};

pub struct Request {
    pub method: String,
    /// Path and query without the prefix.
    pub target: String,
    pub token: Option<String>,
    pub body: String,
}

impl Request {
    pub fn path(&self) -> &str {
        self.target.split('?').next().unwrap()
    }

    pub fn query(&self) -> Vec<(String, String)> {
        let query = self.target.split_once('?').map_or("", |(_, query)| query);
        let pair = |part: &str| {
            part.split_once('=')
                .map(|(name, value)| (name.to_owned(), decode(value)))
        };
        query.split('&').filter_map(pair).collect()
    }

    pub fn parameter(&self, name: &str) -> Option<String> {
        self.query()
            .into_iter()
            .find(|(known, _)| known == name)
            .map(|(_, value)| value)
    }

    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_default()
    }
}

/// Undoes percent-encoding.
fn decode(text: &str) -> String {
    let (mut out, bytes, mut at) = (Vec::new(), text.as_bytes(), 0);
    while at < bytes.len() {
        let hex = text
            .get(at + 1..at + 3)
            .and_then(|hex| u8::from_str_radix(hex, 16).ok());
        match hex.filter(|_| bytes[at] == b'%') {
            Some(byte) => {
                out.push(byte);
                at += 3;
            }
            None => {
                out.push(bytes[at]);
                at += 1;
            }
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

pub struct Answer {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: Value,
    /// Not described by GitHub: not judged.
    pub raw: bool,
}

impl Answer {
    pub fn json(status: u16, body: Value) -> Self {
        Self {
            status,
            headers: Vec::new(),
            body,
            raw: false,
        }
    }

    pub fn error(status: u16, message: &str) -> Self {
        let body = json!({"message": message, "documentation_url": "https://docs.github.com/rest", "status": status.to_string()});
        Self::json(status, body)
    }

    /// 422 with texts.
    pub fn unprocessable(errors: &[String]) -> Self {
        let body = json!({"message": "Unprocessable Entity", "errors": errors, "documentation_url": "https://docs.github.com/rest"});
        Self {
            raw: true,
            ..Self::json(422, body)
        }
    }
}

/// Whom a request is from.
pub fn token(world: &World, request: &Request) -> Result<Token, Answer> {
    let Some(token) = &request.token else {
        return Err(Answer::error(401, "Requires authentication"));
    };
    match world.tokens.get(token) {
        Some(token) if token.permission != Permission::Expired => Ok(token.clone()),
        _ => Err(Answer::error(401, "Bad credentials")),
    }
}

pub fn answer(world: &mut World, request: &Request) -> Answer {
    let token = match token(world, request) {
        Ok(token) => token,
        Err(answer) => return answer,
    };
    if let Some(cursor) = request.path().strip_prefix("/cursor/") {
        let Some((target, page)) = cursor
            .parse::<usize>()
            .ok()
            .and_then(|at| world.cursors.get(at).cloned())
        else {
            return Answer::error(404, "Not Found");
        };
        let inner = Request {
            target,
            method: "GET".to_owned(),
            token: None,
            body: String::new(),
        };
        let answer = route(world, &inner, &token);
        return paged(world, &inner, answer, page);
    }
    if request.method != "GET" && token.permission < Permission::PullRequests {
        return Answer::error(403, "Resource not accessible by integration");
    }
    let answer = route(world, request, &token);
    let page = request
        .parameter("page")
        .and_then(|page| page.parse().ok())
        .unwrap_or(1);
    paged(world, request, answer, page)
}

/// Cuts a listing into pages; the address of the next page says nothing about what it is.
fn paged(world: &mut World, request: &Request, mut answer: Answer, page: usize) -> Answer {
    let Value::Array(items) = &answer.body else {
        return answer;
    };
    if request.method != "GET" || request.path().contains("/contents") {
        return answer;
    }
    let size: usize = request
        .parameter("per_page")
        .and_then(|size| size.parse().ok())
        .unwrap_or(30)
        .clamp(1, 100);
    // GitHub lists no more than 3,000 files.
    let whole = if request.path().ends_with("/files") {
        items.len().min(3_000)
    } else {
        items.len()
    };
    let (start, end) = (((page - 1) * size).min(whole), (page * size).min(whole));
    let cut = items[start..end].to_vec();
    if end < whole {
        world.cursors.push((request.target.clone(), page + 1));
        let link = format!(
            "<{}/cursor/{}>; rel=\"next\"",
            world.api(),
            world.cursors.len() - 1
        );
        answer.headers.push(("link".to_owned(), link));
    }
    answer.body = Value::Array(cut);
    answer
}

fn route(world: &mut World, request: &Request, token: &Token) -> Answer {
    let missing = Answer::error(404, "Not Found");
    let path = request.path().to_owned();
    if path == "/user" {
        return Answer::json(200, render::private_user(token.user));
    }
    let own = format!("/repos/{}", world.repository);
    let Some(rest) = path.strip_prefix(&own) else {
        return missing;
    };
    let parts: Vec<String> = rest.split('/').skip(1).map(decode).collect();
    let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
    match (request.method.as_str(), parts.as_slice()) {
        ("GET", []) => Answer::json(
            200,
            frame(
                "full-repository",
                render::repository(world, &world.repository),
            ),
        ),
        ("GET", ["git", "commits", id]) => match world.git.commits.get(*id) {
            Some(commit) => {
                let url = format!("{}/repos/{}/git", world.api(), world.repository);
                let parent = |id: &String| json!({"sha": id, "url": url, "html_url": url});
                let parents: Vec<Value> = commit.parents.iter().map(parent).collect();
                Answer::json(
                    200,
                    frame(
                        "git-commit",
                        json!({"sha": id, "tree": {"sha": commit.tree, "url": url}, "parents": parents}),
                    ),
                )
            }
            None => missing,
        },
        ("GET", ["git", "trees", id]) => {
            tree(world, id, request.parameter("recursive").is_some()).unwrap_or(missing)
        }
        ("GET", ["git", "blobs", id]) => match world.git.blobs.get(*id) {
            Some(bytes) => {
                let content = STANDARD.encode(bytes);
                Answer::json(
                    200,
                    frame(
                        "blob",
                        json!({"sha": id, "size": bytes.len(), "content": content, "encoding": "base64"}),
                    ),
                )
            }
            None => missing,
        },
        ("GET", ["contents", rest @ ..]) => {
            contents(world, request, &rest.join("/")).unwrap_or(missing)
        }
        ("POST", ["code-scanning", "sarifs"]) => sarif(world, request),
        ("GET", ["code-scanning", "sarifs", id]) => {
            match world.sarifs.iter_mut().find(|(known, ..)| known == id) {
                Some((_, _, polls)) => {
                    *polls += 1;
                    let status = if *polls > 1 { "complete" } else { "pending" };
                    Answer::json(200, json!({"processing_status": status}))
                }
                None => missing,
            }
        }
        (_, ["pulls" | "issues", ..]) => pulls::route(world, request, token, &parts),
        _ => missing,
    }
}

fn tree(world: &World, name: &str, recursive: bool) -> Option<Answer> {
    let id = match world.git.commits.get(name) {
        Some(commit) => commit.tree.clone(),
        None => name.to_owned(),
    };
    let direct = world.git.trees.get(&id)?;
    let mut all = if recursive {
        world.git.walk(&id, "")
    } else {
        direct
            .iter()
            .map(|entry| (entry.name.clone(), entry.clone()))
            .collect()
    };
    let truncated = recursive && world.trees_truncated;
    if truncated {
        all.truncate(all.len() / 2);
    }
    let entry = |(path, entry): &(String, super::objects::Entry)| {
        let mut value =
            json!({"path": path, "mode": entry.mode, "type": entry.kind(), "sha": entry.id});
        if let Some(bytes) = world.git.blobs.get(&entry.id) {
            value["size"] = json!(bytes.len());
        }
        value
    };
    let entries: Vec<Value> = all.iter().map(entry).collect();
    Some(Answer::json(
        200,
        json!({"sha": id, "url": world.api(), "tree": entries, "truncated": truncated}),
    ))
}

fn contents(world: &World, request: &Request, path: &str) -> Option<Answer> {
    let commit = request
        .parameter("ref")
        .filter(|name| name.len() == 40)
        .unwrap_or_else(|| world.base.clone());
    let (kind, id) = world.git.find(&format!("{commit}:{path}"))?;
    let url = format!(
        "{}/repos/{}/contents/{}",
        world.api(),
        world.repository,
        path.replace(' ', "%20")
    );
    let entry = |kind: &str, name: &str, path: &str, id: &str, size: usize| {
        json!({"type": kind, "name": name, "path": path, "sha": id, "size": size, "url": url, "git_url": null,
               "html_url": null, "download_url": null, "_links": {"self": url, "git": null, "html": null}})
    };
    if kind == "tree" {
        let list = world.git.trees[&id].iter().map(|inner| {
            let kind = match inner.kind() {
                "tree" => "dir",
                "commit" => "submodule",
                _ => "file",
            };
            let size = world.git.blobs.get(&inner.id).map_or(0, Vec::len);
            let whole = if path.is_empty() {
                inner.name.clone()
            } else {
                format!("{path}/{}", inner.name)
            };
            entry(kind, &inner.name, &whole, &inner.id, size)
        });
        return Some(Answer {
            raw: true,
            ..Answer::json(200, list.collect())
        });
    }
    let bytes = world.git.blobs.get(&id)?;
    let mut value = entry("file", path.rsplit('/').next()?, path, &id, bytes.len());
    let small = bytes.len() <= 1_000_000;
    value["encoding"] = json!(if small { "base64" } else { "none" });
    value["content"] = json!(if small {
        STANDARD.encode(bytes)
    } else {
        String::new()
    });
    Some(Answer::json(200, value))
}

fn sarif(world: &mut World, request: &Request) -> Answer {
    if let Some(status) = world.sarif_refused {
        let message = match status {
            403 => "Advanced Security must be enabled for this repository to use code scanning.",
            404 => "Not Found",
            413 => "Payload Too Large",
            _ => "Service unavailable",
        };
        return Answer::error(status, message);
    }
    let number = world.id();
    let id = format!("{number:08x}-0000-4000-8000-000000000000");
    let url = format!(
        "{}/repos/{}/code-scanning/sarifs/{id}",
        world.api(),
        world.repository
    );
    world.sarifs.push((id.clone(), request.json(), 0));
    Answer::json(202, json!({"id": id, "url": url}))
}
