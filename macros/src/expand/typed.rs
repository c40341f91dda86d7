//! The typed machine: a method for each event that is legal in a state, and for no other.

use proc_macro2::{Span, TokenStream};
use quote::quote;
use syn::Ident;

use super::call::{call, used};
use super::documentation::documentation;
use super::guards;
use crate::model::{Argument, Clause, Event, Model, Target, unraw};

/// The methods: those that every state has once, the others by state.
pub(super) fn methods(model: &Model<'_>) -> TokenStream {
    let name = model.name;
    let unused = model.allow_unused();
    let everywhere = |clause: &Clause<'_>| clause.sources.len() == model.states.len();
    let clauses: Vec<_> = model
        .events
        .iter()
        .flat_map(|event| event.clauses.iter().map(move |clause| (event, clause)))
        .collect();
    let shared: Vec<_> = clauses
        .iter()
        .filter(|(_, clause)| everywhere(clause))
        .map(|(event, clause)| method(model, &Ident::new("S", Span::call_site()), event, clause))
        .collect();
    let shared = (!shared.is_empty()).then(
        || quote!(#unused impl<S: ::leverframe::Leaf<Machine = #name>> #name<S> { #(#shared)* }),
    );
    let by_state = model.states().filter_map(|(id, state)| {
        let state = state.ident;
        let methods: Vec<_> = clauses
            .iter()
            .filter(|(_, clause)| clause.sources.contains(&id))
            .filter(|(_, clause)| !everywhere(clause))
            .map(|(event, clause)| method(model, state, event, clause))
            .collect();
        (!methods.is_empty()).then(|| quote!(#unused impl #name<#state> { #(#methods)* }))
    });
    quote!(#shared #(#by_state)*)
}

fn method(model: &Model<'_>, state: &Ident, event: &Event<'_>, clause: &Clause<'_>) -> TokenStream {
    let vis = &model.vis;
    let (method, variant) = (event.ident, &event.variant);
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
    let borrows = arguments.iter().any(|argument| !matches!(argument, Argument::Payload(_)));
    let direct = call(
        &clause.handler,
        arguments,
        &quote!(&mut self.0.state),
        &quote!(&mut self.0.context),
        payload,
    );
    let machines = machines(model, clause.target);
    if !clause.is_refusable() {
        return match machines {
            Some(machines) => {
                let mutable = borrows.then(|| quote!(mut));
                let next = Ident::new("next", Span::mixed_site());
                quote! {
                    #docs
                    #vis fn #method(#mutable self, #parameters) -> #machines {
                        let #next = #direct;
                        self.0.goto(#next)
                    }
                }
            }
            None => quote! {
                #docs
                #vis fn #method(&mut self, #parameters) {
                    #direct;
                }
            },
        };
    }
    let call = call(&clause.handler, arguments, &quote!(#source), &quote!(#context), payload);
    let call = match clause.error {
        Some(_) => quote!(#call.map_err(Fault::#variant)),
        None => quote!(::core::result::Result::Ok(#call)),
    };
    let guard = guard(model, clause, &source, &context);
    let source = used(arguments, Argument::Source, &source);
    let context = used(arguments, Argument::Context, &context);
    let handler = quote!(|#source, #context| #call);
    match machines {
        Some(machines) => quote! {
            #docs
            #vis fn #method(self, #parameters) -> ::core::result::Result<#machines, Refused<#state>> {
                self.0.try_goto(EventName::#variant, #guard, #handler)
            }
        },
        None => quote! {
            #docs
            #vis fn #method(&mut self, #parameters) -> ::core::result::Result<(), Refusal> {
                self.0.attempt(EventName::#variant, #guard, #handler)
            }
        },
    }
}

/// The machines to which a target leads.
fn machines(model: &Model<'_>, target: Target) -> Option<TokenStream> {
    let machine = model.name;
    let name = model.target_name(target)?;
    Some(match target {
        Target::History(_) => quote!(Typed),
        Target::Choice(_) => {
            let states = model.targets(target);
            let states = states.iter().map(|state| model.name(*state));
            quote!(#name<#(#machine<#states>),*>)
        }
        _ => quote!(#machine<#name>),
    })
}

/// The closure that checks the guards of a clause.
fn guard(model: &Model<'_>, clause: &Clause<'_>, source: &Ident, context: &Ident) -> TokenStream {
    if clause.guards.is_empty() {
        return quote!(::leverframe::__private::unguarded);
    }
    let arguments = guards::arguments(model, clause);
    let call = call(&clause.guard, &arguments, &quote!(#source), &quote!(#context), |_| {
        TokenStream::new()
    });
    let source = used(&arguments, Argument::Source, source);
    let context = used(&arguments, Argument::Context, context);
    quote!(|#source, #context| #call)
}

fn docs(event: &Event<'_>, clause: &Clause<'_>) -> TokenStream {
    let own = if clause.function.docs.is_empty() { event.docs } else { &clause.function.docs };
    let reason = match (clause.guards.is_empty(), clause.error) {
        (true, _) => "The handler's reason",
        (false, None) => "The guard's reason",
        (false, Some(_)) => "The guard's reason, or the handler's",
    };
    let machine = match clause.target {
        Target::Stay => ".",
        _ => "; the machine is returned with it, in its former state.",
    };
    let errors = format!("{reason}{machine}");
    let errors = clause.is_refusable().then_some(&*errors);
    documentation(own, || format!("Takes the event `{}`.", unraw(event.ident)), errors)
}

/// The rows of `LegalIn`.
pub(super) fn legal(model: &Model<'_>) -> TokenStream {
    let vis = &model.vis;
    let name = model.name;
    let rows = model.events.iter().flat_map(|event| {
        event.clauses.iter().filter(|clause| !clause.sources.is_empty()).map(|clause| {
            let (ident, variant) = (event.ident, &event.variant);
            let fields = event.payload.iter().map(|parameter| &parameter.ident);
            let verb = clause.verb(clause.is_refusable());
            let sources = clause.sources.iter().map(|source| model.name(*source));
            let target = model.target_name(clause.target);
            quote!(#verb #ident #variant { #(#fields),* } [#(#sources),*] [#target];)
        })
    });
    quote!(::leverframe::__legal! { #vis #name: #(#rows)* })
}
