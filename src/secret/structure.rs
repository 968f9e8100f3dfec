//! Structures that are read by hand: assignments, URLs, commands, `.netrc` entries.
//!
//! Every reader stays within a fixed distance of its keyword, so that no text makes it slow.

use std::ops::Range;

use super::assignment::{self, Form};
use super::formats::{self, Format, Structure, Tier};
use super::name::Announces;
use super::value::{self, Literal};
use super::verify::{Evidence, Verdict};

/// How much of a command or an entry is read.
const LONGEST_COMMAND: usize = 400;
/// How much of a URL is read up to its host.
const LONGEST_AUTHORITY: usize = 320;

/// Reads the structure at a keyword.
pub(super) fn read(which: Structure, text: &[u8], hit: Range<usize>) -> Option<Verdict> {
    match which {
        Structure::Assignment => assigned(text, hit),
        Structure::Url => url(text, hit),
        Structure::CommandLine => command_line(text, hit),
        Structure::Netrc => netrc(text, hit),
    }
}

/// The verdict on a literal.
pub(super) fn verdict(range: Range<usize>, literal: Literal, kind: &str) -> Option<Verdict> {
    let (kind, evidence) = match literal {
        Literal::Secret => (kind, Evidence::Name),
        Literal::Weak => ("weak-password", Evidence::Default),
    };
    let format: &'static Format = formats::kind(kind)?;
    Some(Verdict {
        range,
        tier: format.confidence,
        evidence,
        name: None,
        format: Some(format),
    })
}

fn assigned(text: &[u8], hit: Range<usize>) -> Option<Verdict> {
    let found = assignment::read(text, hit)?;
    let written = text.get(found.value.clone())?;
    let literal = value::judge(written, found.announces)?;
    let kind = match (found.announces, found.form) {
        (Announces::Password, Form::Option) => "command-line-password",
        (Announces::Password, Form::Sign) if is_connection_string(text, &found.value) => {
            "connection-string"
        }
        (Announces::Password, Form::Sign) => "generic-password",
        (Announces::Secret, _) => "generic-secret",
    };
    verdict(found.value, literal, kind)
}

/// `Server=…;Password=…;`
fn is_connection_string(text: &[u8], value: &Range<usize>) -> bool {
    let before = text
        .get(value.start.saturating_sub(200)..value.start)
        .unwrap_or_default();
    let line = before
        .rsplit(|byte| *byte == b'\n')
        .next()
        .unwrap_or_default();
    let line = line.to_ascii_lowercase();
    line.contains(&b';')
        && [
            &b"server="[..],
            b"data source=",
            b"host=",
            b"user id=",
            b"uid=",
        ]
        .iter()
        .any(|part| memchr::memmem::find(&line, part).is_some())
}

fn url(text: &[u8], hit: Range<usize>) -> Option<Verdict> {
    let before = text.get(hit.start.saturating_sub(20)..hit.start)?;
    let is_scheme = |byte: &&u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'.' | b'-');
    let scheme = before.iter().rev().take_while(is_scheme).count();
    let area = text.get(hit.end..text.len().min(hit.end + LONGEST_AUTHORITY))?;
    let ends = |byte: &u8| {
        byte.is_ascii_whitespace()
            || matches!(byte, b'/' | b'\'' | b'"' | b'`' | b'<' | b'>' | b'\\')
    };
    let end = area.iter().position(ends).unwrap_or(area.len());
    let authority = area.get(..end)?;
    let at = memchr::memchr(b'@', authority)?;
    let (login, host) = authority.split_at(at);
    let colon = memchr::memchr(b':', login)?;
    let (user, password) = (login.get(..colon)?, login.get(colon + 1..)?);
    let host = host.get(1..)?;
    let host = host
        .split(|byte| matches!(byte, b':' | b'?' | b',' | b')'))
        .next()?;
    let begins = host.first()?;
    if scheme == 0 || user.len() > 64 || !(begins.is_ascii_alphanumeric() || *begins == b'[') {
        return None;
    }
    if password.eq_ignore_ascii_case(user) || password == b"x-oauth-basic" || is_documentation(host)
    {
        return None;
    }
    let literal = match value::judge_password(password)? {
        Literal::Secret if is_local(host) => Literal::Weak,
        literal => literal,
    };
    let start = hit.end + colon + 1;
    let mut verdict = verdict(start..hit.end + at, literal, "url-credentials")?;
    if literal == Literal::Secret && password.len() < 12 {
        verdict.tier = Tier::Medium;
    }
    Some(verdict)
}

fn is_documentation(host: &[u8]) -> bool {
    let host = host.to_ascii_lowercase();
    host.starts_with(b"example.")
        || [
            &b".example"[..],
            b"example.com",
            b"example.org",
            b"example.net",
            b".test",
            b".invalid",
        ]
        .iter()
        .any(|end| host.ends_with(end))
        || [
            &b"host"[..],
            b"hostname",
            b"your-host",
            b"ip",
            b"domain.com",
        ]
        .contains(&host.as_slice())
}

fn is_local(host: &[u8]) -> bool {
    host == b"localhost"
        || host.starts_with(b"127.")
        || host == b"0.0.0.0"
        || host.starts_with(b"[")
        || !host.contains(&b'.')
}

/// What holds the password of a command.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Holder {
    /// `-pVALUE`
    Joined,
    /// `-p VALUE` or `-pVALUE`
    Word,
    /// `-u USER:VALUE`
    Login,
}

fn command_line(text: &[u8], hit: Range<usize>) -> Option<Verdict> {
    if hit.start > 0
        && text
            .get(hit.start - 1)
            .is_some_and(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'))
    {
        return None;
    }
    let area = text.get(hit.start..text.len().min(hit.start + LONGEST_COMMAND))?;
    let keyword = text.get(hit.clone())?.trim_ascii().to_ascii_lowercase();
    let (flags, holder): (&[&[u8]], Holder) = match keyword.as_slice() {
        b"mysql" | b"mariadb" => (&[b"-p"], Holder::Joined),
        b"curl" => (&[b"-u", b"--user", b"--proxy-user"], Holder::Login),
        b"wget" => return None,
        b"sshpass" => (&[b"-p"], Holder::Word),
        b"redis-cli" => (&[b"-a"], Holder::Word),
        _ => {
            words(area)
                .take(8)
                .find(|word| area.get(word.clone()) == Some(b"login"))?;
            (&[b"-p"], Holder::Word)
        }
    };
    let mut rest = words(area).skip(1);
    while let Some(word) = rest.next() {
        let here = area.get(word.clone())?;
        let Some(flag) = flags.iter().find(|flag| here.starts_with(flag)) else {
            continue;
        };
        let is_short = flag.len() == 2;
        let range = if here.len() > flag.len() {
            let sign = usize::from(here.get(flag.len()) == Some(&b'='));
            // `--username`, `-prod`: another option.
            if !is_short && sign == 0 {
                continue;
            }
            word.start + flag.len() + sign..word.end
        } else if holder == Holder::Joined {
            continue;
        } else {
            rest.next()?
        };
        let range = unquoted(area, range);
        let value = area.get(range.clone())?;
        let skipped = if holder == Holder::Login {
            memchr::memchr(b':', value)? + 1
        } else {
            0
        };
        let value = value.get(skipped..)?;
        let literal = value::judge_password(value)?;
        return verdict(
            hit.start + range.start + skipped..hit.start + range.end,
            literal,
            "command-line-password",
        );
    }
    None
}

/// The words of one command, one after the other, as far as it goes. Quotes stay on.
fn words(area: &[u8]) -> impl Iterator<Item = Range<usize>> {
    let mut at = 0;
    std::iter::from_fn(move || {
        loop {
            match area.get(at..)? {
                [b'\\', b'\n', ..] => at += 2,
                [b'\\', b'\r', b'\n', ..] => at += 3,
                [] | [b'\n' | b';' | b'|' | b')', ..] | [b'&', b'&', ..] | [b'\\', b'n', ..] => {
                    return None;
                }
                [b' ' | b'\t' | b'\r', ..] => at += 1,
                rest => {
                    let start = at;
                    at += word(rest).max(1);
                    return Some(start..at);
                }
            }
        }
    })
}

fn word(rest: &[u8]) -> usize {
    let mut quote = None;
    for (at, byte) in rest.iter().enumerate() {
        match (quote, byte) {
            (None, b'"' | b'\'') => quote = Some(*byte),
            (Some(open), byte) if open == *byte => quote = None,
            (None, b' ' | b'\t' | b'\r' | b'\n' | b';' | b'|' | b')') => return at,
            (Some(_), b'\n') => return at,
            _ => {}
        }
    }
    rest.len()
}

fn unquoted(area: &[u8], range: Range<usize>) -> Range<usize> {
    let is_quote = |byte: &&u8| matches!(byte, b'"' | b'\'' | b'\\' | b'`');
    let word = area.get(range.clone()).unwrap_or_default();
    let before = word.iter().take_while(is_quote).count();
    let after = word.iter().skip(before).rev().take_while(is_quote).count();
    range.start + before..range.end - after
}

fn netrc(text: &[u8], hit: Range<usize>) -> Option<Verdict> {
    let area = text.get(hit.start..text.len().min(hit.start + LONGEST_COMMAND))?;
    let mut words = Vec::new();
    let mut at = 0;
    for word in area.split(u8::is_ascii_whitespace) {
        if !word.is_empty() {
            words.push(at..at + word.len());
        }
        at += word.len() + 1;
    }
    let mut pairs = words.iter();
    while let Some(word) = pairs.next() {
        let key = area.get(word.clone())?;
        let is_key = [&b"machine"[..], b"login", b"password", b"account"].contains(&key);
        let value = pairs.next().filter(|_| is_key)?;
        if key == b"password" {
            let range = unquoted(area, value.clone());
            let written = area.get(range.clone())?;
            // `\n` of an `echo` behind it.
            let end = memchr::memchr(b'\\', written).unwrap_or(written.len());
            let literal = value::judge_password(written.get(..end)?)?;
            return verdict(
                hit.start + range.start..hit.start + range.start + end,
                literal,
                "netrc-password",
            );
        }
    }
    None
}
