//! Rules about keys that are written down.

mod hardcoded_key;

pub(super) use hardcoded_key::HARDCODED_KEY;
