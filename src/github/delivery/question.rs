//! What stands on a pull request, asked of GitHub.
//!
//! One GraphQL question; with it, where there is no checkout, the usual files of head and base. A host without
//! GraphQL answers through REST, in four listings.

use std::ops::ControlFlow;

use serde_json::{Value, json};

use super::super::client::{Answer, Client, Error, PageEnd};
use super::super::repository::{CommitId, Repository};
use super::super::review::{MORE_QUERY, QUERY, RestAnswers, State, StateError};
use super::super::snapshot::Seed;

/// Where the selection of files is put into the question.
const REPOSITORY: &str = "repository(owner: $owner, name: $name) {";

/// A pull request to ask about.
#[derive(Clone, Copy, Debug)]
pub struct Subject<'a> {
    /// The repository that it is to be merged into.
    pub repository: &'a Repository,
    /// Its number.
    pub number: u64,
}

/// Commits whose usual files come with the answer.
#[derive(Clone, Copy, Debug)]
pub struct Commits {
    /// The head.
    pub head: CommitId,
    /// The base.
    pub base: CommitId,
}

/// Files that came with the answer.
#[derive(Clone, Default)]
pub struct Seeds {
    /// Of the head.
    pub head: Seed,
    /// Of the base.
    pub base: Seed,
}

/// The state of a pull request.
pub async fn state(client: &Client, subject: Subject<'_>) -> Result<State, Error> {
    let (state, _) = ask(client, subject, None).await?;
    Ok(state)
}

/// The state of a pull request, and the usual files of its commits.
pub async fn state_with_files(
    client: &Client,
    subject: Subject<'_>,
    commits: Commits,
) -> Result<(State, Seeds), Error> {
    ask(client, subject, Some(commits)).await
}

async fn ask(
    client: &Client,
    subject: Subject<'_>,
    commits: Option<Commits>,
) -> Result<(State, Seeds), Error> {
    let document = match commits {
        Some(commits) => with_files(commits),
        None => QUERY.to_owned(),
    };
    let answer: Answer<Value> = match client.graphql(&document, variables(subject, None)).await {
        Ok(answer) => answer,
        // The host does not have it (or a proxy in front of it does not let it through).
        Err(Error::NotFound { .. } | Error::Forbidden { .. } | Error::Gone { .. }) => {
            return Ok((from_rest(client, subject).await?, Seeds::default()));
        }
        Err(error) => return Err(error),
    };
    let Some(data) = answer.data else {
        return match answer.errors.into_iter().next() {
            Some(error) => Err(Error::Shape {
                path: "the pull request".into(),
                what: error.message,
            }),
            None => Err(misread(&StateError::NoRepository)),
        };
    };
    let mut state = State::from_graphql(&data).map_err(|error| misread(&error))?;
    // A listing of which a part failed must not be taken for the whole.
    let failed = |error: &super::super::client::GraphqlError| {
        error.path.contains("reviewThreads") || error.path.contains("comments")
    };
    if let Some(error) = answer.errors.iter().find(|error| failed(error)) {
        return Err(Error::Shape {
            path: "the pull request".into(),
            what: error.message.clone(),
        });
    }
    while let Some(page) = state.next_page() {
        let before = state.more.clone();
        let answer: Answer<Value> = client
            .graphql(MORE_QUERY, variables(subject, Some(page)))
            .await?;
        let data = answer.whole()?;
        state.add_page(&data).map_err(|error| misread(&error))?;
        // A cursor that does not move would be asked for until the budget is gone.
        if state.more == before {
            break;
        }
    }
    let mut seeds = Seeds::default();
    if commits.is_some()
        && let Some(repository) = data.get("repository")
    {
        seeds.head = Seed::read("head", repository);
        seeds.base = Seed::read("base", repository);
    }
    Ok((state, seeds))
}

fn with_files(commits: Commits) -> String {
    let selection = format!(
        "{REPOSITORY}\n{}{}",
        Seed::selection("head", commits.head),
        Seed::selection("base", commits.base)
    );
    let document = QUERY.replacen(REPOSITORY, &selection, 1);
    format!("{document}{}", Seed::FRAGMENTS)
}

fn variables(subject: Subject<'_>, more: Option<Value>) -> Value {
    let mut variables = json!({
        "owner": subject.repository.owner(),
        "name": subject.repository.name(),
        "number": subject.number,
    });
    if let (Some(all), Some(Value::Object(more))) = (variables.as_object_mut(), more) {
        all.extend(more);
    }
    variables
}

async fn from_rest(client: &Client, subject: Subject<'_>) -> Result<State, Error> {
    let Subject { repository, number } = subject;
    let pull: Value = client
        .get(&repository.path(format_args!("pulls/{number}")))
        .await?;
    // The token of a job may not ask who it is.
    let viewer = match client.get::<Value>("/user").await {
        Ok(user) => user.get("id").and_then(Value::as_u64),
        Err(Error::Forbidden { .. } | Error::NotFound { .. } | Error::Unauthorized { .. }) => None,
        Err(error) => return Err(error),
    };
    let review_comments = all(
        client,
        &repository.path(format_args!("pulls/{number}/comments")),
    )
    .await?;
    let comments = all(
        client,
        &repository.path(format_args!("issues/{number}/comments")),
    )
    .await?;
    let reviews = all(
        client,
        &repository.path(format_args!("pulls/{number}/reviews")),
    )
    .await?;
    State::from_rest(&RestAnswers {
        pull: &pull,
        review_comments: &review_comments,
        comments: &comments,
        reviews: &reviews,
        viewer,
    })
    .map_err(|error| misread(&error))
}

async fn all(client: &Client, path: &str) -> Result<Vec<Value>, Error> {
    let mut items = Vec::new();
    let end = client
        .pages(&format!("{path}?per_page=100"), |page: Vec<Value>| {
            items.extend(page);
            ControlFlow::Continue(())
        })
        .await?;
    if end == PageEnd::Cut {
        return Err(Error::Shape {
            path: path.to_owned(),
            what: "the listing does not end".into(),
        });
    }
    Ok(items)
}

fn misread(error: &StateError) -> Error {
    Error::Shape {
        path: "the pull request".into(),
        what: error.to_string(),
    }
}
