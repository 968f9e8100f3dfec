//! One arena tree for YAML, JSON and front matter.
//!
//! Every key and every value carries the span of its own bytes. Aliases point at the node that carries the
//! anchor and are never copied, so that a small file cannot become a large tree. The tree is read through
//! [`Node`], a cheap handle that steps over aliases by itself.

use std::collections::HashMap;
use std::sync::{Arc, OnceLock};

use super::file::{Location, SourceFile};
use super::scalar;
use super::span::{Span, saturate};
use super::traced::Traced;
use super::yaml;

/// A parsed file.
pub struct Tree {
    file: Arc<SourceFile>,
    nodes: Vec<NodeData>,
    items: Vec<NodeId>,
    values: Vec<Box<str>>,
    documents: Vec<NodeId>,
    /// Found when somebody first asks: few readers do.
    comments: OnceLock<Vec<Span>>,
    /// The part of the file that was read.
    part: Span,
    oddities: Vec<Oddity>,
    tags: Vec<(NodeId, Box<str>)>,
}

/// Index of a node in its tree.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct NodeId(u32);

#[derive(Clone, Copy)]
struct NodeData {
    span: Span,
    kind: Kind,
}

#[derive(Clone, Copy)]
enum Kind {
    Scalar(Style, Value),
    /// Range into `items`.
    Sequence(u32, u32),
    /// Range into `items`, keys and values by turns.
    Mapping(u32, u32),
    Alias(NodeId),
}

#[derive(Clone, Copy)]
enum Value {
    /// The value is the text under the span.
    Verbatim,
    /// Index into `values`.
    Decoded(u32),
}

/// How a scalar is written. It decides how offsets inside its value map back to the file.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Style {
    /// YAML plain, or a JSON number or word.
    Plain,
    /// `'…'`
    SingleQuoted,
    /// YAML `"…"`
    DoubleQuoted,
    /// YAML `|`
    Literal,
    /// YAML `>`
    Folded,
    /// JSON `"…"`
    Json,
}

/// Something a file may hold that its readers disagree about or refuse.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Oddity {
    /// What it is.
    pub kind: OddityKind,
    /// Where it is.
    pub span: Span,
    /// For a duplicate key: where the first one is.
    pub first: Option<Span>,
}

/// The kinds of [`Oddity`].
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum OddityKind {
    /// A key that the same mapping already has.
    DuplicateKey,
    /// `<<`, which GitHub rejects in workflows.
    MergeKey,
    /// A tag such as `!foo` or `!!str`.
    Tag,
    /// A second YAML document in the file.
    SecondDocument,
    /// JSON: a `//` or `/* */` comment.
    Comment,
    /// JSON: a comma before `]` or `}`.
    TrailingComma,
    /// JSON: more text after the end of the value.
    TextAfterEnd,
    /// JSON: a string in single quotes, an unquoted key, or a control character inside a string.
    LooseString,
    /// JSON: a comma between two entries is missing.
    MissingComma,
}

impl Tree {
    /// The file that was parsed.
    pub fn file(&self) -> &Arc<SourceFile> {
        &self.file
    }

    /// The root of the first document, unless the file holds none.
    pub fn root(&self) -> Option<Node<'_>> {
        self.documents.first().map(|&id| self.node(id))
    }

    /// Roots of all documents.
    pub fn documents(&self) -> impl Iterator<Item = Node<'_>> {
        self.documents.iter().map(|&id| self.node(id))
    }

    /// The handle of a node. An id of another tree gives an empty scalar.
    pub fn node(&self, id: NodeId) -> Node<'_> {
        Node { tree: self, id }
    }

    /// Spans of the comments of a YAML file, with their `#`.
    pub fn comments(&self) -> &[Span] {
        self.comments
            .get_or_init(|| yaml::comments(&self.file, self.part))
    }

    /// What readers disagree about, in file order.
    pub fn oddities(&self) -> &[Oddity] {
        &self.oddities
    }

    /// Every node that stands in the file, in file order; aliases are not followed.
    pub fn nodes(&self) -> impl Iterator<Item = Node<'_>> {
        (0..saturate(self.nodes.len())).map(|index| self.node(NodeId(index)))
    }

    fn data(&self, id: NodeId) -> NodeData {
        self.nodes.get(id.0 as usize).copied().unwrap_or(NodeData {
            span: Span::at(0),
            kind: Kind::Scalar(Style::Plain, Value::Verbatim),
        })
    }
}

impl std::fmt::Debug for Tree {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Tree({:?}, {} nodes)", self.file, self.nodes.len())
    }
}

/// A handle on one node. Everything but [`Node::written_span`] looks through an alias at its target.
#[derive(Clone, Copy)]
pub struct Node<'t> {
    tree: &'t Tree,
    id: NodeId,
}

/// One `key: value` of a mapping.
#[derive(Clone, Copy)]
pub struct Entry<'t> {
    /// The key.
    pub key: Node<'t>,
    /// The value.
    pub value: Node<'t>,
}

/// What a plain scalar is by the YAML 1.2 core schema, or a JSON value by its grammar.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum ScalarType {
    /// Nothing, `~` or `null`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number.
    Number(f64),
    /// Text.
    String,
}

impl<'t> Node<'t> {
    /// The node's id, aliases not followed.
    pub fn id(self) -> NodeId {
        self.id
    }

    /// The tree the node belongs to.
    pub fn tree(self) -> &'t Tree {
        self.tree
    }

    fn resolved(self) -> Self {
        match self.tree.data(self.id).kind {
            Kind::Alias(target) => Self {
                tree: self.tree,
                id: target,
            },
            _ => self,
        }
    }

    fn target(self) -> NodeData {
        self.tree.data(self.resolved().id)
    }

    /// Span of the value's own bytes (of the anchor's value for an alias). Quotes are included, the header
    /// and the first indentation of a block scalar are not.
    pub fn span(self) -> Span {
        self.target().span
    }

    /// Span of what is written at this place: `*name` for an alias.
    pub fn written_span(self) -> Span {
        self.tree.data(self.id).span
    }

    /// Whether an alias is written here.
    pub fn is_alias(self) -> bool {
        matches!(self.tree.data(self.id).kind, Kind::Alias(_))
    }

    /// The value's place.
    pub fn location(self) -> Location {
        Location::new(&self.tree.file, self.span())
    }

    /// Whether it is a mapping.
    pub fn is_mapping(self) -> bool {
        matches!(self.target().kind, Kind::Mapping(..))
    }

    /// Whether it is a sequence.
    pub fn is_sequence(self) -> bool {
        matches!(self.target().kind, Kind::Sequence(..))
    }

    /// The text of a scalar of any type, unquoted and unescaped.
    pub fn text(self) -> Option<&'t str> {
        let data = self.target();
        match data.kind {
            Kind::Scalar(_, Value::Verbatim) => Some(data.span.slice(self.tree.file.text())),
            Kind::Scalar(_, Value::Decoded(index)) => {
                self.tree.values.get(index as usize).map(AsRef::as_ref)
            }
            _ => None,
        }
    }

    /// How a scalar is written.
    pub fn style(self) -> Option<Style> {
        match self.target().kind {
            Kind::Scalar(style, _) => Some(style),
            _ => None,
        }
    }

    /// The type of a scalar.
    pub fn scalar_type(self) -> Option<ScalarType> {
        let text = self.text()?;
        if self.style() != Some(Style::Plain) || self.tag().is_some() {
            return Some(ScalarType::String);
        }
        Some(match text {
            "" | "~" | "null" | "Null" | "NULL" => ScalarType::Null,
            "true" | "True" | "TRUE" => ScalarType::Bool(true),
            "false" | "False" | "FALSE" => ScalarType::Bool(false),
            _ => number(text).map_or(ScalarType::String, ScalarType::Number),
        })
    }

    /// Whether it is a null.
    pub fn is_null(self) -> bool {
        self.scalar_type() == Some(ScalarType::Null)
    }

    /// The text of a scalar, unless it is a null.
    pub fn non_null_text(self) -> Option<&'t str> {
        if self.is_null() { None } else { self.text() }
    }

    /// The text of a string; nothing for numbers, booleans and nulls.
    pub fn string(self) -> Option<&'t str> {
        match self.scalar_type() {
            Some(ScalarType::String) => self.text(),
            _ => None,
        }
    }

    /// A boolean.
    pub fn boolean(self) -> Option<bool> {
        match self.scalar_type() {
            Some(ScalarType::Bool(value)) => Some(value),
            _ => None,
        }
    }

    /// The tag, as `handle` + `suffix`.
    pub fn tag(self) -> Option<&'t str> {
        let id = self.resolved().id;
        let index = self
            .tree
            .tags
            .binary_search_by_key(&id, |(id, _)| *id)
            .ok()?;
        self.tree.tags.get(index).map(|(_, tag)| tag.as_ref())
    }

    /// The scalar's text with the origin of each byte.
    pub fn traced(self) -> Option<Traced> {
        let data = self.target();
        let Kind::Scalar(style, _) = data.kind else {
            return None;
        };
        Some(scalar::trace(
            &self.tree.file,
            data.span,
            style,
            self.text()?,
        ))
    }

    /// Entries of a mapping, in file order, duplicates included; none for other nodes.
    pub fn entries(self) -> impl DoubleEndedIterator<Item = Entry<'t>> + ExactSizeIterator {
        let range = match self.target().kind {
            Kind::Mapping(start, end) => start as usize..end as usize,
            _ => 0..0,
        };
        let tree = self.tree;
        let items = tree.items.get(range).unwrap_or_default();
        items
            .as_chunks::<2>()
            .0
            .iter()
            .map(move |&[key, value]| Entry {
                key: tree.node(key),
                value: tree.node(value),
            })
    }

    /// Items of a sequence; none for other nodes.
    pub fn items(self) -> impl DoubleEndedIterator<Item = Node<'t>> + ExactSizeIterator {
        let range = match self.target().kind {
            Kind::Sequence(start, end) => start as usize..end as usize,
            _ => 0..0,
        };
        let tree = self.tree;
        let items = tree.items.get(range).unwrap_or_default();
        items.iter().map(move |&id| tree.node(id))
    }

    /// The entry of a key. Of duplicates, the last one: it is what readers that accept them keep.
    pub fn entry(self, key: &str) -> Option<Entry<'t>> {
        self.entries()
            .rev()
            .find(|entry| entry.key.text() == Some(key))
    }

    /// The value of a key.
    pub fn get(self, key: &str) -> Option<Node<'t>> {
        self.entry(key).map(|entry| entry.value)
    }

    /// The entry of a key in any case, as GitHub reads the names of inputs.
    pub fn entry_ignoring_case(self, key: &str) -> Option<Entry<'t>> {
        self.entries().rev().find(|entry| {
            entry
                .key
                .text()
                .is_some_and(|text| text.eq_ignore_ascii_case(key))
        })
    }

    /// The value under a path of keys.
    pub fn at(self, path: &[&str]) -> Option<Node<'t>> {
        path.iter().try_fold(self, |node, key| node.get(key))
    }
}

impl std::fmt::Debug for Node<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let kind = match self.tree.data(self.id).kind {
            Kind::Scalar(..) => "Scalar",
            Kind::Sequence(..) => "Sequence",
            Kind::Mapping(..) => "Mapping",
            Kind::Alias(_) => "Alias",
        };
        write!(f, "{kind}({:?})", self.written_span())
    }
}

fn number(text: &str) -> Option<f64> {
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    if let Some(hex) = digits.strip_prefix("0x") {
        return u64::from_str_radix(hex, 16).ok().map(|n| n as f64);
    }
    if let Some(octal) = digits.strip_prefix("0o") {
        return u64::from_str_radix(octal, 8).ok().map(|n| n as f64);
    }
    // Rust also reads `inf`, `nan` and `infinity`; YAML writes these with a dot.
    if !digits.starts_with(|c: char| c.is_ascii_digit() || c == '.') {
        return None;
    }
    match digits {
        ".inf" | ".Inf" | ".INF" => Some(f64::INFINITY),
        ".nan" | ".NaN" | ".NAN" => Some(f64::NAN),
        _ => text.parse().ok(),
    }
}

/// Why a tree could not be built: the first thing that the parser could not read.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{message}")]
pub struct SyntaxError {
    /// Where.
    pub span: Span,
    /// What, in words for people.
    pub message: String,
}

/// Builds a [`Tree`] bottom-up from the events of a parser.
pub(super) struct Builder {
    tree: Tree,
    /// Open collections: their node and where their items start in `pending`.
    open: Vec<(NodeId, usize, Collection)>,
    pending: Vec<NodeId>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Collection {
    Sequence,
    Mapping,
}

/// Mappings up to this size are searched for duplicate keys by comparing each with each.
const SMALL_MAPPING: usize = 12;

impl Builder {
    pub(super) fn new(file: &Arc<SourceFile>, part: Span, estimated_nodes: usize) -> Self {
        Self {
            tree: Tree {
                file: Arc::clone(file),
                nodes: Vec::with_capacity(estimated_nodes),
                items: Vec::with_capacity(estimated_nodes),
                values: Vec::new(),
                documents: Vec::new(),
                comments: OnceLock::new(),
                part,
                oddities: Vec::new(),
                tags: Vec::new(),
            },
            open: Vec::new(),
            pending: Vec::new(),
        }
    }

    pub(super) fn node_count(&self) -> usize {
        self.tree.nodes.len()
    }

    pub(super) fn depth(&self) -> usize {
        self.open.len()
    }

    /// Adds a scalar. `value` is what the parser made of the bytes under `span`.
    pub(super) fn scalar(&mut self, span: Span, style: Style, value: &str) -> NodeId {
        let value = if span.slice(self.tree.file.text()) == value {
            Value::Verbatim
        } else {
            self.tree.values.push(value.into());
            Value::Decoded(saturate(self.tree.values.len() - 1))
        };
        self.add(span, Kind::Scalar(style, value))
    }

    pub(super) fn alias(&mut self, span: Span, target: NodeId) -> NodeId {
        self.add(span, Kind::Alias(target))
    }

    pub(super) fn start(&mut self, span: Span, collection: Collection) -> NodeId {
        let id = self.add(span, Kind::Sequence(0, 0));
        self.open.push((id, self.pending.len(), collection));
        id
    }

    pub(super) fn end(&mut self, end: u32) {
        let Some((id, first, collection)) = self.open.pop() else {
            return;
        };
        let start = saturate(self.tree.items.len());
        self.tree.items.extend(self.pending.drain(first..));
        let stop = saturate(self.tree.items.len());
        if let Some(node) = self.tree.nodes.get_mut(id.0 as usize) {
            node.span = Span::new(node.span.start, end.max(node.span.end));
            node.kind = match collection {
                Collection::Sequence => Kind::Sequence(start, stop),
                Collection::Mapping => Kind::Mapping(start, stop),
            };
        }
        if collection == Collection::Mapping {
            self.check_keys(id);
        }
    }

    pub(super) fn oddity(&mut self, kind: OddityKind, span: Span) {
        self.tree.oddities.push(Oddity {
            kind,
            span,
            first: None,
        });
    }

    pub(super) fn tag(&mut self, id: NodeId, tag: String, span: Span) {
        self.tree.tags.push((id, tag.into()));
        self.oddity(OddityKind::Tag, span);
    }

    pub(super) fn finish(mut self) -> Tree {
        self.tree.oddities.sort_by_key(|oddity| oddity.span);
        self.tree.nodes.shrink_to_fit();
        self.tree.items.shrink_to_fit();
        self.tree
    }

    fn add(&mut self, span: Span, kind: Kind) -> NodeId {
        let id = NodeId(saturate(self.tree.nodes.len()));
        self.tree.nodes.push(NodeData { span, kind });
        if self.open.is_empty() {
            if !self.tree.documents.is_empty() {
                self.oddity(OddityKind::SecondDocument, span);
            }
            self.tree.documents.push(id);
        } else {
            self.pending.push(id);
        }
        id
    }

    fn check_keys(&mut self, id: NodeId) {
        let mapping = self.tree.node(id);
        let mut found = Vec::new();
        let keys = || {
            mapping
                .entries()
                .filter_map(|entry| Some((entry.key.text()?, entry.key)))
        };
        if mapping.entries().len() <= SMALL_MAPPING {
            for (index, (text, key)) in keys().enumerate() {
                if let Some((_, first)) = keys().take(index).find(|(other, _)| *other == text) {
                    found.push((key.written_span(), first.written_span()));
                }
            }
        } else {
            let mut seen = HashMap::new();
            for (text, key) in keys() {
                let span = key.written_span();
                match seen.entry(text) {
                    std::collections::hash_map::Entry::Occupied(first) => {
                        found.push((span, *first.get()));
                    }
                    std::collections::hash_map::Entry::Vacant(slot) => {
                        slot.insert(span);
                    }
                }
            }
        }
        let merges: Vec<Span> = keys()
            .filter(|(text, key)| *text == "<<" && key.style() == Some(Style::Plain))
            .map(|(_, key)| key.written_span())
            .collect();
        let duplicates = found.into_iter().map(|(span, first)| Oddity {
            kind: OddityKind::DuplicateKey,
            span,
            first: Some(first),
        });
        self.tree.oddities.extend(duplicates);
        for span in merges {
            self.oddity(OddityKind::MergeKey, span);
        }
    }
}
