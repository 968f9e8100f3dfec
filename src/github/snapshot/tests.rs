//! Snapshots of commits that come from a server which holds a small repository.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::*;
use crate::check::{Engine, Outcome, Request, Selection};
use crate::github::client::tests::Rig;
use crate::github::client::tests::server::{Answer, Seen, Server, ok, status};
use crate::policy::Policy;
use crate::snapshot::MemorySnapshot;

const HEAD: &str = "1111111111111111111111111111111111111111";
const BASE: &str = "2222222222222222222222222222222222222222";

/// How the server lies or fails.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Fault {
    None,
    /// GraphQL is switched off.
    NoGraphql,
    /// Every content has a byte more.
    OtherContent,
    /// Contents are not to be had.
    NoContent,
}

/// A repository: per commit, files with their mode and content.
#[derive(Clone, Default)]
struct Repo {
    commits: BTreeMap<&'static str, BTreeMap<&'static str, (u32, Vec<u8>)>>,
}

impl Repo {
    fn commit(mut self, commit: &'static str, files: &[(&'static str, &str)]) -> Self {
        let files = files.iter().map(|(path, text)| {
            let mode = if text.starts_with("-> ") {
                0o120_000
            } else {
                0o100_644
            };
            (
                *path,
                (mode, text.trim_start_matches("-> ").as_bytes().to_vec()),
            )
        });
        self.commits.insert(commit, files.collect());
        self
    }

    fn content(&self, id: &str) -> Option<Vec<u8>> {
        let mut files = self.commits.values().flat_map(BTreeMap::values);
        let found = files.find(|(_, bytes)| blob(bytes) == id)?;
        Some(found.1.clone())
    }

    /// Entries directly below a folder: name, mode, id. The id of a folder stands for what is in it.
    fn folder(&self, commit: &str, folder: &str) -> BTreeMap<String, (u32, String)> {
        let mut entries = BTreeMap::new();
        let mut below: BTreeMap<String, Vec<u8>> = BTreeMap::new();
        for (path, (mode, bytes)) in &self.commits[commit] {
            let rest = match folder {
                "" => path,
                folder => match path
                    .strip_prefix(folder)
                    .and_then(|rest| rest.strip_prefix('/'))
                {
                    Some(rest) => rest,
                    None => continue,
                },
            };
            match rest.split_once('/') {
                None => {
                    entries.insert(rest.to_owned(), (*mode, blob(bytes)));
                }
                Some((name, rest)) => {
                    let text = format!("{rest} {mode} {}\n", blob(bytes));
                    below
                        .entry(name.to_owned())
                        .or_default()
                        .extend(text.bytes());
                }
            }
        }
        for (name, text) in below {
            entries.insert(name, (0o040_000, blob(&text)));
        }
        entries
    }

    fn tree(&self, commit: &str, folder: &str, deep: bool) -> Vec<Value> {
        let mut nodes = Vec::new();
        for (name, (mode, id)) in self.folder(commit, folder) {
            let path = list::join(folder, &name);
            let size = self.content(&id).map(|bytes| bytes.len());
            nodes.push(
                json!({"path": path, "mode": format!("{mode:06o}"), "sha": id, "size": size}),
            );
            if mode == 0o040_000 && deep {
                nodes.extend(self.tree(commit, &path, deep));
            }
        }
        nodes
    }

    /// The object of a path, as GraphQL gives it with what is in it, so many folders deep.
    fn object(&self, commit: &str, path: &str, depth: usize) -> Value {
        if let Some((_, bytes)) = self.commits[commit].get(path) {
            return json!({"oid": blob(bytes), "text": String::from_utf8_lossy(bytes)});
        }
        let entries = self.folder(commit, path);
        if entries.is_empty() {
            return Value::Null;
        }
        let entry = |(name, (mode, id)): (String, (u32, String))| {
            let is_folder = mode == 0o040_000;
            let mut entry = json!({"name": name, "mode": mode, "oid": id});
            if depth > 1 || (depth == 1 && !is_folder) {
                entry["object"] = self.object(commit, &list::join(path, &name), depth - 1);
            } else if depth == 1 {
                entry["object"] = json!({});
            }
            entry
        };
        json!({"entries": entries.into_iter().map(entry).collect::<Vec<_>>()})
    }

    fn serve(self, fault: Fault) -> Server {
        Server::start(move |seen, _| self.answer(seen, fault))
    }

    fn answer(&self, seen: &Seen, fault: Fault) -> Answer {
        if seen.target == "/api/graphql" {
            return match fault {
                Fault::NoGraphql => status(404, "{}"),
                _ => ok(self.graphql(&seen.body, fault).to_string()),
            };
        }
        let rest = seen
            .target
            .strip_prefix("/api/v3/repos/acme/web/git/")
            .unwrap();
        if let Some(rest) = rest.strip_prefix("trees/") {
            let commit = rest.strip_suffix("?recursive=1").unwrap();
            return ok(
                json!({"tree": self.tree(commit, "", true), "truncated": false}).to_string(),
            );
        }
        match self.content(rest.strip_prefix("blobs/").unwrap()) {
            Some(_) if fault == Fault::NoContent => status(404, "{}"),
            Some(mut bytes) => {
                if fault == Fault::OtherContent {
                    bytes.push(b'!');
                }
                let content = format!("{}\n", STANDARD.encode(bytes));
                ok(json!({"content": content, "encoding": "base64", "new": 1}).to_string())
            }
            None => status(404, "{}"),
        }
    }

    fn graphql(&self, body: &str, fault: Fault) -> Value {
        let body: Value = serde_json::from_str(body).unwrap();
        let mut fields = serde_json::Map::new();
        for line in body["query"].as_str().unwrap().lines() {
            let line = line.trim();
            let Some((name, call)) = line.split_once(": object(") else {
                continue;
            };
            let argument = call.split('"').nth(1).unwrap();
            let value = match argument.split_once(':') {
                Some((commit, path)) => {
                    let depth = match line.split("...").nth(1).unwrap() {
                        "PortcullisFolders }" => 3,
                        "PortcullisFiles }" => 1,
                        _ => 0,
                    };
                    self.object(commit, path, depth)
                }
                None => match self.content(argument) {
                    Some(bytes) if fault == Fault::None => {
                        json!({"text": String::from_utf8_lossy(&bytes)})
                    }
                    Some(_) => json!({"text": "another text"}),
                    None => Value::Null,
                },
            };
            fields.insert(name.to_owned(), value);
        }
        json!({"data": {"repository": fields}})
    }
}

fn blob(bytes: &[u8]) -> String {
    ObjectId::of_blob(bytes).unwrap().to_string()
}

fn web() -> Repository {
    "acme/web".parse().unwrap()
}

fn id(text: &str) -> CommitId {
    text.parse().unwrap()
}

async fn list(rig: &Rig, commit: &str) -> ApiSnapshot {
    ApiSnapshot::list(&rig.client, &web(), id(commit))
        .await
        .unwrap()
}

fn text(snapshot: &ApiSnapshot, path: &str) -> String {
    match snapshot.read(path, 1000) {
        Content::Bytes(bytes) => String::from_utf8(bytes.to_vec()).unwrap(),
        other => format!("{other:?}"),
    }
}

/// Asks for seeds of these commits in one question.
async fn seeds<const N: usize>(rig: &Rig, commits: [&str; N]) -> [Seed; N] {
    let mut fields = String::new();
    for (index, commit) in commits.iter().enumerate() {
        fields += &Seed::selection(&format!("c{index}x"), id(commit));
    }
    let document = format!(
        "query State($owner: String!, $name: String!) {{ repository(owner: $owner, name: $name) {{\n{fields}}} }}\n{}",
        Seed::FRAGMENTS
    );
    let variables = json!({"owner": "acme", "name": "web"});
    let answer = rig
        .client
        .graphql::<Value>(&document, variables)
        .await
        .unwrap();
    let data = answer.whole().unwrap();
    std::array::from_fn(|index| Seed::read(&format!("c{index}x"), &data["repository"]))
}

const WORKFLOW: &str =
    "on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - run: ./x.sh\n";

#[tokio::test]
async fn files_are_listed_at_once_and_loaded_when_asked_for() {
    let server = Repo::default()
        .commit(
            HEAD,
            &[("a.txt", "one"), ("b/c.txt", "two"), ("b/d", "-> c.txt")],
        )
        .serve(Fault::None);
    let rig = Rig::new(&server);
    let mut snapshot = list(&rig, HEAD).await;
    let paths: Vec<&str> = snapshot
        .entries()
        .iter()
        .map(|entry| &*entry.path)
        .collect();
    assert_eq!(paths, ["a.txt", "b/c.txt", "b/d"]);
    assert_eq!(text(&snapshot, "a.txt"), "NotLoaded");
    assert_eq!(snapshot.read("a.txt", 2), Content::TooLarge(3));
    assert_eq!(text(&snapshot, "nowhere"), "Missing");

    // A link brings what it leads to: one round for the link, one for the file.
    snapshot
        .load(&rig.client, &["a.txt", "b/d", "nowhere"])
        .await
        .unwrap();
    assert_eq!(text(&snapshot, "a.txt"), "one");
    assert_eq!(text(&snapshot, "b/d"), "c.txt");
    assert_eq!(text(&snapshot, "b/c.txt"), "two");
    assert_eq!(rig.client.spent().requests, 3);
    snapshot.load(&rig.client, &["a.txt"]).await.unwrap();
    assert_eq!(rig.client.spent().requests, 3);
}

#[tokio::test]
async fn what_is_no_text_comes_as_it_is() {
    let mut repo = Repo::default().commit(HEAD, &[("bom", "\u{feff}x\r\n")]);
    let files = repo.commits.get_mut(HEAD).unwrap();
    files.insert("binary", (0o100_755, vec![0, 255, 7]));
    let server = repo.serve(Fault::None);
    let rig = Rig::new(&server);
    let mut snapshot = list(&rig, HEAD).await;
    snapshot
        .load(&rig.client, &["bom", "binary"])
        .await
        .unwrap();
    assert_eq!(text(&snapshot, "bom"), "\u{feff}x\r\n");
    assert_eq!(
        snapshot.read("binary", 9),
        Content::Bytes([0, 255, 7].as_slice().into())
    );
    assert_eq!(
        snapshot.entry("binary").unwrap().kind,
        EntryKind::Executable
    );
}

#[tokio::test]
async fn without_graphql_each_file_comes_by_itself() {
    let server = Repo::default()
        .commit(HEAD, &[("a", "1"), ("b", "2")])
        .serve(Fault::NoGraphql);
    let rig = Rig::new(&server);
    let mut snapshot = list(&rig, HEAD).await;
    snapshot.load(&rig.client, &["a", "b"]).await.unwrap();
    assert_eq!(text(&snapshot, "a"), "1");
    assert_eq!(text(&snapshot, "b"), "2");
}

#[tokio::test]
async fn a_content_that_is_not_what_its_id_says_is_unreadable() {
    for (fault, expected) in [
        (Fault::OtherContent, "not what its object id stands for"),
        (Fault::NoContent, "404"),
    ] {
        let server = Repo::default().commit(HEAD, &[("a", "1")]).serve(fault);
        let rig = Rig::new(&server);
        let mut snapshot = list(&rig, HEAD).await;
        snapshot.load(&rig.client, &["a"]).await.unwrap();
        let shown = text(&snapshot, "a");
        assert!(
            shown.starts_with("Unreadable") && shown.contains(expected),
            "{shown}"
        );
    }
}

/// Scenario 32.
#[tokio::test]
async fn a_tree_that_is_too_large_is_walked_and_what_is_not_reached_is_a_gap() {
    let node = |path: &str, mode: &str, sha: &str| json!({"path": path, "mode": mode, "sha": sha});
    let (github, big, endless) = ("a".repeat(40), "b".repeat(40), "c".repeat(40));
    let server = Server::start(move |seen, _| {
        let rest = seen
            .target
            .strip_prefix("/api/v3/repos/acme/web/git/trees/")
            .unwrap();
        let (id, recursive) = match rest.strip_suffix("?recursive=1") {
            Some(id) => (id, true),
            None => (rest, false),
        };
        let (nodes, truncated) = match (id, recursive) {
            (HEAD, true) => (vec![], true),
            (HEAD, false) => {
                let folders = [("big", &big), (".github", &github), ("endless", &endless)];
                let folders = folders.map(|(name, id)| node(name, "040000", id));
                let file = node("README.md", "100644", &blob(b"x"));
                (folders.into_iter().chain([file]).collect(), false)
            }
            (id, _) if id == github => {
                (vec![node("workflows/a.yml", "100644", &blob(b"y"))], false)
            }
            (id, _) if id == big => return status(409, r#"{"message": "no"}"#),
            // Folders in folders, each too large to be listed at once.
            (_, true) => (vec![], true),
            (_, false) => (vec![node("more", "040000", &"d".repeat(40))], false),
        };
        ok(json!({"tree": nodes, "truncated": truncated}).to_string())
    });
    let rig = Rig::new(&server);
    let snapshot = list(&rig, HEAD).await;
    let paths: Vec<&str> = snapshot
        .entries()
        .iter()
        .map(|entry| &*entry.path)
        .collect();
    assert_eq!(paths, [".github/workflows/a.yml", "README.md"]);
    let gaps: Vec<&str> = snapshot.gaps().iter().map(|gap| &*gap.path).collect();
    assert_eq!(gaps[0], "big");
    assert!(gaps[1].starts_with("endless/more/more"), "{gaps:?}");
    assert!(rig.client.spent().requests <= 25);
}

#[tokio::test]
async fn entries_that_are_no_files_are_told_apart() {
    let server = Server::script([ok(json!({"tree": [
        {"path": "sub", "mode": "160000", "type": "commit", "sha": BASE},
        {"path": "a\nb", "mode": "100644", "sha": blob(b"")},
        {"path": "long", "mode": "100644", "sha": "ab".repeat(32)},
        {"path": "odd", "mode": "777777", "sha": BASE},
    ]})
    .to_string())]);
    let rig = Rig::new(&server);
    let snapshot = list(&rig, HEAD).await;
    assert!(text(&snapshot, "sub").contains("submodule"));
    assert_eq!(text(&snapshot, "a\\x0ab"), "NotLoaded");
    assert!(text(&snapshot, "long").starts_with("Unreadable"));
    assert_eq!(&*snapshot.gaps()[0].path, "odd");
}

fn pull_request(more_at_head: &[(&'static str, &'static str)]) -> Repo {
    let files = [
        (".github/workflows/ci.yml", WORKFLOW),
        (
            ".github/actions/x/action.yml",
            "runs: {using: composite, steps: []}\n",
        ),
        (".claude/settings.json", "{}\n"),
        (".claude/skills/a/SKILL.md", "# A\n"),
        ("CLAUDE.md", "-> docs/agent.md"),
        ("docs/agent.md", "# Agent\n"),
        ("src/deep/main.rs", "fn main() {}\n"),
        ("package.json", "{}\n"),
    ];
    let head: Vec<_> = files.iter().chain(more_at_head).copied().collect();
    Repo::default().commit(BASE, &files).commit(HEAD, &head)
}

#[tokio::test]
async fn one_question_and_one_listing_are_enough_for_head_and_base() {
    let server = pull_request(&[(".github/workflows/new.yml", WORKFLOW)]).serve(Fault::None);
    let rig = Rig::new(&server);
    let [head_seed, base_seed] = seeds(&rig, [HEAD, BASE]).await;
    let mut head = list(&rig, HEAD).await;
    head.plant(&head_seed);
    assert_eq!(rig.client.spent().requests, 2);
    for path in [
        ".github/workflows/new.yml",
        ".github/actions/x/action.yml",
        ".claude/skills/a/SKILL.md",
    ] {
        assert_ne!(text(&head, path), "NotLoaded", "{path}");
    }
    let base = ApiSnapshot::beside(&head, id(BASE), &base_seed).unwrap();
    let listed = list(&rig, BASE).await;
    assert_eq!(base.entries(), listed.entries());
    assert_eq!(base.commit(), id(BASE));
    assert_eq!(text(&base, ".github/workflows/ci.yml"), WORKFLOW);
    assert_eq!(text(&base, ".github/workflows/new.yml"), "Missing");
}

#[tokio::test]
async fn a_base_with_another_folder_that_nobody_listed_must_be_listed() {
    let server = pull_request(&[("src/deep/new.rs", "")]).serve(Fault::None);
    let rig = Rig::new(&server);
    let [seed] = seeds(&rig, [BASE]).await;
    let head = list(&rig, HEAD).await;
    assert!(ApiSnapshot::beside(&head, id(BASE), &seed).is_none());
}

#[tokio::test]
async fn the_engine_sees_the_same_as_in_memory() {
    let repo = pull_request(&[("x.sh", "claude -p hi --dangerously-skip-permissions\n")]);
    let mut memory = MemorySnapshot::default();
    for (path, (mode, bytes)) in &repo.commits[HEAD] {
        let kind = if *mode == 0o120_000 {
            EntryKind::Symlink
        } else {
            EntryKind::File
        };
        memory.insert(path, kind, Content::Bytes(bytes.clone().into()));
    }
    let policy = Policy::built_in();
    let check = |engine: &mut Engine, snapshot: &dyn Snapshot| {
        engine.check(&Request {
            snapshot,
            selection: &Selection::Everything,
            base: None,
            policy: &policy,
            today: jiff::civil::date(2026, 11, 22),
        })
    };
    let Outcome::Done(expected) = check(&mut Engine::new(), &memory) else {
        panic!()
    };
    assert!(!expected.findings.is_empty());

    let server = repo.serve(Fault::None);
    let rig = Rig::new(&server);
    let [seed] = seeds(&rig, [HEAD]).await;
    let mut snapshot = list(&rig, HEAD).await;
    snapshot.plant(&seed);
    snapshot.load_links(&rig.client).await.unwrap();
    let mut engine = Engine::new();
    let report = loop {
        match check(&mut engine, &snapshot) {
            Outcome::Done(report) => break report,
            Outcome::Need(paths) => snapshot.load(&rig.client, &paths).await.unwrap(),
        }
    };
    let seen =
        |report: &crate::check::Report| format!("{:?} {:?}", report.findings, report.coverage);
    assert_eq!(seen(&report), seen(&expected));
    assert_eq!(report.verdict, expected.verdict);
}
