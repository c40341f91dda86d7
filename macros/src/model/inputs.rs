//! The inputs of a run.

use super::names::START_ARGUMENTS;
use crate::parse::{Declaration, unraw};
use crate::report::Report;

/// Checks that the inputs can be arguments of the operation that starts a run.
pub(super) fn check(declaration: &Declaration, report: &mut Report) {
    for input in declaration.contexts.iter().flat_map(|context| &context.inputs) {
        let name = unraw(&input.ident);
        if !declaration.serde {
            report.at(
                &input.ident,
                format_args!("`{name}` is an input, which a server reads: declare the machine `#[machine(serde)]`"),
            );
        }
        if START_ARGUMENTS.contains(&&*name) {
            report.at(
                &input.ident,
                format_args!("`{name}` is an argument with which the server starts every run: choose another name"),
            );
        }
    }
}
