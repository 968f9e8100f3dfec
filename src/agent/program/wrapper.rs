//! Commands that run the command behind them in their place.

use crate::source::Traced;

use super::{Arg, assignment, base_name};

/// A wrapper: its name and the options that take a word of their own.
struct Wrapper {
    name: &'static str,
    /// Options with a value in the next word. Options with `=` or a joined value need no row.
    valued: &'static [&'static str],
    /// How many plain words stand before the command.
    operands: usize,
    /// Whether `NAME=value` words may stand before the command.
    assigns: Assigns,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Assigns {
    Yes,
    No,
}

const fn wrapper(name: &'static str, valued: &'static [&'static str], operands: usize) -> Wrapper {
    Wrapper {
        name,
        valued,
        operands,
        assigns: Assigns::No,
    }
}

const fn assigning(name: &'static str, valued: &'static [&'static str]) -> Wrapper {
    Wrapper {
        name,
        valued,
        operands: 0,
        assigns: Assigns::Yes,
    }
}

/// Wrappers whose command is the rest of their words. Source: their manual pages.
static WRAPPERS: &[Wrapper] = &[
    assigning("env", &["-u", "--unset", "-C", "--chdir"]),
    assigning(
        "sudo",
        &[
            "-u", "--user", "-g", "--group", "-h", "--host", "-p", "--prompt", "-C", "-r", "-t",
            "-D", "-R", "-T", "-U",
        ],
    ),
    assigning("doas", &["-u", "-C"]),
    assigning("cross-env", &[]),
    assigning("cross-env-shell", &[]),
    wrapper("call", &[], 0),
    wrapper("timeout", &["-s", "--signal", "-k", "--kill-after"], 1),
    wrapper("gtimeout", &["-s", "--signal", "-k", "--kill-after"], 1),
    wrapper("nice", &["-n", "--adjustment"], 0),
    wrapper("ionice", &["-c", "-n", "-p"], 0),
    wrapper("chrt", &["-T", "-P", "-D"], 1),
    wrapper("taskset", &[], 1),
    wrapper("nohup", &[], 0),
    wrapper("setsid", &[], 0),
    wrapper("stdbuf", &["-i", "-o", "-e"], 0),
    wrapper("time", &["-f", "-o"], 0),
    wrapper("exec", &["-a"], 0),
    wrapper("command", &[], 0),
    wrapper("builtin", &[], 0),
    wrapper("noglob", &[], 0),
    wrapper("unbuffer", &[], 0),
    wrapper("spawn", &[], 0),
    wrapper("catchsegv", &[], 0),
    wrapper("caffeinate", &["-t", "-w"], 0),
    wrapper("gosu", &[], 1),
    wrapper("su-exec", &[], 1),
    wrapper("tini", &["-p", "-e"], 0),
    wrapper("dumb-init", &["-r"], 0),
    wrapper("xvfb-run", &["-e", "-f", "-n", "-p", "-s", "-w"], 0),
    wrapper("strace", &["-e", "-o", "-p", "-s"], 0),
    wrapper("torsocks", &[], 0),
    wrapper("proxychains4", &["-f"], 0),
    wrapper(
        "xargs",
        &[
            "-n",
            "-P",
            "-I",
            "-L",
            "-d",
            "-a",
            "-s",
            "-E",
            "--max-args",
            "--max-procs",
            "--replace",
            "--delimiter",
            "--arg-file",
        ],
        0,
    ),
];

impl Wrapper {
    /// Whether an option takes the next word: by itself, or as the last letter of a bundle (`sudo -EHu agent`).
    fn takes_value(&self, option: &str) -> bool {
        let last = option
            .chars()
            .next_back()
            .map(|letter| format!("-{letter}"));
        let is_bundle = option.len() > 2 && !option.starts_with("--") && !option.contains('=');
        self.valued.contains(&option)
            || (is_bundle && last.is_some_and(|last| self.valued.contains(&last.as_str())))
    }
}

/// A command without its outermost wrapper.
pub(super) struct Peeled<'w> {
    pub(super) rest: &'w [Arg],
    pub(super) seconds: Option<f64>,
    pub(super) environment: Vec<(String, Traced)>,
}

/// Takes the outermost wrapper off. Nothing where the first word is none, or where it runs no command
/// (`command -v claude`, `sudo -l`).
pub(super) fn peel(words: &[Arg]) -> Option<Peeled<'_>> {
    let name = base_name(words.first()?.as_str());
    let wrapper = WRAPPERS.iter().find(|wrapper| wrapper.name == name)?;
    let mut environment = Vec::new();
    let mut operands = wrapper.operands;
    let mut seconds = None;
    let mut index = 1;
    while let Some(word) = words.get(index) {
        let text = word.as_str();
        if text == "--" {
            index += 1;
            break;
        }
        if text.starts_with('-') && text.len() > 1 {
            if name == "command" && text.contains(['v', 'V']) {
                return None;
            }
            index += if wrapper.takes_value(text) { 2 } else { 1 };
            continue;
        }
        if wrapper.assigns == Assigns::Yes
            && let Some(assigned) = assignment(word)
        {
            environment.push(assigned);
            index += 1;
            continue;
        }
        if operands == 0 {
            break;
        }
        operands -= 1;
        if name.ends_with("timeout") && word.is_known() {
            seconds = duration(text);
        }
        index += 1;
    }
    // Operands may also stand behind `--`.
    index += operands;
    let rest = words.get(index..)?;
    (!rest.is_empty()).then_some(Peeled {
        rest,
        seconds,
        environment,
    })
}

/// A duration of `timeout(1)` in seconds: a number with `s`, `m`, `h` or `d`. Zero means no limit.
fn duration(text: &str) -> Option<f64> {
    let (digits, unit) = match text.char_indices().next_back()? {
        (at, 's') => (text.get(..at)?, 1.0),
        (at, 'm') => (text.get(..at)?, 60.0),
        (at, 'h') => (text.get(..at)?, 3600.0),
        (at, 'd') => (text.get(..at)?, 86_400.0),
        _ => (text, 1.0),
    };
    let number: f64 = digits.parse().ok()?;
    (number > 0.0 && number.is_finite()).then_some(number * unit)
}
