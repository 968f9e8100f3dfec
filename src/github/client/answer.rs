//! What an answer of GitHub means: what to wait for, what to try again, what to give up.
//!
//! The table is section 6.5 of `facts/github-delivery.md`.

use std::time::Duration;

use http::HeaderMap;
use http::header::{DATE, RETRY_AFTER};
use serde_json::Value;

use super::error::Error;
use super::{Area, Nature};

/// Text of GitHub's that goes into an error.
const MAX_TEXT: usize = 300;

/// Messages of one answer that are kept.
const MAX_MESSAGES: usize = 20;

/// An answer, whole.
pub(super) struct Reply {
    pub(super) status: u16,
    pub(super) headers: HeaderMap,
    pub(super) body: Vec<u8>,
}

/// What an answer that is no success comes to.
pub(super) enum Judgement {
    /// A rate limit. It names how long to wait, or does not.
    Wait(Option<Duration>),
    /// GitHub's own failure.
    Broken(String),
    /// It stands.
    Final(Error),
    /// It stands, and for all further writes of the area.
    NoMoreWrites(Area, Error),
}

impl Reply {
    pub(super) fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// How long a rate limit asks to wait, where the headers say it. `now` is our own clock.
    pub(super) fn told_wait(&self, now: i64) -> Option<Duration> {
        if let Some(seconds) = self.header(RETRY_AFTER.as_str()) {
            return seconds.trim().parse().ok().map(Duration::from_secs);
        }
        if self.header("x-ratelimit-remaining")?.trim() != "0" {
            return None;
        }
        let reset: i64 = self.header("x-ratelimit-reset")?.trim().parse().ok()?;
        // The server's clock, not ours: they may differ by minutes.
        let now = self.date().unwrap_or(now);
        let seconds = reset.saturating_sub(now).max(0);
        // The moment itself belongs to the old window.
        Some(Duration::from_secs(u64::try_from(seconds).unwrap_or(0) + 1))
    }

    fn date(&self) -> Option<i64> {
        let text = self.header(DATE.as_str())?;
        let date = jiff::fmt::rfc2822::DateTimeParser::new().parse_timestamp(text);
        date.ok().map(jiff::Timestamp::as_second)
    }

    /// What this answer comes to; it is no success.
    pub(super) fn judge(&self, asked: &Asked<'_>) -> Judgement {
        let messages = self.messages(asked.clean);
        let message = messages.first().cloned().unwrap_or_default();
        let has = |needle: &str| {
            messages
                .iter()
                .any(|message| message.to_ascii_lowercase().contains(needle))
        };
        if self.is_rate_limit(has) {
            return Judgement::Wait(self.told_wait(asked.now));
        }
        let status = self.status;
        let is_write = matches!(asked.nature, Nature::Write(_));
        let error = match status {
            401 => Error::Unauthorized { message },
            403 | 423 if has("locked") => Error::Locked { message },
            422 if has("is locked") || has("lock prevents") => Error::Locked { message },
            403 if is_write && has("resource not accessible") => {
                return self.read_only(asked, message);
            }
            403 => Error::Forbidden { message },
            404 if is_write => return self.read_only(asked, message),
            404 => Error::NotFound {
                path: asked.path.to_owned(),
            },
            410 | 451 => Error::Gone { status, message },
            413 => Error::TooLarge { message },
            422 => Error::Unprocessable { messages },
            408 | 500..=599 => return Judgement::Broken(format!("it answered {status}")),
            _ => Error::Answer { status, message },
        };
        Judgement::Final(error)
    }

    /// A 404 to a change may only mean that this one thing was deleted meanwhile; to a creation it means no right.
    fn read_only(&self, asked: &Asked<'_>, message: String) -> Judgement {
        let error = Error::ReadOnly {
            status: self.status,
            message,
        };
        match asked.nature {
            Nature::Write(area) if self.status == 403 || asked.method == http::Method::POST => {
                Judgement::NoMoreWrites(area, error)
            }
            _ => Judgement::Final(error),
        }
    }

    fn is_rate_limit(&self, has: impl Fn(&str) -> bool) -> bool {
        match self.status {
            429 => true,
            403 => {
                self.headers.contains_key(RETRY_AFTER)
                    || self.header("x-ratelimit-remaining").map(str::trim) == Some("0")
                    || has("secondary rate")
                    || has("rate limit exceeded")
                    || has("abuse detection")
            }
            _ => false,
        }
    }

    /// What GitHub says: the message, then each entry of `errors`, which are texts or objects.
    fn messages(&self, clean: &dyn Fn(&str) -> String) -> Vec<String> {
        let Ok(body) = serde_json::from_slice::<Value>(&self.body) else {
            return vec![format!("no JSON, {} bytes", self.body.len())];
        };
        let mut messages = vec![clean(
            body.get("message").and_then(Value::as_str).unwrap_or(""),
        )];
        let errors = match body.get("errors") {
            Some(Value::Array(errors)) => errors.as_slice(),
            Some(error @ Value::String(_)) => std::slice::from_ref(error),
            _ => &[],
        };
        for error in errors.iter().take(MAX_MESSAGES) {
            let text = match error {
                Value::String(text) => text.clone(),
                Value::Object(fields) => {
                    let field = |name: &str| fields.get(name).and_then(Value::as_str);
                    match field("message") {
                        Some(message) => message.to_owned(),
                        None => ["resource", "field", "code"]
                            .map(|name| field(name).unwrap_or(""))
                            .join(" "),
                    }
                }
                _ => continue,
            };
            messages.push(clean(&text));
        }
        messages
    }
}

/// The request that an answer is for.
pub(super) struct Asked<'a> {
    pub(super) method: &'a http::Method,
    pub(super) path: &'a str,
    pub(super) nature: Nature,
    /// Seconds since 1970 by our own clock.
    pub(super) now: i64,
    /// Takes the token out of a text from outside, and what is not printable.
    pub(super) clean: &'a dyn Fn(&str) -> String,
}

/// One line of printable text, not too long.
pub(super) fn printable(text: &str) -> String {
    let shown = |character: char| {
        // Direction marks and line separators could rearrange what a person reads.
        let hides = character.is_control()
            || matches!(character, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}');
        if hides { ' ' } else { character }
    };
    let mut text: String = text.chars().map(shown).take(MAX_TEXT + 1).collect();
    if text.chars().count() > MAX_TEXT {
        text.pop();
        text.push('…');
    }
    text.trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reply(status: u16, headers: &[(&'static str, &str)], body: &str) -> Reply {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.insert(*name, value.parse().unwrap());
        }
        Reply {
            status,
            headers: map,
            body: body.as_bytes().to_vec(),
        }
    }

    fn judge(reply: &Reply, nature: Nature) -> Judgement {
        reply.judge(&Asked {
            method: &http::Method::POST,
            path: "/x",
            nature,
            now: 1000,
            clean: &printable,
        })
    }

    fn last(reply: &Reply, nature: Nature) -> Error {
        match judge(reply, nature) {
            Judgement::Final(error) | Judgement::NoMoreWrites(_, error) => error,
            _ => panic!("not final"),
        }
    }

    const WRITE: Nature = Nature::Write(Area::Conversation);

    #[test]
    fn every_status_says_what_is_to_be_done() {
        let body = r#"{"message": "Resource not accessible by integration"}"#;
        assert!(matches!(
            judge(&reply(403, &[], body), WRITE),
            Judgement::NoMoreWrites(Area::Conversation, Error::ReadOnly { status: 403, .. })
        ));
        assert!(matches!(
            last(&reply(403, &[], body), Nature::Read),
            Error::Forbidden { .. }
        ));
        assert!(matches!(
            last(&reply(404, &[], "{}"), WRITE),
            Error::ReadOnly { status: 404, .. }
        ));
        assert!(matches!(
            last(&reply(404, &[], "{}"), Nature::Read),
            Error::NotFound { .. }
        ));
        assert!(matches!(
            last(&reply(401, &[], "{}"), WRITE),
            Error::Unauthorized { .. }
        ));
        assert!(matches!(
            last(&reply(410, &[], "{}"), WRITE),
            Error::Gone { status: 410, .. }
        ));
        assert!(matches!(
            last(&reply(451, &[], "{}"), WRITE),
            Error::Gone { status: 451, .. }
        ));
        assert!(matches!(
            last(&reply(413, &[], ""), WRITE),
            Error::TooLarge { .. }
        ));
        assert!(matches!(
            last(&reply(409, &[], ""), WRITE),
            Error::Answer { status: 409, .. }
        ));
        assert!(matches!(
            judge(&reply(502, &[], "<html>"), WRITE),
            Judgement::Broken(_)
        ));
        let locked = r#"{"message": "Unable to create comment because issue is locked."}"#;
        assert!(matches!(
            last(&reply(403, &[], locked), WRITE),
            Error::Locked { .. }
        ));
    }

    #[test]
    fn errors_of_a_422_are_texts_or_objects() {
        let body = r#"{"message": "Unprocessable Entity", "errors": ["Path is invalid",
            {"message": "line must be part of the diff"}, {"resource": "R", "field": "f", "code": "missing"}, 7]}"#;
        assert_eq!(
            last(&reply(422, &[], body), WRITE),
            Error::Unprocessable {
                messages: vec![
                    "Unprocessable Entity".into(),
                    "Path is invalid".into(),
                    "line must be part of the diff".into(),
                    "R f missing".into()
                ]
            }
        );
    }

    #[test]
    fn the_wait_of_a_rate_limit_is_the_one_that_was_told() {
        let wait = |headers: &[(&'static str, &str)]| match judge(
            &reply(
                403,
                headers,
                r#"{"message": "You have exceeded a secondary rate limit"}"#,
            ),
            WRITE,
        ) {
            Judgement::Wait(wait) => wait.map(|wait| wait.as_secs()),
            _ => panic!("no rate limit"),
        };
        assert_eq!(wait(&[]), None);
        assert_eq!(wait(&[("retry-after", "2")]), Some(2));
        let reset =
            |at: &'static str| wait(&[("x-ratelimit-remaining", "0"), ("x-ratelimit-reset", at)]);
        assert_eq!(reset("1030"), Some(31));
        assert_eq!(reset("10"), Some(1));
        let dated = [
            ("x-ratelimit-remaining", "0"),
            ("x-ratelimit-reset", "784111787"),
            ("date", "Sun, 06 Nov 1994 08:49:37 GMT"),
        ];
        assert_eq!(wait(&dated), Some(11));
    }

    #[test]
    fn text_of_others_is_one_short_printable_line() {
        assert_eq!(printable("a\r\n::error::b\u{202e}c"), "a  ::error::b c");
        assert_eq!(printable(&"x".repeat(400)).chars().count(), MAX_TEXT + 1);
    }
}
