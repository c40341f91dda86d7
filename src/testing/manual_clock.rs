//! A clock that is moved by hand.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use futures::future::BoxFuture;
use tokio::sync::watch;

use crate::clock::Clock;

/// A clock that is moved by hand: a timeout of two weeks falls due at once.
///
/// [`Runs::with_clock`](crate::runs::Runs::with_clock) takes it. An overdue timeout is recorded when its run is used next, or
/// by [`Runs::tick`](crate::runs::Runs::tick) for all runs; [`Runs::drive`](crate::runs::Runs::drive) wakes up when the clock
/// is moved.
///
/// ```
/// use std::sync::Arc;
/// use std::time::Duration;
///
/// use leverframe::caller::{Caller, Principal, Way};
/// use leverframe::record::RunId;
/// use leverframe::runs::Runs;
/// use leverframe::testing::ManualClock;
///
/// #[leverframe::machine(serde)]
/// mod offer {
///     #[state(initial)]
///     pub struct Open;
///     #[state(final)]
///     pub struct Expired;
///     #[transition(from = Open, after = "14d")]
///     fn expire() -> Expired { Expired }
/// }
///
/// # tokio::runtime::Builder::new_current_thread().build()?.block_on(async {
/// let clock = Arc::new(ManualClock::default());
/// let runs = Runs::<offer::Offer>::in_memory().with_clock(clock.clone());
/// let caller = Caller::new(Principal::LOCAL, Way::Program);
/// let run = RunId::new(Principal::LOCAL, "first".parse()?);
/// runs.start(&caller, &run, None).await?;
///
/// clock.advance(Duration::from_secs(14 * 24 * 3600 - 1));
/// assert_eq!(runs.status(&run).await?.state.name(), "Open");
/// clock.advance(Duration::from_secs(1));
/// assert_eq!(runs.status(&run).await?.state.name(), "Expired");
/// # Ok::<_, Box<dyn std::error::Error>>(())
/// # })?;
/// # Ok::<_, Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct ManualClock(watch::Sender<DateTime<Utc>>);

impl ManualClock {
    /// A clock that stands at `time`.
    #[must_use]
    pub fn new(time: DateTime<Utc>) -> Self {
        Self(watch::Sender::new(time))
    }

    /// Moves the clock to `time`, which may be earlier than the present one.
    pub fn set(&self, time: DateTime<Utc>) {
        self.0.send_replace(time);
    }

    /// Moves the clock forward.
    ///
    /// # Panics
    ///
    /// If the new time is later than chrono's latest.
    pub fn advance(&self, by: Duration) {
        let by = TimeDelta::from_std(by).expect("a duration within the range of chrono");
        self.0.send_modify(|time| *time += by);
    }
}

/// The clock stands at 2000-01-01.
impl Default for ManualClock {
    fn default() -> Self {
        Self::new(DateTime::from_timestamp_secs(946_684_800).expect("a time within the range"))
    }
}

impl Clock for ManualClock {
    fn now(&self) -> DateTime<Utc> {
        *self.0.borrow()
    }

    fn sleep_until(&self, time: DateTime<Utc>) -> BoxFuture<'_, ()> {
        let mut now = self.0.subscribe();
        Box::pin(async move {
            now.wait_for(|now| *now >= time).await.expect("the clock holds the sender");
        })
    }
}
