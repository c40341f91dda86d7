//! Resolves the tasks.

use syn::Ident;

use super::machine::{Event, Task};
use super::scope::Scope;
use super::{names, signature};
use crate::parse::{Function, Kind, Output, TaskOptions};
use crate::report::{Report, did_you_mean};

/// The longest name of a task, in bytes. Stores keep it.
const NAME: usize = 200;

/// All tasks whose state and events are known.
pub(super) fn tasks<'d>(
    scope: &Scope<'d>,
    events: &[Event<'d>],
    report: &mut Report,
) -> Vec<Task<'d>> {
    let functions = scope.functions();
    let tasks: Vec<_> = functions
        .filter_map(|function| match &function.kind {
            Kind::Task(options) => Some((function, options)),
            _ => None,
        })
        .collect();
    if let Some((first, _)) = tasks.first().filter(|_| !scope.declaration.serde) {
        report.at(
            &first.ident,
            "a task is durable, and needs the wire form: declare the machine `#[machine(serde)]`",
        );
    }
    let tasks = tasks.into_iter();
    tasks.filter_map(|(function, options)| task(scope, function, options, events, report)).collect()
}

fn task<'d>(
    scope: &Scope<'d>,
    function: &'d Function,
    options: &'d TaskOptions,
    events: &[Event<'d>],
    report: &mut Report,
) -> Option<Task<'d>> {
    let node = scope.known_node(&options.state, report);
    let ends: Vec<_> = options.outcomes.iter().chain([&options.failure]).collect();
    let known: Vec<_> = ends.iter().map(|name| event(events, name, report)).collect();
    let arguments = signature::task(scope, function, node?, report)?;
    let variant = names::variant(&function.ident, report)?;
    if function.ident.to_string().len() > NAME {
        report.at(&function.ident, format_args!("a task's name has at most {NAME} bytes"));
    }
    let places: Vec<usize> = known.into_iter().collect::<Option<_>>()?;
    for (number, name) in ends.iter().enumerate() {
        if ends.iter().take(number).any(|first| first == name) {
            report.at(name, format_args!("the task ends in `{name}` already: remove one"));
        }
    }
    let failure = *places.last()?;
    takes_an_error(events.get(failure)?, &options.failure, report);
    let Output { value, error } = &function.output;
    let Some(input) = value.as_ref().filter(|_| error.is_none()) else {
        report.at(
            &function.ident,
            "the function of a task returns the input of its async work: a value, and no `Result`",
        );
        return None;
    };
    let ends = places.into_iter().zip(ends).collect();
    Some(Task { function, options, variant, input, node: node?, arguments, ends, failure })
}

/// The place of an event, or an error on the name.
fn event(events: &[Event<'_>], name: &Ident, report: &mut Report) -> Option<usize> {
    let found = events.iter().position(|event| event.ident == name);
    if found.is_none() {
        let known: Vec<_> = events.iter().map(|event| event.ident.to_string()).collect();
        let mut hint = did_you_mean(&name.to_string(), known.iter().map(String::as_str));
        if hint.is_empty() {
            hint = format!(": mark a function `{name}` with `#[transition(from = …)]`");
        }
        report.at(name, format_args!("no event `{name}` is declared{hint}"));
    }
    found
}

/// Checks that the failure event can be made of the last error.
fn takes_an_error(event: &Event<'_>, at: &Ident, report: &mut Report) {
    let fits = match event.payload.as_slice() {
        [] => true,
        [only] => signature::is(&only.ty, "String"),
        _ => false,
    };
    if !fits {
        report.at(
            at,
            format_args!("`{at}` is made of the last error: it has no parameters, or one `String`"),
        );
    }
}
