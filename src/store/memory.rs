//! Histories in memory, which end with the process.

use std::collections::BTreeMap;
use std::future::ready;
use std::ops::Bound;
use std::sync::{Mutex, MutexGuard, PoisonError};

use chrono::{DateTime, Utc};
use serde_json::value::RawValue;
use tokio::sync::watch;

use super::{
    Answer, Append, Due, DueNote, Head, Logged, Note, NoteChange, NoteName, Opening, Page,
    PageLimit, Removal, Revision, Scope, Store, StoreError, Tombstone,
};
use crate::caller::Principal;
use crate::record::{Actor, Hash, Position, Record, RequestKey, RunId, Snapshot, Version};

/// A store that keeps nothing beyond the life of its value.
#[derive(Debug, Default)]
pub struct MemoryStore {
    kept: Mutex<Kept>,
    end: watch::Sender<Position>,
}

#[derive(Debug, Default)]
struct Kept {
    runs: BTreeMap<RunId, History>,
    log: BTreeMap<Position, (RunId, Version)>,
    notes: BTreeMap<NoteName, Note>,
    tombstones: Vec<Tombstone>,
    /// The last position that was given out.
    end: u64,
    /// The last revision that was given out.
    revision: u64,
}

#[derive(Debug)]
struct History {
    head: Head,
    records: Vec<(Position, Record)>,
    keys: BTreeMap<(String, String), Version>,
    snapshot: Option<Snapshot>,
    /// The notes at a head, by which they are gone when it moves.
    notes: (Hash, BTreeMap<NoteName, Note>),
    /// The notes of the run as a whole.
    standing: BTreeMap<NoteName, Note>,
}

impl History {
    fn record(&self, version: Version) -> Option<&Record> {
        let place = usize::try_from(version.0).ok()?;
        self.records.get(place).map(|(_, record)| record)
    }

    fn page(&self, from: Version, limit: PageLimit) -> Page {
        let head = Some(self.head.clone());
        let before = from.0.checked_sub(1).map(|before| self.record(Version(before)));
        let after = match before {
            None => Hash::NONE,
            Some(Some(before)) => before.hash,
            Some(None) => return Page::new(head, Hash::NONE, Vec::new()),
        };
        let skipped = usize::try_from(from.0).unwrap_or(usize::MAX);
        let mut bytes = 0;
        let records = self.records.iter().skip(skipped).map(|(_, record)| record);
        let records = records.enumerate().take(limit.records).take_while(|(place, record)| {
            bytes += record.entry.size();
            *place == 0 || bytes <= limit.bytes
        });
        Page::new(head, after, records.map(|(_, record)| record.clone()).collect())
    }
}

impl History {
    /// Leaves exactly these notes of the run. Those that are there stay as they are. The answer is the last revision.
    fn stand(&mut self, names: &[NoteName], mut revision: u64) -> u64 {
        self.standing.retain(|name, _| names.contains(name));
        for name in names {
            let due = self.head.time;
            self.standing.entry(name.clone()).or_insert_with(|| {
                revision += 1;
                Note::new(name.clone(), Revision(revision), RawValue::NULL.to_owned(), Some(due))
            });
        }
        revision
    }
}

/// The key of a request, as it is unique in a run.
fn request(actor: &Actor, key: &RequestKey) -> (String, String) {
    (actor.as_str().to_owned(), key.as_str().to_owned())
}

impl MemoryStore {
    /// An empty store.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Everything that is kept. No code under the lock can leave it half changed, so a poisoned lock is ignored.
    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn append_now(&self, append: Append) -> Result<Position, StoreError> {
        let mut kept = self.kept();
        let (Some(first), Some(head)) = (append.records.first(), Head::after(&append)) else {
            return Ok(Position(kept.end));
        };
        let history = kept.runs.get(&append.run);
        let actual = history.map(|history| history.head.version);
        let end = history.map_or(Hash::NONE, |history| history.head.hash);
        let follows =
            actual.map_or(Version::START, Version::next) == first.version && end == append.after;
        let mut keys = BTreeMap::new();
        let is_new = append.records.iter().all(|record| {
            let Some(key) = &record.key else { return true };
            let request = request(&record.actor, key);
            let is_known = history.is_some_and(|history| history.keys.contains_key(&request));
            keys.insert(request, record.version).is_none() && !is_known
        });
        if !follows || !is_new {
            return Err(StoreError::Conflict { actual });
        }
        let (before, last_revision) = (kept.end, kept.revision);
        let records: Vec<_> = ((before + 1)..).map(Position).zip(append.records).collect();
        kept.end = before + records.len() as u64;
        for (position, record) in &records {
            kept.log.insert(*position, (append.run.clone(), record.version));
        }
        let history = kept.runs.entry(append.run).or_insert_with(|| History {
            head: head.clone(),
            records: Vec::new(),
            keys: BTreeMap::new(),
            snapshot: None,
            notes: (head.hash, BTreeMap::new()),
            standing: BTreeMap::new(),
        });
        let parent = history.head.parent.take().or(head.parent.clone());
        history.head = Head { parent, ..head };
        history.records.extend(records);
        history.keys.append(&mut keys);
        let revision = append.standing.map(|names| history.stand(&names, last_revision));
        kept.revision = revision.unwrap_or(last_revision);
        Ok(self.moved(&kept))
    }

    /// Notifies the watchers under the lock, so that the position never goes back.
    fn moved(&self, kept: &Kept) -> Position {
        let end = Position(kept.end);
        self.end.send_replace(end);
        end
    }

    fn note_now(&self, scope: &Scope, change: NoteChange) -> Result<Revision, StoreError> {
        let mut kept = self.kept();
        let revision = Revision(kept.revision + 1);
        let notes = match scope {
            Scope::Store => &mut kept.notes,
            Scope::Run { run } => {
                let history = kept.runs.get_mut(run);
                &mut history.ok_or(StoreError::Conflict { actual: None })?.standing
            }
            Scope::Head { run, hash } => {
                let history = kept.runs.get_mut(run);
                let history = history.ok_or(StoreError::Conflict { actual: None })?;
                if history.head.hash != *hash {
                    return Err(StoreError::Conflict { actual: Some(history.head.version) });
                }
                if history.notes.0 != *hash {
                    history.notes = (*hash, BTreeMap::new());
                }
                &mut history.notes.1
            }
        };
        let actual = notes.get(&change.name).map(|note| note.revision);
        if actual != change.expected {
            return Err(StoreError::NoteConflict { actual });
        }
        match change.body {
            Some(body) => {
                let note = Note::new(change.name.clone(), revision, body, change.due);
                notes.insert(change.name, note);
            }
            None => drop(notes.remove(&change.name)),
        }
        kept.revision = revision.0;
        Ok(revision)
    }

    fn remove_now(&self, run: &RunId, removal: Removal) -> Result<Tombstone, StoreError> {
        let mut kept = self.kept();
        let Some(history) = kept.runs.remove(run) else {
            return Err(StoreError::Conflict { actual: None });
        };
        for (position, _) in &history.records {
            kept.log.remove(position);
        }
        let Head { version, hash, .. } = history.head;
        let tombstone = Tombstone::new(run.clone(), version, hash, removal);
        kept.tombstones.push(tombstone.clone());
        self.moved(&kept);
        Ok(tombstone)
    }
}

impl Store for MemoryStore {
    fn append(&self, append: Append) -> Answer<'_, Position> {
        Box::pin(ready(self.append_now(append)))
    }

    fn open<'a>(&'a self, run: &'a RunId, limit: PageLimit) -> Answer<'a, Opening> {
        let kept = self.kept();
        let opening = kept.runs.get(run).map(|history| {
            let from = history.snapshot.as_ref().map_or(Version::START, |kept| kept.version);
            Opening::new(history.snapshot.clone(), history.page(from, limit))
        });
        let opening = opening.unwrap_or_else(|| Opening::new(None, Page::never_started()));
        Box::pin(ready(Ok(opening)))
    }

    fn load<'a>(&'a self, run: &'a RunId, from: Version, limit: PageLimit) -> Answer<'a, Page> {
        let kept = self.kept();
        let page = kept.runs.get(run).map(|history| history.page(from, limit));
        Box::pin(ready(Ok(page.unwrap_or_else(Page::never_started))))
    }

    fn keyed<'a>(
        &'a self,
        run: &'a RunId,
        principal: &'a Principal,
        key: &'a RequestKey,
    ) -> Answer<'a, Option<Record>> {
        let kept = self.kept();
        let record = kept.runs.get(run).and_then(|history| {
            let request = request(&principal.clone().into(), key);
            history.keys.get(&request).and_then(|version| history.record(*version)).cloned()
        });
        Box::pin(ready(Ok(record)))
    }

    fn log(&self, after: Position, limit: PageLimit) -> Answer<'_, Vec<Logged>> {
        let kept = self.kept();
        let mut bytes = 0;
        let later = kept.log.range((Bound::Excluded(after), Bound::Unbounded));
        let logged = later.filter_map(|(position, (run, version))| {
            let record = kept.runs.get(run)?.record(*version)?;
            Some(Logged::new(*position, run.clone(), record.clone()))
        });
        let logged = logged.enumerate().take(limit.records).take_while(|(place, logged)| {
            bytes += logged.record.entry.size();
            *place == 0 || bytes <= limit.bytes
        });
        Box::pin(ready(Ok(logged.map(|(_, logged)| logged).collect())))
    }

    fn heads<'a>(
        &'a self,
        owner: Option<&'a Principal>,
        after: Option<&'a RunId>,
        limit: usize,
    ) -> Answer<'a, Vec<Head>> {
        let begin = after.map_or(Bound::Unbounded, Bound::Excluded);
        let kept = self.kept();
        let later = kept.runs.range::<RunId, _>((begin, Bound::Unbounded));
        let heads = later
            .filter(|(run, _)| owner.is_none_or(|owner| run.owner == *owner))
            .map(|(_, history)| history.head.clone())
            .take(limit)
            .collect();
        Box::pin(ready(Ok(heads)))
    }

    fn count<'a>(&'a self, owner: &'a Principal) -> Answer<'a, u64> {
        let kept = self.kept();
        let count = kept.runs.keys().filter(|run| run.owner == *owner).count();
        Box::pin(ready(Ok(count as u64)))
    }

    fn head<'a>(&'a self, run: &'a RunId) -> Answer<'a, Option<Head>> {
        let head = self.kept().runs.get(run).map(|history| history.head.clone());
        Box::pin(ready(Ok(head)))
    }

    fn due<'a>(&'a self, after: Option<&'a Due>, limit: usize) -> Answer<'a, Vec<Due>> {
        let kept = self.kept();
        let due = |(run, history): (&RunId, &History)| {
            history.head.due.map(|time| Due { time, run: run.clone() })
        };
        let mut all: Vec<Due> = kept.runs.iter().filter_map(due).collect();
        all.retain(|due| after.is_none_or(|after| due > after));
        all.sort_unstable();
        all.truncate(limit);
        Box::pin(ready(Ok(all)))
    }

    fn keep(&self, run: &RunId, snapshot: Snapshot) {
        if let Some(history) = self.kept().runs.get_mut(run)
            && history.record(snapshot.version).is_some_and(|record| record.hash == snapshot.hash)
        {
            history.snapshot = Some(snapshot);
        }
    }

    fn notes<'a>(&'a self, scope: &'a Scope) -> Answer<'a, Vec<Note>> {
        let kept = self.kept();
        let notes = match scope {
            Scope::Store => Some(&kept.notes),
            Scope::Run { run } => kept.runs.get(run).map(|history| &history.standing),
            Scope::Head { run, hash } => kept.runs.get(run).and_then(|history| {
                let stands = history.head.hash == *hash && history.notes.0 == *hash;
                stands.then_some(&history.notes.1)
            }),
        };
        let notes = notes.map(|notes| notes.values().cloned().collect()).unwrap_or_default();
        Box::pin(ready(Ok(notes)))
    }

    fn noted<'a>(&'a self, prefix: &'a str) -> Answer<'a, Vec<RunId>> {
        let kept = self.kept();
        let is_noted = |history: &History| {
            history.notes.0 == history.head.hash
                && history.notes.1.keys().any(|name| name.as_str().starts_with(prefix))
        };
        let noted = kept.runs.iter().filter(|(_, history)| is_noted(history));
        Box::pin(ready(Ok(noted.map(|(run, _)| run.clone()).collect())))
    }

    fn due_notes(&self, time: DateTime<Utc>, limit: usize) -> Answer<'_, Vec<DueNote>> {
        let kept = self.kept();
        let notes = kept.runs.iter().flat_map(|(run, history)| {
            history.standing.values().map(|note| DueNote::new(run.clone(), note.clone()))
        });
        let is_due = |due: &DueNote| due.note.due.is_some_and(|due| due <= time);
        let mut due: Vec<_> = notes.filter(is_due).collect();
        due.sort_by_key(|due| due.note.due);
        due.truncate(limit);
        Box::pin(ready(Ok(due)))
    }

    fn next_due_note(&self, time: DateTime<Utc>) -> Answer<'_, Option<DateTime<Utc>>> {
        let kept = self.kept();
        let notes = kept.runs.values().flat_map(|history| history.standing.values());
        let next = notes.filter_map(|note| note.due).filter(|due| *due > time).min();
        Box::pin(ready(Ok(next)))
    }

    fn note<'a>(&'a self, scope: &'a Scope, change: NoteChange) -> Answer<'a, Revision> {
        Box::pin(ready(self.note_now(scope, change)))
    }

    fn remove<'a>(&'a self, run: &'a RunId, removal: Removal) -> Answer<'a, Tombstone> {
        Box::pin(ready(self.remove_now(run, removal)))
    }

    fn tombstones(&self) -> Answer<'_, Vec<Tombstone>> {
        Box::pin(ready(Ok(self.kept().tombstones.clone())))
    }

    fn watch(&self) -> watch::Receiver<Position> {
        self.end.subscribe()
    }
}
