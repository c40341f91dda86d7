//! Why a run cannot be started or read.

use crate::guarded::Panic;
use crate::record::Version;

/// Why a run cannot be started.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StartError {
    /// `Default` of the context, or an entry action, panicked.
    #[error("the initial context or an entry action panicked: {0}")]
    Panicked(String),
    /// The initial context cannot be written as JSON, or does not read back.
    #[error("the initial context cannot be written as JSON and read back")]
    Context(#[source] serde_json::Error),
}

impl From<Panic> for StartError {
    fn from(panic: Panic) -> Self {
        Self::Panicked(panic.to_string())
    }
}

/// Why a run cannot be forked.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ForkError {
    /// State, context or history memory cannot be written as JSON.
    #[error("the machine's value cannot be written as JSON")]
    Value(#[source] serde_json::Error),
    /// They do not read back to the same value.
    #[error("the machine's value does not read back from its JSON")]
    Unreadable(#[source] Unreplayable),
}

/// A record that this program's machine cannot follow.
#[derive(Debug, thiserror::Error)]
#[error("record {version} cannot be replayed by this program")]
pub struct Unreplayable {
    /// The version of the record.
    pub version: Version,
    #[source]
    cause: Mismatch,
}

impl Unreplayable {
    pub(super) fn new(version: Version, cause: Mismatch) -> Self {
        Self { version, cause }
    }

    /// A digest of the value after the record of `version` differs.
    pub(crate) fn digest(version: Version) -> Self {
        Self { version, cause: Mismatch::Digest }
    }
}

/// How a record differs from what the machine does.
#[derive(Debug, thiserror::Error)]
pub(super) enum Mismatch {
    #[error("it cannot be read")]
    Unreadable(#[from] serde_json::Error),
    #[error(transparent)]
    Start(#[from] StartError),
    #[error("it is of the machine `{0}`")]
    OtherMachine(String),
    #[error("it is no start of a run")]
    NoStart,
    #[error("record {expected} is missing before it")]
    Gap { expected: Version },
    #[error("the machine refuses its event: {0}")]
    Refused(String),
    #[error("it begins in {recorded}, and the machine is in {actual}")]
    From { recorded: String, actual: String },
    #[error("it leads to {recorded}, and the machine goes to {actual}")]
    To { recorded: String, actual: String },
    #[error("it is an internal transition, and not for the machine, or the reverse")]
    Internal,
    #[error("its timeouts are of states in which the machine is not")]
    Spent,
    #[error("its payload or context reads back differently: a field was added, removed or changed")]
    Payload,
    #[error("its digest differs: the machine reaches other data than was recorded")]
    Digest,
}
