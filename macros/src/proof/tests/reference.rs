//! The properties by their definition: every path is walked, none is remembered, nothing is clever.

use crate::proof::graph::{
    Clause, Graph, HistoryId, Leaf, Property, Step, Target, Through, Transition,
};

/// A configuration as it is defined: a leaf and what every history remembers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct At {
    pub(super) leaf: Leaf,
    memory: Vec<Leaf>,
}

/// A graph without one of its clauses, if one is given.
#[derive(Clone, Copy)]
pub(super) struct Reference<'g> {
    pub(super) graph: &'g Graph,
    pub(super) without: Option<Clause>,
}

impl<'g> Reference<'g> {
    pub(super) fn start(self) -> At {
        let memory = self.graph.histories.iter().map(|history| history.default).collect();
        At { leaf: self.graph.initial, memory }
    }

    /// Where a target leads.
    fn target(self, at: &At, target: Target) -> At {
        let mut memory = at.memory.clone();
        let leaf = match target {
            Target::Leaf(leaf) => leaf,
            Target::History(HistoryId(history)) => {
                std::mem::replace(&mut memory[history], self.graph.histories[history].default)
            }
        };
        for (memory, history) in memory.iter_mut().zip(&self.graph.histories) {
            if history.leaves.contains(&at.leaf) && !history.leaves.contains(&leaf) {
                *memory = at.leaf;
            }
        }
        At { leaf, memory }
    }

    fn transitions(self, at: &At) -> impl Iterator<Item = &'g Transition> + use<'g> {
        let leaf = at.leaf;
        let transitions =
            self.graph.transitions.iter().filter(move |transition| transition.from == leaf);
        transitions.filter(move |transition| Some(transition.clause) != self.without)
    }

    pub(super) fn steps(self, at: &At) -> Vec<(Step, At)> {
        let mut steps = Vec::new();
        for Transition { from, event, clause, targets, .. } in self.transitions(at) {
            for target in targets {
                let to = self.target(at, *target);
                steps.push((Step { from: *from, event: *event, clause: *clause, to: to.leaf }, to));
            }
        }
        steps
    }

    /// Calls `visit` with each path from `start` of allowed steps, in the order of the declaration; a configuration occurs
    /// twice at most as the path's end.
    fn paths(
        self,
        start: &At,
        allowed: &dyn Fn(&Step) -> bool,
        visit: &mut dyn FnMut(&[Step], &At),
    ) {
        visit(&[], start);
        self.longer(&mut Vec::new(), &mut vec![start.clone()], allowed, visit);
    }

    fn longer(
        self,
        path: &mut Vec<Step>,
        seen: &mut Vec<At>,
        allowed: &dyn Fn(&Step) -> bool,
        visit: &mut dyn FnMut(&[Step], &At),
    ) {
        let last = seen.last().expect("the start").clone();
        for (step, to) in self.steps(&last) {
            if !allowed(&step) {
                continue;
            }
            path.push(step);
            visit(path, &to);
            if !seen.contains(&to) {
                seen.push(to);
                self.longer(path, seen, allowed, visit);
                seen.pop();
            }
            path.pop();
        }
    }

    /// The first of the shortest paths from the initial leaf that violate a property.
    pub(super) fn violation(self, property: &Property) -> Option<Vec<Step>> {
        let mut shortest: Option<Vec<Step>> = None;
        let mut found = |path: Vec<Step>| {
            if shortest.as_ref().is_none_or(|shortest| path.len() < shortest.len()) {
                shortest = Some(path);
            }
        };
        let anything = |_: &Step| true;
        match property {
            Property::Through { from: None, to, through } => {
                let start = self.start();
                if !visits(through, start.leaf) {
                    self.paths(&start, &|step| !takes(through, step), &mut |path, end| {
                        if to.contains(&end.leaf) {
                            found(path.to_vec());
                        }
                    });
                }
            }
            Property::Through { from: Some(from), to, through } => {
                self.over(from, to, Some(through), &mut found);
            }
            Property::Never { from, to } => self.over(from, to, None, &mut found),
            Property::AlwaysReachable { to } => {
                self.paths(&self.start(), &anything, &mut |path, end| {
                    if !self.graph.is_final[end.leaf.0] && !self.is_sure(end, to, &mut Vec::new()) {
                        found(path.to_vec());
                    }
                });
            }
        }
        shortest
    }

    /// Finds the paths from the initial leaf over `from` to `to`, the latter part of which does not take `through`.
    fn over(
        self,
        from: &[Leaf],
        to: &[Leaf],
        through: Option<&Through>,
        found: &mut dyn FnMut(Vec<Step>),
    ) {
        let visits = |leaf| through.is_some_and(|through| visits(through, leaf));
        let takes = |step: &Step| through.is_some_and(|through| takes(through, step));
        self.paths(&self.start(), &|_| true, &mut |before, middle| {
            if from.contains(&middle.leaf) && !visits(middle.leaf) {
                self.paths(middle, &|step| !takes(step), &mut |after, end| {
                    if to.contains(&end.leaf) && !after.is_empty() {
                        found([before, after].concat());
                    }
                });
            }
        });
    }

    /// Whether `to` can be reached from a configuration whatever is refused and chosen; a surest way never comes back.
    fn is_sure(self, at: &At, to: &[Leaf], seen: &mut Vec<At>) -> bool {
        if to.contains(&at.leaf) {
            return true;
        }
        seen.push(at.clone());
        let mut transitions = self
            .transitions(at)
            .filter(|transition| !transition.refusable && !transition.targets.is_empty());
        let sure = transitions.any(|transition| {
            transition.targets.iter().all(|target| {
                let next = self.target(at, *target);
                !seen.contains(&next) && self.is_sure(&next, to, seen)
            })
        });
        seen.pop();
        sure
    }

    /// The leaves that some path reaches, each with whether it is left for another one.
    pub(super) fn reached(self) -> Vec<(Leaf, bool)> {
        let mut reached: Vec<(Leaf, bool)> = Vec::new();
        self.paths(&self.start(), &|_| true, &mut |_, end| {
            let left = self.steps(end).iter().any(|(step, _)| step.to != end.leaf);
            match reached.iter_mut().find(|(leaf, _)| *leaf == end.leaf) {
                Some((_, known)) => *known |= left,
                None => reached.push((end.leaf, left)),
            }
        });
        reached
    }

    /// Which clause of a path to blame.
    pub(super) fn blame(self, property: &Property, path: &[Step]) -> Option<Clause> {
        let mut best: Option<(usize, Clause)> = None;
        for Step { clause, .. } in path {
            let without = Reference { graph: self.graph, without: Some(*clause) };
            let cost = self.graph.is_final.len() - without.reached().len();
            if without.violation(property).is_none() && best.is_none_or(|(least, _)| cost <= least)
            {
                best = Some((cost, *clause));
            }
        }
        best.map(|(_, clause)| clause).or_else(|| path.last().map(|step| step.clause))
    }
}

fn visits(through: &Through, leaf: Leaf) -> bool {
    matches!(through, Through::States(states) if states.contains(&leaf))
}

fn takes(through: &Through, step: &Step) -> bool {
    match through {
        Through::Event(event) => step.event == *event,
        Through::States(states) => states.contains(&step.to),
    }
}

/// Whether the part of a path from some place on violates a property that is watched from `from`.
pub(super) fn is_violated_by(property: &Property, path: &[Step]) -> bool {
    let (from, to, through) = match property {
        Property::Through { from: Some(from), to, through } => (from, to, Some(through)),
        Property::Never { from, to } => (from, to, None),
        _ => return true,
    };
    let ends = path.last().is_some_and(|step| to.contains(&step.to));
    let begins = (0..path.len()).any(|begin| {
        let leaf = path[begin].from;
        let clean = |step: &Step| through.is_none_or(|through| !takes(through, step));
        from.contains(&leaf)
            && through.is_none_or(|through| !visits(through, leaf))
            && path[begin..].iter().all(clean)
    });
    ends && begins
}
