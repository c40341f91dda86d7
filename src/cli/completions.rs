//! The command that prints completions for a shell.

use std::io::{self, Write};

use clap::Args;
use clap_complete::Shell;

use super::{Done, program_name};

#[derive(Args)]
pub(crate) struct Completions {
    /// The shell
    #[arg(value_enum)]
    shell: Shell,
}

pub(super) fn print(command: &Completions, mut line: clap::Command) -> Done {
    // The generator panics if it cannot write, for instance because nobody reads on.
    let mut script = Vec::new();
    clap_complete::generate(command.shell, &mut line, program_name(), &mut script);
    Ok(io::stdout().write_all(&script)?)
}
