//! A stateful fake of GitHub for the tests: it keeps pull requests as GitHub does, refuses what GitHub refuses, fails
//! when told to, and judges every request and its own answers by GitHub's published schemas.
//!
//! It never talks to anybody but this machine.
#![allow(
    dead_code,
    reason = "a vocabulary for scenarios; not each word is used at each time"
)]

pub mod contract;
pub mod diff;
pub mod environment;
pub mod fault;
mod graphql;
mod http;
pub mod ledger;
pub mod objects;
mod pulls;
mod render;
mod rest;
pub mod state;
mod tests;

use std::net::TcpListener;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

pub use environment::{Environment, Occasion};
pub use fault::{Behaviour, Event, Fault, Schedule};
pub use ledger::Call;
pub use state::{AUTHOR, BOT, HUMAN, IssueComment, Permission, Pull, Review, ReviewComment, World};

use objects::{Files, Objects, files};
use state::Token;

/// A running fake with one repository (`acme/app`), reached over HTTP. It ends with the process.
pub struct Fake {
    world: Arc<Mutex<World>>,
}

impl Fake {
    /// Starts with an empty repository and no pull request.
    pub fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let mut git = Objects::default();
        let base = git.commit(Files::new(), &[], "Start");
        let world = Arc::new(Mutex::new(World {
            address: format!("http://{}", listener.local_addr().unwrap()),
            prefix: "",
            repository: "acme/app".to_owned(),
            tokens: Default::default(),
            git,
            base,
            pulls: Default::default(),
            faults: Vec::new(),
            ledger: Default::default(),
            cursors: Vec::new(),
            next_id: 3_000_000_000,
            trees_truncated: false,
            no_patch: Vec::new(),
            no_sha: Vec::new(),
            graphql_off: false,
            sarifs: Vec::new(),
            sarif_refused: None,
        }));
        http::serve(listener, Arc::clone(&world));
        Self { world }
    }

    /// The state itself, for what has no word here.
    pub fn world(&self) -> MutexGuard<'_, World> {
        self.world.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn with(self, change: impl FnOnce(&mut World)) -> Self {
        change(&mut self.world());
        self
    }

    fn newest(self, change: impl FnOnce(&mut Pull)) -> Self {
        self.with(|world| change(world.pulls.values_mut().last().unwrap()))
    }

    pub fn repository(self, name: &str) -> Self {
        self.with(|world| world.repository = name.to_owned())
    }

    /// As on an Enterprise server: `/api/v3` and `/api/graphql`.
    pub fn enterprise(self) -> Self {
        self.with(|world| world.prefix = "/api/v3")
    }

    /// The files of the default branch.
    pub fn base(self, texts: &[(&str, &str)]) -> Self {
        self.base_files(files(texts))
    }

    pub fn base_files(self, files: Files) -> Self {
        self.with(|world| world.base = world.git.commit(files, &[], "Base"))
    }

    /// Opens a pull request from a branch of the repository; its head is the base until `head`.
    pub fn pull_request(self, number: u64) -> Self {
        self.with(|world| {
            let base = world.base.clone();
            let pull = Pull {
                number,
                author: AUTHOR,
                head: base.clone(),
                merge: base.clone(),
                base,
                head_repository: Some(world.repository.clone()),
                branch: "change".to_owned(),
                base_branch: "main".to_owned(),
                open: true,
                locked: false,
                draft: false,
                reviews: Vec::new(),
                comments: Vec::new(),
                summaries: Vec::new(),
            };
            world.pulls.insert(number, pull);
        })
    }

    /// All files at the head of the newest pull request.
    pub fn head(self, texts: &[(&str, &str)]) -> Self {
        self.head_files(files(texts))
    }

    pub fn head_files(self, files: Files) -> Self {
        self.with(|world| {
            let number = *world.pulls.keys().last().unwrap();
            world.push(number, files);
        })
    }

    pub fn forked(self) -> Self {
        self.newest(|pull| pull.head_repository = Some("stranger/app".to_owned()))
    }

    pub fn of_deleted_fork(self) -> Self {
        self.newest(|pull| pull.head_repository = None)
    }

    pub fn authored_by(self, user: u64) -> Self {
        self.newest(|pull| pull.author = user)
    }

    /// Something happens to the newest pull request, now.
    pub fn happen(&self, event: &Event) {
        self.world().happen(event);
    }

    pub fn fault(&self, fault: Fault) {
        self.world().faults.push(fault);
    }

    pub fn faults(&self, faults: Vec<Fault>) {
        self.world().faults.extend(faults);
    }

    /// No fault from here on.
    pub fn calm(&self) {
        self.world().faults.clear();
    }

    /// A token of `github-actions[bot]`.
    pub fn token(&self, permission: Permission) -> String {
        self.token_of(BOT, permission)
    }

    pub fn token_of(&self, user: u64, permission: Permission) -> String {
        let mut world = self.world();
        let token = format!("ghs_{:0>36}", format!("fake{}x{user}", world.tokens.len()));
        world
            .tokens
            .insert(token.clone(), Token { user, permission });
        token
    }

    /// What `GITHUB_API_URL` says.
    pub fn api_url(&self) -> String {
        self.world().api()
    }

    /// What `GITHUB_GRAPHQL_URL` says.
    pub fn graphql_url(&self) -> String {
        let world = self.world();
        let path = if world.prefix.is_empty() {
            "/graphql"
        } else {
            "/api/graphql"
        };
        format!("{}{path}", world.address)
    }

    /// The newest pull request as it stands.
    pub fn pull(&self) -> Pull {
        self.world().pulls.values().last().unwrap().clone()
    }

    /// A comment on a line, put there by somebody.
    pub fn comment_by(&self, user: u64, path: &str, line: u64, body: &str) -> u64 {
        let mut world = self.world();
        let (id, review) = (world.id(), world.id());
        let pull = world.pulls.values_mut().last().unwrap();
        let commit = pull.head.clone();
        pull.reviews.push(Review {
            id: review,
            user,
            state: "COMMENTED",
            body: String::new(),
            commit: commit.clone(),
        });
        pull.comments.push(ReviewComment {
            id,
            review,
            user,
            path: path.to_owned(),
            commit,
            line: Some(line),
            original_line: Some(line),
            start_line: None,
            side: "RIGHT".to_owned(),
            on_file: false,
            body: body.to_owned(),
            hunk: "@@ -1 +1 @@".to_owned(),
            reply_to: None,
            resolved_by: None,
            minimised: false,
            outdated: false,
        });
        id
    }

    /// Somebody answers in the thread of a comment.
    pub fn reply_by(&self, user: u64, to: u64, body: &str) -> u64 {
        let first = self
            .pull()
            .comments
            .into_iter()
            .find(|comment| comment.id == to)
            .unwrap();
        let id = self.comment_by(user, &first.path, first.line.unwrap_or(1), body);
        self.change(id, |comment| comment.reply_to = Some(to));
        id
    }

    /// Somebody resolves the thread that starts with this comment.
    pub fn resolve_by(&self, user: u64, first: u64) {
        self.change(first, |comment| comment.resolved_by = Some(user));
    }

    pub fn change(&self, id: u64, change: impl FnOnce(&mut ReviewComment)) {
        let mut world = self.world();
        let comment = world
            .pulls
            .values_mut()
            .flat_map(|pull| &mut pull.comments)
            .find(|comment| comment.id == id);
        change(comment.unwrap());
    }

    /// A comment on the pull request as a whole.
    pub fn summary_by(&self, user: u64, body: &str) -> u64 {
        let mut world = self.world();
        let id = world.id();
        let pull = world.pulls.values_mut().last().unwrap();
        pull.summaries.push(IssueComment {
            id,
            user,
            body: body.to_owned(),
        });
        id
    }

    /// A review that somebody began and did not submit.
    pub fn pending_review_by(&self, user: u64, body: &str) -> u64 {
        let mut world = self.world();
        let id = world.id();
        let pull = world.pulls.values_mut().last().unwrap();
        let commit = pull.head.clone();
        pull.reviews.push(Review {
            id,
            user,
            state: "PENDING",
            body: body.to_owned(),
            commit,
        });
        id
    }

    /// Every request so far.
    pub fn calls(&self) -> Vec<Call> {
        self.world().ledger.calls.clone()
    }

    /// Every request that would change something.
    pub fn writes(&self) -> Vec<Call> {
        self.calls().into_iter().filter(Call::writes).collect()
    }

    /// Forgets the requests so far.
    pub fn forget(&self) {
        self.world().ledger.calls.clear();
    }

    /// The bot's first comments of threads that now stand.
    pub fn threads(&self) -> Vec<ReviewComment> {
        let own = |comment: &ReviewComment| comment.user == BOT && comment.reply_to.is_none();
        self.pull().comments.into_iter().filter(own).collect()
    }

    /// The bot's comments on the whole that now stand.
    pub fn summaries(&self) -> Vec<IssueComment> {
        self.pull()
            .summaries
            .into_iter()
            .filter(|comment| comment.user == BOT)
            .collect()
    }

    /// The end of every scenario: nothing broke GitHub's schemas, and no token is in any body or path.
    pub fn assert_clean(&self) {
        let world = self.world();
        assert!(
            world.ledger.violations.is_empty(),
            "against GitHub's schemas:\n{}",
            world.ledger.violations.join("\n")
        );
        for call in &world.ledger.calls {
            let leaked = world
                .tokens
                .keys()
                .any(|token| call.body.contains(token) || call.path.contains(token));
            assert!(!leaked, "a token is in {} {}", call.method, call.path);
        }
        record(&world.ledger.calls);
    }
}

/// Keeps the requests of a scenario for another judge (`tests/contract/referee.mjs`), where a folder is named for them.
fn record(calls: &[Call]) {
    use std::sync::atomic::{AtomicUsize, Ordering};
    static NEXT: AtomicUsize = AtomicUsize::new(0);
    let Some(folder) = std::env::var_os("PORTCULLIS_RECORD") else {
        return;
    };
    let calls: Vec<serde_json::Value> = calls
        .iter()
        .filter(|call| call.path != "/graphql")
        .map(
            |call| serde_json::json!({"method": call.method, "path": call.path, "body": call.body}),
        )
        .collect();
    let name = format!("{}.json", NEXT.fetch_add(1, Ordering::Relaxed));
    let text = serde_json::to_string(&calls).unwrap();
    std::fs::write(std::path::Path::new(&folder).join(name), text).unwrap();
}
