//! Which states are reached, and where a machine ends.

use std::collections::BTreeSet;

use super::super::draft::Kind;
use super::super::names::Names;
use super::clauses::{Clause, Group, Outcome, event};
use super::shape::Shape;
use super::{Item, Plan, StateItem};

/// What is known of each state once all transitions are.
pub(super) struct Ends {
    /// The leaves that are reached, and the superstates around them.
    reached: BTreeSet<usize>,
    finals: BTreeSet<usize>,
    /// The leaves in which something happens and out of which nothing leads.
    stuck: Vec<usize>,
}

impl Ends {
    /// Whether the machine has the state.
    pub(super) fn has(&self, number: usize) -> bool {
        self.reached.contains(&number)
    }

    pub(super) fn is_final(&self, number: usize) -> bool {
        self.finals.contains(&number)
    }

    pub(super) fn has_final_inside(&self, shape: &Shape<'_>, number: usize) -> bool {
        self.finals.iter().any(|leaf| shape.draft.is_within(*leaf, number))
    }
}

pub(super) fn ends(shape: &Shape<'_>, groups: &[Group<'_>]) -> Ends {
    let mut reached = BTreeSet::from([shape.initial]);
    let mut open = vec![shape.initial];
    let (mut finals, mut stuck) = (BTreeSet::new(), Vec::new());
    while let Some(leaf) = open.pop() {
        let taken = taken(shape, groups, leaf);
        let targets: Vec<_> = taken.iter().flat_map(|group| group.leads_to(shape)).collect();
        if taken.is_empty() {
            finals.insert(leaf);
        } else if targets.iter().all(|target| *target == leaf) {
            stuck.push(leaf);
        }
        open.extend(targets.into_iter().filter(|target| reached.insert(*target)));
    }
    // A machine without any transition is none.
    if finals.contains(&shape.initial) {
        finals.remove(&shape.initial);
        stuck.push(shape.initial);
    }
    stuck.sort_unstable();
    let around: Vec<_> = reached.iter().flat_map(|leaf| shape.draft.around(*leaf)).collect();
    reached.extend(around);
    Ends { reached, finals, stuck }
}

/// The transitions that are taken in a leaf: its own, and for other events those around it.
fn taken<'g, 'd>(shape: &Shape<'_>, groups: &'g [Group<'d>], leaf: usize) -> Vec<&'g Group<'d>> {
    let state = shape.draft.state(leaf);
    if state.kind == Kind::Final && state.parent == 0 {
        return Vec::new();
    }
    let mut events = BTreeSet::new();
    let mut taken = Vec::new();
    for around in shape.draft.around(leaf) {
        let own: Vec<_> = groups.iter().filter(|group| group.state == around).collect();
        taken.extend(own.iter().copied().filter(|group| !events.contains(event(group.trigger))));
        events.extend(own.iter().map(|group| event(group.trigger)));
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
