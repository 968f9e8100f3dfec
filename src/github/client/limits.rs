//! What one run may spend on GitHub's API, and how fast.
//!
//! Figures: `facts/github-delivery.md`, sections 1.4 and 6.2.

use std::time::Duration;

/// What one run may spend, and how fast. The figures are GitHub's and ours; a user does not set them, a test does.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Limits {
    /// Requests, repeated ones included.
    pub requests: u32,
    /// Requests that create or change something.
    pub writes: u32,
    /// Time from the first request on, waits included.
    pub wall: Duration,
    /// Between two writes.
    pub write_gap: Duration,
    /// Between two writes that notify people.
    pub notifying_gap: Duration,
    /// Before the first repetition of a request that reads; doubled for each further one.
    pub retry_gap: Duration,
    /// For a rate limit that does not say how long to wait.
    pub rate_limit_gap: Duration,
    /// For one request, from the connection to the last byte.
    pub answer: Duration,
    /// Size of one answer in bytes.
    pub answer_size: usize,
    /// Pages of one listing.
    pub pages: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            requests: 60,
            writes: 45,
            wall: Duration::from_secs(120),
            write_gap: Duration::from_secs(1),
            notifying_gap: Duration::from_secs(3),
            retry_gap: Duration::from_secs(1),
            rate_limit_gap: Duration::from_secs(60),
            answer: Duration::from_secs(30),
            answer_size: 64 << 20,
            pages: 40,
        }
    }
}

impl Limits {
    /// The same limits without any pause, for tests.
    pub fn without_pauses(self) -> Self {
        Self {
            write_gap: Duration::ZERO,
            notifying_gap: Duration::ZERO,
            retry_gap: Duration::ZERO,
            ..self
        }
    }
}

/// What a run has spent.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Spent {
    /// Requests, writes and repetitions included.
    pub requests: u32,
    /// Requests that create or change something.
    pub writes: u32,
    /// Time spent in pauses: pacing, repetitions, rate limits.
    pub paused: Duration,
}

/// Which part of the budget is used up.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Budget {
    /// The number of requests.
    Requests,
    /// The number of writes.
    Writes,
    /// The time.
    Wall,
}

impl std::fmt::Display for Budget {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Requests => "number of requests",
            Self::Writes => "number of writes",
            Self::Wall => "time",
        })
    }
}
