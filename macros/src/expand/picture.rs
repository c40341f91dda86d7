//! The picture of a machine in its documentation.

use leverframe_draw as draw;
use proc_macro2::TokenStream;
use quote::quote;

use crate::model::{Clause, Event, Model, Target, unraw};

/// An attribute that shows the picture in rustdoc. Other builds take it off, so that they draw nothing.
pub(super) fn picture(model: &Model<'_>) -> TokenStream {
    let description = statechart(model).to_string();
    quote!(#[cfg_attr(doc, doc = ::leverframe::__picture!(#description))])
}

/// The machine with its names in Rust.
fn statechart(model: &Model<'_>) -> draw::Statechart {
    let states = model.states.iter().map(|state| draw::State {
        name: unraw(state.ident),
        parent: state.parent.map(|parent| model.place(parent)),
        is_final: state.is_final,
        ..draw::State::default()
    });
    let superstates = model.superstates.iter().map(|superstate| draw::State {
        name: unraw(superstate.ident),
        parent: superstate.parent.map(|parent| model.place(parent)),
        is_superstate: true,
        ..draw::State::default()
    });
    let transitions = model
        .events
        .iter()
        .flat_map(|event| event.clauses.iter().map(move |clause| transition(model, event, clause)));
    let name = |event: usize| model.events.get(event).map(|event| unraw(event.ident));
    let tasks = model.tasks.iter().map(|task| draw::Task {
        name: unraw(&task.function.ident),
        state: model.place(task.node),
        outcomes: task.ends.iter().filter_map(|(event, _)| name(*event)).collect(),
    });
    draw::Statechart {
        name: model.name.to_string(),
        states: states.chain(superstates).collect(),
        initial: model.place(model.initial),
        transitions: transitions.collect(),
        tasks: tasks.collect(),
        ..draw::Statechart::default()
    }
}

fn transition(model: &Model<'_>, event: &Event<'_>, clause: &Clause<'_>) -> draw::Transition {
    let to = match clause.target {
        Target::History(superstate) => vec![draw::Target::History(model.place(superstate))],
        target => {
            let states = model.targets(target).into_iter();
            states.map(|state| draw::Target::State(model.place(state))).collect()
        }
    };
    let guards = clause.guards.iter().filter_map(|place| model.guards.get(*place));
    draw::Transition {
        event: unraw(event.ident),
        payload: event.payload.iter().map(|parameter| unraw(&parameter.ident)).collect(),
        from: clause.from.iter().map(|(source, _)| model.place(*source)).collect(),
        to,
        guards: guards.map(|guard| unraw(&guard.function.ident)).collect(),
        approvals: clause.by_human.unwrap_or(0),
        after: clause.after,
        ..draw::Transition::default()
    }
}
