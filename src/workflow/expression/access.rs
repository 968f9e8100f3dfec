//! What an expression reads.

use super::{Expression, NodeIndex, NodeKind};
use crate::source::Span;

/// One read of a context.
#[derive(Clone, PartialEq, Debug)]
pub struct Access {
    /// The context's name, then what is taken from it.
    pub path: Vec<Segment>,
    /// The whole access.
    pub span: Span,
    /// The functions around it, innermost first, in lower case.
    pub functions: Vec<Box<str>>,
    /// Whether the value that is read can become part of the result.
    pub flow: Flow,
}

/// One step of the path of an access.
#[derive(Clone, PartialEq, Debug)]
pub enum Segment {
    /// A property, or an index by a literal text, in lower case.
    Name(Box<str>),
    /// An index by a literal number.
    Number(u32),
    /// `*`: every element.
    Star,
    /// An index that is itself computed.
    Computed,
}

/// What an expression does with a value that it reads.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Flow {
    /// The value, or a text that holds it, can be the result.
    Value,
    /// The value only decides something: a comparison, a condition, an index, a hash.
    Test,
}

/// Functions whose result does not hold their arguments.
const TESTS: [&str; 4] = ["contains", "startswith", "endswith", "hashfiles"];

impl Expression {
    /// Every read of a context, in the order of the text.
    pub fn accesses(&self) -> Vec<Access> {
        let mut accesses: Vec<_> = self
            .indexed_accesses()
            .into_iter()
            .map(|(_, access)| access)
            .collect();
        accesses.sort_by_key(|access| access.span);
        accesses
    }

    /// Every read of a context with the node that holds it whole, by node.
    pub(super) fn indexed_accesses(&self) -> Vec<(NodeIndex, Access)> {
        let surroundings = self.surroundings();
        let mut accesses = Vec::new();
        for (index, node) in self.nodes.iter().enumerate() {
            let Some(around) = surroundings.get(index) else {
                continue;
            };
            if around.is_object {
                continue;
            }
            let Some(path) = self.path(index) else {
                continue;
            };
            let mut functions = Vec::new();
            let mut call = around.call;
            while let Some(at) = call {
                if let Some(NodeKind::Call(call)) = self.nodes.get(at).map(|node| &node.kind) {
                    functions.push(call.name.clone());
                }
                call = surroundings.get(at).and_then(|around| around.call);
            }
            accesses.push((
                index,
                Access {
                    path,
                    span: node.span,
                    functions,
                    flow: around.flow,
                },
            ));
        }
        accesses
    }

    /// The path of a chain that begins at a context.
    fn path(&self, mut index: NodeIndex) -> Option<Vec<Segment>> {
        let mut path = Vec::new();
        loop {
            index = match &self.nodes.get(index)?.kind {
                NodeKind::Context(name) => {
                    path.push(Segment::Name(name.clone()));
                    path.reverse();
                    return Some(path);
                }
                NodeKind::Property(object, name) => {
                    path.push(Segment::Name(name.clone()));
                    *object
                }
                NodeKind::Index(object, key) => {
                    path.push(match self.nodes.get(*key)?.kind {
                        NodeKind::Number(number)
                            if (0.0..f64::from(u32::MAX)).contains(&number) =>
                        {
                            // In range, and GitHub rounds down.
                            #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
                            Segment::Number(number as u32)
                        }
                        _ => Segment::Computed,
                    });
                    *object
                }
                NodeKind::Star(object) => {
                    path.push(Segment::Star);
                    *object
                }
                _ => return None,
            };
        }
    }

    /// For each node what stands around it, from the root down.
    fn surroundings(&self) -> Vec<Surrounding> {
        let root = Surrounding {
            call: None,
            flow: Flow::Value,
            is_object: false,
        };
        let mut all = vec![root; self.nodes.len()];
        for (index, node) in self.nodes.iter().enumerate().rev() {
            let Some(&around) = all.get(index) else {
                continue;
            };
            let mut inherit = |child: NodeIndex, given: Surrounding| {
                if let Some(slot) = all.get_mut(child) {
                    *slot = given;
                }
            };
            let value = Surrounding {
                is_object: false,
                ..around
            };
            let test = Surrounding {
                flow: Flow::Test,
                ..value
            };
            let object = Surrounding {
                is_object: true,
                ..around
            };
            match &node.kind {
                NodeKind::Property(child, _) | NodeKind::Star(child) => inherit(*child, object),
                NodeKind::Index(child, key) => {
                    inherit(*child, object);
                    inherit(*key, test);
                }
                NodeKind::Not(child) => inherit(*child, test),
                NodeKind::Compare(_, left, right) => {
                    inherit(*left, test);
                    inherit(*right, test);
                }
                // Of the left operands of `&&` only a false one comes out, and a false text is empty.
                NodeKind::And(children) => {
                    let last = children.last();
                    for child in children {
                        inherit(*child, if Some(child) == last { value } else { test });
                    }
                }
                NodeKind::Or(children) => children.iter().for_each(|child| inherit(*child, value)),
                NodeKind::Call(call) => {
                    let count = call.arguments.len();
                    for (position, child) in call.arguments.iter().enumerate() {
                        let predicate =
                            &*call.name == "case" && position % 2 == 0 && position + 1 < count;
                        let flow = if predicate || TESTS.contains(&&*call.name) {
                            Flow::Test
                        } else {
                            around.flow
                        };
                        inherit(
                            *child,
                            Surrounding {
                                call: Some(index),
                                flow,
                                is_object: false,
                            },
                        );
                    }
                }
                NodeKind::Null
                | NodeKind::Bool(_)
                | NodeKind::Number(_)
                | NodeKind::String(_)
                | NodeKind::Context(_) => {}
            }
        }
        all
    }
}

#[derive(Clone, Copy)]
struct Surrounding {
    /// The innermost call around.
    call: Option<NodeIndex>,
    flow: Flow,
    /// Something is taken from it: the access goes on above.
    is_object: bool,
}

impl Access {
    /// The path as GitHub writes it: `github.event.commits.*.message`; a computed index is `?`.
    pub fn dotted(&self) -> String {
        let mut text = String::new();
        for segment in &self.path {
            if !text.is_empty() {
                text.push('.');
            }
            match segment {
                Segment::Name(name) => text.push_str(name),
                Segment::Number(number) => text.push_str(&number.to_string()),
                Segment::Star => text.push('*'),
                Segment::Computed => text.push('?'),
            }
        }
        text
    }

    /// The name of the context.
    pub fn context(&self) -> &str {
        self.name(0).unwrap_or_default()
    }

    /// The name at a place of the path, where it is one.
    pub fn name(&self, position: usize) -> Option<&str> {
        match self.path.get(position)? {
            Segment::Name(name) => Some(name),
            _ => None,
        }
    }

    /// Whether the path is this one. `*` in the pattern stands for any one segment, and a star or a computed
    /// index in the path for any name: such an access may read what the pattern names.
    pub fn matches(&self, pattern: &str) -> bool {
        self.compare(pattern) == Some(0)
    }

    /// Whether the access reads an object that holds what the pattern names (`github.event` for
    /// `github.event.issue.title`), or exactly it.
    pub fn covers(&self, pattern: &str) -> bool {
        self.compare(pattern).is_some()
    }

    /// How many segments of the pattern are left behind the path, where the path agrees with its beginning.
    fn compare(&self, pattern: &str) -> Option<usize> {
        let mut wanted = pattern.split('.');
        for segment in &self.path {
            let want = wanted.next()?;
            let agrees = match segment {
                Segment::Name(name) => want == "*" || want == &**name,
                Segment::Number(_) => want == "*",
                Segment::Star | Segment::Computed => true,
            };
            if !agrees {
                return None;
            }
        }
        Some(wanted.count())
    }
}
