//! Random trees, before anybody has written them down.

use proptest::prelude::*;

/// A tree and how each of its nodes is to be written, as far as that is possible at its place.
#[derive(Clone, Debug)]
pub(super) enum Sketch {
    /// Nothing, `~` or `null`.
    Null(Ornament),
    Scalar(Text),
    /// A list, by `Form`.
    Sequence(Form, Ornament, Vec<Sketch>),
    /// Keys are made different from each other by the strategy.
    Mapping(Form, Ornament, Vec<(Text, Sketch)>),
    /// An alias of some anchor before it; a null where there is none.
    Alias(usize),
}

/// A scalar, and the style that it wants.
#[derive(Clone, Debug)]
pub(super) struct Text {
    pub(super) value: String,
    pub(super) wish: Wish,
    pub(super) ornament: Ornament,
}

/// What a node carries besides its value, and the seed of the decisions about it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ornament {
    pub(super) seed: u32,
}

/// How a collection is written.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Form {
    Block,
    Flow,
}

/// The style that a scalar gets if its value and its place allow it; otherwise the next one that they do.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Wish {
    Plain,
    Single,
    Double,
    Literal,
    Folded,
}

/// A file: its tree, and decisions about the file as a whole.
#[derive(Clone, Debug)]
pub(super) struct FileSketch {
    pub(super) root: Sketch,
    pub(super) seed: u32,
}

const WORDS: &[&str] = &[
    "claude",
    "--dangerously-skip-permissions",
    "-p",
    "a",
    "é",
    "漢字",
    "𝄞",
    "x:y",
    "#no",
    "it's",
    "say \"hi\"",
    "\\",
    "\\n",
    "${{ x.y }}",
    "{",
    "}",
    "[",
    "]",
    ",",
    "&a",
    "*b",
    "!t",
    "|",
    ">",
    "%",
    "@",
    "`",
    "?",
    "-",
    ":",
    "=",
    "<<",
    "true",
    "null",
    "12",
    "0x1f",
    "1e3",
    "~",
    "---",
    "...",
    "$A",
];

/// Words that some readers take for more than a character.
const RARE: &[&str] = &[
    "\u{7}", "\u{85}", "\u{a0}", "\u{2028}", "\u{feff}", "\r", "\u{1b}",
];

const GAPS: &[&str] = &[
    " ", " ", " ", "\n", "\n", "  ", "\t", "\n\n", "\n  ", " \n", "\n\t", "\n\n\n", "", ": ", " #",
    "\n# ",
];

/// Values of scalars: words with gaps between them, and perhaps at both ends.
pub(super) fn value() -> impl Strategy<Value = String> {
    let word = prop_oneof![12 => prop::sample::select(WORDS), 1 => prop::sample::select(RARE)];
    let inner = (
        word.clone(),
        prop::collection::vec((prop::sample::select(GAPS), word), 0..6),
    );
    let end = || prop_oneof![4 => Just(""), 1 => prop::sample::select(GAPS)];
    prop_oneof![
        1 => prop::sample::select(&["", " ", "\n", "\n\n", "  \n "][..]).prop_map(str::to_owned),
        20 => (end(), inner, end()).prop_map(|(before, (first, rest), after)| {
            let rest: String = rest.into_iter().flat_map(|(gap, word)| [gap, word]).collect();
            format!("{before}{first}{rest}{after}")
        }),
    ]
}

fn text() -> impl Strategy<Value = Text> {
    let wish = prop::sample::select(
        &[
            Wish::Plain,
            Wish::Single,
            Wish::Double,
            Wish::Literal,
            Wish::Folded,
        ][..],
    );
    (value(), wish, ornament()).prop_map(|(value, wish, ornament)| Text {
        value,
        wish,
        ornament,
    })
}

fn ornament() -> impl Strategy<Value = Ornament> {
    any::<u32>().prop_map(|seed| Ornament { seed })
}

fn node() -> impl Strategy<Value = Sketch> {
    let leaf = prop_oneof![
        8 => text().prop_map(Sketch::Scalar),
        1 => ornament().prop_map(Sketch::Null),
        1 => any::<prop::sample::Index>().prop_map(|index| Sketch::Alias(index.index(1 << 16))),
    ];
    leaf.prop_recursive(4, 24, 4, |inner| {
        let form = prop::sample::select(&[Form::Block, Form::Block, Form::Flow][..]);
        prop_oneof![
            (
                form.clone(),
                ornament(),
                prop::collection::vec(inner.clone(), 0..4)
            )
                .prop_map(|(form, ornament, items)| Sketch::Sequence(form, ornament, items)),
            (
                form,
                ornament(),
                prop::collection::vec((text(), inner), 0..4)
            )
                .prop_map(|(form, ornament, entries)| Sketch::Mapping(
                    form,
                    ornament,
                    different(entries)
                )),
        ]
    })
}

/// Whole files.
pub(super) fn file() -> impl Strategy<Value = FileSketch> {
    (node(), any::<u32>()).prop_map(|(root, seed)| FileSketch { root, seed })
}

/// Drops the entries whose key was there before.
fn different(entries: Vec<(Text, Sketch)>) -> Vec<(Text, Sketch)> {
    let mut kept: Vec<(Text, Sketch)> = Vec::new();
    for entry in entries {
        if kept.iter().all(|(key, _)| key.value != entry.0.value) {
            kept.push(entry);
        }
    }
    kept
}
