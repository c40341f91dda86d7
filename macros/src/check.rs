//! The checks of the graph.

mod properties;
mod tasks;

use self::properties::Proofs;
use crate::model::{Model, Node};
use crate::parse::Declaration;
use crate::proof::{Leaf, StateSpace};
use crate::report::Report;

/// Reports what is wrong with the graph.
pub(crate) fn check(declaration: &Declaration, model: &Model<'_>, report: &mut Report) {
    final_states_are_left(model, report);
    tasks::check(model, report);
    let remembers = history(model, report);
    if one_initial_state(declaration, report) && remembers {
        paths(model, report);
    }
}

/// Whether there is an initial state, of which there is no other.
fn one_initial_state(declaration: &Declaration, report: &mut Report) -> bool {
    let states = &declaration.states;
    let mut initial = states.iter().filter_map(|state| Some((&state.ident, state.initial?)));
    let Some((first, _)) = initial.next() else {
        let message =
            "no initial state: mark the one in which the machine starts `#[state(initial)]`";
        report.at(&declaration.module, message);
        return false;
    };
    let mut alone = true;
    for (_, span) in initial {
        alone = false;
        report.span(
            span,
            format_args!("a machine starts in one state, and `{first}` is marked initial already"),
        );
    }
    alone
}

fn final_states_are_left(model: &Model<'_>, report: &mut Report) {
    let clauses = model.events.iter().flat_map(|event| &event.clauses);
    for clause in clauses {
        for source in clause.sources.iter().filter(|source| model[**source].is_final) {
            let parents = model.parents(*source).into_iter().map(Node::Superstate);
            let around: Vec<_> = std::iter::once(Node::State(*source)).chain(parents).collect();
            let Some((_, span)) = clause.from.iter().find(|(node, _)| around.contains(node)) else {
                continue;
            };
            let name = model.name(*source);
            report.span(
                *span,
                format_args!("`{name}` is final, and a final state has no transitions: remove it from `from`, or make it an ordinary state"),
            );
        }
    }
}

/// Whether each superstate that remembers has a default inside, and no other that remembers around it.
fn history(model: &Model<'_>, report: &mut Report) -> bool {
    let remembering = model.histories();
    let mut default_known = true;
    for (superstate, function) in &remembering {
        let name = model[*superstate].ident;
        let inside = model.inside(*superstate);
        let target = function.output.value.as_ref();
        match (model[*superstate].default, model[*superstate].default_name) {
            (Some(default), Some(at)) if !inside.contains(&default) => {
                default_known = false;
                report.at(at, format_args!("`{at}` is not inside `{name}`: name a state that is"));
            }
            (None, None) => {
                default_known = false;
                report.at(
                    target,
                    format_args!("`{name}` has no default for `History` before it was left: add `#[superstate(default = …)]`"),
                );
            }
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
            let other = model[*other].ident;
            report.at(
                target,
                format_args!("`{other}` around `{name}` has history, too, and the data of a state is kept once: target one of them"),
            );
        }
    }
    default_known
}

/// Checks the whole graph: unreachable states, dead ends, and the author's properties.
fn paths(model: &Model<'_>, report: &mut Report) {
    let proofs = Proofs::new(model);
    let space = match StateSpace::explore(&proofs.graph) {
        Ok(space) => space,
        Err(error) => return report.at(model.name(model.initial), error),
    };
    let name = |leaf: Leaf| model.states.get(leaf.0).map(|state| state.ident);
    let initial = model.name(model.initial);
    for name in space.unreachable().into_iter().filter_map(name) {
        report.at(
            name,
            format_args!("`{name}` is unreachable: no transitions lead from `{initial}` to it; let one return `{name}`, or remove the state"),
        );
    }
    for name in space.dead_ends().into_iter().filter_map(name) {
        report.at(
            name,
            format_args!("`{name}` is a dead end: nothing leads out of it; mark it `#[state(final)]`, or give it a transition"),
        );
    }
    proofs.properties(&space, report);
}
