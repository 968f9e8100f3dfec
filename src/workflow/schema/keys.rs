//! The keys of one mapping, to find those that it has twice.

use std::collections::HashMap;

use crate::source::Span;

/// Keys that a mapping already has, in any case.
pub(super) enum Seen<'t> {
    Few(Vec<(&'t str, Span)>),
    Many(HashMap<String, Span>),
}

impl<'t> Seen<'t> {
    /// Room for the keys of a mapping.
    pub(super) fn new(count: usize) -> Self {
        if count <= 16 {
            Self::Few(Vec::with_capacity(count))
        } else {
            Self::Many(HashMap::with_capacity(count))
        }
    }

    /// Adds a key; the place of the first one where it is there already.
    pub(super) fn insert(&mut self, key: &'t str, span: Span) -> Option<Span> {
        match self {
            Self::Few(keys) => {
                if let Some((_, first)) = keys
                    .iter()
                    .find(|(other, _)| other.eq_ignore_ascii_case(key))
                {
                    return Some(*first);
                }
                keys.push((key, span));
                None
            }
            Self::Many(keys) => match keys.entry(key.to_ascii_uppercase()) {
                std::collections::hash_map::Entry::Occupied(first) => Some(*first.get()),
                std::collections::hash_map::Entry::Vacant(slot) => {
                    slot.insert(span);
                    None
                }
            },
        }
    }

    /// Whether a key is there.
    pub(super) fn has(&self, key: &str) -> bool {
        match self {
            Self::Few(keys) => keys
                .iter()
                .any(|(other, _)| other.eq_ignore_ascii_case(key)),
            Self::Many(keys) => keys.contains_key(&key.to_ascii_uppercase()),
        }
    }
}
