//! The name that a client gives itself.

use std::fmt::{self, Display, Formatter};

use serde::{Deserialize, Serialize};

use crate::text;

/// The name that a client gives itself: 1 to 64 bytes of printable text. Nothing depends on it, since nobody proves it.
///
/// ```
/// use leverframe::caller::ClientName;
///
/// let name = ClientName::cut("  my\u{1b} agent\n").expect("something is left");
/// assert_eq!(name.as_str(), "my agent");
/// assert_eq!(ClientName::cut("\n"), None);
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ClientName(String);

impl ClientName {
    /// The maximum length of a name, in bytes.
    pub const MAX_LENGTH: usize = 64;

    /// The beginning of a text that fits, without unprintable characters; `None` if nothing is left.
    #[must_use]
    pub fn cut(name: &str) -> Option<Self> {
        let mut kept = String::new();
        for c in name.trim_start().chars().filter(|c| !text::is_unprintable(*c)) {
            if kept.len() + c.len_utf8() > Self::MAX_LENGTH {
                break;
            }
            kept.push(c);
        }
        Self::try_from(kept.trim().to_owned()).ok()
    }

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for ClientName {
    type Error = InvalidClientName;

    fn try_from(name: String) -> Result<Self, InvalidClientName> {
        let fits = (1..=Self::MAX_LENGTH).contains(&name.len())
            && name.trim() == name
            && !name.contains(text::is_unprintable);
        if fits { Ok(Self(name)) } else { Err(InvalidClientName(name)) }
    }
}

impl From<ClientName> for String {
    fn from(name: ClientName) -> Self {
        name.0
    }
}

impl Display for ClientName {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A text that cannot name a client.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "{} cannot name a client; use 1 to 64 bytes of printable text that do not begin with a space",
    text::quoted(.0)
)]
pub struct InvalidClientName(String);

#[cfg(test)]
mod tests {
    use super::ClientName;

    fn check(name: &str, kept: Option<&str>) {
        let cut = ClientName::cut(name);
        assert_eq!(cut.as_ref().map(ClientName::as_str), kept, "{name:?}");
        if let Some(kept) = kept {
            assert!(ClientName::try_from(kept.to_owned()).is_ok(), "{kept:?}");
        }
    }

    #[test]
    fn a_name_is_cut_and_printable() {
        let long = "é".repeat(40);
        check("agent 1.2", Some("agent 1.2"));
        check(" \u{202e}a\u{9b}g\n", Some("ag"));
        check(&long, Some(&long[..64]));
        check(&format!("x{long}"), Some(&format!("x{}", &long[..62])));
        check(&format!("{} b", "x".repeat(63)), Some(&"x".repeat(63)));
        for name in ["", " ", "\u{200b}"] {
            check(name, None);
        }
        for name in ["a\n", " a", &"x".repeat(65)] {
            assert!(ClientName::try_from(name.to_owned()).is_err(), "{name:?}");
        }
    }
}
