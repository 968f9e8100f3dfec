//! Where the expressions of a text are.

use crate::source::Span;

/// A part of a text that may hold expressions.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Piece {
    /// Text that stands for itself.
    Literal(Span),
    /// An expression.
    Expression {
        /// With the braces.
        span: Span,
        /// Between the braces.
        inner: Span,
    },
    /// `${{` that is never closed, up to the end of the text: GitHub refuses the file.
    Unterminated(Span),
}

/// Cuts a text into literal pieces and expressions, as GitHub does: an expression ends at the first `}}` outside
/// a single-quoted text. The pieces cover the whole text, in order.
pub fn pieces(text: &str) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut from = 0;
    let finder = memchr::memmem::Finder::new("${{");
    while let Some(open) = text
        .as_bytes()
        .get(from..)
        .and_then(|rest| finder.find(rest))
        .map(|at| from + at)
    {
        if open > from {
            pieces.push(Piece::Literal(Span::of(from..open)));
        }
        let Some(end) = closing(text.as_bytes(), open + 3) else {
            pieces.push(Piece::Unterminated(Span::of(open..text.len())));
            return pieces;
        };
        pieces.push(Piece::Expression {
            span: Span::of(open..end),
            inner: Span::of(open + 3..end - 2),
        });
        from = end;
    }
    if from < text.len() {
        pieces.push(Piece::Literal(Span::of(from..text.len())));
    }
    pieces
}

/// The offset behind the `}}` that closes an expression whose inside starts at `from`.
fn closing(bytes: &[u8], from: usize) -> Option<usize> {
    let mut quoted = false;
    let mut previous = b' ';
    for (offset, &byte) in bytes.get(from..)?.iter().enumerate() {
        match byte {
            // An escaped quote (`''`) closes and opens again.
            b'\'' => quoted = !quoted,
            b'}' if !quoted && previous == b'}' => return Some(from + offset + 1),
            _ => {}
        }
        previous = byte;
    }
    None
}

/// Whether a text holds an expression, closed or not.
pub fn holds_expression(text: &str) -> bool {
    memchr::memmem::find(text.as_bytes(), b"${{").is_some()
}
