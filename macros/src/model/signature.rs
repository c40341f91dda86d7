//! Resolves the parameters and the return type of a function.

use proc_macro2::Span;
use quote::ToTokens;
use syn::visit_mut::{self, VisitMut};
use syn::{Ident, Path, Type};

use super::machine::{Action, Argument, Clause, Guard, Node, Query, StateId, Target};
use super::names;
use super::scope::Scope;
use crate::parse::{
    Function, Kind, Output, Parameter, Role, TransitionOptions, WRITTEN_OUT, plain_name, text,
};
use crate::report::{Report, did_you_mean};

/// A handler, with its payload. `None` where its target is unknown.
pub(super) fn handler<'d>(
    scope: &Scope<'d>,
    function: &'d Function,
    options: &TransitionOptions,
    guards: &[Guard<'d>],
    report: &mut Report,
) -> Option<(Clause<'d>, Vec<&'d Parameter>)> {
    let from = options.from.as_ref().map(|from| scope.sources(from, report)).unwrap_or_default();
    let mut payload = Vec::new();
    let mut arguments = Vec::new();
    for parameter in &function.parameters {
        let argument = match meaning(scope, parameter, report) {
            Some(Meaning::Context { .. }) => Argument::Context,
            Some(Meaning::State { id, .. }) => {
                only_source(scope, &from, id, &parameter.ty, "a handler", report);
                Argument::Source
            }
            Some(Meaning::Payload) => {
                payload.push(parameter);
                Argument::Payload(&parameter.ident)
            }
            None => continue,
        };
        passed_once(&arguments, argument, function, parameter, report);
        arguments.push(argument);
    }
    if let (Some(_), Some(first)) = (options.after, payload.first()) {
        report.at(
            &first.ident,
            "a timeout has no payload, since the clock sends it: remove the parameter",
        );
    }
    let target = match &function.output.value {
        Some(ty) => target(scope, ty, report)?,
        None => Target::Stay,
    };
    let clause = Clause {
        function,
        handler: function.ident.clone(),
        guards: known_guards(scope, &options.guards, &from, guards, report),
        guard: function.ident.clone(),
        from,
        sources: Vec::new(),
        arguments,
        target,
        error: function.output.error.as_ref(),
        by_human: options.by_human.as_ref().map(|people| people.number),
        after: options.after,
    };
    Some((clause, payload))
}

/// A state's data is seen only where the transition starts in that state alone.
fn only_source(
    scope: &Scope<'_>,
    from: &[(Node, Span)],
    state: StateId,
    at: impl ToTokens,
    what: &str,
    report: &mut Report,
) {
    match *from {
        [(Node::State(source), _)] if source == state => {}
        [(Node::State(source), _)] => {
            let source = scope.name(source);
            report.at(at, format_args!("{what} sees its source, which is `{source}`"));
        }
        [] => {}
        _ => report.at(
            at,
            format_args!("{what} sees its source only where there is one source: give each source a clause of its own"),
        ),
    }
}

fn passed_once(
    arguments: &[Argument<'_>],
    argument: Argument<'_>,
    function: &Function,
    parameter: &Parameter,
    report: &mut Report,
) {
    if !matches!(argument, Argument::Payload(_)) && arguments.contains(&argument) {
        let borrowed = if argument == Argument::Source { "source" } else { "context" };
        let what = function.kind.word();
        report.at(
            &parameter.ty,
            format_args!("{what} takes the {borrowed} once: an earlier parameter takes it"),
        );
    }
}

/// The guards of a transition, by their names.
fn known_guards(
    scope: &Scope<'_>,
    names: &[Ident],
    from: &[(Node, Span)],
    guards: &[Guard<'_>],
    report: &mut Report,
) -> Vec<usize> {
    let mut found = Vec::new();
    for name in names {
        let Some(place) = guards.iter().position(|guard| guard.function.ident == *name) else {
            let declared = scope
                .functions()
                .any(|function| function.ident == *name && matches!(function.kind, Kind::Guard));
            if !declared {
                let known: Vec<_> =
                    guards.iter().map(|guard| guard.function.ident.to_string()).collect();
                let mut hint = did_you_mean(&name.to_string(), known.iter().map(String::as_str));
                if hint.is_empty() {
                    hint = format!(": mark a function `{name}` with `#[guard]`");
                }
                report.at(name, format_args!("no guard `{name}` is declared{hint}"));
            }
            continue;
        };
        if found.contains(&place) {
            report.at(name, format_args!("`{name}` guards this transition already"));
            continue;
        }
        if let Some(state) = guards.get(place).and_then(|guard| guard.about) {
            only_source(scope, from, state, name, &format!("the guard `{name}`"), report);
        }
        found.push(place);
    }
    found
}

/// What a function that changes nothing reads, and its arguments.
struct Reads<'d> {
    parameters: Vec<&'d Parameter>,
    arguments: Vec<Argument<'d>>,
    about: Option<StateId>,
}

const BORROWED_IS_MARKED_WHERE_DECLARED: &str = "only a part of the payload is marked here: mark the fields of a state or of the context where they are declared";

fn reads<'d>(scope: &Scope<'d>, function: &'d Function, report: &mut Report) -> Reads<'d> {
    let what = function.kind.word();
    let mut reads = Reads { parameters: Vec::new(), arguments: Vec::new(), about: None };
    for parameter in &function.parameters {
        let Some(meaning) = meaning(scope, parameter, report) else { continue };
        if let Meaning::Context { mutable: true } | Meaning::State { mutable: true, .. } = meaning {
            report.at(&parameter.ty, format_args!("{what} changes nothing: take `&`, not `&mut`"));
        }
        match meaning {
            Meaning::Context { .. } => reads.arguments.push(Argument::Context),
            Meaning::State { id, .. } => {
                if reads.about.is_some_and(|first| first != id) {
                    report.at(&parameter.ty, format_args!("{what} is about one state at most"));
                }
                reads.about = Some(id);
                reads.arguments.push(Argument::Source);
            }
            Meaning::Payload => {
                if parameter.sensitive {
                    report.at(
                        &parameter.ident,
                        format_args!("an argument of {what} is kept nowhere, so nothing redacts it: remove `#[sensitive]`"),
                    );
                }
                reads.parameters.push(parameter);
                reads.arguments.push(Argument::Payload(&parameter.ident));
            }
        }
    }
    reads
}

/// A query or a prompt.
pub(super) fn query<'d>(
    scope: &Scope<'d>,
    function: &'d Function,
    report: &mut Report,
) -> Option<Query<'d>> {
    let variant = names::variant(&function.ident, report)?;
    let Reads { parameters, arguments, about } = reads(scope, function, report);
    let value = &function.output.value;
    let mut states = Vec::new();
    if let Kind::Prompt(names) = &function.kind {
        states = scope.list(names, report).into_iter().map(|(state, _)| state).collect();
        for ty in parameters.iter().map(|parameter| &parameter.ty) {
            if !is(ty, "String") && !is(ty, "Option<String>") {
                report.at(ty, "an argument of a prompt is a `String` or an `Option<String>`");
            }
        }
        if let Some(ty) = value.as_ref().filter(|ty| !is(ty, "String")) {
            report.at(ty, "a prompt returns a `String` or a `Result<String, Error>`");
        }
    }
    if value.is_none() {
        let what = function.kind.word();
        report.at(&function.ident, format_args!("{what} returns its answer"));
        return None;
    }
    Some(Query { function, variant, parameters, arguments, about, states })
}

/// The arguments of the function that makes the input of a task.
pub(super) fn task<'d>(
    scope: &Scope<'d>,
    function: &'d Function,
    node: Node,
    report: &mut Report,
) -> Option<Vec<Argument<'d>>> {
    let Reads { parameters, arguments, about } = reads(scope, function, report);
    for parameter in &parameters {
        report.at(
            &parameter.ty,
            "the function of a task sees state and context, and nothing else: it runs when the state is entered",
        );
    }
    if let Some(state) = about {
        only_source(
            scope,
            &[(node, function.ident.span())],
            state,
            &function.ident,
            "the function of a task",
            report,
        );
    }
    parameters.is_empty().then_some(arguments)
}

/// A guard.
pub(super) fn guard<'d>(
    scope: &Scope<'d>,
    function: &'d Function,
    report: &mut Report,
) -> Option<Guard<'d>> {
    let variant = names::variant(&function.ident, report)?;
    let Reads { parameters, arguments, about } = reads(scope, function, report);
    for parameter in parameters {
        report.at(
            &parameter.ty,
            "a guard sees state and context, never the payload, so that the legal events are known without one: let the handler fail instead",
        );
    }
    let Output { value, error } = &function.output;
    let says_yes_or_no = match (value, error) {
        (Some(ty), None) => is(ty, "bool"),
        (None, Some(_)) => true,
        _ => false,
    };
    if !says_yes_or_no {
        report.at(
            &function.ident,
            "a guard returns `bool`, or `Result<(), Reason>` with the reason why not",
        );
        return None;
    }
    Some(Guard { function, variant, arguments, about })
}

/// An entry or exit action, once for each state and superstate that it names.
pub(super) fn action<'d>(
    scope: &Scope<'d>,
    function: &'d Function,
    names: &[Ident],
    is_entry: bool,
    report: &mut Report,
) -> Vec<Action<'d>> {
    let what = function.kind.word();
    let nodes = scope.list(names, report);
    if names.is_empty() {
        report.at(
            &function.ident,
            format_args!("{what} names its states: `#[entry(Reading)]`, `#[exit(InReview)]`"),
        );
    }
    let mut arguments = Vec::new();
    for parameter in &function.parameters {
        let argument = match meaning(scope, parameter, report) {
            Some(Meaning::Context { .. }) => Argument::Context,
            Some(Meaning::State { id, .. }) => {
                if nodes.iter().any(|(node, _)| *node != Node::State(id)) {
                    let name = scope.name(id);
                    report.at(
                        &parameter.ty,
                        format_args!(
                            "{what} sees the data of its own state, where it is of `{name}` alone"
                        ),
                    );
                }
                Argument::Source
            }
            Some(Meaning::Payload) => {
                report.at(
                    &parameter.ty,
                    format_args!("{what} sees state and context, but no payload"),
                );
                continue;
            }
            None => continue,
        };
        passed_once(&arguments, argument, function, parameter, report);
        arguments.push(argument);
    }
    if let Some(ty) = function.output.value.as_ref().or(function.output.error.as_ref()) {
        report.at(ty, format_args!("{what} returns nothing: do what may fail in the handler"));
    }
    let nodes = nodes.into_iter().map(|(node, _)| node);
    nodes.map(|node| Action { function, arguments: arguments.clone(), node, is_entry }).collect()
}

#[derive(Clone, Copy)]
enum Meaning {
    Context { mutable: bool },
    State { id: StateId, mutable: bool },
    Payload,
}

fn meaning(scope: &Scope<'_>, parameter: &Parameter, report: &mut Report) -> Option<Meaning> {
    let declaration = scope.declaration;
    match &parameter.role {
        Role::Borrowed { name, mutable } => {
            if parameter.default.is_some() {
                report.at(&parameter.ident, "only a part of the payload has a default");
            }
            if parameter.sensitive {
                report.at(&parameter.ident, BORROWED_IS_MARKED_WHERE_DECLARED);
            }
            if declaration.contexts.iter().any(|context| context.ident == *name) {
                return Some(Meaning::Context { mutable: *mutable });
            }
            if let Some(id) = scope.state(name) {
                return Some(Meaning::State { id, mutable: *mutable });
            }
            if scope.is_refused(name) {
                return None;
            }
            let names = declaration.contexts.iter().map(|context| &context.ident);
            let names = names.chain(declaration.states.iter().map(|state| &state.ident));
            let names: Vec<_> = names.map(Ident::to_string).collect();
            let mut hint = did_you_mean(&name.to_string(), names.iter().map(String::as_str));
            if hint.is_empty() {
                let owned = if name == "str" { "String".to_owned() } else { name.to_string() };
                hint = format!(": take `{owned}`");
            }
            let message = format_args!(
                "`{name}` is neither a state nor the context, and a payload is owned{hint}"
            );
            report.at(&parameter.ty, message);
            None
        }
        Role::Payload => {
            if let Some(name) = plain_name(&parameter.ty) {
                if scope.state(&name).is_some() {
                    report.at(&parameter.ty, format_args!("a handler borrows its state: take `&mut {name}`, and move fields out with `core::mem::take`"));
                    return None;
                }
                if declaration.contexts.iter().any(|context| context.ident == name) {
                    report.at(
                        &parameter.ty,
                        format_args!("a handler borrows the context: take `&mut {name}`"),
                    );
                    return None;
                }
            }
            Some(Meaning::Payload)
        }
    }
}

fn target(scope: &Scope<'_>, ty: &Type, report: &mut Report) -> Option<Target> {
    if let Some(superstate) = history(ty) {
        return scope.known_superstate(&superstate, report).map(Target::History);
    }
    let Some(name) = plain_name(ty) else {
        report.at(
            ty,
            "a handler returns its target state by its plain name, a `Result<State, Error>`, or nothing",
        );
        return None;
    };
    if scope.declaration.contexts.iter().any(|context| context.ident == name) {
        report.at(
            ty,
            format_args!(
                "a handler borrows the context and does not return it: take `&mut {name}`"
            ),
        );
        return None;
    }
    if name == "Result" && scope.state(&name).is_none() {
        report.at(ty, WRITTEN_OUT);
        return None;
    }
    let choice = scope.declaration.choices.iter().position(|choice| choice.ident == name);
    match choice {
        Some(place) => Some(Target::Choice(place)),
        None => scope.known_leaf(&name, report).map(Target::State),
    }
}

/// The superstate of `History<InReview>`.
fn history(ty: &Type) -> Option<Ident> {
    let Type::Path(path) = ty else { return None };
    let last = path.path.segments.last().filter(|last| last.ident == "History")?;
    let syn::PathArguments::AngleBracketed(arguments) = &last.arguments else { return None };
    let mut arguments = arguments.args.iter();
    match (arguments.next()?, arguments.next()) {
        (syn::GenericArgument::Type(ty), None) => plain_name(ty),
        _ => None,
    }
}

/// Whether the type is that of the prelude, named by any path.
pub(super) fn is(ty: &Type, wanted: &str) -> bool {
    struct Last;
    impl VisitMut for Last {
        fn visit_path_mut(&mut self, path: &mut Path) {
            visit_mut::visit_path_mut(self, path);
            if let Some(last) = path.segments.last() {
                *path = last.clone().into();
            }
        }
    }
    let mut ty = ty.clone();
    Last.visit_type_mut(&mut ty);
    text(&ty) == wanted
}
