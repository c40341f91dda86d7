//! What statig calls: a row for each clause.

use proc_macro2::{Span, TokenStream};
use quote::quote;
use syn::Ident;

use super::{call, used};
use crate::model::{Argument, Clause, Model};
use crate::parse::Declaration;

impl Clause<'_> {
    /// How the clause ends, in the words of the library's tables.
    pub(super) fn verb(&self) -> Ident {
        let verb = match (self.target, self.error) {
            (Some(_), None) => "goto",
            (None, None) => "stay",
            (Some(_), Some(_)) => "try_goto",
            (None, Some(_)) => "try_stay",
        };
        Ident::new(verb, Span::call_site())
    }
}

/// The rows.
pub(super) fn dispatch(declaration: &Declaration, model: &Model<'_>) -> TokenStream {
    let machine = &declaration.name;
    let [source, at, event_] =
        ["source", "at", "event"].map(|name| Ident::new(name, Span::call_site()));
    let rows = model.events.iter().flat_map(|event| {
        let (source, at, event_) = (&source, &at, &event_);
        event.clauses.iter().filter(|clause| !clause.sources.is_empty()).map(move |clause| {
            let payload = |ident: &Ident| quote!(#event_.#ident);
            let mut call = call(
                &clause.handler,
                &clause.arguments,
                &quote!(#source),
                &quote!(#at.context),
                payload,
            );
            let variant = &event.variant;
            if clause.error.is_some() {
                call = quote!(#call.map_err(Fault::#variant));
            }
            let verb = clause.verb();
            let sources = clause.sources.iter().map(|(source, _)| model.name(*source));
            let source = used(&clause.arguments, Argument::Source, source);
            let event = if event.payload.is_empty() { quote!(_) } else { quote!(#event_) };
            quote!(#verb [#(#sources),*] #source #variant #event => #call;)
        })
    });
    quote!(::leverframe::__dispatch! { #machine, #at: #(#rows)* })
}
