//! A record as JSON.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::value::RawValue;

use crate::caller::ClientName;
use crate::record::{
    Approval, Configuration, Entry, Hash, Parent, Performed, Record, RequestKey, Version,
};
use crate::text;

/// A record as answers show it. An event is its name and its arguments.
#[derive(Serialize)]
pub(crate) struct RecordJson<'a> {
    version: Version,
    time: String,
    actor: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    client: Option<&'a ClientName>,
    #[serde(skip_serializing_if = "Option::is_none")]
    request_key: Option<&'a RequestKey>,
    #[serde(flatten)]
    entry: EntryJson<'a>,
}

#[derive(Serialize)]
#[serde(untagged)]
enum EntryJson<'a> {
    Started {
        machine: &'a str,
        state: String,
        #[serde(skip_serializing_if = "Option::is_none")]
        context: Option<&'a RawValue>,
    },
    Forked {
        machine: &'a str,
        parent: ParentJson,
        state: String,
        #[serde(skip_serializing_if = "Option::is_none")]
        value: Option<&'a RawValue>,
    },
    Applied {
        event: String,
        #[serde(skip_serializing_if = "Option::is_none")]
        arguments: Option<&'a RawValue>,
        from: String,
        to: String,
        internal: bool,
        #[serde(skip_serializing_if = "<[_]>::is_empty")]
        approvals: &'a [Approval],
        #[serde(skip_serializing_if = "Option::is_none")]
        task: Option<&'a Performed>,
    },
    Omitted {
        #[serde(skip_serializing_if = "Option::is_none")]
        event: Option<String>,
        to: String,
        bytes: usize,
        omitted: String,
    },
}

impl<'a> RecordJson<'a> {
    /// The whole record.
    pub(crate) fn new(record: &'a Record) -> Self {
        let entry = match &record.entry {
            Entry::Started { machine, to, context, .. } => {
                EntryJson::Started { machine, state: to.to_string(), context: Some(context) }
            }
            Entry::Forked { machine, parent, to, value, .. } => {
                EntryJson::forked(machine, parent, to, Some(value))
            }
            Entry::Applied { event, from, to, internal, approvals, task, .. } => {
                let (event, arguments) = name_and_arguments(event);
                let (from, to) = (from.to_string(), to.to_string());
                let (internal, task) = (*internal, task.as_ref());
                EntryJson::Applied { event, arguments, from, to, internal, approvals, task }
            }
        };
        Self::with(record, entry)
    }

    /// The record without its arguments, its context or its value.
    pub(crate) fn brief(record: &'a Record) -> Self {
        let entry = match &record.entry {
            Entry::Started { machine, to, .. } => {
                EntryJson::Started { machine, state: to.to_string(), context: None }
            }
            Entry::Forked { machine, parent, to, .. } => {
                EntryJson::forked(machine, parent, to, None)
            }
            Entry::Applied { event, from, to, internal, approvals, task, .. } => {
                let (event, from, to) =
                    (name_and_arguments(event).0, from.to_string(), to.to_string());
                let (arguments, internal, task) = (None, *internal, task.as_ref());
                EntryJson::Applied { event, arguments, from, to, internal, approvals, task }
            }
        };
        Self::with(record, entry)
    }

    /// A record of `bytes` bytes of JSON without its arguments, its context or its value. `omitted` says why they are left out, and
    /// how to read them.
    pub(crate) fn without_payload(record: &'a Record, bytes: usize, omitted: String) -> Self {
        let event = match &record.entry {
            Entry::Started { .. } | Entry::Forked { .. } => None,
            Entry::Applied { event, .. } => Some(name_and_arguments(event).0),
        };
        let to = record.configuration().to_string();
        Self::with(record, EntryJson::Omitted { event, to, bytes, omitted })
    }

    fn with(record: &'a Record, entry: EntryJson<'a>) -> Self {
        Self {
            version: record.version,
            time: text::time(record.time),
            actor: record.actor.as_str(),
            client: record.entry.client(),
            request_key: record.key.as_ref(),
            entry,
        }
    }
}

impl<'a> EntryJson<'a> {
    fn forked(
        machine: &'a str,
        parent: &'a Parent,
        to: &Configuration,
        value: Option<&'a RawValue>,
    ) -> Self {
        Self::Forked { machine, parent: parent.into(), state: to.to_string(), value }
    }
}

/// The record at which a run was forked from another.
#[derive(Serialize)]
pub(crate) struct ParentJson {
    run: String,
    version: Version,
    hash: Hash,
}

impl From<&Parent> for ParentJson {
    fn from(Parent { run, version, hash }: &Parent) -> Self {
        Self { run: run.to_string(), version: *version, hash: *hash }
    }
}

/// The parts of an event that is written as `{"name": {…}}`.
fn name_and_arguments(event: &RawValue) -> (String, Option<&RawValue>) {
    let parts: BTreeMap<String, &RawValue> = serde_json::from_str(event.get()).unwrap_or_default();
    let parts = parts.into_iter().next();
    parts.map_or((event.get().to_owned(), None), |(name, arguments)| (name, Some(arguments)))
}
