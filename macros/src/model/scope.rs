//! The names of a declaration, to look them up.

use std::ops::Index;

use proc_macro2::Span;
use syn::Ident;

use super::machine::{Node, StateId, SuperId};
use crate::parse::{Declaration, Function, Sources, State};
use crate::report::{Report, did_you_mean};

/// The names of a declaration.
pub(super) struct Scope<'d> {
    pub(super) declaration: &'d Declaration,
}

impl Index<StateId> for Scope<'_> {
    type Output = State;

    #[expect(clippy::indexing_slicing, reason = "a number is made of a place in this list")]
    fn index(&self, state: StateId) -> &State {
        &self.declaration.states[state.0]
    }
}

impl<'d> Scope<'d> {
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
    pub(super) fn known<'n>(
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
    pub(super) fn superstate(&self, name: &Ident) -> Option<SuperId> {
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
    pub(super) fn known_node(&self, name: &Ident, report: &mut Report) -> Option<Node> {
        if let Some(superstate) = self.superstate(name) {
            return Some(Node::Superstate(superstate));
        }
        let known = self.declaration.superstates.iter().map(|known| &known.ident);
        self.known(name, known, report).map(Node::State)
    }

    /// A state to which a transition leads, or an error on the name.
    pub(super) fn known_leaf(&self, name: &Ident, report: &mut Report) -> Option<StateId> {
        if self.superstate(name).is_some() {
            report.at(
                name,
                format_args!(
                    "`{name}` is a superstate, and the target of a transition is a state: name one inside"
                ),
            );
            return None;
        }
        self.known_state(name, report)
    }

    pub(super) fn functions(&self) -> impl Iterator<Item = &'d Function> {
        self.declaration.functions.iter()
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
                report.at(name, format_args!("`{name}` is in this list already"));
            } else {
                found.push((state, name.span()));
            }
        }
        found
    }
}
