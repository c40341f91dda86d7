//! `#[input]` where it means nothing.

use syn::{Attribute, ItemStruct};

use super::attribute::Marked;
use crate::report::Report;

/// Takes `#[input]` off the fields of a state, where it means nothing.
pub(super) fn refuse_fields(item: &mut ItemStruct, report: &mut Report) {
    for field in &mut item.fields {
        refuse_where(&mut field.attrs, report, || {
            "`#[input]` marks a field of the context: the data of a state comes from the event that leads to it"
                .to_owned()
        });
    }
}

/// Takes `#[input]` off a parameter, where it means nothing.
pub(super) fn refuse_parameter(attrs: &mut Vec<Attribute>, report: &mut Report) {
    refuse_where(attrs, report, || {
        "`#[input]` marks a field of the context: a parameter is an argument without it".to_owned()
    });
}

/// Takes `#[input]` off a marked item, where it means nothing.
pub(super) fn refuse(attrs: &mut Vec<Attribute>, marked: &Marked, report: &mut Report) {
    refuse_where(attrs, report, || {
        format!(
            "`#[input]` marks a single field of the context, not a whole `#[{}]`: put it on a field",
            marked.name
        )
    });
}

fn refuse_where(attrs: &mut Vec<Attribute>, report: &mut Report, error: impl Fn() -> String) {
    attrs.retain(|attr| {
        let is_input = attr.path().is_ident("input");
        if is_input {
            report.at(attr.path(), error());
        }
        !is_input
    });
}
