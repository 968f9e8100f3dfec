//! Starts of Claude in bypass mode that no workflow reaches: package scripts, task files, Dockerfiles.
//!
//! Nobody knows the token and the secrets of whoever runs them, so only the spelling is reported.

use std::collections::HashSet;
use std::rc::Rc;
use std::sync::Arc;

use crate::claude::command_line::CommandLine;
use crate::shell::Dialect;
use crate::snapshot;
use crate::source::{Location, SourceFile, Span, Traced, json};

use super::effective::{self, Setting, Sources};
use super::hop::{justfile, makefile, package_json, taskfile};
use super::library::Library;
use super::program::TaskTool;
use super::scope::Scope;
use super::walk::{Frame, Walk};

/// A start in bypass mode outside any workflow.
#[derive(Clone, Debug)]
pub struct OutsideStart {
    /// The token that puts it into bypass mode.
    pub setting: Setting,
    /// What holds it: `script fix`, `target review`, `image`.
    pub holder: String,
    /// Where in the structure it is.
    pub anchor: String,
    /// The words of the start.
    pub line: CommandLine,
}

/// Kinds of file that hold commands for people rather than for workflows.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum OutsideKind {
    /// `package.json`
    Package,
    /// A Makefile.
    Make,
    /// A justfile.
    Just,
    /// A Taskfile.
    Taskfile,
    /// A Dockerfile.
    Docker,
}

impl OutsideKind {
    /// The kind of a file by its name.
    pub fn of(path: &str) -> Option<Self> {
        let name = path.rsplit('/').next().unwrap_or(path);
        let is = |tool: TaskTool| tool.files().contains(&name);
        match name {
            "package.json" => Some(Self::Package),
            _ if is(TaskTool::Make) || name.ends_with(".mk") => Some(Self::Make),
            _ if is(TaskTool::Just) => Some(Self::Just),
            _ if is(TaskTool::Taskfile) => Some(Self::Taskfile),
            _ if name.starts_with("Dockerfile")
                || name.ends_with(".Dockerfile")
                || name == "Containerfile" =>
            {
                Some(Self::Docker)
            }
            _ => None,
        }
    }
}

/// Whether a file holds a spelling of bypass at all; the look that costs least comes first.
pub fn may_bypass(bytes: &[u8]) -> bool {
    let has = |word: &str| memchr::memmem::find(bytes, word.as_bytes()).is_some();
    has("dangerously-skip-permissions") || has("bypassPermissions")
}

/// Finds the starts of one file, and the place where it was left because it makes a check read too much.
pub fn outside(
    library: &dyn Library,
    file: &Arc<SourceFile>,
    kind: OutsideKind,
) -> (Vec<OutsideStart>, Option<Location>) {
    let mut starts = Vec::new();
    let texts = texts(file, kind);
    let mut walk = Walk::new(library, &Rc::default(), texts.len());
    for (holder, anchor, text) in texts {
        let mut scope = Scope::default();
        scope.folder = snapshot::folder(file.path()).to_owned();
        walk.shell(text, Dialect::Bash, &mut scope, &Frame::default());
        for found in std::mem::take(&mut walk.found) {
            let mode = effective::mode(&found.line, &Sources::default());
            let bypasses =
                mode.mode == Some(crate::claude::catalog::modes::Mode::BypassPermissions);
            if let Some(setting) = mode.set_at.filter(|_| bypasses) {
                starts.push(OutsideStart {
                    setting,
                    holder: holder.clone(),
                    anchor: anchor.clone(),
                    line: found.line,
                });
            }
        }
    }
    let mut seen = HashSet::new();
    starts.retain(|start| {
        seen.insert((
            start.setting.location.path().to_owned(),
            start.setting.location.span,
        ))
    });
    (starts, walk.first_cut().cloned())
}

/// The command texts of a file, each with what holds it and where.
fn texts(file: &Arc<SourceFile>, kind: OutsideKind) -> Vec<(String, String, Traced)> {
    let recipes = |names: Vec<String>, of: &dyn Fn(&str) -> Vec<Traced>| {
        names
            .into_iter()
            .flat_map(|name| {
                let texts = of(&name);
                texts
                    .into_iter()
                    .map(move |text| (format!("target {name}"), format!("targets.{name}"), text))
            })
            .collect()
    };
    match kind {
        OutsideKind::Package => package_json::scripts(file)
            .unwrap_or_default()
            .into_iter()
            .map(|(name, text)| (format!("script {name}"), format!("scripts.{name}"), text))
            .collect(),
        OutsideKind::Make => {
            let make = makefile::parse(file);
            let names = make.targets().map(str::to_owned).collect();
            recipes(names, &|name| {
                make.recipe(name, &[])
                    .map(|recipe| recipe.commands)
                    .unwrap_or_default()
            })
        }
        OutsideKind::Just => recipes(justfile::names(file), &|name| {
            justfile::recipe(file, name, &[])
                .map(|recipe| recipe.commands)
                .unwrap_or_default()
        }),
        OutsideKind::Taskfile => recipes(taskfile::names(file), &|name| {
            let recipe = taskfile::recipe(file, name, &[]).ok().flatten();
            recipe.map(|recipe| recipe.commands).unwrap_or_default()
        }),
        OutsideKind::Docker => docker(file),
    }
}

/// What an image starts: `CMD` and `ENTRYPOINT` of its Dockerfile.
pub(super) fn entry_points(file: &Arc<SourceFile>) -> Vec<Traced> {
    let texts = docker(file).into_iter();
    texts
        .filter(|(_, anchor, _)| anchor == "cmd" || anchor == "entrypoint")
        .map(|(_, _, text)| text)
        .collect()
}

/// `RUN`, `CMD` and `ENTRYPOINT` of a Dockerfile, in both forms.
fn docker(file: &Arc<SourceFile>) -> Vec<(String, String, Traced)> {
    let text = file.text();
    let mut found = Vec::new();
    let (mut start, mut at) = (0, 0);
    for line in text.split_inclusive('\n') {
        at += line.len();
        let content = line.trim_end();
        let goes_on = content.ends_with('\\')
            || (start < at - line.len() && content.trim_start().starts_with('#'));
        if goes_on && at < text.len() {
            continue;
        }
        let span = Span::of(start..at);
        start = at;
        let whole = span.slice(text);
        let trimmed = whole.trim_start();
        let Some(keyword) = ["RUN ", "CMD ", "ENTRYPOINT ", "HEALTHCHECK CMD "]
            .iter()
            .find(|keyword| {
                trimmed
                    .get(..keyword.len())
                    .is_some_and(|head| head.eq_ignore_ascii_case(keyword))
            })
        else {
            continue;
        };
        let offset = whole.len() - trimmed.len() + keyword.len();
        let rest = Span::new(span.start + crate::source::saturate(offset), span.end);
        let command = rest.slice(text).trim();
        let text = if command.starts_with('[') {
            exec_form(file, rest)
        } else {
            Some(Traced::of_file(file, rest))
        };
        let name = keyword.trim();
        found.extend(text.map(|text| (format!("instruction {name}"), name.to_lowercase(), text)));
    }
    found
}

/// `["claude", "-p"]` as the words of a shell: none of the words that matter here needs quotes.
fn exec_form(file: &Arc<SourceFile>, span: Span) -> Option<Traced> {
    let inner = SourceFile::new("", span.slice(file.text()).to_owned());
    let json = json::parse(&inner).ok()?;
    let mut words = Traced::default();
    for item in json.tree.root()?.items() {
        let place = item.traced()?.location()?.span.shifted(span.start);
        if !words.is_empty() {
            words.push_decoded(" ", file, Span::at(place.start));
        }
        let is_plain = !place.slice(file.text()).contains(char::is_whitespace);
        let quote = if is_plain { "" } else { "'" };
        words.push_decoded(quote, file, Span::at(place.start));
        words.push_exact(place.slice(file.text()), file, place.start);
        words.push_decoded(quote, file, Span::at(place.end));
    }
    Some(words)
}
