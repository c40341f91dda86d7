//! `#[ensure(…)]`: properties of the graph.

use syn::parse::{Parse, ParseStream};
use syn::{Attribute, Ident, LitStr, Token, parenthesized};

use crate::report::Report;

/// A property, as it is declared.
pub(crate) struct Ensure {
    /// The whole attribute.
    pub(crate) attr: Attribute,
    pub(crate) claim: Claim,
    /// Why, in the author's words.
    pub(crate) reason: Option<String>,
}

pub(crate) enum Claim {
    /// `to = S, through = E`, and perhaps `from = A`.
    Through { from: Option<Ident>, to: Ident, through: Ident },
    /// `never(from = A, to = B)`.
    Never { from: Ident, to: Ident },
    /// `always_reachable = S`.
    AlwaysReachable { to: Ident },
}

pub(super) const FORMS: &str = "a property is `to = State, through = event`, `never(from = State, to = State)` or `always_reachable = State`, \
and perhaps a reason: `\"nothing ships unread\"`";

/// Takes the properties out of the module's attributes.
pub(super) fn take(attrs: &mut Vec<Attribute>, report: &mut Report) -> Vec<Ensure> {
    let mut found = Vec::new();
    attrs.retain(|attr| {
        let mut names = attr.path().segments.iter().map(|segment| segment.ident.to_string()).rev();
        let is_ours = names.next().is_some_and(|last| last == "ensure")
            && names.next().is_none_or(|krate| krate == "leverframe")
            && names.next().is_none();
        if is_ours {
            let words = attr.parse_args::<Words>();
            let words = words.map_err(|error| syn::Error::new(error.span(), FORMS));
            found.extend(report.ok(words.and_then(|words| words.into(attr))));
        }
        !is_ours
    });
    found
}

/// The words between the parentheses.
#[derive(Default)]
struct Words {
    named: Vec<(Ident, Ident)>,
    never: Option<(Ident, Vec<(Ident, Ident)>)>,
    reason: Option<String>,
}

impl Parse for Words {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let mut words = Self::default();
        while !input.is_empty() {
            if input.peek(LitStr) {
                words.reason = Some(input.parse::<LitStr>()?.value());
            } else {
                let key: Ident = input.parse()?;
                if key == "never" {
                    let inner;
                    parenthesized!(inner in input);
                    words.never = Some((key, pairs(&inner)?));
                } else {
                    words.named.push((key, value(input)?));
                }
            }
            if !input.is_empty() {
                input.parse::<Token![,]>()?;
            }
        }
        Ok(words)
    }
}

fn pairs(input: ParseStream<'_>) -> syn::Result<Vec<(Ident, Ident)>> {
    let mut pairs = Vec::new();
    while !input.is_empty() {
        pairs.push((input.parse()?, value(input)?));
        if !input.is_empty() {
            input.parse::<Token![,]>()?;
        }
    }
    Ok(pairs)
}

fn value(input: ParseStream<'_>) -> syn::Result<Ident> {
    input.parse::<Token![=]>()?;
    input.parse()
}

impl Words {
    fn into(self, attr: &Attribute) -> syn::Result<Ensure> {
        let Self { named, never, reason } = self;
        let wrong = |at: Option<&Ident>| match at {
            Some(at) => syn::Error::new(at.span(), FORMS),
            None => syn::Error::new_spanned(attr, FORMS),
        };
        let (known, pairs): (&[&str], _) = match &never {
            Some((never, _)) if !named.is_empty() => return Err(wrong(Some(never))),
            Some((_, pairs)) => (&["from", "to"], pairs),
            None => (&["from", "to", "through", "always_reachable"], &named),
        };
        if let Some((key, _)) =
            pairs.iter().find(|(key, _)| !known.iter().any(|known| key == known))
        {
            return Err(wrong(Some(key)));
        }
        let value = |wanted: &str| {
            pairs.iter().find(|(key, _)| key == wanted).map(|(_, value)| value.clone())
        };
        let claim = match (value("from"), value("to"), value("through"), value("always_reachable"))
        {
            (Some(from), Some(to), None, None) if never.is_some() => Claim::Never { from, to },
            (from, Some(to), Some(through), None) => Claim::Through { from, to, through },
            (None, None, None, Some(to)) => Claim::AlwaysReachable { to },
            _ => return Err(wrong(None)),
        };
        Ok(Ensure { attr: attr.clone(), claim, reason })
    }
}
