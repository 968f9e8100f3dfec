//! Python, as far as hooks need it.

use super::code::{self, Facts};
use super::token::{Kind, Language, Tokens};

/// Reads a program.
pub(super) fn read(text: &str) -> Facts {
    let tokens = Tokens::read(text, Language::Python);
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
        match tokens.get(index) {
            "environ" => variable(&mut facts, &tokens, index),
            "getenv" => {
                if let Some(name) = tokens.string(index + 2) {
                    let range = tokens.list.get(index + 2).map(|token| token.range.clone());
                    facts
                        .variables
                        .push((name.to_owned(), range.unwrap_or(place)));
                }
            }
            "stdin" => {
                let imported = tokens.is(index.wrapping_sub(1), "import");
                let piped = tokens.is(index + 1, "=");
                if !imported && !piped {
                    facts.stdin.push(place);
                }
            }
            "fileinput" if tokens.is(index + 1, ".") => facts.stdin.push(place),
            "input" if tokens.is(index + 1, "(") && !after_dot && !defined(&tokens, index) => {
                facts.stdin.push(place);
            }
            "open" if tokens.are(index + 1, &["(", "0"]) => facts.stdin.push(place),
            "open" if appends(&tokens, index) => {
                facts.log.get_or_insert(place);
            }
            "FileHandler" | "RotatingFileHandler" => {
                facts.log.get_or_insert(place);
            }
            "basicConfig" if after_dot => {
                facts.log.get_or_insert(place);
            }
            "json"
                if tokens.are(index + 1, &[".", "load"])
                    || tokens.are(index + 1, &[".", "loads"]) =>
            {
                facts.parses_json = true;
            }
            "except" => facts.catches = true,
            "exit" | "_exit" | "quit"
                if tokens.is(index + 1, "(")
                    && (!after_dot
                        || tokens.is(index.wrapping_sub(2), "sys")
                        || tokens.is(index.wrapping_sub(2), "os")) =>
            {
                let arguments = tokens.inside(index + 1);
                facts.exit(&tokens, arguments, place, &constants, &returns);
            }
            "SystemExit" if tokens.is(index + 1, "(") => {
                let arguments = tokens.inside(index + 1);
                facts.exit(&tokens, arguments, place, &constants, &returns);
            }
            "post" | "put" | "patch"
                if after_dot
                    && tokens.is(index + 1, "(")
                    && is_client(tokens.get(index.wrapping_sub(2))) =>
            {
                let host = code::host(&tokens, tokens.inside(index + 1));
                let carries = true;
                facts.sends.push((host, place, carries));
            }
            "urlopen" | "Request" if tokens.is(index + 1, "(") => {
                let arguments = tokens.inside(index + 1);
                if arguments.clone().any(|at| tokens.are(at, &["data", "="])) {
                    let host = code::host(&tokens, arguments);
                    facts.sends.push((host, place, true));
                }
            }
            "exec" | "eval" if !after_dot && tokens.is(index + 1, "(") => {
                let fetches = tokens.inside(index + 1).any(|at| {
                    matches!(tokens.get(at), "urlopen" | "urlretrieve")
                        || (is_client(tokens.get(at)) && tokens.are(at + 1, &[".", "get"]))
                });
                if fetches {
                    facts.downloads.push(place);
                }
            }
            "import" => module(&mut facts, &tokens, index),
            _ => {}
        }
    }
    facts
}

fn is_client(name: &str) -> bool {
    matches!(
        name,
        "requests" | "httpx" | "client" | "session" | "aiohttp"
    )
}

/// Whether a function of this name is defined here: then it is not the built-in one.
fn defined(tokens: &Tokens<'_>, index: usize) -> bool {
    tokens.is(index.wrapping_sub(1), "def")
}

fn variable(facts: &mut Facts, tokens: &Tokens<'_>, index: usize) {
    let (at, closing) = if tokens.is(index + 1, "[") {
        (index + 2, index + 3)
    } else if tokens.is(index + 1, ".")
        && matches!(tokens.get(index + 2), "get" | "pop" | "setdefault")
        && tokens.is(index + 3, "(")
    {
        (index + 4, index + 5)
    } else {
        return;
    };
    let Some(name) = tokens.string(at) else {
        return;
    };
    let is_set =
        tokens.is(closing, "]") && tokens.is(closing + 1, "=") && !tokens.is(closing + 2, "=");
    if is_set || tokens.is(index + 2, "setdefault") {
        facts.sets.push(name.to_owned());
    } else if let Some(token) = tokens.list.get(at) {
        facts.variables.push((name.to_owned(), token.range.clone()));
    }
}

/// Whether a call of `open` appends.
fn appends(tokens: &Tokens<'_>, index: usize) -> bool {
    tokens.is(index + 1, "(")
        && tokens
            .inside(index + 1)
            .any(|at| matches!(tokens.string(at), Some("a" | "a+" | "ab" | "at")))
}

/// `import a.b`, `import a, b`, `from a import b`.
fn module(facts: &mut Facts, tokens: &Tokens<'_>, index: usize) {
    let mut start = index;
    // Back over the dotted name to `from`.
    while start > 0 && index - start < 16 && !tokens.is(start, "from") {
        let before = start - 1;
        let part = tokens.is(before, ".") || tokens.kind(before) == Some(Kind::Name);
        if !part {
            break;
        }
        start = before;
    }
    let is_from = tokens.is(start, "from");
    let mut at = if is_from { start + 1 } else { index + 1 };
    let mut name = String::new();
    let from = tokens.list.get(at).map(|token| token.range.clone());
    while name.len() < 128 && (tokens.is(at, ".") || tokens.kind(at) == Some(Kind::Name)) {
        if at == index && is_from {
            break;
        }
        let word = tokens.get(at);
        // Two names in a row belong to two statements.
        if tokens.kind(at) == Some(Kind::Name) && !name.is_empty() && !name.ends_with('.') {
            break;
        }
        name.push_str(word);
        at += 1;
    }
    if let Some(range) = from
        && !name.is_empty()
    {
        facts.modules.push((name, range));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables_input_and_exits_are_read() {
        let facts = read(
            "import sys, os\nfrom lib.guard import check\nBLOCK = 2\n# os.environ['NO']\nx = os.environ.get('A', '')\ny = os.environ[\"B\"]\nos.environ['C'] = '1'\nd = json.load(sys.stdin)\nsys.exit(BLOCK if x == 3 else 0)\nraise SystemExit(1)\n",
        );
        let names: Vec<_> = facts
            .variables
            .iter()
            .map(|(name, _)| name.as_str())
            .collect();
        assert_eq!(names, ["A", "B"]);
        assert_eq!(facts.sets, ["C"]);
        assert_eq!(facts.stdin.len(), 1);
        let codes: Vec<_> = facts.exits.iter().map(|(code, _)| *code).collect();
        assert_eq!(codes, [Some(2), Some(0), Some(1)]);
        let modules: Vec<_> = facts
            .modules
            .iter()
            .map(|(name, _)| name.as_str())
            .collect();
        assert_eq!(modules, ["sys", "lib.guard"]);
    }

    #[test]
    fn an_exit_with_what_main_returns_has_the_codes_of_the_returns() {
        let facts = read("def main():\n  if bad: return 2\n  return 0\nsys.exit(main())");
        let codes: Vec<_> = facts.exits.iter().map(|(code, _)| *code).collect();
        assert_eq!(codes, [Some(0), Some(2)]);
    }

    #[test]
    fn what_is_sent_names_its_host() {
        let facts = read("URL = 'https://collect.example/x'\nrequests.post(URL, json=data)");
        assert_eq!(facts.sends[0].0.as_deref(), Some("collect.example"));
    }
}
