//! The command that writes a declaration of a chart that others wrote.

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use clap::Args;

use super::{Done, terminal};
use crate::import;

/// The arguments of `import-chart`.
#[derive(Args)]
pub(crate) struct ImportChart {
    /// SCXML, a machine of XState in JSON, or what `chart --format json` prints; `-` for standard input
    file: PathBuf,
    /// The file to write [default: standard output]
    #[arg(long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Overwrite the file
    #[arg(long, requires = "output")]
    force: bool,
}

/// Writes the declaration of the chart in a file.
pub(crate) fn import_chart(ImportChart { file, output, force }: &ImportChart) -> Done {
    let text = read(file)?;
    let declaration = import::declaration(&text)
        .map_err(|error| format!("`{}`: {}", file.display(), crate::text::chain(&error)))?;
    let Some(output) = output else {
        return Ok(io::stdout().write_all(declaration.as_bytes())?);
    };
    let shown = output.display();
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true).create_new(!force);
    let mut out = options.open(output).map_err(|error| match error.kind() {
        io::ErrorKind::AlreadyExists => {
            format!("`{shown}` exists already: give `--force` to overwrite it")
        }
        _ => format!("cannot write `{shown}`: {error}"),
    })?;
    out.write_all(declaration.as_bytes())
        .and_then(|()| out.sync_all())
        .map_err(|error| format!("cannot write `{shown}`: {error}"))?;
    Ok(writeln!(io::stdout(), "{}", terminal::line(&format!("wrote `{shown}`")))?)
}

/// The text of a file, of which no more is read than is accepted.
fn read(file: &Path) -> Result<String, String> {
    let unreadable = |error: io::Error| format!("cannot read `{}`: {error}", file.display());
    let limit = u64::try_from(import::MAX_CHART).unwrap_or(u64::MAX).saturating_add(1);
    let mut bytes = Vec::new();
    let read = if file.as_os_str() == "-" {
        io::stdin().lock().take(limit).read_to_end(&mut bytes)
    } else {
        File::open(file).map_err(unreadable)?.take(limit).read_to_end(&mut bytes)
    };
    read.map_err(unreadable)?;
    if bytes.len() > import::MAX_CHART {
        return Err(format!("`{}`: {}", file.display(), import::ImportError::TooLarge));
    }
    String::from_utf8(bytes)
        .map_err(|_| format!("`{}` is no text in UTF-8: convert it first", file.display()))
}
