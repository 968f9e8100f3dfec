//! `claude_args` of the action, split as the action splits it (`facts/claude-code.md` §6.2, read at
//! claude-code-action 24dcd50c, `base-action/src/parse-sdk-options.ts`).

use crate::source::{Span, Traced};

use super::catalog::flags;
use super::command_line::{CommandLine, Given};

/// `claude_args`, read.
#[derive(Clone, Debug, Default)]
pub struct ActionArgs {
    /// The flags that reach Claude Code.
    pub line: CommandLine,
    /// Words that the action drops: short flags and words behind no flag.
    pub dropped: Vec<Traced>,
}

/// Flags that accumulate over repetitions and take all words up to the next `--flag`.
const ACCUMULATING: &[&str] = &[
    "--allowedTools",
    "--allowed-tools",
    "--disallowedTools",
    "--disallowed-tools",
    "--mcp-config",
    "--add-dir",
];

/// Reads the text of the input. Comment lines are dropped, quotes are removed, `( ) | & ; < >` are literal, and
/// a flag takes the next word unless that begins with `--`.
pub fn parse(text: &Traced) -> ActionArgs {
    let words = split(text);
    let mut read = ActionArgs::default();
    let mut index = 0;
    while let Some(word) = words.get(index) {
        index += 1;
        if !word.is_known() && !word.text().starts_with("--") {
            read.line.dynamic.push(word.clone());
            continue;
        }
        if !word.text().starts_with("--") {
            read.dropped.push(word.clone());
            continue;
        }
        let (name, inline) = match word.text().find('=') {
            Some(at) => (word.slice(0..at), Some(word.slice(at + 1..word.len()))),
            None => (word.clone(), None),
        };
        let mut values: Vec<Traced> = inline.into_iter().collect();
        if values.is_empty() {
            let is_list = ACCUMULATING.contains(&name.text());
            while let Some(next) = words
                .get(index)
                .filter(|next| !next.text().starts_with("--"))
            {
                // An unknown word behind a switch is not its value, but words of its own.
                if !next.is_known() && takes_nothing(name.text()) {
                    break;
                }
                values.push(next.clone());
                index += 1;
                if !is_list {
                    break;
                }
            }
        }
        read.line.flags.push(Given {
            flag: flags::find(name.text()),
            name,
            values,
        });
    }
    read
}

fn takes_nothing(name: &str) -> bool {
    flags::find(name).is_some_and(|flag| flag.arity == flags::Arity::Switch)
}

/// Words of a text, by the rules of the `shell-quote` package: quotes group, a backslash escapes outside single
/// quotes, a word that begins with `#` ends nothing here because whole comment lines are dropped before.
fn split(text: &Traced) -> Vec<Traced> {
    let mut words = Vec::new();
    for line in lines(text.text()) {
        if line.slice(text.text()).trim_start().starts_with('#') {
            words.push(None);
            continue;
        }
        words.push(Some(line));
    }
    // Quotes may span lines, so that the lines that are left are joined again before they are split.
    let mut kept = Traced::default();
    for line in words.into_iter().flatten() {
        kept.push_range(text, line.range());
    }
    split_words(&kept)
}

fn lines(text: &str) -> impl Iterator<Item = Span> {
    let mut at = 0;
    text.split_inclusive('\n').map(move |line| {
        let span = Span::of(at..at + line.len());
        at += line.len();
        span
    })
}

fn split_words(text: &Traced) -> Vec<Traced> {
    let mut words = Vec::new();
    let mut word: Option<Traced> = None;
    let mut quote: Option<char> = None;
    let mut chars = text.text().char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        let next = at + c.len_utf8();
        match (quote, c) {
            (Some(open), c) if c == open => quote = None,
            (None, '"' | '\'') => {
                quote = Some(c);
                word.get_or_insert_default();
            }
            (None | Some('"'), '\\') => {
                let escaped =
                    chars.next_if(|&(_, c)| quote.is_none() || matches!(c, '"' | '\\' | '$' | '`'));
                match escaped {
                    // A backslash before a line break joins the lines.
                    Some((_, '\n')) => {}
                    Some((at, c)) => word
                        .get_or_insert_default()
                        .push_range(text, at..at + c.len_utf8()),
                    None => word.get_or_insert_default().push_range(text, at..next),
                }
            }
            (None, c) if c.is_whitespace() => words.extend(word.take()),
            _ => word.get_or_insert_default().push_range(text, at..next),
        }
    }
    words.extend(word);
    words
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::claude::catalog::flags::Meaning;
    use crate::source::SourceFile;

    fn read(text: &str) -> ActionArgs {
        let file = SourceFile::new("t", text);
        parse(&Traced::of_file(&file, Span::of(0..text.len())))
    }

    fn values(args: &ActionArgs, meaning: Meaning) -> Vec<String> {
        args.line
            .tool_list(meaning)
            .iter()
            .map(|word| word.text().to_owned())
            .collect()
    }

    #[test]
    fn comment_lines_are_dropped_and_guards_in_them_with_them() {
        let args = read("--model x\n# --max-turns 5\n  # --tools Read\n--verbose\n");
        assert!(!args.line.has(Meaning::MaxTurns));
        assert_eq!(args.line.flags.len(), 2);
    }

    #[test]
    fn short_flags_and_stray_words_are_dropped() {
        let args = read("-p hello --max-turns 5 world");
        let dropped: Vec<_> = args.dropped.iter().map(Traced::text).collect();
        assert_eq!(dropped, ["-p", "hello", "world"]);
        assert_eq!(
            args.line.value(Meaning::MaxTurns).map(Traced::text),
            Some("5")
        );
    }

    #[test]
    fn parentheses_are_literal_and_lists_accumulate() {
        let args = read("--allowedTools Bash(git:*) Read\n--allowedTools \"Edit, Grep\"");
        assert_eq!(
            values(&args, Meaning::AllowedTools),
            ["Bash(git:*)", "Read", "Edit", "Grep"]
        );
    }

    #[test]
    fn quotes_may_span_lines_and_words_keep_their_places() {
        let args = read("--append-system-prompt \"a\nb\" --permission-mode 'bypassPermissions'");
        let mode = args.line.value(Meaning::PermissionMode).unwrap();
        assert_eq!(mode.location().unwrap().text(), "bypassPermissions");
        assert_eq!(mode.location().unwrap().start().line, 2);
    }

    #[test]
    fn an_empty_value_makes_a_flag_without_value() {
        let args = read("--tools \"\" --verbose");
        assert!(args.line.has(Meaning::Tools));
        assert!(values(&args, Meaning::Tools).is_empty());
    }
}
