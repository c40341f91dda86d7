//! Syntax: the module's items, classified by their attributes. Names are not resolved here.

mod syntax;

mod digest;
mod duration;
mod options;
mod sensitive;

mod attribute;
mod ensure;
mod function;
mod input;
mod stray;
mod task;
mod upgrade;

mod declaration;

pub(crate) use attribute::{Sources, TransitionOptions};
pub(crate) use declaration::{Context, Declaration, State, parse};
pub(crate) use ensure::{Claim, Ensure};
pub(crate) use function::{Function, Kind, Output, Parameter, Role, WRITTEN_OUT, guard_name};
pub(crate) use sensitive::wire_names;
pub(crate) use syntax::{docs, names_of, plain_name, text, type_name, unraw};
pub(crate) use task::TaskOptions;
pub(crate) use upgrade::{Change, Rewritten, Upgrade};

#[cfg(test)]
mod tests;
