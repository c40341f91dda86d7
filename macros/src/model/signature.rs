//! What the parameters and the return type of a function mean, among the declared names.

use syn::visit_mut::{self, VisitMut};
use syn::{Ident, Path, Type};

use super::{Argument, Ask, Clause, Resolver, StateId, names};
use crate::parse::{Function, Kind, Parameter, Role, Sources, WRITTEN_OUT, plain_name, text};
use crate::report::{Report, did_you_mean};

/// A handler, with its payload. `None` where its target is unknown.
pub(super) fn handler<'d>(
    resolver: &Resolver<'d>,
    function: &'d Function,
    sources: Option<&Sources>,
    report: &mut Report,
) -> Option<(Clause<'d>, Vec<&'d Parameter>)> {
    let sources = sources.map(|sources| resolver.sources(sources, report)).unwrap_or_default();
    let mut payload = Vec::new();
    let mut arguments = Vec::new();
    for parameter in &function.parameters {
        let argument = match meaning(resolver, parameter, report) {
            Some(Meaning::Context { .. }) => Argument::Context,
            Some(Meaning::State { id, .. }) => {
                match *sources {
                    [(source, _)] if source == id => {}
                    [(source, _)] => {
                        let source = resolver.name(source);
                        report.at(&parameter.ty, format_args!("a handler sees the state that it leaves, which is `{source}`"));
                    }
                    [] => {}
                    _ => report.at(
                        &parameter.ty,
                        "a handler sees its source only where there is one: give each source a clause of its own",
                    ),
                }
                Argument::Source
            }
            Some(Meaning::Payload) => {
                payload.push(parameter);
                Argument::Payload(&parameter.ident)
            }
            None => continue,
        };
        if !matches!(argument, Argument::Payload(_)) && arguments.contains(&argument) {
            let what = if argument == Argument::Source { "source" } else { "context" };
            report.at(
                &parameter.ty,
                format_args!("a handler takes the {what} once: an earlier parameter is it"),
            );
        }
        arguments.push(argument);
    }
    let target = match &function.output.value {
        Some(ty) => Some(target(resolver, ty, report)?),
        None => None,
    };
    let error = function.output.error.as_ref();
    let handler = function.ident.clone();
    Some((Clause { function, handler, sources, arguments, target, error }, payload))
}

/// A query or a prompt.
pub(super) fn ask<'d>(
    resolver: &Resolver<'d>,
    function: &'d Function,
    report: &mut Report,
) -> Option<Ask<'d>> {
    let what = if matches!(function.kind, Kind::Query) { "query" } else { "prompt" };
    let mut ask = Ask {
        function,
        variant: names::variant(&function.ident, report)?,
        parameters: Vec::new(),
        arguments: Vec::new(),
        about: None,
        states: Vec::new(),
    };
    for parameter in &function.parameters {
        let Some(meaning) = meaning(resolver, parameter, report) else { continue };
        if let Meaning::Context { mutable: true } | Meaning::State { mutable: true, .. } = meaning {
            report
                .at(&parameter.ty, format_args!("a {what} changes nothing: take `&`, not `&mut`"));
        }
        match meaning {
            Meaning::Context { .. } => ask.arguments.push(Argument::Context),
            Meaning::State { id, .. } => {
                if ask.about.is_some_and(|first| first != id) {
                    report.at(&parameter.ty, format_args!("a {what} is about one state at most"));
                }
                ask.about = Some(id);
                ask.arguments.push(Argument::Source);
            }
            Meaning::Payload => {
                let ty = &parameter.ty;
                if what == "prompt" && !is(ty, "String") && !is(ty, "Option<String>") {
                    report
                        .at(ty, "an argument of a prompt is a text: `String` or `Option<String>`");
                }
                ask.parameters.push(parameter);
                ask.arguments.push(Argument::Payload(&parameter.ident));
            }
        }
    }
    if let Kind::Prompt(states) = &function.kind {
        ask.states = resolver.list(states, report).into_iter().map(|(state, _)| state).collect();
    }
    match &function.output.value {
        None => {
            report.at(&function.ident, format_args!("a {what} returns its answer"));
            return None;
        }
        Some(ty) if what == "prompt" && !is(ty, "String") => {
            report.at(ty, "a prompt returns a text: `String` or `Result<String, Error>`");
        }
        Some(_) => {}
    }
    Some(ask)
}

#[derive(Clone, Copy)]
enum Meaning {
    Context { mutable: bool },
    State { id: StateId, mutable: bool },
    Payload,
}

fn meaning(resolver: &Resolver<'_>, parameter: &Parameter, report: &mut Report) -> Option<Meaning> {
    let declaration = resolver.declaration;
    match &parameter.role {
        Role::Lent { name, mutable } => {
            if parameter.default.is_some() {
                report.at(&parameter.ident, "only a part of the payload has a default");
            }
            if declaration.contexts.iter().any(|context| context.ident == *name) {
                return Some(Meaning::Context { mutable: *mutable });
            }
            if let Some(id) = resolver.state(name) {
                return Some(Meaning::State { id, mutable: *mutable });
            }
            if resolver.is_refused(name) {
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
                if resolver.state(&name).is_some() {
                    report.at(&parameter.ty, format_args!("a state is lent: take `&mut {name}`, and move fields out with `core::mem::take`"));
                    return None;
                }
                if declaration.contexts.iter().any(|context| context.ident == name) {
                    report
                        .at(&parameter.ty, format_args!("the context is lent: take `&mut {name}`"));
                    return None;
                }
            }
            Some(Meaning::Payload)
        }
    }
}

fn target(resolver: &Resolver<'_>, ty: &Type, report: &mut Report) -> Option<StateId> {
    let Some(name) = plain_name(ty) else {
        report.at(
            ty,
            "a handler returns the state that it leads to, by its plain name, `Result<State, Error>`, or nothing",
        );
        return None;
    };
    if resolver.declaration.contexts.iter().any(|context| context.ident == name) {
        report.at(ty, format_args!("the context is lent, not returned: take `&mut {name}`"));
        return None;
    }
    if name == "Result" && resolver.state(&name).is_none() {
        report.at(ty, WRITTEN_OUT);
        return None;
    }
    resolver.known_state(&name, report)
}

/// Whether the type is that of the prelude, by whichever path each part of it is named.
fn is(ty: &Type, wanted: &str) -> bool {
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
