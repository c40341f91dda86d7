//! The runs that are kept ready.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Mutex as RunLock;

use crate::record::RunName;
use crate::run::Run;

/// The places of the runs that are kept ready, about as many as `most`.
pub(super) struct Live<M> {
    most: usize,
    places: Mutex<Places<M>>,
}

/// Each place with the turn at which it was used last.
struct Places<M> {
    slots: HashMap<RunName, (Slot<M>, u64)>,
    turn: u64,
}

/// The place of a live run. It is empty while the run is changed, so that a change that is given up on leaves nothing
/// behind but the way to the store.
pub(super) type Slot<M> = Arc<RunLock<Option<Run<M>>>>;

impl<M> Live<M> {
    pub(super) fn new(most: usize) -> Self {
        Self { most, places: Mutex::new(Places { slots: HashMap::new(), turn: 0 }) }
    }

    /// The place of a run, an empty one where the run is not kept ready.
    pub(super) fn slot(&self, name: &RunName) -> Slot<M> {
        let mut places = self.places();
        places.turn += 1;
        let turn = places.turn;
        if let Some((slot, used)) = places.slots.get_mut(name) {
            *used = turn;
            return Arc::clone(slot);
        }
        if places.slots.len() >= self.most {
            places.let_go(self.most);
        }
        let (slot, _) = places.slots.entry(name.clone()).or_insert_with(|| (Slot::default(), turn));
        Arc::clone(slot)
    }

    /// Drops the place of a run that is not there, unless somebody else waits at it.
    pub(super) fn forget(&self, name: &RunName, slot: &Slot<M>) {
        let mut places = self.places();
        // Two hold it: the map and the caller.
        if Arc::strong_count(slot) == 2 {
            places.slots.remove(name);
        }
    }

    /// The places. Nothing under the lock can leave them half changed, so one that was poisoned is whole.
    fn places(&self) -> MutexGuard<'_, Places<M>> {
        self.places.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<M> Places<M> {
    /// Lets go of the quarter of the runs that were not used for the longest time, but of none that is in use.
    fn let_go(&mut self, most: usize) {
        let mut turns: Vec<u64> = self.slots.values().map(|(_, used)| *used).collect();
        let oldest = most / 4;
        if oldest >= turns.len() {
            return;
        }
        let (_, last, _) = turns.select_nth_unstable(oldest);
        let last = *last;
        self.slots.retain(|_, (slot, used)| *used > last || Arc::strong_count(slot) > 1);
    }
}
