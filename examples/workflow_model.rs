//! Prints what the model makes of workflow files: one JSON object a line, for `tests/oracle/compare.py`.
//!
//! Usage: `workflow_model FILE…`

use std::fmt::Write as _;
use std::sync::Arc;

use portcullis::source::{Node, ScalarType, SourceFile, yaml};
use portcullis::workflow::expression::{Piece, parse, pieces};
use portcullis::workflow::permissions::{Level, Scope, Source, Token};
use portcullis::workflow::{Job, Secrets, Step, Timeout, Workflow};

fn main() {
    for path in std::env::args().skip(1) {
        let line = match std::fs::read(&path) {
            Ok(bytes) => describe(&path, &String::from_utf8_lossy(&bytes)),
            Err(error) => object(&[
                ("file", string(&path)),
                ("errors", array([string(&error.to_string())])),
            ]),
        };
        println!("{line}");
    }
}

fn describe(path: &str, text: &str) -> String {
    let file = SourceFile::new(path, text);
    let tree = match yaml::parse(&file) {
        Ok(tree) => tree,
        Err(error) => {
            return object(&[
                ("file", string(path)),
                ("errors", array([string(&error.to_string())])),
            ]);
        }
    };
    let workflow = Workflow::new(Arc::new(tree));
    let errors = workflow.problems().iter().map(|problem| {
        let position = file.position(problem.span.start);
        string(&format!(
            "{}:{}: {}",
            position.line, position.column, problem.kind
        ))
    });
    object(&[
        ("file", string(path)),
        ("errors", array(errors)),
        (
            "events",
            array(workflow.triggers().map(|trigger| string(trigger.name()))),
        ),
        ("jobs", array(workflow.jobs().map(job))),
    ])
}

fn job(job: Job<'_>) -> String {
    let token = job.token();
    let timeout = match job.timeout() {
        Timeout::Absent => "null".to_owned(),
        Timeout::Minutes(_, node) | Timeout::Expression(node) | Timeout::Invalid(node) => {
            scalar(node)
        }
    };
    let steps: Vec<_> = job.steps().collect();
    let mut at = 0;
    object(&[
        ("id", string(job.id())),
        ("line", line(job.key())),
        ("uses", job.uses().map_or("null".to_owned(), scalar)),
        ("timeout", timeout),
        (
            "source",
            string(match token.source {
                Source::Job => "job",
                Source::Workflow => "workflow",
                Source::RepositoryDefault => "repo-default",
            }),
        ),
        ("permissions", permissions(&token)),
        (
            "inherit",
            matches!(job.secrets(), Secrets::Inherit(_)).to_string(),
        ),
        ("steps", nested(&steps, &mut at, 0)),
    ])
}

/// The steps of one level, each group with its own below it.
fn nested(steps: &[Step<'_>], at: &mut usize, level: u8) -> String {
    let mut out = Vec::new();
    while let Some(step) = steps.get(*at).filter(|step| step.nesting >= level) {
        *at += 1;
        let inner = nested(steps, at, level + 1);
        let mut fields = vec![("line", line(step.node()))];
        for entry in step.node().entries() {
            match entry.key.text() {
                Some("with") => fields.push(("with", map(entry.value))),
                Some("env") => fields.push(("env", map(entry.value))),
                Some("parallel") => fields.push(("parallel", inner.clone())),
                Some(
                    key @ ("id" | "name" | "if" | "uses" | "run" | "timeout-minutes" | "background"
                    | "wait-all" | "cancel" | "shell" | "continue-on-error"),
                ) => fields.push((key, scalar(entry.value))),
                _ => {}
            }
        }
        out.push(object(&fields));
    }
    array(out)
}

fn permissions(token: &Token) -> String {
    if token.source == Source::RepositoryDefault {
        return string("repo-default");
    }
    let granted: Vec<_> = Scope::all()
        .filter(|&scope| token.level(scope) > Level::None)
        .map(|scope| (scope.name(), string(token.level(scope).name())))
        .collect();
    object(&granted)
}

fn map(node: Node<'_>) -> String {
    if node.text().is_some() {
        return scalar(node);
    }
    let entries: Vec<_> = node
        .entries()
        .map(|entry| (entry.key.text().unwrap_or_default(), scalar(entry.value)))
        .collect();
    object(&entries)
}

fn scalar(node: Node<'_>) -> String {
    match node.scalar_type() {
        None => "\"(no scalar)\"".to_owned(),
        Some(ScalarType::Null) => "null".to_owned(),
        Some(ScalarType::Bool(truth)) => truth.to_string(),
        Some(ScalarType::Number(number)) if number.is_finite() => number.to_string(),
        Some(ScalarType::Number(_)) => "null".to_owned(),
        Some(ScalarType::String) => text(node.text().unwrap_or_default()),
    }
}

/// A text, or the expressions in it.
fn text(text: &str) -> String {
    let pieces = pieces(text);
    let inner: Vec<&str> = pieces
        .iter()
        .filter_map(|piece| match piece {
            Piece::Expression { inner, .. } => Some(inner.slice(text).trim()),
            _ => None,
        })
        .collect();
    match (inner.as_slice(), pieces.len()) {
        ([], _) => string(text),
        ([only], 1) if parse(only).is_ok_and(|parsed| parsed.literal_text().is_some()) => string(
            parse(only)
                .ok()
                .as_ref()
                .and_then(|parsed| parsed.literal_text())
                .unwrap_or_default(),
        ),
        _ => object(&[("expressions", array(inner.into_iter().map(string)))]),
    }
}

fn line(node: Node<'_>) -> String {
    node.tree()
        .file()
        .position(node.span().start)
        .line
        .to_string()
}

fn array(items: impl IntoIterator<Item = String>) -> String {
    format!("[{}]", items.into_iter().collect::<Vec<_>>().join(","))
}

fn object(fields: &[(&str, String)]) -> String {
    let fields: Vec<_> = fields
        .iter()
        .map(|(key, value)| format!("{}:{value}", string(key)))
        .collect();
    format!("{{{}}}", fields.join(","))
}

fn string(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            c if u32::from(c) < 0x20 => {
                // Writing to a string does not fail.
                let _ = write!(out, "\\u{:04x}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out.push('"');
    out
}
