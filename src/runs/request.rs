//! Requests, which may be sent again.

use chrono::{DateTime, Utc};
use serde_json::value::RawValue;

use crate::chart::Event;
use crate::record::{Entry, Principal, Record, RequestKey, Version};
use crate::run::{Kind, Rejected, Stamp};

/// What makes it safe to send a request again. With neither, it applies again.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Request {
    /// The version at which the run has to be.
    pub expected: Option<Version>,
    /// The name of the request.
    pub key: Option<RequestKey>,
}

impl From<Option<Version>> for Request {
    fn from(expected: Option<Version>) -> Self {
        Self { expected, key: None }
    }
}

/// An event as it was sent.
pub(super) struct Sent<'a> {
    pub(super) event: &'static Event,
    pub(super) written: Option<Box<RawValue>>,
    pub(super) request: &'a Request,
    pub(super) actor: &'a Principal,
    pub(super) time: DateTime<Utc>,
}

/// What becomes of a request.
pub(super) enum Verdict {
    New,
    Replayed,
    Stale(String),
}

impl Sent<'_> {
    /// What its record bears.
    pub(super) fn stamp(&self) -> Stamp<'_> {
        Stamp { time: self.time, actor: self.actor, key: self.request.key.as_ref() }
    }

    /// What becomes of the request, where the run is at `version` and `earlier` is the record that it may have made.
    pub(super) fn verdict(&self, version: Version, earlier: Option<&Record>) -> Verdict {
        if earlier.is_some_and(|earlier| self.made(earlier)) {
            return Verdict::Replayed;
        }
        if let (Some(key), Some(earlier)) = (&self.request.key, earlier) {
            let at = earlier.version;
            return Verdict::Stale(format!(
                "the request key `{key}` was used for something else, recorded as version {at}; take another key"
            ));
        }
        match self.request.expected {
            Some(expected) if expected != version => {
                Verdict::Stale(format!("the run is at version {version}, not {expected}"))
            }
            _ => Verdict::New,
        }
    }

    /// Whether the record is that of this event, sent by this principal.
    pub(super) fn made(&self, record: &Record) -> bool {
        let event = match &record.entry {
            Entry::Applied { event, .. } => Some(event.get()),
            Entry::Started { .. } => None,
        };
        let sent = self.written.as_ref().map(|event| event.get());
        record.actor == *self.actor && event.is_some() && event == sent
    }

    pub(super) fn rejected(&self, reason: String) -> Rejected {
        Rejected { kind: Kind::Conflict, event: self.event, reason }
    }
}
