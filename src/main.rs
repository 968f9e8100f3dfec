//! Arguments to one command to an exit code.

use std::process::ExitCode;

fn main() -> ExitCode {
    portcullis::command::main()
}
