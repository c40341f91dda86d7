//! Proofs about the graph of a machine: what is reached, what is a dead end, which properties hold.
//!
//! The engine knows leaves, transitions and numbers, and nothing of declarations. Its user
//!
//! 1. makes a [`Graph`]: one [`Transition`] for each leaf and event that the leaf takes, after overriding, in the order of
//!    the declaration, which is the order in which answers are found;
//! 2. calls [`StateSpace::explore`] once;
//! 3. calls [`StateSpace::unreachable`], [`StateSpace::dead_ends`], and for each property [`violation`].
//!
//! History is followed exactly. A [`StateSpace`] is made of configurations, each a leaf and what every [`History`]
//! remembers there, but only while that memory is live: one that is overwritten before any transition could recall it is
//! dropped at once. The configurations may still multiply where many histories are live side by side, so `explore` ends
//! with [`TooManyConfigurations`] at a limit instead of guessing; a machine without histories has no limit.
//!
//! All answers are polynomial in the number of configurations and transitions.

#![expect(clippy::indexing_slicing, reason = "every number is a place in a list of the same graph")]

mod graph;

mod digraph;
mod dominators;
mod space;

mod blame;

mod attractor;
mod monitor;

pub(crate) use graph::{
    Clause, Event, Graph, History, HistoryId, Leaf, Property, Target, Through, Transition,
    Violation,
};
pub(crate) use space::StateSpace;

use monitor::PathMonitor;

/// How the property is violated; `None` where it holds.
pub(crate) fn violation(space: &StateSpace<'_>, property: &Property) -> Option<Violation> {
    match property {
        Property::AlwaysReachable { to } => attractor::violation(space, to),
        Property::Through { from, to, through } => {
            monitor::violation(space, &PathMonitor::through(space, from.as_deref(), to, through))
        }
        Property::Never { from, to } => {
            monitor::violation(space, &PathMonitor::never(space, from, to))
        }
    }
}

#[cfg(test)]
mod tests;
