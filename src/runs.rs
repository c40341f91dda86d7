//! All runs of a machine: live ones, and the histories behind them.
//!
//! An event counts once it is in the store. It is applied to the live machine first, then appended, then
//! acknowledged; where any of this does not come to its end, the live machine is dropped and read again, so that
//! nothing is seen that was not recorded.

mod current;
mod error;
mod live;
mod read;
mod request;
mod timeouts;

use std::sync::Arc;

use serde_json::value::to_raw_value;
use tokio::sync::MutexGuard as RunGuard;

pub use self::error::{Refused, RunsError};
use self::live::Live;
pub use self::request::Request;
use self::request::{Sent, Verdict};
use self::timeouts::Watch;
use crate::chart::Event;
use crate::machine::Named;
use crate::portable::Portable;
use crate::record::{Clock, Hash, Principal, Record, RequestKey, RunName, SystemClock, Version};
use crate::run::{Kind, Run, Situation, Stamp, in_chart};
use crate::store::{Removal, Store, StoreError, Tombstone};

/// How many records are read at once.
const PAGE: usize = 512;

/// How many runs are kept ready where the caller says nothing.
const LIVE: usize = 1024;

/// How many records lie between two snapshots.
const SNAPSHOT: u64 = 256;

/// The runs of the machine `M`, in a store.
///
/// Calls for one run come one after another; different runs do not wait for each other.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use std::sync::Arc;
///
/// use leverframe::orchestrator::events;
/// use leverframe::orchestrator::Orchestrator;
/// use leverframe::record::{Principal, RunName};
/// use leverframe::runs::Runs;
/// use leverframe::store::memory::MemoryStore;
///
/// let runs = Runs::<Orchestrator>::new(Arc::new(MemoryStore::new()));
/// let main = RunName::main();
/// let plan = events::Plan { task_description: None };
/// let accepted = runs.apply(&main, plan.into(), None, &Principal::LOCAL).await?;
/// assert_eq!(accepted.situation.state.wire(), "PLANNING");
///
/// let again = events::Plan { task_description: None };
/// let refused = runs.apply(&main, again.into(), None, &Principal::LOCAL).await.unwrap_err();
/// assert_eq!(refused.to_string(), "`plan` is not possible in PLANNING");
/// # Ok(())
/// # }
/// ```
pub struct Runs<M> {
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    unnamed: RunName,
    live: Live<M>,
    watch: Watch,
}

impl<M: Portable<Context: Default>> Runs<M> {
    /// The runs that are in `store`.
    pub fn new(store: Arc<dyn Store>) -> Self {
        Self {
            store,
            clock: Arc::new(SystemClock),
            unnamed: RunName::main(),
            live: Live::new(LIVE),
            watch: Watch::default(),
        }
    }

    /// Takes the time of records from `clock`.
    #[must_use]
    pub fn with_clock(self, clock: Arc<dyn Clock>) -> Self {
        Self { clock, ..self }
    }

    /// Takes `run` for the run that is meant where none is named, instead of `main`.
    #[must_use]
    pub fn with_unnamed(self, run: RunName) -> Self {
        Self { unnamed: run, ..self }
    }

    /// Keeps at most about `most` runs ready, instead of 1,024; the others are read again when they are used.
    #[must_use]
    pub fn with_live(self, most: usize) -> Self {
        Self { live: Live::new(most), ..self }
    }

    /// The run that is meant where none is named. It needs no start: its first event starts it.
    #[must_use]
    pub fn unnamed(&self) -> &RunName {
        &self.unnamed
    }

    /// Starts a run. The same request, sent again, is answered as the first time.
    ///
    /// # Errors
    ///
    /// [`RunsError::AlreadyStarted`], or that the store or the initial context fails.
    pub async fn start(
        &self,
        name: &RunName,
        key: Option<&RequestKey>,
        actor: &Principal,
    ) -> Result<Started, RunsError> {
        let slot = self.live.slot(name);
        let mut place = slot.lock().await;
        let now = self.clock.now();
        let mut run = self.fresh(name, &mut place).await?;
        let mut started = false;
        if run.is_started() {
            run = self.settled(name, &mut place, run, now).await?;
        } else {
            let opening =
                run.open(Stamp { time: now, actor, key }).map_err(RunsError::Unwritten)?;
            match self.record(name, &run, Hash::NONE, vec![opening]).await {
                Ok(()) => started = true,
                // Somebody else was faster, perhaps with this very request.
                Err(StoreError::Conflict { .. }) => run = self.fresh(name, &mut place).await?,
                Err(error) => return Err(error.into()),
            }
        }
        let situation = run.situation(name);
        *place = Some(run);
        if started || self.is_start(name, key, actor).await? {
            Ok(Started { situation, replayed: !started })
        } else {
            Err(RunsError::AlreadyStarted(Box::new(situation)))
        }
    }

    /// Whether the run was started by this request.
    async fn is_start(
        &self,
        name: &RunName,
        key: Option<&RequestKey>,
        actor: &Principal,
    ) -> Result<bool, RunsError> {
        let Some(key) = key else { return Ok(false) };
        let record = self.store.keyed(name, key).await?;
        Ok(record.is_some_and(|record| record.version == Version::START && record.actor == *actor))
    }

    /// Lets a run take an event, and records it. A request that was recorded before is answered as the first time.
    ///
    /// # Errors
    ///
    /// [`RunsError::Refused`], where the machine does not take the event, the run is not at the version that the
    /// request expects, or its key was used for something else; [`RunsError::NeverStarted`]; or that the store fails.
    pub async fn apply(
        &self,
        name: &RunName,
        event: M::Event,
        request: impl Into<Request>,
        actor: &Principal,
    ) -> Result<Accepted, RunsError> {
        let request = request.into();
        let slot = self.live.slot(name);
        let mut place = slot.lock().await;
        let time = self.clock.now();
        let run = self.current(name, &slot, &mut place, time).await?;
        // An event that cannot be written is refused below.
        let written = to_raw_value(&event).ok();
        let chart_event = in_chart::<M>(event.name());
        let sent = Sent { event: chart_event, written, request: &request, actor, time };
        let earlier = self.earlier(name, &request).await?;
        match sent.verdict(run.version(), earlier.as_ref()) {
            Verdict::New => self.append(name, &mut place, run, event, &sent).await,
            Verdict::Replayed => {
                let situation = run.situation(name);
                *place = Some(run);
                Ok(Accepted { event: sent.event, situation, replayed: true })
            }
            Verdict::Stale(reason) => {
                let situation = run.situation(name);
                *place = Some(run);
                Err(RunsError::refused(sent.rejected(reason), situation))
            }
        }
    }

    /// The record that a request may have made when it was sent before.
    ///
    /// # Errors
    ///
    /// Where the store fails.
    pub async fn earlier(
        &self,
        name: &RunName,
        request: &Request,
    ) -> Result<Option<Record>, RunsError> {
        if let Some(key) = &request.key {
            return Ok(self.store.keyed(name, key).await?);
        }
        let Some(expected) = request.expected else { return Ok(None) };
        let page = self.store.load(name, expected.next(), 1).await?;
        Ok(page.records.into_iter().next())
    }

    /// Applies an event to a run that is taken out of its place, records it, and puts the run back.
    async fn append(
        &self,
        name: &RunName,
        place: &mut RunGuard<'_, Option<Run<M>>>,
        mut run: Run<M>,
        event: M::Event,
        sent: &Sent<'_>,
    ) -> Result<Accepted, RunsError> {
        let after = run.hash();
        let mut records = Vec::with_capacity(2);
        if !run.is_started() {
            let opening = Stamp { key: None, ..sent.stamp() };
            records.push(run.open(opening).map_err(RunsError::Unwritten)?);
        }
        match run.apply(event, sent.stamp()) {
            Ok(record) => records.push(record),
            Err(rejected) => {
                // A handler that failed may have written to the machine, and an unstarted run is not started by what
                // it refused.
                if rejected.kind == Kind::Failed || !records.is_empty() {
                    run = self.fresh(name, place).await?;
                }
                let situation = run.situation(name);
                **place = Some(run);
                return Err(RunsError::refused(rejected, situation));
            }
        }
        match self.record(name, &run, after, records).await {
            Ok(()) => {
                let situation = run.situation(name);
                **place = Some(run);
                Ok(Accepted { event: sent.event, situation, replayed: false })
            }
            Err(error @ StoreError::Conflict { .. }) => {
                let run = self.fresh(name, place).await?;
                let situation = run.situation(name);
                **place = Some(run);
                // The one that was faster may have been this very request.
                let earlier = self.earlier(name, sent.request).await?;
                if earlier.is_some_and(|earlier| sent.made(&earlier)) {
                    return Ok(Accepted { event: sent.event, situation, replayed: true });
                }
                Err(RunsError::refused(sent.rejected(error.to_string()), situation))
            }
            Err(error) => Err(error.into()),
        }
    }

    /// Removes a run with all of its records. A tombstone stays; the name is free again.
    ///
    /// # Errors
    ///
    /// [`RunsError::NeverStarted`], or that the store fails.
    pub async fn remove(&self, name: &RunName, actor: &Principal) -> Result<Tombstone, RunsError> {
        let slot = self.live.slot(name);
        let mut place = slot.lock().await;
        *place = None;
        let removal = Removal { actor: actor.clone(), time: self.clock.now() };
        match self.store.remove(name, removal).await {
            Err(StoreError::Conflict { .. }) => Err(self.never_started(name).await?),
            done => Ok(done?),
        }
    }

    /// Records what has happened to a run, after the record with the hash `after`, and keeps a snapshot now and then.
    async fn record(
        &self,
        name: &RunName,
        run: &Run<M>,
        after: Hash,
        records: Vec<Record>,
    ) -> Result<(), StoreError> {
        let due = run.due().map(|(due, _)| due);
        self.store.append(name, after, records, due).await?;
        self.watch.hurry(due);
        if run.version().0.is_multiple_of(SNAPSHOT) {
            match run.snapshot() {
                Ok(snapshot) => self.store.keep(name, snapshot),
                Err(error) => {
                    tracing::warn!(run = %name, %error, "there can be no snapshot of the run");
                }
            }
        }
        Ok(())
    }
}

/// A run that was started.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Started {
    /// The run as it is.
    pub situation: Situation,
    /// Whether it was this request that had started it before.
    pub replayed: bool,
}

/// An event that a run took and that was recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Accepted {
    /// The event.
    pub event: &'static Event,
    /// The run as it is.
    pub situation: Situation,
    /// Whether the request had been recorded before, and nothing was added now.
    pub replayed: bool,
}
