//! The moves of a machine's graph, as a caller sees them.

use serde_json::{Map, Value};

use super::error::OperationsError;
use super::schema::{Payloads, Signature};
use super::style::Style;
use crate::chart::{Chart, Clause, Event, Parameter, Target};
use crate::run::RunStatus;

/// The moves that a caller can make, with the arguments of each.
#[derive(Debug)]
pub(crate) struct Moves {
    chart: &'static Chart,
    style: Style,
    /// What is needed of each event for an answer.
    events: Vec<Known>,
    /// For each leaf, the events that it may take.
    leaves: Vec<Vec<Way>>,
}

/// An event and its arguments.
#[derive(Debug)]
struct Known {
    signature: Signature,
    brief: Map<String, Value>,
    marked: Map<String, Value>,
}

/// An event from one leaf.
#[derive(Debug)]
struct Way {
    event: &'static Event,
    to: Vec<&'static str>,
    /// Whether a caller makes it, and it is not possible everywhere.
    is_move: bool,
}

impl Moves {
    pub(crate) fn new(chart: &'static Chart, payloads: &Payloads, style: Style) -> Self {
        let known = |event: &'static Event| {
            let payload: &'static [Parameter] = event.payload();
            let signature = payloads.signature(event.name(), payload);
            Known { brief: signature.brief(), marked: signature.marked(), signature }
        };
        let events = chart.events().iter().map(known).collect();
        let mut moves = Self { chart, style, events, leaves: Vec::new() };
        let leaves = (0..).zip(chart.states());
        moves.leaves = leaves.map(|(leaf, _)| moves.ways(leaf).collect()).collect();
        moves
    }

    fn ways(&self, from: u16) -> impl Iterator<Item = Way> {
        self.chart.allowed(from).map(move |(_, event, clause)| {
            let to = self.targets(from, event, clause);
            let to = to.into_iter().map(|number| self.chart.state(number).wire()).collect();
            // What is always possible stands in the list of operations.
            let is_listed = self.style == Style::Target && self.is_everywhere(event);
            Way { event, to, is_move: self.chart.is_move(from, event) && !is_listed }
        })
    }

    /// The machine.
    pub(crate) fn chart(&self) -> &'static Chart {
        self.chart
    }

    /// The payload of an event.
    pub(crate) fn signature(&self, event: &Event) -> &Signature {
        &self.known(event).signature
    }

    /// The arguments of an event with their types alone, or none where the list of operations has them.
    pub(crate) fn brief(&self, event: &Event) -> Option<&Map<String, Value>> {
        let brief = &self.known(event).brief;
        (!self.is_tool(event) && !brief.is_empty()).then_some(brief)
    }

    /// The arguments of an event, each with its schema.
    pub(crate) fn marked(&self, event: &Event) -> &Map<String, Value> {
        &self.known(event).marked
    }

    fn known(&self, event: &Event) -> &Known {
        let place = self.chart.events().iter().position(|known| known.name() == event.name());
        let known = place.and_then(|place| self.events.get(place));
        known.expect("the event is of this machine")
    }

    fn way(&self, from: u16, event: &Event) -> Option<&Way> {
        let ways = self.leaves.get(usize::from(from))?;
        ways.iter().find(|way| way.event.name() == event.name())
    }

    /// The states to which the event may lead as a move from the leaf `from`.
    pub(crate) fn of(&self, from: u16, event: &Event) -> Option<&[&'static str]> {
        self.way(from, event).filter(|way| way.is_move).map(|way| way.to.as_slice())
    }

    /// The legal events that count as moves.
    pub(crate) fn among(&self, status: &RunStatus) -> impl Iterator<Item = &'static Event> {
        status.legal.iter().copied().filter(|event| self.of(status.leaf, event).is_some())
    }

    /// Whether the event is an operation of its own, whose arguments stand in the list of operations.
    pub(crate) fn is_tool(&self, event: &Event) -> bool {
        self.style == Style::Events || event.is_internal()
    }

    /// The leaves to which an event may lead from the leaf `from`.
    pub(crate) fn targets_of(&self, from: u16, event: &'static Event) -> Vec<u16> {
        let clause = self.chart.clause(from, event);
        clause.map(|clause| self.targets(from, event, clause)).unwrap_or_default()
    }

    /// The states to which an event may lead from the leaf `from`.
    pub(crate) fn leads_to(&self, from: u16, event: &Event) -> &[&'static str] {
        self.way(from, event).map(|way| way.to.as_slice()).unwrap_or_default()
    }

    /// The move from one leaf that may lead to another.
    pub(crate) fn between(&self, from: u16, to: u16) -> Option<&'static Event> {
        self.leading(from, to).next()
    }

    /// The event that leads to a leaf from any other, if there is exactly one.
    pub(crate) fn only_event_to(&self, to: u16) -> Option<&'static Event> {
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

    /// Checks that each state has at most one move to each other state, so that the target determines the event.
    pub(crate) fn check_targets(&self) -> Result<(), OperationsError> {
        for (from, state) in (0..).zip(self.chart.states()) {
            for (to, target) in (0..).zip(self.chart.states()) {
                let mut events = self.leading(from, to);
                if let (Some(first), Some(second)) = (events.next(), events.next()) {
                    return Err(OperationsError::AmbiguousTarget {
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
                && self.chart.is_move(from, event)
                && self.targets(from, event, clause).contains(&to);
            leads.then_some(event)
        })
    }

    /// The leaves to which a clause may lead from the leaf `from`. If an event is internal in this leaf and leaves its
    /// state in others, the move leads to the leaf itself.
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

    /// The leaves in a state or superstate.
    pub(crate) fn leaves_in(&self, node: u16) -> impl Iterator<Item = u16> {
        let leaves = (0..).zip(self.chart.states()).map(|(leaf, _)| leaf);
        let chart = self.chart;
        leaves.filter(move |leaf| chart.ancestors(*leaf).any(|ancestor| ancestor == node))
    }

    /// The leaves in which a target may end.
    pub(crate) fn leaves(&self, target: Target) -> Vec<u16> {
        match target {
            Target::State(leaf) => vec![leaf],
            Target::History(superstate) => self.leaves_in(superstate).collect(),
        }
    }

    /// Whether an event is internal in every state that is not final, without a guard.
    pub(crate) fn is_everywhere(&self, event: &Event) -> bool {
        event.is_internal()
            && (0..).zip(self.chart.states()).filter(|(_, state)| !state.is_final()).all(
                |(leaf, _)| {
                    self.chart.clause(leaf, event).is_some_and(|clause| clause.guards().is_empty())
                },
            )
    }
}
