//! `strategy.matrix`: which values a matrix key can have.

use crate::source::{Node, ScalarType};

use super::expression::{Access, Lookup, Segment, Value, holds_expression};

/// How deep a matrix value is read.
const MAX_DEPTH: usize = 16;

/// How many nodes of one matrix value are read.
const MAX_NODES: usize = 1_000;

/// A `strategy.matrix`.
#[derive(Clone, Copy, Debug)]
pub struct Matrix<'t> {
    node: Node<'t>,
}

/// The values that a key is given.
#[derive(Clone, Debug, Default)]
pub struct MatrixValues<'t> {
    /// The values that are written down.
    pub written: Vec<Node<'t>>,
    /// Whether an expression may add others.
    pub open: Option<Node<'t>>,
    /// Whether some combinations do not have the key.
    pub optional: Option<Node<'t>>,
}

impl<'t> Matrix<'t> {
    /// The matrix of a job.
    pub(super) fn of(job: Node<'t>) -> Option<Self> {
        job.at(&["strategy", "matrix"]).map(|node| Self { node })
    }

    /// The whole value.
    pub fn node(self) -> Node<'t> {
        self.node
    }

    /// The value, where the whole matrix is an expression: nothing of it is known.
    pub fn expression(self) -> Option<Node<'t>> {
        self.node.text().is_some().then_some(self.node)
    }

    /// Keys with their lists, without `include` and `exclude`.
    pub fn axes(self) -> impl Iterator<Item = (Node<'t>, Node<'t>)> {
        self.node
            .entries()
            .filter(|entry| !matches!(entry.key.text(), Some("include" | "exclude")))
            .map(|entry| (entry.key, entry.value))
    }

    /// What a key, in any case, can be. `exclude` is not subtracted: it takes combinations away, and a value that
    /// it takes away in all of them is rare.
    pub fn values(self, key: &str) -> MatrixValues<'t> {
        let mut values = MatrixValues {
            open: self.expression(),
            ..MatrixValues::default()
        };
        let axis = self.axes().find(|(name, _)| {
            name.text()
                .is_some_and(|text| text.eq_ignore_ascii_case(key))
        });
        if let Some((_, list)) = axis {
            if list.is_sequence() {
                values.written.extend(list.items());
            } else {
                values.open = Some(list);
            }
        }
        if let Some(include) = self.node.get("include") {
            if !include.is_sequence() {
                values.open = Some(include);
            }
            for item in include.items() {
                match item.entry_ignoring_case(key) {
                    Some(entry) => values.written.push(entry.value),
                    None if axis.is_none() => values.optional = Some(item),
                    None => {}
                }
            }
            if axis.is_none() && self.axes().next().is_some() {
                values.optional = Some(self.node);
            }
        }
        values
    }

    /// Answers an access to the `matrix` context.
    pub fn lookup(self, access: &Access) -> Lookup {
        let (Some("matrix"), Some(key)) = (access.name(0), access.name(1)) else {
            return Lookup::Unknown;
        };
        let found = self.values(key);
        let mut values = Vec::new();
        let mut partly = found.open.is_some();
        for node in found.written {
            let value = value_of(node).and_then(|value| {
                access
                    .path
                    .iter()
                    .skip(2)
                    .try_fold(value, |value, segment| match segment {
                        Segment::Name(name) => Some(value.property(name)),
                        Segment::Number(number) => Some(value.element(*number as usize)),
                        Segment::Star | Segment::Computed => None,
                    })
            });
            match value {
                Some(value) => values.push(value),
                None => partly = true,
            }
        }
        if found.optional.is_some() {
            values.push(Value::Null);
        }
        match (values.is_empty(), partly) {
            // Nobody gives the key a value.
            (true, false) => Lookup::Known(vec![Value::Null]),
            (true, true) => Lookup::Unknown,
            (false, true) => Lookup::Partly(values),
            (false, false) => Lookup::Known(values),
        }
    }
}

/// The value of a node as expressions see it; nothing where it holds an expression or is too large.
pub fn value_of(node: Node<'_>) -> Option<Value> {
    let mut left = MAX_NODES;
    convert(node, 0, &mut left)
}

fn convert(node: Node<'_>, depth: usize, left: &mut usize) -> Option<Value> {
    *left = left.checked_sub(1)?;
    if depth > MAX_DEPTH {
        return None;
    }
    if node.is_sequence() {
        return node
            .items()
            .map(|item| convert(item, depth + 1, left))
            .collect::<Option<_>>()
            .map(Value::Array);
    }
    if node.is_mapping() {
        return node
            .entries()
            .map(|entry| {
                Some((
                    entry.key.text()?.into(),
                    convert(entry.value, depth + 1, left)?,
                ))
            })
            .collect::<Option<_>>()
            .map(Value::Object);
    }
    Some(match node.scalar_type()? {
        ScalarType::Null => Value::Null,
        ScalarType::Bool(truth) => Value::Bool(truth),
        ScalarType::Number(number) => Value::Number(number),
        ScalarType::String if node.text().is_some_and(holds_expression) => return None,
        ScalarType::String => Value::String(node.traced()?),
    })
}
