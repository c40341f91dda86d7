//! `#[input]`: fields of the context that a caller gives when a run is started.

use syn::{Attribute, ItemStruct, Meta};

use super::attribute;
use super::function::{self, Parameter, Role};
use super::syntax::docs;
use crate::report::Report;

/// Takes `#[input]`, and the defaults of such fields, out of the fields of the context. The answer is the inputs.
///
/// `#[sensitive]` is read and stays.
pub(super) fn fields(item: &mut ItemStruct, report: &mut Report) -> Vec<Parameter> {
    let mut inputs = Vec::new();
    for field in &mut item.fields {
        if !take(&mut field.attrs, report) {
            if let Some(default) = field.attrs.iter().find(|attr| is_default(attr)) {
                report.at(default, "a default is of an input: mark the field `#[input]`, or give the value in `Default`");
                field.attrs.retain(|attr| !is_default(attr));
            }
            continue;
        }
        let default = attribute::take_default(&mut field.attrs, report);
        let Some(ident) = field.ident.clone() else {
            report.at(
                &field.ty,
                "an input has a name: write `struct Order { #[input] customer: String }`",
            );
            continue;
        };
        attribute::refuse_cfg(&field.attrs, report);
        if function::owned(&field.ty, "an input", report).is_none() {
            continue;
        }
        inputs.push(Parameter {
            ident,
            ty: field.ty.clone(),
            role: Role::Payload,
            docs: docs(&field.attrs),
            default,
            sensitive: field.attrs.iter().any(|attr| attr.path().is_ident("sensitive")),
        });
    }
    inputs
}

fn take(attrs: &mut Vec<Attribute>, report: &mut Report) -> bool {
    let mut found = false;
    attrs.retain(|attr| {
        if !attr.path().is_ident("input") {
            return true;
        }
        match &attr.meta {
            Meta::Path(path) if found => {
                report.at(path, "`#[input]` is given already: remove one");
            }
            Meta::Path(_) => {}
            meta => report.at(
                meta,
                "`#[input]` takes no arguments; a default is written beside it: `#[default = 10]`",
            ),
        }
        found = true;
        false
    });
    found
}

fn is_default(attr: &Attribute) -> bool {
    attr.path().is_ident("default") && matches!(attr.meta, Meta::NameValue(_))
}
