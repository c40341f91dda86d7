//! What reads the tasks that are due, and hands them out.

use std::convert::Infallible;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use chrono::{DateTime, Utc};
use futures::StreamExt;
use futures::stream;
use tokio::sync::{OwnedSemaphorePermit, mpsc, watch};

use super::super::{Runs, RunsError};
use super::Unclaimed;
use super::attempt::Due;
use super::progress::is_paused;
use crate::portable::Portable;
use crate::record::Position;

/// The longest time between two looks at what is due. A store that failed may be fixed.
const SLEEP: Duration = Duration::from_secs(10);

/// The longest time for which a program does not see that tasks were paused, or may go on.
const PAUSE_SEEN: Duration = Duration::from_secs(1);

/// A task that is due, and the slot that it takes.
type Handed = (Due, OwnedSemaphorePermit);

impl<M: Portable<Context: Default>> Runs<M> {
    /// Performs the tasks of all runs in the store as they fall due, until it is dropped. Dropping it cancels the attempts
    /// under way; another program, or the next one, takes them over when their leases end.
    ///
    /// Several programs may do this on one store. Within one, a second call waits for the end of the first. Without a
    /// [worker](Self::with_worker) it does nothing.
    pub async fn perform_tasks(&self) -> Infallible {
        let (Some(worker), false) = (&self.tasks.worker, M::CHART.tasks().is_empty()) else {
            return std::future::pending().await;
        };
        let _performing = self.tasks.performing.lock().await;
        // Those that were cancelled by the end of the last call.
        self.release_tasks().await;
        let (send, receive) = mpsc::channel::<Handed>(1);
        let handed = stream::unfold(receive, async |mut receive| {
            receive.recv().await.map(|handed| (handed, receive))
        });
        let performing = handed.for_each_concurrent(None, async |(due, slot)| {
            self.perform(worker, due).await;
            drop(slot);
            self.tasks.wake.notify_one();
        });
        tokio::select! {
            never = self.feed(send) => never,
            () = performing => std::future::pending().await,
        }
    }

    async fn feed(&self, send: mpsc::Sender<Handed>) -> Infallible {
        let mut appends = self.store.watch();
        let mut pause = Pause::default();
        loop {
            appends.borrow_and_update();
            let next = match self.hand_out(&send, &mut pause).await {
                Ok(next) => next,
                Err(error) => {
                    tracing::warn!(error = &error as &dyn std::error::Error, "tasks wait");
                    None
                }
            };
            let latest = self.clock.now() + SLEEP;
            let next = next.map_or(latest, |next| next.min(latest));
            tokio::select! {
                () = self.clock.sleep_until(next) => {}
                () = self.tasks.wake.notified() => {}
                () = appended(&mut appends) => {}
            }
        }
    }

    /// Hands out what is due, as far as there are slots. The answer is when to look again, if nothing happens before.
    async fn hand_out(
        &self,
        send: &mpsc::Sender<Handed>,
        pause: &mut Pause,
    ) -> Result<Option<DateTime<Utc>>, RunsError> {
        let free = self.tasks.slots.available_permits();
        if free == 0 {
            return Ok(None);
        }
        let now = self.clock.now();
        if pause.is_paused(self, now).await? {
            return Ok(Some(now + PAUSE_SEEN));
        }
        let unclaimed = self.tasks.unclaimed.load(Ordering::Relaxed);
        for due in self.store.due_notes(now, free + unclaimed).await? {
            let Some(left) = self.tasks.begin(&due.run, &due.note.name) else { continue };
            let unclaimed = Unclaimed::new(&self.tasks.unclaimed);
            let due = Due { run: due.run, note: due.note, left, unclaimed };
            let Ok(slot) = Arc::clone(&self.tasks.slots).try_acquire_owned() else {
                self.tasks.end(&due.run, &due.note.name);
                break;
            };
            // The other end lives as long as this one.
            let _ = send.send((due, slot)).await;
        }
        Ok(self.store.next_due_note(now).await?)
    }
}

/// Whether tasks are paused, as it was seen last.
#[derive(Default)]
struct Pause {
    seen: Option<(DateTime<Utc>, bool)>,
}

impl Pause {
    async fn is_paused<M: Portable<Context: Default>>(
        &mut self,
        runs: &Runs<M>,
        now: DateTime<Utc>,
    ) -> Result<bool, RunsError> {
        if let Some((seen, is_paused)) = self.seen
            && (seen..seen + PAUSE_SEEN).contains(&now)
        {
            return Ok(is_paused);
        }
        let is_paused = is_paused(&*runs.store).await?;
        self.seen = Some((now, is_paused));
        Ok(is_paused)
    }
}

/// Completes when something was appended to the store.
async fn appended(appends: &mut watch::Receiver<Position>) {
    if appends.changed().await.is_err() {
        // The store has ended, and with it all that could be appended.
        std::future::pending::<()>().await;
    }
}
