//! The expansion of a checked model. It sees nothing that could be wrong, and cannot fail.

mod asks;
mod chart;
mod dispatch;
mod events;
mod guards;
mod states;
mod typed;

use proc_macro2::{Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::{AttrStyle, Attribute, Fields, Ident, Item, ItemEnum, Type, parse_quote};

use crate::model::{Argument, ITEMS, Model};
use crate::parse::{Declaration, Function, Kind, Role, names_of, plain_name};
use crate::report::Report;

/// The module with the whole API, beside the errors of the graph.
pub(crate) fn machine(declaration: &Declaration, model: &Model<'_>, errors: Report) -> TokenStream {
    let items = items(declaration, model);
    let import = history_import(declaration);
    let structs = states::machine(declaration, model);
    let states = states::states(declaration, model);
    let superstates = states::superstates(declaration, model);
    let guards = guards::functions(model);
    let events = events::events(declaration, model);
    let faults = events::faults(declaration, model);
    let typed = typed::methods(declaration, model);
    let legal = typed::legal(declaration, model);
    let dispatch = dispatch::dispatch(declaration, model);
    let asks = asks::asks(declaration, model);
    let chart = chart::chart(declaration, model);
    module(
        declaration,
        &quote! {
            #import
            #(#items)*
            #structs
            #typed
            #asks
            #states
            #superstates
            #events
            #faults
            #guards
            #legal
            #dispatch
            #chart
        },
        &errors.into_compile_errors(),
    )
}

/// The author's items alone, and one import that says that the API is missing.
pub(crate) fn without_api(declaration: &Declaration, errors: Report) -> TokenStream {
    let declared =
        |name: &Ident| declaration.items.iter().flat_map(names_of).any(|own| own == name);
    let broken = |place: &usize| {
        let mut choices = declaration.choices.iter();
        choices.any(|choice| {
            choice.place == *place && !choice.branches.iter().all(|(_, state)| declared(state))
        })
    };
    let kept = declaration.items.iter().enumerate().filter(|(place, _)| {
        !broken(place) && !declaration.marked.contains(place)
            || declaration
                .functions
                .iter()
                .any(|function| function.place == *place && is_whole(declaration, function))
    });
    let items = kept.map(|(_, item)| item);
    let import = history_import(declaration);
    let own: Vec<String> =
        declaration.items.iter().flat_map(names_of).map(ToString::to_string).collect();
    let machine = declaration.name.to_string();
    let names = std::iter::once(&*machine).chain(ITEMS);
    let names = names.filter(|name| !own.iter().any(|own| own == name));
    let names = names.map(|name| Ident::new(name, Span::call_site()));
    module(
        declaration,
        &quote! {
            #![allow(unused, reason = "the machine is missing")]
            #import
            #(#items)*
            pub use ::leverframe::nothing_until_the_errors_above_are_mended::{#(#names),*};
        },
        &errors.into_compile_errors(),
    )
}

/// `History`, for handlers that return it.
fn history_import(declaration: &Declaration) -> Option<TokenStream> {
    let is_history = |ty: &Type| match ty {
        Type::Path(path) => {
            let mut segments = path.path.segments.iter();
            segments.next().is_some_and(|first| first.ident == "History")
                && segments.next().is_none()
        }
        _ => false,
    };
    let mut values =
        declaration.functions.iter().filter_map(|function| function.output.value.as_ref());
    let own = declaration.items.iter().flat_map(names_of).any(|name| name == "History");
    (values.any(is_history) && !own).then(|| {
        quote!(
            use ::leverframe::History;
        )
    })
}

/// Whether a function compiles without the machine: its name is its own, its target and what it is lent are known.
fn is_whole(declaration: &Declaration, function: &Function) -> bool {
    let alone =
        declaration.functions.iter().filter(|other| other.ident == function.ident).count() == 1;
    let target = match function.kind {
        Kind::Transition(_) => function.output.value.as_ref().and_then(plain_name),
        _ => None,
    };
    let lent = function.parameters.iter().filter_map(|parameter| match &parameter.role {
        Role::Lent { name, .. } => Some(name.clone()),
        Role::Payload => None,
    });
    let declared =
        |name: &Ident| declaration.items.iter().flat_map(names_of).any(|own| own == name);
    alone && lent.chain(target).all(|name| declared(&name))
}

fn module(declaration: &Declaration, content: &TokenStream, errors: &TokenStream) -> TokenStream {
    let Declaration { attrs, vis, module, .. } = declaration;
    let (outer, inner): (Vec<_>, Vec<_>) =
        attrs.iter().partition(|attr| matches!(attr.style, AttrStyle::Outer));
    quote! {
        #(#outer)*
        #vis mod #module {
            #(#inner)*
            #content
        }
        #errors
    }
}

/// The author's items: states with what the wire form needs, the clauses of one event under names of their own.
fn items(declaration: &Declaration, model: &Model<'_>) -> Vec<Item> {
    let mut items = declaration.items.clone();
    for (place, item) in items.iter_mut().enumerate() {
        match item {
            Item::Struct(item) => {
                let mut states = model.states.iter();
                if let Some(state) = states.find(|state| state.decl.place == place) {
                    derive(&mut item.attrs, &state.derives);
                    let legal = legal(model, place);
                    item.attrs.push(parse_quote!(#[doc = #legal]));
                }
                let mut superstates = model.superstates.iter();
                if superstates.any(|superstate| superstate.decl.place == place) {
                    item.attrs
                        .push(parse_quote!(#[allow(dead_code, unreachable_pub, reason = "the chart alone names it")]));
                }
            }
            Item::Enum(item) => {
                let mut choices = model.choices.iter();
                if choices.any(|choice| choice.decl.place == place) {
                    make_generic(item);
                }
            }
            Item::Fn(item) => {
                let mut clauses = model.events.iter().flat_map(|event| &event.clauses);
                if let Some(clause) = clauses.find(|clause| clause.function.place == place) {
                    item.sig.ident = clause.handler.clone();
                }
                if declaration.marked.contains(&place) {
                    item.attrs.push(parse_quote!(#[allow(
                        clippy::needless_pass_by_value,
                        clippy::unnecessary_wraps,
                        reason = "a payload is owned, and a handler has the form that its machine needs"
                    )]));
                }
            }
            _ => {}
        }
    }
    items
}

/// What rustdoc tells of a state: the events that are legal there, and where they lead.
fn legal(model: &Model<'_>, place: usize) -> String {
    let Some((id, state)) = model.states().find(|(_, state)| state.decl.place == place) else {
        return String::new();
    };
    let clauses = model.events.iter().flat_map(|event| {
        event.clauses.iter().filter(|clause| clause.sources.contains(&id)).map(move |clause| {
            let targets = model.targets(clause.target);
            let targets =
                targets.iter().map(|target| format!("[`{0}`](struct@{0})", model.name(*target)));
            let targets = targets.collect::<Vec<_>>().join(" or ");
            let to = if targets.is_empty() { String::new() } else { format!(" to {targets}") };
            format!("`{}`{to}", event.ident)
        })
    });
    let clauses = clauses.collect::<Vec<_>>().join(", ");
    match (clauses.is_empty(), state.decl.is_final) {
        (true, true) => "\n\nFinal: nothing is legal here.".to_owned(),
        (true, false) => String::new(),
        (false, _) => format!("\n\nLegal here: {clauses}."),
    }
}

/// A choice of states, which may as well be one of typed machines.
fn make_generic(item: &mut ItemEnum) {
    for variant in &mut item.variants {
        let parameter = format_ident!("{}_", variant.ident, span = variant.ident.span());
        if let Fields::Unnamed(fields) = &mut variant.fields
            && let Some(field) = fields.unnamed.first_mut()
        {
            let state = std::mem::replace(&mut field.ty, parse_quote!(#parameter));
            item.generics.params.push(parse_quote!(#parameter = #state));
        }
    }
    item.attrs.push(parse_quote!(#[allow(
        non_camel_case_types,
        reason = "each branch gives its name to a parameter"
    )]));
}

fn derive(attrs: &mut Vec<Attribute>, traits: &[&str]) {
    if traits.is_empty() {
        return;
    }
    let mut wire = false;
    let paths = traits.iter().map(|name| {
        let ident = Ident::new(name, Span::call_site());
        wire |= *name != "Clone";
        match *name {
            "Clone" => quote!(::core::clone::#ident),
            _ => quote!(::leverframe::__private::serde::#ident),
        }
    });
    // The author's `#[serde(…)]` belongs to a derive that stands above it.
    attrs.insert(0, parse_quote!(#[derive(#(#paths),*)]));
    let names_its_crate = attrs
        .iter()
        .any(|attr| attr.path().is_ident("serde") && quote!(#attr).to_string().contains("crate ="));
    if wire && !names_its_crate {
        attrs.push(parse_quote!(#[serde(crate = "::leverframe::__private::serde")]));
    }
}

/// The call of a function of the author's with the source, the context and the payload at hand.
fn call(
    function: &Ident,
    arguments: &[Argument<'_>],
    source: &TokenStream,
    context: &TokenStream,
    payload: impl Fn(&Ident) -> TokenStream,
) -> TokenStream {
    let arguments = arguments.iter().map(|argument| match argument {
        Argument::Source => source.clone(),
        Argument::Context => context.clone(),
        Argument::Payload(ident) => payload(ident),
    });
    // An error about what the function returns points at its name.
    let at = Span::call_site().located_at(function.span());
    quote_spanned!(at=> self::#function(#(#arguments),*))
}

/// The name if `arguments` uses it, else `_`.
fn used(arguments: &[Argument<'_>], wanted: Argument<'_>, name: &Ident) -> TokenStream {
    if arguments.contains(&wanted) { quote!(#name) } else { quote!(_) }
}

/// The context's type; `()` where there is none.
fn context_type(model: &Model<'_>) -> Type {
    match model.context {
        Some(context) => parse_quote!(#context),
        None => parse_quote!(()),
    }
}

/// Outside a library's API nobody calls all that a machine can do.
fn unused(declaration: &Declaration) -> Option<TokenStream> {
    let public = matches!(declaration.vis, syn::Visibility::Public(_));
    (!public)
        .then(|| quote!(#[allow(dead_code, reason = "a program need not use all of a machine")]))
}

/// Documentation as attributes: the author's or, where there is none, what to say instead.
fn documentation(
    docs: &str,
    otherwise: impl FnOnce() -> String,
    errors: Option<&str>,
) -> TokenStream {
    let mut docs = if docs.is_empty() { otherwise() } else { docs.to_owned() };
    if let Some(errors) = errors
        && !docs.contains("# Errors")
    {
        docs = format!("{docs}\n\n# Errors\n\n{errors}");
    }
    // rustdoc takes off the space that `///` leaves.
    let lines =
        docs.lines().map(|line| if line.is_empty() { String::new() } else { format!(" {line}") });
    quote!(#(#[doc = #lines])*)
}
