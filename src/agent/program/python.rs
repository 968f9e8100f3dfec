//! Python and the tools that run it.

use crate::source::Traced;

use super::launch::{operands, read};
use super::node::code_file;
use super::{Arg, Language, Program};

pub(super) fn is_python(name: &str) -> bool {
    let version = name.strip_prefix("python");
    version.is_some_and(|version| version.chars().all(|c| c.is_ascii_digit() || c == '.'))
        || name == "py"
}

pub(super) fn python(words: &[Arg]) -> Option<Program> {
    let mut index = 0;
    while let Some(word) = words.get(index) {
        let text = word.as_str();
        match text {
            "-c" => {
                return Some(Program::Code(
                    Language::Python,
                    words.get(index + 1)?.text.clone(),
                ));
            }
            "-" => return Some(Program::CodeInput(Language::Python)),
            "-m" => {
                let module = words.get(index + 1)?;
                let place = module.text.location()?;
                let path = format!("{}.py", module.as_str().replace('.', "/"));
                return Some(Program::CodeFile {
                    language: Language::Python,
                    path: Traced::synthetic(path, &place),
                });
            }
            "-W" | "-X" => index += 2,
            _ if text.starts_with('-') => index += 1,
            _ => return Some(code_file(Language::Python, word)),
        }
    }
    Some(Program::CodeInput(Language::Python))
}

/// `uv run [options] x.py`, `poetry run python x.py`.
pub(super) fn python_runner(words: &[Arg]) -> Option<Program> {
    let (verb, rest) = words.split_first()?;
    if verb.as_str() != "run" {
        return None;
    }
    let valued = [
        "--with",
        "--with-requirements",
        "--python",
        "-p",
        "--project",
        "--directory",
        "--env-file",
        "--extra",
        "--group",
        "--package",
        "-m",
        "--module",
    ];
    let rest = operands(rest, &valued);
    let first = rest.first()?;
    if first.as_str().ends_with(".py") {
        return Some(code_file(Language::Python, first));
    }
    read(rest)
}
