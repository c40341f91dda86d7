//! The machine with every name resolved: what the checks and the expansion see.

mod change;
mod machine;

mod names;
mod remains;
mod visibility;

mod derives;
mod inputs;
mod same_event;
mod scope;
mod signature;
mod upgrades;

mod resolve;
mod tasks;

pub(crate) use change::{Change, Holder};
pub(crate) use machine::{
    Argument, Claim, Clause, Event, Guard, Model, Module, Node, Property, Query, State, StateId,
    SuperId, Target, Task, Through,
};
pub(crate) use remains::{Remains, remains};
pub(crate) use resolve::resolve;

pub(crate) use crate::parse::{Context, Output, Parameter, text, unraw};
