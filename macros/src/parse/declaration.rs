//! A module marked `#[machine]`, as its author wrote it.

use proc_macro2::{Span, TokenStream};
use syn::{Attribute, Ident, Item, ItemMod, ItemStruct, Visibility};

use super::attribute;
use super::digest::digest;
use super::ensure::{self, Ensure};
use super::function::{Function, Parameter};
use super::input;
use super::sensitive;
use super::stray;
use super::syntax::{attrs_of, docs, head, imports, names_of, plain_name, type_name, unraw};
use super::upgrade::{self, Upgrade};
use crate::report::Report;

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
    /// The version of the machine, with its place where it is declared.
    pub(crate) version: Option<(u32, Span)>,
    /// How records of earlier versions are read.
    pub(crate) upgrades: Vec<Upgrade>,
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
    /// Whether an item is marked `#[task]`, readable or not.
    pub(crate) has_tasks: bool,
    /// All items of the module in their order, without the attributes that are the macro's.
    pub(crate) items: Vec<Item>,
    /// The places of the marked functions among the items, of unreadable ones too.
    pub(crate) marked: Vec<usize>,
}

/// A struct marked `#[context]`.
pub(crate) struct Context {
    pub(crate) ident: Ident,
    pub(crate) vis: Visibility,
    /// The names of its sensitive fields on the wire.
    pub(crate) sensitive: Vec<String>,
    /// The sensitive fields that the marker lists, because the fields are declared elsewhere.
    pub(crate) listed: Vec<Ident>,
    /// Its fields, where the struct is declared here: each with its name on the wire.
    pub(crate) fields: Option<Vec<(Ident, String)>>,
    /// The fields that a caller gives when a run is started.
    pub(crate) inputs: Vec<Parameter>,
}

/// A struct marked `#[state]`.
pub(crate) struct State {
    pub(crate) ident: Ident,
    pub(crate) item: ItemStruct,
    /// Its place among the items.
    pub(crate) place: usize,
    pub(crate) initial: Option<Span>,
    pub(crate) is_final: bool,
    pub(crate) parent: Option<Ident>,
    /// The names of its sensitive fields on the wire.
    pub(crate) sensitive: Vec<String>,
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
    let upgrades = upgrade::take(&mut attrs, report);
    let digest = digest(&options, module);
    let options = attribute::machine_options(options, report);
    let name = options.name.or_else(|| type_name(&ident)).unwrap_or_else(|| {
        report.at(
            &ident,
            format_args!(
                "`{ident}` gives no type name: name the machine with `#[machine(name = …)]`"
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
        version: options.version,
        upgrades,
        digest,
        properties,
        contexts: Vec::new(),
        states: Vec::new(),
        superstates: Vec::new(),
        choices: Vec::new(),
        functions: Vec::new(),
        refused: Vec::new(),
        has_transitions: false,
        has_tasks: false,
        items: Vec::new(),
        marked: Vec::new(),
    };
    for item in items {
        declaration.take(item, report);
    }
    Some(declaration)
}

impl Declaration {
    /// Whether the context has inputs.
    pub(crate) fn has_inputs(&self) -> bool {
        self.contexts.iter().any(|context| !context.inputs.is_empty())
    }

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
        sensitive::refuse(attrs, &marker, report);
        stray::refuse(attrs, &marker, report);
        self.has_transitions |= marker.kind == attribute::Marker::Transition;
        self.has_tasks |= marker.kind == attribute::Marker::Task;
        let place = self.items.len();
        match (&marker.kind, &mut item) {
            (attribute::Marker::Context, Item::Struct(_) | Item::Type(_) | Item::Use(_)) => {
                let listed = attribute::context_options(&marker, report);
                self.contexts.extend(context(&mut item, listed, report));
            }
            (attribute::Marker::State, Item::Struct(item)) => {
                let options = attribute::state_options(&marker, report);
                refuse_generics(&item.generics, "a state", report);
                let sensitive = sensitive::fields(item, report);
                stray::refuse_fields(item, report);
                self.states.push(State {
                    ident: item.ident.clone(),
                    item: item.clone(),
                    place,
                    initial: options.initial,
                    is_final: options.is_final,
                    parent: options.parent,
                    sensitive,
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
            (attribute::Marker::Upgrade, Item::Fn(item)) => {
                self.marked.push(place);
                self.upgrades.extend(upgrade::function(&marker, item, report));
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

/// A context: a struct, an alias, or one type from elsewhere. `listed` are the sensitive fields that the marker names.
fn context(item: &mut Item, listed: Vec<Ident>, report: &mut Report) -> Option<Context> {
    let mut sensitive: Vec<_> = listed.iter().map(unraw).collect();
    let (mut fields, mut inputs) = (None, Vec::new());
    if let Item::Struct(item) = item {
        if let Some(first) = listed.first() {
            report.at(
                first,
                format_args!("the context is declared here: mark its field `{first}` with `#[sensitive]` instead"),
            );
        }
        inputs = input::fields(item, report);
        sensitive = sensitive::fields(item, report);
        fields = Some(sensitive::wire_names(&item.attrs, &item.fields));
    }
    let (ident, vis, generics) = match &*item {
        Item::Struct(item) => (&item.ident, &item.vis, &item.generics),
        Item::Type(item) => (&item.ident, &item.vis, &item.generics),
        Item::Use(item) => {
            let names = imports(&item.tree, None);
            let [ident] = *names else {
                report.at(&item.tree, "a context is one type: `#[context] use crate::Workspace;`");
                return None;
            };
            // How far the type is seen is said where it is declared.
            let vis = syn::parse_quote!(pub);
            return Some(Context { ident: ident.clone(), vis, sensitive, listed, fields, inputs });
        }
        _ => return None,
    };
    refuse_generics(generics, "a context", report);
    Some(Context { ident: ident.clone(), vis: vis.clone(), sensitive, listed, fields, inputs })
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
