//! Drawings of the machine, and where they are written.

use std::error::Error;
use std::fs;
use std::io::{self, IsTerminal, Write};
use std::path::PathBuf;

use clap::Args;

use super::Done;
use crate::chart::picture::Picture;
#[cfg(feature = "png")]
use crate::chart::picture::Theme;

/// The width of a drawing in text where the output is no terminal.
const COLUMNS: usize = 100;

#[derive(Args)]
pub(super) struct DrawingOptions {
    /// Write to this file instead of standard output
    #[arg(long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Pixels of a PNG for each pixel of the SVG
    #[cfg(feature = "png")]
    #[arg(long, value_name = "NUMBER", default_value_t = 2, value_parser = clap::value_parser!(u8).range(1..=8))]
    scale: u8,
    /// Draw a PNG for a dark background
    #[cfg(feature = "png")]
    #[arg(long)]
    dark: bool,
}

/// Whether standard output is a terminal, where a drawing in text is of use.
pub(super) fn is_terminal() -> bool {
    io::stdout().is_terminal()
}

impl DrawingOptions {
    /// A drawing in text, as wide as the terminal.
    pub(super) fn text(&self, picture: &Picture) -> String {
        let is_terminal = self.output.is_none() && is_terminal();
        let width = terminal_size::terminal_size().map(|(width, _)| usize::from(width.0));
        let columns = width.filter(|_| is_terminal).unwrap_or(COLUMNS);
        let has_colours =
            is_terminal && anstream::stdout().current_choice() != anstream::ColorChoice::Never;
        picture.text(columns, has_colours).to_string()
    }

    /// Writes a picture in pixels.
    #[cfg(feature = "png")]
    pub(super) fn png(&self, picture: &Picture) -> Done {
        if self.output.is_none() && is_terminal() {
            return Err("a terminal cannot show a PNG; name a file by `--output chart.png`".into());
        }
        let theme = if self.dark { Theme::Dark } else { Theme::Light };
        self.write(&picture.png(theme, self.scale)?)
    }

    /// Writes a text and a line break.
    pub(super) fn line(&self, text: &str) -> Done {
        self.write(format!("{text}\n").as_bytes())
    }

    fn write(&self, bytes: &[u8]) -> Done {
        let Some(path) = &self.output else {
            let mut out = io::stdout();
            out.write_all(bytes)?;
            return Ok(out.flush()?);
        };
        fs::write(path, bytes).map_err(|error| -> Box<dyn Error> {
            format!("`{}` cannot be written: {error}", path.display()).into()
        })
    }
}
