//! The attributes that `#[machine]` reads, on its module and inside.

use std::time::Duration;

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
    Superstate,
    Choice,
    Transition,
    Guard,
    Entry,
    Exit,
    Query,
    Prompt,
}

impl Marker {
    const ALL: [(&'static str, Self); 10] = [
        ("context", Self::Context),
        ("state", Self::State),
        ("superstate", Self::Superstate),
        ("choice", Self::Choice),
        ("guard", Self::Guard),
        ("entry", Self::Entry),
        ("exit", Self::Exit),
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
    pub(crate) is_final: bool,
    pub(crate) parent: Option<Ident>,
}

const PARENT: &str =
    "a parent is named by its plain name, as its `#[superstate]` is declared in this module";

/// What `#[superstate(…)]` says.
#[derive(Default)]
pub(crate) struct SuperstateOptions {
    pub(crate) parent: Option<Ident>,
    pub(crate) default: Option<Ident>,
}

pub(crate) fn superstate_options(marked: &Marked, report: &mut Report) -> SuperstateOptions {
    let mut found = SuperstateOptions::default();
    if !matches!(marked.attr.meta, Meta::Path(_)) {
        report.ok(marked.attr.parse_nested_meta(|meta| {
            if meta.path.is_ident("parent") {
                once(&meta, found.parent.is_some())?;
                found.parent = Some(plain(meta.value()?, PARENT)?);
            } else if meta.path.is_ident("default") {
                once(&meta, found.default.is_some())?;
                found.default = Some(state_name(meta.value()?)?);
            } else {
                return Err(unknown("#[superstate]", &meta.path, &["parent", "default"]));
            }
            Ok(())
        }));
    }
    found
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
            flag(&meta, found.is_final)?;
            found.is_final = true;
        } else if meta.path.is_ident("parent") {
            once(&meta, found.parent.is_some())?;
            found.parent = Some(plain(meta.value()?, PARENT)?);
        } else {
            return Err(unknown("#[state]", &meta.path, &["initial", "final", "parent"]));
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

/// What `#[transition(…)]` says.
#[derive(Default)]
pub(crate) struct TransitionOptions {
    /// `None` where it could not be read.
    pub(crate) from: Option<Sources>,
    pub(crate) guards: Vec<Ident>,
    pub(crate) by_human: Option<Ident>,
    pub(crate) after: Option<Duration>,
}

pub(crate) fn transition_options(marked: &Marked, report: &mut Report) -> TransitionOptions {
    const FROM: &str = "a transition says where it starts: `#[transition(from = State)]`";
    let mut found = TransitionOptions::default();
    if matches!(marked.attr.meta, Meta::Path(_)) {
        report.at(&marked.attr.meta, FROM);
        return found;
    }
    let parsed = marked.attr.parse_nested_meta(|meta| {
        if meta.path.is_ident("from") {
            once(&meta, found.from.is_some())?;
            found.from = Some(sources(meta.value()?)?);
        } else if meta.path.is_ident("guard") {
            found.guards.extend(guards(meta.value()?)?);
        } else if meta.path.is_ident("by") {
            once(&meta, found.by_human.is_some())?;
            let by: Ident = meta.value()?.parse()?;
            if by != "human" {
                return Err(syn::Error::new(
                    by.span(),
                    "a transition is `by = human`, or by anyone",
                ));
            }
            found.by_human = Some(by);
        } else if meta.path.is_ident("after") {
            once(&meta, found.after.is_some())?;
            found.after = Some(duration(&meta.value()?.parse()?)?);
        } else {
            return Err(unknown("#[transition]", &meta.path, &["from", "guard", "by", "after"]));
        }
        Ok(())
    });
    let parsed = report.ok(parsed);
    if let (Some(by), Some(_)) = (&found.by_human, found.after) {
        report.at(
            by,
            "a timeout comes by itself, and nobody decides on it: take `by` away, or `after`",
        );
    }
    if parsed.is_some() && found.from.is_none() {
        report.at(&marked.attr.meta, FROM);
    }
    found
}

/// `guard = f`, `guard = [f, g]`.
fn guards(input: ParseStream<'_>) -> syn::Result<Vec<Ident>> {
    let name = |input: ParseStream<'_>| {
        plain(
            input,
            "a guard is named by the plain name of its function, as it is declared in this module",
        )
    };
    if !input.peek(syn::token::Bracket) {
        return Ok(vec![name(input)?]);
    }
    let list;
    bracketed!(list in input);
    let names = Punctuated::<Ident, Token![,]>::parse_terminated_with(&list, name)?;
    Ok(names.into_iter().collect())
}

/// `"90s"`, `"1h 30m"`: whole numbers, each with its unit.
fn duration(text: &syn::LitStr) -> syn::Result<Duration> {
    const UNITS: [(&str, u64); 5] =
        [("ms", 1), ("s", 1_000), ("m", 60_000), ("h", 3_600_000), ("d", 86_400_000)];
    let wrong = || {
        syn::Error::new(
            text.span(),
            "a duration is a whole number with its unit, of `ms`, `s`, `m`, `h` and `d`: `\"30s\"`, `\"1h 30m\"`",
        )
    };
    let value = text.value();
    let mut sum: u64 = 0;
    for part in value.split_whitespace() {
        let digits = part.trim_end_matches(|c: char| c.is_ascii_alphabetic());
        let unit = UNITS.iter().find(|(unit, _)| Some(*unit) == part.strip_prefix(digits));
        let number: u64 = digits.parse().map_err(|_| wrong())?;
        let part = unit.and_then(|(_, milliseconds)| number.checked_mul(*milliseconds));
        sum = part.and_then(|part| sum.checked_add(part)).ok_or_else(wrong)?;
    }
    if sum == 0 {
        return Err(wrong());
    }
    Ok(Duration::from_millis(sum))
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

/// The states that `#[prompt(A, B)]` names, and likewise `#[entry(…)]` and `#[exit(…)]`.
pub(crate) fn named_states(marked: &Marked, report: &mut Report) -> Vec<Ident> {
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
