//! The attributes that `#[machine]` reads, on its module and inside.

use proc_macro2::{Span, TokenStream};
use quote::ToTokens;
use syn::meta::ParseNestedMeta;
use syn::parse::{ParseStream, Parser};
use syn::punctuated::Punctuated;
use syn::spanned::Spanned;
use syn::{Attribute, Expr, Ident, Meta, Token, bracketed};

use crate::report::{Report, did_you_mean};

/// What `#[machine(…)]` says.
#[derive(Default)]
pub(crate) struct MachineOptions {
    pub(crate) name: Option<Ident>,
    pub(crate) serde: bool,
}

pub(crate) fn machine_options(options: TokenStream, report: &mut Report) -> MachineOptions {
    let mut found = MachineOptions::default();
    let parser = syn::meta::parser(|meta| {
        if meta.path.is_ident("serde") {
            flag(&meta, found.serde)?;
            if !cfg!(feature = "serde") {
                return Err(meta.error(
                    "`serde` needs leverframe's feature `serde`, which the default feature `server` brings",
                ));
            }
            found.serde = true;
        } else if meta.path.is_ident("name") {
            once(&meta, found.name.is_some())?;
            let name = "a machine is named by a plain name: `name = Release`";
            found.name = Some(plain(meta.value()?, name)?);
        } else {
            return Err(unknown("#[machine]", &meta.path, &["serde", "name"]));
        }
        Ok(())
    });
    report.ok(parser.parse2(options));
    found
}

/// An option that is given at most once.
fn once(meta: &ParseNestedMeta<'_>, given: bool) -> syn::Result<()> {
    if !given {
        return Ok(());
    }
    let name = meta.path.to_token_stream();
    Err(syn::Error::new_spanned(
        &meta.path,
        format_args!("`{name}` is given already: once is enough"),
    ))
}

/// An option without a value, that is given at most once.
fn flag(meta: &ParseNestedMeta<'_>, given: bool) -> syn::Result<()> {
    if meta.input.peek(Token![=]) || meta.input.peek(syn::token::Paren) {
        let name = meta.path.to_token_stream();
        let message = format_args!("`{name}` takes no value: the name alone says it");
        return Err(syn::Error::new_spanned(&meta.path, message));
    }
    once(meta, given)
}

/// A name without a path.
fn plain(input: ParseStream<'_>, otherwise: &str) -> syn::Result<Ident> {
    let path =
        input.parse::<syn::Path>().map_err(|error| syn::Error::new(error.span(), otherwise))?;
    path.get_ident().cloned().ok_or_else(|| syn::Error::new_spanned(path, otherwise))
}

fn unknown(attribute: &str, path: &syn::Path, known: &[&str]) -> syn::Error {
    let given = path.to_token_stream().to_string();
    let hint = did_you_mean(&given, known.iter().copied());
    let hint = if hint.is_empty() { format!("; it has `{}`", known.join("`, `")) } else { hint };
    syn::Error::new_spanned(path, format_args!("`{attribute}` has no option `{given}`{hint}"))
}

/// What an item is in the machine.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Marker {
    Context,
    State,
    Transition,
    Query,
    Prompt,
}

impl Marker {
    const ALL: [(&'static str, Self); 5] = [
        ("context", Self::Context),
        ("state", Self::State),
        ("transition", Self::Transition),
        ("query", Self::Query),
        ("prompt", Self::Prompt),
    ];
}

/// A marker as it stands on its item.
pub(crate) struct Marked {
    pub(crate) kind: Marker,
    pub(crate) name: &'static str,
    pub(crate) attr: Attribute,
}

/// Takes the marker out of an item's attributes. A second one is an error.
pub(crate) fn take_marker(attrs: &mut Vec<Attribute>, report: &mut Report) -> Option<Marked> {
    let mut found: Option<Marked> = None;
    attrs.retain(|attr| {
        let Some((name, kind)) = marker(attr) else { return true };
        match &found {
            None => found = Some(Marked { kind, name, attr: attr.clone() }),
            Some(first) => report.at(
                attr.path(),
                format_args!(
                    "the item is marked `#[{}]` already: an item is one thing",
                    first.name
                ),
            ),
        }
        false
    });
    found
}

/// `#[state]` and `#[leverframe::state]` alike.
fn marker(attr: &Attribute) -> Option<(&'static str, Marker)> {
    let segments: Vec<_> = attr.path().segments.iter().map(|segment| &segment.ident).collect();
    let name = match segments.as_slice() {
        [name] => name,
        [krate, name] if *krate == "leverframe" => name,
        _ => return None,
    };
    Marker::ALL.into_iter().find(|(known, _)| **name == *known)
}

pub(crate) fn refuse_cfg(attrs: &[Attribute], report: &mut Report) {
    for attr in attrs.iter().filter(|attr| attr.path().is_ident("cfg")) {
        report.at(
            attr,
            "a declared item cannot depend on `cfg`: put the `cfg` on the whole module, or declare two machines",
        );
    }
}

pub(crate) fn no_arguments(marked: &Marked, report: &mut Report) {
    if !matches!(marked.attr.meta, Meta::Path(_)) {
        let name = marked.name;
        report.at(&marked.attr.meta, format_args!("`#[{name}]` takes no arguments"));
    }
}

/// What `#[state(…)]` says.
#[derive(Default)]
pub(crate) struct StateOptions {
    pub(crate) initial: Option<Span>,
    pub(crate) last: bool,
}

pub(crate) fn state_options(marked: &Marked, report: &mut Report) -> StateOptions {
    let mut found = StateOptions::default();
    if matches!(marked.attr.meta, Meta::Path(_)) {
        return found;
    }
    report.ok(marked.attr.parse_nested_meta(|meta| {
        if meta.path.is_ident("initial") {
            flag(&meta, found.initial.is_some())?;
            found.initial = Some(meta.path.span());
        } else if meta.path.is_ident("final") {
            flag(&meta, found.last)?;
            found.last = true;
        } else {
            return Err(unknown("#[state]", &meta.path, &["initial", "final"]));
        }
        Ok(())
    }));
    found
}

/// The `from` of a transition.
pub(crate) enum Sources {
    /// `from = _`: every state that is not final.
    All(Span),
    /// `from = A`, `from = [A, B]`.
    Named(Vec<Ident>),
}

pub(crate) fn transition_options(marked: &Marked, report: &mut Report) -> Option<Sources> {
    const FROM: &str = "a transition says where it starts: `#[transition(from = State)]`";
    let mut found = None;
    if matches!(marked.attr.meta, Meta::Path(_)) {
        report.at(&marked.attr.meta, FROM);
        return None;
    }
    let parsed = marked.attr.parse_nested_meta(|meta| {
        if meta.path.is_ident("from") {
            once(&meta, found.is_some())?;
            found = Some(sources(meta.value()?)?);
            Ok(())
        } else {
            Err(unknown("#[transition]", &meta.path, &["from"]))
        }
    });
    let parsed = report.ok(parsed);
    if parsed.is_some() && found.is_none() {
        report.at(&marked.attr.meta, FROM);
    }
    found
}

fn sources(input: ParseStream<'_>) -> syn::Result<Sources> {
    if input.peek(Token![_]) {
        return Ok(Sources::All(input.parse::<Token![_]>()?.span));
    }
    if input.peek(syn::token::Bracket) {
        let list;
        let bracket = bracketed!(list in input);
        let names = Punctuated::<Ident, Token![,]>::parse_terminated_with(&list, state_name)?;
        if names.is_empty() {
            let error = "no state in `from`: name one, or write `from = _` for every state that is not final";
            return Err(syn::Error::new(bracket.span.join(), error));
        }
        return Ok(Sources::Named(names.into_iter().collect()));
    }
    let name = state_name(input)?;
    if !input.is_empty() && !input.peek(Token![,]) {
        return Err(input.error("several states stand in a list: `from = [Draft, Waiting]`"));
    }
    Ok(Sources::Named(vec![name]))
}

fn state_name(input: ParseStream<'_>) -> syn::Result<Ident> {
    plain(input, "a state is named by its plain name, as it is declared in this module")
}

/// The states that `#[prompt(A, B)]` names.
pub(crate) fn prompt_states(marked: &Marked, report: &mut Report) -> Vec<Ident> {
    if matches!(marked.attr.meta, Meta::Path(_)) {
        return Vec::new();
    }
    let parser = |input: ParseStream<'_>| {
        Punctuated::<Ident, Token![,]>::parse_terminated_with(input, state_name)
    };
    report
        .ok(marked.attr.parse_args_with(parser))
        .map_or_else(Vec::new, |names| names.into_iter().collect())
}

/// Takes `#[default = …]` out of a parameter's attributes.
pub(crate) fn take_default(attrs: &mut Vec<Attribute>, report: &mut Report) -> Option<Expr> {
    let mut found = None;
    attrs.retain(|attr| {
        if !attr.path().is_ident("default") {
            return true;
        }
        match &attr.meta {
            Meta::NameValue(meta) if found.is_none() => found = Some(meta.value.clone()),
            meta => report.at(meta, "a default is written once: `#[default = 10]`"),
        }
        false
    });
    found
}

/// The name without `r#`.
pub(crate) fn unraw(ident: &Ident) -> String {
    syn::ext::IdentExt::unraw(ident).to_string()
}
