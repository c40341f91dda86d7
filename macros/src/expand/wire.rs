//! The traits that the wire form needs of the author's types.
//!
//! A type that lacks one is reported once, where it is used, by an assertion. The impls of the wire form have bounds for
//! such types, so that they are silent about it.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::{GenericArgument, PathArguments, Type};

use crate::model::{Context, Model, Parameter, text};

/// The types of some parameters that may lack a trait, each once.
pub(super) fn unknown<'t>(parameters: impl IntoIterator<Item = &'t Parameter>) -> Vec<&'t Type> {
    let mut found: Vec<&Type> = Vec::new();
    for Parameter { ty, .. } in parameters {
        let is_same = |other: &&Type| text(other) == text(ty);
        if !is_known(ty) && !found.iter().any(is_same) {
            found.push(ty);
        }
    }
    found
}

/// The types without parameters that are known to have every trait of the wire form.
const KNOWN: [&str; 16] = [
    "bool", "char", "f32", "f64", "i8", "i16", "i32", "i64", "i128", "isize", "u8", "u16", "u32",
    "u64", "usize", "String",
];

/// Whether the type is one of the standard library that has every trait of the wire form.
fn is_known(ty: &Type) -> bool {
    let Type::Path(path) = ty else { return false };
    let Some(last) = path.path.segments.last().filter(|_| path.qself.is_none()) else {
        return false;
    };
    match &last.arguments {
        PathArguments::None => KNOWN.iter().any(|known| last.ident == known),
        PathArguments::AngleBracketed(arguments) => {
            let is_known = |argument: &GenericArgument| matches!(argument, GenericArgument::Type(ty) if is_known(ty));
            ["Option", "Vec", "Box"].iter().any(|known| last.ident == known)
                && arguments.args.iter().all(is_known)
        }
        PathArguments::Parenthesized(_) => false,
    }
}

/// The attribute by which serde takes the bounds of its impls; none where there are no such types.
pub(super) fn bounds(types: &[impl ToTokens], of: &str) -> Option<TokenStream> {
    let bounds = types
        .iter()
        .map(|ty| format!("for<'a> {}: ::leverframe::__private::{of}<'a>", ty.to_token_stream()));
    let bounds = bounds.collect::<Vec<_>>().join(", ");
    (!bounds.is_empty()).then(|| quote!(#[serde(bound = #bounds)]))
}

/// Asserts that the author's types have the traits.
pub(super) fn assertions(model: &Model<'_>) -> Option<TokenStream> {
    let payload = unknown(model.events.iter().flat_map(|event| event.payload.iter().copied()));
    let arguments = model.queries.iter().flat_map(|query| query.parameters.iter().copied());
    let inputs = model.context.iter().flat_map(|context| &context.inputs);
    let arguments = unknown(arguments.chain(inputs));
    let context = model.context.iter().map(|context| &context.ident);
    let assertions = quote! {
        #(::leverframe::__private::context::<#context>();)*
        #(::leverframe::__private::payload::<#payload>();)*
        #(::leverframe::__private::argument::<#arguments>();)*
    };
    (!assertions.is_empty()).then(|| quote!(const _: () = { #assertions };))
}

/// Asserts that the context has the sensitive fields that its marker lists.
pub(super) fn listed_fields(model: &Model<'_>) -> Option<TokenStream> {
    let Context { ident, listed, .. } = model.context?;
    let fields = quote!(#(let _ = &context.#listed;)*);
    (!listed.is_empty()).then(|| quote!(const _: fn(&#ident) = |context| { #fields };))
}
