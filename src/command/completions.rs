//! `portcullis completions`

use std::io;

use clap::{Args, CommandFactory};
use clap_complete::Shell;

use super::Failure;

/// Arguments of `completions`.
#[derive(Args)]
pub(super) struct Arguments {
    /// The shell
    shell: Shell,
}

pub(super) fn run<C: CommandFactory>(arguments: &Arguments) -> Result<u8, Failure> {
    let mut text = Vec::new();
    clap_complete::generate(arguments.shell, &mut C::command(), "portcullis", &mut text);
    io::Write::write_all(&mut io::stdout(), &text).map_err(Failure::of_stdout)?;
    Ok(0)
}
