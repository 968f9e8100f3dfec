//! The wire: TCP, proxy and TLS under octocrab.
//!
//! octocrab is built from parts ([`octocrab::OctocrabBuilder::new_empty`]): its default client ignores proxies and its
//! default middleware repeats writes (`facts/github-delivery.md`, section 3). It attaches the token, and only to
//! requests without a host; the host is put in below it, here, from our own settings. So the token can go nowhere else.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use http::{Request, Uri};
use hyper_rustls::HttpsConnectorBuilder;
use hyper_util::client::legacy;
use hyper_util::client::legacy::connect::proxy::Tunnel;
use hyper_util::client::legacy::connect::{Connect, HttpConnector};
use hyper_util::client::proxy::matcher::Matcher;
use hyper_util::rt::{TokioExecutor, TokioIo};
use octocrab::{AuthState, OctoBody, Octocrab, OctocrabBuilder};
use tokio::net::TcpStream;
use tower::Service;

use super::endpoints::Endpoint;
use super::error::Error;
use crate::github::token::Token;

/// For one TCP connection.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// What stands between us and GitHub: `HTTPS_PROXY`, `HTTP_PROXY`, `ALL_PROXY` and `NO_PROXY`, as curl reads them.
#[derive(Clone, Debug)]
pub struct Proxies {
    matcher: Arc<Matcher>,
}

impl Proxies {
    /// The proxies that the environment names, in capitals or small letters.
    pub fn read(lookup: impl Fn(&str) -> Option<String>) -> Self {
        let get = |name: &str| {
            let set = |name: &str| lookup(name).filter(|value| !value.is_empty());
            set(name)
                .or_else(|| set(&name.to_lowercase()))
                .unwrap_or_default()
        };
        Self {
            matcher: Arc::new(
                Matcher::builder()
                    .all(get("ALL_PROXY"))
                    .http(get("HTTP_PROXY"))
                    .https(get("HTTPS_PROXY"))
                    .no(get("NO_PROXY"))
                    .build(),
            ),
        }
    }

    /// No proxy.
    pub fn none() -> Self {
        Self::read(|_| None)
    }
}

/// Where a request goes. octocrab hands it through to the wire.
#[derive(Clone)]
pub(super) struct Origin(pub(super) Endpoint);

/// Why the wire gave no answer.
#[derive(Debug, thiserror::Error)]
#[error("{cause}")]
pub(super) struct Failure {
    pub(super) stage: Stage,
    pub(super) cause: String,
}

/// How far a request came.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Stage {
    /// Not to the server.
    Connect,
    /// To the server, which could not be trusted: with its host.
    Tls(String),
    /// To the proxy, with its host and port.
    Proxy(String),
    /// It was sent, or may have been.
    Sent,
}

/// Builds octocrab on our own wire. To be called within a tokio runtime.
pub(super) fn connect(
    encrypted: Encryption,
    proxies: &Proxies,
    token: Option<&Token>,
) -> Result<Octocrab, Error> {
    // octocrab starts a task, and would panic without a runtime.
    if tokio::runtime::Handle::try_current().is_err() {
        return Err(Error::NoRuntime);
    }
    let mut http = HttpConnector::new();
    http.enforce_http(false);
    http.set_connect_timeout(Some(CONNECT_TIMEOUT));
    http.set_nodelay(true);
    let connector = Connector {
        http,
        proxies: proxies.clone(),
    };
    Ok(match encrypted {
        Encryption::None => assemble(connector, token),
        Encryption::Tls => {
            let provider = rustls::crypto::ring::default_provider();
            let builder = HttpsConnectorBuilder::new()
                .with_provider_and_native_roots(provider)
                .map_err(|error| Error::NoCertificates {
                    cause: error.to_string(),
                })?;
            let connector = builder
                .https_or_http()
                .enable_http1()
                .wrap_connector(connector);
            assemble(connector, token)
        }
    })
}

/// Whether any address of the client is encrypted. Certificates are read only then.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Encryption {
    None,
    Tls,
}

fn assemble<C>(connector: C, token: Option<&Token>) -> Octocrab
where
    C: Connect + Clone + Send + Sync + 'static,
{
    let client = legacy::Client::builder(TokioExecutor::new()).build::<_, OctoBody>(connector);
    let wire = tower::service_fn(move |mut request: Request<OctoBody>| {
        let client = client.clone();
        async move {
            let host = place(&mut request)?;
            client.request(request).await.map_err(|error| {
                let stage = stage(&error, host);
                Failure {
                    stage,
                    cause: innermost(&error),
                }
            })
        }
    });
    let auth = match token {
        Some(token) => AuthState::AccessToken {
            token: token.expose().to_owned().into(),
        },
        None => AuthState::None,
    };
    let built = OctocrabBuilder::new_empty()
        .with_service(wire)
        .with_auth(auth)
        .build();
    match built {
        Ok(octocrab) => octocrab,
        Err(impossible) => match impossible {},
    }
}

/// Puts the host into a request that has only a path.
fn place(request: &mut Request<OctoBody>) -> Result<String, Failure> {
    let unplaced = |cause: &str| Failure {
        stage: Stage::Connect,
        cause: cause.to_owned(),
    };
    let Some(Origin(endpoint)) = request.extensions_mut().remove::<Origin>() else {
        return Err(unplaced("the request names no server"));
    };
    let path = request.uri().path_and_query().cloned();
    let uri = Uri::builder()
        .scheme(endpoint.scheme().clone())
        .authority(endpoint.authority().clone())
        .path_and_query(path.ok_or_else(|| unplaced("the request names no path"))?)
        .build()
        .map_err(|error| unplaced(&error.to_string()))?;
    *request.uri_mut() = uri;
    Ok(endpoint.authority().to_string())
}

fn stage(error: &legacy::Error, host: String) -> Stage {
    if let Some(refused) = find::<ProxyRefused>(error) {
        return Stage::Proxy(refused.proxy.clone());
    }
    if find::<rustls::Error>(error).is_some() {
        return Stage::Tls(host);
    }
    if error.is_connect() {
        Stage::Connect
    } else {
        Stage::Sent
    }
}

/// The first error of this type among an error and its sources. An I/O error hides what it wraps from `source`.
pub(super) fn find<'e, E: std::error::Error + 'static>(
    error: &'e (dyn std::error::Error + 'static),
) -> Option<&'e E> {
    let mut next = Some(error);
    // A chain has a handful of links.
    for _ in 0..32 {
        let error = next?;
        if let Some(found) = error.downcast_ref::<E>() {
            return Some(found);
        }
        let wrapped = error
            .downcast_ref::<std::io::Error>()
            .and_then(std::io::Error::get_ref);
        next = match wrapped {
            Some(wrapped) => Some(wrapped),
            None => error.source(),
        };
    }
    None
}

/// What the last source says: the ones around it only say that something failed.
fn innermost(error: &(dyn std::error::Error + 'static)) -> String {
    let mut error = error;
    for _ in 0..32 {
        match error.source() {
            Some(source) => error = source,
            None => break,
        }
    }
    error.to_string()
}

/// Connects directly or through a proxy.
#[derive(Clone)]
struct Connector {
    http: HttpConnector,
    proxies: Proxies,
}

#[derive(Debug, thiserror::Error)]
#[error("{cause}")]
struct ProxyRefused {
    proxy: String,
    cause: String,
}

impl Service<Uri> for Connector {
    type Response = TokioIo<TcpStream>;
    type Error = BoxError;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, BoxError>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        self.http.poll_ready(context).map_err(Into::into)
    }

    fn call(&mut self, target: Uri) -> Self::Future {
        let Some(proxy) = self.proxies.matcher.intercept(&target) else {
            let connecting = self.http.call(target);
            return Box::pin(async move { connecting.await.map_err(Into::into) });
        };
        let name = proxy.uri().authority().map(ToString::to_string);
        let refused = move |cause: String| ProxyRefused {
            proxy: name.clone().unwrap_or_default(),
            cause,
        };
        if proxy.uri().scheme_str() != Some("http") {
            let error = refused("only proxies with an http:// address are supported".into());
            return Box::pin(async move { Err(error.into()) });
        }
        let mut tunnel = Tunnel::new(proxy.uri().clone(), self.http.clone());
        if let Some(auth) = proxy.basic_auth() {
            tunnel = tunnel.with_auth(auth.clone());
        }
        let connecting = tunnel.call(with_port(target));
        Box::pin(async move {
            connecting
                .await
                .map_err(|error| refused(innermost(&error)).into())
        })
    }
}

/// A tunnel goes to port 443 where none is named, also for plain HTTP.
fn with_port(target: Uri) -> Uri {
    if target.port().is_some() || target.scheme_str() != Some("http") {
        return target;
    }
    let authority = format!("{}:80", target.host().unwrap_or_default());
    let mut parts = target.clone().into_parts();
    parts.authority = authority.parse().ok();
    Uri::from_parts(parts).unwrap_or(target)
}
