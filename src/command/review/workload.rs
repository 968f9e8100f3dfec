//! From the event to what is to be judged.

use std::ops::ControlFlow;

use serde::Deserialize;

use crate::github::client::Client;
use crate::github::environment::Environment;
use crate::github::event::{Access, Event, PullRequest, Push, Relay, Stage};
use crate::github::{CommitId, Repository};

use super::super::Failure;
use super::sources::{Checkout, unreached};

/// What one event comes to.
pub(super) enum Outlook {
    /// There is something to judge.
    Work(Workload),
    /// There is nothing; with the reason.
    Nothing(&'static str),
}

/// What is to be judged.
pub(super) struct Workload {
    /// Usually one; a relay may find two pull requests of the same branch.
    pub(super) cases: Vec<Case>,
    /// Whether this run stands for another one.
    pub(super) relayed: bool,
}

/// One commit to judge, with the pull request to say it on.
#[derive(Clone, Debug)]
pub(super) struct Case {
    /// Where the commit is read.
    pub(super) repository: Repository,
    /// The commit.
    pub(super) head: CommitId,
    /// What it is compared with, and whose policy counts.
    pub(super) base: Base,
    /// Number of the pull request.
    pub(super) conversation: Option<u64>,
    /// Why the token may not comment, where that is known.
    pub(super) silence: Option<&'static str>,
    /// Whether the token may hold rights to write.
    pub(super) may_write: bool,
    /// Whether files may be read from a checkout.
    pub(super) files: Files,
}

/// What a commit is compared with.
#[derive(Clone, Copy, Debug)]
pub(super) enum Base {
    /// The commit decides by itself: it is on its branch already. What was there before is looked up in the checkout.
    Itself(Option<CommitId>),
    /// The commit is a proposal: the base decides.
    Commit(CommitId),
}

/// Where files may be read.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Files {
    /// From a checkout, else through the API.
    CheckoutOrApi,
    /// Through the API.
    Api,
}

const FORK: &str = "the pull request comes from a fork, so that this run may only read. A relay \
                    (`workflow_run`, see examples/relay.yml) can comment";
const DEPENDABOT: &str = "Dependabot started this run, so that it may only read. A relay (`workflow_run`, see examples/relay.yml) can comment";

/// Reads the event.
pub(super) async fn of(
    event: &Event,
    environment: &Environment,
    client: Option<&Client>,
    checkout: &Checkout<'_>,
) -> Result<Outlook, Failure> {
    let one = |case| {
        Outlook::Work(Workload {
            cases: vec![case],
            relayed: false,
        })
    };
    Ok(match event {
        Event::PullRequest(pull) if pull.stage == Stage::Closed => CLOSED,
        Event::PullRequest(pull) => one(of_pull(pull, Files::CheckoutOrApi)),
        Event::PullRequestTarget(pull) if pull.stage == Stage::Closed => CLOSED,
        Event::PullRequestTarget(pull) => {
            if checkout.holds(pull.head.sha) {
                return Err(Failure::Usage(
                    "this `pull_request_target` run has the pull request's code in its workspace, beside the rights \
                     of the base branch: portcullis does not run there. Remove the checkout; the files are read \
                     through the API"
                        .into(),
                ));
            }
            one(of_pull(pull, Files::Api))
        }
        Event::Relay(relay) => of_relay(relay, environment, client).await?,
        Event::MergeGroup { base_sha, head_sha } => one(Case {
            base: Base::Commit(*base_sha),
            ..plain(environment, *head_sha)
        }),
        Event::Push(push) => match push {
            Push { after: None, .. } => {
                Outlook::Nothing("nothing to check: the push deleted the branch")
            }
            Push {
                after: Some(after),
                before,
                ..
            } => {
                // A tag object has another id than the commit that it names.
                let head = environment.sha.unwrap_or(*after);
                one(Case {
                    base: Base::Itself(*before),
                    ..plain(environment, head)
                })
            }
        },
        Event::Schedule | Event::Dispatch => match environment.sha {
            Some(sha) => one(plain(environment, sha)),
            None => return Err(Failure::Usage("GITHUB_SHA is not set".into())),
        },
        Event::Other(name) => {
            return Err(Failure::Usage(format!(
                "the event `{name}` is not one that a review can be made of; it is made of pull_request, \
                 pull_request_target, workflow_run, merge_group, push, schedule and workflow_dispatch"
            )));
        }
    })
}

const CLOSED: Outlook = Outlook::Nothing("nothing to check: the pull request is closed");

fn plain(environment: &Environment, head: CommitId) -> Case {
    Case {
        repository: environment.repository.clone(),
        head,
        base: Base::Itself(None),
        conversation: None,
        silence: None,
        may_write: true,
        files: Files::CheckoutOrApi,
    }
}

fn of_pull(pull: &PullRequest, files: Files) -> Case {
    let silence = match pull.access {
        Access::Write => None,
        Access::Fork => Some(FORK),
        Access::Dependabot => Some(DEPENDABOT),
    };
    Case {
        repository: pull.base.repository.clone(),
        head: pull.head.sha,
        base: Base::Commit(pull.base.sha),
        conversation: Some(pull.number),
        silence,
        may_write: pull.is_writable(),
        files,
    }
}

#[derive(Deserialize)]
struct Listed {
    number: u64,
    head: Tip,
    base: Tip,
}

#[derive(Deserialize)]
struct Tip {
    sha: String,
}

/// The open pull requests of the commit that another workflow ran for. Artifacts of that run are its author's word,
/// so none is read; only what GitHub itself says of the run counts (`facts/github-delivery.md` §1.4).
async fn of_relay(
    relay: &Relay,
    environment: &Environment,
    client: Option<&Client>,
) -> Result<Outlook, Failure> {
    let Some(client) = client else {
        return Err(Failure::Usage(
            "a relay reads and writes through the API: it needs the input `github-token`".into(),
        ));
    };
    let Some(source) = &relay.head_repository else {
        return Ok(Outlook::Nothing(
            "nothing to check: the fork that the other run was for is gone",
        ));
    };
    if relay.event != "pull_request" && relay.event != "pull_request_target" {
        return Ok(Outlook::Nothing(
            "nothing to check: the other run was not for a pull request",
        ));
    }
    let repository = &environment.repository;
    let query = format!(
        "pulls?state=open&per_page=100&head={}:{}",
        encoded(source.owner()),
        encoded(&relay.head_branch)
    );
    let mut cases = Vec::new();
    let head = relay.head_sha.to_string();
    client
        .pages(&repository.path(query), |page: Vec<Listed>| {
            for pull in page {
                // A push since then has a run of its own.
                let Ok(base) = pull.base.sha.parse() else {
                    continue;
                };
                if pull.head.sha == head {
                    cases.push(Case {
                        base: Base::Commit(base),
                        conversation: Some(pull.number),
                        files: Files::Api,
                        ..plain(environment, relay.head_sha)
                    });
                }
            }
            ControlFlow::Continue(())
        })
        .await
        .map_err(unreached)?;
    if cases.is_empty() {
        return Ok(Outlook::Nothing(
            "nothing to check: no open pull request has the commit that the other run was for",
        ));
    }
    Ok(Outlook::Work(Workload {
        cases,
        relayed: true,
    }))
}

/// A text as a part of a query.
fn encoded(text: &str) -> String {
    let mut out = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_') {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}
