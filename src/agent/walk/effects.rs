//! Commands that change what later commands see: the folder, arguments, written files, built images.

use std::rc::Rc;

use crate::shell::{Assignment, Command, Dialect};
use crate::source::{Location, Span, Traced};

use super::words::{joined, written_text};
use super::{Frame, Walk};
use crate::agent::library::{self, Loaded};
use crate::agent::program::Arg;
use crate::agent::scope::{Parsed, Scope};

impl Walk<'_> {
    /// Commands that change what later commands see.
    pub(super) fn bookkeeping(
        &mut self,
        parsed: &Rc<Parsed>,
        command: &Command,
        arguments: &[Arg],
        scope: &mut Scope,
        frame: &Frame,
    ) {
        let Some((program, rest)) = arguments.split_first() else {
            return;
        };
        match program.as_str() {
            "cd" | "pushd" => {
                let target = rest.iter().find(|arg| !arg.as_str().starts_with('-'));
                if let Some(folder) = target.and_then(|arg| scope.resolve(&arg.text, &|_| true)) {
                    scope.folder = folder;
                }
            }
            "set" => {
                if let Some(at) = rest.iter().position(|arg| arg.as_str() == "--") {
                    let words = rest.get(at + 1..).unwrap_or_default();
                    scope.arguments = words.iter().map(|arg| arg.text.clone()).collect();
                }
            }
            "shift" if !scope.arguments.is_empty() => {
                scope.arguments.remove(0);
            }
            "unset" => {
                for arg in rest {
                    scope.unset(arg.as_str());
                }
            }
            "cp" | "mv" | "install" => self.copied(rest, scope),
            "alias" => {
                for arg in rest {
                    if let Some((name, value)) = split_assignment(&arg.text) {
                        scope.aliases.insert(name, value);
                    }
                }
            }
            "docker" | "podman" => self.image(rest, scope, frame),
            "echo" | "printf" | "cat" | "tee" => {
                let by_tee = rest
                    .iter()
                    .filter(|_| program.as_str() == "tee")
                    .map(|arg| arg.text.clone());
                let targets: Vec<Traced> = command
                    .outputs
                    .iter()
                    .map(|word| joined(word, &parsed.text, scope))
                    .chain(by_tee)
                    .collect();
                // Most of what is printed is for people.
                if targets.is_empty() {
                    return;
                }
                let Some(text) = written_text(parsed, command, arguments, scope) else {
                    return;
                };
                for target in targets {
                    self.written(&target, &text, scope);
                }
            }
            _ => {}
        }
    }

    /// A file of the repository under another name, where it counts: settings of the runner's user.
    fn copied(&mut self, arguments: &[Arg], scope: &mut Scope) {
        let mut operands = arguments
            .iter()
            .filter(|arg| !arg.as_str().starts_with('-'));
        let (Some(from), Some(to)) = (operands.next(), operands.next_back()) else {
            return;
        };
        let exists = |path: &str| self.library.exists(path);
        let source = scope
            .resolve(&from.text, &exists)
            .filter(|path| exists(path));
        let target = home_path(&to.text).or_else(|| scope.resolve(&to.text, &|_| true));
        let is_settings = target
            .as_deref()
            .is_some_and(|path| path.contains(".claude/settings"));
        if let (Some(source), Some(target), true) = (source, target, is_settings)
            && let Loaded::Ready(file) = self.library.text(&source)
        {
            let text = Traced::of_file(&file, Span::of(0..file.text().len()));
            scope.files.insert(target, text);
        }
    }

    /// `docker build -f F -t NAME` names an image of the repository, `docker run NAME` starts it.
    pub(super) fn image(&mut self, arguments: &[Arg], scope: &mut Scope, frame: &Frame) {
        let value = |names: &[&str]| {
            let at = arguments
                .iter()
                .position(|arg| names.contains(&arg.as_str()))?;
            arguments.get(at + 1).map(|arg| arg.text.clone())
        };
        let has = |verb: &str| arguments.iter().take(2).any(|arg| arg.as_str() == verb);
        if has("build") {
            let file = match value(&["-f", "--file"]) {
                Some(file) => scope.resolve(&file, &|_| true),
                None => {
                    let context = arguments.last().map(|arg| arg.as_str()).unwrap_or(".");
                    library::join(&scope.folder, context)
                        .and_then(|folder| library::join(&folder, "Dockerfile"))
                }
            };
            if let (Some(name), Some(file)) = (value(&["-t", "--tag"]), file) {
                scope.images.push((name.text().to_owned(), file));
            }
        } else if has("run") {
            let built = scope
                .images
                .iter()
                .find(|(name, _)| arguments.iter().any(|arg| arg.as_str() == name))
                .cloned();
            let Some((_, path)) = built else { return };
            let here = arguments.first().and_then(|arg| arg.text.location());
            self.dockerfile(&path, here, scope, frame);
        }
    }

    /// What an image of the repository starts.
    pub(in crate::agent) fn dockerfile(
        &mut self,
        path: &str,
        here: Option<Location>,
        scope: &Scope,
        frame: &Frame,
    ) {
        let Loaded::Ready(file) = self.library.text(path) else {
            return;
        };
        let Some(frame) = self.hop(frame, here, path) else {
            return;
        };
        for text in crate::agent::outside::entry_points(&file) {
            self.shell(text, Dialect::Bash, &mut scope.clone(), &frame);
        }
    }

    pub(super) fn written(&mut self, target: &Traced, text: &Traced, scope: &mut Scope) {
        let source = target
            .holes()
            .first()
            .map(|hole| &*hole.source)
            .unwrap_or_default();
        let into = |name: &str| source.contains(name);
        if into("GITHUB_ENV") {
            add_line(&mut self.exports, text);
        } else if into("GITHUB_OUTPUT") {
            add_line(&mut self.outputs, text);
        } else if let Some(rest) = home_path(target) {
            scope.files.insert(rest, text.clone());
        } else if let Some(path) = scope.resolve(target, &|_| true) {
            scope.files.insert(path, text.clone());
        }
    }
}

pub(super) fn split_assignment(text: &Traced) -> Option<(String, Traced)> {
    let at = text.text().find('=')?;
    let name = text.text().get(..at)?.trim().to_owned();
    (!name.is_empty()).then(|| (name, text.slice(at + 1..text.len())))
}

pub(super) fn add_line(text: &mut Traced, line: &Traced) {
    if let Some(place) = line.location().filter(|_| !text.is_empty()) {
        text.push(&Traced::synthetic("\n", &place));
    }
    text.push(line);
}

/// `~/x` and `$HOME/x` as `~/x`.
pub(super) fn home_path(target: &Traced) -> Option<String> {
    let text = target.text();
    if text.starts_with("~/") {
        return Some(text.to_owned());
    }
    let hole = target.holes().first().filter(|hole| hole.span.start == 0)?;
    let is_home = hole.source.trim_matches(['$', '{', '}', '"']) == "HOME";
    is_home.then(|| {
        format!(
            "~{}",
            text.get(hole.span.end as usize..).unwrap_or_default()
        )
    })
}

/// Whether no branch begins or ends between two places of a script, so that the later assignment surely replaces the
/// earlier one.
pub(super) fn is_straight(script: &str, from: u32, to: u32) -> bool {
    /// Of a longer way nothing is claimed: many variables, each set twice, would make the walk read the script once
    /// for each of them.
    const FAR: u32 = 1 << 14;
    if to.saturating_sub(from) > FAR {
        return false;
    }
    let between = script.get(from as usize..to as usize).unwrap_or_default();
    let words = between.split(|c: char| !(c.is_alphanumeric() || c == '_'));
    let keyword = words.into_iter().any(|word| {
        matches!(
            word,
            "if" | "then"
                | "else"
                | "elif"
                | "fi"
                | "case"
                | "esac"
                | "while"
                | "until"
                | "for"
                | "do"
                | "done"
        )
    });
    !keyword
        && !["&&", "||", ";;", "{", "("]
            .iter()
            .any(|mark| between.contains(mark))
}

/// How long a variable may become out of other variables, and of how many pieces that are not known.
const MAX_VALUE: usize = 1 << 15;
const MAX_HOLES: usize = 12;

/// A value as it is, or a hole where it grew too long out of other values: `A=$A$A` doubles with each line.
pub(super) fn bounded(value: Traced, assignment: &Assignment, script: &Traced) -> Traced {
    let written = assignment.span.len() as usize;
    let is_long = value.len() > MAX_VALUE.max(2 * written);
    let is_vague = value.holes().len() > MAX_HOLES.max(written / 2);
    match script.locate(assignment.span.range()) {
        Some(place) if is_long || is_vague => {
            let name = &*assignment.name;
            Traced::hole(name, &format!("${name}"), &place)
        }
        _ => value,
    }
}
