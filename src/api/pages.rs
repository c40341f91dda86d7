//! Pages of histories and lists, which end by number and by size.

use serde::{Deserialize, Serialize};
use serde_json::value::{RawValue, to_raw_value};

use super::Api;
use super::access::{name_for, named_for};
use super::answer::Answer;
use super::arguments::Problem;
use super::cursor::{cursor, place};
use super::error::CallError;
use super::listed::{HeadJson, HistoryJson, ListJson, UnreplayableJson};
use super::record::RecordJson;
use super::{limits, redact};
use crate::caller::{Caller, Role};
use crate::chart::Event;
use crate::portable::Portable;
use crate::record::{Entry, Record, RunId, Version};
use crate::runs::{History, RunsError};
use crate::store::PageLimit;
use crate::text;

/// How many records are read at once where not all are shown, and how many for one page.
const WINDOW: usize = 512;
const SCANNED: usize = 8 * WINDOW;

/// Which part of a history is requested.
pub(super) struct HistoryQuery {
    pub(super) limit: usize,
    pub(super) cursor: Option<String>,
    pub(super) order: Order,
    /// Only the records of this event.
    pub(super) event: Option<&'static Event>,
    /// Whether the arguments are shown, and the context of the start.
    pub(super) arguments: bool,
}

/// In which order records are listed.
#[derive(Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Order {
    #[default]
    Oldest,
    Newest,
}

impl HistoryQuery {
    /// All of the query that decides what is listed.
    fn bond<'a>(&self, id: &'a RunId) -> [&'a [u8]; 5] {
        let order: &[u8] = if self.order == Order::Oldest { b"oldest" } else { b"newest" };
        let event = self.event.map_or("", Event::name);
        [
            b"history",
            id.owner.as_str().as_bytes(),
            id.name.as_str().as_bytes(),
            order,
            event.as_bytes(),
        ]
    }

    /// Whether the record is listed.
    fn takes(&self, record: &Record) -> bool {
        self.event.is_none_or(|event| match &record.entry {
            Entry::Started { .. } | Entry::Forked { .. } => false,
            Entry::Applied { event: written, .. } => {
                let begin = format!("{{\"{}\":", event.name());
                written.get().starts_with(&begin)
            }
        })
    }
}

impl<M: Portable<Context: Default>> Api<M> {
    /// A page of a history.
    pub(super) async fn history_page(
        &self,
        caller: &Caller,
        id: &RunId,
        query: &HistoryQuery,
    ) -> Result<Answer, CallError> {
        let bond = query.bond(id);
        let mut next = match &query.cursor {
            Some(cursor) => Some(version(&place(&bond, cursor)?)?),
            None => None,
        };
        let run = name_for(caller, id);
        let mut page = Filling::new(query.limit, self.limits.page_bytes);
        let mut scanned = 0;
        loop {
            let window = if query.event.is_some() { WINDOW } else { query.limit };
            let history = self.window(id, next, query.order, window).await?;
            let last = match query.order {
                Order::Oldest => history.version,
                Order::Newest => Version::START,
            };
            let mut ends = history.records.is_empty();
            for record in &history.records {
                scanned += 1;
                if query.takes(record) && !page.push(|| self.shown(record, &run, query.arguments)) {
                    next = Some(record.version);
                    break;
                }
                ends = record.version == last;
                next = Some(match query.order {
                    Order::Oldest => record.version.next(),
                    Order::Newest => Version(record.version.0.saturating_sub(1)),
                });
            }
            if ends || page.is_full || scanned >= SCANNED {
                let next = next.filter(|_| !ends);
                let unreplayable = history.unreplayable.map(|source| {
                    let version = source.version;
                    let error = RunsError::Unreplayable { run: id.clone(), source };
                    UnreplayableJson { version, reason: limits::reason(&text::chain(&error)) }
                });
                return Ok(Answer::done(&HistoryJson {
                    run,
                    version: history.version,
                    next_cursor: next.map(|next| cursor(&bond, next.to_string().as_bytes())),
                    records: page.elements,
                    tasks: self.tasks_json(id).await?,
                    unreplayable,
                }));
            }
        }
    }

    /// Some records, at most `size`, from `from` on, in this order.
    async fn window(
        &self,
        id: &RunId,
        from: Option<Version>,
        order: Order,
        size: usize,
    ) -> Result<History, RunsError> {
        let limit = PageLimit::new(size, self.limits.page_bytes);
        if order == Order::Oldest {
            return self.runs.history(id, from.unwrap_or_default(), limit).await;
        }
        let from = match from {
            Some(from) => from,
            None => self.runs.history(id, Version(u64::MAX), limit).await?.version,
        };
        let mut first = from.0.saturating_sub(size as u64 - 1);
        loop {
            let mut history = self.runs.history(id, Version(first), limit).await?;
            history.records.retain(|record| record.version <= from);
            match history.records.last() {
                // Large records end a page early; the last ones are those that count.
                Some(last) if last.version < from.min(history.version) => {
                    first += (from.0 - first).div_ceil(2);
                }
                _ => {
                    history.records.reverse();
                    return Ok(history);
                }
            }
        }
    }

    /// A record as JSON. One that is larger than a page is described.
    fn shown(&self, record: &Record, run: &str, arguments: bool) -> Box<RawValue> {
        let limit = self.limits.page_bytes;
        let payload = record.entry.payload();
        if !arguments {
            return raw(&RecordJson::brief(record));
        }
        let whole = (payload <= limit).then(|| redact::record(M::CHART, record));
        let whole = whole.map(|record| raw(&RecordJson::new(&record)));
        whole.filter(|whole| whole.get().len() <= limit).unwrap_or_else(|| {
            let version = record.version;
            let omitted = format!(
                "the record is larger than a page of {limit} bytes; read it on the command line with \
                 `leverframe history {run} --from {version} --json`"
            );
            raw(&RecordJson::without_payload(record, payload, omitted))
        })
    }

    /// The runs that the caller may see, at most `limit`.
    pub(super) async fn list_page(
        &self,
        caller: &Caller,
        cursor: Option<&str>,
        limit: usize,
    ) -> Result<Answer, CallError> {
        let owner = (!caller.has(Role::RunsRead)).then(|| caller.principal());
        let scope = if owner.is_some() { "own" } else { "all" };
        let bond = [b"runs".as_slice(), caller.principal().as_str().as_bytes(), scope.as_bytes()];
        let after = cursor.map(|cursor| place(&bond, cursor)).transpose()?.map(|place| {
            let named = named_for(caller, &String::from_utf8_lossy(&place));
            named.map_err(|reason| Problem::new("cursor", &reason))
        });
        let after = after.transpose()?;
        // One run more than fits shows that there is another page.
        let heads = self.runs.list(owner, after.as_ref(), limit + 1).await?;
        let mut page = Filling::new(limit, self.limits.page_bytes);
        let mut last = None;
        for head in &heads {
            let tasks =
                if head.is_damaged { Vec::new() } else { self.tasks_json(&head.run).await? };
            if !page.push(|| raw(&HeadJson::new(name_for(caller, &head.run), head, tasks))) {
                break;
            }
            last = Some(head);
        }
        let last = last.filter(|last| heads.last().is_some_and(|end| end.run != last.run));
        let next_cursor =
            last.map(|last| self::cursor(&bond, name_for(caller, &last.run).as_bytes()));
        Ok(Answer::done(&ListJson { runs: page.elements, next_cursor }))
    }
}

/// A page that is being filled.
struct Filling {
    elements: Vec<Box<RawValue>>,
    limit: usize,
    bytes: usize,
    limit_bytes: usize,
    is_full: bool,
}

impl Filling {
    fn new(limit: usize, limit_bytes: usize) -> Self {
        Self { elements: Vec::new(), limit, bytes: 0, limit_bytes, is_full: limit == 0 }
    }

    /// Adds an element, if it fits. The first fits always.
    fn push(&mut self, element: impl FnOnce() -> Box<RawValue>) -> bool {
        if self.elements.len() >= self.limit {
            self.is_full = true;
            return false;
        }
        let element = element();
        self.bytes += element.get().len() + 1;
        if !self.elements.is_empty() && self.bytes > self.limit_bytes {
            self.is_full = true;
            return false;
        }
        self.elements.push(element);
        self.is_full = self.elements.len() == self.limit;
        true
    }
}

fn version(place: &[u8]) -> Result<Version, Problem> {
    let version = std::str::from_utf8(place).ok().and_then(|place| place.parse().ok());
    version.map(Version).ok_or_else(|| Problem::new("cursor", "it names no version"))
}

fn raw(value: &impl Serialize) -> Box<RawValue> {
    to_raw_value(value).expect("all keys are texts")
}
