//! Pieces of Markdown that hold text of strangers.
//!
//! Such text stands in code spans, code blocks and `<code>` only; prose that may repeat it is escaped, mentions
//! and references included (`facts/incidents.md` §6, row 15). Nothing here masks keys: what comes in went through
//! the mask before.

use std::fmt::Write as _;

use super::wording;

/// A table under its headings, with a line for the rows that it leaves out.
pub(crate) fn table(headings: &str, rows: &str, left: usize, noun: &str) -> String {
    if rows.is_empty() {
        return String::new();
    }
    let columns = headings.matches('|').count().saturating_sub(1);
    let mut out = format!("{headings}\n|{}\n{rows}\n", "---|".repeat(columns));
    if left > 0 {
        let _ = writeln!(out, "{}\n", wording::count(left, &format!("more {noun}")));
    }
    out
}

/// Pieces as long as they fit, and how many were left.
pub(crate) fn bounded<T>(
    all: &[T],
    most: usize,
    bytes: usize,
    piece: impl Fn(&T) -> String,
) -> (String, usize) {
    let mut out = String::new();
    for (index, one) in all.iter().enumerate() {
        let piece = piece(one);
        if index >= most || out.len() + piece.len() > bytes {
            return (out, all.len() - index);
        }
        out.push_str(&piece);
    }
    (out, 0)
}

/// A text as a code span, whatever backticks it holds.
pub(crate) fn code_span(text: &str) -> String {
    let text = no_comment(text);
    let fence = "`".repeat(longest_run(&text) + 1);
    let edge = |c: Option<char>| matches!(c, None | Some('`' | ' '));
    let pad = if edge(text.chars().next()) || edge(text.chars().next_back()) {
        " "
    } else {
        ""
    };
    format!("{fence}{pad}{text}{pad}{fence}")
}

/// Lines as a code block, whatever backticks they hold.
pub(crate) fn block(language: &str, text: &str) -> String {
    let text = no_comment(text);
    let fence = fence(&text);
    format!("{fence}{language}\n{}\n{fence}\n\n", text.trim_end())
}

/// A fence that no line of a text can close.
pub(crate) fn fence(text: &str) -> String {
    "`".repeat(longest_run(text).max(2) + 1)
}

/// Pipes end a cell, even in a code span.
pub(crate) fn for_table(text: &str) -> String {
    text.replace('|', "\\|")
}

/// Comments are where the marks of our own comments stand: nobody else gets to write one.
fn no_comment(text: &str) -> String {
    text.replace("<!--", "<\\!--").replace("-->", "--\\>")
}

fn longest_run(text: &str) -> usize {
    let mut longest = 0;
    let mut run = 0;
    for c in text.chars() {
        run = if c == '`' { run + 1 } else { 0 };
        longest = longest.max(run);
    }
    longest
}

/// Text inside HTML.
pub(crate) fn html(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '`' => out.push_str("&#96;"),
            c => out.push(c),
        }
    }
    out
}

/// A sentence: what it has between backticks becomes code, all else is escaped.
pub(crate) fn prose(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('`') {
        let Some((code, next)) = after.split_once('`').filter(|(code, _)| !code.is_empty()) else {
            break;
        };
        escape_words(before, &mut out);
        out.push_str(&code_span(code));
        rest = next;
    }
    escape_words(rest, &mut out);
    out
}

/// Escapes what Markdown reads as markup, and what GitHub reads as a mention, a reference or a link.
fn escape_words(text: &str, out: &mut String) {
    let mut last = ' ';
    let mut digits = 0;
    for c in text.chars() {
        // GitHub makes a link of seven hexadecimal digits in a row, if a commit begins with them.
        digits = if c.is_ascii_hexdigit() { digits + 1 } else { 0 };
        if digits == 7 {
            out.push_str("&#8203;");
            digits = 1;
        }
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            // An empty place between the sign and the word: GitHub finds mentions after entities are resolved.
            '@' => out.push_str("@&#8203;"),
            '#' => out.push_str("\\#&#8203;"),
            '/' if last == ':' => out.push_str("&#8203;/"),
            '.' if last == 'w' => out.push_str("&#8203;."),
            '-' if last.eq_ignore_ascii_case(&'h') => out.push_str("&#8203;-"),
            '\\' | '`' | '*' | '_' | '{' | '}' | '[' | ']' | '(' | ')' | '!' | '~' | '|' | '$' => {
                out.extend(['\\', c]);
            }
            c => out.push(c),
        }
        last = c;
    }
}
