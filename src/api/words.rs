//! What an operation does in words, and whether it can be undone, made from the chart.

use super::moves::Moves;
use crate::chart::{Chart, Clause, Event, Parameter, Prompt, State};

/// What an event does: the author's words, and where it leads.
pub(super) fn event(moves: &Moves, event: &'static Event) -> String {
    let chart = moves.chart();
    let mut words = vec![event.docs().trim().to_owned()];
    if moves.is_everywhere(event) {
        if event.docs().trim().is_empty() {
            words.push("Possible in every state, which stays.".to_owned());
        }
    } else {
        let clauses = event.clauses().iter().filter(|clause| clause.after().is_none());
        words.extend(clauses.map(|clause| path(moves, event, clause)));
    }
    let approvals = event.clauses().iter().map(Clause::approvals).max().unwrap_or_default();
    match approvals {
        0 => {}
        1 => words.push("A person decides: the call asks, and the event happens when it is approved.".to_owned()),
        several => words.push(format!(
            "People decide: the call asks, and the event happens when {several} different people have approved it."
        )),
    }
    let ending = ending(chart, moves, event);
    words.push(ending);
    words.retain(|line| !line.is_empty());
    words.join("\n")
}

/// From where to where a clause leads.
fn path(moves: &Moves, event: &'static Event, clause: &Clause) -> String {
    let chart = moves.chart();
    let names = |leaves: &[u16]| -> Vec<&str> {
        leaves.iter().map(|leaf| chart.state(*leaf).wire()).collect()
    };
    let leaves = clause.from().iter().flat_map(|node| moves.leaves_in(*node));
    let all: Vec<u16> = leaves.filter(|leaf| chart.is_move(*leaf, event)).collect();
    let live = chart.states().iter().filter(|state| !state.is_final()).count();
    let from = if all.len() >= live { "any state".to_owned() } else { names(&all).join(", ") };
    let to: Vec<u16> = clause.to().iter().flat_map(|target| moves.leaves(*target)).collect();
    let path = if event.is_internal() || to.is_empty() {
        format!("In {from}, which stays.")
    } else {
        format!("From {from} to {}.", names(&to).join(" or "))
    };
    format!("{} {path}", clause.docs().trim()).trim().to_owned()
}

/// Whether the event ends the run.
fn ending(chart: &'static Chart, moves: &Moves, event: &'static Event) -> String {
    let to: Vec<u16> = targets(moves, event).collect();
    let ends: Vec<&str> = to
        .iter()
        .map(|leaf| chart.state(*leaf))
        .filter(|state| state.is_final())
        .map(State::wire)
        .collect();
    match ends.len() {
        0 => String::new(),
        all if all == to.len() => "It ends the run.".to_owned(),
        _ => format!("{} ends the run.", ends.join(" or ")),
    }
}

fn targets(moves: &Moves, event: &'static Event) -> impl Iterator<Item = u16> {
    let clauses = event.clauses().iter().filter(|clause| clause.after().is_none());
    clauses.flat_map(Clause::to).flat_map(|target| moves.leaves(*target))
}

/// Whether the event may lead to a state from which no moves lead back.
pub(super) fn is_destructive(moves: &Moves, event: &'static Event) -> bool {
    let chart = moves.chart();
    (0..).zip(chart.states()).any(|(from, _)| {
        chart.is_move(from, event)
            && moves.targets_of(from, event).into_iter().any(|to| !leads_back(moves, to, from))
    })
}

/// Whether moves lead from one leaf to another.
fn leads_back(moves: &Moves, from: u16, to: u16) -> bool {
    let (mut found, mut open) = (vec![from], vec![from]);
    while let Some(leaf) = open.pop() {
        if leaf == to {
            return true;
        }
        for (_, event, _) in moves.chart().allowed(leaf) {
            for next in moves.targets_of(leaf, event) {
                if !found.contains(&next) {
                    found.push(next);
                    open.push(next);
                }
            }
        }
    }
    false
}

/// A name as a title: `add_user_message` is "Add user message".
pub(crate) fn title(name: &str) -> String {
    let mut words = name.replace('_', " ");
    if let Some(first) = words.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    words
}

/// What a prompt is for.
pub(crate) fn prompt(prompt: &Prompt) -> String {
    match prompt.docs().trim() {
        "" => format!("{}.", title(prompt.name())),
        docs => docs.to_owned(),
    }
}

/// What the author left without words: states, events and arguments.
pub(crate) fn lacking(chart: &'static Chart) -> Vec<String> {
    let is_empty = |docs: &str| docs.trim().is_empty();
    let states = chart.states().iter().filter(|state| is_empty(state.docs()));
    let mut lacking: Vec<_> = states.map(|state| format!("state {}", state.wire())).collect();
    let arguments = |name: &str, parameters: &[Parameter], lacking: &mut Vec<String>| {
        let parameters = parameters.iter().filter(|parameter| is_empty(parameter.docs()));
        lacking.extend(parameters.map(|found| format!("argument `{}` of `{name}`", found.name())));
    };
    for event in chart.events() {
        let has_words = |clause: &Clause| !is_empty(clause.docs());
        if is_empty(event.docs()) && !event.clauses().iter().any(has_words) {
            lacking.push(format!("event `{}`", event.name()));
        }
        if chart.has_move(event) {
            arguments(event.name(), event.payload(), &mut lacking);
        }
    }
    arguments("start_run", chart.inputs(), &mut lacking);
    for query in chart.queries() {
        if is_empty(query.docs()) {
            lacking.push(format!("query `{}`", query.name()));
        }
        arguments(query.name(), query.parameters(), &mut lacking);
    }
    lacking
}

/// What a client's model is told about the machine, in at most 1,200 characters.
pub(crate) fn instructions(chart: &'static Chart, default_run: &str) -> String {
    const WORDS: usize = 300;
    let mut docs: String = chart.docs().trim().chars().take(WORDS).collect();
    if docs.is_empty() {
        docs = format!("The state machine {}.", chart.name());
    }
    let begins =
        if chart.requires_input() { "needs a `start_run`" } else { "starts by its first event" };
    let mut words = format!(
        "{docs}\n\
         This is a state machine; `machine://chart` shows all of it. Each tool takes a `run`, and runs are independent. \
         Without one it is `{default_run}`, which {begins} and may be under way already. `start_run` \
         starts others, and refuses one that exists. Call `get_current_state` first: it returns the state, its data, and \
         the `legal` moves. Each answer names them again. A refused call changes nothing, and says why and what is \
         legal."
    );
    if chart.has_timeouts() {
        words.push_str(" A `timeout` comes by itself when it is due, also while nobody serves.");
    }
    if chart.has_gates() {
        words.push_str(
            " Some events a person decides: such a call asks, is answered as `waiting`, and is not to be repeated; look \
             at `gates` in `get_current_state` later.",
        );
    }
    words
}
