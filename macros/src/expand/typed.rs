//! The typed machine: a method for each event that is legal in a state, and for no other.

use proc_macro2::{Span, TokenStream};
use quote::quote;
use syn::Ident;

use super::{call, documentation, unused, used};
use crate::model::{Argument, Clause, Event, Model, visibility};
use crate::parse::{Declaration, unraw};

/// The methods: those that every state has once, the others by state.
pub(super) fn methods(declaration: &Declaration, model: &Model<'_>) -> TokenStream {
    let name = &declaration.name;
    let unused = unused(declaration);
    let everywhere = |clause: &Clause<'_>| clause.sources.len() == model.states.len();
    let clauses: Vec<_> = model
        .events
        .iter()
        .flat_map(|event| event.clauses.iter().map(move |clause| (event, clause)))
        .collect();
    let shared: Vec<_> = clauses
        .iter()
        .filter(|(_, clause)| everywhere(clause))
        .map(|(event, clause)| {
            method(declaration, model, &Ident::new("S", Span::call_site()), event, clause)
        })
        .collect();
    let shared = (!shared.is_empty()).then(
        || quote!(#unused impl<S: ::leverframe::Leaf<Machine = #name>> #name<S> { #(#shared)* }),
    );
    let by_state = model.states().filter_map(|(id, state)| {
        let state = &state.decl.ident;
        let methods: Vec<_> = clauses
            .iter()
            .filter(|(_, clause)| clause.sources.iter().any(|(source, _)| *source == id))
            .filter(|(_, clause)| !everywhere(clause))
            .map(|(event, clause)| method(declaration, model, state, event, clause))
            .collect();
        (!methods.is_empty()).then(|| quote!(#unused impl #name<#state> { #(#methods)* }))
    });
    quote!(#shared #(#by_state)*)
}

fn method(
    declaration: &Declaration,
    model: &Model<'_>,
    state: &Ident,
    event: &Event<'_>,
    clause: &Clause<'_>,
) -> TokenStream {
    let vis = visibility(declaration, 1);
    let (machine, method, variant) = (&declaration.name, event.ident, &event.variant);
    let source = Ident::new("source", Span::mixed_site());
    let context = Ident::new("context", Span::mixed_site());
    let parameters = event.payload.iter().map(|parameter| {
        let (ident, ty) = (&parameter.ident, &parameter.ty);
        quote!(#ident: #ty)
    });
    let parameters = quote!(#(#parameters),*);
    let docs = docs(event, clause);
    let arguments = &clause.arguments;
    let payload = |ident: &Ident| quote!(#ident);
    let direct = call(
        &clause.handler,
        arguments,
        &quote!(&mut self.0.state),
        &quote!(&mut self.0.context),
        payload,
    );
    let lends = arguments.iter().any(|argument| !matches!(argument, Argument::Payload(_)));
    let mutable = lends.then(|| quote!(mut));
    let next = Ident::new("next", Span::mixed_site());
    let call = call(&clause.handler, arguments, &quote!(#source), &quote!(#context), payload);
    let source = used(arguments, Argument::Source, &source);
    let context = used(arguments, Argument::Context, &context);
    let target = clause.target.map(|target| model.name(target));
    match (target, clause.error) {
        (Some(target), None) => quote! {
            #docs
            #vis fn #method(#mutable self, #parameters) -> #machine<#target> {
                let #next = #direct;
                #machine(self.0.with_state(#next))
            }
        },
        (Some(target), Some(_)) => quote! {
            #docs
            #vis fn #method(self, #parameters) -> ::core::result::Result<#machine<#target>, Refused<#state>> {
                self.0.try_step(EventName::#variant, |#source, #context| #call.map_err(Fault::#variant))
            }
        },
        (None, None) => quote! {
            #docs
            #vis fn #method(&mut self, #parameters) {
                #direct;
            }
        },
        (None, Some(_)) => quote! {
            #docs
            #vis fn #method(&mut self, #parameters) -> ::core::result::Result<(), Refusal> {
                self.0.try_stay(EventName::#variant, |#source, #context| #call.map_err(Fault::#variant))
            }
        },
    }
}

fn docs(event: &Event<'_>, clause: &Clause<'_>) -> TokenStream {
    let own = if clause.function.docs.is_empty() { event.docs } else { &clause.function.docs };
    let errors = match clause.target {
        Some(_) => "The handler's reason, and the machine as it was left.",
        None => "The handler's reason.",
    };
    let errors = clause.error.map(|_| errors);
    documentation(own, || format!("Takes the event `{}`.", unraw(event.ident)), errors)
}

/// The rows of `LegalIn`.
pub(super) fn legal(declaration: &Declaration, model: &Model<'_>) -> TokenStream {
    let vis = visibility(declaration, 1);
    let name = &declaration.name;
    let rows = model.events.iter().flat_map(|event| {
        event.clauses.iter().filter(|clause| !clause.sources.is_empty()).map(|clause| {
            let (ident, variant) = (event.ident, &event.variant);
            let fields = event.payload.iter().map(|parameter| &parameter.ident);
            let verb = clause.verb();
            let sources = clause.sources.iter().map(|(source, _)| model.name(*source));
            let target = clause.target.map(|target| model.name(target));
            quote!(#verb #ident #variant { #(#fields),* } [#(#sources),*] [#target];)
        })
    });
    quote!(::leverframe::__legal! { #vis #name: #(#rows)* })
}
