//! The expansion of a checked model. It sees nothing that could be wrong, and cannot fail.

mod asks;
mod chart;
mod dispatch;
mod events;
mod states;
mod typed;

use proc_macro2::{Span, TokenStream};
use quote::quote;
use syn::{Attribute, Ident, Item, Type, parse_quote};

use crate::model::{Argument, Model, visibility};
use crate::parse::{Declaration, Function, Kind, plain_name};
use crate::report::Report;

/// The module with the whole API, beside the errors of the graph.
pub(crate) fn machine(declaration: &Declaration, model: &Model<'_>, errors: Report) -> TokenStream {
    let items = items(declaration, model);
    let structs = states::machine(declaration, model);
    let states = states::states(declaration, model);
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
            #(#items)*
            #structs
            #typed
            #asks
            #states
            #events
            #faults
            #legal
            #dispatch
            #chart
        },
        &errors.into_compile_errors(),
    )
}

/// The author's items alone, and one import that says that the API is missing.
pub(crate) fn without_api(declaration: &Declaration, errors: Report) -> TokenStream {
    let kept = declaration.items.iter().enumerate().filter(|(place, _)| {
        !declaration.marked.contains(place)
            || declaration
                .functions
                .iter()
                .any(|function| function.place == *place && is_whole(declaration, function))
    });
    let items = kept.map(|(_, item)| item);
    let vis = visibility(&declaration.vis, 1);
    let own: Vec<String> = declaration.items.iter().filter_map(item_name).collect();
    let machine = declaration.name.to_string();
    let names = [
        &*machine,
        "State",
        "StateName",
        "Typed",
        "Event",
        "EventName",
        "Fault",
        "CHART",
        "events",
    ];
    let names = names.iter().filter(|name| !own.iter().any(|own| own == *name));
    let names = names.map(|name| Ident::new(name, Span::call_site()));
    module(
        declaration,
        &quote! {
            #![allow(unused, reason = "the machine is missing")]
            #(#items)*
            #vis use ::leverframe::nothing_until_the_errors_above_are_mended::{#(#names),*};
        },
        &errors.into_compile_errors(),
    )
}

fn item_name(item: &Item) -> Option<String> {
    Some(match item {
        Item::Struct(item) => item.ident.to_string(),
        Item::Enum(item) => item.ident.to_string(),
        Item::Type(item) => item.ident.to_string(),
        Item::Const(item) => item.ident.to_string(),
        Item::Mod(item) => item.ident.to_string(),
        _ => return None,
    })
}

/// Whether a function compiles without the machine: its name is its own and its target is known.
fn is_whole(declaration: &Declaration, function: &Function) -> bool {
    let alone =
        declaration.functions.iter().filter(|other| other.ident == function.ident).count() == 1;
    let target = function.output.value.as_ref().and_then(plain_name);
    let known =
        target.is_none_or(|name| declaration.states.iter().any(|state| state.ident == name));
    alone && (known || !matches!(function.kind, Kind::Transition(_)))
}

fn module(declaration: &Declaration, content: &TokenStream, errors: &TokenStream) -> TokenStream {
    let Declaration { attrs, vis, module, .. } = declaration;
    quote! {
        #(#attrs)*
        #vis mod #module {
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
                }
            }
            Item::Fn(item) => {
                let mut clauses = model.events.iter().flat_map(|event| &event.clauses);
                if let Some(clause) = clauses.find(|clause| clause.function.place == place) {
                    item.sig.ident = clause.handler.clone();
                }
            }
            _ => {}
        }
    }
    items
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
    attrs.push(parse_quote!(#[derive(#(#paths),*)]));
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
    quote!(self::#function(#(#arguments),*))
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
    if let Some(errors) = errors {
        docs = format!("{docs}\n\n# Errors\n\n{errors}");
    }
    // rustdoc takes off the space that `///` leaves.
    let lines =
        docs.lines().map(|line| if line.is_empty() { String::new() } else { format!(" {line}") });
    quote!(#(#[doc = #lines])*)
}
