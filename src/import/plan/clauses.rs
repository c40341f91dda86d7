//! The functions of the declaration.

use std::collections::{BTreeMap, BTreeSet};

use super::super::draft::{Payload, Trigger};
use super::super::names::{self, Names};
use super::ends::Ends;
use super::groups::{Group, event};
use super::shape::Shape;
use super::{Clause, Guard, Outcome, Plan};

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
