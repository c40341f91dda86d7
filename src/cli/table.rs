//! Rows for people, or JSON for programs.

use std::io::{self, Write};

use serde::Serialize;

use super::terminal;
use crate::text;

/// Prints a table, or each row as an object of JSON on a line.
pub(super) struct Table<const N: usize> {
    columns: [&'static str; N],
    rows: Vec<[String; N]>,
    is_json: bool,
    is_begun: bool,
}

impl<const N: usize> Table<N> {
    pub(super) fn new(columns: [&'static str; N], is_json: bool) -> Self {
        Self { columns, rows: Vec::new(), is_json, is_begun: false }
    }

    /// Adds a row: what people see of it, and the whole for programs. Long cells are cut.
    pub(super) fn push(&mut self, cells: [String; N], object: &impl Serialize) -> io::Result<()> {
        if self.is_json {
            let object = serde_json::to_string(object)?;
            return writeln!(io::stdout(), "{}", terminal::json(&object));
        }
        self.rows.push(cells.map(|cell| text::shortened(&cell)));
        Ok(())
    }

    pub(super) fn finish(mut self) -> io::Result<()> {
        self.flush()
    }

    /// Prints the rows that were added since the last time, each column as wide as they need.
    pub(super) fn flush(&mut self) -> io::Result<()> {
        if self.is_json {
            return Ok(());
        }
        let mut rows = std::mem::take(&mut self.rows);
        if !std::mem::replace(&mut self.is_begun, true) {
            rows.insert(0, self.columns.map(str::to_owned));
        }
        let mut widths = [0; N];
        for row in &rows {
            for (width, cell) in widths.iter_mut().zip(row) {
                *width = cell.chars().count().max(*width);
            }
        }
        let mut out = io::stdout().lock();
        for row in rows {
            let cells = row.iter().zip(widths).map(|(cell, width)| format!("{cell:width$}"));
            writeln!(out, "{}", cells.collect::<Vec<_>>().join("  ").trim_end())?;
        }
        Ok(())
    }
}
