//! The machine with every name resolved.

use std::ops::Index;
use std::time::Duration;

use proc_macro2::{Literal, Span, TokenStream};
use quote::{ToTokens, quote};
use syn::{Attribute, Fields, Ident, Item, Type, Visibility, parse_quote};

use super::change::Upgrade;
use crate::parse::{Context, Ensure, Function, Parameter, TaskOptions};

/// The place of a state in the declaration, which is its number in the chart.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct StateId(pub(super) usize);

/// The place of a superstate in the declaration. Its number in the chart follows those of the states.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct SuperId(pub(super) usize);

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
    pub(crate) module: Module<'d>,
    pub(crate) name: &'d Ident,
    pub(crate) docs: String,
    /// The hash of the declaration.
    pub(crate) digest: [u8; 32],
    /// The version, where it is declared.
    pub(crate) version: Option<u32>,
    /// Whether values have a wire form.
    pub(crate) serde: bool,
    /// The visibility of the generated items: that of the states.
    pub(crate) vis: Visibility,
    /// The same visibility, as it is written one module further in.
    pub(crate) inner_vis: Visibility,
    pub(crate) states: Vec<State<'d>>,
    pub(crate) superstates: Vec<Superstate<'d>>,
    pub(crate) choices: Vec<Choice<'d>>,
    pub(crate) guards: Vec<Guard<'d>>,
    /// Entry actions, then exit actions, each in the order of the declaration.
    pub(crate) actions: Vec<Action<'d>>,
    /// The first state that is marked initial; the first of all, where none is.
    pub(crate) initial: StateId,
    pub(crate) properties: Vec<Property<'d>>,
    pub(crate) context: Option<&'d Context>,
    pub(crate) events: Vec<Event<'d>>,
    pub(crate) queries: Vec<Query<'d>>,
    pub(crate) prompts: Vec<Query<'d>>,
    pub(crate) upgrades: Vec<Upgrade<'d>>,
    pub(crate) tasks: Vec<Task<'d>>,
}

/// The author's module, without what the macro adds.
pub(crate) struct Module<'d> {
    pub(crate) attrs: &'d [Attribute],
    pub(crate) vis: &'d Visibility,
    pub(crate) ident: &'d Ident,
    /// The items to emit, each with its place in the declaration.
    pub(crate) items: Vec<(usize, &'d Item)>,
    /// The places of the functions that the machine calls.
    pub(crate) marked: &'d [usize],
    /// Whether handlers name `History` and the author has not imported it.
    pub(crate) needs_history: bool,
}

pub(crate) struct State<'d> {
    pub(crate) ident: &'d Ident,
    pub(crate) docs: String,
    pub(crate) fields: &'d Fields,
    /// Its place among the items.
    pub(crate) place: usize,
    pub(crate) is_final: bool,
    pub(crate) wire: String,
    /// The traits of the wire form that the author has not derived.
    pub(crate) derives: Vec<&'static str>,
    pub(crate) parent: Option<SuperId>,
    /// The names of its sensitive fields on the wire.
    pub(crate) sensitive: &'d [String],
}

pub(crate) struct Superstate<'d> {
    pub(crate) ident: &'d Ident,
    pub(crate) docs: &'d str,
    /// Its place among the items.
    pub(crate) place: usize,
    pub(crate) wire: String,
    pub(crate) parent: Option<SuperId>,
    /// The state to which `History` leads where none was left.
    pub(crate) default: Option<StateId>,
    /// The name of the default, whether known or not.
    pub(crate) default_name: Option<&'d Ident>,
}

/// An enum of states, of which a handler chooses one.
pub(crate) struct Choice<'d> {
    pub(crate) ident: &'d Ident,
    /// Its place among the items.
    pub(crate) place: usize,
    /// The branches, each with its state.
    pub(crate) branches: Vec<(&'d Ident, StateId)>,
}

/// A condition on state and context.
pub(crate) struct Guard<'d> {
    pub(crate) function: &'d Function,
    pub(crate) variant: Ident,
    pub(crate) arguments: Vec<Argument<'d>>,
    /// The state whose data it reads.
    pub(crate) about: Option<StateId>,
}

/// An entry or exit action of a state or a superstate.
pub(crate) struct Action<'d> {
    pub(crate) function: &'d Function,
    pub(crate) arguments: Vec<Argument<'d>>,
    pub(crate) node: Node,
    pub(crate) is_entry: bool,
}

/// A property that the author claims.
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

/// What a path has to take.
pub(crate) enum Through {
    /// The event at this place.
    Event(usize),
    Node(Node),
}

/// The target of a transition.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Target {
    /// None: the transition is internal.
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
    /// The states and superstates in `from`, each with its token.
    pub(crate) from: Vec<(Node, Span)>,
    /// The states in which it holds: those of `from` and those inside, unless a nearer clause of the event overrides it.
    pub(crate) sources: Vec<StateId>,
    pub(crate) arguments: Vec<Argument<'d>>,
    pub(crate) target: Target,
    pub(crate) error: Option<&'d Type>,
    /// The places of its guards.
    pub(crate) guards: Vec<usize>,
    /// The name of the function that checks them.
    pub(crate) guard: Ident,
    /// How many people have to approve.
    pub(crate) by_human: Option<u8>,
    pub(crate) after: Option<Duration>,
}

impl Clause<'_> {
    /// Whether the machine may refuse the event where the graph allows it.
    pub(crate) fn is_refusable(&self) -> bool {
        self.error.is_some() || !self.guards.is_empty()
    }
}

/// An argument of a call of an author's function.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Argument<'d> {
    Source,
    Context,
    Payload(&'d Ident),
}

/// A query; a prompt too, which is a query for a text.
pub(crate) struct Query<'d> {
    pub(crate) function: &'d Function,
    pub(crate) variant: Ident,
    pub(crate) parameters: Vec<&'d Parameter>,
    pub(crate) arguments: Vec<Argument<'d>>,
    /// The state whose data it reads.
    pub(crate) about: Option<StateId>,
    /// The states and superstates that a prompt is for.
    pub(crate) states: Vec<Node>,
}

/// Async work of a state.
pub(crate) struct Task<'d> {
    pub(crate) function: &'d Function,
    pub(crate) options: &'d TaskOptions,
    pub(crate) variant: Ident,
    /// The type of the input.
    pub(crate) input: &'d Type,
    /// The state or superstate that starts it.
    pub(crate) node: Node,
    pub(crate) arguments: Vec<Argument<'d>>,
    /// The places of the events in which it may end, the failure last, and each with its token.
    pub(crate) ends: Vec<(usize, &'d Ident)>,
    /// The place of the event in which it ends when its attempts are used up.
    pub(crate) failure: usize,
}

impl<'d> Model<'d> {
    /// The states in a state or superstate.
    pub(crate) fn leaves(&self, node: Node) -> Vec<StateId> {
        match node {
            Node::State(state) => vec![state],
            Node::Superstate(superstate) => self.inside(superstate),
        }
    }

    /// The states with their numbers.
    pub(crate) fn states(&self) -> impl Iterator<Item = (StateId, &State<'d>)> {
        (0..).map(StateId).zip(&self.states)
    }

    /// The name of a state.
    pub(crate) fn name(&self, state: StateId) -> &'d Ident {
        self[state].ident
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

    /// The number of a state or a superstate in the chart, as a token.
    pub(crate) fn number(&self, node: impl Into<Node>) -> Literal {
        Literal::usize_unsuffixed(self.place(node))
    }

    /// The number of a state or a superstate in the chart.
    pub(crate) fn place(&self, node: impl Into<Node>) -> usize {
        match node.into() {
            Node::State(StateId(place)) => place,
            Node::Superstate(SuperId(place)) => self.states.len() + place,
        }
    }

    /// The context's type; `()` where there is none.
    pub(crate) fn context_type(&self) -> Type {
        match self.context {
            Some(Context { ident, .. }) => parse_quote!(#ident),
            None => parse_quote!(()),
        }
    }

    /// Allows dead code unless the machine is public: a program need not use all of it.
    pub(crate) fn allow_unused(&self) -> Option<TokenStream> {
        let is_public = matches!(self.module.vis, Visibility::Public(_));
        (!is_public).then(
            || quote!(#[allow(dead_code, reason = "a program need not use all of a machine")]),
        )
    }

    /// The states to which a target may lead.
    pub(crate) fn targets(&self, target: Target) -> Vec<StateId> {
        match target {
            Target::Stay => Vec::new(),
            Target::State(state) => vec![state],
            Target::Choice(place) => {
                let branches = self.choices.get(place).map(|choice| &*choice.branches);
                branches.unwrap_or_default().iter().map(|(_, state)| *state).collect()
            }
            Target::History(superstate) => self.inside(superstate),
        }
    }

    /// The states inside a superstate.
    pub(crate) fn inside(&self, superstate: SuperId) -> Vec<StateId> {
        let states = self.states().map(|(id, _)| id);
        states.filter(|state| self.parents(*state).contains(&superstate)).collect()
    }

    /// The superstates that a transition targets by `History`, each with the first function that does.
    pub(crate) fn histories(&self) -> Vec<(SuperId, &'d Function)> {
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
                self.choices.get(place).map(|choice| choice.ident.to_token_stream())
            }
            Target::History(superstate) => {
                let superstate = self[superstate].ident;
                Some(quote!(::leverframe::History<#superstate>))
            }
        }
    }

    /// Finds for each state the nearest clause of the event.
    pub(super) fn spread(&self, event: &mut Event<'d>) {
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
