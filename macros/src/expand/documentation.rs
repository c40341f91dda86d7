//! Documentation as attributes.

use proc_macro2::TokenStream;
use quote::quote;

/// The author's documentation or, where there is none, what to say instead.
pub(super) fn documentation(
    docs: &str,
    otherwise: impl FnOnce() -> String,
    errors: Option<&str>,
) -> TokenStream {
    let mut docs = if docs.is_empty() { otherwise() } else { docs.to_owned() };
    if let Some(errors) = errors
        && !docs.contains("# Errors")
    {
        docs = format!("{docs}\n\n# Errors\n\n{errors}");
    }
    // rustdoc takes off the space that `///` leaves.
    let lines =
        docs.lines().map(|line| if line.is_empty() { String::new() } else { format!(" {line}") });
    quote!(#(#[doc = #lines])*)
}
