//! Where the time of records comes from.

use chrono::{DateTime, Utc};
use futures::future::BoxFuture;

/// A source of time.
pub trait Clock: Send + Sync + 'static {
    /// The present time.
    fn now(&self) -> DateTime<Utc>;

    /// Completes at `time` or shortly after it.
    fn sleep_until(&self, time: DateTime<Utc>) -> BoxFuture<'_, ()>;
}

/// The clock of the operating system.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> DateTime<Utc> {
        Utc::now()
    }

    fn sleep_until(&self, time: DateTime<Utc>) -> BoxFuture<'_, ()> {
        // A time in the past is a negative duration, which `to_std` refuses.
        let left = (time - self.now()).to_std().unwrap_or_default();
        Box::pin(tokio::time::sleep(left))
    }
}
