//! The graph: what the names cannot tell.

use std::collections::{HashMap, HashSet};

use crate::model::{Model, Node, StateId};
use crate::parse::Declaration;
use crate::report::Report;

/// Reports what is wrong with the graph.
pub(crate) fn check(declaration: &Declaration, model: &Model<'_>, report: &mut Report) {
    one_initial_state(declaration, report);
    final_states_are_left(model, report);
    history(model, report);
    unreachable(model, report);
    dead_ends(model, report);
}

fn one_initial_state(declaration: &Declaration, report: &mut Report) {
    let states = &declaration.states;
    let mut initial = states.iter().filter_map(|state| Some((&state.ident, state.initial?)));
    let Some((first, _)) = initial.next() else {
        let message =
            "no initial state: mark the one in which the machine starts `#[state(initial)]`";
        return report.at(&declaration.module, message);
    };
    for (_, span) in initial {
        report.span(
            span,
            format_args!("a machine starts in one state, and `{first}` is marked initial already"),
        );
    }
}

/// The pairs of source and target of all transitions.
fn edges<'m>(model: &'m Model<'_>) -> impl Iterator<Item = (StateId, StateId)> + 'm {
    let clauses = model.events.iter().flat_map(|event| &event.clauses);
    clauses.flat_map(|clause| {
        let targets = model.targets(clause.target);
        let sources = clause.sources.iter();
        sources.flat_map(move |source| {
            targets.clone().into_iter().map(move |target| (*source, target))
        })
    })
}

fn final_states_are_left(model: &Model<'_>, report: &mut Report) {
    let clauses = model.events.iter().flat_map(|event| &event.clauses);
    for clause in clauses {
        for source in clause.sources.iter().filter(|source| model[**source].decl.last) {
            let parents = model.parents(*source).into_iter().map(Node::Superstate);
            let around: Vec<_> = std::iter::once(Node::State(*source)).chain(parents).collect();
            let Some((_, span)) = clause.from.iter().find(|(node, _)| around.contains(node)) else {
                continue;
            };
            let name = model.name(*source);
            report.span(
                *span,
                format_args!("`{name}` is final, and nothing happens in a final state: take it out of `from`, or make it an ordinary state"),
            );
        }
    }
}

/// A superstate that remembers has a default inside, and no other that remembers around it.
fn history(model: &Model<'_>, report: &mut Report) {
    let remembering = model.remembering();
    for (superstate, function) in &remembering {
        let name = &model[*superstate].decl.ident;
        let inside = model.inside(*superstate);
        let target = function.output.value.as_ref();
        match (model[*superstate].default, &model[*superstate].decl.default) {
            (Some(default), Some(at)) if !inside.contains(&default) => {
                report.at(at, format_args!("`{at}` is not inside `{name}`: name a state that is"));
            }
            (None, None) => report.at(
                target,
                format_args!("`{name}` has no state to go to before one was left: `#[superstate(default = …)]`"),
            ),
            _ => {}
        }
        let other = remembering.iter().find(|(other, _)| {
            other != superstate
                && inside.iter().any(|state| {
                    let parents = model.parents(*state);
                    let place = |wanted| parents.iter().position(|parent| parent == wanted);
                    place(other) > place(superstate)
                })
        });
        if let Some((other, _)) = other {
            let other = &model[*other].decl.ident;
            report.at(
                target,
                format_args!("`{other}` around `{name}` remembers too, and one state's data is kept once: lead to one of them"),
            );
        }
    }
}

fn unreachable(model: &Model<'_>, report: &mut Report) {
    let mut targets: HashMap<StateId, Vec<StateId>> = HashMap::new();
    for (source, target) in edges(model) {
        targets.entry(source).or_default().push(target);
    }
    let initial = model.states().filter(|(_, state)| state.decl.initial.is_some());
    let mut queue: Vec<_> = initial.map(|(id, _)| id).collect();
    if queue.is_empty() {
        return;
    }
    let mut reached: HashSet<_> = queue.iter().copied().collect();
    while let Some(state) = queue.pop() {
        let next = targets.get(&state).into_iter().flatten();
        queue.extend(next.filter(|target| reached.insert(**target)));
    }
    let initial = model.name(model.initial);
    for (id, state) in model.states().filter(|(id, _)| !reached.contains(id)) {
        let name = model.name(id);
        report.at(
            &state.decl.ident,
            format_args!("`{name}` is unreachable: no transitions lead from `{initial}` to it; let one return `{name}`, or remove the state"),
        );
    }
}

fn dead_ends(model: &Model<'_>, report: &mut Report) {
    let left: HashSet<StateId> = edges(model)
        .filter(|(source, target)| source != target)
        .map(|(source, _)| source)
        .collect();
    for (id, state) in model.states().filter(|(id, state)| !left.contains(id) && !state.decl.last) {
        let name = model.name(id);
        report.at(
            &state.decl.ident,
            format_args!("`{name}` is a dead end: nothing leads out of it; mark it `#[state(final)]`, or give it a transition"),
        );
    }
}
