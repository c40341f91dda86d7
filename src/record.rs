//! Records, of which a history is made, and the values that name and describe them.

mod actor;
mod approval;
mod canonical;
mod configuration;
mod hash;
mod key;
mod name;
mod parent;
mod performed;
mod snapshot;

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt::{self, Display, Formatter};

use chrono::{DateTime, SubsecRound, Utc};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

pub use self::actor::Actor;
pub use self::approval::Approval;
pub(crate) use self::canonical::canonical;
pub use self::configuration::Configuration;
pub use self::hash::{Hash, InvalidHash};
pub use self::key::{InvalidRequestKey, RequestKey};
pub use self::name::{InvalidRunName, RunId, RunName};
pub use self::parent::Parent;
pub use self::performed::Performed;
pub use self::snapshot::{Entered, Snapshot};
use crate::caller::ClientName;
use crate::chart::Chart;

/// The bytes that a stored record takes beside its entry: hash, time, actor, numbers and index.
const FRAME: usize = 160;

/// One accepted event of a run, or its start.
///
/// Payloads are kept as the text in which they were written, so that a record reads back to the same bytes.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Record {
    /// The place in the history: 0 is the start, 1 the first event.
    pub version: Version,
    /// When it was accepted, to the microsecond. Times of one run never decrease.
    pub time: DateTime<Utc>,
    /// Who caused it.
    pub actor: Actor,
    /// The key that the caller gave to the request.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<RequestKey>,
    /// What happened.
    pub entry: Entry,
    /// The hash of all of the above and of the record before. It does not cover the identity of the run.
    pub hash: Hash,
}

/// What happened.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Entry {
    /// The run was started.
    #[non_exhaustive]
    Started {
        /// The name of the machine.
        machine: Cow<'static, str>,
        /// The version of the machine, 1 if it is not written.
        #[serde(default = "first", skip_serializing_if = "is_first")]
        machine_version: u32,
        /// The program that started it.
        program: Program,
        /// The configuration in which it started.
        to: Configuration,
        /// The initial context.
        context: Box<RawValue>,
        /// The client by which it was started, as it names itself.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        client: Option<ClientName>,
    },
    /// The run was forked from another one.
    #[non_exhaustive]
    Forked {
        /// The name of the machine.
        machine: Cow<'static, str>,
        /// The version of the machine, 1 if it is not written.
        #[serde(default = "first", skip_serializing_if = "is_first")]
        machine_version: u32,
        /// The program that forked it.
        program: Program,
        /// The record at which it was forked.
        parent: Parent,
        /// The configuration in which it starts.
        to: Configuration,
        /// State, context and history memory after the parent's record, as canonical JSON.
        value: Box<RawValue>,
        /// The timeouts that were recorded and the tasks that ended in the active states, by the name of the state. They
        /// do not come again.
        #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
        spent: BTreeMap<String, Vec<String>>,
        /// Whether people have approved an event of the parent, or of its parents, up to the record.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        is_gated: bool,
        /// The client by which it was forked, as it names itself.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        client: Option<ClientName>,
    },
    /// The machine took an event.
    #[non_exhaustive]
    Applied {
        /// The version of the machine, where that of the record before may be another.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        machine_version: Option<u32>,
        /// The event with its payload: `{"submit": {"summary": "…"}}`.
        event: Box<RawValue>,
        /// The configuration before.
        from: Configuration,
        /// The configuration after.
        to: Configuration,
        /// Whether the transition was internal.
        internal: bool,
        /// The digest of the machine's value after the event, in some records.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        digest: Option<Hash>,
        /// Who approved the event, where a person has to decide.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        approvals: Vec<Approval>,
        /// The task that ended in the event.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        task: Option<Performed>,
        /// The client by which the event was requested, as it names itself.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        client: Option<ClientName>,
    },
}

impl Entry {
    /// The start of a run.
    #[must_use]
    pub fn started(
        machine: impl Into<Cow<'static, str>>,
        program: Program,
        to: Configuration,
        context: Box<RawValue>,
    ) -> Self {
        let machine = machine.into();
        Self::Started { machine, machine_version: first(), program, to, context, client: None }
    }

    /// An event that was taken.
    #[must_use]
    pub fn applied(
        event: Box<RawValue>,
        from: Configuration,
        to: Configuration,
        internal: bool,
    ) -> Self {
        Self::Applied {
            machine_version: None,
            event,
            from,
            to,
            internal,
            digest: None,
            approvals: Vec::new(),
            task: None,
            client: None,
        }
    }

    /// Names the version of the machine that makes the record.
    #[must_use]
    pub fn with_machine_version(mut self, version: u32) -> Self {
        match &mut self {
            Self::Started { machine_version, .. } | Self::Forked { machine_version, .. } => {
                *machine_version = version;
            }
            Self::Applied { machine_version, .. } => *machine_version = Some(version),
        }
        self
    }

    /// Adds the approvals of people, where the entry is an event.
    #[must_use]
    pub fn with_approvals(mut self, by: Vec<Approval>) -> Self {
        if let Self::Applied { approvals, .. } = &mut self {
            *approvals = by;
        }
        self
    }

    /// Names the task that ended in the event, where the entry is one.
    #[must_use]
    pub fn with_task(mut self, performed: Option<Performed>) -> Self {
        if let Self::Applied { task, .. } = &mut self {
            *task = performed;
        }
        self
    }

    /// Names the client that requested it.
    #[must_use]
    pub fn with_client(mut self, by: Option<ClientName>) -> Self {
        let (Self::Started { client, .. }
        | Self::Forked { client, .. }
        | Self::Applied { client, .. }) = &mut self;
        *client = by;
        self
    }

    /// The client that requested it, as it names itself.
    #[must_use]
    pub fn client(&self) -> Option<&ClientName> {
        let (Self::Started { client, .. }
        | Self::Forked { client, .. }
        | Self::Applied { client, .. }) = self;
        client.as_ref()
    }

    /// The configuration after the entry.
    #[must_use]
    pub fn to(&self) -> &Configuration {
        let (Self::Started { to, .. } | Self::Forked { to, .. } | Self::Applied { to, .. }) = self;
        to
    }

    /// The record at which the run was forked, if the entry is its first and it was.
    #[must_use]
    pub fn parent(&self) -> Option<&Parent> {
        match self {
            Self::Forked { parent, .. } => Some(parent),
            Self::Started { .. } | Self::Applied { .. } => None,
        }
    }

    /// Whether people have approved the event, or one before the run was forked.
    #[must_use]
    pub fn is_gated(&self) -> bool {
        match self {
            Self::Started { .. } => false,
            Self::Forked { is_gated, .. } => *is_gated,
            Self::Applied { approvals, .. } => !approvals.is_empty(),
        }
    }

    /// The length of the event, of the initial context or of the initial value, in bytes of JSON.
    pub(crate) fn payload(&self) -> usize {
        let (Self::Started { context: raw, .. }
        | Self::Forked { value: raw, .. }
        | Self::Applied { event: raw, .. }) = self;
        raw.get().len()
    }

    /// The approximate bytes that a record with this entry takes in a store.
    pub(crate) fn size(&self) -> usize {
        self.payload() + FRAME
    }
}

/// The version of a machine that declares none.
const fn first() -> u32 {
    1
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it by reference")]
fn is_first(version: &u32) -> bool {
    *version == first()
}

/// What decides how a machine behaves, as far as a program can tell: its graph and its declaration.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Program {
    /// The hash of the machine's graph.
    pub chart: Hash,
    /// The hash of the tokens of the machine's declaration. Functions outside the module are not in it.
    pub declaration: Hash,
}

impl Program {
    /// A program whose machine has this graph and this declaration.
    #[must_use]
    pub fn new(chart: Hash, declaration: Hash) -> Self {
        Self { chart, declaration }
    }

    /// The present program, for the machine with this chart.
    #[must_use]
    pub fn of(chart: &Chart) -> Self {
        Self { chart: Hash::of_graph(chart), declaration: Hash(*chart.declaration()) }
    }
}

impl Record {
    /// The record after the one with the hash `previous`, which is [`Hash::NONE`] for the first. The time is cut to
    /// the microsecond.
    #[must_use]
    pub fn new(
        previous: &Hash,
        version: Version,
        time: DateTime<Utc>,
        actor: Actor,
        key: Option<RequestKey>,
        entry: Entry,
    ) -> Self {
        let time = truncated(time);
        let mut record = Self { version, time, actor, key, entry, hash: Hash::NONE };
        record.hash = record.chained(previous, &record.entry_json());
        record
    }

    /// The record as a store has read it. Its hash is as it was stored, whether it fits or not.
    #[must_use]
    pub fn stored(
        version: Version,
        time: DateTime<Utc>,
        actor: Actor,
        key: Option<RequestKey>,
        entry: Entry,
        hash: Hash,
    ) -> Self {
        Self { version, time, actor, key, entry, hash }
    }

    /// The hash that the record must have after a record with the hash `previous`, where `entry` is the text of the
    /// entry.
    #[must_use]
    pub fn chained(&self, previous: &Hash, entry: &str) -> Hash {
        let key = self.key.as_ref().map_or("", RequestKey::as_str);
        Hash::of(&[
            &previous.0,
            &self.version.0.to_be_bytes(),
            &self.time.timestamp_micros().to_be_bytes(),
            self.actor.as_str().as_bytes(),
            key.as_bytes(),
            entry.as_bytes(),
        ])
    }

    /// The entry as JSON, the text that the hash covers.
    ///
    /// # Panics
    ///
    /// Never: all keys are texts.
    #[must_use]
    pub fn entry_json(&self) -> String {
        serde_json::to_string(&self.entry).expect("all keys are texts")
    }

    /// The configuration after the record.
    #[must_use]
    pub fn configuration(&self) -> &Configuration {
        self.entry.to()
    }
}

/// A time as a record keeps it, to the microsecond.
pub(crate) fn truncated(time: DateTime<Utc>) -> DateTime<Utc> {
    time.trunc_subsecs(6)
}

/// The number of events that a run has taken.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct Version(pub u64);

impl Version {
    /// The version of a run that was started and has taken no event.
    pub const START: Self = Self(0);

    /// The version after one more event. The last version has no successor and is its own.
    #[must_use]
    pub const fn next(self) -> Self {
        Self(self.0.saturating_add(1))
    }
}

impl Display for Version {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        Display::fmt(&self.0, f)
    }
}

/// The place of a record in its store, among the records of all runs.
///
/// Positions grow in the order in which records become visible to readers. They are not consecutive.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct Position(pub u64);

impl Position {
    /// The position before the first record.
    pub const START: Self = Self(0);
}

impl Display for Position {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        Display::fmt(&self.0, f)
    }
}
