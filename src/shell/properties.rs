//! Properties that hold for every text.

use proptest::prelude::*;

use super::tests::{NoVariables, traced};
use super::*;
use crate::source::Traced;

/// Pieces that readers of shell text trip over.
const PIECES: &[&str] = &[
    "'",
    "\"",
    "`",
    "$",
    "$(",
    "${",
    "$((",
    "))",
    ")",
    "(",
    "{",
    "}",
    "}}",
    "${{",
    "[[",
    "]]",
    "((",
    "<<EOF\n",
    "<<-'E'\n",
    "EOF\n",
    "\tE\n",
    "<<<",
    ">",
    "2>&1",
    "<(",
    ">(",
    "|",
    "||",
    "&",
    "&&",
    ";",
    ";;",
    "\n",
    "\r\n",
    "\\",
    "\\\n",
    "#",
    " ",
    "\t",
    "if ",
    "then ",
    "fi",
    "else ",
    "for x in ",
    "do ",
    "done",
    "while ",
    "case ",
    "in ",
    "esac",
    "a)",
    "function f ",
    "f() ",
    "A=",
    "A+=(",
    "export ",
    "local ",
    "claude",
    "-p",
    "é",
    "𝄞",
    "\u{feff}",
    "\0",
    "*",
    "?",
    "[",
    "]",
    "!",
    "~",
    "=",
    ":-",
    "x",
    "1",
    "@",
    "#}",
    "$'\\x",
    "time ",
    "coproc ",
    "@\"\n",
    "\"@",
    "@(",
    "@{",
    "`n",
    "^",
    "%",
    "%X%",
    "::",
    "REM ",
    "set ",
    "<#",
    "#>",
    "$env:X = ",
    "exit ",
    "declare -a ",
    "select ",
    "until ",
    "elif ",
    "$1",
    "$@",
    "${A[@]}",
    "${#A}",
    "${x//'\"'/}",
    ",",
    "..",
];

fn texts() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        8 => (0..PIECES.len()).prop_map(|index| PIECES[index].to_owned()),
        1 => any::<String>(),
    ];
    proptest::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

fn check_span(text: &str, span: Span, what: &str) {
    assert!(span.start <= span.end, "{what} {span:?}");
    assert!(
        text.get(span.range()).is_some(),
        "{what} {span:?} of {}",
        text.len()
    );
}

fn check_word(text: &str, script: &Script, word: &Word) {
    check_span(text, word.span, "word");
    for part in &word.parts {
        check_span(text, part.span(), "part");
        match part {
            Part::Literal {
                text: literal,
                span,
                ..
            } if span.len() as usize == literal.len() => {
                assert_eq!(span.slice(text), &**literal);
            }
            Part::Substitution { commands, .. } => {
                assert!(commands.start <= commands.end && commands.end <= script.commands.len());
            }
            Part::Variable {
                operation: Operation::Default(word) | Operation::Alternative(word),
                ..
            } => {
                check_word(text, script, word);
            }
            _ => {}
        }
    }
}

fn check(text: &str, script: &Script) {
    for command in &script.commands {
        check_span(text, command.span, "command");
        assert!(
            command
                .function
                .is_none_or(|index| index < script.functions.len())
        );
        assert!(
            command
                .pipe_from
                .is_none_or(|index| index < script.commands.len())
        );
        for word in command.words.iter().chain(&command.outputs) {
            check_word(text, script, word);
        }
        for assignment in &command.assignments {
            check_span(text, assignment.span, "assignment");
            match &assignment.value {
                AssignedValue::Scalar(word) => check_word(text, script, word),
                AssignedValue::Array(words) => {
                    words.iter().for_each(|word| check_word(text, script, word))
                }
            }
        }
        match command.input.as_deref() {
            Some(
                Input::HereDoc { body: word, .. } | Input::HereString(word) | Input::File(word),
            ) => {
                check_word(text, script, word);
            }
            None => {}
        }
    }
    for function in &script.functions {
        check_span(text, function.span, "function");
        assert!(function.commands.end <= script.commands.len());
    }
    for one in &script.loops {
        assert!(one.commands.end <= script.commands.len());
        one.items
            .iter()
            .for_each(|word| check_word(text, script, word));
    }
}

fn check_all(text: &str) {
    for script in [
        parse(text, Dialect::Bash),
        super::bash::parse(text),
        parse(text, Dialect::PowerShell),
        parse(text, Dialect::Cmd),
    ] {
        check(text, &script);
        if text.is_empty() {
            continue;
        }
        let source = traced(text);
        for command in &script.commands {
            for field in expand_all(&command.words, &source, &NoVariables) {
                assert!(field.is_empty() || field.location().is_some());
            }
        }
    }
}

/// Ways to write one argument so that bash reads it back.
fn quote(text: &str, way: u8) -> String {
    match way {
        0 => format!("'{}'", text.replace('\'', r"'\''")),
        1 => {
            let mut out = String::from("\"");
            for c in text.chars() {
                if matches!(c, '"' | '\\' | '$' | '`') {
                    out.push('\\');
                }
                out.push(c);
            }
            out + "\""
        }
        2 => {
            let escaped = text
                .replace('\\', r"\\")
                .replace('\'', r"\'")
                .replace('\n', r"\n");
            format!("$'{escaped}'")
        }
        _ => {
            let mut out = String::new();
            for c in text.chars() {
                match c {
                    '\n' => out.push_str("$'\\n'"),
                    c if c.is_alphanumeric() => out.push(c),
                    c => out.extend(['\\', c]),
                }
            }
            if out.is_empty() { "''".to_owned() } else { out }
        }
    }
}

/// Finds each byte of a field in the text: known text that is no escape stands there as it is.
fn check_origins(field: &Traced, way: u8) {
    let text = field.text();
    for (at, c) in text.char_indices() {
        let place = field.locate(at..at + c.len_utf8()).unwrap();
        let raw = place.text();
        assert!(
            raw == c.to_string() || (way >= 2 && raw.starts_with('\\')),
            "{raw:?} for {c:?}"
        );
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_gives_spans_inside_it(text in texts()) {
        check_all(&text);
    }

    #[test]
    fn quoted_arguments_come_back_with_their_places(
        argv in proptest::collection::vec(("[^\0\r]{0,12}", 0u8..4), 1..6),
        by_words in any::<proptest::sample::Index>(),
    ) {
        let line: Vec<String> = argv.iter().map(|(text, way)| quote(text, *way)).collect();
        let text = format!("run \\\n  {}\n", line.join(" "));
        let script = match by_words.index(2) {
            0 => parse(&text, Dialect::Bash),
            _ => super::bash::parse(&text),
        };
        prop_assert_eq!(script.commands.len(), 1);
        let fields = expand_all(&script.commands[0].words, &traced(&text), &NoVariables);
        let found: Vec<&str> = fields.iter().skip(1).map(Traced::text).collect();
        let expected: Vec<&str> = argv.iter().map(|(text, _)| text.as_str()).collect();
        prop_assert_eq!(found, expected);
        for (field, (_, way)) in fields.iter().skip(1).zip(&argv) {
            check_origins(field, *way);
        }
    }
}
