//! What has changed and is not yet sent to one subscriber.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

/// The addresses that have changed, each once, in the order of their oldest change.
#[derive(Default)]
pub(super) struct Inbox {
    changed: Mutex<VecDeque<Arc<str>>>,
    filled: Notify,
}

impl Inbox {
    /// Adds an address, unless it waits already.
    pub(super) fn put(&self, uri: &Arc<str>) {
        let mut changed = self.changed();
        if !changed.contains(uri) {
            changed.push_back(Arc::clone(uri));
            self.filled.notify_one();
        }
    }

    /// Takes out an address, which is not notified any more.
    pub(super) fn withdraw(&self, uri: &Arc<str>) {
        self.changed().retain(|changed| changed != uri);
    }

    pub(super) fn pop(&self) -> Option<Arc<str>> {
        self.changed().pop_front()
    }

    /// Waits for an address. Only one may wait.
    pub(super) async fn next(&self) -> Arc<str> {
        loop {
            if let Some(uri) = self.pop() {
                return uri;
            }
            self.filled.notified().await;
        }
    }

    /// The addresses. Nothing under the lock can leave them half changed, so a poisoned lock guards whole ones.
    fn changed(&self) -> MutexGuard<'_, VecDeque<Arc<str>>> {
        self.changed.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::Inbox;

    #[test]
    fn each_address_waits_once() {
        let inbox = Inbox::default();
        for uri in ["b", "a", "b", "a", "c"] {
            inbox.put(&uri.into());
        }
        inbox.withdraw(&"a".into());
        let mut taken = std::iter::from_fn(|| inbox.pop());
        assert_eq!(taken.next().as_deref(), Some("b"));
        assert_eq!(taken.next().as_deref(), Some("c"));
        assert_eq!(taken.next(), None);
    }
}
