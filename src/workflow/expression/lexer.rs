//! Expression text to tokens.

use super::{ExpressionError, ExpressionFault};
use crate::source::Span;

/// A token and its place.
#[derive(Clone, PartialEq, Debug)]
pub(super) struct Token {
    pub(super) span: Span,
    pub(super) kind: TokenKind,
}

#[derive(Clone, PartialEq, Debug)]
pub(super) enum TokenKind {
    LeftParenthesis,
    RightParenthesis,
    LeftBracket,
    RightBracket,
    Comma,
    Dot,
    Not,
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    And,
    Or,
    Star,
    Number(f64),
    String(Box<str>),
    Name,
    True,
    False,
    Null,
}

/// Cuts an expression into tokens.
pub(super) fn tokens(text: &str) -> Result<Vec<Token>, ExpressionError> {
    let mut lexer = Lexer {
        text,
        at: 0,
        tokens: Vec::with_capacity(text.len() / 8 + 4),
    };
    while let Some(byte) = lexer.peek(0) {
        if matches!(byte, b' ' | b'\t' | b'\r' | b'\n') {
            lexer.at += 1;
        } else {
            let token = lexer.token(byte)?;
            lexer.tokens.push(token);
        }
    }
    Ok(lexer.tokens)
}

struct Lexer<'a> {
    text: &'a str,
    at: usize,
    tokens: Vec<Token>,
}

impl<'a> Lexer<'a> {
    fn peek(&self, ahead: usize) -> Option<u8> {
        self.text.as_bytes().get(self.at + ahead).copied()
    }

    fn token(&mut self, first: u8) -> Result<Token, ExpressionError> {
        use TokenKind as Kind;
        let second = self.peek(1);
        let (length, kind) = match (first, second) {
            (b'!', Some(b'=')) => (2, Kind::NotEqual),
            (b'=', Some(b'=')) => (2, Kind::Equal),
            (b'<', Some(b'=')) => (2, Kind::LessOrEqual),
            (b'>', Some(b'=')) => (2, Kind::GreaterOrEqual),
            (b'&', Some(b'&')) => (2, Kind::And),
            (b'|', Some(b'|')) => (2, Kind::Or),
            (b'(', _) => (1, Kind::LeftParenthesis),
            (b')', _) => (1, Kind::RightParenthesis),
            (b'[', _) => (1, Kind::LeftBracket),
            (b']', _) => (1, Kind::RightBracket),
            (b',', _) => (1, Kind::Comma),
            (b'!', _) => (1, Kind::Not),
            (b'<', _) => (1, Kind::Less),
            (b'>', _) => (1, Kind::Greater),
            (b'*', _) => (1, Kind::Star),
            (b'.', _) if self.dereferences() => (1, Kind::Dot),
            (b'\'', _) => return self.string(),
            (b'0'..=b'9' | b'.' | b'+' | b'-', _) => return self.number(),
            _ => return self.name(),
        };
        let start = self.at;
        self.at += length;
        Ok(Token {
            span: Span::of(start..self.at),
            kind,
        })
    }

    /// Whether a `.` here follows something that has properties; else it begins a number.
    fn dereferences(&self) -> bool {
        self.tokens.last().is_some_and(|token| {
            matches!(
                token.kind,
                TokenKind::Name
                    | TokenKind::RightBracket
                    | TokenKind::RightParenthesis
                    | TokenKind::Star
            )
        })
    }

    fn string(&mut self) -> Result<Token, ExpressionError> {
        let start = self.at;
        self.at += 1;
        let mut value = String::new();
        loop {
            let rest = self.text.get(self.at..).unwrap_or_default();
            let Some(length) = memchr::memchr(b'\'', rest.as_bytes()) else {
                return Err(ExpressionError {
                    span: Span::of(start..self.text.len()),
                    fault: ExpressionFault::UnterminatedString,
                });
            };
            value.push_str(rest.get(..length).unwrap_or_default());
            self.at += length + 1;
            if self.peek(0) != Some(b'\'') {
                break;
            }
            value.push('\'');
            self.at += 1;
        }
        Ok(Token {
            span: Span::of(start..self.at),
            kind: TokenKind::String(value.into()),
        })
    }

    fn number(&mut self) -> Result<Token, ExpressionError> {
        let (span, lexeme) = self.word(Dots::Inside);
        let value = number_of(lexeme);
        if value.is_nan() {
            return Err(unexpected(span, lexeme));
        }
        Ok(Token {
            span,
            kind: TokenKind::Number(value),
        })
    }

    fn name(&mut self) -> Result<Token, ExpressionError> {
        let (span, lexeme) = self.word(Dots::End);
        let property = matches!(
            self.tokens.last(),
            Some(Token {
                kind: TokenKind::Dot,
                ..
            })
        );
        let kind = match lexeme {
            _ if property => TokenKind::Name,
            "true" => TokenKind::True,
            "false" => TokenKind::False,
            "null" => TokenKind::Null,
            "NaN" => TokenKind::Number(f64::NAN),
            "Infinity" => TokenKind::Number(f64::INFINITY),
            _ => TokenKind::Name,
        };
        if is_name(lexeme) {
            Ok(Token { span, kind })
        } else {
            Err(unexpected(span, lexeme))
        }
    }

    /// Reads up to the next boundary, the first character in any case.
    fn word(&mut self, dots: Dots) -> (Span, &'a str) {
        let start = self.at;
        let rest = self.text.get(start..).unwrap_or_default();
        let end = rest
            .char_indices()
            .skip(1)
            .find(|&(_, c)| is_boundary(c) && !(c == '.' && matches!(dots, Dots::Inside)))
            .map_or(rest.len(), |(at, _)| at);
        self.at = start + end;
        (
            Span::of(start..self.at),
            rest.get(..end).unwrap_or_default(),
        )
    }
}

/// Whether a `.` belongs to the word that is read.
#[derive(Clone, Copy)]
enum Dots {
    Inside,
    End,
}

/// The error for a symbol that does not belong where it stands.
pub(super) fn unexpected(span: Span, symbol: &str) -> ExpressionError {
    ExpressionError {
        span,
        fault: ExpressionFault::UnexpectedSymbol(symbol.into()),
    }
}

fn is_boundary(c: char) -> bool {
    matches!(
        c,
        '(' | '[' | ')' | ']' | ',' | '.' | '!' | '>' | '<' | '=' | '&' | '|'
    ) || c.is_whitespace()
}

/// An expression that only reads a property of a context (`github.event.number`), cut behind the context. Most
/// expressions are one, and need no tree.
pub fn plain_path(text: &str) -> Option<(&str, &str)> {
    /// Longer ones are left to the parser, which stops at a depth.
    const MAX_NAMES: usize = 8;
    let (context, rest) = text.trim_matches([' ', '\t', '\r', '\n']).split_once('.')?;
    let mut names = rest.split('.');
    let are_names = names.by_ref().take(MAX_NAMES).all(is_name) && names.next().is_none();
    (is_name(context) && are_names).then_some((context, rest))
}

/// Whether a text is a name: letters, digits, `_` and `-`, the first a letter or `_`.
fn is_name(text: &str) -> bool {
    let mut bytes = text.bytes();
    bytes
        .next()
        .is_some_and(|b| b.is_ascii_alphabetic() || b == b'_')
        && bytes.all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-'))
}

/// The number that a text stands for, as GitHub coerces it: empty is 0, hexadecimal, octal and exponents are
/// read, anything else is not a number.
pub fn number_of(text: &str) -> f64 {
    let text = text.trim();
    let radix = |digits: &str, radix: u32| {
        if digits.is_empty() {
            return f64::NAN;
        }
        digits
            .chars()
            .try_fold(0.0, |sum, c| {
                c.to_digit(radix)
                    .map(|digit| sum * f64::from(radix) + f64::from(digit))
            })
            .unwrap_or(f64::NAN)
    };
    match text.as_bytes() {
        [] => 0.0,
        [b'0', b'x' | b'X', ..] => radix(text.get(2..).unwrap_or_default(), 16),
        [b'0', b'o' | b'O', ..] => radix(text.get(2..).unwrap_or_default(), 8),
        [b'0', b'b' | b'B', ..] => radix(text.get(2..).unwrap_or_default(), 2),
        _ => match text.strip_prefix(['+', '-']).unwrap_or(text) {
            "Infinity" if text.starts_with('-') => f64::NEG_INFINITY,
            "Infinity" => f64::INFINITY,
            // Rust also reads words such as `inf` and `nan`.
            digits
                if digits
                    .bytes()
                    .all(|b| matches!(b, b'0'..=b'9' | b'.' | b'e' | b'E' | b'+' | b'-')) =>
            {
                text.parse().unwrap_or(f64::NAN)
            }
            _ => f64::NAN,
        },
    }
}
