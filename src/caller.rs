//! Who makes a request: the principal, its roles, and the way by which the request came.
//!
//! A [`Caller`] is made once, where a request enters the program, and passed down unchanged.

mod client;

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::fmt::{self, Display, Formatter};
use std::str::FromStr;

use serde::{Deserialize, Serialize};

pub use self::client::{ClientName, InvalidClientName};
use crate::text;

/// Who makes a request, with which roles, and by which way.
///
/// ```
/// use leverframe::caller::{Caller, Principal, Role, Way};
///
/// let ada = Caller::new("ada".parse()?, Way::Program).with_role(Role::RunsRead);
/// assert!(ada.has(Role::RunsRead) && !ada.has(Role::Admin));
/// # Ok::<_, leverframe::caller::InvalidPrincipal>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller {
    principal: Principal,
    roles: BTreeSet<Role>,
    way: Way,
    client: Option<ClientName>,
}

impl Caller {
    /// A caller without roles: it may use its own runs.
    #[must_use]
    pub fn new(principal: Principal, way: Way) -> Self {
        Self { principal, roles: BTreeSet::new(), way, client: None }
    }

    /// Adds a role.
    #[must_use]
    pub fn with_role(mut self, role: Role) -> Self {
        self.roles.insert(role);
        self
    }

    /// Names the client by which the request is made.
    #[must_use]
    pub fn with_client(self, client: Option<ClientName>) -> Self {
        Self { client, ..self }
    }

    /// Who makes the request.
    #[must_use]
    pub fn principal(&self) -> &Principal {
        &self.principal
    }

    /// By which way the request came.
    #[must_use]
    pub fn way(&self) -> Way {
        self.way
    }

    /// The client by which the request is made, as it names itself.
    #[must_use]
    pub fn client(&self) -> Option<&ClientName> {
        self.client.as_ref()
    }

    /// Whether the caller has a role. [`Role::Admin`] includes all others.
    #[must_use]
    pub fn has(&self, role: Role) -> bool {
        self.roles.contains(&role) || self.roles.contains(&Role::Admin)
    }
}

/// What a caller may do beyond using its own runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "&'static str")]
#[non_exhaustive]
pub enum Role {
    /// Read the runs of other principals.
    RunsRead,
    /// Change the runs of other principals.
    RunsWrite,
    /// Decide the gates of other principals.
    GatesDecide,
    /// All of the above.
    Admin,
}

impl Role {
    /// All roles.
    pub const ALL: [Self; 4] = [Self::RunsRead, Self::RunsWrite, Self::GatesDecide, Self::Admin];

    /// The name.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::RunsRead => "runs:read",
            Self::RunsWrite => "runs:write",
            Self::GatesDecide => "gates:decide",
            Self::Admin => "admin",
        }
    }
}

impl FromStr for Role {
    type Err = InvalidRole;

    fn from_str(name: &str) -> Result<Self, InvalidRole> {
        let role = Self::ALL.into_iter().find(|role| role.as_str() == name);
        role.ok_or_else(|| InvalidRole(name.to_owned()))
    }
}

impl TryFrom<String> for Role {
    type Error = InvalidRole;

    fn try_from(name: String) -> Result<Self, InvalidRole> {
        name.parse()
    }
}

impl From<Role> for &'static str {
    fn from(role: Role) -> Self {
        role.as_str()
    }
}

/// A text that names no role.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "{} is no role; roles: {}",
    text::quoted(.0),
    text::listed(Role::ALL.map(Role::as_str))
)]
pub struct InvalidRole(String);

impl Display for Role {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// By which way a request came.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Way {
    /// Standard input of a server.
    Stdio,
    /// HTTP.
    Http,
    /// The command line.
    CommandLine,
    /// A call of this library.
    Program,
    /// A client's question to the person in front of it.
    Elicitation,
}

impl Display for Way {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Stdio => "standard input",
            Self::Http => "HTTP",
            Self::CommandLine => "the command line",
            Self::Program => "the program",
            Self::Elicitation => "the client's question",
        })
    }
}

/// The name of a user or a program: 1 to 255 bytes of printable text that do not begin with `@`.
///
/// ```
/// use leverframe::caller::Principal;
///
/// assert!("ada@example.org".parse::<Principal>().is_ok());
/// assert!("@clock".parse::<Principal>().is_err());
/// ```
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Principal(Cow<'static, str>);

impl Principal {
    /// The maximum length of a name, in bytes.
    pub const MAX_LENGTH: usize = 255;

    /// The one user of a server without authentication, and of the command line.
    pub const LOCAL: Self = Self(Cow::Borrowed("local"));

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Principal {
    type Error = InvalidPrincipal;

    fn try_from(name: String) -> Result<Self, InvalidPrincipal> {
        let fits = (1..=Self::MAX_LENGTH).contains(&name.len())
            && !name.starts_with('@')
            && name.trim() == name
            && !name.contains(text::is_unprintable);
        if fits { Ok(Self(Cow::Owned(name))) } else { Err(InvalidPrincipal(name)) }
    }
}

impl FromStr for Principal {
    type Err = InvalidPrincipal;

    fn from_str(name: &str) -> Result<Self, InvalidPrincipal> {
        name.to_owned().try_into()
    }
}

impl From<Principal> for String {
    fn from(principal: Principal) -> Self {
        principal.0.into_owned()
    }
}

impl Display for Principal {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A text that cannot name a principal.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "{} cannot name a principal; use 1 to 255 bytes of printable text that do not begin with `@` or a space",
    text::quoted(.0)
)]
pub struct InvalidPrincipal(String);
