//! Programs that run other programs of a project: `npm run`, `npx`, `uv run`, `bun run`.

use super::behaviour::{Download, Fetched};
use super::follow::{Frame, MAX_DEPTH, Started};
use super::path;
use super::program::{FORMATTERS, after, join, operand, run};
use super::token::Language;
use super::walk::Walker;
use crate::source::Traced;

/// `node`, `bun`, `deno` and what runs TypeScript.
pub(super) fn javascript(
    walker: &mut Walker<'_>,
    first: &Traced,
    rest: &[Traced],
    name: &str,
    frame: &mut Frame,
) {
    if let Some(text) = after(rest, &["-e", "--eval", "-p", "--print", "-pe"]) {
        walker.code(text, Language::JavaScript, name, frame);
        return;
    }
    let mut rest = rest;
    if matches!(name, "bun" | "deno") {
        match rest.first().map(Traced::text) {
            Some("x") if name == "bun" => {
                let rest = rest.get(1..).unwrap_or_default();
                runner(walker, rest, rest, frame);
                return;
            }
            Some("run") => {
                rest = rest.get(1..).unwrap_or_default();
                let script = operand(rest);
                let is_file = script.is_some_and(|word| word.text().contains(['.', '/']));
                if !is_file {
                    let what = format!("`{name} run {}`", script.map_or("", Traced::text));
                    walker
                        .out
                        .repository
                        .extend(first.location().map(|location| (location, what)));
                    walker.unresolved(first);
                    return;
                }
            }
            _ => {}
        }
    }
    match operand(rest) {
        Some(word) => {
            walker.file(word, Started::By(Language::JavaScript), frame);
        }
        None => walker.unresolved(first),
    }
}

/// `uv run` and its kin.
pub(super) fn python_runner(
    walker: &mut Walker<'_>,
    first: &Traced,
    rest: &[Traced],
    frame: &mut Frame,
) {
    const VALUES: &[&str] = &[
        "--with",
        "--python",
        "-p",
        "--project",
        "--directory",
        "--extra",
        "--group",
        "--env-file",
    ];
    if rest.first().map(Traced::text) != Some("run") {
        walker.unresolved(first);
        return;
    }
    let mut at = 1;
    while let Some(word) = rest.get(at)
        && word.text().starts_with('-')
    {
        at += if VALUES.contains(&word.text()) { 2 } else { 1 };
    }
    let words = rest.get(at..).unwrap_or_default();
    match words.first() {
        Some(word) if path::ending(word.text()) == "py" => {
            walker.file(word, Started::By(Language::Python), frame);
        }
        Some(_) if frame.depth < MAX_DEPTH => {
            let mut inner = frame.clone();
            inner.depth += 1;
            // The command stands in the hook itself, so that its files are the hook's files.
            inner.depth = frame.depth;
            run_inner(walker, words, &mut inner);
        }
        _ => walker.unresolved(first),
    }
}

/// One wrapper deeper; wrappers of wrappers end here.
fn run_inner(walker: &mut Walker<'_>, words: &[Traced], frame: &mut Frame) {
    let Some(first) = words.first() else {
        return;
    };
    let name = path::base(first.text());
    match name.as_str() {
        "uv" | "poetry" | "pdm" | "pipenv" | "rye" | "hatch" | "npx" | "bunx" | "uvx" | "pipx"
        | "npm" | "pnpm" | "yarn" | "bun" => walker.unresolved(first),
        _ => run(walker, words, frame),
    }
}

/// `npm`, `pnpm`, `yarn`.
pub(super) fn package_manager(walker: &mut Walker<'_>, words: &[Traced], frame: &mut Frame) {
    let Some(first) = words.first() else {
        return;
    };
    let mut rest: Vec<Traced> = words.get(1..).unwrap_or_default().to_vec();
    while rest
        .first()
        .is_some_and(|word| word.text().starts_with('-'))
    {
        rest.remove(0);
    }
    match rest.first().map(Traced::text) {
        Some("dlx" | "exec") => {
            let rest: Vec<Traced> = rest
                .iter()
                .skip(1)
                .filter(|word| !word.text().starts_with('-'))
                .cloned()
                .collect();
            runner(walker, words, &rest, frame);
        }
        Some("install" | "i" | "ci" | "add") | None => walker.unresolved(first),
        // Commands of the package manager itself run nothing of the project.
        Some(
            "audit" | "list" | "ls" | "outdated" | "view" | "info" | "why" | "config" | "version"
            | "root" | "bin" | "whoami" | "ping" | "search" | "help" | "-v" | "--version",
        ) => walker.unresolved(first),
        Some(name) if FORMATTERS.contains(&name) => {
            walker.out.formatter = walker.out.formatter.take().or(first.location());
        }
        Some(_) => {
            let what = format!("`{}`", join(words));
            walker
                .out
                .repository
                .extend(first.location().map(|location| (location, what)));
            walker.unresolved(first);
        }
    }
}

/// A package runner: `rest` starts with the package.
pub(super) fn runner(
    walker: &mut Walker<'_>,
    words: &[Traced],
    rest: &[Traced],
    frame: &mut Frame,
) {
    let Some(package) = rest.first() else {
        return;
    };
    let name = package.text();
    let bare = name
        .rfind('@')
        .filter(|at| *at > 0)
        .and_then(|at| name.get(..at))
        .unwrap_or(name);
    let version = name.get(bare.len()..).unwrap_or_default();
    if FORMATTERS.contains(&bare) {
        walker.out.formatter = walker.out.formatter.take().or(package.location());
        return;
    }
    if matches!(bare, "tsx" | "ts-node") {
        run_inner(walker, rest, frame);
        return;
    }
    let unconfirmed = words
        .iter()
        .any(|word| matches!(word.text(), "-y" | "--yes"));
    let moving = matches!(
        version,
        "@latest" | "@next" | "@alpha" | "@beta" | "@canary" | "@main"
    );
    if (moving || (unconfirmed && version.is_empty())) && name.len() < 200 {
        let what = format!("`{name}` is fetched and run in whatever version is newest");
        walker
            .out
            .downloads
            .extend(package.location().map(|location| Download {
                location,
                what,
                fetched: Fetched::Package,
            }));
    }
    walker.unresolved(package);
}
