//! The words of a drawing: durations, labels and lists as a person reads them.

use super::span::Span;
use super::{Chart, Clause, Event, Parameter, State, Task, Trail};

impl Chart {
    /// The internal events that hold in every leaf that is not final, without any condition; a drawing lists them once.
    pub(super) fn everywhere(&self) -> impl Iterator<Item = &'static Event> {
        let chart = *self;
        let is_plain = |clause: &Clause| {
            clause.guards().is_empty() && clause.approvals() == 0 && clause.after().is_none()
        };
        let internal = self.events().iter().filter(|event| event.is_internal());
        internal.filter(move |event| {
            event.clauses().iter().all(is_plain)
                && chart.open_leaves().all(|(leaf, _)| chart.clause(leaf, event).is_some())
        })
    }

    /// The internal events of the leaf `state`, its own and those of its superstates, that do not hold everywhere.
    pub(super) fn staying_in(
        &self,
        state: u16,
    ) -> impl Iterator<Item = (&'static Event, &'static Clause)> {
        let chart = *self;
        let is_everywhere =
            move |event: &Event| chart.everywhere().any(|one| one.name() == event.name());
        let own =
            self.events().iter().filter(move |event| event.is_internal() && !is_everywhere(event));
        own.filter_map(move |event| Some((event, chart.clause(state, event)?)))
    }

    /// The leaves in which something may happen.
    pub(super) fn open_leaves(&self) -> impl Iterator<Item = (u16, &'static State)> {
        (0..).zip(self.states()).filter(|(_, state)| !state.is_final())
    }

    /// The tasks that the leaf or superstate `state` starts.
    pub(super) fn tasks_of(&self, state: u16) -> impl Iterator<Item = &'static Task> {
        self.tasks().iter().filter(move |task| task.state() == state)
    }

    /// The names of all guards, each once, in alphabetical order.
    pub(super) fn guards(&self) -> Vec<&'static str> {
        let clauses = self.events().iter().flat_map(Event::clauses);
        let mut guards: Vec<_> = clauses.flat_map(Clause::guards).copied().collect();
        guards.sort_unstable();
        guards.dedup();
        guards
    }

    /// What a task ends in, and how often it is tried: `charge → charged, declined; failed after 3 attempts of 5m`.
    pub(super) fn task_words(&self, task: &Task) -> String {
        let outcomes: Vec<_> =
            task.outcomes().iter().map(|event| self.event_name(*event)).collect();
        let attempts = match task.attempts() {
            1 => "1 attempt".to_owned(),
            several => format!("{several} attempts"),
        };
        format!(
            "{} → {}; {} after {attempts} of {}",
            task.name(),
            outcomes.join(", "),
            self.event_name(task.failure()),
            Span(task.limit())
        )
    }
}

impl Trail {
    /// How a drawing marks a state: `present`, `visited`, or not.
    pub(super) fn mark(&self, chart: &Chart, state: u16) -> Option<&'static str> {
        if self.is_at(chart, state) {
            Some("present")
        } else {
            self.visits(chart, state).then_some("visited")
        }
    }
}

/// An event with its payload, guards, gate and timeout: `approve(reason?) [is_named] by human ×2`.
pub(super) fn label(event: &Event, clause: &Clause) -> String {
    let mut label = signature(event);
    if !clause.guards().is_empty() {
        label = format!("{label} [{}]", clause.guards().join(", "));
    }
    if let Some(by) = approvals(clause) {
        label = format!("{label} {by}");
    }
    if let Some(after) = clause.after() {
        label = format!("{label} after {}", Span(after));
    }
    label
}

/// Who decides: `by human ×2`.
pub(super) fn approvals(clause: &Clause) -> Option<String> {
    match clause.approvals() {
        0 => None,
        1 => Some("by human".to_owned()),
        people => Some(format!("by human ×{people}")),
    }
}

/// An event with the names of its payload: `submit(summary, to?)`.
pub(super) fn signature(event: &Event) -> String {
    let payload: Vec<_> = event
        .payload()
        .iter()
        .map(|one| format!("{}{}", one.name(), if one.is_optional() { "?" } else { "" }))
        .collect();
    format!("{}({})", event.name(), payload.join(", "))
}

/// A payload with its types: `summary: String, to: Option<u8>`.
pub(super) fn parameters(payload: &[Parameter]) -> String {
    let all: Vec<_> = payload.iter().map(|one| format!("{}: {}", one.name(), one.ty())).collect();
    all.join(", ")
}

/// A documentation without the space that begins each line of a comment.
pub(super) fn plain(docs: &str) -> String {
    let lines = docs.trim().lines().map(|line| line.strip_prefix(' ').unwrap_or(line).trim_end());
    lines.collect::<Vec<_>>().join("\n")
}

/// The first paragraph of a documentation, on one line.
pub(super) fn summary(docs: &str) -> String {
    let lines = docs.trim().lines().take_while(|line| !line.trim().is_empty());
    lines.map(str::trim).collect::<Vec<_>>().join(" ")
}

/// In which states an internal event holds everywhere.
pub(super) fn everywhere_words(chart: &Chart) -> &'static str {
    if chart.states().iter().any(State::is_final) {
        "every state that is not final"
    } else {
        "every state"
    }
}
