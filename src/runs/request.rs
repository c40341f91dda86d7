//! What a caller may say about a request besides its content.

use crate::record::{RequestKey, Version};

/// What a caller may say about a request besides its content. With neither, a request that is sent again applies again.
///
/// ```
/// use leverframe::record::Version;
/// use leverframe::runs::Request;
///
/// let request = Request::new().expecting(Version(3));
/// assert_eq!(request.expected, Some(Version(3)));
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Request {
    /// The version at which the run must be. It is a precondition: at any other version the request is refused.
    pub expected: Option<Version>,
    /// The key by which a repeated request is recognised. It is unique per run and principal.
    pub key: Option<RequestKey>,
}

impl Request {
    /// A request without key and precondition.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Requires the run to be at this version.
    #[must_use]
    pub fn expecting(self, version: Version) -> Self {
        Self { expected: Some(version), ..self }
    }

    /// Makes the request safe to send again.
    #[must_use]
    pub fn with_key(self, key: RequestKey) -> Self {
        Self { key: Some(key), ..self }
    }

    /// Why the request is refused if the run is at `version`.
    pub(crate) fn stale_at(&self, version: Version) -> Option<String> {
        let expected = self.expected.filter(|expected| *expected != version)?;
        Some(format!("the run is at version {version}, not {expected}"))
    }
}
