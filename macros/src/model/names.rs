//! Names: those that the expansion needs, and those on the wire.

use std::collections::HashMap;

use heck::ToShoutySnakeCase;
use syn::visit::{self, Visit};
use syn::{Ident, Path};

use super::machine::{Event, Guard, Query, Task};
use crate::parse::{Declaration, names_of, type_name, unraw};
use crate::report::Report;

/// Types and constants that the expansion puts beside the author's items.
pub(super) const ITEMS: [&str; 16] = [
    "State",
    "InState",
    "Memory",
    "Superstate",
    "StateName",
    "Typed",
    "Event",
    "EventName",
    "Fault",
    "Query",
    "Prompt",
    "Refusal",
    "Refused",
    "Applied",
    "CHART",
    "events",
];

/// The same, of a machine with tasks.
pub(super) const TASK_ITEMS: [&str; 4] = ["Task", "Tasks", "outcomes", "worker"];

/// The same, of a machine with inputs.
pub(super) const INPUT_ITEMS: [&str; 1] = ["Input"];

/// Methods of the typed machine in every state.
const METHODS: [&str; 4] = ["new", "state", "context", "fire"];

/// Methods of the runtime form, which has queries and prompts beside them, but no events.
const RUNTIME_METHODS: [&str; 4] = ["apply", "legal", "blocked", "into_typed"];

/// Arguments that the server gives every tool.
const ARGUMENTS: [&str; 3] = ["run", "expected_version", "request_key"];

/// Arguments with which the server starts every run.
pub(super) const START_ARGUMENTS: [&str; 2] = ["run", "request_key"];

/// Tools that every server has.
const TOOLS: [&str; 6] =
    ["start_run", "list_runs", "fork_run", "get_current_state", "get_history", "transition_state"];

/// `InReview` → `IN_REVIEW`.
pub(super) fn wire(ident: &Ident) -> String {
    unraw(ident).to_shouty_snake_case()
}

/// `give_up` → `GiveUp`.
pub(super) fn variant(ident: &Ident, report: &mut Report) -> Option<Ident> {
    let variant = type_name(ident);
    if variant.is_none() {
        report.at(
            ident,
            format_args!(
                "`{ident}` gives no type name, as `give_up` gives `GiveUp`: choose another"
            ),
        );
    }
    variant
}

/// Checks the names of the items.
pub(super) fn check(declaration: &Declaration, report: &mut Report) {
    for item in &declaration.items {
        for ident in names_of(item) {
            check_item_name(declaration, ident, report);
        }
    }
    if ITEMS.iter().any(|name| declaration.name == name) {
        let name = &declaration.name;
        report.at(name, format_args!("`{name}` is the name of an item that `#[machine]` generates: name the machine with `#[machine(name = …)]`"));
    }
    let mut wires: HashMap<String, &Ident> = HashMap::new();
    let states = declaration.states.iter().map(|state| &state.ident);
    let superstates = declaration.superstates.iter().map(|superstate| &superstate.ident);
    for ident in states.chain(superstates) {
        let same = wire(ident).replace('_', "");
        if same.is_empty() {
            report.at(ident, format_args!("`{ident}` is no name on the wire: choose another"));
        }
        match wires.insert(same, ident) {
            Some(first) if first == ident => {
                report
                    .at(ident, format_args!("`{ident}` is declared already: choose another name"));
            }
            Some(first) => report.at(
                ident,
                format_args!("`{ident}` and `{first}` would be one name on the wire: rename one"),
            ),
            None => {}
        }
    }
}

fn check_item_name(declaration: &Declaration, ident: &Ident, report: &mut Report) {
    if *ident == declaration.name {
        report.at(ident, format_args!("`{ident}` is the machine's own name: rename this, or name the machine with `#[machine(name = …)]`"));
    } else if ITEMS.iter().any(|name| ident == name)
        || declaration.has_tasks && TASK_ITEMS.iter().any(|name| ident == name)
        || declaration.has_inputs() && INPUT_ITEMS.iter().any(|name| ident == name)
    {
        report.at(
            ident,
            format_args!(
                "`{ident}` is the name of an item that `#[machine]` generates: choose another"
            ),
        );
    }
}

/// Checks the names of events, queries, prompts and their parameters.
pub(super) fn check_functions(
    events: &[Event<'_>],
    queries: &[Query<'_>],
    prompts: &[Query<'_>],
    guards: &[Guard<'_>],
    tasks: &[Task<'_>],
    declaration: &Declaration,
    report: &mut Report,
) {
    for event in events {
        for parameter in &event.payload {
            Hidden { events, declaration, report }.visit_type(&parameter.ty);
        }
    }
    let none = Vec::new();
    let guards =
        guards.iter().map(|guard| ("a guard", &guard.function.ident, &guard.variant, &none));
    let events =
        events.iter().map(|event| ("an event", event.ident, &event.variant, &event.payload));
    let queries = queries.iter().map(|ask| ("a query", ask));
    let prompts = prompts.iter().map(|ask| ("a prompt", ask));
    let questions = queries
        .chain(prompts)
        .map(|(what, ask)| (what, &ask.function.ident, &ask.variant, &ask.parameters));
    let mut seen: HashMap<String, (&str, &Ident)> = HashMap::new();
    let tasks = tasks.iter().map(|task| ("a task", &task.function.ident, &task.variant, &none));
    for (what, ident, variant, parameters) in events.chain(questions).chain(tasks).chain(guards) {
        let name = unraw(ident);
        // What a variant and a name on the wire do not tell apart.
        let same = variant.to_string().to_lowercase();
        match seen.get(&same) {
            Some((what, first)) if unraw(first) == name => {
                report.at(ident, format_args!("`{first}` is {what} already: choose another name"));
            }
            Some((what, first)) => report.at(
                ident,
                format_args!(
                    "`{ident}` is too like `{first}`, which is {what}: choose another name"
                ),
            ),
            None => {}
        }
        seen.insert(same, (what, ident));
        if what == "a guard" || what == "a task" {
            continue;
        }
        if METHODS.contains(&&*name) || what != "an event" && RUNTIME_METHODS.contains(&&*name) {
            report.at(
                ident,
                format_args!("`{name}` is a method that every machine has: choose another name"),
            );
        }
        if declaration.serde && what != "a prompt" && TOOLS.contains(&&*name) {
            report.at(
                ident,
                format_args!("`{name}` is a tool that every server has: choose another name"),
            );
        }
        for parameter in parameters {
            let name = unraw(&parameter.ident);
            if ARGUMENTS.contains(&&*name) {
                report.at(
                    &parameter.ident,
                    format_args!("`{name}` is an argument that the server gives every tool: choose another name"),
                );
            }
        }
    }
}

/// Finds names in a payload's type that would name the struct of an event inside `events`, and are no items of the
/// machine's module, which would have a path of their own.
struct Hidden<'c, 'd> {
    events: &'c [Event<'d>],
    declaration: &'c Declaration,
    report: &'c mut Report,
}

impl<'t> Visit<'t> for Hidden<'_, '_> {
    fn visit_path(&mut self, path: &'t Path) {
        visit::visit_path(self, path);
        let Some(first) = path.segments.first().filter(|_| path.leading_colon.is_none()) else {
            return;
        };
        let name = &first.ident;
        let own = || self.declaration.items.iter().flat_map(names_of).any(|own| own == name);
        if self.events.iter().any(|event| event.variant == *name) && !own() {
            self.report.at(
                name,
                format_args!(
                    "`{name}` means the event `events::{name}` in a payload: write the whole path"
                ),
            );
        }
    }
}
