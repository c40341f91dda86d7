//! What the wire form of a state needs.

use syn::Item;

use crate::parse::{Declaration, State, plain_name, unraw};
use crate::report::Report;

/// The traits of the wire form that the author has neither derived nor written.
pub(super) fn missing_derives(
    declaration: &Declaration,
    state: &State,
    report: &mut Report,
) -> Vec<&'static str> {
    let mut given = Vec::new();
    for attr in &state.item.attrs {
        if attr.path().is_ident("derive") {
            let paths = attr.parse_args_with(
                syn::punctuated::Punctuated::<syn::Path, syn::Token![,]>::parse_terminated,
            );
            let paths = paths.into_iter().flatten();
            given.extend(
                paths.filter_map(|path| path.segments.last().map(|last| unraw(&last.ident))),
            );
        } else if attr.path().is_ident("cfg_attr")
            && quote::quote!(#attr).to_string().contains("derive")
        {
            report.at(
                attr,
                "a state of `#[machine(serde)]` derives unconditionally, not by `cfg_attr`",
            );
        }
    }
    for item in &declaration.items {
        if let Item::Impl(item) = item
            && let Some((path, ..)) = &item.trait_
            && let Some(last) = path.segments.last()
            && plain_name(&item.self_ty).is_some_and(|name| name == state.ident)
        {
            given.push(unraw(&last.ident));
        }
    }
    ["Clone", "Serialize", "Deserialize"]
        .into_iter()
        .filter(|wanted| !given.iter().any(|given| given == wanted))
        .collect()
}
