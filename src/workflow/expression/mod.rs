//! GitHub expressions: `${{ … }}` in a text, and bare conditions.
//!
//! Cuts a text into literal pieces and expressions, parses an expression into a tree with spans, lists what
//! it reads ([`Expression::accesses`]) and folds what can be known of its result ([`Expression::evaluate`]).
//! It never decides whether a value is dangerous, and never knows what a context holds: the caller answers that.
//!
//! Syntax, limits and coercions are those of GitHub's own `@actions/expressions`, including `case()`. A tree is
//! an arena in post-order (operands before operators), so that no walk recurses, however long a chain of `==` is.

mod access;
mod evaluate;
mod function;
mod json;
mod lexer;
mod parser;
mod piece;
mod value;

pub use access::{Access, Flow, Segment};
pub use evaluate::{Completeness, Lookup, Outcomes};
pub use function::FUNCTIONS;
pub use lexer::{number_of, plain_path};
pub use parser::parse;
pub use piece::{Piece, holds_expression, pieces};
pub use value::Value;

use crate::source::Span;

/// GitHub refuses longer expressions.
pub const MAX_LENGTH: usize = 21_000;

/// GitHub refuses deeper nesting: parentheses, arguments, `!`, `.x` and `[x]` count.
pub const MAX_DEPTH: usize = 50;

/// A parsed expression. Spans are offsets in the text that was parsed.
#[derive(Debug)]
pub struct Expression {
    /// Post-order: every operand stands before its operator, the root is last.
    nodes: Vec<Node>,
}

/// Why a text is not an expression.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ExpressionError {
    /// Where, in the text that was parsed.
    pub span: Span,
    /// What.
    pub fault: ExpressionFault,
}

/// The kinds of mistakes in an expression.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum ExpressionFault {
    /// Nothing but white space.
    Empty,
    /// A symbol that does not belong here, as written.
    UnexpectedSymbol(Box<str>),
    /// The text ends in the middle.
    UnexpectedEnd,
    /// A `'` that is never closed.
    UnterminatedString,
    /// Deeper than [`MAX_DEPTH`].
    TooDeep,
    /// Longer than [`MAX_LENGTH`].
    TooLong,
    /// A name that is not available in this place, as written.
    UnknownContext(Box<str>),
    /// A function that does not exist in this place, as written.
    UnknownFunction(Box<str>),
    /// A known function with a number of arguments that it does not take.
    ArgumentCount(Box<str>),
}

#[derive(Debug)]
struct Node {
    span: Span,
    kind: NodeKind,
}

/// Index of a node in its expression.
type NodeIndex = usize;

#[derive(Debug)]
enum NodeKind {
    Null,
    Bool(bool),
    Number(f64),
    /// The span covers the quotes; the text is unescaped.
    String(Box<str>),
    /// Folded to lower case.
    Context(Box<str>),
    /// `.name` or `['name']`, folded to lower case.
    Property(NodeIndex, Box<str>),
    /// `[index]` where the index is not a literal text.
    Index(NodeIndex, NodeIndex),
    /// `.*` or `[*]`
    Star(NodeIndex),
    Call(Call),
    Not(NodeIndex),
    Compare(Comparison, NodeIndex, NodeIndex),
    And(Vec<NodeIndex>),
    Or(Vec<NodeIndex>),
}

#[derive(Debug)]
struct Call {
    /// Folded to lower case.
    name: Box<str>,
    name_span: Span,
    arguments: Vec<NodeIndex>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Comparison {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

impl Expression {
    /// The value, where the whole expression is a literal text (`${{ 'x' }}`).
    pub fn literal_text(&self) -> Option<&str> {
        match self.nodes.as_slice() {
            [
                Node {
                    kind: NodeKind::String(text),
                    ..
                },
            ] => Some(text),
            _ => None,
        }
    }

    /// Names that this place does not offer, and calls that no function answers: GitHub refuses the file.
    ///
    /// `offers` is what the place has beyond [`FUNCTIONS`], which are
    /// there everywhere.
    pub fn unavailable(&self, offers: &dyn Offers) -> Vec<ExpressionError> {
        let mut errors = Vec::new();
        for node in &self.nodes {
            match &node.kind {
                NodeKind::Context(name) if !offers.context(name) => errors.push(ExpressionError {
                    span: node.span,
                    fault: ExpressionFault::UnknownContext(name.clone()),
                }),
                NodeKind::Call(call) => {
                    let fault =
                        match function::arity(&call.name).or_else(|| offers.function(&call.name)) {
                            None => ExpressionFault::UnknownFunction(call.name.clone()),
                            Some((least, most)) => {
                                let count = call.arguments.len();
                                let even_case = &*call.name == "case" && count % 2 == 0;
                                if (least..=most).contains(&count) && !even_case {
                                    continue;
                                }
                                ExpressionFault::ArgumentCount(call.name.clone())
                            }
                        };
                    errors.push(ExpressionError {
                        span: call.name_span,
                        fault,
                    });
                }
                _ => {}
            }
        }
        errors
    }
}

/// What a place in a file offers to the expressions in it.
pub trait Offers {
    /// Whether a context (lower case) may be read.
    fn context(&self, name: &str) -> bool;
    /// The least and the greatest number of arguments of a function (lower case) that exists here only.
    fn function(&self, name: &str) -> Option<(usize, usize)>;
}

impl std::fmt::Display for ExpressionError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.fault.fmt(f)
    }
}

impl std::fmt::Display for ExpressionFault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Empty => f.write_str("an expression was expected"),
            Self::UnexpectedSymbol(symbol) => {
                write!(f, "unexpected symbol `{symbol}` in the expression")
            }
            Self::UnexpectedEnd => f.write_str("the expression ends too early"),
            Self::UnterminatedString => {
                f.write_str("a text in the expression has no closing quote")
            }
            Self::TooDeep => write!(f, "the expression is nested deeper than {MAX_DEPTH} levels"),
            Self::TooLong => write!(f, "the expression is longer than {MAX_LENGTH} characters"),
            Self::UnknownContext(name) => write!(f, "`{name}` is not available in this place"),
            Self::UnknownFunction(name) => write!(f, "there is no function `{name}` in this place"),
            Self::ArgumentCount(name) => {
                write!(f, "`{name}` does not take this number of arguments")
            }
        }
    }
}

impl std::error::Error for ExpressionError {}

#[cfg(test)]
mod tests;
