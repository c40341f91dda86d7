//! The machine's struct, and the tables of its states.

use proc_macro2::{Span, TokenStream};
use quote::{format_ident, quote};
use syn::{Fields, Ident};

use super::call::call;
use super::{guards, picture};
use crate::model::{Model, Node, State, SuperId, unraw};

/// The struct and its rows.
pub(super) fn machine(model: &Model<'_>) -> TokenStream {
    let name = model.name;
    let vis = &model.vis;
    // The module's own documentation would be read in the scope of the module's parent.
    let documentation = format!(
        " The machine of [`{}`](self) in the state `S`; without `S`, in any state.",
        unraw(model.module.ident)
    );
    let context = model.context_type();
    let initial = &model[model.initial];
    let state = &initial.ident;
    let value = fresh(initial);
    let [at, source] = ["at", "source"].map(|name| Ident::new(name, Span::call_site()));
    let guards = guards::rows(model, &at, &source);
    let of_superstates = |is_entry| {
        let rows = model.superstates().filter_map(|(id, _)| {
            let number = model.number(id);
            let actions = actions(model, id.into(), is_entry, &at, &source)?;
            Some(quote!(#number => #actions;))
        });
        rows.collect::<TokenStream>()
    };
    let (enter, exit) = (of_superstates(true), of_superstates(false));
    let remembering = model.histories();
    let history = if remembering.is_empty() { quote!(()) } else { quote!(Memory) };
    let remember = remembering.iter().map(|(superstate, _)| {
        let (number, memory) = (model.number(*superstate), memory(model, *superstate));
        quote!(#number => #memory;)
    });
    let inside = if model.superstates.is_empty() { quote!(()) } else { quote!(Superstate) };
    let picture = picture::picture(model);
    quote! {
        #[doc = #documentation]
        #picture
        #[must_use = "a transition takes the machine and gives a new one"]
        #vis struct #name<S = State>(::leverframe::Parts<S, #context, #history>);
        ::leverframe::__machine! {
            #vis #name(#context, #history) in #inside, from #state = #value;
            #at: guards { #guards } enter { #enter } exit { #exit } remember { #(#remember)* }
        }
    }
}

/// The value of a state that no handler has made.
fn fresh(state: &State<'_>) -> TokenStream {
    let ident = state.ident;
    match state.fields {
        Fields::Unit => quote!(#ident),
        none if none.is_empty() => quote!(#ident {}),
        _ => quote!(<#ident as ::core::default::Default>::default()),
    }
}

/// The field that remembers for a superstate.
fn memory(model: &Model<'_>, superstate: SuperId) -> Ident {
    let ident = model[superstate].ident;
    let name = heck::ToSnakeCase::to_snake_case(&*unraw(ident));
    format_ident!("last_{name}", span = ident.span())
}

/// The memory of superstates.
fn history(model: &Model<'_>) -> Option<TokenStream> {
    let remembering = model.histories();
    if remembering.is_empty() {
        return None;
    }
    let (name, context) = (&model.name, model.context_type());
    let vis = &model.vis;
    let states = model.states.iter().map(|state| state.ident);
    let rows = remembering.iter().map(|(superstate, _)| {
        let (ident, memory) = (model[*superstate].ident, memory(model, *superstate));
        let default = model[*superstate].default.unwrap_or(model.initial);
        let (state, value) = (model.name(default), fresh(&model[default]));
        quote!(#ident #memory = #state #value;)
    });
    let wire = model.serde.then(|| {
        quote! {
            #[derive(
                ::core::clone::Clone,
                ::leverframe::__private::serde::Serialize,
                ::leverframe::__private::serde::Deserialize,
            )]
            #[serde(crate = "::leverframe::__private::serde")]
        }
    });
    Some(quote! {
        ::leverframe::__history! { #wire #vis #name(#context): [#(#states),*] #(#rows)* }
    })
}

/// The superstates, their memory, and the choices.
pub(super) fn superstates(model: &Model<'_>) -> TokenStream {
    let name = model.name;
    let vis = &model.vis;
    let context = model.context_type();
    let idents = model.superstates.iter().map(|superstate| superstate.ident);
    let numbers = model.superstates().map(|(id, _)| model.number(id));
    let inside = model.superstates.iter().filter_map(|superstate| {
        let (child, parent) = (superstate.ident, model[superstate.parent?].ident);
        Some(quote!(#child in #parent))
    });
    let superstates = (!model.superstates.is_empty()).then(|| {
        quote! {
            ::leverframe::__superstates! { #vis #name: [#(#idents = #numbers),*] [#(#inside),*] }
        }
    });
    let choices = model.choices.iter().map(|choice| {
        let ident = choice.ident;
        let branches = choice.branches.iter().map(|(branch, state)| {
            let state = model.name(*state);
            quote!(#branch(#state))
        });
        quote!(::leverframe::__choice! { #name(#context): #ident { #(#branches),* } })
    });
    let history = history(model);
    quote!(#superstates #history #(#choices)*)
}

/// The actions on entry or on exit of a state or a superstate, as a block.
fn actions(
    model: &Model<'_>,
    node: Node,
    is_entry: bool,
    at: &Ident,
    source: &Ident,
) -> Option<TokenStream> {
    let actions = model.actions.iter();
    let calls: Vec<_> = actions
        .filter(|action| action.node == node && action.is_entry == is_entry)
        .map(|action| {
            call(&action.function.ident, &action.arguments, &quote!(#source), &quote!(#at), |_| {
                TokenStream::new()
            })
        })
        .collect();
    (!calls.is_empty()).then(|| quote!({ #(#calls;)* }))
}

/// The enums of states.
pub(super) fn states(model: &Model<'_>) -> TokenStream {
    let name = model.name;
    let vis = &model.vis;
    let idents: Vec<_> = model.states.iter().map(|state| state.ident).collect();
    let texts: Vec<_> = idents.iter().map(|ident| unraw(ident)).collect();
    let wires: Vec<_> = model.states.iter().map(|state| &state.wire).collect();
    let [at, source] = ["at", "source"].map(|name| Ident::new(name, Span::call_site()));
    let context = model.context_type();
    let rows: Vec<_> = model
        .states()
        .map(|(id, state)| {
            let (ident, number) = (state.ident, model.number(id));
            let parents = model.parents(id).into_iter().map(|parent| model.number(parent));
            let entry =
                actions(model, id.into(), true, &at, &source).map(|block| quote!(entry #block));
            let exit =
                actions(model, id.into(), false, &at, &source).map(|block| quote!(exit #block));
            quote!(#ident = #number [#(#parents)*] #entry #exit,)
        })
        .collect();
    let names = quote! {
        ::leverframe::__names! {
            /// The name of a state.
            #vis StateName of "a state": #(#idents = #texts #wires,)*
        }
    };
    if !model.serde {
        return quote! {
            ::leverframe::__states! { #vis #name(#context), #at, #source: #(#rows)* }
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
            #vis #name(#context), #at, #source: #(#[serde(rename = #wires)] #rows)*
        }
        #names
        ::leverframe::__wire_names! { StateName: #(#idents = #texts #wires,)* }
    }
}
