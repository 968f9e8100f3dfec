//! A wish to end the run, looked at before each request and during each pause.
//!
//! A runner sends SIGINT, then SIGTERM 7.5 s later; a process with the id 1 in a container has no handlers by default
//! (`facts/github-delivery.md`, section 2).

use tokio::sync::watch;

/// Which signal asked for the end.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Signal {
    /// SIGINT.
    Interrupt,
    /// SIGTERM.
    Terminate,
}

impl Signal {
    /// The exit code of a process that ended for this signal.
    pub const fn exit_code(self) -> u8 {
        match self {
            Self::Interrupt => 130,
            Self::Terminate => 143,
        }
    }
}

/// A flag that a signal sets and that everybody who works for the run looks at. Copies share the flag.
#[derive(Clone, Debug)]
pub struct Stop {
    flag: watch::Sender<Option<Signal>>,
}

impl Stop {
    /// A flag that is not set.
    pub fn new() -> Self {
        Self {
            flag: watch::Sender::new(None),
        }
    }

    /// Sets the flag; the first signal counts.
    pub fn set(&self, signal: Signal) {
        self.flag.send_if_modified(|current| {
            let is_first = current.is_none();
            current.get_or_insert(signal);
            is_first
        });
    }

    /// The signal that asked for the end, if one did.
    pub fn requested(&self) -> Option<Signal> {
        *self.flag.borrow()
    }

    /// Comes back once the flag is set.
    pub async fn wait(&self) -> Signal {
        let mut flag = self.flag.subscribe();
        loop {
            if let Some(signal) = *flag.borrow_and_update() {
                return signal;
            }
            if flag.changed().await.is_err() {
                // The sender lives as long as `self`: this does not happen.
                std::future::pending::<()>().await;
            }
        }
    }

    /// Sets the flag for SIGINT and SIGTERM from now on. To be called within a tokio runtime.
    #[cfg(unix)]
    pub fn on_signals(&self) -> std::io::Result<()> {
        use tokio::signal::unix::{SignalKind, signal};
        for (kind, name) in [
            (SignalKind::interrupt(), Signal::Interrupt),
            (SignalKind::terminate(), Signal::Terminate),
        ] {
            let mut signals = signal(kind)?;
            let stop = self.clone();
            tokio::spawn(async move {
                if signals.recv().await.is_some() {
                    stop.set(name);
                }
            });
        }
        Ok(())
    }

    /// Sets the flag for Ctrl-C from now on. To be called within a tokio runtime.
    #[cfg(not(unix))]
    pub fn on_signals(&self) -> std::io::Result<()> {
        let stop = self.clone();
        tokio::spawn(async move {
            if tokio::signal::ctrl_c().await.is_ok() {
                stop.set(Signal::Interrupt);
            }
        });
        Ok(())
    }
}

impl Default for Stop {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_first_signal_counts_for_every_copy() {
        let stop = Stop::new();
        let copy = stop.clone();
        assert_eq!(copy.requested(), None);
        stop.set(Signal::Terminate);
        stop.set(Signal::Interrupt);
        assert_eq!(copy.wait().await, Signal::Terminate);
        assert_eq!(copy.requested().map(Signal::exit_code), Some(143));
    }
}
