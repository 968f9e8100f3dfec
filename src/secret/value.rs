//! Values behind a name: which of them are literal secrets, and which are references, words, paths or code
//! (section 5 of `facts/token-formats.md`). Never used on the token of a provider.

use super::name::Announces;
use super::placeholder::{entropy, is_placeholder};

/// What a literal value is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Literal {
    /// Drawn at random, or chosen as a password.
    Secret,
    /// A password of common words and digits: a default, or one for tests.
    Weak,
}

/// A shorter secret is none, a longer one is data.
const SECRET_LENGTH: std::ops::RangeInclusive<usize> = 16..=200;
const PASSWORD_LENGTH: std::ops::RangeInclusive<usize> = 8..=150;

/// What begins a value that stands for another one.
const REFERENCES: [&[u8]; 28] = [
    b"$",
    b"%",
    b"{{",
    b"#{",
    b"@",
    b"<",
    b"[",
    b"(",
    b"*",
    b"op://",
    b"vault:",
    b"arn:",
    b"ssm:",
    b"env:",
    b"env.",
    b"file:",
    b"process.env",
    b"os.",
    b"ENV[",
    b"var.",
    b"data.",
    b"module.",
    b"secrets.",
    b"inputs.",
    b"steps.",
    b"github.",
    b"config.",
    b"self.",
];

/// What a value says of itself when nobody should take it for real.
const PLACEHOLDERS: [&[u8]; 25] = [
    b"your",
    b"my-",
    b"my_",
    b"example",
    b"sample",
    b"dummy",
    b"fake",
    b"changeme",
    b"change-me",
    b"change_me",
    b"change",
    b"replace",
    b"insert",
    b"redacted",
    b"todo",
    b"xxxx",
    b"....",
    b"placeholder",
    b"not-a-",
    b"not_a_",
    b"invalid",
    b"mock",
    b"enter",
    b"-here",
    b"_here",
];

/// Words that people put into passwords and identifiers that are no secrets.
const WORDS: [&str; 197] = [
    "access",
    "account",
    "action",
    "actions",
    "admin",
    "agent",
    "ai",
    "alice",
    "anthropic",
    "api",
    "app",
    "apps",
    "auth",
    "aws",
    "azure",
    "backend",
    "bar",
    "base",
    "basic",
    "baz",
    "bearer",
    "bob",
    "body",
    "bot",
    "branch",
    "build",
    "builder",
    "cache",
    "case",
    "ci",
    "claude",
    "cli",
    "client",
    "cloud",
    "code",
    "common",
    "config",
    "connection",
    "container",
    "correct",
    "credential",
    "credentials",
    "data",
    "database",
    "db",
    "default",
    "demo",
    "deploy",
    "dev",
    "development",
    "docker",
    "dummy",
    "e",
    "end",
    "env",
    "environment",
    "event",
    "example",
    "external",
    "fake",
    "file",
    "foo",
    "for",
    "from",
    "full",
    "function",
    "gcp",
    "github",
    "gitlab",
    "global",
    "guest",
    "hash",
    "header",
    "hello",
    "helper",
    "host",
    "http",
    "https",
    "hub",
    "id",
    "image",
    "input",
    "install",
    "integration",
    "internal",
    "is",
    "issue",
    "issues",
    "it",
    "job",
    "json",
    "key",
    "keys",
    "kube",
    "letmein",
    "list",
    "live",
    "local",
    "localhost",
    "log",
    "login",
    "main",
    "manager",
    "mariadb",
    "master",
    "me",
    "minio",
    "mock",
    "model",
    "mongo",
    "my",
    "mysql",
    "name",
    "new",
    "no",
    "node",
    "not",
    "npm",
    "oauth",
    "of",
    "old",
    "open",
    "openai",
    "org",
    "package",
    "pass",
    "passw",
    "passwd",
    "password",
    "path",
    "pg",
    "please",
    "postgres",
    "pr",
    "private",
    "prod",
    "production",
    "project",
    "provider",
    "public",
    "publish",
    "pull",
    "pwd",
    "query",
    "rabbit",
    "read",
    "redis",
    "registry",
    "release",
    "repo",
    "request",
    "review",
    "root",
    "run",
    "runner",
    "s",
    "sa",
    "safe",
    "sample",
    "scope",
    "secret",
    "secrets",
    "secure",
    "server",
    "service",
    "session",
    "set",
    "setup",
    "sql",
    "staging",
    "step",
    "store",
    "string",
    "strong",
    "super",
    "system",
    "team",
    "temp",
    "test",
    "testing",
    "the",
    "this",
    "to",
    "token",
    "tokens",
    "tool",
    "type",
    "url",
    "use",
    "user",
    "value",
    "version",
    "very",
    "webhook",
    "word",
    "workflow",
    "write",
];

/// Judges a value behind a name that announces a secret. Nothing if it is no literal secret.
pub(super) fn judge(value: &[u8], announced: Announces) -> Option<Literal> {
    if is_reference(value) || !value.iter().all(|byte| (0x21..0x7f).contains(byte)) {
        return None;
    }
    if announced == Announces::Password && is_default(value) {
        return Some(Literal::Weak);
    }
    let (length, least) = match announced {
        Announces::Secret => (SECRET_LENGTH, if is_hex(value) { 2.8 } else { 3.3 }),
        Announces::Password => (PASSWORD_LENGTH, 2.7),
    };
    if !length.contains(&value.len()) || is_code(value) || is_path(value) || is_uuid(value) {
        return None;
    }
    let has_both =
        value.iter().any(u8::is_ascii_digit) && value.iter().any(u8::is_ascii_alphabetic);
    if !has_both
        || entropy(value) < least
        || is_placeholder(value)
        || says_placeholder(value)
        || is_made_of_words(value)
    {
        return None;
    }
    (announced == Announces::Password || is_drawn(value)).then_some(Literal::Secret)
}

/// Judges a value where a literal of any kind is a credential, as in `container.credentials`.
pub(super) fn judge_any(value: &[u8]) -> Option<Literal> {
    if value.is_empty()
        || is_reference(value)
        || is_placeholder(value) && value.len() > 7
        || says_placeholder(value)
    {
        return None;
    }
    Some(if is_default(value) {
        Literal::Weak
    } else {
        Literal::Secret
    })
}

/// Judges a password in a place where nothing else than a password stands: a URL, a command line.
pub(super) fn judge_password(value: &[u8]) -> Option<Literal> {
    let is_text = value.iter().all(|byte| (0x21..0x7f).contains(byte));
    if value.len() < 3
        || !is_text
        || is_reference(value)
        || value.contains(&b'$')
        || says_placeholder(value)
        || is_code(value)
    {
        return None;
    }
    if is_made_of_words(value) {
        return Some(Literal::Weak);
    }
    let is_strong = value.len() >= 6 && entropy(value) >= 2.2 && !is_placeholder(value);
    is_strong.then_some(Literal::Secret)
}

/// Whether a value stands for another one.
pub(super) fn is_reference(value: &[u8]) -> bool {
    REFERENCES.iter().any(|start| value.starts_with(start))
        || [&b"${"[..], b"$(", b"{{", b"%(", b"***"]
            .iter()
            .any(|mark| memchr::memmem::find(value, mark).is_some())
        || value.contains(&b'`')
        || value.last() == Some(&b'>') && value.contains(&b'<')
}

fn is_default(value: &[u8]) -> bool {
    value.len() <= 24
        && value.len() >= 3
        && value.iter().any(u8::is_ascii_alphabetic)
        && is_made_of_words(value)
}

/// A call, an index, a member of something, a comparison.
fn is_code(value: &[u8]) -> bool {
    if value
        .iter()
        .any(|byte| matches!(byte, b'(' | b'[' | b'{' | b'}' | b']' | b'\\' | b'|'))
        || value.ends_with(b":")
    {
        return true;
    }
    let is_word = |part: &[u8]| {
        part.first().is_some_and(u8::is_ascii_alphabetic)
            && part
                .iter()
                .all(|byte| byte.is_ascii_alphabetic() || *byte == b'_')
    };
    // Of random text with dots no part is a word.
    value
        .split(|byte| *byte == b'.')
        .skip(1)
        .any(|member| member.len() > 2 && is_word(member))
}

fn is_path(value: &[u8]) -> bool {
    let has = |mark: &[u8]| memchr::memmem::find(value, mark).is_some();
    let slashes = value.iter().filter(|byte| **byte == b'/').count();
    value.starts_with(b"/") || value.starts_with(b"./") || value.starts_with(b"~") || has(b"://") || has(b"../")
        // owner/name, name@version, a/b/c: what random base64 does not look like
        || slashes > 0 && value.split(|byte| *byte == b'/').all(|part| part.len() >= 2 && !is_drawn(part))
        || [&b".json"[..], b".pem", b".key", b".yml", b".yaml", b".txt", b".env", b".js", b".ts", b".py", b".sh", b".md"]
            .iter()
            .any(|end| value.ends_with(end))
}

fn is_hex(value: &[u8]) -> bool {
    value.iter().all(u8::is_ascii_hexdigit)
}

pub(super) fn is_uuid(value: &[u8]) -> bool {
    let lengths = value.split(|byte| *byte == b'-').map(<[u8]>::len);
    value.len() == 36
        && lengths.eq([8, 4, 4, 4, 12])
        && value
            .iter()
            .all(|byte| byte.is_ascii_hexdigit() || *byte == b'-')
}

fn says_placeholder(value: &[u8]) -> bool {
    let value = value.to_ascii_lowercase();
    PLACEHOLDERS
        .iter()
        .any(|word| memchr::memmem::find(&value, word).is_some())
}

/// Whether small letters, capitals and digits change often enough for something that was drawn at random.
pub(super) fn is_drawn(value: &[u8]) -> bool {
    let class = |byte: &u8| match byte {
        b'a'..=b'z' => 1,
        b'A'..=b'Z' => 2,
        b'0'..=b'9' => 3,
        _ => 0,
    };
    let changes = value.windows(2).filter(|pair| match pair {
        [a, b] => class(a) != class(b) && class(a) != 0 && class(b) != 0,
        _ => false,
    });
    changes.count() * 5 >= value.len()
}

/// Whether all letters are covered by common words, with anything else between them.
pub(super) fn is_made_of_words(value: &[u8]) -> bool {
    let value = value.to_ascii_lowercase();
    // Passwords of people write `0` for `o` and `@` for `a`.
    let plain: Vec<u8> = value
        .iter()
        .map(|byte| match byte {
            b'@' => b'a',
            b'0' => b'o',
            byte => *byte,
        })
        .collect();
    [value, plain].iter().any(|value| {
        let mut runs = value
            .split(|byte| !byte.is_ascii_alphabetic())
            .filter(|run| !run.is_empty());
        runs.all(is_words)
    })
}

/// Whether a run of letters is words from end to end.
fn is_words(run: &[u8]) -> bool {
    /// A longer run of letters alone is no password.
    const LONGEST: usize = 64;
    if run.len() > LONGEST {
        return false;
    }
    // Whether words end at each place.
    let mut ends = [false; LONGEST + 1];
    if let Some(first) = ends.first_mut() {
        *first = true;
    }
    for at in 0..run.len() {
        if ends.get(at) != Some(&true) {
            continue;
        }
        let rest = run.get(at..).unwrap_or_default();
        for word in WORDS {
            if rest.starts_with(word.as_bytes())
                && let Some(end) = ends.get_mut(at + word.len())
            {
                *end = true;
            }
        }
    }
    ends.get(run.len()) == Some(&true)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_drawn_or_chosen_is_a_secret() {
        for value in [
            "q7Rz2LmXk9TvB4nYw8Ej",
            "4f9c1e7a0b3d8265f1a7",
            "hT5_kz-92LmQpW8xZr4v",
        ] {
            assert_eq!(
                judge(value.as_bytes(), Announces::Secret),
                Some(Literal::Secret),
                "{value}"
            );
        }
        for value in ["Tr0ub4dor&3x", "kN8#vLq2!z", "hunter2-Zebra9"] {
            assert_eq!(
                judge(value.as_bytes(), Announces::Password),
                Some(Literal::Secret),
                "{value}"
            );
        }
    }

    #[test]
    fn references_words_paths_and_code_are_none() {
        for value in [
            "${{ secrets.X }}",
            "$TOKEN_OF_THE_TEAM_1",
            "${TOKEN}",
            "{{ token_of_team1 }}",
            "%TOKEN_OF_THE_TEAM1%",
            "<your-token-12345678>",
            "process.env.TOKEN1",
            "getToken(abc123456789)",
            "/run/secrets/token1234",
            "./keys/token-12345678.pem",
            "op://vault/item/field1",
            "123e4567-e89b-12d3-a456-426614174000",
            "claude-code-review-2",
            "github-actions-token-v2",
            "your-token-goes-here-1",
            "actions/checkout@v4",
        ] {
            assert_eq!(judge(value.as_bytes(), Announces::Secret), None, "{value}");
        }
    }

    #[test]
    fn defaults_are_weak() {
        for value in [
            "postgres",
            "password123",
            "P@ssw0rd",
            "root",
            "test-password-1",
            "admin",
        ] {
            assert_eq!(
                judge(value.as_bytes(), Announces::Password),
                Some(Literal::Weak),
                "{value}"
            );
        }
    }
}
