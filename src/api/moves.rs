//! The moves of a machine's graph, as a caller sees them.

use crate::chart::{Chart, Clause, Event, Parameter, State, Target};

use super::BuildError;
use super::schema::{Payloads, Signature};

/// The moves that a caller can make, with the arguments of each.
#[derive(Debug)]
pub(crate) struct Moves {
    chart: &'static Chart,
    signatures: Vec<(&'static str, Signature)>,
    none: Signature,
    /// Whether events that can always be sent and never lead anywhere count as moves.
    with_everywhere: bool,
}

impl Moves {
    pub(crate) fn new(chart: &'static Chart, payloads: &Payloads, with_everywhere: bool) -> Self {
        let signature = |event: &'static Event| {
            let payload: &'static [Parameter] = event.payload();
            (event.name(), payloads.signature(event.name(), payload))
        };
        Self {
            chart,
            signatures: chart.events().iter().map(signature).collect(),
            none: Signature::default(),
            with_everywhere,
        }
    }

    /// The machine.
    pub(crate) fn chart(&self) -> &'static Chart {
        self.chart
    }

    /// The payload of an event.
    pub(crate) fn signature(&self, event: &Event) -> &Signature {
        let found = self.signatures.iter().find(|(name, _)| *name == event.name());
        found.map_or(&self.none, |(_, signature)| signature)
    }

    /// The event as a move from the leaf `from`, with the states it may lead to. Timeouts are no moves.
    pub(crate) fn of(
        &self,
        from: u16,
        event: &'static Event,
    ) -> Option<(&'static Event, Vec<&'static str>)> {
        self.chart.clause(from, event).filter(|clause| clause.after().is_none())?;
        if !self.with_everywhere && self.is_everywhere(event) {
            return None;
        }
        Some((event, self.leads_to(from, event)))
    }

    /// The states to which an event may lead from the leaf `from`.
    pub(crate) fn leads_to(&self, from: u16, event: &'static Event) -> Vec<&'static str> {
        let clause = self.chart.clause(from, event);
        let to = clause.map(|clause| self.targets(from, event, clause)).unwrap_or_default();
        to.into_iter().map(|number| self.chart.state(number).wire()).collect()
    }

    /// The move from one leaf that may lead to another.
    pub(crate) fn between(&self, from: u16, to: u16) -> Option<&'static Event> {
        self.leading(from, to).next()
    }

    /// The event that leads to a leaf, from wherever, where there is but one.
    pub(crate) fn only_way_to(&self, to: u16) -> Option<&'static Event> {
        let leads = |event: &&Event| {
            !event.is_internal()
                && event.clauses().iter().any(|clause| {
                    clause.after().is_none()
                        && clause.to().iter().any(|target| self.leaves(*target).contains(&to))
                })
        };
        let mut events = self.chart.events().iter().filter(leads);
        events.next().filter(|_| events.next().is_none())
    }

    /// Whether each state has at most one move to each other, so that naming the state names the move.
    pub(crate) fn told_apart_by_target(&self) -> Result<(), BuildError> {
        for (from, state) in (0..).zip(self.chart.states()) {
            for (to, target) in (0..).zip(self.chart.states()) {
                let mut events = self.leading(from, to);
                if let (Some(first), Some(second)) = (events.next(), events.next()) {
                    return Err(BuildError::AmbiguousTarget {
                        from: state.wire(),
                        to: target.wire(),
                        first: first.name(),
                        second: second.name(),
                    });
                }
            }
        }
        Ok(())
    }

    fn leading(&self, from: u16, to: u16) -> impl Iterator<Item = &'static Event> {
        self.chart.allowed(from).filter_map(move |(_, event, clause)| {
            let leads = !event.is_internal()
                && clause.after().is_none()
                && self.targets(from, event, clause).contains(&to);
            leads.then_some(event)
        })
    }

    /// Where a clause leads from the leaf `from`. An event that leaves its state elsewhere stays, where it stays, by
    /// leading to the state itself.
    fn targets(&self, from: u16, event: &Event, clause: &Clause) -> Vec<u16> {
        if clause.is_internal() && !event.is_internal() {
            return vec![from];
        }
        let mut targets: Vec<u16> = Vec::new();
        for leaf in clause.to().iter().flat_map(|target| self.leaves(*target)) {
            if !targets.contains(&leaf) {
                targets.push(leaf);
            }
        }
        targets
    }

    /// The leaves in which a target may end.
    fn leaves(&self, target: Target) -> Vec<u16> {
        match target {
            Target::State(number) => vec![number],
            Target::History(superstate) => (0..)
                .zip(self.chart.states())
                .filter(|(_, state)| self.is_within(state, superstate))
                .map(|(number, _)| number)
                .collect(),
        }
    }

    fn is_within(&self, state: &State, superstate: u16) -> bool {
        let parent = state.parent();
        parent == Some(superstate)
            || parent.is_some_and(|parent| self.is_within(self.chart.state(parent), superstate))
    }

    /// Whether an event is internal and nothing but a final state or its own handler ever refuses it.
    pub(crate) fn is_everywhere(&self, event: &Event) -> bool {
        event.is_internal()
            && (0..).zip(self.chart.states()).filter(|(_, state)| !state.is_final()).all(
                |(number, _)| {
                    self.chart
                        .clause(number, event)
                        .is_some_and(|clause| clause.guards().is_empty())
                },
            )
    }
}

/// The numbers of a leaf and of all superstates around it, from the inside out.
pub(crate) fn ancestry(chart: &'static Chart, leaf: u16) -> impl Iterator<Item = u16> {
    std::iter::successors(Some(leaf), |number| chart.state(*number).parent())
}
