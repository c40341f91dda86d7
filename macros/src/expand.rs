//! The expansion of a checked model. It sees nothing that could be wrong, and cannot fail.

mod call;
mod documentation;

mod guards;
mod wire;

mod chart;
mod dispatch;
mod events;
mod inputs;
mod module;
mod picture;
mod queries;
mod states;
mod tasks;
mod typed;
mod upgrades;

use proc_macro2::{Span, TokenStream};
use quote::quote;
use syn::Ident;

use crate::model::{Model, Remains};

/// The module with the whole API.
pub(crate) fn machine(model: &Model<'_>) -> TokenStream {
    let items = module::items(model);
    let structs = states::machine(model);
    let states = states::states(model);
    let superstates = states::superstates(model);
    let guards = guards::functions(model);
    let events = events::events(model);
    let faults = events::faults(model);
    let typed = typed::methods(model);
    let legal = typed::legal(model);
    let dispatch = dispatch::dispatch(model);
    let tasks = tasks::tasks(model);
    let queries = queries::queries(model);
    let chart = chart::chart(model);
    module::module(
        &model.module,
        &quote! {
            #(#items)*
            #structs
            #typed
            #tasks
            #queries
            #states
            #superstates
            #events
            #faults
            #guards
            #legal
            #dispatch
            #chart
        },
    )
}

/// The author's items with the errors of names, and one import by which the names of the API are known.
///
/// Where a module has an error of expansion, the compiler is silent on paths into it that it cannot resolve. So the errors
/// stand inside, and neither the import nor what uses the machine adds to them. A compiler that is not silent says once
/// what the path of the import says.
pub(crate) fn without_api(remains: &Remains<'_>, errors: &TokenStream) -> TokenStream {
    let items = remains.module.items.iter().map(|(_, item)| item);
    let names = remains.missing.iter().map(|name| Ident::new(name, Span::call_site()));
    let module = module::module(
        &remains.module,
        &quote! {
            #errors
            #(#items)*
            pub use self::the_api_of_this_machine_is_missing_until_the_errors_above_are_fixed::{#(#names),*};
        },
    );
    quote!(#[allow(unused, reason = "the machine is missing")] #module)
}
