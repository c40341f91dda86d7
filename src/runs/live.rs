//! The runs that are kept live.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::{Mutex as RunLock, MutexGuard as RunGuard};

use super::RunLimits;
use crate::portable::Portable;
use crate::record::RunId;
use crate::run::Run;

/// The bytes that a live run takes besides its machine's value.
const FRAME: usize = 3 << 10;

/// The slots of the live runs, within the limits.
pub(super) struct Live<M> {
    limits: RunLimits,
    slots: Mutex<Slots<M>>,
}

struct Slots<M> {
    by_id: HashMap<RunId, Used<M>>,
    /// The number of uses so far.
    uses: u64,
    /// The approximate size of all live runs, in bytes.
    bytes: usize,
}

struct Used<M> {
    slot: Slot<M>,
    last_use: u64,
    bytes: usize,
}

/// The slot of a live run. It is empty while the run is changed, so that a change that is given up leaves nothing behind
/// and the run is read again from the store.
pub(super) type Slot<M> = Arc<RunLock<Option<Run<M>>>>;

impl<M> Live<M> {
    pub(super) fn new(limits: RunLimits) -> Self {
        let slots = Slots { by_id: HashMap::new(), uses: 0, bytes: 0 };
        Self { limits, slots: Mutex::new(slots) }
    }

    /// The slot of a run, an empty one if the run is not live.
    pub(super) fn slot(&self, id: &RunId) -> Slot<M> {
        let mut slots = self.slots();
        slots.uses += 1;
        let last_use = slots.uses;
        if let Some(used) = slots.by_id.get_mut(id) {
            used.last_use = last_use;
            return Arc::clone(&used.slot);
        }
        let slot = Slot::default();
        slots.by_id.insert(id.clone(), Used { slot: Arc::clone(&slot), last_use, bytes: FRAME });
        slots.bytes += FRAME;
        if slots.exceed(&self.limits) {
            slots.evict(&self.limits);
        }
        slot
    }

    /// Drops the slot of a run that does not exist, unless another caller waits at it.
    pub(super) fn forget(&self, id: &RunId, slot: &Slot<M>) {
        let mut slots = self.slots();
        // Two hold it: the map and the caller.
        if Arc::strong_count(slot) == 2
            && let Some(used) = slots.by_id.remove(id)
        {
            slots.bytes = slots.bytes.saturating_sub(used.bytes);
        }
    }

    /// The identities of all live runs.
    pub(super) fn ids(&self) -> Vec<RunId> {
        self.slots().by_id.keys().cloned().collect()
    }

    /// The number of live runs.
    #[cfg(feature = "http")]
    pub(super) fn len(&self) -> usize {
        self.slots().by_id.len()
    }

    /// The slots. No code under the lock can leave them half changed, so a poisoned lock is ignored.
    fn slots(&self) -> MutexGuard<'_, Slots<M>> {
        self.slots.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<M: Portable> Live<M> {
    /// Puts a run into its slot, and drops other runs if all together are too large.
    pub(super) fn put(&self, id: &RunId, place: &mut RunGuard<'_, Option<Run<M>>>, run: Run<M>) {
        let bytes = run.size() + FRAME;
        **place = Some(run);
        let mut slots = self.slots();
        let Some(used) = slots.by_id.get_mut(id) else { return };
        let before = std::mem::replace(&mut used.bytes, bytes);
        slots.bytes = (slots.bytes + bytes).saturating_sub(before);
        if slots.exceed(&self.limits) {
            slots.evict(&self.limits);
        }
    }
}

impl<M> Slots<M> {
    fn exceed(&self, limits: &RunLimits) -> bool {
        self.bytes > limits.live_bytes || self.by_id.len() > limits.live_runs
    }

    /// Drops the runs that were not used for the longest time, until a quarter of the limits is free again. Runs in use
    /// stay.
    fn evict(&mut self, limits: &RunLimits) {
        let mut idle: Vec<(u64, RunId)> = self
            .by_id
            .iter()
            .filter(|(_, used)| Arc::strong_count(&used.slot) == 1)
            .map(|(id, used)| (used.last_use, id.clone()))
            .collect();
        idle.sort_unstable();
        let (bytes, runs) = (limits.live_bytes / 4 * 3, limits.live_runs / 4 * 3);
        for (_, id) in idle {
            if self.bytes <= bytes && self.by_id.len() <= runs {
                return;
            }
            if let Some(used) = self.by_id.remove(&id) {
                self.bytes = self.bytes.saturating_sub(used.bytes);
            }
        }
    }
}
