//! Queries and prompts: methods of the machine, and their dispatch by data.

use proc_macro2::{Span, TokenStream};
use quote::{format_ident, quote};
use syn::{Ident, ReturnType, parse_quote};

use super::call::{call, call_at, used};
use super::documentation::documentation;
use super::{inputs, tasks, upgrades, wire};
use crate::model::{Argument, Model, Output, Query, StateId, unraw};

/// The methods; with a wire form also the enums and `Portable`.
pub(super) fn queries(model: &Model<'_>) -> TokenStream {
    let everywhere = methods(model, None);
    let by_state = model.states().map(|(id, _)| methods(model, Some(id)));
    let wire = model.serde.then(|| portable(model));
    quote!(#everywhere #(#by_state)* #wire)
}

/// The methods about one state, or about none.
fn methods(model: &Model<'_>, about: Option<StateId>) -> Option<TokenStream> {
    let machine = model.name;
    let queries = model.queries.iter().chain(&model.prompts);
    let queries = queries.filter(|query| query.about == about);
    let methods: Vec<_> = queries.map(|query| method(model, query)).collect();
    if methods.is_empty() {
        return None;
    }
    let header = match about.map(|state| model.name(state)) {
        Some(state) => quote!(impl #machine<#state>),
        None => quote!(impl<S> #machine<S>),
    };
    let unused = model.allow_unused();
    Some(quote!(#unused #header { #(#methods)* }))
}

fn method(model: &Model<'_>, query: &Query<'_>) -> TokenStream {
    let vis = &model.vis;
    let ident = &query.function.ident;
    let fails = query.function.output.error.is_some();
    let docs = documentation(
        &query.function.docs,
        || format!("Answers `{}`.", unraw(ident)),
        fails.then_some("The reason of the function that answers."),
    );
    let parameters = query.parameters.iter().map(|parameter| {
        let (ident, ty) = (&parameter.ident, &parameter.ty);
        quote!(#ident: #ty)
    });
    let output = output(&query.function.output);
    let call = call(
        ident,
        &query.arguments,
        &quote!(&self.0.state),
        &quote!(&self.0.context),
        |ident| quote!(#ident),
    );
    quote! {
        #docs
        #vis fn #ident(&self, #(#parameters),*) #output {
            #call
        }
    }
}

fn output(Output { value, error }: &Output) -> ReturnType {
    let value = value.iter();
    match error {
        Some(error) => parse_quote!(-> ::core::result::Result<#(#value)*, #error>),
        None => parse_quote!(-> #(#value)*),
    }
}

fn portable(model: &Model<'_>) -> TokenStream {
    let name = model.name;
    let queries = query_enum(model, "Query", " A question about the machine.", &model.queries);
    let prompts = query_enum(model, "Prompt", " A prompt for a language model.", &model.prompts);
    let at = Ident::new("at", Span::mixed_site());
    let answers = model.queries.iter().map(|query| row(model, query, &at, "answer"));
    let texts = model.prompts.iter().map(|prompt| row(model, prompt, &at, "text"));
    let tasks = tasks::portable(model, &at);
    let upgrades = upgrades::upgrades(model);
    let (input, inputs) = (inputs::inputs(model), inputs::portable(model));
    let assertions = wire::assertions(model);
    quote! {
        #assertions
        #queries
        #prompts
        #input
        ::leverframe::__portable! {
            #name, #at:
            queries { #(#answers)* }
            prompts { #(#texts)* }
            #tasks
            #upgrades
            #inputs
        }
    }
}

/// The enum of the queries or of the prompts.
fn query_enum(model: &Model<'_>, name: &str, docs: &str, queries: &[Query<'_>]) -> TokenStream {
    let vis = &model.vis;
    let name = Ident::new(name, Span::call_site());
    let variants = queries.iter().map(|query| {
        let (variant, wire) = (&query.variant, unraw(&query.function.ident));
        let docs = documentation(&query.function.docs, || format!("The question `{wire}`."), None);
        let fields = query.parameters.iter().map(|parameter| {
            let (ident, ty) = (&parameter.ident, &parameter.ty);
            let docs = documentation(&parameter.docs, String::new, None);
            let default = parameter.default.as_ref().map(|_| {
                let path = format!("{name}::{}", default_name(query, ident));
                quote!(#[serde(default = #path)])
            });
            quote!(#docs #default #ident: #ty,)
        });
        quote!(#docs #[serde(rename = #wire)] #variant { #(#fields)* })
    });
    let defaults = queries.iter().flat_map(|query| {
        query.parameters.iter().filter_map(|parameter| {
            let (name, ty) = (default_name(query, &parameter.ident), &parameter.ty);
            let value = parameter.default.as_ref()?;
            Some(quote!(fn #name() -> #ty { #value }))
        })
    });
    let defaults: Vec<_> = defaults.collect();
    let defaults = (!defaults.is_empty()).then(|| quote!(impl #name { #(#defaults)* }));
    let parameters = queries.iter().flat_map(|query| query.parameters.iter().copied());
    let unknown = wire::unknown(parameters);
    let bounds = wire::bounds(&unknown, "Argument");
    let unknown = (!unknown.is_empty()).then(|| quote!([#(#unknown),*]));
    quote! {
        ::leverframe::__questions! { #unknown #bounds #[doc = #docs] #vis #name: #(#variants)* }
        #defaults
    }
}

/// The place distinguishes names that would be one: `a` with `b_c`, and `a_b` with `c`.
fn default_name(query: &Query<'_>, parameter: &Ident) -> Ident {
    format_ident!("default_{}_{}", query.function.place, unraw(parameter))
}

/// How the function of a query or of a prompt is called.
fn row(model: &Model<'_>, query: &Query<'_>, at: &Ident, verb: &str) -> TokenStream {
    let fallible = query.function.output.error.is_some();
    let verb = if fallible { format_ident!("try_{verb}") } else { format_ident!("{verb}") };
    let source = Ident::new("source", Span::mixed_site());
    let (variant, function) = (&query.variant, &query.function.ident);
    let fields = query.parameters.iter().map(|parameter| &parameter.ident);
    let call = call_at(
        query.function.output.value.as_ref(),
        function,
        &query.arguments,
        &quote!(#source),
        &quote!(&#at.context),
        |ident| quote!(#ident),
    );
    let about = query.about.map(|state| {
        let state = model.name(state);
        let source = used(&query.arguments, Argument::Source, &source);
        quote!(#state #source)
    });
    quote!(#verb #variant { #(#fields),* } (#about) => #call;)
}
