//! The author's module, with what the machine needs of its items.

use proc_macro2::{Span, TokenStream};
use quote::{format_ident, quote};
use syn::{AttrStyle, Attribute, Fields, Ident, Item, ItemEnum, parse_quote};

use crate::model::{Model, Module, unraw};

/// The module around its content.
pub(super) fn module(module: &Module<'_>, content: &TokenStream) -> TokenStream {
    let Module { attrs, vis, ident, .. } = module;
    let (outer, inner): (Vec<_>, Vec<_>) =
        attrs.iter().partition(|attr| matches!(attr.style, AttrStyle::Outer));
    let history = module.needs_history.then(|| {
        quote!(
            use ::leverframe::History;
        )
    });
    quote! {
        #(#outer)*
        #vis mod #ident {
            #(#inner)*
            #history
            #content
        }
    }
}

/// The author's items: states with what the wire form needs, the clauses of one event under names of their own.
pub(super) fn items(model: &Model<'_>) -> Vec<Item> {
    let items = model.module.items.iter();
    items.map(|(place, item)| self::item(model, *place, (*item).clone())).collect()
}

fn item(model: &Model<'_>, place: usize, mut item: Item) -> Item {
    match &mut item {
        Item::Struct(item) => {
            let mut states = model.states.iter();
            if let Some(state) = states.find(|state| state.place == place) {
                derive(&mut item.attrs, &state.derives);
                let legal = legal(model, place);
                item.attrs.push(parse_quote!(#[doc = #legal]));
            }
            let mut superstates = model.superstates.iter();
            if superstates.any(|superstate| superstate.place == place) {
                item.attrs
                        .push(parse_quote!(#[allow(dead_code, unreachable_pub, reason = "the chart alone names it")]));
            }
        }
        Item::Enum(item) => {
            let mut choices = model.choices.iter();
            if choices.any(|choice| choice.place == place) {
                make_generic(item);
            }
        }
        Item::Fn(item) => {
            let mut clauses = model.events.iter().flat_map(|event| &event.clauses);
            if let Some(clause) = clauses.find(|clause| clause.function.place == place) {
                item.sig.ident = clause.handler.clone();
            }
            if model.module.marked.contains(&place) {
                item.attrs.push(parse_quote!(#[allow(
                    clippy::needless_pass_by_value,
                    clippy::unnecessary_wraps,
                    reason = "a payload is owned, and a handler has the form that its machine needs"
                )]));
            }
        }
        _ => {}
    }
    item
}

/// The events that are legal in a state and their targets, for rustdoc.
fn legal(model: &Model<'_>, place: usize) -> String {
    let Some((id, state)) = model.states().find(|(_, state)| state.place == place) else {
        return String::new();
    };
    let clauses = model.events.iter().flat_map(|event| {
        event.clauses.iter().filter(|clause| clause.sources.contains(&id)).map(move |clause| {
            let targets = model.targets(clause.target);
            let targets =
                targets.iter().map(|target| format!("[`{0}`](struct@{0})", model.name(*target)));
            let targets = targets.collect::<Vec<_>>().join(" or ");
            let to = if targets.is_empty() { String::new() } else { format!(" to {targets}") };
            format!("`{}`{to}", event.ident)
        })
    });
    let clauses = clauses.collect::<Vec<_>>().join(", ");
    let tasks = model.tasks.iter().filter(|task| model.leaves(task.node).contains(&id));
    let tasks: Vec<_> = tasks.map(|task| format!("`{}`", unraw(&task.function.ident))).collect();
    let tasks = match tasks.join(", ") {
        none if none.is_empty() => none,
        tasks => format!("\n\nStarts the tasks: {tasks}."),
    };
    match (clauses.is_empty(), state.is_final) {
        (true, true) => "\n\nFinal: nothing is legal here.".to_owned(),
        (true, false) => String::new(),
        (false, _) => format!("\n\nLegal here: {clauses}.{tasks}"),
    }
}

/// A choice of states, which may as well be one of typed machines.
fn make_generic(item: &mut ItemEnum) {
    for variant in &mut item.variants {
        let parameter = format_ident!("{}_", variant.ident, span = variant.ident.span());
        if let Fields::Unnamed(fields) = &mut variant.fields
            && let Some(field) = fields.unnamed.first_mut()
        {
            let state = std::mem::replace(&mut field.ty, parse_quote!(#parameter));
            item.generics.params.push(parse_quote!(#parameter = #state));
        }
    }
    item.attrs.push(parse_quote!(#[allow(
        non_camel_case_types,
        reason = "each branch gives its name to a parameter"
    )]));
}

fn derive(attrs: &mut Vec<Attribute>, traits: &[&str]) {
    if traits.is_empty() {
        return;
    }
    let mut wire = false;
    let paths = traits.iter().map(|name| {
        let ident = Ident::new(name, Span::call_site());
        wire |= *name != "Clone";
        match *name {
            "Clone" => quote!(::core::clone::#ident),
            _ => quote!(::leverframe::__private::serde::#ident),
        }
    });
    // The author's `#[serde(…)]` belongs to a derive that stands above it.
    attrs.insert(0, parse_quote!(#[derive(#(#paths),*)]));
    let names_its_crate = attrs
        .iter()
        .any(|attr| attr.path().is_ident("serde") && quote!(#attr).to_string().contains("crate ="));
    if wire && !names_its_crate {
        attrs.push(parse_quote!(#[serde(crate = "::leverframe::__private::serde")]));
    }
}
