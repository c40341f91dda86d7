//! Why a run cannot be started or read.

use serde::{Deserialize, Serialize};

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

    /// How the record differs from what the machine does.
    #[must_use]
    pub fn kind(&self) -> MismatchKind {
        self.cause.kind()
    }
}

/// How a record differs from what this program's machine does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum MismatchKind {
    /// It is of another machine.
    OtherMachine,
    /// A newer version of the machine has written it.
    NewerVersion,
    /// It is not in its place in the history.
    OutOfPlace,
    /// The machine no longer has the state.
    StateRemoved,
    /// The machine no longer has the event.
    EventRemoved,
    /// The payload of the event cannot be read.
    PayloadChanged,
    /// The value with which the run begins cannot be read.
    ContextChanged,
    /// The machine refuses the event.
    EventRefused,
    /// The machine goes to another state.
    StateDiffers,
    /// The transition is internal for one, and not for the other.
    TransitionDiffers,
    /// A declared upgrade fails.
    UpgradeFailed,
    /// The payload or the context reads back differently; the states may agree.
    ReadsBackDifferently,
    /// The digest of the machine's value differs; the states may agree.
    DigestDiffers,
}

impl MismatchKind {
    /// Whether the machine can follow the record, and only data differs.
    #[must_use]
    pub const fn is_data(self) -> bool {
        matches!(self, Self::ReadsBackDifferently | Self::DigestDiffers)
    }

    /// The name, as in JSON: `event_removed`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::OtherMachine => "other_machine",
            Self::NewerVersion => "newer_version",
            Self::OutOfPlace => "out_of_place",
            Self::StateRemoved => "state_removed",
            Self::EventRemoved => "event_removed",
            Self::PayloadChanged => "payload_changed",
            Self::ContextChanged => "context_changed",
            Self::EventRefused => "event_refused",
            Self::StateDiffers => "state_differs",
            Self::TransitionDiffers => "transition_differs",
            Self::UpgradeFailed => "upgrade_failed",
            Self::ReadsBackDifferently => "reads_back_differently",
            Self::DigestDiffers => "digest_differs",
        }
    }
}

/// How a record differs from what the machine does.
#[derive(Debug, thiserror::Error)]
pub(super) enum Mismatch {
    #[error("it is of the machine `{0}`")]
    OtherMachine(String),
    #[error(
        "version {by} of the machine has written it, and this program has version {own}; use the newer program"
    )]
    Newer { by: u32, own: u32 },
    #[error("it is no start of a run")]
    NoStart,
    #[error("record {expected} is missing before it")]
    Gap { expected: Version },
    #[error("the machine has no event `{0}`")]
    EventRemoved(String),
    #[error("the payload of its event cannot be read")]
    Event(#[source] serde_json::Error),
    #[error("its context cannot be read")]
    Context(#[source] serde_json::Error),
    #[error("state, context or history memory cannot be read")]
    Value(#[source] serde_json::Error),
    #[error(transparent)]
    Start(#[from] StartError),
    #[error("the machine refuses its event: {0}")]
    Refused(String),
    #[error("it begins in {recorded}, and the machine is in {actual}")]
    From { recorded: String, actual: String, is_removed: bool },
    #[error("it leads to {recorded}, and the machine goes to {actual}")]
    To { recorded: String, actual: String, is_removed: bool },
    #[error("it is an internal transition, and not for the machine, or the reverse")]
    Internal,
    #[error(
        "its state {0} was split, and a fork in that state does not say into which; upgrade its parent, and fork it again"
    )]
    Split(String),
    #[error("the upgrade `{upgrade}` fails: {reason}")]
    Upgrade { upgrade: String, reason: String },
    #[error("its timeouts and tasks are of states in which the machine is not")]
    Spent,
    #[error("its payload or context reads back differently: a field was added, removed or changed")]
    Payload,
    #[error("its digest differs: the machine reaches other data than was recorded")]
    Digest,
}

impl Mismatch {
    fn kind(&self) -> MismatchKind {
        match self {
            Self::OtherMachine(_) => MismatchKind::OtherMachine,
            Self::Newer { .. } => MismatchKind::NewerVersion,
            Self::NoStart | Self::Gap { .. } | Self::Spent => MismatchKind::OutOfPlace,
            Self::EventRemoved(_) => MismatchKind::EventRemoved,
            Self::Event(_) => MismatchKind::PayloadChanged,
            Self::Context(_) | Self::Value(_) | Self::Start(StartError::Context(_)) => {
                MismatchKind::ContextChanged
            }
            Self::Start(StartError::Panicked(_)) | Self::Refused(_) => MismatchKind::EventRefused,
            Self::From { is_removed: true, .. } | Self::To { is_removed: true, .. } => {
                MismatchKind::StateRemoved
            }
            Self::From { .. } | Self::To { .. } => MismatchKind::StateDiffers,
            Self::Internal => MismatchKind::TransitionDiffers,
            Self::Upgrade { .. } | Self::Split(_) => MismatchKind::UpgradeFailed,
            Self::Payload => MismatchKind::ReadsBackDifferently,
            Self::Digest => MismatchKind::DigestDiffers,
        }
    }
}
