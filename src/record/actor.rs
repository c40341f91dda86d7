//! Who caused a record.

use std::fmt::{self, Display, Formatter};
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::caller::{InvalidPrincipal, Principal};

/// Who caused a record: a principal, the clock, a task, or the program itself.
///
/// As text the others than principals are `@clock`, `@task` and `@system`, which no principal can be named.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
#[non_exhaustive]
pub enum Actor {
    /// A user or a program.
    Principal(Principal),
    /// The passing of time: a timeout.
    Clock,
    /// A task that ended.
    Task,
    /// The program that keeps the runs.
    System,
}

impl Actor {
    /// The text form.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::Principal(principal) => principal.as_str(),
            Self::Clock => "@clock",
            Self::Task => "@task",
            Self::System => "@system",
        }
    }
}

impl From<Principal> for Actor {
    fn from(principal: Principal) -> Self {
        Self::Principal(principal)
    }
}

impl FromStr for Actor {
    type Err = InvalidPrincipal;

    fn from_str(text: &str) -> Result<Self, InvalidPrincipal> {
        match text {
            "@clock" => Ok(Self::Clock),
            "@task" => Ok(Self::Task),
            "@system" => Ok(Self::System),
            name => Ok(Self::Principal(name.parse()?)),
        }
    }
}

impl TryFrom<String> for Actor {
    type Error = InvalidPrincipal;

    fn try_from(text: String) -> Result<Self, InvalidPrincipal> {
        text.parse()
    }
}

impl From<Actor> for String {
    fn from(actor: Actor) -> Self {
        actor.as_str().to_owned()
    }
}

impl Display for Actor {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
