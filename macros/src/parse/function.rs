//! Handlers, queries and prompts: a function's signature, its parameters classified by their types.

use std::collections::HashSet;

use proc_macro2::TokenStream;
use quote::{ToTokens, format_ident};
use syn::visit::{self, Visit};
use syn::{
    Attribute, Expr, FnArg, GenericArgument, Ident, Item, ItemFn, Lifetime, Pat, PathArguments,
    ReturnType, Safety, Signature, Type, TypeFnPtr, TypeImplTrait, TypeInfer, TypeReference,
    TypeTraitObject,
};

use super::attribute::{self, Marked, Marker, TransitionOptions};
use super::sensitive;
use super::stray;
use super::syntax::{docs, plain_name, unraw};
use super::task::{TaskOptions, task_options};
use crate::report::Report;

/// A function that is marked: a handler, a guard, an action, a query, a prompt, or the input of a task.
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
    Transition(TransitionOptions),
    Guard,
    /// With the states that it belongs to.
    Entry(Vec<Ident>),
    Exit(Vec<Ident>),
    Query,
    /// With the states that it is for.
    Prompt(Vec<Ident>),
    /// It makes the input of a task.
    Task(TaskOptions),
}

impl Kind {
    /// What such a function is called, with its article.
    pub(crate) fn word(&self) -> &'static str {
        match self {
            Self::Transition(_) => "a handler",
            Self::Guard => "a guard",
            Self::Entry(_) => "an entry action",
            Self::Exit(_) => "an exit action",
            Self::Query => "a query",
            Self::Prompt(_) => "a prompt",
            Self::Task(_) => "the function of a task",
        }
    }
}

pub(crate) struct Parameter {
    pub(crate) ident: Ident,
    pub(crate) ty: Type,
    pub(crate) role: Role,
    pub(crate) docs: String,
    pub(crate) default: Option<Expr>,
    /// Whether its value is kept and not shown.
    pub(crate) sensitive: bool,
}

/// A parameter's role, as far as it follows from its type.
pub(crate) enum Role {
    /// `&Name` or `&mut Name`: a state or the context.
    Borrowed { name: Ident, mutable: bool },
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
            Marker::Task => Kind::Task(task_options(marked, report)?),
            Marker::Prompt => Kind::Prompt(attribute::named_states(marked, report)?),
            Marker::Entry => Kind::Entry(attribute::named_states(marked, report)?),
            Marker::Exit => Kind::Exit(attribute::named_states(marked, report)?),
            Marker::Guard => {
                attribute::no_arguments(marked, report);
                Kind::Guard
            }
            _ => {
                attribute::no_arguments(marked, report);
                Kind::Query
            }
        };
        let what = kind.word();
        refuse_qualifiers(&item.sig, &kind, report);
        let mut parameters = Vec::new();
        for input in &mut item.sig.inputs {
            parameters.push(parameter(input, what, report));
        }
        let output = output(&item.sig.output, report);
        if let (Kind::Transition(_) | Kind::Guard, Some(Output { error: Some(error), .. })) =
            (&kind, &output)
        {
            owned(error, "an error", report)?;
        }
        let parameters: Vec<Parameter> = parameters.into_iter().collect::<Option<_>>()?;
        named_once(&parameters, report)?;
        Some(Self {
            ident: item.sig.ident.clone(),
            kind,
            docs: docs(&item.attrs),
            output: output?,
            parameters,
            place,
        })
    }

    /// A name of its own for one of several functions of this name, that no other function has.
    pub(crate) fn renamed(&self, number: usize, items: &[Item]) -> Ident {
        let mut name = unraw(&self.ident);
        loop {
            let renamed = format_ident!("{name}_{number}", span = self.ident.span());
            if !is_function(&renamed, items) {
                return renamed;
            }
            name.push_str("_clause");
        }
    }
}

/// A name for the function that checks the guards of a handler, which no other function has.
pub(crate) fn guard_name(handler: &Ident, items: &[Item]) -> Ident {
    let mut name = format_ident!("{}_is_allowed", unraw(handler));
    while is_function(&name, items) {
        name = format_ident!("{name}_now");
    }
    name
}

fn is_function(name: &Ident, items: &[Item]) -> bool {
    items.iter().any(|item| matches!(item, Item::Fn(item) if item.sig.ident == *name))
}

fn refuse_qualifiers(sig: &Signature, kind: &Kind, report: &mut Report) {
    let what = kind.word();
    if let Some(token) = &sig.asyncness {
        report.at(
            token,
            match kind {
                Kind::Task(_) => format!("{what} is not `async`: it makes the input; the async work is a method of the generated trait `Tasks`"),
                _ => format!("{what} is not `async`: it is a plain function of state, context and payload; effects belong to the server"),
            },
        );
    }
    if let Safety::Unsafe(token) = &sig.safety {
        report.at(token, format_args!("{what} is not `unsafe`: the machine calls it freely"));
    }
    if let Some(abi) = &sig.abi {
        report.at(abi, format_args!("{what} is a plain Rust function: remove the ABI"));
    }
    if !sig.generics.params.is_empty() {
        report.at(&sig.generics, format_args!("{what} has no generics: name the types"));
    } else if let Some(clause) = &sig.generics.where_clause {
        report.at(clause, format_args!("{what} has no `where` clause: name the types"));
    }
}

/// Two parameters of one name would be one field of the payload.
fn named_once(parameters: &[Parameter], report: &mut Report) -> Option<()> {
    let mut seen = HashSet::new();
    let twice = parameters.iter().find(|parameter| !seen.insert(&parameter.ident));
    let Some(Parameter { ident: name, .. }) = twice else { return Some(()) };
    report.at(name, format_args!("`{name}` is a parameter already: choose another name"));
    None
}

fn parameter(input: &mut FnArg, what: &str, report: &mut Report) -> Option<Parameter> {
    let typed = match input {
        FnArg::Typed(typed) => typed,
        FnArg::Receiver(receiver) => {
            report.at(
                receiver,
                format_args!("{what} has no `self`: it takes the state, as in `draft: &Draft`, and the context each by its type"),
            );
            return None;
        }
    };
    let docs = docs(&typed.attrs);
    let default = attribute::take_default(&mut typed.attrs, report);
    let sensitive = sensitive::take(&mut typed.attrs, report);
    stray::refuse_parameter(&mut typed.attrs, report);
    typed.attrs.retain(|attr: &Attribute| !attr.path().is_ident("doc"));
    attribute::refuse_cfg(&typed.attrs, report);
    let ident = match &*typed.pat {
        Pat::Ident(pat) if pat.by_ref.is_none() && pat.subpat.is_none() => pat.ident.clone(),
        pat => {
            report.at(
                pat,
                "a parameter has a name, by which it is passed: destructure it in the body",
            );
            return None;
        }
    };
    Some(Parameter {
        ident,
        role: role(&typed.ty, report)?,
        ty: (*typed.ty).clone(),
        docs,
        default,
        sensitive,
    })
}

fn role(ty: &Type, report: &mut Report) -> Option<Role> {
    if let Type::Reference(TypeReference { lifetime, mutability, elem, .. }) = ty
        && let Some(name) = plain_name(elem)
        && lifetime.as_ref().is_none_or(|lifetime| lifetime.ident != "static")
    {
        return Some(Role::Borrowed { name, mutable: mutability.is_some() });
    }
    match ty {
        Type::Paren(inner) => role(&inner.elem, report),
        Type::Group(inner) => role(&inner.elem, report),
        _ => owned(ty, "a payload", report).map(|()| Role::Payload),
    }
}

/// Checks that a type borrows nothing and can be named: its values outlive the call.
pub(super) fn owned(ty: &Type, what: &str, report: &mut Report) -> Option<()> {
    let mut found = Unowned(None);
    found.visit_type(ty);
    let Some((at, fix)) = found.0 else { return Some(()) };
    report.at(at, format_args!("{what} {fix}"));
    None
}

/// Finds the first part of a type that borrows or has no name.
struct Unowned(Option<(TokenStream, &'static str)>);

impl Unowned {
    fn found(&mut self, at: impl ToTokens, fix: &'static str) {
        self.0.get_or_insert_with(|| (at.to_token_stream(), fix));
    }
}

impl<'t> Visit<'t> for Unowned {
    fn visit_type_reference(&mut self, reference: &'t TypeReference) {
        match &reference.lifetime {
            Some(lifetime) if lifetime.ident == "static" => {
                visit::visit_type_reference(self, reference);
            }
            _ => self.found(reference, "is owned: take it by value, such as `String` for `&str`"),
        }
    }

    fn visit_lifetime(&mut self, lifetime: &'t Lifetime) {
        if lifetime.ident != "static" {
            self.found(lifetime, "is owned: it has no lifetime but `'static`");
        }
    }

    fn visit_type_impl_trait(&mut self, ty: &'t TypeImplTrait) {
        self.found(ty, "has a plain type: write it instead of `impl`");
    }

    fn visit_type_infer(&mut self, ty: &'t TypeInfer) {
        self.found(ty, "has a plain type: write it instead of `_`");
    }

    // What a function pointer or a trait object borrows lasts for a call.
    fn visit_type_fn_ptr(&mut self, _: &'t TypeFnPtr) {}
    fn visit_type_trait_object(&mut self, _: &'t TypeTraitObject) {}
}

fn output(output: &ReturnType, report: &mut Report) -> Option<Output> {
    let ReturnType::Type(_, ty) = output else { return Some(Output::default()) };
    let Some(arguments) = result(ty) else {
        return Some(Output { value: unless_unit(ty), error: None });
    };
    let [GenericArgument::Type(ok), GenericArgument::Type(error)] = *arguments.as_slice() else {
        report.at(ty, WRITTEN_OUT);
        return None;
    };
    Some(Output { value: unless_unit(ok), error: Some(error.clone()) })
}

/// An alias hides of what type the error is.
pub(crate) const WRITTEN_OUT: &str =
    "`Result` is written out, with both types: `Result<Draft, Error>`";

/// The arguments of `Result`, named by any path. A state may be called so.
fn result(ty: &Type) -> Option<Vec<&GenericArgument>> {
    let Type::Path(path) = ty else { return None };
    let last = path.path.segments.last().filter(|last| last.ident == "Result")?;
    match &last.arguments {
        PathArguments::AngleBracketed(arguments) => Some(arguments.args.iter().collect()),
        _ => plain_name(ty).is_none().then(Vec::new),
    }
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
