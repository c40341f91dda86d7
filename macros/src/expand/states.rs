//! The machine's struct, and the tables of its states.

use proc_macro2::TokenStream;
use quote::quote;
use syn::Fields;

use super::context_type;
use crate::model::{Model, visibility};
use crate::parse::{Declaration, unraw};

/// The struct and its rows.
pub(super) fn machine(declaration: &Declaration, model: &Model<'_>) -> TokenStream {
    let name = &declaration.name;
    let vis = visibility(declaration, 1);
    // The module's own documentation would be read in the scope of the module's parent.
    let documentation = format!(
        " The machine of [`{}`](self) in the state `S`; without `S` in whichever state it is.",
        unraw(&declaration.module)
    );
    let context = context_type(model);
    let initial = &model[model.initial].decl;
    let state = &initial.ident;
    let value = match &initial.item.fields {
        Fields::Unit => quote!(#state),
        none if none.is_empty() => quote!(#state {}),
        _ => quote!(<#state as ::core::default::Default>::default()),
    };
    quote! {
        #[doc = #documentation]
        #[must_use = "a transition takes the machine and gives a new one"]
        #vis struct #name<S = State>(::leverframe::Parts<S, #context>);
        ::leverframe::__machine! { #vis #name(#context, ()) from #state = #value }
    }
}

/// The enums of states.
pub(super) fn states(declaration: &Declaration, model: &Model<'_>) -> TokenStream {
    let name = &declaration.name;
    let vis = visibility(declaration, 1);
    let idents: Vec<_> = model.states.iter().map(|state| &state.decl.ident).collect();
    let texts: Vec<_> = idents.iter().map(|ident| unraw(ident)).collect();
    let wires: Vec<_> = model.states.iter().map(|state| &state.wire).collect();
    let names = quote! {
        ::leverframe::__names! {
            /// The name of a state.
            #vis StateName of "a state": #(#idents = #texts #wires,)*
        }
    };
    if !declaration.serde {
        return quote! {
            ::leverframe::__states! { #vis #name: #(#idents,)* }
            #names
        };
    }
    quote! {
        ::leverframe::__states! {
            #[derive(
                ::core::clone::Clone,
                ::leverframe::__private::serde::Serialize,
                ::leverframe::__private::serde::Deserialize,
            )]
            #[serde(crate = "::leverframe::__private::serde")]
            #vis #name: #(#[serde(rename = #wires)] #idents,)*
        }
        #names
        ::leverframe::__wire_names! { StateName: #(#idents = #texts #wires,)* }
    }
}
