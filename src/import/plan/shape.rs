//! The tree of states that a machine can have: one region of each parallel state, and histories as far as they can be kept.

use std::collections::BTreeSet;

use super::super::ImportError;
use super::super::draft::{Draft, Kind, Transition};
use super::Outcome;

/// The most combinations of a leaf with what histories remember.
const MAX_MEMORIES: usize = 5_000;

pub(super) struct Shape<'d> {
    pub(super) draft: &'d Draft,
    /// Whether the machine can have the state: it is in no region that is left out.
    kept: Vec<bool>,
    /// The superstates whose history is kept.
    histories: BTreeSet<usize>,
    pub(super) initial: usize,
}

impl<'d> Shape<'d> {
    pub(super) fn of(draft: &'d Draft) -> Result<Self, ImportError> {
        let mut shape = Self {
            draft,
            kept: vec![true; draft.states.len()],
            histories: BTreeSet::new(),
            initial: 0,
        };
        for number in 0..draft.states.len() {
            if draft.state(number).kind == Kind::Parallel
                && let Some(first) = shape.region(number)
            {
                let others = draft.substates(number).filter(|region| *region != first);
                for region in others {
                    shape.drop(region);
                }
            }
        }
        shape.initial = shape.landing(0);
        if shape.initial == 0 {
            return Err(ImportError::at("the chart", "it has no states: add one"));
        }
        shape.keep_histories();
        Ok(shape)
    }

    /// The region of a parallel state that is kept: the first with states inside.
    fn region(&self, parallel: usize) -> Option<usize> {
        let regions: Vec<_> = self.draft.substates(parallel).collect();
        let has_states = |region: &&usize| self.draft.substates(**region).next().is_some();
        regions.iter().find(has_states).or(regions.first()).copied()
    }

    fn drop(&mut self, number: usize) {
        if let Some(kept) = self.kept.get_mut(number) {
            *kept = false;
        }
        for child in self.draft.state(number).children.clone() {
            self.drop(child);
        }
    }

    pub(super) fn is_kept(&self, number: usize) -> bool {
        self.kept.get(number).is_some_and(|kept| *kept)
    }

    /// The states inside that the machine can have.
    pub(super) fn inside(&self, number: usize) -> impl Iterator<Item = usize> {
        self.draft.substates(number).filter(|child| self.is_kept(*child))
    }

    pub(super) fn is_leaf(&self, number: usize) -> bool {
        let is_history = matches!(self.draft.state(number).kind, Kind::History { .. });
        number != 0 && !is_history && self.is_kept(number) && self.inside(number).next().is_none()
    }

    pub(super) fn leaves(&self) -> impl Iterator<Item = usize> {
        (0..self.draft.states.len()).filter(|number| self.is_leaf(*number))
    }

    /// The leaf in which the machine is when a state is entered.
    pub(super) fn landing(&self, number: usize) -> usize {
        let mut at = number;
        // A history may lead to another; whoever follows them comes back at last.
        for _ in 0..self.draft.states.len() {
            let state = self.draft.state(at);
            at = if let Kind::History { default, .. } = state.kind {
                default.unwrap_or(state.parent)
            } else if !self.is_kept(at) {
                // The parallel state around the region.
                let around = self.draft.around(at).find(|around| self.is_kept(*around));
                self.first_inside(around.unwrap_or(0))
            } else if self.is_leaf(at) {
                return at;
            } else {
                match state.initial.filter(|initial| self.draft.is_within(*initial, at)) {
                    Some(initial) if initial != at && self.is_kept(initial) => initial,
                    _ => self.first_inside(at),
                }
            };
        }
        self.first_leaf(number)
    }

    fn first_inside(&self, number: usize) -> usize {
        self.inside(number).next().unwrap_or(number)
    }

    fn first_leaf(&self, number: usize) -> usize {
        let mut at = number;
        while let Some(child) = self.inside(at).next() {
            at = child;
        }
        at
    }

    /// Keeps histories that are not around another one, as long as they remember few combinations.
    fn keep_histories(&mut self) {
        let mut memories = self.leaves().count();
        let transitions = self.draft.states.iter().flat_map(|state| &state.transitions);
        let targets: BTreeSet<usize> = transitions.flat_map(|one| one.targets.clone()).collect();
        for target in targets {
            let state = self.draft.state(target);
            let superstate = state.parent;
            let is_history = matches!(state.kind, Kind::History { .. });
            if !is_history || superstate == 0 || !self.is_kept(superstate) {
                continue;
            }
            let nested = self.histories.iter().any(|other| {
                self.draft.is_within(*other, superstate) || self.draft.is_within(superstate, *other)
            });
            let inside = self.leaves().filter(|leaf| self.draft.is_within(*leaf, superstate));
            let more = memories.saturating_mul(inside.count() + 1);
            if self.histories.contains(&superstate) || !nested && more <= MAX_MEMORIES {
                self.histories.insert(superstate);
                memories = more;
            }
        }
    }

    /// Whether the history of a superstate is kept.
    pub(super) fn remembers(&self, superstate: usize) -> bool {
        self.histories.contains(&superstate)
    }

    /// The superstates whose history is kept.
    pub(super) fn histories(&self) -> impl Iterator<Item = usize> {
        self.histories.iter().copied()
    }

    /// The leaf to which a history leads where nothing was left yet.
    pub(super) fn default(&self, superstate: usize) -> usize {
        let children = &self.draft.state(superstate).children;
        let default = children.iter().find_map(|child| match self.draft.state(*child).kind {
            Kind::History { default: Some(_), .. } => Some(self.landing(*child)),
            _ => None,
        });
        let inside = default.filter(|default| self.draft.is_within(*default, superstate));
        inside.unwrap_or_else(|| self.landing(superstate))
    }

    /// Where a transition leads, and what is different from the original.
    pub(super) fn outcome(&self, transition: &Transition) -> (Outcome, Vec<String>) {
        let mut remarks = Vec::new();
        let kept = transition.targets.iter().copied().find(|target| self.is_kept(*target));
        let Some(target) = kept.or(transition.targets.first().copied()) else {
            return (Outcome::Stay, remarks);
        };
        for other in transition.targets.iter().filter(|other| **other != target) {
            let id = &self.draft.state(*other).id;
            remarks.push(format!("the original enters `{id}` at the same time"));
        }
        let state = self.draft.state(target);
        if !self.is_kept(target) {
            let id = &state.id;
            remarks.push(format!("the original leads to `{id}`, in a region that is left out"));
            return (Outcome::Leaf(self.landing(target)), remarks);
        }
        match state.kind {
            Kind::History { deep, .. } if self.histories.contains(&state.parent) => {
                if !deep && self.inside(state.parent).any(|child| !self.is_leaf(child)) {
                    remarks.push("the history of the original is shallow: it enters the last state directly inside by its initial state".to_owned());
                }
                (Outcome::History(state.parent), remarks)
            }
            Kind::History { .. } => {
                let id = &self.draft.state(state.parent).id;
                remarks.push(format!("the original leads to the state inside `{id}` that was last left; a machine keeps one of several nested histories"));
                (Outcome::Leaf(self.landing(target)), remarks)
            }
            _ => (Outcome::Leaf(self.landing(target)), remarks),
        }
    }
}
