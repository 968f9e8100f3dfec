//! What a running script knows: variables, functions, files that it wrote itself, its folder.

use std::collections::HashMap;
use std::rc::Rc;

use crate::shell::{Binding, Script, Variables};
use crate::snapshot;
use crate::source::{Location, SourceFile, Span, Traced};

use super::context::{WORKSPACE, weight};
use super::environment::Environment;
use super::library;

/// A script with the text it was parsed from.
#[derive(Debug)]
pub(super) struct Parsed {
    pub(super) text: Traced,
    pub(super) script: Script,
}

/// The state of a script at one command.
#[derive(Clone, Default)]
pub(super) struct Scope {
    /// Variables of the step.
    pub(super) environment: Environment,
    /// Variables that the script set, which win.
    variables: HashMap<String, Binding>,
    /// Functions by name, with the script that defines them.
    pub(super) functions: HashMap<String, (Rc<Parsed>, usize)>,
    pub(super) aliases: HashMap<String, Traced>,
    /// Files that the script wrote, by path.
    pub(super) files: HashMap<String, Traced>,
    /// The current folder, from the root of the tree.
    pub(super) folder: String,
    /// `$1` and so on.
    pub(super) arguments: Vec<Traced>,
    /// Folders that hold the repository itself, where it is not checked out at the root.
    pub(super) own_folders: Vec<String>,
    /// Where each variable was assigned last: file, start of the script's text, end of the assignment.
    pub(super) assigned: HashMap<String, (String, u32, u32)>,
    /// Images that the script built: name and Dockerfile.
    pub(super) images: Vec<(String, String)>,
    /// The path of the script, for `$0`.
    pub(super) script: Option<String>,
}

impl Scope {
    /// Sets a variable.
    pub(super) fn set(&mut self, name: &str, value: Binding) {
        self.variables.insert(name.to_owned(), value);
    }

    /// Sets a variable that may have been set on another branch before: a value that spells bypass is then not
    /// replaced by one that does not, because the walk takes both branches.
    pub(super) fn set_on_branch(&mut self, name: &str, value: Binding) {
        use super::context::Weight;
        let bypasses = |binding: &Binding| heaviest(binding) == Weight::Bypasses;
        let kept = self.variable(name).as_ref().is_some_and(bypasses) && !bypasses(&value);
        if !kept {
            self.set(name, value);
        }
    }

    /// Sets a variable to one text.
    pub(super) fn set_text(&mut self, name: &str, value: Traced) {
        self.set(name, Binding::Scalar(value));
    }

    /// Takes a variable away. What the step's environment says of it is gone, too.
    pub(super) fn unset(&mut self, name: &str) {
        self.variables
            .insert(name.to_owned(), Binding::Scalar(Traced::default()));
    }

    /// The value of a variable that was set.
    pub(super) fn variable(&self, name: &str) -> Option<Binding> {
        let own = self.variables.get(name).cloned();
        own.or_else(|| self.environment.get(name).cloned().map(Binding::Scalar))
    }

    /// A path that the script names, from the root of the tree. Paths that begin with something unknown are tried
    /// from the script's own folder, then from the root: `"$SCRIPT_DIR/lib.sh"` is the usual reason.
    pub(super) fn resolve(&self, path: &Traced, exists: &dyn Fn(&str) -> bool) -> Option<String> {
        let text = path.text();
        let Some(hole) = path.holes().last() else {
            let text = text.strip_prefix(WORKSPACE).map(|rest| format!("/{rest}"));
            let text = text.as_deref().unwrap_or(path.text());
            let inside =
                |folder: &String| text.trim_start_matches("./").strip_prefix(folder.as_str());
            let text = self.own_folders.iter().find_map(inside).unwrap_or(text);
            let text = if text.is_empty() { "/" } else { text };
            let joined = library::join(&self.folder, text)?;
            // A folder that the walk lost track of: most scripts are named from the root.
            let fallback = || library::join("", text).filter(|path| exists(path));
            return if exists(&joined) {
                Some(joined)
            } else {
                fallback().or(Some(joined))
            };
        };
        let rest = text.get(hole.span.end as usize..)?.strip_prefix('/')?;
        let own = self
            .script
            .as_deref()
            .map(snapshot::folder)
            .unwrap_or_default();
        let up = path.text().get(..hole.span.end as usize).is_some() && hole.source.contains("/..");
        let parent = if up { snapshot::folder(own) } else { own };
        [parent, own, ""]
            .into_iter()
            .filter_map(|folder| library::join(folder, rest))
            .find(|path| exists(path))
    }
}

/// The heaviest text of a binding.
fn heaviest(binding: &Binding) -> super::context::Weight {
    match binding {
        Binding::Scalar(text) => weight(text),
        Binding::List(items) => items
            .iter()
            .map(weight)
            .max()
            .unwrap_or(super::context::Weight::Empty),
    }
}

impl Variables for Scope {
    fn get(&self, name: &str) -> Option<Binding> {
        if let Ok(position) = name.parse::<usize>() {
            return match position.checked_sub(1) {
                None => self
                    .script
                    .as_deref()
                    .map(|path| place(&format!("{WORKSPACE}/{path}"))),
                Some(index) => self.arguments.get(index).cloned().map(Binding::Scalar),
            };
        }
        match name {
            "@" | "*" => Some(Binding::List(self.arguments.clone())),
            "PWD" => Some(place(&format!("{WORKSPACE}/{}", self.folder))),
            "GITHUB_WORKSPACE" => Some(place(WORKSPACE)),
            "BASH_SOURCE" => self
                .script
                .as_deref()
                .map(|path| place(&format!("{WORKSPACE}/{path}"))),
            _ => self.variable(name),
        }
    }
}

/// A path of the runner; it stands nowhere in the tree.
fn place(path: &str) -> Binding {
    let nowhere = SourceFile::new("", path.to_owned());
    let location = Location::new(&nowhere, Span::of(0..path.len()));
    Binding::Scalar(Traced::synthetic(path, &location))
}
