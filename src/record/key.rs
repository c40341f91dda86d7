//! The keys of requests.

use std::fmt::{self, Display, Formatter};

use serde::{Deserialize, Serialize};

/// The key that a caller gives to a request, so that it can be sent again safely: 1 to 128 bytes of text.
///
/// ```
/// use leverframe::record::RequestKey;
///
/// assert!(RequestKey::try_from("call-17".to_owned()).is_ok());
/// assert!(RequestKey::try_from(String::new()).is_err());
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct RequestKey(String);

impl RequestKey {
    /// The maximum length of a key, in bytes.
    pub const MAX_LENGTH: usize = 128;

    /// The key.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for RequestKey {
    type Error = InvalidRequestKey;

    fn try_from(key: String) -> Result<Self, InvalidRequestKey> {
        let fits = (1..=Self::MAX_LENGTH).contains(&key.len());
        if fits { Ok(Self(key)) } else { Err(InvalidRequestKey { length: key.len() }) }
    }
}

impl From<RequestKey> for String {
    fn from(key: RequestKey) -> Self {
        key.0
    }
}

impl Display for RequestKey {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A text that cannot be the key of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a request key has 1 to {} bytes, not {length}; use a shorter one", RequestKey::MAX_LENGTH)]
pub struct InvalidRequestKey {
    length: usize,
}
