//! Going on by the records of a history.

use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::value::RawValue;
use serde_json::{Map, Value};

use super::digests::Digests;
use super::error::{Mismatch, Unreplayable};
use super::timers::Timers;
use super::upgrade::{Upgraded, Upgrades};
use super::{Run, started};
use crate::guarded::guarded;
use crate::portable::Portable;
use crate::record::{Configuration, Entry, Hash, Program, Record, Version, canonical};

impl<M: Portable> Run<M> {
    /// The run that the first record of a history has started or forked.
    ///
    /// # Errors
    ///
    /// [`Unreplayable`] if it is neither, is of another machine, leads to another state, or reads back differently.
    pub fn begun(record: &Record, program: Program) -> Result<Self, Unreplayable> {
        match Self::begun_leniently(record, program)? {
            (run, None) => Ok(run),
            (_, Some(difference)) => Err(difference),
        }
    }

    /// The same, also if only data differs. The difference is in the answer.
    pub(crate) fn begun_leniently(
        record: &Record,
        program: Program,
    ) -> Result<(Self, Option<Unreplayable>), Unreplayable> {
        let broken = |cause| Unreplayable::new(record.version, cause);
        let (run, difference) = Self::begin(record, program).map_err(broken)?;
        Ok((run, difference.map(broken)))
    }

    fn begin(record: &Record, program: Program) -> Result<(Self, Option<Mismatch>), Mismatch> {
        let (Entry::Started { machine: name, machine_version, .. }
        | Entry::Forked { machine: name, machine_version, .. }) = &record.entry
        else {
            return Err(Mismatch::NoStart);
        };
        if record.version != Version::START {
            return Err(Mismatch::Gap { expected: Version::START });
        }
        if name != M::CHART.name() {
            return Err(Mismatch::OtherMachine(name.clone().into_owned()));
        }
        let mut upgrades = Upgrades::default();
        upgrades.read_by::<M>(Some(*machine_version))?;
        let (mut run, difference) = match &record.entry {
            Entry::Started { context, .. } => Self::begin_new(context, program, upgrades)?,
            Entry::Forked { value, .. } => Self::begin_fork(value, program, upgrades)?,
            Entry::Applied { .. } => return Err(Mismatch::NoStart),
        };
        run.leads_to(record.configuration())?;
        run.timers = match &record.entry {
            Entry::Forked { spent, .. } => {
                let spent = run.upgrades.spent::<M>(spent);
                Timers::forked(M::CHART, run.leaf(), record.time, &spent).ok_or(Mismatch::Spent)?
            }
            _ => Timers::started(M::CHART, run.leaf(), record.version, record.time),
        };
        run.ends_with(record);
        Ok((run, difference))
    }

    fn begin_new(
        context: &RawValue,
        program: Program,
        mut upgrades: Upgrades,
    ) -> Result<(Self, Option<Mismatch>), Mismatch> {
        let context = upgrades.context::<M>(context)?;
        let read: M::Context = serde_json::from_str(context.get())
            .map_err(|error| Mismatch::Context(super::unreadable::<M>(error)))?;
        let difference = difference(&read, &context)?;
        let digests = Digests::started(&context);
        Ok((Self::with(started(&context)?, program, digests, upgrades), difference))
    }

    /// A run of a machine that no record has led to yet.
    pub(super) fn with(machine: M, program: Program, digests: Digests, upgrades: Upgrades) -> Self {
        Self {
            machine,
            program,
            initial: None,
            records: 0,
            hash: Hash::NONE,
            time: DateTime::<Utc>::MIN_UTC,
            timers: Timers::default(),
            digests,
            upgrades,
            last: None,
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
        self.replay_leniently(record)?.map_or(Ok(()), Err)
    }

    /// The same, also if only data differs. The difference is in the answer.
    pub(crate) fn replay_leniently(
        &mut self,
        record: &Record,
    ) -> Result<Option<Unreplayable>, Unreplayable> {
        let broken = |cause| Unreplayable::new(record.version, cause);
        Ok(self.follow(record).map_err(broken)?.map(broken))
    }

    fn follow(&mut self, record: &Record) -> Result<Option<Mismatch>, Mismatch> {
        if record.version != self.next() {
            return Err(Mismatch::Gap { expected: self.next() });
        }
        let Entry::Applied { machine_version, event, from, to, internal, digest, task, .. } =
            &record.entry
        else {
            return Err(Mismatch::NoStart);
        };
        self.upgrades.read_by::<M>(*machine_version)?;
        self.last = None;
        let mut difference = None;
        match self.upgrades.event::<M>(event)? {
            Upgraded::Event(written) => {
                let event: M::Event = read_event::<M>(&written)?;
                difference = self::difference(&event, &written)?;
                self.begins_in(from)?;
                let applied = match self.take(event, task.as_ref(), record.time) {
                    Ok(Ok(applied)) => applied,
                    Ok(Err(refusal)) => return Err(Mismatch::Refused(refusal.to_string())),
                    Err(panic) => return Err(Mismatch::Refused(panic.to_string())),
                };
                self.leads_to(to)?;
                if *internal != applied.internal {
                    return Err(Mismatch::Internal);
                }
            }
            Upgraded::Dropped => {
                self.begins_in(from)?;
                self.leads_to(to)?;
            }
        }
        let length = match digest {
            Some(digest) if self.upgrades.keeps_values::<M>() => match self.compared(*digest) {
                Err(Mismatch::Digest) => {
                    difference = difference.or(Some(Mismatch::Digest));
                    None
                }
                length => Some(length?),
            },
            _ => None,
        };
        self.digests.took(record, length);
        self.ends_with(record);
        Ok(difference)
    }

    fn begins_in(&mut self, recorded: &Configuration) -> Result<(), Mismatch> {
        let actual = self.configuration();
        if self.upgrades.is_in::<M>(recorded, &actual) {
            return Ok(());
        }
        Err(Mismatch::From {
            recorded: recorded.to_string(),
            actual: actual.to_string(),
            is_removed: Self::leaf_of(recorded).is_none(),
        })
    }

    fn leads_to(&mut self, recorded: &Configuration) -> Result<(), Mismatch> {
        let actual = self.configuration();
        if self.upgrades.is_in::<M>(recorded, &actual) {
            return Ok(());
        }
        Err(Mismatch::To {
            recorded: recorded.to_string(),
            actual: actual.to_string(),
            is_removed: Self::leaf_of(recorded).is_none(),
        })
    }

    /// Compares the value with a digest, and answers the length of the value.
    fn compared(&self, digest: Hash) -> Result<usize, Mismatch> {
        let value = guarded(|| self.value())
            .map_err(|panic| Mismatch::Refused(panic.to_string()))?
            .map_err(Mismatch::Event)?;
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
        if let Entry::Applied { digest: Some(digest), .. } = &record.entry
            && self.upgrades.keeps_values::<M>()
        {
            self.compared(*digest).ok()?;
        }
        self.time = record.time;
        Some(self)
    }
}

/// Reads an event that the present machine has.
fn read_event<M: Portable>(written: &RawValue) -> Result<M::Event, Mismatch> {
    serde_json::from_str(written.get()).map_err(|error| {
        let event = serde_json::from_str::<Map<String, Value>>(written.get()).ok();
        let name = event.and_then(|event| event.into_iter().next()).map(|(name, _)| name);
        let is_known = |name: &String| M::CHART.events().iter().any(|event| event.name() == name);
        match name.filter(|name| !is_known(name)) {
            Some(name) => Mismatch::EventRemoved(name),
            None => Mismatch::Event(super::unreadable::<M>(error)),
        }
    })
}

/// How a value that was read from JSON differs from the JSON as which it is written again.
pub(super) fn difference(
    read: &impl Serialize,
    written: &RawValue,
) -> Result<Option<Mismatch>, Mismatch> {
    let is_same = || {
        if serde_json::to_string(read)? == written.get() {
            return Ok(true);
        }
        let written: Value = serde_json::from_str(written.get())?;
        Ok(canonical(read)? == canonical(&written)?)
    };
    let is_same = is_same().map_err(Mismatch::Event)?;
    Ok((!is_same).then_some(Mismatch::Payload))
}
