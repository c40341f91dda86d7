//! Changes of a machine since earlier versions.

use syn::Ident;

/// A change since an earlier version.
pub(crate) struct Upgrade<'d> {
    pub(crate) since: u32,
    pub(crate) change: Change<'d>,
}

pub(crate) enum Change<'d> {
    Event { from: String, to: String },
    Dropped { event: String },
    State { from: String, to: Vec<String> },
    Field { of: Holder, from: String, to: String },
    Rewritten { what: Holder, by: &'d Ident },
}

/// A value that has fields.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(crate) enum Holder {
    Context,
    State(String),
    Event(String),
}
