//! Time, behind a trait, so that no test waits.

use std::future::Future;
use std::pin::Pin;
use std::sync::Mutex;
use std::time::{Duration, Instant, SystemTime};

/// A pause under way.
pub type Pause<'a> = Pin<Box<dyn Future<Output = ()> + Send + 'a>>;

/// A source of time.
pub trait Clock: Send + Sync {
    /// Time since some fixed moment. It never goes back.
    fn elapsed(&self) -> Duration;

    /// Seconds since 1970 by the clock on the wall.
    fn unix(&self) -> i64;

    /// Lets time pass.
    fn pause(&self, duration: Duration) -> Pause<'_>;
}

/// The clock of the machine.
#[derive(Debug)]
pub struct SystemClock {
    start: Instant,
}

impl SystemClock {
    /// The clock, counting from now.
    pub fn new() -> Self {
        Self {
            start: Instant::now(),
        }
    }
}

impl Default for SystemClock {
    fn default() -> Self {
        Self::new()
    }
}

impl Clock for SystemClock {
    fn elapsed(&self) -> Duration {
        self.start.elapsed()
    }

    fn unix(&self) -> i64 {
        let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
        since.map_or(0, |since| {
            i64::try_from(since.as_secs()).unwrap_or(i64::MAX)
        })
    }

    fn pause(&self, duration: Duration) -> Pause<'_> {
        Box::pin(tokio::time::sleep(duration))
    }
}

/// A clock that moves only by the pauses, which take no time: for tests and simulations.
#[derive(Debug, Default)]
pub struct VirtualClock {
    pauses: Mutex<Vec<Duration>>,
}

/// The wall time at which a [`VirtualClock`] starts: 2026-11-22, 00:00 UTC.
pub const VIRTUAL_START: i64 = 1_795_305_600;

impl VirtualClock {
    /// A clock at its start.
    pub fn new() -> Self {
        Self::default()
    }

    /// Every pause so far, in order.
    pub fn pauses(&self) -> Vec<Duration> {
        self.lock().clone()
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<Duration>> {
        // A list of durations is whole whatever happened to the thread that held it.
        self.pauses
            .lock()
            .unwrap_or_else(|poisoned| poisoned.into_inner())
    }
}

impl Clock for VirtualClock {
    fn elapsed(&self) -> Duration {
        self.lock().iter().sum()
    }

    fn unix(&self) -> i64 {
        VIRTUAL_START.saturating_add(i64::try_from(self.elapsed().as_secs()).unwrap_or(i64::MAX))
    }

    fn pause(&self, duration: Duration) -> Pause<'_> {
        self.lock().push(duration);
        // Others get their turn, as in a real pause.
        Box::pin(tokio::task::yield_now())
    }
}
