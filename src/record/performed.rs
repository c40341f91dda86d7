//! What led to the outcome of a task.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use super::Version;

/// The task that ended in an event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Performed {
    /// The name of the task.
    pub task: Cow<'static, str>,
    /// The version of the record that started it, by entering its state.
    pub since: Version,
    /// The number of attempts.
    pub attempts: u32,
    /// Why the last failed attempt failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
}

impl Performed {
    /// A task that ended after so many attempts.
    #[must_use]
    pub fn new(
        task: impl Into<Cow<'static, str>>,
        since: Version,
        attempts: u32,
        error: Option<String>,
    ) -> Self {
        Self { task: task.into(), since, attempts, error }
    }
}
