//! Handlers, queries and prompts: a function's signature, its parameters told apart by shape.

use quote::{ToTokens, format_ident};
use syn::{Attribute, Expr, FnArg, Ident, ItemFn, Pat, PathArguments, ReturnType, Signature, Type};

use super::attribute::{self, Marked, Marker, Sources};
use super::docs;
use crate::report::Report;

/// A function marked `#[transition]`, `#[query]` or `#[prompt]`.
pub(crate) struct Function {
    pub(crate) ident: Ident,
    pub(crate) kind: Kind,
    pub(crate) docs: String,
    /// In the order of the signature.
    pub(crate) parameters: Vec<Parameter>,
    pub(crate) output: Output,
    /// Its place among the items.
    pub(crate) place: usize,
}

pub(crate) enum Kind {
    /// With its `from`; `None` where that could not be read.
    Transition(Option<Sources>),
    Query,
    /// With the states that it is for.
    Prompt(Vec<Ident>),
}

pub(crate) struct Parameter {
    pub(crate) ident: Ident,
    pub(crate) ty: Type,
    pub(crate) role: Role,
    pub(crate) docs: String,
    pub(crate) default: Option<Expr>,
}

/// What a parameter is, as far as its shape tells.
pub(crate) enum Role {
    /// `&Name` or `&mut Name`: a state or the context.
    Lent { name: Ident, mutable: bool },
    /// Any other type: a part of the payload.
    Payload,
}

/// What a function returns: nothing, `T`, or a `Result` of either.
#[derive(Default)]
pub(crate) struct Output {
    pub(crate) value: Option<Type>,
    pub(crate) error: Option<Type>,
}

impl Function {
    pub(crate) fn parse(
        marked: &Marked,
        item: &mut ItemFn,
        place: usize,
        report: &mut Report,
    ) -> Option<Self> {
        let kind = match marked.kind {
            Marker::Transition => Kind::Transition(attribute::transition_options(marked, report)),
            Marker::Prompt => Kind::Prompt(attribute::prompt_states(marked, report)),
            _ => {
                attribute::no_arguments(marked, report);
                Kind::Query
            }
        };
        refuse_qualifiers(&item.sig, report);
        let mut parameters = Vec::new();
        for input in &mut item.sig.inputs {
            parameters.push(parameter(input, report));
        }
        Some(Self {
            ident: item.sig.ident.clone(),
            kind,
            docs: docs(&item.attrs),
            output: output(&item.sig.output, report)?,
            parameters: parameters.into_iter().collect::<Option<_>>()?,
            place,
        })
    }

    /// Where `item` is the function, gives it another name.
    pub(crate) fn renamed(&self, number: usize) -> Ident {
        format_ident!("{}_{number}", attribute::unraw(&self.ident), span = self.ident.span())
    }
}

fn refuse_qualifiers(sig: &Signature, report: &mut Report) {
    if let Some(token) = &sig.asyncness {
        report.at(
            token,
            "a handler is not `async`: it is a plain function of state, context and payload; effects belong to the server",
        );
    }
    if let Some(abi) = &sig.abi {
        report.at(abi, "a handler is a plain Rust function");
    }
    if !sig.generics.params.is_empty() {
        report.at(&sig.generics, "a handler has no generics: name the types");
    } else if let Some(clause) = &sig.generics.where_clause {
        report.at(clause, "a handler has no `where` clause: name the types");
    }
    if let Some(variadic) = &sig.variadic {
        report.at(variadic, "a handler has a fixed list of parameters");
    }
}

fn parameter(input: &mut FnArg, report: &mut Report) -> Option<Parameter> {
    let typed = match input {
        FnArg::Typed(typed) => typed,
        FnArg::Receiver(receiver) => {
            report.at(
                receiver,
                "a handler has no `self`: take the state as `&mut Draft`, the context as `&mut Notes`",
            );
            return None;
        }
    };
    let docs = docs(&typed.attrs);
    let default = attribute::take_default(&mut typed.attrs, report);
    typed.attrs.retain(|attr: &Attribute| !attr.path().is_ident("doc"));
    attribute::refuse_cfg(&typed.attrs, report);
    let ident = match &*typed.pat {
        Pat::Ident(pat) if pat.by_ref.is_none() && pat.subpat.is_none() => pat.ident.clone(),
        pat => {
            report.at(pat, "a parameter has a plain name: take the pattern apart in the body");
            return None;
        }
    };
    Some(Parameter {
        ident,
        role: role(&typed.ty, report)?,
        ty: (*typed.ty).clone(),
        docs,
        default,
    })
}

fn role(ty: &Type, report: &mut Report) -> Option<Role> {
    match ty {
        Type::Reference(reference) => match plain_name(&reference.elem) {
            Some(name) => Some(Role::Lent { name, mutable: reference.mutability.is_some() }),
            None => {
                report.at(
                    ty,
                    "a payload is owned: only a state or the context is taken by reference",
                );
                None
            }
        },
        Type::ImplTrait(_) => {
            report.at(ty, "a payload has a plain type: name it");
            None
        }
        Type::Paren(inner) => role(&inner.elem, report),
        Type::Group(inner) => role(&inner.elem, report),
        _ => Some(Role::Payload),
    }
}

/// The name, where the type is nothing but a name: `Draft`, `self::Draft`.
pub(crate) fn plain_name(ty: &Type) -> Option<Ident> {
    let Type::Path(path) = ty else { return None };
    let mut segments = path.path.segments.iter();
    let mut segment = segments.next()?;
    if segment.ident == "self" {
        segment = segments.next()?;
    }
    let plain = path.qself.is_none()
        && path.path.leading_colon.is_none()
        && segments.next().is_none()
        && segment.arguments.is_empty();
    plain.then(|| segment.ident.clone())
}

fn output(output: &ReturnType, report: &mut Report) -> Option<Output> {
    let ReturnType::Type(_, ty) = output else { return Some(Output::default()) };
    if let Some(path) = result(ty) {
        let PathArguments::AngleBracketed(arguments) = path else {
            report.at(ty, "`Result` is written out: `Result<Draft, Error>`");
            return None;
        };
        let types: Vec<_> = arguments.args.iter().collect();
        let [syn::GenericArgument::Type(ok), syn::GenericArgument::Type(error)] = *types else {
            report.at(ty, "`Result` is written out: `Result<Draft, Error>`");
            return None;
        };
        return Some(Output { value: unless_unit(ok), error: Some(error.clone()) });
    }
    Some(Output { value: unless_unit(ty), error: None })
}

/// The arguments of `Result`, by whichever path it is named.
fn result(ty: &Type) -> Option<&PathArguments> {
    let Type::Path(path) = ty else { return None };
    path.path.segments.last().filter(|last| last.ident == "Result").map(|last| &last.arguments)
}

fn unless_unit(ty: &Type) -> Option<Type> {
    let unit = matches!(ty, Type::Tuple(tuple) if tuple.elems.is_empty());
    (!unit).then(|| ty.clone())
}

impl Parameter {
    /// Whether the wire form may leave it out.
    pub(crate) fn is_optional(&self) -> bool {
        self.default.is_some() || is_option(&self.ty)
    }
}

fn is_option(ty: &Type) -> bool {
    matches!(ty, Type::Path(path) if path.path.segments.last().is_some_and(|last| last.ident == "Option"))
}

/// The text of a type as an author writes it.
pub(crate) fn text(ty: &Type) -> String {
    let mut text = ty.to_token_stream().to_string();
    for (spaced, plain) in [
        (" < ", "<"),
        (" <", "<"),
        ("< ", "<"),
        (" >", ">"),
        (" :: ", "::"),
        (":: ", "::"),
        (" ,", ","),
        ("& ", "&"),
    ] {
        text = text.replace(spaced, plain);
    }
    text
}
