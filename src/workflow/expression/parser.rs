//! Tokens to a tree.

use super::lexer::{Token, TokenKind, tokens, unexpected};
use super::{
    Call, Comparison, Expression, ExpressionError, ExpressionFault, MAX_DEPTH, MAX_LENGTH, Node,
    NodeIndex, NodeKind,
};
use crate::source::Span;

/// Parses the text between the braces, or a bare condition.
///
/// # Errors
/// Where GitHub would not accept the syntax. Which names and functions exist in a place is asked with
/// [`Expression::unavailable`].
pub fn parse(text: &str) -> Result<Expression, ExpressionError> {
    let whole = Span::of(0..text.len());
    // GitHub counts UTF-16 code units; a text of fewer bytes is never longer.
    if text.len() > MAX_LENGTH && text.encode_utf16().take(MAX_LENGTH + 1).count() > MAX_LENGTH {
        return Err(ExpressionError {
            span: whole,
            fault: ExpressionFault::TooLong,
        });
    }
    let tokens = tokens(text)?;
    if tokens.is_empty() {
        return Err(ExpressionError {
            span: whole,
            fault: ExpressionFault::Empty,
        });
    }
    let mut parser = Parser {
        text,
        tokens,
        at: 0,
        depth: 0,
        nodes: Vec::with_capacity(4),
    };
    parser.expression()?;
    match parser.peek() {
        None => Ok(Expression {
            nodes: parser.nodes,
        }),
        Some(_) => Err(parser.unexpected()),
    }
}

struct Parser<'a> {
    text: &'a str,
    tokens: Vec<Token>,
    at: usize,
    depth: usize,
    nodes: Vec<Node>,
}

type Parsed = Result<NodeIndex, ExpressionError>;

impl Parser<'_> {
    fn expression(&mut self) -> Parsed {
        self.deeper()?;
        let node = self.or();
        self.depth -= 1;
        node
    }

    fn or(&mut self) -> Parsed {
        self.chain(&TokenKind::Or, Self::and, NodeKind::Or)
    }

    fn and(&mut self) -> Parsed {
        self.chain(&TokenKind::And, Self::equality, NodeKind::And)
    }

    fn chain(
        &mut self,
        operator: &TokenKind,
        operand: fn(&mut Self) -> Parsed,
        kind: fn(Vec<NodeIndex>) -> NodeKind,
    ) -> Parsed {
        let first = operand(self)?;
        if self.peek() != Some(operator) {
            return Ok(first);
        }
        self.deeper()?;
        let mut operands = vec![first];
        while self.take(operator) {
            operands.push(operand(self)?);
        }
        self.depth -= 1;
        let span = self.covering(first, *operands.last().unwrap_or(&first));
        Ok(self.add(span, kind(operands)))
    }

    fn equality(&mut self) -> Parsed {
        self.binary(Self::comparison, |kind| match kind {
            TokenKind::Equal => Some(Comparison::Equal),
            TokenKind::NotEqual => Some(Comparison::NotEqual),
            _ => None,
        })
    }

    fn comparison(&mut self) -> Parsed {
        self.binary(Self::unary, |kind| match kind {
            TokenKind::Less => Some(Comparison::Less),
            TokenKind::LessOrEqual => Some(Comparison::LessOrEqual),
            TokenKind::Greater => Some(Comparison::Greater),
            TokenKind::GreaterOrEqual => Some(Comparison::GreaterOrEqual),
            _ => None,
        })
    }

    fn binary(
        &mut self,
        operand: fn(&mut Self) -> Parsed,
        operator: fn(&TokenKind) -> Option<Comparison>,
    ) -> Parsed {
        let mut left = operand(self)?;
        while let Some(comparison) = self.peek().and_then(operator) {
            self.at += 1;
            let right = operand(self)?;
            let span = self.covering(left, right);
            left = self.add(span, NodeKind::Compare(comparison, left, right));
        }
        Ok(left)
    }

    fn unary(&mut self) -> Parsed {
        let start = self.start();
        if !self.take(&TokenKind::Not) {
            return self.postfix();
        }
        self.deeper()?;
        let operand = self.unary()?;
        self.depth -= 1;
        let span = Span::new(start, self.span(operand).end);
        Ok(self.add(span, NodeKind::Not(operand)))
    }

    fn postfix(&mut self) -> Parsed {
        let start = self.start();
        let indexable = matches!(
            self.peek(),
            Some(TokenKind::Name | TokenKind::LeftParenthesis)
        );
        let mut node = self.primary()?;
        if !indexable {
            return Ok(node);
        }
        let depth = self.depth;
        loop {
            let kind = if self.take(&TokenKind::LeftBracket) {
                let kind = if self.take(&TokenKind::Star) {
                    NodeKind::Star(node)
                } else {
                    let index = self.expression()?;
                    self.indexed(node, index)
                };
                self.expect(&TokenKind::RightBracket)?;
                kind
            } else if self.take(&TokenKind::Dot) {
                let kind = match self.peek() {
                    Some(TokenKind::Name) => {
                        NodeKind::Property(node, self.lexeme().to_ascii_lowercase().into())
                    }
                    Some(TokenKind::Star) => NodeKind::Star(node),
                    _ => return Err(self.unexpected()),
                };
                self.at += 1;
                kind
            } else {
                break;
            };
            self.deeper()?;
            let span = Span::new(start, self.previous_end());
            node = self.add(span, kind);
        }
        self.depth = depth;
        Ok(node)
    }

    /// An index by a literal text is the same as a property.
    fn indexed(&mut self, object: NodeIndex, index: NodeIndex) -> NodeKind {
        if index + 1 == self.nodes.len()
            && let Some(NodeKind::String(name)) = self.nodes.get(index).map(|node| &node.kind)
        {
            let name = name.to_lowercase().into();
            self.nodes.pop();
            return NodeKind::Property(object, name);
        }
        NodeKind::Index(object, index)
    }

    fn primary(&mut self) -> Parsed {
        let Some(token) = self.tokens.get(self.at).cloned() else {
            return Err(self.unexpected());
        };
        let kind = match token.kind {
            TokenKind::True => NodeKind::Bool(true),
            TokenKind::False => NodeKind::Bool(false),
            TokenKind::Null => NodeKind::Null,
            TokenKind::Number(number) => NodeKind::Number(number),
            TokenKind::String(text) => NodeKind::String(text),
            TokenKind::Name => return self.name(token.span),
            TokenKind::LeftParenthesis => {
                self.at += 1;
                // The tree shows grouping by itself.
                let inner = self.expression()?;
                self.expect(&TokenKind::RightParenthesis)?;
                return Ok(inner);
            }
            _ => return Err(self.unexpected()),
        };
        self.at += 1;
        Ok(self.add(token.span, kind))
    }

    fn name(&mut self, name_span: Span) -> Parsed {
        let name = self.lexeme().to_ascii_lowercase().into();
        self.at += 1;
        if !self.take(&TokenKind::LeftParenthesis) {
            return Ok(self.add(name_span, NodeKind::Context(name)));
        }
        let mut arguments = Vec::new();
        while !self.take(&TokenKind::RightParenthesis) {
            arguments.push(self.expression()?);
            if self.peek() != Some(&TokenKind::RightParenthesis) {
                self.expect(&TokenKind::Comma)?;
            }
        }
        let call = Call {
            name,
            name_span,
            arguments,
        };
        Ok(self.add(
            Span::new(name_span.start, self.previous_end()),
            NodeKind::Call(call),
        ))
    }

    fn add(&mut self, span: Span, kind: NodeKind) -> NodeIndex {
        self.nodes.push(Node { span, kind });
        self.nodes.len() - 1
    }

    fn peek(&self) -> Option<&TokenKind> {
        self.tokens.get(self.at).map(|token| &token.kind)
    }

    fn take(&mut self, kind: &TokenKind) -> bool {
        let found = self.peek() == Some(kind);
        self.at += usize::from(found);
        found
    }

    fn expect(&mut self, kind: &TokenKind) -> Result<(), ExpressionError> {
        if self.take(kind) {
            Ok(())
        } else {
            Err(self.unexpected())
        }
    }

    fn lexeme(&self) -> &str {
        self.tokens
            .get(self.at)
            .map_or("", |token| token.span.slice(self.text))
    }

    fn start(&self) -> u32 {
        self.tokens.get(self.at).map_or(0, |token| token.span.start)
    }

    fn previous_end(&self) -> u32 {
        self.at
            .checked_sub(1)
            .and_then(|at| self.tokens.get(at))
            .map_or(0, |token| token.span.end)
    }

    fn span(&self, node: NodeIndex) -> Span {
        self.nodes
            .get(node)
            .map(|node| node.span)
            .unwrap_or_default()
    }

    fn covering(&self, first: NodeIndex, last: NodeIndex) -> Span {
        Span::new(self.span(first).start, self.span(last).end)
    }

    fn unexpected(&self) -> ExpressionError {
        match self.tokens.get(self.at) {
            Some(token) => unexpected(token.span, token.span.slice(self.text)),
            None => ExpressionError {
                span: Span::of(self.text.len()..self.text.len()),
                fault: ExpressionFault::UnexpectedEnd,
            },
        }
    }

    fn deeper(&mut self) -> Result<(), ExpressionError> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(ExpressionError {
                span: self
                    .tokens
                    .get(self.at)
                    .map_or_else(|| Span::at(self.previous_end()), |token| token.span),
                fault: ExpressionFault::TooDeep,
            });
        }
        Ok(())
    }
}
