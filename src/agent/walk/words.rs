//! Words, assignments and standard input of a command, after expansion by what the script knows.

use std::rc::Rc;

use crate::claude::command_line::Unknown;
use crate::shell::{Binding, Command, Expansion, Input, Part, Quoting, Word, expand, expand_into};
use crate::source::Traced;

use crate::agent::context::weight;
use crate::agent::program::Arg;
use crate::agent::scope::{Parsed, Scope};

pub(super) fn is_declaration(command: &Command) -> bool {
    let program = command.words.first().and_then(Word::literal);
    matches!(
        program.as_deref(),
        Some("export" | "declare" | "local" | "readonly" | "typeset")
    )
}

/// The words of a command after expansion, each with what it may become where it is not known.
pub(super) fn arguments(words: &[Word], text: &Traced, scope: &Scope) -> Vec<Arg> {
    let mut all = Vec::with_capacity(words.len());
    for word in words {
        let unknown = if is_bare(word) {
            Unknown::Words
        } else {
            Unknown::Text
        };
        expand_into(word, text, scope, &mut |text| {
            all.push(Arg { text, unknown })
        });
    }
    all
}

/// Whether a word begins with something unquoted that is not its own text.
pub(super) fn is_bare(word: &Word) -> bool {
    match word.parts.first() {
        Some(Part::Literal { quoting, .. }) => *quoting == Quoting::Unquoted,
        Some(Part::Variable { quoting, item, .. }) => {
            *quoting == Quoting::Unquoted || *item == crate::shell::Item::Each
        }
        Some(Part::Substitution { quoting, .. } | Part::Opaque { quoting, .. }) => {
            *quoting == Quoting::Unquoted
        }
        None => false,
    }
}

pub(super) fn fields(words: &[Word], text: &Traced, scope: &Scope) -> Vec<Traced> {
    crate::shell::expand_all(words, text, scope)
}

/// A word as one text, as an assignment takes it.
pub(super) fn joined(word: &Word, text: &Traced, scope: &Scope) -> Traced {
    let mut fields = expand(word, text, scope).into_iter();
    let mut whole = fields.next().unwrap_or_default();
    for field in fields {
        if let Some(place) = field.location() {
            whole.push(&Traced::synthetic(" ", &place));
        }
        whole.push(&field);
    }
    whole
}

pub(super) fn append(old: Option<&Binding>, new: Binding) -> Binding {
    match (old, new) {
        (Some(Binding::List(items)), Binding::List(more)) => {
            Binding::List(items.iter().cloned().chain(more).collect())
        }
        (Some(Binding::Scalar(text)), Binding::Scalar(more)) => {
            let mut text = text.clone();
            text.push(&more);
            Binding::Scalar(text)
        }
        (_, new) => new,
    }
}

pub(super) fn bind_loop(variable: &str, items: &[Word], parsed: &Parsed, scope: &mut Scope) {
    let values = fields(items, &parsed.text, scope);
    let heaviest = values.into_iter().reduce(|best, value| {
        if weight(&value) > weight(&best) {
            value
        } else {
            best
        }
    });
    // The loop runs with each item in turn; the item that gives the agent most stands for all.
    if let Some(value) = heaviest {
        scope.set_text(variable, value);
    }
}

/// What `echo`, `printf` or `cat <<EOF` writes.
pub(super) fn written_text(
    parsed: &Parsed,
    command: &Command,
    arguments: &[Arg],
    scope: &Scope,
) -> Option<Traced> {
    if let Some(Input::HereDoc { body, expansion }) = command.input.as_deref() {
        return Some(body_text(body, *expansion, &parsed.text, scope));
    }
    let (program, rest) = arguments.split_first()?;
    match program.as_str() {
        "echo" => {
            let mut text = Traced::default();
            for arg in rest
                .iter()
                .filter(|arg| !matches!(arg.as_str(), "-n" | "-e" | "-E" | "-ne"))
            {
                if let Some(place) = arg.text.location().filter(|_| !text.is_empty()) {
                    text.push(&Traced::synthetic(" ", &place));
                }
                text.push(&arg.text);
            }
            Some(text)
        }
        // The format of `printf` is taken for the text where it has no conversion, else its first argument.
        "printf" => {
            let format = rest.first()?;
            if format.as_str().contains('%') {
                Some(rest.get(1)?.text.clone())
            } else {
                Some(format.text.clone())
            }
        }
        _ => None,
    }
}

pub(super) fn body_text(body: &Word, expansion: Expansion, text: &Traced, scope: &Scope) -> Traced {
    match expansion {
        Expansion::Literal => text.slice(body.span.range()),
        Expansion::Expands => joined(body, text, scope),
    }
}

/// Texts that a command reads from standard input, as far as the script shows them.
pub(super) fn input_texts(command: Option<(&Rc<Parsed>, &Command)>, scope: &Scope) -> Vec<Traced> {
    let Some((parsed, command)) = command else {
        return Vec::new();
    };
    match command.input.as_deref() {
        Some(Input::HereDoc { body, expansion }) => {
            return vec![body_text(body, *expansion, &parsed.text, scope)];
        }
        Some(Input::HereString(word)) => return vec![joined(word, &parsed.text, scope)],
        _ => {}
    }
    let from = command
        .pipe_from
        .and_then(|index| parsed.script.commands.get(index));
    let Some(from) = from else { return Vec::new() };
    let arguments = arguments(&from.words, &parsed.text, scope);
    written_text(parsed, from, &arguments, scope)
        .into_iter()
        .collect()
}

/// A file that a command reads as its standard input: `bash < x.sh`, `cat x.sh | bash`.
pub(super) fn input_file(
    command: Option<(&Rc<Parsed>, &Command)>,
    scope: &Scope,
) -> Option<Traced> {
    let (parsed, command) = command?;
    if let Some(Input::File(word)) = command.input.as_deref() {
        return Some(joined(word, &parsed.text, scope));
    }
    let from = parsed.script.commands.get(command.pipe_from?)?;
    let arguments = arguments(&from.words, &parsed.text, scope);
    let (program, rest) = arguments.split_first()?;
    let is_cat = program.as_str() == "cat" && from.input.is_none();
    rest.first().filter(|_| is_cat).map(|arg| arg.text.clone())
}
