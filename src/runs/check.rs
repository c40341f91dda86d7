//! Comparing a whole store with a machine, without writing.

mod report;

use std::marker::PhantomData;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use futures::future::join;
use futures::stream::{self, StreamExt};

pub use self::report::{CheckFault, CheckOutcome, CheckSummary, Checked};
use super::offload::offload_work;
use super::{RunsError, noted_digest};
use crate::caller::Principal;
use crate::portable::Portable;
use crate::record::{Program, Record, RunId, Version};
use crate::run::{Run, Unreplayable};
use crate::store::{Head, Page, PageLimit, Scope, Store, StoreError};

/// How much is read at once.
const PAGE: PageLimit = PageLimit::new(2048, 4 << 20);

/// How many heads are read at once.
const HEADS: usize = 1000;

/// How many runs are read ahead.
const TOGETHER: usize = 8;

/// Compares the runs of a store with the machine `M`: whether each one replays, with the same data. Nothing is written.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use std::sync::Arc;
///
/// use leverframe::orchestrator::Orchestrator;
/// use leverframe::runs::Check;
/// use leverframe::store::memory::MemoryStore;
///
/// // For instance `SqliteStore::open(Path::new("tests/release-1.db"))?`.
/// let store = Arc::new(MemoryStore::new());
/// let summary = Check::<Orchestrator>::new(store).run(|checked| println!("{checked}")).await?;
/// assert!(summary.goes_on(), "{summary}");
/// # Ok(())
/// # }
/// ```
pub struct Check<M> {
    store: Arc<dyn Store>,
    owner: Option<Principal>,
    records: Arc<AtomicU64>,
    machine: PhantomData<fn() -> M>,
}

impl<M: Portable> Check<M> {
    /// A check of all runs.
    #[must_use]
    pub fn new(store: Arc<dyn Store>) -> Self {
        Self { store, owner: None, records: Arc::default(), machine: PhantomData }
    }

    /// Checks only the runs of one owner.
    #[must_use]
    pub fn of_owner(self, owner: Principal) -> Self {
        Self { owner: Some(owner), ..self }
    }

    /// The number of records that were replayed so far.
    #[must_use]
    pub fn progress(&self) -> Arc<AtomicU64> {
        Arc::clone(&self.records)
    }

    /// Checks each run, in the order of owner and name. A run that fails does not stop the check.
    ///
    /// # Errors
    ///
    /// The store fails as a whole.
    pub async fn run(&self, mut report: impl FnMut(Checked)) -> Result<CheckSummary, RunsError> {
        let mut summary = CheckSummary::default();
        let mut after: Option<RunId> = None;
        loop {
            let heads = self.store.heads(self.owner.as_ref(), after.as_ref(), HEADS).await?;
            let Some(last) = heads.last().map(|head| head.run.clone()) else { break };
            let mut checks = stream::iter(heads).map(|head| self.check(head)).buffered(TOGETHER);
            while let Some(checked) = checks.next().await {
                if let Some(checked) = checked? {
                    summary.add(&checked);
                    report(checked);
                }
            }
            after = Some(last);
        }
        summary.records = self.records.load(Ordering::Relaxed);
        Ok(summary)
    }

    /// Checks a run; `None` if it was removed meanwhile.
    async fn check(&self, head: Head) -> Result<Option<Checked>, RunsError> {
        if head.is_damaged {
            let head = Head { version: Version::START, ..head };
            return Ok(Some(Checked::damaged(head, Version::START)));
        }
        let mut walk = Walk::<M>::default();
        let mut page = match self.load(&head, Version::START).await? {
            Ok(page) => page,
            Err(version) => return Ok(Some(Checked::damaged(head, version))),
        };
        loop {
            let Some(last) = page.records.last().map(|record| (record.version, record.hash)) else {
                return Ok(None);
            };
            let is_last = page.is_last() || last.0 >= head.version;
            self.records.fetch_add(page.records.len() as u64, Ordering::Relaxed);
            let work = offload_work(move || walk.follow(&page.records));
            // The next page is read while this one is replayed.
            let (walked, next) = join(work, async {
                if is_last { None } else { Some(self.load(&head, last.0.next()).await) }
            })
            .await;
            walk = walked?;
            match next.transpose()? {
                _ if walk.is_stopped() => break,
                None => break,
                Some(Err(version)) => return Ok(Some(Checked::damaged(head, version))),
                // It was removed, and perhaps started anew.
                Some(Ok(next)) if next.after != last.1 => return Ok(None),
                Some(Ok(next)) => page = next,
            }
        }
        self.compare_noted(&head, &mut walk).await?;
        Ok(Some(walk.checked(head)))
    }

    /// A page, or the version of a damaged record in it.
    async fn load(&self, head: &Head, from: Version) -> Result<Result<Page, Version>, StoreError> {
        match self.store.load(&head.run, from, PAGE).await {
            Ok(page) => Ok(Ok(page)),
            Err(StoreError::Corrupt { version, .. }) => Ok(Err(version)),
            Err(error) => Err(error),
        }
    }

    /// Compares the end of a run with the digest that was noted when it was last used.
    async fn compare_noted(&self, head: &Head, walk: &mut Walk<M>) -> Result<(), RunsError> {
        let Some(run) = walk.run.as_ref() else { return Ok(()) };
        let is_comparable = walk.difference.is_none() && !walk.is_stopped() && run.keeps_values();
        if !is_comparable || !run.lacks_digest() || run.hash() != head.hash {
            return Ok(());
        }
        let scope = Scope::Head { run: head.run.clone(), hash: head.hash };
        let Some(noted) = noted_digest(&self.store.notes(&scope).await?) else { return Ok(()) };
        if run.snapshot().is_ok_and(|snapshot| snapshot.digest() != noted) {
            walk.difference = Some(Unreplayable::digest(head.version));
        }
        Ok(())
    }
}

/// A run on its way through its records.
struct Walk<M> {
    run: Option<Run<M>>,
    /// The first record whose data differs.
    difference: Option<Unreplayable>,
    /// The record that cannot be replayed.
    stop: Option<Unreplayable>,
}

impl<M> Default for Walk<M> {
    fn default() -> Self {
        Self { run: None, difference: None, stop: None }
    }
}

impl<M: Portable> Walk<M> {
    fn follow(mut self, records: &[Record]) -> Self {
        for record in records {
            match self.step(record) {
                Ok(difference) => self.difference = self.difference.or(difference),
                Err(stop) => {
                    self.stop = Some(stop);
                    break;
                }
            }
        }
        self
    }

    fn step(&mut self, record: &Record) -> Result<Option<Unreplayable>, Unreplayable> {
        if let Some(run) = &mut self.run {
            return run.replay_leniently(record);
        }
        let (run, difference) = Run::begun_leniently(record, Program::of(M::CHART))?;
        self.run = Some(run);
        Ok(difference)
    }

    fn is_stopped(&self) -> bool {
        self.stop.is_some()
    }

    fn checked(self, head: Head) -> Checked {
        let upgrades: Vec<_> = self.run.iter().flat_map(Run::upgrades).collect();
        let outcome = match (&self.stop, &self.difference) {
            (Some(_), _) => CheckOutcome::Refused,
            (None, Some(_)) => CheckOutcome::DataDiffers,
            (None, None) if !upgrades.is_empty() => CheckOutcome::Upgraded,
            (None, None) => CheckOutcome::Identical,
        };
        let faults = self.difference.iter().chain(&self.stop).map(CheckFault::of).collect();
        Checked::new(head, outcome, faults, upgrades)
    }
}
