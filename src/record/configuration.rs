//! The active states of a machine.

use std::borrow::Cow;
use std::fmt::{self, Display, Formatter};

use serde::{Deserialize, Serialize};

/// The set of active leaves of a machine, by their names on the wire, in the order of the chart. A machine has one
/// active leaf.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Configuration(Vec<Cow<'static, str>>);

impl Configuration {
    /// The configuration of a machine in one leaf.
    #[must_use]
    pub fn of(leaf: impl Into<Cow<'static, str>>) -> Self {
        Self(vec![leaf.into()])
    }

    /// The active leaves.
    pub fn leaves(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(AsRef::as_ref)
    }
}

impl Display for Configuration {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.join("+"))
    }
}
