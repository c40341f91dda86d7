//! The inputs of a run: fields of the context that a caller gives when it is started.

use proc_macro2::TokenStream;
use quote::{format_ident, quote, quote_spanned};

use super::documentation::documentation;
use super::wire;
use crate::model::{Context, Model, unraw};

/// The context, if it has inputs.
fn with_inputs<'d>(model: &Model<'d>) -> Option<&'d Context> {
    model.context.filter(|context| !context.inputs.is_empty())
}

/// The type of the inputs.
pub(super) fn inputs(model: &Model<'_>) -> Option<TokenStream> {
    let vis = &model.vis;
    let inputs = &with_inputs(model)?.inputs;
    let fields = inputs.iter().map(|input| {
        let (ident, ty) = (&input.ident, &input.ty);
        let docs = documentation(&input.docs, String::new, None);
        let default = input.default.as_ref().map(|_| {
            let path = format!("Input::default_{}", unraw(ident));
            quote!(#[serde(default = #path)])
        });
        quote!(#docs #default #ident: #ty,)
    });
    let defaults = inputs.iter().filter_map(|input| {
        let (name, ty) = (format_ident!("default_{}", unraw(&input.ident)), &input.ty);
        let value = input.default.as_ref()?;
        Some(quote!(fn #name() -> #ty { #value }))
    });
    let defaults: Vec<_> = defaults.collect();
    let defaults = (!defaults.is_empty()).then(|| quote!(impl Input { #(#defaults)* }));
    let unknown = wire::unknown(inputs);
    let bounds = wire::bounds(&unknown, "Argument");
    let unknown = (!unknown.is_empty()).then(|| quote!([#(#unknown),*]));
    Some(quote! {
        ::leverframe::__questions! {
            #unknown #bounds
            /// What a run is started with.
            #vis Input: #[doc = " A new run."] #[serde(rename = "start")] Start { #(#fields)* }
        }
        #defaults
    })
}

/// How the context is made of the inputs, in a section of its own.
pub(super) fn portable(model: &Model<'_>) -> Option<TokenStream> {
    let Context { ident, inputs, .. } = with_inputs(model)?;
    let names = inputs.iter().map(|input| &input.ident);
    let default = quote_spanned!(ident.span()=> <#ident as ::core::default::Default>::default());
    Some(quote!(inputs Input of #ident = #default, { #(#names),* }))
}
