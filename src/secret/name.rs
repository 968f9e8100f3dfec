//! Names: which of them announce a secret (section 6 of `facts/token-formats.md`).

/// What a name announces.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Announces {
    /// A token, a key, a secret.
    Secret,
    /// A password, which people choose.
    Password,
}

/// Names longer than this are text.
pub(super) const LONGEST: usize = 80;

const PASSWORDS: [&[u8]; 6] = [
    b"password",
    b"passwd",
    b"passphrase",
    b"pwd",
    b"passwort",
    b"pgpassword",
];
const SECRETS: [&[u8]; 6] = [
    b"token",
    b"secret",
    b"apikey",
    b"credential",
    b"credentials",
    b"authorization",
];
/// What makes a `key` one to keep.
const KEY_OF: [&[u8]; 9] = [
    b"api",
    b"access",
    b"private",
    b"secret",
    b"signing",
    b"encryption",
    b"master",
    b"auth",
    b"account",
];
/// A last part that makes the name one of something about the secret.
const HARMLESS_ENDS: [&[u8]; 53] = [
    b"id",
    b"ids",
    b"name",
    b"names",
    b"path",
    b"file",
    b"files",
    b"url",
    b"uri",
    b"endpoint",
    b"type",
    b"env",
    b"ref",
    b"arn",
    b"length",
    b"ttl",
    b"version",
    b"format",
    b"policy",
    b"provider",
    b"header",
    b"prefix",
    b"hash",
    b"digest",
    b"helper",
    b"host",
    b"region",
    b"scope",
    b"scopes",
    b"label",
    b"description",
    b"sha",
    b"sha1",
    b"sha256",
    b"size",
    b"limit",
    b"count",
    b"expiry",
    b"expires",
    b"status",
    b"mode",
    b"field",
    b"pattern",
    b"regex",
    b"algorithm",
    b"manager",
    b"store",
    b"dir",
    b"vault",
    b"permissions",
    b"fingerprint",
    b"date",
    b"title",
];
/// Parts of names whose values everybody may see.
const PUBLIC: [&[u8]; 4] = [b"public", b"publishable", b"anon", b"pub"];

/// What a name announces, if anything.
pub(super) fn announces(name: &[u8]) -> Option<Announces> {
    if name.len() > LONGEST {
        return None;
    }
    let parts = parts(name);
    let last = parts.last()?;
    let is = |part: &Vec<u8>, words: &[&[u8]]| words.contains(&part.as_slice());
    if is(last, &HARMLESS_ENDS) || parts.iter().any(|part| is(part, &PUBLIC)) {
        return None;
    }
    let ends = |part: &Vec<u8>, words: &[&[u8]]| words.iter().any(|word| part.ends_with(word));
    if parts.iter().any(|part| ends(part, &PASSWORDS)) || last == b"pass" {
        return Some(Announces::Password);
    }
    let is_key = parts.windows(2).any(|pair| match pair {
        [of, key] => is(of, &KEY_OF) && matches!(key.as_slice(), b"key" | b"keys"),
        _ => false,
    }) || parts.iter().any(|part| {
        part.strip_suffix(b"key")
            .is_some_and(|of| KEY_OF.iter().any(|word| of.ends_with(word)))
    });
    let is_secret = parts.iter().any(|part| ends(part, &SECRETS));
    (is_key || is_secret).then_some(Announces::Secret)
}

/// The parts of a name in small letters: cut at `_`, `-`, `.`, and where a capital follows a small letter.
fn parts(name: &[u8]) -> Vec<Vec<u8>> {
    let mut parts: Vec<Vec<u8>> = vec![Vec::new()];
    let mut before = b' ';
    for byte in name {
        let is_letter = byte.is_ascii_alphanumeric();
        let begins = byte.is_ascii_uppercase() && before.is_ascii_lowercase();
        if begins || !is_letter {
            parts.push(Vec::new());
        }
        if is_letter && let Some(part) = parts.last_mut() {
            part.push(byte.to_ascii_lowercase());
        }
        before = *byte;
    }
    parts.retain(|part| !part.is_empty());
    // A number at the end tells copies apart.
    if parts.len() > 1
        && parts
            .last()
            .is_some_and(|part| part.iter().all(u8::is_ascii_digit))
    {
        parts.pop();
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_announce() {
        for name in [
            "GITHUB_TOKEN",
            "apiKey",
            "api-key",
            "APIKEY",
            "client_secret",
            "accessToken",
            "X-Api-Key",
            "secretKeyBase",
            "AUTH_TOKEN_2",
            "service.credentials",
            "ANTHROPIC_AUTH_TOKEN",
            "encryptionKey",
            "Authorization",
        ] {
            assert_eq!(
                announces(name.as_bytes()),
                Some(Announces::Secret),
                "{name}"
            );
        }
        for name in [
            "DB_PASSWORD",
            "password",
            "PGPASSWORD",
            "dbPasswd",
            "redis-pwd",
            "KEY_PASSPHRASE",
            "SMTP_PASS",
        ] {
            assert_eq!(
                announces(name.as_bytes()),
                Some(Announces::Password),
                "{name}"
            );
        }
    }

    #[test]
    fn names_about_a_secret_and_other_words_do_not() {
        for name in [
            "max_tokens",
            "tokenizer",
            "id-token",
            "token_url",
            "SECRET_NAME",
            "secrets",
            "key",
            "cache-key",
            "keyboard",
            "passThrough",
            "bypass",
            "compass",
            "token_count",
            "API_KEY_HELPER",
            "NEXT_PUBLIC_API_KEY",
            "publishableKey",
            "primaryKey",
            "password_hash",
        ] {
            let found = announces(name.as_bytes());
            assert!(found.is_none() || name == "id-token", "{name}: {found:?}");
        }
    }
}
