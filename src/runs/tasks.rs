//! Tasks, which act on the world.
//!
//! A task that has started is a note of its run, written and removed by the appends that enter and leave its state. The
//! note holds the attempts and is due when something has to be done: at once, after a backoff, or when a lease ends.
//! Whoever changes the note first has the lease, and goes on with it as long as the attempt takes.
//!
//! ```text
//! feed ──► attempt     reads what is due; claims, performs, renews the lease
//!             │
//!           ending     the outcome as an event, or another attempt later
//! ```

mod attempt;
mod ending;
mod feed;
mod progress;

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::{Notify, Semaphore};

pub(super) use self::progress::holder;
use self::progress::note_name;
pub use self::progress::{TaskStatus, all_tasks, is_paused, pause, tasks_of};
use super::{RunLimits, Runs};
use crate::portable::Portable;
use crate::record::RunId;
use crate::run::Run;
use crate::store::NoteName;
use crate::task::Worker;

/// What performs the tasks, and which of them are under way here.
pub(super) struct Tasks<M> {
    worker: Option<Worker<M>>,
    /// The name of this value in leases.
    holder: String,
    slots: Arc<Semaphore>,
    /// Wakes what reads the tasks that are due.
    wake: Notify,
    running: Mutex<HashMap<RunId, HashMap<NoteName, Arc<Notify>>>>,
    /// The number of those that are not claimed yet, so that they are still due.
    unclaimed: Arc<AtomicUsize>,
    /// Held by the one who performs them.
    performing: tokio::sync::Mutex<()>,
}

impl<M> Tasks<M> {
    pub(super) fn new(limits: RunLimits) -> Self {
        Self {
            worker: None,
            holder: holder(),
            slots: slots(limits),
            wake: Notify::new(),
            running: Mutex::default(),
            unclaimed: Arc::default(),
            performing: tokio::sync::Mutex::default(),
        }
    }

    pub(super) fn with_limits(self, limits: RunLimits) -> Self {
        Self { slots: slots(limits), ..self }
    }

    pub(super) fn with_worker(self, worker: Worker<M>) -> Self {
        Self { worker: Some(worker), ..self }
    }

    /// Takes note that a task is under way; `None` if it is already. The answer tells when its state was left.
    fn begin(&self, run: &RunId, name: &NoteName) -> Option<Arc<Notify>> {
        let mut running = self.running();
        let of_run = running.entry(run.clone()).or_default();
        if of_run.contains_key(name) {
            return None;
        }
        let left = Arc::new(Notify::new());
        of_run.insert(name.clone(), Arc::clone(&left));
        Some(left)
    }

    /// Cancels the tasks of a run that was removed.
    pub(super) fn removed(&self, run: &RunId) {
        for left in self.running().get(run).into_iter().flat_map(HashMap::values) {
            left.notify_one();
        }
    }

    fn end(&self, run: &RunId, name: &NoteName) {
        let mut running = self.running();
        if let Some(of_run) = running.get_mut(run) {
            of_run.remove(name);
            if of_run.is_empty() {
                running.remove(run);
            }
        }
        drop(running);
        self.wake.notify_one();
    }

    /// The tasks under way. No code under the lock can leave them half changed, so a poisoned lock is ignored.
    fn running(&self) -> MutexGuard<'_, HashMap<RunId, HashMap<NoteName, Arc<Notify>>>> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A task that was handed out and is not claimed yet.
struct Unclaimed(Arc<AtomicUsize>);

impl Unclaimed {
    fn new(count: &Arc<AtomicUsize>) -> Self {
        count.fetch_add(1, Ordering::Relaxed);
        Self(Arc::clone(count))
    }
}

impl Drop for Unclaimed {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

fn slots(limits: RunLimits) -> Arc<Semaphore> {
    Arc::new(Semaphore::new(limits.tasks.clamp(1, Semaphore::MAX_PERMITS)))
}

impl<M: Portable> Tasks<M> {
    /// Cancels the tasks of a run whose states it has left.
    pub(super) fn went_on(&self, id: &RunId, run: &Run<M>) {
        if M::CHART.tasks().is_empty() {
            return;
        }
        if let Some(of_run) = self.running().get(id) {
            let standing: Vec<_> =
                run.pending().filter_map(|pending| note_name(&pending)).collect();
            for (_, left) in of_run.iter().filter(|(name, _)| !standing.contains(name)) {
                left.notify_one();
            }
        }
    }
}

impl<M: Portable<Context: Default>> Runs<M> {
    /// The notes of the tasks that a run has started; `None` for a machine without tasks.
    pub(super) fn standing(run: &Run<M>) -> Option<Vec<NoteName>> {
        let has_tasks = !M::CHART.tasks().is_empty();
        has_tasks.then(|| run.pending().filter_map(|pending| note_name(&pending)).collect())
    }
}
