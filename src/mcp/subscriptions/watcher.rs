//! The task that reads the log for all subscribers.

use std::collections::HashSet;
use std::future::pending;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep_until};

use super::topics::Topics;
use crate::record::Position;
use crate::store::{PageLimit, Store, StoreError};

/// A page of the log.
const PAGE: PageLimit = PageLimit::new(1024, 1 << 20);

/// How long a removal may go unnoticed that shows as one change together with new records.
const REMOVALS: Duration = Duration::from_secs(1);

/// A task that notifies what changes, until its value is dropped.
pub(super) struct Watcher {
    task: JoinHandle<()>,
    /// How far the log was read.
    seen: watch::Sender<Position>,
}

impl Watcher {
    /// Starts the task. From here on nothing is missed.
    pub(super) fn start(store: Arc<dyn Store>, topics: Arc<Topics>) -> Self {
        let mut end = store.watch();
        let seen = watch::Sender::new(*end.borrow_and_update());
        let watching = Watching { store, topics, seen: seen.clone() };
        Self { task: tokio::spawn(watching.watch(end)), seen }
    }

    /// The position up to which everything was notified.
    pub(super) fn seen(&self) -> watch::Receiver<Position> {
        self.seen.subscribe()
    }
}

impl Drop for Watcher {
    fn drop(&mut self) {
        self.task.abort();
    }
}

struct Watching {
    store: Arc<dyn Store>,
    topics: Arc<Topics>,
    seen: watch::Sender<Position>,
}

impl Watching {
    /// Notifies until the store ends.
    async fn watch(self, mut end: watch::Receiver<Position>) {
        let mut look = None;
        loop {
            let looks = async {
                match look {
                    Some(time) => sleep_until(time).await,
                    None => pending().await,
                }
            };
            tokio::select! {
                changed = end.changed() => {
                    if changed.is_err() {
                        return;
                    }
                    let visible = *end.borrow_and_update();
                    let before = *self.seen.borrow();
                    let after = self.follow(before, visible).await;
                    self.seen.send_replace(after);
                    if after > before {
                        look = look.or_else(|| Some(Instant::now() + REMOVALS));
                        continue;
                    }
                }
                () = looks => {}
            }
            look = None;
            self.notice_removals().await;
        }
    }

    /// Notifies the runs of the records after `after`. The answer is the position of the last of them.
    async fn follow(&self, mut after: Position, visible: Position) -> Position {
        loop {
            let page = match self.store.log(after, PAGE).await {
                Ok(page) => page,
                Err(error) => {
                    let error = &error as &dyn std::error::Error;
                    tracing::warn!(
                        error,
                        "the log cannot be read for subscribers; all are notified"
                    );
                    self.topics.any_changed();
                    return after.max(visible);
                }
            };
            let Some(last) = page.last() else { return after.max(visible) };
            after = last.position;
            let runs: HashSet<_> = page.iter().map(|logged| &logged.run).collect();
            runs.into_iter().for_each(|run| self.topics.changed(run, true));
        }
    }

    /// Notifies the runs that were removed: their records are no longer in the log.
    async fn notice_removals(&self) {
        for run in self.topics.existing() {
            match self.store.head(&run).await {
                Ok(None) => self.topics.changed(&run, false),
                // One that is damaged is still there.
                Ok(Some(_)) | Err(StoreError::Corrupt { .. }) => {}
                Err(error) => {
                    let error = &error as &dyn std::error::Error;
                    tracing::warn!(error, "it is unknown whether subscribed runs were removed");
                    return;
                }
            }
        }
    }
}
