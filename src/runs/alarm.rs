//! Waking the timer task.

use std::sync::atomic::{AtomicI64, Ordering};

use chrono::{DateTime, Utc};
use tokio::sync::Notify;

/// The time until which the timer task sleeps, in microseconds since 1970.
pub(super) struct Alarm {
    until: AtomicI64,
    early: Notify,
}

impl Default for Alarm {
    fn default() -> Self {
        Self { until: AtomicI64::new(i64::MIN), early: Notify::new() }
    }
}

impl Alarm {
    /// Wakes the timer task if it would wake too late for `due`.
    pub(super) fn hurry(&self, due: Option<DateTime<Utc>>) {
        if due.is_some_and(|due| due.timestamp_micros() < self.until.load(Ordering::SeqCst)) {
            self.early.notify_one();
        }
    }

    /// From now on every record may come too late to be seen by the task.
    pub(super) fn arm(&self) {
        self.until.store(i64::MAX, Ordering::SeqCst);
    }

    /// The task sleeps until this time.
    pub(super) fn set(&self, until: DateTime<Utc>) {
        self.until.store(until.timestamp_micros(), Ordering::SeqCst);
    }

    /// Completes when the task is to wake before its time.
    pub(super) async fn early(&self) {
        self.early.notified().await;
    }
}
