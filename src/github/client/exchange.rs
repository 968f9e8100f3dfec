//! One request until its answer stands: budget, pace, repetition, waits.

use std::time::Duration;

use http::header::{ACCEPT, CONTENT_TYPE, LOCATION, USER_AGENT as USER_AGENT_HEADER};
use http::{Method, Request};
use http_body_util::{BodyExt, Limited};
use octocrab::OctoBody;

use super::answer::{Asked, Judgement, Reply};
use super::endpoints::Endpoint;
use super::error::Error;
use super::graphql;
use super::limits::{Budget, Spent};
use super::transport::{Failure, Origin, Stage, find};
use super::{API_VERSION, Area, Client, Nature, USER_AGENT, WriteKind, pages};

/// How often a request that reads is sent.
const TRIES: u32 = 3;

/// How often a rate limit is waited for, for one request.
const WAITS: u32 = 2;

/// How many redirections are followed.
const REDIRECTIONS: u32 = 3;

/// How long a write under way may go on after a signal.
const GRACE: Duration = Duration::from_secs(1);

/// What a client remembers between requests.
#[derive(Default)]
pub(super) struct State {
    pub(super) spent: Spent,
    /// When the first request went out.
    start: Option<Duration>,
    last_write: Option<Duration>,
    last_notification: Option<Duration>,
    /// Until when a rate limit forbids requests.
    blocked: Option<Duration>,
    /// Areas in which the token may not write, with what GitHub said.
    read_only: Vec<(Area, Error)>,
}

/// One request.
pub(super) struct Call {
    method: Method,
    server: Endpoint,
    /// From the root of the server, with the query.
    target: String,
    body: Option<String>,
    nature: Nature,
    language: Language,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Language {
    Rest,
    Graphql,
}

impl Call {
    /// A request to a path below the API's root.
    pub(super) fn rest(
        client: &Client,
        method: Method,
        path: &str,
        body: Option<String>,
        nature: Nature,
    ) -> Self {
        let target = format!("{}{path}", client.endpoints.api.prefix());
        Self::rest_from_root(client, method, target, body, nature)
    }

    /// A request to a path from the root of the server, as links name it.
    pub(super) fn rest_from_root(
        client: &Client,
        method: Method,
        target: String,
        body: Option<String>,
        nature: Nature,
    ) -> Self {
        Self {
            method,
            server: client.endpoints.api.clone(),
            target,
            body,
            nature,
            language: Language::Rest,
        }
    }

    pub(super) fn graphql(client: &Client, body: String, nature: Nature) -> Self {
        let server = client.endpoints.graphql.clone();
        Self {
            method: Method::POST,
            target: server.prefix().to_owned(),
            server,
            body: Some(body),
            nature,
            language: Language::Graphql,
        }
    }

    /// The path without its query, as errors name it.
    fn path(&self) -> &str {
        self.target.split('?').next().unwrap_or_default()
    }
}

/// How sending a request once ended.
enum Sent {
    Reply(Reply),
    Failed(Failure),
}

impl Client {
    pub(super) fn state(&self) -> std::sync::MutexGuard<'_, State> {
        // Counters are whole whatever happened to the task that held them.
        self.state
            .lock()
            .unwrap_or_else(|poisoned| poisoned.into_inner())
    }

    /// Waits for the turn of a write. The guard is held until its answer is there.
    pub(super) async fn turn(
        &self,
        kind: WriteKind,
    ) -> Result<tokio::sync::MutexGuard<'_, ()>, Error> {
        let guard = self.writing.lock().await;
        let pause = {
            let state = self.state();
            if let Some((_, error)) = state
                .read_only
                .iter()
                .find(|(area, _)| *area == kind.area())
            {
                return Err(error.clone());
            }
            if state.spent.writes >= self.limits.writes {
                let budget = Budget::Writes;
                return Err(Error::Spent { budget });
            }
            let now = self.clock.elapsed();
            let since = |last: Option<Duration>, gap: Duration| match last {
                Some(last) => (last + gap).saturating_sub(now),
                None => Duration::ZERO,
            };
            let pause = since(state.last_write, self.limits.write_gap);
            match kind {
                WriteKind::Notifying => {
                    pause.max(since(state.last_notification, self.limits.notifying_gap))
                }
                WriteKind::Quiet | WriteKind::CodeScanning => pause,
            }
        };
        self.rest(pause).await?;
        let now = self.clock.elapsed();
        let mut state = self.state();
        state.last_write = Some(now);
        if kind == WriteKind::Notifying {
            state.last_notification = Some(now);
        }
        Ok(guard)
    }

    /// Sends a request until its answer stands, and gives the answer if it is a success.
    pub(super) async fn exchange(&self, mut call: Call) -> Result<Reply, Error> {
        let mut tries = 0;
        let mut waits = 0;
        let mut redirections = 0;
        loop {
            self.admit(call.nature).await?;
            tries += 1;
            let reply = match self.send(&call).await? {
                Sent::Reply(reply) => reply,
                Sent::Failed(failure) => {
                    self.after_failure(&call, failure, tries).await?;
                    continue;
                }
            };
            if let Some(target) = self.redirection(&call, &reply)
                && redirections < REDIRECTIONS
            {
                redirections += 1;
                call.target = target;
                continue;
            }
            let clean = |text: &str| self.clean(text);
            let judgement = if !reply.is_success() {
                reply.judge(&Asked {
                    method: &call.method,
                    path: call.path(),
                    nature: call.nature,
                    now: self.clock.unix(),
                    clean: &clean,
                })
            } else if call.language == Language::Graphql && says_rate_limited(&reply.body) {
                Judgement::Wait(reply.told_wait(self.clock.unix()))
            } else if call.nature == Nature::Read && is_cut_off(&reply.body) {
                Judgement::Broken("its answer was cut off".into())
            } else {
                return Ok(reply);
            };
            match judgement {
                Judgement::Wait(told) => {
                    let wait = told.unwrap_or(self.limits.rate_limit_gap * (1 << waits));
                    self.state().blocked = Some(self.clock.elapsed() + wait);
                    if waits == WAITS {
                        return Err(Error::RateLimited { wait });
                    }
                    waits += 1;
                    // A wait is no try: GitHub refused before it did anything.
                    tries -= 1;
                }
                Judgement::Broken(cause) => {
                    let status = Some(reply.status);
                    self.after_break(&call, cause, status, tries).await?;
                }
                Judgement::Final(error) => return Err(error),
                Judgement::NoMoreWrites(area, error) => {
                    self.state().read_only.push((area, error.clone()));
                    return Err(error);
                }
            }
        }
    }

    /// Sees to it that a request may be sent now: no signal, no limit under way, something left of the budget.
    async fn admit(&self, nature: Nature) -> Result<(), Error> {
        if let Some(signal) = self.stop.requested() {
            return Err(Error::Stopped { signal });
        }
        let now = self.clock.elapsed();
        let wait = {
            let mut state = self.state();
            state.start.get_or_insert(now);
            state
                .blocked
                .map(|until| until.saturating_sub(now))
                .unwrap_or_default()
        };
        if wait > self.left() {
            return Err(Error::RateLimited { wait });
        }
        self.rest(wait).await?;
        if self.left().is_zero() {
            let budget = Budget::Wall;
            return Err(Error::Spent { budget });
        }
        let mut state = self.state();
        state.blocked = None;
        let is_write = matches!(nature, Nature::Write(_));
        let budget = if state.spent.requests >= self.limits.requests {
            Budget::Requests
        } else if is_write && state.spent.writes >= self.limits.writes {
            Budget::Writes
        } else {
            state.spent.requests += 1;
            state.spent.writes += u32::from(is_write);
            return Ok(());
        };
        Err(Error::Spent { budget })
    }

    /// What is left of the time.
    fn left(&self) -> Duration {
        let Some(start) = self.state().start else {
            return self.limits.wall;
        };
        (start + self.limits.wall).saturating_sub(self.clock.elapsed())
    }

    /// Lets time pass, unless a signal comes or the budget does not allow it.
    pub(in crate::github) async fn rest(&self, duration: Duration) -> Result<(), Error> {
        if duration.is_zero() {
            return Ok(());
        }
        if duration > self.left() {
            let budget = Budget::Wall;
            return Err(Error::Spent { budget });
        }
        self.state().spent.paused += duration;
        tokio::select! {
            biased;
            signal = self.stop.wait() => Err(Error::Stopped { signal }),
            () = self.clock.pause(duration) => Ok(()),
        }
    }

    /// Sends a request once.
    async fn send(&self, call: &Call) -> Result<Sent, Error> {
        let request = match request(call) {
            Ok(request) => request,
            Err(cause) => {
                return Err(Error::Shape {
                    path: self.clean(call.path()),
                    what: format!("no request can be made of it: {cause}"),
                });
            }
        };
        let patience = self.limits.answer.min(self.left());
        let work = tokio::time::timeout(patience, self.receive(request));
        let stopped = async {
            let signal = self.stop.wait().await;
            if call.nature != Nature::Read {
                tokio::time::sleep(GRACE).await;
            }
            signal
        };
        tokio::select! {
            biased;
            result = work => Ok(match result {
                Ok(Ok(reply)) => Sent::Reply(reply),
                Ok(Err(failure)) => Sent::Failed(failure),
                Err(_) => Sent::Failed(Failure {
                    stage: Stage::Sent,
                    cause: format!("no answer within {} s", patience.as_secs_f32()),
                }),
            }),
            signal = stopped => Err(Error::Stopped { signal }),
        }
    }

    async fn receive(&self, request: Request<OctoBody>) -> Result<Reply, Failure> {
        let failure = |error: &(dyn std::error::Error + 'static)| match find::<Failure>(error) {
            Some(failure) => Failure {
                stage: failure.stage.clone(),
                cause: self.clean(&failure.cause),
            },
            None => Failure {
                stage: Stage::Sent,
                cause: self.clean(&error.to_string()),
            },
        };
        let response = self.octocrab.execute(request).await;
        let (parts, body) = response.map_err(|error| failure(&error))?.into_parts();
        let body = Limited::new(body, self.limits.answer_size).collect().await;
        let body = body.map_err(|error| failure(&*error))?;
        Ok(Reply {
            status: parts.status.as_u16(),
            headers: parts.headers,
            body: body.to_bytes().to_vec(),
        })
    }

    /// Comes back if a request that failed on the wire is to be sent again.
    async fn after_failure(&self, call: &Call, failure: Failure, tries: u32) -> Result<(), Error> {
        let Failure { stage, cause } = failure;
        match stage {
            Stage::Tls(host) => Err(Error::Tls { host, cause }),
            Stage::Proxy(proxy) => Err(Error::Proxy { proxy, cause }),
            // Nothing was sent: a write may be tried again like anything else.
            Stage::Connect => self.again(cause, None, tries).await,
            Stage::Sent => self.after_break(call, cause, None, tries).await,
        }
    }

    /// Comes back if a request that GitHub did not answer properly is to be sent again.
    async fn after_break(
        &self,
        call: &Call,
        cause: String,
        status: Option<u16>,
        tries: u32,
    ) -> Result<(), Error> {
        match call.nature {
            Nature::Read => self.again(cause, status, tries).await,
            Nature::Write(_) => Err(Error::Ambiguous { cause }),
        }
    }

    async fn again(&self, cause: String, status: Option<u16>, tries: u32) -> Result<(), Error> {
        let gap = self.limits.retry_gap * (1 << tries.saturating_sub(1).min(8));
        let gap = gap.mul_f64(jitter());
        if tries >= TRIES || gap > self.left() {
            return Err(Error::Unavailable { cause, status });
        }
        self.rest(gap).await
    }

    /// Where a request that reads is sent on to, if that is on the same server.
    fn redirection(&self, call: &Call, reply: &Reply) -> Option<String> {
        let is_one = matches!(reply.status, 301 | 302 | 307 | 308);
        if !is_one || call.nature != Nature::Read || call.method != Method::GET {
            return None;
        }
        let location: http::Uri = reply.header(LOCATION.as_str())?.parse().ok()?;
        let elsewhere = location
            .authority()
            .is_some_and(|host| host != call.server.authority());
        if elsewhere {
            return None;
        }
        pages::target(&location)
    }
}

fn request(call: &Call) -> Result<Request<OctoBody>, http::Error> {
    let mut builder = Request::builder()
        .method(call.method.clone())
        .uri(call.target.as_str())
        .header(USER_AGENT_HEADER, USER_AGENT)
        .header(ACCEPT, "application/vnd.github+json")
        .header("x-github-api-version", API_VERSION)
        .extension(Origin(call.server.clone()));
    if call.body.is_some() {
        builder = builder.header(CONTENT_TYPE, "application/json");
    }
    builder.body(match &call.body {
        Some(body) => OctoBody::from(body.clone()),
        None => OctoBody::empty(),
    })
}

/// GraphQL reports a rate limit within a success.
fn says_rate_limited(body: &[u8]) -> bool {
    // Almost no answer has the word; only those that have it are parsed twice.
    memchr::memmem::find(body, b"RATE_LIMIT").is_some()
        && serde_json::from_slice::<graphql::Raw>(body).is_ok_and(|raw| {
            let mut errors = raw
                .errors
                .into_iter()
                .map(|error| error.tidy(str::to_owned));
            errors.any(|error| error.is_rate_limit())
        })
}

/// Whether an answer is JSON that ends too early. Other mistakes do not go away by asking again.
fn is_cut_off(body: &[u8]) -> bool {
    if body.is_empty() {
        return false;
    }
    let read: Result<serde::de::IgnoredAny, _> = serde_json::from_slice(body);
    read.is_err_and(|error| error.is_eof())
}

/// Between 0.75 and 1.25, so that runs that failed together do not come back together.
fn jitter() -> f64 {
    use std::hash::{BuildHasher, RandomState};
    let random = RandomState::new().hash_one(0_u8);
    0.75 + f64::from(u32::try_from(random >> 32).unwrap_or(0)) / f64::from(u32::MAX) / 2.0
}
