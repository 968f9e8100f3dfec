//! What a command sends and to whom, and what it fetches and runs.

use super::argv::known;
use super::behaviour::{Download, Fetched, Send};
use super::follow::{Frame, Stdin};
use super::path;
use super::program::{operand, unwrapped};
use super::walk::Walker;
use crate::shell::{Part, Script};
use crate::source::Traced;

/// The host of an address, in lower case and without user and port; nothing where the text is no address or the
/// host is not written out.
pub(crate) fn host(text: &str) -> Option<String> {
    let rest = ["https://", "http://", "wss://", "ws://", "ftp://"]
        .iter()
        .find_map(|scheme| text.trim().strip_prefix(scheme))?;
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let host = authority.rsplit('@').next().unwrap_or_default();
    let host = if let Some(rest) = host.strip_prefix('[') {
        rest.split(']').next().unwrap_or_default()
    } else {
        host.split(':').next().unwrap_or_default()
    };
    let is_written = !host.is_empty()
        && host
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | ':'));
    is_written.then(|| host.to_ascii_lowercase())
}

/// Whether a host is this machine.
pub(crate) fn is_loopback(host: &str) -> bool {
    host == "localhost"
        || host.ends_with(".localhost")
        || host == "::1"
        || host == "0.0.0.0"
        || host == "host.docker.internal"
        || (host.starts_with("127.") && host.chars().all(|c| c.is_ascii_digit() || c == '.'))
}

/// Options of `curl` and `wget` that send something, and whether their value is what is sent.
const BODY: &[&str] = &[
    "-d",
    "--data",
    "--data-raw",
    "--data-binary",
    "--data-ascii",
    "--data-urlencode",
    "-F",
    "--form",
    "--form-string",
    "-T",
    "--upload-file",
    "--json",
    "--post-data",
    "--post-file",
    "--body-data",
    "--body-file",
];

/// A request that carries something.
pub(super) fn sends(walker: &mut Walker<'_>, first: &Traced, rest: &[Traced], frame: &Frame) {
    let mut carries = false;
    let mut is_body = false;
    let mut target = None;
    let mut names_host = false;
    let mut value_of_body = false;
    for word in rest {
        let text = word.text();
        let (option, value) = match text.split_once('=') {
            Some((option, value)) if option.starts_with("--") => (option, Some(value)),
            _ => (text, None),
        };
        let in_body = value_of_body;
        value_of_body = false;
        if BODY.contains(&option) {
            is_body = true;
            value_of_body = value.is_none();
            carries |= value.is_some_and(|value| value.starts_with('@'));
            carries |= value.is_some() && !word.is_known();
        } else if in_body {
            carries |= !word.is_known() || text.starts_with('@') || text.contains("=@");
            if text == "@-" {
                walker.reads_input(word, "curl", false, frame);
            }
        } else if let Some(found) = host(text) {
            target.get_or_insert(found);
            names_host = true;
            // `https://x.example/?q=$DATA`
            if !word.is_known() {
                carries = true;
                is_body = true;
            }
        } else if !word.is_known() {
            names_host |= text.len() < 2048;
        }
    }
    let piped = frame.stdin != Stdin::Hook && rest.iter().any(|word| word.text().ends_with("@-"));
    if is_body
        && (names_host || target.is_some())
        && let Some(location) = first.location()
    {
        walker.out.sends.push(Send {
            host: target,
            location,
            carries: carries || piped,
        });
    }
}

/// A connection or a copy to another machine.
pub(super) fn copies(walker: &mut Walker<'_>, first: &Traced, rest: &[Traced], name: &str) {
    let host = match name {
        "nc" | "ncat" | "netcat" => operand(rest).and_then(known).map(str::to_owned),
        _ => rest.iter().rev().filter_map(known).find_map(|word| {
            let (host, _) = word.split_once(':')?;
            let host = host.rsplit('@').next().unwrap_or(host);
            (host.len() > 1 && !host.contains('/')).then(|| host.to_owned())
        }),
    };
    let listens = rest
        .iter()
        .any(|word| word.text().starts_with("-l") || word.text() == "-z");
    let is_remote = matches!(name, "nc" | "ncat" | "netcat") || host.is_some();
    if is_remote
        && !listens
        && let Some(location) = first.location()
    {
        walker.out.sends.push(Send {
            host,
            location,
            carries: true,
        });
    }
}

/// Whether a program runs a text that it is given.
fn runs_text(name: &str) -> bool {
    matches!(
        name,
        "bash" | "sh" | "zsh" | "dash" | "ksh" | "node" | "bun" | "deno" | "perl" | "ruby" | "php"
    ) || name.starts_with("python")
}

fn fetches(name: &str) -> bool {
    matches!(name, "curl" | "wget")
}

/// Code from the network: a download that is piped into an interpreter or substituted into one.
pub(super) fn downloads(
    walker: &mut Walker<'_>,
    script: &Script,
    index: usize,
    text: &Traced,
    words: &[Traced],
) {
    let Some(command) = script.commands.get(index) else {
        return;
    };
    let words = unwrapped(words);
    let Some(first) = words.first() else {
        return;
    };
    let name = path::base(first.text());
    let program = |at: usize| {
        script
            .commands
            .get(at)
            .and_then(|command| command.words.first())
            .and_then(crate::shell::Word::literal)
            .map(|word| path::base(&word))
            .unwrap_or_default()
    };
    let is_code = words
        .iter()
        .skip(1)
        .all(|word| word.text().starts_with('-'))
        || words.iter().any(|word| word.text() == "-s");
    if runs_text(&name)
        && is_code
        && !words
            .iter()
            .any(|word| matches!(word.text(), "-c" | "-e" | "-m"))
    {
        let mut at = command.pipe_from;
        for _ in 0..16 {
            let Some(from) = at else { break };
            if fetches(&program(from)) {
                let place = text.locate(
                    script
                        .commands
                        .get(from)
                        .map_or(command.span, |head| head.span)
                        .range()
                        .start..command.span.end as usize,
                );
                let what = format!("`{}` runs what `{}` downloads", name, program(from));
                walker.out.downloads.extend(place.map(|location| Download {
                    location,
                    what,
                    fetched: Fetched::Code,
                }));
                break;
            }
            at = script
                .commands
                .get(from)
                .and_then(|command| command.pipe_from);
        }
    }
    if runs_text(&name) || matches!(name.as_str(), "eval" | "source" | ".") {
        for part in command.words.iter().skip(1).flat_map(|word| &word.parts) {
            if let Part::Substitution { span, commands, .. } = part
                && let Some(at) = commands.clone().find(|at| fetches(&program(*at)))
            {
                let what = format!("`{}` runs what `{}` downloads", name, program(at));
                walker
                    .out
                    .downloads
                    .extend(text.locate(span.range()).map(|location| Download {
                        location,
                        what,
                        fetched: Fetched::Code,
                    }));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_are_read_as_written() {
        assert_eq!(
            host("https://u:p@A.Example:8443/x?y").as_deref(),
            Some("a.example")
        );
        assert_eq!(host("http://[::1]:80/").as_deref(), Some("::1"));
        assert_eq!(host("https://$HOST/x"), None);
        assert_eq!(host("a.example"), None);
        assert!(
            is_loopback("127.0.0.1")
                && is_loopback("localhost")
                && !is_loopback("127.evil.example")
        );
    }
}
