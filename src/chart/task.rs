//! Tasks.

use core::time::Duration;

/// A task: async work that is started when a state is entered, and whose outcome is an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Task {
    name: &'static str,
    docs: &'static str,
    state: u16,
    outcomes: &'static [u16],
    failure: u16,
    attempts: u32,
    backoff_ms: u64,
    limit_ms: u64,
}

impl Task {
    #[doc(hidden)]
    #[must_use]
    pub const fn new(name: &'static str, docs: &'static str, state: u16) -> Self {
        Self {
            name,
            docs,
            state,
            outcomes: &[],
            failure: 0,
            attempts: 1,
            backoff_ms: 0,
            limit_ms: 0,
        }
    }

    #[doc(hidden)]
    #[must_use]
    pub const fn ending_in(mut self, outcomes: &'static [u16], failure: u16) -> Self {
        self.outcomes = outcomes;
        self.failure = failure;
        self
    }

    #[doc(hidden)]
    #[must_use]
    pub const fn tried(mut self, attempts: u32, backoff_ms: u64, limit_ms: u64) -> Self {
        self.attempts = attempts;
        self.backoff_ms = backoff_ms;
        self.limit_ms = limit_ms;
        self
    }

    /// The name: that of the function that makes the input.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// The documentation, or the empty string.
    #[must_use]
    pub const fn docs(&self) -> &'static str {
        self.docs
    }

    /// The number of the leaf or superstate that starts the task when it is entered. Leaving it cancels the task.
    #[must_use]
    pub const fn state(&self) -> u16 {
        self.state
    }

    /// The numbers of the events in which the task may end.
    #[must_use]
    pub const fn outcomes(&self) -> &'static [u16] {
        self.outcomes
    }

    /// The number of the event in which the task ends when its attempts are used up.
    #[must_use]
    pub const fn failure(&self) -> u16 {
        self.failure
    }

    /// Whether the task may end in the event with this number.
    #[must_use]
    pub fn ends_in(&self, event: u16) -> bool {
        self.failure == event || self.outcomes.contains(&event)
    }

    /// The maximum number of attempts, at least 1.
    #[must_use]
    pub const fn attempts(&self) -> u32 {
        self.attempts
    }

    /// The time between the end of the first failed attempt and the next. It doubles with each further attempt, up to one
    /// hour.
    #[must_use]
    pub const fn backoff(&self) -> Duration {
        Duration::from_millis(self.backoff_ms)
    }

    /// The longest time that an attempt may take.
    #[must_use]
    pub const fn limit(&self) -> Duration {
        Duration::from_millis(self.limit_ms)
    }
}
