//! The part of a run that a drawing marks.

use alloc::vec::Vec;

use super::{Chart, Clause, Target};

/// What a drawing marks of a run: its present state and the path it took.
///
/// ```
/// # #[cfg(feature = "server")] {
/// use leverframe::chart::{Step, Trail};
/// # use leverframe::chart::{Chart, Clause, Event, State, Target};
/// # const CHART: Chart = Chart::new("Lamp", "", 0)
/// #     .with_states(&[State::new("Off", "OFF", ""), State::new("On", "ON", "")], &[])
/// #     .with_events(&[Event::new("press", "", &[], &[Clause::new(&[0], &[Target::State(1)])])]);
///
/// // The lamp was pressed, and is on.
/// let trail = Trail { present: Some(1), taken: vec![Step { from: 0, event: 0, to: 1 }] };
/// let diagram = CHART.mermaid().with_trail(&trail).to_string();
/// assert!(diagram.contains("OFF --> ON: ✓ press()"));
/// assert!(diagram.contains("class ON present"));
/// # }
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Trail {
    /// The number of the leaf in which the run is; `None` marks no state.
    pub present: Option<u16>,
    /// The events that were accepted, oldest first.
    pub taken: Vec<Step>,
}

/// One accepted event of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Step {
    /// The number of the leaf in which the event was accepted.
    pub from: u16,
    /// The number of the event.
    pub event: u16,
    /// The number of the leaf after it: `from` itself for an internal transition.
    pub to: u16,
}

impl Step {
    /// Whether the event led to the target; `None` stands for staying.
    pub(super) fn leads_to(self, chart: &Chart, target: Option<Target>) -> bool {
        match target {
            None => self.from == self.to,
            Some(Target::State(to)) => self.to == to,
            Some(Target::History(to)) => chart.ancestors(self.to).any(|node| node == to),
        }
    }
}

impl Trail {
    /// Whether the run is, or was, in the leaf or superstate `state`.
    #[must_use]
    pub fn visits(&self, chart: &Chart, state: u16) -> bool {
        let leaves = self.taken.iter().flat_map(|step| [step.from, step.to]).chain(self.present);
        leaves.into_iter().any(|leaf| chart.ancestors(leaf).any(|node| node == state))
    }

    /// Whether the run is in the leaf or superstate `state`.
    #[must_use]
    pub fn is_at(&self, chart: &Chart, state: u16) -> bool {
        self.present.is_some_and(|leaf| chart.ancestors(leaf).any(|node| node == state))
    }

    /// Whether the run took the arrow of `clause`, a clause of the event with the number `event`, that leads from the state or
    /// superstate `from` to `target`; `None` is the arrow of an internal transition.
    #[must_use]
    pub fn takes(
        &self,
        chart: &Chart,
        event: u16,
        clause: &Clause,
        from: u16,
        target: Option<Target>,
    ) -> bool {
        let Some(declared) = chart.events().get(usize::from(event)) else { return false };
        self.taken.iter().filter(|step| step.event == event).any(|step| {
            step.leads_to(chart, target)
                && chart.clause(step.from, declared) == Some(clause)
                && chart.source(step.from, clause) == Some(from)
        })
    }
}
