//! What a run is told by its environment variables.
//!
//! The variables come through a function, so that a test gives its own; nothing here reads the process's. Inputs of a
//! container action arrive as `INPUT_` with the name in upper case, spaces turned into underscores and hyphens kept
//! (`facts/github-delivery.md`, section 2).

use std::path::PathBuf;

use super::client::{Endpoints, EndpointsError, Proxies};
use super::repository::{CommitId, Repository};
use super::token::{NotAToken, Token};

/// The environment of a workflow run.
#[derive(Clone, Debug)]
pub struct Environment {
    /// `GITHUB_EVENT_NAME`.
    pub event_name: String,
    /// `GITHUB_EVENT_PATH`: the file with the event.
    pub event_path: PathBuf,
    /// `GITHUB_REPOSITORY`.
    pub repository: Repository,
    /// `GITHUB_SHA`: on pull requests the merge commit, not the head.
    pub sha: Option<CommitId>,
    /// `GITHUB_REF`.
    pub reference: Option<String>,
    /// `GITHUB_WORKSPACE`: where a checkout lies, if there is one.
    pub workspace: Option<PathBuf>,
    /// `GITHUB_ACTOR`: who did what started the run.
    pub actor: Option<String>,
    /// `GITHUB_RUN_ID`.
    pub run_id: Option<u64>,
    /// `GITHUB_RUN_ATTEMPT`, 1 where it is not told.
    pub run_attempt: u64,
    /// `GITHUB_STEP_SUMMARY`: the file for the summary.
    pub step_summary: Option<PathBuf>,
    /// `GITHUB_OUTPUT`: the file for outputs.
    pub output: Option<PathBuf>,
    /// Where the API is.
    pub endpoints: Endpoints,
    /// What stands between us and the API.
    pub proxies: Proxies,
    /// The token: the input `token` or `github-token`, else `GITHUB_TOKEN`.
    pub token: Option<Token>,
}

/// What is wrong with the environment.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum EnvironmentError {
    /// A variable that every run has is absent.
    #[error("{0} is not set: this command runs in a GitHub Actions workflow")]
    Missing(&'static str),
    /// A variable does not have the form that GitHub gives it.
    #[error("{name} is not {expected}")]
    Wrong {
        /// The variable.
        name: &'static str,
        /// What it should be, with an article.
        expected: &'static str,
    },
    /// The addresses of the API.
    #[error(transparent)]
    Endpoints(#[from] EndpointsError),
    /// The token.
    #[error(transparent)]
    Token(#[from] NotAToken),
}

impl Environment {
    /// Reads the environment through `lookup`.
    pub fn read(lookup: impl Fn(&str) -> Option<String>) -> Result<Self, EnvironmentError> {
        let get = |name: &str| lookup(name).filter(|value| !value.is_empty());
        let need = |name: &'static str| get(name).ok_or(EnvironmentError::Missing(name));
        let wrong = |name, expected| EnvironmentError::Wrong { name, expected };
        let mut token = None;
        for text in [
            input(&lookup, "token"),
            input(&lookup, "github-token"),
            get("GITHUB_TOKEN"),
        ]
        .into_iter()
        .flatten()
        {
            token = Token::new(&text)?;
            if token.is_some() {
                break;
            }
        }
        Ok(Self {
            event_name: need("GITHUB_EVENT_NAME")?,
            event_path: need("GITHUB_EVENT_PATH")?.into(),
            repository: need("GITHUB_REPOSITORY")?
                .parse()
                .map_err(|_| wrong("GITHUB_REPOSITORY", "a repository (owner/name)"))?,
            sha: get("GITHUB_SHA")
                .map(|sha| sha.parse())
                .transpose()
                .map_err(|_| wrong("GITHUB_SHA", "a commit id of 40 hexadecimal digits"))?,
            reference: get("GITHUB_REF"),
            workspace: get("GITHUB_WORKSPACE").map(PathBuf::from),
            actor: get("GITHUB_ACTOR"),
            run_id: get("GITHUB_RUN_ID").and_then(|id| id.parse().ok()),
            run_attempt: get("GITHUB_RUN_ATTEMPT")
                .and_then(|attempt| attempt.parse().ok())
                .unwrap_or(1),
            step_summary: get("GITHUB_STEP_SUMMARY").map(PathBuf::from),
            output: get("GITHUB_OUTPUT").map(PathBuf::from),
            endpoints: Endpoints::read(&lookup)?,
            proxies: Proxies::read(&lookup),
            token,
        })
    }
}

/// An input of the action, where it is set to something.
pub fn input(lookup: impl Fn(&str) -> Option<String>, name: &str) -> Option<String> {
    let variable = format!("INPUT_{}", name.to_uppercase().replace(' ', "_"));
    lookup(&variable).filter(|value| !value.trim().is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(changes: &[(&str, &str)]) -> Result<Environment, EnvironmentError> {
        let mut variables = vec![
            ("GITHUB_EVENT_NAME", "pull_request"),
            ("GITHUB_EVENT_PATH", "/github/workflow/event.json"),
            ("GITHUB_REPOSITORY", "acme/web"),
            ("GITHUB_SHA", "ce013625030ba8dba906f756967f9e9ca394464a"),
            ("GITHUB_RUN_ATTEMPT", "2"),
        ];
        variables.retain(|(name, _)| !changes.iter().any(|(changed, _)| changed == name));
        variables.extend(changes);
        Environment::read(|name| {
            let found = variables.iter().find(|(known, _)| *known == name);
            found.map(|(_, value)| (*value).to_owned())
        })
    }

    #[test]
    fn inputs_keep_their_hyphens() {
        let lookup = |name: &str| (name == "INPUT_FAIL-ON").then(|| "note".to_owned());
        assert_eq!(input(lookup, "fail-on").as_deref(), Some("note"));
        assert_eq!(input(lookup, "format"), None);
    }

    #[test]
    fn the_input_comes_before_the_token_of_the_job() {
        let environment = read(&[("INPUT_TOKEN", "a"), ("GITHUB_TOKEN", "b")]).unwrap();
        assert_eq!(environment.token, Token::new("a").unwrap());
        let environment = read(&[("INPUT_TOKEN", ""), ("GITHUB_TOKEN", "b")]).unwrap();
        assert_eq!(environment.token, Token::new("b").unwrap());
        let secret = read(&[("GITHUB_TOKEN", "ghs_secret")]).unwrap();
        assert!(!format!("{secret:?}").contains("ghs_secret"));
        assert_eq!(environment.run_attempt, 2);
        assert!(environment.workspace.is_none());
    }

    #[test]
    fn what_is_missing_or_wrong_is_named() {
        assert_eq!(
            read(&[("GITHUB_REPOSITORY", "")]).unwrap_err(),
            EnvironmentError::Missing("GITHUB_REPOSITORY")
        );
        let error = read(&[("GITHUB_SHA", "abc")]).unwrap_err();
        assert_eq!(
            error.to_string(),
            "GITHUB_SHA is not a commit id of 40 hexadecimal digits"
        );
    }
}
