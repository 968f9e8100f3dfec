//! Answers of the GraphQL API: data and errors, both kept.

use serde::Deserialize;

use super::error::Error;

/// An answer. One part of a query can fail and the others have their data.
#[derive(Clone, PartialEq, Debug)]
pub struct Answer<T> {
    /// The data, as far as there is any.
    pub data: Option<T>,
    /// What failed.
    pub errors: Vec<GraphqlError>,
}

/// One thing that failed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct GraphqlError {
    /// GitHub's name for the kind: `NOT_FOUND`, `FORBIDDEN` …; empty where it gives none.
    pub kind: String,
    /// What GitHub said.
    pub message: String,
    /// Which part of the query: field names and indexes, joined by dots.
    pub path: String,
}

impl GraphqlError {
    /// Whether the token may not do this.
    pub fn is_forbidden(&self) -> bool {
        self.kind.eq_ignore_ascii_case("FORBIDDEN")
            || self.kind.eq_ignore_ascii_case("INSUFFICIENT_SCOPES")
            || self.message.contains("Resource not accessible")
    }

    /// Whether a limit of requests was reached.
    pub(super) fn is_rate_limit(&self) -> bool {
        self.kind.eq_ignore_ascii_case("RATE_LIMITED")
            || self.kind.eq_ignore_ascii_case("RATE_LIMIT")
    }
}

impl<T> Answer<T> {
    /// The data where nothing failed.
    pub fn whole(self) -> Result<T, Error> {
        match (self.data, self.errors.first()) {
            (Some(data), None) => Ok(data),
            (_, Some(error)) if error.is_forbidden() => Err(Error::Forbidden {
                message: error.message.clone(),
            }),
            (_, Some(error)) => Err(Error::Shape {
                path: "a GraphQL query".into(),
                what: error.message.clone(),
            }),
            (None, None) => Err(Error::Shape {
                path: "a GraphQL query".into(),
                what: "it has neither data nor errors".into(),
            }),
        }
    }
}

/// An answer as it is sent.
#[derive(Deserialize)]
pub(super) struct Raw {
    #[serde(default)]
    pub(super) data: Option<serde_json::Value>,
    #[serde(default)]
    pub(super) errors: Vec<RawError>,
}

#[derive(Deserialize)]
pub(super) struct RawError {
    #[serde(default, rename = "type")]
    kind: Option<String>,
    #[serde(default)]
    message: String,
    #[serde(default)]
    path: Option<Vec<serde_json::Value>>,
    #[serde(default)]
    extensions: Option<Extensions>,
}

#[derive(Deserialize)]
struct Extensions {
    #[serde(default)]
    code: Option<String>,
}

impl RawError {
    pub(super) fn tidy(self, clean: impl Fn(&str) -> String) -> GraphqlError {
        let code = self.extensions.and_then(|extensions| extensions.code);
        let part = |value: &serde_json::Value| match value {
            serde_json::Value::String(name) => name.clone(),
            other => other.to_string(),
        };
        let path: Vec<String> = self.path.unwrap_or_default().iter().map(part).collect();
        GraphqlError {
            kind: clean(&self.kind.or(code).unwrap_or_default()),
            message: clean(&self.message),
            path: clean(&path.join(".")),
        }
    }
}
