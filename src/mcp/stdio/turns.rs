//! The order of calls: those for one key come one after another, in the order in which they were read.

use std::collections::{HashMap, VecDeque};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::SetOnce;

/// Gives out turns, of which those for one key follow each other.
#[derive(Clone, Default)]
pub(super) struct Turns(Arc<Mutex<HashMap<String, Queue>>>);

/// The turns for one key that are not finished, or that follow one that is not.
#[derive(Default)]
struct Queue {
    /// The number of the turn in front.
    front: u64,
    places: VecDeque<Place>,
}

struct Place {
    reached: Arc<SetOnce<()>>,
    is_finished: bool,
}

/// The place of one call among those for its key. It is finished once its last clone is dropped, so that a call that
/// panics or is given up holds up nobody.
#[derive(Clone)]
pub(super) struct Turn(Arc<Held>);

struct Held {
    turns: Turns,
    key: String,
    number: u64,
    reached: Arc<SetOnce<()>>,
    is_finished: AtomicBool,
}

impl Turns {
    /// The turn after all that were given out for this key.
    pub(super) fn next(&self, key: &str) -> Turn {
        let reached = Arc::new(SetOnce::new());
        let mut queues = self.queues();
        let queue = queues.entry(key.to_owned()).or_default();
        let number = queue.front + queue.places.len() as u64;
        queue.places.push_back(Place { reached: Arc::clone(&reached), is_finished: false });
        queue.advance();
        let turns = self.clone();
        let is_finished = AtomicBool::new(false);
        Turn(Arc::new(Held { turns, key: key.to_owned(), number, reached, is_finished }))
    }

    /// The queues. Nothing under the lock can leave them half changed, so a poisoned lock guards whole ones.
    fn queues(&self) -> MutexGuard<'_, HashMap<String, Queue>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    #[cfg(test)]
    fn keys(&self) -> usize {
        self.queues().len()
    }
}

impl Queue {
    /// Removes the turns in front that are finished, and lets the one behind them go on.
    fn advance(&mut self) {
        while self.places.front().is_some_and(|place| place.is_finished) {
            self.places.pop_front();
            self.front += 1;
        }
        if let Some(place) = self.places.front() {
            // It was set before where the front has not moved.
            let _ = place.reached.set(());
        }
    }
}

impl Turn {
    /// Waits until all earlier turns for the same key are finished.
    pub(super) async fn wait(&self) {
        self.0.reached.wait().await;
    }

    /// Lets the next turn go on, though this one is not dropped.
    pub(super) fn finish(&self) {
        self.0.finish();
    }
}

impl Held {
    fn finish(&self) {
        if self.is_finished.swap(true, Ordering::Relaxed) {
            return;
        }
        let mut queues = self.turns.queues();
        let Some(queue) = queues.get_mut(&self.key) else { return };
        let index = usize::try_from(self.number - queue.front).ok();
        if let Some(place) = index.and_then(|index| queue.places.get_mut(index)) {
            place.is_finished = true;
        }
        queue.advance();
        if queue.places.is_empty() {
            queues.remove(&self.key);
        }
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.finish();
    }
}

#[cfg(test)]
mod tests {
    use std::panic::{AssertUnwindSafe, catch_unwind};

    use futures::FutureExt;

    use super::{Turn, Turns};

    fn may_go(turn: &Turn) -> bool {
        turn.wait().now_or_never().is_some()
    }

    #[test]
    fn one_after_another() {
        let turns = Turns::default();
        let [first, second, third] = [(); 3].map(|()| turns.next("a"));
        assert!(may_go(&first) && !may_go(&second) && !may_go(&third));
        drop(first);
        assert!(may_go(&second) && !may_go(&third));
        second.finish();
        second.finish();
        assert!(may_go(&third));
    }

    #[test]
    fn one_that_ends_early_lets_nobody_overtake() {
        let turns = Turns::default();
        let [first, second, third] = [(); 3].map(|()| turns.next("a"));
        drop(second);
        assert!(!may_go(&third));
        drop(first);
        assert!(may_go(&third));
    }

    #[test]
    fn another_key_does_not_wait() {
        let turns = Turns::default();
        let first = turns.next("a");
        assert!(may_go(&turns.next("b")));
        assert!(!may_go(&turns.next("a")));
        drop(first);
    }

    #[test]
    fn a_clone_holds_the_turn() {
        let turns = Turns::default();
        let [first, second] = [(); 2].map(|()| turns.next("a"));
        let clone = first.clone();
        drop(first);
        assert!(!may_go(&second));
        drop(clone);
        assert!(may_go(&second));
    }

    #[test]
    fn a_panic_holds_up_nobody() {
        let turns = Turns::default();
        let [first, second] = [(); 2].map(|()| turns.next("a"));
        let call = AssertUnwindSafe(move || {
            let _turn = first;
            std::panic::resume_unwind(Box::new("a bug"));
        });
        assert!(catch_unwind(call).is_err());
        assert!(may_go(&second));
    }

    #[test]
    fn a_key_without_turns_is_forgotten() {
        let turns = Turns::default();
        let early = turns.next("a");
        early.finish();
        assert_eq!(turns.keys(), 0);
        let [first, second] = [(); 2].map(|()| turns.next("a"));
        drop(early);
        assert!(may_go(&first) && !may_go(&second), "a turn that is finished twice counts once");
        drop((first, second));
        assert_eq!(turns.keys(), 0);
    }
}
