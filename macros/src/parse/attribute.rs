//! The attributes that `#[machine]` reads, on its module and inside.

use std::time::Duration;

use proc_macro2::{Delimiter, Span, TokenStream, TokenTree};
use syn::parse::{ParseStream, Parser};
use syn::{Attribute, Expr, Ident, LitInt, LitStr, Meta, Token};

use super::duration::duration;
use super::options::{Syntax, arguments, list, one_or_several, plain};
use crate::report::Report;

/// What `#[machine(…)]` says.
#[derive(Default)]
pub(crate) struct MachineOptions {
    pub(crate) name: Option<Ident>,
    pub(crate) serde: bool,
    /// `version = 2`, with its place.
    pub(crate) version: Option<(u32, Span)>,
}

pub(super) const MACHINE: Syntax = Syntax {
    attribute: "#[machine]",
    example: "#[machine(serde)]",
    options: &[("serde", "serde"), ("name", "name = Release"), ("version", "version = 2")],
};

pub(crate) fn machine_options(options: TokenStream, report: &mut Report) -> MachineOptions {
    let mut found = MachineOptions::default();
    for option in MACHINE.read(options, report) {
        if option.name == "serde" {
            found.serde = report.ok(option.flag()).is_some();
            // Tests of this crate compile no expansion.
            if !cfg!(any(feature = "serde", test)) {
                report.at(
                    &option.name,
                    "`serde` needs leverframe's feature `serde`, which the default feature `server` brings",
                );
            }
        } else if option.name == "version" {
            found.version = report.ok(option.value(version));
        } else {
            let name = |input: ParseStream<'_>| {
                plain(input, "a machine is named by a plain name: `name = Release`")
            };
            found.name = report.ok(option.value(name));
        }
    }
    found
}

fn version(input: ParseStream<'_>) -> syn::Result<(u32, Span)> {
    const NUMBER: &str = "the version of a machine is a number from 1 on: `version = 2`";
    let number: LitInt = input.parse().map_err(|error| syn::Error::new(error.span(), NUMBER))?;
    match number.base10_parse() {
        Ok(version) if version > 0 => Ok((version, number.span())),
        _ => Err(syn::Error::new(number.span(), NUMBER)),
    }
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
    Upgrade,
    Task,
}

impl Marker {
    pub(super) const ALL: [(&'static str, Self); 12] = [
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
        ("upgrade", Self::Upgrade),
        ("task", Self::Task),
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
                    "the item is marked `#[{}]` already: an item has one marker",
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

pub(super) const CONTEXT: Syntax = Syntax {
    attribute: "#[context]",
    example: "#[context(sensitive = [token])]",
    options: &[("sensitive", "sensitive = [token]")],
};

/// The sensitive fields that `#[context(…)]` lists.
pub(crate) fn context_options(marked: &Marked, report: &mut Report) -> Vec<Ident> {
    const FIELD: &str = "a sensitive field is named by its plain name";
    const SEVERAL: &str =
        "several sensitive fields are given as a list: `sensitive = [token, card]`";
    let mut found: Vec<Ident> = Vec::new();
    for option in CONTEXT.of(&marked.attr, report) {
        let fields = report.ok(option.value(|input| one_or_several(input, FIELD, SEVERAL)));
        for field in fields.map(|(fields, _)| fields).unwrap_or_default() {
            if found.contains(&field) {
                report.at(&field, format_args!("`{field}` is listed already: remove one"));
            } else {
                found.push(field);
            }
        }
    }
    found
}

/// What `#[state(…)]` says.
#[derive(Default)]
pub(crate) struct StateOptions {
    pub(crate) initial: Option<Span>,
    pub(crate) is_final: bool,
    pub(crate) parent: Option<Ident>,
}

pub(super) const STATE: Syntax = Syntax {
    attribute: "#[state]",
    example: "#[state(initial)]",
    options: &[("initial", "initial"), ("final", "final"), ("parent", "parent = InReview")],
};

pub(crate) fn state_options(marked: &Marked, report: &mut Report) -> StateOptions {
    let mut found = StateOptions::default();
    for option in STATE.of(&marked.attr, report) {
        if option.name == "initial" {
            found.initial = report.ok(option.flag()).map(|()| option.name.span());
        } else if option.name == "final" {
            found.is_final = report.ok(option.flag()).is_some();
        } else {
            found.parent = report.ok(option.value(parent));
        }
    }
    found
}

/// What `#[superstate(…)]` says.
#[derive(Default)]
pub(crate) struct SuperstateOptions {
    pub(crate) parent: Option<Ident>,
    pub(crate) default: Option<Ident>,
}

pub(super) const SUPERSTATE: Syntax = Syntax {
    attribute: "#[superstate]",
    example: "#[superstate(parent = Open)]",
    options: &[("parent", "parent = Open"), ("default", "default = Waiting")],
};

pub(crate) fn superstate_options(marked: &Marked, report: &mut Report) -> SuperstateOptions {
    let mut found = SuperstateOptions::default();
    for option in SUPERSTATE.of(&marked.attr, report) {
        if option.name == "parent" {
            found.parent = report.ok(option.value(parent));
        } else {
            found.default = report.ok(option.value(|input| plain(input, STATE_NAME)));
        }
    }
    found
}

fn parent(input: ParseStream<'_>) -> syn::Result<Ident> {
    plain(
        input,
        "a parent is named by its plain name, as its `#[superstate]` is declared in this module",
    )
}

pub(super) const STATE_NAME: &str =
    "a state is named by its plain name, as it is declared in this module";

/// The `from` of a transition.
pub(crate) enum Sources {
    /// `from = _`: every state that is not final.
    All(Span),
    /// `from = A`, `from = [A, B]`.
    Named(Vec<Ident>),
}

/// The `by = human(2)` of a transition.
pub(crate) struct People {
    human: Ident,
    pub(crate) number: u8,
}

/// What `#[transition(…)]` says.
#[derive(Default)]
pub(crate) struct TransitionOptions {
    /// `None` where it could not be read.
    pub(crate) from: Option<Sources>,
    pub(crate) guards: Vec<Ident>,
    /// How many people have to approve; none where anyone may cause the transition.
    pub(crate) by_human: Option<People>,
    pub(crate) after: Option<Duration>,
}

pub(super) const TRANSITION: Syntax = Syntax {
    attribute: "#[transition]",
    example: "#[transition(from = Draft)]",
    options: &[
        ("from", "from = Draft"),
        ("guard", "guard = is_ready"),
        ("by", "by = human"),
        ("after", "after = \"30s\""),
    ],
};

pub(crate) fn transition_options(marked: &Marked, report: &mut Report) -> TransitionOptions {
    let mut found = TransitionOptions::default();
    let mistakes = report.len();
    for option in TRANSITION.of(&marked.attr, report) {
        if option.name == "from" {
            found.from = report.ok(option.value(sources));
        } else if option.name == "guard" {
            found.guards = report.ok(option.value(guards)).unwrap_or_default();
        } else if option.name == "by" {
            found.by_human = report.ok(option.value(human));
        } else {
            found.after = report.ok(option.value(after));
        }
    }
    if let (Some(by), Some(_)) = (&found.by_human, found.after) {
        report.at(
            &by.human,
            "a timeout fires by itself, so nobody decides on it: remove `by` or `after`",
        );
    }
    if mistakes == report.len() && found.from.is_none() {
        let message = "a transition names its source: `#[transition(from = State)]`";
        report.at(&marked.attr.meta, message);
    }
    found
}

fn sources(input: ParseStream<'_>) -> syn::Result<Sources> {
    if input.peek(Token![_]) {
        return Ok(Sources::All(input.parse::<Token![_]>()?.span));
    }
    let several = "options have commas between them, and several states are given as a list: `from = [Draft, Waiting]`";
    let (names, tokens) = one_or_several(input, STATE_NAME, several)?;
    if names.is_empty() {
        let message =
            "no state in `from`: name one, or write `from = _` for every state that is not final";
        return Err(syn::Error::new_spanned(tokens, message));
    }
    Ok(Sources::Named(names))
}

fn guards(input: ParseStream<'_>) -> syn::Result<Vec<Ident>> {
    let name =
        "a guard is named by the plain name of its function, as it is declared in this module";
    let several = "options have commas between them, and several guards are given as a list: `guard = [is_ready, is_paid]`";
    one_or_several(input, name, several).map(|(names, _)| names)
}

fn human(input: ParseStream<'_>) -> syn::Result<People> {
    const BY: &str = "a transition is `by = human`, or by anyone";
    const NUMBER: &str = "the number of people who approve is from 1 to 9: `by = human(2)`";
    let human = plain(input, BY)?;
    if human != "human" {
        return Err(syn::Error::new(human.span(), BY));
    }
    if input.is_empty() {
        return Ok(People { human, number: 1 });
    }
    let TokenTree::Group(group) = input.parse()? else { return Err(input.error(BY)) };
    if group.delimiter() != Delimiter::Parenthesis {
        return Err(syn::Error::new(group.span(), NUMBER));
    }
    let literal = syn::parse2::<LitInt>(group.stream()).ok();
    let number = literal.and_then(|literal| literal.base10_parse().ok());
    match number.filter(|number| (1..=9).contains(number)) {
        Some(number) => Ok(People { human, number }),
        None if group.stream().is_empty() => Err(syn::Error::new(group.span(), NUMBER)),
        None => Err(syn::Error::new_spanned(group.stream(), NUMBER)),
    }
}

fn after(input: ParseStream<'_>) -> syn::Result<Duration> {
    let text: LitStr = input.parse().map_err(|error| {
        syn::Error::new(error.span(), "a duration is a string: `after = \"30s\"`")
    })?;
    duration(&text)
}

/// The states that `#[prompt(A, B)]` names, and likewise `#[entry(…)]` and `#[exit(…)]`. `None`, where they cannot be read.
pub(crate) fn named_states(marked: &Marked, report: &mut Report) -> Option<Vec<Ident>> {
    let name = marked.name;
    let example = format!("#[{name}(Draft, Waiting)]");
    let separated = format!("several states have commas between them: `{example}`");
    let parser = |input: ParseStream<'_>| list(input, STATE_NAME, &separated);
    let names = arguments(&marked.attr, &format!("#[{name}]"), &example)
        .and_then(|names| parser.parse2(names.unwrap_or_default()));
    report.ok(names)
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
