//! `#[upgrade(…)]`: how records of earlier versions of the machine are read.

use proc_macro2::Span;
use syn::parse::{Parse, ParseStream};
use syn::{Attribute, Ident, ItemFn, LitInt, LitStr, Token, Type, parenthesized};

use super::attribute::Marked;
use crate::report::Report;

/// A change since an earlier version.
pub(crate) struct Upgrade {
    /// The first version that has the present form.
    pub(crate) since: u32,
    /// Where the version is written.
    pub(crate) since_at: Span,
    pub(crate) change: Change,
}

pub(crate) enum Change {
    /// `event(plan = "make_plan")`
    Event { to: Ident, from: LitStr },
    /// `dropped("legacy_ping")`
    Dropped { from: LitStr },
    /// `state(Waiting | Reading = "REVIEWING")`
    State { to: Vec<Ident>, from: LitStr },
    /// `field(Order.total_cents = "total")`
    Field { of: Ident, to: Ident, from: LitStr },
    /// A function marked `event = submit`, `state = Reading` or `context`.
    Rewritten { what: Rewritten, by: Ident },
}

/// What a function rewrites.
pub(crate) enum Rewritten {
    Event(Ident),
    State(Ident),
    Context(Span),
}

pub(super) const FORMS: &str = "an upgrade names the version that has the new form and what has changed: `since = 2, event(plan = \"make_plan\")`, \
`state(Waiting | Reading = \"REVIEWING\")`, `field(Order.total_cents = \"total\")` or `dropped(\"ping\")`";

pub(super) const REWRITES: &str = "a function that rewrites old values names the version that has the new form and what it rewrites: \
`since = 2, event = submit`, `since = 2, state = Reading` or `since = 2, context`";

/// Takes the upgrades out of the module's attributes.
pub(super) fn take(attrs: &mut Vec<Attribute>, report: &mut Report) -> Vec<Upgrade> {
    let mut found = Vec::new();
    attrs.retain(|attr| {
        let mut names = attr.path().segments.iter().map(|segment| segment.ident.to_string()).rev();
        let is_ours = names.next().is_some_and(|last| last == "upgrade")
            && names.next().is_none_or(|krate| krate == "leverframe")
            && names.next().is_none();
        if is_ours {
            let words = attr.parse_args::<Changes>();
            let words = words.map_err(|error| syn::Error::new(error.span(), FORMS));
            if let Some(Changes { since: (since, since_at), changes }) = report.ok(words) {
                let upgrade = |change| Upgrade { since, since_at, change };
                found.extend(changes.into_iter().map(upgrade));
            }
        }
        !is_ours
    });
    found
}

/// The upgrade of a marked function.
pub(super) fn function(marked: &Marked, item: &ItemFn, report: &mut Report) -> Option<Upgrade> {
    let words = marked.attr.parse_args::<Rewrites>();
    let words = words.map_err(|error| syn::Error::new(error.span(), REWRITES));
    let Rewrites { since: (since, since_at), what } = report.ok(words)?;
    let is_plain = item.sig.asyncness.is_none() && item.sig.generics.params.is_empty();
    if !is_plain || item.sig.inputs.len() != 1 || !returns_result(item) {
        report.at(
            &item.sig.ident,
            "a function that rewrites old values has the form `fn name(old: Value) -> Result<Value, String>`, with `leverframe::upgrade::Value`",
        );
        return None;
    }
    Some(Upgrade {
        since,
        since_at,
        change: Change::Rewritten { what, by: item.sig.ident.clone() },
    })
}

fn returns_result(item: &ItemFn) -> bool {
    let syn::ReturnType::Type(_, ty) = &item.sig.output else { return false };
    let Type::Path(path) = &**ty else { return false };
    path.path.segments.last().is_some_and(|last| last.ident == "Result")
}

/// The words of an attribute on the module.
struct Changes {
    since: (u32, Span),
    changes: Vec<Change>,
}

impl Parse for Changes {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let (mut since, mut changes) = (None, Vec::new());
        while !input.is_empty() {
            let key: Ident = input.parse()?;
            match key.to_string().as_str() {
                "since" if since.is_none() => since = Some(version(input)?),
                "event" | "state" | "field" | "dropped" => {
                    let inner;
                    parenthesized!(inner in input);
                    while !inner.is_empty() {
                        changes.push(change(&key, &inner)?);
                        comma(&inner)?;
                    }
                }
                _ => return Err(syn::Error::new(key.span(), FORMS)),
            }
            comma(input)?;
        }
        match since {
            Some(since) if !changes.is_empty() => Ok(Self { since, changes }),
            _ => Err(input.error(FORMS)),
        }
    }
}

fn change(key: &Ident, input: ParseStream<'_>) -> syn::Result<Change> {
    if key == "dropped" {
        return Ok(Change::Dropped { from: input.parse()? });
    }
    let to: Ident = input.parse()?;
    if key == "field" {
        input.parse::<Token![.]>()?;
        let field = input.parse()?;
        return Ok(Change::Field { of: to, to: field, from: old(input)? });
    }
    if key == "event" {
        return Ok(Change::Event { to, from: old(input)? });
    }
    let mut states = vec![to];
    while input.peek(Token![|]) {
        input.parse::<Token![|]>()?;
        states.push(input.parse()?);
    }
    Ok(Change::State { to: states, from: old(input)? })
}

fn old(input: ParseStream<'_>) -> syn::Result<LitStr> {
    input.parse::<Token![=]>()?;
    input.parse()
}

fn version(input: ParseStream<'_>) -> syn::Result<(u32, Span)> {
    input.parse::<Token![=]>()?;
    let number: LitInt = input.parse()?;
    Ok((number.base10_parse()?, number.span()))
}

fn comma(input: ParseStream<'_>) -> syn::Result<()> {
    if !input.is_empty() {
        input.parse::<Token![,]>()?;
    }
    Ok(())
}

/// The words of an attribute on a function.
struct Rewrites {
    since: (u32, Span),
    what: Rewritten,
}

impl Parse for Rewrites {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let (mut since, mut what) = (None, None);
        while !input.is_empty() {
            let key: Ident = input.parse()?;
            match key.to_string().as_str() {
                "since" if since.is_none() => since = Some(version(input)?),
                "context" if what.is_none() => what = Some(Rewritten::Context(key.span())),
                "event" | "state" if what.is_none() => {
                    input.parse::<Token![=]>()?;
                    let name = input.parse()?;
                    what = Some(if key == "event" {
                        Rewritten::Event(name)
                    } else {
                        Rewritten::State(name)
                    });
                }
                _ => return Err(syn::Error::new(key.span(), REWRITES)),
            }
            comma(input)?;
        }
        match (since, what) {
            (Some(since), Some(what)) => Ok(Self { since, what }),
            _ => Err(input.error(REWRITES)),
        }
    }
}
