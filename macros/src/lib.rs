//! The attribute macro of `leverframe`; see that crate for what it is and how to use it.
//!
//! The pipeline is parse → model → check → expand. Errors of names end it after the model: no API is emitted then, and
//! its absence is silent. Errors of the graph do not: the whole API is there beside them.

mod check;
mod expand;
mod model;
mod parse;
mod picture;
mod proof;
mod report;

use proc_macro::TokenStream;
use quote::quote;

use crate::report::Report;

// Documented where `leverframe` gives it on.
#[expect(missing_docs, reason = "the crate `leverframe` documents it")]
#[proc_macro_attribute]
pub fn machine(options: TokenStream, module: TokenStream) -> TokenStream {
    expand_machine(options.into(), &module.into()).into()
}

fn expand_machine(
    options: proc_macro2::TokenStream,
    module: &proc_macro2::TokenStream,
) -> proc_macro2::TokenStream {
    let mut report = Report::default();
    let Some(declaration) = parse::parse(options, module, &mut report) else {
        let errors = report.into_compile_errors();
        return quote!(#errors #module);
    };
    let model = model::resolve(&declaration, &mut report);
    match model {
        Some(model) if report.is_empty() => {
            check::check(&declaration, &model, &mut report);
            let (module, errors) = (expand::machine(&model), report.into_compile_errors());
            quote!(#module #errors)
        }
        _ => expand::without_api(&model::remains(&declaration), &report.into_compile_errors()),
    }
}

/// The picture of a machine for its documentation. An expansion of `machine` calls it where rustdoc reads it.
#[doc(hidden)]
#[proc_macro]
pub fn __picture(description: TokenStream) -> TokenStream {
    picture::picture(description.into()).into()
}

/// Attributes that mean something only inside a `#[machine]` module say so elsewhere.
macro_rules! inside_only {
    ($($name:ident)*) => {
        $(
            #[doc = concat!("Marks an item inside a `#[machine]` module; see `leverframe::machine`.")]
            #[proc_macro_attribute]
            pub fn $name(_: TokenStream, item: TokenStream) -> TokenStream {
                let error = concat!(
                    "`#[", stringify!($name), "]` belongs on an item inside a module marked `#[leverframe::machine]`"
                );
                let item = proc_macro2::TokenStream::from(item);
                quote!(::core::compile_error!(#error); #item).into()
            }
        )*
    };
}

/// Claims a property of a machine's graph. It stands below `#[machine]`; see `leverframe::machine`.
#[proc_macro_attribute]
pub fn ensure(_: TokenStream, item: TokenStream) -> TokenStream {
    let item = proc_macro2::TokenStream::from(item);
    let error = "`#[ensure]` stands below `#[leverframe::machine]`, on the same module";
    quote!(::core::compile_error!(#error); #item).into()
}

/// Says how records of earlier versions of a machine are read. It stands below `#[machine]`, or on a function inside; see
/// `leverframe::machine`.
#[proc_macro_attribute]
pub fn upgrade(_: TokenStream, item: TokenStream) -> TokenStream {
    let item = proc_macro2::TokenStream::from(item);
    let error =
        "`#[upgrade]` stands below `#[leverframe::machine]`, or on a function inside its module";
    quote!(::core::compile_error!(#error); #item).into()
}

inside_only!(context state superstate choice transition guard entry exit query prompt task);

#[cfg(test)]
mod tests;
