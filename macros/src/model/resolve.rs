//! From names to numbers: every name of a declaration is looked up here, once.

use std::ops::Index;

use proc_macro2::Span;
use syn::Ident;

use super::derives::missing_derives;
use super::{
    Action, Ask, Choice, Claim, Event, Guard, Model, Node, Property, State, StateId, SuperId,
    Superstate, Through, names, same_event::same_event, signature, visibility,
};
use crate::parse::{
    Claim as Claimed, Declaration, Function, Kind, Sources, State as StateDecl, guard_name,
};
use crate::report::{Report, did_you_mean};

/// Resolves all names. `None`, where there is nothing to resolve against.
pub(crate) fn resolve<'d>(declaration: &'d Declaration, report: &mut Report) -> Option<Model<'d>> {
    let resolver = Resolver { declaration };
    names::check(declaration, report);
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
    let context = resolver.context(report);
    let initial = declaration.states.iter().position(|state| state.initial.is_some());
    let states = declaration.states.iter().map(|state| State {
        decl: state,
        wire: names::wire(&state.ident),
        derives: if declaration.serde {
            missing_derives(declaration, state, report)
        } else {
            Vec::new()
        },
        parent: state.parent.as_ref().and_then(|name| resolver.known_superstate(name, report)),
    });
    let states = states.collect();
    let superstates = resolver.superstates(report);
    let choices = resolver.choices(report);
    let guards = resolver.guards(report);
    let actions = resolver.actions(report);
    let mut events = resolver.events(&guards, report);
    if !declaration.has_transitions {
        report.at(
            &declaration.module,
            "a machine has transitions: mark functions `#[transition(from = …)]`",
        );
    }
    let queries = resolver.asks(report, |kind| matches!(kind, Kind::Query));
    let prompts = resolver.asks(report, |kind| matches!(kind, Kind::Prompt(_)));
    names::check_functions(&events, &queries, &prompts, &guards, declaration, report);
    let mut model = Model {
        states,
        superstates,
        choices,
        guards,
        actions,
        properties: resolver.properties(&events, report),
        initial: StateId(initial.unwrap_or(0)),
        context,
        events: Vec::new(),
        queries,
        prompts,
    };
    if report.is_empty() {
        for event in &mut events {
            model.spread(event);
        }
    }
    model.events = events;
    Some(model)
}

/// The declaration, to look names up in.
pub(super) struct Resolver<'d> {
    pub(super) declaration: &'d Declaration,
}

impl Index<StateId> for Resolver<'_> {
    type Output = StateDecl;

    #[expect(clippy::indexing_slicing, reason = "a number is made of a place in this list")]
    fn index(&self, state: StateId) -> &StateDecl {
        &self.declaration.states[state.0]
    }
}

impl<'d> Resolver<'d> {
    fn context(&self, report: &mut Report) -> Option<&'d Ident> {
        let [first, rest @ ..] = self.declaration.contexts.as_slice() else { return None };
        for second in rest {
            let message =
                format_args!("a machine has one context, and `{}` is it already", first.ident);
            report.at(&second.ident, message);
        }
        Some(&first.ident)
    }

    /// The number of a state, by its name.
    pub(super) fn state(&self, name: &Ident) -> Option<StateId> {
        self.declaration.states.iter().position(|state| state.ident == *name).map(StateId)
    }

    /// The name of a state.
    pub(super) fn name(&self, state: StateId) -> &Ident {
        &self[state].ident
    }

    /// The number of a state, or an error on the name.
    pub(super) fn known_state(&self, name: &Ident, report: &mut Report) -> Option<StateId> {
        self.known(name, std::iter::empty(), report)
    }

    /// The number of a state, or an error on the name, for which other names stand open too.
    fn known<'n>(
        &self,
        name: &Ident,
        others: impl Iterator<Item = &'n Ident>,
        report: &mut Report,
    ) -> Option<StateId> {
        let found = self.state(name);
        if found.is_none() && !self.is_refused(name) {
            let known = self.declaration.states.iter().map(|state| state.ident.to_string());
            let known: Vec<_> = known.chain(others.map(Ident::to_string)).collect();
            let mut hint = did_you_mean(&name.to_string(), known.iter().map(String::as_str));
            if hint.is_empty() {
                hint = format!(": mark a struct `{name}` with `#[state]`");
            }
            report.at(name, format_args!("no state `{name}` is declared{hint}"));
        }
        found
    }

    /// Whether the name was refused where it is declared, which is said there.
    pub(super) fn is_refused(&self, name: &Ident) -> bool {
        self.declaration.refused.contains(name)
    }

    /// The number of a superstate, by its name.
    fn superstate(&self, name: &Ident) -> Option<SuperId> {
        let mut superstates = self.declaration.superstates.iter();
        superstates.position(|superstate| superstate.ident == *name).map(SuperId)
    }

    /// The number of a superstate, or an error on the name.
    pub(super) fn known_superstate(&self, name: &Ident, report: &mut Report) -> Option<SuperId> {
        let found = self.superstate(name);
        if found.is_none() && self.state(name).is_some() {
            report.at(name, format_args!("`{name}` is a state, and only a superstate has states inside: mark it `#[superstate]`"));
        } else if found.is_none() && !self.is_refused(name) {
            let known: Vec<_> =
                self.declaration.superstates.iter().map(|known| known.ident.to_string()).collect();
            let mut hint = did_you_mean(&name.to_string(), known.iter().map(String::as_str));
            if hint.is_empty() {
                hint = format!(": mark a struct `{name}` with `#[superstate]`");
            }
            report.at(name, format_args!("no superstate `{name}` is declared{hint}"));
        }
        found
    }

    /// A state or a superstate, or an error on the name.
    fn known_node(&self, name: &Ident, report: &mut Report) -> Option<Node> {
        if let Some(superstate) = self.superstate(name) {
            return Some(Node::Superstate(superstate));
        }
        let known = self.declaration.superstates.iter().map(|known| &known.ident);
        self.known(name, known, report).map(Node::State)
    }

    fn superstates(&self, report: &mut Report) -> Vec<Superstate<'d>> {
        let superstates = self.declaration.superstates.iter();
        let superstates: Vec<_> = superstates
            .map(|decl| Superstate {
                decl,
                parent: decl.parent.as_ref().and_then(|name| self.known_superstate(name, report)),
                default: decl.default.as_ref().and_then(|name| self.known_leaf(name, report)),
            })
            .collect();
        for (place, superstate) in superstates.iter().enumerate() {
            let name = &superstate.decl.ident;
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
                let parent = superstate.decl.parent.as_ref().unwrap_or(name);
                report.at(
                    parent,
                    format_args!("`{name}` is inside itself: its parents come round to it again"),
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
                decl,
                states: decl
                    .branches
                    .iter()
                    .filter_map(|(_, state)| self.known_leaf(state, report))
                    .collect(),
            })
            .collect()
    }

    /// A state to which a transition leads, or an error on the name.
    pub(super) fn known_leaf(&self, name: &Ident, report: &mut Report) -> Option<StateId> {
        if self.superstate(name).is_some() {
            report.at(
                name,
                format_args!(
                    "`{name}` is a superstate, and a transition leads to one state: name one inside"
                ),
            );
            return None;
        }
        self.known_state(name, report)
    }

    pub(super) fn functions(&self) -> impl Iterator<Item = &'d Function> {
        self.declaration.functions.iter()
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

    pub(super) fn sources(&self, sources: &Sources, report: &mut Report) -> Vec<(Node, Span)> {
        match sources {
            Sources::All(span) => {
                let states = (0..).zip(&self.declaration.states);
                let left = states.filter(|(_, state)| !state.is_final);
                let left: Vec<_> =
                    left.map(|(place, _)| (Node::State(StateId(place)), *span)).collect();
                if left.is_empty() {
                    report.span(
                        *span,
                        "`_` stands for every state that is not final, and there is none",
                    );
                }
                left
            }
            Sources::Named(names) => self.list(names, report),
        }
    }

    /// States that are named in a list, each once.
    pub(super) fn list(&self, names: &[Ident], report: &mut Report) -> Vec<(Node, Span)> {
        let mut found: Vec<(Node, Span)> = Vec::new();
        for name in names {
            let Some(state) = self.known_node(name, report) else { continue };
            if found.iter().any(|(first, _)| *first == state) {
                report.at(name, format_args!("`{name}` stands in this list already"));
            } else {
                found.push((state, name.span()));
            }
        }
        found
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

    fn asks(&self, report: &mut Report, wanted: impl Fn(&Kind) -> bool) -> Vec<Ask<'d>> {
        let functions = self.declaration.functions.iter().filter(|function| wanted(&function.kind));
        functions.filter_map(|function| signature::ask(self, function, report)).collect()
    }
}
