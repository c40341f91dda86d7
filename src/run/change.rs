//! What is to happen to a run, and what is to be stored of it.

use chrono::{DateTime, Utc};

use crate::caller::{Caller, ClientName};
use crate::record::{Actor, Approval, Performed, Record, RequestKey, Snapshot};

/// The attribution of a record: when it happens, who causes it, and for which request.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Stamp {
    /// The time.
    pub time: DateTime<Utc>,
    /// Who causes it.
    pub actor: Actor,
    /// The key that the caller gave to the request.
    pub key: Option<RequestKey>,
    /// The client that requests it, as it names itself.
    pub client: Option<ClientName>,
}

impl Stamp {
    /// A record by `actor` at `time`.
    #[must_use]
    pub fn new(time: DateTime<Utc>, actor: impl Into<Actor>, key: Option<RequestKey>) -> Self {
        Self { time, actor: actor.into(), key, client: None }
    }

    /// A record at `time` for a request of `caller`.
    #[must_use]
    pub fn of(caller: &Caller, time: DateTime<Utc>, key: Option<RequestKey>) -> Self {
        let stamp = Self::new(time, caller.principal().clone(), key);
        Self { client: caller.client().cloned(), ..stamp }
    }
}

/// By which right an event is applied.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum Authority {
    /// A caller requests it. Events that need a person, a time or a task are refused.
    Caller,
    /// People have approved it.
    Approvals(Vec<Approval>),
    /// A task has ended in it.
    Task(Performed),
    /// It is a timeout that is due.
    Clock,
}

impl Authority {
    pub(super) fn parts(self) -> (Vec<Approval>, Option<Performed>) {
        match self {
            Self::Caller | Self::Clock => (Vec::new(), None),
            Self::Approvals(approvals) => (approvals, None),
            Self::Task(task) => (Vec::new(), Some(task)),
        }
    }
}

/// What is to be stored of an event: its record, and sometimes a snapshot.
#[derive(Debug)]
#[non_exhaustive]
pub struct Change {
    /// The record.
    pub record: Record,
    /// The value after the record.
    pub snapshot: Option<Snapshot>,
}
