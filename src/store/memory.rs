//! Histories in memory, which end with the process.

use std::collections::BTreeMap;
use std::future::ready;
use std::ops::Bound;
use std::sync::{Mutex, MutexGuard, PoisonError};

use chrono::{DateTime, Utc};
use tokio::sync::watch;

use super::gate::{Denial, GateRequest};
use super::{Answer, Due, Head, Page, Removal, Snapshot, Store, StoreError, Tombstone};
use crate::record::{Hash, Record, RequestKey, RunName, Version};

/// A store that keeps nothing beyond the life of its value.
#[derive(Debug, Default)]
pub struct MemoryStore {
    kept: Mutex<Kept>,
    changes: watch::Sender<u64>,
}

#[derive(Debug, Default)]
struct Kept {
    runs: BTreeMap<RunName, History>,
    tombstones: Vec<Tombstone>,
}

#[derive(Debug, Default)]
struct History {
    records: Vec<Record>,
    due: Option<DateTime<Utc>>,
    snapshot: Option<Snapshot>,
    requests: Vec<(Hash, GateRequest)>,
}

impl History {
    /// The requests that stand.
    fn standing(&mut self) -> impl Iterator<Item = &mut GateRequest> {
        let end = self.records.last().map(|last| last.hash);
        let requests = self.requests.iter_mut().filter(move |(after, _)| Some(*after) == end);
        requests.map(|(_, request)| request)
    }
}

impl MemoryStore {
    /// An empty store.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// All that is kept. Nothing under the lock can leave it half changed, so one that was poisoned is whole.
    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn append_now(
        &self,
        run: &RunName,
        after: Hash,
        records: Vec<Record>,
        due: Option<DateTime<Utc>>,
    ) -> Result<(), StoreError> {
        let Some(first) = records.first() else { return Ok(()) };
        let mut kept = self.kept();
        let history = kept.runs.get(run).map(|history| history.records.as_slice());
        let history = history.unwrap_or_default();
        let last = history.last();
        let actual = last.map(|last| last.version);
        let follows = actual.map_or(Version::START, Version::next) == first.version
            && last.map_or(Hash::NONE, |last| last.hash) == after;
        let is_new = |(place, record): (usize, &Record)| {
            let mut before = history.iter().chain(records.iter().take(place));
            record.key.is_none() || before.all(|known| known.key != record.key)
        };
        if !follows || !records.iter().enumerate().all(is_new) {
            return Err(StoreError::Conflict { actual });
        }
        let history = kept.runs.entry(run.clone()).or_default();
        history.records.extend(records);
        history.due = due;
        self.changes.send_modify(|count| *count += 1);
        Ok(())
    }

    fn ask_now(&self, run: &RunName, after: Hash, request: GateRequest) -> Result<(), StoreError> {
        let mut kept = self.kept();
        let history = kept.runs.get_mut(run);
        let history = history.ok_or(StoreError::Conflict { actual: None })?;
        let last = history.records.last();
        if last.map(|last| last.hash) != Some(after) {
            return Err(StoreError::Conflict { actual: last.map(|last| last.version) });
        }
        let id = request.id();
        if history.standing().all(|standing| standing.id() != id) {
            history.requests.push((after, request));
        }
        Ok(())
    }

    fn deny_now(&self, run: &RunName, id: Hash, denial: Denial) -> Result<(), StoreError> {
        let mut kept = self.kept();
        let history = kept.runs.get_mut(run);
        let history = history.ok_or(StoreError::Conflict { actual: None })?;
        let actual = history.records.last().map(|last| last.version);
        let request = history.standing().find(|request| request.id() == id);
        match request.map(|request| &mut request.denial) {
            Some(undecided @ None) => {
                *undecided = Some(denial);
                Ok(())
            }
            _ => Err(StoreError::Conflict { actual }),
        }
    }

    fn remove_now(&self, run: &RunName, removal: Removal) -> Result<Tombstone, StoreError> {
        let mut kept = self.kept();
        let history = kept.runs.remove(run);
        let last = history.and_then(|history| history.records.into_iter().last());
        let Some(last) = last else { return Err(StoreError::Conflict { actual: None }) };
        let Removal { actor, time } = removal;
        let (version, hash) = (last.version, last.hash);
        let tombstone = Tombstone { run: run.clone(), version, hash, actor, time };
        kept.tombstones.push(tombstone.clone());
        self.changes.send_modify(|count| *count += 1);
        Ok(tombstone)
    }
}

impl Store for MemoryStore {
    fn append<'a>(
        &'a self,
        run: &'a RunName,
        after: Hash,
        records: Vec<Record>,
        due: Option<DateTime<Utc>>,
    ) -> Answer<'a, ()> {
        Box::pin(ready(self.append_now(run, after, records, due)))
    }

    fn load<'a>(&'a self, run: &'a RunName, from: Version, limit: usize) -> Answer<'a, Page> {
        let kept = self.kept();
        let history = kept.runs.get(run).map(|history| history.records.as_slice());
        let history = history.unwrap_or_default();
        let skipped = usize::try_from(from.0).unwrap_or(usize::MAX);
        let before = skipped.checked_sub(1).and_then(|place| history.get(place));
        let after = before.map_or(Hash::NONE, |record| record.hash);
        let records = history.iter().skip(skipped).take(limit).cloned().collect();
        Box::pin(ready(Ok(Page { after, records })))
    }

    fn keyed<'a>(&'a self, run: &'a RunName, key: &'a RequestKey) -> Answer<'a, Option<Record>> {
        let kept = self.kept();
        let history = kept.runs.get(run).map(|history| history.records.as_slice());
        let mut records = history.unwrap_or_default().iter();
        let record = records.find(|record| record.key.as_ref() == Some(key)).cloned();
        Box::pin(ready(Ok(record)))
    }

    fn heads<'a>(&'a self, after: Option<&'a RunName>, limit: usize) -> Answer<'a, Vec<Head>> {
        let begin = after.map_or(Bound::Unbounded, Bound::Excluded);
        let kept = self.kept();
        let heads = kept
            .runs
            .range::<RunName, _>((begin, Bound::Unbounded))
            .filter_map(|(run, history)| {
                history.records.last().map(|last| Head {
                    run: run.clone(),
                    version: last.version,
                    state: last.state().to_owned(),
                    time: last.time,
                    due: history.due,
                })
            })
            .take(limit)
            .collect();
        Box::pin(ready(Ok(heads)))
    }

    fn due<'a>(&'a self, after: Option<&'a Due>, limit: usize) -> Answer<'a, Vec<Due>> {
        let kept = self.kept();
        let due = |(run, history): (&RunName, &History)| {
            history.due.map(|time| Due { time, run: run.clone() })
        };
        let mut all: Vec<Due> = kept.runs.iter().filter_map(due).collect();
        all.retain(|due| after.is_none_or(|after| due > after));
        all.sort_unstable();
        all.truncate(limit);
        Box::pin(ready(Ok(all)))
    }

    fn snapshot<'a>(&'a self, run: &'a RunName) -> Answer<'a, Option<Snapshot>> {
        let kept = self.kept();
        let snapshot = kept.runs.get(run).and_then(|history| history.snapshot.clone());
        Box::pin(ready(Ok(snapshot)))
    }

    fn keep(&self, run: &RunName, snapshot: Snapshot) {
        if let Some(history) = self.kept().runs.get_mut(run) {
            history.snapshot = Some(snapshot);
        }
    }

    fn ask<'a>(&'a self, run: &'a RunName, after: Hash, request: GateRequest) -> Answer<'a, ()> {
        Box::pin(ready(self.ask_now(run, after, request)))
    }

    fn asked<'a>(&'a self, run: &'a RunName) -> Answer<'a, Vec<GateRequest>> {
        let mut kept = self.kept();
        let history = kept.runs.get_mut(run);
        let asked = history.map(|history| history.standing().map(|request| request.clone()));
        Box::pin(ready(Ok(asked.map(Iterator::collect).unwrap_or_default())))
    }

    fn deny<'a>(&'a self, run: &'a RunName, request: Hash, denial: Denial) -> Answer<'a, ()> {
        Box::pin(ready(self.deny_now(run, request, denial)))
    }

    fn remove<'a>(&'a self, run: &'a RunName, removal: Removal) -> Answer<'a, Tombstone> {
        Box::pin(ready(self.remove_now(run, removal)))
    }

    fn tombstones(&self) -> Answer<'_, Vec<Tombstone>> {
        Box::pin(ready(Ok(self.kept().tombstones.clone())))
    }

    fn watch(&self) -> watch::Receiver<u64> {
        self.changes.subscribe()
    }
}
