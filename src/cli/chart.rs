//! The command that prints the machine, or compares it with an earlier chart.

use std::error::Error;
use std::fs::File;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};

use super::Done;
use super::drawing::{self, DrawingOptions};
use super::terminal;
use super::trail::{TrailOptions, trail};
use crate::chart::{ChartDiff, Document};
use crate::portable::Portable;
use crate::runs::charts;
use crate::store::sqlite::SqliteStore;

/// The first bytes of a store in a file.
const SQLITE: &[u8] = b"SQLite format 3\0";

#[derive(Args)]
pub(crate) struct Chart {
    /// The format: without it, `text` in a terminal, else `mermaid`
    #[arg(long, value_enum)]
    format: Option<Format>,
    /// Print what has changed since the chart in this file of `--format json`, or since the last other chart that has
    /// written this store, and fail if old histories cannot be replayed
    #[arg(long, value_name = "STORE|FILE", conflicts_with = "run")]
    diff: Option<PathBuf>,
    #[command(flatten)]
    drawing: DrawingOptions,
    #[command(flatten)]
    trail: TrailOptions,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// A Mermaid state diagram
    Mermaid,
    /// The language of Graphviz
    Dot,
    /// SCXML, the W3C's format
    Scxml,
    /// A machine of XState 5, as JSON
    Xstate,
    /// A JSON object, to compare with later charts
    Json,
    /// A picture, which follows the viewer's choice of light or dark
    Svg,
    /// A picture in pixels
    #[cfg(feature = "png")]
    Png,
    /// A drawing in characters, or an outline where that would be too wide
    Text,
}

pub(super) fn chart<M: Portable>(chart: &Chart) -> Done {
    if let Some(path) = &chart.diff {
        return diff::<M>(path, chart.format);
    }
    let trail = trail::<M>(&chart.trail)?;
    let trail = trail.as_ref();
    let default = if drawing::is_terminal() { Format::Text } else { Format::Mermaid };
    let picture = M::CHART.picture().with_trail(trail);
    let text = match chart.format.unwrap_or(default) {
        Format::Mermaid => M::CHART.mermaid().with_trail(trail).to_string(),
        Format::Dot => M::CHART.dot().with_trail(trail).to_string(),
        Format::Scxml => M::CHART.scxml().with_trail(trail).to_string(),
        Format::Xstate => M::CHART.xstate().with_trail(trail).to_string(),
        Format::Json => {
            serde_json::to_string_pretty(&Document::of(M::CHART).with_trail(M::CHART, trail))?
        }
        Format::Svg => picture.svg().to_string(),
        Format::Text => chart.drawing.text(&picture),
        #[cfg(feature = "png")]
        Format::Png => return chart.drawing.png(&picture),
    };
    chart.drawing.line(&text)
}

fn diff<M: Portable>(path: &Path, format: Option<Format>) -> Done {
    let old = document::<M>(path)?;
    let diff = ChartDiff::new(&old, M::CHART, M::UPGRADES);
    let mut out = io::stdout();
    if format == Some(Format::Json) {
        writeln!(out, "{}", terminal::json(&serde_json::to_string(&diff)?))?;
    } else {
        for change in &diff.changes {
            writeln!(out, "{}", terminal::line(&change.to_string()))?;
        }
        if diff.changes.is_empty() {
            writeln!(out, "no changes")?;
        }
    }
    if diff.replays() {
        return Ok(());
    }
    Err("old histories cannot all be replayed; declare upgrades, and run `check` to see which runs are concerned".into())
}

/// The chart in a file, or the last in a store that is not the present one.
fn document<M: Portable>(path: &Path) -> Result<Document, Box<dyn Error>> {
    let unreadable = |error: &dyn Error| format!("`{}` cannot be read: {error}", path.display());
    let mut bytes = Vec::new();
    let mut file = File::open(path).map_err(|error| unreadable(&error))?;
    (&mut file).take(16).read_to_end(&mut bytes).map_err(|error| unreadable(&error))?;
    if bytes != SQLITE {
        file.read_to_end(&mut bytes).map_err(|error| unreadable(&error))?;
        return serde_json::from_slice(&bytes).map_err(|error| {
            format!(
                "`{}` is neither a store nor a chart of `chart --format json`: {error}",
                path.display()
            )
            .into()
        });
    }
    let store = SqliteStore::open(path)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let kept = runtime.block_on(charts(&store))?;
    let present = Document::of(M::CHART);
    let is_present = kept.contains(&present);
    match kept.into_iter().find(|chart| *chart != present) {
        Some(chart) => Ok(chart),
        None if is_present => Ok(present),
        None => {
            Err(format!("the store `{}` has no chart; nothing was recorded in it", path.display())
                .into())
        }
    }
}
