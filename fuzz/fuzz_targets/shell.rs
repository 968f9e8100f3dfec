//! Every text gives a script, in every dialect.
#![no_main]

use libfuzzer_sys::fuzz_target;
use portcullis::shell::{Dialect, parse};

fuzz_target!(|data: &[u8]| {
    let text = String::from_utf8_lossy(data);
    for dialect in [Dialect::Bash, Dialect::PowerShell, Dialect::Cmd] {
        parse(&text, dialect);
    }
});
