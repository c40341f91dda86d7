//! Which states are reached, and where a machine ends.

use std::collections::{BTreeMap, BTreeSet};

use super::super::draft::Kind;
use super::super::names::Names;
use super::groups::{Group, event};
use super::shape::Shape;
use super::{Clause, Item, Outcome, Plan, StateItem};

/// What is known of each state once all transitions are.
pub(super) struct Ends {
    /// The leaves that are reached, and the superstates around them.
    reached: BTreeSet<usize>,
    finals: BTreeSet<usize>,
    /// The superstates around a final leaf.
    around_finals: BTreeSet<usize>,
    /// The leaves in which something happens and out of which nothing leads.
    stuck: BTreeSet<usize>,
    /// The places of the groups that are taken in a leaf that is reached.
    taken: BTreeSet<usize>,
}

impl Ends {
    /// Whether the machine has the state.
    pub(super) fn has(&self, number: usize) -> bool {
        self.reached.contains(&number)
    }

    pub(super) fn is_final(&self, number: usize) -> bool {
        self.finals.contains(&number)
    }

    pub(super) fn has_final_inside(&self, number: usize) -> bool {
        self.around_finals.contains(&number)
    }

    /// Whether the group at this place is taken anywhere.
    pub(super) fn takes(&self, group: usize) -> bool {
        self.taken.contains(&group)
    }

    /// The leaf to which the history of a superstate leads first; one that the machine has.
    pub(super) fn default(&self, shape: &Shape<'_>, superstate: usize) -> usize {
        let default = shape.default(superstate);
        let inside =
            |leaf: &usize| shape.is_leaf(*leaf) && shape.draft.is_within(*leaf, superstate);
        let first = || self.reached.iter().copied().find(inside);
        if self.has(default) { default } else { first().unwrap_or(default) }
    }
}

/// Follows all transitions from the initial leaf, with what histories remember.
pub(super) fn ends(shape: &Shape<'_>, groups: &[Group<'_>]) -> Ends {
    let mut by_state: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for (place, group) in groups.iter().enumerate() {
        by_state.entry(group.state).or_default().push(place);
    }
    let histories: Vec<_> = shape.histories().collect();
    let first: Vec<_> = histories.iter().map(|superstate| shape.default(*superstate)).collect();
    let mut taken_in: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    let mut left = BTreeSet::new();
    let mut seen = BTreeSet::from([(shape.initial, first.clone())]);
    let mut open = vec![(shape.initial, first.clone())];
    while let Some((leaf, memory)) = open.pop() {
        let taken = taken_in.entry(leaf).or_insert_with(|| taken(shape, groups, &by_state, leaf));
        for group in taken.iter().filter_map(|place| groups.get(*place)) {
            for (to, recalled) in targets(group, &histories, &memory) {
                if to != leaf {
                    left.insert(leaf);
                }
                let mut after = memory.clone();
                for (place, superstate) in histories.iter().enumerate() {
                    let Some(kept) = after.get_mut(place) else { continue };
                    if recalled == Some(place) {
                        *kept = first.get(place).copied().unwrap_or(*kept);
                    } else if shape.draft.is_within(leaf, *superstate)
                        && !shape.draft.is_within(to, *superstate)
                    {
                        *kept = leaf;
                    }
                }
                if seen.insert((to, after.clone())) {
                    open.push((to, after));
                }
            }
        }
    }
    summary(shape, &taken_in, &left)
}

/// The leaves to which a group leads, and the place of the history that it recalls.
fn targets(
    group: &Group<'_>,
    histories: &[usize],
    memory: &[usize],
) -> Vec<(usize, Option<usize>)> {
    match &group.outcome {
        Outcome::Stay => Vec::new(),
        Outcome::Leaf(leaf) => vec![(*leaf, None)],
        Outcome::Choice(_, leaves) => leaves.iter().map(|leaf| (*leaf, None)).collect(),
        Outcome::History(superstate) => {
            let place = histories.iter().position(|known| known == superstate);
            let leaf = place.and_then(|place| memory.get(place));
            leaf.map(|leaf| (*leaf, place)).into_iter().collect()
        }
    }
}

fn summary(
    shape: &Shape<'_>,
    taken_in: &BTreeMap<usize, Vec<usize>>,
    left: &BTreeSet<usize>,
) -> Ends {
    let leaves = |wanted: &dyn Fn(&usize, &Vec<usize>) -> bool| -> BTreeSet<usize> {
        let found = taken_in.iter().filter(|(leaf, taken)| wanted(leaf, taken));
        found.map(|(leaf, _)| *leaf).collect()
    };
    let mut finals = leaves(&|_, taken| taken.is_empty());
    let mut stuck = leaves(&|leaf, taken| !taken.is_empty() && !left.contains(leaf));
    // A machine without any transition is none.
    if finals.remove(&shape.initial) {
        stuck.insert(shape.initial);
    }
    let around = |leaves: &mut dyn Iterator<Item = &usize>| -> BTreeSet<usize> {
        leaves.flat_map(|leaf| shape.draft.around(*leaf).collect::<Vec<_>>()).collect()
    };
    Ends {
        reached: around(&mut taken_in.keys()),
        around_finals: around(&mut finals.iter()),
        finals,
        stuck,
        taken: taken_in.values().flatten().copied().collect(),
    }
}

/// The groups that are taken in a leaf: its own, and for other events those around it.
fn taken(
    shape: &Shape<'_>,
    groups: &[Group<'_>],
    by_state: &BTreeMap<usize, Vec<usize>>,
    leaf: usize,
) -> Vec<usize> {
    let state = shape.draft.state(leaf);
    if state.kind == Kind::Final && state.parent == 0 {
        return Vec::new();
    }
    let mut events = BTreeSet::new();
    let mut taken = Vec::new();
    for around in shape.draft.around(leaf) {
        for place in by_state.get(&around).into_iter().flatten() {
            let name = groups.get(*place).map(|group| event(group.trigger));
            if events.insert(name) {
                taken.push(*place);
            }
        }
    }
    taken
}

/// Adds an end to a machine that would stay in a state for ever, which a machine may not.
pub(super) fn finish(
    shape: &Shape<'_>,
    ends: &Ends,
    idents: &[String],
    names: &mut Names,
    plan: &mut Plan,
) {
    if ends.stuck.is_empty() {
        return;
    }
    let ended = names.ty("Ended");
    let stuck: Vec<_> =
        ends.stuck.iter().map(|leaf| shape.draft.state(*leaf).id.as_str()).collect();
    plan.items.push(Item::State(StateItem {
        name: ended.clone(),
        docs: String::new(),
        notes: Vec::new(),
        remarks: vec![format!(
            "not in the original, where nothing leads out of `{}`; a machine ends at last",
            stuck.join("`, `")
        )],
        parent: None,
        is_superstate: false,
        is_initial: false,
        is_final: true,
        default: None,
    }));
    plan.clauses.push(Clause {
        event: names.event("end"),
        from: ends.stuck.iter().filter_map(|leaf| idents.get(*leaf).cloned()).collect(),
        outcome: Outcome::Leaf(ended),
        guards: Vec::new(),
        approvals: 0,
        after: None,
        fallible: false,
        payload: Vec::new(),
        docs: String::new(),
        notes: Vec::new(),
        remarks: vec!["not in the original".to_owned()],
    });
}
