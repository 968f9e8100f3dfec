//! The client against servers that misbehave. The numbers in comments are scenarios of `facts/github-delivery.md`,
//! section 6.7.

mod delivery;
mod listing;
mod network;
pub(crate) mod server;

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};

use super::*;
use server::Server;

/// A token of the new form.
pub(crate) const TOKEN: &str = "ghs_123456_eyJhbGciOi.eyJpc3MiOi-J9.c2ln";

/// A client for a test, with the clock that its pauses go by.
pub(crate) struct Rig {
    pub(crate) client: Client,
    pub(crate) clock: Arc<VirtualClock>,
}

impl Rig {
    pub(crate) fn new(server: &Server) -> Self {
        Self::with(server, Limits::default())
    }

    pub(crate) fn with(server: &Server, limits: Limits) -> Self {
        Self::at(&server.url("/api/v3"), limits)
    }

    fn at(api: &str, limits: Limits) -> Self {
        let clock = Arc::new(VirtualClock::new());
        let setup = Setup {
            limits,
            clock: clock.clone(),
            ..Setup::new(endpoints(api), Token::new(TOKEN).unwrap())
        };
        Self {
            client: Client::new(setup).unwrap(),
            clock,
        }
    }

    /// Seconds of every pause.
    fn pauses(&self) -> Vec<u64> {
        self.clock.pauses().iter().map(Duration::as_secs).collect()
    }
}

fn endpoints(api: &str) -> Endpoints {
    Endpoints::read(|name| (name == "GITHUB_API_URL").then(|| api.to_owned())).unwrap()
}

fn comment(path: &str) -> Write<'_> {
    Write {
        method: WriteMethod::Post,
        path,
        body: json!({"body": "text"}),
        kind: WriteKind::Notifying,
    }
}

async fn get(rig: &Rig) -> Result<Value, Error> {
    rig.client.get("/repos/acme/web").await
}

async fn post(rig: &Rig) -> Result<Value, Error> {
    rig.client
        .write(comment("/repos/acme/web/issues/7/comments"))
        .await
}
