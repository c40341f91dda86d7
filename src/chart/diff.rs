//! What has changed between two charts of a machine, and whether old histories still replay.

mod comparison;

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt::{self, Display, Formatter};

use serde::Serialize;

use self::comparison::Comparison;
use super::Chart;
use super::document::Document;
use crate::upgrade::Upgrade;

/// What has changed from an earlier chart of a machine to the present one.
///
/// Charts say nothing about handlers, nor about the fields of states and of the context: replaying a store proves more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct ChartDiff {
    /// The changes: first states, then events.
    pub changes: Vec<ChartChange>,
}

/// A state, event or payload that was added, removed or changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct ChartChange {
    /// What has happened to it.
    pub kind: ChangeKind,
    /// What has changed: `state DRAFT`, ``event `submit` ``.
    pub item: String,
    /// How it has changed, for a reader.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub detail: String,
    /// Why old histories with it cannot be replayed, for a reader; `None` if they can.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub breaks: Option<String>,
}

/// What has happened to a part of a chart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ChangeKind {
    /// It is new.
    Added,
    /// It is no more.
    Removed,
    /// It has changed.
    Changed,
}

impl ChartDiff {
    /// What has changed from `old` to the chart of a machine with these upgrades.
    #[must_use]
    pub fn new(old: &Document, chart: &Chart, upgrades: &[Upgrade]) -> Self {
        let new = &Document::of(chart);
        let upgrades = upgrades.iter().filter(|upgrade| upgrade.since > old.version);
        let comparison = Comparison { old, new, upgrades: upgrades.copied().collect() };
        let mut changes = comparison.machine();
        changes.extend(comparison.states());
        for event in &old.events {
            changes.extend(comparison.event(event));
        }
        changes.extend(comparison.added_events());
        Self { changes }
    }

    /// Whether all histories of the old chart may still replay, as far as charts can tell.
    #[must_use]
    pub fn replays(&self) -> bool {
        self.changes.iter().all(|change| change.breaks.is_none())
    }
}

impl Display for ChartDiff {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        if self.changes.is_empty() {
            return f.write_str("no changes");
        }
        for (place, change) in self.changes.iter().enumerate() {
            let end = if place == 0 { "" } else { "\n" };
            write!(f, "{end}{change}")?;
        }
        Ok(())
    }
}

impl Display for ChartChange {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let sign = match self.kind {
            ChangeKind::Added => '+',
            ChangeKind::Removed => '-',
            ChangeKind::Changed => '~',
        };
        write!(f, "{sign} {}", self.item)?;
        if !self.detail.is_empty() {
            write!(f, ": {}", self.detail)?;
        }
        match &self.breaks {
            Some(breaks) => write!(f, " (breaks old histories: {breaks})"),
            None => Ok(()),
        }
    }
}
