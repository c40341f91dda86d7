//! The task that reads the log for all subscribers.

use std::collections::HashSet;
use std::future::pending;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::{Instant, sleep_until};

use super::open::Subscriptions;
use crate::record::Position;
use crate::store::{PageLimit, StoreError};

/// A page of the log.
const PAGE: PageLimit = PageLimit::new(1024, 1 << 20);

/// How long a removal may go unnoticed that shows as one change together with new records.
const REMOVALS: Duration = Duration::from_secs(1);

/// Notifies what changes after the position `after`, until the store ends or the task is aborted.
pub(super) async fn watch_log(
    subscriptions: Arc<Subscriptions>,
    mut end: watch::Receiver<Position>,
    mut after: Position,
) {
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
                let before = after;
                after = follow(&subscriptions, before, visible).await;
                subscriptions.seen.send_replace(after);
                if after > before {
                    look = look.or_else(|| Some(Instant::now() + REMOVALS));
                    continue;
                }
            }
            () = looks => {}
        }
        look = None;
        notice_removals(&subscriptions).await;
    }
}

/// Notifies the runs of the records after `after`. The answer is the position of the last of them.
async fn follow(subscriptions: &Subscriptions, mut after: Position, visible: Position) -> Position {
    loop {
        let page = match subscriptions.store.log(after, PAGE).await {
            Ok(page) => page,
            Err(error) => {
                let error = &error as &dyn std::error::Error;
                tracing::warn!(error, "the log cannot be read for subscribers; all are notified");
                subscriptions.any_changed();
                return after.max(visible);
            }
        };
        let Some(last) = page.last() else { return after.max(visible) };
        after = last.position;
        let runs: HashSet<_> = page.iter().map(|logged| &logged.run).collect();
        runs.into_iter().for_each(|run| subscriptions.changed(run, true));
    }
}

/// Notifies the runs that were removed: their records are no longer in the log.
async fn notice_removals(subscriptions: &Subscriptions) {
    for run in subscriptions.existing() {
        match subscriptions.store.head(&run).await {
            Ok(None) => subscriptions.changed(&run, false),
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
