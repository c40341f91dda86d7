//! Readers of records that keep their place: for outboxes and projections.

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::value::to_raw_value;
use tokio::sync::watch;

use super::tasks::holder;
use crate::clock::{Clock, SystemClock};
use crate::record::{Position, RunId};
use crate::store::{
    InvalidNoteName, Logged, NoteChange, NoteName, PageLimit, Revision, Scope, Store, StoreError,
};

/// The names of the notes of subscribers begin with this.
const PREFIX: &str = "subscriber/";

/// How much is read at once, at most.
const PAGE: PageLimit = PageLimit::new(512, 4 << 20);

/// The time for which one reader has the place to itself, unless it goes on.
const LEASE: Duration = Duration::from_secs(30);

/// The longest time between two looks at whether another reader has gone.
const LOOK: Duration = Duration::from_secs(1);

/// A reader of the records of all runs, or of one, in the order in which they became visible, which is the order of versions
/// within a run. Its place is kept in the store under its name: whoever subscribes under this name goes on from there, in this
/// process or another, now or after a restart.
///
/// Each record is delivered at least once: what was not [acknowledged](Self::acknowledge) is delivered again after a restart
/// or a [`rewind`](Self::rewind). Of several readers under one name one reads, and the others wait until it is gone for
/// 30 seconds.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # use leverframe::caller::{Caller, Way};
/// # use leverframe::orchestrator::{Orchestrator, events};
/// # use leverframe::record::{RunId, RunName};
/// # use leverframe::runs::{Request, Runs};
/// use leverframe::runs::Subscriber;
///
/// # let runs = Runs::<Orchestrator>::in_memory();
/// # let ada = Caller::new("ada".parse()?, Way::Program);
/// # let main = RunId::new(ada.principal().clone(), RunName::main());
/// # let plan = events::Plan { task_description: None };
/// # runs.apply(&ada, &main, plan.into(), Request::new()).await?;
/// let mut outbox = Subscriber::of_all(runs.store().clone(), "outbox")?;
/// let records = outbox.next().await?;
/// assert_eq!(records.len(), 2, "the start of the run, and its first event");
/// // Send them on, and only then:
/// outbox.acknowledge().await?;
/// # Ok(())
/// # }
/// ```
pub struct Subscriber {
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    appends: watch::Receiver<Position>,
    name: NoteName,
    run: Option<RunId>,
    holder: String,
    /// The place, while this reader has it.
    held: Option<Held>,
}

/// The place of this reader.
struct Held {
    revision: Revision,
    place: Position,
    /// The position of the last record that was delivered.
    delivered: Position,
    until: DateTime<Utc>,
}

/// The place as it is kept.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
struct Place {
    position: Position,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    holder: Option<String>,
    #[serde(default, with = "chrono::serde::ts_microseconds_option")]
    until: Option<DateTime<Utc>>,
}

impl Subscriber {
    /// A reader of the records of all runs, whose place is kept under `name`.
    ///
    /// # Errors
    ///
    /// [`InvalidNoteName`] if the name is empty, longer than 200 bytes, or not printable.
    pub fn of_all(store: Arc<dyn Store>, name: &str) -> Result<Self, InvalidNoteName> {
        Self::new(store, name, None)
    }

    /// A reader of the records of one run, whose place is kept under `name`.
    ///
    /// # Errors
    ///
    /// As [`of_all`](Self::of_all).
    pub fn of_run(store: Arc<dyn Store>, name: &str, run: RunId) -> Result<Self, InvalidNoteName> {
        Self::new(store, name, Some(run))
    }

    fn new(store: Arc<dyn Store>, name: &str, run: Option<RunId>) -> Result<Self, InvalidNoteName> {
        if name.is_empty() {
            return Err(name.parse::<NoteName>().expect_err("an empty text names no note"));
        }
        let name = format!("{PREFIX}{name}").parse()?;
        let (clock, appends, holder) = (Arc::new(SystemClock), store.watch(), holder());
        Ok(Self { store, clock, appends, name, run, holder, held: None })
    }

    /// Takes the time of leases from `clock`.
    #[must_use]
    pub fn with_clock(self, clock: Arc<dyn Clock>) -> Self {
        Self { clock, ..self }
    }

    /// The records after those that this reader has delivered, or at first after the last that was acknowledged; at least one
    /// and at most 512. It waits until there is one, and until no other reader has the place.
    ///
    /// # Errors
    ///
    /// [`SubscriberError::Taken`] if another reader has taken the place over; call it again to wait for the place. Or that
    /// the store fails.
    pub async fn next(&mut self) -> Result<Vec<Logged>, SubscriberError> {
        loop {
            self.appends.borrow_and_update();
            let mut wait = LOOK;
            if self.hold().await? {
                let records = self.read().await?;
                if !records.is_empty() {
                    return Ok(records);
                }
                wait = LEASE / 3;
            }
            let wake = self.clock.now() + wait;
            tokio::select! {
                changed = self.appends.changed() => if changed.is_err() {
                    self.clock.sleep_until(wake).await;
                },
                () = self.clock.sleep_until(wake) => {}
            }
        }
    }

    /// Keeps the place after the last record that [`next`](Self::next) has delivered. These records are not delivered again.
    ///
    /// # Errors
    ///
    /// [`SubscriberError::Taken`] if another reader has taken the place over, which delivers these records again; or that the
    /// store fails.
    pub async fn acknowledge(&mut self) -> Result<(), SubscriberError> {
        let Some(held) = &mut self.held else { return Err(SubscriberError::Taken) };
        held.place = held.delivered;
        self.write().await
    }

    /// Goes back to the last record that was acknowledged: those after it are delivered again.
    pub fn rewind(&mut self) {
        if let Some(held) = &mut self.held {
            held.delivered = held.place;
        }
    }

    /// Leaves the place to other readers at once.
    ///
    /// # Errors
    ///
    /// As [`acknowledge`](Self::acknowledge).
    pub async fn leave(mut self) -> Result<(), SubscriberError> {
        if self.held.is_none() {
            return Ok(());
        }
        self.holder.clear();
        self.write().await
    }

    /// Takes the place if nobody has it, and keeps it if this reader has it. The answer is whether it has.
    async fn hold(&mut self) -> Result<bool, SubscriberError> {
        let now = self.clock.now();
        if let Some(held) = &self.held {
            if held.until - LEASE / 2 < now {
                self.write().await?;
            }
            return Ok(true);
        }
        let notes = self.store.notes(&Scope::Store).await?;
        let note = notes.into_iter().find(|note| note.name == self.name);
        let place = note.as_ref().map(|note| serde_json::from_str::<Place>(note.body.get()));
        let place = place.transpose().map_err(SubscriberError::Place)?.unwrap_or_default();
        if place.holder.is_some() && place.until.is_some_and(|until| until > now) {
            return Ok(false);
        }
        let (position, until) = (place.position, now + LEASE);
        let change = self.change(position, until, note.map(|note| note.revision))?;
        match self.store.note(&Scope::Store, change).await {
            Ok(revision) => {
                let (place, delivered) = (position, position);
                self.held = Some(Held { revision, place, delivered, until });
                Ok(true)
            }
            Err(StoreError::NoteConflict { .. }) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    /// Writes the place of this reader.
    async fn write(&mut self) -> Result<(), SubscriberError> {
        let Some(held) = self.held.take() else { return Err(SubscriberError::Taken) };
        let until = self.clock.now() + LEASE;
        let change = self.change(held.place, until, Some(held.revision))?;
        match self.store.note(&Scope::Store, change).await {
            Ok(revision) => {
                self.held = Some(Held { revision, until, ..held });
                Ok(())
            }
            Err(StoreError::NoteConflict { .. }) => Err(SubscriberError::Taken),
            Err(error) => Err(error.into()),
        }
    }

    fn change(
        &self,
        position: Position,
        until: DateTime<Utc>,
        expected: Option<Revision>,
    ) -> Result<NoteChange, SubscriberError> {
        let holder = Some(self.holder.clone()).filter(|holder| !holder.is_empty());
        let body = to_raw_value(&Place { position, holder, until: Some(until) });
        let (name, body) = (self.name.clone(), body.map_err(SubscriberError::Place)?);
        Ok(match expected {
            Some(revision) => NoteChange::replace(name, revision, body),
            None => NoteChange::create(name, body),
        })
    }

    /// The records after the last that was delivered. Those of other runs are passed over.
    async fn read(&mut self) -> Result<Vec<Logged>, SubscriberError> {
        loop {
            let Some(held) = &mut self.held else { return Err(SubscriberError::Taken) };
            let mut page = self.store.log(held.delivered, PAGE).await?;
            let Some(last) = page.last() else { return Ok(page) };
            let is_acknowledged = held.place == held.delivered;
            held.delivered = last.position;
            page.retain(|logged| self.run.as_ref().is_none_or(|run| logged.run == *run));
            if !page.is_empty() {
                return Ok(page);
            }
            if is_acknowledged {
                held.place = held.delivered;
            }
        }
    }
}

/// Why a subscriber has no records.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SubscriberError {
    /// Another reader under the same name has taken the place over.
    #[error(
        "another reader has taken over the place of this subscriber; read again to wait for it"
    )]
    Taken,
    /// The kept place cannot be read or written.
    #[error("the place of the subscriber is not one; remove its note from the store")]
    Place(#[source] serde_json::Error),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}
