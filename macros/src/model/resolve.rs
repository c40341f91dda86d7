//! From names to numbers: every name of a declaration is looked up here, once.

use syn::Ident;

use super::derives::missing_derives;
use super::machine::{
    Action, Choice, Claim, Event, Guard, Model, Property, Query, State, StateId, SuperId,
    Superstate, Through,
};
use super::same_event::same_event;
use super::scope::Scope;
use super::{inputs, names, remains, signature, tasks, upgrades, visibility};
use crate::parse::{Claim as Claimed, Context, Declaration, Kind, docs, guard_name};
use crate::report::Report;

/// Resolves all names. `None`, where there is nothing to resolve against.
pub(crate) fn resolve<'d>(declaration: &'d Declaration, report: &mut Report) -> Option<Model<'d>> {
    let scope = Scope { declaration };
    names::check(declaration, report);
    inputs::check(declaration, report);
    visibility::check(declaration, report);
    if declaration.states.is_empty() {
        if declaration.refused.is_empty() {
            report.at(
                &declaration.module,
                "a machine has states: mark structs `#[state]`, one of them `#[state(initial)]`",
            );
        }
        return None;
    }
    let context = scope.context(report);
    let initial = declaration.states.iter().position(|state| state.initial.is_some());
    let states = declaration.states.iter().map(|state| State {
        ident: &state.ident,
        docs: docs(&state.item.attrs),
        fields: &state.item.fields,
        place: state.place,
        is_final: state.is_final,
        wire: names::wire(&state.ident),
        derives: if declaration.serde {
            missing_derives(declaration, state, report)
        } else {
            Vec::new()
        },
        parent: state.parent.as_ref().and_then(|name| scope.known_superstate(name, report)),
        sensitive: &state.sensitive,
    });
    let states = states.collect();
    let superstates = scope.superstates(report);
    let choices = scope.choices(report);
    let guards = scope.guards(report);
    let actions = scope.actions(report);
    let mut events = scope.events(&guards, report);
    if !declaration.has_transitions {
        report.at(
            &declaration.module,
            "a machine has transitions: mark functions `#[transition(from = …)]`",
        );
    }
    let queries = scope.queries(report, |kind| matches!(kind, Kind::Query));
    let prompts = scope.queries(report, |kind| matches!(kind, Kind::Prompt(_)));
    let tasks = tasks::tasks(&scope, &events, report);
    names::check_functions(&events, &queries, &prompts, &guards, &tasks, declaration, report);
    let upgrades = upgrades::upgrades(&scope, &events, report);
    let mut model = Model {
        module: remains::module(declaration),
        name: &declaration.name,
        docs: docs(&declaration.attrs),
        digest: declaration.digest,
        version: declaration.version.map(|(version, _)| version),
        serde: declaration.serde,
        vis: visibility::visibility(declaration, 1),
        inner_vis: visibility::visibility(declaration, 2),
        states,
        superstates,
        choices,
        guards,
        actions,
        properties: scope.properties(&events, report),
        initial: StateId(initial.unwrap_or(0)),
        context,
        events: Vec::new(),
        queries,
        prompts,
        upgrades,
        tasks,
    };
    if report.is_empty() {
        for event in &mut events {
            model.spread(event);
        }
    }
    model.events = events;
    Some(model)
}

impl<'d> Scope<'d> {
    fn context(&self, report: &mut Report) -> Option<&'d Context> {
        let [first, rest @ ..] = self.declaration.contexts.as_slice() else { return None };
        for second in rest {
            let message =
                format_args!("a machine has one context, and `{}` is it already", first.ident);
            report.at(&second.ident, message);
        }
        Some(first)
    }

    fn superstates(&self, report: &mut Report) -> Vec<Superstate<'d>> {
        let superstates = self.declaration.superstates.iter();
        let superstates: Vec<_> = superstates
            .map(|decl| Superstate {
                ident: &decl.ident,
                docs: &decl.docs,
                place: decl.place,
                wire: names::wire(&decl.ident),
                parent: decl.parent.as_ref().and_then(|name| self.known_superstate(name, report)),
                default: decl.default.as_ref().and_then(|name| self.known_leaf(name, report)),
                default_name: decl.default.as_ref(),
            })
            .collect();
        for (place, (superstate, decl)) in
            superstates.iter().zip(&self.declaration.superstates).enumerate()
        {
            let name = superstate.ident;
            let mut at = superstate.parent;
            let mut steps = 0;
            while let Some(SuperId(parent)) = at.filter(|parent| parent.0 != place) {
                steps += 1;
                at = superstates
                    .get(parent)
                    .filter(|_| steps <= superstates.len())
                    .and_then(|s| s.parent);
            }
            if at.is_some() {
                let parent = decl.parent.as_ref().unwrap_or(name);
                report.at(
                    parent,
                    format_args!("`{name}` is inside itself: its parents form a cycle"),
                );
            }
            let is_parent = |parent: &Option<Ident>| parent.as_ref() == Some(name);
            let has_children = self.declaration.states.iter().any(|state| is_parent(&state.parent))
                || self.declaration.superstates.iter().any(|inner| is_parent(&inner.parent));
            if !has_children {
                report.at(name, format_args!("`{name}` has no states inside: mark one `#[state(parent = {name})]`, or remove it"));
            }
        }
        superstates
    }

    fn properties(&self, events: &[Event<'d>], report: &mut Report) -> Vec<Property<'d>> {
        let mut found = Vec::new();
        for decl in &self.declaration.properties {
            let mut node = |name: &Ident| self.known_node(name, report);
            let claim = match &decl.claim {
                Claimed::Never { from, to } => {
                    let (from, to) = (node(from), node(to));
                    from.zip(to).map(|(from, to)| Claim::Never { from, to })
                }
                Claimed::AlwaysReachable { to } => node(to).map(|to| Claim::AlwaysReachable { to }),
                Claimed::Through { from, to, through } => {
                    let (from, to) = (from.as_ref().map(&mut node), node(to));
                    let through = self.through(through, events, report);
                    match (from, to, through) {
                        (Some(None), ..) => None,
                        (from, Some(to), Some(through)) => {
                            Some(Claim::Through { from: from.flatten(), to, through })
                        }
                        _ => None,
                    }
                }
            };
            found.extend(claim.map(|claim| Property { decl, claim }));
        }
        found
    }

    /// An event, a state or a superstate.
    fn through(&self, name: &Ident, events: &[Event<'d>], report: &mut Report) -> Option<Through> {
        if let Some(place) = events.iter().position(|event| event.ident == name) {
            return Some(Through::Event(place));
        }
        if let Some(superstate) = self.superstate(name) {
            return Some(Through::Node(superstate.into()));
        }
        let known = self.declaration.superstates.iter().map(|known| &known.ident);
        let known = known.chain(events.iter().map(|event| event.ident));
        // A handler that was refused is no event, and has been said to be none.
        if self.functions().any(|function| function.ident == *name) {
            return None;
        }
        self.known(name, known, report).map(|state| Through::Node(state.into()))
    }

    fn choices(&self, report: &mut Report) -> Vec<Choice<'d>> {
        let choices = self.declaration.choices.iter();
        choices
            .map(|decl| Choice {
                ident: &decl.ident,
                place: decl.place,
                branches: decl
                    .branches
                    .iter()
                    .filter_map(|(branch, state)| Some((branch, self.known_leaf(state, report)?)))
                    .collect(),
            })
            .collect()
    }

    fn guards(&self, report: &mut Report) -> Vec<Guard<'d>> {
        let guards = self.functions().filter(|function| matches!(function.kind, Kind::Guard));
        guards.filter_map(|function| signature::guard(self, function, report)).collect()
    }

    fn actions(&self, report: &mut Report) -> Vec<Action<'d>> {
        let mut actions = Vec::new();
        for function in self.functions() {
            let (names, is_entry) = match &function.kind {
                Kind::Entry(names) => (names, true),
                Kind::Exit(names) => (names, false),
                _ => continue,
            };
            actions.extend(signature::action(self, function, names, is_entry, report));
        }
        actions
    }

    fn events(&self, guards: &[Guard<'d>], report: &mut Report) -> Vec<Event<'d>> {
        let mut events: Vec<Event<'d>> = Vec::new();
        for function in &self.declaration.functions {
            let Kind::Transition(options) = &function.kind else { continue };
            let signature = signature::handler(self, function, options, guards, report);
            let Some((clause, payload)) = signature else { continue };
            let Some(variant) = names::variant(&function.ident, report) else { continue };
            match events.iter_mut().find(|event| event.ident == &function.ident) {
                Some(event) => {
                    same_event(event, &clause, &payload, report);
                    event.clauses.push(clause);
                }
                None => events.push(Event {
                    ident: &function.ident,
                    variant,
                    docs: &function.docs,
                    payload,
                    clauses: vec![clause],
                }),
            }
        }
        for event in events.iter_mut().filter(|event| event.clauses.len() > 1) {
            for (number, clause) in (1..).zip(&mut event.clauses) {
                clause.handler = clause.function.renamed(number, &self.declaration.items);
            }
        }
        for clause in events.iter_mut().flat_map(|event| &mut event.clauses) {
            clause.guard = guard_name(&clause.handler, &self.declaration.items);
        }
        events
    }

    fn queries(&self, report: &mut Report, wanted: impl Fn(&Kind) -> bool) -> Vec<Query<'d>> {
        let functions = self.declaration.functions.iter().filter(|function| wanted(&function.kind));
        functions.filter_map(|function| signature::query(self, function, report)).collect()
    }
}
