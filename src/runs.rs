//! All runs of a machine: live ones, and the histories behind them.
//!
//! An event counts once it is in the store. It is applied to the live machine first, then appended, then
//! acknowledged; where any of this does not come to its end, the live machine is dropped and read again, so that
//! nothing is seen that was not recorded.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::{Mutex as RunLock, MutexGuard as RunGuard};

use crate::chart::Event;
use crate::machine::Named;
use crate::portable::Portable;
use crate::record::{Clock, Entry, Principal, Record, RunName, SystemClock, Version};
use crate::run::{Kind, Panic, Rejected, Run, Situation, Unreplayable, event_in_chart, guarded};
use crate::store::{Head, Store, StoreError};

/// How many records are read at once.
const PAGE: usize = 512;

/// How many runs an error names.
const NAMED: usize = 20;

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
    live: Mutex<HashMap<RunName, Slot<M>>>,
}

/// The place of a live run. It is empty while the run is changed, so that a change that is given up on leaves nothing
/// behind but the way to the store.
type Slot<M> = Arc<RunLock<Option<Run<M>>>>;

impl<M: Portable<Context: Default>> Runs<M> {
    /// The runs that are in `store`.
    pub fn new(store: Arc<dyn Store>) -> Self {
        Self {
            store,
            clock: Arc::new(SystemClock),
            unnamed: RunName::main(),
            live: Mutex::default(),
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

    /// The run that is meant where none is named. It needs no start: its first event starts it.
    #[must_use]
    pub fn unnamed(&self) -> &RunName {
        &self.unnamed
    }

    /// Starts a run.
    ///
    /// # Errors
    ///
    /// [`RunsError::AlreadyStarted`], or that the store or the initial context fails.
    pub async fn start(&self, name: &RunName, actor: &Principal) -> Result<Situation, RunsError> {
        let slot = self.slot(name);
        let mut place = slot.lock().await;
        let mut run = self.fresh(name, &mut place).await?;
        if run.is_started() {
            let situation = run.situation(name);
            *place = Some(run);
            return Err(RunsError::AlreadyStarted(Box::new(situation)));
        }
        let opening = self.record(&run, actor, opening(&run)?);
        self.store.append(name, vec![opening]).await?;
        run.recorded(1);
        let situation = run.situation(name);
        *place = Some(run);
        Ok(situation)
    }

    /// Lets a run take an event, and records it.
    ///
    /// # Errors
    ///
    /// [`RunsError::Refused`], where the machine does not take the event or the run is not at the version
    /// `expected`; [`RunsError::NeverStarted`]; or that the store fails.
    pub async fn apply(
        &self,
        name: &RunName,
        event: M::Event,
        expected: Option<Version>,
        actor: &Principal,
    ) -> Result<Accepted, RunsError> {
        let slot = self.slot(name);
        let mut place = slot.lock().await;
        let mut run = self.current(name, &slot, &mut place).await?;
        let chart_event = event_in_chart::<M>(event.name());
        if let Some(expected) = expected.filter(|expected| *expected != run.version()) {
            let reason = format!("the run is at version {}, not {expected}", run.version());
            let rejected = Rejected { kind: Kind::Conflict, event: chart_event, reason };
            let situation = run.situation(name);
            *place = Some(run);
            return Err(RunsError::refused(rejected, situation));
        }
        let mut records = Vec::with_capacity(2);
        if !run.is_started() {
            records.push(self.record(&run, actor, opening(&run)?));
        }
        match run.apply(event) {
            Ok(entry) => {
                let mut record = self.record(&run, actor, entry);
                record.version = records.last().map_or(record.version, |last| last.version.next());
                records.push(record);
            }
            Err(rejected) => {
                // A handler that failed may have written to the machine; all else has left it alone.
                if rejected.kind == Kind::Failed {
                    run = self.fresh(name, &mut place).await?;
                }
                let situation = run.situation(name);
                *place = Some(run);
                return Err(RunsError::refused(rejected, situation));
            }
        }
        let count = records.len() as u64;
        match self.store.append(name, records).await {
            Ok(()) => {
                run.recorded(count);
                let situation = run.situation(name);
                *place = Some(run);
                Ok(Accepted { event: chart_event, situation })
            }
            Err(error @ StoreError::Conflict { .. }) => {
                let run = self.fresh(name, &mut place).await?;
                let situation = run.situation(name);
                *place = Some(run);
                let rejected = Rejected {
                    kind: Kind::Conflict,
                    event: chart_event,
                    reason: error.to_string(),
                };
                Err(RunsError::refused(rejected, situation))
            }
            Err(error) => Err(error.into()),
        }
    }

    /// Looks at a run. The run that is meant where none is named may be looked at before it is started.
    ///
    /// # Errors
    ///
    /// [`RunsError::NeverStarted`]; [`RunsError::Panicked`], where `look` panics; or that the store fails.
    pub async fn read<T>(
        &self,
        name: &RunName,
        look: impl FnOnce(&Run<M>) -> T,
    ) -> Result<T, RunsError> {
        let slot = self.slot(name);
        let mut place = slot.lock().await;
        let run = self.current(name, &slot, &mut place).await?;
        let seen = guarded(|| look(&run));
        *place = Some(run);
        Ok(seen?)
    }

    /// What can be seen of a run.
    ///
    /// # Errors
    ///
    /// As [`read`](Self::read).
    pub async fn situation(&self, name: &RunName) -> Result<Situation, RunsError> {
        self.read(name, |run| run.situation(name)).await
    }

    /// A page of a run's history: at most `limit` records, beginning with the version `from`.
    ///
    /// # Errors
    ///
    /// As [`read`](Self::read).
    pub async fn history(
        &self,
        name: &RunName,
        from: Version,
        limit: usize,
    ) -> Result<Vec<Record>, RunsError> {
        self.read(name, |_| ()).await?;
        Ok(self.store.load(name, from, limit).await?)
    }

    /// The runs that were started, at most `limit`, in the order of their names, beginning after `after`.
    ///
    /// # Errors
    ///
    /// Where the store fails.
    pub async fn list(
        &self,
        after: Option<&RunName>,
        limit: usize,
    ) -> Result<Vec<Head>, RunsError> {
        Ok(self.store.heads(after, limit).await?)
    }

    /// The run as the store has it, where it may be used: it was started, or is the one that needs no start.
    async fn current(
        &self,
        name: &RunName,
        slot: &Slot<M>,
        place: &mut RunGuard<'_, Option<Run<M>>>,
    ) -> Result<Run<M>, RunsError> {
        let run = self.fresh(name, place).await?;
        if run.is_started() || *name == self.unnamed {
            return Ok(run);
        }
        self.forget(name, slot);
        let known = self.store.heads(None, NAMED).await?;
        let known = known.into_iter().map(|head| head.run).collect();
        Err(RunsError::NeverStarted { run: name.clone(), known })
    }

    /// The run as the store has it, taken out of its place: the live one, brought up to the end of its history.
    async fn fresh(
        &self,
        name: &RunName,
        place: &mut RunGuard<'_, Option<Run<M>>>,
    ) -> Result<Run<M>, RunsError> {
        let broken = |source| RunsError::Unreplayable { run: name.clone(), source };
        let mut run = match place.take() {
            Some(run) => run,
            None => Run::unstarted().map_err(broken)?,
        };
        loop {
            let page = self.store.load(name, run.next(), PAGE).await?;
            for record in &page {
                run.replay(record).map_err(broken)?;
            }
            if page.len() < PAGE {
                return Ok(run);
            }
        }
    }

    fn record(&self, run: &Run<M>, actor: &Principal, entry: Entry) -> Record {
        Record { version: run.next(), time: self.clock.now(), actor: actor.clone(), entry }
    }

    fn live(&self) -> MutexGuard<'_, HashMap<RunName, Slot<M>>> {
        self.live.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn slot(&self, name: &RunName) -> Slot<M> {
        let mut live = self.live();
        if let Some(slot) = live.get(name) {
            return Arc::clone(slot);
        }
        Arc::clone(live.entry(name.clone()).or_default())
    }

    /// Drops the place of a run that is not there, unless somebody else waits at it.
    fn forget(&self, name: &RunName, slot: &Slot<M>) {
        let mut live = self.live();
        // Two hold it: the map and the caller.
        if Arc::strong_count(slot) == 2 {
            live.remove(name);
        }
    }
}

/// An event that a run took and that was recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Accepted {
    /// The event.
    pub event: &'static Event,
    /// The run after it.
    pub situation: Situation,
}

/// Why a run did not do what it was asked.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RunsError {
    /// The run did not take the event. It is as it was.
    #[error("{}", .0.rejected.reason)]
    Refused(Box<Refused>),
    /// There is such a run already.
    #[error("the run `{}` was started before", .0.run)]
    AlreadyStarted(Box<Situation>),
    /// There is no such run.
    #[error("the run `{run}` was never started; `start_run` starts it; {}", named(known))]
    NeverStarted {
        /// The run that was asked for.
        run: RunName,
        /// Runs that there are, at most twenty.
        known: Vec<RunName>,
    },
    /// The author's code panicked. The run is as it was.
    #[error(transparent)]
    Panicked(#[from] Panic),
    /// The history is not one of this machine.
    #[error("the run `{run}` cannot be read")]
    Unreplayable {
        /// The run.
        run: RunName,
        /// The record at which its history breaks.
        source: Unreplayable,
    },
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The initial context cannot be written.
    #[error("the initial context cannot be written")]
    Unwritten(#[source] serde_json::Error),
}

/// An event that a run did not take, and the run as it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// The event, and why.
    pub rejected: Rejected,
    /// The run.
    pub situation: Situation,
}

impl RunsError {
    fn refused(rejected: Rejected, situation: Situation) -> Self {
        Self::Refused(Box::new(Refused { rejected, situation }))
    }
}

fn named(known: &[RunName]) -> String {
    if known.is_empty() {
        return "no run was started yet".to_owned();
    }
    let names: Vec<_> = known.iter().map(RunName::as_str).collect();
    format!("there are `{}`", names.join("`, `"))
}

fn opening<M: Portable<Context: Default>>(run: &Run<M>) -> Result<Entry, RunsError> {
    run.opening().map_err(RunsError::Unwritten)
}
