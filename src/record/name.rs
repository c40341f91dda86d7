//! The names of runs.

use std::fmt::{self, Display, Formatter};
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::caller::Principal;
use crate::text;

/// The identity of a run: its owner and its name. Runs of different owners may have one name.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct RunId {
    /// The principal that started the run.
    pub owner: Principal,
    /// The name, unique among the runs of the owner.
    pub name: RunName,
}

impl RunId {
    /// The run of `owner` with this name.
    #[must_use]
    pub fn new(owner: Principal, name: RunName) -> Self {
        Self { owner, name }
    }
}

impl Display for RunId {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.owner, self.name)
    }
}

/// The name of a run: 1 to 64 letters, digits, `-`, `_` and `.` of ASCII.
///
/// ```
/// use leverframe::record::RunName;
///
/// assert!("release-1.4".parse::<RunName>().is_ok());
/// let error = "release 1/4".parse::<RunName>().unwrap_err();
/// assert!(error.to_string().contains("`release-1-4`"));
/// ```
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct RunName(String);

impl RunName {
    /// The maximum length of a name, in characters.
    pub const MAX_LENGTH: usize = 64;

    /// The default run of each principal: `main`.
    #[must_use]
    pub fn main() -> Self {
        Self("main".to_owned())
    }

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    fn allows(c: char) -> bool {
        c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.')
    }
}

impl FromStr for RunName {
    type Err = InvalidRunName;

    fn from_str(name: &str) -> Result<Self, InvalidRunName> {
        name.to_owned().try_into()
    }
}

impl TryFrom<String> for RunName {
    type Error = InvalidRunName;

    fn try_from(name: String) -> Result<Self, InvalidRunName> {
        let fits = (1..=Self::MAX_LENGTH).contains(&name.len());
        if fits && name.chars().all(Self::allows) {
            Ok(Self(name))
        } else {
            Err(InvalidRunName(name))
        }
    }
}

impl From<RunName> for String {
    fn from(name: RunName) -> Self {
        name.0
    }
}

impl Display for RunName {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A text that cannot name a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvalidRunName(String);

impl Display for InvalidRunName {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let Self(name) = self;
        let quoted = text::quoted(name);
        write!(f, "{quoted} cannot name a run; use 1 to 64 letters, digits, `-`, `_` or `.`")?;
        let fixed: String = name
            .chars()
            .map(|c| if RunName::allows(c) { c } else { '-' })
            .take(RunName::MAX_LENGTH)
            .collect();
        if fixed.is_empty() { Ok(()) } else { write!(f, ", such as `{fixed}`") }
    }
}

impl std::error::Error for InvalidRunName {}
