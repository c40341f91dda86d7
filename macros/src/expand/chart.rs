//! The machine as data.

use proc_macro2::{Ident, Literal, Span, TokenStream};
use quote::quote;

use super::{tasks, upgrades, wire};
use crate::model::{Event, Model, Parameter, Query, Target, text, unraw};

/// The constant `CHART`.
pub(super) fn chart(model: &Model<'_>) -> TokenStream {
    let vis = &model.vis;
    let name = model.name.to_string();
    let own_docs = format!(" The machine [`{name}`] as data.");
    let machine_docs = &model.docs;
    let initial = model.number(model.initial);
    let declaration_hash = hex(&model.digest);
    let context = model.context.and_then(|context| sensitive(&context.sensitive));
    let states = model.states.iter().map(|state| {
        let (name, wire) = (unraw(state.ident), &state.wire);
        let docs = &state.docs;
        let is_final = flag(state.is_final, "final_state");
        let parent = state.parent.map(|parent| model.number(parent));
        let sensitive = sensitive(state.sensitive);
        quote!(#name #wire #docs [#parent] #sensitive #is_final;)
    });
    let superstates = model.superstates.iter().map(|superstate| {
        let (name, wire, docs) = (unraw(superstate.ident), &superstate.wire, superstate.docs);
        let parent = superstate.parent.map(|parent| model.number(parent));
        let default = superstate.default.map(|leaf| model.number(leaf));
        quote!(#name #wire #docs [#parent] #default;)
    });
    let events = model.events.iter().map(|event| self::event(model, event));
    let queries = model.queries.iter().map(|query| {
        let query = ask(model, query);
        quote!(#query;)
    });
    let prompts = model.prompts.iter().map(|prompt| {
        let states = prompt.states.iter().map(|state| model.number(*state));
        let prompt = ask(model, prompt);
        quote!(#prompt [#(#states)*];)
    });
    let tasks = tasks::chart(model);
    let version = upgrades::version(model);
    let inputs = inputs(model);
    let listed = wire::listed_fields(model);
    quote! {
        #listed
        ::leverframe::__chart! {
            #[doc = #own_docs]
            #vis CHART = #name #machine_docs #initial #declaration_hash #context;
            states { #(#states)* }
            superstates { #(#superstates)* }
            events { #(#events)* }
            queries { #(#queries)* }
            prompts { #(#prompts)* }
            #tasks
            #version
            #inputs
        }
    }
}

/// What a run is started with, in a section of its own.
fn inputs(model: &Model<'_>) -> Option<TokenStream> {
    let inputs = &model.context?.inputs;
    let rows = inputs.iter().map(parameter);
    (!inputs.is_empty()).then(|| quote!(inputs (#(#rows)*)))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |text, byte| format!("{text}{byte:02x}"))
}

fn flag(set: bool, name: &str) -> Option<Ident> {
    set.then(|| Ident::new(name, Span::call_site()))
}

/// The names of sensitive fields, if there are any.
fn sensitive(names: &[String]) -> Option<TokenStream> {
    (!names.is_empty()).then(|| quote!({#(#names)*}))
}

fn event(model: &Model<'_>, event: &Event<'_>) -> TokenStream {
    let (name, docs) = (unraw(event.ident), event.docs);
    let payload = event.payload.iter().map(|parameter| self::parameter(parameter));
    let clauses = event.clauses.iter().map(|clause| {
        let sources = clause.from.iter().map(|(source, _)| model.number(*source));
        let targets = match clause.target {
            Target::History(superstate) => {
                let number = model.number(superstate);
                quote!(History #number)
            }
            target => {
                let numbers = model.targets(target).into_iter().map(|target| model.number(target));
                quote!(#(State #numbers)*)
            }
        };
        let guards = clause.guards.iter().filter_map(|place| model.guards.get(*place));
        let guards = guards.map(|guard| unraw(&guard.function.ident));
        let after = clause.after.and_then(|after| u64::try_from(after.as_millis()).ok());
        let after = after.map(Literal::u64_unsuffixed);
        let own = &clause.function.docs;
        let docs = (own != docs && !own.is_empty()).then_some(own);
        let fallible = flag(clause.error.is_some(), "fallible");
        let by_human = clause.by_human.map(|number| {
            let number = Literal::u8_unsuffixed(number);
            quote!(by_human(#number))
        });
        quote!([#(#sources)*] [#targets] [#(#guards)*] [#after] #docs #fallible #by_human)
    });
    quote!(#name #docs (#(#payload)*) #(#clauses),*;)
}

fn ask(model: &Model<'_>, ask: &Query<'_>) -> TokenStream {
    let (name, docs) = (unraw(&ask.function.ident), &ask.function.docs);
    let parameters = ask.parameters.iter().map(|parameter| self::parameter(parameter));
    let about = ask.about.map(|state| model.number(state));
    quote!(#name #docs (#(#parameters)*) #about)
}

pub(super) fn parameter(parameter: &Parameter) -> TokenStream {
    let (name, ty, docs) = (unraw(&parameter.ident), text(&parameter.ty), &parameter.docs);
    let optional = flag(parameter.is_optional(), "optional");
    let sensitive = flag(parameter.sensitive, "sensitive");
    quote!(#name #ty #docs #optional #sensitive,)
}
