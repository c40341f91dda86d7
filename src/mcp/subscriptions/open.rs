//! The subscriptions that are open, and the bound on them.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::timeout;

use super::inbox::Inbox;
use super::watcher::watch_log;
use crate::caller::Principal;
use crate::record::{Position, RunId};
use crate::store::Store;

/// Longest time that the end of a stream waits for the newest records to be seen.
const CATCH_UP: Duration = Duration::from_millis(500);

/// All subscriptions of a server.
pub(in crate::mcp) struct Subscriptions {
    pub(super) store: Arc<dyn Store>,
    max: usize,
    state: Mutex<State>,
    /// How far the log was read.
    pub(super) seen: watch::Sender<Position>,
}

#[derive(Default)]
struct State {
    taken: HashMap<Principal, usize>,
    runs: HashMap<RunId, Followed>,
    last: u64,
    watcher: Option<JoinHandle<()>>,
}

/// A run to which somebody is subscribed.
struct Followed {
    exists: bool,
    topics: Vec<Topic>,
}

struct Topic {
    number: u64,
    uri: Arc<str>,
    inbox: Arc<Inbox>,
}

/// An address to subscribe to.
pub(super) struct Wanted {
    pub(super) uri: Arc<str>,
    pub(super) run: RunId,
    /// Whether the run was started.
    pub(super) exists: bool,
}

/// An open subscription, until it is dropped.
pub(super) struct Subscription {
    all: Arc<Subscriptions>,
    principal: Principal,
    topic: Option<(RunId, u64)>,
}

/// A client would have more subscriptions than it may.
#[derive(Debug, thiserror::Error)]
#[error(
    "{open} subscriptions are open, and {wanted} more are requested; `--max-subscriptions` allows {max} for each client"
)]
pub(super) struct TooMany {
    open: usize,
    wanted: usize,
    max: usize,
}

impl Subscriptions {
    pub(in crate::mcp) fn new(store: Arc<dyn Store>, max: usize) -> Arc<Self> {
        let (state, seen) = (Mutex::default(), watch::Sender::new(Position::default()));
        Arc::new(Self { store, max, state, seen })
    }

    /// The most subscriptions of one client.
    pub(super) fn max(&self) -> usize {
        self.max
    }

    /// Whether a principal may have so many more subscriptions. A stream without any counts as one.
    pub(super) fn allows(&self, principal: &Principal, wanted: usize) -> Result<(), TooMany> {
        self.state().allows(principal, wanted, self.max)
    }

    /// Opens subscriptions, all of them or none. From here on each record of their runs is notified.
    pub(super) fn open(
        self: &Arc<Self>,
        principal: &Principal,
        wanted: Vec<Wanted>,
        inbox: &Arc<Inbox>,
    ) -> Result<Vec<Subscription>, TooMany> {
        let mut state = self.state();
        state.allows(principal, wanted.len(), self.max)?;
        *state.taken.entry(principal.clone()).or_default() += wanted.len().max(1);
        let held = |topic| {
            let (all, principal) = (Arc::clone(self), principal.clone());
            Subscription { all, principal, topic }
        };
        if wanted.is_empty() {
            return Ok(vec![held(None)]);
        }
        if state.watcher.is_none() {
            let mut end = self.store.watch();
            let position = *end.borrow_and_update();
            self.seen.send_replace(position);
            state.watcher = Some(tokio::spawn(watch_log(Arc::clone(self), end, position)));
        }
        let opened = wanted.into_iter().map(|Wanted { uri, run, exists }| {
            state.last += 1;
            let number = state.last;
            let topic = Topic { number, uri, inbox: Arc::clone(inbox) };
            let none = Followed { exists, topics: Vec::new() };
            state.runs.entry(run.clone()).or_insert(none).topics.push(topic);
            held(Some((run, number)))
        });
        Ok(opened.collect())
    }

    /// A run has changed, and exists or no longer does.
    pub(super) fn changed(&self, run: &RunId, exists: bool) {
        if let Some(followed) = self.state().runs.get_mut(run) {
            followed.exists = exists;
            followed.notify();
        }
    }

    /// It is unknown which runs have changed.
    pub(super) fn any_changed(&self) {
        self.state().runs.values().for_each(Followed::notify);
    }

    /// The runs that exist and to which somebody is subscribed.
    pub(super) fn existing(&self) -> Vec<RunId> {
        let state = self.state();
        let existing = state.runs.iter().filter(|(_, followed)| followed.exists);
        existing.map(|(run, _)| run.clone()).collect()
    }

    /// Waits until all records that are visible now have been seen, unless that takes long.
    pub(super) async fn caught_up(&self) {
        if self.state().watcher.is_none() {
            return;
        }
        let (end, mut seen) = (*self.store.watch().borrow(), self.seen.subscribe());
        let caught_up = timeout(CATCH_UP, seen.wait_for(|seen| *seen >= end)).await;
        if caught_up.is_err() {
            tracing::warn!("streams end before the newest records were notified");
        }
    }

    /// The state. Nothing under the lock can leave it half changed, so a poisoned lock guards a whole one.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn allows(&self, principal: &Principal, wanted: usize, max: usize) -> Result<(), TooMany> {
        let open = self.taken.get(principal).copied().unwrap_or_default();
        let wanted = wanted.max(1);
        if open.saturating_add(wanted) > max { Err(TooMany { open, wanted, max }) } else { Ok(()) }
    }
}

impl Followed {
    fn notify(&self) {
        self.topics.iter().for_each(|topic| topic.inbox.put(&topic.uri));
    }
}

impl Drop for Subscription {
    fn drop(&mut self) {
        let mut state = self.all.state();
        if let Some(taken) = state.taken.get_mut(&self.principal) {
            *taken -= 1;
            if *taken == 0 {
                state.taken.remove(&self.principal);
            }
        }
        let Some((run, number)) = &self.topic else { return };
        if let Some(followed) = state.runs.get_mut(run) {
            let place = followed.topics.iter().position(|topic| topic.number == *number);
            if let Some(topic) = place.map(|place| followed.topics.swap_remove(place)) {
                topic.inbox.withdraw(&topic.uri);
            }
            if followed.topics.is_empty() {
                state.runs.remove(run);
            }
        }
        if state.runs.is_empty()
            && let Some(watcher) = state.watcher.take()
        {
            watcher.abort();
        }
    }
}
