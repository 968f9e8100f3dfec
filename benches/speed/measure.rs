//! What one run of a program costs: CPU time and peak memory as the kernel counted them for that one process.

use std::io;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use wait4::Wait4;

/// A run that takes longer is stopped: it has lost already.
const PATIENCE: Duration = Duration::from_secs(30);

/// The cost of one run, or the best of several.
#[derive(Clone, Copy)]
pub struct Cost {
    /// User and system time.
    pub cpu: Duration,
    /// The most memory that it held at once, in bytes.
    pub peak: u64,
    /// From start to end.
    pub wall: Duration,
    /// The exit code; nothing for a run that was stopped or that died by a signal.
    pub exit: Option<i32>,
}

impl Cost {
    fn best(self, other: Self) -> Self {
        Self {
            cpu: self.cpu.min(other.cpu),
            peak: self.peak.min(other.peak),
            wall: self.wall.min(other.wall),
            exit: self.exit.and(other.exit),
        }
    }
}

/// The best of several runs. A slow program is run once: its second time would not change the picture.
pub fn best_of(runs: u32, program: &Path, arguments: &[&str], folder: &Path) -> io::Result<Cost> {
    const SLOW: Duration = Duration::from_secs(3);
    let mut best = once(program, arguments, folder)?;
    for _ in 1..runs {
        if best.wall > SLOW {
            break;
        }
        best = best.best(once(program, arguments, folder)?);
    }
    Ok(best)
}

/// One run. The peak is never below that of this process, which therefore keeps no text in memory.
fn once(program: &Path, arguments: &[&str], folder: &Path) -> io::Result<Cost> {
    let start = Instant::now();
    let child = Command::new(program)
        .args(arguments)
        .current_dir(folder)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()?;
    let pid = Pid::from_child(&child);
    let (ended, end) = mpsc::channel::<()>();
    let watch = thread::spawn(move || {
        if end.recv_timeout(PATIENCE) == Err(mpsc::RecvTimeoutError::Timeout) {
            // It may have ended by itself just now.
            let _ = kill_process(pid, Signal::KILL);
        }
    });
    let used = child.wait4()?;
    let wall = start.elapsed();
    drop(ended);
    drop(watch.join());
    Ok(Cost {
        cpu: used.rusage.utime + used.rusage.stime,
        peak: used.rusage.maxrss,
        wall,
        exit: used.status.code(),
    })
}
