//! Calls of the author's functions.

use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::Ident;

use crate::model::Argument;

/// The call of a function of the author's with the source, the context and the payload at hand.
pub(super) fn call(
    function: &Ident,
    arguments: &[Argument<'_>],
    source: &TokenStream,
    context: &TokenStream,
    payload: impl Fn(&Ident) -> TokenStream,
) -> TokenStream {
    let arguments = arguments.iter().map(|argument| match argument {
        Argument::Source => source.clone(),
        Argument::Context => context.clone(),
        Argument::Payload(ident) => payload(ident),
    });
    // An error about what the function returns points at its name.
    let at = Span::call_site().located_at(function.span());
    quote_spanned!(at=> self::#function(#(#arguments),*))
}

/// The name if `arguments` uses it, else `_`.
pub(super) fn used(arguments: &[Argument<'_>], wanted: Argument<'_>, name: &Ident) -> TokenStream {
    if arguments.contains(&wanted) { quote!(#name) } else { quote!(_) }
}
