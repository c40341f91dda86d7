//! The tasks that the states of a run have started.

use chrono::{DateTime, Utc};

use super::Run;
use crate::chart::Task;
use crate::guarded::{Panic, guarded};
use crate::portable::Portable;
use crate::record::Version;

/// A task that has started and has not ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Pending {
    /// The number of the task in the chart.
    pub number: u16,
    /// The task.
    pub task: &'static Task,
    /// The version of the record that started it, by entering its state.
    pub since: Version,
    /// The time of that record.
    pub time: DateTime<Utc>,
}

impl<M: Portable> Run<M> {
    /// The tasks that have started and have not ended.
    pub fn pending(&self) -> impl Iterator<Item = Pending> {
        (0..).zip(M::CHART.tasks()).filter_map(|(number, task)| {
            let (since, time) = self.timers.since(M::CHART, task)?;
            Some(Pending { number, task, since, time })
        })
    }

    /// The input of a pending task, made of state and context as they are now.
    ///
    /// # Errors
    ///
    /// The function that makes it panics.
    pub(crate) fn input(&self, pending: &Pending) -> Result<Option<M::Task>, Panic> {
        guarded(|| self.machine.task(pending.number))
    }
}
