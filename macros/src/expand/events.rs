//! The events as structs and as an enum, and the faults of their handlers.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::visit_mut::{self, VisitMut};
use syn::{Path, Type, parse_quote};

use super::documentation::documentation;
use super::wire;
use crate::model::{Event, Model, Parameter, unraw};

/// The module `events`, and the enum around it.
pub(super) fn events(model: &Model<'_>) -> TokenStream {
    let vis = &model.vis;
    let module_docs = format!(" The events of [`{}`], each with its payload.", model.name);
    let structs = model.events.iter().map(|event| event_struct(model, event));
    let variants: Vec<_> = model.events.iter().map(|event| &event.variant).collect();
    let names: Vec<_> = model.events.iter().map(|event| unraw(event.ident)).collect();
    let defaults = model.serde.then(|| defaults(model));
    let unknown = model.events.iter().filter(|event| !unknown_payload(event).is_empty());
    let unknown: Vec<_> = unknown.map(|event| &event.variant).collect();
    let types: Vec<_> = unknown.iter().map(|variant| quote!(events::#variant)).collect();
    let bounds = wire::bounds(&types, "Events");
    let events = if model.serde {
        quote! {
            ::leverframe::__events! {
                serde [#(#unknown),*] #bounds #vis Event: #(#names #variants,)*
            }
            ::leverframe::__wire_names! { EventName: #(#variants = #names #names,)* }
        }
    } else {
        quote!(::leverframe::__events! { bare #vis Event: #(#variants,)* })
    };
    quote! {
        #[doc = #module_docs]
        #[allow(missing_docs, reason = "a payload may explain itself")]
        #vis mod events {
            #[allow(unused_imports, reason = "payloads name types as the machine's module does")]
            use super::*;
                        #(#structs)*
        }
        #defaults
        ::leverframe::__names! {
            /// The name of an event.
            #vis EventName of "an event": #(#variants = #names #names,)*
        }
        #events
    }
}

fn event_struct(model: &Model<'_>, event: &Event<'_>) -> TokenStream {
    let vis = &model.inner_vis;
    let form = if model.serde {
        let unknown: Vec<_> =
            unknown_payload(event).into_iter().map(|ty| from_within_events(ty, model)).collect();
        let bounds = wire::bounds(&unknown, "Payload");
        let unknown = (!unknown.is_empty()).then(|| quote!([#(#unknown),*]));
        quote!(serde #unknown #bounds)
    } else {
        quote!(bare)
    };
    let name = unraw(event.ident);
    let docs = documentation(event.docs, || format!("The event `{name}`."), None);
    let variant = &event.variant;
    let fields = event.payload.iter().map(|parameter| {
        let field = &parameter.ident;
        let docs = documentation(&parameter.docs, String::new, None);
        let default = (model.serde && parameter.default.is_some()).then(|| {
            let path = format!("{variant}::{}", default_name(parameter));
            quote!(#[serde(default = #path)])
        });
        let ty = from_within_events(&parameter.ty, model);
        quote!(#docs #default #field: #ty,)
    });
    let fields = (!event.payload.is_empty()).then(|| quote!({ #(#fields)* }));
    quote!(::leverframe::__event! { #form #docs #vis #variant #fields })
}

/// The types of the payload that may lack a trait of the wire form.
fn unknown_payload<'e>(event: &'e Event<'_>) -> Vec<&'e Type> {
    wire::unknown(event.payload.iter().copied())
}

fn default_name(parameter: &Parameter) -> syn::Ident {
    format_ident!("default_{}", unraw(&parameter.ident))
}

/// The functions that serde calls for arguments that are left out.
fn defaults(model: &Model<'_>) -> TokenStream {
    let with_default = |event: &Event<'_>| {
        let functions: Vec<_> = event
            .payload
            .iter()
            .filter_map(|parameter| {
                let (name, ty) = (default_name(parameter), &parameter.ty);
                let value = parameter.default.as_ref()?;
                Some(quote!(fn #name() -> #ty { #value }))
            })
            .collect();
        let variant = &event.variant;
        (!functions.is_empty()).then(|| quote!(impl events::#variant { #(#functions)* }))
    };
    model.events.iter().filter_map(with_default).collect()
}

/// The type as it is named inside `events`, where the events' own names take precedence.
fn from_within_events(ty: &Type, model: &Model<'_>) -> Type {
    struct Inwards<'m>(&'m Model<'m>);
    impl VisitMut for Inwards<'_> {
        fn visit_path_mut(&mut self, path: &mut Path) {
            visit_mut::visit_path_mut(self, path);
            if path.leading_colon.is_some() {
                return;
            }
            let Some(first) = path.segments.first() else { return };
            if first.ident == "self" {
                let rest = path.segments.iter().skip(1);
                *path = parse_quote!(super::#(#rest)::*);
            } else if first.ident == "super" || self.0.is_hidden_by_an_event(&first.ident) {
                *path = parse_quote!(super::#path);
            }
        }
    }
    let mut ty = ty.clone();
    Inwards(model).visit_type_mut(&mut ty);
    ty
}

/// The enum of the reasons of handlers and guards.
pub(super) fn faults(model: &Model<'_>) -> TokenStream {
    let vis = &model.vis;
    let handlers = model.events.iter().filter_map(|event| {
        let (variant, error) = (&event.variant, event.error()?);
        let docs = format!("`{}` failed.", unraw(event.ident));
        Some(quote!(#variant(#error) = #docs,))
    });
    let reasons = model.guards.iter().filter_map(|guard| {
        let (variant, error) = (&guard.variant, guard.function.output.error.as_ref()?);
        let docs = format!("`{}` forbids the event.", unraw(&guard.function.ident));
        Some(quote!(#variant(#error) = #docs,))
    });
    let silent = model.guards.iter().filter(|guard| guard.function.output.error.is_none());
    let silent = silent.map(|guard| {
        let variant = &guard.variant;
        let docs = format!("`{}` forbids the event.", unraw(&guard.function.ident));
        // What the guard wants is in its documentation, else in its name.
        let wants = guard.function.docs.lines().next().unwrap_or_default().trim_end_matches('.');
        let text = if wants.is_empty() { docs.trim_end_matches('.') } else { wants };
        quote!(#variant = #docs #text,)
    });
    quote!(::leverframe::__faults! { #vis Fault: #(#handlers)* #(#reasons)*; #(#silent)* })
}
