//! Forks: runs that begin where another run is.

use serde_json::value::RawValue;

use super::digests::Digests;
use super::error::{ForkError, Mismatch};
use super::replay::difference;
use super::upgrade::Upgrades;
use super::{Run, Stamp, snapshot, unreadable};
use crate::portable::Portable;
use crate::record::{Entry, Hash, Parent, Program, Record, RunId, Version};

impl<M: Portable> Run<M> {
    /// A fork of this run, whose identity is `parent`, with the first record of its own history. The states in which the
    /// run is count as entered at the time of the record, so that their timeouts begin anew.
    ///
    /// # Errors
    ///
    /// [`ForkError`] if the machine's value cannot be written, or does not read back.
    pub fn fork(&self, parent: &RunId, stamp: Stamp) -> Result<(Self, Record), ForkError> {
        let value = self.value().and_then(RawValue::from_string).map_err(ForkError::Value)?;
        let Stamp { time, actor, key, client } = stamp;
        let entry = Entry::Forked {
            machine: M::CHART.name().into(),
            machine_version: M::CHART.version(),
            program: self.program,
            parent: Parent::new(parent.clone(), self.version(), self.hash),
            to: self.configuration(),
            value,
            spent: self.timers.spent(),
            is_gated: self.gated.is_some(),
            client,
        };
        let record = Record::new(&Hash::NONE, Version::START, time, actor, key, entry);
        let fork = Self::begun(&record, self.program).map_err(ForkError::Unreadable)?;
        Ok((fork, record))
    }

    pub(super) fn begin_fork(
        value: &RawValue,
        program: Program,
        mut upgrades: Upgrades,
    ) -> Result<(Self, Option<Mismatch>), Mismatch> {
        let value = upgrades.value::<M>(value)?;
        let machine: M =
            snapshot::read(value.get()).map_err(|error| Mismatch::Value(unreadable::<M>(error)))?;
        let difference = difference(machine.parts(), &value)?;
        let digests = Digests::saved(Version::START, value.get().len());
        Ok((Self::with(machine, program, digests, upgrades), difference))
    }
}
