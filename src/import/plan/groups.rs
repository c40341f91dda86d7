//! The transitions of each state by event, in the order in which they are tried.

use std::collections::BTreeSet;

use super::super::draft::{Transition, Trigger};
use super::Outcome;
use super::shape::Shape;

/// All transitions of one state for one event, in the order in which they are tried.
pub(super) struct Group<'d> {
    pub(super) state: usize,
    pub(super) trigger: &'d Trigger,
    pub(super) candidates: Vec<&'d Transition>,
    pub(super) outcome: Outcome,
    pub(super) remarks: Vec<String>,
}

/// The event of a trigger, as it is named in the original.
pub(super) fn event(trigger: &Trigger) -> &str {
    match trigger {
        Trigger::Event(event) if event == "*" => "any_event",
        Trigger::Event(event) | Trigger::After(event, _) => event,
        Trigger::Always => "proceed",
    }
}

/// Groups the transitions of the states that the machine can have.
pub(super) fn groups<'d>(shape: &Shape<'d>) -> Vec<Group<'d>> {
    let mut groups = Vec::new();
    for (number, state) in shape.draft.states.iter().enumerate() {
        if !shape.is_kept(number) {
            continue;
        }
        let mut seen = BTreeSet::new();
        for transition in &state.transitions {
            if seen.insert(event(&transition.trigger)) {
                groups.push(group(shape, number, &transition.trigger));
            }
        }
    }
    groups
}

fn group<'d>(shape: &Shape<'d>, state: usize, trigger: &'d Trigger) -> Group<'d> {
    let same = |other: usize| {
        let transitions = shape.draft.state(other).transitions.iter();
        transitions.filter(|one| event(&one.trigger) == event(trigger))
    };
    let mut candidates: Vec<_> = same(state).collect();
    let mut remarks = Vec::new();
    if shape.draft.falls_back {
        for around in shape.draft.around(state).skip(1) {
            if candidates.iter().any(|one| one.guards.is_empty()) {
                break;
            }
            let before = candidates.len();
            candidates.extend(same(around));
            if candidates.len() > before {
                let id = &shape.draft.state(around).id;
                remarks.push(format!("where none of its own conditions holds, the original takes the transition of `{id}`"));
            }
        }
        let certain = candidates.iter().position(|one| one.guards.is_empty());
        if let Some(never) = certain.and_then(|certain| candidates.get(certain + 1..)) {
            for one in never {
                remarks.push(format!(
                    "never taken, since one before it has no condition: {}",
                    shape.draft.words(one)
                ));
            }
        }
        candidates.truncate(certain.map_or(candidates.len(), |certain| certain + 1));
    }
    let outcome = outcome(shape, state, &candidates, &mut remarks);
    Group { state, trigger, candidates, outcome, remarks }
}

/// The one outcome of several transitions.
fn outcome(
    shape: &Shape<'_>,
    state: usize,
    candidates: &[&Transition],
    remarks: &mut Vec<String>,
) -> Outcome {
    let mut outcomes: Vec<Outcome> = Vec::new();
    for one in candidates {
        let (outcome, different) = shape.outcome(one);
        remarks.extend(different);
        if !outcomes.contains(&outcome) {
            outcomes.push(outcome);
        }
    }
    if let [outcome] = &*outcomes {
        return outcome.clone();
    }
    let mut leaves = Vec::new();
    for outcome in outcomes {
        let leaf = match outcome {
            Outcome::Leaf(leaf) => leaf,
            Outcome::History(superstate) => {
                let id = &shape.draft.state(superstate).id;
                remarks.push(format!(
                    "one of the targets is the history of `{id}`, which a choice cannot have"
                ));
                shape.default(superstate)
            }
            Outcome::Stay if shape.is_leaf(state) => {
                remarks.push("the original may stay where it is, without leaving and entering the state again".to_owned());
                state
            }
            _ => {
                remarks.push("the original may stay where it is".to_owned());
                continue;
            }
        };
        if !leaves.contains(&leaf) {
            leaves.push(leaf);
        }
    }
    match &*leaves {
        [leaf] => Outcome::Leaf(*leaf),
        _ => Outcome::Choice(String::new(), leaves),
    }
}
