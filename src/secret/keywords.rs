//! All keywords of the table in one index, laid out by the compiler, so that the first text costs what every text costs.
//!
//! An automaton over the keywords takes longer to build than a small run takes in all. Here four bytes of each keyword
//! are hashed into a bit set when the program is compiled; a scan hashes the four bytes at each place, and only where the
//! bit is set are the keywords of that hash compared. Keywords of three bytes stand in the set with every byte after them.

use std::ops::Range;

use super::formats::{Anchor, Format, TABLES};

/// Width of the hash. The set takes 8 KiB, a part of the nearest cache.
const HASH_BITS: u32 = 16;
const WORDS: usize = 1 << (HASH_BITS - 6);
const CHAINS: usize = 1024;
/// How many bytes of a keyword are hashed.
const SEED: usize = 4;
/// The number of no entry.
const NONE: u16 = u16::MAX;

/// One keyword of one row.
#[derive(Clone, Copy)]
pub(super) struct Entry {
    /// The row, counted over all tables.
    pub(super) row: usize,
    keyword: &'static [u8],
    case: Case,
    /// Where in the keyword the hashed bytes begin.
    offset: usize,
    /// The next entry of the chain.
    next: u16,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Case {
    Exact,
    Any,
}

/// The keywords of all rows.
pub(super) static KEYWORDS: Index<{ count() }> = Index::of_tables();

/// An index over `N` keywords.
pub(super) struct Index<const N: usize> {
    set: [u64; WORDS],
    chains: [u16; CHAINS],
    entries: [Entry; N],
}

impl<const N: usize> Index<N> {
    /// Every place where a keyword stands, handed on with the keyword's entry. Places come in the order of their hashed bytes.
    pub(super) fn find(
        &'static self,
        text: &[u8],
        mut found: impl FnMut(&'static Entry, Range<usize>),
    ) {
        for (at, window) in text.array_windows::<SEED>().enumerate() {
            if self.may_hold(*window) {
                for (entry, range) in self.at(text, at, window) {
                    found(entry, range);
                }
            }
        }
    }

    fn may_hold(&self, seed: [u8; SEED]) -> bool {
        let hash = hash(seed);
        self.set
            .get(hash >> 6)
            .is_some_and(|word| word >> (hash & 63) & 1 == 1)
    }

    fn at<'t>(
        &'static self,
        text: &'t [u8],
        at: usize,
        window: &[u8],
    ) -> impl Iterator<Item = (&'static Entry, Range<usize>)> + use<'t, N> {
        let first = <[u8; SEED]>::try_from(window).map_or(NONE, |seed| self.chain(seed));
        // A keyword of three bytes is chained by these alone.
        let short = match window {
            [a, b, c, _] => self.chain([*a, *b, *c, 0]),
            _ => NONE,
        };
        self.entries_from(first)
            .filter(|entry| entry.keyword.len() >= SEED)
            .chain(
                self.entries_from(short)
                    .filter(|entry| entry.keyword.len() < SEED),
            )
            .filter_map(move |entry| {
                let start = at.checked_sub(entry.offset)?;
                let range = start..start + entry.keyword.len();
                let here = text.get(range.clone())?;
                let is_equal = match entry.case {
                    Case::Exact => here == entry.keyword,
                    Case::Any => here.eq_ignore_ascii_case(entry.keyword),
                };
                is_equal.then_some((entry, range))
            })
    }

    fn chain(&self, seed: [u8; SEED]) -> u16 {
        self.chains.get(chain_of(seed)).copied().unwrap_or(NONE)
    }

    fn entries_from(&'static self, first: u16) -> impl Iterator<Item = &'static Entry> {
        let entry = |number: u16| self.entries.get(usize::from(number));
        std::iter::successors(entry(first), move |last| entry(last.next))
    }

    /// Lays the keywords of all tables out.
    #[allow(
        clippy::indexing_slicing,
        reason = "runs in the compiler, where an index out of range stops the build"
    )]
    const fn of_tables() -> Self {
        let mut list = [(0, "", Case::Exact); N];
        let (mut at, mut row, mut table) = (0, 0, 0);
        while table < TABLES.len() {
            let mut place = 0;
            while place < TABLES[table].len() {
                let format: &Format = &TABLES[table][place];
                let case = match format.anchor {
                    Anchor::Name | Anchor::Structure(_) => Case::Any,
                    Anchor::Start | Anchor::Within(_) => Case::Exact,
                };
                let mut keyword = 0;
                while keyword < format.keywords.len() {
                    list[at] = (row, format.keywords[keyword], case);
                    at += 1;
                    keyword += 1;
                }
                row += 1;
                place += 1;
            }
            table += 1;
        }
        Self::of(&list)
    }

    #[allow(
        clippy::indexing_slicing,
        reason = "runs in the compiler, where an index out of range stops the build"
    )]
    const fn of(list: &[(usize, &'static str, Case); N]) -> Self {
        let none = Entry {
            row: 0,
            keyword: b"",
            case: Case::Exact,
            offset: 0,
            next: NONE,
        };
        let mut index = Self {
            set: [0; WORDS],
            chains: [NONE; CHAINS],
            entries: [none; N],
        };
        let mut number = 0;
        while number < N {
            let (row, keyword, case) = list[number];
            let keyword = keyword.as_bytes();
            assert!(keyword.len() >= 3, "a keyword has three bytes or more");
            let offset = rarest(keyword);
            let mut seed = [0; SEED];
            let mut place = 0;
            while place < SEED && place < keyword.len() {
                seed[place] = keyword[offset + place];
                place += 1;
            }
            let chain = chain_of(seed);
            index.entries[number] = Entry {
                row,
                keyword,
                case,
                offset,
                next: index.chains[chain],
            };
            index.chains[chain] = number as u16;
            index.add(seed, case, keyword.len());
            number += 1;
        }
        index
    }

    /// Sets the bits of a seed: in each case where case does not matter, with each byte after it where it is short.
    #[allow(
        clippy::indexing_slicing,
        reason = "runs in the compiler, where an index out of range stops the build"
    )]
    const fn add(&mut self, seed: [u8; SEED], case: Case, length: usize) {
        let mut cases = 0;
        while cases < 1 << SEED {
            let mut variant = seed;
            let mut place = 0;
            while place < SEED {
                if matches!(case, Case::Any) && cases >> place & 1 == 1 {
                    variant[place] = swap_case(variant[place]);
                }
                place += 1;
            }
            let mut last = 0;
            while last < 256 {
                if length < SEED {
                    variant[SEED - 1] = last as u8;
                }
                let hash = hash(variant);
                self.set[hash >> 6] |= 1 << (hash & 63);
                last += if length < SEED { 1 } else { 256 };
            }
            cases += if matches!(case, Case::Any) {
                1
            } else {
                1 << SEED
            };
        }
    }
}

const fn count() -> usize {
    let (mut sum, mut tables) = (0, TABLES.as_slice());
    while let [first, rest @ ..] = tables {
        sum += keywords_of(first);
        tables = rest;
    }
    sum
}

const fn keywords_of(mut table: &[Format]) -> usize {
    let mut sum = 0;
    while let [first, rest @ ..] = table {
        sum += first.keywords.len();
        table = rest;
    }
    sum
}

/// Where the four bytes of a keyword begin that plain text holds least: those with the fewest lower-case letters.
#[allow(
    clippy::indexing_slicing,
    reason = "runs in the compiler, where an index out of range stops the build"
)]
const fn rarest(keyword: &[u8]) -> usize {
    let (mut best, mut fewest, mut start) = (0, usize::MAX, 0);
    while start + SEED <= keyword.len() {
        let (mut common, mut place) = (0, 0);
        while place < SEED {
            // A rule of dashes is as common as a word.
            if keyword[start + place].is_ascii_lowercase() || keyword[start + place] == b'-' {
                common += 1;
            }
            place += 1;
        }
        if common <= fewest {
            (best, fewest) = (start, common);
        }
        start += 1;
    }
    best
}

const fn hash(seed: [u8; SEED]) -> usize {
    (u32::from_le_bytes(seed).wrapping_mul(0x9e37_79b1) >> (u32::BITS - HASH_BITS)) as usize
}

/// The chain of a seed, the same for both cases.
const fn chain_of(mut seed: [u8; SEED]) -> usize {
    seed.make_ascii_lowercase();
    hash(seed) % CHAINS
}

const fn swap_case(byte: u8) -> u8 {
    if byte.is_ascii_alphabetic() {
        byte ^ 0x20
    } else {
        byte
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    static INDEX: Index<5> = Index::of(&[
        (0, "ghp_", Case::Exact),
        (1, "oy2", Case::Exact),
        (2, "aws_secret", Case::Any),
        (3, "sk-ant-", Case::Exact),
        (4, "sk-", Case::Exact),
    ]);

    fn rows(text: &[u8]) -> Vec<(usize, Range<usize>)> {
        let mut found = Vec::new();
        INDEX.find(text, |entry, range| found.push((entry.row, range)));
        found.sort_by_key(|(row, range)| (range.start, *row));
        found
    }

    fn rows_by_comparison(text: &[u8]) -> Vec<(usize, Range<usize>)> {
        let mut found = Vec::new();
        for start in 0..text.len() {
            for entry in &INDEX.entries {
                // Nothing is a token that ends with its keyword.
                let end = start + entry.keyword.len();
                let Some(here) = text.get(start..end) else {
                    continue;
                };
                let is_equal = match entry.case {
                    Case::Exact => here == entry.keyword,
                    Case::Any => here.eq_ignore_ascii_case(entry.keyword),
                };
                if is_equal && (end < text.len() || entry.keyword.len() >= SEED) {
                    found.push((entry.row, start..end));
                }
            }
        }
        found.sort_by_key(|(row, range)| (range.start, *row));
        found
    }

    #[test]
    fn keywords_that_overlap_are_all_found() {
        assert_eq!(rows(b"x sk-ant-y"), [(3, 2..9), (4, 2..5)]);
    }

    #[test]
    fn only_names_are_found_in_any_case() {
        assert_eq!(
            rows(b"AWS_Secret GHP_ OY2x oy2x"),
            [(2, 0..10), (1, 21..24)]
        );
    }

    proptest! {
        #[test]
        fn the_index_finds_what_comparison_finds(
            parts in prop::collection::vec(prop::sample::select(vec![
                "ghp_", "gh", "p_", "oy2", "oy", "aws_secret", "AWS_", "SECRET", "sk-", "ant-", " ", "\u{e9}",
            ]), 0..20),
        ) {
            let text = parts.concat();
            prop_assert_eq!(rows(text.as_bytes()), rows_by_comparison(text.as_bytes()));
        }
    }
}
