//! Events on which a person has to decide.

use chrono::{DateTime, SubsecRound, Utc};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::record::{Hash, Principal, Version};

/// A request for an event on which a person has to decide.
///
/// It stands until its run goes on, by whatever record.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct GateRequest {
    /// The version of the run for which it was made.
    pub version: Version,
    /// The event with its payload: `{"approve": {}}`.
    pub event: Box<RawValue>,
    /// Who asks.
    pub actor: Principal,
    /// When it was made, to the microsecond.
    pub time: DateTime<Utc>,
    /// Whether a person has denied it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub denial: Option<Denial>,
}

impl GateRequest {
    /// A request on which nobody has decided yet.
    #[must_use]
    pub fn new(
        version: Version,
        event: Box<RawValue>,
        actor: Principal,
        time: DateTime<Utc>,
    ) -> Self {
        Self { version, event, actor, time: time.trunc_subsecs(6), denial: None }
    }

    /// The name of the request: the same for whoever asks for the same at the same version again.
    #[must_use]
    pub fn id(&self) -> Hash {
        let version = self.version.0.to_be_bytes();
        Hash::of(&[&version, self.actor.as_str().as_bytes(), self.event.get().as_bytes()])
    }
}

/// That a person has denied a request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Denial {
    /// Who.
    pub actor: Principal,
    /// By which way: `command line`.
    pub way: String,
    /// Why.
    pub reason: String,
    /// When, to the microsecond.
    pub time: DateTime<Utc>,
}
