//! Names in Rust: legal, unique, and none that a declaration or its expansion needs.

use std::collections::{HashMap, HashSet};

use heck::{ToShoutySnakeCase, ToSnakeCase, ToUpperCamelCase};

/// Types that the expansion puts beside the states, and those that a written declaration names.
const TYPES: [&str; 24] = [
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
    "Task",
    "Tasks",
    "Input",
    "History",
    "Result",
    "String",
    "Ok",
    "Err",
    "Self",
    "CHART",
];

/// Methods, tools and modules that a machine has, types of a payload, and what is no name at all.
const FUNCTIONS: [&str; 23] = [
    "new",
    "state",
    "context",
    "fire",
    "start_run",
    "list_runs",
    "fork_run",
    "get_current_state",
    "get_history",
    "transition_state",
    "events",
    "string",
    "option",
    "vec",
    "self",
    "super",
    "crate",
    "apply",
    "legal",
    "blocked",
    "into_typed",
    "outcomes",
    "worker",
];

/// Arguments that the server gives every tool.
const ARGUMENTS: [&str; 6] = ["run", "expected_version", "request_key", "self", "super", "crate"];

/// The words that are names only with `r#` before them.
const KEYWORDS: [&str; 49] = [
    "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "do", "dyn",
    "else", "enum", "extern", "false", "final", "fn", "for", "gen", "if", "impl", "in", "let",
    "loop", "macro", "match", "mod", "move", "mut", "override", "priv", "pub", "ref", "return",
    "static", "struct", "trait", "true", "try", "type", "typeof", "union", "unsafe", "unsized",
    "use", "virtual", "where", "while", "yield",
];

/// The names that are taken, and those given so far.
#[derive(Default)]
pub(super) struct Names {
    types: HashSet<String>,
    functions: HashSet<String>,
    events: HashMap<String, String>,
    guards: HashMap<String, String>,
}

impl Names {
    /// Names that begin with that of the machine.
    pub(super) fn of_machine(machine: &str) -> Self {
        let mut names = Self::default();
        names.types.insert(wire(machine));
        names
    }

    /// The name of a state or a superstate, or of an enum of them.
    pub(super) fn ty(&mut self, text: &str) -> String {
        unique(&mut self.types, &type_name(text, "State"), wire)
    }

    /// The name of an event; the same for the same text.
    pub(super) fn event(&mut self, text: &str) -> String {
        if let Some(known) = self.events.get(text) {
            return known.clone();
        }
        let given = unique(&mut self.functions, &function_name(text, "event"), variant);
        self.events.insert(text.to_owned(), raw(&given));
        raw(&given)
    }

    /// The name of a guard; the same for the same condition.
    pub(super) fn guard(&mut self, condition: &str) -> String {
        if let Some(known) = self.guards.get(condition) {
            return known.clone();
        }
        let is_name = !condition.is_empty()
            && condition.chars().all(|c| c == '_' || unicode_ident::is_xid_continue(c));
        let mut short = String::new();
        for word in condition.to_snake_case().split('_').take(6) {
            if short.len() + word.len() <= 40 {
                short = format!("{short}_{word}");
            }
        }
        let text = if is_name { condition.to_owned() } else { format!("when{short}") };
        let given = unique(&mut self.functions, &function_name(&text, "guard"), variant);
        self.guards.insert(condition.to_owned(), raw(&given));
        raw(&given)
    }
}

/// The name of the machine: of its module, and of its type where the module's would be another machine's item.
pub(super) fn machine(text: &str) -> (String, String) {
    let module = function_name(text, "machine");
    let name = module.to_upper_camel_case();
    let (module, name) = if TYPES.contains(&&*name) {
        (format!("{module}_machine"), format!("{name}Machine"))
    } else {
        (module, name)
    };
    (raw(&module), name)
}

/// The name of one value of a payload.
pub(super) fn parameter(text: &str) -> String {
    let name = function_name(text, "value");
    if ARGUMENTS.contains(&&*name) { format!("{name}_value") } else { raw(&name) }
}

fn type_name(text: &str, what: &str) -> String {
    let name = sanitized(text).to_upper_camel_case();
    match name.chars().next() {
        Some(first) if unicode_ident::is_xid_start(first) => {
            if TYPES.contains(&&*name) {
                format!("{name}{what}")
            } else {
                name
            }
        }
        _ => format!("{what}{name}"),
    }
}

fn function_name(text: &str, what: &str) -> String {
    let name = sanitized(text).to_snake_case();
    // An underscore at the end is part of a name that is legal already.
    let name = if text.trim_end_matches('_') == name { text.to_owned() } else { name };
    match name.chars().next() {
        Some(first) if unicode_ident::is_xid_start(first) => {
            if FUNCTIONS.contains(&&*name) {
                format!("{name}_{what}")
            } else {
                name
            }
        }
        None => what.to_owned(),
        Some(_) => format!("{what}_{name}"),
    }
}

/// The text with spaces for what no name can have.
fn sanitized(text: &str) -> String {
    text.chars().map(|c| if unicode_ident::is_xid_continue(c) { c } else { ' ' }).collect()
}

/// The first of `name`, `name2`, `name3` … that is free.
fn unique(taken: &mut HashSet<String>, name: &str, key: impl Fn(&str) -> String) -> String {
    if taken.insert(key(name)) {
        return name.to_owned();
    }
    let join = if name.ends_with(|c: char| c.is_ascii_digit()) { "_" } else { "" };
    let numbered = (2..).map(|number: usize| format!("{name}{join}{number}"));
    numbered.into_iter().find(|name| taken.insert(key(name))).unwrap_or_default()
}

/// What two names on the wire must not have in common.
fn wire(name: &str) -> String {
    name.to_shouty_snake_case().replace('_', "")
}

/// What two functions of a machine must not have in common.
fn variant(name: &str) -> String {
    name.to_upper_camel_case().to_lowercase()
}

fn raw(name: &str) -> String {
    if KEYWORDS.contains(&name) { format!("r#{name}") } else { name.to_owned() }
}
