//! Pages of histories and lists, which end by number and by size.

use serde::Serialize;
use serde_json::value::{RawValue, to_raw_value};

use super::Api;
use super::access::name_for;
use super::answer::{Answer, HeadJson, HistoryJson, ListJson, UnreplayableJson};
use super::error::CallError;
use super::limits;
use super::record::RecordJson;
use super::redact;
use crate::caller::{Caller, Role};
use crate::portable::Portable;
use crate::record::{Record, RunId, RunName, Version};
use crate::runs::RunsError;
use crate::store::PageLimit;
use crate::text;

impl<M: Portable<Context: Default>> Api<M> {
    /// The records from the version `from` on, at most `limit`.
    pub(super) async fn history_page(
        &self,
        id: &RunId,
        from: Version,
        limit: usize,
    ) -> Result<Answer, CallError> {
        let bytes = self.limits.page_bytes;
        let history = self.runs.history(id, from, PageLimit::new(limit, bytes)).await?;
        let shown = history.records.iter().map(|record| {
            let record = redact::record(M::CHART, record);
            shown(&record, &id.name, bytes)
        });
        let records = filled(shown, bytes);
        let last = records.len().checked_sub(1).and_then(|place| history.records.get(place));
        let next = last.filter(|last| last.version < history.version);
        let unreplayable = history.unreplayable.map(|source| {
            let version = source.version;
            let error = RunsError::Unreplayable { run: id.clone(), source };
            UnreplayableJson { version, reason: limits::reason(&text::chain(&error)) }
        });
        Ok(Answer::done(&HistoryJson {
            run: &id.name,
            version: history.version,
            next_cursor: next.map(|last| last.version.next().to_string()),
            records,
            unreplayable,
        }))
    }

    /// The runs that the caller may see after the run `after`, at most `limit`.
    pub(super) async fn list_page(
        &self,
        caller: &Caller,
        after: Option<RunId>,
        limit: usize,
    ) -> Result<Answer, CallError> {
        // One run more than fits shows that there is another page.
        let owner = (!caller.has(Role::RunsRead)).then(|| caller.principal());
        let heads = self.runs.list(owner, after.as_ref(), limit + 1).await?;
        let shown = heads
            .iter()
            .take(limit)
            .map(|head| raw(&HeadJson::new(name_for(caller, &head.run), head)));
        let runs = filled(shown, self.limits.page_bytes);
        let last = runs.len().checked_sub(1).and_then(|place| heads.get(place));
        let next_cursor =
            last.filter(|_| runs.len() < heads.len()).map(|head| name_for(caller, &head.run));
        Ok(Answer::done(&ListJson { runs, next_cursor }))
    }
}

/// A record as JSON. One with more than `limit` bytes is described.
fn shown(record: &Record, run: &RunName, limit: usize) -> Box<RawValue> {
    let payload = record.entry.payload();
    let whole = (payload <= limit).then(|| raw(&RecordJson::new(record)));
    whole.filter(|whole| whole.get().len() <= limit).unwrap_or_else(|| {
        let version = record.version;
        let omitted = format!(
            "the record is larger than a page of {limit} bytes; read it on the command line with \
             `leverframe history {run} --from {version} --json`"
        );
        raw(&RecordJson::without_payload(record, payload, omitted))
    })
}

/// As many of these as fit, at least one.
fn filled(elements: impl Iterator<Item = Box<RawValue>>, limit: usize) -> Vec<Box<RawValue>> {
    let mut bytes = 0;
    let fitting = elements.enumerate().take_while(|(place, element)| {
        bytes += element.get().len() + 1;
        *place == 0 || bytes <= limit
    });
    fitting.map(|(_, element)| element).collect()
}

fn raw(value: &impl Serialize) -> Box<RawValue> {
    to_raw_value(value).expect("all keys are texts")
}
