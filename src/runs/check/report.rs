//! What a check finds.

use std::collections::BTreeMap;
use std::error::Error;
use std::fmt::{self, Display, Formatter};

use serde::Serialize;

use crate::record::{RunId, Version};
use crate::run::{MismatchKind, Unreplayable};
use crate::store::Head;
use crate::text;
use crate::upgrade::Upgrade;

/// What a check has found about a run.
#[derive(Debug)]
#[non_exhaustive]
pub struct Checked {
    /// The run.
    pub run: RunId,
    /// The version of its last record; of a damaged head, 0.
    pub version: Version,
    /// Whether it can go on.
    pub outcome: CheckOutcome,
    /// The first record at fault, and why: the first whose data differs, and the one that cannot be replayed.
    pub faults: Vec<CheckFault>,
    /// The upgrades that reading the run has needed.
    pub upgrades: Vec<&'static Upgrade>,
}

/// Whether a run can go on with a machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum CheckOutcome {
    /// All states, payloads and digests are the same. The run goes on.
    Identical,
    /// The same, through declared upgrades. The run goes on.
    Upgraded,
    /// The states are the same, and data differs.
    DataDiffers,
    /// A record cannot be replayed.
    Refused,
    /// A record is not as it was written.
    Damaged,
}

/// What is wrong with a record.
#[derive(Debug)]
#[non_exhaustive]
pub struct CheckFault {
    /// The version of the record.
    pub version: Version,
    /// How it differs from what the machine does; `None` if it is damaged.
    pub kind: Option<MismatchKind>,
    /// Why, for a reader.
    pub reason: String,
}

/// How many runs a check has found in each state.
#[derive(Debug, Clone, Default, Serialize)]
#[non_exhaustive]
pub struct CheckSummary {
    /// The runs.
    pub runs: u64,
    /// The records that were replayed.
    pub records: u64,
    /// The runs of each outcome.
    pub outcomes: BTreeMap<CheckOutcome, u64>,
    /// The runs that cannot go on, by the cause of the first fault.
    pub causes: BTreeMap<&'static str, u64>,
    /// The runs that go on, by the upgrades that they need.
    pub upgrades: BTreeMap<String, u64>,
}

impl CheckFault {
    pub(super) fn of(source: &Unreplayable) -> Self {
        let reason = source.source().map(text::chain).unwrap_or_default();
        Self { version: source.version, kind: Some(source.kind()), reason }
    }

    /// The kind of fault, as in JSON: `event_removed`.
    #[must_use]
    pub fn cause(&self) -> &'static str {
        self.kind.map_or("damaged", MismatchKind::as_str)
    }
}

impl Checked {
    pub(super) fn new(
        head: Head,
        outcome: CheckOutcome,
        faults: Vec<CheckFault>,
        upgrades: Vec<&'static Upgrade>,
    ) -> Self {
        Self { run: head.run, version: head.version, outcome, faults, upgrades }
    }

    pub(super) fn damaged(head: Head, version: Version) -> Self {
        let reason = "it is not as it was written; restore a backup, or remove the run".to_owned();
        let outcome = CheckOutcome::Damaged;
        let faults = vec![CheckFault { version, kind: None, reason }];
        Self::new(head, outcome, faults, Vec::new())
    }
}

impl CheckOutcome {
    /// Whether such a run goes on with the machine.
    #[must_use]
    pub const fn goes_on(self) -> bool {
        matches!(self, Self::Identical | Self::Upgraded)
    }

    /// The name, as in JSON: `data_differs`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Identical => "identical",
            Self::Upgraded => "upgraded",
            Self::DataDiffers => "data_differs",
            Self::Refused => "refused",
            Self::Damaged => "damaged",
        }
    }
}

impl CheckSummary {
    pub(super) fn add(&mut self, checked: &Checked) {
        self.runs += 1;
        *self.outcomes.entry(checked.outcome).or_default() += 1;
        if let Some(fault) = checked.faults.first() {
            *self.causes.entry(fault.cause()).or_default() += 1;
        }
        for upgrade in checked.upgrades.iter().filter(|_| checked.outcome.goes_on()) {
            *self.upgrades.entry(upgrade.to_string()).or_default() += 1;
        }
    }

    /// The number of runs that cannot go on.
    #[must_use]
    pub fn stopped(&self) -> u64 {
        self.outcomes.iter().filter(|(outcome, _)| !outcome.goes_on()).map(|(_, runs)| runs).sum()
    }

    /// Whether all runs go on.
    #[must_use]
    pub fn goes_on(&self) -> bool {
        self.stopped() == 0
    }
}

impl Display for Checked {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.run, self.outcome)?;
        for CheckFault { version, reason, .. } in &self.faults {
            write!(f, "; record {version}: {reason}")?;
        }
        Ok(())
    }
}

impl Display for CheckOutcome {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Identical => "identical",
            Self::Upgraded => "identical through upgrades",
            Self::DataDiffers => "data differs",
            Self::Refused => "refused",
            Self::Damaged => "damaged",
        })
    }
}

impl Display for CheckSummary {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{} runs with {} records", self.runs, self.records)?;
        for (outcome, runs) in &self.outcomes {
            write!(f, ", {runs} {outcome}")?;
        }
        Ok(())
    }
}
