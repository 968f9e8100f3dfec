//! The client: one run's door to GitHub's API.
//!
//! octocrab carries the requests and attaches the token; everything that needs judgement is here: what may be sent
//! again, how long to wait, how much a run may spend, where the next page is. A request that reads is tried up to
//! three times. **A request that writes is sent once**: where it is not known whether it happened the answer is
//! [`Error::Ambiguous`], and the caller looks before it decides. Only a refusal for a rate limit, which says that
//! nothing happened, is waited for and sent again.
//!
//! See `facts/github-delivery.md`, sections 1.4, 3 and 6.5.

mod answer;
mod clock;
mod endpoints;
mod error;
mod exchange;
mod graphql;
mod limits;
mod pages;
mod stop;
mod transport;

#[cfg(test)]
pub(crate) mod tests;

use std::sync::{Arc, Mutex};

use http::Method;
use octocrab::Octocrab;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::token::Token;
use exchange::{Call, State};
use transport::Encryption;

pub use clock::{Clock, Pause, SystemClock, VIRTUAL_START, VirtualClock};
pub use endpoints::{Endpoint, Endpoints, EndpointsError};
pub use error::Error;
pub use graphql::{Answer, GraphqlError};
pub use limits::{Budget, Limits, Spent};
pub use pages::PageEnd;
pub use stop::{Signal, Stop};
pub use transport::Proxies;

/// How servers see us.
const USER_AGENT: &str = concat!("portcullis/", env!("CARGO_PKG_VERSION"));

/// The version of the REST API that the requests are made for.
const API_VERSION: &str = "2022-11-28";

/// What a client is made of.
#[derive(Clone)]
pub struct Setup {
    /// Where GitHub is.
    pub endpoints: Endpoints,
    /// Who we are; without one, only what is public can be read.
    pub token: Option<Token>,
    /// What stands between.
    pub proxies: Proxies,
    /// What the run may spend.
    pub limits: Limits,
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// The wish to end the run.
    pub stop: Stop,
}

impl Setup {
    /// A setup with the usual limits, the machine's clock, no proxy, and a flag of its own.
    pub fn new(endpoints: Endpoints, token: Option<Token>) -> Self {
        Self {
            endpoints,
            token,
            proxies: Proxies::none(),
            limits: Limits::default(),
            clock: Arc::new(SystemClock::new()),
            stop: Stop::new(),
        }
    }
}

/// A request that creates or changes something.
#[derive(Clone, Debug)]
pub struct Write<'a> {
    /// How.
    pub method: WriteMethod,
    /// The path below the API's root, as [`super::Repository::path`] gives it.
    pub path: &'a str,
    /// The body.
    pub body: Value,
    /// What it does to people, which decides the pace.
    pub kind: WriteKind,
}

/// How something is changed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum WriteMethod {
    /// Creates.
    Post,
    /// Changes in place.
    Patch,
    /// Puts in place.
    Put,
    /// Removes.
    Delete,
}

/// What a write does to people.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum WriteKind {
    /// People are notified: a new review or comment.
    Notifying,
    /// Nobody is: an edit of a comment of ours, a dismissal.
    Quiet,
    /// A report for code scanning. It has a permission of its own.
    CodeScanning,
}

/// A permission that is learnt as a whole.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Area {
    Conversation,
    CodeScanning,
}

/// Whether sending a request twice can do harm.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Nature {
    Read,
    Write(Area),
}

/// One run's door to GitHub's API. Requests of one client go out one after the other where they write.
pub struct Client {
    octocrab: Octocrab,
    endpoints: Endpoints,
    token: Option<Token>,
    limits: Limits,
    clock: Arc<dyn Clock>,
    stop: Stop,
    state: Mutex<State>,
    /// Held during a write and the pause before it.
    writing: tokio::sync::Mutex<()>,
}

impl std::fmt::Debug for Client {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Client")
            .field("endpoints", &self.endpoints)
            .field("spent", &self.spent())
            .finish_non_exhaustive()
    }
}

impl Client {
    /// A client. To be called within a tokio runtime. Nothing is sent yet.
    pub fn new(setup: Setup) -> Result<Self, Error> {
        let encryption = if setup.endpoints.api.is_https() || setup.endpoints.graphql.is_https() {
            Encryption::Tls
        } else {
            Encryption::None
        };
        let octocrab = transport::connect(encryption, &setup.proxies, setup.token.as_ref())?;
        Ok(Self {
            octocrab,
            endpoints: setup.endpoints,
            token: setup.token,
            limits: setup.limits,
            clock: setup.clock,
            stop: setup.stop,
            state: Mutex::default(),
            writing: tokio::sync::Mutex::default(),
        })
    }

    /// Where GitHub is.
    pub fn endpoints(&self) -> &Endpoints {
        &self.endpoints
    }

    /// The flag that ends the run.
    pub fn stop(&self) -> &Stop {
        &self.stop
    }

    /// What the run has spent.
    pub fn spent(&self) -> Spent {
        self.state().spent
    }

    /// Reads something. `path` lies below the API's root and may have a query.
    pub async fn get<T: DeserializeOwned>(&self, path: &str) -> Result<T, Error> {
        let call = Call::rest(self, Method::GET, path, None, Nature::Read);
        let reply = self.exchange(call).await?;
        self.parse(path, &reply.body)
    }

    /// Asks the GraphQL API. It is asked again like any other request that reads: the document must not be a mutation.
    pub async fn graphql<T: DeserializeOwned>(
        &self,
        document: &str,
        variables: Value,
    ) -> Result<Answer<T>, Error> {
        self.query(document, variables, Nature::Read).await
    }

    /// Changes something by the GraphQL API: sent once, like every write.
    pub async fn mutate<T: DeserializeOwned>(
        &self,
        document: &str,
        variables: Value,
        kind: WriteKind,
    ) -> Result<Answer<T>, Error> {
        let _turn = self.turn(kind).await?;
        let nature = Nature::Write(kind.area());
        self.unless_misread(self.query(document, variables, nature).await)
    }

    /// Creates or changes something: sent once. For an answer that does not matter, read [`serde::de::IgnoredAny`].
    pub async fn write<T: DeserializeOwned>(&self, write: Write<'_>) -> Result<T, Error> {
        let _turn = self.turn(write.kind).await?;
        let method = match write.method {
            WriteMethod::Post => Method::POST,
            WriteMethod::Patch => Method::PATCH,
            WriteMethod::Put => Method::PUT,
            WriteMethod::Delete => Method::DELETE,
        };
        let nature = Nature::Write(write.kind.area());
        let body = (!write.body.is_null()).then(|| write.body.to_string());
        let call = Call::rest(self, method, write.path, body, nature);
        let reply = self.exchange(call).await?;
        self.unless_misread(self.parse(write.path, &reply.body))
    }

    /// An answer to a write that cannot be understood came after the write was done.
    fn unless_misread<T>(&self, result: Result<T, Error>) -> Result<T, Error> {
        result.map_err(|error| match error {
            Error::Shape { what, .. } => Error::Ambiguous {
                cause: format!("the answer cannot be understood: {what}"),
            },
            other => other,
        })
    }

    async fn query<T: DeserializeOwned>(
        &self,
        document: &str,
        variables: Value,
        nature: Nature,
    ) -> Result<Answer<T>, Error> {
        let body = json!({"query": document, "variables": variables}).to_string();
        let reply = self.exchange(Call::graphql(self, body, nature)).await?;
        let path = self.endpoints.graphql.prefix();
        let raw: graphql::Raw = self.parse(path, &reply.body)?;
        let errors: Vec<GraphqlError> = raw
            .errors
            .into_iter()
            .map(|error| error.tidy(|text| self.clean(text)))
            .collect();
        let data = match raw.data.filter(|data| !data.is_null()) {
            None => None,
            Some(data) => match serde_json::from_value(data) {
                Ok(data) => Some(data),
                // A part that failed is null where the query promised a value.
                Err(_) if !errors.is_empty() => None,
                Err(error) => {
                    return Err(Error::Shape {
                        path: path.to_owned(),
                        what: self.clean(&error.to_string()),
                    });
                }
            },
        };
        Ok(Answer { data, errors })
    }

    /// Reads JSON. No content is read as `null`.
    fn parse<T: DeserializeOwned>(&self, path: &str, body: &[u8]) -> Result<T, Error> {
        let body = if body.is_empty() { b"null" } else { body };
        serde_json::from_slice(body).map_err(|error| Error::Shape {
            path: path.to_owned(),
            what: self.clean(&error.to_string()),
        })
    }

    /// A text from outside as it may be shown.
    pub(super) fn clean(&self, text: &str) -> String {
        let text = match &self.token {
            Some(token) => &token.redact(text),
            None => text,
        };
        answer::printable(text)
    }
}

impl WriteKind {
    fn area(self) -> Area {
        match self {
            Self::Notifying | Self::Quiet => Area::Conversation,
            Self::CodeScanning => Area::CodeScanning,
        }
    }
}
