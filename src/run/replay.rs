//! Going on by the records of a history.

use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::Value;
use serde_json::value::RawValue;

use super::digests::Digests;
use super::error::{Mismatch, Unreplayable};
use super::timers::Timers;
use super::{Run, configuration, started};
use crate::guarded::guarded;
use crate::portable::Portable;
use crate::record::{Configuration, Entry, Hash, Program, Record, Version, canonical};

impl<M: Portable> Run<M> {
    /// The run that the first record of a history has started or forked.
    ///
    /// # Errors
    ///
    /// [`Unreplayable`] if it is neither, is of another machine, or leads to another state.
    pub fn begun(record: &Record, program: Program) -> Result<Self, Unreplayable> {
        Self::begin(record, program).map_err(|cause| Unreplayable::new(record.version, cause))
    }

    fn begin(record: &Record, program: Program) -> Result<Self, Mismatch> {
        let (Entry::Started { machine: name, .. } | Entry::Forked { machine: name, .. }) =
            &record.entry
        else {
            return Err(Mismatch::NoStart);
        };
        if record.version != Version::START {
            return Err(Mismatch::Gap { expected: Version::START });
        }
        if name != M::CHART.name() {
            return Err(Mismatch::OtherMachine(name.clone().into_owned()));
        }
        let mut run = match &record.entry {
            Entry::Started { context, .. } => Self::begin_new(context, program)?,
            Entry::Forked { value, .. } => Self::begin_fork(value, program)?,
            Entry::Applied { .. } => return Err(Mismatch::NoStart),
        };
        same_target(record.configuration(), &run.configuration())?;
        run.timers = match &record.entry {
            Entry::Forked { spent, .. } => {
                Timers::forked(M::CHART, run.leaf(), record.time, spent).ok_or(Mismatch::Spent)?
            }
            _ => Timers::started(M::CHART, run.leaf(), record.version, record.time),
        };
        run.ends_with(record);
        Ok(run)
    }

    fn begin_new(context: &RawValue, program: Program) -> Result<Self, Mismatch> {
        let read: M::Context =
            serde_json::from_str(context.get()).map_err(super::unreadable::<M>)?;
        same_json(&read, context)?;
        Ok(Self::with(started(context)?, program, Digests::started(context)))
    }

    /// A run of a machine that no record has led to yet.
    pub(super) fn with(machine: M, program: Program, digests: Digests) -> Self {
        Self {
            machine,
            program,
            initial: None,
            records: 0,
            hash: Hash::NONE,
            time: DateTime::<Utc>::MIN_UTC,
            timers: Timers::default(),
            digests,
            gated: None,
            is_foreign: false,
        }
    }

    /// Goes on by one record of the history, and compares all that the record holds with what the machine does.
    ///
    /// # Errors
    ///
    /// [`Unreplayable`] if the record does not follow, or differs. The run must be dropped then.
    pub fn replay(&mut self, record: &Record) -> Result<(), Unreplayable> {
        self.follow(record).map_err(|cause| Unreplayable::new(record.version, cause))
    }

    fn follow(&mut self, record: &Record) -> Result<(), Mismatch> {
        if record.version != self.next() {
            return Err(Mismatch::Gap { expected: self.next() });
        }
        let Entry::Applied { event: written, from, to, internal, digest, task, .. } = &record.entry
        else {
            return Err(Mismatch::NoStart);
        };
        let event: M::Event =
            serde_json::from_str(written.get()).map_err(super::unreadable::<M>)?;
        same_json(&event, written)?;
        let here = self.configuration();
        if *from != here {
            return Err(Mismatch::From { recorded: from.to_string(), actual: here.to_string() });
        }
        let applied = match self.take(event, task.as_ref(), record.time) {
            Ok(Ok(applied)) => applied,
            Ok(Err(refusal)) => return Err(Mismatch::Refused(refusal.to_string())),
            Err(panic) => return Err(Mismatch::Refused(panic.to_string())),
        };
        same_target(to, &configuration::<M>(applied.to))?;
        if *internal != applied.internal {
            return Err(Mismatch::Internal);
        }
        let length = digest.map(|digest| self.compared(digest)).transpose()?;
        self.digests.took(record, length);
        self.ends_with(record);
        Ok(())
    }

    /// Compares the value with a digest, and answers the length of the value.
    fn compared(&self, digest: Hash) -> Result<usize, Mismatch> {
        let value =
            guarded(|| self.value()).map_err(|panic| Mismatch::Refused(panic.to_string()))??;
        if Hash::of(&[value.as_bytes()]) == digest {
            Ok(value.len())
        } else {
            Err(Mismatch::Digest)
        }
    }

    /// The number of the leaf of a configuration.
    pub(crate) fn leaf_of(configuration: &Configuration) -> Option<u16> {
        let leaf = configuration.leaves().next()?;
        (0..).zip(M::CHART.states()).find(|(_, state)| state.wire() == leaf).map(|(leaf, _)| leaf)
    }

    /// The restored run, if `record` is the last that the snapshot saw and agrees with it.
    pub(crate) fn anchored(mut self, record: &Record) -> Option<Self> {
        if record.version != self.version() || record.hash != self.hash {
            return None;
        }
        if let Entry::Applied { digest: Some(digest), .. } = &record.entry {
            self.compared(*digest).ok()?;
        }
        self.time = record.time;
        Some(self)
    }
}

/// Whether a value that was read from JSON is written to the same JSON again.
pub(super) fn same_json(read: &impl Serialize, written: &RawValue) -> Result<(), Mismatch> {
    if serde_json::to_string(read)? == written.get() {
        return Ok(());
    }
    let written: Value = serde_json::from_str(written.get())?;
    if canonical(read)? == canonical(&written)? { Ok(()) } else { Err(Mismatch::Payload) }
}

fn same_target(recorded: &Configuration, actual: &Configuration) -> Result<(), Mismatch> {
    if recorded == actual {
        return Ok(());
    }
    Err(Mismatch::To { recorded: recorded.to_string(), actual: actual.to_string() })
}
