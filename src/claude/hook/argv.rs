//! Words of a shell command as arguments: variables that Claude Code sets become markers, and the usual ways to spell
//! the folder of a script or the top of the repository too.

use std::collections::HashMap;

use super::path;
use crate::shell::{self, Binding, Part, Variables, Word};
use crate::source::Traced;

/// Values of variables longer than this are not followed: a script can double them line by line.
const LONGEST_VALUE: usize = 4096;

/// What is known of variables.
#[derive(Clone, Default)]
pub(super) struct Known(HashMap<String, Traced>);

impl Known {
    pub(super) fn set(&mut self, name: &str, value: Option<Traced>) {
        match value.filter(|value| value.len() <= LONGEST_VALUE) {
            Some(value) => self.0.insert(name.to_owned(), value),
            None => self.0.remove(name),
        };
    }
}

/// [`Known`] beside the variables that Claude Code sets; their markers stand at the place of the text that is read.
pub(super) struct Scope<'a> {
    pub(super) known: &'a Known,
    pub(super) text: &'a Traced,
}

impl Variables for Scope<'_> {
    fn get(&self, name: &str) -> Option<Binding> {
        if let Some(value) = self.known.0.get(name) {
            return Some(Binding::Scalar(value.clone()));
        }
        let marker = match name {
            "CLAUDE_PROJECT_DIR" => path::PROJECT,
            "CLAUDE_PLUGIN_ROOT" => path::PLUGIN,
            _ => return None,
        };
        let origin = self.text.location()?;
        Some(Binding::Scalar(Traced::synthetic(marker, &origin)))
    }
}

/// The fields that a word becomes.
pub(super) fn expand(word: &Word, scope: &Scope<'_>) -> Vec<Traced> {
    if let Some(Part::Substitution { span, .. }) = word.parts.first()
        && let Some(marker) = marker(span.slice(scope.text.text()))
        && let Some(origin) = scope.text.locate(span.range())
    {
        let rest = Word {
            span: word.span,
            parts: word.parts.get(1..).unwrap_or_default().to_vec(),
        };
        let mut whole = Traced::synthetic(marker, &origin);
        for field in shell::expand(&rest, scope.text, scope) {
            whole.push(&field);
        }
        return vec![whole];
    }
    shell::expand(word, scope.text, scope)
}

/// The folder that a substitution prints.
fn marker(text: &str) -> Option<String> {
    if text.len() > 200 {
        return None;
    }
    if text.contains("git rev-parse --show-toplevel") && !text.contains("dirname") {
        return Some(path::TOP.to_owned());
    }
    let names_itself = text.contains("$0") || text.contains("BASH_SOURCE") || text.contains("${0");
    if text.contains("dirname") && names_itself {
        // `$(cd "$(dirname "$0")/.." && pwd)`, `$(dirname "$(dirname "$0")")`.
        let ups = text.matches("/..").count() + text.matches("dirname").count() - 1;
        return Some(format!("{}{}", path::HERE, "/..".repeat(ups.min(8))));
    }
    None
}

/// The text of a field without holes.
pub(super) fn known(field: &Traced) -> Option<&str> {
    field.is_known().then(|| field.text())
}
