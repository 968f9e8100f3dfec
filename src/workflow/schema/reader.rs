//! Reads a tree against the tables.

use super::events::{self, Settings};
use super::keys::Seen;
use super::shape::{Fields, Form, Need, Place, Shape};
use super::table::{FILLED, FILLED_LIST};
use crate::source::{Node, NodeId, ScalarType, Span, Traced};
use crate::workflow::expression::{
    ExpressionError, Piece, holds_expression, parse, pieces, plain_path,
};
use crate::workflow::problem::{Problem, ProblemKind};

/// Values nested deeper are not read.
const MAX_DEPTH: usize = 64;

/// Nodes that one file may visit, aliases followed.
const MAX_VISITS: usize = 200_000;

/// More problems than these help nobody.
const MAX_PROBLEMS: usize = 200;

/// The problems of a value.
pub(super) fn read(root: Node<'_>, shape: &'static Shape) -> Vec<Problem> {
    let mut reader = Reader {
        problems: Vec::new(),
        visits: 0,
        cut: false,
        traced: None,
    };
    reader.value(root, shape, Context::top(root));
    reader.problems
}

struct Reader {
    problems: Vec<Problem>,
    visits: usize,
    /// Something was not read.
    cut: bool,
    /// The scalar whose mistakes were placed last.
    traced: Option<(NodeId, Traced)>,
}

/// What is known of a value before it is read.
#[derive(Clone, Copy)]
struct Context {
    /// What expressions may use.
    place: Place,
    depth: usize,
    /// Where a missing key is shown: the key that the mapping belongs to.
    owner: Span,
    /// The key is `timeout-minutes`.
    timeout: bool,
}

impl Context {
    fn top(root: Node<'_>) -> Self {
        let first = root.entries().next().map(|entry| entry.key.written_span());
        Self {
            place: Place::NOWHERE,
            depth: 0,
            owner: first.unwrap_or_else(|| root.written_span()),
            timeout: false,
        }
    }

    fn below(self, owner: Span) -> Self {
        Self {
            depth: self.depth + 1,
            owner,
            timeout: false,
            ..self
        }
    }
}

/// What a scalar turned out to be.
enum Scalar {
    /// A value as it is written, or an expression that is only a literal text.
    Literal,
    /// Known when the workflow runs.
    Expression,
    /// Something is wrong with its expression, which has been said.
    Broken,
}

impl Reader {
    fn report(&mut self, kind: ProblemKind, span: Span) {
        if self.problems.len() < MAX_PROBLEMS || kind.hides_something() {
            self.problems.push(Problem { kind, span });
        }
    }

    fn value(&mut self, node: Node<'_>, shape: &'static Shape, context: Context) {
        self.visits += 1;
        if self.visits > MAX_VISITS || context.depth > MAX_DEPTH {
            if !self.cut {
                self.report(ProblemKind::TooLarge, node.written_span());
            }
            self.cut = true;
            return;
        }
        let context = Context {
            place: context.place.and(shape.offers),
            ..context
        };
        if shape.forms.iter().any(|form| matches!(form, Form::Any)) {
            self.any(node, shape, context);
        } else if node.is_sequence() {
            self.sequence(node, shape, context);
        } else if node.is_mapping() {
            self.mapping(node, shape, context);
        } else {
            self.scalar(node, shape, context);
        }
    }

    fn any(&mut self, node: Node<'_>, shape: &'static Shape, context: Context) {
        for item in node.items() {
            self.value(item, shape, context.below(item.written_span()));
        }
        let mut seen = Seen::new(node.entries().len());
        for entry in node.entries() {
            let span = entry.key.written_span();
            let key = entry.key.text().unwrap_or_default();
            match seen.insert(key, span) {
                Some(first) if key != "<<" => {
                    let key = key.into();
                    self.report(ProblemKind::DuplicateKey { key, first }, span);
                }
                _ => self.value(entry.value, shape, context.below(span)),
            }
        }
        self.expressions(node, context.place);
    }

    fn sequence(&mut self, node: Node<'_>, shape: &'static Shape, context: Context) {
        let item_shape = shape.forms.iter().find_map(|form| match form {
            Form::Sequence(item) => Some(*item),
            _ => None,
        });
        match item_shape {
            Some(item_shape) => {
                for item in node.items() {
                    // A list item has no key: point at its first key, or at itself.
                    let owner = item.entries().next().map_or(item, |entry| entry.key);
                    self.value(item, item_shape, context.below(owner.written_span()));
                }
            }
            None => self.wrong(shape, context, context.owner),
        }
    }

    fn scalar(&mut self, node: Node<'_>, shape: &'static Shape, context: Context) {
        if !matches!(self.expressions(node, context.place), Scalar::Literal) {
            return;
        }
        let text = node.text().unwrap_or_default();
        let kind = node.scalar_type();
        let fits = shape.forms.iter().any(|form| match form {
            Form::Any | Form::Text => true,
            Form::Null => kind == Some(ScalarType::Null),
            Form::Bool => matches!(kind, Some(ScalarType::Bool(_))),
            Form::Number => matches!(kind, Some(ScalarType::Number(_))),
            Form::Filled => kind != Some(ScalarType::Null) && !text.is_empty(),
            Form::Words(words) => words.contains(&text),
            Form::EventName => events::settings(text).is_some(),
            Form::Condition => {
                self.condition(node, context.place);
                true
            }
            Form::Sequence(_) | Form::Mapping(_) | Form::Events => false,
        });
        if !fits {
            let span = if node.written_span().is_empty() {
                context.owner
            } else {
                node.written_span()
            };
            self.wrong(shape, context, span);
        }
    }

    /// A condition without braces.
    fn condition(&mut self, node: Node<'_>, place: Place) {
        let text = node.non_null_text().unwrap_or_default();
        if text.trim().is_empty() {
            return;
        }
        let [Piece::Expression { inner, .. }] = *pieces(text) else {
            self.expression(node, Span::of(0..text.len()), place);
            return;
        };
        // `${{ 'x' }}` is the text x to GitHub, which it then reads as a condition.
        let literal = parse(inner.slice(text));
        let Some(condition) = literal
            .as_ref()
            .ok()
            .and_then(|literal| literal.literal_text())
        else {
            return;
        };
        let errors = match parse(condition) {
            Ok(expression) => expression.unavailable(&place),
            Err(error) => vec![error],
        };
        for error in errors {
            self.report(ProblemKind::Expression(error.fault), node.written_span());
        }
    }

    /// Checks the expressions in a text.
    fn expressions(&mut self, node: Node<'_>, place: Place) -> Scalar {
        let Some(text) = node.string().filter(|text| holds_expression(text)) else {
            return Scalar::Literal;
        };
        let pieces = pieces(text);
        let mut result = Scalar::Expression;
        for piece in &pieces {
            match *piece {
                Piece::Literal(_) => {}
                Piece::Unterminated(span) => {
                    let span = self.place_of(node, span);
                    self.report(ProblemKind::UnterminatedExpression, span);
                    return Scalar::Broken;
                }
                // The one directive of GitHub's templates.
                Piece::Expression { inner, .. } if inner.slice(text).trim() == "insert" => {}
                Piece::Expression { inner, .. } => match self.expression(node, inner, place) {
                    Scalar::Broken => result = Scalar::Broken,
                    Scalar::Literal if pieces.len() == 1 => result = Scalar::Literal,
                    _ => {}
                },
            }
        }
        if matches!(result, Scalar::Expression) && place == Place::NOWHERE {
            self.report(ProblemKind::ExpressionNotAllowed, node.written_span());
            return Scalar::Broken;
        }
        result
    }

    fn expression(&mut self, node: Node<'_>, inner: Span, place: Place) -> Scalar {
        let text = node.text().unwrap_or_default();
        if let Some((context, _)) = plain_path(inner.slice(text))
            && place.offers(context)
        {
            return Scalar::Expression;
        }
        let errors = match parse(inner.slice(text)) {
            Ok(expression) => {
                if expression.literal_text().is_some() {
                    return Scalar::Literal;
                }
                expression.unavailable(&place)
            }
            Err(error) => vec![error],
        };
        let broken = !errors.is_empty();
        for ExpressionError { span, fault } in errors {
            let kind = if place == Place::NOWHERE {
                ProblemKind::ExpressionNotAllowed
            } else {
                ProblemKind::Expression(fault)
            };
            let span = self.place_of(node, span.shifted(inner.start));
            self.report(kind, span);
        }
        if broken {
            Scalar::Broken
        } else {
            Scalar::Expression
        }
    }

    /// The place in the file of a span of a scalar's text. The text is traced once, however many mistakes it has.
    fn place_of(&mut self, node: Node<'_>, span: Span) -> Span {
        let traced = match self.traced.take() {
            Some((id, traced)) if id == node.id() => Some(traced),
            _ => node.traced(),
        };
        let place = traced.as_ref().and_then(|text| text.locate(span.range()));
        self.traced = traced.map(|traced| (node.id(), traced));
        place.map_or_else(|| node.written_span(), |place| place.span)
    }

    fn mapping(&mut self, node: Node<'_>, shape: &'static Shape, context: Context) {
        let mut candidates: Vec<&'static Fields> = Vec::new();
        for form in shape.forms {
            match form {
                Form::Mapping(fields) => candidates.push(fields),
                Form::Events => return self.events(node, context),
                _ => {}
            }
        }
        let Some(others) = candidates.first().map(|fields| fields.others) else {
            return self.wrong(shape, context, context.owner);
        };
        let mut seen = Seen::new(node.entries().len());
        let mut templated = false;
        // Keys whose values are not read cost something, too.
        self.visits += node.entries().len() / 4;
        for entry in node.entries() {
            let key_span = entry.key.written_span();
            let Some(key) = entry.key.text() else {
                self.report(
                    ProblemKind::WrongValue {
                        wanted: "a text as key".into(),
                    },
                    key_span,
                );
                continue;
            };
            let below = context.below(key_span);
            match self.expressions(entry.key, context.place) {
                Scalar::Expression => {
                    templated = true;
                    self.value(entry.value, &ANYTHING, below);
                    continue;
                }
                Scalar::Broken => continue,
                Scalar::Literal => {}
            }
            // Reported for every mapping of the file.
            if key == "<<" {
                continue;
            }
            if let Some(first) = seen.insert(key, key_span) {
                let key = key.into();
                self.report(ProblemKind::DuplicateKey { key, first }, key_span);
                continue;
            }
            let known = candidates.iter().rev().find_map(|fields| fields.find(key));
            match (known, others) {
                (Some(field), _) => {
                    candidates.retain(|fields| fields.find(key).is_some());
                    let below = Context {
                        timeout: key == "timeout-minutes",
                        ..below
                    };
                    self.value(entry.value, field.shape, below);
                }
                (None, Some(others)) => {
                    if key.is_empty() || entry.key.is_null() {
                        self.report(
                            ProblemKind::WrongValue {
                                wanted: "a name".into(),
                            },
                            key_span,
                        );
                    }
                    self.value(entry.value, others, below);
                }
                (None, None) => {
                    let both = matches!(key, "uses" | "run")
                        && node.get("uses").is_some()
                        && node.get("run").is_some();
                    let kind = if both {
                        ProblemKind::UsesAndRun
                    } else {
                        ProblemKind::UnknownKey(key.into())
                    };
                    self.report(kind, key_span);
                }
            }
        }
        self.required(&candidates, &seen, templated, context);
    }

    fn required(
        &mut self,
        candidates: &[&'static Fields],
        seen: &Seen<'_>,
        templated: bool,
        context: Context,
    ) {
        match candidates {
            [fields] if !templated => {
                for field in fields.known {
                    if field.need == Need::Required && !seen.has(field.key) {
                        self.report(ProblemKind::MissingKey(field.key), context.owner);
                    }
                }
            }
            [] | [_] => {}
            several => {
                let deciding: Vec<_> = several
                    .iter()
                    .flat_map(|fields| fields.known)
                    .filter(|field| field.need == Need::Required)
                    .map(|field| format!("`{}`", field.key))
                    .collect();
                let step = deciding.iter().any(|key| key == "`run`");
                let kind = if step {
                    ProblemKind::NothingToRun
                } else {
                    ProblemKind::Undecided(deciding.join(", ").into())
                };
                self.report(kind, context.owner);
            }
        }
    }

    /// The mapping under `on:`.
    fn events(&mut self, node: Node<'_>, context: Context) {
        let mut seen = Seen::new(node.entries().len());
        for entry in node.entries() {
            let span = entry.key.written_span();
            let key = entry.key.text().unwrap_or_default();
            if key == "<<" {
                continue;
            }
            if let Some(first) = seen.insert(key, span) {
                let key = key.into();
                self.report(ProblemKind::DuplicateKey { key, first }, span);
                continue;
            }
            match events::settings(key) {
                None => self.report(ProblemKind::UnknownKey(key.into()), span),
                Some(Settings::Shape(shape)) => self.value(entry.value, shape, context.below(span)),
                Some(Settings::None) => {
                    if !entry.value.is_null() {
                        let wanted = "nothing".into();
                        self.report(ProblemKind::WrongValue { wanted }, span);
                    }
                }
                Some(Settings::Filters(types, filters)) => {
                    self.filters(entry.value, types, filters, span)
                }
            }
        }
    }

    /// The settings of an event: activity types and filters.
    fn filters(&mut self, node: Node<'_>, types: &[&str], filters: &[&str], owner: Span) {
        if node.is_null() {
            return;
        }
        if !node.is_mapping() {
            let wanted = "a mapping or nothing".into();
            return self.report(ProblemKind::WrongValue { wanted }, owner);
        }
        let mut seen = Seen::new(node.entries().len());
        for entry in node.entries() {
            let span = entry.key.written_span();
            let key = entry.key.text().unwrap_or_default();
            if key == "<<" {
                continue;
            }
            if let Some(first) = seen.insert(key, span) {
                let key = key.into();
                self.report(ProblemKind::DuplicateKey { key, first }, span);
            } else if key == "types" && !types.is_empty() {
                self.activities(entry.value, types, span);
            } else if filters.contains(&key) {
                let below = Context {
                    place: Place::NOWHERE,
                    depth: 0,
                    owner: span,
                    timeout: false,
                };
                let shape = if entry.value.is_sequence() {
                    &FILLED_LIST
                } else {
                    &FILLED
                };
                self.value(entry.value, shape, below);
            } else {
                self.report(ProblemKind::UnknownKey(key.into()), span);
            }
        }
    }

    fn activities(&mut self, node: Node<'_>, types: &[&str], owner: Span) {
        let single = node.text().is_some().then_some(node);
        if node.is_mapping() {
            let wanted = "a list of activity types".into();
            return self.report(ProblemKind::WrongValue { wanted }, owner);
        }
        for item in single.into_iter().chain(node.items()) {
            if !item.text().is_some_and(|text| types.contains(&text)) {
                let wanted = format!("one of `{}`", types.join("`, `")).into();
                let span = item.written_span();
                self.report(
                    ProblemKind::WrongValue { wanted },
                    if span.is_empty() { owner } else { span },
                );
            }
        }
    }

    fn wrong(&mut self, shape: &Shape, context: Context, span: Span) {
        if context.timeout {
            return self.report(ProblemKind::BadTimeout, span);
        }
        let mut forms: Vec<_> = shape.forms.iter().map(Form::describe).collect();
        forms.dedup();
        let wanted = match forms.split_last() {
            Some((last, rest)) if !rest.is_empty() => format!("{} or {last}", rest.join(", ")),
            Some((last, _)) => last.clone(),
            None => String::new(),
        };
        self.report(
            ProblemKind::WrongValue {
                wanted: wanted.into(),
            },
            span,
        );
    }
}

static ANYTHING: Shape = Shape {
    offers: Place::NOWHERE,
    forms: &[Form::Any],
};
