//! Reads what `chart --format json` prints.

use std::collections::HashMap;

use super::ImportError;
use super::draft::{Draft, Kind, Payload, Transition, Trigger};
use super::scxml::nearest;
use crate::chart::{ClauseDocument, Document, EventDocument, ParameterDocument, StateDocument};

/// Reads a chart of ours.
pub(super) fn read(document: &Document) -> Result<Draft, ImportError> {
    let mut draft = Draft::new("a chart in JSON", &document.machine);
    draft.docs.clone_from(&document.docs);
    draft.falls_back = false;
    let numbers = states(document, &mut draft)?;
    let number = |place: &str, name: &str| {
        numbers.get(name).copied().ok_or_else(|| {
            let near = nearest(name, numbers.keys().copied());
            ImportError::at(place, format!("there is no state `{name}`{near}: declare it"))
        })
    };
    draft.state_mut(0).initial = Some(number("initial", &document.initial)?);
    for (event, clause) in
        document.events.iter().flat_map(|event| event.clauses.iter().map(move |one| (event, one)))
    {
        let place = format!("events, `{}`", event.name);
        let mut transition = transition(event, clause);
        for to in &clause.to {
            transition.targets.push(number(&place, to)?);
        }
        if let Some(superstate) = &clause.history {
            let declared = document.superstates.iter().find(|state| state.name == *superstate);
            let default = declared.and_then(|state| state.default.as_deref());
            let default = default.map(|default| number(&place, default)).transpose()?;
            let superstate = number(&place, superstate)?;
            transition.targets.push(history(&mut draft, superstate, default)?);
        }
        for from in &clause.from {
            let from = number(&place, from)?;
            // A clause with several targets leaves the choice to the handler.
            let targets = transition.targets.iter().map(|target| vec![*target]);
            let mut targets: Vec<_> = targets.collect();
            if targets.is_empty() {
                targets.push(Vec::new());
            }
            let each =
                targets.into_iter().map(|targets| Transition { targets, ..transition.clone() });
            draft.state_mut(from).transitions.extend(each);
        }
    }
    notes(document, &mut draft, &numbers);
    Ok(draft)
}

/// Adds the states from the outside inwards.
fn states<'d>(
    document: &'d Document,
    draft: &mut Draft,
) -> Result<HashMap<&'d str, usize>, ImportError> {
    let mut numbers = HashMap::new();
    let superstates: Vec<_> = document.superstates.iter().map(|state| &*state.name).collect();
    let mut open: Vec<&StateDocument> =
        document.states.iter().chain(&document.superstates).collect();
    while !open.is_empty() {
        let before = open.len();
        let mut later = Vec::new();
        for state in open {
            let parent = match &state.parent {
                None => Some(0),
                Some(parent) => numbers.get(&**parent).copied(),
            };
            let Some(parent) = parent else {
                later.push(state);
                continue;
            };
            let place = || format!("state `{}`", state.name);
            let kind = if state.is_final { Kind::Final } else { Kind::Plain };
            let number = draft.add(parent, &state.name, kind, place)?;
            draft.state_mut(number).docs.clone_from(&state.docs);
            if numbers.insert(&*state.name, number).is_some() {
                return Err(ImportError::at(place(), "the state is declared twice: remove one"));
            }
        }
        open = later;
        if let Some(first) = open.first().filter(|_| open.len() == before) {
            let parent = first.parent.clone().unwrap_or_default();
            let near = nearest(&parent, superstates.iter().copied());
            let reason = format!("there is no superstate `{parent}` around it{near}: declare it");
            return Err(ImportError::at(format!("state `{}`", first.name), reason));
        }
    }
    if numbers.is_empty() {
        return Err(ImportError::at("states", "the chart has no states: add one"));
    }
    Ok(numbers)
}

/// The history of a superstate, with the default that the chart may name.
fn history(
    draft: &mut Draft,
    superstate: usize,
    default: Option<usize>,
) -> Result<usize, ImportError> {
    if let Some(known) = draft.history(superstate) {
        return Ok(known);
    }
    let id = format!("{}.history", draft.state(superstate).id);
    let kind = Kind::History { deep: true, default };
    draft.add(superstate, &id, kind, || "histories".to_owned())
}

fn transition(event: &EventDocument, clause: &ClauseDocument) -> Transition {
    let name = event.name.clone();
    let mut transition = Transition::new(match clause.after_ms {
        Some(after) => Trigger::After(name, after),
        None => Trigger::Event(name),
    });
    transition.guards.clone_from(&clause.guards);
    transition.payload = event.payload.iter().map(payload).collect();
    transition.approvals = clause.approvals;
    transition.fallible = clause.fallible;
    let docs = [event.docs.trim(), clause.docs.trim()].join("\n\n");
    docs.trim().clone_into(&mut transition.docs);
    transition
}

fn payload(parameter: &ParameterDocument) -> Payload {
    let ParameterDocument { name, ty, docs, sensitive, .. } = parameter;
    Payload { name: name.clone(), ty: ty.clone(), docs: docs.clone(), sensitive: *sensitive }
}

/// What a chart says of the parts that it does not describe whole.
fn notes(document: &Document, draft: &mut Draft, numbers: &HashMap<&str, usize>) {
    let questions = document.queries.iter().map(|query| ("query", query));
    let questions = questions.chain(document.prompts.iter().map(|prompt| ("prompt", prompt)));
    for (what, question) in questions {
        draft.notes.push(format!("the {what} `{}`", question.name));
    }
    for input in &document.inputs {
        draft.notes.push(format!("the input `{}: {}`", input.name, input.ty));
    }
    for task in &document.tasks {
        let outcomes: Vec<_> = task.outcomes.iter().map(|one| format!("`{one}`")).collect();
        let note = format!("the task `{}`, which ends in {}", task.name, outcomes.join(" or "));
        match numbers.get(&*task.state) {
            Some(number) => draft.state_mut(*number).notes.push(note),
            None => draft.notes.push(note),
        }
    }
    if document.version != 1 {
        draft.notes.push(format!("version {} of the machine", document.version));
    }
}
