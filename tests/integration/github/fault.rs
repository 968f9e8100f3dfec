//! What goes wrong, and when: the n-th request that fits meets a behaviour.

use std::time::Duration;

/// What happens to a request.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Behaviour {
    /// Answers with this status and nothing is done.
    Refuse {
        status: u16,
        headers: Vec<(String, String)>,
        body: String,
    },
    /// The request is carried out, and this status says that it was not.
    DoneBut(u16),
    /// The connection is closed without an answer; nothing is done.
    Reset,
    /// The request is carried out, and the connection is closed without an answer.
    DoneThenReset,
    /// The request is carried out, and half of its answer arrives.
    Truncate,
    /// The request is carried out, and a page for people arrives in place of JSON.
    Html,
    /// The request is carried out, and its answer has no body.
    Empty,
    /// No answer for this long, then the connection is closed; nothing is done.
    Silence(Duration),
    /// The answer comes late.
    Late(Duration),
    /// GraphQL: the answer has its data and these errors.
    GraphqlErrors(serde_json::Value),
    /// Something happens at GitHub just before the request.
    Meanwhile(Event),
}

/// What somebody else does to the pull request.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Event {
    /// A push makes the head this set of files.
    Push(Vec<(String, String)>),
    Close,
    Lock,
    Draft,
}

impl Behaviour {
    pub fn status(status: u16) -> Self {
        let body = format!(
            "{{\"message\":\"Server Error\",\"documentation_url\":\"https://docs.github.com/rest\",\"status\":\"{status}\"}}"
        );
        Self::Refuse {
            status,
            headers: Vec::new(),
            body,
        }
    }

    fn limit(status: u16, message: &str, headers: Vec<(String, String)>) -> Self {
        let body = serde_json::json!({"message": message, "documentation_url": "https://docs.github.com/rest/rate-limit"});
        Self::Refuse {
            status,
            headers,
            body: body.to_string(),
        }
    }

    /// The secondary limit, with or without `retry-after`.
    pub fn secondary(status: u16, retry_after: Option<u64>) -> Self {
        let headers = retry_after.map(|seconds| ("retry-after".to_owned(), seconds.to_string()));
        let message = "You have exceeded a secondary rate limit. Please wait a few minutes before you try again.";
        Self::limit(status, message, headers.into_iter().collect())
    }

    /// The primary limit, used up until `reset` (seconds of the epoch).
    pub fn primary(reset: u64) -> Self {
        let headers = [
            ("x-ratelimit-limit", "1000".to_owned()),
            ("x-ratelimit-remaining", "0".to_owned()),
            ("x-ratelimit-reset", reset.to_string()),
        ];
        let headers = headers
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value))
            .collect();
        Self::limit(403, "API rate limit exceeded for installation.", headers)
    }

    /// GraphQL's own way of saying that a limit is reached.
    pub fn graphql_limited() -> Self {
        let body = serde_json::json!({"data": null, "errors": [{"type": "RATE_LIMITED", "message": "API rate limit exceeded"}]});
        Self::Refuse {
            status: 200,
            headers: Vec::new(),
            body: body.to_string(),
        }
    }
}

/// One rule.
#[derive(Clone, Debug)]
pub struct Fault {
    method: String,
    path: String,
    first: usize,
    times: usize,
    behaviour: Behaviour,
    seen: usize,
}

impl Fault {
    /// Meets the first request whose method is this (`*`: any) and whose path contains this.
    pub fn on(method: &str, path: &str, behaviour: Behaviour) -> Self {
        Self {
            method: method.to_owned(),
            path: path.to_owned(),
            first: 1,
            times: 1,
            behaviour,
            seen: 0,
        }
    }

    /// Meets the n-th (from 1).
    pub fn nth(mut self, nth: usize) -> Self {
        self.first = nth;
        self
    }

    /// Meets so many in a row.
    pub fn times(mut self, times: usize) -> Self {
        self.times = times;
        self
    }

    /// Meets every one from the first on.
    pub fn always(self) -> Self {
        self.times(usize::MAX)
    }

    pub(super) fn meets(&mut self, method: &str, path: &str) -> Option<Behaviour> {
        if self.method != "*" && self.method != method || !path.contains(&self.path) {
            return None;
        }
        self.seen += 1;
        (self.seen >= self.first && self.seen - self.first < self.times)
            .then(|| self.behaviour.clone())
    }
}

/// A small generator (SplitMix64): the same seed gives the same schedule everywhere.
pub struct Random(u64);

impl Random {
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// A number below `end`.
    pub fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % end
    }
}

/// A set of faults.
pub struct Schedule;

impl Schedule {
    /// One to four faults at random requests; the same for the same seed.
    pub fn random(seed: u64) -> Vec<Fault> {
        let mut random = Random::new(seed);
        let count = 1 + random.below(4);
        (0..count)
            .map(|_| {
                let method = ["*", "GET", "POST", "PATCH"][random.below(4) as usize];
                let path =
                    ["", "/pulls/", "/reviews", "/comments", "graphql"][random.below(5) as usize];
                let behaviour = match random.below(10) {
                    0 => Behaviour::status(502),
                    1 => Behaviour::DoneBut(502),
                    2 => Behaviour::Reset,
                    3 => Behaviour::DoneThenReset,
                    4 => Behaviour::Truncate,
                    5 => Behaviour::Html,
                    6 => Behaviour::secondary(403, Some(random.below(3))),
                    7 => Behaviour::secondary(429, None),
                    8 => Behaviour::DoneBut(504),
                    _ => Behaviour::Late(Duration::from_millis(random.below(20))),
                };
                Fault::on(method, path, behaviour).nth(1 + random.below(4) as usize)
            })
            .collect()
    }
}
