//! How records of earlier versions of a machine are read.
//!
//! A machine declares its version, `#[machine(serde, version = 2)]`, and what has changed since earlier ones, `#[upgrade(since
//! = 2, …)]`. Records are never changed: an upgrade holds while a record is read.

use alloc::string::String;
use core::fmt::{self, Display, Formatter};

pub use serde_json::Value;

/// A function that gives a value its present form. The error says why it cannot.
pub type Rewrite = fn(Value) -> Result<Value, String>;

/// A change of a machine, which holds for records of the versions before `since`.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct Upgrade {
    /// The first version of the machine that has the present form.
    pub since: u32,
    /// What has changed.
    pub change: Change,
}

/// What has changed in a machine. Names are those on the wire.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub enum Change {
    /// The event `from` is now `to`.
    Event {
        /// The old name.
        from: &'static str,
        /// The present name.
        to: &'static str,
    },
    /// The event is no more, and had no effect that matters now.
    Dropped {
        /// The old name.
        event: &'static str,
    },
    /// The state `from` is now `to`, or one of several.
    State {
        /// The old name.
        from: &'static str,
        /// The present names.
        to: &'static [&'static str],
    },
    /// The field `from` is now `to`.
    Field {
        /// What has the field.
        of: Holder,
        /// The old name.
        from: &'static str,
        /// The present name.
        to: &'static str,
    },
    /// A function gives the value its present form.
    Rewritten {
        /// What is rewritten.
        what: Holder,
        /// The name of the function.
        name: &'static str,
        /// The function.
        by: Rewrite,
    },
}

/// A value that has fields.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Holder {
    /// The context.
    Context,
    /// The data of the state with this name.
    State(&'static str),
    /// The payload of the event with this name.
    Event(&'static str),
}

impl Upgrade {
    #[doc(hidden)]
    #[must_use]
    pub const fn new(since: u32, change: Change) -> Self {
        Self { since, change }
    }

    /// Whether a value of the machine may have another form after the upgrade than before, so that digests of the two
    /// cannot be compared.
    #[must_use]
    pub const fn changes_values(&self) -> bool {
        !matches!(self.change, Change::Event { .. } | Change::Field { of: Holder::Event(_), .. })
    }
}

impl Display for Upgrade {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self.change {
            Change::Event { from, to } => write!(f, "event `{from}` renamed to `{to}`"),
            Change::Dropped { event } => write!(f, "event `{event}` dropped"),
            Change::State { from, to: [to] } => write!(f, "state {from} renamed to {to}"),
            Change::State { from, to } => {
                write!(f, "state {from} split into ")?;
                for (place, to) in to.iter().enumerate() {
                    write!(f, "{}{to}", if place == 0 { "" } else { " and " })?;
                }
                Ok(())
            }
            Change::Field { of, from, to } => {
                write!(f, "field `{from}` of {of} renamed to `{to}`")
            }
            Change::Rewritten { what, name, .. } => write!(f, "{what} rewritten by `{name}`"),
        }?;
        write!(f, " in version {}", self.since)
    }
}

impl Display for Holder {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Context => f.write_str("the context"),
            Self::State(state) => write!(f, "the state {state}"),
            Self::Event(event) => write!(f, "the event `{event}`"),
        }
    }
}
