//! What the clauses of one event have in common.

use syn::Type;

use super::machine::{Clause, Event};
use crate::parse::{Parameter, text as written};
use crate::report::Report;

/// The clauses of one event carry the same payload and the same error.
pub(super) fn same_event(
    event: &Event<'_>,
    clause: &Clause<'_>,
    payload: &[&Parameter],
    report: &mut Report,
) {
    let name = event.ident;
    let text = |ty: &Type| quote::quote!(#ty).to_string();
    let expr = |value: &syn::Expr| quote::quote!(#value).to_string();
    let same = |a: &Parameter, b: &Parameter| a.ident == b.ident && text(&a.ty) == text(&b.ty);
    let differs = payload.iter().enumerate().find(|(place, parameter)| {
        event.payload.get(*place).is_none_or(|first| !same(first, parameter))
    });
    let first: Vec<_> =
        event.payload.iter().map(|p| format!("{}: {}", p.ident, written(&p.ty))).collect();
    let first =
        if first.is_empty() { "none".to_owned() } else { format!("`{}`", first.join(", ")) };
    let message = format!(
        "the clauses of one event have the same payload, and the first `{name}` has {first}"
    );
    match differs {
        Some((_, parameter)) => report.at(&parameter.ident, message),
        None if payload.len() < event.payload.len() => report.at(&clause.function.ident, message),
        None => {}
    }
    if let (Some(first), Some(error)) = (event.error(), clause.error)
        && text(first) != text(error)
    {
        let first = written(first);
        report.at(error, format_args!("the clauses of one event fail with the same type, and the first `{name}` fails with `{first}`"));
    }
    for (parameter, first) in payload.iter().zip(&event.payload) {
        if let Some(default) = &parameter.default
            && first.default.as_ref().map(expr) != Some(expr(default))
        {
            report.at(default, format_args!("the defaults of a payload are given in the first clause of `{name}`: move this one there"));
        }
        if parameter.sensitive && !first.sensitive {
            report.at(&parameter.ident, format_args!("what is sensitive in a payload is marked in the first clause of `{name}`: move `#[sensitive]` there"));
        }
    }
    for (state, span) in &clause.from {
        if event.clauses.iter().any(|first| first.from.iter().any(|(known, _)| known == state)) {
            let message = format_args!(
                "the sources of one event must not overlap, and an earlier `{name}` starts here already"
            );
            report.span(*span, message);
            break;
        }
    }
}
