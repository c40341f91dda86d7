//! Where transitions stand for tools that look for one from the leaf outwards and take the first whose condition holds.
//!
//! A leaf's own clause overrides that of its superstate also where its guard forbids it, so that a superstate's clause may stand
//! only where no leaf inside overrides it. And a transition exits up to the nearest superstate around the leaf and its target,
//! while a tool measures from the state at which the transition stands. Where either would differ, a clause is moved inwards.
//!
//! Coming back by history clears what was remembered, which other tools keep. It matters where a superstate's history is recalled
//! inside the superstate: there the event names the leaf, as it does for a handler that chooses.

use alloc::vec::Vec;

use super::{Chart, Clause, Event, Target, Trail};

/// A clause at a leaf or superstate where other tools read it as it is meant.
#[derive(Debug, Clone, Copy)]
pub(super) struct Placed {
    /// The leaf or superstate.
    pub(super) node: u16,
    /// The leaf or superstate for which the clause is declared: `node`, or one around it.
    pub(super) source: u16,
    /// The number of the event.
    pub(super) number: u16,
    pub(super) event: &'static Event,
    pub(super) clause: &'static Clause,
}

impl Placed {
    /// Whether a run took this transition to the target; `None` stands for staying.
    pub(super) fn is_taken(&self, chart: &Chart, trail: &Trail, target: Option<Target>) -> bool {
        trail.taken.iter().any(|step| {
            step.event == self.number
                && chart.ancestors(step.from).any(|node| node == self.node)
                && step.leads_to(chart, target)
        })
    }

    /// The targets, each of which is a transition of its own; `None` stands for staying.
    pub(super) fn targets(&self, chart: &Chart) -> Vec<Option<Target>> {
        if self.clause.is_internal() {
            return [None].into();
        }
        if let Some(superstate) = self.recalled(chart) {
            return chart.leaves_in(superstate).map(|leaf| Some(Target::State(leaf))).collect();
        }
        self.clause.to().iter().copied().map(Some).collect()
    }

    /// Whether only the event can say which target is taken, if any.
    pub(super) fn is_open(&self, chart: &Chart) -> bool {
        self.clause.is_fallible() || self.targets(chart).len() > 1
    }

    /// The superstate whose history is recalled inside it.
    pub(super) fn recalled(&self, chart: &Chart) -> Option<u16> {
        self.clause.to().iter().find_map(|target| match *target {
            Target::History(superstate) => {
                chart.ancestors(self.node).find(|node| *node == superstate)
            }
            Target::State(_) => None,
        })
    }
}

impl Chart {
    /// All clauses where other tools read them as they are meant, in the order of the events.
    pub(super) fn placements(&self) -> Vec<Placed> {
        let mut placed = Vec::new();
        for (number, event) in (0..).zip(self.events()) {
            for root in self.children(None) {
                self.place(root, number, event, &mut placed);
            }
        }
        placed
    }

    /// The leaves and superstates directly within `parent`.
    pub(super) fn children(&self, parent: Option<u16>) -> impl Iterator<Item = u16> {
        let nodes = (0..).zip(self.states().iter().chain(self.superstates()));
        nodes.filter(move |(_, state)| state.parent() == parent).map(|(number, _)| number)
    }

    /// Whether the number is that of a leaf.
    pub(super) fn is_leaf(&self, number: u16) -> bool {
        usize::from(number) < self.states().len()
    }

    fn place(&self, node: u16, number: u16, event: &'static Event, placed: &mut Vec<Placed>) {
        let mut found = self.leaves_in(node).map(|leaf| {
            let clause = self.clause(leaf, event)?;
            Some((clause, self.source(leaf, clause)?))
        });
        let first = found.next().flatten();
        let is_common = found.all(|other| other.map(|(_, at)| at) == first.map(|(_, at)| at));
        match first.filter(|_| is_common) {
            Some((clause, source))
                if self.is_leaf(node)
                    || self.ancestors(node).any(|around| around == source)
                        && self.exits_to(node, clause) =>
            {
                placed.push(Placed { node, source, number, event, clause });
            }
            _ => {
                self.children(Some(node))
                    .for_each(|child| self.place(child, number, event, placed));
            }
        }
    }

    /// Whether the clause, taken in any leaf inside the superstate `node`, exits exactly what is inside `node` if it leads inside,
    /// and recalls no history that some of the leaves are inside of.
    fn exits_to(&self, node: u16, clause: &Clause) -> bool {
        let is_outside = |target: &Target| match *target {
            Target::History(superstate) => {
                superstate == node || !self.ancestors(superstate).any(|around| around == node)
            }
            Target::State(_) => true,
        };
        if !clause.to().iter().all(is_outside) {
            return false;
        }
        let inside = || self.leaves_in(node);
        let mut targets = clause.to().iter().flat_map(|target| {
            let (Target::State(number) | Target::History(number)) = *target;
            self.leaves_in(number)
        });
        targets.all(|target| {
            inside().all(|known| known != target)
                || inside().all(|leaf| self.common(leaf, target) == Some(node))
        })
    }

    /// The nearest superstate around two leaves.
    fn common(&self, leaf: u16, other: u16) -> Option<u16> {
        self.ancestors(leaf)
            .skip(1)
            .find(|node| self.ancestors(other).skip(1).any(|at| at == *node))
    }

    /// The leaf itself, or those inside a superstate.
    fn leaves_in(&self, node: u16) -> impl Iterator<Item = u16> {
        let leaves = (0..).zip(self.states()).map(|(leaf, _)| leaf);
        let chart = *self;
        leaves.filter(move |leaf| chart.ancestors(*leaf).any(|around| around == node))
    }

    /// The child of `parent` that a tool enters first: the one around the initial leaf, else around the default, else the first.
    pub(super) fn first_child(&self, parent: Option<u16>) -> Option<u16> {
        let default = parent.and_then(|parent| self.state(parent).default_leaf());
        let around = |leaf: u16| {
            self.children(parent).find(|child| self.ancestors(leaf).any(|node| node == *child))
        };
        around(self.initial).or_else(|| around(default?)).or_else(|| self.children(parent).next())
    }

    /// The name of a target in the data of an event: a state, `S.history`, or `stays`.
    pub(super) fn landing(&self, target: Option<Target>) -> alloc::string::String {
        match target {
            None => "stays".into(),
            Some(Target::State(leaf)) => self.state(leaf).wire().into(),
            Some(Target::History(superstate)) => {
                alloc::format!("{}.history", self.state(superstate).wire())
            }
        }
    }

    /// The timeouts that are declared for the leaf or superstate `source`, with the number of the event.
    pub(super) fn timeouts_of(
        &self,
        source: u16,
    ) -> impl Iterator<Item = (u16, &'static Event, &'static Clause)> {
        (0..).zip(self.events()).filter_map(move |(number, event)| {
            let clause = event.clauses().iter().find(|clause| clause.from().contains(&source))?;
            clause.after().map(|_| (number, event, clause))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chart::State;

    /// Leaves `Standby`, `Humming` and `Racing`, the last two in `Working`, all three in `Powered`, and `Off`.
    const CHART: Chart = Chart::new("Engine", "", 0).with_states(
        &[
            State::new("Standby", "STANDBY", "").with_parent(5),
            State::new("Humming", "HUMMING", "").with_parent(4),
            State::new("Racing", "RACING", "").with_parent(4),
            State::new("Off", "OFF", ""),
        ],
        &[
            State::new("Working", "WORKING", "").with_parent(5),
            State::new("Powered", "POWERED", "").with_default(1),
        ],
    );

    /// Where the clauses of an event stand, with the targets of each.
    #[track_caller]
    fn check<const N: usize>(clauses: [Clause; N], expected: &[(&str, &[&str])]) {
        let events = [Event::new("press", "", &[], Box::leak(Box::new(clauses)))];
        let chart = CHART.with_events(Box::leak(Box::new(events)));
        let placed: Vec<_> = chart
            .placements()
            .iter()
            .map(|one| {
                let targets = one.targets(&chart).into_iter();
                let targets: Vec<_> = targets.map(|target| chart.landing(target)).collect();
                (chart.state(one.node).wire(), targets)
            })
            .collect();
        let expected: Vec<_> = expected
            .iter()
            .map(|(node, targets)| (*node, targets.iter().map(|&to| to.to_owned()).collect()))
            .collect();
        assert_eq!(placed, expected);
    }

    #[test]
    fn a_clause_stays_at_its_superstate() {
        check([Clause::new(&[5], &[Target::State(3)])], &[("POWERED", &["OFF"])]);
        check([Clause::new(&[5, 3], &[])], &[("OFF", &["stays"]), ("POWERED", &["stays"])]);
        check([Clause::new(&[3], &[Target::History(5)])], &[("OFF", &["POWERED.history"])]);
    }

    #[test]
    fn a_clause_is_moved_to_the_leaves_that_do_not_override_it() {
        const GUARDED: Clause = Clause::new(&[2], &[Target::State(1)]).with_guards(&["is_shut"]);
        check(
            [Clause::new(&[5], &[Target::State(3)]), GUARDED],
            &[("STANDBY", &["OFF"]), ("HUMMING", &["OFF"]), ("RACING", &["HUMMING"])],
        );
    }

    #[test]
    fn a_clause_is_moved_to_where_it_exits_as_much_as_it_should() {
        // From `Humming` only `Working` may stay, from `Standby` it is entered.
        check(
            [Clause::new(&[5], &[Target::State(2)])],
            &[("STANDBY", &["RACING"]), ("WORKING", &["RACING"])],
        );
    }

    #[test]
    fn a_history_that_is_recalled_inside_is_named_by_the_event() {
        check(
            [Clause::new(&[4], &[Target::History(5)])],
            &[("WORKING", &["STANDBY", "HUMMING", "RACING"])],
        );
    }
}
