//! The machine as data.

use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;

use crate::model::{Ask, Event, Model, StateId, visibility};
use crate::parse::{Declaration, Parameter, docs, text, unraw};

/// The constant `CHART`.
pub(super) fn chart(declaration: &Declaration, model: &Model<'_>) -> TokenStream {
    let vis = visibility(declaration, 1);
    let name = declaration.name.to_string();
    let own_docs = format!(" The machine [`{name}`] as data.");
    let machine_docs = docs(&declaration.attrs);
    let initial = model.initial.number();
    let states = model.states.iter().map(|state| {
        let (name, wire) = (unraw(&state.decl.ident), &state.wire);
        let docs = docs(&state.decl.item.attrs);
        let last = flag(state.decl.last, "last");
        quote!(#name #wire #docs #last;)
    });
    let events = model.events.iter().map(event);
    let queries = model.queries.iter().map(|query| {
        let query = ask(query);
        quote!(#query;)
    });
    let prompts = model.prompts.iter().map(|prompt| {
        let states = prompt.states.iter().map(|state| state.number());
        let prompt = ask(prompt);
        quote!(#prompt [#(#states)*];)
    });
    quote! {
        ::leverframe::__chart! {
            #[doc = #own_docs]
            #vis CHART = #name #machine_docs #initial;
            states { #(#states)* }
            events { #(#events)* }
            queries { #(#queries)* }
            prompts { #(#prompts)* }
        }
    }
}

fn flag(set: bool, name: &str) -> Option<Ident> {
    set.then(|| Ident::new(name, Span::call_site()))
}

fn event(event: &Event<'_>) -> TokenStream {
    let (name, docs) = (unraw(event.ident), event.docs);
    let payload = event.payload.iter().map(|parameter| self::parameter(parameter));
    let clauses = event.clauses.iter().map(|clause| {
        let sources = clause.sources.iter().map(|(source, _)| source.number());
        let target = clause.target.map(StateId::number);
        let fallible = flag(clause.error.is_some(), "fallible");
        quote!([#(#sources)*] [#target] #fallible)
    });
    quote!(#name #docs (#(#payload)*) #(#clauses),*;)
}

fn ask(ask: &Ask<'_>) -> TokenStream {
    let (name, docs) = (unraw(&ask.function.ident), &ask.function.docs);
    let parameters = ask.parameters.iter().map(|parameter| self::parameter(parameter));
    let about = ask.about.map(StateId::number);
    quote!(#name #docs (#(#parameters)*) #about)
}

fn parameter(parameter: &Parameter) -> TokenStream {
    let (name, ty, docs) = (unraw(&parameter.ident), text(&parameter.ty), &parameter.docs);
    let optional = flag(parameter.is_optional(), "optional");
    quote!(#name #ty #docs #optional,)
}
