//! Syntax: the module's items, told apart by their attributes. Names are not resolved here.

mod attribute;
mod function;

use proc_macro2::{Span, TokenStream};
use quote::ToTokens;
use syn::{Attribute, Ident, Item, ItemMod, ItemStruct, Visibility};

use crate::report::Report;

pub(crate) use attribute::{Sources, unraw};
pub(crate) use function::{Function, Kind, Output, Parameter, Role, plain_name, text};

/// A `#[machine]` module as its author wrote it.
pub(crate) struct Declaration {
    /// Of the module: documentation and what else the author put there.
    pub(crate) attrs: Vec<Attribute>,
    pub(crate) vis: Visibility,
    pub(crate) module: Ident,
    /// The machine's name: `Release` for `mod release`, or as `name = …` says.
    pub(crate) name: Ident,
    /// Whether values have a wire form: `#[machine(serde)]`.
    pub(crate) serde: bool,
    pub(crate) contexts: Vec<Context>,
    pub(crate) states: Vec<State>,
    pub(crate) functions: Vec<Function>,
    /// All items of the module in their order, without the attributes that are the macro's.
    pub(crate) items: Vec<Item>,
    /// The places of the marked functions among the items, of unreadable ones too.
    pub(crate) marked: Vec<usize>,
}

/// A struct marked `#[context]`.
pub(crate) struct Context {
    pub(crate) ident: Ident,
}

/// A struct marked `#[state]`.
pub(crate) struct State {
    pub(crate) ident: Ident,
    pub(crate) item: ItemStruct,
    /// Its place among the items.
    pub(crate) place: usize,
    pub(crate) initial: Option<Span>,
    pub(crate) last: bool,
}

/// Reads the module. Only what makes the rest unreadable ends it early.
pub(crate) fn parse(
    options: TokenStream,
    module: &TokenStream,
    report: &mut Report,
) -> Option<Declaration> {
    let parsed = syn::parse2::<ItemMod>(module.clone());
    let Ok(ItemMod { attrs, vis, unsafety: None, ident, content: Some((_, items)), .. }) = parsed
    else {
        let error = "`#[machine]` goes on an inline module: `mod release { … }`";
        match parsed {
            Ok(module) => report.at(module.ident, error),
            Err(error) if syn::parse2::<Item>(module.clone()).is_err() => {
                report.span(error.span(), error);
            }
            Err(_) => report.at(first_line(module), error),
        }
        return None;
    };
    let options = attribute::machine_options(options, report);
    let name = options.name.unwrap_or_else(|| {
        let name = heck::ToUpperCamelCase::to_upper_camel_case(&*attribute::unraw(&ident));
        Ident::new(&name, ident.span())
    });
    let mut declaration = Declaration {
        attrs,
        vis,
        module: ident,
        name,
        serde: options.serde,
        contexts: Vec::new(),
        states: Vec::new(),
        functions: Vec::new(),
        items: Vec::new(),
        marked: Vec::new(),
    };
    for item in items {
        declaration.take(item, report);
    }
    Some(declaration)
}

/// The tokens up to the first block: enough to point at an item without underlining all of it.
fn first_line(item: &TokenStream) -> TokenStream {
    item.clone().into_iter().take(2).collect()
}

impl Declaration {
    fn take(&mut self, mut item: Item, report: &mut Report) {
        let Some(attrs) = attrs_of(&mut item) else {
            self.items.push(item);
            return;
        };
        let Some(marker) = attribute::take_marker(attrs, report) else {
            self.items.push(item);
            return;
        };
        attribute::refuse_cfg(attrs, report);
        let place = self.items.len();
        match (&marker.kind, &mut item) {
            (attribute::Marker::Context, Item::Struct(item)) => {
                attribute::no_arguments(&marker, report);
                refuse_generics(&item.generics, "a context", report);
                self.contexts.push(Context { ident: item.ident.clone() });
            }
            (attribute::Marker::State, Item::Struct(item)) => {
                let options = attribute::state_options(&marker, report);
                refuse_generics(&item.generics, "a state", report);
                self.states.push(State {
                    ident: item.ident.clone(),
                    item: item.clone(),
                    place,
                    initial: options.initial,
                    last: options.last,
                });
            }
            (attribute::Marker::Context, other) => report.at(
                first_line(&other.to_token_stream()),
                "`#[context]` goes on a struct, with what every state can see and change",
            ),
            (attribute::Marker::State, other) => report.at(
                first_line(&other.to_token_stream()),
                "`#[state]` goes on a struct, with or without data",
            ),
            (_, Item::Fn(item)) => {
                self.marked.push(place);
                self.functions.extend(Function::parse(&marker, item, place, report));
            }
            (_, other) => report.at(
                first_line(&other.to_token_stream()),
                format_args!("`#[{}]` goes on a function", marker.name),
            ),
        }
        self.items.push(item);
    }
}

fn refuse_generics(generics: &syn::Generics, what: &str, report: &mut Report) {
    if !generics.params.is_empty() {
        report.at(generics, format_args!("{what} has no generics: name the types"));
    } else if let Some(clause) = &generics.where_clause {
        report.at(clause, format_args!("{what} has no `where` clause"));
    }
}

fn attrs_of(item: &mut Item) -> Option<&mut Vec<Attribute>> {
    Some(match item {
        Item::Const(item) => &mut item.attrs,
        Item::Enum(item) => &mut item.attrs,
        Item::Fn(item) => &mut item.attrs,
        Item::Impl(item) => &mut item.attrs,
        Item::Mod(item) => &mut item.attrs,
        Item::Static(item) => &mut item.attrs,
        Item::Struct(item) => &mut item.attrs,
        Item::Trait(item) => &mut item.attrs,
        Item::Type(item) => &mut item.attrs,
        Item::Union(item) => &mut item.attrs,
        Item::Use(item) => &mut item.attrs,
        _ => return None,
    })
}

/// The documentation in these attributes, each line without the space after `///`.
pub(crate) fn docs(attrs: &[Attribute]) -> String {
    let mut lines = Vec::new();
    for attr in attrs.iter().filter(|attr| attr.path().is_ident("doc")) {
        if let syn::Meta::NameValue(meta) = &attr.meta
            && let syn::Expr::Lit(syn::ExprLit { lit: syn::Lit::Str(text), .. }) = &meta.value
        {
            let text = text.value();
            lines
                .extend(text.lines().map(|line| line.strip_prefix(' ').unwrap_or(line).to_owned()));
        }
    }
    lines.join("\n").trim().to_owned()
}
