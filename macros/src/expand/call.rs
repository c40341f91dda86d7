//! Calls of the author's functions.

use proc_macro2::{Delimiter, Group, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote, quote_spanned};
use syn::Ident;

use crate::model::Argument;

/// The call of a function of the author's with the source, the context and the payload at hand. An error about what it
/// returns points at its name.
pub(super) fn call(
    function: &Ident,
    arguments: &[Argument<'_>],
    source: &TokenStream,
    context: &TokenStream,
    payload: impl Fn(&Ident) -> TokenStream,
) -> TokenStream {
    call_at(Some(function), function, arguments, source, context, payload)
}

/// The same, where an error about what it returns points at `at`.
pub(super) fn call_at(
    at: Option<&impl ToTokens>,
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
    // The compiler points from the first token of the call to the last.
    let at: Vec<TokenTree> = at.to_token_stream().into_iter().collect();
    let span = |token: Option<&TokenTree>| {
        let span = token.map_or_else(|| function.span(), TokenTree::span);
        Span::call_site().located_at(span)
    };
    let (first, last) = (span(at.first()), span(at.last()));
    let mut arguments = Group::new(Delimiter::Parenthesis, quote_spanned!(first=> #(#arguments),*));
    arguments.set_span(last);
    quote_spanned!(first=> self::#function #arguments)
}

/// The name if `arguments` uses it, else `_`.
pub(super) fn used(arguments: &[Argument<'_>], wanted: Argument<'_>, name: &Ident) -> TokenStream {
    if arguments.contains(&wanted) { quote!(#name) } else { quote!(_) }
}
