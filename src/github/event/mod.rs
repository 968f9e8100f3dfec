//! What started this run: the event file, cut down to the fields that are needed.
//!
//! Payloads vary between versions of GitHub and between kinds of an event, so nothing is demanded that is not used,
//! and unknown fields say nothing. A field that is needed and absent is an error that names it. See
//! `facts/github-delivery.md`, sections 1.4, 4c and 6.2.

use serde_json::Value;

use super::repository::{CommitId, Repository};

/// What started the run.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Event {
    /// `pull_request`: runs the code of the pull request, with its rights.
    PullRequest(Box<PullRequest>),
    /// `pull_request_target`: runs the code of the base, with the rights of the base.
    PullRequestTarget(Box<PullRequest>),
    /// `workflow_run`: runs after another workflow, with the rights of the base.
    Relay(Relay),
    /// `merge_group`: a merge queue tests a group of pull requests.
    MergeGroup {
        /// What the group is put on.
        base_sha: CommitId,
        /// The group's own commit.
        head_sha: CommitId,
    },
    /// `push`.
    Push(Push),
    /// `schedule`.
    Schedule,
    /// `workflow_dispatch`.
    Dispatch,
    /// Anything else.
    Other(String),
}

/// A pull request, as the event names it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PullRequest {
    /// Its number.
    pub number: u64,
    /// What happened to it: `opened`, `synchronize` …
    pub action: String,
    /// What it is to be merged into.
    pub base: Base,
    /// What it brings.
    pub head: Head,
    /// Whether it waits for its author.
    pub stage: Stage,
    /// Who opened it; absent for a deleted account.
    pub author: Option<String>,
    /// Who did what started the run.
    pub actor: Option<String>,
    /// What a token of this run may do at most.
    pub access: Access,
}

impl PullRequest {
    /// Whether the token of this run can hold a right to write: not for forks, and not for Dependabot.
    pub fn is_writable(&self) -> bool {
        self.access == Access::Write
    }
}

/// The target of a pull request.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Base {
    /// Tip of the branch when the event happened.
    pub sha: CommitId,
    /// The branch, without `refs/heads/`.
    pub reference: String,
    /// Its repository.
    pub repository: Repository,
}

/// The source of a pull request.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Head {
    /// Its last commit when the event happened.
    pub sha: CommitId,
    /// The branch, without `refs/heads/`.
    pub reference: String,
    /// Its repository; absent for a fork that was deleted.
    pub repository: Option<Repository>,
}

/// How far a pull request is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Stage {
    /// Open, and meant to be looked at.
    Open,
    /// Open, and still in the making.
    Draft,
    /// Closed or merged.
    Closed,
}

/// What the token of a run may do at most.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Access {
    /// Whatever the workflow grants.
    Write,
    /// GitHub cuts it down, because the pull request comes from a fork.
    Fork,
    /// GitHub cuts it down, because Dependabot started the run.
    Dependabot,
}

/// The end of another workflow. Only what GitHub itself wrote is taken, nothing that the other workflow made.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Relay {
    /// The commit that the other workflow ran for.
    pub head_sha: CommitId,
    /// Where the commit is from; absent for a fork that was deleted.
    pub head_repository: Option<Repository>,
    /// The branch in that repository.
    pub head_branch: String,
    /// The event that started the other workflow.
    pub event: String,
}

/// A push.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Push {
    /// What the ref named before; absent for a new one.
    pub before: Option<CommitId>,
    /// What it names now; absent where it was deleted.
    pub after: Option<CommitId>,
    /// The whole name: `refs/heads/main`, `refs/tags/v1`.
    pub reference: String,
}

impl Push {
    /// Whether the push deleted the ref.
    pub fn is_deletion(&self) -> bool {
        self.after.is_none()
    }
}

/// What is wrong with an event file. It never repeats a value: they come from strangers.
#[derive(Debug, thiserror::Error)]
pub enum EventError {
    /// It is not JSON.
    #[error("the event file is not valid JSON (line {line})")]
    NotJson {
        /// Where.
        line: usize,
    },
    /// A field that is needed is absent.
    #[error("the event `{event}` has no `{field}`")]
    Missing {
        /// The event.
        event: String,
        /// The field, from the root.
        field: String,
    },
    /// A field that is needed has another form.
    #[error("`{field}` of the event `{event}` is not {expected}")]
    Wrong {
        /// The event.
        event: String,
        /// The field, from the root.
        field: String,
        /// What it should be, with an article.
        expected: &'static str,
    },
}

/// Who starts runs whose token GitHub cuts down.
const DEPENDABOT: &str = "dependabot[bot]";

impl Event {
    /// Reads an event from its file. `actor` is who started the run (`GITHUB_ACTOR`), where the event says nothing.
    pub fn read(name: &str, json: &[u8], actor: Option<&str>) -> Result<Self, EventError> {
        let root: Value = serde_json::from_slice(json)
            .map_err(|error| EventError::NotJson { line: error.line() })?;
        let fields = Fields {
            event: name,
            root: &root,
        };
        Ok(match name {
            "pull_request" => Self::PullRequest(Box::new(pull_request(&fields, actor)?)),
            "pull_request_target" => {
                let mut pull = pull_request(&fields, actor)?;
                // This event keeps the rights of the base for a fork, but not for Dependabot.
                if pull.access == Access::Fork {
                    pull.access = Access::Write;
                }
                Self::PullRequestTarget(Box::new(pull))
            }
            "workflow_run" => Self::Relay(Relay {
                head_sha: fields.commit("workflow_run.head_sha")?,
                head_repository: fields.repository("workflow_run.head_repository")?,
                head_branch: fields.text("workflow_run.head_branch")?,
                event: fields.text("workflow_run.event")?,
            }),
            "merge_group" => Self::MergeGroup {
                base_sha: fields.commit("merge_group.base_sha")?,
                head_sha: fields.commit("merge_group.head_sha")?,
            },
            "push" => {
                let before = fields.commit("before")?;
                let after = fields.commit("after")?;
                let deleted = fields.is_true("deleted") || after.is_zero();
                Self::Push(Push {
                    before: (!before.is_zero()).then_some(before),
                    after: (!deleted).then_some(after),
                    reference: fields.text("ref")?,
                })
            }
            "schedule" => Self::Schedule,
            "workflow_dispatch" => Self::Dispatch,
            other => Self::Other(other.to_owned()),
        })
    }
}

fn pull_request(fields: &Fields<'_>, actor: Option<&str>) -> Result<PullRequest, EventError> {
    let base = Base {
        sha: fields.commit("pull_request.base.sha")?,
        reference: fields.text("pull_request.base.ref")?,
        repository: match fields.repository("pull_request.base.repo")? {
            Some(repository) => repository,
            None => return Err(fields.missing("pull_request.base.repo")),
        },
    };
    let head = Head {
        sha: fields.commit("pull_request.head.sha")?,
        reference: fields.text("pull_request.head.ref")?,
        repository: fields.repository("pull_request.head.repo")?,
    };
    let login = |path| fields.optional_text(path);
    let author = login("pull_request.user.login");
    let sender = login("sender.login");
    let actor = actor.map(str::to_owned).or_else(|| sender.clone());
    // A run stays Dependabot's, also where another person runs it again: `GITHUB_ACTOR` keeps the first.
    let is_dependabot = [&actor, &sender]
        .into_iter()
        .any(|login| login.as_deref() == Some(DEPENDABOT));
    let access = if head.repository.as_ref() != Some(&base.repository) {
        Access::Fork
    } else if is_dependabot {
        Access::Dependabot
    } else {
        Access::Write
    };
    let state = fields.optional_text("pull_request.state");
    let is_closed = state.as_deref() == Some("closed") || fields.is_true("pull_request.merged");
    let stage = if is_closed {
        Stage::Closed
    } else if fields.is_true("pull_request.draft") {
        Stage::Draft
    } else {
        Stage::Open
    };
    Ok(PullRequest {
        number: fields.number(&["pull_request.number", "number"])?,
        action: fields.text("action")?,
        base,
        head,
        stage,
        author,
        actor,
        access,
    })
}

/// Fields of an event by their path from the root.
struct Fields<'v> {
    event: &'v str,
    root: &'v Value,
}

impl Fields<'_> {
    fn get(&self, path: &str) -> Option<&Value> {
        let mut value = self.root;
        for key in path.split('.') {
            value = value.get(key)?;
        }
        (!value.is_null()).then_some(value)
    }

    fn missing(&self, path: &str) -> EventError {
        EventError::Missing {
            event: self.event.to_owned(),
            field: path.to_owned(),
        }
    }

    fn wrong(&self, path: &str, expected: &'static str) -> EventError {
        EventError::Wrong {
            event: self.event.to_owned(),
            field: path.to_owned(),
            expected,
        }
    }

    fn text(&self, path: &str) -> Result<String, EventError> {
        let value = self.get(path).ok_or_else(|| self.missing(path))?;
        let text = value.as_str().ok_or_else(|| self.wrong(path, "a text"))?;
        Ok(text.to_owned())
    }

    fn optional_text(&self, path: &str) -> Option<String> {
        self.get(path)?.as_str().map(str::to_owned)
    }

    fn commit(&self, path: &str) -> Result<CommitId, EventError> {
        let text = self.text(path)?;
        text.parse()
            .map_err(|_| self.wrong(path, "a commit id of 40 hexadecimal digits"))
    }

    /// A repository by its `full_name`. `null` and absence mean that it was deleted.
    fn repository(&self, path: &str) -> Result<Option<Repository>, EventError> {
        if self.get(path).is_none() {
            return Ok(None);
        }
        let path = format!("{path}.full_name");
        let name = self.text(&path)?;
        match name.parse() {
            Ok(repository) => Ok(Some(repository)),
            Err(_) => Err(self.wrong(&path, "a repository (owner/name)")),
        }
    }

    fn number(&self, paths: &[&str]) -> Result<u64, EventError> {
        let found = paths.iter().find_map(|path| self.get(path)?.as_u64());
        found.ok_or_else(|| self.missing(paths.first().copied().unwrap_or_default()))
    }

    fn is_true(&self, path: &str) -> bool {
        self.get(path).and_then(Value::as_bool) == Some(true)
    }
}

#[cfg(test)]
mod tests;
