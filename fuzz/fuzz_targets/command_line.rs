//! Any words as an argv and as `claude_args`: every word of the reading has a place in the text it came from.
#![no_main]

use libfuzzer_sys::fuzz_target;
use portcullis::claude::action_args;
use portcullis::claude::catalog::flags::Meaning;
use portcullis::claude::command_line::{CommandLine, Unknown, split_tools};
use portcullis::source::{Location, SourceFile, Span, Traced};
use portcullis_fuzz::check_traced;

fuzz_target!(|text: &str| {
    let file = SourceFile::new("t", text);
    let whole = Traced::of_file(&file, Span::of(0..text.len()));
    let words = words(&file);

    for unknown in [Unknown::Text, Unknown::Words] {
        let line = CommandLine::parse(&words, |_| unknown);
        check_line(&line);
        let read: usize = line.flags.iter().map(|given| 1 + given.values.len()).sum();
        let read = read + line.positionals.len() + line.dynamic.len();
        // `--flag=value` is one word and reads as two; `--` reads as none.
        assert!(read <= 2 * words.len());
    }

    let args = action_args::parse(&holes(&file));
    check_line(&args.line);
    args.dropped.iter().for_each(check_traced);

    for entry in split_tools(&whole) {
        check_traced(&entry);
        assert_eq!(
            entry
                .location()
                .map(|place| place.text().to_owned())
                .as_deref(),
            Some(entry.text())
        );
    }
});

fn check_line(line: &CommandLine) {
    line.starts_nothing();
    for given in &line.flags {
        check_traced(&given.name);
        given.values.iter().for_each(check_traced);
    }
    line.positionals
        .iter()
        .chain(&line.dynamic)
        .for_each(check_traced);
    for meaning in [
        Meaning::AllowedTools,
        Meaning::PermissionMode,
        Meaning::SkipPermissions,
    ] {
        assert_eq!(line.has(meaning), line.last(meaning).is_some());
        assert!(line.value(meaning).is_none() || line.has(meaning));
        line.tool_list(meaning).iter().for_each(check_traced);
    }
}

/// The words between blanks; a word that begins with `$` is unknown.
fn words(file: &std::sync::Arc<SourceFile>) -> Vec<Traced> {
    let mut at = 0;
    let pieces = file.text().split([' ', '\n']).map(|word| {
        let span = Span::of(at..at + word.len());
        at += word.len() + 1;
        if word.starts_with('$') {
            hole(file, span)
        } else {
            Traced::of_file(file, span)
        }
    });
    pieces.collect()
}

/// The whole text, with a hole for each word that begins with `$`.
fn holes(file: &std::sync::Arc<SourceFile>) -> Traced {
    let mut joined = Traced::default();
    let mut at = 0;
    for piece in file.text().split_inclusive([' ', '\n', '"', '\'']) {
        let span = Span::of(at..at + piece.len());
        at += piece.len();
        match piece.strip_prefix('$') {
            Some(name) => joined.push(&Traced::hole(
                &"_".repeat(name.len().max(1)),
                name,
                &Location::new(file, span),
            )),
            None => joined.push(&Traced::of_file(file, span)),
        }
    }
    joined
}

fn hole(file: &std::sync::Arc<SourceFile>, span: Span) -> Traced {
    Traced::hole("____", span.slice(file.text()), &Location::new(file, span))
}
