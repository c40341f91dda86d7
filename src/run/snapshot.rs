//! The value of a run, written and read back.

use chrono::{DateTime, Utc};
use serde::Deserialize;

use super::Run;
use super::digests::Digests;
use super::timers::Timers;
use super::upgrade::Upgrades;
use crate::machine::{Name, Named, Parts};
use crate::portable::Portable;
use crate::record::{Program, Snapshot, canonical};

impl<M: Portable> Run<M> {
    /// State, context and history memory, as canonical JSON.
    ///
    /// # Errors
    ///
    /// One of them cannot be written.
    pub fn value(&self) -> Result<String, serde_json::Error> {
        canonical(self.machine.parts())
    }

    /// The run as it is, to go on from without its history.
    ///
    /// # Errors
    ///
    /// As [`value`](Self::value).
    pub fn snapshot(&self) -> Result<Snapshot, serde_json::Error> {
        Ok(self.snapshot_of(self.value()?))
    }

    pub(super) fn snapshot_of(&self, body: String) -> Snapshot {
        let entered = self.timers.0.clone();
        let snapshot = Snapshot::new(self.version(), self.hash, self.program, body, entered);
        let snapshot = snapshot.with_machine_version(self.upgrades.written_by());
        Snapshot { gated: self.gated, ..snapshot }
    }

    /// The run of a snapshot that this very program made; `None` if it is another's or does not read back to the same
    /// value.
    #[must_use]
    pub fn restored(snapshot: &Snapshot, program: Program) -> Option<Self> {
        if snapshot.program != program {
            return None;
        }
        let machine: M = read(&snapshot.body).ok()?;
        let leaf = machine.parts().state.name().number();
        let timers = Timers::restored(M::CHART, leaf, snapshot.entered.clone())?;
        let run = Self {
            machine,
            program,
            initial: None,
            records: snapshot.version.0.saturating_add(1),
            hash: snapshot.hash,
            time: DateTime::<Utc>::MIN_UTC,
            timers,
            digests: Digests::restored(snapshot),
            upgrades: Upgrades::of(snapshot.machine_version),
            last: None,
            gated: snapshot.gated,
            is_foreign: false,
        };
        run.value().is_ok_and(|value| value == snapshot.body).then_some(run)
    }
}

/// The machine with this value.
pub(super) fn read<M: Portable>(value: &str) -> Result<M, serde_json::Error> {
    let Written { state, context, history } = serde_json::from_str(value)?;
    Ok(Parts { state, context, history }.into())
}

/// The value of a run.
#[derive(Deserialize)]
struct Written<S, C, H> {
    state: S,
    context: C,
    history: H,
}
