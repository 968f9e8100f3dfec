//! Where the exit code of a command gets lost before the shell ends (H9).

use crate::shell::{Nesting, Script};

/// How the exit code of a command is hidden; nothing where it reaches the end of the text. Only plain lists are
/// judged: what stands in a block, a function or a substitution is left alone.
pub(super) fn how(script: &Script, index: usize, text: &str) -> Option<&'static str> {
    let command = script.commands.get(index)?;
    if command.nesting != Nesting::TopLevel || command.function.is_some() {
        return None;
    }
    if script
        .commands
        .iter()
        .any(|other| other.pipe_from == Some(index))
        && !text.contains("pipefail")
    {
        return Some("the last command of its pipeline decides the exit code");
    }
    let end = command.span.end as usize;
    let mut rest = text.get(end..)?.trim_start_matches([' ', '\t', '"', '\'']);
    for _ in 0..4 {
        for redirection in [
            "2>&1",
            "1>&2",
            ">&2",
            "2>/dev/null",
            "2> /dev/null",
            ">/dev/null",
        ] {
            rest = rest
                .strip_prefix(redirection)
                .unwrap_or(rest)
                .trim_start_matches([' ', '\t']);
        }
    }
    if let Some(after) = rest.strip_prefix("||") {
        let after = after.trim_start();
        let harmless = ["true", ":", "exit 0", "echo", "printf", "/bin/true"];
        let is_harmless = harmless.iter().any(|word| {
            after.strip_prefix(word).is_some_and(|next| {
                next.is_empty() || next.starts_with([' ', ';', '\n', ')', '"', '&'])
            })
        });
        let later =
            after.contains("exit 2") || after.contains("exit $") || after.contains("return 2");
        return (is_harmless && !later).then_some("`||` turns its exit code into 0");
    }
    if rest.starts_with('&') && !rest.starts_with("&&") && !rest.starts_with("&>") {
        return Some("`&` runs it in the background, where its exit code is lost");
    }
    if let Some(after) = rest.strip_prefix(';').or_else(|| rest.strip_prefix('\n')) {
        let after = after.trim();
        let gives_zero =
            ["exit 0", "true", ":"].contains(&after.trim_end_matches([';', '\n']).trim());
        return gives_zero.then_some("what follows it ends with exit code 0");
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shell::{self, Dialect};

    fn of(text: &str) -> bool {
        let script = shell::parse(text, Dialect::Bash);
        how(&script, 0, text).is_some()
    }

    #[test]
    fn lost_exit_codes_are_seen() {
        for (text, expected) in [
            ("python3 guard.py", false),
            ("python3 guard.py || true", true),
            ("python3 guard.py 2>/dev/null || true", true),
            ("python3 guard.py || exit 2", false),
            ("python3 guard.py || { echo no; exit 2; }", false),
            ("python3 guard.py; exit 0", true),
            ("python3 guard.py; exit $?", false),
            ("python3 guard.py | tee log", true),
            ("set -o pipefail; python3 guard.py | tee log", false),
            ("python3 guard.py &", true),
            ("python3 guard.py && echo fine", false),
            ("python3 guard.py 2>&1", false),
        ] {
            assert_eq!(of(text), expected, "{text}");
        }
    }
}
