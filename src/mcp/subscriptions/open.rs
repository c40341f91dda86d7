//! The subscriptions that are open, and the bound on them.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::timeout;

use super::inbox::Inbox;
use super::topics::{Topic, Topics};
use super::watcher::Watcher;
use crate::caller::Principal;
use crate::record::RunId;
use crate::store::Store;

/// Longest time that the end of a stream waits for the newest records to be seen.
const CATCH_UP: Duration = Duration::from_millis(500);

/// All subscriptions of a server.
pub(in crate::mcp) struct Subscriptions {
    store: Arc<dyn Store>,
    max: usize,
    topics: Arc<Topics>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    taken: HashMap<Principal, usize>,
    last: u64,
    watcher: Option<Watcher>,
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
        Arc::new(Self { store, max, topics: Arc::default(), state: Mutex::default() })
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
        let start = || Watcher::start(Arc::clone(&self.store), Arc::clone(&self.topics));
        state.watcher.get_or_insert_with(start);
        let opened = wanted.into_iter().map(|Wanted { uri, run, exists }| {
            state.last += 1;
            let number = state.last;
            let topic = Topic { number, uri, inbox: Arc::clone(inbox) };
            self.topics.insert(run.clone(), exists, topic);
            held(Some((run, number)))
        });
        Ok(opened.collect())
    }

    /// Waits until all records that are visible now have been seen, unless that takes long.
    pub(super) async fn caught_up(&self) {
        let Some(mut seen) = self.state().watcher.as_ref().map(Watcher::seen) else { return };
        let end = *self.store.watch().borrow();
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
        self.all.topics.remove(run, *number);
        if self.all.topics.is_empty() {
            state.watcher = None;
        }
    }
}
