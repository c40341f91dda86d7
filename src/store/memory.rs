//! Histories in memory, which end with the process.

use std::collections::BTreeMap;
use std::future::ready;
use std::ops::Bound;
use std::sync::{Mutex, MutexGuard, PoisonError};

use futures::future::BoxFuture;

use super::{Head, Store, StoreError};
use crate::record::{Record, RunName, Version};

/// A store that keeps nothing beyond the life of its value.
#[derive(Debug, Default)]
pub struct MemoryStore {
    histories: Mutex<BTreeMap<RunName, Vec<Record>>>,
}

impl MemoryStore {
    /// An empty store.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The histories. Nothing under the lock can leave them half changed, so one that was poisoned is whole.
    fn histories(&self) -> MutexGuard<'_, BTreeMap<RunName, Vec<Record>>> {
        self.histories.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn append_now(&self, run: &RunName, records: Vec<Record>) -> Result<(), StoreError> {
        let Some(first) = records.first() else { return Ok(()) };
        let mut histories = self.histories();
        let actual = histories.get(run).and_then(|history| history.last()).map(|last| last.version);
        if actual.map_or(Version::START, Version::next) != first.version {
            return Err(StoreError::Conflict { actual });
        }
        histories.entry(run.clone()).or_default().extend(records);
        Ok(())
    }
}

impl Store for MemoryStore {
    fn append<'a>(
        &'a self,
        run: &'a RunName,
        records: Vec<Record>,
    ) -> BoxFuture<'a, Result<(), StoreError>> {
        Box::pin(ready(self.append_now(run, records)))
    }

    fn load<'a>(
        &'a self,
        run: &'a RunName,
        from: Version,
        limit: usize,
    ) -> BoxFuture<'a, Result<Vec<Record>, StoreError>> {
        let histories = self.histories();
        let history = histories.get(run).map(Vec::as_slice).unwrap_or_default();
        let skipped = usize::try_from(from.0).unwrap_or(usize::MAX);
        let page = history.iter().skip(skipped).take(limit).cloned().collect();
        Box::pin(ready(Ok(page)))
    }

    fn heads<'a>(
        &'a self,
        after: Option<&'a RunName>,
        limit: usize,
    ) -> BoxFuture<'a, Result<Vec<Head>, StoreError>> {
        let begin = after.map_or(Bound::Unbounded, Bound::Excluded);
        let histories = self.histories();
        let heads = histories
            .range::<RunName, _>((begin, Bound::Unbounded))
            .filter_map(|(run, history)| {
                history.last().map(|last| Head {
                    run: run.clone(),
                    version: last.version,
                    state: last.state().to_owned(),
                    time: last.time,
                })
            })
            .take(limit)
            .collect();
        Box::pin(ready(Ok(heads)))
    }
}
