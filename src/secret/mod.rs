//! Keys that are written down: which formats exist, and where a text holds one.
//!
//! [`formats`] is the table (data only), [`checksum`] the arithmetic that tells a token from an example, and
//! [`Detector`] the engine. The room follows `facts/token-formats.md`; the matching rules of its section 1
//! hold for every row.
//!
//! It never does I/O, never asks a service whether a key is alive, and never hands out a token's bytes: a
//! [`Detection`] has a place, a length and a redacted form, and nothing else of the key.

mod assignment;
mod base64;
pub mod checksum;
mod detector;
pub mod formats;
mod jwt;
mod keywords;
mod name;
mod nested;
mod placeholder;
mod private_key;
#[cfg(test)]
mod samples;
mod structure;
mod tree;
mod value;
mod verify;

pub use detector::{Detection, Detector};
pub use formats::{Format, Tier};
pub use nested::Encoding;
pub use verify::Evidence;
