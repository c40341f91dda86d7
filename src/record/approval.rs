//! What a person decided.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::caller::{Principal, Way};

/// The approval of an event by a person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Approval {
    /// Who.
    pub by: Principal,
    /// By which way.
    pub way: Way,
    /// When.
    pub time: DateTime<Utc>,
}

impl Approval {
    /// An approval by `by`.
    #[must_use]
    pub fn new(by: Principal, way: Way, time: DateTime<Utc>) -> Self {
        Self { by, way, time }
    }
}
