//! A request at a gate, and the note that holds it.

use std::fmt::{self, Display, Formatter};
use std::str::FromStr;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use serde_json::value::{RawValue, to_raw_value};

use crate::caller::{Caller, ClientName, Principal, Way};
use crate::chart::Event;
use crate::portable::Portable;
use crate::record::{Approval, Hash, RequestKey, RunId, Version};
use crate::run::Run;
use crate::store::{Note, NoteChange, NoteName, Revision};
use crate::text;

/// The beginning of the names of the notes that hold requests.
pub(super) const PREFIX: &str = "gate/";

/// A request for an event that people have to decide about. It binds the run, its version, the event, the payload and
/// who asks: any other makes another request, and it is void as soon as the run goes on.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct GateRequest {
    /// The identity.
    pub id: GateId,
    /// The run.
    pub run: RunId,
    /// The version at which the run waits.
    pub version: Version,
    /// The event.
    pub event: &'static Event,
    /// The payload, an object.
    pub payload: Value,
    /// Who asks.
    pub asker: Principal,
    /// By which way it was asked.
    pub way: Way,
    /// When it was asked.
    pub time: DateTime<Utc>,
    /// The number of people who have to approve.
    pub needed: u8,
    /// The approvals so far.
    pub approvals: Vec<Approval>,
    /// The denial. The request stays denied as long as the run stays where it is.
    pub denied: Option<Denial>,
}

/// The denial of a request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Denial {
    /// Who.
    pub by: Principal,
    /// By which way.
    pub way: Way,
    /// When.
    pub time: DateTime<Utc>,
    /// Why, if the person said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

impl GateRequest {
    /// Whether all approvals are there.
    pub(super) fn is_approved(&self) -> bool {
        self.denied.is_none() && self.approvals.len() >= usize::from(self.needed)
    }
}

impl Display for GateRequest {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let event = self.event.name();
        if let Some(Denial { by, reason, .. }) = &self.denied {
            write!(f, "`{event}` was denied by `{by}`")?;
            return match reason {
                Some(reason) => write!(f, ": {}", text::quoted(reason)),
                None => Ok(()),
            };
        }
        match (self.needed, self.approvals.len()) {
            (1, _) => write!(f, "`{event}` is requested and waits for a person's decision"),
            (needed, given) => write!(
                f,
                "`{event}` is requested and waits for the approval of {needed} people, {given} so far"
            ),
        }
    }
}

/// The identity of a request: 16 hexadecimal digits.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct GateId(String);

impl GateId {
    const LENGTH: usize = 16;

    /// The identity of the request of `asker` for an event, given as canonical JSON, at the head of a run.
    pub(super) fn of(run: &RunId, head: &Hash, asker: &Principal, event: &str) -> Self {
        let (owner, name) = (run.owner.as_str(), run.name.as_str());
        let parts = [owner.as_bytes(), name.as_bytes(), &head.0, asker.as_str().as_bytes()];
        let hash = Hash::of(&[&parts.concat(), event.as_bytes()]);
        let mut text = hash.to_string();
        text.truncate(Self::LENGTH);
        Self(text)
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    pub(super) fn note(&self) -> NoteName {
        format!("{PREFIX}{self}").parse().expect("21 printable characters")
    }
}

impl Display for GateId {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for GateId {
    type Err = InvalidGateId;

    fn from_str(text: &str) -> Result<Self, InvalidGateId> {
        let is_digit = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
        if text.len() == Self::LENGTH && text.bytes().all(is_digit) {
            Ok(Self(text.to_owned()))
        } else {
            Err(InvalidGateId(text.to_owned()))
        }
    }
}

impl TryFrom<String> for GateId {
    type Error = InvalidGateId;

    fn try_from(text: String) -> Result<Self, InvalidGateId> {
        text.parse()
    }
}

impl From<GateId> for String {
    fn from(id: GateId) -> Self {
        id.0
    }
}

/// A text that is no identity of a request.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{} is no request at a gate; use the 16 hexadecimal digits that `gates` lists", text::quoted(.0))]
pub struct InvalidGateId(String);

/// What the note of a request holds.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Asked {
    /// The event as a record would hold it.
    event: Value,
    asker: Principal,
    way: Way,
    time: DateTime<Utc>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    key: Option<RequestKey>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    client: Option<ClientName>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    approvals: Vec<Approval>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    denied: Option<Denial>,
}

impl Asked {
    pub(super) fn new(
        event: &str,
        caller: &Caller,
        key: Option<RequestKey>,
        time: DateTime<Utc>,
    ) -> Self {
        let (asker, way) = (caller.principal().clone(), caller.way());
        let event = serde_json::from_str(event).unwrap_or_default();
        let client = caller.client().cloned();
        Self { event, asker, way, time, key, client, approvals: Vec::new(), denied: None }
    }

    pub(super) fn written(&self) -> Box<RawValue> {
        to_raw_value(self).expect("all keys are texts")
    }
}

/// A request and the revision of its note.
#[derive(Debug, Clone)]
pub(super) struct Found {
    pub(super) request: GateRequest,
    pub(super) revision: Revision,
    asked: Asked,
}

impl Found {
    /// The request of a note at the head of the run; `None` for other notes, and for events that have no gate now.
    pub(super) fn read<M: Portable>(id: &RunId, run: &Run<M>, note: &Note) -> Option<Self> {
        let gate: GateId = note.name.as_str().strip_prefix(PREFIX)?.parse().ok()?;
        let asked: Asked = serde_json::from_str(note.body.get()).ok()?;
        Self::new::<M>(id, run, gate, note.revision, asked)
    }

    pub(super) fn new<M: Portable>(
        id: &RunId,
        run: &Run<M>,
        gate: GateId,
        revision: Revision,
        asked: Asked,
    ) -> Option<Self> {
        let (name, payload) = asked.event.as_object()?.iter().next()?;
        let event = M::CHART.events().iter().find(|event| event.name() == name)?;
        let request = GateRequest {
            id: gate,
            run: id.clone(),
            version: run.version(),
            event,
            payload: payload.clone(),
            asker: asked.asker.clone(),
            way: asked.way,
            time: asked.time,
            needed: run.needed(event)?,
            approvals: asked.approvals.clone(),
            denied: asked.denied.clone(),
        };
        Some(Self { request, revision, asked })
    }

    pub(super) fn approve(&mut self, approval: Approval) {
        self.request.approvals.push(approval.clone());
        self.asked.approvals.push(approval);
    }

    pub(super) fn deny(&mut self, approval: Approval, reason: Option<&str>) {
        let Approval { by, way, time } = approval;
        let reason = reason.map(text::shortened);
        let denial = Denial { by, way, time, reason };
        self.request.denied = Some(denial.clone());
        self.asked.denied = Some(denial);
    }

    pub(super) fn change(&self) -> NoteChange {
        NoteChange::replace(self.request.id.note(), self.revision, self.asked.written())
    }

    pub(super) fn key(&self) -> Option<RequestKey> {
        self.asked.key.clone()
    }

    pub(super) fn client(&self) -> Option<ClientName> {
        self.asked.client.clone()
    }

    /// The event for the machine.
    pub(super) fn event<M: Portable>(&self) -> Result<M::Event, serde_json::Error> {
        serde_json::from_value(self.asked.event.clone())
    }
}
