//! Syntax: the module's items, told apart by their attributes. Names are not resolved here.

mod attribute;
mod digest;
mod ensure;
mod function;

use proc_macro2::{Span, TokenStream};
use quote::ToTokens;
use syn::{Attribute, Ident, Item, ItemMod, ItemStruct, UseTree, Visibility};

use crate::report::Report;

pub(crate) use attribute::{Sources, TransitionOptions, unraw};
pub(crate) use ensure::{Claim, Ensure};
pub(crate) use function::{
    Function, Kind, Output, Parameter, Role, WRITTEN_OUT, guard_name, plain_name, text,
};

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
    /// The hash of all that the author wrote.
    pub(crate) digest: [u8; 32],
    pub(crate) properties: Vec<Ensure>,
    pub(crate) contexts: Vec<Context>,
    pub(crate) states: Vec<State>,
    pub(crate) superstates: Vec<Superstate>,
    pub(crate) choices: Vec<Choice>,
    pub(crate) functions: Vec<Function>,
    /// The names of items that are marked and are not what their marker says.
    pub(crate) refused: Vec<Ident>,
    /// Whether an item is marked `#[transition]`, readable or not.
    pub(crate) has_transitions: bool,
    /// All items of the module in their order, without the attributes that are the macro's.
    pub(crate) items: Vec<Item>,
    /// The places of the marked functions among the items, of unreadable ones too.
    pub(crate) marked: Vec<usize>,
}

/// A struct marked `#[context]`.
pub(crate) struct Context {
    pub(crate) ident: Ident,
    pub(crate) vis: Visibility,
}

/// A struct marked `#[state]`.
pub(crate) struct State {
    pub(crate) ident: Ident,
    pub(crate) item: ItemStruct,
    /// Its place among the items.
    pub(crate) place: usize,
    pub(crate) initial: Option<Span>,
    pub(crate) last: bool,
    pub(crate) parent: Option<Ident>,
}

/// A struct marked `#[superstate]`.
pub(crate) struct Superstate {
    pub(crate) ident: Ident,
    pub(crate) docs: String,
    pub(crate) parent: Option<Ident>,
    /// The state to which `History` leads where none was left.
    pub(crate) default: Option<Ident>,
    /// Its place among the items.
    pub(crate) place: usize,
}

/// An enum marked `#[choice]`: each branch is a state.
pub(crate) struct Choice {
    pub(crate) ident: Ident,
    pub(crate) branches: Vec<(Ident, Ident)>,
    /// Its place among the items.
    pub(crate) place: usize,
}

/// Reads the module. Only what makes the rest unreadable ends it early.
pub(crate) fn parse(
    options: TokenStream,
    module: &TokenStream,
    report: &mut Report,
) -> Option<Declaration> {
    let parsed = syn::parse2::<ItemMod>(module.clone());
    let Ok(ItemMod { mut attrs, vis, unsafety: None, ident, content: Some((_, items)), .. }) =
        parsed
    else {
        let error = "`#[machine]` goes on an inline module: `mod release { … }`";
        match parsed {
            Ok(module) => report.at(module.ident, error),
            Err(_) => match syn::parse2::<Item>(module.clone()) {
                Ok(mut item) => report.at(head(&mut item), error),
                Err(_) => report.at(module, error),
            },
        }
        return None;
    };
    let properties = ensure::take(&mut attrs, report);
    let digest = digest::digest(&options, module);
    let options = attribute::machine_options(options, report);
    let name = options.name.or_else(|| type_name(&ident)).unwrap_or_else(|| {
        report.at(
            &ident,
            format_args!(
                "`{ident}` makes no name of a type: name the machine with `#[machine(name = …)]`"
            ),
        );
        ident.clone()
    });
    let mut declaration = Declaration {
        attrs,
        vis,
        module: ident,
        name,
        serde: options.serde,
        digest,
        properties,
        contexts: Vec::new(),
        states: Vec::new(),
        superstates: Vec::new(),
        choices: Vec::new(),
        functions: Vec::new(),
        refused: Vec::new(),
        has_transitions: false,
        items: Vec::new(),
        marked: Vec::new(),
    };
    for item in items {
        declaration.take(item, report);
    }
    Some(declaration)
}

/// The name in camel case, unless that is none: `give_up` → `GiveUp`.
pub(crate) fn type_name(ident: &Ident) -> Option<Ident> {
    let name = heck::ToUpperCamelCase::to_upper_camel_case(&*unraw(ident));
    let mut name = syn::parse_str::<Ident>(&name).ok()?;
    name.set_span(ident.span());
    Some(name)
}

/// The name of an item, or its first tokens: enough to point at it without underlining all of it.
fn head(item: &mut Item) -> TokenStream {
    if let [ident, ..] = *names_of(item) {
        return ident.to_token_stream();
    }
    if let Some(attrs) = attrs_of(item) {
        attrs.clear();
    }
    item.to_token_stream().into_iter().take(2).collect()
}

/// The names that an item puts into its module, but those of functions, which collide with nothing.
pub(crate) fn names_of(item: &Item) -> Vec<&Ident> {
    vec![match item {
        Item::Const(item) => &item.ident,
        Item::Enum(item) => &item.ident,
        Item::Mod(item) => &item.ident,
        Item::Static(item) => &item.ident,
        Item::Struct(item) => &item.ident,
        Item::Trait(item) => &item.ident,
        Item::Type(item) => &item.ident,
        Item::Union(item) => &item.ident,
        Item::Use(item) => return imports(&item.tree, None),
        _ => return Vec::new(),
    }]
}

/// The names that a `use` brings in, as far as it says them.
fn imports<'t>(tree: &'t UseTree, parent: Option<&'t Ident>) -> Vec<&'t Ident> {
    match tree {
        UseTree::Path(path) => imports(&path.tree, Some(&path.ident)),
        UseTree::Name(name) if name.ident == "self" => parent.into_iter().collect(),
        UseTree::Name(name) => vec![&name.ident],
        UseTree::Rename(rename) => vec![&rename.rename],
        UseTree::Glob(_) => Vec::new(),
        UseTree::Group(group) => {
            group.items.iter().flat_map(|tree| imports(tree, parent)).collect()
        }
    }
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
        self.has_transitions |= marker.kind == attribute::Marker::Transition;
        let place = self.items.len();
        match (&marker.kind, &mut item) {
            (attribute::Marker::Context, Item::Struct(_) | Item::Type(_) | Item::Use(_)) => {
                attribute::no_arguments(&marker, report);
                self.contexts.extend(context(&item, report));
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
                    parent: options.parent,
                });
            }
            (attribute::Marker::Superstate, Item::Struct(item)) => {
                refuse_generics(&item.generics, "a superstate", report);
                if !matches!(item.fields, syn::Fields::Unit) {
                    report.at(&item.fields, "a superstate has no data of its own: give it to its states, or to the context");
                }
                let options = attribute::superstate_options(&marker, report);
                self.superstates.push(Superstate {
                    ident: item.ident.clone(),
                    docs: docs(&item.attrs),
                    parent: options.parent,
                    default: options.default,
                    place,
                });
            }
            (attribute::Marker::Choice, Item::Enum(item)) => {
                attribute::no_arguments(&marker, report);
                refuse_generics(&item.generics, "a choice", report);
                match branches(item, report) {
                    Some(branches) => {
                        self.choices.push(Choice { ident: item.ident.clone(), branches, place });
                    }
                    None => self.refused.push(item.ident.clone()),
                }
            }
            (attribute::Marker::Choice, other) => {
                report.at(
                    head(other),
                    "`#[choice]` goes on an enum of states: `enum Declined { Again(Draft), Dropped(Withdrawn) }`",
                );
                self.refused.extend(names_of(other).into_iter().cloned());
            }
            (
                attribute::Marker::Context
                | attribute::Marker::State
                | attribute::Marker::Superstate,
                other,
            ) => {
                let what = match marker.kind {
                    attribute::Marker::Context => "with what every state can see and change",
                    attribute::Marker::Superstate => "without data",
                    _ => "with or without data",
                };
                report
                    .at(head(other), format_args!("`#[{}]` goes on a struct, {what}", marker.name));
                self.refused.extend(names_of(other).into_iter().cloned());
            }
            (_, Item::Fn(item)) => {
                self.marked.push(place);
                self.functions.extend(Function::parse(&marker, item, place, report));
            }
            (_, other) => {
                report.at(head(other), format_args!("`#[{}]` goes on a function", marker.name));
            }
        }
        self.items.push(item);
    }
}

/// A context: a struct, an alias, or one type from elsewhere.
fn context(item: &Item, report: &mut Report) -> Option<Context> {
    let (ident, vis, generics) = match item {
        Item::Struct(item) => (&item.ident, &item.vis, &item.generics),
        Item::Type(item) => (&item.ident, &item.vis, &item.generics),
        Item::Use(item) => {
            let names = imports(&item.tree, None);
            let [ident] = *names else {
                report.at(&item.tree, "a context is one type: `#[context] use crate::Workspace;`");
                return None;
            };
            // How far the type is seen is said where it is declared.
            return Some(Context { ident: ident.clone(), vis: syn::parse_quote!(pub) });
        }
        _ => return None,
    };
    refuse_generics(generics, "a context", report);
    Some(Context { ident: ident.clone(), vis: vis.clone() })
}

/// The branches of a choice, each with its state.
fn branches(item: &syn::ItemEnum, report: &mut Report) -> Option<Vec<(Ident, Ident)>> {
    if item.variants.len() < 2 {
        report
            .at(&item.ident, "a choice has two branches or more: one target is returned as it is");
        return None;
    }
    let branch = |variant: &syn::Variant| {
        let syn::Fields::Unnamed(fields) = &variant.fields else { return None };
        let mut fields = fields.unnamed.iter();
        let state = plain_name(&fields.next()?.ty)?;
        fields.next().is_none().then(|| (variant.ident.clone(), state))
    };
    let branches: Vec<_> = item
        .variants
        .iter()
        .map(|variant| {
            let found = branch(variant);
            if found.is_none() {
                report.at(
                    variant,
                    "a branch of a choice holds one state, by its plain name: `Again(Draft)`",
                );
            }
            found
        })
        .collect();
    branches.into_iter().collect()
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
        Item::Macro(item) => &mut item.attrs,
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
