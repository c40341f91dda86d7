//! Going on by the records of a history.

use super::timers::Timers;
use super::{Run, restored, wire};
use crate::portable::Portable;
use crate::record::{Entry, Record, Version};

impl<M: Portable> Run<M> {
    /// Goes on by one record of the history.
    ///
    /// # Errors
    ///
    /// [`Unreplayable`], where the record does not follow, or leads elsewhere than it says.
    pub fn replay(&mut self, record: &Record) -> Result<(), Unreplayable> {
        let done = if record.version == self.next() {
            self.follow(record)
        } else {
            Err(Break::Gap { expected: self.next() })
        };
        done.map_err(|cause| Unreplayable::at(record.version, cause))?;
        self.ends_with(record);
        Ok(())
    }

    fn follow(&mut self, record: &Record) -> Result<(), Break> {
        match &record.entry {
            Entry::Started { machine, context, .. } => {
                if machine != M::CHART.name() {
                    return Err(Break::OtherMachine(machine.clone().into_owned()));
                }
                self.machine = restored(context)?;
                self.timers = Timers::started(M::CHART, self.number(), record.time);
            }
            Entry::Applied { event, to, .. } => {
                let event: M::Event = serde_json::from_str(event.get())?;
                let applied = match self.take(event, record.time) {
                    Ok(Ok(applied)) => applied,
                    Ok(Err(refusal)) => return Err(Break::Refused(refusal.to_string())),
                    Err(panic) => return Err(Break::Refused(panic.to_string())),
                };
                let reached = wire::<M>(applied.to);
                if reached != *to {
                    return Err(Break::Elsewhere(reached.into_owned()));
                }
            }
        }
        Ok(())
    }
}

/// A record by which a history cannot go on.
#[derive(Debug, thiserror::Error)]
#[error("record {version} of the history cannot be replayed")]
pub struct Unreplayable {
    /// The version of the record.
    pub version: Version,
    #[source]
    cause: Break,
}

impl Unreplayable {
    pub(super) fn at(version: Version, cause: Break) -> Self {
        Self { version, cause }
    }
}

/// What is wrong with it.
#[derive(Debug, thiserror::Error)]
pub(super) enum Break {
    #[error("it cannot be read")]
    Unreadable(#[from] serde_json::Error),
    #[error("it belongs to the machine `{0}`")]
    OtherMachine(String),
    #[error("record {expected} is missing before it")]
    Gap { expected: Version },
    #[error("the machine refuses its event: {0}")]
    Refused(String),
    #[error("the machine comes to {0} by it")]
    Elsewhere(String),
}
