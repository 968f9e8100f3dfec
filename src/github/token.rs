//! The secret that opens the door.
//!
//! A token is never printed: not by `Debug`, not by `Display`, not within an error. Only the client takes its text,
//! once, to build the header. See `facts/github-delivery.md`, fact 10, for the forms.

use std::fmt;
use std::sync::Arc;

/// What stands in the place of a token.
const HIDDEN: &str = "***";

/// A token of the GitHub API.
#[derive(Clone, PartialEq, Eq)]
pub struct Token(Arc<str>);

/// A text that cannot be sent as a token. It does not repeat the text.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("the GitHub token has a space, a line break or another character that no token has")]
pub struct NotAToken;

impl Token {
    /// A token from its text. White space around it is not part of it; an empty text is no token.
    pub fn new(text: &str) -> Result<Option<Self>, NotAToken> {
        let text = text.trim();
        if text.is_empty() {
            return Ok(None);
        }
        if !text.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(NotAToken);
        }
        Ok(Some(Self(text.into())))
    }

    /// A text from outside with every occurrence of the token taken out.
    pub fn redact(&self, text: &str) -> String {
        text.replace(&*self.0, HIDDEN)
    }

    /// The secret itself, for the header of a request and nothing else.
    pub(super) fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(***)")
    }
}

impl fmt::Display for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(HIDDEN)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_never_shown() {
        let token = Token::new("ghs_1234_abc.def-ghi\n").unwrap().unwrap();
        assert_eq!(format!("{token} {token:?}"), "*** Token(***)");
        assert_eq!(
            token.redact("Bearer ghs_1234_abc.def-ghi, again ghs_1234_abc.def-ghi"),
            "Bearer ***, again ***"
        );
    }

    #[test]
    fn an_empty_text_is_no_token_and_a_broken_one_is_an_error_that_does_not_repeat_it() {
        assert_eq!(Token::new(" \n"), Ok(None));
        let error = Token::new("ghs_secret\r\nX-Header: 1").unwrap_err();
        assert!(!format!("{error} {error:?}").contains("ghs_secret"));
    }
}
