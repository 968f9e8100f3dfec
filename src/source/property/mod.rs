//! Properties of the readers, on random trees that our own writers put down in every style.
//!
//! A writer knows where it puts each character, so that the trees that come back are compared place by place,
//! not only value by value. `serde_json` and `serde_yaml` are second opinions about the values.

mod agreement;
mod block;
mod dice;
mod expected;
mod json;
mod oracle;
mod scalar;
mod sketch;
mod writer;
mod yaml;

use crate::source;
