//! The rooms of the house import only rooms before them, and the inner rooms touch nothing outside.
//!
//! The list in the documentation of `src/lib.rs` is the authority.

use std::path::{Path, PathBuf};

/// Rooms that may not touch the outside world: everything up to the engine, and the renderers.
const LAST_PURE_ROOM: &str = "report";

/// The part of a pure room that reads the disk.
const DOOR: &str = "snapshot/local";

/// What opens a file, a connection, a process or a thread, or reads the environment.
const OUTSIDE: [&str; 9] = [
    "fs",
    "net",
    "process",
    "thread",
    "env",
    "println!",
    "eprintln!",
    "print!",
    "dbg!",
];

/// Lines of code that a file may have, "about 500" of the house style; tests at its end are not counted.
const MOST_LINES: usize = 530;

/// Longer files, with the reason why they are not split.
const LONG_FILES: &[(&str, &str)] = &[(
    "source/tree.rs",
    "the arena, its nodes and their places are one type with private fields",
)];

struct Source {
    /// Below `src`, with slashes.
    path: String,
    /// Without comments.
    code: String,
    lines: usize,
}

impl Source {
    fn room(&self) -> &str {
        let first = self.path.split('/').next().unwrap();
        first.strip_suffix(".rs").unwrap_or(first)
    }

    /// How deep its module lies below the crate: 1 for a room.
    fn depth(&self) -> usize {
        let parts = self.path.split('/').count();
        if self.path.ends_with("/mod.rs") {
            parts - 1
        } else {
            parts
        }
    }

    fn is_part_of(&self, folder: &str) -> bool {
        self.path
            .strip_prefix(folder)
            .is_some_and(|rest| rest.starts_with('/'))
    }
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
}

fn sources() -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    collect(&root, &mut files);
    files.sort();
    let read = |path: &PathBuf| {
        let text = std::fs::read_to_string(path).unwrap();
        let is_comment = |line: &&str| line.trim_start().starts_with("//");
        let code: Vec<&str> = text.lines().filter(|line| !is_comment(line)).collect();
        Source {
            path: path
                .strip_prefix(&root)
                .unwrap()
                .to_str()
                .unwrap()
                .replace('\\', "/"),
            code: code.join("\n"),
            lines: text
                .lines()
                .take_while(|line| *line != "#[cfg(test)]")
                .count(),
        }
    };
    files.iter().map(read).collect()
}

/// The rooms in the order of the module documentation of `src/lib.rs`.
fn rooms() -> Vec<String> {
    let text =
        std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("src/lib.rs")).unwrap();
    let names = text
        .lines()
        .filter_map(|line| line.strip_prefix("//! - [`")?.split('`').next());
    let rooms: Vec<String> = names.map(str::to_owned).collect();
    let declared = text
        .lines()
        .filter_map(|line| line.strip_prefix("pub mod ")?.strip_suffix(';'));
    for room in declared {
        assert!(
            rooms.iter().any(|known| known == room),
            "`{room}` is missing in the list of src/lib.rs"
        );
    }
    assert!(
        rooms.len() > 10,
        "the list of src/lib.rs could not be read: {rooms:?}"
    );
    rooms
}

/// The name that `text` begins with.
fn identifier(text: &str) -> &str {
    let end = text
        .find(|character: char| !character.is_alphanumeric() && character != '_')
        .unwrap_or(text.len());
    &text[..end]
}

/// The names after `path::`: one, or those between braces.
fn names_after(text: &str) -> Vec<&str> {
    let Some(list) = text.strip_prefix('{') else {
        return vec![identifier(text)];
    };
    let mut depth = 0;
    let mut names = Vec::new();
    let mut start = 0;
    for (at, character) in list.char_indices() {
        match character {
            '{' => depth += 1,
            '}' if depth > 0 => depth -= 1,
            ',' | '}' if depth == 0 => {
                names.push(identifier(list[start..at].trim_start()));
                start = at + 1;
                if character == '}' {
                    break;
                }
            }
            _ => {}
        }
    }
    names.retain(|name| !name.is_empty());
    names
}

/// What a file names directly below the crate.
fn imports<'s>(source: &'s Source, rooms: &[String]) -> Vec<&'s str> {
    let code = source.code.as_str();
    let mut names: Vec<&str> = Vec::new();
    for (at, word) in code.match_indices("crate::") {
        let is_whole = !code[..at]
            .ends_with(|character: char| character.is_alphanumeric() || character == '_');
        if is_whole {
            names.extend(names_after(&code[at + word.len()..]));
        }
    }
    // `super::super::…` can climb to the crate, too.
    let climb = "super::".repeat(source.depth());
    for (at, word) in code.match_indices(&climb) {
        let found = names_after(&code[at + word.len()..]);
        names.extend(
            found
                .into_iter()
                .filter(|name| rooms.iter().any(|room| room == name) && *name != source.room()),
        );
    }
    names
}

#[test]
fn a_room_imports_only_rooms_before_it() {
    let rooms = rooms();
    let place = |name: &str| rooms.iter().position(|room| room == name);
    let mut wrong = Vec::new();
    for source in sources()
        .iter()
        .filter(|source| !matches!(source.path.as_str(), "lib.rs" | "main.rs"))
    {
        let own = place(source.room()).unwrap_or_else(|| panic!("{} is in no room", source.path));
        for name in imports(source, &rooms) {
            // The macro of the rules stands at the root of the crate.
            let name = if name == "declare_rule" { "rule" } else { name };
            match place(name) {
                Some(other) if other <= own => {}
                Some(_) => wrong.push(format!(
                    "{} imports `{name}`, which stands after it in src/lib.rs",
                    source.path
                )),
                None => wrong.push(format!(
                    "{} names `crate::{name}`, which is no room",
                    source.path
                )),
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_reader_of_imports_sees_every_form() {
    let source = |path: &str, code: &str| Source {
        path: path.into(),
        code: code.into(),
        lines: 1,
    };
    let rooms = rooms();
    for (path, code, expected) in [
        ("agent/run.rs", "use crate::report::Style;", vec!["report"]),
        (
            "agent/run.rs",
            "use crate::{report, check::{Engine, Report}, source};",
            vec!["report", "check", "source"],
        ),
        (
            "agent/run.rs",
            "fn f(_: &crate::policy::Policy) {}",
            vec!["policy"],
        ),
        (
            "agent/run.rs",
            "use super::super::report::Style;",
            vec!["report"],
        ),
        ("agent/mod.rs", "use super::report;", vec!["report"]),
        ("rule/agent/mod.rs", "use super::secret;", vec![]),
        ("agent/run.rs", "use other_crate::report;", vec![]),
    ] {
        assert_eq!(imports(&source(path, code), &rooms), expected, "{code}");
    }
}

#[test]
fn nothing_imports_the_command_line() {
    let rooms = rooms();
    assert_eq!(
        rooms.last().map(String::as_str),
        Some("command"),
        "the command line is the last room"
    );
    for source in sources() {
        let is_outside = source.room() != "command" && source.path != "main.rs";
        let found = is_outside && imports(&source, &rooms).contains(&"command");
        assert!(!found, "{} imports the command line", source.path);
    }
}

/// Whether code names a module of the standard library or a macro that touches the outside world.
fn touches(code: &str, word: &str) -> bool {
    if word.ends_with('!') {
        let mut found = code.match_indices(word);
        return found.any(|(at, _)| {
            !code[..at].ends_with(|character: char| character.is_alphanumeric() || character == '_')
        });
    }
    code.match_indices("std::")
        .any(|(at, prefix)| names_after(&code[at + prefix.len()..]).contains(&word))
}

#[test]
fn the_inner_rooms_touch_nothing_outside() {
    let rooms = rooms();
    let last = rooms
        .iter()
        .position(|room| room == LAST_PURE_ROOM)
        .unwrap();
    let mut wrong = Vec::new();
    for source in sources().iter().filter(|source| !source.is_part_of(DOOR)) {
        let is_pure = rooms[..=last].iter().any(|room| room == source.room());
        // A test may print.
        let is_test = source.path.ends_with("tests.rs") || source.path.contains("/tests/");
        let words = OUTSIDE
            .iter()
            .filter(|word| !(is_test && word.ends_with('!')));
        let found = words.filter(|word| is_pure && touches(&source.code, word));
        wrong.extend(found.map(|word| format!("{} uses `{word}`", source.path)));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_reader_of_outside_words_sees_every_form() {
    assert!(touches("let a = std::fs::read(path);", "fs"));
    assert!(touches("use std::{fmt, fs::{self, File}};", "fs"));
    assert!(touches("    println!(\"a\")", "println!"));
    assert!(!touches("eprintln!(\"a\")", "println!"));
    assert!(!touches("use std::fmt;", "fs"));
}

#[test]
fn no_module_is_a_drawer() {
    for source in sources() {
        for part in source.path.trim_end_matches(".rs").split('/') {
            let is_drawer = matches!(
                part,
                "utils" | "util" | "helpers" | "helper" | "common" | "misc"
            );
            assert!(
                !is_drawer,
                "{}: a module is named for what it is about",
                source.path
            );
        }
    }
}

#[test]
fn no_file_is_too_long() {
    let sources = sources();
    let is_test = |path: &str| path.ends_with("tests.rs") || path.contains("/tests/");
    let mut wrong = Vec::new();
    for source in sources.iter().filter(|source| !is_test(&source.path)) {
        let is_listed = LONG_FILES.iter().any(|(path, _)| *path == source.path);
        if source.lines > MOST_LINES && !is_listed {
            wrong.push(format!(
                "{} has {} lines of code; split it by purpose",
                source.path, source.lines
            ));
        }
    }
    for (path, reason) in LONG_FILES {
        assert!(!reason.is_empty());
        let is_needed = sources
            .iter()
            .any(|source| source.path == *path && source.lines > MOST_LINES);
        if !is_needed {
            wrong.push(format!(
                "{path} is not too long any more; take it off the list"
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
