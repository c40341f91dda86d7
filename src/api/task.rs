//! Tasks as JSON.

use chrono::{DateTime, Utc};
use serde::Serialize;

use crate::chart::Task;
use crate::runs::TaskStatus;
use crate::text;

/// A task that a state has started and that has not ended. It ends by itself, in an event of the machine.
#[derive(Serialize)]
pub(crate) struct TaskJson {
    name: String,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    running: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    attempts: Option<u32>,
    /// Why the last attempt failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
    /// When the next attempt begins.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<NextAttempt>,
}

#[derive(Serialize)]
struct NextAttempt {
    at: String,
    #[serde(rename = "in")]
    left: String,
}

impl TaskJson {
    /// A task of which nothing else is said.
    pub(crate) fn named(task: &Task) -> Self {
        let name = task.name().to_owned();
        Self { name, running: false, attempts: None, error: None, next: None }
    }

    /// How far a task is, at the time `now`.
    pub(crate) fn new(status: &TaskStatus, now: DateTime<Utc>) -> Self {
        let due = status.due.filter(|due| !status.is_running && *due > now);
        Self {
            name: status.name.clone(),
            running: status.is_running,
            attempts: Some(status.attempts),
            error: status.error.clone(),
            next: due
                .map(|due| NextAttempt { at: text::time(due), left: text::duration(due - now) }),
        }
    }
}
