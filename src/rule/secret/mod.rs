//! Rules about keys that are written down.

mod env_file_exposed;
mod hardcoded_key;

pub(super) use env_file_exposed::ENV_FILE_EXPOSED;
pub(super) use hardcoded_key::HARDCODED_KEY;
