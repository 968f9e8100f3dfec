//! What one text of Python or JavaScript shows, with places in that text.

use std::collections::BTreeMap;
use std::ops::Range;

use super::behaviour::{self, Decision};
use super::network;
use super::token::{Kind, Tokens};

/// What a text shows.
#[derive(Default, Debug)]
pub(super) struct Facts {
    /// Environment variables that are read.
    pub(super) variables: Vec<(String, Range<usize>)>,
    /// Environment variables that are set.
    pub(super) sets: Vec<String>,
    /// Where standard input is read.
    pub(super) stdin: Vec<Range<usize>>,
    /// Whether something is parsed as JSON.
    pub(super) parses_json: bool,
    /// Whether errors are caught.
    pub(super) catches: bool,
    pub(super) exits: Vec<(Option<u8>, Range<usize>)>,
    pub(super) decisions: Vec<(Decision, Range<usize>)>,
    pub(super) refusal: Option<Range<usize>>,
    pub(super) log: Option<Range<usize>>,
    /// Host, place, and whether more than fixed text is sent.
    pub(super) sends: Vec<(Option<String>, Range<usize>, bool)>,
    pub(super) downloads: Vec<Range<usize>>,
    /// Modules of the same tree that are loaded, as they are written.
    pub(super) modules: Vec<(String, Range<usize>)>,
}

impl Facts {
    /// Reads what the texts of a program say: decisions, refusals.
    pub(super) fn texts(&mut self, tokens: &Tokens<'_>) {
        let mut names_decision = None;
        let mut stops = false;
        let mut allows = false;
        let mut previous_is_continue = false;
        for index in 0..tokens.list.len() {
            let Some(token) = tokens.list.get(index) else {
                return;
            };
            let text = tokens.get(index);
            if previous_is_continue && tokens.is(index, ":") {
                let value = tokens.get(index + 1);
                if value.eq_ignore_ascii_case("false") {
                    self.decisions.push((Decision::Stops, token.range.clone()));
                }
            }
            previous_is_continue = text == "continue";
            if matches!(text, "permissionDecision" | "decision")
                && (tokens.is(index + 1, ":")
                    || tokens.is(index + 1, "]")
                    || tokens.is(index + 1, "="))
            {
                names_decision.get_or_insert_with(|| token.range.clone());
            }
            if token.kind != Kind::Text {
                continue;
            }
            match text {
                "deny" | "block" | "ask" => stops = true,
                "allow" | "approve" => allows = true,
                _ => {}
            }
            if text.contains("ecision")
                && let Some(decision) = behaviour::decision(text)
            {
                self.decisions.push((decision, token.range.clone()));
            }
            if self.refusal.is_none() && behaviour::refuses(text) {
                self.refusal = Some(token.range.clone());
            }
        }
        if let Some(range) = names_decision {
            // A value that comes from elsewhere may be any.
            let decision = if allows && !stops {
                Decision::Allows
            } else {
                Decision::Stops
            };
            self.decisions.push((decision, range));
        }
    }

    /// The codes that the argument of an exit may have. Names are looked up among the constants of the text.
    pub(super) fn exit(
        &mut self,
        tokens: &Tokens<'_>,
        arguments: Range<usize>,
        place: Range<usize>,
        constants: &BTreeMap<&str, u8>,
        returns: &[u8],
    ) {
        let mut codes: Vec<Option<u8>> = Vec::new();
        let start = arguments.start;
        let mut condition = false;
        for index in arguments.clone() {
            let word = tokens.get(index);
            match tokens.kind(index) {
                Some(Kind::Number) if !condition => codes.push(code(word)),
                Some(Kind::Text) if !condition => codes.push(Some(1)),
                Some(Kind::Name) => match word {
                    // `2 if blocked else 0`: what stands between the words is a test.
                    "if" => condition = true,
                    "else" => condition = false,
                    _ if condition => {}
                    "None" | "undefined" => codes.push(Some(0)),
                    _ => match constants.get(word) {
                        Some(code) => codes.push(Some(*code)),
                        None if tokens.is(index + 1, "(") && !returns.is_empty() => {
                            codes.extend(returns.iter().copied().map(Some));
                        }
                        None if tokens.is(index + 1, "?") => {}
                        None => codes.push(None),
                    },
                },
                _ => {}
            }
            if index - start > 64 {
                codes.push(None);
                break;
            }
        }
        if codes.is_empty() {
            codes.push(Some(0));
        }
        // Of `a > 1 ? 2 : 0` the test is a number too; what may be 2 counts.
        for code in codes {
            self.exits.push((code, place.clone()));
        }
    }
}

/// Numbers that names stand for: `BLOCK = 2`.
pub(super) fn constants<'t>(tokens: &Tokens<'t>) -> BTreeMap<&'t str, u8> {
    let mut found = BTreeMap::new();
    for index in 0..tokens.list.len() {
        if tokens.kind(index) == Some(Kind::Name)
            && tokens.is(index + 1, "=")
            && tokens.kind(index + 2) == Some(Kind::Number)
            && let Some(value) = code(tokens.get(index + 2))
        {
            let name = tokens.get(index);
            // A name with two values keeps the one that blocks.
            let known = found.entry(name).or_insert(value);
            if value == 2 {
                *known = value;
            }
        }
    }
    found
}

/// Numbers that functions return.
pub(super) fn returns(tokens: &Tokens<'_>) -> Vec<u8> {
    let mut found: Vec<u8> = (0..tokens.list.len())
        .filter(|index| tokens.is(*index, "return"))
        .filter_map(|index| code(tokens.get(index + 1)))
        .collect();
    found.sort_unstable();
    found.dedup();
    found
}

/// The first address in a range of words, or else in the whole text.
pub(super) fn host(tokens: &Tokens<'_>, range: Range<usize>) -> Option<String> {
    let hosts = |index: usize| tokens.string(index).and_then(network::host);
    range
        .clone()
        .find_map(hosts)
        .or_else(|| (0..tokens.list.len()).find_map(hosts))
}

fn code(word: &str) -> Option<u8> {
    word.parse::<u32>().ok().map(|code| (code % 256) as u8)
}
