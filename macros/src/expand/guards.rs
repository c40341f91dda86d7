//! The guards: one function for each guarded clause, which checks them in their order.

use proc_macro2::TokenStream;
use quote::quote;
use syn::Ident;

use super::call::{call, used};
use crate::model::{Argument, Clause, Guard, Model};

/// The arguments of the function that checks the guards of a clause.
pub(super) fn arguments(model: &Model<'_>, clause: &Clause<'_>) -> Vec<Argument<'static>> {
    let reads =
        |wanted: Argument<'_>| of(model, clause).any(|guard| guard.arguments.contains(&wanted));
    let all = [Argument::Source, Argument::Context];
    all.into_iter().filter(|argument| reads(*argument)).collect()
}

fn of<'m, 'd>(model: &'m Model<'d>, clause: &'m Clause<'_>) -> impl Iterator<Item = &'m Guard<'d>> {
    clause.guards.iter().filter_map(|place| model.guards.get(*place))
}

/// The functions.
pub(super) fn functions(model: &Model<'_>) -> TokenStream {
    let guarded = clauses(model).map(|(_, clause)| {
        let name = &clause.guard;
        let parameters = arguments(model, clause).into_iter().map(|argument| {
            if argument == Argument::Context {
                let context = model.context.map(|context| &context.ident);
                return quote!(context: &#context);
            }
            let source = clause.sources.first().map(|source| model.name(*source));
            quote!(source: &#source)
        });
        let checks = of(model, clause).map(check);
        quote! {
            fn #name(#(#parameters),*) -> ::core::result::Result<(), Fault> {
                #(#checks?;)*
                ::core::result::Result::Ok(())
            }
        }
    });
    guarded.collect()
}

fn check(guard: &Guard<'_>) -> TokenStream {
    let variant = &guard.variant;
    let call = call(
        &guard.function.ident,
        &guard.arguments,
        &quote!(source),
        &quote!(context),
        |ident| quote!(#ident),
    );
    match guard.function.output.error {
        Some(_) => quote!(#call.map_err(Fault::#variant)),
        None => quote!(::leverframe::__private::allowed(#call, Fault::#variant)),
    }
}

/// The clauses that have guards, each with the name of its event.
pub(super) fn clauses<'m>(
    model: &'m Model<'_>,
) -> impl Iterator<Item = (&'m Ident, &'m Clause<'m>)> {
    let clauses = model
        .events
        .iter()
        .flat_map(|event| event.clauses.iter().map(move |clause| (&event.variant, clause)));
    clauses.filter(|(_, clause)| !clause.guards.is_empty() && !clause.sources.is_empty())
}

/// The rows by which the machine checks the guards of an event.
pub(super) fn rows(model: &Model<'_>, at: &Ident, source: &Ident) -> TokenStream {
    let rows = clauses(model).map(|(variant, clause)| {
        let arguments = arguments(model, clause);
        let call = call(
            &clause.guard,
            &arguments,
            &quote!(#source),
            &quote!(&#at.context),
            |ident| quote!(#ident),
        );
        let sources = clause.sources.iter().map(|source| model.name(*source));
        let source = used(&arguments, Argument::Source, source);
        quote!([#(#sources),*] #source #variant => #call;)
    });
    rows.collect()
}
