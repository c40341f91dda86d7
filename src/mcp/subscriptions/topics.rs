//! The runs to which somebody is subscribed.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::inbox::Inbox;
use crate::record::RunId;

/// What is notified of each run.
#[derive(Default)]
pub(super) struct Topics {
    runs: Mutex<HashMap<RunId, Followed>>,
}

/// A run to which somebody is subscribed.
struct Followed {
    exists: bool,
    topics: Vec<Topic>,
}

/// An address that one subscriber is notified of.
pub(super) struct Topic {
    pub(super) number: u64,
    pub(super) uri: Arc<str>,
    pub(super) inbox: Arc<Inbox>,
}

impl Topics {
    /// Adds a topic of a run, which exists or was never started.
    pub(super) fn insert(&self, run: RunId, exists: bool, topic: Topic) {
        let none = Followed { exists, topics: Vec::new() };
        self.runs().entry(run).or_insert(none).topics.push(topic);
    }

    /// Removes a topic. Whatever waits of it is not notified any more.
    pub(super) fn remove(&self, run: &RunId, number: u64) {
        let mut runs = self.runs();
        let Some(followed) = runs.get_mut(run) else { return };
        let place = followed.topics.iter().position(|topic| topic.number == number);
        if let Some(topic) = place.map(|place| followed.topics.swap_remove(place)) {
            topic.inbox.withdraw(&topic.uri);
        }
        if followed.topics.is_empty() {
            runs.remove(run);
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.runs().is_empty()
    }

    /// A run has changed, and exists or no longer does.
    pub(super) fn changed(&self, run: &RunId, exists: bool) {
        if let Some(followed) = self.runs().get_mut(run) {
            followed.exists = exists;
            followed.notify();
        }
    }

    /// It is unknown which runs have changed.
    pub(super) fn any_changed(&self) {
        self.runs().values().for_each(Followed::notify);
    }

    /// The runs that exist.
    pub(super) fn existing(&self) -> Vec<RunId> {
        let runs = self.runs();
        let existing = runs.iter().filter(|(_, followed)| followed.exists);
        existing.map(|(run, _)| run.clone()).collect()
    }

    /// The runs. Nothing under the lock can leave them half changed, so a poisoned lock guards whole ones.
    fn runs(&self) -> MutexGuard<'_, HashMap<RunId, Followed>> {
        self.runs.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Followed {
    fn notify(&self) {
        self.topics.iter().for_each(|topic| topic.inbox.put(&topic.uri));
    }
}
