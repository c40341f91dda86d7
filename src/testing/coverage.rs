//! Which states and transitions a test has visited.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::{self, Debug, Display, Formatter};

use crate::chart::{Chart, Clause, State, Target};
use crate::machine::{Applied, Machine, Name, Named};

/// The states and transitions of a machine that a test has visited, and those that it has not.
///
/// A transition is an event in a leaf with its target: an event with several sources or several targets is several
/// transitions. A target `History<S>` is one.
///
/// [`Walks`](super::Walks) make one; a test of another kind records what [`Machine::apply`] answers.
///
/// ```should_panic
/// # #[leverframe::machine]
/// # mod lamp {
/// #     #[state(initial)] pub struct Off;
/// #     #[state] pub struct On;
/// #     #[transition(from = Off)] fn press() -> On { On }
/// #     #[transition(from = On)] fn release() -> Off { Off }
/// # }
/// # use lamp::{Lamp, events};
/// use leverframe::testing::Coverage;
///
/// let mut coverage = Coverage::<Lamp>::new();
/// let mut lamp: Lamp = Lamp::new().into();
/// coverage.start(&lamp);
/// coverage.record(&lamp.apply(events::Press).unwrap());
/// assert_eq!(
///     coverage.to_string(),
///     "Lamp: visited 2 of 2 states and 1 of 2 transitions; not visited:\n  On --release--> Off"
/// );
/// coverage.assert_complete(); // panics with this text
/// ```
pub struct Coverage<M: Machine> {
    states: BTreeSet<M::StateName>,
    /// How often each was taken, by its numbers.
    transitions: BTreeMap<Taken, u64>,
    ignored: BTreeSet<M::EventName>,
}

/// The leaf, the event, and the target; no target for an internal transition.
type Taken = (u16, u16, Option<To>);

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum To {
    Leaf(u16),
    History(u16),
}

/// A transition of a chart: `Draft --submit--> Waiting`.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Transition {
    chart: &'static Chart,
    numbers: Taken,
}

impl Transition {
    /// The leaf from which it leads.
    #[must_use]
    pub fn from(&self) -> &'static State {
        self.chart.state(self.numbers.0)
    }

    /// The name of the event.
    #[must_use]
    pub fn event(&self) -> &'static str {
        self.chart.events().get(usize::from(self.numbers.1)).map_or("", |event| event.name())
    }
}

impl Display for Transition {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let (from, event) = (self.from().name(), self.event());
        match self.numbers.2 {
            None => write!(f, "{from} --{event}--"),
            Some(To::Leaf(leaf)) => {
                write!(f, "{from} --{event}--> {}", self.chart.state(leaf).name())
            }
            Some(To::History(superstate)) => {
                write!(f, "{from} --{event}--> History<{}>", self.chart.state(superstate).name())
            }
        }
    }
}

impl Debug for Transition {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        Display::fmt(self, f)
    }
}

impl<M: Machine> Coverage<M> {
    /// Nothing is visited yet.
    #[must_use]
    pub fn new() -> Self {
        Self { states: BTreeSet::new(), transitions: BTreeMap::new(), ignored: BTreeSet::new() }
    }

    /// Takes the transitions of an event out of the account: those that the test cannot cause.
    #[must_use]
    pub fn ignoring(mut self, event: M::EventName) -> Self {
        self.ignored.insert(event);
        self
    }

    /// The state in which a machine is has been visited.
    pub fn start(&mut self, machine: &M) {
        self.states.insert(machine.parts().state.name());
    }

    /// A transition was taken.
    pub fn record(&mut self, applied: &Applied<M>) {
        self.states.extend([applied.from, applied.to]);
        let (from, event) = (applied.from.number(), applied.event.number());
        let to = if applied.internal { None } else { Some(target::<M>(applied)) };
        *self.transitions.entry((from, event, to)).or_default() += 1;
    }

    /// Adds what another test has visited.
    pub fn merge(&mut self, other: &Self) {
        self.states.extend(&other.states);
        for (taken, times) in &other.transitions {
            *self.transitions.entry(*taken).or_default() += times;
        }
        self.ignored.extend(&other.ignored);
    }

    /// How often an event was taken in a state.
    #[must_use]
    pub fn times(&self, from: M::StateName, event: M::EventName) -> u64 {
        let (from, event) = (from.number(), event.number());
        let all = self.transitions.iter();
        all.filter(|((leaf, name, _), _)| (*leaf, *name) == (from, event))
            .map(|(_, times)| times)
            .sum()
    }

    /// The states that were not visited.
    pub fn missed_states(&self) -> impl Iterator<Item = M::StateName> {
        M::StateName::ALL.iter().copied().filter(|state| !self.states.contains(state))
    }

    /// The transitions that were not taken.
    pub fn missed_transitions(&self) -> impl Iterator<Item = Transition> {
        self.expected().filter(|transition| !self.transitions.contains_key(&transition.numbers))
    }

    /// Whether all states and transitions were visited.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.missed_states().next().is_none() && self.missed_transitions().next().is_none()
    }

    /// Panics with what was not visited, if anything was not.
    ///
    /// # Panics
    ///
    /// If a state or a transition was not visited.
    #[track_caller]
    pub fn assert_complete(&self) {
        assert!(self.is_complete(), "{self}");
    }

    /// All transitions of the chart, in the order of its states and events.
    fn expected(&self) -> impl Iterator<Item = Transition> {
        let leaves = (0..).zip(M::CHART.states()).map(|(leaf, _)| leaf);
        let numbers = leaves.flat_map(|leaf| {
            M::CHART.allowed(leaf).flat_map(move |(event, _, clause)| {
                let internal = clause.is_internal().then_some((leaf, event, None));
                let targets =
                    clause.to().iter().map(move |target| (leaf, event, Some(to(*target))));
                internal.into_iter().chain(targets)
            })
        });
        let is_ignored = |event: u16| self.ignored.iter().any(|name| name.number() == event);
        numbers
            .filter(move |(_, event, _)| !is_ignored(*event))
            .map(|numbers| Transition { chart: M::CHART, numbers })
    }
}

fn to(target: Target) -> To {
    match target {
        Target::State(leaf) => To::Leaf(leaf),
        Target::History(superstate) => To::History(superstate),
    }
}

/// The target of a transition, as the chart has it.
fn target<M: Machine>(applied: &Applied<M>) -> To {
    let (leaf, event) = (applied.to.number(), usize::from(applied.event.number()));
    let clause = M::CHART
        .events()
        .get(event)
        .and_then(|event| M::CHART.clause(applied.from.number(), event));
    let history = clause.into_iter().flat_map(Clause::to).find_map(|target| match target {
        Target::History(superstate) => Some(To::History(*superstate)),
        Target::State(_) => None,
    });
    history.unwrap_or(To::Leaf(leaf))
}

impl<M: Machine> Default for Coverage<M> {
    fn default() -> Self {
        Self::new()
    }
}

impl<M: Machine> Clone for Coverage<M> {
    fn clone(&self) -> Self {
        Self {
            states: self.states.clone(),
            transitions: self.transitions.clone(),
            ignored: self.ignored.clone(),
        }
    }
}

impl<M: Machine> Debug for Coverage<M> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let Self { states, transitions, ignored } = self;
        f.debug_struct("Coverage")
            .field("states", states)
            .field("transitions", transitions)
            .field("ignored", ignored)
            .finish()
    }
}

/// What was visited, and each state and transition that was not.
impl<M: Machine> Display for Coverage<M> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let (states, transitions) = (M::StateName::ALL.len(), self.expected().count());
        let missed: Vec<_> = self.missed_transitions().collect();
        write!(
            f,
            "{}: visited {} of {states} states and {} of {transitions} transitions",
            M::CHART.name(),
            self.states.len(),
            transitions - missed.len(),
        )?;
        if self.is_complete() {
            return Ok(());
        }
        f.write_str("; not visited:")?;
        for state in self.missed_states() {
            write!(f, "\n  {state}")?;
        }
        for transition in missed {
            write!(f, "\n  {transition}")?;
        }
        Ok(())
    }
}
