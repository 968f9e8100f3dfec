//! The variables and the event file of a run, as GitHub sets them.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde_json::{Value, json};

use super::state::{Pull, World};
use super::{Fake, Permission};

/// Why a run starts.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Occasion {
    PullRequest,
    /// A pull request by Dependabot.
    Dependabot,
    PullRequestTarget,
    MergeGroup,
    Push,
    Schedule,
    Dispatch,
    /// After the run of a pull request's workflow.
    WorkflowRun,
}

/// The variables of a run; the files they name live as long as this.
pub struct Environment {
    pub variables: BTreeMap<String, String>,
    pub folder: tempfile::TempDir,
}

impl Environment {
    /// What the run has written into the file of a variable.
    pub fn written(&self, variable: &str) -> String {
        std::fs::read_to_string(&self.variables[variable]).unwrap()
    }

    pub fn set(&mut self, name: &str, value: &str) {
        self.variables.insert(name.to_owned(), value.to_owned());
    }
}

impl Fake {
    /// The environment of a run on the newest pull request, or on the default branch.
    pub fn environment(&self, occasion: Occasion, permission: Permission) -> Environment {
        let token = self.token(permission);
        let (api, graphql) = (self.api_url(), self.graphql_url());
        let world = self.world();
        let pull = world.pulls.values().last();
        let event = event(&world, pull, occasion);
        let folder = tempfile::tempdir().unwrap();
        let file = |name: &str, text: &str| -> PathBuf {
            let path = folder.path().join(name);
            std::fs::write(&path, text).unwrap();
            path
        };
        let files = [
            ("GITHUB_EVENT_PATH", file("event.json", &event.to_string())),
            ("GITHUB_STEP_SUMMARY", file("summary.md", "")),
            ("GITHUB_OUTPUT", file("output", "")),
        ];
        let (name, sha, reference) = match (occasion, pull) {
            (Occasion::PullRequest | Occasion::Dependabot, Some(pull)) => (
                "pull_request",
                pull.merge.clone(),
                format!("refs/pull/{}/merge", pull.number),
            ),
            (Occasion::PullRequestTarget, _) => (
                "pull_request_target",
                world.base.clone(),
                "refs/heads/main".to_owned(),
            ),
            (Occasion::MergeGroup, Some(pull)) => ("merge_group", pull.merge.clone(), queue(pull)),
            (Occasion::Push, _) => ("push", world.base.clone(), "refs/heads/main".to_owned()),
            (Occasion::Schedule, _) => {
                ("schedule", world.base.clone(), "refs/heads/main".to_owned())
            }
            (Occasion::Dispatch, _) => (
                "workflow_dispatch",
                world.base.clone(),
                "refs/heads/main".to_owned(),
            ),
            (Occasion::WorkflowRun, _) => (
                "workflow_run",
                world.base.clone(),
                "refs/heads/main".to_owned(),
            ),
            (_, None) => panic!("this occasion needs a pull request"),
        };
        let actor = if occasion == Occasion::Dependabot {
            "dependabot[bot]"
        } else {
            "author"
        };
        let texts = [
            ("CI", "true"),
            ("GITHUB_ACTIONS", "true"),
            ("GITHUB_EVENT_NAME", name),
            ("GITHUB_SHA", &sha),
            ("GITHUB_REF", &reference),
            ("GITHUB_REPOSITORY", &world.repository),
            ("GITHUB_ACTOR", actor),
            ("GITHUB_API_URL", &api),
            ("GITHUB_GRAPHQL_URL", &graphql),
            ("GITHUB_SERVER_URL", &world.address),
            ("GITHUB_RUN_ID", "1001"),
            ("GITHUB_RUN_ATTEMPT", "1"),
            ("GITHUB_TOKEN", &token),
        ];
        let mut variables: BTreeMap<String, String> = texts
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect();
        for (name, path) in files {
            variables.insert(name.to_owned(), path.to_str().unwrap().to_owned());
        }
        drop(world);
        Environment { variables, folder }
    }
}

fn queue(pull: &Pull) -> String {
    format!(
        "refs/heads/gh-readonly-queue/main/pr-{}-{}",
        pull.number, pull.base
    )
}

fn event(world: &World, pull: Option<&Pull>, occasion: Occasion) -> Value {
    let mut repository = super::render::repository(world, &world.repository);
    repository["owner"] = json!({"login": world.repository.split('/').next(), "id": 11});
    let with = |mut event: Value| {
        event["repository"] = repository.clone();
        event["sender"] = json!({"login": "author", "id": super::AUTHOR});
        event
    };
    let pull = || pull.expect("this occasion needs a pull request");
    match occasion {
        Occasion::PullRequest | Occasion::Dependabot | Occasion::PullRequestTarget => {
            let mut value = super::render::pull(world, pull(), "pull-request");
            if occasion == Occasion::Dependabot {
                value["user"]["login"] = json!("dependabot[bot]");
            }
            let mut event = with(
                json!({"action": "synchronize", "number": pull().number, "pull_request": value}),
            );
            if occasion == Occasion::Dependabot {
                event["sender"]["login"] = json!("dependabot[bot]");
            }
            event
        }
        Occasion::MergeGroup => with(json!({"action": "checks_requested", "merge_group": {
            "head_sha": pull().merge, "base_sha": pull().base, "base_ref": "refs/heads/main", "head_ref": queue(pull())}})),
        Occasion::Push => {
            let before = "0".repeat(40);
            with(
                json!({"ref": "refs/heads/main", "before": before, "after": world.base, "created": true, "deleted": false, "forced": false}),
            )
        }
        Occasion::Schedule => json!({"schedule": "0 4 * * *"}),
        Occasion::Dispatch => with(json!({"ref": "refs/heads/main", "inputs": null})),
        Occasion::WorkflowRun => {
            let pull = pull();
            let name = pull.head_repository.as_deref().unwrap_or("ghost/gone");
            let head = super::render::repository(world, name);
            with(json!({"action": "completed", "workflow_run": {
                "id": 77, "event": "pull_request", "conclusion": "success", "head_sha": pull.head,
                "head_branch": pull.branch, "head_repository": head, "pull_requests": []}}))
        }
    }
}
