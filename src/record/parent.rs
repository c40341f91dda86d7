//! The run from which another was forked.

use std::fmt::{self, Display, Formatter};

use serde::{Deserialize, Serialize};

use super::{Hash, RunId, Version};

/// The record of a run at which another run was forked from it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Parent {
    /// The run. It may have been removed since.
    pub run: RunId,
    /// The version of the record.
    pub version: Version,
    /// The hash of the record.
    pub hash: Hash,
}

impl Parent {
    /// The record of `run` with this version and hash.
    #[must_use]
    pub fn new(run: RunId, version: Version, hash: Hash) -> Self {
        Self { run, version, hash }
    }
}

/// `ada/main@5`.
impl Display for Parent {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{}@{}", self.run, self.version)
    }
}
