//! The tasks: their inputs, their outcomes, and the trait of what performs them.

use proc_macro2::{Literal, Span, TokenStream};
use quote::quote;
use syn::Ident;

use super::call::{call_at, used};
use super::documentation::documentation;
use crate::model::{Argument, Event, Model, Task, unraw};

/// The enums, the trait and the function `worker`.
pub(super) fn tasks(model: &Model<'_>) -> Option<TokenStream> {
    if model.tasks.is_empty() {
        return None;
    }
    let (vis, inner, machine) = (&model.vis, &model.inner_vis, model.name);
    let rows = model.tasks.iter().map(|task| {
        let (variant, ident, input) = (&task.variant, &task.function.ident, task.input);
        let docs =
            documentation(&task.function.docs, || format!("The task `{}`.", unraw(ident)), None);
        let ends = task.ends.iter().filter_map(|(event, _)| model.events.get(*event));
        let ends = ends.map(|event| &event.variant);
        quote!(#docs #variant #ident(#input) [#(#ends),*];)
    });
    Some(quote! {
        ::leverframe::__tasks! { vis(#vis) inner(#inner) #machine: #(#rows)* }
    })
}

/// How the inputs are made, and the events of failure.
pub(super) fn portable(model: &Model<'_>, at: &Ident) -> Option<TokenStream> {
    if model.tasks.is_empty() {
        return None;
    }
    let rows = (0..).zip(&model.tasks).map(|(number, task)| input(model, at, number, task));
    Some(quote!(tasks { #(#rows)* }))
}

fn input(model: &Model<'_>, at: &Ident, number: u16, task: &Task<'_>) -> TokenStream {
    let number = Literal::u16_unsuffixed(number);
    let source = Ident::new("source", Span::mixed_site());
    let call = call_at(
        Some(task.input),
        &task.function.ident,
        &task.arguments,
        &quote!(#source),
        &quote!(&#at.context),
        |ident| quote!(#ident),
    );
    let leaves = model.leaves(task.node).into_iter().map(|leaf| model.name(leaf));
    let source = used(&task.arguments, Argument::Source, &source);
    let (variant, failure) = (&task.variant, model.events.get(task.failure).map(failure));
    quote!(#number #variant [#(#leaves)*] #source => #call, #failure;)
}

/// The failure event, and the field that holds the last error.
fn failure(event: &Event<'_>) -> TokenStream {
    let (variant, fields) = (&event.variant, event.payload.iter().map(|field| &field.ident));
    quote!(#variant { #(#fields)* })
}

/// The tasks in the chart.
pub(super) fn chart(model: &Model<'_>) -> Option<TokenStream> {
    if model.tasks.is_empty() {
        return None;
    }
    let rows = model.tasks.iter().map(|task| {
        let (name, docs) = (unraw(&task.function.ident), &task.function.docs);
        let state = model.number(task.node);
        let place = |place: usize| Literal::usize_unsuffixed(place);
        let outcomes = task.ends.iter().map(|(event, _)| *event);
        let outcomes = outcomes.filter(|event| *event != task.failure).map(place);
        let (failure, attempts) =
            (place(task.failure), Literal::u32_unsuffixed(task.options.attempts));
        let times = [task.options.backoff, task.options.limit].map(|time| {
            Literal::u64_unsuffixed(u64::try_from(time.as_millis()).unwrap_or(u64::MAX))
        });
        quote!(#name #docs #state [#(#outcomes)*] #failure #attempts #(#times)*;)
    });
    Some(quote!(tasks { #(#rows)* }))
}
