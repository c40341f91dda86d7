//! Names: those that the expansion needs, those on the wire, and how far they can be seen.

use std::collections::HashMap;

use heck::{ToShoutySnakeCase, ToUpperCamelCase};
use quote::{ToTokens, quote};
use syn::{Ident, Item, Visibility, parse_quote};

use super::{Ask, Event};
use crate::parse::{Declaration, unraw};
use crate::report::Report;

/// Types and constants that the expansion puts beside the author's items.
const ITEMS: [&str; 12] = [
    "State",
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
];

/// Methods of the typed machine in every state.
const METHODS: [&str; 4] = ["new", "state", "context", "fire"];

/// Methods of the runtime form, which has queries and prompts beside them, but no events.
const RUNTIME_METHODS: [&str; 4] = ["apply", "legal", "blocked", "into_typed"];

/// Arguments that the server gives every tool.
const ARGUMENTS: [&str; 3] = ["run", "expected_version", "request_key"];

/// Tools that every server has.
const TOOLS: [&str; 6] =
    ["start_run", "list_runs", "fork_run", "get_current_state", "get_history", "transition_state"];

/// `InReview` → `IN_REVIEW`.
pub(crate) fn wire(ident: &Ident) -> String {
    unraw(ident).to_shouty_snake_case()
}

/// `give_up` → `GiveUp`.
pub(super) fn variant(ident: &Ident) -> Ident {
    Ident::new(&unraw(ident).to_upper_camel_case(), ident.span())
}

/// The visibility of an item that is `depth` modules inside the machine's parent, seen as far as the machine is.
pub(crate) fn visibility(module: &Visibility, depth: usize) -> Visibility {
    let supers = |count: usize| -> Visibility {
        let supers = std::iter::repeat_n(quote!(super), count);
        match count {
            1 => parse_quote!(pub(super)),
            _ => parse_quote!(pub(in #(#supers)::*)),
        }
    };
    match module {
        Visibility::Public(_) => module.clone(),
        Visibility::Inherited => supers(depth),
        Visibility::Restricted(restricted) => {
            let path = &restricted.path;
            match path.segments.first() {
                Some(first) if first.ident == "self" => supers(depth),
                Some(first) if first.ident == "super" => {
                    supers(depth + path.segments.iter().filter(|s| s.ident == "super").count())
                }
                _ => module.clone(),
            }
        }
    }
}

/// How far an item is seen, as far as its visibility tells: 0 in its module, 1 in the parent, 2 in the crate, 3 all over.
fn reach(vis: &Visibility) -> usize {
    match vis {
        Visibility::Public(_) => 3,
        Visibility::Inherited => 0,
        Visibility::Restricted(restricted) => {
            match restricted.path.segments.first().map(|first| first.ident.to_string()).as_deref() {
                Some("self") => 0,
                Some("super") => 1,
                _ => 2,
            }
        }
    }
}

/// Checks the names and the visibility of the items.
pub(super) fn check(declaration: &Declaration, report: &mut Report) {
    for item in &declaration.items {
        if let Some(ident) = type_or_constant(item) {
            check_item_name(declaration, ident, report);
        }
        if let Item::Mod(item) = item
            && item.ident == "events"
        {
            report.at(&item.ident, "`events` is the module of the events' structs, which `#[machine]` makes: rename this one");
        }
    }
    let mut wires: HashMap<String, &Ident> = HashMap::new();
    for state in &declaration.states {
        let same = wire(&state.ident).replace('_', "");
        if let Some(first) = wires.get(&same) {
            report.at(
                &state.ident,
                format_args!(
                    "`{}` and `{first}` would be one name on the wire: rename one",
                    state.ident
                ),
            );
        } else {
            wires.insert(same, &state.ident);
        }
        check_reach(declaration, "state", &state.ident, &state.item.vis, report);
    }
    for context in &declaration.contexts {
        let item = declaration.items.iter().find_map(|item| match item {
            Item::Struct(item) if item.ident == context.ident => Some(item),
            _ => None,
        });
        if let Some(item) = item {
            check_reach(declaration, "context", &item.ident, &item.vis, report);
        }
    }
}

fn type_or_constant(item: &Item) -> Option<&Ident> {
    Some(match item {
        Item::Const(item) => &item.ident,
        Item::Enum(item) => &item.ident,
        Item::Static(item) => &item.ident,
        Item::Struct(item) => &item.ident,
        Item::Trait(item) => &item.ident,
        Item::Type(item) => &item.ident,
        Item::Union(item) => &item.ident,
        _ => return None,
    })
}

fn check_item_name(declaration: &Declaration, ident: &Ident, report: &mut Report) {
    if *ident == declaration.name {
        report.at(ident, format_args!("`{ident}` is the machine's own name: rename this, or name the machine with `#[machine(name = …)]`"));
    } else if ITEMS.iter().any(|name| ident == name) {
        report.at(
            ident,
            format_args!(
                "`{ident}` is a name that `#[machine]` gives to an item of its own: choose another"
            ),
        );
    }
}

fn check_reach(
    declaration: &Declaration,
    what: &str,
    ident: &Ident,
    vis: &Visibility,
    report: &mut Report,
) {
    let needed: Visibility = visibility(&declaration.vis, 1);
    let seen = match &declaration.vis {
        Visibility::Inherited => 1,
        module => reach(module).max(1),
    };
    if reach(vis) < seen {
        let needed = text(&needed);
        report.at(
            ident,
            format_args!(
                "the {what} `{ident}` is seen less far than the machine: make it `{needed}`"
            ),
        );
    }
}

fn text(vis: &Visibility) -> String {
    vis.to_token_stream()
        .to_string()
        .replace(" (", "(")
        .replace(' ', "")
        .replace("pub(in", "pub(in ")
}

/// Checks the names of events, queries, prompts and their parameters.
pub(super) fn check_functions(
    events: &[Event<'_>],
    queries: &[Ask<'_>],
    prompts: &[Ask<'_>],
    declaration: &Declaration,
    report: &mut Report,
) {
    let events =
        events.iter().map(|event| ("an event", event.ident, &event.variant, &event.payload));
    let queries = queries.iter().map(|ask| ("a query", ask));
    let prompts = prompts.iter().map(|ask| ("a prompt", ask));
    let asks = queries
        .chain(prompts)
        .map(|(what, ask)| (what, &ask.function.ident, &ask.variant, &ask.parameters));
    let mut seen = HashMap::new();
    for (what, ident, variant, parameters) in events.chain(asks) {
        if let Some((what, first)) = seen.get(variant) {
            report.at(ident, format_args!("`{first}` is {what} already: choose another name"));
        }
        seen.insert(variant, (what, ident));
        let name = unraw(ident);
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
