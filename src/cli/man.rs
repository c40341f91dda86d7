//! The command that writes manual pages.

use std::fs;
use std::io::{self, Write};
use std::path::PathBuf;

use clap::Args;

use super::{Done, terminal};

#[derive(Args)]
pub(crate) struct Man {
    /// Write a page for this program and for each command into this folder, instead of printing the first
    #[arg(long, value_name = "FOLDER")]
    out: Option<PathBuf>,
}

pub(super) fn write(command: &Man, line: clap::Command) -> Done {
    let Some(folder) = &command.out else {
        let mut page = Vec::new();
        clap_mangen::Man::new(line).render(&mut page)?;
        return Ok(io::stdout().write_all(&page)?);
    };
    fs::create_dir_all(folder)?;
    clap_mangen::generate_to(line, folder)?;
    let folder = terminal::line(&folder.display().to_string());
    Ok(writeln!(io::stdout(), "wrote the pages into `{folder}`")?)
}
