//! stub
use super::{Parsed, Script};
pub(super) fn parse(_text: &str) -> Script {
    Script {
        parsed: Parsed::Words,
        ..Script::default()
    }
}
