//! Random graphs and properties, the same in each run.

use crate::proof::{
    Clause, Event, Graph, History, HistoryId, Leaf, Property, Target, Through, Transition,
};

/// `SplitMix64`.
pub(super) struct Random(pub(super) u64);

impl Random {
    pub(super) fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        let z = usize::try_from((z ^ (z >> 31)) >> 33).expect("31 bits");
        z % bound
    }

    fn one_in(&mut self, odds: usize) -> bool {
        self.below(odds) == 0
    }

    fn leaf(&mut self, leaves: usize) -> Leaf {
        Leaf(self.below(leaves))
    }

    /// Each leaf at those odds, but at least one.
    pub(super) fn some_leaves(&mut self, leaves: usize, odds: usize) -> Vec<Leaf> {
        let some: Vec<_> = (0..leaves).map(Leaf).filter(|_| self.one_in(odds)).collect();
        if some.is_empty() { vec![self.leaf(leaves)] } else { some }
    }

    /// A graph of so many leaves, events, histories and transitions; each leaf is in a history at those odds.
    pub(super) fn graph(
        &mut self,
        leaves: usize,
        events: usize,
        (histories, odds): (usize, usize),
        transitions: usize,
    ) -> Graph {
        let histories: Vec<_> = (0..histories)
            .map(|_| {
                let inside = self.some_leaves(leaves, odds);
                let default = inside[self.below(inside.len())];
                History { leaves: inside, default }
            })
            .collect();
        let transitions = (0..transitions)
            .map(|_| {
                let clause = self.below(transitions);
                // Of seven transitions one is internal, two are choices.
                let targets = [0, 1, 1, 1, 1, 2, 2][self.below(7)];
                let targets = (0..targets).map(|_| {
                    if histories.is_empty() || !self.one_in(4) {
                        Target::Leaf(self.leaf(leaves))
                    } else {
                        Target::History(HistoryId(self.below(histories.len())))
                    }
                });
                let targets = targets.collect();
                let from = self.leaf(leaves);
                let event = Event(clause % events);
                Transition {
                    from,
                    event,
                    clause: Clause(clause),
                    targets,
                    refusable: self.one_in(4),
                }
            })
            .collect();
        let is_final = (0..leaves).map(|_| self.one_in(5)).collect();
        Graph { initial: self.leaf(leaves), is_final, histories, transitions }
    }

    /// A graph where memory matters: several leaves are left for another one, from which a history leads back.
    pub(super) fn pausing_graph(&mut self, events: usize, transitions: usize) -> Graph {
        let leaves = 4;
        let mut graph = self.graph(leaves, events, (1, 2), transitions);
        let (a, b, paused) = (Leaf(0), Leaf(1), Leaf(2));
        graph.histories = vec![History { leaves: vec![a, b], default: a }];
        let back = Target::History(HistoryId(0));
        for (from, target) in [(a, Target::Leaf(paused)), (b, Target::Leaf(paused)), (paused, back)]
        {
            let clause = self.below(transitions + 3);
            let (event, clause) = (Event(clause % events), Clause(clause));
            let refusable = self.one_in(4);
            graph.transitions.push(Transition {
                from,
                event,
                clause,
                targets: vec![target],
                refusable,
            });
        }
        graph
    }

    /// One property of each form.
    pub(super) fn properties(&mut self, leaves: usize, events: usize) -> [Property; 6] {
        let mut some = |odds| self.some_leaves(leaves, odds);
        let [from, to, states] = [some(3), some(4), some(4)];
        let (a, b) = (Some(from.clone()), to.clone());
        let event = Through::Event(Event(self.below(events)));
        [
            Property::Through { from: None, to: to.clone(), through: event.clone() },
            Property::Through {
                from: None,
                to: to.clone(),
                through: Through::States(states.clone()),
            },
            Property::Through { from: a.clone(), to: to.clone(), through: event },
            Property::Through { from: a, to: to.clone(), through: Through::States(states) },
            Property::Never { from, to },
            Property::AlwaysReachable { to: b },
        ]
    }
}
