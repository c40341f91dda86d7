//! Queries and prompts: methods of the machine, and their dispatch by data.

use proc_macro2::{Span, TokenStream};
use quote::{format_ident, quote};
use syn::{Ident, ReturnType, parse_quote};

use super::{call, documentation};
use crate::model::{Argument, Ask, Model, StateId, visibility};
use crate::parse::{Declaration, Output, unraw};

/// The methods; with a wire form also the enums and `Portable`.
pub(super) fn asks(declaration: &Declaration, model: &Model<'_>) -> TokenStream {
    let everywhere = methods(declaration, model, None);
    let by_state = model.states().map(|(id, _)| methods(declaration, model, Some(id)));
    let wire = declaration.serde.then(|| portable(declaration, model));
    quote!(#everywhere #(#by_state)* #wire)
}

/// The methods about one state, or about none.
fn methods(
    declaration: &Declaration,
    model: &Model<'_>,
    about: Option<StateId>,
) -> Option<TokenStream> {
    let machine = &declaration.name;
    let asks = model.queries.iter().chain(&model.prompts).filter(|ask| ask.about == about);
    let methods: Vec<_> = asks.map(|ask| method(declaration, ask)).collect();
    if methods.is_empty() {
        return None;
    }
    let header = match about.map(|state| model.name(state)) {
        Some(state) => quote!(impl #machine<#state>),
        None => quote!(impl<S> #machine<S>),
    };
    let unused = super::unused(declaration);
    Some(quote!(#unused #header { #(#methods)* }))
}

fn method(declaration: &Declaration, ask: &Ask<'_>) -> TokenStream {
    let vis = visibility(declaration, 1);
    let ident = &ask.function.ident;
    let fails = ask.function.output.error.is_some();
    let docs = documentation(
        &ask.function.docs,
        || format!("Answers `{}`.", unraw(ident)),
        fails.then_some("The reason of the function that answers."),
    );
    let parameters = ask.parameters.iter().map(|parameter| {
        let (ident, ty) = (&parameter.ident, &parameter.ty);
        quote!(#ident: #ty)
    });
    let output = output(&ask.function.output);
    let call = call(
        ident,
        &ask.arguments,
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

fn portable(declaration: &Declaration, model: &Model<'_>) -> TokenStream {
    let name = &declaration.name;
    let queries = questions(declaration, "Query", " A question about the machine.", &model.queries);
    let prompts =
        questions(declaration, "Prompt", " A prompt for a language model.", &model.prompts);
    let at = Ident::new("at", Span::mixed_site());
    let answers = model.queries.iter().map(|query| row(model, query, &at, "answer"));
    let texts = model.prompts.iter().map(|prompt| row(model, prompt, &at, "text"));
    quote! {
        #queries
        #prompts
        ::leverframe::__portable! {
            #name, #at:
            queries { #(#answers)* }
            prompts { #(#texts)* }
        }
    }
}

/// The enum of queries or of prompts.
fn questions(declaration: &Declaration, name: &str, docs: &str, asks: &[Ask<'_>]) -> TokenStream {
    let vis = visibility(declaration, 1);
    let name = Ident::new(name, Span::call_site());
    let variants = asks.iter().map(|ask| {
        let (variant, wire) = (&ask.variant, unraw(&ask.function.ident));
        let docs = documentation(&ask.function.docs, || format!("The question `{wire}`."), None);
        let fields = ask.parameters.iter().map(|parameter| {
            let (ident, ty) = (&parameter.ident, &parameter.ty);
            let docs = documentation(&parameter.docs, String::new, None);
            let default = parameter.default.as_ref().map(|_| {
                let path = format!("{name}::{}", default_name(ask, ident));
                quote!(#[serde(default = #path)])
            });
            quote!(#docs #default #ident: #ty,)
        });
        quote!(#docs #[serde(rename = #wire)] #variant { #(#fields)* })
    });
    let defaults = asks.iter().flat_map(|ask| {
        ask.parameters.iter().filter_map(|parameter| {
            let (name, ty) = (default_name(ask, &parameter.ident), &parameter.ty);
            let value = parameter.default.as_ref()?;
            Some(quote!(fn #name() -> #ty { #value }))
        })
    });
    let defaults: Vec<_> = defaults.collect();
    let defaults = (!defaults.is_empty()).then(|| quote!(impl #name { #(#defaults)* }));
    quote! {
        ::leverframe::__questions! { #[doc = #docs] #vis #name: #(#variants)* }
        #defaults
    }
}

/// The place tells apart what two names would not: `a` with `b_c`, and `a_b` with `c`.
fn default_name(ask: &Ask<'_>, parameter: &Ident) -> Ident {
    format_ident!("default_{}_{}", ask.function.place, unraw(parameter))
}

/// How the function of a query or of a prompt is called.
fn row(model: &Model<'_>, ask: &Ask<'_>, at: &Ident, verb: &str) -> TokenStream {
    let fallible = ask.function.output.error.is_some();
    let verb = if fallible { format_ident!("try_{verb}") } else { format_ident!("{verb}") };
    let source = Ident::new("source", Span::mixed_site());
    let (variant, function) = (&ask.variant, &ask.function.ident);
    let fields = ask.parameters.iter().map(|parameter| &parameter.ident);
    let call = call(
        function,
        &ask.arguments,
        &quote!(#source),
        &quote!(&#at.context),
        |ident| quote!(#ident),
    );
    let about = ask.about.map(|state| {
        let state = model.name(state);
        let source = super::used(&ask.arguments, Argument::Source, &source);
        quote!(#state #source)
    });
    quote!(#verb #variant { #(#fields),* } (#about) => #call;)
}
