//! The argv of Claude Code, read as Claude Code reads it (`facts/claude-code.md` §5.1).

use crate::source::{Location, Traced};

use super::catalog::flags::{self, Arity, Flag, Meaning};
use super::catalog::subcommands::{PRINT_AND_EXIT, SUBCOMMANDS};

/// An argv, read. Every word keeps its origin.
#[derive(Clone, Debug, Default)]
pub struct CommandLine {
    /// Flags in the order given.
    pub flags: Vec<Given>,
    /// Words that are neither flags nor their values: the prompt.
    pub positionals: Vec<Traced>,
    /// Words that stand where a flag may stand and whose value nobody can know.
    pub dynamic: Vec<Traced>,
}

/// One flag that was given.
#[derive(Clone, Debug)]
pub struct Given {
    /// The flag's word; for `--flag=value` the part before the `=`.
    pub name: Traced,
    /// The table's row; nothing for a flag that no release seen has.
    pub flag: Option<&'static Flag>,
    /// Its values.
    pub values: Vec<Traced>,
}

/// How a word that nobody can know is quoted. It decides whether it may become flags.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Unknown {
    /// One word whatever it holds, and a prompt by all likelihood: `"$PROMPT"`.
    Text,
    /// It may become any number of words, flags among them: `$ARGS`.
    Words,
}

impl CommandLine {
    /// Reads the words after the program. `unknown` tells how a word with a hole is quoted.
    pub fn parse(words: &[Traced], unknown: impl Fn(usize) -> Unknown) -> Self {
        let mut read = Self::default();
        let mut index = 0;
        while let Some(word) = words.get(index) {
            index += 1;
            let text = word.text();
            if text == "--" && word.is_known() {
                read.positionals.extend(words.iter().skip(index).cloned());
                break;
            }
            if is_hole(word) {
                // A word right behind `-p` is the prompt, quoted or not.
                let after_print = read.is_prompt_place();
                if unknown(index - 1) == Unknown::Words && !after_print {
                    read.dynamic.push(word.clone());
                } else {
                    read.positionals.push(word.clone());
                }
                continue;
            }
            if !text.starts_with('-') || text == "-" {
                read.positionals.push(word.clone());
                continue;
            }
            let (name, inline) = split_flag(word);
            let flag = flags::find(name.text());
            let mut given = Given {
                name,
                flag,
                values: Vec::new(),
            };
            if let Some(value) = inline {
                given.values.push(value);
                read.flags.push(given);
                continue;
            }
            let next_is_value = |index: usize| {
                words.get(index).is_some_and(|next| {
                    (!next.text().starts_with('-') || next.text() == "-")
                        && !(is_hole(next) && unknown(index) == Unknown::Words)
                })
            };
            match flag.map(|flag| flag.arity) {
                Some(Arity::Value) => {
                    given.values.extend(words.get(index).cloned());
                    index += 1;
                }
                Some(Arity::Optional) if next_is_value(index) => {
                    given.values.extend(words.get(index).cloned());
                    index += 1;
                }
                Some(Arity::List) => {
                    while next_is_value(index) {
                        given.values.extend(words.get(index).cloned());
                        index += 1;
                    }
                }
                Some(Arity::Switch | Arity::Optional) | None => {}
            }
            read.flags.push(given);
        }
        read
    }

    fn is_prompt_place(&self) -> bool {
        self.positionals.is_empty()
            && self
                .flags
                .last()
                .is_some_and(|given| given.means(Meaning::Print))
    }

    /// Whether this argv starts no agent: a subcommand, `--version`, `--help`.
    pub fn starts_nothing(&self) -> bool {
        let exits = self
            .flags
            .iter()
            .any(|given| PRINT_AND_EXIT.contains(&given.name.text()));
        // A subcommand is the first word of all; behind a flag the word may as well be a prompt.
        let subcommand = self.positionals.first().is_some_and(|word| {
            SUBCOMMANDS.contains(&word.text())
                && !self.has(Meaning::Print)
                && !self.has(Meaning::SkipPermissions)
        });
        exits || subcommand
    }

    /// All occurrences of a flag.
    pub fn all(&self, meaning: Meaning) -> impl DoubleEndedIterator<Item = &Given> {
        self.flags.iter().filter(move |given| given.means(meaning))
    }

    /// The last occurrence of a flag: the one that counts for flags that do not accumulate.
    pub fn last(&self, meaning: Meaning) -> Option<&Given> {
        self.all(meaning).next_back()
    }

    /// The value of the last occurrence.
    pub fn value(&self, meaning: Meaning) -> Option<&Traced> {
        self.last(meaning).and_then(|given| given.values.last())
    }

    /// Whether a flag is given.
    pub fn has(&self, meaning: Meaning) -> bool {
        self.last(meaning).is_some()
    }

    /// The entries of a tool list over all occurrences: split at commas and blanks outside parentheses.
    pub fn tool_list(&self, meaning: Meaning) -> Vec<Traced> {
        self.all(meaning)
            .flat_map(|given| &given.values)
            .flat_map(split_tools)
            .collect()
    }
}

impl Given {
    /// Whether the flag has this meaning.
    pub fn means(&self, meaning: Meaning) -> bool {
        self.flag.is_some_and(|flag| flag.meaning == meaning)
    }

    /// Where it stands.
    pub fn location(&self) -> Option<Location> {
        self.name.location()
    }
}

/// Splits a tool list at commas, blanks and line breaks that stand outside parentheses, as Claude Code does:
/// `Read,Bash(git log:*) Grep` has three entries.
pub fn split_tools(list: &Traced) -> Vec<Traced> {
    let mut entries = Vec::new();
    let (mut depth, mut start) = (0_u32, 0);
    let mut cut = |start: usize, end: usize| {
        let entry = list.slice(start..end);
        if !entry.text().trim().is_empty() {
            entries.push(entry);
        }
    };
    for (at, c) in list.text().char_indices() {
        match c {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            _ if depth == 0 && (c == ',' || c.is_whitespace()) => {
                cut(start, at);
                start = at + c.len_utf8();
            }
            _ => {}
        }
    }
    cut(start, list.len());
    entries
}

/// Whether a word begins with a hole, so that it may be or become a flag.
fn is_hole(word: &Traced) -> bool {
    word.holes()
        .first()
        .is_some_and(|hole| hole.span.start == 0)
}

fn split_flag(word: &Traced) -> (Traced, Option<Traced>) {
    match word.text().find('=') {
        Some(at) if word.text().starts_with("--") => {
            (word.slice(0..at), Some(word.slice(at + 1..word.len())))
        }
        _ => (word.clone(), None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::{SourceFile, Span};

    fn words(text: &str) -> Vec<Traced> {
        let file = SourceFile::new("t", text);
        let mut at = 0;
        text.split(' ')
            .map(|word| {
                let span = Span::of(at..at + word.len());
                at += word.len() + 1;
                if word.starts_with('$') {
                    return Traced::hole("HOLE", word, &Location::new(&file, span));
                }
                Traced::of_file(&file, span)
            })
            .collect()
    }

    fn read(text: &str) -> CommandLine {
        CommandLine::parse(&words(text), |_| Unknown::Words)
    }

    fn texts(list: &[Traced]) -> Vec<&str> {
        list.iter().map(Traced::text).collect()
    }

    #[test]
    fn a_value_flag_swallows_the_next_word_even_if_it_looks_like_a_flag() {
        let line = read("-p --model --dangerously-skip-permissions hi");
        assert!(!line.has(Meaning::SkipPermissions));
        assert_eq!(texts(&line.positionals), ["hi"]);
    }

    #[test]
    fn a_list_ends_at_the_next_flag() {
        let line = read("--allowedTools Read Grep,Glob --dangerously-skip-permissions go");
        assert_eq!(
            texts(&line.tool_list(Meaning::AllowedTools)),
            ["Read", "Grep", "Glob"]
        );
        assert!(line.has(Meaning::SkipPermissions));
        assert_eq!(texts(&line.positionals), ["go"]);
    }

    #[test]
    fn both_forms_of_a_value_are_read_and_the_last_one_wins() {
        let line = read("--permission-mode plan --permission-mode=bypassPermissions");
        assert_eq!(
            line.value(Meaning::PermissionMode).map(Traced::text),
            Some("bypassPermissions")
        );
        let value = line
            .value(Meaning::PermissionMode)
            .and_then(Traced::location)
            .unwrap();
        assert_eq!(value.text(), "bypassPermissions");
    }

    #[test]
    fn words_behind_a_double_dash_are_the_prompt() {
        let line = read("-p -- --dangerously-skip-permissions");
        assert!(!line.has(Meaning::SkipPermissions));
    }

    #[test]
    fn a_tool_list_is_split_outside_parentheses() {
        let line = read("--allowedTools=Bash(git,log:*),Read");
        assert_eq!(
            texts(&line.tool_list(Meaning::AllowedTools)),
            ["Bash(git,log:*)", "Read"]
        );
    }

    #[test]
    fn an_unknown_word_is_dynamic_unless_it_is_the_prompt() {
        assert_eq!(read("-p $PROMPT").dynamic.len(), 0);
        assert_eq!(read("$ARGS -p").dynamic.len(), 1);
        assert_eq!(read("--model $M -p x").dynamic.len(), 0);
        let quoted = CommandLine::parse(&words("$X -p"), |_| Unknown::Text);
        assert_eq!(quoted.dynamic.len(), 0);
    }

    #[test]
    fn managing_the_installation_starts_nothing() {
        for text in ["--version", "mcp add x", "update", "config set a b", "-h"] {
            assert!(read(text).starts_nothing(), "{text}");
        }
        for text in ["-p update", "fix", "--dangerously-skip-permissions"] {
            assert!(!read(text).starts_nothing(), "{text}");
        }
    }
}
