//! The upgrades, by which records of earlier versions are read.

use proc_macro2::{Literal, TokenStream};
use quote::quote;

use crate::model::{Change, Holder, Model, unraw};

/// The rows, in a section of their own; none where there are no upgrades.
pub(super) fn upgrades(model: &Model<'_>) -> Option<TokenStream> {
    if model.upgrades.is_empty() {
        return None;
    }
    let rows = model.upgrades.iter().map(|upgrade| {
        let since = Literal::u32_unsuffixed(upgrade.since);
        let change = match &upgrade.change {
            Change::Event { from, to } => quote!(Event #from #to),
            Change::Dropped { event } => quote!(Dropped #event),
            Change::State { from, to } => quote!(State #from [#(#to)*]),
            Change::Field { of, from, to } => {
                let of = holder(of);
                quote!(Field (#of) #from #to)
            }
            Change::Rewritten { what, by } => {
                let (what, name) = (holder(what), unraw(by));
                quote!(Rewritten (#what) #name #by)
            }
        };
        quote!(#since (#change);)
    });
    Some(quote!(upgrades { #(#rows)* }))
}

fn holder(holder: &Holder) -> TokenStream {
    match holder {
        Holder::Context => quote!(Context),
        Holder::State(state) => quote!(State #state),
        Holder::Event(event) => quote!(Event #event),
    }
}

/// The version in the chart, where it is declared.
pub(super) fn version(model: &Model<'_>) -> Option<TokenStream> {
    let version = Literal::u32_unsuffixed(model.version?);
    Some(quote!(version #version))
}
