//! What only the structure of a file shows: a value on another line than its name, credentials of containers and of
//! MCP servers, `name`/`value` pairs, and values whose escapes hide a key.

use std::ops::Range;

use crate::source::{Node, Style, Tree};

use super::detector::{Candidate, Detector};
use super::formats;
use super::name;
use super::nested::Encoding;
use super::structure;
use super::value::{self, Literal};

/// Where in the file a node stands, as far as it matters here.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Place {
    Elsewhere,
    /// Below `container` or one entry of `services`.
    Container,
    /// Below `services`.
    Services,
    /// In `credentials` of a container.
    Credentials,
    /// Below `mcpServers`.
    Mcp,
    /// In the `headers` of an MCP server.
    Headers,
}

impl Place {
    fn below(self, key: &str) -> Self {
        match (self, key) {
            (Self::Elsewhere, "container") | (Self::Services, _) => Self::Container,
            (Self::Elsewhere, "services") => Self::Services,
            (Self::Container, "credentials") => Self::Credentials,
            (_, "mcpServers") => Self::Mcp,
            (Self::Mcp, "headers") => Self::Headers,
            (place, _) => place,
        }
    }
}

/// Adds what the structure shows. What the text shows too is told apart later, by place.
pub(super) fn candidates(detector: &Detector, tree: &Tree, found: &mut Vec<Candidate>) {
    let mut open: Vec<(Node<'_>, Place)> = tree
        .documents()
        .map(|node| (node, Place::Elsewhere))
        .collect();
    while let Some((node, place)) = open.pop() {
        // What an alias means stands, and is read, at its anchor.
        if node.is_alias() {
            continue;
        }
        if node.is_mapping() {
            found.extend(pair(node));
            for entry in node.entries() {
                let Some(key) = entry.key.text() else {
                    continue;
                };
                if !entry.value.is_alias() {
                    found.extend(assigned(key, entry.value, place));
                }
                open.push((entry.value, place.below(key)));
            }
        } else if node.is_sequence() {
            open.extend(node.items().map(|item| (item, place)));
        } else {
            found.extend(escaped(detector, node));
        }
    }
}

fn assigned(key: &str, node: Node<'_>, place: Place) -> Option<Candidate> {
    let text = node.text()?;
    if place == Place::Credentials && key == "password" {
        return candidate(
            node,
            0..text.len(),
            value::judge_any(text.as_bytes())?,
            "container-credentials",
        );
    }
    let announces = match name::announces(key.as_bytes()) {
        Some(announces) => announces,
        None if place == Place::Headers => name::Announces::Secret,
        None => return None,
    };
    let start = match text.split_once(' ') {
        Some(("Bearer" | "bearer" | "token" | "Token", _)) => text.find(' ')? + 1,
        _ => 0,
    };
    let written = text.get(start..)?;
    let trimmed = written.trim_end();
    let literal = value::judge(trimmed.as_bytes(), announces)?;
    let kind = match (place, announces) {
        (Place::Mcp | Place::Headers, _) => "mcp-credential",
        (_, name::Announces::Password) => "generic-password",
        (_, name::Announces::Secret) => "generic-secret",
    };
    candidate(node, start..start + trimmed.len(), literal, kind)
}

/// `name: X` beside `value: Y`, as containers of Kubernetes and others write variables.
fn pair(node: Node<'_>) -> Option<Candidate> {
    let name = node.get("name")?.text()?;
    let value = node.get("value")?;
    if value.is_alias() {
        return None;
    }
    assigned(name, value, Place::Elsewhere)
}

fn candidate(
    node: Node<'_>,
    part: Range<usize>,
    literal: Literal,
    kind: &str,
) -> Option<Candidate> {
    let text = node.text()?.get(part)?;
    let span = node.span().range();
    // As exact as the value is written; with escapes in it, the whole scalar.
    let written = node.tree().file().text().get(span.clone())?;
    let range = match written.find(text) {
        Some(at) => span.start + at..span.start + at + text.len(),
        None => span,
    };
    let verdict = structure::verdict(range, literal, kind)?;
    let format = verdict.format.or_else(|| formats::kind(kind))?;
    Some(Candidate::of(format, verdict))
}

/// A scalar whose escapes are gone once it is read: what it says then.
fn escaped(detector: &Detector, node: Node<'_>) -> Option<Candidate> {
    if !matches!(node.style()?, Style::DoubleQuoted | Style::Json) {
        return None;
    }
    let span = node.span().range();
    let written = node.tree().file().text().get(span.clone())?;
    if !written.contains('\\') {
        return None;
    }
    detector.inside(node.text()?.as_bytes(), span, Encoding::Escaped)
}
