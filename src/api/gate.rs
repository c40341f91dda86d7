//! A request at a gate as JSON.

use serde::Serialize;

use super::limits;
use crate::caller::Principal;
use crate::runs::{GateId, GateRequest};
use crate::text;

/// A request that waits for a person, or was denied. Its payload is left out: who asks knows it.
#[derive(Serialize)]
pub(crate) struct GateJson {
    id: GateId,
    event: &'static str,
    asker: Principal,
    asked_at: String,
    /// The number of people who have to approve.
    needed: u8,
    /// Who has approved.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    approvals: Vec<Principal>,
    #[serde(skip_serializing_if = "Option::is_none")]
    denied: Option<DeniedJson>,
}

#[derive(Serialize)]
struct DeniedJson {
    by: Principal,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
}

impl GateJson {
    pub(crate) fn new(request: &GateRequest) -> Self {
        let approvals = request.approvals.iter().map(|approval| approval.by.clone());
        let denied = request.denied.as_ref().map(|denial| DeniedJson {
            by: denial.by.clone(),
            reason: denial.reason.as_deref().map(limits::reason),
        });
        Self {
            id: request.id.clone(),
            event: request.event.name(),
            asker: request.asker.clone(),
            asked_at: text::time(request.time),
            needed: request.needed,
            approvals: approvals.collect(),
            denied,
        }
    }
}
