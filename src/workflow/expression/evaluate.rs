//! Constant folding over sets of possible values.

use std::cell::Cell;

use super::access::{Access, Segment};
use super::value::{Truth, Value, compare};
use super::{Call, Comparison, Expression, Node, NodeIndex, NodeKind, function};
use crate::source::{Location, Traced};

/// More possible values than these are not told apart.
pub(super) const MAX_VALUES: usize = 8;

/// Bytes that one evaluation may build before it answers "unknown".
const BUDGET: usize = 4 << 20;

/// What the caller knows of a context.
#[derive(Clone, Debug)]
pub enum Lookup {
    /// It has one of these values. An empty list is the same as `Unknown`.
    Known(Vec<Value>),
    /// It may have one of these values, or another one.
    Partly(Vec<Value>),
    /// Nothing is known.
    Unknown,
}

/// The values that an expression can have.
#[derive(Clone, PartialEq, Debug)]
pub struct Outcomes {
    /// At most eight, each once.
    pub values: Vec<Value>,
    /// Whether these are all. A text with holes stands for every text that fits it.
    pub completeness: Completeness,
}

/// Whether a list of values is the whole of it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Completeness {
    /// There is no other value.
    Complete,
    /// There may be others.
    Partial,
}

impl Outcomes {
    /// Nothing is known.
    pub fn unknown() -> Self {
        Possible::unknown().into()
    }

    /// The value, where there is exactly one and every byte of it is known.
    pub fn known(&self) -> Option<&Value> {
        match (self.values.as_slice(), self.completeness) {
            ([value], Completeness::Complete) if value.is_known() => Some(value),
            _ => None,
        }
    }
}

/// A set of values while it is computed.
#[derive(Clone, Default, Debug)]
pub(super) struct Possible {
    pub(super) values: Vec<Value>,
    /// It may also be something unknown that counts as true.
    truthy: bool,
    /// It may also be something unknown that counts as false: an empty text, `false`, 0 or `null`.
    falsy: bool,
}

impl Possible {
    pub(super) fn unknown() -> Self {
        Self {
            values: Vec::new(),
            truthy: true,
            falsy: true,
        }
    }

    pub(super) fn one(value: Value) -> Self {
        Self {
            values: vec![value],
            ..Self::default()
        }
    }

    pub(super) fn either_bool() -> Self {
        Self {
            values: vec![Value::Bool(true), Value::Bool(false)],
            ..Self::default()
        }
    }

    pub(super) fn has_unknown(&self) -> bool {
        self.truthy || self.falsy
    }

    pub(super) fn add(&mut self, value: Value) {
        if self.values.contains(&value) {
            return;
        }
        if self.values.len() < MAX_VALUES {
            self.values.push(value);
        } else {
            self.lose();
        }
    }

    /// Admits values that are not told apart.
    pub(super) fn lose(&mut self) {
        self.truthy = true;
        self.falsy = true;
    }

    fn merge(&mut self, other: Self) {
        self.truthy |= other.truthy;
        self.falsy |= other.falsy;
        other.values.into_iter().for_each(|value| self.add(value));
    }

    /// Whether it may count as true, and whether it may count as false.
    fn truths(&self) -> (bool, bool) {
        let mut may = (self.truthy, self.falsy);
        for value in &self.values {
            let truth = value.truth();
            may.0 |= truth != Truth::False;
            may.1 |= truth != Truth::True;
        }
        may
    }

    fn weight(&self) -> usize {
        self.values
            .iter()
            .fold(0, |sum, value| sum + value.weight())
    }
}

impl From<Lookup> for Possible {
    fn from(lookup: Lookup) -> Self {
        let (values, partly) = match lookup {
            Lookup::Known(values) => (values, false),
            Lookup::Partly(values) => (values, true),
            Lookup::Unknown => (Vec::new(), true),
        };
        let mut possible = Self::default();
        if partly || values.is_empty() {
            possible.lose();
        }
        values.into_iter().for_each(|value| possible.add(value));
        possible
    }
}

impl From<Possible> for Outcomes {
    fn from(possible: Possible) -> Self {
        Self {
            completeness: if possible.has_unknown() {
                Completeness::Partial
            } else {
                Completeness::Complete
            },
            values: possible.values,
        }
    }
}

impl Expression {
    /// The values that the expression can have.
    ///
    /// `source` is the text that was parsed, so that texts keep their origin. `lookup` is asked for each read of a
    /// context; computed indexes are resolved first where they are known. Where it knows nothing of a long path,
    /// it is asked for the object that the path goes through.
    pub fn evaluate(&self, source: &Traced, lookup: &dyn Fn(&Access) -> Lookup) -> Outcomes {
        let evaluation = Evaluation {
            expression: self,
            source,
            lookup,
            left: Cell::new(BUDGET),
        };
        evaluation.run().into()
    }
}

struct Evaluation<'a> {
    expression: &'a Expression,
    source: &'a Traced,
    lookup: &'a dyn Fn(&Access) -> Lookup,
    left: Cell<usize>,
}

/// What has been computed for a node. An operand is taken by its operator, so that no copy stays behind.
type Computed = Vec<Option<Possible>>;

impl Evaluation<'_> {
    fn run(&self) -> Possible {
        let nodes = &self.expression.nodes;
        let mut accesses = self.expression.indexed_accesses().into_iter().peekable();
        let mut computed: Computed = vec![None; nodes.len()];
        for (index, node) in nodes.iter().enumerate() {
            let access = accesses.next_if(|(at, _)| *at == index);
            let possible = match access {
                Some((_, access)) => self.read(access, node, &mut computed),
                None => self.node(node, &mut computed),
            };
            let possible = self.spend(possible);
            if let Some(slot) = computed.get_mut(index) {
                *slot = Some(possible);
            }
        }
        computed.pop().flatten().unwrap_or_else(Possible::unknown)
    }

    /// Keeps what one evaluation can build within bounds.
    fn spend(&self, possible: Possible) -> Possible {
        match self.left.get().checked_sub(possible.weight()) {
            Some(left) => {
                self.left.set(left);
                possible
            }
            None => {
                self.left.set(0);
                Possible::unknown()
            }
        }
    }

    fn node(&self, node: &Node, computed: &mut Computed) -> Possible {
        let mut take = |index: NodeIndex| {
            computed
                .get_mut(index)
                .and_then(Option::take)
                .unwrap_or_else(Possible::unknown)
        };
        match &node.kind {
            NodeKind::Null => Possible::one(Value::Null),
            NodeKind::Bool(truth) => Possible::one(Value::Bool(*truth)),
            NodeKind::Number(number) => Possible::one(Value::Number(*number)),
            NodeKind::String(_) => Possible::one(Value::String(self.literal(node))),
            NodeKind::Not(operand) => {
                let (may_true, may_false) = take(*operand).truths();
                let mut result = Possible::default();
                [(may_false, true), (may_true, false)]
                    .into_iter()
                    .filter(|(possible, _)| *possible)
                    .for_each(|(_, truth)| result.add(Value::Bool(truth)));
                result
            }
            NodeKind::Compare(operator, left, right) => {
                compared(*operator, &take(*left), &take(*right))
            }
            NodeKind::And(operands) => operands
                .iter()
                .map(|operand| take(*operand))
                .reduce(both)
                .unwrap_or_else(Possible::unknown),
            NodeKind::Or(operands) => operands
                .iter()
                .map(|operand| take(*operand))
                .reduce(either)
                .unwrap_or_else(Possible::unknown),
            NodeKind::Call(call) => {
                let arguments: Vec<_> = call
                    .arguments
                    .iter()
                    .map(|argument| take(*argument))
                    .collect();
                self.call(node, call, &arguments)
            }
            NodeKind::Property(object, name) => taken(&take(*object), |value| value.property(name)),
            NodeKind::Index(object, key) => {
                let (object, key) = (take(*object), take(*key));
                match key.values.as_slice() {
                    [only] if !key.has_unknown() && only.is_known() => {
                        taken(&object, |value| value.at(only))
                    }
                    _ => Possible::unknown(),
                }
            }
            // The start of a longer access, which is looked up whole.
            NodeKind::Context(_) | NodeKind::Star(_) => Possible::unknown(),
        }
    }

    /// Looks an access up.
    fn read(&self, mut access: Access, node: &Node, computed: &mut Computed) -> Possible {
        self.resolve(&mut access, node, computed);
        let whole = (self.lookup)(&access);
        if !matches!(whole, Lookup::Unknown) {
            return whole.into();
        }
        // `matrix.entry.flags`: the caller may know `matrix.entry` only.
        let mut rest = Vec::new();
        while access.path.len() > 2 {
            let (key, known) = match access.path.pop() {
                Some(Segment::Name(name)) => (Value::String(self.word(&name, node)), true),
                Some(Segment::Number(number)) => (Value::Number(f64::from(number)), true),
                _ => (Value::Null, false),
            };
            if !known {
                break;
            }
            rest.push(key);
            let object = (self.lookup)(&access);
            if !matches!(object, Lookup::Unknown) {
                return taken(&object.into(), |value| {
                    rest.iter()
                        .rev()
                        .fold(value.clone(), |value, key| value.at(key))
                });
            }
        }
        Possible::unknown()
    }

    /// Puts the values of computed indexes into a path.
    fn resolve(&self, access: &mut Access, node: &Node, computed: &mut Computed) {
        let mut kind = &node.kind;
        for segment in access.path.iter_mut().rev() {
            let object = match kind {
                NodeKind::Index(object, key) => {
                    let key = computed.get_mut(*key).and_then(Option::take);
                    if let Some(key) = key
                        && !key.has_unknown()
                        && let [Value::String(name)] = key.values.as_slice()
                        && name.is_known()
                    {
                        *segment = Segment::Name(name.text().to_lowercase().into());
                    }
                    object
                }
                NodeKind::Property(object, _) | NodeKind::Star(object) => object,
                _ => return,
            };
            match self.expression.nodes.get(*object) {
                Some(node) => kind = &node.kind,
                None => return,
            }
        }
    }

    fn call(&self, node: &Node, call: &Call, arguments: &[Possible]) -> Possible {
        if &*call.name == "case" {
            return cases(arguments);
        }
        let Some(place) = self.place(node) else {
            return Possible::unknown();
        };
        let places: Vec<_> = call
            .arguments
            .iter()
            .map(|argument| {
                self.expression
                    .nodes
                    .get(*argument)
                    .and_then(|node| self.place(node))
                    .unwrap_or_else(|| place.clone())
            })
            .collect();
        function::call(&call.name, arguments, &places, &place)
    }

    fn place(&self, node: &Node) -> Option<Location> {
        self.source.locate(node.span.range())
    }

    fn word(&self, text: &str, node: &Node) -> Traced {
        self.place(node)
            .map(|place| Traced::synthetic(text, &place))
            .unwrap_or_default()
    }

    /// A literal text with the places of its bytes.
    fn literal(&self, node: &Node) -> Traced {
        let mut out = Traced::default();
        let range = node.span.range();
        let (mut from, to) = (range.start + 1, range.end.saturating_sub(1));
        while let Some(length) = self
            .source
            .text()
            .as_bytes()
            .get(from..to)
            .and_then(|rest| memchr::memmem::find(rest, b"''"))
        {
            out.push_range(self.source, from..from + length + 1);
            from += length + 2;
        }
        out.push_range(self.source, from..to);
        out
    }
}

fn compared(operator: Comparison, left: &Possible, right: &Possible) -> Possible {
    if left.has_unknown() || right.has_unknown() {
        return Possible::either_bool();
    }
    let mut result = Possible::default();
    for left in &left.values {
        for right in &right.values {
            match compare(operator, left, right) {
                Some(truth) => result.add(Value::Bool(truth)),
                None => return Possible::either_bool(),
            }
        }
    }
    result
}

/// `left && right`: the left operand where it counts as false, else the right one.
fn both(left: Possible, right: Possible) -> Possible {
    let (may_true, _) = left.truths();
    let mut result = Possible {
        values: Vec::new(),
        truthy: false,
        falsy: left.falsy,
    };
    for value in left.values {
        match value.truth() {
            Truth::False => result.add(value),
            // A text of which nothing is known counts as false only where it is empty.
            Truth::Unknown => result.add(Value::String(Traced::default())),
            Truth::True => {}
        }
    }
    if may_true {
        result.merge(right);
    }
    result
}

/// `left || right`: the left operand where it counts as true, else the right one.
fn either(left: Possible, right: Possible) -> Possible {
    let (_, may_false) = left.truths();
    let mut result = Possible {
        values: Vec::new(),
        truthy: left.truthy,
        falsy: false,
    };
    for value in left.values {
        if value.truth() != Truth::False {
            result.add(value);
        }
    }
    if may_false {
        result.merge(right);
    }
    result
}

/// `case(condition, value, …, default)`: conditions are booleans.
fn cases(arguments: &[Possible]) -> Possible {
    let Some((default, pairs)) = arguments.split_last() else {
        return Possible::unknown();
    };
    let mut result = Possible::default();
    for pair in pairs.chunks(2) {
        let [condition, value] = pair else {
            return Possible::unknown();
        };
        if !condition
            .values
            .iter()
            .all(|value| matches!(value, Value::Bool(_)))
        {
            return Possible::unknown();
        }
        let (may_true, may_false) = condition.truths();
        if may_true {
            result.merge(value.clone());
        }
        if !may_false {
            return result;
        }
    }
    result.merge(default.clone());
    result
}

/// What a property or an index takes from each possible object.
fn taken(object: &Possible, take: impl Fn(&Value) -> Value) -> Possible {
    let mut result = Possible::default();
    if object.has_unknown() {
        result.lose();
    }
    for value in &object.values {
        result.add(take(value));
    }
    result
}
