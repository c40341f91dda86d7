//! The machine with every name resolved: what the checks and the expansion see.

mod names;
mod signature;
mod visibility;

use std::ops::Index;
use std::time::Duration;

use proc_macro2::{Literal, Span, TokenStream};
use quote::{ToTokens, quote};
use syn::{Ident, Item, Type};

use crate::parse::{
    Choice as ChoiceDecl, Claim as Claimed, Declaration, Ensure, Function, Kind, Parameter,
    Sources, State as StateDecl, Superstate as SuperstateDecl, guard_name, unraw,
};
use crate::report::{Report, did_you_mean};

pub(crate) use names::wire;
pub(crate) use visibility::visibility;

/// The place of a state in the declaration, which is its number in the chart.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct StateId(usize);

/// The place of a superstate in the declaration. Its number in the chart follows those of the states.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct SuperId(usize);

impl StateId {
    /// The place among the states.
    pub(crate) fn place(self) -> usize {
        self.0
    }
}

/// A state or a superstate.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Node {
    State(StateId),
    Superstate(SuperId),
}

/// A machine.
pub(crate) struct Model<'d> {
    pub(crate) states: Vec<State<'d>>,
    pub(crate) superstates: Vec<Superstate<'d>>,
    pub(crate) choices: Vec<Choice<'d>>,
    pub(crate) guards: Vec<Guard<'d>>,
    /// Entry actions, then exit actions, each in the order of the declaration.
    pub(crate) actions: Vec<Action<'d>>,
    /// The first state that is marked initial; the first of all, where none is.
    pub(crate) initial: StateId,
    pub(crate) properties: Vec<Property<'d>>,
    pub(crate) context: Option<&'d Ident>,
    pub(crate) events: Vec<Event<'d>>,
    pub(crate) queries: Vec<Ask<'d>>,
    pub(crate) prompts: Vec<Ask<'d>>,
}

pub(crate) struct State<'d> {
    pub(crate) decl: &'d StateDecl,
    pub(crate) wire: String,
    /// What the wire form needs and the author has not given.
    pub(crate) derives: Vec<&'static str>,
    pub(crate) parent: Option<SuperId>,
}

pub(crate) struct Superstate<'d> {
    pub(crate) decl: &'d SuperstateDecl,
    pub(crate) parent: Option<SuperId>,
    /// The state to which `History` leads where none was left.
    pub(crate) default: Option<StateId>,
}

/// An enum of states, of which a handler chooses one.
pub(crate) struct Choice<'d> {
    pub(crate) decl: &'d ChoiceDecl,
    /// The states of its branches.
    pub(crate) states: Vec<StateId>,
}

/// A condition on state and context.
pub(crate) struct Guard<'d> {
    pub(crate) function: &'d Function,
    pub(crate) variant: Ident,
    pub(crate) arguments: Vec<Argument<'d>>,
    /// The state whose data it reads.
    pub(crate) about: Option<StateId>,
}

/// What is done when a state or a superstate is entered or left.
pub(crate) struct Action<'d> {
    pub(crate) function: &'d Function,
    pub(crate) arguments: Vec<Argument<'d>>,
    pub(crate) node: Node,
    pub(crate) is_entry: bool,
}

/// What the author claims of the graph.
pub(crate) struct Property<'d> {
    pub(crate) decl: &'d Ensure,
    pub(crate) claim: Claim,
}

/// A claim about states and superstates.
pub(crate) enum Claim {
    Through { from: Option<Node>, to: Node, through: Through },
    Never { from: Node, to: Node },
    AlwaysReachable { to: Node },
}

/// What a path takes.
pub(crate) enum Through {
    /// The event at this place.
    Event(usize),
    Node(Node),
}

/// Where a transition leads.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Target {
    /// Nowhere: it is internal.
    Stay,
    State(StateId),
    /// The place of a choice.
    Choice(usize),
    /// The state inside that was last left.
    History(SuperId),
}

pub(crate) struct Event<'d> {
    /// The method's name.
    pub(crate) ident: &'d Ident,
    /// The name of the struct in `events`, and of the variants.
    pub(crate) variant: Ident,
    pub(crate) docs: &'d str,
    pub(crate) payload: Vec<&'d Parameter>,
    pub(crate) clauses: Vec<Clause<'d>>,
}

impl<'d> Event<'d> {
    /// The type of the handlers' errors.
    pub(crate) fn error(&self) -> Option<&'d Type> {
        self.clauses.iter().find_map(|clause| clause.error)
    }
}

pub(crate) struct Clause<'d> {
    pub(crate) function: &'d Function,
    /// The name under which the handler is emitted.
    pub(crate) handler: Ident,
    /// What stands in `from`, each with its token.
    pub(crate) from: Vec<(Node, Span)>,
    /// The states in which it holds: those of `from` and those inside, but where a nearer clause of the event overrides
    /// it.
    pub(crate) sources: Vec<StateId>,
    pub(crate) arguments: Vec<Argument<'d>>,
    pub(crate) target: Target,
    pub(crate) error: Option<&'d Type>,
    /// The places of its guards.
    pub(crate) guards: Vec<usize>,
    /// The name of the function that asks them.
    pub(crate) guard: Ident,
    pub(crate) by_human: bool,
    pub(crate) after: Option<Duration>,
}

impl Clause<'_> {
    /// Whether the machine may refuse the event where the graph allows it.
    pub(crate) fn is_refusable(&self) -> bool {
        self.error.is_some() || !self.guards.is_empty()
    }
}

/// What a function is called with.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Argument<'d> {
    Source,
    Context,
    Payload(&'d Ident),
}

/// A query or a prompt.
pub(crate) struct Ask<'d> {
    pub(crate) function: &'d Function,
    pub(crate) variant: Ident,
    pub(crate) parameters: Vec<&'d Parameter>,
    pub(crate) arguments: Vec<Argument<'d>>,
    /// The state whose data it reads.
    pub(crate) about: Option<StateId>,
    /// The states and superstates that a prompt is for.
    pub(crate) states: Vec<Node>,
}

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
        wire: wire(&state.ident),
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

impl<'d> Model<'d> {
    /// The states with their numbers.
    pub(crate) fn states(&self) -> impl Iterator<Item = (StateId, &State<'d>)> {
        (0..).map(StateId).zip(&self.states)
    }

    /// The name of a state.
    pub(crate) fn name(&self, state: StateId) -> &'d Ident {
        &self[state].decl.ident
    }

    /// The superstates with their numbers.
    pub(crate) fn superstates(&self) -> impl Iterator<Item = (SuperId, &Superstate<'d>)> {
        (0..).map(SuperId).zip(&self.superstates)
    }

    /// The superstates around a state, from the inside out.
    pub(crate) fn parents(&self, state: StateId) -> Vec<SuperId> {
        let mut parents = Vec::new();
        let mut next = self[state].parent;
        // A cycle of parents is an error, and ends here.
        while let Some(parent) = next.filter(|parent| !parents.contains(parent)) {
            parents.push(parent);
            next = self[parent].parent;
        }
        parents
    }

    /// The number of a state or a superstate in the chart.
    pub(crate) fn number(&self, node: impl Into<Node>) -> Literal {
        Literal::usize_unsuffixed(match node.into() {
            Node::State(StateId(place)) => place,
            Node::Superstate(SuperId(place)) => self.states.len() + place,
        })
    }

    /// The states to which a target may lead.
    pub(crate) fn targets(&self, target: Target) -> Vec<StateId> {
        match target {
            Target::Stay => Vec::new(),
            Target::State(state) => vec![state],
            Target::Choice(place) => {
                self.choices.get(place).map(|choice| choice.states.clone()).unwrap_or_default()
            }
            Target::History(superstate) => self.inside(superstate),
        }
    }

    /// The states inside a superstate.
    pub(crate) fn inside(&self, superstate: SuperId) -> Vec<StateId> {
        let states = self.states().map(|(id, _)| id);
        states.filter(|state| self.parents(*state).contains(&superstate)).collect()
    }

    /// The superstates to which a transition leads by `History`, each with its first target's function.
    pub(crate) fn remembering(&self) -> Vec<(SuperId, &'d Function)> {
        let mut found: Vec<(SuperId, &Function)> = Vec::new();
        for clause in self.events.iter().flat_map(|event| &event.clauses) {
            if let Target::History(superstate) = clause.target
                && !found.iter().any(|(known, _)| *known == superstate)
            {
                found.push((superstate, clause.function));
            }
        }
        found
    }

    /// The name of a target as handlers write it.
    pub(crate) fn target_name(&self, target: Target) -> Option<TokenStream> {
        match target {
            Target::Stay => None,
            Target::State(state) => Some(self.name(state).to_token_stream()),
            Target::Choice(place) => {
                self.choices.get(place).map(|choice| choice.decl.ident.to_token_stream())
            }
            Target::History(superstate) => {
                let superstate = &self[superstate].decl.ident;
                Some(quote!(::leverframe::History<#superstate>))
            }
        }
    }

    /// Finds for each state the nearest clause of the event.
    fn spread(&self, event: &mut Event<'d>) {
        for (id, _) in self.states() {
            let parents = self.parents(id).into_iter().map(Node::Superstate);
            let nearest = std::iter::once(Node::State(id)).chain(parents).find_map(|node| {
                event
                    .clauses
                    .iter()
                    .position(|clause| clause.from.iter().any(|(from, _)| *from == node))
            });
            if let Some(clause) = nearest.and_then(|place| event.clauses.get_mut(place)) {
                clause.sources.push(id);
            }
        }
    }

    /// Whether a name of the machine's module means another thing in `events`, where an event is called so.
    pub(crate) fn is_hidden_by_an_event(&self, name: &Ident) -> bool {
        self.events.iter().any(|event| event.variant == *name)
    }
}

impl<'d> Index<StateId> for Model<'d> {
    type Output = State<'d>;

    #[expect(clippy::indexing_slicing, reason = "a number is made of a place in this list")]
    fn index(&self, state: StateId) -> &State<'d> {
        &self.states[state.0]
    }
}

impl<'d> Index<SuperId> for Model<'d> {
    type Output = Superstate<'d>;

    #[expect(clippy::indexing_slicing, reason = "a number is made of a place in this list")]
    fn index(&self, superstate: SuperId) -> &Superstate<'d> {
        &self.superstates[superstate.0]
    }
}

impl From<StateId> for Node {
    fn from(state: StateId) -> Self {
        Self::State(state)
    }
}

impl From<SuperId> for Node {
    fn from(superstate: SuperId) -> Self {
        Self::Superstate(superstate)
    }
}

struct Resolver<'d> {
    declaration: &'d Declaration,
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
    fn state(&self, name: &Ident) -> Option<StateId> {
        self.declaration.states.iter().position(|state| state.ident == *name).map(StateId)
    }

    /// The name of a state.
    fn name(&self, state: StateId) -> &Ident {
        &self[state].ident
    }

    /// The number of a state, or an error on the name.
    fn known_state(&self, name: &Ident, report: &mut Report) -> Option<StateId> {
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
    fn is_refused(&self, name: &Ident) -> bool {
        self.declaration.refused.contains(name)
    }

    /// The number of a superstate, by its name.
    fn superstate(&self, name: &Ident) -> Option<SuperId> {
        let mut superstates = self.declaration.superstates.iter();
        superstates.position(|superstate| superstate.ident == *name).map(SuperId)
    }

    /// The number of a superstate, or an error on the name.
    fn known_superstate(&self, name: &Ident, report: &mut Report) -> Option<SuperId> {
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
    fn known_leaf(&self, name: &Ident, report: &mut Report) -> Option<StateId> {
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

    fn functions(&self) -> impl Iterator<Item = &'d Function> {
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

    fn sources(&self, sources: &Sources, report: &mut Report) -> Vec<(Node, Span)> {
        match sources {
            Sources::All(span) => {
                let states = (0..).zip(&self.declaration.states);
                let left = states.filter(|(_, state)| !state.last);
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
    fn list(&self, names: &[Ident], report: &mut Report) -> Vec<(Node, Span)> {
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

/// The clauses of one event carry the same payload and the same error.
fn same_event(event: &Event<'_>, clause: &Clause<'_>, payload: &[&Parameter], report: &mut Report) {
    let name = event.ident;
    let text = |ty: &Type| quote::quote!(#ty).to_string();
    let expr = |value: &syn::Expr| quote::quote!(#value).to_string();
    let same = |a: &Parameter, b: &Parameter| a.ident == b.ident && text(&a.ty) == text(&b.ty);
    let differs = payload.iter().enumerate().find(|(place, parameter)| {
        event.payload.get(*place).is_none_or(|first| !same(first, parameter))
    });
    let first: Vec<_> = event
        .payload
        .iter()
        .map(|p| format!("{}: {}", p.ident, crate::parse::text(&p.ty)))
        .collect();
    let first =
        if first.is_empty() { "nothing".to_owned() } else { format!("`{}`", first.join(", ")) };
    let message = format!(
        "the clauses of one event carry the same payload, and the first `{name}` carries {first}"
    );
    match differs {
        Some((_, parameter)) => report.at(&parameter.ident, message),
        None if payload.len() < event.payload.len() => report.at(&clause.function.ident, message),
        None => {}
    }
    if let (Some(first), Some(error)) = (event.error(), clause.error)
        && text(first) != text(error)
    {
        let first = crate::parse::text(first);
        report.at(error, format_args!("the clauses of one event fail with the same type, and the first `{name}` fails with `{first}`"));
    }
    for (parameter, first) in payload.iter().zip(&event.payload) {
        if let Some(default) = &parameter.default
            && first.default.as_ref().map(expr) != Some(expr(default))
        {
            report.at(default, format_args!("the defaults of a payload stand in the first clause of `{name}`: write this one there"));
        }
    }
    for (state, span) in &clause.from {
        if event.clauses.iter().any(|first| first.from.iter().any(|(known, _)| known == state)) {
            let message = format_args!(
                "the sources of one event do not overlap, and an earlier `{name}` starts here already"
            );
            report.span(*span, message);
            break;
        }
    }
}

/// The traits of the wire form that the author has neither derived nor written.
fn missing_derives(
    declaration: &Declaration,
    state: &StateDecl,
    report: &mut Report,
) -> Vec<&'static str> {
    let mut given = Vec::new();
    for attr in &state.item.attrs {
        if attr.path().is_ident("derive") {
            let paths = attr.parse_args_with(
                syn::punctuated::Punctuated::<syn::Path, syn::Token![,]>::parse_terminated,
            );
            let paths = paths.into_iter().flatten();
            given.extend(
                paths.filter_map(|path| path.segments.last().map(|last| unraw(&last.ident))),
            );
        } else if attr.path().is_ident("cfg_attr")
            && quote::quote!(#attr).to_string().contains("derive")
        {
            report.at(attr, "a state of `#[machine(serde)]` derives outright, not by `cfg_attr`");
        }
    }
    for item in &declaration.items {
        if let Item::Impl(item) = item
            && let Some((path, ..)) = &item.trait_
            && let Some(last) = path.segments.last()
            && crate::parse::plain_name(&item.self_ty).is_some_and(|name| name == state.ident)
        {
            given.push(unraw(&last.ident));
        }
    }
    ["Clone", "Serialize", "Deserialize"]
        .into_iter()
        .filter(|wanted| !given.iter().any(|given| given == wanted))
        .collect()
}
