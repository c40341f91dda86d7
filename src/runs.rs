//! All runs of a machine: live ones, and the histories behind them.
//!
//! An event counts once it is in the store. It is applied to the live machine first, then appended, then
//! acknowledged. If any of this fails, the live machine is dropped and read again, so that nothing is seen that was not
//! recorded.

mod alarm;
mod append;
mod attempt;
mod charts;
mod check;
mod close;
mod current;
mod durable;
mod error;
mod fork;
mod gates;
mod import;
mod latency;
mod limits;
mod live;
mod offload;
mod read;
mod request;
mod room;
mod subscriber;
mod tasks;
mod timeouts;
mod waiting;

use std::convert::Infallible;
use std::sync::Arc;

use chrono::{DateTime, Utc};

use self::alarm::Alarm;
pub(crate) use self::append::Outcome;
pub use self::attempt::Accepted;
pub use self::charts::charts;
pub use self::check::{Check, CheckFault, CheckOutcome, CheckSummary, Checked};
pub(crate) use self::close::noted_digest;
pub use self::durable::{Durable, FireError, Fired, Handles, MovedOn, OpenError, Opened};
pub use self::error::{Rejected, RunsError, Waiting};
pub use self::fork::Forked;
pub use self::gates::{Decided, Verdict};
pub use self::import::{ImportError, ImportPhase, ImportProgress, Imported};
#[cfg(feature = "http")]
pub(crate) use self::latency::Latency;
#[cfg(not(feature = "http"))]
use self::latency::Latency;
pub use self::limits::RunLimits;
use self::live::Live;
pub use self::read::History;
pub use self::request::Request;
pub use self::subscriber::{Subscriber, SubscriberError};
use self::tasks::Tasks;
pub use self::tasks::{TaskStatus, all_tasks, is_paused, pause, tasks_of};
pub use self::waiting::{Denial, GateId, GateRequest, InvalidGateId};
use crate::caller::Caller;
use crate::clock::{Clock, SystemClock};
use crate::portable::Portable;
use crate::record::{Entry, Hash, Program, Record, RequestKey, RunId, RunName, Version};
use crate::run::{Run, RunStatus, Stamp};
use crate::store::memory::MemoryStore;
use crate::store::{PageLimit, Removal, Store, StoreError, Tombstone};
use crate::task::Worker;

/// How much is read at once.
const PAGE: PageLimit = PageLimit::new(512, 4 << 20);

/// The runs of the machine `M`, in a store.
///
/// Calls for one run are handled one after another; different runs do not wait for each other.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use std::sync::Arc;
///
/// use leverframe::caller::{Caller, Way};
/// use leverframe::orchestrator::{Orchestrator, events};
/// use leverframe::record::{RunId, RunName};
/// use leverframe::runs::{Request, Runs};
/// use leverframe::store::memory::MemoryStore;
///
/// let runs = Runs::<Orchestrator>::new(Arc::new(MemoryStore::new()));
/// let ada = Caller::new("ada".parse()?, Way::Program);
/// let main = RunId::new(ada.principal().clone(), RunName::main());
/// let plan = events::Plan { task_description: None };
/// let accepted = runs.apply(&ada, &main, plan.into(), Request::new()).await?;
/// assert_eq!(accepted.status.state.wire(), "PLANNING");
///
/// let again = events::Plan { task_description: None };
/// let refused = runs.apply(&ada, &main, again.into(), Request::new()).await.unwrap_err();
/// assert_eq!(refused.to_string(), "`plan` is not possible in PLANNING");
/// # Ok(())
/// # }
/// ```
pub struct Runs<M> {
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    program: Program,
    default_run: RunName,
    limits: RunLimits,
    live: Live<M>,
    alarm: Alarm,
    appends: Latency,
    chart: charts::Kept,
    tasks: Tasks<M>,
}

impl<M: Portable<Context: Default>> Runs<M> {
    /// The runs that are in `store`.
    pub fn new(store: Arc<dyn Store>) -> Self {
        let limits = RunLimits::default();
        Self {
            store,
            clock: Arc::new(SystemClock),
            program: Program::of(M::CHART),
            default_run: RunName::main(),
            live: Live::new(limits),
            limits,
            alarm: Alarm::default(),
            appends: Latency::default(),
            chart: charts::Kept::default(),
            tasks: Tasks::new(limits),
        }
    }

    /// Runs in memory, which end with the program.
    #[must_use]
    pub fn in_memory() -> Self {
        Self::new(Arc::new(MemoryStore::new()))
    }

    /// Takes the time of records from `clock`.
    #[must_use]
    pub fn with_clock(self, clock: Arc<dyn Clock>) -> Self {
        Self { clock, ..self }
    }

    /// Names each principal's default run, instead of `main`. It needs no start: its first event starts it, unless an input
    /// of the machine is required.
    #[must_use]
    pub fn with_default_run(self, run: RunName) -> Self {
        Self { default_run: run, ..self }
    }

    /// Sets limits, instead of [`RunLimits::default`].
    #[must_use]
    pub fn with_limits(self, limits: RunLimits) -> Self {
        let tasks = self.tasks.with_limits(limits);
        Self { limits, live: Live::new(limits), tasks, ..self }
    }

    /// Sets what performs the tasks of the machine, by [`perform_tasks`](Self::perform_tasks).
    #[must_use]
    pub fn with_worker(self, worker: Worker<M>) -> Self {
        let tasks = self.tasks.with_worker(worker);
        Self { tasks, ..self }
    }

    /// The name of each principal's default run.
    #[must_use]
    pub fn default_run(&self) -> &RunName {
        &self.default_run
    }

    /// The store.
    #[must_use]
    pub fn store(&self) -> &Arc<dyn Store> {
        &self.store
    }

    /// How long the store takes to append.
    #[cfg(feature = "http")]
    pub(crate) fn appends(&self) -> &Latency {
        &self.appends
    }

    /// The number of runs in memory.
    #[cfg(feature = "http")]
    pub(crate) fn live_runs(&self) -> usize {
        self.live.len()
    }

    /// The present time, by the clock of the records.
    #[must_use]
    pub fn now(&self) -> DateTime<Utc> {
        self.clock.now()
    }

    /// Starts a run with the default context. The same request, sent again, is answered as the first time.
    ///
    /// # Errors
    ///
    /// [`RunsError::AlreadyStarted`], [`RunsError::TooManyRuns`], [`RunsError::Unstartable`], or that the store fails.
    pub async fn start(
        &self,
        caller: &Caller,
        id: &RunId,
        key: Option<RequestKey>,
    ) -> Result<Started, RunsError> {
        self.start_as(caller, id, key, None).await
    }

    /// Starts a run with this context. The same request, sent again with the same context, is answered as the first time.
    ///
    /// # Errors
    ///
    /// As [`start`](Self::start), and [`RunsError::KeyReused`].
    pub async fn start_with(
        &self,
        caller: &Caller,
        id: &RunId,
        context: M::Context,
        key: Option<RequestKey>,
    ) -> Result<Started, RunsError> {
        let run = Run::unstarted_with(self.program, &context);
        let run = run.map_err(|source| RunsError::Unstartable { run: id.clone(), source })?;
        self.start_as(caller, id, key, Some(run)).await
    }

    async fn start_as(
        &self,
        caller: &Caller,
        id: &RunId,
        key: Option<RequestKey>,
        given: Option<Run<M>>,
    ) -> Result<Started, RunsError> {
        let asked = given.as_ref().and_then(Run::initial).map(ToOwned::to_owned);
        let slot = self.live.slot(id);
        let mut place = slot.lock().await;
        let now = self.clock.now();
        let mut run = self.fresh(id, &mut place).await?;
        let mut opening = None;
        if !run.is_started() {
            if let Err(error) = self.check_room(id).await {
                self.live.forget(id, &slot);
                return Err(error);
            }
            run = given.unwrap_or(run);
            opening = run.start(Stamp::of(caller, now, key.clone()));
        }
        let mut started = false;
        if let Some(opening) = opening {
            match self.record(id, &run, Hash::NONE, vec![opening], None).await {
                Ok(()) => started = true,
                // Another caller was faster, perhaps with this very request.
                Err(StoreError::Conflict { .. }) => run = self.fresh(id, &mut place).await?,
                Err(error) => return Err(error.into()),
            }
        } else {
            run = self.settled(id, &mut place, run, now).await?;
        }
        let status = run.status(id);
        self.live.put(id, &mut place, run);
        if started {
            return Ok(Started { status, replayed: false });
        }
        let Some((key, record)) = self.started_by(caller, id, key.as_ref()).await? else {
            return Err(RunsError::AlreadyStarted(Box::new(status)));
        };
        let is_same = match (&asked, &record.entry) {
            (Some(asked), Entry::Started { context, .. }) => asked.get() == context.get(),
            (None, Entry::Started { .. }) => true,
            _ => false,
        };
        if is_same {
            Ok(Started { status, replayed: true })
        } else {
            Err(RunsError::reused(key, record.version, status))
        }
    }

    /// The first record of the run, if this request made it.
    async fn started_by<'k>(
        &self,
        caller: &Caller,
        id: &RunId,
        key: Option<&'k RequestKey>,
    ) -> Result<Option<(&'k RequestKey, Record)>, RunsError> {
        let Some(key) = key else { return Ok(None) };
        let record = self.store.keyed(id, caller.principal(), key).await?;
        let start = record.filter(|record| record.version == Version::START);
        Ok(start.map(|record| (key, record)))
    }

    /// Applies an event to a run, and records it.
    ///
    /// A request whose key has a record of the same caller and content is answered as the first time. A request without
    /// an expected version that loses a race is applied again to the new state, a bounded number of times.
    ///
    /// # Errors
    ///
    /// [`RunsError::Refused`] if the machine does not take the event, the run is not at the expected version, or the key
    /// was used for another request; [`RunsError::NeverStarted`]; [`RunsError::TooManyRuns`] for the first event of a
    /// default run; or that the store fails.
    pub async fn apply(
        &self,
        caller: &Caller,
        id: &RunId,
        event: M::Event,
        request: Request,
    ) -> Result<Accepted, RunsError> {
        let chosen = |_| Ok::<_, Infallible>(event.clone());
        match self.apply_chosen(caller, id, request, chosen).await? {
            Outcome::Accepted(accepted) => Ok(accepted),
            Outcome::Unchosen(never, _) => match never {},
        }
    }

    /// Records timeouts and performs tasks as they fall due, until it is dropped: [`keep_time`](Self::keep_time) and
    /// [`perform_tasks`](Self::perform_tasks) together.
    pub async fn drive(&self) -> Infallible {
        tokio::select! {
            never = self.keep_time() => never,
            never = self.perform_tasks() => never,
        }
    }

    /// Removes a run with all its records, also one that cannot be read. A tombstone stays; the name is free again.
    ///
    /// # Errors
    ///
    /// [`RunsError::NeverStarted`], or that the store fails.
    pub async fn remove(&self, caller: &Caller, id: &RunId) -> Result<Tombstone, RunsError> {
        let slot = self.live.slot(id);
        let mut place = slot.lock().await;
        *place = None;
        let removal = Removal::new(caller.principal().clone().into(), self.clock.now());
        match self.store.remove(id, removal).await {
            Err(StoreError::Conflict { .. }) => Err(self.never_started(id).await?),
            done => {
                let tombstone = done?;
                self.tasks.removed(id);
                Ok(tombstone)
            }
        }
    }
}

/// A run that was started.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Started {
    /// The run.
    pub status: RunStatus,
    /// Whether this request had started it before.
    pub replayed: bool,
}
