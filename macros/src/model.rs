//! The machine with every name resolved: what the checks and the expansion see.

mod names;
mod signature;
mod visibility;

use std::ops::Index;

use proc_macro2::{Literal, Span};
use syn::{Ident, Item, Type};

use crate::parse::{Declaration, Function, Kind, Parameter, Sources, State as StateDecl, unraw};
use crate::report::{Report, did_you_mean};

pub(crate) use names::wire;
pub(crate) use visibility::visibility;

/// The place of a state in the declaration, which is its number in the chart.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct StateId(usize);

impl StateId {
    /// The number as it stands in the tables.
    pub(crate) fn number(self) -> Literal {
        Literal::usize_unsuffixed(self.0)
    }
}

/// A machine.
pub(crate) struct Model<'d> {
    pub(crate) states: Vec<State<'d>>,
    /// The first state that is marked initial; the first of all, where none is.
    pub(crate) initial: StateId,
    pub(crate) context: Option<&'d Ident>,
    pub(crate) events: Vec<Event<'d>>,
    pub(crate) queries: Vec<Ask<'d>>,
    pub(crate) prompts: Vec<Ask<'d>>,
}

pub(crate) struct State<'d> {
    pub(crate) decl: &'d StateDecl,
    pub(crate) wire: String,
    /// What the wire form needs and the author has not given.
    pub(crate) derives: Vec<&'static str>,
}

pub(crate) struct Event<'d> {
    /// The method's name.
    pub(crate) ident: &'d Ident,
    /// The name of the struct in `events`, and of the variants.
    pub(crate) variant: Ident,
    pub(crate) docs: &'d str,
    pub(crate) payload: Vec<&'d Parameter>,
    pub(crate) clauses: Vec<Clause<'d>>,
}

impl<'d> Event<'d> {
    /// The type of the handlers' errors.
    pub(crate) fn error(&self) -> Option<&'d Type> {
        self.clauses.iter().find_map(|clause| clause.error)
    }
}

pub(crate) struct Clause<'d> {
    pub(crate) function: &'d Function,
    /// The name under which the handler is emitted.
    pub(crate) handler: Ident,
    /// The source states, each with the token that names it.
    pub(crate) sources: Vec<(StateId, Span)>,
    pub(crate) arguments: Vec<Argument<'d>>,
    /// Where it leads; `None` for an internal transition.
    pub(crate) target: Option<StateId>,
    pub(crate) error: Option<&'d Type>,
}

/// What a function is called with.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Argument<'d> {
    Source,
    Context,
    Payload(&'d Ident),
}

/// A query or a prompt.
pub(crate) struct Ask<'d> {
    pub(crate) function: &'d Function,
    pub(crate) variant: Ident,
    pub(crate) parameters: Vec<&'d Parameter>,
    pub(crate) arguments: Vec<Argument<'d>>,
    /// The state whose data it reads.
    pub(crate) about: Option<StateId>,
    /// The states that a prompt is for.
    pub(crate) states: Vec<StateId>,
}

/// Resolves all names. `None`, where there is nothing to resolve against.
pub(crate) fn resolve<'d>(declaration: &'d Declaration, report: &mut Report) -> Option<Model<'d>> {
    let resolver = Resolver { declaration };
    names::check(declaration, report);
    visibility::check(declaration, report);
    if declaration.states.is_empty() {
        if declaration.refused.is_empty() {
            report.at(
                &declaration.module,
                "a machine has states: mark structs `#[state]`, one of them `#[state(initial)]`",
            );
        }
        return None;
    }
    let context = resolver.context(report);
    let initial = declaration.states.iter().position(|state| state.initial.is_some());
    let states = declaration.states.iter().map(|state| State {
        decl: state,
        wire: wire(&state.ident),
        derives: if declaration.serde {
            missing_derives(declaration, state, report)
        } else {
            Vec::new()
        },
    });
    let states = states.collect();
    let events = resolver.events(report);
    if !declaration.has_transitions {
        report.at(
            &declaration.module,
            "a machine has transitions: mark functions `#[transition(from = …)]`",
        );
    }
    let queries = resolver.asks(report, |kind| matches!(kind, Kind::Query));
    let prompts = resolver.asks(report, |kind| matches!(kind, Kind::Prompt(_)));
    names::check_functions(&events, &queries, &prompts, declaration, report);
    Some(Model {
        states,
        initial: StateId(initial.unwrap_or(0)),
        context,
        events,
        queries,
        prompts,
    })
}

impl<'d> Model<'d> {
    /// The states with their numbers.
    pub(crate) fn states(&self) -> impl Iterator<Item = (StateId, &State<'d>)> {
        (0..).map(StateId).zip(&self.states)
    }

    /// The name of a state.
    pub(crate) fn name(&self, state: StateId) -> &'d Ident {
        &self[state].decl.ident
    }

    /// Whether a name of the machine's module means another thing in `events`, where an event is called so.
    pub(crate) fn is_hidden_by_an_event(&self, name: &Ident) -> bool {
        self.events.iter().any(|event| event.variant == *name)
    }
}

impl<'d> Index<StateId> for Model<'d> {
    type Output = State<'d>;

    #[expect(clippy::indexing_slicing, reason = "a number is made of a place in this list")]
    fn index(&self, state: StateId) -> &State<'d> {
        &self.states[state.0]
    }
}

struct Resolver<'d> {
    declaration: &'d Declaration,
}

impl Index<StateId> for Resolver<'_> {
    type Output = StateDecl;

    #[expect(clippy::indexing_slicing, reason = "a number is made of a place in this list")]
    fn index(&self, state: StateId) -> &StateDecl {
        &self.declaration.states[state.0]
    }
}

impl<'d> Resolver<'d> {
    fn context(&self, report: &mut Report) -> Option<&'d Ident> {
        let [first, rest @ ..] = self.declaration.contexts.as_slice() else { return None };
        for second in rest {
            let message =
                format_args!("a machine has one context, and `{}` is it already", first.ident);
            report.at(&second.ident, message);
        }
        Some(&first.ident)
    }

    /// The number of a state, by its name.
    fn state(&self, name: &Ident) -> Option<StateId> {
        self.declaration.states.iter().position(|state| state.ident == *name).map(StateId)
    }

    /// The name of a state.
    fn name(&self, state: StateId) -> &Ident {
        &self[state].ident
    }

    /// The number of a state, or an error on the name.
    fn known_state(&self, name: &Ident, report: &mut Report) -> Option<StateId> {
        let found = self.state(name);
        if found.is_none() && !self.is_refused(name) {
            let known: Vec<_> =
                self.declaration.states.iter().map(|state| state.ident.to_string()).collect();
            let mut hint = did_you_mean(&name.to_string(), known.iter().map(String::as_str));
            if hint.is_empty() {
                hint = format!(": mark a struct `{name}` with `#[state]`");
            }
            report.at(name, format_args!("no state `{name}` is declared{hint}"));
        }
        found
    }

    /// Whether the name was refused where it is declared, which is said there.
    fn is_refused(&self, name: &Ident) -> bool {
        self.declaration.refused.contains(name)
    }

    fn sources(&self, sources: &Sources, report: &mut Report) -> Vec<(StateId, Span)> {
        match sources {
            Sources::All(span) => {
                let states = (0..).zip(&self.declaration.states);
                let left = states.filter(|(_, state)| !state.last);
                let left: Vec<_> = left.map(|(place, _)| (StateId(place), *span)).collect();
                if left.is_empty() {
                    report.span(
                        *span,
                        "`_` stands for every state that is not final, and there is none",
                    );
                }
                left
            }
            Sources::Named(names) => self.list(names, report),
        }
    }

    /// States that are named in a list, each once.
    fn list(&self, names: &[Ident], report: &mut Report) -> Vec<(StateId, Span)> {
        let mut found: Vec<(StateId, Span)> = Vec::new();
        for name in names {
            let Some(state) = self.known_state(name, report) else { continue };
            if found.iter().any(|(first, _)| *first == state) {
                report.at(name, format_args!("`{name}` stands in this list already"));
            } else {
                found.push((state, name.span()));
            }
        }
        found
    }

    fn events(&self, report: &mut Report) -> Vec<Event<'d>> {
        let mut events: Vec<Event<'d>> = Vec::new();
        for function in &self.declaration.functions {
            let Kind::Transition(sources) = &function.kind else { continue };
            let signature = signature::handler(self, function, sources.as_ref(), report);
            let Some((clause, payload)) = signature else { continue };
            let Some(variant) = names::variant(&function.ident, report) else { continue };
            match events.iter_mut().find(|event| event.ident == &function.ident) {
                Some(event) => {
                    same_event(event, &clause, &payload, report);
                    event.clauses.push(clause);
                }
                None => events.push(Event {
                    ident: &function.ident,
                    variant,
                    docs: &function.docs,
                    payload,
                    clauses: vec![clause],
                }),
            }
        }
        for event in events.iter_mut().filter(|event| event.clauses.len() > 1) {
            for (number, clause) in (1..).zip(&mut event.clauses) {
                clause.handler = clause.function.renamed(number, &self.declaration.items);
            }
        }
        events
    }

    fn asks(&self, report: &mut Report, wanted: impl Fn(&Kind) -> bool) -> Vec<Ask<'d>> {
        let functions = self.declaration.functions.iter().filter(|function| wanted(&function.kind));
        functions.filter_map(|function| signature::ask(self, function, report)).collect()
    }
}

/// The clauses of one event carry the same payload and the same error.
fn same_event(event: &Event<'_>, clause: &Clause<'_>, payload: &[&Parameter], report: &mut Report) {
    let name = event.ident;
    let text = |ty: &Type| quote::quote!(#ty).to_string();
    let expr = |value: &syn::Expr| quote::quote!(#value).to_string();
    let same = |a: &Parameter, b: &Parameter| a.ident == b.ident && text(&a.ty) == text(&b.ty);
    let differs = payload.iter().enumerate().find(|(place, parameter)| {
        event.payload.get(*place).is_none_or(|first| !same(first, parameter))
    });
    let first: Vec<_> = event
        .payload
        .iter()
        .map(|p| format!("{}: {}", p.ident, crate::parse::text(&p.ty)))
        .collect();
    let first =
        if first.is_empty() { "nothing".to_owned() } else { format!("`{}`", first.join(", ")) };
    let message = format!(
        "the clauses of one event carry the same payload, and the first `{name}` carries {first}"
    );
    match differs {
        Some((_, parameter)) => report.at(&parameter.ident, message),
        None if payload.len() < event.payload.len() => report.at(&clause.function.ident, message),
        None => {}
    }
    if let (Some(first), Some(error)) = (event.error(), clause.error)
        && text(first) != text(error)
    {
        let first = crate::parse::text(first);
        report.at(error, format_args!("the clauses of one event fail with the same type, and the first `{name}` fails with `{first}`"));
    }
    for (parameter, first) in payload.iter().zip(&event.payload) {
        if let Some(default) = &parameter.default
            && first.default.as_ref().map(expr) != Some(expr(default))
        {
            report.at(default, format_args!("the defaults of a payload stand in the first clause of `{name}`: write this one there"));
        }
    }
    for (state, span) in &clause.sources {
        if event.clauses.iter().any(|first| first.sources.iter().any(|(known, _)| known == state)) {
            let message = format_args!(
                "the sources of one event do not overlap, and an earlier `{name}` starts here already"
            );
            report.span(*span, message);
            break;
        }
    }
}

/// The traits of the wire form that the author has neither derived nor written.
fn missing_derives(
    declaration: &Declaration,
    state: &StateDecl,
    report: &mut Report,
) -> Vec<&'static str> {
    let mut given = Vec::new();
    for attr in &state.item.attrs {
        if attr.path().is_ident("derive") {
            let paths = attr.parse_args_with(
                syn::punctuated::Punctuated::<syn::Path, syn::Token![,]>::parse_terminated,
            );
            let paths = paths.into_iter().flatten();
            given.extend(
                paths.filter_map(|path| path.segments.last().map(|last| unraw(&last.ident))),
            );
        } else if attr.path().is_ident("cfg_attr")
            && quote::quote!(#attr).to_string().contains("derive")
        {
            report.at(attr, "a state of `#[machine(serde)]` derives outright, not by `cfg_attr`");
        }
    }
    for item in &declaration.items {
        if let Item::Impl(item) = item
            && let Some((path, ..)) = &item.trait_
            && let Some(last) = path.segments.last()
            && crate::parse::plain_name(&item.self_ty).is_some_and(|name| name == state.ident)
        {
            given.push(unraw(&last.ident));
        }
    }
    ["Clone", "Serialize", "Deserialize"]
        .into_iter()
        .filter(|wanted| !given.iter().any(|given| given == wanted))
        .collect()
}
