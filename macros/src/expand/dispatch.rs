//! What statig calls: a row for each clause.

use proc_macro2::{Span, TokenStream};
use quote::quote;
use syn::Ident;

use super::call::{call, used};
use super::guards;
use crate::model::{Argument, Clause, Model, Target};

impl Clause<'_> {
    /// How the clause ends, in the words of the library's tables.
    pub(super) fn verb(&self, may_refuse: bool) -> Ident {
        let verb = match (self.target, may_refuse) {
            (Target::Stay, false) => "stay",
            (Target::Stay, true) => "try_stay",
            (_, false) => "goto",
            (_, true) => "try_goto",
        };
        Ident::new(verb, Span::call_site())
    }
}

/// The rows.
pub(super) fn dispatch(model: &Model<'_>) -> TokenStream {
    let machine = model.name;
    let [source, at, event_] =
        ["source", "at", "event"].map(|name| Ident::new(name, Span::call_site()));
    let states = model.states.iter().map(|state| state.ident);
    let inside = model.states.iter().filter_map(|state| {
        let (state, parent) = (state.ident, model[state.parent?].ident);
        Some(quote!(#state in #parent))
    });
    let rows = model.events.iter().flat_map(|event| {
        let (source, at, event_) = (&source, &at, &event_);
        event.clauses.iter().filter(|clause| !clause.sources.is_empty()).map(move |clause| {
            let payload = |ident: &Ident| quote!(#event_.#ident);
            let context = quote!(#at.context);
            let mut handler =
                call(&clause.handler, &clause.arguments, &quote!(#source), &context, payload);
            let variant = &event.variant;
            if clause.error.is_some() {
                handler = quote!(#handler.map_err(Fault::#variant));
            }
            let guarded = guards::arguments(model, clause);
            let guard = (!clause.guards.is_empty())
                .then(|| call(&clause.guard, &guarded, &quote!(#source), &context, payload));
            let verb = clause.verb(clause.error.is_some());
            let sources = clause.sources.iter().map(|source| model.name(*source));
            let arguments = [&*clause.arguments, &*guarded].concat();
            let source = used(&arguments, Argument::Source, source);
            let event = if event.payload.is_empty() { quote!(_) } else { quote!(#event_) };
            quote!(#verb [#(#sources),*] #source #variant #event (#guard) => #handler;)
        })
    });
    quote! {
        ::leverframe::__dispatch! { #machine, #at: [#(#states),*] [#(#inside),*] #(#rows)* }
    }
}
