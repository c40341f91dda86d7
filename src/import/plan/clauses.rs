//! The transitions of each state by event, as clauses.

use std::collections::{BTreeMap, BTreeSet};

use super::super::draft::{Payload, Transition, Trigger};
use super::super::names::{self, Names};
use super::ends::Ends;
use super::shape::Shape;
use super::{Guard, Plan};

/// Where a transition leads.
#[derive(Clone, PartialEq, Eq)]
pub(in super::super) enum Outcome<L = usize> {
    Stay,
    Leaf(L),
    /// The state inside the superstate that was last left.
    History(L),
    /// One of several, with the name of their enum.
    Choice(String, Vec<L>),
}

/// A function of the declaration.
#[derive(PartialEq, Eq)]
pub(in super::super) struct Clause {
    pub(in super::super) event: String,
    pub(in super::super) from: Vec<String>,
    pub(in super::super) outcome: Outcome<String>,
    pub(in super::super) guards: Vec<String>,
    pub(in super::super) approvals: u8,
    pub(in super::super) after: Option<u64>,
    pub(in super::super) fallible: bool,
    pub(in super::super) payload: Vec<Payload>,
    pub(in super::super) docs: String,
    pub(in super::super) notes: Vec<String>,
    pub(in super::super) remarks: Vec<String>,
}

/// All transitions of one state for one event, in the order in which they are tried.
pub(super) struct Group<'d> {
    pub(super) state: usize,
    pub(super) trigger: &'d Trigger,
    pub(super) candidates: Vec<&'d Transition>,
    pub(super) outcome: Outcome,
    remarks: Vec<String>,
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

/// Adds the clauses to the plan, in the order in which their events first occur.
pub(super) fn write(
    shape: &Shape<'_>,
    groups: &[Group<'_>],
    ends: &Ends,
    idents: &[String],
    names: &mut Names,
    plan: &mut Plan,
) {
    let mut order: Vec<&str> = Vec::new();
    let mut by_event: BTreeMap<&str, Vec<&Group<'_>>> = BTreeMap::new();
    for (_, group) in groups.iter().enumerate().filter(|(place, _)| ends.takes(*place)) {
        let event = event(group.trigger);
        let known = by_event.entry(event).or_default();
        if known.is_empty() {
            order.push(event);
        }
        known.push(group);
    }
    for name in order {
        let of_event = by_event.get(name).map_or(&[][..], Vec::as_slice);
        let payload = payload(of_event);
        for group in of_event {
            let from = cover(shape, ends, of_event, group, group.state);
            let from: Vec<_> =
                from.iter().filter_map(|state| idents.get(*state).cloned()).collect();
            if from.is_empty() {
                continue;
            }
            let mut clause = clause(shape, group, idents, names, plan);
            clause.payload.clone_from(&payload);
            clause.from = from;
            add(plan, clause);
        }
    }
    let mut described = BTreeSet::new();
    for clause in &mut plan.clauses {
        if !described.insert((clause.event.clone(), clause.docs.clone())) {
            clause.docs.clear();
        }
    }
}

/// The payload of an event; a timeout has none.
fn payload(groups: &[&Group<'_>]) -> Vec<Payload> {
    let mut payload: Vec<Payload> = Vec::new();
    for group in groups {
        if matches!(group.trigger, Trigger::After(..) | Trigger::Always) {
            return Vec::new();
        }
        if let Some(one) = group.candidates.iter().find(|one| !one.payload.is_empty())
            && payload.is_empty()
        {
            payload.clone_from(&one.payload);
        }
    }
    for (place, one) in payload.iter_mut().enumerate() {
        one.name = names::parameter(&one.name);
        if one.name.is_empty() {
            one.name = format!("value{place}");
        }
    }
    payload
}

fn clause(
    shape: &Shape<'_>,
    group: &Group<'_>,
    idents: &[String],
    names: &mut Names,
    plan: &mut Plan,
) -> Clause {
    let ident = |number: &usize| idents.get(*number).cloned().unwrap_or_default();
    let event_name = names.event(event(group.trigger));
    let first = group.candidates.first();
    let common: Vec<&String> = first.map_or_else(Vec::new, |first| {
        let everywhere =
            |guard: &&String| group.candidates.iter().all(|one| one.guards.contains(guard));
        first.guards.iter().filter(everywhere).collect()
    });
    let mut notes = Vec::new();
    let mut remarks = group.remarks.clone();
    for one in &group.candidates {
        notes.extend(one.notes.iter().map(|note| match group.candidates.len() {
            1 => note.clone(),
            _ => format!("of {}: {note}", shape.draft.words(one)),
        }));
        if one.guards.len() > common.len() {
            remarks.push(shape.draft.words(one));
        }
    }
    if group.candidates.len() > 1
        && shape.draft.falls_back
        && common.is_empty()
        && group.candidates.iter().all(|one| !one.guards.is_empty())
    {
        remarks.push(
            "otherwise the original does not take the event: return a `Result` to refuse it"
                .to_owned(),
        );
    }
    if *group.trigger == Trigger::Always {
        remarks.push("the original takes this by itself, at once; a run does after 1ms".to_owned());
    }
    let mut guards = Vec::new();
    for condition in common {
        let name = names.guard(condition);
        if guards.contains(&name) {
            continue;
        }
        if !plan.guards.iter().any(|known| known.name == name) {
            plan.guards.push(Guard { name: name.clone(), condition: condition.clone() });
        }
        guards.push(name);
    }
    let outcome = match &group.outcome {
        Outcome::Stay => Outcome::Stay,
        Outcome::Leaf(leaf) => Outcome::Leaf(ident(leaf)),
        Outcome::History(superstate) => Outcome::History(ident(superstate)),
        Outcome::Choice(_, leaves) => {
            let source = match group.state {
                0 => "anywhere".to_owned(),
                state => ident(&state),
            };
            let choice =
                names.ty(&format!("{} from {source}", event_name.trim_start_matches("r#")));
            Outcome::Choice(choice, leaves.iter().map(ident).collect())
        }
    };
    Clause {
        event: event_name,
        from: Vec::new(),
        outcome,
        guards,
        approvals: first.map_or(0, |one| one.approvals.min(9)),
        after: match group.trigger {
            Trigger::After(_, after) => Some(*after),
            Trigger::Always => Some(1),
            Trigger::Event(_) => None,
        },
        fallible: group.candidates.iter().any(|one| one.fallible),
        payload: Vec::new(),
        docs: first.map(|one| one.docs.clone()).unwrap_or_default(),
        notes,
        remarks,
    }
}

/// Adds a clause, or its sources to one that does the same.
fn add(plan: &mut Plan, clause: Clause) {
    let same = |known: &&mut Clause| {
        known.event == clause.event
            && same_outcome(&known.outcome, &clause.outcome)
            && known.guards == clause.guards
            && known.approvals == clause.approvals
            && known.after == clause.after
            && known.fallible == clause.fallible
            && known.docs == clause.docs
            && known.notes == clause.notes
            && known.remarks == clause.remarks
    };
    match plan.clauses.iter_mut().find(same) {
        Some(known) => known.from.extend(clause.from),
        None => plan.clauses.push(clause),
    }
}

fn same_outcome(one: &Outcome<String>, other: &Outcome<String>) -> bool {
    match (one, other) {
        (Outcome::Choice(_, one), Outcome::Choice(_, other)) => one == other,
        (one, other) => one == other,
    }
}

/// The states for which a clause is written: its own, or those inside where some of them are final or have none of it.
/// `groups` are those of the event.
fn cover(
    shape: &Shape<'_>,
    ends: &Ends,
    groups: &[&Group<'_>],
    group: &Group<'_>,
    number: usize,
) -> Vec<usize> {
    let is_other = number != group.state && groups.iter().any(|other| other.state == number);
    if is_other || !ends.has(number) || ends.is_final(number) {
        return Vec::new();
    }
    if number != 0 && !ends.has_final_inside(number) {
        return vec![number];
    }
    shape.inside(number).flat_map(|child| cover(shape, ends, groups, group, child)).collect()
}
