//! Sequences of legal events, for `proptest`.

use std::fmt::{self, Debug, Formatter};
use std::sync::Arc;
use std::vec;

use proptest::collection::SizeRange;
use proptest::strategy::{BoxedStrategy, NewTree, Strategy, ValueTree};
use proptest::test_runner::{Reason, TestRunner};

use crate::machine::{Machine, Named};

use super::events::{Drawn, Events, Write, Written};
use super::walk::chosen;

/// A strategy of sequences of events, each of which is legal for a machine that `start` makes, after those before it.
///
/// A failing sequence is shrunk: events are removed as long as the property fails without them, then their payloads
/// become simpler. Events that are not legal any more, because others were removed, are removed with them. A sequence is
/// shorter than `length` says where no event is legal any more.
///
/// Legal is what the graph and the guards allow; a handler may still refuse the payload. The next event is then legal for
/// the machine as the handler left it.
///
/// ```
/// use leverframe::testing::proptest::prelude::*;
/// use leverframe::testing::{Events, sequences};
/// # #[leverframe::machine(serde)]
/// # mod lamp {
/// #     #[state(initial)] pub struct Off;
/// #     #[state] pub struct On;
/// #     #[transition(from = Off)] fn press() -> On { On }
/// #     #[transition(from = On)] fn release() -> Off { Off }
/// # }
/// # use lamp::Lamp;
///
/// fn new() -> Lamp {
///     Lamp::new().into()
/// }
/// proptest! {
///     # /*
///     #[test]
///     # */
///     fn takes_every_event(sequence in sequences(new, Events::generated(), 0..50)) {
///         let mut lamp = new();
///         for event in sequence {
///             prop_assert!(lamp.apply(event).is_ok());
///         }
///     }
/// }
/// # takes_every_event();
/// ```
#[must_use]
pub fn sequences<M: Machine>(
    start: impl Fn() -> M + 'static,
    events: Events<M>,
    length: impl Into<SizeRange>,
) -> Sequences<M> {
    Sequences { start: Arc::new(start), events, length: length.into() }
}

/// The strategy of [`sequences`].
pub struct Sequences<M: Machine> {
    start: Arc<dyn Fn() -> M>,
    events: Events<M>,
    length: SizeRange,
}

impl<M: Machine> Clone for Sequences<M> {
    fn clone(&self) -> Self {
        let Self { start, events, length } = self;
        Self { start: Arc::clone(start), events: events.clone(), length: length.clone() }
    }
}

impl<M: Machine> Debug for Sequences<M> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let Self { events, length, .. } = self;
        f.debug_struct("Sequences")
            .field("events", events)
            .field("length", length)
            .finish_non_exhaustive()
    }
}

/// Events, to be sent one after another.
pub struct Sequence<M: Machine> {
    events: Vec<M::Event>,
    write: Write<M>,
}

impl<M: Machine> Sequence<M> {
    /// How many events there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.events.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.events.is_empty()
    }

    /// The events.
    pub fn iter(&self) -> std::slice::Iter<'_, M::Event> {
        self.events.iter()
    }
}

impl<M: Machine> IntoIterator for Sequence<M> {
    type Item = M::Event;
    type IntoIter = vec::IntoIter<M::Event>;

    fn into_iter(self) -> Self::IntoIter {
        self.events.into_iter()
    }
}

impl<'a, M: Machine> IntoIterator for &'a Sequence<M> {
    type Item = &'a M::Event;
    type IntoIter = std::slice::Iter<'a, M::Event>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

/// The events with their payloads as JSON, where the machine has a wire form; otherwise the names of the events.
impl<M: Machine> Debug for Sequence<M> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        // On one line also where proptest asks for several: a long sequence stays readable.
        f.write_str("[")?;
        for (place, event) in self.events.iter().enumerate() {
            f.write_str(if place == 0 { "" } else { ", " })?;
            Debug::fmt(&Written::<M>(event, self.write), f)?;
        }
        f.write_str("]")
    }
}

impl<M: Machine> Strategy for Sequences<M> {
    type Tree = Tree<M>;
    type Value = Sequence<M>;

    fn new_tree(&self, runner: &mut TestRunner) -> NewTree<Self> {
        let (shortest, longest) = self.length.start_end_incl();
        let length = (shortest..=longest).new_tree(runner)?.current();
        let mut machine = (self.start)();
        let mut steps = Vec::new();
        while steps.len() < length {
            let Some((name, strategy)) = chosen(self.events.legal(&machine), runner) else { break };
            let step = payload(&strategy, runner)
                .map_err(|reason| Reason::from(format!("no payload for `{name}`: {reason}")))?;
            // A refused event is in the sequence, too.
            machine.apply(step.current().0).ok();
            steps.push(step);
        }
        let kept = vec![true; steps.len()];
        let next = Next::Remove { from: 0, number: steps.len().max(1) };
        let (start, write) = (Arc::clone(&self.start), self.events.write());
        Ok(Tree { start, write, shortest, steps, kept, next, last: None })
    }
}

type Step<M> = Box<dyn ValueTree<Value = Drawn<M>>>;

fn payload<M: Machine>(
    strategy: &BoxedStrategy<Drawn<M>>,
    runner: &mut TestRunner,
) -> Result<Step<M>, Reason> {
    strategy.new_tree(runner)
}

/// A sequence that can be made simpler.
pub struct Tree<M: Machine> {
    start: Arc<dyn Fn() -> M>,
    write: Write<M>,
    shortest: usize,
    steps: Vec<Step<M>>,
    /// Whether each step is still in the sequence.
    kept: Vec<bool>,
    next: Next,
    last: Option<Last>,
}

/// What is tried next.
#[derive(Clone, Copy)]
enum Next {
    /// To remove so many steps from a place on.
    Remove { from: usize, number: usize },
    /// To simplify the payload of a step.
    Simplify { step: usize },
}

/// What was tried last, to be undone.
enum Last {
    Removed(Vec<usize>),
    Simplified(usize),
}

impl<M: Machine> Tree<M> {
    /// Removes the steps that are kept in a part of the sequence; false if there are none, or too few would be left.
    fn remove(&mut self, from: usize, number: usize) -> bool {
        let part = self.kept.iter().enumerate().skip(from).take(number);
        let removed: Vec<usize> = part.filter(|(_, kept)| **kept).map(|(step, _)| step).collect();
        let left = self.kept.iter().filter(|kept| **kept).count() - removed.len();
        if removed.is_empty() || left < self.shortest {
            return false;
        }
        self.keep(&removed, false);
        self.last = Some(Last::Removed(removed));
        true
    }

    fn keep(&mut self, steps: &[usize], is_kept: bool) {
        for step in steps {
            if let Some(kept) = self.kept.get_mut(*step) {
                *kept = is_kept;
            }
        }
    }

    fn simplify_step(&mut self, step: usize) -> bool {
        let is_kept = self.kept.get(step).is_some_and(|kept| *kept);
        let is_simpler = is_kept && self.steps.get_mut(step).is_some_and(ValueTree::simplify);
        if is_simpler {
            self.last = Some(Last::Simplified(step));
        }
        is_simpler
    }
}

impl<M: Machine> ValueTree for Tree<M> {
    type Value = Sequence<M>;

    fn current(&self) -> Sequence<M> {
        let mut machine = (self.start)();
        let mut events = Vec::new();
        let kept = self.steps.iter().zip(&self.kept).filter(|(_, kept)| **kept);
        for (step, _) in kept {
            let event = step.current().0;
            if machine.legal().any(|legal| legal == event.name()) {
                machine.apply(event).ok();
                events.push(step.current().0);
            }
        }
        Sequence { events, write: self.write }
    }

    fn simplify(&mut self) -> bool {
        loop {
            match self.next {
                Next::Remove { from, number } if from < self.steps.len() => {
                    self.next = Next::Remove { from: from + number, number };
                    if self.remove(from, number) {
                        return true;
                    }
                }
                Next::Remove { number: 0 | 1, .. } => self.next = Next::Simplify { step: 0 },
                Next::Remove { number, .. } => {
                    self.next = Next::Remove { from: 0, number: number / 2 };
                }
                Next::Simplify { step } if step < self.steps.len() => {
                    if self.simplify_step(step) {
                        return true;
                    }
                    self.next = Next::Simplify { step: step + 1 };
                }
                Next::Simplify { .. } => return false,
            }
        }
    }

    fn complicate(&mut self) -> bool {
        match self.last.take() {
            None => false,
            Some(Last::Removed(removed)) => {
                self.keep(&removed, true);
                true
            }
            Some(Last::Simplified(step)) => {
                let is_undone = self.steps.get_mut(step).is_some_and(ValueTree::complicate);
                if is_undone {
                    self.last = Some(Last::Simplified(step));
                }
                is_undone
            }
        }
    }
}
